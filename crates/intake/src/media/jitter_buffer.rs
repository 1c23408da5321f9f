//! The jitter buffer: packets as they come in, 20 ms of samples at each beat out.
//!
//! It waits as long as packets are apart in time, 20 to 200 ms: one that comes too late makes it
//! wait longer, two quiet seconds with more in store than is needed make it wait less. A gap is
//! covered by the sound before it, fading, and then by silence. The same packets at the same beats
//! give the same samples.

use std::collections::BTreeMap;

use super::g711::Law;
use super::rtp::RtpPacket;
use super::{PACKET_MS, PACKET_SAMPLES, TICKS_PER_MS};

/// Shortest and longest wait, in milliseconds. A packet later than the longest is lost.
const DELAY_MS: std::ops::RangeInclusive<u64> = 20..=200;
/// Sound in store beyond which it skips to what is new, in milliseconds: a burst after a stall.
const STORED_MS_MAX: u64 = 500;
/// Packets in store; the oldest gives way.
const STORED_MAX: usize = 64;
/// Beats over which it is seen whether less waiting would do.
const CALM_BEATS: u32 = 100;
/// Beats that are covered by the sound before them; further ones are silent.
const REPEATS_MAX: u32 = 2;

const TICKS: u64 = TICKS_PER_MS as u64;
const BEAT_TICKS: u64 = PACKET_MS as u64 * TICKS;

/// Where 20 ms of samples came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Played {
    /// All of it was received.
    Heard,
    /// Something was missing, and is covered by a repeat.
    Repeated,
    /// Nothing was there, and nothing to repeat.
    Silent,
}

/// The buffer of one stream.
#[derive(Clone, Debug)]
pub struct JitterBuffer {
    law: Law,
    // Samples by the extended timestamp at which they begin.
    stored: BTreeMap<u64, Vec<i16>>,
    // The timestamp of the next beat; none before the first packet.
    at: Option<u64>,
    // End of the newest packet.
    newest: u64,
    delay_ms: u64,
    spare_ticks_min: u64,
    calm_beats: u32,
    last: [i16; PACKET_SAMPLES],
    missed_beats: u32,
    late: u64,
}

impl JitterBuffer {
    /// An empty buffer for voice in this law.
    pub fn new(law: Law) -> Self {
        Self {
            law,
            stored: BTreeMap::new(),
            at: None,
            newest: 0,
            delay_ms: 2 * DELAY_MS.start(),
            spare_ticks_min: u64::MAX,
            calm_beats: 0,
            last: [0; PACKET_SAMPLES],
            missed_beats: 0,
            late: 0,
        }
    }

    /// How long it waits at present, in milliseconds.
    pub fn delay_ms(&self) -> u64 {
        self.delay_ms
    }

    /// Packets that came too late to be played.
    pub fn late(&self) -> u64 {
        self.late
    }

    /// Takes a packet in. One that is there already changes nothing.
    pub fn put(&mut self, packet: &RtpPacket<'_>) {
        let timestamp = self.extended(packet.timestamp);
        let mut at = match self.at {
            Some(at) if timestamp.abs_diff(at) < 10_000 * TICKS => at,
            // The first packet, or one from elsewhere: begin there.
            Some(_) | None => {
                self.stored.clear();
                self.newest = timestamp;
                timestamp - self.delay_ms * TICKS
            }
        };
        if timestamp < at {
            let missing_ms = (at - timestamp).div_ceil(TICKS).next_multiple_of(PACKET_MS.into());
            if self.delay_ms + missing_ms > *DELAY_MS.end() {
                self.late += 1;
                return;
            }
            at -= missing_ms * TICKS;
            self.delay_ms += missing_ms;
            self.begin_calm();
        }
        self.at = Some(at);
        let mut samples = Vec::with_capacity(packet.payload.len());
        self.law.decode_all(packet.payload, &mut samples);
        self.newest = self.newest.max(timestamp + samples.len() as u64);
        self.stored.insert(timestamp, samples);
        self.bound(at);
    }

