//! RTCP packets (RFC 3550, section 6): reports, source descriptions, goodbyes, several in one
//! datagram.
//!
//! Read leniently: a packet of a kind that we do not use is passed over by its length, and one that
//! is broken ends the reading without spoiling those before it.

/// Reports in one packet; the count has five bits.
pub const REPORTS_MAX: usize = 31;
/// Packets that are read from one datagram; further ones are not looked at.
pub const PACKETS_MAX: usize = 16;
/// Longest text of a description or a goodbye; its length has eight bits.
pub const TEXT_BYTES_MAX: usize = 255;

const SENDER_REPORT: u8 = 200;
const RECEIVER_REPORT: u8 = 201;
const SOURCE_DESCRIPTION: u8 = 202;
const GOODBYE: u8 = 203;
const CNAME: u8 = 1;

/// One packet of a datagram.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RtcpPacket {
    /// From somebody who sends: what was sent, and how others are received.
    SenderReport {
        /// Who reports.
        ssrc: u32,
        /// What was sent.
        sent: SentFigures,
        /// How others are received.
        reports: Vec<ReceptionReport>,
    },
    /// From somebody who only listens.
    ReceiverReport {
        /// Who reports.
        ssrc: u32,
        /// How others are received.
        reports: Vec<ReceptionReport>,
    },
    /// Who is behind a source.
    SourceDescription {
        /// The source.
        ssrc: u32,
        /// Its lasting name, if it gives one.
        cname: Option<Vec<u8>>,
    },
    /// Sources that end.
    Goodbye {
        /// Which.
        ssrcs: Vec<u32>,
    },
    /// A kind that we do not use.
    Other {
        /// Its packet type.
        kind: u8,
    },
}

/// What a sender says of its own stream (RFC 3550, 6.4.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct SentFigures {
    /// When the report was made, in NTP's 32.32 format.
    pub ntp: u64,
    /// The same moment as a timestamp of the stream.
    pub timestamp: u32,
    /// Packets so far.
    pub packets: u32,
    /// Bytes of voice so far.
    pub bytes: u32,
}

/// How a source is received (RFC 3550, 6.4.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct ReceptionReport {
    /// The source.
    pub ssrc: u32,
    /// Lost since the last report, in 1/256.
    pub lost_256ths: u8,
    /// Lost since the start; 24 bits, negative if there were duplicates.
    pub lost: i32,
    /// Highest sequence number, with the count of wraps in front.
    pub sequence_highest: u32,
    /// Spread of arrival times, in ticks of the timestamp.
    pub jitter_ticks: u32,
    /// Middle 32 bits of the last sender report's time; 0 if there was none.
    pub last_report: u32,
    /// Time since then, in 1/65,536 s.
    pub since_last_report: u32,
}

/// Why bytes are no RTCP datagram.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RtcpDefect {
    /// Shorter than a packet says it is.
    #[error("`{bytes}` bytes end inside the packet")]
    Short {
        /// Bytes that were left.
        bytes: usize,
    },
    /// Another protocol, or noise.
    #[error("version `{0}`; RTCP is version 2")]
    Version(u8),
}

/// Reads a datagram: its packets as far as they can be read, and what ended it too early.
pub fn read_compound(datagram: &[u8]) -> (Vec<RtcpPacket>, Option<RtcpDefect>) {
    let mut packets = Vec::new();
    let mut rest = datagram;
    while !rest.is_empty() && packets.len() < PACKETS_MAX {
        match read_packet(rest) {
            Ok((packet, after)) => {
                packets.push(packet);
                rest = after;
            }
            Err(defect) => return (packets, Some(defect)),
        }
    }
    (packets, None)
}

fn read_packet(bytes: &[u8]) -> Result<(RtcpPacket, &[u8]), RtcpDefect> {
    let short = RtcpDefect::Short { bytes: bytes.len() };
    let (&[first, kind, l0, l1], rest) = bytes.split_first_chunk::<4>().ok_or(short)?;
    if first >> 6 != 2 {
        return Err(RtcpDefect::Version(first >> 6));
    }
    let length = usize::from(u16::from_be_bytes([l0, l1])) * 4;
    let (body, after) = rest.split_at_checked(length).ok_or(short)?;
    let count = usize::from(first & 0x1f);
    let packet = match kind {
        SENDER_REPORT => read_sender_report(body, count),
        RECEIVER_REPORT => read_receiver_report(body, count),
        SOURCE_DESCRIPTION => read_description(body),
        GOODBYE => read_goodbye(body, count),
        _ => Some(RtcpPacket::Other { kind }),
    };
    packet.map(|packet| (packet, after)).ok_or(short)
}

fn read_sender_report(body: &[u8], count: usize) -> Option<RtcpPacket> {
    let (ssrc, body) = take_u32(body)?;
    let (ntp, body) = body.split_first_chunk::<8>()?;
    let (timestamp, body) = take_u32(body)?;
    let (packets, body) = take_u32(body)?;
    let (bytes, body) = take_u32(body)?;
    let sent = SentFigures { ntp: u64::from_be_bytes(*ntp), timestamp, packets, bytes };
    Some(RtcpPacket::SenderReport { ssrc, sent, reports: read_reports(body, count)? })
}

