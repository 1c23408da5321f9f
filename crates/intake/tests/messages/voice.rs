//! Offers and answers (RFC 3264).

use evenhand_intake::sip::limits::{SDP_FORMATS_MAX, SDP_LINES_MAX, SDP_MEDIA_MAX};
use evenhand_intake::sip::sdp::{
    Answer, AudioPlan, Codec, Direction, Local, Loopback, Session, accepted, answer, offer, reoffer,
};

use crate::codes;

const HEAD: &str = "v=0\r\no=- 1 1 IN IP4 192.0.2.10\r\ns=-\r\nc=IN IP4 192.0.2.10\r\nt=0 0\r\n";

fn local() -> Local {
    Local {
        address: "198.51.100.1".to_owned(),
        port: 20_000,
        session_id: 7,
        version: 1,
        direction: Direction::SendRecv,
        languages: Vec::new(),
    }
}

fn session(lines: &str) -> Session {
    Session::parse(format!("{HEAD}{lines}").as_bytes())
}

fn answered(lines: &str) -> Answer {
    answer(&session(lines), &local())
}

fn plan(lines: &str) -> AudioPlan {
    answered(lines).audio.expect("a voice stream is taken")
}

fn expect_codec(lines: &str, codec: Codec, payload_type: u8) {
    let plan = plan(lines);
    assert_eq!((plan.codec, plan.payload_type), (codec, payload_type));
}

#[test]
fn the_answer_says_where_we_hear() {
    let answer = answered("m=audio 49170 RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\n");
    assert_eq!(
        answer.text,
        "v=0\r\no=- 7 1 IN IP4 198.51.100.1\r\ns=-\r\nc=IN IP4 198.51.100.1\r\nt=0 0\r\n\
         m=audio 20000 RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\na=ptime:20\r\na=label:1\r\n\
         a=sendrecv\r\n"
    );
    let plan = answer.audio.unwrap();
    assert_eq!((plan.remote.host.as_str(), plan.remote.port), ("192.0.2.10", 49_170));
    assert_eq!((plan.rtcp.host.as_str(), plan.rtcp.port), ("192.0.2.10", 49_171));
    assert_eq!((plan.telephone_event, plan.loopback, plan.ptime_ms), (None, None, 20));
}

#[test]
fn u_law_goes_before_a_law_and_both_before_nothing() {
    expect_codec("m=audio 1000 RTP/AVP 0\r\n", Codec::Pcmu, 0);
    expect_codec("m=audio 1000 RTP/AVP 8\r\n", Codec::Pcma, 8);
    expect_codec("m=audio 1000 RTP/AVP 9 8 0\r\n", Codec::Pcmu, 0);
    expect_codec("m=audio 1000 RTP/AVPF 96 97\r\na=rtpmap:97 pcma/8000/1\r\n", Codec::Pcma, 97);
    let wide = "m=audio 1000 RTP/AVP 0 8\r\na=rtpmap:0 PCMU/16000\r\n";
    expect_codec(wide, Codec::Pcma, 8);
}

#[test]
fn an_offer_without_a_usable_voice_declines_every_line() {
    for lines in [
        "m=audio 1000 RTP/AVP 9\r\n",
        "m=audio 0 RTP/AVP 0\r\n",
        "m=audio 1000 RTP/SAVP 0\r\n",
        "m=text 1000 RTP/AVP 96\r\na=rtpmap:96 t140/1000\r\n",
    ] {
        let answer = answered(lines);
        assert_eq!(answer.audio, None, "{lines}");
        let session = Session::parse(answer.text.as_bytes());
        assert_eq!((session.media.len(), session.media[0].port), (1, 0), "{lines}");
    }
}

#[test]
fn other_streams_are_declined_in_their_places() {
    let answer = answered(
        "m=video 3000 RTP/AVP 31 34\r\na=rtpmap:31 H261/90000\r\nm=audio 1000 RTP/AVP 0\r\n\
         m=text 4000 RTP/AVP 96\r\nm=audio 1002 RTP/AVP 0\r\nm=bad\r\nm=message 5 TCP/MSRP *\r\n",
    );
    let lines: Vec<&str> = answer.text.lines().filter(|line| line.starts_with("m=")).collect();
    assert_eq!(
        lines,
        [
            "m=video 0 RTP/AVP 31 34",
            "m=audio 20000 RTP/AVP 0",
            "m=text 0 RTP/AVP 96",
            "m=audio 0 RTP/AVP 0",
            "m=bad 0 RTP/AVP 0",
            "m=message 0 TCP/MSRP *",
        ]
    );
    assert_eq!(answer.audio.unwrap().line, 1);
}

