//! The INVITE of a plan: who calls, from where, with which voice.

use std::net::SocketAddr;

use intake::location::pidf::{self, Located, Pidf, Place, Target};
use intake::sip::sdp::{self, Direction, Local};
use intake::sip::{Fields, LegId, NewCall, Uri};

use crate::oddity::Oddity;
use crate::plan::{Plan, Where};

/// Divides the parts of a body.
const BOUNDARY: &str = "evenhand-part";

/// Where a call hears, and how it is reached.
#[derive(Clone, Debug)]
pub(crate) struct Own {
    /// For voice.
    pub media: SocketAddr,
    /// For reports on voice, of all lines.
    pub reports_port: u16,
    /// Host and port by which others reach us.
    pub host: String,
    /// Behind the address in Contact: `;transport=tcp`, or nothing.
    pub transport: &'static str,
}

/// The order that makes the call.
pub(crate) fn new_call(plan: &Plan, leg: LegId, own: &Own) -> NewCall {
    let address = format!("sip:{}@{}", plan.number, own.host);
    let mut headers = vec![
        field("Contact", format!("<{address}{}>", own.transport)),
        field("P-Asserted-Identity", named(&plan.name, &format!("{address};user=phone"))),
    ];
    headers.extend(identifiers(plan));
    headers.extend(geolocation(plan, &own.host));
    let (content_type, body) = body(plan, own);
    NewCall {
        leg,
        target: Uri::new(plan.target.clone()),
        to: String::new(),
        from: named(&plan.name, &address),
        via: plan.to,
        headers,
        content_type,
        body,
    }
}

/// Our side of the voice.
pub(crate) fn local(own: &Own, session_id: u64, version: u64) -> Local {
    Local {
        address: own.media.ip().to_string(),
        port: own.media.port(),
        session_id,
        version,
        direction: Direction::SendRecv,
        languages: Vec::new(),
    }
}

/// A description with the port for reports, which is not the next one here.
pub(crate) fn with_reports(description: &str, own: &Own) -> String {
    format!("{description}a=rtcp:{}\r\n", own.reports_port)
}

fn field(name: &str, value: String) -> (String, String) {
    (name.to_owned(), value)
}

fn named(name: &str, address: &str) -> String {
    match name {
        "" => format!("<{address}>"),
        name => format!("\"{}\" <{address}>", name.replace(['"', '\\'], "")),
    }
}

/// NENA-STA-010.3f 2.1.6 and 2.1.7.
fn identifiers(plan: &Plan) -> Fields {
    let Some(names) = &plan.identifiers else { return Vec::new() };
    vec![
        field("Call-Info", format!("<{}>;purpose=emergency-CallId", names.call)),
        field("Call-Info", format!("<{}>;purpose=emergency-IncidentId", names.incident)),
    ]
}

/// RFC 6442.
fn geolocation(plan: &Plan, host: &str) -> Fields {
    let value = match &plan.place {
        Where::Unsaid => return Vec::new(),
        Where::Value(_) => format!("<cid:{}>", place_id(host)),
        Where::Reference(uri) => format!("<{uri}>"),
    };
    vec![field("Geolocation", value), field("Geolocation-Routing", "yes".to_owned())]
}

fn place_id(host: &str) -> String {
    format!("place@{}", host.replace(['[', ']', ':'], "."))
}

/// The offer alone, or with the place in a multipart.
fn body(plan: &Plan, own: &Own) -> (String, Vec<u8>) {
    let offer = offer(plan, own);
    let place = match &plan.place {
        Where::Value(places) => Some(document(plan, places)),
        Where::Unsaid | Where::Reference(_) => None,
    };
    let odd_part = plan.oddity == Some(Oddity::MimeWithoutBlankLine);
    if place.is_none() && !odd_part {
        let content_type = if offer.is_empty() { "" } else { "application/sdp" };
        return (content_type.to_owned(), offer.into_bytes());
    }
    let gap = if odd_part { "" } else { "\r\n" };
    let mut text = String::new();
    if !offer.is_empty() {
        text = format!("--{BOUNDARY}\r\nContent-Type: application/sdp\r\n{gap}{offer}\r\n");
    }
    if let Some(place) = place {
        let id = place_id(&own.host);
        text += &format!(
            "--{BOUNDARY}\r\nContent-Type: application/pidf+xml\r\nContent-ID: <{id}>\r\n\r\n\
             {place}\r\n"
        );
    }
    text += &format!("--{BOUNDARY}--\r\n");
    (format!("multipart/mixed;boundary={BOUNDARY}"), text.into_bytes())
}

fn offer(plan: &Plan, own: &Own) -> String {
    if plan.oddity == Some(Oddity::NoOffer) {
        return String::new();
    }
    let offer = sdp::offer(&local(own, u64::from(own.media.port()), 1), &plan.codecs);
    let offer = with_reports(&offer, own);
    match plan.oddity {
        Some(Oddity::TBeforeC) => t_before_c(&offer),
        _ => offer,
    }
}

