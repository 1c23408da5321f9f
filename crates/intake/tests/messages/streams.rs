//! Messages cut from a stream, wherever the reads break.

use evenhand_intake::sip::limits::{BODY_BYTES_MAX, HEADER_BYTES_MAX};
use evenhand_intake::sip::{Frame, Framer, Framing, parse};

use crate::{OFFER, codes, invite};

fn call(headers: &str) -> Vec<u8> {
    let length = format!("Content-Type: application/sdp\r\nContent-Length: {}\r\n", OFFER.len());
    invite(&format!("{length}{headers}"), OFFER)
}

fn frames(pieces: &[&[u8]]) -> Vec<Frame> {
    let mut framer = Framer::new();
    let mut frames = Vec::new();
    for piece in pieces {
        framer.push(piece);
        frames.extend(framer.by_ref());
    }
    frames
}

fn stream() -> (Vec<u8>, Vec<Frame>) {
    let (first, second) = (call(""), call("Subject: two\r\n"));
    let third = b"SIP/2.0 200 OK\nl:0\n\n".to_vec();
    let parts: [&[u8]; 7] =
        [b"\r\n", &first, b"\r\n\r\n", &second, &third, b"\r\n\r\n\r\n", &first];
    let frames = vec![
        Frame::Message(first.clone()),
        Frame::KeepAlive,
        Frame::Message(second.clone()),
        Frame::Message(third.clone()),
        Frame::KeepAlive,
        Frame::Message(first.clone()),
    ];
    (parts.concat(), frames)
}

#[test]
fn a_stream_is_cut_alike_wherever_one_read_ends() {
    let (bytes, expected) = stream();
    for at in 0..=bytes.len() {
        let (before, after) = bytes.split_at(at);
        assert_eq!(frames(&[before, after]), expected, "read ends at {at}");
    }
}

#[test]
fn a_stream_is_cut_alike_byte_by_byte() {
    let (bytes, expected) = stream();
    let pieces: Vec<&[u8]> = bytes.chunks(1).collect();
    assert_eq!(frames(&pieces), expected);
    for size in [2, 3, 7, 64, 1_000] {
        let pieces: Vec<&[u8]> = bytes.chunks(size).collect();
        assert_eq!(frames(&pieces), expected, "reads of {size}");
    }
}

#[test]
fn what_is_no_message_does_not_take_the_next_one_with_it() {
    let call = call("");
    let bytes = [b"v=0\r\nnonsense\r\n", &call[..]].concat();
    let garbage = Frame::Message(b"v=0\r\nnonsense\r\n".to_vec());
    assert_eq!(frames(&[&bytes]), [garbage, Frame::Message(call)]);
}

#[test]
fn a_length_that_is_too_small_costs_one_call_only_its_offer() {
    let short = String::from_utf8(call("")).unwrap();
    let short = short.replace(&format!("Content-Length: {}", OFFER.len()), "Content-Length: 0");
    let next = call("");
    let cut = frames(&[short.as_bytes(), &next]);
    let [Frame::Message(first), Frame::Message(garbage), Frame::Message(second)] = &cut[..] else {
        panic!("{cut:?}")
    };
    assert!(first.ends_with(b"\r\n\r\n"));
    assert_eq!((garbage.as_slice(), second), (OFFER.as_bytes(), &next));
}

#[test]
fn a_length_that_is_missing_or_no_number_is_guessed() {
    for (length, defect) in [("", "no-content-length"), ("l: -1\r\n", "content-length-unreadable")]
    {
        let guessed = invite(&format!("Content-Type: application/sdp\r\n{length}"), OFFER);
        let next = call("");
        let bytes = [&guessed[..], &next].concat();
        assert_eq!(frames(&[&bytes]), [guessed.clone(), next].map(Frame::Message));
        let message = parse(&guessed, Framing::Stream).unwrap();
        assert_eq!((codes(&message.defects).as_str(), message.body.len()), (defect, OFFER.len()));
    }
}

#[test]
fn a_length_that_is_too_large_leaves_a_call_that_can_be_taken() {
    let length = format!("Content-Length: {}\r\n", OFFER.len() + 7);
    let long = invite(&format!("Content-Type: application/sdp\r\n{length}"), OFFER);
    let mut framer = Framer::new();
    framer.push(&long);
    assert_eq!(framer.next(), None);
    assert!(framer.is_waiting());
    assert_eq!(framer.take_partial(), Some(long.clone()));
    assert!(!framer.is_waiting());
    assert_eq!(codes(&parse(&long, Framing::Stream).unwrap().defects), "content-length-too-large");
}

#[test]
fn over_a_limit_a_reply_can_be_built_and_the_stream_is_closed() {
    let endless = invite(&"X: y\r\n".repeat(HEADER_BYTES_MAX / 5), "");
    let body = invite(&format!("Content-Length: {}\r\n", BODY_BYTES_MAX + 1), "");
    let line = [b"INVITE ", &b"x".repeat(HEADER_BYTES_MAX)[..]].concat();
    for (bytes, code) in [(endless, 513), (body, 513), (line, 513)] {
        let pieces: Vec<&[u8]> = bytes.chunks(1_000).collect();
        let cut = frames(&pieces);
        let [Frame::Message(message), Frame::Overflow] = &cut[..] else { panic!("{}", cut.len()) };
        assert_eq!(parse(message, Framing::Stream).unwrap_err().code, code);
    }
}

#[test]
fn the_largest_body_passes() {
    let body = "x".repeat(BODY_BYTES_MAX);
    let bytes = invite(&format!("Content-Length: {BODY_BYTES_MAX}\r\n"), &body);
    let cut = frames(&bytes.chunks(10_000).collect::<Vec<_>>());
    assert_eq!(cut, [Frame::Message(bytes)]);
}

#[test]
fn any_number_of_empty_lines_is_read() {
    assert_eq!(frames(&[&b"\n".repeat(200_000)]), []);
    assert_eq!(frames(&[&b"\r\n".repeat(100_001)]).len(), 50_000);
}
