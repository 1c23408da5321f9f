//! What policy is told of an incident: what was said of the emergency, how things stand, where it
//! is. Of who calls it is told only where a policy was found uneven and adopted nonetheless.

use crate::adoption::local;
use crate::center::Center;
use crate::vault::Opened;
use crate::view;
use evenhand_core::{
    CallId, Command, IncidentId, PrimaryStatus, Role, Ruling, Sealed, Stage, Timestamp,
};
use policy::response::{Attribute, Class};
use policy::{CallerFacts, Facts, Standing};
use std::collections::BTreeMap;

impl Center {
    /// Policy's word on a command, about one of the incidents that it changes something for.
    pub(crate) fn rule(
        &self,
        role: Option<Role>,
        command: &Command,
        incident: Option<IncidentId>,
        at: Timestamp,
    ) -> Ruling {
        let mut facts = self.facts(incident);
        let policy = self.policy();
        let Command::ClassifyIncident { incident_type: wanted, .. } = command else {
            return policy.rule(role, command, &facts);
        };
        facts.now = self.facts_now(incident, wanted, at);
        if policy.sees_caller(wanted) {
            let caller = self.callers_of(incident);
            return policy.rule_seeing_caller(role, command, &facts, &caller);
        }
        policy.rule(role, command, &facts)
    }

    /// What stands on record of an incident. Nothing of a caller.
    fn facts(&self, incident: Option<IncidentId>) -> Facts {
        let known = incident
            .and_then(|incident| self.core.incident(incident).ok())
            .and_then(|incident| incident.classification.as_ref());
        Facts {
            incident_type: known.map(|known| known.incident_type.clone()),
            priority: known.map(|known| known.priority),
            answered: known.map(|known| Standing {
                response: known.answer.response,
                priority: known.answer.priority,
                facts: known.receipt.as_ref().map(|of| of.facts.clone()).unwrap_or_default(),
            }),
            now: BTreeMap::new(),
        }
    }

    /// Situation and place, as far as the policy for this type asks for them.
    fn facts_now(
        &self,
        incident: Option<IncidentId>,
        code: &str,
        at: Timestamp,
    ) -> BTreeMap<String, String> {
        let attributes = self.policy().attributes(code).iter();
        let told = attributes.filter_map(|attribute| {
            let value = match attribute.class {
                Class::Situation => self.situation_of(attribute, code, at),
                Class::Place => self.zone_of(attribute, incident),
                Class::Emergency | Class::Caller | Class::Area => None,
            };
            value.map(|value| (attribute.name.clone(), value))
        });
        told.collect()
    }

    fn situation_of(&self, attribute: &Attribute, code: &str, at: Timestamp) -> Option<String> {
        match attribute.name.as_str() {
            "units_free" => Some(self.units_free(code).to_string()),
            "incidents_waiting" => {
                let waits = |stage| matches!(stage, Stage::Created | Stage::Pending | Stage::Held);
                let waiting = self.core.open_incidents().filter(|one| waits(one.stage)).count();
                Some(waiting.to_string())
            }
            "hour" => local(at, &self.setup.time_zone).map(|at| at.hour().to_string()),
            _ => None,
        }
    }

    /// Units of the agency that leads, which could be sent now.
    fn units_free(&self, code: &str) -> usize {
        let lead = self.policy().incident_type(code).and_then(|of| of.agencies.first());
        let free = self.core.units().filter(|unit| {
            Some(&unit.agency) == lead
                && unit.assignment.is_none()
                && unit.status.primary == PrimaryStatus::Available
        });
        free.count()
    }

    fn zone_of(&self, attribute: &Attribute, incident: Option<IncidentId>) -> Option<String> {
        let incident = self.core.incident(incident?).ok()?;
        incident.location.zone(&attribute.name).map(str::to_owned)
    }

    /// What is known of an incident's callers; of two that differ, the first counts.
    fn callers_of(&self, incident: Option<IncidentId>) -> CallerFacts {
        let incident = incident.and_then(|incident| self.core.incident(incident).ok());
        let calls = incident.map(|incident| incident.calls.as_slice()).unwrap_or_default();
        let calls = calls.iter().rev().filter_map(|call| self.core.call(*call).ok());
        CallerFacts::of(calls.flat_map(|call| self.opened_facts(&call.caller_facts)))
    }

    /// Facts about a caller in the clear; an erased one is as if it had never been given.
    fn opened_facts(&self, facts: &[Sealed]) -> Vec<String> {
        let opened = facts.iter().filter_map(|fact| match self.open_sealed(fact) {
            Opened::Value(text) => Some(text),
            Opened::Erased => None,
        });
        opened.collect()
    }

    /// Adds to a ruling what policy says of facts about a caller.
    pub(crate) fn add_about_caller(&self, ruling: &mut Ruling, command: &Command) {
        let Command::RecordCallerFacts { call, facts: given } = command else { return };
        let given = self.opened_facts(given);
        let mut all = self.caller_facts(*call);
        all.extend_from_slice(&given);
        let incident = self.core.call(*call).ok().and_then(view::incident_of);
        self.policy().rule_on_caller(ruling, &self.facts(incident), &given, &all);
    }

    /// What is known of a call's caller, each `name=value`, in the order in which it was given.
    pub(crate) fn caller_facts(&self, call: CallId) -> Vec<String> {
        let known = self.core.call(call).map(|call| call.caller_facts.as_slice());
        self.opened_facts(known.unwrap_or_default())
    }
}
