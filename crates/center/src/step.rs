//! The one step that every mode runs: rule and advise, decide, write and wait until safe, make it
//! so, and only then tell the world.
//!
//! A step takes a batch, so that many commands share one sync. Within the batch core runs ahead of
//! the journal, command by command, because the second command must be judged by what the first
//! did; but nobody sees it: boards and outputs wait for the append, and if the append fails core is
//! built again from the journal, by the same code as at every start.

use crate::advice;
use crate::boards::RowKey;
use crate::center::{Center, JournalState};
use crate::entry::{Entry, Head, Row, encode_command, encode_event};
use crate::input::{Clear, Input, Order};
use crate::limits;
use crate::line;
use crate::location;
use crate::output::{Accepted, Change, Frames, Output, Rejected};
use crate::seal::{self, SealedCommand, seal_command};
use crate::undo;
use crate::view;
use evenhand_core::{
    Actor, Advice, Answer, AssignmentEnd, Command, Event, IncidentId, Role, Ruling, Timestamp,
};
use journal::{Record, SealedValue, StoreError};
use std::collections::{BTreeMap, BTreeSet};

/// What waits for the append.
#[derive(Default)]
struct Batch {
    records: Vec<Record>,
    rows: Vec<Row>,
    /// Rows of each command of the batch, by key: `records[from..to]` as sequence numbers.
    done: BTreeMap<String, (u64, u64)>,
    replies: Vec<Waiting>,
}

/// An input that waits for its answer, with the commands it turned into.
enum Waiting {
    Answered { key: String, result: Result<Accepted, Rejected> },
    Staged { input: Box<Input>, commands: Vec<String> },
}

impl Center {
    /// Takes inputs, and says what goes out. At most [`limits::BATCH_MAX`] at a time share a sync;
    /// a longer list is taken in several.
    pub fn step(&mut self, inputs: Vec<Input>) -> Vec<Output> {
        let mut outputs = Vec::new();
        let mut inputs = inputs.into_iter().peekable();
        while let Some(first) = inputs.next() {
            let mut batch = vec![first];
            // What an undo takes back is looked up on the boards, and these follow the append: an
            // undo never shares a batch with what came before it.
            while batch.len() < limits::BATCH_MAX
                && let Some(next) = inputs.next_if(|next| !undoes(&next.order))
            {
                batch.push(next);
            }
            self.step_batch(batch, &mut outputs);
        }
        outputs.push(Output::NextDeadline { at: self.next_deadline() });
        outputs
    }

    /// Deadlines up to `at` fall due; a journal that could not be written is tried again.
    pub fn wake(&mut self, at: Timestamp, salt: [u8; 32]) -> Vec<Output> {
        let mut outputs = self.retry_journal(at, salt);
        if matches!(self.journal_state, JournalState::Ok)
            && self.core.next_deadline().is_some_and(|deadline| deadline.at <= at)
        {
            let input = Input {
                key: format!("clock:{}:{}", at.0, self.journal.next_seq()),
                at,
                actor: Actor::Clock,
                order: Order::Command(Command::PassTime {}),
                salt,
            };
            let mut passed = Vec::new();
            self.step_batch(vec![input], &mut passed);
            outputs.extend(passed.into_iter().filter(|one| !matches!(one, Output::Reply { .. })));
        }
        outputs.push(Output::NextDeadline { at: self.next_deadline() });
        outputs
    }

    fn step_batch(&mut self, inputs: Vec<Input>, outputs: &mut Vec<Output>) {
        if let JournalState::Down { why, .. } = &self.journal_state {
            let why = why.clone();
            for input in inputs {
                self.unrecorded_input(input, &why, outputs);
            }
            return;
        }
        let mut batch = Batch::default();
        for input in inputs {
            let waiting = self.stage_input(input, &mut batch);
            batch.replies.push(waiting);
        }
        let Batch { records, rows, done, replies } = batch;
        if records.is_empty() {
            return self.reply(&rows, &done, replies, outputs);
        }
        // Here a call becomes durable: nothing above has told anybody, everything below may.
        match self.journal.append(records) {
            Ok(_) => self.appended(&rows, &done, replies, outputs),
            Err(error) => self.not_appended(&error, replies, outputs),
        }
    }

