//! Tones to speak and to measure: how a test, and `evenhand call`, knows that voice arrived.

use std::f64::consts::TAU;

const SAMPLES_PER_S: u32 = 8_000;

/// A pure tone, sample by sample, without end.
#[derive(Clone, Copy, Debug)]
pub struct Tone {
    step: u32,
    phase: u32,
    peak: i16,
}

impl Tone {
    /// A tone of so many hertz, below 4,000, whose samples reach `peak`.
    pub fn new(hertz: u32, peak: i16) -> Self {
        // A whole turn is 2^32, so that the phase wraps by itself and no error adds up.
        let step = (u64::from(hertz) << 32) / u64::from(SAMPLES_PER_S);
        Self { step: u32::try_from(step).unwrap_or(u32::MAX), phase: 0, peak }
    }
}

impl Iterator for Tone {
    type Item = i16;

    fn next(&mut self) -> Option<i16> {
        let turn = f64::from(self.phase) / f64::from(u32::MAX) * TAU;
        self.phase = self.phase.wrapping_add(self.step);
        // INVARIANT: a sine is at most 1, so the product fits.
        Some((turn.sin() * f64::from(self.peak)).round() as i16)
    }
}

/// How much of a frequency is in the samples: about the peak of a tone of it, by Goertzel's
/// algorithm.
pub fn loudness(samples: &[i16], hertz: u32) -> u32 {
    if samples.is_empty() {
        return 0;
    }
    let turn = TAU * f64::from(hertz) / f64::from(SAMPLES_PER_S);
    let twice_cosine = 2.0 * turn.cos();
    let (mut before, mut last) = (0.0, 0.0);
    for sample in samples {
        let next = f64::from(*sample) + twice_cosine * last - before;
        (before, last) = (last, next);
    }
    let power = last * last + before * before - twice_cosine * last * before;
    // A float above or below the range of `u32` becomes its limit.
    (2.0 * power.max(0.0).sqrt() / samples.len() as f64).round() as u32
}

/// The loudest of these frequencies; `None` if none was asked for.
pub fn strongest_of(samples: &[i16], hertz: impl IntoIterator<Item = u32>) -> Option<u32> {
    hertz.into_iter().max_by_key(|hertz| loudness(samples, *hertz))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::media::Law;

    #[test]
    fn a_tone_is_measured_as_what_it_is() {
        let samples: Vec<i16> = Tone::new(440, 8_000).take(1_600).collect();
        assert_eq!(strongest_of(&samples, (200..3_400).step_by(20)), Some(440));
        let loud = loudness(&samples, 440);
        assert!(loud.abs_diff(8_000) < 80, "{loud}");
        assert!(loudness(&samples, 1_000) < 100);
    }

    #[test]
    fn it_is_still_there_after_a_law() {
        for law in [Law::Mu, Law::A] {
            let heard: Vec<i16> =
                Tone::new(1_000, 4_000).take(800).map(|s| law.decode(law.encode(s))).collect();
            assert_eq!(strongest_of(&heard, (200..3_400).step_by(50)), Some(1_000));
        }
    }

    #[test]
    fn silence_has_no_tone() {
        assert_eq!(loudness(&[0; 400], 440), 0);
        assert_eq!(loudness(&[], 440), 0);
        assert_eq!(strongest_of(&[0; 4], []), None);
    }
}
