//! Bugs planted on purpose: each patch of `planted/` is applied to a copy of the crates, and the
//! simulation must find it, by an oracle that the patch names. This measures the simulation.
//!
//! A patch begins with a sentence that says what is wrong, and a line `found by: a, b` with the
//! oracles that may notice it first; a line `run by: telephone` names another simulation than the
//! days under faults. One that no longer applies fails the test: mend the patch.
//!
//! Slow: the first time everything below `sim` is built once more, under `target/planted`, and
//! again for each patch. So an ordinary run takes those of [`ORDINARY`], and
//! `EVENHAND_PLANTED=all` takes all.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test may stop with a message")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::Instant;

/// The same seeds as in CI; a planted bug is found in the first of them that shows it.
const SEEDS: &str = "1..50";

/// What an ordinary run takes: core, center, journal and intake, a different kind of oracle each.
const ORDINARY: [&str; 4] = [
    "center_tells_before_the_append",
    "core_closes_a_pending_incident",
    "intake_rings_before_the_journal",
    "journal_acknowledges_a_lost_write",
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

/// A copy of the sources, and where it is built. Kept from run to run, so that only what differs is
/// built again.
struct Copy {
    tree: PathBuf,
    build: PathBuf,
}

impl Copy {
    fn open() -> Self {
        let place = Path::new(env!("CARGO_TARGET_TMPDIR")).join("../planted");
        fs::create_dir_all(&place).unwrap();
        let place = place.canonicalize().unwrap();
        let copy = Self { tree: place.join("tree"), build: place.join("build") };
        copy.restore();
        copy
    }

    /// Makes the copy equal to the sources, touching only what differs.
    fn restore(&self) {
        let root = root();
        for name in ["crates", "scenarios", "Cargo.toml", "Cargo.lock"] {
            mirror(&root.join(name), &self.tree.join(name));
        }
    }

    fn apply(&self, patch: &Path) {
        let before = contents(&self.tree.join("crates"));
        let output = Command::new("git")
            .args(["apply", "--whitespace=nowarn"])
            .arg(patch)
            .current_dir(&self.tree)
            // Outside any repository, or git passes over paths that are not in this folder.
            .env("GIT_CEILING_DIRECTORIES", self.tree.parent().unwrap())
            .output()
            .unwrap();
        let why = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{} does not apply: {why}", patch.display());
        let after = contents(&self.tree.join("crates"));
        assert!(before != after, "{} changes nothing", patch.display());
    }

    fn build(&self, what: &str) {
        let mut output = self.cargo_build();
        if !output.status.success() {
            // A run that was killed may have left a half-written cache; that is not the patch's.
            let _none = fs::remove_dir_all(self.build.join("debug/incremental"));
            output = self.cargo_build();
        }
        let why = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{what} does not build:\n{why}");
    }

    fn cargo_build(&self) -> Output {
        let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
        Command::new(cargo)
            .args(["build", "--quiet", "--offline", "--locked", "-p", "evenhand-sim"])
            .args(["--example", "faults", "--example", "telephone"])
            .current_dir(&self.tree)
            .env("CARGO_TARGET_DIR", &self.build)
            // Built seventeen times, run for seconds: what is built again is to be little.
            .env("CARGO_INCREMENTAL", "1")
            .env("CARGO_PROFILE_DEV_DEBUG", "0")
            .env("CARGO_PROFILE_DEV_OPT_LEVEL", "0")
            .env("CARGO_PROFILE_DEV_LTO", "off")
            .output()
            .unwrap()
    }

    fn simulate(&self, simulation: &str, seeds: &str) -> Output {
        let program = self.build.join("debug/examples").join(simulation);
        Command::new(program).arg(seeds).output().unwrap()
    }
}

/// Makes `to` equal to `from`; files that are equal already keep their times.
fn mirror(from: &Path, to: &Path) {
    if from.is_file() {
        let text = fs::read(from).unwrap();
        if fs::read(to).ok().as_ref() != Some(&text) {
            fs::create_dir_all(to.parent().unwrap()).unwrap();
            fs::write(to, text).unwrap();
        }
        return;
    }
    fs::create_dir_all(to).unwrap();
    let wanted: BTreeSet<_> = names(from);
    for gone in names(to).difference(&wanted) {
        let gone = to.join(gone);
        if gone.is_dir() { fs::remove_dir_all(gone) } else { fs::remove_file(gone) }.unwrap();
    }
    for name in wanted {
        mirror(&from.join(&name), &to.join(&name));
    }
}

fn names(folder: &Path) -> BTreeSet<std::ffi::OsString> {
    fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name()).collect()
}

