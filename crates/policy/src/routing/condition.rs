//! The eighteen conditions, read.

use crate::problem::accepted;
use crate::response::Class;

use super::form::{CONDITIONS, Form, OF_CONDITIONS, named};
use super::given::{Given, Reading, below};
use super::json::{Json, Value, shortened};
use super::moment;
use super::test::{Asked, Kin, Test, Wants, What};

/// Headers that a message has at most once (RFC 3261, table 2 and section 7.3).
const SINGLE_HEADERS: [&str; 16] = [
    "Call-ID",
    "Content-Length",
    "Content-Type",
    "CSeq",
    "Date",
    "Expires",
    "From",
    "Max-Forwards",
    "MIME-Version",
    "Organization",
    "Priority",
    "Reply-To",
    "Subject",
    "Timestamp",
    "To",
    "User-Agent",
];

/// Reads one condition; none if it cannot be judged, which is told.
pub(super) fn read(reading: &mut Reading<'_>, json: &Json, path: String) -> Option<Asked> {
    let form = form(reading, json, &path)?;
    let given = Given::check(reading, json, path, form, &OF_CONDITIONS)?;
    let (test, wants) = test(reading, form, &given)?;
    Some(Asked { test, wants, negated: given.flag("negation") })
}

fn form(reading: &mut Reading<'_>, json: &Json, path: &str) -> Option<&'static Form> {
    let name = type_of(reading, json, path, "conditionType")?;
    let form = named(&CONDITIONS, &name.0);
    if form.is_none() {
        let fault = format!("`{}` is `{}`", below(path, "conditionType"), shortened(&name.0));
        reading.wrong(name.1.at, fault, accepted(CONDITIONS.iter().map(|form| form.name)));
    }
    form
}

/// The text of the member that says the type of an object.
pub(super) fn type_of<'a>(
    reading: &mut Reading<'_>,
    json: &'a Json,
    path: &str,
    member: &str,
) -> Option<(String, &'a Json)> {
    let Value::Object(members) = &json.value else {
        let fault = format!("`{path}` is {}", json.described());
        reading.wrong(json.at, fault, format!("write an object with a `{member}`"));
        return None;
    };
    match members.iter().find(|one| one.name.eq_ignore_ascii_case(member)) {
        Some(one) => match &one.json.value {
            Value::Text(text) => Some((text.clone(), &one.json)),
            _ => {
                let fault = format!("`{}` is {}", below(path, member), one.json.described());
                reading.wrong(one.json.at, fault, "accepted is a text");
                None
            }
        },
        None => {
            reading.wrong(json.at, format!("`{path}` has no `{member}`"), "add it");
            None
        }
    }
}

fn test(reading: &mut Reading<'_>, form: &Form, given: &Given<'_>) -> Option<(Test, Wants)> {
    let kind = form.name.strip_suffix("Condition").unwrap_or(form.name);
    let plain = |class| Test::of(kind.to_owned(), class, What::Value);
    let state_of = |member: &str| {
        let subject = format!("{kind} of {}", given.text(member)?);
        let test = Test::of(subject, Class::Situation, What::Value).single();
        Some(test.by(given.word("condition", form)?, given.text("value")?))
    };
    let compared =
        |test: Test| Some(test.single().by(given.word("operator", form)?, given.text("content")?));
    match kind {
        "TimePeriod" => time_period(reading, given),
        "SipHeader" => sip_header(form, given),
        "AdditionalData" | "BodyPart" => measured(reading, form, given),
        "MimeBody" => mime_body(given),
        "Location" => location(given),
        "CallSuspicion" => call_suspicion(reading, given),
        "SecurityPosture" | "ServiceState" => state_of("service"),
        "QueueState" => state_of("queue"),
        "LostServiceUrn" => {
            let test = plain(Class::Emergency).kin(Kin::Way).single();
            Some(test.by("EQ", given.text("urn")?))
        }
        "CallSource" | "CallingNumberVerificationStatus" => compared(plain(Class::Caller)),
        "RequestUri" => compared(plain(Class::Emergency)),
        "NormalNextHop" => compared(plain(Class::Situation).kin(Kin::Way)),
        "IncomingQueue" => compared(plain(Class::Situation)),
        "SdpOffer" => sdp_offer(reading, given),
        "Cap" => cap(reading, form, given),
        _ => None,
    }
}

fn other(subject: &str, class: Class, text: String) -> (Test, Wants) {
    (Test::of(subject.to_owned(), class, What::Other(text)), Wants::Yes)
}

fn time_period(reading: &mut Reading<'_>, given: &Given<'_>) -> Option<(Test, Wants)> {
    let (start, end) = (given.text("dateStart")?, given.text("dateEnd")?);
    if moment::of_date_time(end)? < moment::of_date_time(start)? {
        let fault = format!("`{}` ends at `{end}`, before it starts", given.path);
        reading.wrong(given.at, fault, format!("give a `dateEnd` after `{start}`"));
    }
    let mut text = format!("from {start} to {end}");
    if given.text("timeStart").is_some() || given.text("timeEnd").is_some() {
        let from = given.text("timeStart").unwrap_or("00:00:00");
        text.push_str(&format!(", {from} to {}", given.text("timeEnd").unwrap_or("24:00:00")));
    }
    if let Some(days) = given.text("weekdayList").and_then(moment::weekdays) {
        text.push_str(&format!(", {}", days.join(" ")));
    }
    Some(other("TimePeriod", Class::Situation, text))
}