    /// The next 20 ms. To be asked for every 20 ms.
    pub fn beat(&mut self, out: &mut [i16; PACKET_SAMPLES]) -> Played {
        let Some(at) = self.at else {
            *out = [0; PACKET_SAMPLES];
            return Played::Silent;
        };
        let filled = self.fill(at, out);
        self.at = Some(at + BEAT_TICKS);
        self.stored = self.stored.split_off(&at.saturating_sub(2 * BEAT_TICKS));
        self.adapt(at + BEAT_TICKS);
        if filled {
            self.missed_beats = 0;
            self.last = *out;
            return Played::Heard;
        }
        self.missed_beats = self.missed_beats.saturating_add(1);
        if self.missed_beats > REPEATS_MAX { Played::Silent } else { Played::Repeated }
    }

    /// Lays the stored samples over a fading repeat; whether they filled all of it.
    fn fill(&self, at: u64, out: &mut [i16; PACKET_SAMPLES]) -> bool {
        let fade = match self.missed_beats {
            missed if missed < REPEATS_MAX => 2 << missed,
            _ => i16::MAX,
        };
        for (sample, last) in out.iter_mut().zip(&self.last) {
            *sample = last / fade;
        }
        let mut filled = 0;
        // Packets are at most 64 kB, but those of voice end within a few beats.
        for (start, samples) in self.stored.range(..at + BEAT_TICKS) {
            let skipped = usize::try_from(at.saturating_sub(*start)).unwrap_or(usize::MAX);
            let place = usize::try_from(start.saturating_sub(at)).unwrap_or(usize::MAX);
            let from = samples.get(skipped..).unwrap_or_default();
            let to = out.get_mut(place..).unwrap_or_default();
            for (sample, heard) in to.iter_mut().zip(from) {
                *sample = *heard;
                filled += 1;
            }
        }
        filled >= PACKET_SAMPLES
    }

    /// Waits one packet less if for two seconds more than one was always in store.
    fn adapt(&mut self, at: u64) {
        let spare = self.newest.saturating_sub(at);
        self.spare_ticks_min = self.spare_ticks_min.min(spare);
        self.calm_beats += 1;
        if self.calm_beats < CALM_BEATS {
            return;
        }
        let is_enough = self.spare_ticks_min > BEAT_TICKS;
        let shorter_ms = self.delay_ms.saturating_sub(PACKET_MS.into());
        if is_enough && DELAY_MS.contains(&shorter_ms) {
            self.delay_ms = shorter_ms;
            self.at = Some(at + BEAT_TICKS);
        }
        self.begin_calm();
    }

    fn begin_calm(&mut self) {
        self.calm_beats = 0;
        self.spare_ticks_min = u64::MAX;
    }

    /// Keeps the store small: after a burst only what is new is played.
    fn bound(&mut self, at: u64) {
        if self.newest.saturating_sub(at) > STORED_MS_MAX * TICKS {
            self.at = Some(self.newest - self.delay_ms * TICKS);
        }
        while self.stored.len() > STORED_MAX {
            self.stored.pop_first();
        }
    }

