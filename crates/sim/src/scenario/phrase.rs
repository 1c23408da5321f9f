//! From words to orders. One phrase a command, in the words of the job.

use super::phone;
use super::script::time_ms;
use center::{Clear, Order, Selected};
use evenhand_core::{
    Actor, AlertId, CallId, Channel, Command, Disposition, IncidentId, Location, NoDispatchCode,
    PersonId, Role, Signalling, Signature, Timestamp, UnitId, UnitPoint,
};
use policy::even::Budget;
use serde::de::DeserializeOwned;
use std::collections::BTreeMap;

/// Midnight of the scenarios: 2026-01-05T00:00:00Z.
pub(super) const MIDNIGHT: i64 = 1_767_571_200_000;

/// What a line does.
pub(super) enum Action {
    /// An order by an actor; a member of staff is signed on first if need be.
    Order { actor: Actor, role: Option<Role>, order: Box<Order> },
    /// Deadlines up to now fall due.
    Clock,
    /// The centre stops and starts again.
    Restart,
    /// A policy of the town is checked and handed in.
    CheckPolicy { name: String, budget: Budget },
    /// From now on the journal cannot be written.
    DiskFull,
    /// It can again.
    DiskFree,
    /// Something on the boards must be so.
    Check(Vec<String>),
}

/// Reads a line's words.
///
/// # Errors
/// What was given and what would be accepted.
pub(super) fn action(words: &[String]) -> Result<Action, String> {
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["clock"] => Ok(Action::Clock),
        ["center", "restarts"] => Ok(Action::Restart),
        ["policy", name, "is", "checked"] => {
            Ok(Action::CheckPolicy { name: (*name).to_owned(), budget: Budget::default() })
        }
        ["policy", name, "is", "checked", "in", "vain"] => {
            let budget = Budget { nodes: 1, pairs: 1, conflicts: 0 };
            Ok(Action::CheckPolicy { name: (*name).to_owned(), budget })
        }
        ["disk", "fills"] => Ok(Action::DiskFull),
        ["disk", "frees"] => Ok(Action::DiskFree),
        ["check", rest @ ..] => Ok(Action::Check(rest.iter().map(ToString::to_string).collect())),
        ["center", rest @ ..] => order(Actor::Center, None, person(rest, None)?),
        ["caller", rest @ ..] => order(Actor::Line, None, line(rest)?),
        ["line", rest @ ..] => order(Actor::Line, None, Order::Command(phone::line(rest)?)),
        ["crew", unit, rest @ ..] => {
            let unit = UnitId::from(*unit);
            order(Actor::Crew { unit: unit.clone() }, None, crew(unit, rest)?)
        }
        ["stranger", name, rest @ ..] => order(Actor::of(name), None, person(rest, None)?),
        [role, name, rest @ ..] => {
            let role = match *role {
                "taker" => Role::CallTaker,
                "dispatcher" => Role::Dispatcher,
                "supervisor" => Role::Supervisor,
                "auditor" => Role::Auditor,
                _ => return Err(format!("`{role}` is no actor")),
            };
            order(Actor::of(name), Some(role), person(rest, Some(role))?)
        }
        _ => Err("a line says who does what".to_owned()),
    }
}

fn order(actor: Actor, role: Option<Role>, order: Order) -> Result<Action, String> {
    Ok(Action::Order { actor, role, order: Box::new(order) })
}

type Clears = Command<Clear>;

fn line(words: &[&str]) -> Result<Order, String> {
    let command = match words {
        ["rings", _, rest @ ..] => present(Channel::Voice, rest)?,
        ["texts", _, rest @ ..] => present(Channel::Text, rest)?,
        ["abandons" | "hangs", call] | ["hangs", "up", call] => {
            Command::AbandonCall { call: call_id(call)? }
        }
        ["moves", call, rest @ ..] => {
            Command::LocateCall { call: call_id(call)?, location: place(rest)?.0 }
        }
        ["answers", call] => Command::AnswerCall { call: call_id(call)? },
        _ => return Err(format!("a caller does not `{}`", words.join(" "))),
    };
    Ok(Order::Command(command))
}

