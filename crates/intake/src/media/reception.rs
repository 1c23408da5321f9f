//! How a source is received: what was lost, and how unevenly it came (RFC 3550, 6.4 and A.1 to
//! A.8).

use super::TICKS_PER_MS;
use super::rtcp::ReceptionReport;
use super::rtp::RtpPacket;

/// Packets that a source may be ahead before it is taken for one that began again (RFC 3550, A.1).
const DROPOUT_MAX: u16 = 3_000;
/// Packets that one may be late and still be this stream's.
const MISORDER_MAX: u16 = 100;

/// What a packet is to its stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arrival {
    /// The next one, or one after a gap. The extended sequence number never goes down.
    Ahead {
        /// With the count of wraps in front.
        sequence: u64,
    },
    /// One that was overtaken, or comes a second time.
    Behind {
        /// With the count of wraps in front.
        sequence: u64,
    },
    /// The source begins again: another device, or the same one restarted.
    Restarted {
        /// Where it begins.
        sequence: u64,
    },
}

impl Arrival {
    /// The extended sequence number.
    pub fn sequence(self) -> u64 {
        match self {
            Self::Ahead { sequence } | Self::Behind { sequence } | Self::Restarted { sequence } => {
                sequence
            }
        }
    }
}

/// The running figures of one source.
#[derive(Clone, Debug, Default)]
pub struct Reception {
    stream: Option<Stream>,
    // Of all streams since the start.
    received: u64,
    report: Option<HeardReport>,
}

#[derive(Clone, Debug)]
struct Stream {
    ssrc: u32,
    first: u64,
    highest: u64,
    received: u64,
    transit_ticks: u32,
    // Sixteen times the jitter, as RFC 3550, A.8 keeps it.
    jitter_x16: u32,
    expected_before: u64,
    received_before: u64,
    // A far-off sequence number is believed when its successor comes (RFC 3550, A.1).
    far_next: Option<u16>,
}

#[derive(Clone, Copy, Debug)]
struct HeardReport {
    ntp_middle: u32,
    at_ms: u64,
}

impl Reception {
    /// Takes a packet in; `None` if its number is far off and no other one has confirmed it.
    pub fn arrived(&mut self, packet: &RtpPacket<'_>, now_ms: u64) -> Option<Arrival> {
        let arrival = match &mut self.stream {
            Some(stream) if stream.ssrc == packet.ssrc => stream.place(packet.sequence)?,
            Some(_) | None => Arrival::Restarted { sequence: beginning(packet.sequence) },
        };
        if let Arrival::Restarted { sequence } = arrival {
            self.stream = Some(Stream::beginning_at(packet.ssrc, sequence));
            self.report = None;
        }
        let first = matches!(arrival, Arrival::Restarted { .. });
        if let Some(stream) = &mut self.stream {
            stream.count(arrival.sequence());
            stream.time(packet.timestamp, now_ms, first);
        }
        self.received += 1;
        Some(arrival)
    }

    /// The source reported at this NTP time; the next report to it says when that was heard.
    pub fn report_heard(&mut self, ntp: u64, now_ms: u64) {
        let [_, _, b2, b3, b4, b5, _, _] = ntp.to_be_bytes();
        let ntp_middle = u32::from_be_bytes([b2, b3, b4, b5]);
        self.report = Some(HeardReport { ntp_middle, at_ms: now_ms });
    }

    /// Packets since the start.
    pub fn received(&self) -> u64 {
        self.received
    }

    /// Packets that the present stream should have had, and those that it has not: negative if
    /// some came twice.
    pub fn lost(&self) -> (u64, i64) {
        let Some(stream) = &self.stream else { return (0, 0) };
        let expected = stream.expected();
        (expected, expected.cast_signed().saturating_sub(stream.received.cast_signed()))
    }

    /// How unevenly packets come, in milliseconds.
    pub fn jitter_ms(&self) -> u32 {
        self.stream.as_ref().map_or(0, |stream| stream.jitter_x16 / 16 / TICKS_PER_MS)
    }

