//! WAV files: what a caller in a test speaks, and what was heard.
//!
//! Read: 16-bit samples or G.711, any rate, one channel or several, made one channel of 8,000
//! samples a second. Written: 16-bit samples, one channel, 8,000 a second.

use super::g711::Law;

/// Longest file that is read, in bytes; longer is refused. Five minutes at 48,000 in stereo fit.
pub const BYTES_MAX: usize = 64 * 1024 * 1024;

const SAMPLES_PER_S: u32 = 8_000;
const HEADER_BYTES: u32 = 36;

const PCM: u16 = 1;
const A_LAW: u16 = 6;
const MU_LAW: u16 = 7;
const EXTENSIBLE: u16 = 0xfffe;

/// Why a file is no voice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WavDefect {
    /// Too long.
    #[error("the file has `{0}` bytes; accepted: at most {BYTES_MAX}")]
    Long(usize),
    /// Another kind of file.
    #[error("this is no WAV file: it does not begin with `RIFF` and `WAVE`")]
    NotWav,
    /// The part that says what the samples are, or the samples themselves, are not there.
    #[error("the file has no part `{0}`")]
    Missing(&'static str),
    /// Samples of another kind.
    #[error(
        "format `{format}` with `{bits}` bits is not read; accepted: 16-bit samples, A or u law"
    )]
    Format {
        /// As the file numbers it.
        format: u16,
        /// In one sample.
        bits: u16,
    },
    /// No channel, or no rate.
    #[error("`{channels}` channels at `{rate}` samples a second cannot be played")]
    Shape {
        /// Channels.
        channels: u16,
        /// Samples a second.
        rate: u32,
    },
}

struct Format {
    format: u16,
    channels: u16,
    rate: u32,
    bits: u16,
}

/// Reads a file into samples, 8,000 a second.
///
/// # Errors
/// [`WavDefect`]: what is wrong with it.
pub fn read(file: &[u8]) -> Result<Vec<i16>, WavDefect> {
    if file.len() > BYTES_MAX {
        return Err(WavDefect::Long(file.len()));
    }
    let rest = match file.split_at_checked(12) {
        Some(([b'R', b'I', b'F', b'F', .., b'W', b'A', b'V', b'E'], rest)) => rest,
        Some(_) | None => return Err(WavDefect::NotWav),
    };
    let format = part(rest, *b"fmt ").and_then(read_format).ok_or(WavDefect::Missing("fmt "))?;
    if format.channels == 0 || !(1_000..=384_000).contains(&format.rate) {
        return Err(WavDefect::Shape { channels: format.channels, rate: format.rate });
    }
    let body = part(rest, *b"data").ok_or(WavDefect::Missing("data"))?;
    let samples = decode(body, &format)?;
    Ok(resampled(&one_channel(&samples, format.channels), format.rate))
}

/// The body of the part with this name. A length beyond the end, as unfinished recordings have it,
/// means up to the end.
fn part(mut rest: &[u8], name: [u8; 4]) -> Option<&[u8]> {
    while let Some((&[n0, n1, n2, n3, l0, l1, l2, l3], body)) = rest.split_first_chunk::<8>() {
        let length = usize::try_from(u32::from_le_bytes([l0, l1, l2, l3])).unwrap_or(usize::MAX);
        if [n0, n1, n2, n3] == name {
            return Some(body.get(..length).unwrap_or(body));
        }
        // Parts begin at even places.
        rest = body.get(length.saturating_add(length % 2)..).unwrap_or_default();
    }
    None
}

fn read_format(body: &[u8]) -> Option<Format> {
    let (&[f0, f1, c0, c1, r0, r1, r2, r3, _, _, _, _, _, _, b0, b1], more) =
        body.split_first_chunk::<16>()?;
    let mut format = u16::from_le_bytes([f0, f1]);
    if format == EXTENSIBLE {
        // The real format begins the identifier behind size, bits and channel mask.
        let sub = more.get(8..10).and_then(|sub| sub.first_chunk::<2>());
        format = sub.map_or(format, |sub| u16::from_le_bytes(*sub));
    }
    let channels = u16::from_le_bytes([c0, c1]);
    let rate = u32::from_le_bytes([r0, r1, r2, r3]);
    Some(Format { format, channels, rate, bits: u16::from_le_bytes([b0, b1]) })
}

fn decode(body: &[u8], format: &Format) -> Result<Vec<i16>, WavDefect> {
    let mut samples = Vec::new();
    match (format.format, format.bits) {
        (PCM, 16) => {
            samples.extend(body.as_chunks::<2>().0.iter().map(|pair| i16::from_le_bytes(*pair)));
        }
        (A_LAW, 8) => Law::A.decode_all(body, &mut samples),
        (MU_LAW, 8) => Law::Mu.decode_all(body, &mut samples),
        (format, bits) => return Err(WavDefect::Format { format, bits }),
    }
    Ok(samples)
}

fn one_channel(samples: &[i16], channels: u16) -> Vec<i16> {
    let mean = |group: &[i16]| {
        let sum: i32 = group.iter().map(|sample| i32::from(*sample)).sum();
        i16::try_from(sum / i32::from(channels)).unwrap_or_default()
    };
    samples.chunks_exact(channels.into()).map(mean).collect()
}

/// To 8,000 a second: from above by the mean of what falls together, which keeps most of what a
/// telephone cannot carry from turning into other sounds; from below by straight lines.
fn resampled(samples: &[i16], rate: u32) -> Vec<i16> {
    if rate == SAMPLES_PER_S {
        return samples.to_vec();
    }
    let (rate, wanted) = (u64::from(rate), u64::from(SAMPLES_PER_S));
    let count = samples.len() as u64 * wanted / rate;
    (0..count).map(|index| sample_at(samples, index * rate, (rate, wanted))).collect()
}

