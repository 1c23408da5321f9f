//! Everything that comes out of the centre, held against what is safe on the disk at that moment.

use super::console::Console;
use super::ledger::{CallKept, Check, Ledger, broken};
use super::report::Tally;
use center::{Accepted, Center, JournalState, Output, Rejected};
use evenhand_core::{CallId, Event};
use journal::MemoryDisk;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// The watcher.
#[derive(Default)]
pub(super) struct Watch {
    pub ledger: Ledger,
    pub console: Console,
    pub tally: Tally,
    /// How often the world was told each thing that rests on an entry.
    told: BTreeMap<(&'static str, u64), u64>,
    /// The first answer under each key.
    answers: BTreeMap<String, Answer>,
}

/// What an answer rests on.
#[derive(Clone, PartialEq, Eq, Debug)]
enum Answer {
    Done { first: u64, last: u64 },
    Refused { seq: u64 },
}

impl Watch {
    /// Looks at everything that came out of one step or waking.
    pub fn came_out(&mut self, outputs: &[Output], disk: &MemoryDisk) -> Check {
        self.ledger.catch_up(disk, false)?;
        for output in outputs {
            self.tally.outputs += 1;
            self.tally.chain(&text_of(output));
            self.check(output)?;
        }
        Ok(())
    }

    fn check(&mut self, output: &Output) -> Check {
        match output {
            Output::Reply { key, result } => self.reply(key, result),
            Output::Page { unit, incident, assignment } => {
                let known = self.ledger.units.assignment(assignment.0);
                let own = known.is_some_and(|known| {
                    known.unit == unit.as_str() && known.incident == incident.0
                });
                self.rests_on("Page", assignment.0, u64::from(own))
            }
            Output::CallOff { assignment, .. } => {
                let known = self.ledger.units.assignment(assignment.0);
                let off = known.is_some_and(|known| known.called_off);
                self.rests_on("CallOff", assignment.0, u64::from(off))
            }
            Output::Ring { call: Some(call), .. } => {
                self.rests_on("Ring", call.0, self.times(*call, |kept| kept.queued_times))
            }
            Output::Dial { call, .. } => {
                self.rests_on("Dial", call.0, self.times(*call, |kept| kept.dialled_times))
            }
            Output::Release { call } => {
                self.rests_on("Release", call.0, self.times(*call, |kept| kept.ended_times))
            }
            Output::Answered { call, .. } => {
                self.rests_on("Answered", call.0, self.times(*call, |kept| kept.answered_times))
            }
            Output::Abandoned { call, .. } => {
                self.rests_on("Abandoned", call.0, self.times(*call, |kept| kept.abandoned_times))
            }
            Output::Offered { call, .. } => {
                self.rests_on("Offered", call.0, self.times(*call, |kept| kept.offered_times))
            }
            Output::StopDialling { call } => {
                self.rests_on("StopDialling", call.0, self.times(*call, |kept| kept.missed_times))
            }
            Output::Hold { call } => {
                self.rests_on("Hold", call.0, self.times(*call, |kept| kept.held_times))
            }
            Output::Resume { call } => {
                self.rests_on("Resume", call.0, self.times(*call, |kept| kept.resumed_times))
            }
            Output::Rebid { call } => {
                self.rests_on("Rebid", call.0, self.times(*call, |kept| kept.rebid_times))
            }
            Output::Transfer { call, .. } => {
                self.rests_on("Transfer", call.0, self.times(*call, |kept| kept.transfer_times))
            }
            Output::BoardChanged(frames) if frames.seq > self.ledger.length() => {
                let text = format!("a change of entry {} is shown before it is safe", frames.seq);
                broken("output-before-entry", text)
            }
            Output::Ring { call: None, unrecorded: false, .. } => {
                broken("output-before-entry", "a ring without its call, not marked unrecorded")
            }
            Output::Ring { call: None, .. }
            | Output::StatesChanged
            | Output::BoardChanged(_)
            | Output::JournalDown { .. }
            | Output::JournalBack { .. }
            | Output::NextDeadline { .. } => Ok(()),
        }
    }

    fn times(&self, call: CallId, count: fn(&CallKept) -> u64) -> u64 {
        self.ledger.calls.get(call.0).map_or(0, count)
    }

