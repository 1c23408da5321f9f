//! Keys of a telephone as packets (RFC 4733): each press once, however often it is repeated.

/// One packet's word on a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TelephoneEvent {
    /// 0 to 9; 10 `*`, 11 `#`, 12 to 15 `A` to `D`, 16 hook flash; others are tones of exchanges.
    pub event: u8,
    /// The key was let go.
    pub end: bool,
    /// Below the full level, in decibels, 0 to 63.
    pub volume: u8,
    /// So far, in ticks.
    pub duration: u16,
}

impl TelephoneEvent {
    /// Reads a packet's payload; `None` if it is too short. What stands behind the first event is
    /// not looked at.
    pub fn read(payload: &[u8]) -> Option<Self> {
        let (&[event, flags, d0, d1], _) = payload.split_first_chunk::<4>()?;
        let duration = u16::from_be_bytes([d0, d1]);
        Some(Self { event, end: flags & 0x80 != 0, volume: flags & 0x3f, duration })
    }

    /// The payload of a packet.
    pub fn bytes(self) -> [u8; 4] {
        let [d0, d1] = self.duration.to_be_bytes();
        [self.event, u8::from(self.end) << 7 | (self.volume & 0x3f), d0, d1]
    }

    /// The key; `None` for what is no key.
    pub fn key(self) -> Option<char> {
        match self.event {
            0..=9 => Some(char::from(b'0' + self.event)),
            10 => Some('*'),
            11 => Some('#'),
            12..=15 => Some(char::from(b'A' + self.event - 12)),
            16..=u8::MAX => None,
        }
    }
}

/// Reads presses out of a stream of packets.
#[derive(Clone, Copy, Debug, Default)]
pub struct DigitReader {
    // All packets of one press have the timestamp of its beginning (RFC 4733, 2.2).
    last: Option<(u32, u8)>,
}

impl DigitReader {
    /// The key, at the first packet of its press: its end may be lost. A later packet of the same
    /// press gives nothing.
    pub fn read(&mut self, timestamp: u32, payload: &[u8]) -> Option<char> {
        let event = TelephoneEvent::read(payload)?;
        let press = (timestamp, event.event);
        let is_new = self.last != Some(press);
        self.last = Some(press);
        event.key().filter(|_| is_new)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn press(event: u8, duration: u16, end: bool) -> [u8; 4] {
        TelephoneEvent { event, end, volume: 10, duration }.bytes()
    }

    #[test]
    fn the_bytes_are_those_of_the_rfc() {
        let bytes = [11, 0x8a, 0x03, 0x20];
        let event = TelephoneEvent { event: 11, end: true, volume: 10, duration: 800 };
        assert_eq!(TelephoneEvent::read(&bytes), Some(event));
        assert_eq!(event.bytes(), bytes);
        assert_eq!(TelephoneEvent::read(&bytes[..3]), None);
    }

    #[test]
    fn a_press_is_read_once() {
        let mut reader = DigitReader::default();
        let packets = [
            (1_000, press(9, 160, false)),
            (1_000, press(9, 320, false)),
            (1_000, press(9, 320, true)),
            (1_000, press(9, 320, true)),
            (4_000, press(1, 160, false)),
            (9_000, press(1, 800, true)),
            (9_500, press(11, 160, true)),
            (9_900, press(40, 160, true)),
        ];
        let read: String =
            packets.iter().filter_map(|(at, bytes)| reader.read(*at, bytes)).collect();
        assert_eq!(read, "911#");
    }
}
