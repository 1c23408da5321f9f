//! What is checked of the headers: the minimum that an answer needs, and what is merely noted.

use super::defect::{Defect, Flaw, note};
use super::message::Message;
use super::name_addr::NameAddr;
use super::sdp::Session;
use super::start_line::Method;
use super::text;
use super::via::Via;

/// Headers that may stand once (RFC 3261, 20). The first one counts.
const SINGLE: &[&str] = &[
    "From",
    "To",
    "Call-ID",
    "CSeq",
    "Max-Forwards",
    "Content-Type",
    "Content-Disposition",
    "Date",
    "Expires",
    "Subject",
    "Event",
    "Refer-To",
    "Replaces",
    "Session-Expires",
];

/// Headers that hold addresses and are looked through for faults.
const ADDRESSES: &[&str] = &["From", "To", "Contact", "Route", "Record-Route", "Refer-To"];

/// Headers that hold one number, and the largest one allowed (RFC 3261, 20.19, 20.22).
const NUMBERS: &[(&str, u64)] =
    &[("Max-Forwards", 255), ("Expires", 0xFFFF_FFFF), ("Min-Expires", 0xFFFF_FFFF)];

/// Why no answer to the message could be matched.
pub(super) fn minimum(message: &Message) -> Option<Defect> {
    let headers = &message.headers;
    let vias = headers.list("Via");
    let is_absent = |name| headers.get(name).is_none_or(<[u8]>::is_empty);
    let flaw = match vias.first() {
        None => Flaw::NoVia,
        Some(via) if Via::parse(via).is_none() => Flaw::ViaUnreadable,
        Some(_) if is_absent("From") => Flaw::NoFrom,
        Some(_) if is_absent("To") => Flaw::NoTo,
        Some(_) if is_absent("Call-ID") => Flaw::NoCallId,
        Some(_) if is_absent("CSeq") => Flaw::NoCseq,
        Some(_) => return cseq(message).map(Defect::new),
    };
    Some(Defect::new(flaw))
}

fn cseq(message: &Message) -> Option<Flaw> {
    let Some((_, method)) = message.cseq() else { return Some(Flaw::CseqUnreadable) };
    let differs = message.method().is_some_and(|asked| *asked != method);
    differs.then_some(Flaw::CseqMismatch)
}

/// Notes what is wrong with headers that an answer does not hang on.
pub(super) fn the_rest(message: &Message, defects: &mut Vec<Defect>) {
    for name in SINGLE.iter().filter(|name| message.headers.get_all(name).count() > 1) {
        note(defects, Defect::at(Flaw::SeveralValues, name));
    }
    check_via(message, defects);
    for name in ADDRESSES {
        check_addresses(message, name, defects);
    }
    if message.from().is_some_and(|from| from.tag().is_none()) {
        note(defects, Defect::new(Flaw::NoFromTag));
    }
    if message.cseq().is_some_and(|(number, _)| number > i32::MAX.unsigned_abs()) {
        note(defects, Defect::new(Flaw::CseqLarge));
    }
    check_numbers(message, defects);
    if message.headers.get("Date").is_some_and(|date| !is_date(date)) {
        note(defects, Defect::new(Flaw::DateUnreadable));
    }
}

/// Notes what is wrong with the body's parts and with its session description.
pub(super) fn body(message: &Message, defects: &mut Vec<Defect>) {
    let parts = message.parts();
    let session = parts.first("application/sdp").map(|part| Session::parse(&part.body));
    let found = parts.defects.into_iter().chain(session.into_iter().flat_map(|sdp| sdp.defects));
    found.for_each(|defect| note(defects, defect));
}

fn check_via(message: &Message, defects: &mut Vec<Defect>) {
    let lines = message.headers.get_all("Via").flat_map(|line| text::split(line, b','));
    for value in lines {
        match Via::read(value) {
            Some((_, flaws)) => {
                flaws.into_iter().for_each(|flaw| note(defects, Defect::at(flaw, "Via")));
            }
            None => note(defects, Defect::at(Flaw::EmptyValue, "Via")),
        }
    }
    // A CANCEL, a response and an ACK carry the branch of the INVITE and its fault with it.
    let branchless = message.via().is_some_and(|via| match via.branch() {
        None => true,
        Some(branch) => branch.eq_ignore_ascii_case("z9hG4bK"),
    });
    if branchless {
        note(defects, Defect::new(Flaw::NoViaBranch));
    }
}

fn check_addresses(message: &Message, name: &str, defects: &mut Vec<Defect>) {
    // From, To and Refer-To are no lists: a comma in them is part of a name without quotes.
    let is_list = !matches!(name, "From" | "To" | "Refer-To");
    let values: Vec<&[u8]> = match is_list {
        true => message.headers.list(name),
        false => message.headers.get_all(name).collect(),
    };
    for flaw in values.into_iter().flat_map(|value| NameAddr::read(value).1) {
        note(defects, Defect::at(flaw, name));
    }
}

fn check_numbers(message: &Message, defects: &mut Vec<Defect>) {
    for (name, max) in NUMBERS {
        let value = message.headers.get(name);
        if value.is_some_and(|value| text::number::<u64>(value).is_none_or(|n| n > *max)) {
            note(defects, Defect::at(Flaw::NumberUnreadable, name));
        }
    }
    let is_call = message.method() == Some(&Method::Invite);
    for contact in message.addresses("Contact").iter().filter(|_| !is_call) {
        let expires = contact.params.get("expires").map(str::as_bytes);
        if expires.is_some_and(|value| text::number::<u32>(value).is_none()) {
            note(defects, Defect::at(Flaw::NumberUnreadable, "Contact"));
        }
    }
}

/// `Sat, 13 Nov 2010 23:29:00 GMT` (RFC 3261, 20.17); the day of the week is not reckoned.
fn is_date(value: &[u8]) -> bool {
    const MONTHS: &[&str] =
        &["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    const DAYS: &[&str] = &["Mon,", "Tue,", "Wed,", "Thu,", "Fri,", "Sat,", "Sun,"];
    let text = text::decode(value);
    let words: Vec<&str> = text.split_whitespace().collect();
    let [weekday, day, month, year, time, zone] = words[..] else { return false };
    let number = |text: &str, max| text::number::<u32>(text.as_bytes()).is_some_and(|n| n <= max);
    let clock: Vec<&str> = time.split(':').collect();
    let [hour, minute, second] = clock[..] else { return false };
    DAYS.contains(&weekday)
        && MONTHS.contains(&month)
        && number(day, 31)
        && number(year, 9999)
        && number(hour, 23)
        && number(minute, 59)
        && number(second, 60)
        && zone == "GMT"
}
