//! What the telephone side of a scenario does, and what people do with it.

use super::phrase::{call_id, coded, place};
use center::Clear;
use evenhand_core::{Command, LocationSource, Signalling};

type Clears = Command<Clear>;

/// `line loses C1`, `line delivers C1 at 42.0,-71.1 within 50`.
pub(super) fn line(words: &[&str]) -> Result<Clears, String> {
    Ok(match words {
        ["loses", call] => Command::LoseLine { call: call_id(call)? },
        ["fails", "the", "answer", "of", call, reason] => {
            Command::AnswerFailed { call: call_id(call)?, reason: (*reason).to_owned() }
        }
        ["delivers", call, rest @ ..] => {
            let (mut location, rest) = place(rest)?;
            location.source = Some(LocationSource::Held);
            if let ["within", metres] = rest {
                location.uncertainty_m = metres.parse().ok();
            }
            Command::LocateCall { call: call_id(call)?, location }
        }
        ["finds", "no", "place", "for", call, reason] => Command::ReportLocationFailed {
            call: call_id(call)?,
            source: LocationSource::Held,
            reason: (*reason).to_owned(),
        },
        ["rebids", call] => Command::RebidLocation { call: call_id(call)? },
        ["hears", call, text] => {
            Command::RecordWords { call: call_id(call)?, words: Clear::from(*text) }
        }
        ["offers", call, "to", to_uri, name] => Command::OfferTransfer {
            call: call_id(call)?,
            service: "urn:service:sos".to_owned(),
            to_uri: (*to_uri).to_owned(),
            name: (*name).to_owned(),
        },
        ["reports", call, result, code] => Command::ReportTransfer {
            call: call_id(call)?,
            result: coded(result)?,
            code: code.parse().map_err(|_| format!("`{code}` is no status code"))?,
        },
        _ => return Err(format!("the line does not `{}`", words.join(" "))),
    })
}

/// What a person orders of the line.
pub(super) fn person(words: &[&str]) -> Result<Option<Clears>, String> {
    Ok(Some(match words {
        ["rebids", call] => Command::RebidLocation { call: call_id(call)? },
        ["hands", call, "to", to] => {
            Command::TransferCall { call: call_id(call)?, to: (*to).to_owned() }
        }
        ["loses", call] => Command::LoseLine { call: call_id(call)? },
        _ => return Ok(None),
    }))
}

/// What came with a call: `service urn:service:sos.fire`, `with "SubscriberInfo: ..."`,
/// `defect "no location"`.
pub(super) fn signalled(signalling: &mut Signalling<Clear>, what: &str, value: &str) {
    signalling.entered_by = "sip/udp".to_owned();
    match what {
        "service" => signalling.service = value.to_owned(),
        "with" => signalling.additional.push(Clear::from(value)),
        _ => signalling.defects.push(value.to_owned()),
    }
}
