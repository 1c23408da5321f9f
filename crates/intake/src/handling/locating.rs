//! Where a caller is, beyond what the INVITE said: asked for by HELD or presence, again by a
//! person's key or by time; and who is responsible where we are not. No call waits for any of it.

use super::CallHandling;
use super::arrival::location_of;
use super::call_handling::Due;
use super::identifiers::Identifiers;
use super::orders::Purpose;
use super::output::{Fetch, Output};
use super::settings::AGAIN_MAX;
use super::subscribers::Watched;
use crate::location::pidf::{Pidf, Place};
use crate::location::{GeolocationReference as Reference, held, pidf};
use crate::sip::{LegId, NewSubscription, Order, Peer, Transport, Uri};
use crate::{additional, lost};
use core::net::{IpAddr, SocketAddr};
use evenhand_core::{CallId, Command, LocationSource};

/// Whoever answers emergency calls there.
const SERVICE: &str = "urn:service:sos";
/// RFC 5985 section 8; RFC 5222 section 14.
const HELD: &str = "application/held+xml";
const LOST: &str = "application/lost+xml";

/// What a server was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Asked {
    /// The place of a call.
    Location(CallId),
    /// Who is responsible for the place of a call.
    Responsible(CallId),
    /// Additional Data of a call, of this type.
    Additional(CallId),
}

impl CallHandling {
    /// What is to be done about the place of a call that was just presented.
    pub(super) fn find_place(&mut self, now: u64, leg: LegId, call: CallId) {
        let Some(line) = self.lines.get_mut(&leg) else { return };
        let (reason, place) = (line.no_location.take(), line.place.clone());
        let additional = std::mem::take(&mut line.additional_at);
        if let Some(reason) = reason {
            self.no_location(call, LocationSource::Value, reason);
        }
        self.ask_for_place(now, leg, call);
        for url in additional {
            self.fetch(Asked::Additional(call), (url, "", None));
        }
        self.ask_who_is_responsible(call, place);
    }

    /// A person wants a better place.
    pub(super) fn rebid(&mut self, now: u64, call: CallId) {
        match self.leg_of(call) {
            Some(line) if !line.references.is_empty() => {
                let leg = line.leg;
                self.ask_for_place(now, leg, call);
            }
            Some(_) => {
                let why = "the call brought no address at which its place could be asked";
                self.no_location(call, LocationSource::Value, why.to_owned());
            }
            None => {
                let why = "the line is gone, and with it the right to ask";
                self.no_location(call, LocationSource::Value, why.to_owned());
            }
        }
    }

    /// A mobile caller moves, and the network's first answer is its worst.
    pub(super) fn locate_again(&mut self, now: u64, leg: LegId) {
        let Some(line) = self.lines.get_mut(&leg) else { return };
        line.asked_again += 1;
        let call = line.call.filter(|_| line.asked_again <= AGAIN_MAX);
        if let Some(call) = call {
            self.ask_for_place(now, leg, call);
        }
    }

    fn ask_for_place(&mut self, now: u64, leg: LegId, call: CallId) {
        let Some(line) = self.lines.get(&leg) else { return };
        let Some(reference) = line.references.first().cloned() else { return };
        match reference {
            Reference::Held(url) => {
                let response_time = held::ResponseTime::EmergencyDispatch;
                let request = held::LocationRequest { response_time, device: Vec::new() };
                let body = held::write_request(&request);
                self.fetch(Asked::Location(call), (url, HELD, Some(body)));
            }
            Reference::Presence(uri) => self.ask_presence(now, call, &uri),
            Reference::BodyPart(_) | Reference::Unknown(_) => {
                let why = "the scheme of its Geolocation is none that we can ask";
                return self.no_location(call, LocationSource::Value, why.to_owned());
            }
        }
        if self.settings.again_ms > 0 {
            self.due.insert((now + self.settings.again_ms, Due::Locate(leg)));
        }
    }

