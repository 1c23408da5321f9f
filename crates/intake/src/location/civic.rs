//! Civic addresses: RFC 5139 with the extensions of RFC 6848, and one line for a call-taker.

use super::defect::{Defect, NoUsableLocation};
use super::namespace::{CIVIC, CIVIC_EXT, is_location_namespace};
use crate::xml::Element;
use std::collections::{BTreeMap, BTreeSet};

/// Longer parts are cut; RFC 4776 can carry 255 bytes.
const PART_CHARS_MAX: usize = 255;
/// Parts of others' namespaces beyond this are left out.
const EXTENSIONS_MAX: usize = 64;

/// A part of a civic address, in the order in which RFC 5139 wants them written; the four of
/// RFC 6848 come last.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum CaType {
    /// Country, two letters of ISO 3166.
    Country,
    /// State, region or province.
    A1,
    /// County or district.
    A2,
    /// City or town.
    A3,
    /// Part of a city.
    A4,
    /// Neighbourhood or block.
    A5,
    /// Street, in old documents.
    A6,
    /// Road before its name's own type: `Old`.
    Prm,
    /// Leading direction: `N`.
    Prd,
    /// Road.
    Rd,
    /// Street suffix: `Ave`.
    Sts,
    /// Trailing direction.
    Pod,
    /// Road after its name: `Extended`.
    Pom,
    /// Section of a road.
    RdSec,
    /// Branch of a road.
    RdBr,
    /// Branch of a branch.
    RdSubBr,
    /// House number.
    Hno,
    /// House number suffix: `A`, `1/2`.
    Hns,
    /// Landmark.
    Lmk,
    /// Anything else about the place.
    Loc,
    /// Floor.
    Flr,
    /// Name of a resident or business.
    Nam,
    /// Postal code.
    Pc,
    /// Building.
    Bld,
    /// Apartment or suite.
    Unit,
    /// Room.
    Room,
    /// Seat or desk.
    Seat,
    /// Kind of place: `office`.
    Plc,
    /// Name of the town for the post.
    Pcn,
    /// Post box.
    PoBox,
    /// Additional code.
    AddCode,
    /// Number of a post or pole (RFC 6848).
    Pn,
    /// Milepost (RFC 6848).
    Mp,
    /// Street type before the name: `Boulevard` (RFC 6848).
    Stp,
    /// House number prefix (RFC 6848).
    Hnp,
}

/// The name of each element, in order.
const NAMES: &[(CaType, &str)] = &[
    (CaType::Country, "country"),
    (CaType::A1, "A1"),
    (CaType::A2, "A2"),
    (CaType::A3, "A3"),
    (CaType::A4, "A4"),
    (CaType::A5, "A5"),
    (CaType::A6, "A6"),
    (CaType::Prm, "PRM"),
    (CaType::Prd, "PRD"),
    (CaType::Rd, "RD"),
    (CaType::Sts, "STS"),
    (CaType::Pod, "POD"),
    (CaType::Pom, "POM"),
    (CaType::RdSec, "RDSEC"),
    (CaType::RdBr, "RDBR"),
    (CaType::RdSubBr, "RDSUBBR"),
    (CaType::Hno, "HNO"),
    (CaType::Hns, "HNS"),
    (CaType::Lmk, "LMK"),
    (CaType::Loc, "LOC"),
    (CaType::Flr, "FLR"),
    (CaType::Nam, "NAM"),
    (CaType::Pc, "PC"),
    (CaType::Bld, "BLD"),
    (CaType::Unit, "UNIT"),
    (CaType::Room, "ROOM"),
    (CaType::Seat, "SEAT"),
    (CaType::Plc, "PLC"),
    (CaType::Pcn, "PCN"),
    (CaType::PoBox, "POBOX"),
    (CaType::AddCode, "ADDCODE"),
    (CaType::Pn, "PN"),
    (CaType::Mp, "MP"),
    (CaType::Stp, "STP"),
    (CaType::Hnp, "HNP"),
];

impl CaType {
    /// Every part, in order.
    pub fn all() -> impl Iterator<Item = Self> {
        NAMES.iter().map(|(part, _)| *part)
    }

    /// The name of the element.
    #[must_use]
    pub fn name(self) -> &'static str {
        NAMES.iter().find(|(part, _)| *part == self).map_or("", |(_, name)| name)
    }

    /// The part of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        NAMES.iter().find(|(_, known)| *known == name).map(|(part, _)| *part)
    }

    /// True if RFC 6848 added it, in a namespace of its own.
    #[must_use]
    pub fn is_extension(self) -> bool {
        self >= Self::Pn
    }
}

