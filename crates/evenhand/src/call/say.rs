//! What is said at the terminal, a line each.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::io::Write;

use phone::{Ended, Heard, LineId, Outcome, Said, What};

use super::Args;
use super::target::Target;

/// One line to whoever started this. They may be gone, and the calls are hung up all the same.
pub fn tell(line: impl Display) {
    let _unheard = writeln!(std::io::stdout().lock(), "{line}");
}

/// What begins.
pub fn beginning(args: &Args, target: &Target, own: String) -> String {
    let (to, transport) = (target.peer.addr, target.peer.transport.as_str());
    let odd = args.misbehave.map(|oddity| format!(", misbehaving: {oddity}")).unwrap_or_default();
    let calls = match args.calls {
        1 => "1 call".to_owned(),
        calls => format!("{calls} calls, {} a second", args.rate),
    };
    format!("{calls} to `{}` by {transport} at {to}, from {own}{odd}; Ctrl-C hangs up", target.uri)
}

/// The steps of all lines; lines are numbered as they begin.
#[derive(Default)]
pub struct Steps {
    numbers: BTreeMap<LineId, String>,
    calls: u64,
    callbacks: u64,
}

impl Steps {
    /// A step of one line.
    pub fn line(&mut self, said: &Said) -> String {
        let number = self.number(said);
        let what = match &said.what {
            What::Sent(message) => format!("> {message}"),
            What::Received(message) => format!("< {message}"),
            What::Rung { number, from } => format!("{number} is called back by {from}"),
            What::Ringing(_) => "it rings".to_owned(),
            What::Answered => "answered".to_owned(),
            What::Voice(with) => format!("voice: {with}"),
            What::Declined(what) => format!("declined: {what}"),
            What::Over(outcome) => over(outcome),
        };
        let (minutes, ms) = (said.at_ms / 60_000, said.at_ms % 60_000);
        format!("{minutes:02}:{:02}.{:03}  {number}  {what}", ms / 1_000, ms % 1_000)
    }

    /// What a line is called.
    pub fn name(&self, line: LineId) -> Option<&str> {
        self.numbers.get(&line).map(String::as_str)
    }

    fn number(&mut self, said: &Said) -> String {
        let (calls, callbacks) = (&mut self.calls, &mut self.callbacks);
        let new = || match said.what {
            What::Rung { .. } => {
                *callbacks += 1;
                format!("callback {callbacks}")
            }
            _ => {
                *calls += 1;
                format!("call {calls}")
            }
        };
        self.numbers.entry(said.line).or_insert_with(new).clone()
    }
}

fn over(outcome: &Outcome) -> String {
    let finals: Vec<String> = outcome.finals.iter().map(u16::to_string).collect();
    let finals = match finals.as_slice() {
        [] if outcome.rung => String::new(),
        [] => "; no final response".to_owned(),
        _ => format!("; final response {}", finals.join(" and ")),
    };
    format!("over: {}{finals}", ended(&outcome.ended))
}

fn ended(ended: &Ended) -> String {
    match ended {
        Ended::ByUs => "we hung up".to_owned(),
        Ended::ByThem => "they hung up".to_owned(),
        Ended::GivenUp => "given up before the answer".to_owned(),
        Ended::Refused(code) => format!("refused with {code}"),
        Ended::NoResponse => "nothing came back".to_owned(),
        Ended::Lost => "the line was lost".to_owned(),
        Ended::NotBegun(why) => format!("not begun: {why}"),
    }
}

/// What was heard on a line.
pub fn heard(line: &str, heard: &Heard) -> String {
    let packets = heard.packets;
    let (Some(level), sounding_ms) = (heard.level_db, heard.sounding_ms) else {
        return format!("heard on {line}: silence, {packets} packets");
    };
    let tone = match heard.tone {
        Some((hertz, ms)) => format!("a tone of {hertz} Hz for {ms} ms, "),
        None => String::new(),
    };
    format!(
        "heard on {line}: {tone}sound for {sounding_ms} ms, at most {level} dB, {packets} packets"
    )
}
