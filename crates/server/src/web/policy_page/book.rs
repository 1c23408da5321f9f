//! What is in force, what comes, what the configuration holds, and who adopted what and when.

use axum::Json;
use axum::extract::State;
use center::{Center, Entry};
use evenhand_core::{Adopted, Event, PolicyText, Timestamp};
use policy::Policy;
use serde_json::{Value, json};

use super::texts::TextBody;
use crate::web::App;
use crate::web::extract::Signed;
use crate::web::failure::Failure;
use crate::web::questions::chosen;

/// Adoptions shown, latest first.
const HISTORY_MAX: usize = 50;
/// Entries looked through for an adoption, from the first of its time on.
const AROUND_MAX: usize = 2_048;

/// What the agency chose: types, codes, labels; and the policy's texts, with who adopted them.
#[utoipa::path(get, path = "/api/v1/policy", responses((status = 200, body = Object)))]
pub(crate) async fn policy(
    State(app): State<App>,
    _signed: Signed,
) -> Result<Json<Value>, Failure> {
    let configured = app.configured.clone();
    Ok(Json(app.center.query(move |center| shown(center, &configured)).await?))
}

fn shown(center: &Center, configured: &Policy) -> Value {
    let mut shown = chosen(center.policy());
    let core = center.core();
    let in_force = core.policy_in_force().map(|adopted| {
        let mut entry = entry(center, adopted).0;
        entry["files"] = json!(texts(center.policy().files()));
        entry
    });
    let pending = core.policy_pending().map(|adopted| {
        let (mut entry, files) = entry(center, adopted);
        entry["files"] = json!(texts(&files));
        entry
    });
    let history = core.adoptions().rev().take(HISTORY_MAX);
    let history: Vec<Value> = history.map(|adopted| entry(center, adopted).0).collect();
    shown["in_force"] = json!(in_force);
    shown["pending"] = json!(pending);
    shown["configured"] = json!(configured_entry(center, configured));
    shown["history"] = json!(history);
    shown
}

fn texts(files: &[PolicyText]) -> Vec<TextBody> {
    files.iter().map(TextBody::from).collect()
}

/// An adoption with its reason, and the texts that were adopted.
fn entry(center: &Center, adopted: &Adopted) -> (Value, Vec<PolicyText>) {
    let (reason, files) = recorded(center, adopted);
    let entry = json!({
        "id": adopted.policy.id,
        "version": adopted.policy.version,
        "hash": adopted.policy.hash,
        "verdict": adopted.verdict,
        "checked_on": adopted.checked_on,
        "exceptions": adopted.exceptions,
        "adopted_by": adopted.adopted_by,
        "adopted_at": adopted.adopted_at,
        "effective_at": adopted.effective_at,
        "decision": adopted.decision,
        "reason": reason,
    });
    (entry, files)
}

/// The configured policy, if it is another than the one in force. Nobody has checked or adopted it.
fn configured_entry(center: &Center, configured: &Policy) -> Option<Value> {
    let policy = configured.reference();
    (policy.hash != center.policy().reference().hash).then(|| {
        json!({
            "id": policy.id,
            "version": policy.version,
            "hash": policy.hash,
            "verdict": null,
            "exceptions": [],
            "adopted_by": [],
            "adopted_at": null,
            "effective_at": null,
            "decision": null,
            "reason": null,
            "files": texts(configured.files()),
        })
    })
}

/// Reason and texts of an adoption, from the journal: the truth keeps neither.
fn recorded(center: &Center, adopted: &Adopted) -> (Option<String>, Vec<PolicyText>) {
    let mut found = (None, Vec::new());
    let first = first_at(center, adopted.adopted_at);
    let entries = center.journal().read(first, AROUND_MAX).unwrap_or_default();
    let rows = entries.iter().filter_map(|stored| center::decode(&stored.body).ok());
    for row in rows.take_while(|row| row.at == adopted.adopted_at) {
        match row.entry {
            Entry::Event(Event::DecisionMade { decision })
                if Some(decision.id) == adopted.decision =>
            {
                found.0 = Some(decision.reason);
            }
            Entry::Event(Event::PolicyAdopted { policy, files, .. })
                if policy == adopted.policy =>
            {
                found.1 = files;
                break;
            }
            Entry::Event(_) | Entry::Command { .. } => {}
        }
    }
    found
}

/// Number of the first entry that is not earlier than a time. Entries stand in order of time, so
/// that a year of them is searched in some twenty steps.
fn first_at(center: &Center, at: Timestamp) -> u64 {
    let (mut low, mut high) = (1, center.journal().next_seq());
    while low < high {
        let middle = low + (high - low) / 2;
        let entry = center.journal().read(middle, 1).unwrap_or_default();
        let row = entry.first().and_then(|stored| center::decode(&stored.body).ok());
        match row.is_some_and(|row| row.at < at) {
            true => low = middle + 1,
            false => high = middle,
        }
    }
    low
}
