//! Run cards: what is wanted, by alarm level, priority and zone.

use crate::problem::{Place, Problems, accepted};
use crate::read::{Book, Given, Section};
use evenhand_core::Zone;
use evenhand_core::limits::{ALARM_LEVEL_MAX, PRIORITY_MAX, UNITS_PER_COMMAND_MAX};
use std::collections::{BTreeMap, BTreeSet};

/// So many units of one capability.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Need {
    /// What a unit must be able to do.
    pub capability: String,
    /// How many units, 1 to 24 on one level; more only by adding levels up.
    pub count: u8,
}

/// What a run card wants for one incident, in all.
///
/// Levels of a card say what each *adds*; the needs here are the sum up to the level asked for, so
/// that units sent already can be counted against them. A capability stands once, in the order in
/// which the card first names it. Above the card's last level nothing is added.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RunCardLevel {
    /// Name of the run card.
    pub run_card: String,
    /// The alarm level asked for, from 1.
    pub alarm_level: u8,
    /// What is wanted, most wanted first.
    pub needs: Vec<Need>,
    /// What changed the card for this priority or zone, as `alarm 1: fire_engine Engine 9`; empty
    /// if nothing did.
    pub overrides: Vec<String>,
}

/// One run card as the agency wrote it.
#[derive(Clone, Debug)]
pub(crate) struct RunCard {
    /// What each alarm level adds, level 1 first; never empty.
    levels: Vec<Vec<Need>>,
    overrides: Vec<Override>,
}

/// Other needs for one level, where its conditions hold. The first that fits counts.
#[derive(Clone, Debug)]
struct Override {
    alarm: u8,
    priorities: BTreeSet<u8>,
    zone: Option<Zone>,
    needs: Vec<Need>,
}

impl Override {
    fn fits(&self, alarm: u8, priority: u8, zones: &[Zone]) -> bool {
        self.alarm == alarm
            && (self.priorities.is_empty() || self.priorities.contains(&priority))
            && self.zone.as_ref().is_none_or(|zone| zones.contains(zone))
    }

    fn name(&self) -> String {
        let priorities: Vec<String> = self.priorities.iter().map(u8::to_string).collect();
        let mut conditions = Vec::new();
        if !priorities.is_empty() {
            conditions.push(format!("priority {}", priorities.join(" or ")));
        }
        conditions.extend(self.zone.as_ref().map(|zone| format!("{} {}", zone.layer, zone.name)));
        format!("alarm {}: {}", self.alarm, conditions.join(", "))
    }
}

impl RunCard {
    /// What is wanted, in all.
    pub fn at(&self, name: &str, priority: u8, alarm_level: u8, zones: &[Zone]) -> RunCardLevel {
        let mut needs: Vec<Need> = Vec::new();
        let mut overrides = Vec::new();
        for (alarm, level) in (1..=alarm_level).zip(&self.levels) {
            let other = self.overrides.iter().find(|other| other.fits(alarm, priority, zones));
            overrides.extend(other.map(Override::name));
            for need in other.map_or(level, |other| &other.needs) {
                match needs.iter_mut().find(|known| known.capability == need.capability) {
                    Some(known) => known.count = known.count.saturating_add(need.count),
                    None => needs.push(need.clone()),
                }
            }
        }
        RunCardLevel { run_card: name.to_owned(), alarm_level, needs, overrides }
    }

    /// Zones that the card speaks of.
    pub fn zones(&self) -> impl Iterator<Item = &Zone> {
        self.overrides.iter().filter_map(|other| other.zone.as_ref())
    }
}

/// What a card may refer to.
pub(crate) struct Known<'a> {
    pub capabilities: &'a BTreeMap<String, String>,
    pub zone_layers: &'a BTreeMap<String, String>,
}

/// The cards, and the names of those that were there but not fit to be used.
pub(crate) struct CardsRead {
    pub cards: BTreeMap<String, RunCard>,
    pub named: BTreeSet<String>,
}

/// Reads every `[[run_card]]`.
pub(crate) fn read(book: &Book<'_>, known: &Known<'_>, problems: &mut Problems) -> CardsRead {
    let mut places: BTreeMap<String, Place> = BTreeMap::new();
    let mut cards = BTreeMap::new();
    for section in book.some("run_card", problems) {
        section.only(&["name", "title", "level", "override"], problems);
        let name = section.text("name", problems);
        section.text("title", problems);
        let levels = read_levels(&section, known, problems);
        let overrides = read_overrides(&section, levels.len(), known, problems);
        let Some(name) = name else { continue };
        if let Some(first) = places.get(name.value) {
            let fault = format!("run card `{}` stands at {first} already", name.value);
            problems.add(&name.place, fault, "remove one of the two, or give it another name");
            continue;
        }
        places.insert(name.value.to_owned(), name.place);
        cards.insert(name.value.to_owned(), RunCard { levels, overrides });
    }
    CardsRead { cards, named: places.into_keys().collect() }
}

