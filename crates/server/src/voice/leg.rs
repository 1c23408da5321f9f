//! One caller's voice: what is taken from them, and the one unbroken stream that they get.

use std::net::SocketAddr;
use std::sync::Arc;

use intake::media::{
    Arrival, DigitReader, Expected, Law, MediaWatch, Order, PACKET_MS, PACKET_SAMPLES, Reception,
    Reorder, RtpDefect, RtpPacket, Seen, Stamper, Voice, g711,
};
use tokio::net::UdpSocket;
use tokio::sync::broadcast;

use super::clock::Moment;
use super::event::{LegFigures, VoiceEvent};
use super::latch::Latch;
use super::reports::Reports;
use super::thread::Reading;
use crate::limits::{STATISTICS_EVERY_MS, VOICE_LOSS_PERCENT_MAX};

/// Pause of a call-taker's browser after which the caller is sent silence, in milliseconds.
const PAUSE_MS: u64 = 3 * PACKET_MS as u64;
/// The source of silence, for the stamper: no browser has it.
const SILENCE_SSRC: u32 = 0;
/// Bytes of a header without sources and extension.
const HEADER_BYTES: usize = 12;

/// What offer and answer agreed about a caller's voice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Talk {
    /// Where the caller listens.
    pub remote: SocketAddr,
    /// How voice is coded, both ways.
    pub law: Law,
    /// Its payload type as the caller sends it.
    pub payload_type: u8,
    /// Its payload type as we send it: another one where packets loop back (RFC 6849, 7.2).
    pub sent_payload_type: u8,
    /// The payload type of keys (RFC 4733), if they were agreed.
    pub keys_payload_type: Option<u8>,
}

/// Who may send, seen from us; the words of SDP (RFC 8866, 6.7).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Direction {
    /// `sendrecv`.
    #[default]
    Both,
    /// `sendonly`: the caller is on hold and hears silence.
    SendOnly,
    /// `recvonly`: the caller has put us on hold.
    ReceiveOnly,
    /// `inactive`.
    Neither,
}

impl Direction {
    fn sends(self) -> bool {
        matches!(self, Self::Both | Self::SendOnly)
    }

    fn receives(self) -> bool {
        matches!(self, Self::Both | Self::ReceiveOnly)
    }
}

/// With whom a caller speaks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Partner {
    Nobody,
    Position(Arc<str>),
    /// Themselves: a test call.
    Loopback,
}

/// The pair of sockets of a leg, and who reads them.
#[derive(Debug)]
pub(super) struct Sockets {
    pub rtp: Arc<UdpSocket>,
    pub rtcp: Arc<UdpSocket>,
    /// They end when this is dropped, with the leg.
    pub _reading: [Reading; 2],
}

#[derive(Debug)]
pub(super) struct Leg {
    pub address: SocketAddr,
    pub partner: Partner,
    sockets: Sockets,
    agreed: Option<Agreed>,
    direction: Direction,
    reception: Reception,
    reorder: Reorder,
    digits: DigitReader,
    stamper: Stamper,
    watch: MediaWatch,
    reports: Reports,
    silence: Silence,
    counts: Counts,
    statistics_ms: u64,
    datagram: Vec<u8>,
}

/// A leg that was started.
#[derive(Clone, Copy, Debug)]
struct Agreed {
    talk: Talk,
    latch: Latch,
}

/// When silence is due, and its clock.
#[derive(Clone, Copy, Debug)]
struct Silence {
    due_ms: u64,
    timestamp: u32,
}

#[derive(Clone, Copy, Debug, Default)]
struct Counts {
    strangers: u64,
    unreadable: u64,
    unsent: u64,
}

impl Leg {
    pub(super) fn new(
        address: SocketAddr,
        sockets: Sockets,
        random: [u8; 10],
        now: Moment,
    ) -> Self {
        let quiet = Expected { from_caller: false, to_caller: false };
        Self {
            address,
            partner: Partner::Nobody,
            sockets,
            agreed: None,
            direction: Direction::default(),
            reception: Reception::default(),
            reorder: Reorder::default(),
            digits: DigitReader::default(),
            stamper: Stamper::new(random),
            watch: MediaWatch::new(VOICE_LOSS_PERCENT_MAX, quiet, now.ms),
            reports: Reports::new(now.ms),
            silence: Silence { due_ms: now.ms, timestamp: 0 },
            counts: Counts::default(),
            statistics_ms: now.ms + STATISTICS_EVERY_MS,
            datagram: Vec::new(),
        }
    }