    fn stage_input(&mut self, input: Input, batch: &mut Batch) -> Waiting {
        self.now = self.now.max(input.at);
        if let Some(result) = self.known(&input, batch) {
            return Waiting::Answered { key: input.key, result };
        }
        let commands = match self.commands_of(&input) {
            Ok(commands) => commands,
            Err(rejected) => {
                return Waiting::Answered { key: input.key, result: Err(rejected) };
            }
        };
        let mut keys = Vec::with_capacity(commands.len());
        for (place, command) in commands.into_iter().enumerate() {
            let key = match place {
                0 => input.key.clone(),
                more => sub_key(&input.key, more),
            };
            match self.stage(&key, &input, command, batch) {
                Ok(refused) => keys.push((key, refused)),
                Err(text) => {
                    let result = Err(Rejected::Invalid { text });
                    return Waiting::Answered { key: input.key, result };
                }
            }
            // A line with several commands stops at the first that is refused.
            if keys.last().is_some_and(|(_, refused)| *refused) {
                break;
            }
        }
        let input = Box::new(input);
        Waiting::Staged { input, commands: keys.into_iter().map(|(key, _)| key).collect() }
    }

    /// The commands that an order stands for.
    fn commands_of(&self, input: &Input) -> Result<Vec<Command<Clear>>, Rejected> {
        match &input.order {
            Order::Command(command) => Ok(vec![command.clone()]),
            Order::Line { text, selected } => {
                let reading = self.read_line(text, selected);
                if reading.undo {
                    return undo::inverse(self, &input.actor)
                        .map_err(|text| Rejected::Invalid { text });
                }
                if !reading.understood {
                    return Err(Rejected::NotRead { reading: Box::new(reading) });
                }
                Ok(reading.commands)
            }
            Order::Undo => {
                undo::inverse(self, &input.actor).map_err(|text| Rejected::Invalid { text })
            }
        }
    }

    /// Steps 1 and 2 for one command, and its rows. Says whether it was refused.
    fn stage(
        &mut self,
        key: &str,
        input: &Input,
        command: Command<Clear>,
        batch: &mut Batch,
    ) -> Result<bool, String> {
        let command = self.placed(command)?;
        let SealedCommand { command, values } =
            seal_command(command, &input.salt, &self.setup.digest_key)?;
        self.vault.keep(&values);
        let ruling = self.ruling(input, &command);
        let advice = advice::for_command(self, input.at, &input.actor, &command);
        let decided = self.core.decide(input.at, &input.actor, &command, &ruling, &advice);
        let refused = decided.is_err();
        let events = decided.unwrap_or_else(|refusal| vec![Event::CommandRefused { refusal }]);
        // The passing of time is recorded when something was due.
        if events.is_empty() && matches!(input.actor, Actor::Clock) {
            return Ok(false);
        }
        for event in &events {
            self.core.apply(input.at, event);
            self.policies.happened(event);
        }
        // What was recommended rests on the state before these events, whatever batch they are in.
        *self.recommended.borrow_mut() = None;
        let staged = Staged { command, ruling, advice, events, values };
        self.rows(key, input, staged, batch).map_err(|error| error.to_string())?;
        Ok(refused)
    }