#[test]
fn a_stream_may_have_its_own_address_and_port_for_reports() {
    let plan = plan("m=audio 1000 RTP/AVP 0\r\nc=IN IP6 2001:db8::5\r\na=rtcp:53020\r\n");
    assert_eq!((plan.remote.host.as_str(), plan.rtcp.port), ("2001:db8::5", 53_020));
    let plan = self::plan("m=audio 1000/2 RTP/AVP 0\r\na=rtcp:53020 IN IP4 192.0.2.99\r\n");
    assert_eq!((plan.remote.port, plan.rtcp.host.as_str()), (1_000, "192.0.2.99"));
}

/// Each row: what is offered, what we do.
#[test]
fn every_form_of_hold_is_understood() {
    for (lines, direction) in [
        ("m=audio 1000 RTP/AVP 0\r\n", Direction::SendRecv),
        ("m=audio 1000 RTP/AVP 0\r\na=sendonly\r\n", Direction::RecvOnly),
        ("m=audio 1000 RTP/AVP 0\r\na=recvonly\r\n", Direction::SendOnly),
        ("m=audio 1000 RTP/AVP 0\r\na=inactive\r\n", Direction::Inactive),
        ("a=sendonly\r\nm=audio 1000 RTP/AVP 0\r\n", Direction::RecvOnly),
        ("a=sendonly\r\nm=audio 1000 RTP/AVP 0\r\na=sendrecv\r\n", Direction::SendRecv),
        ("m=audio 1000 RTP/AVP 0\r\nc=IN IP4 0.0.0.0\r\n", Direction::RecvOnly),
        ("m=audio 1000 RTP/AVP 0\r\nc=IN IP6 ::\r\na=inactive\r\n", Direction::Inactive),
    ] {
        let answer = answered(lines);
        assert_eq!(answer.audio.as_ref().unwrap().direction, direction, "{lines}");
        assert!(answer.text.ends_with(&format!("a={}\r\n", direction.as_str())), "{lines}");
    }
}

#[test]
fn while_we_hold_the_call_we_answer_so() {
    let local = Local { direction: Direction::SendOnly, ..local() };
    let held = answer(&session("m=audio 1000 RTP/AVP 0\r\n"), &local).audio.unwrap();
    assert_eq!(held.direction, Direction::SendOnly);
    let both = answer(&session("m=audio 1000 RTP/AVP 0\r\na=sendonly\r\n"), &local);
    assert_eq!(both.audio.unwrap().direction, Direction::Inactive);
}

#[test]
fn pressed_keys_are_agreed_under_the_callers_number() {
    let answer = answered(
        "m=audio 1000 RTP/AVP 8 97\r\na=rtpmap:97 telephone-event/8000\r\na=fmtp:97 0-16\r\n",
    );
    assert_eq!(answer.audio.unwrap().telephone_event, Some(97));
    assert!(answer.text.contains("RTP/AVP 8 97\r\n"));
    assert!(answer.text.contains("a=rtpmap:97 telephone-event/8000\r\na=fmtp:97 0-15\r\n"));
}

#[test]
fn the_length_of_packets_is_kept_within_reason() {
    for (lines, ms) in [
        ("a=ptime:30", 30),
        ("a=ptime:0", 10),
        ("a=ptime:900", 60),
        ("a=ptime:60\r\na=maxptime:40", 40),
        ("a=ptime:x", 20),
    ] {
        let plan = plan(&format!("m=audio 1000 RTP/AVP 0\r\n{lines}\r\n"));
        assert_eq!(plan.ptime_ms, ms, "{lines}");
    }
}

#[test]
fn the_callers_language_is_answered_where_it_is_spoken() {
    let offered =
        session("m=audio 1000 RTP/AVP 0\r\na=hlang-send:es-MX eu en *\r\na=hlang-recv:eu en\r\n");
    let with = |languages: &[&str]| {
        let languages = languages.iter().map(|tag| (*tag).to_owned()).collect();
        answer(&offered, &Local { languages, ..local() }).text
    };
    assert!(with(&["en", "es"]).contains("a=label:1\r\na=hlang-send:en\r\na=hlang-recv:es\r\n"));
    assert!(with(&["fr"]).contains("a=hlang-send:fr\r\na=hlang-recv:fr\r\n"));
    assert!(!with(&[]).contains("hlang"));
}

