//! PIDF-LO (RFC 4119, 5139, 5491, 5962, 6848, 7459): who or what is where, since when, and how
//! that is known.
//!
//! A document may have several locations: of a service (`tuple`), of a device and of a person.
//! RFC 5491, section 3.4, says that the one which stands first is preferred, and that within one
//! `location-info` the coarser part comes first; both orders are kept. Bodies of SIP presence
//! notifications (RFC 3856) are the same documents.

use super::civic::{CivicAddress, read_civic};
use super::defect::{Defect, NoUsableLocation};
use super::gml::{is_shape, read_shape};
use super::namespace::{PIDF, is_location_namespace, note_wrong_namespaces};
use super::number::{Rounding, scaled};
use super::shape::{Angle, Point, Shape};
use super::write;
use crate::xml::{self, Element};
use evenhand_core::Timestamp;
use std::collections::BTreeSet;

/// Further locations of one document are left out.
const LOCATIONS_MAX: usize = 32;
/// Further places in one `location-info` are left out.
const PLACES_MAX: usize = 8;
/// Further references to additional data are left out.
const REFERENCES_MAX: usize = 32;
/// Longer methods and addresses of references are cut.
const TOKEN_CHARS_MAX: usize = 1_000;

type Defects = BTreeSet<Defect>;

/// A location document.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Pidf {
    /// Whose presence it is: `pres:alice@example.com`.
    pub entity: Option<String>,
    /// The location to use.
    pub preferred: Located,
    /// Further ones, most preferred first.
    pub others: Vec<Located>,
    /// What is wrong with the document.
    pub defects: BTreeSet<Defect>,
}

/// What is located.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Target {
    /// A service, which old senders take for everything.
    Tuple,
    /// A device, by its own identifier if it says one: `mac:00-00-5e-00-53-01`.
    Device(Option<String>),
    /// A person.
    Person,
}

/// One location with what is said about it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Located {
    /// What is located.
    pub target: Target,
    /// Where it may be: never empty after reading, the coarser place first (RFC 5491, rule 7).
    pub places: Vec<Place>,
    /// How likely it is inside, and how that spreads; `None`: not said, which means 95 %
    /// (RFC 7459, section 4.1).
    pub confidence: Option<Confidence>,
    /// How it moves (RFC 5962).
    pub motion: Option<Motion>,
    /// How it was found: `GPS`, `Manual`, `Default`.
    pub method: Option<String>,
    /// When it was there.
    pub at: Option<Timestamp>,
    /// What may be done with it.
    pub usage_rules: UsageRules,
    /// Where there is more to read (RFC 7852, section 5.3).
    pub provided_by: Vec<DataReference>,
}

/// One description of a place.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Place {
    /// On the earth.
    Geodetic(Shape),
    /// By its address.
    Civic(CivicAddress),
}

/// How sure a location is (RFC 7459, section 4).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Confidence {
    /// Hundredths of a percent, 1 to 10000; `None`: the sender says that it does not know.
    pub percent_e2: Option<u16>,
    /// How the probability spreads over the shape.
    pub spread: Spread,
}

/// The shape of a probability (`pdf` in RFC 7459).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Spread {
    /// Not said.
    Unknown,
    /// Densest in the middle.
    Normal,
    /// The same everywhere.
    Rectangular,
}

/// How something moves (RFC 5962).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Motion {
    /// Centimetres a second.
    pub speed_cm_s: Option<u32>,
    /// Where it goes.
    pub heading: Option<Angle>,
    /// Where it faces.
    pub orientation: Option<Angle>,
}

/// What the owner of a location allows (RFC 4119, section 2.2.2).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct UsageRules {
    /// May it be passed on? Not said means no, except to those who need it for the emergency.
    pub retransmission_allowed: Option<bool>,
    /// Until when may it be kept?
    pub retention_expiry: Option<Timestamp>,
}

/// Where additional data of one kind can be fetched.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DataReference {
    /// `EmergencyCallData.ProviderInfo`.
    pub purpose: String,
    /// The address.
    pub uri: String,
}

impl Located {
    /// A place of a target, with nothing more said about it.
    #[must_use]
    pub fn new(target: Target, place: Place) -> Self {
        Self { places: vec![place], ..Self::nowhere(target) }
    }

    /// What reading starts from.
    fn nowhere(target: Target) -> Self {
        Self {
            target,
            places: Vec::new(),
            confidence: None,
            motion: None,
            method: None,
            at: None,
            usage_rules: UsageRules::default(),
            provided_by: Vec::new(),
        }
    }

    /// The place that stands in for one that nobody knows; its method says so
    /// (NENA-STA-010, section 4.2.1.7).
    #[must_use]
    pub fn default_location(place: Place, at: Timestamp) -> Self {
        let method = Some("Default".to_owned());
        Self { method, at: Some(at), ..Self::new(Target::Tuple, place) }
    }

    /// True if the location stands in for one that nobody knows.
    #[must_use]
    pub fn is_default(&self) -> bool {
        self.method.as_deref().is_some_and(|method| method.eq_ignore_ascii_case("default"))
    }

