//! G.711: eight bits a sample, by the A law of most of the world or the u law of North America.
//!
//! Encoding and decoding follow the tables of ITU-T G.711 (11/88), 1a to 2b, on 16-bit samples as
//! ITU-T G.191 places them. From one law to the other go its tables 3 and 4, byte by byte: that
//! loses less than a detour over linear samples, and costs nothing.

/// A law by which samples are made bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Law {
    /// North America and Japan; payload type 0 (RFC 3551, 4.5.14).
    Mu,
    /// The rest of the world; payload type 8.
    A,
}

impl Law {
    /// The name in SDP.
    pub fn name(self) -> &'static str {
        match self {
            Self::Mu => "PCMU",
            Self::A => "PCMA",
        }
    }

    /// The payload type that needs no word in SDP (RFC 3551, table 4).
    pub fn payload_type(self) -> u8 {
        match self {
            Self::Mu => 0,
            Self::A => 8,
        }
    }

    /// The byte of silence.
    pub fn silence(self) -> u8 {
        match self {
            Self::Mu => 0xff,
            Self::A => 0xd5,
        }
    }

    /// One sample as a byte.
    pub fn encode(self, sample: i16) -> u8 {
        match self {
            Self::Mu => encode_mu(sample),
            Self::A => encode_a(sample),
        }
    }

    /// One byte as a sample.
    pub fn decode(self, byte: u8) -> i16 {
        match self {
            Self::Mu => MU_SAMPLES[usize::from(byte)],
            Self::A => A_SAMPLES[usize::from(byte)],
        }
    }

    /// Samples as bytes, behind what is in `out`.
    pub fn encode_all(self, samples: &[i16], out: &mut Vec<u8>) {
        out.extend(samples.iter().map(|sample| self.encode(*sample)));
    }

    /// Bytes as samples, behind what is in `out`.
    pub fn decode_all(self, bytes: &[u8], out: &mut Vec<i16>) {
        out.extend(bytes.iter().map(|byte| self.decode(*byte)));
    }
}

/// Turns bytes of one law into bytes of another, in place.
pub fn convert(bytes: &mut [u8], from: Law, to: Law) {
    let table = match (from, to) {
        (Law::Mu, Law::A) => &MU_TO_A,
        (Law::A, Law::Mu) => &A_TO_MU,
        (Law::Mu, Law::Mu) | (Law::A, Law::A) => return,
    };
    for byte in bytes {
        *byte = table[usize::from(*byte)];
    }
}

// Every table has 256 entries and every index is a byte, so that no index can be out of range.
static MU_SAMPLES: [i16; 256] = mu_samples();
static A_SAMPLES: [i16; 256] = a_samples();
static MU_TO_A: [u8; 256] = mu_to_a();
static A_TO_MU: [u8; 256] = a_to_mu();

/// The decision values of table 2a, at a quarter of the 16-bit scale, lie between segments that
/// double in width; 33 added makes each segment begin at a power of two.
fn encode_mu(sample: i16) -> u8 {
    let magnitude = if sample < 0 { !sample } else { sample };
    let biased = (magnitude.cast_unsigned() / 4 + 33).min(0x1fff);
    // 0 for 33 to 63, 7 for 4,096 to 8,191.
    let segment = 10u32.saturating_sub(biased.leading_zeros());
    let step = (biased >> (segment + 1)) & 0x0f;
    let sign = if sample < 0 { 0x80 } else { 0 };
    // INVARIANT: segment is below 8 and step below 16.
    !(sign | low_byte(segment) << 4 | low_byte(u32::from(step)))
}

/// As table 1a, at a sixteenth of the 16-bit scale; every second bit is inverted on the wire.
fn encode_a(sample: i16) -> u8 {
    let magnitude = u32::from((if sample < 0 { !sample } else { sample }).cast_unsigned()) / 16;
    let code = match magnitude {
        0..32 => magnitude,
        _ => {
            let exponent = 27 - magnitude.leading_zeros();
            (exponent << 4) + (magnitude >> exponent)
        }
    };
    let sign = if sample < 0 { 0 } else { 0x80 };
    (sign | low_byte(code)) ^ 0x55
}

fn low_byte(number: u32) -> u8 {
    number.to_le_bytes()[0]
}