    pub(super) fn start(&mut self, talk: Talk, now: Moment) {
        // A re-INVITE that changes nothing must not open the leg to another source.
        let is_same = self.agreed.is_some_and(|agreed| agreed.latch.named() == talk.remote);
        match &mut self.agreed {
            Some(agreed) if is_same => agreed.talk = talk,
            Some(_) | None => {
                self.agreed = Some(Agreed { talk, latch: Latch::new(talk.remote) });
                self.reports.named(talk.remote);
            }
        }
        self.expect(now);
    }

    pub(super) fn set_direction(&mut self, direction: Direction, now: Moment) {
        self.direction = direction;
        self.expect(now);
    }

    pub(super) fn join(&mut self, partner: Partner, now: Moment) {
        self.partner = partner;
        self.expect(now);
    }

    /// Tells the watch what should be heard from now on.
    fn expect(&mut self, now: Moment) {
        let started = self.agreed.is_some();
        let bridged = matches!(self.partner, Partner::Position(_));
        let from_caller = started && self.direction.receives();
        let to_caller = started && bridged && self.direction.sends();
        self.watch.expect(Expected { from_caller, to_caller }, now.ms);
    }

    /// A datagram on the port for voice. What may be passed on now goes behind `voices`; a key that
    /// was pressed comes back.
    pub(super) fn heard(
        &mut self,
        source: SocketAddr,
        datagram: &[u8],
        now: Moment,
        voices: &mut Vec<Voice>,
    ) -> Option<char> {
        let agreed = self.agreed.as_mut()?;
        let packet = match RtpPacket::read(datagram) {
            Ok(packet) => packet,
            Err(RtpDefect::Rtcp(_)) => {
                self.reported(source, datagram, now);
                return None;
            }
            Err(RtpDefect::Short { .. } | RtpDefect::Version(_) | RtpDefect::Padding(_)) => {
                self.counts.unreadable += 1;
                return None;
            }
        };
        let is_key = agreed.talk.keys_payload_type == Some(packet.payload_type);
        if !is_key && packet.payload_type != agreed.talk.payload_type {
            self.counts.unreadable += 1;
            return None;
        }
        if !agreed.latch.admit(source, packet.ssrc, now.ms) {
            self.counts.strangers += 1;
            return None;
        }
        if !self.direction.receives() {
            return None;
        }
        let arrival = self.reception.arrived(&packet, now.ms)?;
        self.watch.heard(now.ms);
        self.sort(arrival, &packet, now, voices);
        let key = is_key.then(|| self.digits.read(packet.timestamp, packet.payload));
        key.flatten()
    }

    fn sort(
        &mut self,
        arrival: Arrival,
        packet: &RtpPacket<'_>,
        now: Moment,
        voices: &mut Vec<Voice>,
    ) {
        if let Arrival::Restarted { sequence } = arrival {
            self.reorder.restart(sequence);
        }
        match self.reorder.take(arrival.sequence(), packet, now.ms) {
            Order::Now => voices.push(Voice::of(packet)),
            Order::Waits | Order::Over => {}
        }
        self.release(now, voices);
    }

    /// What has waited long enough; keys are in the order too, but not to be heard.
    fn release(&mut self, now: Moment, voices: &mut Vec<Voice>) {
        voices.extend(std::iter::from_fn(|| self.reorder.next(now.ms)));
        let keys = self.agreed.and_then(|agreed| agreed.talk.keys_payload_type);
        voices.retain(|voice| Some(voice.payload_type) != keys);
    }

    /// A datagram on the port for reports.
    pub(super) fn reported(&mut self, source: SocketAddr, datagram: &[u8], now: Moment) {
        match self.reports.heard(source, datagram, &mut self.reception, now) {
            true => {}
            false => self.counts.strangers += 1,
        }
    }