    /// Asks once for the state of a presentity (RFC 6665 section 4.4.3, expires 0).
    fn ask_presence(&mut self, now: u64, call: CallId, uri: &str) {
        let target = Uri::new(uri.replacen("pres:", "sip:", 1));
        let Some(via) = self.hop_to(&target) else {
            let why = "its presence server is named, and names are not looked up here";
            return self.no_location(call, LocationSource::Presence, why.to_owned());
        };
        let sub = self.endpoint.new_subscription();
        self.watched.insert(sub, Watched::Presence(call));
        let wanted = NewSubscription {
            sub,
            target,
            from: format!("<sip:{}@{}>", "location", self.settings.element),
            via,
            package: "presence".to_owned(),
            accept: "application/pidf+xml".to_owned(),
            expires: 0,
            headers: self.route(),
        };
        self.sip(now, Order::Subscribe(Box::new(wanted)));
    }

    /// The Route header of requests of ours, if there is a border function.
    pub(super) fn route(&self) -> Vec<(String, String)> {
        let border = self.settings.border.iter();
        border.map(|(route, _)| ("Route".to_owned(), format!("<{route}>"))).collect()
    }

    /// The next hop of a request of ours: the border function, or an address written as numbers.
    pub(super) fn hop_to(&self, uri: &Uri) -> Option<Peer> {
        if let Some((_, peer)) = &self.settings.border {
            return Some(*peer);
        }
        let ip: IpAddr = uri.host()?.parse().ok()?;
        let transport = match uri.param("transport").map(|named| named.to_ascii_lowercase()) {
            Some(named) if named == "tcp" => Transport::Tcp,
            Some(named) if named == "tls" => Transport::Tls,
            _ if uri.is("sips") => Transport::Tls,
            _ => Transport::Udp,
        };
        let port = uri.port().unwrap_or_else(|| transport.default_port());
        Some(Peer { transport, addr: SocketAddr::new(ip, port), flow: 0 })
    }

    /// A presence document came.
    pub(super) fn presence_came(&mut self, call: CallId, body: &[u8]) {
        match pidf::read(body) {
            Ok(found) => self.located(call, LocationSource::Presence, &found),
            Err(unusable) => {
                self.no_location(call, LocationSource::Presence, unusable.to_string());
            }
        }
    }

    /// A location server answered: with a place, or with addresses at which there is one.
    fn held_came(&mut self, call: CallId, body: &[u8]) {
        match held::read_answer(body) {
            Ok(held::Answer::Location { pidf: Some(found), .. }) => {
                self.located(call, LocationSource::Held, &found);
            }
            Ok(held::Answer::Location { pidf: None, references }) => {
                let uris = references.map(|known| known.uris).unwrap_or_default();
                self.ask_there(call, &uris);
            }
            Ok(held::Answer::Error { code, .. }) => {
                let reason = format!("the location server says `{code}`");
                self.no_location(call, LocationSource::Held, reason);
            }
            Err(unusable) => self.no_location(call, LocationSource::Held, unusable.to_string()),
        }
    }

    /// From now on the place is asked for there. It is asked at once only where the address is
    /// another than before: two servers that name each other would be asked for ever.
    fn ask_there(&mut self, call: CallId, uris: &[String]) {
        let found = uris.iter().find_map(|uri| Reference::of(uri));
        let Some(line) = self.leg_of(call) else { return };
        match found.filter(|found| !line.references.contains(found)) {
            Some(found) => {
                line.references.insert(0, found);
                let leg = line.leg;
                self.due.insert((0, Due::Locate(leg)));
            }
            None => {
                let reason = "the location server names no address that is new".to_owned();
                self.no_location(call, LocationSource::Held, reason);
            }
        }
    }

    fn located(&mut self, call: CallId, source: LocationSource, found: &Pidf) {
        let location = location_of(found, source);
        let place = found.preferred.places.first().cloned();
        self.order(Command::LocateCall { call, location }, Purpose::Record);
        self.ask_who_is_responsible(call, place);
    }

    pub(super) fn no_location(&mut self, call: CallId, source: LocationSource, reason: String) {
        self.order(Command::ReportLocationFailed { call, source, reason }, Purpose::Record);
    }