fn read_receiver_report(body: &[u8], count: usize) -> Option<RtcpPacket> {
    let (ssrc, body) = take_u32(body)?;
    Some(RtcpPacket::ReceiverReport { ssrc, reports: read_reports(body, count)? })
}

fn read_reports(mut body: &[u8], count: usize) -> Option<Vec<ReceptionReport>> {
    let mut reports = Vec::with_capacity(count.min(REPORTS_MAX));
    for _ in 0..count {
        let (report, rest) = read_report(body)?;
        reports.push(report);
        body = rest;
    }
    Some(reports)
}

fn read_report(body: &[u8]) -> Option<(ReceptionReport, &[u8])> {
    let (ssrc, body) = take_u32(body)?;
    let (loss, body) = take_u32(body)?;
    let (sequence_highest, body) = take_u32(body)?;
    let (jitter_ticks, body) = take_u32(body)?;
    let (last_report, body) = take_u32(body)?;
    let (since_last_report, body) = take_u32(body)?;
    let [lost_256ths, ..] = loss.to_be_bytes();
    // Shifted up and down again, so that the 24th bit becomes the sign.
    let lost = (loss << 8).cast_signed() >> 8;
    let report = ReceptionReport {
        ssrc,
        lost_256ths,
        lost,
        sequence_highest,
        jitter_ticks,
        last_report,
        since_last_report,
    };
    Some((report, body))
}

/// The first chunk only: nobody who is one party of a call describes two.
fn read_description(body: &[u8]) -> Option<RtcpPacket> {
    let (ssrc, mut items) = take_u32(body)?;
    let mut cname = None;
    while let Some((&kind, rest)) = items.split_first().filter(|(kind, _)| **kind != 0) {
        let (&length, rest) = rest.split_first()?;
        let (text, rest) = rest.split_at_checked(usize::from(length))?;
        if kind == CNAME {
            cname = Some(text.to_vec());
        }
        items = rest;
    }
    Some(RtcpPacket::SourceDescription { ssrc, cname })
}

fn read_goodbye(body: &[u8], count: usize) -> Option<RtcpPacket> {
    let ssrcs = body.get(..count * 4)?.as_chunks::<4>().0;
    let ssrcs = ssrcs.iter().map(|bytes| u32::from_be_bytes(*bytes)).collect();
    Some(RtcpPacket::Goodbye { ssrcs })
}

fn take_u32(bytes: &[u8]) -> Option<(u32, &[u8])> {
    let (number, rest) = bytes.split_first_chunk::<4>()?;
    Some((u32::from_be_bytes(*number), rest))
}

/// Writes packets as one datagram over what was in `out`. Reports beyond [`REPORTS_MAX`] and the
/// end of texts beyond [`TEXT_BYTES_MAX`] are left out; a kind that we do not use is not written.
pub fn write_compound(packets: &[RtcpPacket], out: &mut Vec<u8>) {
    out.clear();
    for packet in packets {
        match packet {
            RtcpPacket::SenderReport { ssrc, sent, reports } => {
                write_sender_report(*ssrc, sent, reports, out);
            }
            RtcpPacket::ReceiverReport { ssrc, reports } => {
                begin(RECEIVER_REPORT, reports.len(), 1 + 6 * reports.len().min(REPORTS_MAX), out);
                out.extend(ssrc.to_be_bytes());
                write_reports(reports, out);
            }
            RtcpPacket::SourceDescription { ssrc, cname } => {
                write_description(*ssrc, cname.as_deref(), out);
            }
            RtcpPacket::Goodbye { ssrcs } => {
                begin(GOODBYE, ssrcs.len(), ssrcs.len().min(REPORTS_MAX), out);
                out.extend(ssrcs.iter().take(REPORTS_MAX).flat_map(|ssrc| ssrc.to_be_bytes()));
            }
            RtcpPacket::Other { .. } => {}
        }
    }
}

/// The first word of a packet: `words` are those after it.
fn begin(kind: u8, count: usize, words: usize, out: &mut Vec<u8>) {
    // INVARIANT: both fit, for no count is above 31 and no packet above 200 words.
    out.push(2 << 6 | u8::try_from(count.min(REPORTS_MAX)).unwrap_or_default());
    out.push(kind);
    out.extend(u16::try_from(words).unwrap_or_default().to_be_bytes());
}

fn write_sender_report(
    ssrc: u32,
    sent: &SentFigures,
    reports: &[ReceptionReport],
    out: &mut Vec<u8>,
) {
    begin(SENDER_REPORT, reports.len(), 6 + 6 * reports.len().min(REPORTS_MAX), out);
    out.extend(ssrc.to_be_bytes());
    out.extend(sent.ntp.to_be_bytes());
    for number in [sent.timestamp, sent.packets, sent.bytes] {
        out.extend(number.to_be_bytes());
    }
    write_reports(reports, out);
}

