//! A call: one request for help. It exists from first signalling, even if nobody spoke.

use crate::state::Context;
use crate::{
    Accommodation, Actor, AlertKind, CallId, Callback, Command, Core, DeadlineKind, DecisionKind,
    Digest, Event, IncidentId, Location, NoDispatchCode, Outcome, PersonId, Queued, Refusal,
    Sealed, Signature, Subject, Timestamp, Transfer, TransferOffer, limits,
};
use serde::{Deserialize, Serialize};

/// By what medium a call came.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// Telephone.
    Voice,
    /// Text message or real-time text.
    Text,
    /// An alarm company or a vehicle.
    Alarm,
    /// A person at the counter.
    WalkIn,
    /// Radio.
    Radio,
}

/// What is awaited of a call.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CallState {
    /// Seen, not queued yet.
    Presented,
    /// Ringing.
    Queued,
    /// Somebody speaks with the caller.
    Answered,
    /// The caller left before the answer; a callback is due or running.
    Abandoned,
    /// Over. It may still lack its outcome.
    Ended,
}

/// Who ended a call.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EndedBy {
    /// The caller hung up.
    Caller,
    /// A call-taker ended it.
    Taker(PersonId),
    /// The line broke: nobody ended it.
    LineLost,
    /// It ended with the decision that accounted for it, or with its attachment.
    Accounting,
}

/// One request for help.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Call {
    /// Its number.
    pub id: CallId,
    /// What is awaited.
    pub state: CallState,
    /// The medium.
    pub channel: Channel,
    /// A call to test the way here; answered and recorded, kept out of figures.
    pub test: bool,
    /// Keyed digest of the number, the same for the same number.
    pub number_digest: Option<Digest>,
    /// Where, as far as known.
    pub location: Option<Location>,
    /// What was delivered last, whatever a person gave since.
    pub delivered: Option<Location>,
    /// From what a person gave to what was delivered, in metres, where both are known.
    pub distance_m: Option<u32>,
    /// Why no usable location was delivered, since the last that was.
    pub location_failed: Option<String>,
    /// A person has been told that the two are far apart.
    pub(crate) apart_told: bool,
    /// First signalling. Every wait is counted from here.
    pub presented_at: Timestamp,
    /// First answered (or reached by callback).
    pub answered_at: Option<Timestamp>,
    /// By whom.
    pub answered_by: Option<PersonId>,
    /// When it was over.
    pub ended_at: Option<Timestamp>,
    /// The duty to ring back, if the caller left before the answer.
    pub callback: Option<Callback>,
    /// Its place in a queue; `None`: it rings everywhere.
    pub queued: Option<Queued>,
    /// The first of the calls of the same number that nobody had spoken with when it came.
    pub lead: Option<CallId>,
    /// For a lead: the later ones, in order.
    pub repeats: Vec<CallId>,
    /// The call of the same caller by whose outcome this one ended.
    pub(crate) joined_with: Option<CallId>,
    /// Who else is responsible for where it comes from, if somebody is.
    pub transfer_offer: Option<TransferOffer>,
    /// The last transfer that was ordered.
    pub transfer: Option<Transfer>,
    /// Since when the caller waits on the line, hearing nothing; `None`: not now.
    pub held_at: Option<Timestamp>,
    /// What is known of the caller, each `name=value`, sealed; of two by one name the later counts.
    pub caller_facts: Vec<Sealed>,
    /// What is added for this caller.
    pub accommodations: Vec<Accommodation>,
    /// What became of it.
    pub outcome: Option<Outcome>,
}

impl Call {
    /// Whether it waits for somebody to answer it. A test by telephone, which never queues, does
    /// not.
    pub fn rings(&self) -> bool {
        match self.state {
            CallState::Queued => true,
            CallState::Presented => !self.test,
            CallState::Answered | CallState::Abandoned | CallState::Ended => false,
        }
    }
}

impl Core {
    pub(crate) fn decide_call(
        &self,
        context: &Context<'_>,
        command: &Command,
    ) -> Option<Result<Vec<Event>, Refusal>> {
        Some(match command {
            Command::PresentCall { location, .. } => {
                self.decide_present_call(context, command, location.as_ref())
            }
            Command::AbandonCall { call } => self.decide_abandon_call(context, *call),
            Command::AnswerCall { call } => self.decide_answer_call(context, *call),
            Command::RecordWords { call, words } => self.decide_record_words(*call, words),
            Command::EndCall { call } => self.decide_end_call(context, *call),
            Command::AttachCall { call, incident, words } => {
                self.decide_attach_call(*call, *incident, words.as_ref())
            }
            Command::RecordCallerFacts { call, facts } => {
                self.decide_record_caller_facts(context, *call, facts)
            }
            Command::DetachCall { call } => self.decide_detach_call(context, *call),
            Command::RecordTransfer { call, accepted_by } => {
                self.decide_record_transfer(*call, accepted_by)
            }
            Command::DeclineCall { call, code, signature } => {
                self.decide_decline_call(context, *call, *code, signature)
            }
            _ => return None,
        })
    }

