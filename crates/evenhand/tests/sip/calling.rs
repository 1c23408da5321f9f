//! `evenhand call` against a running centre: everything that it offers, as a person types it.

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::process::{Child, ChildStdout, Command, Stdio};

use serde_json::Value;

use crate::centre::Centre;
use crate::tools::{Tool, are_there};
use crate::{guide, tone};

/// What can be done wrong, as the program lists it.
fn misbehaviours() -> Vec<String> {
    let refused = call("127.0.0.1:9", &["--misbehave", "rude"]).output().unwrap();
    let text = String::from_utf8(refused.stderr).unwrap();
    let list = text.split_once("accepted: ").unwrap().1.lines().next().unwrap();
    list.split(", ").map(|name| name.trim_matches('`').to_owned()).collect()
}

fn call(to: &str, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_evenhand"));
    command.args(["call", to]).args(arguments);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// A call under way.
struct Calling {
    child: Child,
    lines: std::io::Lines<BufReader<ChildStdout>>,
    said: Vec<String>,
}

impl Calling {
    fn start(to: SocketAddr, arguments: &[&str]) -> Self {
        let mut child = call(&to.to_string(), arguments).spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        Self { child, lines, said: Vec::new() }
    }

    /// Waits for a line that ends so.
    fn says(&mut self, end: &str) {
        for line in self.lines.by_ref().map(Result::unwrap) {
            self.said.push(line);
            if self.said.last().unwrap().ends_with(end) {
                return;
            }
        }
        panic!("no line `{end}` in {:#?}", self.said);
    }

    /// As Ctrl-C does.
    fn interrupt(&self) {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args(["-INT", &pid]).status().unwrap().success());
    }

    /// All that it said, once it has ended well.
    fn ends(mut self) -> String {
        self.said.extend(self.lines.map(Result::unwrap));
        let said = self.said.join("\n");
        assert!(self.child.wait().unwrap().success(), "{said}");
        said
    }
}

/// How often a line of a text has this in it.
fn count(text: &str, what: &str) -> usize {
    text.lines().filter(|line| line.contains(what)).count()
}

fn centre() -> Option<Centre> {
    are_there(&[Tool::Openssl]).then(Centre::start)
}

#[test]
fn a_test_call_hears_its_own_tone_by_udp_tcp_and_tls() {
    let Some(centre) = centre() else { return };
    let folder = tempfile::tempdir().unwrap();
    let certificates = centre.certificates();
    let file = |name: &str| certificates.join(name).display().to_string();
    let [certificate, key, trusted] = ["border.pem", "border.key", "authority.pem"].map(file);
    let tls = ["--certificate", &certificate, "--key", &key, "--trusted", &trusted];
    let ways: [(&str, SocketAddr, &[&str]); 3] =
        [("udp", centre.at.udp, &[]), ("tcp", centre.at.tcp, &[]), ("tls", centre.at.tls, &tls)];
    let calls = ways.map(|(way, to, more)| {
        let heard = folder.path().join(way).display().to_string();
        let test = ["--service", "urn:service:test.sos", "--transport", way, "--tone", "620"];
        let end = ["--hang-up", "answered:2s", "--hear", &heard];
        Calling::start(to, &[test.as_slice(), &end, more].concat())
    });
    for (call, (way, ..)) in calls.into_iter().zip(ways) {
        let said = call.ends();
        assert!(said.contains("heard on call 1: a tone of 620 Hz for "), "{way}: {said}");
        let heard = tone::listen(&tone::read(&folder.path().join(way)), 620);
        assert!(heard.tone_ms >= 1_000, "{way}: {heard:?}");
    }
}

