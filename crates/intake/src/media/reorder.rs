//! Packets back in their order, without a clock of their own: what is passed on to somebody who
//! has a jitter buffer is only sorted here, so that voice is not delayed twice.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::rtp::RtpPacket;

/// Longest wait for a packet that is missing, in milliseconds; then it is lost.
const WAIT_MS_MAX: u64 = 60;
/// Packets that may wait behind a gap; a further one ends the waiting for it.
const HELD_MAX: usize = 8;

/// What to do with a packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// Its turn: pass it on, then all that [`Reorder::next`] gives.
    Now,
    /// It waits for one before it.
    Waits,
    /// It was passed on already, or its turn is over.
    Over,
}

/// Voice that is kept beyond its packet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Voice {
    /// As in its packet.
    pub marker: bool,
    /// As in its packet.
    pub payload_type: u8,
    /// As in its packet.
    pub ssrc: u32,
    /// As in its packet.
    pub timestamp: u32,
    /// As in its packet; shared, for whoever passes it on keeps it for a while.
    pub payload: Arc<[u8]>,
}

impl Voice {
    /// A packet's voice, to be kept.
    pub fn of(packet: &RtpPacket<'_>) -> Self {
        Self {
            marker: packet.marker,
            payload_type: packet.payload_type,
            ssrc: packet.ssrc,
            timestamp: packet.timestamp,
            payload: packet.payload.into(),
        }
    }
}

/// Sorts the packets of one stream by their extended sequence numbers.
#[derive(Clone, Debug, Default)]
pub struct Reorder {
    next: Option<u64>,
    held: BTreeMap<u64, Held>,
}

#[derive(Clone, Debug)]
struct Held {
    voice: Voice,
    since_ms: u64,
}

impl Reorder {
    /// The stream begins again here; what waited is dropped.
    pub fn restart(&mut self, sequence: u64) {
        self.held.clear();
        self.next = Some(sequence);
    }

    /// Takes in the packet with this extended sequence number; copies it if it has to wait.
    pub fn take(&mut self, sequence: u64, packet: &RtpPacket<'_>, now_ms: u64) -> Order {
        let next = *self.next.get_or_insert(sequence);
        if sequence < next || self.held.contains_key(&sequence) {
            return Order::Over;
        }
        if sequence == next {
            self.next = Some(next + 1);
            return Order::Now;
        }
        self.held.insert(sequence, Held { voice: Voice::of(packet), since_ms: now_ms });
        Order::Waits
    }

    /// The next one that waited and has its turn now: ask after each packet and every few
    /// milliseconds, until there is none.
    pub fn next(&mut self, now_ms: u64) -> Option<Voice> {
        let entry = self.held.first_entry()?;
        let is_next = self.next == Some(*entry.key());
        let is_late = now_ms.saturating_sub(entry.get().since_ms) >= WAIT_MS_MAX;
        if !is_next && !is_late && self.held.len() <= HELD_MAX {
            return None;
        }
        let (sequence, held) = self.held.pop_first()?;
        self.next = Some(sequence + 1);
        Some(held.voice)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The number of the next one, which stands in its timestamp too.
    fn number(reorder: &mut Reorder, now_ms: u64) -> Option<u64> {
        reorder.next(now_ms).map(|voice| u64::from(voice.timestamp))
    }

    /// Numbers in the order in which they come out; all come in at once, and time goes on to
    /// `end_ms`.
    fn sorted(sequences: &[u64], end_ms: u64) -> Vec<u64> {
        let mut reorder = Reorder::default();
        let mut out = Vec::new();
        for sequence in sequences {
            let timestamp = u32::try_from(*sequence).unwrap();
            let packet = RtpPacket { timestamp, ..RtpPacket::default() };
            if reorder.take(*sequence, &packet, 0) == Order::Now {
                out.push(*sequence);
            }
            out.extend(std::iter::from_fn(|| number(&mut reorder, 0)));
        }
        out.extend(std::iter::from_fn(|| number(&mut reorder, end_ms)));
        out
    }

    #[test]
    fn what_is_in_order_does_not_wait() {
        assert_eq!(sorted(&[7, 8, 9], 0), [7, 8, 9]);
    }

    #[test]
    fn what_was_overtaken_comes_back_into_its_place() {
        assert_eq!(sorted(&[7, 9, 10, 8, 11], 0), [7, 8, 9, 10, 11]);
    }

    #[test]
    fn what_comes_twice_goes_on_once() {
        assert_eq!(sorted(&[7, 7, 9, 9, 8, 8, 9], 0), [7, 8, 9]);
    }

    #[test]
    fn a_missing_packet_holds_up_the_others_for_a_while_only() {
        assert_eq!(sorted(&[7, 9, 10], WAIT_MS_MAX - 1), [7]);
        assert_eq!(sorted(&[7, 9, 10], WAIT_MS_MAX), [7, 9, 10]);
    }

    #[test]
    fn many_behind_a_gap_end_the_waiting() {
        let many: Vec<u64> = [7].into_iter().chain(9..=9 + HELD_MAX as u64).collect();
        assert_eq!(sorted(&many, 0), many);
        assert_eq!(sorted(&many[..=HELD_MAX], 0), [7]);
    }

    #[test]
    fn a_restart_goes_back() {
        let mut reorder = Reorder::default();
        let packet = RtpPacket::default();
        assert_eq!(reorder.take(900, &packet, 0), Order::Now);
        assert_eq!(reorder.take(3, &packet, 0), Order::Over);
        reorder.restart(3);
        assert_eq!(reorder.take(3, &packet, 0), Order::Now);
    }
}