    fn decide_present_call(
        &self,
        context: &Context<'_>,
        command: &Command,
        place: Option<&Location>,
    ) -> Result<Vec<Event>, Refusal> {
        let Command::PresentCall { channel, number, number_digest, name, test, signalling, .. } =
            command
        else {
            return Err(Refusal::ActorMayNot { command: command.name().to_owned() });
        };
        // No limit silences a ringing call: what is too much is left out, the call is not.
        let place = place.map(|place| {
            let mut place = place.clone();
            place.zones.truncate(limits::ZONES_MAX);
            place
        });
        let call = CallId(self.calls.last_key_value().map_or(0, |(id, _)| id.0) + 1);
        let mut events = vec![Event::CallPresented {
            call,
            channel: *channel,
            number: *number,
            number_digest: *number_digest,
            name: *name,
            location: place,
            test: *test,
        }];
        if let Some(signalling) = signalling {
            let signalling = Box::new((**signalling).clone().within_limits());
            events.push(Event::CallSignalled { call, signalling });
        }
        // A test by telephone asks whether the way here is whole: it is answered with its own voice
        // and waits for nobody.
        if *test && signalling.is_some() {
            return Ok(events);
        }
        let answer_due = context.at.plus(context.ruling.timers.answer_ms);
        events.push(Event::CallQueued { call, answer_due });
        // Whoever is at the counter or on the radio is with somebody already.
        let queue = context.ruling.queue.as_ref().filter(|_| *context.actor == Actor::Line);
        if let Some(queue) = queue {
            let lead = number_digest.filter(|_| !test).and_then(|number| self.lead_of(number));
            events.extend(lead.map(|lead| Event::CallRepeats { call, lead }));
            let since = context.at.0.saturating_sub_unsigned(queue.rule.repeat_window_ms);
            events.push(Event::CallEnqueued {
                call,
                rule: queue.rule.clone(),
                matched: queue.matched.clone(),
                then: queue.then.clone(),
                called_before: number_digest
                    .is_some_and(|number| self.called_since(number, Timestamp(since))),
            });
        }
        Ok(events)
    }

    /// The caller hung up: before the answer it is work to do, after it an ordinary end.
    fn decide_abandon_call(
        &self,
        context: &Context<'_>,
        id: CallId,
    ) -> Result<Vec<Event>, Refusal> {
        let call = self.call(id)?;
        let at_hand = matches!(call.channel, Channel::WalkIn | Channel::Radio);
        // The line knows when a caller hung up. A person's word for it would make their own ending
        // of a call look like the caller's; only who stands at the counter is seen leaving.
        if context.actor.person().is_some() && !at_hand {
            return Err(Refusal::ActorMayNot { command: context.command.to_owned() });
        }
        match call.state {
            CallState::Presented | CallState::Queued => Ok(self.abandoned(context, call)),
            CallState::Answered => Ok(Self::end_of(call, EndedBy::Caller)),
            CallState::Abandoned | CallState::Ended => {
                Err(Refusal::CallNotRinging { call: id, state: call.state })
            }
        }
    }

    /// A caller who left before the answer is to be rung back, once, however often they tried.
    pub(crate) fn abandoned(&self, context: &Context<'_>, call: &Call) -> Vec<Event> {
        let id = call.id;
        // One that answered itself has not been left waiting.
        if call.test && !call.rings() {
            return Self::end_of(call, EndedBy::Caller);
        }
        let mut events = vec![Event::CallAbandoned { call: id }];
        if call.test {
            events.extend(Self::end_of(call, EndedBy::Caller));
        } else if !self.is_carried(call) {
            let due = context.at.plus(context.ruling.timers.callback_ms);
            events.push(Event::CallbackDue { call: id, due });
        }
        events
    }

