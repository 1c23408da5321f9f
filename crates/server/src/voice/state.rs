//! Who is connected to whom. One lock holds it all: a packet keeps it for some microseconds.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;

use intake::media::{Law, Voice};
use tokio::net::UdpSocket;
use tokio::sync::broadcast;

use super::browser::{Link, Said, input_of};
use super::clock::Moment;
use super::event::{LegFigures, PositionVoice, VoiceEvent};
use super::leg::{Leg, Partner};
use super::setup::VoiceError;
use crate::limits::{LEGS_MAX, VOICE_EVENTS_WAITING_MAX, VOICE_POSITIONS_MAX};

pub(super) struct State {
    pub events: broadcast::Sender<VoiceEvent>,
    legs: BTreeMap<u64, Leg>,
    positions: BTreeMap<Arc<str>, Position>,
    // Which browser last spoke from an address, so that not all have to be asked.
    by_source: BTreeMap<SocketAddr, Arc<str>>,
    web: Arc<UdpSocket>,
    web_address: SocketAddr,
    // Kept between packets for its room.
    voices: Vec<Voice>,
}

#[derive(Default)]
struct Position {
    link: Option<Link>,
    is_here: bool,
    is_muted: bool,
    leg: Option<u64>,
}

impl State {
    pub(super) fn new(web: Arc<UdpSocket>, web_address: SocketAddr) -> Self {
        let (events, _) = broadcast::channel(VOICE_EVENTS_WAITING_MAX);
        Self {
            events,
            legs: BTreeMap::new(),
            positions: BTreeMap::new(),
            by_source: BTreeMap::new(),
            web,
            web_address,
            voices: Vec::new(),
        }
    }

    pub(super) fn leg_address(&self, leg: u64) -> Option<SocketAddr> {
        self.legs.get(&leg).map(|leg| leg.address)
    }

    pub(super) fn open_leg(&mut self, leg: u64, opened: Leg) -> Result<(), VoiceError> {
        if self.legs.len() >= LEGS_MAX {
            return Err(VoiceError::TooManyLegs(LEGS_MAX));
        }
        self.legs.insert(leg, opened);
        Ok(())
    }

    pub(super) fn with_leg<T>(
        &mut self,
        leg: u64,
        change: impl FnOnce(&mut Leg) -> T,
    ) -> Result<T, VoiceError> {
        self.legs.get_mut(&leg).map(change).ok_or(VoiceError::NoSuchLeg(leg))
    }

    pub(super) fn bridge(
        &mut self,
        leg: u64,
        position: &str,
        now: Moment,
    ) -> Result<(), VoiceError> {
        let is_new = !self.positions.contains_key(position);
        self.room_for(is_new)?;
        self.unbridge(leg, now)?;
        let name: Arc<str> = position.into();
        let at = self.positions.entry(Arc::clone(&name)).or_default();
        if let Some(before) = at.leg.replace(leg) {
            // It may have been closed.
            let _parted = self.with_leg(before, |leg| leg.join(Partner::Nobody, now));
        }
        self.with_leg(leg, |leg| leg.join(Partner::Position(name), now))
    }

    pub(super) fn unbridge(&mut self, leg: u64, now: Moment) -> Result<(), VoiceError> {
        self.part(leg, Partner::Nobody, now)
    }

    pub(super) fn loopback(&mut self, leg: u64, now: Moment) -> Result<(), VoiceError> {
        self.part(leg, Partner::Loopback, now)
    }

    /// Takes a leg from its position.
    fn part(&mut self, leg: u64, partner: Partner, now: Moment) -> Result<(), VoiceError> {
        self.with_leg(leg, |leg| leg.join(partner, now))?;
        for at in self.positions.values_mut().filter(|at| at.leg == Some(leg)) {
            at.leg = None;
        }
        Ok(())
    }

    pub(super) fn close_leg(&mut self, leg: u64, now: Moment) -> Option<LegFigures> {
        self.unbridge(leg, now).ok()?;
        let mut closed = self.legs.remove(&leg)?;
        closed.say_goodbye();
        let figures = closed.figures();
        self.tell(VoiceEvent::Statistics { leg, figures });
        Some(figures)
    }

    pub(super) fn figures(&self, leg: u64) -> Option<LegFigures> {
        self.legs.get(&leg).map(Leg::figures)
    }

    pub(super) fn connect(&mut self, position: &str, link: Link) -> Result<(), VoiceError> {
        let is_new = !self.positions.contains_key(position);
        self.room_for(is_new)?;
        self.by_source.retain(|_, name| &**name != position);
        let at = self.positions.entry(position.into()).or_default();
        at.link = Some(link);
        at.is_here = false;
        at.is_muted = false;
        Ok(())
    }

    fn room_for(&mut self, is_new: bool) -> Result<(), VoiceError> {
        if is_new && self.positions.len() >= VOICE_POSITIONS_MAX {
            // Names that nobody uses any more give way.
            self.positions.retain(|_, at| at.link.is_some() || at.leg.is_some());
        }
        match is_new && self.positions.len() >= VOICE_POSITIONS_MAX {
            true => Err(VoiceError::TooManyPositions(VOICE_POSITIONS_MAX)),
            false => Ok(()),
        }
    }

    pub(super) fn set_muted(&mut self, position: &str, is_muted: bool) {
        if let Some(at) = self.positions.get_mut(position) {
            at.is_muted = is_muted;
        }
    }