/// The sample at `place / wanted` of the source.
fn sample_at(samples: &[i16], place: u64, (rate, wanted): (u64, u64)) -> i16 {
    let at = |index: u64| {
        let index = usize::try_from(index).unwrap_or(usize::MAX);
        i64::from(samples.get(index).or(samples.last()).copied().unwrap_or_default())
    };
    let first = place / wanted;
    let value = if rate > wanted {
        let end = ((place + rate) / wanted).max(first + 1);
        (first..end).map(at).sum::<i64>() / (end - first).cast_signed()
    } else {
        let part = (place % wanted).cast_signed();
        at(first) + (at(first + 1) - at(first)) * part / wanted.cast_signed()
    };
    i16::try_from(value).unwrap_or_default()
}

/// Writes samples, 8,000 a second, as a file. Samples beyond what the format can count, three
/// days, are left out.
pub fn write(samples: &[i16]) -> Vec<u8> {
    let count = samples.len().min((u32::MAX / 2) as usize - 64);
    let bytes = u32::try_from(count * 2).unwrap_or_default();
    let mut file = Vec::with_capacity(count * 2 + 44);
    file.extend(b"RIFF");
    file.extend((HEADER_BYTES + bytes).to_le_bytes());
    file.extend(b"WAVEfmt ");
    file.extend(16u32.to_le_bytes());
    file.extend(PCM.to_le_bytes());
    file.extend(1u16.to_le_bytes());
    file.extend(SAMPLES_PER_S.to_le_bytes());
    file.extend((SAMPLES_PER_S * 2).to_le_bytes());
    file.extend(2u16.to_le_bytes());
    file.extend(16u16.to_le_bytes());
    file.extend(b"data");
    file.extend(bytes.to_le_bytes());
    file.extend(samples.iter().take(count).flat_map(|sample| sample.to_le_bytes()));
    file
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::media::{Tone, strongest_of};

    /// A file with this format, rate and body.
    fn file(format: u16, (channels, rate): (u16, u32), bits: u16, body: &[u8]) -> Vec<u8> {
        let mut file = b"RIFF\0\0\0\0WAVEfmt \x10\0\0\0".to_vec();
        file.extend(format.to_le_bytes());
        file.extend(channels.to_le_bytes());
        file.extend(rate.to_le_bytes());
        file.extend([0; 6]);
        file.extend(bits.to_le_bytes());
        // A part that nobody needs, of odd length.
        file.extend(b"LIST\x03\0\0\0abc\0data");
        file.extend(u32::try_from(body.len()).unwrap().to_le_bytes());
        file.extend(body);
        file
    }

    fn bytes_of(samples: impl Iterator<Item = i16>) -> Vec<u8> {
        samples.flat_map(i16::to_le_bytes).collect()
    }

    #[test]
    fn what_is_written_is_read() {
        let samples = [0, 1, -1, i16::MAX, i16::MIN];
        let written = write(&samples);
        assert_eq!(written.len(), 44 + 10);
        assert_eq!(read(&written), Ok(samples.to_vec()));
    }

    #[test]
    fn other_rates_and_channels_keep_the_tone() {
        for rate in [4_000, 16_000, 44_100, 48_000] {
            // The generator counts 8,000 a second, so a tone of 1,000 Hz is asked for in its terms.
            let tone = Tone::new(1_000 * 8_000 / rate, 9_000).take(rate as usize);
            let body = bytes_of(tone.flat_map(|sample| [sample, sample]));
            let samples = read(&file(PCM, (2, rate), 16, &body)).unwrap();
            assert_eq!(samples.len(), 8_000, "{rate}");
            // A short piece, for the generator counts whole hertz.
            let piece = &samples[..400];
            assert_eq!(strongest_of(piece, (100..4_000).step_by(100)), Some(1_000), "{rate}");
        }
    }

    #[test]
    fn both_laws_are_read() {
        for (format, law) in [(A_LAW, Law::A), (MU_LAW, Law::Mu)] {
            let body = [law.encode(1_000), law.encode(-1_000)];
            let samples = read(&file(format, (1, 8_000), 8, &body)).unwrap();
            assert_eq!(samples, [law.decode(body[0]), law.decode(body[1])]);
        }
    }

    #[test]
    fn what_is_not_voice_is_named() {
        assert_eq!(read(b"ID3"), Err(WavDefect::NotWav));
        assert_eq!(read(b"RIFF\0\0\0\0WAVE"), Err(WavDefect::Missing("fmt ")));
        let silent = file(PCM, (1, 8_000), 16, &[]);
        assert_eq!(read(&silent), Ok(vec![]));
        assert_eq!(read(&silent[..47]), Err(WavDefect::Missing("data")));
        let deep = file(PCM, (1, 8_000), 24, &[0; 6]);
        assert_eq!(read(&deep), Err(WavDefect::Format { format: PCM, bits: 24 }));
        let none = file(PCM, (0, 8_000), 16, &[]);
        assert_eq!(read(&none), Err(WavDefect::Shape { channels: 0, rate: 8_000 }));
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(
            head in proptest::collection::vec(any::<u8>(), 24),
            body in proptest::collection::vec(any::<u8>(), 0..64),
        ) {
            let mut bytes = b"RIFF\0\0\0\0WAVEfmt ".to_vec();
            bytes.extend(head);
            bytes.extend(body);
            let _read = read(&bytes);
        }
    }
}
