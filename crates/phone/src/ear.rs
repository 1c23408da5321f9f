//! What a telephone hears: how loud, which tone, and all of it if somebody wants to listen.

use std::collections::BTreeMap;

use intake::media::{loudness, strongest_of};

/// Samples that are looked at together: 100 ms.
const WINDOW: usize = 800;
const WINDOW_MS: u64 = 100;
/// Mean of squares below which a window counts as silence: 50 dB below full scale.
const SILENCE: u64 = 100 * 100;
/// Tones that are looked for, in hertz: what a telephone carries, as fine as 100 ms can tell apart.
const TONES: std::ops::Range<u32> = 200..3_400;
const TONE_STEP: usize = 10;
/// Longest sound that is kept, in samples: an hour. What comes later is measured and not kept.
const KEPT_MAX: usize = 8_000 * 3_600;

/// What was heard on a line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Heard {
    /// Voice packets that came.
    pub packets: u64,
    /// Milliseconds that were no silence.
    pub sounding_ms: u64,
    /// The loudest tenth of a second, in decibels against full scale; `None`: all was silence.
    pub level_db: Option<i32>,
    /// The tone heard for longest, in hertz, and for how many milliseconds.
    pub tone: Option<(u32, u64)>,
    /// All of it, 8,000 samples a second, if it was to be kept.
    pub samples: Vec<i16>,
}

/// Listens.
#[derive(Debug)]
pub(crate) struct Ear {
    keeps: bool,
    heard: Heard,
    window: Vec<i16>,
    loudest: u64,
    tones: BTreeMap<u32, u64>,
}

impl Ear {
    /// `keeps` says whether the sound itself is wanted in the end.
    pub fn new(keeps: bool) -> Self {
        let window = Vec::with_capacity(WINDOW);
        Self { keeps, heard: Heard::default(), window, loudest: 0, tones: BTreeMap::new() }
    }

    /// A packet came.
    pub fn count(&mut self) {
        self.heard.packets += 1;
    }

    /// Hears samples.
    pub fn hear(&mut self, samples: &[i16]) {
        if self.keeps && self.heard.samples.len() < KEPT_MAX {
            self.heard.samples.extend(samples);
        }
        self.window.extend(samples);
        if self.window.len() >= WINDOW {
            self.look();
            self.window.clear();
        }
    }

    fn look(&mut self) {
        let energy: u64 = self.window.iter().map(|s| u64::from(s.unsigned_abs()).pow(2)).sum();
        let mean = energy / self.window.len().max(1) as u64;
        if mean < SILENCE {
            return;
        }
        self.heard.sounding_ms += WINDOW_MS;
        self.loudest = self.loudest.max(mean);
        let Some(hertz) = strongest_of(&self.window, TONES.step_by(TONE_STEP)) else { return };
        // A pure tone of peak p has a mean of squares of p*p/2; half of that is still a tone.
        let peak = u64::from(loudness(&self.window, hertz));
        if peak * peak >= mean {
            *self.tones.entry(hertz).or_default() += WINDOW_MS;
        }
    }

    /// What it was, in the end.
    pub fn into_heard(self) -> Heard {
        let tone = self.tones.into_iter().max_by_key(|(_, ms)| *ms);
        let level_db = (self.loudest > 0).then(|| decibels(self.loudest));
        Heard { tone, level_db, ..self.heard }
    }
}

/// Of a mean of squares, against a square wave of full scale.
fn decibels(mean: u64) -> i32 {
    let share = mean as f64 / (f64::from(i16::MAX) * f64::from(i16::MAX));
    // At most 0 and, above the limit of silence, at least -51.
    (10.0 * share.log10()).round() as i32
}

#[cfg(test)]
mod tests {
    use super::*;
    use intake::media::Tone;

    fn listen(samples: impl Iterator<Item = i16>) -> Heard {
        let mut ear = Ear::new(false);
        let samples: Vec<i16> = samples.collect();
        samples.chunks(160).for_each(|packet| ear.hear(packet));
        ear.into_heard()
    }

    #[test]
    fn a_tone_is_named_with_its_length_and_level() {
        let heard = listen(Tone::new(620, 8_000).take(4_000).chain([0; 1_600]));
        assert_eq!(heard.tone, Some((620, 500)));
        assert_eq!((heard.sounding_ms, heard.level_db), (500, Some(-15)));
        assert!(heard.samples.is_empty());
    }

    #[test]
    fn silence_and_noise_are_no_tone() {
        assert_eq!(listen(std::iter::repeat_n(3, 8_000)), Heard::default());
        let next = |state: &u32| Some(state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223));
        let noise = std::iter::successors(Some(1_u32), next).take(8_000);
        let heard = listen(noise.map(|state| i16::from_be_bytes([state.to_be_bytes()[0], 0])));
        assert_eq!(heard.tone, None);
        assert_eq!(heard.sounding_ms, 1_000);
    }

    #[test]
    fn what_is_kept_is_all_of_it() {
        let mut ear = Ear::new(true);
        ear.hear(&[5; 1_000]);
        assert_eq!(ear.into_heard().samples, [5; 1_000]);
    }
}
