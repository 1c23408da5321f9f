//! Bodies in parts, well and badly divided.

use evenhand_intake::sip::limits::PARTS_MAX;
use evenhand_intake::sip::multipart::{Parts, parts};

use crate::codes;

const MIXED: &str = "multipart/mixed; boundary=b";

/// Type and body of each part, and the defects.
fn expect(parts: &Parts, expected: &[(&str, &str)], defects: &str) {
    let found: Vec<(&str, &str)> = (parts.parts.iter())
        .map(|part| (part.content_type.as_str(), std::str::from_utf8(&part.body).unwrap()))
        .collect();
    assert_eq!(found, expected);
    assert_eq!(codes(&parts.defects), defects);
}

#[test]
fn a_lone_body_is_one_part() {
    expect(
        &parts("text/plain;charset=utf-8", b"help"),
        &[("text/plain;charset=utf-8", "help")],
        "",
    );
    expect(&parts("", b"v=0\r\n"), &[("application/sdp", "v=0\r\n")], "no-content-type");
}

#[test]
fn parts_are_divided_and_named() {
    let body = b"preamble\r\n--b\r\nContent-Type: text/plain\r\nContent-ID: <1@x>\r\n\
        Content-Disposition: by-reference;handling=optional\r\n\r\none\r\n\r\n--b  \r\n\r\ntwo\r\n\
        --b--\r\nepilogue";
    let parts = parts("Multipart/Mixed;Boundary=\"b\"", body);
    expect(&parts, &[("text/plain", "one\r\n"), ("text/plain", "two")], "no-content-type");
    assert_eq!(parts.parts[0].content_id.as_deref(), Some("1@x"));
    assert!(parts.parts[0].disposition.as_deref().unwrap().starts_with("by-reference"));
}

#[test]
fn a_boundary_that_begins_another_is_not_taken_for_it() {
    let body = b"--bb\r\n\r\nA: x\r\n--bb--\r\n--b\r\nContent-Type: t/x\r\n\r\none\r\n--b--";
    expect(&parts(MIXED, body), &[("t/x", "one")], "");
}

#[test]
fn nested_parts_come_in_order_and_too_deep_ones_stay_closed() {
    let mut body = "--e\r\nContent-Type: t/x\r\n\r\nx\r\n--e--".to_owned();
    let mut kind = "multipart/mixed;boundary=e".to_owned();
    for boundary in ["d", "c", "b"] {
        body = format!("--{boundary}\r\nContent-Type: {kind}\r\n\r\n{body}\r\n--{boundary}--");
        kind = format!("multipart/mixed;boundary={boundary}");
    }
    expect(&parts(&kind, body.as_bytes()), &[("t/x", "x")], "");
    let deeper = format!("--a\r\nContent-Type: {kind}\r\n\r\n{body}\r\n--a--");
    let found = parts("multipart/mixed;boundary=a", deeper.as_bytes());
    assert_eq!(codes(&found.defects), "parts-too-deep");
    assert_eq!(found.parts.len(), 1);
}

#[test]
fn a_wrong_or_missing_boundary_is_guessed() {
    let body = b"\r\n--real\r\nContent-Type: t/x\r\n\r\none\r\n--real--\r\n";
    expect(&parts("multipart/mixed; boundary=wrong", body), &[("t/x", "one")], "boundary-wrong");
    expect(&parts("multipart/mixed", body), &[("t/x", "one")], "no-boundary");
    let undivided = "v=0\r\no=-\r\n";
    expect(
        &parts("multipart/mixed", undivided.as_bytes()),
        &[("application/sdp", undivided)],
        "no-boundary no-content-type",
    );
}

#[test]
fn what_is_cut_off_is_kept() {
    let body = b"--b\r\nContent-Type: t/x\r\n\r\none";
    expect(&parts(MIXED, body), &[("t/x", "one")], "no-closing-boundary");
    expect(&parts(MIXED, b"--b\r\nContent-Type: t/x"), &[("t/x", "")], "no-closing-boundary");
    expect(&parts(MIXED, b"--b--"), &[], "");
}

#[test]
fn base64_is_undone_and_named_where_it_is_none() {
    let head = "--b\r\nContent-Type: t/x\r\nContent-Transfer-Encoding: Base64\r\n\r\n";
    let body = format!("{head}SGVs\r\nbG8=\r\n--b--");
    expect(&parts(MIXED, body.as_bytes()), &[("t/x", "Hello")], "");
    let body = format!("{head}<x/>\r\n--b--");
    expect(&parts(MIXED, body.as_bytes()), &[("t/x", "<x/>")], "part-encoding");
}

#[test]
fn parts_over_the_limit_are_left_out_by_name() {
    let many = format!("{}--b--", "--b\r\nContent-Type: t/x\r\n\r\nx\r\n".repeat(PARTS_MAX + 5));
    let found = parts(MIXED, many.as_bytes());
    assert_eq!((found.parts.len(), codes(&found.defects).as_str()), (PARTS_MAX, "too-many-parts"));
}
