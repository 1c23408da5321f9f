//! What holds for any bytes, and for any damage to a real message.

use std::sync::LazyLock;

use evenhand_intake::sip::limits::PARTS_MAX;
use evenhand_intake::sip::multipart::parts;
use evenhand_intake::sip::{Frame, Framer, Framing, parse};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

use crate::check::{sdp, sip};
use crate::{OFFER, invite, sample_folder};

fn config() -> ProptestConfig {
    ProptestConfig {
        cases: 1_500,
        failure_persistence: None,
        rng_seed: RngSeed::Fixed(911),
        ..ProptestConfig::default()
    }
}

/// Real messages: those at hand, and a small one that is always there.
static MESSAGES: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| {
    let mut messages = vec![invite("Content-Type: application/sdp\r\n", OFFER)];
    for folder in ["sip", "sip-torture-rfc4475"].into_iter().filter_map(sample_folder) {
        let mut files: Vec<_> =
            std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        files.sort();
        messages.extend(files.into_iter().map(|file| std::fs::read(file).unwrap()));
    }
    messages
});

/// Pieces that parsers stumble over.
const PIECES: &[&[u8]] = &[
    b"\r\n",
    b"\n",
    b"\r",
    b"\r\n\r\n",
    b" ",
    b"\t",
    b":",
    b";",
    b",",
    b"\"",
    b"<",
    b">",
    b"\\",
    b"\0",
    b"\xff",
    b"\xc3",
    b"=",
    b"--",
    b"SIP/2.0",
    b"INVITE ",
    b"l: 9\r\n",
    b"m=audio 1 ",
    b"\r\n ",
    b"Via: ",
    b"a=rtpmap:",
    b"/",
    b"[",
    b"]",
    b"?",
    b"@",
    b"",
];

type Damage = (prop::sample::Index, prop::sample::Index, usize);

fn damages() -> impl Strategy<Value = Vec<Damage>> {
    let damage = (any::<prop::sample::Index>(), any::<prop::sample::Index>(), 0_usize..40);
    prop::collection::vec(damage, 1..6)
}

/// Replaces up to 40 bytes at each place by a piece.
fn damaged(mut bytes: Vec<u8>, damages: &[Damage]) -> Vec<u8> {
    for (at, piece, cut) in damages {
        let at = at.index(bytes.len() + 1);
        let end = (at + cut).min(bytes.len());
        bytes.splice(at..end, piece.get(PIECES).iter().copied());
    }
    bytes
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn any_bytes_are_read(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
        sip::check(&bytes);
        sdp::check(&bytes);
        prop_assert!(parts("multipart/mixed", &bytes).parts.len() <= PARTS_MAX);
    }

    #[test]
    fn any_pieces_are_read(pieces in prop::collection::vec(any::<prop::sample::Index>(), 0..60)) {
        let bytes: Vec<u8> = pieces.iter().flat_map(|piece| piece.get(PIECES).to_vec()).collect();
        sip::check(&bytes);
        sdp::check(&bytes);
        prop_assert!(parts("multipart/mixed;boundary=--", &bytes).parts.len() <= PARTS_MAX);
    }

    #[test]
    fn a_damaged_message_is_read(which in any::<prop::sample::Index>(), damages in damages()) {
        let bytes = damaged(which.get(&MESSAGES).clone(), &damages);
        sip::check(&bytes);
        sdp::check(&bytes);
        if let Ok(message) = parse(&bytes, Framing::Datagram) {
            sdp::check(&message.body);
        }
    }

    /// Cut anywhere, a stream of damaged messages never loses the whole one behind an empty line.
    #[test]
    fn a_stream_loses_no_byte(
        which in any::<prop::sample::Index>(),
        damages in damages(),
        size in 1_usize..200,
    ) {
        let bytes = damaged(which.get(&MESSAGES).clone(), &damages);
        let mut framer = Framer::new();
        let mut cut = Vec::new();
        let mut is_over = false;
        for piece in bytes.chunks(size) {
            framer.push(piece);
            for frame in framer.by_ref() {
                match frame {
                    Frame::Message(message) => cut.extend(message),
                    Frame::KeepAlive => {}
                    Frame::Overflow => is_over = true,
                }
            }
        }
        cut.extend(framer.take_partial().unwrap_or_default());
        let solid = |bytes: &[u8]| -> Vec<u8> {
            bytes.iter().copied().filter(|byte| !matches!(byte, b'\r' | b'\n')).collect()
        };
        prop_assert!(is_over || solid(&cut) == solid(&bytes));
    }
}