    fn rows(
        &self,
        key: &str,
        input: &Input,
        staged: Staged,
        batch: &mut Batch,
    ) -> Result<(), serde_json::Error> {
        let Staged { command, ruling, advice, events, values } = staged;
        let first = self.journal.next_seq() + batch.rows.len() as u64;
        let actor = serde_json::to_string(&input.actor)?;
        let head = Head { key, at: input.at, actor: &actor };
        let body = encode_command(first, head, &command, &ruling, &advice)?;
        batch.records.push(Record { body, sealed: values });
        let row = |seq, id: String, entry| Row {
            seq,
            id,
            at: input.at,
            actor: input.actor.clone(),
            entry,
        };
        let (command, ruling) = (Box::new(command), Box::new(ruling));
        let entry = Entry::Command { command, ruling, advice };
        batch.rows.push(row(first, key.to_owned(), entry));
        let mut last = first;
        for (place, event) in (1..).zip(events) {
            last += 1;
            let body = encode_event(last, head, place, &event)?;
            batch.records.push(Record { body, sealed: Vec::new() });
            batch.rows.push(row(last, format!("{key}/{place}"), Entry::Event(event)));
        }
        batch.done.insert(key.to_owned(), (first, last));
        Ok(())
    }

    /// Adds to a command's location what the map knows.
    fn placed(&self, command: Command<Clear>) -> Result<Command<Clear>, String> {
        let complete = |location| location::complete(location, &self.setup.places);
        Ok(match command {
            Command::PresentCall {
                channel,
                number,
                number_digest,
                name,
                location,
                test,
                signalling,
            } => Command::PresentCall {
                channel,
                number: number.map(seal::shortened),
                number_digest,
                name: name.map(seal::shortened),
                // A call whose place cannot be read is a call all the same.
                location: location
                    .map(|location| location::complete_ring(location, &self.setup.places)),
                test,
                signalling: signalling.map(|of| Box::new(seal::shortened_signalling(*of))),
            },
            Command::LocateCall { call, location } => {
                Command::LocateCall { call, location: complete(location)? }
            }
            Command::CreateIncident { call, location } => {
                Command::CreateIncident { call, location: complete(location)? }
            }
            Command::RelocateIncident { incident, location } => {
                Command::RelocateIncident { incident, location: complete(location)? }
            }
            // Whatever was typed or sent for it, a label stands in the record by its one name.
            Command::ReportStatus { unit, label, reported_at } => {
                let name = self.policy().label(&label).map(|known| known.name.clone());
                Command::ReportStatus { unit, label: name.unwrap_or(label), reported_at }
            }
            other => other,
        })
    }

    fn ruling(&self, input: &Input, command: &Command) -> Ruling {
        let (actor, at) = (&input.actor, input.at);
        let role = match actor {
            Actor::Person { id } => self.core.shift(id).map(|shift| shift.role),
            Actor::Line | Actor::Crew { .. } | Actor::Clock | Actor::Center => None,
        };
        // Somebody who is not at work yet may start work, in the role they start in.
        let role = match (role, command) {
            (None, Command::StartShift { role, .. }) => Some(*role),
            (None, _) if actor.person().is_some() => Some(Role::Auditor),
            (role, _) => role,
        };
        let about = self.about(command);
        let own = self.rule(role, command, about.first().copied(), at);
        let answer = own.answer.clone().or_else(|| self.repriced(command));
        let others = about.iter().skip(1);
        let others = others.map(|incident| self.rule(role, command, Some(*incident), at));
        let mut ruling = strictest(own, others);
        ruling.answer = answer;
        self.add_about_caller(&mut ruling, command);
        ruling.adoption = self.policies.adoption(command);
        ruling
    }

    /// The incidents that a command changes something for; the one that it names first.
    fn about(&self, command: &Command) -> Vec<IncidentId> {
        let of_unit = |unit| self.core.active_of(unit).map(|active| active.incident);
        let other = match command {
            Command::CancelAssignment { unit, .. } | Command::DivertUnit { unit, .. } => {
                of_unit(unit)
            }
            Command::MergeIncidents { into, .. } => Some(*into),
            _ => None,
        };
        let mut about = Vec::new();
        for incident in command.incident().into_iter().chain(other) {
            about.extend(self.core.stands_for(incident));
        }
        about
    }

