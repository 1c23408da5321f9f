//! A store in memory, on a disk that fails when and how it is told to.
//!
//! Nothing here is left to chance: the faults come from the [`FaultPlan`] of whoever simulates.
//! The [`MemoryDisk`] is the part that outlives the process, so a simulator keeps a handle to it
//! while the centre owns the [`MemoryStore`].
//!
//! **Trust sentence:** it keeps what it was told is safe, through every fault it knows, until the
//! process ends; nothing is kept after that.

use std::collections::{BTreeMap, VecDeque};
use std::num::NonZeroU32;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::sealed::{Commitment, SealedValue};
use crate::store::{Batch, Store, StoreError, Stored, StoredCheckpoint};

/// What happens to one append.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum WriteFault {
    /// Nothing: the batch is written and safe.
    #[default]
    None,
    /// An error is reported, and nothing of the batch reached the disk.
    Lost,
    /// An error is reported, and part of the batch reached the disk. Opening finds the torn batch
    /// and drops it, as SQLite's log does.
    Torn,
    /// An error is reported, yet the whole batch is safe on the disk.
    ErrorButKept,
    /// An error is reported; the batch lies in the system's cache only. Opening after the process
    /// died finds it and makes it safe; after a power cut it is gone.
    Late,
    /// The disk is full: nothing is written, and the store says so.
    Full,
}

/// What happens to one reading.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum ReadFault {
    /// Nothing: it succeeds.
    #[default]
    None,
    /// An error is reported.
    Fails,
}

/// Faults to come, used up one for each append and each reading. When a queue is empty all goes
/// well.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FaultPlan {
    /// For the next appends, in order.
    pub writes: VecDeque<WriteFault>,
    /// For the next readings of entries, in order.
    pub reads: VecDeque<ReadFault>,
}

/// What lies on the disk, for whoever wants to look or tamper.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Contents {
    /// Entries in order.
    pub entries: Vec<Stored>,
    /// Sealed values by commitment, with the entry they belong to.
    pub sealed: BTreeMap<Commitment, (u64, SealedValue)>,
    /// Checkpoints in order.
    pub checkpoints: Vec<StoredCheckpoint>,
}

impl Contents {
    fn apply(&mut self, batch: Batch) {
        self.entries.extend(batch.entries);
        let by_commitment = |(seq, value): (u64, SealedValue)| (value.commitment, (seq, value));
        self.sealed.extend(batch.sealed.into_iter().map(by_commitment));
        self.checkpoints.extend(batch.checkpoint);
    }

    fn length(&self) -> u64 {
        self.entries.last().map_or(0, |entry| entry.seq)
    }
}

#[derive(Debug, Default)]
struct Disk {
    safe: Contents,
    // A batch whose outcome was reported as unknown, until the store is opened again.
    unsettled: Option<(WriteFault, Batch)>,
    plan: FaultPlan,
}

/// A disk that outlives the process: clones are handles to the same one.
#[derive(Clone, Debug, Default)]
pub struct MemoryDisk(Arc<Mutex<Disk>>);

impl MemoryDisk {
    /// An empty disk without faults.
    pub fn new() -> Self {
        Self::default()
    }

    /// Replaces the faults to come.
    pub fn plan(&self, plan: FaultPlan) {
        self.lock().plan = plan;
    }

    /// Adds a fault for an append after those already planned.
    pub fn plan_write(&self, fault: WriteFault) {
        self.lock().plan.writes.push_back(fault);
    }

    /// Cuts the power: what was not made safe is gone. Open it again with [`MemoryStore::on`].
    pub fn cut_power(&self) {
        let mut disk = self.lock();
        if matches!(disk.unsettled, Some((WriteFault::Late, _))) {
            disk.unsettled = None;
        }
    }

    /// What is safe on the disk.
    pub fn contents(&self) -> Contents {
        self.lock().safe.clone()
    }

    /// Changes what is on the disk behind the journal's back.
    pub fn tamper(&self, change: impl FnOnce(&mut Contents)) {
        change(&mut self.lock().safe);
    }

    fn lock(&self) -> MutexGuard<'_, Disk> {
        // A thread that panicked in between left no half change: each is a single assignment.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A store on a [`MemoryDisk`].
#[derive(Debug)]
pub struct MemoryStore {
    disk: MemoryDisk,
    batches_per_checkpoint: NonZeroU32,
}

impl Default for MemoryStore {
    fn default() -> Self {
        Self::on(&MemoryDisk::new())
    }
}

impl MemoryStore {
    /// A store on an empty disk of its own, without faults.
    pub fn new() -> Self {
        Self::default()
    }

