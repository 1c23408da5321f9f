//! What texts would have meant for the incidents that were.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use center::Center;
use evenhand_core::{Classification, Incident, IncidentId, ResponseWord, Timestamp};
use jiff::tz::TimeZone;
use policy::Policy;
use policy::impact::{Case, Compared, Impact, impact as count};
use policy::response::{Outcome, Response};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::texts::{TextBody, accept};
use crate::limits::{CASES_AT_ONCE, IMPACT_DAYS_MAX};
use crate::web::App;
use crate::web::extract::{Long, Signed};
use crate::web::failure::{ErrorBody, Failure};

const DAY_MS: i64 = 24 * 3_600_000;

/// Texts to compare with what was.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ImpactAsked {
    /// All texts of the policy.
    files: Vec<TextBody>,
    /// How many days back, 1 to 366; 30 if not given.
    #[serde(default = "thirty")]
    days: u32,
}

fn thirty() -> u32 {
    30
}

/// What would have been otherwise.
#[derive(Serialize, ToSchema)]
pub(crate) struct ImpactBody {
    /// Incidents opened from then on are counted.
    #[schema(value_type = i64)]
    since: Timestamp,
    /// `{"file", "impact"}` for each response policy.
    #[schema(value_type = Vec<Object>)]
    impacts: Vec<ImpactOfFile>,
}

/// The impact of one text.
#[derive(Serialize)]
pub(crate) struct ImpactOfFile {
    file: String,
    impact: Impact,
}

/// Counts over the centre's own incidents what would be answered otherwise: by the version in force
/// of the same text, or, where there is none, by what is on record.
#[utoipa::path(
    post, path = "/api/v1/policy/impact", request_body = ImpactAsked,
    responses(
        (status = 200, body = ImpactBody),
        (status = 400, body = ErrorBody, description = "not accepted, or not to be read"),
        (status = 401, body = ErrorBody),
    )
)]
pub(crate) async fn impact(
    State(app): State<App>,
    _signed: Signed,
    Long(ImpactAsked { files, days }): Long<ImpactAsked>,
) -> Result<Json<ImpactBody>, Failure> {
    if !(1..=IMPACT_DAYS_MAX).contains(&days) {
        let text = format!("`{days}` days are asked for; accepted: 1 to {IMPACT_DAYS_MAX}");
        return Err(Failure::bad("days_not_accepted", text));
    }
    let files = accept(files)?;
    let given = app.think(move || super::change::read(&files)).await??;
    let in_force = app.center.query(|center| center.policy().clone()).await?;
    let since = Timestamp(app.center.clock().now().0 - i64::from(days) * DAY_MS);
    let seen = seen(&app, since).await?;
    let impacts = app.think(move || impacts(&given, &in_force, &seen)).await?;
    Ok(Json(ImpactBody { since, impacts }))
}

/// An incident as it was answered.
struct Seen {
    case: Case,
    answer: Answered,
}

/// What was given, before it is put into the words of a text.
struct Answered {
    response: ResponseWord,
    priority: u8,
    hold_minutes: u64,
    run_card: String,
    alarm_level: u8,
}

/// Every incident since a time, some at once, so that no call waits for a count.
async fn seen(app: &App, since: Timestamp) -> Result<Vec<Seen>, Failure> {
    let mut all = Vec::new();
    let mut before = None;
    loop {
        let zone = app.time_zone.clone();
        let (some, next) =
            app.center.query(move |center| some_seen(center, before, since, &zone)).await?;
        all.extend(some);
        match next {
            Some(next) => before = Some(next),
            None => return Ok(all),
        }
    }
}

/// Incidents numbered below `before`, latest first; and where to go on, if there are more.
fn some_seen(
    center: &Center,
    before: Option<u64>,
    since: Timestamp,
    zone: &TimeZone,
) -> (Vec<Seen>, Option<u64>) {
    let last = || center.core().incidents().last().map_or(0, |incident| incident.id.0);
    let mut number = before.unwrap_or_else(|| last() + 1);
    let mut seen = Vec::new();
    for _ in 0..CASES_AT_ONCE {
        number = number.saturating_sub(1);
        let Ok(incident) = center.core().incident(IncidentId(number)) else {
            return (seen, None);
        };
        if incident.created_at < since {
            return (seen, None);
        }
        if let Some(known) = &incident.classification {
            seen.push(seen_of(incident, known, zone));
        }
    }
    (seen, Some(number))
}

fn seen_of(incident: &Incident, known: &Classification, zone: &TimeZone) -> Seen {
    let at = jiff::Timestamp::from_millisecond(incident.created_at.0).ok();
    let hour = at.map_or(0, |at| zone.to_datetime(at).hour());
    let mut facts = match &known.receipt {
        Some(receipt) => receipt.facts.clone(),
        None => known.facts.clone(),
    };
    facts.remove("nature");
    for zone in &incident.location.zones {
        facts.entry(zone.layer.clone()).or_insert_with(|| zone.name.clone());
    }
    let case = Case {
        name: incident.id.to_string(),
        nature: known.incident_type.clone(),
        hour: u8::try_from(hour).unwrap_or_default(),
        // The map lists its widest layer first; the last is the one that says most.
        zone: incident.location.zones.last().map(|zone| zone.name.clone()),
        facts,
        answered: BTreeMap::new(),
    };
    let answer = Answered {
        response: known.answer.response,
        priority: known.answer.priority,
        hold_minutes: known.answer.hold_ms_max / 60_000,
        run_card: known.answer.run_card.clone(),
        alarm_level: known.answer.alarm_level,
    };
    Seen { case, answer }
}

fn impacts(given: &Policy, in_force: &Policy, seen: &[Seen]) -> Vec<ImpactOfFile> {
    let texts = given.response_texts();
    let impact = |(name, new, natures, _): (&str, &Response, Vec<&str>, _)| {
        let old = in_force.response_texts().find(|(of, ..)| *of == name);
        let old = old.map(|(_, response, ..)| response);
        let compared = match old {
            Some(old) => Compared::Versions(old, new),
            None => Compared::WithRecord(new),
        };
        let mine = seen.iter().filter(|one| natures.contains(&one.case.nature.as_str()));
        let cases = mine.map(|one| Case { answered: words(one, new), ..one.case.clone() });
        ImpactOfFile { file: format!("{name}.policy"), impact: count(compared, cases) }
    };
    texts.map(impact).collect()
}

/// What was given, in the words of a text, by outcome.
fn words(seen: &Seen, text: &Response) -> BTreeMap<String, String> {
    let Answered { response, priority, hold_minutes, run_card, alarm_level } = &seen.answer;
    let level = format!("{run_card}@{alarm_level}");
    let has = |outcome: &Outcome, value: &str| outcome.domain.value(value).is_some();
    let word = |outcome: &Outcome| match outcome.name.as_str() {
        "response" => Some(response.word().to_owned()),
        "priority" => Some(priority.to_string()),
        "max_hold" => Some(hold_minutes.to_string()),
        "units" if has(outcome, &level) => Some(level.clone()),
        "units" if *alarm_level == 1 => Some(run_card.clone()),
        "units" => Some(level.clone()),
        _ => None,
    };
    let shown = |outcome: &Outcome| {
        let unit = outcome.unit.as_ref().map(|unit| format!(" {unit}")).unwrap_or_default();
        Some((outcome.name.clone(), format!("{}{unit}", word(outcome)?)))
    };
    text.outcomes.iter().filter_map(shown).collect()
}
