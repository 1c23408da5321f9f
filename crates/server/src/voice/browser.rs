//! One browser, by WebRTC: an `Rtc` of str0m, and what goes in and out of it.
//!
//! We are ICE-lite (RFC 8445, 2.5): the browser finds us at our one address and we wait for it, so
//! what its own candidates are (often hidden behind mDNS names) does not matter to us. Voice is
//! passed through as RTP, without being taken apart.

use std::net::SocketAddr;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Instant;

use intake::media::{Law, Stamper, Voice, g711};
use str0m::change::SdpOffer;
use str0m::media::{Mid, Pt};
use str0m::net::{Protocol, Receive};
use str0m::rtp::RtpWrite;
use str0m::{Candidate, Event, IceConnectionState, Input, Output, Rtc};
use tokio::net::UdpSocket;

use super::clock::Moment;
use super::setup::VoiceError;
use crate::chance::random_bytes;
use crate::limits::BROWSER_SILENT_MS_MAX;

/// Outputs that are taken in a row; more than one datagram can cause, so that a fault of the
/// library cannot hold up everybody else's voice.
const OUTPUTS_MAX: usize = 512;

/// What a browser had to say.
#[derive(Debug, Default)]
pub(super) struct Said {
    /// Its voice, each piece with its law.
    pub voices: Vec<(Law, Voice)>,
    /// It can be spoken with from now on.
    pub is_here: bool,
    /// It is gone.
    pub is_gone: bool,
}

/// A browser's end.
pub(super) struct Link {
    rtc: Rtc,
    mid: Mid,
    // Payload types that both sides speak, by law.
    mu: Option<Pt>,
    a: Option<Pt>,
    stamper: Stamper,
    // Counts on without wrapping, as SRTP needs it.
    sequence: u64,
    wake_at: Instant,
    heard_ms: u64,
}

impl Link {
    /// Answers a browser's offer.
    pub(super) fn answer(
        sdp: &str,
        address: SocketAddr,
        now: Moment,
    ) -> Result<(Self, String), VoiceError> {
        let refused = |error: &dyn std::fmt::Display| {
            VoiceError::OfferNotAccepted(error.to_string().escape_debug().to_string())
        };
        let offer =
            SdpOffer::from_sdp_string(&without_candidates(sdp)).map_err(|error| refused(&error))?;
        let mut rtc = Rtc::builder()
            .set_ice_lite(true)
            .set_rtp_mode(true)
            .clear_codecs()
            .clear_extension_map()
            .enable_pcmu(true, false)
            .enable_pcma(true, false)
            .build(now.instant);
        let candidate = Candidate::host(address, "udp").map_err(|error| refused(&error))?;
        rtc.add_local_candidate(candidate);
        let answer = rtc.sdp_api().accept_offer(offer).map_err(|error| refused(&error))?;
        let answer = answer.to_sdp_string();
        let mid = audio_mid(&answer).ok_or_else(|| refused(&"no audio is offered"))?;
        let random = random_bytes().map_err(|_none| VoiceError::NoRandomBytes)?;
        let mut link = Self {
            rtc,
            mid,
            mu: None,
            a: None,
            stamper: Stamper::new(random),
            sequence: 0,
            wake_at: now.instant,
            heard_ms: now.ms,
        };
        link.find_codecs().map_err(|error| refused(&error))?;
        Ok((link, answer))
    }