    /// Opens the disk, as a process does that starts: a torn batch is dropped, a whole one that was
    /// reported as unknown is kept and is safe from now on.
    pub fn on(disk: &MemoryDisk) -> Self {
        {
            let mut disk = disk.lock();
            match disk.unsettled.take() {
                Some((WriteFault::ErrorButKept | WriteFault::Late, batch)) => {
                    disk.safe.apply(batch);
                }
                Some((
                    WriteFault::Torn | WriteFault::Lost | WriteFault::None | WriteFault::Full,
                    _,
                ))
                | None => {}
            }
        }
        Self { disk: disk.clone(), batches_per_checkpoint: NonZeroU32::MIN }
    }

    /// A store for one run, that nobody opens again before
    /// [`into_store`](crate::Journal::into_store) has ended it: so many batches share a checkpoint.
    pub fn of_one_run(batches_per_checkpoint: NonZeroU32) -> Self {
        Self { batches_per_checkpoint, ..Self::default() }
    }

    /// A handle to the disk.
    pub fn disk(&self) -> MemoryDisk {
        self.disk.clone()
    }

    /// Cuts the power and opens the disk again.
    pub fn crash(self) -> Self {
        self.disk.cut_power();
        Self::on(&self.disk)
    }
}

impl Store for MemoryStore {
    fn append(&mut self, batch: &Batch) -> Result<(), StoreError> {
        let mut disk = self.disk.lock();
        if disk.unsettled.is_some() {
            return Err(StoreError::Unsettled);
        }
        let expected = disk.safe.length() + 1;
        match batch.entries.first().map(|first| first.seq) {
            Some(given) if given == expected => {}
            Some(given) => return Err(StoreError::NotNext { expected, given }),
            None if batch.checkpoint.is_some() => {}
            None => return Err(StoreError::EmptyBatch),
        }
        let fault = disk.plan.writes.pop_front().unwrap_or_default();
        match fault {
            WriteFault::None => {
                disk.safe.apply(batch.clone());
                Ok(())
            }
            WriteFault::Full => Err(StoreError::Full),
            WriteFault::Lost | WriteFault::Torn | WriteFault::ErrorButKept | WriteFault::Late => {
                disk.unsettled = Some((fault, batch.clone()));
                Err(StoreError::Unknown { cause: "the disk reported an error".to_owned() })
            }
        }
    }

    fn batches_per_checkpoint(&self) -> NonZeroU32 {
        self.batches_per_checkpoint
    }

    fn read(&self, from: u64, limit: usize) -> Result<Vec<Stored>, StoreError> {
        let mut disk = self.disk.lock();
        match disk.plan.reads.pop_front().unwrap_or_default() {
            ReadFault::None => {}
            ReadFault::Fails => {
                return Err(StoreError::Read { cause: "the disk reported an error".to_owned() });
            }
        }
        let start = disk.safe.entries.partition_point(|entry| entry.seq < from);
        Ok(disk.safe.entries.iter().skip(start).take(limit).cloned().collect())
    }

    fn length(&self) -> Result<u64, StoreError> {
        Ok(self.disk.lock().safe.length())
    }

    fn checkpoints(&self, from: u64, limit: usize) -> Result<Vec<StoredCheckpoint>, StoreError> {
        let disk = self.disk.lock();
        let start = disk.safe.checkpoints.partition_point(|checkpoint| checkpoint.size < from);
        Ok(disk.safe.checkpoints.iter().skip(start).take(limit).cloned().collect())
    }

    fn last_checkpoint(&self) -> Result<Option<StoredCheckpoint>, StoreError> {
        Ok(self.disk.lock().safe.checkpoints.last().cloned())
    }

    fn sealed(&self, commitment: &Commitment) -> Result<Option<SealedValue>, StoreError> {
        Ok(self.disk.lock().safe.sealed.get(commitment).map(|(_seq, value)| value.clone()))
    }

    fn sealed_of(&self, first: u64, last: u64) -> Result<Vec<(u64, SealedValue)>, StoreError> {
        let disk = self.disk.lock();
        let sealed = disk.safe.sealed.values().filter(|(seq, _)| (first..=last).contains(seq));
        let mut sealed: Vec<_> = sealed.cloned().collect();
        sealed.sort_by_key(|(seq, value)| (*seq, value.commitment));
        Ok(sealed)
    }

    fn erase(&mut self, commitment: &Commitment) -> Result<bool, StoreError> {
        Ok(self.disk.lock().safe.sealed.remove(commitment).is_some())
    }

    fn checkpoint_copy(&self) -> Result<Option<String>, StoreError> {
        Ok(None)
    }
}
