//! One unbroken stream out of several sources: what goes to a caller keeps its SSRC, its numbers
//! and its clock, whoever speaks at the moment.
//!
//! Many gateways take a jump for another stream and stay silent, so a change from silence to a
//! call-taker, or from one call-taker to the next, must not be one.

use super::TICKS_PER_MS;

/// What stands in the header of the next packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stamp {
    /// The stream.
    pub ssrc: u32,
    /// One more than before.
    pub sequence: u16,
    /// In time with the source.
    pub timestamp: u32,
    /// The first packet of another source, or after a pause.
    pub marker: bool,
}

/// Numbers one outgoing stream.
#[derive(Clone, Debug)]
pub struct Stamper {
    ssrc: u32,
    sequence: u16,
    timestamp: u32,
    source: Option<Source>,
    // When the last packet left.
    sent_ms: Option<u64>,
    packets: u32,
    bytes: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Source {
    ssrc: u32,
    timestamp: u32,
}

/// A step of a source's timestamp that is still the same talk: one minute.
const STEP_TICKS_MAX: u32 = 60_000 * TICKS_PER_MS;

impl Stamper {
    /// A stream that begins at numbers nobody can guess (RFC 3550, 5.1): the caller of this gives
    /// six random bytes for them and four for the SSRC.
    pub fn new(random: [u8; 10]) -> Self {
        let [c0, c1, c2, c3, s0, s1, t0, t1, t2, t3] = random;
        Self {
            ssrc: u32::from_be_bytes([c0, c1, c2, c3]),
            sequence: u16::from_be_bytes([s0, s1]),
            timestamp: u32::from_be_bytes([t0, t1, t2, t3]),
            source: None,
            sent_ms: None,
            packets: 0,
            bytes: 0,
        }
    }

    /// The stream's SSRC.
    pub fn ssrc(&self) -> u32 {
        self.ssrc
    }

    /// Packets and bytes of voice so far, as a sender report gives them; both wrap.
    pub fn sent(&self) -> (u32, u32) {
        (self.packets, self.bytes)
    }

    /// The timestamp of this moment.
    pub fn timestamp_at(&self, now_ms: u64) -> u32 {
        self.timestamp.wrapping_add(ticks(now_ms.saturating_sub(self.sent_ms.unwrap_or(now_ms))))
    }

    /// The stamp of a packet with `bytes` of voice from the source `ssrc` at its `timestamp`.
    pub fn next(&mut self, ssrc: u32, timestamp: u32, bytes: usize, now_ms: u64) -> Stamp {
        let before = self.source.replace(Source { ssrc, timestamp });
        let step = before
            .filter(|before| before.ssrc == ssrc)
            .map(|before| timestamp.wrapping_sub(before.timestamp))
            .filter(|step| *step <= STEP_TICKS_MAX);
        let marker = step.is_none();
        // A new source speaks now, so its distance is the time that passed.
        self.timestamp = match step {
            Some(step) => self.timestamp.wrapping_add(step),
            None => self.timestamp_at(now_ms),
        };
        self.sequence = self.sequence.wrapping_add(1);
        self.sent_ms = Some(now_ms);
        self.packets = self.packets.wrapping_add(1);
        self.bytes = self.bytes.wrapping_add(u32::try_from(bytes).unwrap_or(u32::MAX));
        Stamp { ssrc: self.ssrc, sequence: self.sequence, timestamp: self.timestamp, marker }
    }
}

/// Wraps as the timestamp does.
fn ticks(ms: u64) -> u32 {
    let [.., b4, b5, b6, b7] = ms.wrapping_mul(u64::from(TICKS_PER_MS)).to_be_bytes();
    u32::from_be_bytes([b4, b5, b6, b7])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stamper() -> Stamper {
        Stamper::new([0, 0, 0, 9, 0xff, 0xff, 0xff, 0xff, 0xff, 0x60])
    }

    #[test]
    fn one_source_is_followed_by_its_own_clock() {
        let mut stamper = stamper();
        let first = stamper.next(1, 1_000, 160, 0);
        assert_eq!((first.ssrc, first.sequence, first.marker), (9, 0, true));
        // A packet that came 30 ms late is still 20 ms after the one before, across the wrap.
        let second = stamper.next(1, 1_160, 160, 50);
        assert_eq!((second.sequence, second.timestamp, second.marker), (1, 0, false));
        assert_eq!(stamper.sent(), (2, 320));
    }

    #[test]
    fn a_change_of_source_is_no_jump() {
        let mut stamper = stamper();
        stamper.next(1, 1_000, 160, 100);
        let other = stamper.next(2, 700_000, 160, 140);
        assert_eq!((other.sequence, other.timestamp, other.marker), (1, 160, true));
        let back = stamper.next(1, 1_640, 160, 180);
        assert_eq!((back.sequence, back.timestamp, back.marker), (2, 480, true));
    }

    #[test]
    fn a_source_that_jumps_is_taken_for_another() {
        let mut stamper = stamper();
        stamper.next(1, 1_000, 160, 0);
        let jumped = stamper.next(1, 0xf000_0000, 160, 20);
        assert_eq!((jumped.timestamp, jumped.marker), (0, true));
        assert_eq!(stamper.timestamp_at(40), 160);
    }
}