    /// What an incident gets at another urgency: the times of its type, or those of the urgency
    /// where these are shorter.
    fn repriced(&self, command: &Command) -> Option<Answer> {
        let Command::ChangePriority { incident, priority, .. } = command else { return None };
        let known = self.core.incident(*incident).ok()?.classification.as_ref()?;
        let urgencies = self.policy().urgencies();
        let urgency = urgencies.take_while(|one| one.priority <= *priority).last()?;
        Some(Answer {
            priority: *priority,
            pending_ms_max: known.answer.pending_ms_max.min(urgency.pending_ms_max),
            hold_ms_max: known.answer.hold_ms_max.min(urgency.hold_ms_max),
            ..known.answer.clone()
        })
    }

    /// Steps 4 and 5: what is safe now becomes visible.
    fn appended(
        &mut self,
        rows: &[Row],
        done: &BTreeMap<String, (u64, u64)>,
        replies: Vec<Waiting>,
        outputs: &mut Vec<Output>,
    ) {
        let mut touched = BTreeSet::new();
        for row in rows {
            self.boards.apply(&self.core, row, &mut touched);
        }
        for (key, span) in done {
            self.keys.insert(key, *span);
        }
        self.reply(rows, done, replies, outputs);
        for row in rows {
            if let Entry::Event(event) = &row.entry {
                self.tell(row, event, outputs);
            }
        }
        let states = self.state_changes(outputs);
        if let Some(frames) = self.frames(&touched, states) {
            outputs.push(Output::BoardChanged(frames));
        }
    }

    /// Rows of queues that stand otherwise now; that any do, or the whole centre does, is told.
    fn state_changes(&mut self, outputs: &mut Vec<Output>) -> Vec<Change> {
        let changes = self.queue_changes();
        let service = self.service_state();
        if std::mem::replace(&mut self.service_told, service) != service || !changes.is_empty() {
            outputs.push(Output::StatesChanged);
        }
        changes
    }

    fn frames(&self, touched: &BTreeSet<RowKey>, states: Vec<Change>) -> Option<Frames> {
        if (touched.is_empty() && states.is_empty()) || !self.drawn {
            return None;
        }
        let mut changes: Vec<_> = touched.iter().map(|key| view::change(self, key)).collect();
        changes.extend(states);
        if touched.contains(&RowKey::Policy) {
            changes.push(view::center_change(self));
        }
        changes.push(view::situation_change(self));
        Some(Frames { seq: self.boards.seq, changes })
    }

    /// What an event means for the world outside.
    fn tell(&self, row: &Row, event: &Event, outputs: &mut Vec<Output>) {
        match event {
            Event::CallQueued { call, .. } => {
                outputs.push(Output::Ring { call: Some(*call), unrecorded: false, at: row.at });
            }
            Event::CallAnswered { call, by } => {
                outputs.push(Output::Answered { call: *call, by: by.clone() });
            }
            Event::CallAbandoned { call } => {
                outputs.push(Output::Abandoned { call: *call, at: row.at });
            }
            Event::CallOffered { call, to, .. } => {
                outputs.push(Output::Offered { call: *call, to: to.clone() });
            }
            Event::LocationRebid { call } => outputs.push(Output::Rebid { call: *call }),
            Event::TransferStarted { call, to, .. } => {
                outputs.push(Output::Transfer { call: *call, to: to.clone() });
            }
            Event::CallEnded { call, .. } => outputs.push(Output::Release { call: *call }),
            Event::CallbackStarted { call, by, .. } => {
                outputs.push(Output::Dial { call: *call, by: by.clone() });
            }
            Event::CallbackReached { call, by } => {
                outputs.push(Output::Answered { call: *call, by: by.clone() });
            }
            Event::CallbackNotReached { call, .. } => {
                outputs.push(Output::StopDialling { call: *call });
            }
            Event::CallHeld { call, .. } => outputs.push(Output::Hold { call: *call }),
            Event::CallResumed { call, .. } => outputs.push(Output::Resume { call: *call }),
            Event::UnitDispatched { assignment, unit, incident, .. } => {
                outputs.push(Output::Page {
                    unit: unit.clone(),
                    incident: *incident,
                    assignment: *assignment,
                });
            }
            Event::AssignmentEnded {
                assignment,
                end: AssignmentEnd::Cancelled | AssignmentEnd::Diverted,
            } => {
                if let Some(ended) = self.core.assignment(*assignment) {
                    outputs.push(Output::CallOff {
                        unit: ended.unit.clone(),
                        incident: ended.incident,
                        assignment: *assignment,
                    });
                }
            }
            _ => {}
        }
    }

