//! The moment at which something happens to voice, as each of its readers counts it.

use std::sync::OnceLock;
use std::time::{Duration, Instant};

use crate::clock::{Clock, instant};

/// Seconds from 1900, where NTP counts from, to 1970.
const NTP_TO_UNIX_S: u64 = 2_208_988_800;

/// One moment.
#[derive(Clone, Copy, Debug)]
pub(super) struct Moment {
    /// For WebRTC.
    pub instant: Instant,
    /// Milliseconds since the first moment of this process: for everything in `intake::media`.
    pub ms: u64,
}

impl Moment {
    pub(super) fn now() -> Self {
        static START: OnceLock<Instant> = OnceLock::new();
        let instant = instant();
        let since = instant.saturating_duration_since(*START.get_or_init(|| instant));
        Self { instant, ms: milliseconds(since) }
    }
}

fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

/// Now, as sender reports say it (RFC 3550, 4): seconds and their fraction, 32 bits each.
pub(super) fn ntp_now() -> u64 {
    ntp(u64::try_from(Clock::real().now().0).unwrap_or_default())
}

fn ntp(unix_ms: u64) -> u64 {
    let seconds = (unix_ms / 1_000).wrapping_add(NTP_TO_UNIX_S);
    (seconds << 32) | (((unix_ms % 1_000) << 32) / 1_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ntp_counts_from_1900_in_binary_fractions() {
        assert_eq!(ntp(0), NTP_TO_UNIX_S << 32);
        assert_eq!(ntp(1_500), (NTP_TO_UNIX_S + 1) << 32 | 0x8000_0000);
    }
}
