//! What real equipment gets wrong: answered, or refused, always by name.

use evenhand_intake::sip::limits::{
    BODY_BYTES_MAX, DEFECTS_MAX, HEADER_FIELDS_MAX, LIST_VALUES_MAX,
};
use evenhand_intake::sip::{Flaw, Framing, Message, StartLine, parse};

use crate::{OFFER, codes, datagram, invite, taken};

const SDP: &str = "Content-Type: application/sdp\r\n";

/// The plain call with one piece replaced.
fn spoilt(from: &str, to: &str) -> Vec<u8> {
    let plain = String::from_utf8(invite(SDP, OFFER)).unwrap();
    assert!(plain.contains(from), "`{from}` is not in the plain call");
    plain.replacen(from, to, 1).into_bytes()
}

/// The call is taken with its offer, and these defects are on it.
fn expect(bytes: &[u8], defects: &str) -> Message {
    let message = taken(bytes);
    assert_eq!(codes(&message.defects), defects);
    assert_eq!(message.sdp().map(|sdp| sdp.media.len()), Some(1), "the offer is lost");
    message
}

fn expect_refused(bytes: &[u8], code: u16, why: Flaw) -> Message {
    let unreadable = datagram(bytes).unwrap_err();
    assert_eq!((unreadable.code, unreadable.why.code), (code, why.code()));
    let request = unreadable.reply_to.expect("a reply can be built");
    Message::response_to(&request, code, "", Some("t"))
}

#[test]
fn a_plain_call_has_no_defect() {
    expect(&spoilt("SIP/2.0\r\n", "SIP/2.0\r\n"), "");
}

#[test]
fn folded_headers_are_unfolded() {
    let message = expect(&spoilt("<sip:+1", "\r\n\t<sip:+1"), "folded-header");
    assert_eq!(message.from().unwrap().uri.user(), Some("+12025550112"));
}

#[test]
fn a_latin_1_name_is_read_and_kept_byte_for_byte() {
    let mut bytes = spoilt("Caller", "Jos#");
    let at = bytes.iter().position(|byte| *byte == b'#').unwrap();
    bytes[at] = 0xE9;
    let message = expect(&bytes, "not-utf8");
    assert_eq!(message.from().unwrap().display, "Jos\u{e9}");
    let answer = Message::response_to(&message, 200, "", Some("t")).to_bytes();
    assert!(answer.windows(5).any(|window| window == b"Jos\xe9\""));
}

#[test]
fn a_via_without_branch_is_matched_after_rfc_2543() {
    let message = expect(&spoilt(";branch=z9hG4bK1", ""), "no-via-branch");
    assert_eq!(message.via().unwrap().unique_branch(), None);
}

#[test]
fn a_wrong_content_length_is_overridden_by_the_datagram() {
    let with = |length: &str| invite(&format!("{SDP}Content-Length: {length}\r\n"), OFFER);
    expect(&with("9999"), "content-length-too-large");
    expect(&with("-999"), "content-length-unreadable");
    expect(&with("1\r\nl: 20"), "content-length-several");
    expect(&with(""), "content-length-unreadable");
    let message = taken(&with("4"));
    assert_eq!(
        (codes(&message.defects).as_str(), &message.body[..]),
        (
            "content-length-too-small sdp-missing sdp-missing sdp-missing sdp-no-media",
            &b"v=0\r"[..]
        )
    );
}

#[test]
fn another_version_is_answered_for_calls_only() {
    let message = expect(&spoilt("SIP/2.0\r\n", "SIP/7.0\r\n"), "version");
    assert!(message.to_bytes().starts_with(b"INVITE urn:service:sos SIP/2.0\r\n"));
    let options = String::from_utf8(spoilt("SIP/2.0\r\n", "SIP/7.0\r\n")).unwrap();
    let options = options.replace("INVITE", "OPTIONS");
    let refusal = expect_refused(options.as_bytes(), 505, Flaw::Version);
    assert!(refusal.to_bytes().starts_with(b"SIP/2.0 505 Version Not Supported\r\n"));
}

