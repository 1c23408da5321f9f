//! What the journal's tests share: records, keys, small journals and a small random source.
#![allow(dead_code, reason = "each test file uses its part")]

use std::path::Path;

use evenhand_journal::{
    Commitment, EmbeddedOptions, EmbeddedStore, Journal, Record, SealedValue, SigningKey, Store,
    Stored, StoredCheckpoint, salt_for, seal,
};

pub const ORIGIN: &str = "test.example/journal";

pub fn key() -> SigningKey {
    SigningKey::from_seed(ORIGIN, [7; 32]).unwrap()
}

/// A record as the centre makes one. Every third has a sealed number.
pub fn record(seq: u64) -> Record {
    let sealed = seq.is_multiple_of(3).then(|| {
        let record_key = [u8::try_from(seq % 251).unwrap(); 32];
        let salt = salt_for(&record_key, &format!("number{seq}"));
        seal("number", salt, &format!("+1617555{seq:04}"))
    });
    let number = sealed.as_ref().map_or("null".into(), |value: &SealedValue| {
        format!(r#"{{"sealed":"{}"}}"#, value.commitment)
    });
    let at = 1_451_606_400_000 + seq * 1000;
    let data = format!(r#"{{"number":{number},"trunk":"911-{seq}"}}"#);
    let head = format!(r#""seq":{seq},"id":"e{seq}","type":"CallPresented","v":1"#);
    let body = format!(r#"{{{head},"at":{at},"actor":"system","data":{data}}}"#);
    Record { body: body.into_bytes(), sealed: sealed.into_iter().collect() }
}

/// Appends batches of these sizes.
pub fn fill<S: Store>(journal: &mut Journal<S>, batches: &[u64]) {
    for size in batches {
        let first = journal.next_seq();
        journal.append((first..first + size).map(record).collect()).unwrap();
    }
}

pub fn open_dir(dir: &Path) -> Journal<EmbeddedStore> {
    let store = EmbeddedStore::open(dir, &options()).unwrap();
    let key = SigningKey::load_or_create(dir, ORIGIN).unwrap();
    Journal::open(store, key).unwrap()
}

/// A small ballast, so that many directories cost little.
pub fn options() -> EmbeddedOptions {
    EmbeddedOptions { ballast_bytes: 4096, ..EmbeddedOptions::default() }
}

/// A stopped journal of batches of 1 to 8 entries.
pub fn stopped(dir: &Path, batches: &[u64]) {
    fill(&mut open_dir(dir), batches);
}

/// All that a store holds.
pub type All = (Vec<Stored>, Vec<StoredCheckpoint>, Vec<(u64, SealedValue)>);

pub fn all<S: Store>(store: &S) -> All {
    (
        store.read(0, usize::MAX).unwrap(),
        store.checkpoints(0, usize::MAX).unwrap(),
        store.sealed_of(0, u64::MAX).unwrap(),
    )
}

pub fn commitments<S: Store>(store: &S) -> Vec<Commitment> {
    store.sealed_of(0, u64::MAX).unwrap().iter().map(|(_, value)| value.commitment).collect()
}

pub fn copy_dir(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for file in std::fs::read_dir(from).unwrap() {
        let file = file.unwrap();
        std::fs::copy(file.path(), to.join(file.file_name())).unwrap();
    }
}

/// splitmix64 (Steele, Lea, Flood 2014): the same seed gives the same numbers.
pub struct Random(pub u64);

impl Random {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub fn below(&mut self, limit: u64) -> u64 {
        self.next() % limit
    }
}
