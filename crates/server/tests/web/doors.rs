//! The door on a disk that fails: the centre is built again from its journal, and whoever asks
//! again with the same key learns what became of it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll, Waker};

use center::{Input, Output, Setup, Store};
use evenhand_core::{Actor, Command, Timestamp};
use evenhand_server::config::Configuration;
use evenhand_server::limits::REQUESTS_WAITING_MAX;
use evenhand_server::{
    Answer, CenterHandle, CenterThread, Clock, NoAnswer, Opening, Waking, open_door,
};
use journal::{
    Batch, Commitment, Journal, MemoryDisk, MemoryStore, SealedValue, SigningKey, StoreError,
    Stored, StoredCheckpoint, WriteFault,
};

use crate::support::{cambridge, ring};

const NOON: Timestamp = Timestamp(1_780_000_000_000);

/// A store under which the process panics when a batch holds a certain word.
struct Mined {
    store: MemoryStore,
    word: &'static str,
    // How often it still goes off.
    left: Arc<AtomicU64>,
}

impl journal::Store for Mined {
    fn append(&mut self, batch: &Batch) -> Result<(), StoreError> {
        let word = self.word.as_bytes();
        let holds = |body: &[u8]| body.windows(word.len()).any(|window| window == word);
        let mined = batch.entries.iter().any(|entry| holds(&entry.body));
        let take = |left: u64| left.checked_sub(1);
        if mined && self.left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, take).is_ok() {
            panic!("a bug under the word `{}`", self.word);
        }
        self.store.append(batch)
    }
    fn read(&self, from: u64, limit: usize) -> Result<Vec<Stored>, StoreError> {
        self.store.read(from, limit)
    }
    fn length(&self) -> Result<u64, StoreError> {
        self.store.length()
    }
    fn checkpoints(&self, from: u64, limit: usize) -> Result<Vec<StoredCheckpoint>, StoreError> {
        self.store.checkpoints(from, limit)
    }
    fn last_checkpoint(&self) -> Result<Option<StoredCheckpoint>, StoreError> {
        self.store.last_checkpoint()
    }
    fn sealed(&self, commitment: &Commitment) -> Result<Option<SealedValue>, StoreError> {
        self.store.sealed(commitment)
    }
    fn sealed_of(&self, first: u64, last: u64) -> Result<Vec<(u64, SealedValue)>, StoreError> {
        self.store.sealed_of(first, last)
    }
    fn erase(&mut self, commitment: &Commitment) -> Result<bool, StoreError> {
        self.store.erase(commitment)
    }
    fn checkpoint_copy(&self) -> Result<Option<String>, StoreError> {
        self.store.checkpoint_copy()
    }
}

struct Doors {
    disk: MemoryDisk,
    center: CenterHandle,
    thread: CenterThread,
    effects: std::sync::mpsc::Receiver<Output>,
}

fn opened(store: Store) -> Result<(Setup, Journal<Store>), String> {
    let configuration = Configuration::load(&cambridge()).map_err(|error| error.to_string())?;
    let key = SigningKey::from_seed("test/journal", [7; 32]).map_err(|error| error.to_string())?;
    let journal = Journal::open(store, key).map_err(|error| error.to_string())?;
    Ok((configuration.into_setup([9; 32]), journal))
}

impl Doors {
    fn open() -> Self {
        let disk = MemoryDisk::new();
        let on = disk.clone();
        Self::on(disk, 1_000, move || Box::new(MemoryStore::on(&on)))
    }

    /// With a store that panics `times` times when a batch holds a word.
    fn mined(word: &'static str, times: u64) -> Self {
        let (disk, left) = (MemoryDisk::new(), Arc::new(AtomicU64::new(times)));
        let on = disk.clone();
        Self::on(disk, 1_000, move || {
            Box::new(Mined { store: MemoryStore::on(&on), word, left: left.clone() })
        })
    }

    fn on(disk: MemoryDisk, room: usize, store: impl Fn() -> Store + Send + 'static) -> Self {
        let (sender, effects) = std::sync::mpsc::sync_channel(room);
        let opening = Opening {
            opener: Box::new(move || opened(store())),
            clock: Clock::scaled(NOON, 0),
            waking: Waking::ByDriver,
            listeners: vec![evenhand_server::queueing(sender)],
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

#[test]
fn a_panic_in_a_step_loses_nothing_and_the_centre_comes_back() {
    let doors = Doors::mined("unlucky", 1);
    doors.ring("r1", NOON).unwrap().unwrap();
    assert_eq!(doors.ring("unlucky", NOON), Err(NoAnswer::Unknown));
    let accepted = doors.ring_until_recorded("unlucky");
    assert!(accepted.repeated, "it was kept and stepped first when the centre came back");
    assert_eq!(doors.calls(), 2);
    doors.thread.stop();
}

#[test]
fn a_call_on_which_the_centre_always_panics_does_not_keep_it_down() {
    let doors = Doors::mined("landmine", u64::MAX);
    assert_eq!(doors.ring("landmine", NOON), Err(NoAnswer::Unknown));
    doors.ring_until_recorded("r1");
    assert_eq!(doors.calls(), 1);
    let told: Vec<Output> = doors.effects.try_iter().collect();
    let shown = |output: &&Output| matches!(output, Output::Ring { unrecorded: true, .. });
    let seen = told.iter().any(|output| shown(&output));
    assert!(seen, "the phone was not seen ringing: {told:?}");
    doors.thread.stop();
}

#[test]
fn a_driver_that_takes_nothing_loses_its_stream_and_harms_nobody() {
    let disk = MemoryDisk::new();
    let on = disk.clone();
    let doors = Doors::on(disk, 3, move || Box::new(MemoryStore::on(&on)));
    for n in 0..5 {
        doors.ring(&format!("r{n}"), NOON).unwrap().unwrap();
    }
    assert_eq!(doors.calls(), 5);
    let taken = std::iter::from_fn(|| doors.effects.recv().ok()).count();
    assert_eq!(taken, 3, "and then the stream was closed");
    doors.thread.stop();
}

#[test]
fn a_full_queue_turns_people_away_at_once_and_takes_in_nothing_of_theirs() {
    const MORE: usize = 10;
    let doors = Doors::open();
    let (entered, inside) = std::sync::mpsc::channel();
    let (open, gate) = std::sync::mpsc::channel::<()>();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    std::thread::scope(|scope| {
        let center = &doors.center;
        // A question that does not end holds the centre's thread.
        scope.spawn(move || {
            center.query_blocking(move |_center| {
                entered.send(()).unwrap();
                gate.recv().unwrap();
            })
        });
        inside.recv().unwrap();
        let ask = |n: usize| {
            Box::pin(center.order(format!("k{n}"), Actor::of("dan"), center::Order::Undo))
        };
        let mut asked: Vec<_> = (0..REQUESTS_WAITING_MAX + MORE).map(ask).collect();
        let mut context = Context::from_waker(Waker::noop());
        let mut turned_away = 0;
        asked.retain_mut(|order| match order.as_mut().poll(&mut context) {
            Poll::Ready(answer) => {
                assert_eq!(answer, Err(NoAnswer::Busy));
                turned_away += 1;
                false
            }
            Poll::Pending => true,
        });
        assert_eq!((turned_away, asked.len()), (MORE, REQUESTS_WAITING_MAX));
        open.send(()).unwrap();
        for order in asked {
            assert!(runtime.block_on(order).is_ok(), "taken in, and not answered");
        }
    });
    doors.thread.stop();
}