    fn decide_answer_call(&self, context: &Context<'_>, id: CallId) -> Result<Vec<Event>, Refusal> {
        let by = context.person()?.clone();
        let call = self.call(id)?;
        match call.state {
            CallState::Presented | CallState::Queued => {
                Ok(vec![Event::CallAnswered { call: id, by }])
            }
            CallState::Answered | CallState::Abandoned | CallState::Ended => {
                Err(Refusal::CallNotRinging { call: id, state: call.state })
            }
        }
    }

    /// Words may come late: what a repeat caller said is never lost, whatever the call's state.
    fn decide_record_words(&self, id: CallId, words: &Sealed) -> Result<Vec<Event>, Refusal> {
        self.call(id)?;
        Ok(vec![Event::WordsRecorded { call: id, words: *words }])
    }

    fn decide_end_call(&self, context: &Context<'_>, id: CallId) -> Result<Vec<Event>, Refusal> {
        let by = context.person()?.clone();
        let call = self.call(id)?;
        if call.state != CallState::Answered {
            return Err(Refusal::CallNotAnswered { call: id, state: call.state });
        }
        let spoken = context.at.since(call.answered_at.unwrap_or(call.presented_at));
        let mut events = Self::end_of(call, EndedBy::Taker(by));
        // A person on the line who hangs up within seconds is looked at the same hour: a monthly
        // audit found thousands of such calls too late (Houston, 2018).
        if spoken < context.ruling.timers.short_call_ms && !call.test {
            events.push(self.alert(0, AlertKind::ShortCall, Subject::Call(id)));
        }
        Ok(events)
    }

    pub(crate) fn end_of(call: &Call, by: EndedBy) -> Vec<Event> {
        let mut events = vec![Event::CallEnded { call: call.id, by }];
        if call.test && call.outcome.is_none() {
            let outcome = Outcome::TestCall;
            events.push(Event::CallAccounted { call: call.id, outcome, with: None });
        }
        events
    }

    fn decide_attach_call(
        &self,
        id: CallId,
        incident: IncidentId,
        words: Option<&Sealed>,
    ) -> Result<Vec<Event>, Refusal> {
        let call = self.may_be_accounted(id)?;
        self.incident(incident)?.check_open()?;
        let mut events = Vec::new();
        if let Some(words) = words {
            events.push(Event::WordsRecorded { call: id, words: *words });
        }
        events.extend(self.accounted(call, Outcome::AddedToIncident { incident }));
        Ok(events)
    }

    // INVARIANT: who calls is asked after the outcome, so that no answer, and no typing of facts,
    // can rest on it. The one exception is a policy that was found uneven and adopted nonetheless.
    fn decide_record_caller_facts(
        &self,
        context: &Context<'_>,
        id: CallId,
        facts: &[Sealed],
    ) -> Result<Vec<Event>, Refusal> {
        let call = self.call(id)?;
        let ruling = context.ruling;
        let given = call.caller_facts.len().saturating_add(facts.len());
        limits::check("caller_facts", given, limits::CALLER_FACTS_MAX)?;
        let classified = match &call.outcome {
            Some(Outcome::NewIncident { incident } | Outcome::AddedToIncident { incident }) => {
                self.incident(*incident)?.classification.is_some()
            }
            Some(
                Outcome::TransferAccepted { .. }
                | Outcome::NoDispatchDecision { .. }
                | Outcome::TestCall,
            )
            | None => false,
        };
        if call.answered_at.is_none() || !(classified || ruling.caller_decides) {
            return Err(Refusal::CallerFactsBeforeOutcome { call: id });
        }
        if let Some(unknown) = &ruling.fact_unknown {
            let (number, accepted) = (unknown.number, unknown.accepted.clone());
            return Err(Refusal::CallerFactNotAccepted { call: id, number, accepted });
        }
        Ok(vec![Event::CallerFactsRecorded {
            call: id,
            facts: facts.to_vec(),
            accommodations: ruling.accommodations.clone(),
        }])
    }

    /// The call lacks an outcome again. A caller who left and was never reached is again somebody
    /// to ring back: an attachment taken back must not make that duty vanish.
    fn decide_detach_call(&self, context: &Context<'_>, id: CallId) -> Result<Vec<Event>, Refusal> {
        let call = self.call(id)?;
        match &call.outcome {
            Some(Outcome::AddedToIncident { incident }) => {
                let mut events = vec![Event::CallDetached { call: id, incident: *incident }];
                if call.never_reached() && !self.is_carried(call) {
                    let due = context.at.plus(context.ruling.timers.callback_ms);
                    events.push(Event::CallbackDue { call: id, due });
                }
                // What was joined to it by the same act is taken back with it, and is its again.
                let joined = self.joined_to(call).into_iter();
                let incident = *incident;
                events.extend(joined.map(|call| Event::CallDetached { call, incident }));
                Ok(events)
            }
            Some(
                Outcome::NewIncident { .. }
                | Outcome::TransferAccepted { .. }
                | Outcome::NoDispatchDecision { .. }
                | Outcome::TestCall,
            )
            | None => Err(Refusal::CallNotAttached { call: id }),
        }
    }