    fn reply(
        &self,
        rows: &[Row],
        done: &BTreeMap<String, (u64, u64)>,
        replies: Vec<Waiting>,
        outputs: &mut Vec<Output>,
    ) {
        for waiting in replies {
            outputs.push(match waiting {
                Waiting::Answered { key, result } => Output::Reply { key, result },
                Waiting::Staged { input, commands } => {
                    let result = result_of(&commands, done, rows);
                    Output::Reply { key: input.key, result }
                }
            });
        }
    }
}

/// The strictest word counts: what protects one incident protects it also where another stands for
/// it, or loses its unit to another.
fn strictest(mut own: Ruling, others: impl Iterator<Item = Ruling>) -> Ruling {
    for other in others {
        let stricter =
            (own.permitted && !other.permitted) || (!own.second_person && other.second_person);
        if own.permitted && stricter {
            own.rule = other.rule;
        }
        own.permitted &= other.permitted;
        own.second_person |= other.second_person;
        own.reason |= other.reason;
        own.departs = own.departs.or(other.departs);
    }
    own
}

/// One command, decided.
struct Staged {
    command: Command,
    ruling: Ruling,
    advice: Advice,
    events: Vec<Event>,
    values: Vec<SealedValue>,
}

/// The rows `first` to `last`. Rows follow each other without a gap, so they are found by counting.
fn between(rows: &[Row], first: u64, last: u64) -> &[Row] {
    let base = rows.first().map_or(1, |row| row.seq);
    let place = |seq: u64| usize::try_from(seq.saturating_sub(base)).unwrap_or(usize::MAX);
    rows.get(place(first)..place(last.saturating_add(1))).unwrap_or_default()
}

/// The answer to an input, from the rows of its commands.
pub(crate) fn result_of(
    commands: &[String],
    done: &BTreeMap<String, (u64, u64)>,
    rows: &[Row],
) -> Result<Accepted, Rejected> {
    let spans: Vec<(u64, u64)> = commands.iter().filter_map(|key| done.get(key).copied()).collect();
    let mut events = Vec::new();
    for (first, last) in &spans {
        for row in between(rows, *first, *last) {
            match &row.entry {
                Entry::Event(Event::CommandRefused { refusal }) => {
                    return Err(Rejected::Refused {
                        seq: row.seq,
                        refusal: refusal.clone(),
                        text: refusal.to_string(),
                    });
                }
                Entry::Event(event) => events.push((row.seq, event.clone())),
                Entry::Command { .. } => {}
            }
        }
    }
    Ok(Accepted {
        first_seq: spans.first().map_or(0, |span| span.0),
        last_seq: spans.last().map_or(0, |span| span.1),
        events,
        repeated: false,
    })
}

