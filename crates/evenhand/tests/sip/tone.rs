//! Tones: made for a telephone to speak, and found again in what another one heard.

use std::f64::consts::TAU;
use std::path::Path;

/// Samples a second of all telephone voice here.
const RATE: u32 = 8_000;
/// Half of full scale: loud, and far from clipping.
const AMPLITUDE: f64 = 16_000.0;
/// Samples that are looked at together: 50 ms, in which a lost packet spoils only itself.
const WINDOW: usize = 400;
/// Mean square below which a window is silence.
const SILENCE: f64 = 100.0 * 100.0;
/// How much of a window's energy a pure tone has at its frequency after G.711.
const PURE: f64 = 0.8;

/// Writes a tone as a WAV file: one channel, 16 bits.
pub fn write(path: &Path, hz: u32, ms: u32) {
    let count = RATE / 1_000 * ms;
    let step = TAU * f64::from(hz) / f64::from(RATE);
    let mut bytes = header(count);
    for index in 0..count {
        #[expect(clippy::cast_possible_truncation, reason = "below full scale")]
        let sample = (AMPLITUDE * (step * f64::from(index)).sin()) as i16;
        bytes.extend(sample.to_le_bytes());
    }
    std::fs::write(path, bytes).unwrap();
}

fn header(count: u32) -> Vec<u8> {
    let data = count * 2;
    let mut bytes = b"RIFF".to_vec();
    bytes.extend((36 + data).to_le_bytes());
    bytes.extend(b"WAVEfmt ");
    bytes.extend(16_u32.to_le_bytes());
    bytes.extend(1_u16.to_le_bytes());
    bytes.extend(1_u16.to_le_bytes());
    bytes.extend(RATE.to_le_bytes());
    bytes.extend((RATE * 2).to_le_bytes());
    bytes.extend(2_u16.to_le_bytes());
    bytes.extend(16_u16.to_le_bytes());
    bytes.extend(b"data");
    bytes.extend(data.to_le_bytes());
    bytes
}

/// The samples of a WAV file: everything after the mark of its data, whatever length it claims.
pub fn read(path: &Path) -> Vec<f64> {
    let bytes = std::fs::read(path).unwrap();
    let mark = bytes.windows(4).position(|four| four == b"data").unwrap();
    let data = bytes.get(mark + 8..).unwrap();
    let samples = data.chunks_exact(2).map(|pair| i16::from_le_bytes([pair[0], pair[1]]));
    samples.map(f64::from).collect()
}

/// How much of the sound is this tone, and how much silence.
#[derive(Clone, Copy, Debug)]
pub struct Heard {
    /// Windows in which nearly all energy is at the frequency, in milliseconds.
    pub tone_ms: usize,
    pub silence_ms: usize,
    pub all_ms: usize,
}

/// Looks for a tone.
pub fn listen(samples: &[f64], hz: u32) -> Heard {
    let window_ms = WINDOW * 1_000 / RATE as usize;
    let mut heard = Heard { tone_ms: 0, silence_ms: 0, all_ms: 0 };
    for window in samples.chunks_exact(WINDOW) {
        heard.all_ms += window_ms;
        let energy: f64 = window.iter().map(|sample| sample * sample).sum();
        if energy < SILENCE * WINDOW as f64 {
            heard.silence_ms += window_ms;
        } else if share(window, energy, hz) > PURE {
            heard.tone_ms += window_ms;
        }
    }
    heard
}

/// The part of the energy that is at one frequency; 1 for a pure tone.
fn share(window: &[f64], energy: f64, hz: u32) -> f64 {
    let step = TAU * f64::from(hz) / f64::from(RATE);
    let (mut along, mut across) = (0.0, 0.0);
    for (index, sample) in window.iter().enumerate() {
        let phase = step * index as f64;
        along += sample * phase.cos();
        across += sample * phase.sin();
    }
    2.0 * (along * along + across * across) / (window.len() as f64 * energy)
}

#[test]
fn a_tone_is_found_and_no_other_is() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("tone.wav");
    write(&path, 440, 1_000);
    let samples = read(&path);
    let heard = listen(&samples, 440);
    assert_eq!((heard.tone_ms, heard.silence_ms, heard.all_ms), (1_000, 0, 1_000));
    assert_eq!(listen(&samples, 880).tone_ms, 0);
    assert_eq!(listen(&vec![0.0; 8_000], 440).silence_ms, 1_000);
}