    fn decide_record_transfer(&self, id: CallId, by: &str) -> Result<Vec<Event>, Refusal> {
        let call = self.may_be_accounted_without_help(id)?;
        limits::check_text("accepted_by", by)?;
        Ok(self.accounted(call, Outcome::TransferAccepted { by: by.to_owned() }))
    }

    fn decide_decline_call(
        &self,
        context: &Context<'_>,
        id: CallId,
        code: NoDispatchCode,
        signature: &Signature,
    ) -> Result<Vec<Event>, Refusal> {
        let call = self.may_be_accounted_without_help(id)?;
        // Whom we spoke with is not unreached; for the others there is `GiveUpCallback`.
        if code == NoDispatchCode::CallbackUnreached {
            return Err(Refusal::CallbackNotDue { call: id });
        }
        let decided =
            self.decision(context, DecisionKind::NoDispatch, Subject::Call(id), signature)?;
        Ok(self.declined(call, decided, code))
    }

    /// A decision, and the outcome that rests on it.
    pub(crate) fn declined(
        &self,
        call: &Call,
        mut decided: Event,
        code: NoDispatchCode,
    ) -> Vec<Event> {
        let decision = crate::DecisionId(self.decisions + 1);
        if let Event::DecisionMade { decision } = &mut decided {
            decision.also = self.carried_by(call).iter().map(|joined| joined.id).collect();
        }
        let mut events = vec![decided];
        events.extend(self.accounted(call, Outcome::NoDispatchDecision { decision, code }));
        events
    }

    /// A call that a person has spoken with, or that hung up on us, and that has no outcome yet.
    pub(crate) fn may_be_accounted(&self, id: CallId) -> Result<&Call, Refusal> {
        let call = self.call(id)?;
        if call.outcome.is_some() {
            return Err(Refusal::CallAlreadyAccounted { call: id });
        }
        match call.state {
            CallState::Answered | CallState::Abandoned | CallState::Ended => Ok(call),
            CallState::Presented | CallState::Queued => {
                Err(Refusal::CallNotAnswered { call: id, state: call.state })
            }
        }
    }

    /// The same for an outcome that sends nobody: of a caller who left and was not reached yet
    /// nobody knows that they need nobody.
    fn may_be_accounted_without_help(&self, id: CallId) -> Result<&Call, Refusal> {
        let call = self.may_be_accounted(id)?;
        if call.state == CallState::Abandoned {
            return Err(Refusal::CallbackOutstanding { call: id });
        }
        Ok(call)
    }

    /// The outcome; an abandoned call is over with it, one that is still spoken goes on. What the
    /// same caller tried before and after ends in the same, by the same person.
    pub(crate) fn accounted(&self, call: &Call, outcome: Outcome) -> Vec<Event> {
        let of_joined = outcome.of_joined();
        let mut events = vec![Event::CallAccounted { call: call.id, outcome, with: None }];
        if call.state == CallState::Abandoned {
            events.push(Event::CallEnded { call: call.id, by: EndedBy::Accounting });
        }
        for joined in self.carried_by(call) {
            let (id, outcome, with) = (joined.id, of_joined.clone(), Some(call.id));
            events.push(Event::CallAccounted { call: id, outcome, with });
            events.push(Event::CallEnded { call: id, by: EndedBy::Accounting });
        }
        events
    }

