//! INVITEs that a strict element refuses: each is answered, with its defect on the call, or
//! refused by name.

use crate::centre::Centre;
use crate::sipp::{Invite, Play};
use crate::tools::{Tool, are_there};

/// A place in the emergency INVITE, what stands there instead, and the defect that is recorded.
struct Odd {
    name: &'static str,
    from: &'static str,
    to: &'static [u8],
    defect: &'static str,
}

const ODD: &[Odd] = &[
    Odd {
        name: "no Via branch, as in RFC 2543",
        from: ";branch=[branch]",
        to: b"",
        defect: "no-via-branch",
    },
    Odd {
        name: "a folded header",
        from: "Max-Forwards: 70",
        to: b"Max-Forwards:\n[fold]70",
        defect: "folded-header",
    },
    Odd {
        name: "a display name in Latin-1",
        from: "\"Test caller\"",
        to: b"\"Zo\xeb\"",
        defect: "not-utf8",
    },
    Odd {
        name: "`t=` before `c=`",
        from: "c=IN IP4 [local_ip]\nt=0 0\n",
        to: b"t=0 0\nc=IN IP4 [local_ip]\n",
        defect: "sdp-order",
    },
    Odd {
        name: "a Content-Length beyond the datagram",
        from: "Content-Length: [len]",
        to: b"Content-Length: 9999",
        defect: "content-length-too-large",
    },
    Odd {
        name: "a Content-Length below zero",
        from: "Content-Length: [len]",
        to: b"Content-Length: -1",
        defect: "content-length-unreadable",
    },
    Odd {
        name: "a MIME part without its blank line",
        from: "Content-Type: application/sdp\n\n",
        to: b"Content-Type: application/sdp\n",
        defect: "part-no-blank-line",
    },
    Odd {
        name: "a SIP of the future",
        from: "urn:service:sos SIP/2.0",
        to: b"urn:service:sos SIP/7.0",
        defect: "version",
    },
];

#[test]
fn an_odd_invite_is_answered_with_its_defect_on_the_call() {
    if !are_there(&[Tool::Sipp, Tool::Openssl]) {
        return;
    }
    let centre = Centre::start();
    let mut person = centre.call_taker("ada");
    for Odd { name, from, to, defect } in ODD {
        println!("{name}");
        let invite = Invite::of("emergency").with(from, to);
        let playing = Play { invite, ..Play::once("answered", centre.at.udp) }.start();
        let call = person.answers();
        playing.end();
        person.closes(&call);
        let whole = person.reads(&format!("calls/{call}")).to_string();
        assert!(whole.contains(defect), "{name}: no `{defect}` in {whole}");
    }
}
