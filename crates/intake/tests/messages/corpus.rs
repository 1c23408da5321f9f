//! Every seed of the fuzzers, and every sample at hand, goes through every parser.

use std::path::{Path, PathBuf};

use evenhand_intake::sip::multipart::parts;
use evenhand_intake::sip::sdp::Session;
use evenhand_intake::sip::{Framer, Framing, Message, parse};

use crate::sample_folder;

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap_or_else(|error| panic!("{folder:?}: {error}"));
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    files.sort();
    assert!(!files.is_empty(), "{folder:?} is empty");
    files
}

fn corpus(name: &str) -> Vec<PathBuf> {
    files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus").join(name))
}

/// What a fuzzer asks of a message.
pub fn check_message(bytes: &[u8]) {
    for framing in [Framing::Datagram, Framing::Stream] {
        match parse(bytes, framing) {
            Ok(message) => check_written(&message),
            Err(unreadable) => {
                assert!((400..700).contains(&unreadable.code));
                if let Some(request) = &unreadable.reply_to {
                    let reply = Message::response_to(request, unreadable.code, "", Some("t"));
                    assert!(reply.to_bytes().starts_with(b"SIP/2.0 "));
                }
            }
        }
    }
    let mut framer = Framer::new();
    framer.push(bytes);
    assert!(framer.by_ref().count() <= bytes.len() + 1);
    framer.take_partial();
}

/// What is written reads the same, and is written the same again.
fn check_written(message: &Message) {
    let written = message.to_bytes();
    let again = parse(&written, Framing::Stream).unwrap_or_else(|error| panic!("{error:?}"));
    assert_eq!((&again.start, &again.body), (&message.start, &message.body));
    let fields = |message: &Message| {
        let fields = message.headers.iter().filter(|field| !field.is("Content-Length"));
        fields.cloned().collect::<Vec<_>>()
    };
    assert_eq!(fields(&again), fields(message));
    assert_eq!(again.to_bytes(), written);
    let reply = Message::response_to(message, 200, "", Some("t"));
    assert!(parse(&reply.to_bytes(), Framing::Stream).is_ok());
    message.vias().iter().for_each(|via| drop(via.to_string()));
    message.addresses("Contact").iter().for_each(|contact| drop(contact.to_string()));
}

/// What a fuzzer asks of a session description.
pub fn check_session(bytes: &[u8]) {
    let session = Session::parse(bytes);
    let written = session.to_string();
    let again = Session::parse(written.as_bytes());
    assert_eq!(again.media.len(), session.media.len());
    assert_eq!(again.to_string(), written);
    crate::voice::check_answer(&session);
}

#[test]
fn seeds_of_messages_pass() {
    for file in corpus("sip") {
        check_message(&std::fs::read(file).unwrap());
    }
}

#[test]
fn seeds_of_session_descriptions_pass() {
    for file in corpus("sdp") {
        check_session(&std::fs::read(file).unwrap());
    }
}

/// The first line of a seed is the type, the rest the body.
#[test]
fn seeds_of_parts_pass() {
    for file in corpus("multipart") {
        let bytes = std::fs::read(&file).unwrap();
        let end = bytes.iter().position(|byte| *byte == b'\n').unwrap();
        let content_type = String::from_utf8_lossy(&bytes[..end]);
        let found = parts(content_type.trim(), &bytes[end + 1..]);
        assert!(!found.parts.is_empty(), "{file:?}");
    }
}

#[test]
fn samples_pass() {
    for name in ["sip", "sip-torture-rfc4475"] {
        let Some(folder) = sample_folder(name) else { return };
        for file in files(&folder) {
            let bytes = std::fs::read(file).unwrap();
            check_message(&bytes);
            check_session(&bytes);
        }
    }
}
