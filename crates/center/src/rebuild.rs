//! Building the centre from its journal: at start, after a failed write, on a standby, from a
//! backup. Only step 4 of the step, over every row.

use crate::adoption::Policies;
use crate::boards::{Boards, RowKey};
use crate::center::{Center, CenterError, JournalState, Keys, Store};
use crate::entry::{Entry, Row, decode};
use crate::input::{Input, Order};
use crate::limits::REBUILD_CHUNK;
use crate::output::{Output, Rejected};
use crate::setup::{FleetUnit, Setup};
use crate::vault::Vault;
use evenhand_core::{
    Actor, Command, Core, Event, PolicyText, ServiceState, Timestamp, UnitPoint, accounting,
};
use journal::Journal;
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

impl Center {
    /// Opens a centre on its journal: builds truth and boards from every row, then records that it
    /// has started, under which policy and map, and the units that are new in the fleet.
    ///
    /// # Errors
    /// A row that cannot be read, a state that may never be, or a journal that cannot be written.
    pub fn open(
        setup: Setup,
        journal: Journal<Store>,
        at: Timestamp,
        salt: [u8; 32],
    ) -> Result<Center, CenterError> {
        let mut center = Center::read_only(setup, journal)?;
        center.check_configured(at)?;
        let inputs = center.start_inputs(at, salt);
        for output in center.step(inputs) {
            match output {
                Output::Reply { result: Err(Rejected::Refused { text, .. }), .. }
                | Output::Reply { result: Err(Rejected::Invalid { text }), .. }
                | Output::Reply { result: Err(Rejected::Unrecorded { why: text }), .. } => {
                    return Err(CenterError::Refused(text));
                }
                _ => {}
            }
        }
        Ok(center)
    }

    /// The same without recording a start: for looking at a journal.
    ///
    /// # Errors
    /// As [`Center::open`].
    pub fn read_only(setup: Setup, journal: Journal<Store>) -> Result<Center, CenterError> {
        let problems = setup.problems();
        if !problems.is_empty() {
            return Err(CenterError::Setup(problems));
        }
        let mut center = Center {
            setup,
            policies: Policies::default(),
            core: Core::default(),
            boards: Boards::default(),
            journal,
            vault: Vault::default(),
            keys: Keys::default(),
            journal_state: JournalState::Ok,
            unrecorded: Vec::new(),
            retry_at: None,
            queues_drawn: Vec::new(),
            service_told: ServiceState::Unstaffed,
            drawn: true,
            now: Timestamp::default(),
            recommended: RefCell::default(),
        };
        center.rebuild()?;
        Ok(center)
    }

    /// Builds truth, boards and keys from the journal.
    pub(crate) fn rebuild(&mut self) -> Result<(), CenterError> {
        *self.recommended.borrow_mut() = None;
        let built = Built::from(&self.journal)?;
        let policies = self.policies.rebuilt(&built.core, &built.texts)?;
        self.policies = policies;
        self.core = built.core;
        self.boards = built.boards;
        self.keys = built.keys;
        Ok(())
    }

    fn start_inputs(&self, at: Timestamp, salt: [u8; 32]) -> Vec<Input> {
        let next = self.journal.next_seq();
        let input = |name: &str, command| Input {
            key: format!("center:{next}:{name}"),
            at,
            actor: Actor::Center,
            order: Order::Command(command),
            salt,
        };
        let mut inputs = vec![input(
            "start",
            Command::StartCenter {
                policy_version: self.policy().reference().version,
                map_version: self.setup.map.version.clone(),
            },
        )];
        if self.core.policy_in_force().is_none() {
            inputs.push(input("policy", self.founding()));
        }
        let new = self.setup.fleet.iter().filter(|unit| self.core.unit(&unit.unit).is_err());
        for (place, unit) in new.enumerate() {
            inputs.push(input(&format!("unit.{place}"), commission(unit)));
        }
        inputs
    }
}

/// What is built from a journal. Complete before it takes the place of what was there, so that a
/// journal that cannot be read leaves the boards standing.
#[derive(Default)]
struct Built {
    core: Core,
    boards: Boards,
    keys: Keys,
    /// The texts of every policy that is in force or was to come, by hash.
    texts: BTreeMap<String, Vec<PolicyText>>,
}

impl Built {
    fn from(journal: &Journal<Store>) -> Result<Self, CenterError> {
        let mut built = Built::default();
        let mut touched: BTreeSet<RowKey> = BTreeSet::new();
        let mut command: Option<(String, u64)> = None;
        let mut next = 1;
        loop {
            let stored = journal.read(next, REBUILD_CHUNK)?;
            let Some(last) = stored.last() else { break };
            next = last.seq + 1;
            for entry in &stored {
                let row = decode(&entry.body)?;
                built.take_row(&row, &mut command, &mut touched);
            }
            touched.clear();
        }
        let wrong = accounting::violations(&built.core);
        if wrong.is_empty() { Ok(built) } else { Err(CenterError::Broken(wrong)) }
    }

    fn take_row(
        &mut self,
        row: &Row,
        command: &mut Option<(String, u64)>,
        touched: &mut BTreeSet<RowKey>,
    ) {
        match &row.entry {
            Entry::Command { .. } => {
                self.keys.insert(&row.id, (row.seq, row.seq));
                *command = Some((row.id.clone(), row.seq));
            }
            Entry::Event(event) => {
                self.core.apply(row.at, event);
                self.take_texts(event);
                if let Some((key, first)) = command {
                    self.keys.insert(key, (*first, row.seq));
                }
            }
        }
        self.boards.apply(&self.core, row, touched);
    }

    fn take_texts(&mut self, event: &Event) {
        match event {
            Event::PolicyAdopted { policy, files, .. } => {
                self.texts.insert(policy.hash.clone(), files.clone());
            }
            // What it took the place of is not needed any more.
            Event::PolicyTookEffect { policy } => self.texts.retain(|hash, _| *hash == policy.hash),
            _ => {}
        }
    }
}

fn commission<P>(unit: &FleetUnit) -> Command<P> {
    Command::CommissionUnit {
        unit: unit.unit.clone(),
        agency: unit.agency.clone(),
        capabilities: unit.capabilities.clone(),
        station: unit.station.clone(),
        point: unit.point.map(|at| UnitPoint { lat_e7: at.lat_e7, lon_e7: at.lon_e7 }),
    }
}