    /// Voice of a position, or the caller's own, to the caller.
    pub(super) fn speak(&mut self, law: Law, voice: &Voice, now: Moment) {
        self.silence.due_ms = now.ms + PAUSE_MS;
        self.watch.spoke(now.ms);
        self.send(law, (voice.ssrc, voice.timestamp), &voice.payload, now);
    }

    /// The law of the caller's voice; `None` before the start.
    pub(super) fn law(&self) -> Option<Law> {
        self.agreed.map(|agreed| agreed.talk.law)
    }

    /// Stamps and sends; `from` is the source's SSRC and its timestamp.
    fn send(&mut self, law: Law, from: (u32, u32), payload: &[u8], now: Moment) {
        let Some(agreed) = self.agreed.filter(|_| self.direction.sends()) else { return };
        let stamp = self.stamper.next(from.0, from.1, payload.len(), now.ms);
        let packet = RtpPacket {
            marker: stamp.marker,
            payload_type: agreed.talk.sent_payload_type,
            sequence: stamp.sequence,
            timestamp: stamp.timestamp,
            ssrc: stamp.ssrc,
            payload,
            ..RtpPacket::default()
        };
        packet.write(&mut self.datagram);
        let voice = self.datagram.get_mut(HEADER_BYTES..).unwrap_or_default();
        g711::convert(voice, law, agreed.talk.law);
        // A full buffer loses this packet, as the network might; the next one is newer.
        if self.sockets.rtp.try_send_to(&self.datagram, agreed.latch.target()).is_err() {
            self.counts.unsent += 1;
        }
    }

    /// What time brings: voice that waited, silence, reports, and what the watch says.
    pub(super) fn tick(
        &mut self,
        leg: u64,
        now: Moment,
        voices: &mut Vec<Voice>,
        events: &broadcast::Sender<VoiceEvent>,
    ) {
        if self.agreed.is_none() {
            return;
        }
        self.release(now, voices);
        self.fill(now);
        let (expected, lost) = self.reception.lost();
        if let Some(state) = self.watch.look(Seen { expected, lost }, now.ms) {
            // Nobody may be listening.
            let _told = events.send(VoiceEvent::Media { leg, state });
        }
        self.reports.tick(&mut self.reception, &self.stamper, &self.sockets.rtcp, now);
        if now.ms >= self.statistics_ms {
            self.statistics_ms = now.ms + STATISTICS_EVERY_MS;
            let _told = events.send(VoiceEvent::Statistics { leg, figures: self.figures() });
        }
    }

    /// Silence, while no position speaks. A caller in a test hears only what they say.
    fn fill(&mut self, now: Moment) {
        if self.partner == Partner::Loopback {
            return;
        }
        // After a stall of the machine it goes on from now; nobody wants the missed silence.
        if now.ms.saturating_sub(self.silence.due_ms) > 5 * u64::from(PACKET_MS) {
            self.silence.due_ms = now.ms;
        }
        let law = self.law().unwrap_or(Law::Mu);
        let packet = [law.silence(); PACKET_SAMPLES];
        while self.silence.due_ms <= now.ms {
            self.silence.due_ms += u64::from(PACKET_MS);
            self.silence.timestamp = self.silence.timestamp.wrapping_add(PACKET_SAMPLES as u32);
            self.send(law, (SILENCE_SSRC, self.silence.timestamp), &packet, now);
        }
    }

    /// Tells the caller that the stream ends.
    pub(super) fn say_goodbye(&mut self) {
        self.reports.say_goodbye(&self.stamper, &self.sockets.rtcp);
    }

    pub(super) fn figures(&self) -> LegFigures {
        let (expected, lost) = self.reception.lost();
        LegFigures {
            received: self.reception.received(),
            expected,
            lost,
            jitter_ms: self.reception.jitter_ms(),
            sent: self.stamper.sent().0,
            lost_by_caller_256ths: self.reports.lost_by_caller_256ths(),
            strangers: self.counts.strangers,
            unreadable: self.counts.unreadable,
            unsent: self.counts.unsent,
        }
    }
}