const fn mu_samples() -> [i16; 256] {
    let mut samples = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        let code = !(byte as u8);
        let biased = ((((code & 0x0f) as i16) << 3) + 0x84) << ((code >> 4) & 7);
        let magnitude = biased - 0x84;
        samples[byte] = if code & 0x80 == 0 { magnitude } else { -magnitude };
        byte += 1;
    }
    samples
}

const fn a_samples() -> [i16; 256] {
    let mut samples = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        let code = byte as u8 ^ 0x55;
        let (exponent, step) = ((code >> 4) & 7, (code & 0x0f) as i16);
        let magnitude = match exponent {
            0 => (step << 4) + 8,
            _ => (((step + 16) << 4) + 8) << (exponent - 1),
        };
        samples[byte] = if code & 0x80 == 0 { -magnitude } else { magnitude };
        byte += 1;
    }
    samples
}

const fn mu_to_a() -> [u8; 256] {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        let (sign, even) = if byte & 0x80 == 0 { (0x7f, 0x55) } else { (0xff, 0xd5) };
        table[byte] = even ^ (A_OF_MU[byte ^ sign] - 1);
        byte += 1;
    }
    table
}

const fn a_to_mu() -> [u8; 256] {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        let (even, sign) = if byte & 0x80 == 0 { (0x55, 0x7f) } else { (0xd5, 0xff) };
        table[byte] = sign ^ MU_OF_A[byte ^ even];
        byte += 1;
    }
    table
}

/// G.711, table 3: the A-law value number of each u-law value number. Entry 80 is 80, as in the
/// corrected form that is in use, so that a byte there and back is the same byte.
const A_OF_MU: [u8; 128] = [
    1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, //
    9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, //
    25, 27, 29, 31, 33, 34, 35, 36, 37, 38, 39, 40, 41, 42, 43, 44, //
    46, 48, 49, 50, 51, 52, 53, 54, 55, 56, 57, 58, 59, 60, 61, 62, //
    64, 65, 66, 67, 68, 69, 70, 71, 72, 73, 74, 75, 76, 77, 78, 79, //
    80, 82, 83, 84, 85, 86, 87, 88, 89, 90, 91, 92, 93, 94, 95, 96, //
    97, 98, 99, 100, 101, 102, 103, 104, 105, 106, 107, 108, 109, 110, 111, 112, //
    113, 114, 115, 116, 117, 118, 119, 120, 121, 122, 123, 124, 125, 126, 127, 128,
];

/// G.711, table 4: the u-law value number of each A-law value number, counted from 0.
const MU_OF_A: [u8; 128] = [
    1, 3, 5, 7, 9, 11, 13, 15, 16, 17, 18, 19, 20, 21, 22, 23, //
    24, 25, 26, 27, 28, 29, 30, 31, 32, 32, 33, 33, 34, 34, 35, 35, //
    36, 37, 38, 39, 40, 41, 42, 43, 44, 45, 46, 47, 48, 48, 49, 49, //
    50, 51, 52, 53, 54, 55, 56, 57, 58, 59, 60, 61, 62, 63, 64, 64, //
    65, 66, 67, 68, 69, 70, 71, 72, 73, 74, 75, 76, 77, 78, 79, 80, //
    80, 81, 82, 83, 84, 85, 86, 87, 88, 89, 90, 91, 92, 93, 94, 95, //
    96, 97, 98, 99, 100, 101, 102, 103, 104, 105, 106, 107, 108, 109, 110, 111, //
    112, 113, 114, 115, 116, 117, 118, 119, 120, 121, 122, 123, 124, 125, 126, 127,
];

#[cfg(test)]
mod tests {
    use super::*;

    fn every_byte() -> impl Iterator<Item = u8> {
        0..=u8::MAX
    }

    #[test]
    fn samples_are_those_of_the_tables() {
        // Tables 2a and 2b, four times their numbers: first and last of each segment.
        let mu = [
            (0xff, 0),
            (0xfe, 8),
            (0xf0, 120),
            (0xef, 132),
            (0xe0, 372),
            (0xdf, 396),
            (0xd0, 876),
            (0xcf, 924),
            (0xc0, 1_884),
            (0xbf, 1_980),
            (0xb0, 3_900),
            (0xaf, 4_092),
            (0xa0, 7_932),
            (0x9f, 8_316),
            (0x90, 15_996),
            (0x8f, 16_764),
            (0x80, 32_124),
        ];
        for (byte, sample) in mu {
            assert_eq!(Law::Mu.decode(byte), sample, "{byte:#x}");
            assert_eq!(Law::Mu.decode(byte & 0x7f), -sample, "{byte:#x}");
        }
        // Tables 1a and 1b, eight times their numbers.
        let a = [
            (0xd5, 8),
            (0xda, 248),
            (0xc5, 264),
            (0xca, 504),
            (0xf5, 528),
            (0xfa, 1_008),
            (0xe5, 1_056),
            (0x95, 2_112),
            (0x85, 4_224),
            (0xb5, 8_448),
            (0xa5, 16_896),
            (0xaa, 32_256),
        ];
        for (byte, sample) in a {
            assert_eq!(Law::A.decode(byte), sample, "{byte:#x}");
            assert_eq!(Law::A.decode(byte & 0x7f), -sample, "{byte:#x}");
        }
    }