#[test]
fn a_call_says_who_and_where_and_is_answered_by_a_person() {
    let Some(centre) = centre() else { return };
    let mut person = centre.call_taker("ada");
    let who = ["--number", "+16175550177", "--name", "A neighbour", "--civic", "HNO=795"];
    let place = ["--civic", "RD=Massachusetts Avenue", "--civic", "A3=Cambridge"];
    let at = ["--at", "42.3671,-71.1057", "--uncertainty", "30", "--hang-up", "answered:1s"];
    let calling = Calling::start(centre.at.udp, &[who.as_slice(), &place, &at].concat());
    let call = person.answers();
    let said = calling.ends();
    assert!(said.contains("answered 1, "), "{said}");
    person.sees("calls", |row| row["call"] == call && row["state"] == "ended");
    person.closes(&call);
    let whole = person.reads(&format!("calls/{call}")).to_string();
    for part in ["+16175550177", "A neighbour", "795 Massachusetts Avenue, Cambridge", "callid:"] {
        assert!(whole.contains(part), "no `{part}` in {whole}");
    }
    assert!(whole.contains(r#""defects":[]"#), "{whole}");
}

#[test]
fn who_hangs_up_while_it_rings_is_called_back_and_answers() {
    let Some(centre) = centre() else { return };
    let mut person = centre.call_taker("ada");
    // Calls of the centre go to its border: here this telephone stands in for it.
    let from = centre.at.border.0.to_string();
    let waits = ["--wait-for-callback", "60s", "--from", &from, "--hang-up", "ringing:200ms"];
    let calling = Calling::start(centre.at.udp, &waits);
    let call = person.sees_call("abandoned")["call"].clone();
    person.rings_back(&call);
    person.ends(&call);
    let said = calling.ends();
    assert_eq!(count(&said, "final response 487"), 1, "{said}");
    assert!(
        said.contains("callback 1  +16175550123 is called back by sip:+16175550100@"),
        "{said}"
    );
    assert!(said.contains("callback 1  over: they hung up"), "{said}");
    assert!(said.contains("abandoned 1, ") && said.contains("called back 1, of those answered 1"));
}

#[test]
fn ctrl_c_hangs_up_and_waits_for_the_last_word() {
    let Some(centre) = centre() else { return };
    let mut calling = Calling::start(centre.at.udp, &[]);
    calling.says("it rings");
    calling.interrupt();
    let said = calling.ends();
    assert!(said.contains("hanging up") && said.contains("final response 487"), "{said}");
}

#[test]
fn each_misbehaviour_gets_one_final_response() {
    let Some(centre) = centre() else { return };
    let all = misbehaviours();
    assert!(all.len() >= 15, "{all:?}");
    let calls: Vec<Calling> = all
        .iter()
        .map(|name| {
            let hang_up = if name == "late-ack" { "answered:5s" } else { "answered:500ms" };
            let test = ["--service", "urn:service:test.sos", "--at", "42.3736,-71.1097"];
            let odd = ["--misbehave", name, "--hang-up", hang_up];
            Calling::start(centre.at.udp, &[test, odd].concat())
        })
        .collect();
    for (call, name) in calls.into_iter().zip(&all) {
        let said = call.ends();
        assert_eq!(count(&said, "over: we hung up; final response 200"), 1, "{name}: {said}");
    }
}

/// The commands of the guide do what it says.
#[test]
fn the_guide_calls_and_is_heard() {
    let Some(centre) = centre() else { return };
    let folder = tempfile::tempdir().unwrap();
    let run = |block: &str| {
        let program = env!("CARGO_BIN_EXE_evenhand");
        let text = guide::block(block).replace("evenhand call", &format!("{program} call"));
        let text = text.replace("127.0.0.1:5072", &centre.at.udp.to_string());
        let mut command = Command::new("sh");
        command.args(["-e", "-c", &format!("exec {text}")]).current_dir(folder.path());
        command.stdin(Stdio::null()).stdout(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        Calling { child, lines, said: Vec::new() }
    };
    let said = run("call-test").ends();
    assert!(said.contains("heard on call 1: a tone of 440 Hz for "), "{said}");
    let mut person = centre.call_taker("ada");
    tone::write(&folder.path().join("caller.wav"), 880, 2_000);
    let mut calling = run("call-person");
    let call = person.answers();
    calling.says("answered");
    person.ends(&call);
    calling.ends();
    assert!(folder.path().join("heard.wav").exists());
}

#[test]
fn many_calls_are_all_on_the_record() {
    let Some(centre) = centre() else { return };
    let many = ["--calls", "40", "--rate", "100", "--hang-up", "ringing:1s"];
    let said = Calling::start(centre.at.udp, &many).ends();
    let last = said.lines().next_back().unwrap();
    assert!(last.starts_with("calls 40, open 0, answered 0, abandoned 40, refused 0, "), "{said}");
    let person = centre.call_taker("ada");
    assert_eq!(person.snapshot()["situation"]["callbacks"], Value::from(40));
}

#[test]
fn what_cannot_be_done_is_refused_with_what_can() {
    let refused = |to: &str, arguments: &[&str]| {
        let output = call(to, arguments).output().unwrap();
        assert!(!output.status.success());
        String::from_utf8(output.stderr).unwrap()
    };
    assert!(refused("nowhere.invalid", &[]).contains("accepted: `127.0.0.1:5060`"));
    assert!(refused("127.0.0.1", &["--at", "here"]).contains("degrees, latitude first"));
    assert!(refused("127.0.0.1", &["--hang-up", "soon"]).contains("`ringing:2s`"));
    assert!(refused("127.0.0.1", &["--wav", "none.wav"]).contains("`none.wav`"));
    assert!(refused("127.0.0.1", &["--transport", "tls"]).contains("`--certificate`"));
    let several = ["--calls", "2", "--hear", "heard.wav"];
    assert!(refused("127.0.0.1", &several).contains("`--hear` is of one call"));
}
