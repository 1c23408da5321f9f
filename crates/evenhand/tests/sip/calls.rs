//! Calls as SIPp plays them, and what the person at the position sees of each.

use serde_json::{Value, json};

use crate::centre::Centre;
use crate::person::Person;
use crate::sipp::{Invite, Number, Over, Play};
use crate::tools::{Tool, are_there};

/// A centre and somebody who takes calls, or nothing where SIPp or OpenSSL is missing.
fn at_work() -> Option<(Centre, Person)> {
    if !are_there(&[Tool::Sipp, Tool::Openssl]) {
        return None;
    }
    let centre = Centre::start();
    let person = centre.call_taker("ada");
    Some((centre, person))
}

/// Plays a scenario in which the call is answered; gives the call.
fn answered(play: &Play<'_>, person: &mut Person) -> Value {
    let playing = play.start();
    let call = person.answers();
    playing.end();
    person.sees("calls", |row| row["call"] == call && row["state"] == "ended");
    person.closes(&call);
    call
}

#[test]
fn a_call_is_answered_and_ended_by_the_caller() {
    let Some((centre, mut person)) = at_work() else { return };
    let by_udp = Play::once("answered", centre.at.udp);
    let by_tcp = Play { over: Over::Tcp, ..Play::once("answered", centre.at.tcp) };
    for play in [by_udp, by_tcp] {
        answered(&play, &mut person);
    }
}

#[test]
fn an_invite_to_a_name_without_location_is_answered_too() {
    let Some((centre, mut person)) = at_work() else { return };
    let invite = Invite::of("plain");
    answered(&Play { invite, ..Play::once("answered", centre.at.udp) }, &mut person);
}

#[test]
fn the_centre_hangs_up() {
    let Some((centre, mut person)) = at_work() else { return };
    for (over, to) in [(Over::Udp, centre.at.udp), (Over::Tcp, centre.at.tcp)] {
        let playing = Play { over, ..Play::once("ended_by_us", to) }.start();
        let call = person.answers();
        person.ends(&call);
        playing.end();
    }
}

#[test]
fn a_caller_who_redials_five_times_is_one_callback() {
    let Some((centre, mut person)) = at_work() else { return };
    for over in [Over::Udp, Over::Tcp] {
        let to = if over == Over::Udp { centre.at.udp } else { centre.at.tcp };
        let number = if over == Over::Udp { "+16175550141" } else { "+16175550142" };
        for _ in 0..5 {
            let number = Number::Same(number);
            Play { over, number, ..Play::once("cancelled", to) }.run();
            person.sees_call("abandoned");
        }
    }
    assert_eq!(person.snapshot()["situation"]["callbacks"], 2);
}

#[test]
fn a_caller_holds_and_takes_up_again() {
    let Some((centre, mut person)) = at_work() else { return };
    answered(&Play::once("held", centre.at.udp), &mut person);
}

#[test]
fn ringing_is_reliable_for_who_asks() {
    let Some((centre, mut person)) = at_work() else { return };
    let invite = Invite::of("emergency").with("Supported: ", "Require: 100rel\nSupported: ");
    answered(&Play { invite, ..Play::once("reliable", centre.at.udp) }, &mut person);
}

#[test]
fn a_call_without_an_offer_gets_ours() {
    let Some((centre, mut person)) = at_work() else { return };
    let invite = Invite::of("late");
    answered(&Play { invite, ..Play::once("offered_by_us", centre.at.udp) }, &mut person);
}

#[test]
fn video_and_text_beside_audio_are_declined_and_the_call_is_taken() {
    let Some((centre, mut person)) = at_work() else { return };
    let more = "a=sendrecv\nm=video 49172 RTP/AVP 99\na=rtpmap:99 H264/90000\n\
                m=text 49174 RTP/AVP 98\na=rtpmap:98 t140/1000";
    let invite = Invite::of("emergency").with("a=sendrecv", more);
    answered(&Play { invite, ..Play::once("declined_media", centre.at.udp) }, &mut person);
}

#[test]
fn a_test_call_needs_nobody_and_counts_nowhere() {
    if !are_there(&[Tool::Sipp, Tool::Openssl]) {
        return;
    }
    let centre = Centre::start();
    for service in ["urn:service:test.sos", "urn:service:test:sos", "urn:service:test.sos.fire"] {
        let invite = Invite::of("emergency").with("urn:service:sos", service);
        Play { invite, ..Play::once("test_call", centre.at.udp) }.run();
    }
    let person = centre.call_taker("ada");
    assert_eq!(person.snapshot()["situation"]["ringing"], 0);
}

#[test]
fn words_are_a_call_that_rings() {
    let Some((centre, mut person)) = at_work() else { return };
    for (over, to) in [(Over::Udp, centre.at.udp), (Over::Tcp, centre.at.tcp)] {
        Play { over, ..Play::once("text", to) }.run();
        let call = person.sees_call("queued");
        assert_eq!(call["channel"], "text", "{call}");
    }
}

#[test]
fn a_call_is_sent_on_by_refer() {
    let Some((centre, mut person)) = at_work() else { return };
    let playing = Play::once("transferred", centre.at.udp).start();
    let call = person.answers();
    person.does("TransferCall", json!({ "call": call, "to": "sip:other@psap.example" }));
    person.sees("calls", |row| row["transfer"]["state"] == "accepted");
    person.ends(&call);
    playing.end();
}

#[test]
fn who_hung_up_while_it_rang_is_called_back() {
    let Some((centre, mut person)) = at_work() else { return };
    Play::once("cancelled", centre.at.udp).run();
    let call = person.sees_call("abandoned")["call"].clone();
    let port = centre.at.border.0.port();
    let callee = Play { to: None, port, ..Play::once("called_back", centre.at.udp) };
    let ringing = callee.start();
    person.rings_back(&call);
    person.ends(&call);
    ringing.end();
}

#[test]
fn a_test_call_is_offered_to_nobody_and_alarms_nobody() {
    let Some((centre, mut person)) = at_work() else { return };
    let invite = Invite::of("emergency").with("urn:service:sos", "urn:service:test.sos");
    Play { invite, ..Play::once("test_call", centre.at.udp) }.run();
    let row = person.sees("calls", |row| row["test"] == true);
    assert_eq!((&row["state"], &row["queue"]), (&json!("presented"), &Value::Null), "{row}");
    let board = person.snapshot();
    assert_eq!(board["situation"]["ringing"], 0, "{board}");
    assert_eq!(board["situation"]["unaccounted"], 0, "{board}");
    let line = person.reads(&format!("calls/{}", row["call"])).to_string();
    assert!(!line.contains("CallQueued") && !line.contains("CallOffered"), "{line}");
}
