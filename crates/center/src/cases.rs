//! The calls on record, as a policy would see them: what `impact` counts over.

use crate::entry::{Entry, decode};
use evenhand_core::{Event, IncidentId, Location, ResponseWord, Timestamp};
use journal::{Journal, Store, StoreError};
use policy::impact::Case;
use std::collections::BTreeMap;

/// Entries read at a time.
const CHUNK: usize = 4096;

/// Milliseconds in a minute: holds are kept in milliseconds and written in minutes.
const MINUTE_MS: u64 = 60_000;

/// Names of the events that say something of a case; entries without any of them are not read.
const TOLD_BY: [&str; 3] =
    ["\"IncidentCreated\"", "\"IncidentRelocated\"", "\"IncidentClassified\""];

/// Every incident that was opened at `since` or later, by its latest classification; one that
/// nobody classified has the type `unknown`. `hour_of` gives the local hour, 0 to 23. Nothing of a
/// caller is read: it is sealed, and a policy is judged here as if nobody knew who called.
///
/// # Errors
/// The journal cannot be read.
pub fn cases<S: Store>(
    journal: &Journal<S>,
    since: Timestamp,
    hour_of: &impl Fn(Timestamp) -> u8,
) -> Result<Vec<Case>, StoreError> {
    let mut found = Found { since, cases: BTreeMap::new() };
    let mut next = 1;
    loop {
        let entries = journal.read(next, CHUNK)?;
        let Some(last) = entries.last() else { break };
        next = last.seq + 1;
        entries.iter().for_each(|entry| found.entry(&entry.body, hour_of));
    }
    Ok(found.cases.into_values().collect())
}

struct Found {
    since: Timestamp,
    cases: BTreeMap<IncidentId, Case>,
}

impl Found {
    fn entry(&mut self, body: &[u8], hour_of: &impl Fn(Timestamp) -> u8) {
        let told = std::str::from_utf8(body)
            .is_ok_and(|text| TOLD_BY.iter().any(|name| text.contains(name)));
        if !told {
            return;
        }
        let Ok(row) = decode(body) else { return };
        let Entry::Event(event) = row.entry else { return };
        match event {
            Event::IncidentCreated { incident, location, .. } if row.at >= self.since => {
                let case = Case {
                    name: format!("I{}", incident.0),
                    nature: "unknown".to_owned(),
                    hour: hour_of(row.at),
                    ..Case::default()
                };
                self.cases.entry(incident).or_insert(case);
                self.placed(incident, &location);
            }
            Event::IncidentRelocated { incident, location, .. } => self.placed(incident, &location),
            classified @ Event::IncidentClassified { .. } => self.classified(classified),
            _ => {}
        }
    }

    fn placed(&mut self, incident: IncidentId, location: &Location) {
        let Some(case) = self.cases.get_mut(&incident) else { return };
        // The map lists its widest layer first; the last is the one that says most.
        if let Some(zone) = location.zones.last() {
            case.zone = Some(format!("{} {}", zone.layer.replace('_', " "), zone.name));
        }
        for zone in &location.zones {
            case.facts.insert(zone.layer.clone(), zone.name.clone());
        }
    }

    fn classified(&mut self, event: Event) {
        let Event::IncidentClassified {
            incident,
            incident_type,
            facts,
            response,
            priority,
            run_card,
            alarm_level,
            hold_ms_max,
            receipt,
            ..
        } = event
        else {
            return;
        };
        let Some(case) = self.cases.get_mut(&incident) else { return };
        if let Some(receipt) = receipt {
            case.facts.extend(receipt.facts);
        }
        case.facts.extend(facts);
        case.nature = incident_type;
        let units = match alarm_level {
            0 | 1 => run_card,
            level => format!("{run_card}@{level}"),
        };
        let answered = [
            ("response", response_word(response).to_owned()),
            ("priority", priority.to_string()),
            ("max_hold", format!("{} minutes", hold_ms_max / MINUTE_MS)),
            ("units", units),
        ];
        case.answered = answered.map(|(name, value)| (name.to_owned(), value)).into();
    }
}

/// The word as a policy's text has it.
fn response_word(word: ResponseWord) -> &'static str {
    match word {
        ResponseWord::SendNow => "send_now",
        ResponseWord::Send => "send",
        ResponseWord::Hold => "hold",
        ResponseWord::Refer => "refer",
        ResponseWord::Decline => "decline",
    }
}