    /// The world is told something no more often than entries say it.
    fn rests_on(&mut self, what: &'static str, id: u64, entries: u64) -> Check {
        let told = self.told.entry((what, id)).or_default();
        *told += 1;
        if *told > entries {
            let text = format!("{what} of {id} went out {told} times, safe entries: {entries}");
            return broken("output-before-entry", text);
        }
        Ok(())
    }

    /// What was answered stands in the journal, word for word, and stays the answer.
    fn reply(&mut self, key: &str, result: &Result<Accepted, Rejected>) -> Check {
        let answer = match result {
            Ok(accepted) => {
                self.accepted(key, accepted)?;
                Answer::Done { first: accepted.first_seq, last: accepted.last_seq }
            }
            Err(Rejected::Refused { seq, .. }) => {
                let row = self.ledger.row(*seq);
                if row.is_none_or(|row| row.kind != "CommandRefused" || !row.id.starts_with(key)) {
                    let text = format!("the refusal of `{key}` is not entry {seq}");
                    return broken("accepted", text);
                }
                Answer::Refused { seq: *seq }
            }
            Err(
                Rejected::NotRead { .. } | Rejected::Invalid { .. } | Rejected::Unrecorded { .. },
            ) => return Ok(()),
        };
        match self.answers.get(key) {
            None => {
                self.answers.insert(key.to_owned(), answer);
                Ok(())
            }
            Some(before) if *before == answer => Ok(()),
            Some(before) => {
                let text = format!("`{key}` was answered {before:?}, and later {answer:?}");
                broken("idempotency", text)
            }
        }
    }

    fn accepted(&self, key: &str, accepted: &Accepted) -> Check {
        let fault = |what: &str| broken("accepted", format!("the answer to `{key}` {what}"));
        let Some(first) = self.ledger.row(accepted.first_seq) else {
            return fault(&format!("rests on entry {}, which is not safe", accepted.first_seq));
        };
        if first.id != key || !first.kind.starts_with("command/") {
            return fault(&format!("rests on entry {}, which is `{}`", first.seq, first.id));
        }
        for (seq, event) in &accepted.events {
            let Some(row) = self.ledger.row(*seq) else {
                return fault(&format!("names entry {seq}, which is not safe"));
            };
            if row.kind != event.name() || row.data != data_of(event) {
                return fault(&format!(
                    "names entry {seq} as {}, it is {}",
                    event.name(),
                    row.kind
                ));
            }
        }
        let last = accepted.events.last().map_or(accepted.first_seq, |(seq, _)| *seq);
        if last != accepted.last_seq {
            return fault(&format!("ends at entry {last}, and says {}", accepted.last_seq));
        }
        Ok(())
    }

    /// The boards, as far as they can be seen from outside: every call without an outcome is
    /// there, and nothing that is not safe.
    pub fn boards(&self, center: &Center) -> Check {
        let unaccounted = self.ledger.calls.unaccounted();
        let shown: BTreeSet<u64> = center.boards().call_queue.shown().map(|call| call.0).collect();
        if let Some(missing) = unaccounted.iter().find(|call| !shown.contains(call)) {
            return broken("call-lost", format!("call {missing} has no outcome and is not shown"));
        }
        let counted = center.core().unaccounted();
        if counted != unaccounted.len() as u64 {
            let text = format!("{counted} calls lack an outcome, and {unaccounted:?} do");
            return broken("call-lost", text);
        }
        if center.last_seq() != self.ledger.length() {
            let (seq, length) = (center.last_seq(), self.ledger.length());
            return broken("board", format!("the boards rest on entry {seq}, safe are {length}"));
        }
        Ok(())
    }

    /// A console that is open shows what a new one would.
    pub fn compare_console(&self, center: &Center) -> Check {
        match center.journal_state() {
            JournalState::Ok => self.console.compare(&center.snapshot()),
            JournalState::Down { .. } => Ok(()),
        }
    }

    /// After a waking at `at` nothing held is overdue.
    pub fn holds(&self, at: i64) -> Check {
        match self.ledger.incidents.overdue(at) {
            Some(id) => broken("hold", format!("incident {id} is held beyond its review at {at}")),
            None => Ok(()),
        }
    }
}

/// The event's own data, written by its own form.
fn data_of(event: &Event) -> Value {
    let tagged = serde_json::to_value(event).unwrap_or_default();
    tagged.get("data").cloned().unwrap_or_default()
}

fn text_of(output: &Output) -> String {
    match output {
        Output::BoardChanged(frames) => serde_json::to_string(frames).unwrap_or_default(),
        other => format!("{other:?}"),
    }
}
