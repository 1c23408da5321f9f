//! Times after which a person is told.

use crate::problem::{Problems, accepted};
use crate::read::{Book, Section};
use crate::urgency::WAIT_S_MAX;
use evenhand_core::Timers;
use std::collections::BTreeMap;

const KEYS: [&str; 5] = ["answer_s", "callback_s", "enroute_s", "welfare_s", "short_call_s"];
/// May be left out, since older policies do not have it.
const CLASSIFY: &str = "classify_s";
/// Time to say what an incident is, where policy does not give it, in milliseconds. Our choice.
const CLASSIFY_MS: u64 = 120_000;
/// Those that may differ from agency to agency; a call has no agency yet.
const AGENCY_KEYS: [&str; 2] = ["enroute_s", "welfare_s"];

/// The timers, and what is different for an agency.
#[derive(Clone, Debug)]
pub(crate) struct TimerTable {
    general: Timers,
    by_agency: BTreeMap<String, Timers>,
}

impl TimerTable {
    /// Reads `[timers]`.
    pub fn read(
        book: &Book<'_>,
        agencies: &BTreeMap<String, String>,
        problems: &mut Problems,
    ) -> Option<Self> {
        let section = book.one("timers", problems)?;
        section.only(&[&KEYS[..], &[CLASSIFY, "agency"]].concat(), problems);
        let [answer, callback, enroute, welfare, short_call] =
            KEYS.map(|key| milliseconds(&section, key, problems));
        let classify = if section.has(CLASSIFY) {
            milliseconds(&section, CLASSIFY, problems)
        } else {
            Some(CLASSIFY_MS)
        };
        let general = Timers {
            answer_ms: answer?,
            classify_ms: classify?,
            callback_ms: callback?,
            enroute_ms: enroute?,
            welfare_ms: welfare?,
            short_call_ms: short_call?,
            wrap_up_ms: 0,
        };
        let mut by_agency = BTreeMap::new();
        let tables = section.table("agency", problems);
        for agency in tables.iter().flat_map(Section::keys) {
            if !agencies.contains_key(agency.value) {
                let fault = format!("agency `{}` is not known", agency.value);
                problems.add(&agency.place, fault, accepted(agencies.keys()));
            }
            let own = tables.as_ref().and_then(|tables| tables.table(agency.value, problems));
            let own = own.map(|own| of_agency(&own, general, problems));
            by_agency.extend(own.map(|own| (agency.value.to_owned(), own)));
        }
        Some(Self { general, by_agency })
    }

    /// The timers for an incident that this agency leads.
    pub fn of(&self, agency: Option<&str>) -> Timers {
        agency.and_then(|agency| self.by_agency.get(agency)).copied().unwrap_or(self.general)
    }
}

fn of_agency(section: &Section<'_>, general: Timers, problems: &mut Problems) -> Timers {
    section.only(&AGENCY_KEYS, problems);
    let mut own = |key, general| {
        if section.has(key) { milliseconds(section, key, problems) } else { None }
            .unwrap_or(general)
    };
    Timers {
        enroute_ms: own("enroute_s", general.enroute_ms),
        welfare_ms: own("welfare_s", general.welfare_ms),
        ..general
    }
}

fn milliseconds(section: &Section<'_>, key: &str, problems: &mut Problems) -> Option<u64> {
    let seconds = section.number(key, 1..=WAIT_S_MAX, problems)?;
    Some(u64::from(seconds.value) * 1000)
}
