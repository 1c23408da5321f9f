//! What the generated callers are like: the `demo.toml` of a center, read and checked.

use crate::Spread;
use evenhand_core::NoDispatchCode;
use serde::Deserialize;

/// How many call, what about, in what words, and how they behave.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CallersPlan {
    /// The place's time zone, `America/New_York`: the hour curves are in local time.
    pub time_zone: String,
    /// Local time at which a fresh demo begins, `2026-06-05T17:00:00`.
    pub starts_at: String,
    /// The policy's type for an incident whose caller's story was lost in a kill.
    pub lost_type: String,
    /// Area codes of the numbers; the rest is 555-01xx, which is kept for fiction.
    pub area_codes: Vec<u16>,
    /// Happenings of a day.
    pub per_day: PerDay,
    /// Shares of a thousand.
    pub per_mille: PerMille,
    /// How long things take.
    pub seconds: Seconds,
    /// How places are said.
    pub places: PlaceWords,
    /// What happens.
    pub kinds: Vec<Kind>,
}

/// Whose work a happening is, and so which hour curve it follows.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ServiceKind {
    /// Police.
    Police,
    /// Ambulance.
    Medical,
    /// Fire.
    Fire,
    /// Nobody's: accidents, tests, questions. They follow the curve of the police.
    Other,
}

/// Happenings of a whole day.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "one figure for each service")]
pub struct PerDay {
    pub police: u32,
    pub medical: u32,
    pub fire: u32,
    pub other: u32,
}

/// Shares of a thousand; what each means stands beside it in `centers/cambridge/demo.toml`.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "described where the figures stand")]
pub struct PerMille {
    pub landline: u32,
    pub text: u32,
    pub no_position: u32,
    pub abandons: u32,
    pub reachable: u32,
    pub rings_again: u32,
    pub calls_again: u32,
    pub gone_on_arrival: u32,
    pub patient_refused: u32,
    pub crossing: u32,
    pub place: u32,
    pub bare: u32,
    pub misspelt: u32,
    pub vague: u32,
}

/// How long things take; what each means stands beside it in `centers/cambridge/demo.toml`.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "described where the figures stand")]
pub struct Seconds {
    pub patience: Spread,
    pub impatient: Spread,
    pub first_words: Spread,
    pub next_words: Spread,
    pub stays: Spread,
    pub witness: Spread,
    pub rings_again: Spread,
    pub calls_again: Spread,
    pub picks_up: Spread,
    pub no_answer: Spread,
    pub handover: Spread,
}

/// Sentences. `{place}`, `{street}` and `{minutes}` are filled in.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlaceWords {
    /// For an address or a named place.
    pub exact: Vec<String>,
    /// For a crossing.
    pub crossing: Vec<String>,
    /// By somebody who cannot say an address.
    pub vague: Vec<String>,
    /// First words of somebody who calls again.
    pub again: String,
    /// First words of somebody called back who had waited in vain.
    pub callback: String,
    /// First words of somebody called back who had hung up early.
    pub early: String,
}

/// A kind of happening.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Kind {
    /// The policy's incident type; `None`: nobody is sent.
    #[serde(rename = "type")]
    pub incident_type: Option<String>,
    /// Whose work.
    pub service: ServiceKind,
    /// Its share among the kinds of its service.
    pub weight: u32,
    /// First sentences, one of them said.
    pub says: Vec<String>,
    /// Later sentences, one of them said.
    pub more: Vec<String>,
    /// Whether it happens in the street, often at crossings.
    #[serde(default)]
    pub outdoors: bool,
    /// Chance of each further caller about the same.
    #[serde(default)]
    pub witnesses_per_mille: u32,
    /// Chance that it comes over an alarm company's line.
    #[serde(default)]
    pub by_alarm_per_mille: u32,
    /// Chance that there is nothing.
    #[serde(default)]
    pub false_alarm_per_mille: u32,
    /// What crews do there.
    pub work: Option<WorkPlan>,
    /// Nobody is sent.
    pub not_sent: Option<NotSent>,
    /// Another centre takes it.
    pub transfer_to: Option<String>,
    /// It is a test call.
    #[serde(default)]
    pub test: bool,
}

/// What a crew does at an incident.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WorkPlan {
    /// Arrival to clear, or to leaving for the hospital.
    pub on_scene_s: Spread,
    /// Arrival to the patient, for ambulances.
    pub at_patient_s: Option<Spread>,
    /// Chance that somebody is taken to hospital.
    #[serde(default)]
    pub transport_per_mille: u32,
}

