//! What is typed, read; refused with what would be accepted.

use phone::{CaType, CivicAddress, Codec, HangUp, Identifiers, Place, Point, Shape};

/// One `--hang-up`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HangUpAt {
    /// So long after the INVITE.
    Called(u64),
    /// So long after it began to ring.
    Ringing(u64),
    /// So long after the answer.
    Answered(u64),
    /// Not by itself.
    Never,
}

/// `ringing:2s`.
pub fn hang_up(text: &str) -> Result<HangUpAt, String> {
    if text == "never" {
        return Ok(HangUpAt::Never);
    }
    let accepted = "accepted: `called:10s`, `ringing:2s`, `answered:5s`, `never`";
    let wrong = || format!("`{text}` is no moment to hang up; {accepted}");
    let (stage, after) = text.split_once(':').ok_or_else(wrong)?;
    let after_ms = milliseconds(after)?;
    match stage {
        "called" => Ok(HangUpAt::Called(after_ms)),
        "ringing" => Ok(HangUpAt::Ringing(after_ms)),
        "answered" => Ok(HangUpAt::Answered(after_ms)),
        _ => Err(wrong()),
    }
}

/// All of them; the last of each kind counts.
pub fn together(all: &[HangUpAt]) -> HangUp {
    all.iter().fold(HangUp::default(), |before, at| match *at {
        HangUpAt::Called(ms) => HangUp { called_ms: Some(ms), ..before },
        HangUpAt::Ringing(ms) => HangUp { ringing_ms: Some(ms), ..before },
        HangUpAt::Answered(ms) => HangUp { answered_ms: Some(ms), ..before },
        HangUpAt::Never => HangUp::default(),
    })
}

/// `250ms`, `2s`, `5m`, `1h` in milliseconds.
pub fn milliseconds(text: &str) -> Result<u64, String> {
    let wrong = || format!("`{text}` is no duration; accepted: `250ms`, `2s`, `5m`, `1h`");
    let units = [("ms", 1), ("s", 1_000), ("m", 60_000), ("h", 3_600_000)];
    let read = |(unit, ms): (&str, u64)| {
        let count = text.strip_suffix(unit)?.parse::<u64>().ok()?;
        count.checked_mul(ms)
    };
    units.into_iter().find_map(read).ok_or_else(wrong)
}

/// A number: digits, with a plus in front if it is an international one.
pub fn number(text: &str) -> Result<String, String> {
    let digits = text.strip_prefix('+').unwrap_or(text);
    let fits = (1..=15).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
    let wrong = || format!("`{text}` is no number; accepted: up to 15 digits, `+16175550123`");
    fits.then(|| text.to_owned()).ok_or_else(wrong)
}

/// The number so many further on; its length stays.
pub fn next_number(number: &str, further: u64) -> String {
    let (plus, digits) = number.strip_prefix('+').map_or(("", number), |digits| ("+", digits));
    let width = digits.len();
    let limit = 10_u64.checked_pow(u32::try_from(width).unwrap_or(u32::MAX)).unwrap_or(u64::MAX);
    let next = digits.parse::<u64>().unwrap_or_default().wrapping_add(further) % limit;
    format!("{plus}{next:0width$}")
}

/// New names of a call and its incident (NENA-STA-010.3f 2.1.6, 2.1.7); none, where the system
/// gives no random bytes: the centre mints them then.
pub fn identifiers(call: u64) -> Option<Identifiers> {
    let random: [u8; 12] = server::random_bytes().ok()?;
    let text: String = random.iter().map(|byte| format!("{byte:02x}")).collect();
    Some(Identifiers {
        call: format!("urn:emergency:uid:callid:{text}{call}:caller.invalid"),
        incident: format!("urn:emergency:uid:incidentid:{text}{call}:caller.invalid"),
    })
}

/// `42.3736,-71.1097`.
pub fn point(text: &str) -> Result<Point, String> {
    let wrong =
        || format!("`{text}` is no place; accepted: degrees, latitude first, `42.3736,-71.1097`");
    let (lat, lon) = text.split_once(',').ok_or_else(wrong)?;
    let degrees =
        |text: &str| text.trim().parse::<f64>().ok().filter(|degrees| degrees.is_finite());
    let (lat, lon) = (degrees(lat).ok_or_else(wrong)?, degrees(lon).ok_or_else(wrong)?);
    // What is out of range becomes the limit, which is out of range for a point too.
    let e7 = |degrees: f64| (degrees * 1e7).round() as i32;
    Point::new(e7(lat), e7(lon)).ok_or_else(wrong)
}