#[test]
fn a_test_call_is_told_that_its_voice_comes_back() {
    let media = plan(
        "m=audio 1000 RTP/AVP 0\r\na=loopback:rtp-pkt-loopback rtp-media-loopback\r\n\
        a=loopback-source\r\n",
    );
    assert_eq!(media.loopback, Some(Loopback::Media));
    let answer = answered(
        "m=audio 1000 RTP/AVP 0 113\r\na=loopback:rtp-pkt-loopback\r\n\
        a=rtpmap:113 rtploopback/8000\r\n",
    );
    assert_eq!(answer.audio.unwrap().loopback, Some(Loopback::Packet { payload_type: 113 }));
    assert!(answer.text.contains("RTP/AVP 0 113\r\n"));
    assert!(answer.text.contains("a=loopback:rtp-pkt-loopback\r\na=loopback-mirror\r\n"));
    let other = plan(
        "m=audio 1000 RTP/AVP 0\r\na=loopback:rtp-media-loopback\r\n\
        a=loopback-mirror\r\n",
    );
    assert_eq!(other.loopback, None);
}

#[test]
fn an_offer_of_ours_is_answered_and_read_back() {
    let local = Local { languages: vec!["en".to_owned(), "es".to_owned()], ..local() };
    let ours = offer(&local, &[Codec::Pcmu, Codec::Pcma]);
    assert!(ours.contains("m=audio 20000 RTP/AVP 0 8 101\r\n"));
    assert!(ours.contains("a=hlang-send:en es\r\na=hlang-recv:en es\r\na=sendrecv\r\n"));
    let theirs = answer(&Session::parse(ours.as_bytes()), &self::local());
    let plan = accepted(&Session::parse(theirs.text.as_bytes()), Direction::SendRecv).unwrap();
    assert_eq!((plan.codec, plan.telephone_event), (Codec::Pcmu, Some(101)));
    let first = session("m=audio 1000 RTP/AVP 8 0\r\n");
    assert_eq!(accepted(&first, Direction::SendRecv).unwrap().codec, Codec::Pcma);
    assert_eq!(accepted(&session("m=audio 0 RTP/AVP 0\r\n"), Direction::SendRecv), None);
}

#[test]
fn a_changed_offer_keeps_the_lines_of_the_last_one() {
    let last = answered("m=video 3000 RTP/AVP 31\r\nm=audio 1000 RTP/AVP 0\r\n").text;
    let local = Local { version: 2, direction: Direction::SendOnly, ..local() };
    let held = reoffer(&Session::parse(last.as_bytes()), &local);
    assert_eq!(held, last.replace("o=- 7 1", "o=- 7 2").replace("a=sendrecv", "a=sendonly"));
}

#[test]
fn faults_of_a_description_are_named() {
    for (text, defects) in [
        ("", "sdp-missing sdp-missing sdp-missing sdp-missing sdp-no-media"),
        ("v=1\r\no=x\r\ns=-\r\nt=0 0\r\nm=audio x RTP/AVP 0\r\n", "sdp-line"),
        (
            "v=0\r\no=- 1 1 IN IP4 a\r\ns=-\r\nt=0 0\r\nm =audio 1 RTP/AVP 0\r\n",
            "sdp-line sdp-no-connection",
        ),
        ("v=0\no=- 1 1 IN IP4 a\ns=-\nt=0 0\nc=192.0.2.1\nm=audio 1 RTP/AVP 0\n", "sdp-order"),
    ] {
        assert_eq!(codes(&Session::parse(text.as_bytes()).defects), defects, "{text}");
    }
    assert_eq!(
        codes(&Session::parse(format!("{HEAD}i=\r\nm=audio 1 RTP/AVP 0").as_bytes()).defects),
        "sdp-order"
    );
    let mut latin = format!("{HEAD}m=audio 1 RTP/AVP 0\r\ni=#\r\n").into_bytes();
    let at = latin.iter().position(|byte| *byte == b'#').unwrap();
    latin[at] = 0xE9;
    let session = Session::parse(&latin);
    assert_eq!((codes(&session.defects).as_str(), session.media.len()), ("sdp-not-utf8", 1));
}

#[test]
fn what_is_over_a_limit_is_left_out_by_name() {
    let stream = "m=audio 1000 RTP/AVP 0\r\n";
    let streams = session(&stream.repeat(SDP_MEDIA_MAX + 1));
    assert_eq!((streams.media.len(), codes(&streams.defects).as_str()), (64, "sdp-too-long"));
    let lines = session(&format!("{stream}{}", "a=x\r\n".repeat(SDP_LINES_MAX)));
    assert_eq!(codes(&lines.defects), "sdp-too-long");
    assert!(lines.media[0].attributes.len() < SDP_LINES_MAX);
    let types = session(&format!("m=audio 1000 RTP/AVP{}\r\n", " 0".repeat(30_000)));
    assert_eq!(types.media[0].formats.len(), SDP_FORMATS_MAX);
    assert_eq!(codes(&types.defects), "sdp-too-long");
}