/// `from "77 Main St" number 5550100 name "X" test`.
fn present(channel: Channel, words: &[&str]) -> Result<Clears, String> {
    let (location, mut rest) = match words {
        ["from" | "at", ..] => {
            let (location, rest) = place(words)?;
            (Some(location), rest)
        }
        _ => (None, words),
    };
    let (mut number, mut name, mut test) = (None, None, false);
    let mut signalling: Option<Box<Signalling<Clear>>> = None;
    loop {
        rest = match rest {
            [] => break,
            ["number", value, left @ ..] => {
                number = Some(Clear::from(*value));
                left
            }
            ["name", value, left @ ..] => {
                name = Some(Clear::from(*value));
                left
            }
            ["test", left @ ..] => {
                test = true;
                left
            }
            [what @ ("service" | "with" | "defect"), value, left @ ..] => {
                phone::signalled(signalling.get_or_insert_default(), what, value);
                left
            }
            _ => return Err(format!("`{}` is nothing a call brings", rest.join(" "))),
        };
    }
    let number_digest = None;
    Ok(Command::PresentCall { channel, number, number_digest, name, location, test, signalling })
}

/// `at "77 Main St"`, `at 42.0,-71.1`, both: `at "77 Main St" 42.0,-71.1`; and what is left.
pub(super) fn place<'a, 'b>(
    words: &'b [&'a str],
) -> Result<(Location<Clear>, &'b [&'a str]), String> {
    let ["at" | "from", first, rest @ ..] = words else {
        return Err(format!("a place is `at \"77 Main St\"`, not `{}`", words.join(" ")));
    };
    let mut location = Location::default();
    if let Some(point) = point(first) {
        location.point = Some(Clear(format!("{},{}", point.lat_e7, point.lon_e7)));
        return Ok((location, rest));
    }
    location.address = Some(Clear::from(*first));
    location.verified = true;
    match rest.split_first() {
        Some((second, left)) if point(second).is_some() => {
            location.point = point(second).map(|at| Clear(format!("{},{}", at.lat_e7, at.lon_e7)));
            Ok((location, left))
        }
        _ => Ok((location, rest)),
    }
}

fn point(word: &str) -> Option<UnitPoint> {
    let (lat, lon) = word.split_once(',')?;
    let point = map::Point::from_degrees(lat.parse().ok()?, lon.parse().ok()?)?;
    Some(UnitPoint { lat_e7: point.lat_e7, lon_e7: point.lon_e7 })
}

fn crew(unit: UnitId, words: &[&str]) -> Result<Order, String> {
    let command = match words {
        ["reports", label] => {
            Command::ReportStatus { unit, label: (*label).to_owned(), reported_at: None }
        }
        ["reports", label, "at", time] => Command::ReportStatus {
            unit,
            label: (*label).to_owned(),
            reported_at: Some(timestamp(time)?),
        },
        ["reports", label, "for", other] => Command::ReportStatus {
            unit: UnitId::from(*other),
            label: (*label).to_owned(),
            reported_at: None,
        },
        ["is", "at", place, "since", time] => {
            let point = point(place).ok_or_else(|| format!("`{place}` is no point"))?;
            Command::ReportPosition { unit, point, reported_at: timestamp(time)? }
        }
        _ => return Err(format!("a crew does not `{}`", words.join(" "))),
    };
    Ok(Order::Command(command))
}

fn person(words: &[&str], role: Option<Role>) -> Result<Order, String> {
    if let ["types", text, rest @ ..] = words {
        let mut selected = Selected::default();
        for word in rest.iter().filter(|word| **word != "on") {
            selected.call = call_id(word).ok().or(selected.call);
            selected.incident = incident_id(word).ok().or(selected.incident);
        }
        return Ok(Order::Line { text: (*text).to_owned(), selected });
    }
    if words == ["undoes"] {
        return Ok(Order::Undo);
    }
    let command = match words {
        ["starts", "shift"] => start(role.unwrap_or(Role::CallTaker), "P1"),
        ["starts", "shift", "at", position] => start(role.unwrap_or(Role::CallTaker), position),
        ["ends", "shift"] => Command::EndShift {},
        ["is", state] => Command::SetAgentState { state: coded(state)? },
        ["acknowledges", alert] => Command::AcknowledgeAlert { alert: alert_id(alert)? },
        ["passes", "time"] => Command::PassTime {},
        ["adopts", policy, "from", time, rest @ ..] => Command::AdoptPolicy {
            hash: (*policy).to_owned(),
            effective_at: timestamp(time)?,
            signature: signature(rest)?,
        },
        ["enters", _, rest @ ..] => present(Channel::WalkIn, rest)?,
        _ => match on_call(words)?.or(phone::person(words)?) {
            Some(command) => command,
            None => match on_incident(words)? {
                Some(command) => command,
                None => {
                    on_unit(words)?.ok_or_else(|| format!("nobody does `{}`", words.join(" ")))?
                }
            },
        },
    };
    Ok(Order::Command(command))
}

fn start(role: Role, position: &str) -> Clears {
    Command::StartShift { role, position: position.to_owned() }
}