/// A part of an address that somebody defined for themselves (RFC 6848, section 3).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CivicExtension {
    /// Whose part it is.
    pub namespace: String,
    /// The name of the element.
    pub name: String,
    /// What it says.
    pub value: String,
}

/// A civic address. Any parts in any combination are an address somewhere.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct CivicAddress {
    /// The language of the parts, `xml:lang`.
    pub language: Option<String>,
    /// What is known, part by part.
    pub parts: BTreeMap<CaType, String>,
    /// Parts outside RFC 5139 and 6848, in the order of the document.
    pub extensions: Vec<CivicExtension>,
}

impl CivicAddress {
    /// An address of these parts.
    #[must_use]
    pub fn of(parts: &[(CaType, &str)]) -> Self {
        let parts = parts.iter().map(|(part, value)| (*part, (*value).to_owned())).collect();
        Self { parts, ..Self::default() }
    }

    /// One part, if known.
    #[must_use]
    pub fn part(&self, part: CaType) -> Option<&str> {
        self.parts.get(&part).map(String::as_str)
    }

    /// The street with its house number, `123 Main St`.
    #[must_use]
    pub fn street_line(&self) -> String {
        let number = self.glued(&[CaType::Hnp, CaType::Hno, CaType::Hns]);
        let road = [CaType::Prm, CaType::Prd, CaType::Stp, CaType::Rd, CaType::A6];
        let after = [CaType::Sts, CaType::Pod, CaType::Pom];
        let branch = [CaType::RdSec, CaType::RdBr, CaType::RdSubBr];
        let words = road.iter().chain(&after).chain(&branch).filter_map(|part| self.part(*part));
        let words: Vec<&str> = std::iter::once(number.as_str()).chain(words).collect();
        words.join(" ").trim().to_owned()
    }

    /// The whole address on one line, as a call-taker reads it out:
    /// `123 Main St, Floor 4, Room 12, Cambridge MA`.
    #[must_use]
    pub fn one_line(&self) -> String {
        let mut parts = vec![self.street_line()];
        parts.extend(WITHIN.iter().filter_map(|(part, word)| self.labelled(*part, word)));
        parts.push(self.community());
        parts.extend(self.extensions.iter().map(|e| format!("{} {}", e.name, e.value)));
        parts.retain(|part| !part.is_empty());
        if parts.is_empty() {
            parts.extend(self.part(CaType::Country).map(str::to_owned));
        }
        parts.join(", ")
    }

    /// `A223 1/2`: a single letter stands at the number, anything longer beside it.
    fn glued(&self, parts: &[CaType]) -> String {
        let mut text = String::new();
        for part in parts.iter().filter_map(|part| self.part(*part)) {
            let is_letter = |text: &str| text.chars().count() == 1;
            if !text.is_empty() && !is_letter(part) && !is_letter(&text) {
                text.push(' ');
            }
            text.push_str(part);
        }
        text
    }

    /// The part with a word before it that says what it is, unless it says so itself.
    fn labelled(&self, part: CaType, word: &str) -> Option<String> {
        let value = self.part(part)?;
        let lower = value.to_lowercase();
        if word.is_empty() || lower.contains(&word.to_lowercase()) {
            return Some(value.to_owned());
        }
        Some(format!("{word} {value}"))
    }

    fn community(&self) -> String {
        let town = [CaType::A3, CaType::Pcn, CaType::A2];
        let town = town.iter().find_map(|part| self.part(*part));
        let words = [town, self.part(CaType::A1), self.part(CaType::Pc)];
        words.into_iter().flatten().collect::<Vec<_>>().join(" ")
    }
}

/// What is said between street and town, in the order in which a crew needs it.
const WITHIN: &[(CaType, &str)] = &[
    (CaType::Mp, "Milepost"),
    (CaType::Pn, "Pole"),
    (CaType::Bld, "Building"),
    (CaType::Flr, "Floor"),
    (CaType::Unit, "Unit"),
    (CaType::Room, "Room"),
    (CaType::Seat, "Seat"),
    (CaType::Loc, ""),
    (CaType::Nam, ""),
    (CaType::Lmk, ""),
    (CaType::Plc, ""),
    (CaType::PoBox, "PO box"),
    (CaType::AddCode, "Code"),
    (CaType::A5, ""),
    (CaType::A4, ""),
];