#[test]
fn the_first_line_may_look_like_anything() {
    expect(&spoilt("INVITE urn:service:sos SIP/2.0", "INVITE urn:service:sos"), "no-version");
    expect(&spoilt("INVITE urn:service:sos", "INVITE <urn:service:sos>"), "request-uri-brackets");
    expect(&spoilt("INVITE urn:service:sos", "INVITE "), "no-request-uri");
    expect(
        &spoilt("INVITE urn:service:sos", "\r\n\r\ninvite  911"),
        "method-case uri-no-scheme start-line-spaces",
    );
}

#[test]
fn lines_may_end_in_any_way() {
    let bytes = String::from_utf8(spoilt("v=0", "v=0")).unwrap().replace("\r\n", "\n");
    expect(bytes.as_bytes(), "bare-lf");
    expect(&spoilt("Caller", "Cal\rler"), "bare-cr");
    expect(&spoilt("CSeq: 1", "\x01\x02\r\nCSeq: 1"), "header-unreadable");
    expect(&spoilt("CSeq: 1", "Odd name: 1\r\nCSeq: 1"), "header-name");
}

#[test]
fn addresses_are_read_as_well_as_they_can_be() {
    expect(&spoilt("\"Caller\"", "\"Caller"), "quote-not-closed");
    expect(&spoilt("\"Caller\"", "Caller, A."), "name-not-quoted");
    expect(&spoilt("<urn:service:sos>", "<urn:service:sos"), "address-not-closed");
    expect(&spoilt("<sip:+1", "< sip:+1"), "address-spaces");
    expect(&spoilt(";tag=a1", ""), "no-from-tag");
    expect(&spoilt("CSeq: 1 ", "CSeq: 4294967295 "), "cseq-large");
    expect(
        &spoilt("To: ", "Date: today\r\nMax-Forwards: 300\r\nTo: "),
        "number-unreadable date-unreadable",
    );
}

#[test]
fn without_the_routing_minimum_the_refusal_still_finds_its_way() {
    for (line, flaw) in [
        ("From: \"Caller\" <sip:+12025550112@192.0.2.10>;tag=a1\r\n", Flaw::NoFrom),
        ("To: <urn:service:sos>\r\n", Flaw::NoTo),
        ("Call-ID: one@192.0.2.10\r\n", Flaw::NoCallId),
        ("CSeq: 1 INVITE\r\n", Flaw::NoCseq),
    ] {
        let refusal = expect_refused(&spoilt(line, ""), 400, flaw);
        assert_eq!(refusal.via().unwrap().host, "192.0.2.10");
    }
    expect_refused(&spoilt("1 INVITE", "1 BYE"), 400, Flaw::CseqMismatch);
    expect_refused(&spoilt("1 INVITE", "one INVITE"), 400, Flaw::CseqUnreadable);
    expect_refused(&spoilt("SIP/2.0/UDP 192.0.2.10:5060", "here"), 400, Flaw::ViaUnreadable);
    let line = "Via: SIP/2.0/UDP 192.0.2.10:5060;branch=z9hG4bK1;rport\r\n";
    let unreadable = datagram(&spoilt(line, "")).unwrap_err();
    assert_eq!((unreadable.why.code, unreadable.reply_to), ("no-via", None));
}

#[test]
fn an_ack_is_never_replied_to() {
    let ack = String::from_utf8(spoilt("CSeq: 1 INVITE\r\n", "")).unwrap();
    let ack = ack.replacen("INVITE", "ACK", 1);
    assert_eq!(datagram(ack.as_bytes()).unwrap_err().reply_to, None);
}