    /// Outside our area somebody else may be responsible: the LoST server knows (RFC 5222).
    fn ask_who_is_responsible(&mut self, call: CallId, place: Option<Place>) {
        let (Some(place), Some(url)) = (place, self.settings.lost_url.clone()) else { return };
        // Of an address without a point only the centre's own map knows where it is.
        let Place::Geodetic(shape) = &place else { return };
        let point = shape.representative_point();
        if (self.responsible)(point.lat_e7(), point.lon_e7()) {
            return;
        }
        let ids = self.leg_of(call).and_then(|line| line.identifiers.clone());
        let question = lost::ServiceQuestion {
            place,
            service: SERVICE.to_owned(),
            boundary: lost::BoundaryForm::Reference,
            recursion: lost::Recursion::ByServer,
            call: ids.map(|Identifiers { call, incident }| lost::CallIds { call, incident }),
        };
        let body = lost::write_find_service(&question);
        self.fetch(Asked::Responsible(call), (url, LOST, Some(body)));
    }

    fn fetch(
        &mut self,
        asked: Asked,
        (url, content_type, body): (String, &'static str, Option<String>),
    ) {
        self.last_number += 1;
        let id = self.last_number;
        self.asked.insert(id, asked);
        let wait_ms = self.settings.wait_ms;
        self.outputs.push_back(Output::Fetch(Fetch { id, url, content_type, body, wait_ms }));
    }

    pub(super) fn take_fetched(&mut self, _now: u64, id: u64, answer: Result<Vec<u8>, String>) {
        match (self.asked.remove(&id), answer) {
            (Some(Asked::Location(call)), Ok(body)) => {
                self.held_came(call, &body);
            }
            (Some(Asked::Location(call)), Err(why)) => {
                let reason = format!("the location server: {why}");
                self.no_location(call, LocationSource::Held, reason);
            }
            (Some(Asked::Responsible(call)), Ok(body)) => self.who_is_responsible(call, &body),
            (Some(Asked::Responsible(call)), Err(why)) => {
                self.note(format!("{call}: the LoST server: {why}"));
            }
            (Some(Asked::Additional(call)), Ok(body)) => self.additional_came(call, &body),
            (Some(Asked::Additional(call)), Err(why)) => {
                self.note(format!("{call}: its additional data: {why}"));
            }
            (None, _) => {}
        }
    }

    /// What additional data says, among the words of the call: it came after the call.
    fn additional_came(&mut self, call: CallId, body: &[u8]) {
        match additional::read(body) {
            Ok(block) => {
                for words in block.sentences {
                    self.order(Command::RecordWords { call, words }, Purpose::Record);
                }
            }
            Err(why) => self.note(format!("{call}: its additional data: {why}")),
        }
    }

    fn who_is_responsible(&mut self, call: CallId, body: &[u8]) {
        let found = match lost::read_answer(body) {
            Ok(lost::Answer::Found(found)) => found,
            Ok(lost::Answer::Redirect { .. }) => {
                return self.note(format!("{call}: the LoST server only points elsewhere"));
            }
            Ok(lost::Answer::Errors(problems)) => {
                let kinds: Vec<String> = problems.into_iter().map(|one| one.kind).collect();
                return self.note(format!("{call}: LoST knows nobody: {}", kinds.join(", ")));
            }
            Err(why) => return self.note(format!("{call}: the answer is no LoST: {why}")),
        };
        let offer = found.mappings.into_iter().find_map(|mapping| {
            let to_uri = mapping.uris.first()?.clone();
            let service = mapping.service.unwrap_or_else(|| SERVICE.to_owned());
            let name = mapping.display_name.unwrap_or_else(|| to_uri.clone());
            Some(Command::OfferTransfer { call, service, to_uri, name })
        });
        match offer {
            Some(offer) => {
                self.order(offer, Purpose::Record);
            }
            None => self.note(format!("{call}: LoST names nobody to call")),
        }
    }
}