/// While the journal cannot be written, and on its return.
impl Center {
    /// The append failed: nothing of the batch happened. Core goes back to what stands in the
    /// journal; rings are kept, everything else is told that it was not accepted.
    fn not_appended(
        &mut self,
        error: &StoreError,
        replies: Vec<Waiting>,
        outputs: &mut Vec<Output>,
    ) {
        let why = error.to_string();
        let unsettled = !error.state_is_known();
        self.journal_state = JournalState::Down { why: why.clone(), unsettled };
        if let Err(error) = self.rebuild() {
            // What cannot be read back is not guessed: only a new start decides. The boards stay as
            // they were, because ringing calls must be seen.
            let why = format!("{why}; and the journal could not be read back: {error}");
            self.journal_state = JournalState::Down { why, unsettled: true };
        }
        outputs.push(Output::JournalDown { why: why.clone() });
        let mut latest = None;
        for waiting in replies {
            match waiting {
                Waiting::Answered { key, result } => outputs.push(Output::Reply { key, result }),
                Waiting::Staged { input, .. } => {
                    latest = Some(input.at);
                    self.unrecorded_input(*input, &why, outputs);
                }
            }
        }
        self.retry_at = latest.map(|at| at.plus(limits::JOURNAL_RETRY_MS));
        self.center_changed(outputs);
    }

    /// The centre itself stands otherwise: it can record, or cannot.
    fn center_changed(&mut self, outputs: &mut Vec<Output>) {
        let mut changes = vec![view::center_change(self)];
        changes.extend(self.state_changes(outputs));
        outputs.push(Output::BoardChanged(Frames { seq: self.boards.seq, changes }));
    }

    /// Nothing is accepted that could not be recorded; but a ringing phone must be seen.
    fn unrecorded_input(&mut self, input: Input, why: &str, outputs: &mut Vec<Output>) {
        let rings = matches!(&input.order, Order::Command(Command::PresentCall { .. }));
        outputs.push(Output::Reply {
            key: input.key.clone(),
            result: Err(Rejected::Unrecorded { why: why.to_owned() }),
        });
        if !rings {
            return;
        }
        outputs.push(Output::Ring { call: None, unrecorded: true, at: input.at });
        let known = self.unrecorded.iter().any(|ring| ring.key == input.key);
        if !known && self.unrecorded.len() < limits::UNRECORDED_MAX {
            self.unrecorded.push(input);
        }
    }

    /// Tries a journal that could not be written; does nothing if it can. A journal of which only
    /// opening it again tells what it holds stays down: whoever owns the store opens it again.
    pub fn retry_journal(&mut self, at: Timestamp, salt: [u8; 32]) -> Vec<Output> {
        let mut outputs = Vec::new();
        if matches!(self.journal_state, JournalState::Down { .. }) {
            self.resume(at, salt, &mut outputs);
        }
        outputs
    }

    /// Tries the journal again: first the rings that waited, then that it is back.
    fn resume(&mut self, at: Timestamp, salt: [u8; 32], outputs: &mut Vec<Output>) {
        if let JournalState::Down { unsettled: true, .. } = self.journal_state {
            self.retry_at = Some(at.plus(limits::JOURNAL_RETRY_MS));
            return;
        }
        let rings = std::mem::take(&mut self.unrecorded);
        let unrecorded = rings.len() as u64;
        let mut inputs = rings.clone();
        inputs.push(Input {
            key: format!("center:resume:{}:{}", at.0, self.journal.next_seq()),
            at,
            actor: Actor::Center,
            order: Order::Command(Command::ResumeJournal { unrecorded }),
            salt,
        });
        self.journal_state = JournalState::Ok;
        let mut told = Vec::new();
        for batch in inputs.chunks(limits::BATCH_MAX) {
            let mut trial = Vec::new();
            self.step_batch(batch.to_vec(), &mut trial);
            // Of a batch that failed again the world knows already; one that is safe is told, even
            // if a later one fails.
            if matches!(self.journal_state, JournalState::Ok) {
                told.extend(trial);
            }
        }
        if let JournalState::Down { .. } = self.journal_state {
            self.retry_at = Some(at.plus(limits::JOURNAL_RETRY_MS));
            outputs.extend(told);
            return;
        }
        self.retry_at = None;
        outputs.push(Output::JournalBack { unrecorded });
        outputs.extend(told);
        self.center_changed(outputs);
    }
}

