//! Voice through a running centre, measured as a tone.
//!
//! A test call is answered with what it said (RFC 6849), so a telephone that speaks a tone must
//! hear it. What goes to and from a browser is measured in the browser tests.

use crate::baresip::{Answers, Phone, Settings};
use crate::behind_the_border::Set;
use crate::sipp::{Invite, Play};
use crate::tone::listen;
use crate::tools::{Tool, are_there};

/// Length of a call in which tones are measured, in milliseconds.
const CALL_MS: u32 = 3_000;
/// What must be heard of it: the rest is jitter buffers, and the scheduler of a busy machine.
const HEARD_MS: usize = 1_500;

#[test]
fn a_test_call_hears_itself_by_udp_and_by_tls() {
    if !are_there(&[Tool::Baresip, Tool::Kamailio, Tool::Openssl]) {
        return;
    }
    let set = Set::start();
    let certificates = set.centre.certificates();
    // The border takes the name `test` for the service: a telephone cannot dial a URN.
    let ways = [("udp", set.border.callers, 440), ("tls", set.border.callers_tls, 620)];
    for (transport, border, hz) in ways {
        let mut phone = Phone::start(&Settings {
            number: "+16175550123",
            transport,
            answers: Answers::WhenTold,
            speaks: (hz, CALL_MS),
            certificates: Some(&certificates),
        });
        phone.dial(&format!("sip:test@{border}"));
        phone.event("CALL_ESTABLISHED");
        phone.event("CALL_CLOSED");
        let heard = listen(&phone.heard(), hz);
        assert!(heard.tone_ms >= HEARD_MS, "{transport}: {heard:?}");
    }
}

#[test]
fn a_test_call_that_asks_for_loopback_is_told_that_it_has_it() {
    if !are_there(&[Tool::Sipp, Tool::Openssl]) {
        return;
    }
    let centre = crate::centre::Centre::start();
    let loopback = "a=sendrecv\na=loopback:rtp-media-loopback\na=loopback-source";
    let invite = Invite::of("emergency")
        .with("urn:service:sos", "urn:service:test.sos")
        .with("a=sendrecv", loopback);
    let played = Play { invite, ..Play::once("test_call", centre.at.udp) }.run();
    assert!(played.messages.contains("a=loopback-mirror"), "{}", played.messages);
}