/// Every source file with its text.
fn contents(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut all = Vec::new();
    for name in names(folder) {
        let path = folder.join(name);
        if path.is_dir() {
            all.extend(contents(&path));
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            all.push((path.clone(), fs::read(&path).unwrap()));
        }
    }
    all
}

/// A planted bug.
struct Planted {
    name: String,
    path: PathBuf,
    simulation: String,
    oracles: Vec<String>,
    crates: BTreeSet<String>,
}

fn planted() -> Vec<Planted> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("planted");
    let patches = names(&folder).into_iter().map(|name| folder.join(name));
    patches
        .map(|path| {
            let text = fs::read_to_string(&path).unwrap();
            let found_by = text.lines().find_map(|line| line.strip_prefix("found by: "));
            let found_by = found_by.unwrap_or_else(|| panic!("{} names no oracle", path.display()));
            let simulation = text.lines().find_map(|line| line.strip_prefix("run by: "));
            let changed = text.lines().filter_map(|line| line.strip_prefix("+++ b/crates/"));
            Planted {
                name: path.file_stem().unwrap().to_string_lossy().into_owned(),
                simulation: simulation.unwrap_or("faults").to_owned(),
                oracles: found_by.split(", ").map(str::to_owned).collect(),
                crates: changed.map(|path| path.split('/').next().unwrap().to_owned()).collect(),
                path,
            }
        })
        .collect()
}

#[test]
fn bugs_are_planted_in_core_center_journal_and_intake() {
    let planted = planted();
    assert!(planted.len() >= 6, "{} planted bugs", planted.len());
    for folder in ["core", "center", "journal", "intake"] {
        let there = planted.iter().filter(|bug| bug.crates.contains(folder)).count();
        assert!(there >= 2, "{there} planted in {folder}");
    }
}

/// Also of those that are not built today: a patch that rotted measures nothing.
#[test]
fn every_patch_still_applies() {
    for bug in planted() {
        let output = Command::new("git")
            .args(["apply", "--check", "--whitespace=nowarn"])
            .arg(&bug.path)
            .current_dir(root())
            .output()
            .unwrap();
        let why = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{} does not apply: {why}", bug.path.display());
    }
}

#[test]
fn the_simulation_finds_every_planted_bug() {
    let copy = Copy::open();
    let mut clock = Clock::start();
    copy.build("the copy");
    clock.lap("built the copy");
    for simulation in ["faults", "telephone"] {
        let output = copy.simulate(simulation, "1..2");
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(output.status.success(), "without a planted bug: {text}");
    }
    let mut missed = Vec::new();
    let all = std::env::var("EVENHAND_PLANTED").is_ok_and(|which| which == "all");
    let taken = planted().into_iter().filter(|bug| all || ORDINARY.contains(&bug.name.as_str()));
    let taken: Vec<Planted> = taken.collect();
    assert!(taken.len() >= ORDINARY.len(), "an ordinary patch is missing");
    for bug in taken {
        copy.apply(&bug.path);
        copy.build(&bug.name);
        let output = copy.simulate(&bug.simulation, SEEDS);
        copy.restore();
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let last = text.lines().last().unwrap_or_default().to_owned();
        let found = bug.oracles.iter().any(|oracle| last.contains(&format!("oracle `{oracle}`")));
        if output.status.success() || !found {
            missed.push(format!("{}: {last}", bug.name));
        }
        clock.lap(&format!("{}: {}", bug.name, last.chars().take(120).collect::<String>()));
    }
    assert!(missed.is_empty(), "not found, or not by the oracles named:\n{}", missed.join("\n"));
}

/// Progress for whoever waits, with `--nocapture`. Nothing is decided by it.
struct Clock(Instant);

impl Clock {
    #[expect(clippy::disallowed_methods, reason = "progress of a slow test, for people")]
    fn start() -> Self {
        Self(Instant::now())
    }

    fn lap(&mut self, what: &str) {
        eprintln!("{:>4} s  {what}", self.0.elapsed().as_secs());
    }
}
