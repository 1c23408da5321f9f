//! What a caller's telephone does: made of the command that would have presented the call.

use std::net::SocketAddr;

use center::{Clear, Input, Order};
use evenhand_core::{Command, Location};
use phone::{
    CaType, CivicAddress, Codec, HangUp, Identifiers, Peer, Place, Plan, Point, Shape, Speech,
    Transport, Where,
};

/// Digits by which a number is known again, whatever stands before them.
const DIGITS: usize = 10;

/// The call of a caller; `None` for what is no call.
pub fn of(input: &Input, identifier: String, centre: SocketAddr) -> Option<Plan> {
    let Order::Command(Command::PresentCall { number, name, location, test, .. }) = &input.order
    else {
        return None;
    };
    let service = if *test { "urn:service:test.sos" } else { "urn:service:sos" };
    let digits = number.as_ref().map(|Clear(number)| last_digits(number)).unwrap_or_default();
    let incident = identifier.replace(":callid:", ":incidentid:");
    Some(Plan {
        target: service.to_owned(),
        to: Peer { transport: Transport::Udp, addr: centre, flow: 0 },
        number: format!("+1{digits}"),
        name: name.as_ref().map(|Clear(name)| name.clone()).unwrap_or_default(),
        place: location.as_ref().map(place).unwrap_or_default(),
        identifiers: Some(Identifiers { call: identifier, incident }),
        codecs: vec![Codec::Pcmu, Codec::Pcma],
        speech: Speech::Tone(pitch(&input.key)),
        hang_up: HangUp::default(),
        oddity: None,
    })
}

/// Another pitch for each caller, 300 to 990 Hz in steps of 10.
fn pitch(key: &str) -> u32 {
    let digits: String = key.chars().filter(char::is_ascii_digit).collect();
    let id: u32 = digits.parse().unwrap_or_default();
    // 29 has no factor in common with 70, so neighbours are far apart and all come in turn.
    300 + id.wrapping_mul(29) % 70 * 10
}

/// The last digits of a number.
pub fn last_digits(number: &str) -> String {
    let digits: Vec<char> = number.chars().filter(char::is_ascii_digit).collect();
    digits.get(digits.len().saturating_sub(DIGITS)..).unwrap_or_default().iter().collect()
}

/// What the line itself tells of the place, as a location document has it.
fn place(location: &Location<Clear>) -> Where {
    let shape = location.point.as_ref().and_then(|Clear(point)| {
        let (lat, lon) = point.split_once(',')?;
        let center = Point::new(lat.parse().ok()?, lon.parse().ok()?)?;
        let radius_m = location.uncertainty_m.unwrap_or(1);
        Some(Place::Geodetic(Shape::Circle { center, radius_cm: radius_m.saturating_mul(100) }))
    });
    let address = location.address.as_ref().map(|Clear(text)| Place::Civic(address(text)));
    let places: Vec<Place> = address.into_iter().chain(shape).collect();
    if places.is_empty() { Where::Unsaid } else { Where::Value(places) }
}

/// `77 Massachusetts Ave` as number and road; anything else as a road by itself.
fn address(text: &str) -> CivicAddress {
    match text.split_once(' ') {
        Some((number, road)) if number.starts_with(|c: char| c.is_ascii_digit()) => {
            CivicAddress::of(&[(CaType::Hno, number), (CaType::Rd, road)])
        }
        Some(_) | None => CivicAddress::of(&[(CaType::Rd, text)]),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn numbers_are_known_by_their_last_digits() {
        assert_eq!(last_digits("+16175550117"), last_digits("617-555-0117"));
        assert_eq!(last_digits("911"), "911");
    }

    #[test]
    fn neighbours_have_pitches_that_can_be_told_apart() {
        let pitches: BTreeSet<u32> = (1..=70).map(|id| pitch(&format!("ring-{id}"))).collect();
        assert_eq!(pitches.len(), 70);
        assert!(pitches.iter().all(|pitch| (300..1_000).contains(pitch)));
    }

    #[test]
    fn an_address_reads_as_it_was() {
        for text in ["77 Massachusetts Ave", "Broadway & Prospect St"] {
            assert_eq!(address(text).one_line(), text);
        }
    }
}