    /// The timestamp with its wraps counted, nearest to where the stream is.
    fn extended(&self, timestamp: u32) -> u64 {
        // Two wraps in advance, so that nothing before the first packet is below zero.
        let near = self.at.unwrap_or(2 << 32 | u64::from(timestamp));
        let [.., n4, n5, n6, n7] = near.to_be_bytes();
        let step = timestamp.wrapping_sub(u32::from_be_bytes([n4, n5, n6, n7])).cast_signed();
        near.saturating_add_signed(step.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A packet of 20 ms whose samples all say which one it is: 1,000 and its number times 100.
    fn put(buffer: &mut JitterBuffer, number: u32) {
        let payload = [Law::A.encode(value(number)); PACKET_SAMPLES];
        let timestamp = 0xffff_ff00_u32.wrapping_add(number * 160);
        buffer.put(&RtpPacket { timestamp, payload: &payload, ..RtpPacket::default() });
    }

    fn value(number: u32) -> i16 {
        i16::try_from(1_000 + number * 100).unwrap()
    }

    /// What a beat plays: kind, and the first sample.
    fn beat(buffer: &mut JitterBuffer) -> (Played, i16) {
        let mut out = [0; PACKET_SAMPLES];
        let played = buffer.beat(&mut out);
        (played, out[0])
    }

    fn heard(number: u32) -> (Played, i16) {
        (Played::Heard, Law::A.decode(Law::A.encode(value(number))))
    }

    fn skip_silence(buffer: &mut JitterBuffer, beats: usize) {
        for _ in 0..beats {
            assert_eq!(beat(buffer).1, 0);
        }
    }

    #[test]
    fn packets_are_played_in_order_once_and_after_the_wait() {
        let mut buffer = JitterBuffer::new(Law::A);
        assert_eq!(beat(&mut buffer), (Played::Silent, 0));
        for number in [0, 2, 1, 1, 2] {
            put(&mut buffer, number);
        }
        skip_silence(&mut buffer, 2);
        for number in 0..3 {
            assert_eq!(beat(&mut buffer), heard(number));
        }
    }

    #[test]
    fn a_gap_is_covered_by_a_fading_repeat_and_then_by_silence() {
        let mut buffer = JitterBuffer::new(Law::A);
        put(&mut buffer, 0);
        put(&mut buffer, 4);
        skip_silence(&mut buffer, 2);
        let (_, sample) = beat(&mut buffer);
        assert_eq!(beat(&mut buffer), (Played::Repeated, sample / 2));
        assert_eq!(beat(&mut buffer), (Played::Repeated, sample / 4));
        assert_eq!(beat(&mut buffer), (Played::Silent, 0));
        assert_eq!(beat(&mut buffer), heard(4));
    }

    #[test]
    fn a_late_packet_makes_it_wait_longer_and_is_played() {
        let mut buffer = JitterBuffer::new(Law::A);
        put(&mut buffer, 0);
        skip_silence(&mut buffer, 2);
        assert_eq!(beat(&mut buffer), heard(0));
        assert_eq!(beat(&mut buffer).0, Played::Repeated);
        put(&mut buffer, 1);
        assert_eq!((buffer.delay_ms(), buffer.late()), (60, 0));
        assert_eq!(beat(&mut buffer), heard(1));
    }

    #[test]
    fn one_that_is_later_than_the_longest_wait_is_lost() {
        let mut buffer = JitterBuffer::new(Law::A);
        put(&mut buffer, 1);
        for _ in 0..20 {
            beat(&mut buffer);
        }
        put(&mut buffer, 2);
        assert_eq!((buffer.delay_ms(), buffer.late()), (40, 1));
    }

    #[test]
    fn calm_makes_it_wait_less_and_never_less_than_a_packet() {
        let mut buffer = JitterBuffer::new(Law::A);
        // Two packets ahead of the beats, for ten seconds.
        let mut missed = 0;
        put(&mut buffer, 0);
        put(&mut buffer, 1);
        for number in 2..200 {
            put(&mut buffer, number);
            missed += u32::from(beat(&mut buffer).0 != Played::Heard);
        }
        assert_eq!(buffer.delay_ms(), 20);
        assert_eq!(missed, 2, "only the wait before the first packet");
    }

    #[test]
    fn a_burst_after_a_stall_is_skipped() {
        let mut buffer = JitterBuffer::new(Law::A);
        put(&mut buffer, 0);
        for number in 1..60 {
            put(&mut buffer, number);
        }
        let mut last = beat(&mut buffer);
        for _ in 0..30 {
            let next = beat(&mut buffer);
            if next.0 != Played::Heard {
                break;
            }
            last = next;
        }
        assert_eq!(last, heard(59));
    }

    #[test]
    fn another_clock_begins_anew() {
        let mut buffer = JitterBuffer::new(Law::A);
        put(&mut buffer, 0);
        skip_silence(&mut buffer, 2);
        beat(&mut buffer);
        let payload = [Law::A.encode(9_000); PACKET_SAMPLES];
        let far = RtpPacket { timestamp: 0x7000_0000, payload: &payload, ..RtpPacket::default() };
        buffer.put(&far);
        beat(&mut buffer);
        beat(&mut buffer);
        assert_eq!(beat(&mut buffer).0, Played::Heard);
    }

    #[test]
    fn packets_of_ten_and_thirty_milliseconds_are_joined() {
        let mut buffer = JitterBuffer::new(Law::Mu);
        for (timestamp, samples) in [(0, 80), (80, 240), (320, 80), (400, 240)] {
            let payload = vec![Law::Mu.encode(5_000); samples];
            buffer.put(&RtpPacket { timestamp, payload: &payload, ..RtpPacket::default() });
        }
        let played: Vec<Played> = (0..6).map(|_| beat(&mut buffer).0).collect();
        assert_eq!(played[2..], [Played::Heard; 4]);
    }
}
