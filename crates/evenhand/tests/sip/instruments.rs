//! The peers among themselves, without a centre: what they measure later is right here.

use std::path::Path;

use crate::baresip::{Answers, Phone, Settings};
use crate::border::{Around, Border};
use crate::sipp::Play;
use crate::tone::listen;
use crate::tools::{Tool, are_there};
use crate::{guide, ports};

/// Length of a call in which tones are measured, in milliseconds.
const CALL_MS: u32 = 2_000;
/// What must be heard of it: the rest is the jitter buffer, and the scheduler of a busy machine.
const HEARD_MS: usize = 1_000;

fn caller<'a>(number: &'a str, certificates: Option<&'a Path>) -> Settings<'a> {
    Settings {
        number,
        transport: if certificates.is_some() { "tls" } else { "udp" },
        answers: Answers::WhenTold,
        speaks: (440, CALL_MS),
        certificates,
    }
}

#[test]
fn a_telephone_hears_its_own_tone_from_an_echo() {
    if !are_there(&[Tool::Sipp, Tool::Baresip]) {
        return;
    }
    let echo = Play { to: None, ..Play::once("echo", ports::local(0)) };
    let answering = echo.start();
    let mut phone = Phone::start(&caller("+16175550123", None));
    phone.dial(&format!("sip:emergency@127.0.0.1:{}", echo.port));
    phone.event("CALL_ESTABLISHED");
    let closed = phone.event("CALL_CLOSED");
    assert_eq!(closed["param"], "end of file");
    answering.end();
    let samples = phone.heard();
    let heard = listen(&samples, 440);
    assert!(heard.tone_ms >= HEARD_MS, "{heard:?}");
    assert_eq!(listen(&samples, 880).tone_ms, 0);
}

#[test]
fn two_telephones_hear_each_other_through_the_border_by_tls() {
    if !are_there(&[Tool::Baresip, Tool::Kamailio, Tool::Openssl]) {
        return;
    }
    let certificates = tempfile::tempdir().unwrap();
    guide::certificates(certificates.path());
    let certificates = certificates.path();
    let centre = Settings {
        answers: Answers::Itself,
        // Longer than the caller's, so that the caller hangs up.
        speaks: (880, 10 * CALL_MS),
        ..caller("+16175550100", Some(certificates))
    };
    let mut centre = Phone::start(&centre);
    let border = Border::start(&Around {
        centre: ports::local(centre.port + 1),
        outside: ports::free_address(),
        neighbour: None,
        certificates,
        inner: ports::free_address(),
    });
    let mut phone = Phone::start(&caller("+16175550123", Some(certificates)));
    phone.dial(&format!("sip:+16175550100@{}", border.callers_tls));
    centre.event("CALL_ESTABLISHED");
    phone.event("CALL_ESTABLISHED");
    assert_eq!(phone.event("CALL_CLOSED")["param"], "end of file");
    centre.event("CALL_CLOSED");
    let heard = listen(&phone.heard(), 880);
    assert!(heard.tone_ms >= HEARD_MS, "the caller: {heard:?}");
    let heard = listen(&centre.heard(), 440);
    assert!(heard.tone_ms >= HEARD_MS, "the other: {heard:?}");
}

#[test]
fn the_border_gives_calls_to_the_neighbour_while_the_centre_is_away() {
    if !are_there(&[Tool::Sipp, Tool::Kamailio, Tool::Openssl]) {
        return;
    }
    let certificates = tempfile::tempdir().unwrap();
    guide::certificates(certificates.path());
    let neighbour = Play { to: None, ..Play::once("echo", ports::local(0)) };
    let border = Border::start(&Around {
        centre: ports::free_address(),
        outside: ports::free_address(),
        neighbour: Some(ports::local(neighbour.port)),
        certificates: certificates.path(),
        inner: ports::free_address(),
    });
    let taking = neighbour.start();
    Play::once("answered", border.callers).run();
    let taken = taking.end();
    // Via, body and identifiers are the caller's.
    for kept in ["Geolocation: <cid:place@caller.example>", "<gs:Circle ", "Record-Route: <sip:"] {
        assert!(taken.messages.contains(kept), "no `{kept}` in\n{}", taken.messages);
    }
    assert_eq!(taken.messages.matches("purpose=emergency-CallId").count(), 1);
}

#[test]
fn the_border_says_503_when_nobody_takes_the_call() {
    if !are_there(&[Tool::Sipp, Tool::Kamailio, Tool::Openssl]) {
        return;
    }
    let certificates = tempfile::tempdir().unwrap();
    guide::certificates(certificates.path());
    let border = Border::start(&Around {
        centre: ports::free_address(),
        outside: ports::free_address(),
        neighbour: None,
        certificates: certificates.path(),
        inner: ports::free_address(),
    });
    Play::once("refused", border.callers).run();
}