fn write_reports(reports: &[ReceptionReport], out: &mut Vec<u8>) {
    for report in reports.iter().take(REPORTS_MAX) {
        out.extend(report.ssrc.to_be_bytes());
        let [_, l0, l1, l2] = report.lost.clamp(-0x80_0000, 0x7f_ffff).to_be_bytes();
        out.extend([report.lost_256ths, l0, l1, l2]);
        let rest = [
            report.sequence_highest,
            report.jitter_ticks,
            report.last_report,
            report.since_last_report,
        ];
        out.extend(rest.into_iter().flat_map(u32::to_be_bytes));
    }
}

fn write_description(ssrc: u32, cname: Option<&[u8]>, out: &mut Vec<u8>) {
    let text = cname.map(|text| text.get(..TEXT_BYTES_MAX).unwrap_or(text));
    let item_bytes = text.map_or(0, |text| 2 + text.len());
    // At least one zero ends the items, and zeros fill the word (RFC 3550, 6.5).
    let words = (item_bytes + 4) / 4;
    begin(SOURCE_DESCRIPTION, 1, 1 + words, out);
    out.extend(ssrc.to_be_bytes());
    if let Some(text) = text {
        out.extend([CNAME, u8::try_from(text.len()).unwrap_or_default()]);
        out.extend(text);
    }
    out.extend(std::iter::repeat_n(0, words * 4 - item_bytes));
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn report() -> ReceptionReport {
        ReceptionReport {
            ssrc: 7,
            lost_256ths: 12,
            lost: -3,
            sequence_highest: 0x0001_0005,
            jitter_ticks: 40,
            last_report: 0x1234_5678,
            since_last_report: 65_536,
        }
    }

    fn compound() -> Vec<RtcpPacket> {
        let sent = SentFigures { ntp: 0x0102_0304_0506_0708, timestamp: 9, packets: 10, bytes: 11 };
        vec![
            RtcpPacket::SenderReport { ssrc: 1, sent, reports: vec![report()] },
            RtcpPacket::SourceDescription { ssrc: 1, cname: Some(b"position".to_vec()) },
            RtcpPacket::Goodbye { ssrcs: vec![1, 2] },
        ]
    }

    #[test]
    fn what_is_written_is_read() {
        let mut out = Vec::new();
        write_compound(&compound(), &mut out);
        assert_eq!(read_compound(&out), (compound(), None));
        let listening = [RtcpPacket::ReceiverReport { ssrc: 4, reports: vec![] }];
        write_compound(&listening, &mut out);
        assert_eq!(out, [0x80, 201, 0, 1, 0, 0, 0, 4]);
        assert_eq!(read_compound(&out), (listening.to_vec(), None));
    }

    #[test]
    fn a_report_stands_on_the_wire_as_drawn_in_the_rfc() {
        let mut out = Vec::new();
        write_compound(&compound()[..1], &mut out);
        assert_eq!(out[..8], [0x81, 200, 0, 12, 0, 0, 0, 1]);
        assert_eq!(out[28..36], [0, 0, 0, 7, 12, 0xff, 0xff, 0xfd]);
    }

    #[test]
    fn descriptions_end_on_a_word() {
        let mut out = Vec::new();
        for length in 0..9 {
            let cname = Some(vec![b'x'; length]);
            let described = [RtcpPacket::SourceDescription { ssrc: 1, cname }];
            write_compound(&described, &mut out);
            assert_eq!(out.len() % 4, 0, "{length}");
            assert_eq!(read_compound(&out), (described.to_vec(), None));
        }
    }

    #[test]
    fn what_is_not_used_is_passed_over_and_what_is_broken_ends_the_reading() {
        // An application's packet (204) before a goodbye, and three bytes behind it.
        let bytes = [0x80, 204, 0, 2, 1, 2, 3, 4, 5, 6, 7, 8, 0x81, 203, 0, 1, 0, 0, 0, 9, 1, 2, 3];
        let (packets, defect) = read_compound(&bytes);
        let read = [RtcpPacket::Other { kind: 204 }, RtcpPacket::Goodbye { ssrcs: vec![9] }];
        assert_eq!(packets, read);
        assert_eq!(defect, Some(RtcpDefect::Short { bytes: 3 }));
        assert_eq!(read_compound(&[0x40, 200, 0, 0]).1, Some(RtcpDefect::Version(1)));
        // Counts one report, and has none.
        assert_eq!(
            read_compound(&[0x81, 201, 0, 1, 0, 0, 0, 4]).1,
            Some(RtcpDefect::Short { bytes: 8 })
        );
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            let (packets, _) = read_compound(&bytes);
            prop_assert!(packets.len() <= PACKETS_MAX);
        }

        #[test]
        fn no_broken_packet_makes_it_panic(
            at in 0usize..76, byte in any::<u8>(), length in 0usize..77,
        ) {
            let mut out = Vec::new();
            write_compound(&compound(), &mut out);
            if let Some(place) = out.get_mut(at) {
                *place = byte;
            }
            out.truncate(length);
            let (packets, _) = read_compound(&out);
            write_compound(&packets, &mut out);
            let read_again = read_compound(&out).0;
            let known = |p: &&RtcpPacket| !matches!(p, RtcpPacket::Other { .. });
            prop_assert!(read_again.iter().eq(packets.iter().filter(known)));
        }
    }
}