    #[test]
    fn bytes_are_those_of_the_decision_values() {
        let mu = [
            (0, 0xff),
            (3, 0xff),
            (4, 0xfe),
            (-1, 0x7f),
            (-5, 0x7e),
            (123, 0xf0),
            (124, 0xef),
            (1_000, 0xce),
            (-1_000, 0x4e),
            (i16::MAX, 0x80),
            (i16::MIN, 0x00),
        ];
        for (sample, byte) in mu {
            assert_eq!(Law::Mu.encode(sample), byte, "{sample}");
        }
        let a = [
            (0, 0xd5),
            (15, 0xd5),
            (16, 0xd4),
            (-1, 0x55),
            (-17, 0x54),
            (511, 0xca),
            (512, 0xf5),
            (1_000, 0xfa),
            (i16::MAX, 0xaa),
            (i16::MIN, 0x2a),
        ];
        for (sample, byte) in a {
            assert_eq!(Law::A.encode(sample), byte, "{sample}");
        }
    }

    #[test]
    fn a_byte_survives_decoding_and_encoding() {
        for byte in every_byte() {
            assert_eq!(Law::A.encode(Law::A.decode(byte)), byte, "{byte:#x}");
            // The u law has a zero below zero too.
            let expected = if byte == 0x7f { 0xff } else { byte };
            assert_eq!(Law::Mu.encode(Law::Mu.decode(byte)), expected, "{byte:#x}");
        }
    }

    #[test]
    fn no_sample_is_further_off_than_half_a_step() {
        for sample in (i16::MIN..=i16::MAX).step_by(7) {
            for (law, least) in [(Law::Mu, 4), (Law::A, 8)] {
                let off = (i32::from(law.decode(law.encode(sample))) - i32::from(sample)).abs();
                let clipped = i32::from(sample).abs() > 32_124;
                let most = (i32::from(sample).abs() / 32 + least).max(i32::from(clipped) * 700);
                assert!(off <= most, "{law:?} {sample} is off by {off}");
            }
        }
    }

    #[test]
    fn the_other_law_keeps_the_sound() {
        // Rows of tables 3 and 4, as they stand on the wire.
        let rows = [(0xff, 0xd5), (0x80, 0xaa), (0x00, 0x2a), (0x2e, 0x04), (0x2f, 0x1a)];
        for (mu, a) in rows {
            let mut bytes = [mu];
            convert(&mut bytes, Law::Mu, Law::A);
            assert_eq!(bytes, [a], "{mu:#x}");
        }
        for byte in every_byte() {
            let mut there = [byte];
            convert(&mut there, Law::Mu, Law::A);
            let (before, after) = (Law::Mu.decode(byte), Law::A.decode(there[0]));
            let off = (i32::from(before) - i32::from(after)).abs();
            assert!(off <= i32::from(before).abs() / 16 + 8, "{byte:#x}: {before} to {after}");
        }
    }

    #[test]
    fn loud_bytes_survive_the_way_there_and_back() {
        // G.711, 3.4: only the smallest values, where the u law is finer, fall together.
        let mut changed = 0;
        for byte in every_byte() {
            let mut bytes = [byte];
            convert(&mut bytes, Law::Mu, Law::A);
            convert(&mut bytes, Law::A, Law::Mu);
            let off = (i32::from(Law::Mu.decode(bytes[0])) - i32::from(Law::Mu.decode(byte))).abs();
            assert!(off <= 16, "{byte:#x}");
            changed += usize::from(bytes[0] != byte);
        }
        assert_eq!(changed, 16);
    }

    #[test]
    fn silence_is_silent() {
        for law in [Law::Mu, Law::A] {
            assert_eq!(law.encode(0), law.silence());
        }
    }
}