fn on_call(words: &[&str]) -> Result<Option<Clears>, String> {
    Ok(Some(match words {
        ["answers", call] => Command::AnswerCall { call: call_id(call)? },
        ["ends", call] => Command::EndCall { call: call_id(call)? },
        ["writes", call, text] => {
            Command::RecordWords { call: call_id(call)?, words: Clear::from(*text) }
        }
        ["locates", call, rest @ ..] => {
            Command::LocateCall { call: call_id(call)?, location: place(rest)?.0 }
        }
        ["attaches", call, "to", incident] => Command::AttachCall {
            call: call_id(call)?,
            incident: incident_id(incident)?,
            words: None,
        },
        ["attaches", call, "to", incident, text] => Command::AttachCall {
            call: call_id(call)?,
            incident: incident_id(incident)?,
            words: Some(Clear::from(*text)),
        },
        ["learns", call, facts @ ..] => Command::RecordCallerFacts {
            call: call_id(call)?,
            facts: facts.iter().map(|fact| Clear::from(*fact)).collect(),
        },
        ["detaches", call] => Command::DetachCall { call: call_id(call)? },
        ["transfers", call, "to", who] => {
            Command::RecordTransfer { call: call_id(call)?, accepted_by: (*who).to_owned() }
        }
        ["declines", call, code, rest @ ..] if call_id(call).is_ok() => Command::DeclineCall {
            call: call_id(call)?,
            code: no_dispatch(code)?,
            signature: signature(rest)?,
        },
        ["lets", call, "wait"] => Command::HoldCall { call: call_id(call)? },
        ["resumes", call] => Command::ResumeCall { call: call_id(call)? },
        ["rings", "back", call] => Command::StartCallback { call: call_id(call)? },
        ["reaches", call] => Command::ReachCaller { call: call_id(call)? },
        ["misses", call] => Command::MissCaller { call: call_id(call)? },
        ["gives", "up", call, rest @ ..] => {
            Command::GiveUpCallback { call: call_id(call)?, signature: signature(rest)? }
        }
        ["hands", "over", call, "to", name, rest @ ..] => Command::HandOverCallback {
            call: call_id(call)?,
            to: PersonId::from(*name),
            signature: signature(rest)?,
        },
        _ => return Ok(None),
    }))
}

fn on_incident(words: &[&str]) -> Result<Option<Clears>, String> {
    Ok(Some(match words {
        ["opens", _, "for", call, rest @ ..] => Command::CreateIncident {
            call: Some(call_id(call)?),
            location: if rest.is_empty() { Location::default() } else { place(rest)?.0 },
        },
        ["opens", _, rest @ ..] => Command::CreateIncident { call: None, location: place(rest)?.0 },
        ["classifies", incident, "as", code, rest @ ..] => Command::ClassifyIncident {
            incident: incident_id(incident)?,
            incident_type: (*code).to_owned(),
            facts: facts(rest),
            signature: signature(unfacted(rest))?,
        },
        ["moves", incident, rest @ ..] if incident_id(incident).is_ok() => {
            let incident = incident_id(incident)?;
            Command::RelocateIncident { incident, location: place(rest)?.0 }
        }
        ["notes", incident, text] => {
            Command::AddNarrative { incident: incident_id(incident)?, text: Clear::from(*text) }
        }
        ["prioritises", incident, priority, rest @ ..] => Command::ChangePriority {
            incident: incident_id(incident)?,
            priority: priority.parse().map_err(|_| format!("`{priority}` is no priority"))?,
            signature: signature(rest)?,
        },
        ["holds", incident, "until", time, rest @ ..] => Command::HoldIncident {
            incident: incident_id(incident)?,
            review_at: timestamp(time)?,
            signature: signature(rest)?,
        },
        ["releases", incident] => Command::ReleaseHold { incident: incident_id(incident)? },
        ["raises", "alarm", incident] => {
            Command::RaiseAlarmLevel { incident: incident_id(incident)? }
        }
        ["declines", incident, code, rest @ ..] => Command::DeclineIncident {
            incident: incident_id(incident)?,
            code: no_dispatch(code)?,
            signature: signature(rest)?,
        },
        ["cancels", incident, rest @ ..] if incident_id(incident).is_ok() => {
            let incident = incident_id(incident)?;
            Command::CancelIncident { incident, signature: signature(rest)? }
        }
        ["closes", incident, rest @ ..] => {
            let incident = incident_id(incident)?;
            Command::CloseIncident { incident, disposition: disposition(rest)? }
        }
        ["reopens", incident] => Command::ReopenIncident { incident: incident_id(incident)? },
        ["merges", from, "into", into, rest @ ..] => Command::MergeIncidents {
            from: incident_id(from)?,
            into: incident_id(into)?,
            signature: signature(rest)?,
        },
        ["unmerges", incident] => Command::UnmergeIncident { incident: incident_id(incident)? },
        _ => return Ok(None),
    }))
}

