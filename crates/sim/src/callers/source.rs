//! What callers and places tell to those who ask: call-takers, crews, and who closes an incident.

use super::plan::Kind;
use super::population::{Callers, Story};
use crate::Rng;
use crate::source::{Act, Arrival, Need, Scene, Source, Told, Transport};
use center::{Center, Output};
use evenhand_core::{Call, CallId, Disposition, Incident, NoDispatchCode, Timestamp};
use map::Point;

/// What crews do at an incident of a type that no kind describes, in seconds on scene.
const OTHER_WORK_MS: (u64, u64) = (600_000, 1_200_000);

impl Source for Callers {
    fn next_at(&self) -> Option<Timestamp> {
        Callers::next_at(self)
    }

    fn act(&mut self, now: Timestamp, center: &Center) -> Vec<Act> {
        Callers::act(self, now, center)
    }

    fn hear(&mut self, now: Timestamp, outputs: &[Output], center: &Center) {
        Callers::hear(self, now, outputs, center);
    }

    fn told(&mut self, call: &Call) -> Told {
        let story = self.story(call.id);
        let need = story.map_or_else(nobody_there, |story| self.need_of(story));
        let location = story.map(|story| story.place.clone()).unwrap_or_default();
        // Words are written down as they are said.
        Told { words: None, location, need }
    }

    fn answers(&mut self, call: CallId) -> bool {
        self.story(call).is_some_and(|story| story.reachable)
    }

    fn scene(&mut self, arrival: Arrival<'_>) -> Scene {
        let incident = arrival.incident;
        let mut rng = Rng::named(self.seed, &format!("scene/{}/{}", incident.id, arrival.unit));
        let Some((work, handover_ms)) = self.book().and_then(|book| {
            let work = kind_of(&book.plan, incident)?.work?;
            Some((work, book.plan.seconds.handover.draw_ms(&mut rng)))
        }) else {
            let (least, more) = OTHER_WORK_MS;
            let on_scene_ms = least + rng.below(more);
            return Scene { at_patient_ms: None, on_scene_ms, transport: None };
        };
        let on_scene_ms = work.on_scene_s.draw_ms(&mut rng);
        let is_ambulance = self.book().is_some_and(|book| book.ambulances.contains(arrival.unit));
        let patient = work.at_patient_s.filter(|_| is_ambulance);
        let at_patient_ms = patient.map(|spread| spread.draw_ms(&mut rng));
        if is_ambulance && !self.transports.contains_key(&incident.id) {
            // One of the incident's own numbers, so that it does not matter who arrives first.
            let mut of_incident = Rng::named(self.seed, &format!("patient/{}", incident.id));
            let transported = of_incident.chance(work.transport_per_mille);
            self.remember_transport(incident.id, transported.then(|| arrival.unit.clone()));
        }
        let takes = self.transports.get(&incident.id).and_then(Option::as_ref);
        let takes = takes.is_some_and(|by| by == arrival.unit);
        let to = takes.then(|| self.hospital_of(incident)).flatten();
        let transport = to.map(|to| Transport { to, handover_ms });
        Scene { at_patient_ms, on_scene_ms, transport }
    }

    fn disposition(&mut self, incident: &Incident) -> Disposition {
        if matches!(self.transports.get(&incident.id), Some(Some(_))) {
            return Disposition::TransportedToHospital;
        }
        let Some(book) = self.book() else { return Disposition::HandledOnScene };
        let Some(kind) = kind_of(&book.plan, incident) else { return Disposition::HandledOnScene };
        let mut rng = Rng::named(self.seed, &format!("end/{}", incident.id));
        let patient = kind.work.is_some_and(|work| work.transport_per_mille > 0);
        if rng.chance(kind.false_alarm_per_mille) {
            Disposition::FalseAlarm
        } else if patient && rng.chance(book.plan.per_mille.patient_refused) {
            Disposition::PatientRefused
        } else if !patient && kind.outdoors && rng.chance(book.plan.per_mille.gone_on_arrival) {
            Disposition::GoneOnArrival
        } else {
            Disposition::HandledOnScene
        }
    }
}

impl Callers {
    /// The hospital nearest to where the calls come from; any, for an incident without a call.
    fn hospital_of(&self, incident: &Incident) -> Option<Point> {
        let from = self.spot_of(&incident.calls).unwrap_or_default();
        self.book()?.ground.hospital(from)
    }

    fn need_of(&self, story: &Story) -> Need {
        let Some(kind) = self.kind(story.kind) else { return nobody_there() };
        if kind.test {
            return Need::Test;
        }
        if let Some(to) = &kind.transfer_to {
            return Need::Transfer { to: to.clone() };
        }
        if let Some(not_sent) = &kind.not_sent {
            return Need::Nobody { code: not_sent.code, reason: not_sent.reason.clone() };
        }
        let incident_type = kind.incident_type.clone().unwrap_or_default();
        Need::Help { incident_type }
    }
}

/// The line is open and nobody knows what it was about.
fn nobody_there() -> Need {
    Need::Nobody {
        code: NoDispatchCode::CallerWithdrew,
        reason: "generated caller was lost when the demo was killed".to_owned(),
    }
}

fn kind_of<'a>(plan: &'a super::CallersPlan, incident: &Incident) -> Option<&'a Kind> {
    plan.kind_of(&incident.classification.as_ref()?.incident_type)
}