/// Why nobody is sent.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NotSent {
    /// As a code.
    pub code: NoDispatchCode,
    /// As the call-taker would write it.
    pub reason: String,
}

impl CallersPlan {
    /// Every incident type that the plan names.
    pub fn incident_types(&self) -> impl Iterator<Item = &str> {
        let of_kinds = self.kinds.iter().filter_map(|kind| kind.incident_type.as_deref());
        of_kinds.chain([self.lost_type.as_str()])
    }

    /// The kind of an incident type.
    pub fn kind_of(&self, incident_type: &str) -> Option<&Kind> {
        self.kinds.iter().find(|kind| kind.incident_type.as_deref() == Some(incident_type))
    }

    /// What the form of the file cannot say.
    ///
    /// # Errors
    /// A kind that is both sent to and not, a service without kinds, a list without sentences.
    pub fn check(&self) -> Result<(), String> {
        let words = &self.places;
        if self.area_codes.is_empty() {
            return Err("`area_codes` is empty; name at least one".to_owned());
        }
        if [&words.exact, &words.crossing, &words.vague].iter().any(|lines| lines.is_empty()) {
            return Err("`[places]` lacks sentences; `exact`, `crossing` and `vague` need one \
                        each"
                .to_owned());
        }
        for (number, kind) in (1..).zip(&self.kinds) {
            kind.check().map_err(|wrong| format!("kind {number}: {wrong}"))?;
        }
        let per_day = self.per_day;
        for (service, calls) in [
            (ServiceKind::Police, per_day.police),
            (ServiceKind::Medical, per_day.medical),
            (ServiceKind::Fire, per_day.fire),
            (ServiceKind::Other, per_day.other),
        ] {
            let weight: u32 = self.of_service(service).map(|(_, kind)| kind.weight).sum();
            if calls > 0 && weight == 0 {
                return Err(format!("`{service:?}` has {calls} happenings a day and no kind"));
            }
        }
        Ok(())
    }

    pub(crate) fn of_service(&self, service: ServiceKind) -> impl Iterator<Item = (usize, &Kind)> {
        self.kinds.iter().enumerate().filter(move |(_, kind)| kind.service == service)
    }
}

impl Kind {
    fn check(&self) -> Result<(), String> {
        if self.says.is_empty() {
            return Err("`says` is empty; a caller says something".to_owned());
        }
        let ends = [
            self.incident_type.is_some(),
            self.not_sent.is_some(),
            self.transfer_to.is_some(),
            self.test,
        ];
        let given = ends.iter().filter(|end| **end).count();
        if given != 1 {
            return Err(format!(
                "{given} of `type`, `not_sent`, `transfer_to` and `test` are given; give one"
            ));
        }
        if self.incident_type.is_some() != self.work.is_some() {
            return Err("`type` and `work` belong together".to_owned());
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CAMBRIDGE: &str = include_str!("../../../../centers/cambridge/demo.toml");

    fn read(text: &str) -> Result<CallersPlan, String> {
        #[derive(Deserialize)]
        struct File {
            callers: CallersPlan,
        }
        let file: File = toml::from_str(text).map_err(|error| error.to_string())?;
        file.callers.check().map(|()| file.callers)
    }

    #[test]
    fn the_plan_of_cambridge_is_right() {
        let plan = read(CAMBRIDGE).unwrap();
        assert!(plan.kinds.len() > 30);
        assert!(plan.kind_of("medical.fall").is_some());
        assert!(plan.kind_of("nothing").is_none());
    }

    #[test]
    fn a_kind_that_ends_in_two_ways_is_refused() {
        let twice = CAMBRIDGE.replace("test = true", "test = true\ntransfer_to = \"x\"");
        let wrong = read(&twice).unwrap_err();
        let fault = "2 of `type`, `not_sent`, `transfer_to` and `test` are given; give one";
        assert!(wrong.ends_with(fault), "{wrong}");
    }

    #[test]
    fn a_field_nobody_knows_is_refused() {
        let unknown = CAMBRIDGE.replace("[callers.per_day]", "[callers.per_day]\nspeed = 3");
        assert!(read(&unknown).unwrap_err().contains("speed"));
    }

    #[test]
    fn a_service_with_calls_needs_kinds() {
        let none = CAMBRIDGE.replace("service = \"fire\"", "service = \"police\"");
        assert_eq!(read(&none).unwrap_err(), "`Fire` has 20 happenings a day and no kind");
    }
}