/// `A3=Cambridge`.
pub fn civic_part(text: &str) -> Result<(CaType, String), String> {
    let names = || CaType::all().map(CaType::name).collect::<Vec<_>>().join(", ");
    let wrong =
        || format!("`{text}` is no part of an address; accepted: PART=VALUE, of {}", names());
    let (part, value) = text.split_once('=').ok_or_else(wrong)?;
    let part = CaType::named(part).or_else(|| CaType::named(&part.to_ascii_uppercase()));
    let value = value.trim();
    let part = part.filter(|_| !value.is_empty()).ok_or_else(wrong)?;
    Ok((part, value.to_owned()))
}

/// The places of a call, the coarser one first: an address and then the shape.
pub fn places(
    at: Option<Point>,
    uncertainty_m: Option<u32>,
    civic: &[(CaType, String)],
) -> Vec<Place> {
    let parts: Vec<(CaType, &str)> =
        civic.iter().map(|(part, text)| (*part, text.as_str())).collect();
    let address = (!parts.is_empty()).then(|| Place::Civic(CivicAddress::of(&parts)));
    let shape = at.map(|center| match uncertainty_m {
        Some(radius_m) => Shape::Circle { center, radius_cm: radius_m.saturating_mul(100) },
        None => Shape::Point(center),
    });
    address.into_iter().chain(shape.map(Place::Geodetic)).collect()
}

/// `pcmu` or `pcma`.
pub fn codec(text: &str) -> Result<Codec, String> {
    match text.to_ascii_lowercase().as_str() {
        "pcmu" => Ok(Codec::Pcmu),
        "pcma" => Ok(Codec::Pcma),
        _ => Err(format!("`{text}` is not spoken here; accepted: `pcmu`, `pcma`")),
    }
}

/// Calls a second.
pub fn rate(text: &str) -> Result<f64, String> {
    let rate = text.parse::<f64>().ok().filter(|rate| (0.001..=1_000.0).contains(rate));
    rate.ok_or_else(|| format!("`{text}` is no rate; accepted: 0.001 to 1000 calls a second"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_to_hang_up_are_read_and_put_together() {
        let all: Vec<HangUpAt> =
            ["ringing:2s", "answered:250ms"].iter().map(|text| hang_up(text).unwrap()).collect();
        let at = HangUp { ringing_ms: Some(2_000), answered_ms: Some(250), called_ms: None };
        assert_eq!(together(&all), at);
        assert_eq!(together(&[HangUpAt::Ringing(1), HangUpAt::Never]), HangUp::default());
        for wrong in ["", "ringing", "ringing:2", "later:2s", "answered:-1s"] {
            assert!(hang_up(wrong).unwrap_err().contains("accepted: "), "{wrong}");
        }
    }

    #[test]
    fn numbers_follow_each_other() {
        assert_eq!(next_number("+16175550123", 9), "+16175550132");
        assert_eq!(next_number("999", 2), "001");
        assert_eq!(number("911"), Ok("911".to_owned()));
        for wrong in ["", "+", "617-555-0123", "1234567890123456"] {
            assert!(number(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn places_are_read_or_refused() {
        let at = point("42.3736,-71.1097").unwrap();
        assert_eq!((at.lat_e7(), at.lon_e7()), (423_736_000, -711_097_000));
        for wrong in ["", "42", "91,0", "0,181", "NaN,0", "a,b"] {
            assert!(point(wrong).unwrap_err().contains("accepted: "), "{wrong}");
        }
        let civic = [civic_part("hno=795").unwrap(), civic_part("RD=Massachusetts Ave").unwrap()];
        let places = places(Some(at), Some(50), &civic);
        let [Place::Civic(address), Place::Geodetic(Shape::Circle { radius_cm: 5_000, .. })] =
            places.as_slice()
        else {
            panic!("{places:?}");
        };
        assert_eq!(address.one_line(), "795 Massachusetts Ave");
        assert!(civic_part("PLANET=Earth").unwrap_err().contains("HNO"));
    }

    #[test]
    fn rates_and_codecs_have_limits() {
        assert_eq!(rate("20"), Ok(20.0));
        assert!(rate("0").is_err() && rate("NaN").is_err());
        assert_eq!(codec("PCMA"), Ok(Codec::Pcma));
        assert!(codec("opus").is_err());
    }
}
