//! The door on a disk that fails: the centre is built again from its journal, and whoever asks
//! again with the same key learns what became of it.

use center::{Input, Output, Setup, Store};
use evenhand_core::{Actor, Command, Timestamp};
use evenhand_server::config::Configuration;
use evenhand_server::{
    Answer, CenterHandle, CenterThread, Clock, NoAnswer, Opening, Waking, open_door,
};
use journal::{Journal, MemoryDisk, MemoryStore, SigningKey, WriteFault};

use crate::support::{cambridge, ring};

const NOON: Timestamp = Timestamp(1_780_000_000_000);

struct Doors {
    disk: MemoryDisk,
    center: CenterHandle,
    thread: CenterThread,
    effects: std::sync::mpsc::Receiver<Output>,
}

fn opened(disk: &MemoryDisk) -> Result<(Setup, Journal<Store>), String> {
    let configuration = Configuration::load(&cambridge()).map_err(|error| error.to_string())?;
    let key = SigningKey::from_seed("test/journal", [7; 32]).map_err(|error| error.to_string())?;
    let store: Store = Box::new(MemoryStore::on(disk));
    let journal = Journal::open(store, key).map_err(|error| error.to_string())?;
    Ok((configuration.into_setup([9; 32]), journal))
}

impl Doors {
    fn open() -> Self {
        let disk = MemoryDisk::new();
        let (sender, effects) = std::sync::mpsc::sync_channel(1_000);
        let on = disk.clone();
        let opening = Opening {
            opener: Box::new(move || opened(&on)),
            clock: Clock::scaled(NOON, 0),
            waking: Waking::ByDriver,
            effects: Some(sender),
            data: None,
        };
        let (center, thread) = open_door(opening).unwrap();
        Self { disk, center, thread, effects }
    }

    fn ring(&self, key: &str, at: Timestamp) -> Result<Answer, NoAnswer> {
        let answers = self.center.step_at(vec![ring(key, at)])?;
        Ok(answers.into_iter().next().unwrap().1)
    }

    /// Rings until there is an answer from the record, as a line does that must not lose a call.
    fn ring_until_recorded(&self, key: &str) -> center::Accepted {
        for _ in 0..100 {
            if let Ok(Ok(accepted)) = self.ring(key, NOON) {
                return accepted;
            }
        }
        panic!("`{key}` was never recorded");
    }

    fn calls(&self) -> usize {
        self.center.query_blocking(|center| center.core().calls().count()).unwrap()
    }
}

#[test]
fn an_append_of_unknown_outcome_that_was_kept_is_not_done_twice() {
    for (fault, repeated) in [
        (WriteFault::ErrorButKept, true),
        (WriteFault::Late, true),
        (WriteFault::Torn, false),
        (WriteFault::Lost, false),
    ] {
        let doors = Doors::open();
        doors.ring("r0", NOON).unwrap().unwrap();
        doors.disk.plan_write(fault);
        let answer = doors.ring("r1", NOON);
        assert!(!matches!(answer, Ok(Ok(_))), "{fault:?}: acknowledged what may be lost");
        // The ring was kept and stepped first when the centre was built again, so a caller that
        // asks again is answered from the record in every case.
        let accepted = doors.ring_until_recorded("r1");
        assert!(accepted.repeated, "{fault:?}");
        assert_eq!(doors.calls(), 2, "{fault:?}, kept: {repeated}");
        doors.thread.stop();
    }
}

#[test]
fn a_full_disk_is_waited_for_and_rings_are_recorded_first() {
    let doors = Doors::open();
    doors.disk.plan_write(WriteFault::Full);
    assert!(doors.ring("r1", NOON).unwrap().is_err());
    assert!(doors.ring("r2", NOON).unwrap().is_err());
    assert_eq!(doors.calls(), 0);
    // The next deadline is the next try.
    let retry = doors.center.query_blocking(|center| center.next_deadline()).unwrap().unwrap();
    doors.center.wake_at(retry, [3; 32]).unwrap();
    assert_eq!(doors.calls(), 2);
    let told: Vec<Output> = doors.effects.try_iter().collect();
    let rings = |unrecorded| {
        let said = |output: &&Output| match output {
            Output::Ring { unrecorded: is, .. } => *is == unrecorded,
            _other => false,
        };
        told.iter().filter(said).count()
    };
    assert_eq!((rings(true), rings(false)), (2, 2), "{told:?}");
    assert!(told.contains(&Output::JournalBack { unrecorded: 2 }), "{told:?}");
    doors.thread.stop();
}

#[test]
fn a_driver_is_given_effects_and_stamps_never_go_back() {
    let doors = Doors::open();
    doors.ring("r1", NOON.plus(5_000)).unwrap().unwrap();
    let accepted = doors.ring("r2", NOON).unwrap().unwrap();
    let stamp = move |center: &center::Center| {
        let row = center.journal().read(accepted.first_seq, 1).unwrap().remove(0);
        center::decode(&row.body).unwrap().at
    };
    assert_eq!(doors.center.query_blocking(stamp).unwrap(), NOON.plus(5_000));
    let rings = doors.effects.try_iter().filter(|output| matches!(output, Output::Ring { .. }));
    assert_eq!(rings.count(), 2);
    doors.thread.stop();
}

#[test]
fn a_panicking_question_harms_nobody() {
    let doors = Doors::open();
    let broken = doors.center.query_blocking(|_center| -> u64 { panic!("a bug in a question") });
    assert_eq!(broken, Err(NoAnswer::Unknown));
    doors.ring("r1", NOON).unwrap().unwrap();
    assert_eq!(doors.calls(), 1);
    doors.thread.stop();
}

#[test]
fn a_centre_that_ended_answers_nobody() {
    let doors = Doors::open();
    let Doors { center, thread, .. } = doors;
    thread.stop();
    assert_eq!(center.wake_at(NOON, [0; 32]), Err(NoAnswer::Unknown));
}

#[test]
fn a_driver_wakes_the_centre_and_nobody_else_does() {
    let doors = Doors::open();
    doors.ring("r1", NOON).unwrap().unwrap();
    let due = doors.center.query_blocking(|center| center.next_deadline()).unwrap().unwrap();
    let alerts = |center: &center::Center| center.core().alerts().count();
    assert_eq!(doors.center.query_blocking(alerts).unwrap(), 0);
    doors.center.wake_at(due, [1; 32]).unwrap();
    assert_eq!(doors.center.query_blocking(alerts).unwrap(), 1);
    let input = Input {
        key: "hangs.up".to_owned(),
        at: due,
        actor: Actor::Line,
        order: center::Order::Command(Command::AbandonCall { call: evenhand_core::CallId(1) }),
        salt: [2; 32],
    };
    doors.center.step_at(vec![input]).unwrap()[0].1.as_ref().unwrap();
    doors.thread.stop();
}