    /// Finds the payload types that both sides speak.
    fn find_codecs(&mut self) -> Result<(), &'static str> {
        let media = self.rtc.media(self.mid).ok_or("no audio is offered")?;
        let spoken = |law: Law| {
            let pt = Pt::from(law.payload_type());
            media.remote_pts().contains(&pt).then_some(pt)
        };
        (self.mu, self.a) = (spoken(Law::Mu), spoken(Law::A));
        match (self.mu, self.a) {
            (None, None) => Err("neither `PCMU` nor `PCMA` is offered"),
            (Some(_), _) | (_, Some(_)) => Ok(()),
        }
    }

    /// Whether a datagram from there is this browser's.
    pub(super) fn accepts(&self, input: &Input<'_>) -> bool {
        self.rtc.accepts(input)
    }

    /// Takes a datagram in.
    pub(super) fn receive(&mut self, input: Input<'_>, now: Moment, web: &UdpSocket) -> Said {
        self.heard_ms = now.ms;
        self.step(web, |rtc| rtc.handle_input(input))
    }

    /// What time brings.
    pub(super) fn tick(&mut self, now: Moment, web: &UdpSocket) -> Said {
        let mut said = Said::default();
        if self.wake_at <= now.instant {
            said = self.step(web, |rtc| rtc.handle_input(Input::Timeout(now.instant)));
        }
        // A browser sends voice all the time, muted or not.
        said.is_gone |= now.ms.saturating_sub(self.heard_ms) > BROWSER_SILENT_MS_MAX;
        said
    }

    /// A caller's voice to the browser, in its own law if both speak it.
    pub(super) fn speak(&mut self, law: Law, voice: Voice, now: Moment, web: &UdpSocket) -> Said {
        let (same, other, other_law) = match law {
            Law::Mu => (self.mu, self.a, Law::A),
            Law::A => (self.a, self.mu, Law::Mu),
        };
        let (pt, payload) = match (same, other) {
            (Some(pt), _) => (pt, voice.payload),
            (None, Some(pt)) => (pt, converted(&voice.payload, law, other_law)),
            (None, None) => return Said::default(),
        };
        let stamp = self.stamper.next(voice.ssrc, voice.timestamp, payload.len(), now.ms);
        self.sequence += 1;
        let write = RtpWrite::new(pt, self.sequence.into(), stamp.timestamp, now.instant, payload)
            .marker(stamp.marker);
        let mid = self.mid;
        let mut said = self.step(web, |rtc| {
            let mut api = rtc.direct_api();
            if let Some(stream) = api.stream_tx_by_mid(mid, None) {
                stream.write_rtp(write);
            }
            Ok(())
        });
        // It leaves at the next timeout, which is now.
        let after = self.step(web, |rtc| rtc.handle_input(Input::Timeout(now.instant)));
        said.voices.extend(after.voices);
        said.is_here |= after.is_here;
        said.is_gone |= after.is_gone;
        said
    }

    /// One change, and all that comes of it. A panic in the library costs one browser its
    /// connection, which it makes again; everybody else goes on.
    fn step(
        &mut self,
        web: &UdpSocket,
        change: impl FnOnce(&mut Rtc) -> Result<(), str0m::error::RtcError>,
    ) -> Said {
        let mut said = Said::default();
        let stepped = catch_unwind(AssertUnwindSafe(|| {
            change(&mut self.rtc).and_then(|()| self.drain(web, &mut said))
        }));
        match stepped {
            Ok(Ok(())) => {}
            Ok(Err(error)) => {
                tracing::warn!(%error, "a browser's voice broke off");
                said.is_gone = true;
            }
            Err(_panicked) => {
                tracing::error!("a browser's voice ended in a panic of the library");
                said.is_gone = true;
            }
        }
        said
    }

    fn drain(&mut self, web: &UdpSocket, said: &mut Said) -> Result<(), str0m::error::RtcError> {
        for _ in 0..OUTPUTS_MAX {
            match self.rtc.poll_output()? {
                Output::Timeout(at) => {
                    self.wake_at = at;
                    break;
                }
                // A datagram that finds no room is lost, as any may be.
                Output::Transmit(send) => {
                    let _sent = web.try_send_to(&send.contents, send.destination);
                }
                Output::Event(event) => self.note(event, said),
            }
        }
        said.is_gone |= !self.rtc.is_alive();
        Ok(())
    }

    fn note(&self, event: Event, said: &mut Said) {
        match event {
            Event::Connected => said.is_here = true,
            Event::IceConnectionStateChange(IceConnectionState::Disconnected) => {
                said.is_gone = true;
            }
            Event::RtpPacket(packet) => {
                let law = match packet.header.payload_type {
                    pt if Some(pt) == self.mu => Law::Mu,
                    pt if Some(pt) == self.a => Law::A,
                    _ => return,
                };
                let voice = Voice {
                    marker: packet.header.marker,
                    payload_type: law.payload_type(),
                    ssrc: *packet.header.ssrc,
                    timestamp: packet.header.timestamp,
                    payload: packet.payload,
                };
                said.voices.push((law, voice));
            }
            // str0m's own enum: the rest is about video, data and statistics.
            _ => {}
        }
    }
}

/// A datagram as str0m takes it; `None` if it is of no protocol that it speaks.
pub(super) fn input_of(
    datagram: &[u8],
    (source, destination): (SocketAddr, SocketAddr),
    now: Moment,
) -> Option<Input<'_>> {
    let receive = Receive::new(Protocol::Udp, source, destination, datagram).ok()?;
    Some(Input::Receive(now.instant, receive))
}

fn converted(payload: &[u8], from: Law, to: Law) -> Arc<[u8]> {
    let mut bytes = payload.to_vec();
    g711::convert(&mut bytes, from, to);
    bytes.into()
}

/// The name of the first line of audio that is not declined (a declined one has port 0).
fn audio_mid(sdp: &str) -> Option<Mid> {
    let audio = sdp
        .lines()
        .skip_while(|line| !line.starts_with("m=audio ") || line.starts_with("m=audio 0 "));
    audio
        .skip(1)
        .take_while(|line| !line.starts_with("m="))
        .find_map(|line| line.strip_prefix("a=mid:").map(|name| Mid::from(name.trim_end())))
}

/// The browser's own addresses are of no use to us, and may be names.
fn without_candidates(sdp: &str) -> String {
    let kept = sdp.lines().filter(|line| !line.starts_with("a=candidate:"));
    kept.flat_map(|line| [line, "\r\n"]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const ANSWER: &str = "v=0\r\nm=video 0 X 96\r\na=mid:v\r\nm=audio 0 X 0\r\na=mid:no\r\n\
        m=audio 9 X 0\r\na=rtpmap:0 PCMU/8000\r\na=mid:yes\r\n";

    #[test]
    fn the_line_of_audio_that_was_accepted_is_found() {
        assert_eq!(audio_mid(ANSWER), Some(Mid::from("yes")));
        assert_eq!(audio_mid("v=0\r\nm=audio 9 X 0\r\nm=video 9 X 9\r\na=mid:v\r\n"), None);
    }

    #[test]
    fn candidates_are_taken_out_of_an_offer() {
        let offer = "v=0\r\na=candidate:1 1 udp 1 x.local 9 typ host\r\na=mid:0\r\n";
        assert_eq!(without_candidates(offer), "v=0\r\na=mid:0\r\n");
    }

    #[test]
    fn the_other_law_is_by_table() {
        let silence = [Law::Mu.silence(); 3];
        assert_eq!(*converted(&silence, Law::Mu, Law::A), [Law::A.silence(); 3]);
    }
}