fn on_unit(words: &[&str]) -> Result<Option<Clears>, String> {
    Ok(Some(match words {
        ["sends", rest @ ..] => {
            let to = rest.iter().position(|word| *word == "to").unwrap_or(rest.len());
            let (units, after) = rest.split_at(to);
            let [_, incident, why @ ..] = after else {
                return Err("`sends E1 E2 to I1`".to_owned());
            };
            Command::DispatchUnits {
                incident: incident_id(incident)?,
                units: units.iter().map(|unit| UnitId::from(*unit)).collect(),
                signature: signature(why)?,
            }
        }
        ["diverts", unit, "to", incident, rest @ ..] => Command::DivertUnit {
            unit: UnitId::from(*unit),
            incident: incident_id(incident)?,
            signature: signature(rest)?,
        },
        ["cancels", unit, rest @ ..] => {
            Command::CancelAssignment { unit: UnitId::from(*unit), signature: signature(rest)? }
        }
        ["reports", unit, label] => Command::ReportStatus {
            unit: UnitId::from(*unit),
            label: (*label).to_owned(),
            reported_at: None,
        },
        ["undoes", unit] => Command::UndoStatus { unit: UnitId::from(*unit) },
        ["commissions", unit, capability] => Command::CommissionUnit {
            unit: UnitId::from(*unit),
            agency: "fire".to_owned(),
            capabilities: vec![(*capability).to_owned()],
            station: "fire 0".to_owned(),
            point: None,
        },
        _ => return Ok(None),
    }))
}

/// `facts severity=3 weapon=yes`, before the signature.
fn facts(words: &[&str]) -> BTreeMap<String, String> {
    let said = words.get(..words.len() - unfacted(words).len()).unwrap_or_default();
    let pairs = said.iter().filter_map(|word| word.split_once('='));
    pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

/// What is left after the facts.
fn unfacted<'a, 'b>(words: &'b [&'a str]) -> &'b [&'a str] {
    let said = match words {
        ["facts", rest @ ..] => 1 + rest.iter().take_while(|word| word.contains('=')).count(),
        _ => 0,
    };
    words.get(said..).unwrap_or_default()
}

/// `because "reason" with S2 advised "text"`.
fn signature(words: &[&str]) -> Result<Signature, String> {
    match words {
        [] => Ok(Signature::default()),
        ["because", why, rest @ ..] => {
            Ok(Signature { reason: (*why).to_owned(), ..signature(rest)? })
        }
        ["with", second, rest @ ..] => {
            Ok(Signature { second: Some(PersonId::from(*second)), ..signature(rest)? })
        }
        ["advised", text, rest @ ..] => {
            Ok(Signature { advice_given: Some((*text).to_owned()), ..signature(rest)? })
        }
        _ => Err(format!("`{}` signs nothing", words.join(" "))),
    }
}

fn disposition(words: &[&str]) -> Result<Disposition, String> {
    match words {
        ["no_dispatch", code] => Ok(Disposition::NoDispatch(no_dispatch(code)?)),
        [word] => coded(word),
        _ => Err(format!("`{}` is no disposition", words.join(" "))),
    }
}

fn no_dispatch(word: &str) -> Result<NoDispatchCode, String> {
    coded(word)
}

pub(super) fn coded<T: DeserializeOwned>(word: &str) -> Result<T, String> {
    serde_json::from_value(serde_json::Value::String(word.to_owned()))
        .map_err(|error| error.to_string())
}

fn timestamp(word: &str) -> Result<Timestamp, String> {
    let ms = time_ms(word).ok_or_else(|| format!("`{word}` is no time, `hh:mm:ss` is"))?;
    Ok(Timestamp(MIDNIGHT + ms))
}

fn number(word: &str, letter: char) -> Result<u64, String> {
    word.strip_prefix(letter)
        .and_then(|digits| digits.parse().ok())
        .ok_or_else(|| format!("`{word}` is not `{letter}` and a number"))
}

pub(super) fn call_id(word: &str) -> Result<CallId, String> {
    number(word, 'C').map(CallId)
}

fn incident_id(word: &str) -> Result<IncidentId, String> {
    number(word, 'I').map(IncidentId)
}

fn alert_id(word: &str) -> Result<AlertId, String> {
    number(word, 'W').map(AlertId)
}
