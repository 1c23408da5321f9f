//! RTP packets (RFC 3550, section 5): read without copying, written into a buffer that is kept.

/// Contributing sources in one header; the field has four bits (RFC 3550, 5.1).
pub const CSRC_MAX: usize = 15;

const VERSION: u8 = 2;
const HEADER_BYTES: usize = 12;

/// One packet. `csrcs` and `extension` are as they stand on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct RtpPacket<'a> {
    /// Of voice: the first packet after silence.
    pub marker: bool,
    /// Seven bits; what it means was agreed in SDP.
    pub payload_type: u8,
    /// Counts packets, and wraps.
    pub sequence: u16,
    /// Counts samples, and wraps.
    pub timestamp: u32,
    /// Whose stream this is.
    pub ssrc: u32,
    /// Who was mixed into it: groups of four bytes, at most [`CSRC_MAX`].
    pub csrcs: &'a [u8],
    /// The header extension, if there is one.
    pub extension: Option<RtpExtension<'a>>,
    /// The voice.
    pub payload: &'a [u8],
}

/// A header extension (RFC 3550, 5.3.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RtpExtension<'a> {
    /// What kind it is.
    pub profile: u16,
    /// Its words: a multiple of four bytes.
    pub words: &'a [u8],
}

/// Why bytes are no RTP packet. Such a packet is counted and dropped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RtpDefect {
    /// Shorter than its own header says.
    #[error("`{bytes}` bytes end inside the packet's header")]
    Short {
        /// Bytes there are.
        bytes: usize,
    },
    /// Another protocol, or noise.
    #[error("version `{0}`; RTP is version 2")]
    Version(u8),
    /// An RTCP packet on the RTP port (RFC 5761, section 4).
    #[error("payload type `{0}` is one of RTCP's")]
    Rtcp(u8),
    /// The last byte counts more padding than there are bytes.
    #[error("padding of `{0}` bytes does not fit")]
    Padding(u8),
}

impl<'a> RtpPacket<'a> {
    /// Reads one datagram.
    ///
    /// # Errors
    /// [`RtpDefect`]: it is not RTP, or it is cut off.
    pub fn read(datagram: &'a [u8]) -> Result<Self, RtpDefect> {
        let short = RtpDefect::Short { bytes: datagram.len() };
        let (&[first, second, s0, s1, t0, t1, t2, t3, c0, c1, c2, c3], rest) =
            datagram.split_first_chunk::<HEADER_BYTES>().ok_or(short)?;
        if first >> 6 != VERSION {
            return Err(RtpDefect::Version(first >> 6));
        }
        // 64 to 95 with the marker bit in front are RTCP's 192 to 223.
        if (192..=223).contains(&second) {
            return Err(RtpDefect::Rtcp(second));
        }
        let csrc_bytes = usize::from(first & 0x0f) * 4;
        let (csrcs, rest) = rest.split_at_checked(csrc_bytes).ok_or(short)?;
        let (extension, rest) = match first & 0x10 {
            0 => (None, rest),
            _ => read_extension(rest).ok_or(short)?,
        };
        let payload = if first & 0x20 == 0 { rest } else { without_padding(rest)? };
        Ok(Self {
            marker: second & 0x80 != 0,
            payload_type: second & 0x7f,
            sequence: u16::from_be_bytes([s0, s1]),
            timestamp: u32::from_be_bytes([t0, t1, t2, t3]),
            ssrc: u32::from_be_bytes([c0, c1, c2, c3]),
            csrcs,
            extension,
            payload,
        })
    }

    /// Writes the packet over what was in `out`. Contributing sources beyond [`CSRC_MAX`] and a
    /// last part of fewer than four bytes are left out, in an extension too.
    pub fn write(&self, out: &mut Vec<u8>) {
        out.clear();
        let csrc_count = (self.csrcs.len() / 4).min(CSRC_MAX);
        let has_extension = u8::from(self.extension.is_some()) << 4;
        // INVARIANT: at most 15, so it fits its four bits.
        let first = VERSION << 6 | has_extension | u8::try_from(csrc_count).unwrap_or_default();
        out.push(first);
        out.push(u8::from(self.marker) << 7 | (self.payload_type & 0x7f));
        out.extend(self.sequence.to_be_bytes());
        out.extend(self.timestamp.to_be_bytes());
        out.extend(self.ssrc.to_be_bytes());
        out.extend(self.csrcs.iter().take(csrc_count * 4));
        if let Some(extension) = self.extension {
            let words = (extension.words.len() / 4).min(usize::from(u16::MAX));
            out.extend(extension.profile.to_be_bytes());
            out.extend(u16::try_from(words).unwrap_or(u16::MAX).to_be_bytes());
            out.extend(extension.words.iter().take(words * 4));
        }
        out.extend(self.payload);
    }