    /// The finest shape.
    #[must_use]
    pub fn shape(&self) -> Option<&Shape> {
        self.places.iter().rev().find_map(|place| match place {
            Place::Geodetic(shape) => Some(shape),
            Place::Civic(_) => None,
        })
    }

    /// The finest address.
    #[must_use]
    pub fn address(&self) -> Option<&CivicAddress> {
        self.places.iter().rev().find_map(|place| match place {
            Place::Civic(address) => Some(address),
            Place::Geodetic(_) => None,
        })
    }

    /// The centroid of the finest shape.
    #[must_use]
    pub fn point(&self) -> Option<Point> {
        self.shape().map(Shape::representative_point)
    }
}

impl Pidf {
    /// A document of one location.
    #[must_use]
    pub fn of(entity: &str, preferred: Located) -> Self {
        let (others, defects) = (Vec::new(), BTreeSet::new());
        Self { entity: Some(entity.to_owned()), preferred, others, defects }
    }

    /// All locations, most preferred first.
    pub fn locations(&self) -> impl Iterator<Item = &Located> {
        std::iter::once(&self.preferred).chain(&self.others)
    }
}

/// Reads a document.
///
/// # Errors
/// Says why there is no place in it that can be used; never repeats what stands in it.
pub fn read(bytes: &[u8]) -> Result<Pidf, NoUsableLocation> {
    let document = xml::read(bytes)?;
    let mut pidf = read_presence(&document.root)?;
    pidf.defects.extend(document.sloppiness.into_iter().map(Defect::Xml));
    Ok(pidf)
}

/// Writes a document as the standards have it: elements in order, rings closed, units named.
///
/// A device without an identifier, which RFC 4479 does not allow, is written as a tuple.
#[must_use]
pub fn write(pidf: &Pidf) -> String {
    write::write_pidf(pidf)
}

pub(super) fn read_presence(root: &Element) -> Result<Pidf, NoUsableLocation> {
    if root.name != "presence" || !matches!(root.namespace.as_str(), PIDF | "") {
        return Err(NoUsableLocation::NotPresence);
    }
    let mut defects = Defects::new();
    note_wrong_namespaces(root, &mut defects);
    let entity = root.attribute("entity").filter(|entity| !entity.is_empty());
    if entity.is_none() {
        defects.insert(Defect::MissingEntity);
    }
    let mut reading = Reading { defects, found: Vec::new(), fault: None };
    for child in &root.children {
        reading.target(child);
    }
    let Reading { defects, found, fault } = reading;
    let mut found = found.into_iter();
    let preferred = found.next().ok_or(fault.unwrap_or(NoUsableLocation::NoLocation))?;
    let entity = entity.map(str::to_owned);
    Ok(Pidf { entity, preferred, others: found.collect(), defects })
}

struct Reading {
    defects: Defects,
    found: Vec<Located>,
    /// Why the first place that cannot be used cannot be used.
    fault: Option<NoUsableLocation>,
}

impl Reading {
    fn target(&mut self, element: &Element) {
        let inside = element.walk();
        let named = |name: &str| -> Vec<&Element> {
            let is_it = |e: &&&Element| e.name == name && is_location_namespace(&e.namespace);
            inside.iter().filter(is_it).copied().collect()
        };
        let mut geoprivs = named("geopriv");
        if geoprivs.is_empty() && !named("location-info").is_empty() {
            self.defects.insert(Defect::MissingGeopriv);
            geoprivs.push(element);
        }
        for geopriv in geoprivs {
            self.located(element, geopriv);
        }
    }

    fn located(&mut self, element: &Element, geopriv: &Element) {
        if self.found.len() >= LOCATIONS_MAX {
            self.defects.insert(Defect::TooManyLocations);
            return;
        }
        let target = match element.name.as_str() {
            "device" => Target::Device(element.token_of("deviceID").map(|id| self.cut(id))),
            "person" => Target::Person,
            _ => Target::Tuple,
        };
        let mut located = Located::nowhere(target);
        let inside = geopriv.walk();
        for info in inside.iter().filter(|e| e.name == "location-info") {
            self.location_info(info, &mut located);
        }
        if located.places.is_empty() {
            let why = if located.motion.is_some() {
                NoUsableLocation::OnlyMotion
            } else {
                NoUsableLocation::NoLocation
            };
            self.fault.get_or_insert(why);
            return;
        }
        located.method = inside.iter().find(|e| e.name == "method").and_then(|e| e.token());
        located.method = located.method.map(|method| self.cut(method));
        located.at = self.time_in(element);
        located.usage_rules = self.usage_rules(geopriv);
        located.provided_by = self.provided_by(geopriv);
        self.found.push(located);
    }