/// Kept apart so that a reader of `step.rs` sees at once what may be answered without writing.
impl Center {
    /// An input that needs no writing: a bad key, or one that was answered before.
    fn known(&self, input: &Input, batch: &Batch) -> Option<Result<Accepted, Rejected>> {
        if let Err(text) = check_key(&input.key) {
            return Some(Err(Rejected::Invalid { text }));
        }
        if batch.done.contains_key(&input.key) {
            let text = format!("key `{}` came twice at once; send it again", input.key);
            return Some(Err(Rejected::Invalid { text }));
        }
        let (first, _) = self.keys.get(&input.key)?;
        Some(self.repeated(input, first))
    }

    fn repeated(&self, input: &Input, first: u64) -> Result<Accepted, Rejected> {
        // A line of several commands stands under its key, `key+1`, `key+2` and so on.
        let more = (1..).map(|place| sub_key(&input.key, place));
        let more = more.take_while(|key| self.keys.get(key).is_some());
        let keys: Vec<String> = std::iter::once(input.key.clone()).chain(more).collect();
        let done: BTreeMap<String, (u64, u64)> = keys
            .iter()
            .filter_map(|key| self.keys.get(key).map(|span| (key.clone(), span)))
            .collect();
        let last = done.values().map(|span| span.1).max().unwrap_or(first);
        let rows = self.rows_between(first, last)?;
        if let Some(row) = rows.first() {
            self.check_same(input, row).map_err(|text| Rejected::Invalid { text })?;
        }
        let mut accepted = result_of(&keys, &done, &rows)?;
        accepted.repeated = true;
        Ok(accepted)
    }

    /// A known key with another order is a mistake: answered from the record, its sender would
    /// believe that the new order was carried out.
    fn check_same(&self, input: &Input, row: &Row) -> Result<(), String> {
        let key = &input.key;
        if row.actor != input.actor {
            return Err(format!("key `{key}` was used by somebody else; use another"));
        }
        let (Entry::Command { command: was, .. }, Order::Command(is)) = (&row.entry, &input.order)
        else {
            return Ok(());
        };
        let (named, given) = (was.name(), is.name());
        if named != given {
            return Err(format!("key `{key}` was used for `{named}`; use another for `{given}`"));
        }
        // Personal values stand sealed in the record, each with its own salt, and what the map adds
        // may have changed; commands with any are known by their name.
        let mut personal = matches!(is, Command::PresentCall { .. });
        let is: Command<()> = self.placed(is.clone())?.map(&mut |_, _| personal = true);
        let was: Command<()> = (**was).clone().map(&mut |_, _| ());
        if !personal && is != was {
            return Err(format!("key `{key}` was used for another `{given}`; use another"));
        }
        Ok(())
    }

    fn rows_between(&self, first: u64, last: u64) -> Result<Vec<Row>, Rejected> {
        let unreadable = |why: String| Rejected::Unrecorded { why };
        let count = usize::try_from(last - first + 1).unwrap_or(usize::MAX);
        let stored =
            self.journal.read(first, count).map_err(|error| unreadable(error.to_string()))?;
        let rows = stored.iter().map(|row| crate::entry::decode(&row.body));
        rows.collect::<Result<_, _>>().map_err(|error| unreadable(error.to_string()))
    }
}

/// The key of a further command of one line. No key from outside holds a `+`, so none is taken.
fn sub_key(key: &str, place: usize) -> String {
    format!("{key}+{place}")
}

fn undoes(order: &Order) -> bool {
    match order {
        Order::Undo => true,
        Order::Line { text, .. } => line::undoes(text),
        Order::Command(_) => false,
    }
}

fn check_key(key: &str) -> Result<(), String> {
    let fits = !key.is_empty()
        && key.len() <= limits::KEY_CHARS_MAX
        && key.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._:-".contains(&byte));
    if fits {
        return Ok(());
    }
    Err(format!(
        "idempotency key `{}` is none; 1 to 64 of `A-Z a-z 0-9 . _ : -` are",
        key.escape_debug()
    ))
}
