//! SIP messages: read, written, cut from streams, and what their bodies agree on.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on stops"
)]

mod samples;

mod torture;

mod faults;

mod properties;

mod streams;

mod parts;

mod voice;

mod corpus;

#[allow(dead_code, reason = "the targets of other parts")]
#[path = "../corpora/check/mod.rs"]
mod check;

use std::path::PathBuf;

use evenhand_intake::sip::{Defect, Framing, Message, Unreadable, parse};

/// The folder of sample messages; `None` where the data is not at hand, which CI must not accept.
fn sample_folder(name: &str) -> Option<PathBuf> {
    let data = std::env::var_os("EVENHAND_DATA").map(PathBuf::from);
    if data.is_none() {
        assert!(std::env::var_os("CI").is_none(), "EVENHAND_DATA must be set when CI is set");
        println!("skipped: EVENHAND_DATA is not set, and the samples are not in the repository");
    }
    data.map(|data| data.join("messages").join(name))
}

fn datagram(bytes: &[u8]) -> Result<Message, Unreadable> {
    parse(bytes, Framing::Datagram)
}

fn taken(bytes: &[u8]) -> Message {
    datagram(bytes).unwrap_or_else(|unreadable| panic!("{unreadable:?}"))
}

fn codes(defects: &[Defect]) -> String {
    let codes: Vec<&str> = defects.iter().map(|defect| defect.code).collect();
    codes.join(" ")
}

/// A caller's INVITE with these headers besides the plain ones, and this body.
fn invite(headers: &str, body: &str) -> Vec<u8> {
    let plain = "INVITE urn:service:sos SIP/2.0\r\n\
        Via: SIP/2.0/UDP 192.0.2.10:5060;branch=z9hG4bK1;rport\r\n\
        From: \"Caller\" <sip:+12025550112@192.0.2.10>;tag=a1\r\n\
        To: <urn:service:sos>\r\n\
        Call-ID: one@192.0.2.10\r\n\
        CSeq: 1 INVITE\r\n";
    format!("{plain}{headers}\r\n{body}").into_bytes()
}

const OFFER: &str = "v=0\r\no=- 1 1 IN IP4 192.0.2.10\r\ns=-\r\nc=IN IP4 192.0.2.10\r\nt=0 0\r\n\
    m=audio 49170 RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\n";