    fn location_info(&mut self, info: &Element, located: &mut Located) {
        for child in &info.children {
            if !is_location_namespace(&child.namespace) {
                self.defects.insert(Defect::UnknownPartSkipped);
                continue;
            }
            match child.name.as_str() {
                "civicAddress" | "civicLoc" => self.place(child, located),
                "confidence" => located.confidence = self.confidence(child),
                "Dynamic" => located.motion = Some(self.motion(child)),
                // The wrapper of RFC 4119, before RFC 5491 did away with it.
                "location" => self.location_info(child, located),
                name if is_shape(name) => self.place(child, located),
                _ => {
                    self.defects.insert(Defect::UnknownPartSkipped);
                }
            }
        }
    }

    fn place(&mut self, element: &Element, located: &mut Located) {
        if located.places.len() >= PLACES_MAX {
            self.defects.insert(Defect::TooManyLocations);
            return;
        }
        let place = match is_shape(&element.name) {
            true => read_shape(element, &mut self.defects).map(Place::Geodetic),
            false => read_civic(element, &mut self.defects).map(Place::Civic),
        };
        match place {
            Ok(place) => located.places.push(place),
            Err(fault) => {
                self.fault.get_or_insert(fault);
                self.defects.insert(Defect::UnusablePlaceSkipped);
            }
        }
    }

    fn confidence(&mut self, element: &Element) -> Option<Confidence> {
        let spread = match element.attribute("pdf").unwrap_or_default() {
            "normal" => Spread::Normal,
            "rectangular" => Spread::Rectangular,
            _ => Spread::Unknown,
        };
        let text = element.token().unwrap_or_default();
        if text == "unknown" {
            return Some(Confidence { percent_e2: None, spread });
        }
        let percent_e2 = scaled(&text, 2, Rounding::Nearest).and_then(|e2| u16::try_from(e2).ok());
        let percent_e2 = percent_e2.filter(|e2| (1..=10_000).contains(e2));
        if percent_e2.is_none() {
            self.defects.insert(Defect::UnreadableConfidence);
            return None;
        }
        Some(Confidence { percent_e2, spread })
    }

    fn motion(&mut self, element: &Element) -> Motion {
        let mut number = |name: &str| {
            let text = element.token_of(name)?;
            // A second number is the tilt upwards, which no map shows.
            let first = text.split([' ', ',']).next().unwrap_or_default();
            let number = scaled(first, 2, Rounding::Nearest);
            if number.is_none() {
                self.defects.insert(Defect::UnreadableMotion);
            }
            number
        };
        Motion {
            speed_cm_s: number("speed").and_then(|speed| u32::try_from(speed).ok()),
            heading: number("heading").map(Angle::from_centidegrees),
            orientation: number("orientation").map(Angle::from_centidegrees),
        }
    }

    fn usage_rules(&mut self, geopriv: &Element) -> UsageRules {
        let Some(rules) = geopriv.child("usage-rules") else {
            self.defects.insert(Defect::MissingUsageRules);
            return UsageRules::default();
        };
        let expiry = rules.child("retention-expiry").or_else(|| rules.child("retention-expires"));
        UsageRules {
            retransmission_allowed: rules
                .token_of("retransmission-allowed")
                .and_then(|text| self.truth(&text)),
            retention_expiry: expiry.and_then(|expiry| self.time(expiry)),
        }
    }

    fn truth(&mut self, text: &str) -> Option<bool> {
        let truth = match text.to_ascii_lowercase().as_str() {
            "true" | "1" | "yes" => Some(true),
            "false" | "0" | "no" => Some(false),
            _ => None,
        };
        if !matches!(text, "true" | "false" | "1" | "0") {
            self.defects.insert(Defect::OddTruthValue);
        }
        truth
    }

    fn provided_by(&mut self, geopriv: &Element) -> Vec<DataReference> {
        let inside = geopriv.walk();
        let references = inside.iter().filter(|e| e.name == "EmergencyCallDataReference");
        let mut found = Vec::new();
        for reference in references {
            let (purpose, uri) = (reference.attribute("purpose"), reference.attribute("ref"));
            let (Some(purpose), Some(uri)) = (purpose, uri) else { continue };
            if found.len() >= REFERENCES_MAX {
                self.defects.insert(Defect::UnknownPartSkipped);
                break;
            }
            let (purpose, uri) = (self.cut(purpose.to_owned()), self.cut(uri.to_owned()));
            found.push(DataReference { purpose, uri });
        }
        found
    }

    /// The time of a tuple, device or person, wherever inside it the sender put it.
    fn time_in(&mut self, element: &Element) -> Option<Timestamp> {
        let inside = element.walk();
        inside.iter().find(|e| e.name == "timestamp").and_then(|element| self.time(element))
    }

    fn time(&mut self, element: &Element) -> Option<Timestamp> {
        let time = xml::parse_date_time(&element.token()?);
        match time {
            None => self.defects.insert(Defect::UnreadableTime),
            Some((_, false)) => self.defects.insert(Defect::TimeWithoutZone),
            Some((_, true)) => false,
        };
        time.map(|(at, _)| at)
    }

    fn cut(&mut self, text: String) -> String {
        if text.chars().count() <= TOKEN_CHARS_MAX {
            return text;
        }
        self.defects.insert(Defect::TextTooLong);
        text.chars().take(TOKEN_CHARS_MAX).collect()
    }
}