    pub(crate) fn apply_call(&mut self, at: Timestamp, event: &Event) {
        match event {
            Event::CallPresented { .. } => self.apply_call_presented(at, event),
            Event::CallQueued { call, answer_due } => {
                self.with_call(*call, |call| call.state = CallState::Queued);
                self.set_due(DeadlineKind::AnswerCall(*call), *answer_due);
            }
            Event::CallAnswered { call, by } => {
                self.clear_due(DeadlineKind::AnswerCall(*call));
                self.call_answered(at, *call, by);
            }
            Event::CallAbandoned { call } => {
                self.clear_due(DeadlineKind::AnswerCall(*call));
                self.withdraw_offer(*call);
                self.with_call(*call, |call| call.state = CallState::Abandoned);
            }
            Event::CallEnded { call, .. } => {
                self.clear_due(DeadlineKind::AnswerCall(*call));
                self.clear_due(DeadlineKind::StartCallback(*call));
                self.with_call(*call, |call| {
                    call.state = CallState::Ended;
                    call.ended_at = Some(at);
                });
                self.up.remove(call);
                self.derive_agents(at, *call);
            }
            Event::CallerFactsRecorded { call, facts, accommodations } => {
                self.with_call(*call, |call| {
                    call.caller_facts.extend_from_slice(facts);
                    call.accommodations.clone_from(accommodations);
                });
            }
            Event::CallAccounted { call, outcome, with } => {
                self.apply_call_accounted(*call, outcome);
                self.with_call(*call, |call| call.joined_with = *with);
                self.derive_agents(at, *call);
            }
            Event::CallDetached { call, incident } => {
                if self.calls.contains_key(call) {
                    self.without_outcome.insert(*call);
                }
                self.with_call(*call, |call| {
                    call.outcome = None;
                    call.joined_with = None;
                    if call.never_reached() {
                        call.state = CallState::Abandoned;
                        call.ended_at = None;
                    }
                });
                self.rest_callback(*call);
                self.derive_agents(at, *call);
                if let Some(incident) = self.incidents.get_mut(incident) {
                    incident.calls.retain(|attached| attached != call);
                }
            }
            _ => {}
        }
    }

    fn apply_call_presented(&mut self, at: Timestamp, event: &Event) {
        let Event::CallPresented { call, channel, number_digest, location, test, .. } = event
        else {
            return;
        };
        self.without_outcome.insert(*call);
        self.calls.insert(
            *call,
            Call {
                id: *call,
                state: CallState::Presented,
                channel: *channel,
                test: *test,
                number_digest: *number_digest,
                location: location.clone(),
                delivered: location.clone().filter(|_| delivers(*channel)),
                distance_m: None,
                location_failed: None,
                apart_told: false,
                presented_at: at,
                answered_at: None,
                answered_by: None,
                ended_at: None,
                callback: None,
                queued: None,
                lead: None,
                repeats: Vec::new(),
                joined_with: None,
                transfer_offer: None,
                transfer: None,
                held_at: None,
                caller_facts: Vec::new(),
                accommodations: Vec::new(),
                outcome: None,
            },
        );
        self.refile(*call);
    }

    fn apply_call_accounted(&mut self, id: CallId, outcome: &Outcome) {
        self.without_outcome.remove(&id);
        self.with_call(id, |call| call.outcome = Some(outcome.clone()));
        if let Outcome::NewIncident { incident } | Outcome::AddedToIncident { incident } = outcome
            && let Some(incident) = self.incidents.get_mut(incident)
        {
            incident.calls.push(id);
        }
    }

    /// Somebody speaks with the caller now: what the same caller tried besides hangs under this.
    pub(crate) fn call_answered(&mut self, at: Timestamp, id: CallId, by: &PersonId) {
        self.withdraw_offer(id);
        if self.calls.contains_key(&id) {
            self.up.insert(id);
        }
        self.with_call(id, |call| call.answered(at, by));
        self.rest_callbacks(id);
        self.derive_agents(at, id);
    }

    /// The call, if it is not over.
    pub(crate) fn not_over(&self, id: CallId) -> Result<&Call, Refusal> {
        let call = self.call(id)?;
        if call.state == CallState::Ended {
            return Err(Refusal::CallOver { call: id });
        }
        Ok(call)
    }

    pub(crate) fn with_call(&mut self, call: CallId, change: impl FnOnce(&mut Call)) {
        if let Some(known) = self.calls.get_mut(&call) {
            change(known);
            self.refile(call);
        }
    }
}

/// Whether a network delivers the place of a call on this medium; else a person gave it.
fn delivers(channel: Channel) -> bool {
    match channel {
        Channel::Voice | Channel::Text | Channel::Alarm => true,
        Channel::WalkIn | Channel::Radio => false,
    }
}

impl Call {
    /// The caller left before the answer, and nobody has spoken with them since.
    pub(crate) fn never_reached(&self) -> bool {
        self.answered_at.is_none()
    }

    /// Somebody speaks with the caller now; the first answer's time stays.
    pub(crate) fn answered(&mut self, at: Timestamp, by: &PersonId) {
        self.state = CallState::Answered;
        self.answered_at = self.answered_at.or(Some(at));
        self.answered_by = Some(by.clone());
    }
}