#[test]
fn an_answer_carries_what_the_request_said() {
    let request = taken(&invite("Record-Route: <sip:border;lr>\r\nTimestamp: 5\r\n", ""));
    let ok = Message::response_to(&request, 200, "", Some("t1"));
    assert_eq!(ok.start, StartLine::Response { code: 200, reason: "OK".to_owned() });
    assert_eq!((ok.to_tag().as_deref(), ok.from_tag().as_deref()), (Some("t1"), Some("a1")));
    assert_eq!(ok.addresses("Record-Route").len(), 1);
    let trying = Message::response_to(&request, 100, "", Some("t1"));
    assert_eq!((trying.to_tag(), trying.headers.get("Timestamp")), (None, Some(&b"5"[..])));
    let busy = Message::response_to(&request, 486, "Busy\r\nX: y", Some("t1"));
    assert!(busy.headers.get("Record-Route").is_none());
    assert!(busy.to_bytes().starts_with(b"SIP/2.0 486 Busy  X: y\r\nVia: "));
}

#[test]
fn the_source_is_noted_in_the_top_via_alone() {
    let mut request = taken(&spoilt(";rport\r\n", ";rport, SIP/2.0/TCP b\r\nv: SIP/2.0/TLS c\r\n"));
    request.stamp_via("198.51.100.7", 40_000);
    let vias: Vec<String> = request.vias().iter().map(ToString::to_string).collect();
    assert_eq!(
        vias,
        [
            "SIP/2.0/UDP 192.0.2.10:5060;branch=z9hG4bK1;rport=40000;received=198.51.100.7",
            "SIP/2.0/TCP b",
            "SIP/2.0/TLS c",
        ]
    );
}

#[test]
fn what_is_over_a_limit_is_refused_or_left_out_by_name() {
    let long = format!("Subject: {}\r\n", "x".repeat(70_000));
    expect_refused(&invite(&long, ""), 513, Flaw::HeaderTooLong);
    let many = "Odd: y\r\n".repeat(HEADER_FIELDS_MAX + 1);
    let message = taken(&invite(&many, ""));
    assert_eq!(message.headers.len(), HEADER_FIELDS_MAX);
    assert_eq!(codes(&message.defects), "too-many-headers");
    let unreadable =
        parse(&invite(&format!("Content-Length: {}\r\n", BODY_BYTES_MAX + 1), ""), Framing::Stream);
    assert_eq!(unreadable.unwrap_err().code, 513);
    let hops = format!("Route: {}\r\n", "<sip:a>,".repeat(5_000));
    assert_eq!(taken(&invite(&hops, "")).addresses("Route").len(), LIST_VALUES_MAX);
    let odd: String = (0..200).map(|n| format!("m={n}\r\n")).collect();
    let message = taken(&invite(SDP, &format!("{OFFER}{odd}")));
    assert!(message.defects.len() <= DEFECTS_MAX);
}

#[test]
fn a_part_without_its_blank_line_is_read() {
    let body = format!(
        "--b\r\nContent-Type: application/sdp\r\n{OFFER}\r\n--b\r\n\
         Content-Type: application/pidf+xml\r\nContent-ID: <l@x>\r\n<?xml version=\"1.0\"?>\r\n\
         <presence/>\r\n--b--\r\n"
    );
    let bytes = invite("Content-Type: multipart/mixed; boundary=b\r\n", &body);
    let message = expect(&bytes, "part-no-blank-line");
    let location = message.parts().by_id("l@x").unwrap().body.clone();
    assert!(location.starts_with(b"<?xml") && location.ends_with(b"<presence/>"));
}

#[test]
fn a_description_in_another_order_is_read() {
    let offer = "v=0\r\no=- 1 1 IN IP4 192.0.2.10\r\ns=-\r\nt=0 0\r\nc=IN IP4 192.0.2.10\r\n\
        m=audio 49170 RTP/AVP 0\r\n";
    expect(&invite(SDP, offer), "sdp-order");
    let offer = "v=0\r\no=- 1 1 IN IP4 192.0.2.10\r\ns=-\r\nt=0 0\r\nm=audio 49170 RTP/AVP 0\r\n";
    let message = expect(&invite(SDP, offer), "sdp-no-connection");
    let sdp = message.sdp().unwrap();
    assert_eq!(sdp.connection_of(&sdp.media[0]).host(), "192.0.2.10");
    expect(&invite("", OFFER), "no-content-type");
}