fn t_before_c(offer: &str) -> String {
    let lines: Vec<&str> = offer.lines().collect();
    let (times, others): (Vec<&str>, Vec<&str>) =
        lines.into_iter().partition(|line| line.starts_with("t="));
    let mut text = String::new();
    for line in others {
        if line.starts_with("c=") {
            times.iter().for_each(|time| text += &format!("{time}\r\n"));
        }
        text += &format!("{line}\r\n");
    }
    text
}

/// The location document; how it was found is said by what is known.
fn document(plan: &Plan, places: &[Place]) -> String {
    let mut places = places.iter();
    let Some(first) = places.next() else { return String::new() };
    let method = match first {
        Place::Geodetic(_) => "Device-Based",
        Place::Civic(_) => "Manual",
    };
    let mut located = Located::new(Target::Tuple, first.clone());
    located.places.extend(places.cloned());
    located.method = Some(method.to_owned());
    located.usage_rules.retransmission_allowed = Some(true);
    let text = pidf::write(&Pidf::of(&format!("pres:{}@caller.invalid", plan.number), located));
    match plan.oddity {
        Some(Oddity::BrokenPlace) => text.chars().take(text.chars().count() / 2).collect(),
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use intake::location::{Point, Shape};
    use intake::sip::multipart::parts;
    use intake::sip::sdp::{Codec, Session};
    use intake::sip::{Peer, Transport};

    use crate::plan::{HangUp, Identifiers, Speech};

    fn plan(oddity: Option<Oddity>) -> Plan {
        let center = Point::new(423_736_000, -711_097_000).unwrap();
        Plan {
            target: "urn:service:sos".to_owned(),
            to: Peer {
                transport: Transport::Udp,
                addr: "127.0.0.1:5060".parse().unwrap(),
                flow: 0,
            },
            number: "+16175550123".to_owned(),
            name: "A \"caller\"".to_owned(),
            place: Where::Value(vec![Place::Geodetic(Shape::Circle { center, radius_cm: 5_000 })]),
            identifiers: Some(Identifiers {
                call: "urn:emergency:uid:callid:a:b.example".to_owned(),
                incident: "urn:emergency:uid:incidentid:a:b.example".to_owned(),
            }),
            codecs: vec![Codec::Pcmu, Codec::Pcma],
            speech: Speech::Silence,
            hang_up: HangUp::default(),
            oddity,
        }
    }

    fn call(oddity: Option<Oddity>) -> NewCall {
        let media = "127.0.0.1:40000".parse().unwrap();
        let host = "127.0.0.1:5070".to_owned();
        let own = Own { media, reports_port: 39_999, host, transport: "" };
        new_call(&plan(oddity), LegId(1), &own)
    }

    #[test]
    fn a_call_says_who_where_and_how() {
        let call = call(None);
        assert_eq!(call.from, "\"A caller\" <sip:+16175550123@127.0.0.1:5070>");
        let header = |name: &str| call.headers.iter().filter(|(n, _)| n == name).count();
        assert_eq!((header("Call-Info"), header("Geolocation"), header("Contact")), (2, 1, 1));
        let read = parts(&call.content_type, &call.body);
        assert!(read.defects.is_empty(), "{:?}", read.defects);
        let place = pidf::read(&read.first("application/pidf+xml").unwrap().body).unwrap();
        assert_eq!(place.preferred.point().unwrap().lat_e7(), 423_736_000);
        let offer = Session::parse(&read.first("application/sdp").unwrap().body);
        assert!(offer.defects.is_empty(), "{:?}", offer.defects);
        assert_eq!(offer.media[0].value("rtcp"), Some("39999"));
    }

    #[test]
    fn oddities_of_the_body_are_noticed_and_leave_it_readable() {
        let broken = call(Some(Oddity::MimeWithoutBlankLine));
        let read = parts(&broken.content_type, &broken.body);
        assert!(read.defects.iter().any(|defect| defect.code == "part-no-blank-line"));
        let swapped = call(Some(Oddity::TBeforeC));
        let read = parts(&swapped.content_type, &swapped.body);
        let offer = Session::parse(&read.first("application/sdp").unwrap().body);
        assert!(offer.defects.iter().any(|defect| defect.code == "sdp-order"));
        assert_eq!(offer.media[0].port, 40_000);
        let bare = call(Some(Oddity::NoOffer));
        assert!(parts(&bare.content_type, &bare.body).first("application/sdp").is_none());
        let cut = call(Some(Oddity::BrokenPlace));
        let read = parts(&cut.content_type, &cut.body);
        assert!(pidf::read(&read.first("application/pidf+xml").unwrap().body).is_err());
    }
}
