//! How fast entries become durable, beside the disk's own speed, and how fast a journal opens.
//!
//! ```text
//! cargo bench -p evenhand-journal --bench durable
//! ```
//!
//! Directories: under `EVENHAND_BENCH_DIR`, or else the system's temporary directory. A directory
//! in memory shows the processor only. `EVENHAND_BENCH_ENTRIES` sets the size of the journal that
//! is opened (1,000,000 if not set).

use std::fs::File;
use std::io::{Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use evenhand_journal::{
    EmbeddedOptions, EmbeddedStore, Journal, MemoryStore, Record, SigningKey, Store, Synchronous,
    salt_for, seal, verify_dir,
};

type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

const ORIGIN: &str = "bench.example/journal";
const CELL: Duration = Duration::from_secs(4);

#[expect(clippy::disallowed_methods, reason = "a benchmark measures real time")]
fn now() -> Instant {
    Instant::now()
}

/// About 400 bytes, as an event of the centre has; one in eight with a sealed value.
fn record(seq: u64) -> Record {
    let mut record_key = [0; 32];
    record_key[..8].copy_from_slice(&seq.to_be_bytes());
    let sealed: Vec<_> = seq
        .is_multiple_of(8)
        .then(|| seal("number", salt_for(&record_key, "number"), &format!("+1617555{seq:07}")))
        .into_iter()
        .collect();
    let number = sealed
        .first()
        .map_or("null".to_owned(), |value| format!(r#"{{"sealed":"{}"}}"#, value.commitment));
    let (at, filler) = (1_451_606_400_000 + seq * 1000, "x".repeat(190));
    let head = format!(r#""seq":{seq},"id":"018f3c5e-7b1a-7000-8000-{seq:012}""#);
    let kind = format!(r#""type":"UnitStatusChanged","v":1,"at":{at}"#);
    let actor = r#""actor":{"position":"D2","person":"dispatcher-14"}"#;
    let data = format!(r#""data":{{"number":{number},"note":"{filler}"}}"#);
    let body = format!("{{{head},{kind},{actor},{data}}}");
    Record { body: body.into_bytes(), sealed }
}

fn batch<S: Store>(journal: &Journal<S>, size: u64) -> Vec<Record> {
    let first = journal.next_seq();
    (first..first + size).map(record).collect()
}

/// 4 KiB written and synced, again and again: what the disk can do at all.
fn disk_syncs(dir: &Path) -> Outcome<(f64, Duration)> {
    let mut file = File::create(dir.join("syncs"))?;
    file.write_all(&vec![1; 1 << 22])?;
    file.sync_all()?;
    let (start, mut times) = (now(), Vec::new());
    while start.elapsed() < CELL {
        let began = now();
        file.seek(SeekFrom::Start(times.len() as u64 % 1024 * 4096))?;
        file.write_all(&[2; 4096])?;
        file.sync_data()?;
        times.push(began.elapsed());
    }
    let rate = times.len() as f64 / start.elapsed().as_secs_f64();
    times.sort();
    Ok((rate, times[times.len() / 2]))
}

fn durable(dir: &Path, size: u64, options: &EmbeddedOptions) -> Outcome<String> {
    let dir = dir.join(format!("batch-{size}-{:?}", options.synchronous));
    let store = EmbeddedStore::open(&dir, options)?;
    let mut journal = Journal::open(store, SigningKey::load_or_create(&dir, ORIGIN)?)?;
    let (start, mut times) = (now(), Vec::new());
    while start.elapsed() < CELL {
        let records = batch(&journal, size);
        let began = now();
        journal.append(records)?;
        times.push(began.elapsed());
    }
    let rate = (times.len() as u64 * size) as f64 / start.elapsed().as_secs_f64();
    times.sort();
    let (p50, p99) = (times[times.len() / 2], times[times.len() * 99 / 100]);
    Ok(format!("{rate:>9.0} entries/s   p50 {p50:>9.2?}   p99 {p99:>9.2?}"))
}

fn in_memory(size: u64) -> Outcome<f64> {
    let mut journal = Journal::open(MemoryStore::new(), SigningKey::generate(ORIGIN)?)?;
    let (mut spent, mut entries) = (Duration::ZERO, 0);
    while spent < CELL / 4 {
        let records = batch(&journal, size);
        let began = now();
        journal.append(records)?;
        spent += began.elapsed();
        entries += size;
    }
    Ok(entries as f64 / spent.as_secs_f64())
}

fn opening(dir: &Path, entries: u64) -> Outcome<()> {
    let dir = dir.join("large");
    let options = EmbeddedOptions { synchronous: Synchronous::Off, ..Default::default() };
    let store = EmbeddedStore::open(&dir, &options)?;
    let mut journal = Journal::open(store, SigningKey::load_or_create(&dir, ORIGIN)?)?;
    while journal.next_seq() <= entries {
        let size = (entries + 1 - journal.next_seq()).min(64);
        let records = batch(&journal, size);
        journal.append(records)?;
    }
    let bytes = journal.read(1, 1000)?.iter().map(|entry| entry.body.len()).sum::<usize>() / 1000;
    drop(journal);
    let began = now();
    let store = EmbeddedStore::open(&dir, &EmbeddedOptions::default())?;
    let journal = Journal::open(store, SigningKey::load_or_create(&dir, ORIGIN)?)?;
    println!("open {entries} entries of {bytes} bytes: {:.2?}", began.elapsed());
    drop(journal);
    let file = std::fs::metadata(dir.join("journal.db"))?.len();
    println!("file: {:.0} bytes an entry", file as f64 / entries as f64);
    let began = now();
    let proof = verify_dir(&dir)?;
    println!("verify all of it: {:.2?}\n{proof}", began.elapsed());
    Ok(())
}

fn main() -> Outcome<()> {
    // `cargo test` starts benches too; a full measurement is not its business.
    if !std::env::args().any(|argument| argument == "--bench") {
        return Ok(());
    }
    let base = std::env::var_os("EVENHAND_BENCH_DIR").map_or(std::env::temp_dir(), PathBuf::from);
    let dir = tempfile::tempdir_in(base)?;
    let entries = std::env::var("EVENHAND_BENCH_ENTRIES").ok();
    let entries = entries.map_or(Ok(1_000_000), |text| text.parse())?;
    for size in [1, 16, 64, 128, 256] {
        let (rate, p50) = disk_syncs(dir.path())?;
        let line = durable(dir.path(), size, &EmbeddedOptions::default())?;
        println!("batch {size:>3}: {line}   (disk alone: {rate:.0} syncs/s, p50 {p50:.2?})");
    }
    for size in [1, 64] {
        println!("in memory, batch {size:>2}: {:.0} entries/s", in_memory(size)?);
    }
    opening(dir.path(), entries)
}
