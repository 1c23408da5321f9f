//! What call-takers hear of callers: what is needed, and whether somebody who is rung back answers.

use crate::rng::Rng;
use crate::source::{Act, Arrival, Need, Scene, Source, Told};
use center::{Center, Output};
use evenhand_core::{Call, CallId, Disposition, Incident, Location, NoDispatchCode, Timestamp};
use std::collections::BTreeMap;

/// The other ends of the lines, as call-takers know them.
#[derive(Clone, Debug)]
pub(super) struct Lines {
    seed: u64,
    /// Lines that we dialled, and whether somebody is on them.
    dialled: BTreeMap<CallId, bool>,
}

impl Lines {
    pub fn new(seed: u64) -> Self {
        Self { seed, dialled: BTreeMap::new() }
    }

    /// How a line that we dialled stands.
    pub fn dialled(&mut self, call: CallId, up: bool) {
        self.dialled.insert(call, up);
    }
}

impl Source for Lines {
    fn next_at(&self) -> Option<Timestamp> {
        None
    }

    fn act(&mut self, _now: Timestamp, _center: &Center) -> Vec<Act> {
        Vec::new()
    }

    fn hear(&mut self, _now: Timestamp, _outputs: &[Output], _center: &Center) {}

    /// Nobody is sent: what crews do is the subject of other simulations.
    fn told(&mut self, call: &Call) -> Told {
        let mut rng = Rng::named(self.seed, &format!("telephone/need/{}", call.id));
        let need = match rng.below(5) {
            0 => Need::Transfer { to: "the county".to_owned() },
            _ => Need::Nobody {
                code: NoDispatchCode::AdviceGiven,
                reason: "as the caller asked".to_owned(),
            },
        };
        Told { words: None, location: Location::default(), need }
    }

    fn answers(&mut self, call: CallId) -> bool {
        self.dialled.get(&call).copied().unwrap_or(false)
    }

    fn scene(&mut self, _arrival: Arrival<'_>) -> Scene {
        Scene { at_patient_ms: None, on_scene_ms: 0, transport: None }
    }

    fn disposition(&mut self, _incident: &Incident) -> Disposition {
        Disposition::HandledOnScene
    }
}
