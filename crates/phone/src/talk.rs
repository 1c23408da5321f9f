//! The voice of one line: 20 ms out, 20 ms in, at each beat.

use std::net::SocketAddr;

use intake::media::{JitterBuffer, Law, PACKET_SAMPLES, Played, RtpPacket, Stamper, Tone};
use intake::sip::sdp::{AudioPlan, Codec};

use crate::ear::{Ear, Heard};
use crate::oddity::Oddity;
use crate::plan::Speech;

/// Peak of the tones that are spoken: a quarter of full scale, as loud as a clear voice.
const PEAK: i16 = 8_000;
/// The source of our voice, for the stamper.
const SOURCE: u32 = 1;
/// What noisy equipment sends: version 0, so no RTP.
const NOISE: &[u8] = b"\x0f\x00this is no voice";

/// What offer and answer agreed on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Agreed {
    pub remote: SocketAddr,
    pub law: Law,
    pub payload_type: u8,
    pub speaks: bool,
}

impl Agreed {
    /// `None` where the other side names its address by a name, which is not looked up.
    pub fn of(plan: &AudioPlan) -> Option<Self> {
        Some(Self {
            remote: SocketAddr::new(plan.remote.host.parse().ok()?, plan.remote.port),
            law: match plan.codec {
                Codec::Pcmu => Law::Mu,
                Codec::Pcma => Law::A,
            },
            payload_type: plan.payload_type,
            speaks: plan.direction.sends(),
        })
    }
}

/// What is spoken, sample by sample.
#[derive(Clone, Debug)]
enum Source {
    Silence,
    Tone(Tone),
    Samples { samples: std::sync::Arc<Vec<i16>>, at: usize },
    Noise,
    Nothing,
}

impl Source {
    fn of(speech: &Speech, oddity: Option<Oddity>) -> Self {
        match (oddity, speech) {
            (Some(Oddity::SilentRtp), _) => Self::Nothing,
            (Some(Oddity::NoisyRtp), _) => Self::Noise,
            (_, Speech::Silence) => Self::Silence,
            (_, Speech::Tone(hertz)) => Self::Tone(Tone::new(*hertz, PEAK)),
            (_, Speech::Samples(samples)) => Self::Samples { samples: samples.clone(), at: 0 },
        }
    }

    fn next(&mut self) -> [i16; PACKET_SAMPLES] {
        let mut packet = [0; PACKET_SAMPLES];
        match self {
            Self::Silence | Self::Noise | Self::Nothing => {}
            Self::Tone(tone) => packet.iter_mut().zip(tone).for_each(|(to, from)| *to = from),
            Self::Samples { samples, at } => {
                let rest = samples.get(*at..).unwrap_or_default();
                packet.iter_mut().zip(rest).for_each(|(to, from)| *to = *from);
                *at = at.saturating_add(PACKET_SAMPLES);
            }
        }
        packet
    }
}

/// The voice of one line.
#[derive(Debug)]
pub(crate) struct Talk {
    agreed: Option<Agreed>,
    source: Source,
    stamper: Stamper,
    timestamp: u32,
    buffer: JitterBuffer,
    ear: Ear,
}

impl Talk {
    /// Voice that was not agreed on yet. `random` makes its numbers unguessable.
    pub fn new(speech: &Speech, oddity: Option<Oddity>, keeps: bool, random: [u8; 10]) -> Self {
        Self {
            agreed: None,
            source: Source::of(speech, oddity),
            stamper: Stamper::new(random),
            timestamp: 0,
            buffer: JitterBuffer::new(Law::Mu),
            ear: Ear::new(keeps),
        }
    }

    /// Goes on as agreed.
    pub fn agree(&mut self, agreed: Agreed) {
        if self.agreed.is_none_or(|before| before.law != agreed.law) {
            self.buffer = JitterBuffer::new(agreed.law);
        }
        self.agreed = Some(agreed);
    }

    /// A datagram came.
    pub fn take(&mut self, datagram: &[u8]) {
        let Some(agreed) = self.agreed else { return };
        let Ok(packet) = RtpPacket::read(datagram) else { return };
        if packet.payload_type == agreed.payload_type {
            self.ear.count();
            self.buffer.put(&packet);
        }
    }