/// Reads a `civicAddress` element.
pub(crate) fn read_civic(
    element: &Element,
    defects: &mut BTreeSet<Defect>,
) -> Result<CivicAddress, NoUsableLocation> {
    let language = element.attribute("lang").filter(|lang| !lang.is_empty()).map(str::to_owned);
    let mut address = CivicAddress { language, ..CivicAddress::default() };
    for child in &element.children {
        let Some(value) = child.token() else { continue };
        add_part(&mut address, child, cut(value, defects), defects);
    }
    if address.parts.is_empty() && address.extensions.is_empty() {
        return Err(NoUsableLocation::EmptyAddress);
    }
    normalize_country(&mut address, defects);
    Ok(address)
}

fn add_part(
    address: &mut CivicAddress,
    child: &Element,
    value: String,
    defects: &mut BTreeSet<Defect>,
) {
    let is_ours = is_location_namespace(&child.namespace);
    match CaType::named(&child.name).filter(|_| is_ours) {
        Some(part) => {
            let home = if part.is_extension() { CIVIC_EXT } else { CIVIC };
            if child.namespace != home {
                defects.insert(Defect::WrongNamespace);
            }
            if address.parts.contains_key(&part) {
                defects.insert(Defect::RepeatedAddressPart);
                return;
            }
            address.parts.insert(part, value);
        }
        None if address.extensions.len() < EXTENSIONS_MAX => {
            if is_ours {
                defects.insert(Defect::UnknownAddressPart);
            }
            let (namespace, name) = (child.namespace.clone(), child.name.clone());
            address.extensions.push(CivicExtension { namespace, name, value });
        }
        None => {
            defects.insert(Defect::UnknownPartSkipped);
        }
    }
}

fn cut(value: String, defects: &mut BTreeSet<Defect>) -> String {
    if value.chars().count() <= PART_CHARS_MAX {
        return value;
    }
    defects.insert(Defect::TextTooLong);
    value.chars().take(PART_CHARS_MAX).collect::<String>().trim_end().to_owned()
}

/// The United Kingdom is `GB` in ISO 3166, and senders of three letters mean the two.
fn normalize_country(address: &mut CivicAddress, defects: &mut BTreeSet<Defect>) {
    let Some(country) = address.parts.get_mut(&CaType::Country) else { return };
    let upper = country.to_uppercase();
    let iso = match upper.as_str() {
        "UK" | "GBR" => "GB",
        "USA" => "US",
        "CAN" => "CA",
        "MEX" => "MX",
        _ => upper.as_str(),
    };
    if iso != country.as_str() || iso.chars().count() != 2 {
        defects.insert(Defect::CountryNotIso);
    }
    *country = iso.to_owned();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_one_line_as_it_is_read_out() {
        let address = CivicAddress::of(&[
            (CaType::Country, "US"),
            (CaType::A1, "MA"),
            (CaType::A3, "Cambridge"),
            (CaType::Rd, "Main"),
            (CaType::Sts, "St"),
            (CaType::Hno, "123"),
            (CaType::Flr, "4"),
            (CaType::Room, "12"),
        ]);
        assert_eq!(address.one_line(), "123 Main St, Floor 4, Room 12, Cambridge MA");
    }

    #[test]
    fn what_says_itself_is_not_said_twice() {
        let address = CivicAddress::of(&[(CaType::Flr, "2nd floor"), (CaType::Loc, "by the door")]);
        assert_eq!(address.one_line(), "2nd floor, by the door");
        let address = CivicAddress::of(&[(CaType::Country, "GB")]);
        assert_eq!(address.one_line(), "GB");
    }

    #[test]
    fn prefix_and_suffix_stand_at_the_number() {
        let address = CivicAddress::of(&[
            (CaType::Hnp, "A"),
            (CaType::Hno, "223"),
            (CaType::Hns, "1/2"),
            (CaType::Stp, "Boulevard"),
            (CaType::Rd, "Colorado"),
        ]);
        assert_eq!(address.one_line(), "A223 1/2 Boulevard Colorado");
    }

    #[test]
    fn every_part_has_its_own_name() {
        let order: Vec<CaType> = CaType::all().collect();
        assert!(order.is_sorted() && order.len() == CaType::Hnp as usize + 1);
        assert!(CaType::all().all(|part| CaType::named(part.name()) == Some(part)));
    }
}
