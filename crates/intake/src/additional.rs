//! Additional data about a call (RFC 7852, and crash reports by RFC 8148): what the networks, the
//! device and the car say, in short plain sentences for the call-taker.
//!
//! Read leniently: what is there is said, what is missing is left out, and a block of a kind that
//! is not known says at least that it came.

use crate::xml::{self, Element, NotXml};

/// Longer sentences are cut.
const SENTENCE_CHARS_MAX: usize = 300;
/// Further sentences of one block are left out.
const SENTENCES_MAX: usize = 40;

/// What a block is about.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum BlockKind {
    /// Who carries the call (RFC 7852, section 4.1).
    Provider,
    /// What kind of line it is (section 4.2).
    Line,
    /// What kind of telephone (section 4.3).
    Device,
    /// Whose line it is (section 4.4).
    Subscriber,
    /// A free text (section 4.5).
    Comment,
    /// What a car says about its crash (RFC 8148).
    Crash,
    /// Something else.
    Unknown,
}

/// One block of additional data.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AdditionalBlock {
    /// What it is about.
    pub kind: BlockKind,
    /// What it says, in sentences. They name persons and numbers, and are kept as such.
    pub sentences: Vec<String>,
}

/// Reads one block.
///
/// # Errors
/// Only if the bytes are no XML.
pub fn read(bytes: &[u8]) -> Result<AdditionalBlock, NotXml> {
    let root = xml::read(bytes)?.root;
    let kind = kind_of(&root.name);
    let said = match kind {
        BlockKind::Provider => provider(&root),
        BlockKind::Line => line(&root),
        BlockKind::Device => device(&root),
        BlockKind::Subscriber => subscriber(&root),
        BlockKind::Comment => comments(&root),
        BlockKind::Crash => crash(&root),
        BlockKind::Unknown => {
            vec![Some("Additional data of an unknown kind came with the call.".into())]
        }
    };
    let sentences = said.into_iter().flatten().take(SENTENCES_MAX).map(cut).collect();
    Ok(AdditionalBlock { kind, sentences })
}

fn kind_of(name: &str) -> BlockKind {
    match name.rsplit('.').next().unwrap_or_default() {
        "ProviderInfo" => BlockKind::Provider,
        "ServiceInfo" => BlockKind::Line,
        "DeviceInfo" => BlockKind::Device,
        "SubscriberInfo" => BlockKind::Subscriber,
        "Comment" => BlockKind::Comment,
        "AutomatedCrashNotification" => BlockKind::Crash,
        _ => BlockKind::Unknown,
    }
}

fn cut(sentence: String) -> String {
    if sentence.chars().count() <= SENTENCE_CHARS_MAX {
        return sentence;
    }
    let kept: String = sentence.chars().take(SENTENCE_CHARS_MAX).collect();
    format!("{}…", kept.trim_end())
}

type Said = Vec<Option<String>>;

/// The first element of this name anywhere below, as text.
fn find(root: &Element, name: &str) -> Option<String> {
    root.walk().iter().find(|e| e.name == name).and_then(|e| e.token())
}

fn say(root: &Element, name: &str, what: &str) -> Option<String> {
    find(root, name).map(|value| format!("{what}: {}.", value.trim_end_matches('.')))
}

fn provider(root: &Element) -> Said {
    vec![
        say(root, "DataProviderString", "Provider"),
        say(root, "TypeOfProvider", "Kind of provider"),
        say(root, "ProviderID", "Provider's identifier"),
        say(root, "ContactURI", "Reach the provider at"),
    ]
}

fn line(root: &Element) -> Said {
    vec![
        say(root, "ServiceEnvironment", "Business or home"),
        say(root, "ServiceType", "Kind of line"),
        say(root, "ServiceMobility", "Fixed or mobile"),
    ]
}

fn device(root: &Element) -> Said {
    let maker = [find(root, "DeviceMfgr"), find(root, "DeviceModelNr")];
    let maker = maker.into_iter().flatten().collect::<Vec<_>>().join(" ");
    let identifier = root.walk().into_iter().find(|e| e.name == "UniqueDeviceID");
    let identifier = identifier.and_then(|element| {
        let kind = element.attribute("TypeOfDeviceID").unwrap_or("identifier");
        Some(format!("Device {kind}: {}.", element.token()?))
    });
    vec![
        say(root, "DeviceClassification", "Kind of device"),
        (!maker.is_empty()).then(|| format!("Made by: {maker}.")),
        identifier,
    ]
}