    /// The contributing sources as numbers.
    pub fn csrc_numbers(&self) -> impl Iterator<Item = u32> {
        self.csrcs.as_chunks::<4>().0.iter().map(|bytes| u32::from_be_bytes(*bytes))
    }
}

fn read_extension(rest: &[u8]) -> Option<(Option<RtpExtension<'_>>, &[u8])> {
    let (&[p0, p1, l0, l1], rest) = rest.split_first_chunk::<4>()?;
    let bytes = usize::from(u16::from_be_bytes([l0, l1])) * 4;
    let (words, rest) = rest.split_at_checked(bytes)?;
    let profile = u16::from_be_bytes([p0, p1]);
    Some((Some(RtpExtension { profile, words }), rest))
}

/// The last byte says how many bytes of padding there are, itself among them.
fn without_padding(rest: &[u8]) -> Result<&[u8], RtpDefect> {
    let count = rest.last().copied().unwrap_or_default();
    let kept = rest.len().checked_sub(usize::from(count)).filter(|_| count > 0);
    kept.and_then(|kept| rest.get(..kept)).ok_or(RtpDefect::Padding(count))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// One packet of 4 bytes of voice, written down by hand after the drawing in RFC 3550, 5.1.
    const PLAIN: [u8; 16] =
        [0x80, 0x80, 0x12, 0x34, 0, 0, 0, 160, 0xde, 0xad, 0xbe, 0xef, 0xff, 0x7f, 0xd5, 0x55];

    #[test]
    fn a_plain_packet_is_read() {
        let packet = RtpPacket::read(&PLAIN).unwrap();
        assert!(packet.marker);
        assert_eq!((packet.payload_type, packet.sequence, packet.timestamp), (0, 0x1234, 160));
        assert_eq!((packet.ssrc, packet.payload), (0xdead_beef, &PLAIN[12..]));
        assert_eq!((packet.csrcs.len(), packet.extension), (0, None));
    }

    #[test]
    fn sources_extension_and_padding_are_taken_off() {
        let mut bytes = vec![0xb2, 8, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3];
        bytes.extend([0, 0, 0, 4, 0, 0, 0, 5]);
        bytes.extend([0xbe, 0xde, 0, 1, 0x10, 0x42, 0, 0]);
        bytes.extend([0xd5, 0xd5, 0, 0, 3]);
        let packet = RtpPacket::read(&bytes).unwrap();
        assert_eq!(packet.csrc_numbers().collect::<Vec<_>>(), [4, 5]);
        let extension = packet.extension.unwrap();
        assert_eq!((extension.profile, extension.words), (0xbede, &[0x10, 0x42, 0, 0][..]));
        assert_eq!((packet.payload_type, packet.payload), (8, &[0xd5, 0xd5][..]));
    }

    #[test]
    fn what_is_not_rtp_is_named() {
        let with = |at: usize, byte: u8| {
            let mut bytes = PLAIN;
            bytes[at] = byte;
            bytes
        };
        assert_eq!(RtpPacket::read(&PLAIN[..11]), Err(RtpDefect::Short { bytes: 11 }));
        assert_eq!(RtpPacket::read(&with(0, 0x40)), Err(RtpDefect::Version(1)));
        assert_eq!(RtpPacket::read(&with(1, 200)), Err(RtpDefect::Rtcp(200)));
        assert_eq!(RtpPacket::read(&with(0, 0x82)), Err(RtpDefect::Short { bytes: 16 }));
        assert_eq!(RtpPacket::read(&with(0, 0x90)), Err(RtpDefect::Short { bytes: 16 }));
        let mut padded = with(0, 0xa0);
        padded[15] = 5;
        assert_eq!(RtpPacket::read(&padded), Err(RtpDefect::Padding(5)));
        padded[15] = 0;
        assert_eq!(RtpPacket::read(&padded), Err(RtpDefect::Padding(0)));
        padded[15] = 4;
        assert_eq!(RtpPacket::read(&padded).unwrap().payload, &[] as &[u8]);
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            if let Ok(packet) = RtpPacket::read(&bytes) {
                let mut out = Vec::new();
                packet.write(&mut out);
                prop_assert_eq!(RtpPacket::read(&out), Ok(packet));
            }
        }

        #[test]
        fn what_is_written_is_read(
            first in 0u8..64,
            second in any::<u8>(),
            rest in proptest::collection::vec(any::<u8>(), 11..180),
        ) {
            // Mostly headers that look right, where the one above is mostly noise.
            let mut bytes = vec![0x80 | first, second];
            bytes.extend(rest);
            if let Ok(packet) = RtpPacket::read(&bytes) {
                let mut out = Vec::new();
                packet.write(&mut out);
                prop_assert_eq!(RtpPacket::read(&out), Ok(packet));
            }
        }
    }
}