fn sip_header(form: &Form, given: &Given<'_>) -> Option<(Test, Wants)> {
    let field = given.text("field")?.trim_end_matches(':');
    let test = Test::of(format!("SipHeader {field}"), Class::Caller, What::Value);
    let single = SINGLE_HEADERS.iter().any(|header| header.eq_ignore_ascii_case(field));
    let test = if single { test.single() } else { test };
    Some(test.by(given.word("operator", form)?, given.text("content")?))
}

/// Additional data and body parts: there may be several of each in one call.
fn measured(reading: &mut Reading<'_>, form: &Form, given: &Given<'_>) -> Option<(Test, Wants)> {
    let element = given.text("element").unwrap_or_default();
    let (kind, class) = match given.text("type") {
        Some(kind) => (format!("AdditionalData {kind}"), Class::Caller),
        None => {
            let kind = given.text("contentType")?;
            (format!("BodyPart {kind}"), class_of_part(kind, element))
        }
    };
    let operator = given.word("operator", form)?;
    let content = given.text("content").unwrap_or_default();
    if content.is_empty() && !matches!(operator, "exists" | "missing") {
        let fault = format!("`{}` compares by `{operator}` with nothing", given.path);
        reading.wrong(given.at, fault, "give a `content`, or compare by `exists` or `missing`");
        return None;
    }
    let subject = format!("{kind} {element}").trim_end().to_owned();
    Some(Test::of(subject, class, What::IsThere).kin(Kin::Body).by(operator, content))
}

/// What a part of the body tells of.
fn class_of_part(content_type: &str, element: &str) -> Class {
    let content_type = content_type.to_lowercase();
    // Vehicle crash data tells what happened; all other blocks of RFC 7852 tell of the provider,
    // the subscriber or their device.
    if content_type.contains("emergencycalldata.veds") {
        return Class::Emergency;
    }
    let person = ["emergencycalldata", "vcard", "person", "subscriber"];
    if person.iter().any(|word| content_type.contains(word)) {
        return Class::Caller;
    }
    if content_type.contains("pidf") {
        // Beside the place, a presence document names the person and the device.
        let element = element.to_lowercase();
        let of_person = ["entity", "person", "device", "presentity"];
        let is_person = of_person.iter().any(|word| element.contains(word));
        return if is_person { Class::Caller } else { Class::Place };
    }
    Class::Emergency
}

fn mime_body(given: &Given<'_>) -> Option<(Test, Wants)> {
    let mut types: Vec<String> =
        given.texts("mimeList").into_iter().map(str::to_lowercase).collect();
    types.sort();
    types.dedup();
    if types.is_empty() {
        return None;
    }
    let class = types.iter().map(|one| class_of_part(one, "")).max().unwrap_or(Class::Emergency);
    let (test, wants) = other("MimeBody", class, format!("has {}", types.join(" or ")));
    Some((test.kin(Kin::Body), wants))
}

fn location(given: &Given<'_>) -> Option<(Test, Wants)> {
    let location = given.get("location")?;
    let Value::Object(members) = &location.value else { return None };
    let text = |name: &str| {
        let member = members.iter().find(|one| one.name.eq_ignore_ascii_case(name))?;
        match &member.json.value {
            Value::Text(text) => Some(text.clone()),
            _ => None,
        }
    };
    let (label, lo, profile) = (text("label")?, text("lo")?, text("profile")?);
    let (test, wants) = other("Location", Class::Place, format!("in {label:?} ({profile} {lo})"));
    Some((test.kin(Kin::Way), wants))
}

fn call_suspicion(reading: &mut Reading<'_>, given: &Given<'_>) -> Option<(Test, Wants)> {
    let (from, to) = (given.whole("scoreFrom")?, given.whole("scoreTo")?);
    if to < from {
        let fault = format!("`{}` reaches from `{from}` to `{to}`", given.path);
        reading.wrong(given.at, fault, "give a `scoreTo` that is not less than `scoreFrom`");
        return None;
    }
    let test = Test::of("CallSuspicion".to_owned(), Class::Caller, What::Score).single();
    Some((test, Wants::Between(from, to)))
}

/// An offer's media say how somebody calls; its languages say who.
fn sdp_offer(reading: &mut Reading<'_>, given: &Given<'_>) -> Option<(Test, Wants)> {
    let asked = given.canonical(&["conditionType", "negation", "description"]);
    if asked.is_empty() {
        let fault = format!("`{}` asks nothing of the offer", given.path);
        reading.wrong(given.at, fault, "give a medium such as `video`, or a language");
        return None;
    }
    let class = if asked.contains("lang") { Class::Caller } else { Class::Emergency };
    let (test, wants) = other("SdpOffer", class, format!("has {asked}"));
    Some((test.kin(Kin::Body), wants))
}

fn cap(reading: &mut Reading<'_>, form: &Form, given: &Given<'_>) -> Option<(Test, Wants)> {
    let tag = given.word("tag", form)?;
    // Nobody but the sender calls by an alert.
    let class = if tag == "Sender" { Class::Caller } else { Class::Emergency };
    let subject = format!("Cap {tag}");
    let (test, wants) = match (given.word("operator", form), given.text("content")) {
        (Some(operator), Some(content)) if given.get("nonInteractive").is_none() => {
            Test::of(subject, class, What::IsThere).by(operator, content)
        }
        (Some(_), None) | (None, Some(_)) => {
            let fault = format!("`{}` has one of `operator` and `content`", given.path);
            reading.wrong(given.at, fault, "give both or neither");
            return None;
        }
        _ => {
            let asked = given.canonical(&["conditionType", "negation", "description", "tag"]);
            other(&subject, class, if asked.is_empty() { "is there".to_owned() } else { asked })
        }
    };
    Some((test.kin(Kin::Body), wants))
}