    /// The report for the source; begins a new interval of loss.
    pub fn report(&mut self, now_ms: u64) -> Option<ReceptionReport> {
        let (_, lost) = self.lost();
        let heard = self.report;
        let stream = self.stream.as_mut()?;
        let since = heard.map_or(0, |heard| now_ms.saturating_sub(heard.at_ms) * 65_536 / 1_000);
        Some(ReceptionReport {
            ssrc: stream.ssrc,
            lost_256ths: stream.lost_256ths(),
            lost: i32::try_from(lost).unwrap_or(i32::MAX).clamp(-0x80_0000, 0x7f_ffff),
            sequence_highest: low_32(stream.highest),
            jitter_ticks: stream.jitter_x16 / 16,
            last_report: heard.map_or(0, |heard| heard.ntp_middle),
            since_last_report: u32::try_from(since).unwrap_or(u32::MAX),
        })
    }
}

/// One wrap is counted in advance, so that a packet that comes late after the first one fits.
fn beginning(sequence: u16) -> u64 {
    0x1_0000 | u64::from(sequence)
}

/// The lower half; the report's field has no more (RFC 3550, 6.4.1).
fn low_32(number: u64) -> u32 {
    let [.., b4, b5, b6, b7] = number.to_be_bytes();
    u32::from_be_bytes([b4, b5, b6, b7])
}

impl Stream {
    fn beginning_at(ssrc: u32, sequence: u64) -> Self {
        Self {
            ssrc,
            first: sequence,
            highest: sequence,
            received: 0,
            transit_ticks: 0,
            jitter_x16: 0,
            expected_before: 0,
            received_before: 0,
            far_next: None,
        }
    }

    fn expected(&self) -> u64 {
        self.highest - self.first + 1
    }

    /// Where a packet stands. INVARIANT: `highest` is at least 0x1_0000, so nothing goes below 0.
    fn place(&mut self, sequence: u16) -> Option<Arrival> {
        let [.., h6, h7] = self.highest.to_be_bytes();
        let ahead = sequence.wrapping_sub(u16::from_be_bytes([h6, h7]));
        let behind = ahead.wrapping_neg();
        if (1..DROPOUT_MAX).contains(&ahead) {
            self.far_next = None;
            return Some(Arrival::Ahead { sequence: self.highest + u64::from(ahead) });
        }
        if behind < MISORDER_MAX {
            return Some(Arrival::Behind { sequence: self.highest - u64::from(behind) });
        }
        if self.far_next == Some(sequence) {
            return Some(Arrival::Restarted { sequence: beginning(sequence) });
        }
        self.far_next = Some(sequence.wrapping_add(1));
        None
    }

    fn count(&mut self, sequence: u64) {
        self.highest = self.highest.max(sequence);
        self.first = self.first.min(sequence);
        self.received += 1;
    }

    /// Spread of transit times (RFC 3550, A.8), in whole numbers as there.
    fn time(&mut self, timestamp: u32, now_ms: u64, is_first: bool) {
        let arrived_ticks = low_32(now_ms.wrapping_mul(u64::from(TICKS_PER_MS)));
        let transit = arrived_ticks.wrapping_sub(timestamp);
        let change = transit.wrapping_sub(self.transit_ticks).cast_signed().unsigned_abs();
        self.transit_ticks = transit;
        if !is_first {
            let faded = self.jitter_x16 - (self.jitter_x16 + 8) / 16;
            self.jitter_x16 = faded.saturating_add(change.min(0x0fff_ffff));
        }
    }

