//! SIPp 3.6: plays a scenario of `scenarios/`, once or at a rate, as caller or as callee.
//!
//! A scenario is SIPp's own XML, in which a line `@name words@` stands for the message
//! `messages/name.sip`; `{1}` in the message is the first of the words, with `~` for a blank.
//! `@invite@` stands for whatever INVITE the test calls with. SIPp takes blanks off the start of
//! every line, so a test writes `[fold]` where a line must start with one.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

use crate::ports;

/// Longest that SIPp may take for a call, in seconds; reached only by a failure.
const TIMEOUT_S: u32 = 60;

/// A message of `messages/`, which a test may change before it calls with it.
#[derive(Clone)]
pub struct Invite(Vec<u8>);

impl Invite {
    pub fn of(name: &str) -> Self {
        Self(message(name).into_bytes())
    }
}

impl Invite {
    /// The same with another text in one place; the place must be there.
    pub fn with(self, from: &str, to: impl AsRef<[u8]>) -> Self {
        let found = self.0.windows(from.len()).position(|window| window == from.as_bytes());
        let at = found.unwrap_or_else(|| panic!("the INVITE has no `{from}`"));
        Self([&self.0[..at], to.as_ref(), &self.0[at + from.len()..]].concat())
    }
}

/// What SIPp is to do.
pub struct Play<'a> {
    pub scenario: &'a str,
    pub invite: Invite,
    /// Whom it calls; `None`: it is called, at `port`.
    pub to: Option<SocketAddr>,
    pub over: Over,
    /// Its own port.
    pub port: u16,
    pub calls: u32,
    /// Calls begun in a second.
    pub rate: u32,
    /// How long each pause of the scenario is.
    pub pause_ms: u32,
    pub number: Number<'a>,
    /// What stands for `[event]`: the state that is watched.
    pub event: &'a str,
}

/// The number that a call is from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Number<'a> {
    /// Each call from this one.
    Same(&'a str),
    /// Each call from one of its own.
    Another,
}

/// By what it speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Over {
    Udp,
    Tcp,
}

impl<'a> Play<'a> {
    /// One call by UDP, with the emergency INVITE.
    pub fn once(scenario: &'a str, to: SocketAddr) -> Self {
        Self {
            scenario,
            invite: Invite::of("emergency"),
            to: Some(to),
            over: Over::Udp,
            port: ports::free(1),
            calls: 1,
            rate: 1,
            pause_ms: 100,
            number: Number::Same("+16175550123"),
            event: "ServiceState",
        }
    }

    /// Plays it to the end; fails the test unless every call went as written.
    pub fn run(&self) -> Played {
        self.start().end()
    }

    /// The scenario with its messages and the number in it.
    fn expanded(&self) -> Vec<u8> {
        let path = here().join("scenarios").join(self.scenario).with_extension("xml");
        let text = std::fs::read_to_string(&path).unwrap();
        let mut expanded = Vec::new();
        for line in text.lines() {
            match line.strip_prefix('@').and_then(|line| line.strip_suffix('@')) {
                Some("invite") => expanded.extend(&self.invite.0),
                Some(words) => expanded.extend(written(words).into_bytes()),
                None => expanded.extend(line.as_bytes()),
            }
            expanded.push(b'\n');
        }
        let number = match self.number {
            Number::Same(number) => number,
            Number::Another => "+1617555[call_number]",
        };
        replaced(&expanded, b"[number]", number.as_bytes())
    }

    /// Begins to play it.
    pub fn start(&self) -> Playing {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("scenario.xml");
        std::fs::write(&file, self.expanded()).unwrap();
        let mut command = Command::new("sipp");
        command.args(self.to.map(|to| to.to_string())).arg("-sf").arg(&file);
        command.args([
            "-i",
            "127.0.0.1",
            "-mi",
            "127.0.0.1",
            "-rtp_echo",
            "-nostdin",
            "-timeout_error",
        ]);
        let transport = if self.over == Over::Tcp { "t1" } else { "u1" };
        let numbers = [
            ("-p", self.port),
            // Two for voice, as it may offer video beside it.
            ("-mp", ports::free(4)),
            ("-cp", ports::free(1)),
        ];
        for (option, port) in numbers {
            command.args([option, &port.to_string()]);
        }
        let times = [
            ("-m", self.calls),
            ("-r", self.rate),
            ("-d", self.pause_ms),
            ("-timeout", TIMEOUT_S + self.calls / self.rate),
        ];
        for (option, number) in times {
            command.args([option, &number.to_string()]);
        }
        command.args(["-t", transport, "-key", "fold", " "]);
        command.args(["-key", "event", self.event]);
        command.args(["-trace_msg", "-message_file", "messages.log"]);
        command.args(["-trace_err", "-error_file", "errors.log"]);
        command.args(["-trace_rtt", "-rtt_freq", "1"]);
        command.current_dir(folder.path()).stdin(Stdio::null());
        command.stdout(Stdio::null()).stderr(Stdio::null());
        let child = command.spawn().unwrap();
        Playing { child, folder, scenario: self.scenario.to_owned() }
    }
}

/// SIPp at work; ended when it goes out of scope.
pub struct Playing {
    child: Child,
    folder: TempDir,
    scenario: String,
}

impl Playing {
    /// Waits for its end; fails the test unless every call went as written.
    pub fn end(mut self) -> Played {
        let status = self.child.wait().unwrap();
        let played = Played { messages: self.log("messages.log") };
        let errors = self.log("errors.log");
        assert!(status.success(), "{}: {status}\n{errors}\n{}", self.scenario, played.messages);
        played
    }

    fn log(&self, name: &str) -> String {
        let read = std::fs::read(self.folder.path().join(name)).unwrap_or_default();
        String::from_utf8_lossy(&read).into_owned()
    }
}

impl Drop for Playing {
    fn drop(&mut self) {
        // It has ended already, unless the test failed.
        let _ended = self.child.kill();
        let _ended = self.child.wait();
    }
}

/// What came of it.
pub struct Played {
    /// All messages, sent and received.
    pub messages: String,
}

/// A message with its words in it.
fn written(words: &str) -> String {
    let mut words = words.split(' ');
    let mut text = message(words.next().unwrap());
    for (index, word) in words.enumerate() {
        text = text.replace(&format!("{{{}}}", index + 1), &word.replace('~', " "));
    }
    text
}

fn replaced(text: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    let mut rest = text;
    let mut whole = Vec::new();
    while let Some(at) = rest.windows(from.len()).position(|window| window == from) {
        whole.extend(&rest[..at]);
        whole.extend(to);
        rest = &rest[at + from.len()..];
    }
    whole.extend(rest);
    whole
}

fn message(name: &str) -> String {
    std::fs::read_to_string(here().join("messages").join(name).with_extension("sip")).unwrap()
}

fn here() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/sip")
}
