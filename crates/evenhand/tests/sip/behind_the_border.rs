//! A centre as the guide sets it up: the border in front, TLS with certificates in between.

use std::process::{Command, Stdio};

use crate::baresip::{Answers, Phone, Settings};
use crate::border::{Around, Border};
use crate::centre::{Addresses, Centre};
use crate::sipp::{Invite, Over, Play};
use crate::tools::{Tool, are_there};
use crate::{baresip, guide, ports};

/// Centre and border.
pub struct Set {
    pub centre: Centre,
    pub border: Border,
    /// Where calls of the centre come out.
    pub outside: u16,
}

impl Set {
    pub fn start() -> Self {
        let mut at = Addresses::free();
        at.border.1 = "tls";
        let centre = Centre::at(at);
        let outside = ports::free(baresip::PORTS);
        let border = Border::start(&Around {
            centre: centre.at.tls,
            outside: ports::local(outside),
            neighbour: None,
            certificates: &centre.certificates(),
            inner: centre.at.border.0,
        });
        Self { centre, border, outside }
    }
}

fn all_there() -> bool {
    are_there(&[Tool::Sipp, Tool::Baresip, Tool::Kamailio, Tool::Openssl])
}

#[test]
fn the_checks_of_the_guide_pass_as_they_are_written() {
    if !all_there() {
        return;
    }
    let set = Set::start();
    let folder = set.centre.certificates();
    let run = |name: &str| {
        let text = guide::block(name)
            .replace("127.0.0.1:5060", &set.border.callers.to_string())
            .replace("127.0.0.1:5071", &set.centre.at.tls.to_string());
        let mut command = Command::new("sh");
        command.args(["-c", &text]).current_dir(&folder).stdin(Stdio::null());
        let output = command.output().unwrap();
        let both = [output.stdout, output.stderr].concat();
        String::from_utf8_lossy(&both).into_owned()
    };
    let said = run("check-tls");
    assert!(said.contains("Verification: OK") && !said.contains("alert"), "{said}");
    let said = run("check-test-call");
    assert!(said.contains("status 0"), "{said}");
}

#[test]
fn a_call_by_udp_and_tcp_comes_out_of_the_border_by_tls_and_is_taken() {
    if !all_there() {
        return;
    }
    let set = Set::start();
    let mut person = set.centre.call_taker("ada");
    for over in [Over::Udp, Over::Tcp] {
        let playing = Play { over, ..Play::once("answered", set.border.callers) }.start();
        let call = person.answers();
        let played = playing.end();
        // Both hops of the way back stand in the answer.
        assert!(played.messages.contains("Record-Route: <sip:127.0.0.1"), "{}", played.messages);
        person.closes(&call);
        let row = person.reads(&format!("calls/{call}")).to_string();
        assert!(row.contains("sip/tls"), "{row}");
    }
    let playing = Play::once("ended_by_us", set.border.callers).start();
    let call = person.answers();
    person.ends(&call);
    playing.end();
}

#[test]
fn a_centre_asks_the_border_for_its_certificate_only() {
    if !all_there() {
        return;
    }
    let set = Set::start();
    let stranger = tempfile::tempdir().unwrap();
    guide::certificates(stranger.path());
    let mut command = Command::new("openssl");
    command.args(["s_client", "-brief", "-connect", &set.centre.at.tls.to_string()]);
    command.args(["-CAfile", "authority.pem", "-cert", "border.pem", "-key", "border.key"]);
    // TLS 1.3 has the client believe that it is through before the server has looked.
    command.args(["-tls1_2", "-no-CAfile"]).current_dir(stranger.path()).stdin(Stdio::null());
    assert!(!command.output().unwrap().status.success(), "a stranger was let in");
    // Who belongs to the authority still gets through.
    let mut person = set.centre.call_taker("ada");
    let invite = Invite::of("emergency");
    let playing = Play { invite, ..Play::once("answered", set.border.callers) }.start();
    let call = person.answers();
    playing.end();
    person.closes(&call);
}

#[test]
fn a_telephone_that_hangs_up_while_it_rings_is_called_back() {
    if !all_there() {
        return;
    }
    let set = Set::start();
    let mut person = set.centre.call_taker("ada");
    let certificates = set.centre.certificates();
    let mut phone = Phone::start_at(
        set.outside,
        &Settings {
            number: "+16175550123",
            transport: "udp",
            answers: Answers::WhenTold,
            speaks: (440, 60_000),
            certificates: Some(&certificates),
        },
    );
    phone.dial(&format!("sip:emergency@{}", set.border.callers));
    phone.event("CALL_RINGING");
    person.sees_call("queued");
    phone.hang_up();
    let call = person.sees_call("abandoned")["call"].clone();
    phone.event("CALL_CLOSED");
    std::thread::scope(|scope| {
        scope.spawn(|| person.rings_back(&call));
        phone.event("CALL_INCOMING");
        phone.accept();
        phone.event("CALL_ESTABLISHED");
    });
    person.ends(&call);
    phone.event("CALL_CLOSED");
}