    /// Share lost since the last report (RFC 3550, A.3).
    fn lost_256ths(&mut self) -> u8 {
        let expected = self.expected();
        let expected_now = expected - self.expected_before.min(expected);
        let received_now = self.received - self.received_before;
        self.expected_before = expected;
        self.received_before = self.received;
        let lost_now = expected_now.saturating_sub(received_now);
        let share = (lost_now * 256).checked_div(expected_now).unwrap_or_default();
        u8::try_from(share).unwrap_or(u8::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn packet(sequence: u16, timestamp: u32) -> RtpPacket<'static> {
        RtpPacket { sequence, timestamp, ssrc: 5, ..RtpPacket::default() }
    }

    /// Packets of 20 ms with these numbers, on time.
    fn after(sequences: impl IntoIterator<Item = u16>) -> Reception {
        let mut reception = Reception::default();
        for (index, sequence) in sequences.into_iter().enumerate() {
            let step = u32::try_from(index).unwrap();
            reception.arrived(&packet(sequence, step * 160), u64::from(step) * 20);
        }
        reception
    }

    #[test]
    fn a_stream_without_loss_has_none_even_across_the_wrap() {
        let reception = after((65_500..=u16::MAX).chain(0..100));
        assert_eq!(reception.lost(), (136, 0));
        assert_eq!((reception.received(), reception.jitter_ms()), (136, 0));
        let report = reception.clone().report(9_000).unwrap();
        assert_eq!((report.sequence_highest, report.lost_256ths), (0x2_0063, 0));
    }

    #[test]
    fn losses_are_reported_in_total_and_since_the_last_report() {
        let mut reception = after((0..100).filter(|sequence| sequence % 4 != 1));
        let report = reception.report(0).unwrap();
        assert_eq!((report.lost, report.lost_256ths), (25, 64));
        reception.arrived(&packet(100, 0), 0);
        let report = reception.report(0).unwrap();
        assert_eq!((report.lost, report.lost_256ths), (25, 0));
    }

    #[test]
    fn a_packet_that_was_overtaken_is_not_lost() {
        let mut reception = after([10, 12]);
        let late = reception.arrived(&packet(11, 160), 60);
        assert_eq!(late, Some(Arrival::Behind { sequence: 0x1_000b }));
        assert_eq!(reception.lost(), (3, 0));
        // And one from before the first.
        assert_eq!(
            reception.arrived(&packet(9, 0), 60),
            Some(Arrival::Behind { sequence: 0x1_0009 })
        );
        assert_eq!(reception.lost(), (4, 0));
    }

    #[test]
    fn one_stray_number_is_not_believed_and_two_in_a_row_are() {
        let mut reception = after([10, 11]);
        assert_eq!(reception.arrived(&packet(40_000, 0), 40), None);
        let again = reception.arrived(&packet(40_001, 160), 60);
        assert_eq!(again, Some(Arrival::Restarted { sequence: 0x1_9c41 }));
        assert_eq!(reception.lost(), (1, 0));
    }

    #[test]
    fn another_source_begins_anew() {
        let mut reception = after([10, 11, 14]);
        let other = RtpPacket { ssrc: 6, ..packet(500, 0) };
        assert!(matches!(reception.arrived(&other, 80), Some(Arrival::Restarted { .. })));
        assert_eq!(reception.lost(), (1, 0));
        assert_eq!(reception.received(), 4);
    }

    #[test]
    fn jitter_is_what_the_rfc_computes() {
        let mut reception = Reception::default();
        // Every second packet is 10 ms late: the change of transit time is always 10 ms.
        for step in 0..400u32 {
            let late_ms = if step % 2 == 1 { 10 } else { 0 };
            let sequence = u16::try_from(step).unwrap();
            reception.arrived(&packet(sequence, step * 160), u64::from(step * 20 + late_ms));
        }
        assert_eq!(reception.jitter_ms(), 9);
    }

    #[test]
    fn the_report_says_when_theirs_was_heard() {
        let mut reception = after([1, 2]);
        reception.report_heard(0x0000_1234_5678_0000, 1_000);
        let report = reception.report(3_500).unwrap();
        assert_eq!((report.last_report, report.since_last_report), (0x1234_5678, 163_840));
    }

    #[test]
    fn without_a_packet_there_is_no_report() {
        assert_eq!(Reception::default().report(0), None);
    }
}