    pub(super) fn positions(&self) -> Vec<PositionVoice> {
        let shown = |(name, at): (&Arc<str>, &Position)| PositionVoice {
            position: name.to_string(),
            connected: at.is_here,
            muted: at.is_muted,
            leg: at.leg,
        };
        self.positions.iter().map(shown).collect()
    }

    /// A datagram on a leg's port for voice.
    pub(super) fn hear_caller(
        &mut self,
        leg: u64,
        source: SocketAddr,
        datagram: &[u8],
        now: Moment,
    ) {
        let mut voices = std::mem::take(&mut self.voices);
        let heard = self.with_leg(leg, |leg| leg.heard(source, datagram, now, &mut voices));
        if let Some(key) = heard.ok().flatten() {
            self.tell(VoiceEvent::Digit { leg, key });
        }
        self.pass_on(leg, &mut voices, now);
        self.voices = voices;
    }

    /// A datagram on a leg's port for reports.
    pub(super) fn report_from_caller(
        &mut self,
        leg: u64,
        source: SocketAddr,
        datagram: &[u8],
        now: Moment,
    ) {
        // A leg that was just closed needs no report.
        let _closed = self.with_leg(leg, |leg| leg.reported(source, datagram, now));
    }

    /// A caller's voice to whom it is for; leaves `voices` empty.
    fn pass_on(&mut self, leg: u64, voices: &mut Vec<Voice>, now: Moment) {
        let Some(from) = self.legs.get_mut(&leg) else {
            voices.clear();
            return;
        };
        let law = from.law().unwrap_or(Law::Mu);
        let position = match &from.partner {
            Partner::Nobody => {
                voices.clear();
                return;
            }
            Partner::Loopback => {
                for voice in voices.drain(..) {
                    from.speak(law, &voice, now);
                }
                return;
            }
            Partner::Position(position) => position,
        };
        let link = self.positions.get_mut(position).filter(|at| at.is_here);
        let Some(link) = link.and_then(|at| at.link.as_mut()) else {
            voices.clear();
            return;
        };
        let mut said = Said::default();
        for voice in voices.drain(..) {
            let more = link.speak(law, voice, now, &self.web);
            said.voices.extend(more.voices);
            said.is_gone |= more.is_gone;
        }
        if said.is_gone || !said.voices.is_empty() {
            let position = Arc::clone(position);
            self.browser_said(&position, said, now);
        }
    }

    /// A datagram on the browsers' socket. What no browser owns is dropped.
    pub(super) fn hear_browser(&mut self, source: SocketAddr, datagram: &[u8], now: Moment) {
        let Some(input) = input_of(datagram, (source, self.web_address), now) else { return };
        let known = self.by_source.get(&source).cloned();
        let known = known.filter(|position| self.accepts(position, &input));
        let found = known.or_else(|| {
            let mut names = self.positions.keys();
            names.find(|position| self.accepts(position, &input)).cloned()
        });
        let Some(position) = found else { return };
        let link = self.positions.get_mut(&position).and_then(|at| at.link.as_mut());
        let Some(link) = link else { return };
        let said = link.receive(input, now, &self.web);
        if self.by_source.get(&source) != Some(&position) {
            self.by_source.retain(|_, name| *name != position);
            self.by_source.insert(source, position.clone());
        }
        self.browser_said(&position, said, now);
    }

    fn accepts(&self, position: &str, input: &str0m::Input<'_>) -> bool {
        let link = self.positions.get(position).and_then(|at| at.link.as_ref());
        link.is_some_and(|link| link.accepts(input))
    }

    fn browser_said(&mut self, position: &str, said: Said, now: Moment) {
        let Some(at) = self.positions.get_mut(position) else { return };
        if let Some(leg) = at.leg.and_then(|leg| self.legs.get_mut(&leg)) {
            for (law, voice) in &said.voices {
                leg.speak(*law, voice, now);
            }
        }
        let position = || position.to_owned();
        if said.is_gone {
            at.link = None;
            let was_here = std::mem::take(&mut at.is_here);
            self.by_source.retain(|_, name| **name != *position());
            if was_here {
                self.tell(VoiceEvent::BrowserGone { position: position() });
            }
        } else if said.is_here && !at.is_here {
            at.is_here = true;
            self.tell(VoiceEvent::BrowserHere { position: position() });
        }
    }

    /// Lets one browser's connection go on.
    pub(super) fn drive(&mut self, position: &str, now: Moment) {
        let link = self.positions.get_mut(position).and_then(|at| at.link.as_mut());
        if let Some(link) = link {
            let said = link.tick(now, &self.web);
            self.browser_said(position, said, now);
        }
    }

    /// What time brings, to be called every few milliseconds.
    pub(super) fn tick(&mut self, now: Moment) {
        let mut voices = std::mem::take(&mut self.voices);
        let legs: Vec<u64> = self.legs.keys().copied().collect();
        for leg in legs {
            if let Some(at) = self.legs.get_mut(&leg) {
                at.tick(leg, now, &mut voices, &self.events);
            }
            if !voices.is_empty() {
                self.pass_on(leg, &mut voices, now);
            }
        }
        self.voices = voices;
        let linked = self.positions.iter().filter(|(_, at)| at.link.is_some());
        let linked: Vec<Arc<str>> = linked.map(|(name, _)| Arc::clone(name)).collect();
        for position in linked {
            self.drive(&position, now);
        }
    }

    fn tell(&self, event: VoiceEvent) {
        // Nobody may be listening.
        let _told = self.events.send(event);
    }
}