    /// 20 ms pass: what was heard is listened to, and what is spoken comes back, to be sent.
    pub fn beat(&mut self, now_ms: u64) -> Option<(SocketAddr, Vec<u8>)> {
        let agreed = self.agreed?;
        let mut heard = [0; PACKET_SAMPLES];
        match self.buffer.beat(&mut heard) {
            Played::Heard | Played::Repeated => self.ear.hear(&heard),
            Played::Silent => self.ear.hear(&[0; PACKET_SAMPLES]),
        }
        match self.source {
            _ if !agreed.speaks => None,
            Source::Nothing => None,
            Source::Noise => Some((agreed.remote, NOISE.to_vec())),
            Source::Silence | Source::Tone(_) | Source::Samples { .. } => {
                Some((agreed.remote, self.speak(agreed, now_ms)))
            }
        }
    }

    fn speak(&mut self, agreed: Agreed, now_ms: u64) -> Vec<u8> {
        let mut voice = Vec::with_capacity(PACKET_SAMPLES);
        agreed.law.encode_all(&self.source.next(), &mut voice);
        self.timestamp = self.timestamp.wrapping_add(PACKET_SAMPLES as u32);
        let stamp = self.stamper.next(SOURCE, self.timestamp, voice.len(), now_ms);
        let packet = RtpPacket {
            marker: stamp.marker,
            payload_type: agreed.payload_type,
            sequence: stamp.sequence,
            timestamp: stamp.timestamp,
            ssrc: stamp.ssrc,
            payload: &voice,
            ..RtpPacket::default()
        };
        let mut datagram = Vec::new();
        packet.write(&mut datagram);
        datagram
    }

    /// What was heard in all.
    pub fn into_heard(self) -> Heard {
        self.ear.into_heard()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;

    const REMOTE: &str = "127.0.0.1:20000";

    fn agreed(law: Law, payload_type: u8) -> Agreed {
        Agreed { remote: REMOTE.parse().unwrap(), law, payload_type, speaks: true }
    }

    fn talk(speech: &Speech, oddity: Option<Oddity>) -> Talk {
        let mut talk = Talk::new(speech, oddity, false, [7; 10]);
        talk.agree(agreed(Law::A, 8));
        talk
    }

    #[test]
    fn a_tone_that_one_speaks_the_other_hears() {
        let mut caller = talk(&Speech::Tone(440), None);
        let mut other = talk(&Speech::Silence, None);
        for beat in 0..100 {
            let (to, packet) = caller.beat(beat * 20).unwrap();
            assert_eq!(to.to_string(), REMOTE);
            other.take(&packet);
            other.beat(beat * 20);
        }
        let heard = other.into_heard();
        assert_eq!(heard.packets, 100);
        let (hertz, ms) = heard.tone.unwrap();
        assert!(hertz == 440 && ms >= 1_500, "{hertz} Hz for {ms} ms");
    }

    #[test]
    fn samples_are_spoken_once_and_silence_after_them() {
        let mut caller = talk(&Speech::Samples(Arc::new(vec![16_000; 200])), None);
        let payloads: Vec<Vec<u8>> = (0..3)
            .map(|beat| {
                let (_, packet) = caller.beat(beat * 20).unwrap();
                RtpPacket::read(&packet).unwrap().payload.to_vec()
            })
            .collect();
        let silence = Law::A.encode(0);
        assert!(payloads[0].iter().all(|byte| *byte != silence));
        assert_eq!(payloads[1].iter().filter(|byte| **byte != silence).count(), 40);
        assert!(payloads[2].iter().all(|byte| *byte == silence));
    }

    #[test]
    fn odd_voices_are_noise_or_nothing_and_hold_is_kept() {
        assert_eq!(talk(&Speech::Tone(440), Some(Oddity::SilentRtp)).beat(0), None);
        let (_, noise) = talk(&Speech::Tone(440), Some(Oddity::NoisyRtp)).beat(0).unwrap();
        assert!(RtpPacket::read(&noise).is_err());
        let mut held = talk(&Speech::Tone(440), None);
        held.agree(Agreed { speaks: false, ..agreed(Law::A, 8) });
        assert_eq!(held.beat(0), None);
    }
}