fn subscriber(root: &Element) -> Said {
    let inside = root.walk();
    let name = inside.iter().find(|e| e.name == "fn").and_then(|e| e.token_of("text"));
    let mut said: Said = vec![name.map(|name| format!("Subscriber: {name}."))];
    if root.attribute("privacyRequested") == Some("true") {
        said.push(Some("The subscriber asks for privacy.".to_owned()));
    }
    for address in inside.iter().filter(|e| e.name == "adr") {
        let parts = ["street", "locality", "region", "code"];
        let parts = parts.iter().filter_map(|part| address.token_of(part)).collect::<Vec<_>>();
        said.push((!parts.is_empty()).then(|| format!("Address: {}.", parts.join(", "))));
    }
    for telephone in inside.iter().filter(|e| e.name == "tel") {
        let number = telephone.token_of("uri").or_else(|| telephone.token_of("text"));
        let number = number.map(|number| number.trim_start_matches("tel:").to_owned());
        said.push(number.map(|number| format!("Telephone: {number}.")));
    }
    for language in inside.iter().filter(|e| e.name == "language-tag") {
        said.push(language.token().map(|tag| format!("Language: {tag}.")));
    }
    said
}

fn comments(root: &Element) -> Said {
    root.children_named("Comment").map(Element::token).collect()
}

/// The facts that decide what is sent stand first: fire, fuel, injuries, rollover, who was in it.
fn crash(root: &Element) -> Said {
    vec![
        yes(root, "VehicleFireIndicator", "The vehicle is on fire."),
        yes(root, "FuelLeakingIndicator", "Fuel is leaking."),
        yes(root, "SevereInjuryIndicator", "Severe injury is likely."),
        yes(root, "MultipleImpactsIndicator", "There were several impacts."),
        rollover(root),
        say(root, "VehicleFinalRestOrientationCategoryCode", "Final rest of the vehicle"),
        speed_change(root),
        say(root, "CrashPulsePrincipalDirectionOfForceValue", "Hit from (o'clock)"),
        airbags(root),
        seats(root),
        vehicle(root),
    ]
}

fn is_true(text: &str) -> bool {
    matches!(text, "true" | "1")
}

fn yes(root: &Element, name: &str, sentence: &str) -> Option<String> {
    find(root, name).filter(|value| is_true(value)).map(|_| sentence.to_owned())
}

fn rollover(root: &Element) -> Option<String> {
    let turns = find(root, "CrashPulseRolloverQuarterTurnsValue").filter(|turns| turns != "0")?;
    Some(format!("It rolled over, in quarter turns: {turns}."))
}

fn speed_change(root: &Element) -> Option<String> {
    let inside = root.walk();
    let measure = inside.iter().find(|e| e.name == "CrashPulseChangeInVelocityMeasure")?;
    let unit = measure.token_of("MeasureUnitText").unwrap_or_default();
    let value = measure.token_of("MeasurePointValue")?;
    Some(format!("Change of speed: {}.", format!("{value} {unit}").trim_end()))
}

fn airbags(root: &Element) -> Option<String> {
    let inside = root.walk();
    let deployed = inside.iter().filter(|e| e.name == "Airbag").filter(|airbag| {
        airbag.token_of("AirbagDeployedIndicator").is_some_and(|value| is_true(&value))
    });
    let deployed: Vec<String> =
        deployed.filter_map(|airbag| airbag.token_of("AirbagCategoryCode")).collect();
    (!deployed.is_empty()).then(|| format!("Airbags deployed: {}.", deployed.join(", ")))
}

fn seats(root: &Element) -> Option<String> {
    let inside = root.walk();
    let has = |seat: &Element, name| seat.token_of(name).is_some_and(|value| is_true(&value));
    let seats = inside.iter().filter(|e| e.name == "VehicleSeat");
    let occupied: Vec<_> = seats.filter(|e| has(e, "VehicleSeatOccupiedIndicator")).collect();
    let belted = occupied.iter().filter(|e| has(e, "VehicleSeatbeltFastenedIndicator")).count();
    let count = occupied.len();
    (count > 0).then(|| format!("Seats occupied: {count}, with belt fastened: {belted}."))
}

fn vehicle(root: &Element) -> Option<String> {
    let names = ["ItemModelYearDate", "ItemMakeName", "ItemModelName"];
    let words: Vec<String> = names.iter().filter_map(|name| find(root, name)).collect();
    (!words.is_empty()).then(|| format!("Vehicle: {}.", words.join(" ")))
}