fn read_levels(
    section: &Section<'_>,
    known: &Known<'_>,
    problems: &mut Problems,
) -> Vec<Vec<Need>> {
    let sections = section.tables("level", problems);
    if sections.is_empty() {
        let mend = "write `[[run_card.level]]` with `alarm = 1` and `needs`";
        problems.add(&section.place, "the run card has no level", mend);
    }
    let mut levels = Vec::new();
    for (expected, section) in (1..).zip(sections) {
        section.only(&["alarm", "needs"], problems);
        let alarm = section.number("alarm", 1..=u32::from(ALARM_LEVEL_MAX), problems);
        if let Some(alarm) = alarm.filter(|alarm| alarm.value != expected) {
            let fault = format!("alarm `{}` stands where `{expected}` is due", alarm.value);
            problems.add(&alarm.place, fault, "write the levels in order, from 1, none left out");
        }
        levels.push(read_needs(&section, known, problems));
    }
    levels
}

fn read_overrides(
    section: &Section<'_>,
    levels: usize,
    known: &Known<'_>,
    problems: &mut Problems,
) -> Vec<Override> {
    let mut overrides = Vec::new();
    for section in section.tables("override", problems) {
        section.only(&["alarm", "priorities", "zone", "needs"], problems);
        let alarm = section.number("alarm", 1..=u32::from(ALARM_LEVEL_MAX), problems);
        let needs = read_needs(&section, known, problems);
        let priorities = if section.has("priorities") {
            let range = 1..=u32::from(PRIORITY_MAX);
            section.numbers("priorities", range, problems).unwrap_or_default()
        } else {
            Vec::new()
        };
        let zone = read_zone(&section, known, problems);
        if !section.has("zone") && priorities.is_empty() {
            let mend = "write `zone` or `priorities`, or change the level itself";
            problems.add(&section.place, "the override has no condition", mend);
        }
        let Some(alarm) = alarm else { continue };
        if usize::try_from(alarm.value).is_ok_and(|alarm| alarm > levels) {
            let fault = format!("the run card has no alarm `{}`", alarm.value);
            problems.add(&alarm.place, fault, format!("accepted are 1 to {levels}"));
        }
        overrides.push(Override {
            alarm: u8::try_from(alarm.value).unwrap_or(ALARM_LEVEL_MAX),
            priorities: priorities.iter().filter_map(|one| u8::try_from(one.value).ok()).collect(),
            zone,
            needs,
        });
    }
    overrides
}

fn read_zone(section: &Section<'_>, known: &Known<'_>, problems: &mut Problems) -> Option<Zone> {
    let section = section.table("zone", problems)?;
    section.only(&["layer", "name"], problems);
    let layer = section.text("layer", problems);
    let name = section.text("name", problems);
    let (layer, name) = (layer?, name?);
    if !known.zone_layers.contains_key(layer.value) {
        let fault = format!("zone layer `{}` is not known", layer.value);
        problems.add(&layer.place, fault, accepted(known.zone_layers.keys()));
    }
    Some(Zone { layer: layer.value.to_owned(), name: name.value.to_owned() })
}

fn read_needs(section: &Section<'_>, known: &Known<'_>, problems: &mut Problems) -> Vec<Need> {
    let Some(given) = section.texts("needs", problems) else { return Vec::new() };
    if section.is_empty_list("needs") {
        let place = section.place_of("needs");
        problems.add(&place, "`needs` is empty", "write at least one, for example `1 engine`");
    }
    let mut needs: Vec<Need> = Vec::new();
    for need in &given {
        let Some(read) = read_need(need, known, problems) else { continue };
        if needs.iter().any(|before| before.capability == read.capability) {
            let fault = format!("`{}` stands here twice", read.capability);
            problems.add(&need.place, fault, "write it once, with the whole number");
        }
        needs.push(read);
    }
    let units: usize = needs.iter().map(|need| usize::from(need.count)).sum();
    if units > UNITS_PER_COMMAND_MAX {
        let fault = format!("the level asks for `{units}` units");
        let mend = format!("at most `{UNITS_PER_COMMAND_MAX}` can be sent at once; add a level");
        problems.add(&section.place_of("needs"), fault, mend);
    }
    needs
}

/// `2 engine`.
fn read_need(need: &Given<&str>, known: &Known<'_>, problems: &mut Problems) -> Option<Need> {
    let words: Vec<&str> = need.value.split_whitespace().collect();
    let (count, capability) = match words.as_slice() {
        [count, capability] => (count.parse::<u8>().ok(), *capability),
        _ => (None, ""),
    };
    let max = u8::try_from(UNITS_PER_COMMAND_MAX).unwrap_or(u8::MAX);
    let Some(count) = count.filter(|count| (1..=max).contains(count)) else {
        let fault = format!("`{}` is no count and capability", need.value);
        let mend = format!("write a number from 1 to {max} and one word, for example `2 engine`");
        problems.add(&need.place, fault, mend);
        return None;
    };
    if !known.capabilities.is_empty() && !known.capabilities.contains_key(capability) {
        let fault = format!("capability `{capability}` is not known");
        problems.add(&need.place, fault, accepted(known.capabilities.keys()));
    }
    Some(Need { capability: capability.to_owned(), count })
}
