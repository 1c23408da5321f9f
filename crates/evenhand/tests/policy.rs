//! `evenhand policy` as a person runs it: the words on the terminal and the exit status.

#![expect(clippy::unwrap_used, reason = "a test whose files are not there is to fail")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

const CITY: &str = include_str!("../../policy/tests/response/good/city_police.policy");

fn evenhand(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_evenhand")).arg("policy").args(arguments).output().unwrap()
}

fn words(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

fn file(folder: &Path, name: &str, text: &str) -> String {
    let path: PathBuf = folder.join(name);
    fs::write(&path, text).unwrap();
    path.display().to_string()
}

/// The reference's sample with its slip mended, and without the rule about `agency_x`.
fn mended() -> String {
    let stand_back = "rule stand_back    when affiliation = agency_x and nature in crowd assault \
                      then decline\n";
    let busy = "units_free <= 2 and severity <= 1";
    CITY.replace("version 3", "version 4")
        .replace(stand_back, "")
        .replace(busy, &format!("{busy} and nature != noise"))
        .replace("rule noise_repeat  when nature = noise and prior_calls >= 10 then refer\n", "")
}

#[test]
fn check_shows_the_pair_that_differs_only_in_who_calls() {
    let folder = tempfile::tempdir().unwrap();
    let city = file(folder.path(), "city.policy", CITY);
    let output = evenhand(&["check", &city]);
    let told = words(&output);
    assert_eq!(output.status.code(), Some(1), "{told}");
    for part in [
        "464,940,000 distinct calls covered exactly",
        "FAIL  response depends on caller.affiliation",
        "<-- the only difference",
        "matters for 15.24 % of all describable calls",
        "never depends on",
        "rule noise_repeat (line 20) changes nothing",
        "UNEVEN",
    ] {
        assert!(told.contains(part), "no `{part}` in\n{told}");
    }
}

#[test]
fn check_says_even_when_it_is_proved_and_writes_json_and_a_page() {
    let folder = tempfile::tempdir().unwrap();
    let city = file(folder.path(), "city.policy", &mended());
    let page = folder.path().join("page.html");
    let output = evenhand(&["check", &city, "--json", "--html", &page.display().to_string()]);
    assert_eq!(output.status.code(), Some(0), "{}", words(&output));
    let found: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(found[0]["passes"], true);
    assert_eq!(found[0]["report"]["verdict"]["verdict"], "even");
    let page = fs::read_to_string(page).unwrap();
    assert!(page.contains("EVEN: for every call that can be described"), "{page}");
    assert!(!page.contains("<script"));
}

#[test]
fn a_text_that_cannot_be_read_says_where_and_ends_with_two() {
    let folder = tempfile::tempdir().unwrap();
    let city =
        file(folder.path(), "city.policy", &CITY.replace("= agency_x and", "= agency_z and"));
    let output = evenhand(&["check", &city]);
    assert_eq!(output.status.code(), Some(2));
    let told = words(&output);
    assert!(told.contains("city.policy:18:39"), "{told}");
    assert!(told.contains("did you mean `agency_x`?"), "{told}");
}

#[test]
fn explain_says_why_and_what_would_change_it() {
    let folder = tempfile::tempdir().unwrap();
    let city = file(folder.path(), "city.policy", CITY);
    let output = evenhand(&["explain", &city, "nature=assault", "severity=1", "units_free=9"]);
    let told = words(&output);
    assert_eq!(output.status.code(), Some(1), "who calls matters here\n{told}");
    assert!(told.contains("response  send   by rule otherwise, line 22"), "{told}");
    assert!(told.contains("affiliation = agency_x: response decline (rule stand_back)"), "{told}");
}

#[test]
fn diff_counts_exactly_what_changed() {
    let folder = tempfile::tempdir().unwrap();
    let old = file(folder.path(), "old.policy", CITY);
    let new = file(folder.path(), "new.policy", &mended());
    let output = evenhand(&["diff", &old, &new]);
    let told = words(&output);
    assert_eq!(output.status.code(), Some(1), "{told}");
    assert!(told.contains("  decline -> send: "), "{told}");
    assert!(told.contains("affiliation  agency_x"), "{told}");
    let same = evenhand(&["diff", &new, &new]);
    assert_eq!(same.status.code(), Some(0), "{}", words(&same));
}

#[test]
fn what_place_means_for_whom_is_priced_by_a_table() {
    let folder = tempfile::tempdir().unwrap();
    let text = "policy \"P\" version 1\nabout place district one of north south unknown\n\
                outcome response one of send hold\nrule far when district = south then hold\n\
                otherwise send\n";
    let text = file(folder.path(), "p.policy", text);
    let table = "area_group,district,calls\na,north,30\na,south,10\nb,south,5\n";
    let table = file(folder.path(), "demand.csv", table);
    let output = evenhand(&["check", &text, "--demand", &table]);
    let told = words(&output);
    assert!(told.contains("response in area group a: send 75.00 %, hold 25.00 %"), "{told}");
    assert!(told.contains("response in area group b: send 0 %, hold 100.00 %"), "{told}");
    let wrong = file(folder.path(), "wrong.csv", "area_group,district,calls\na,nort,30\n");
    let output = evenhand(&["check", &text, "--demand", &wrong]);
    assert!(words(&output).contains("wrong.csv:2: `nort` is not a value"), "{}", words(&output));
}

#[test]
fn test_proves_the_agencys_own_cases() {
    let folder = tempfile::tempdir().unwrap();
    let good = mended() + "expect \"grave\" when severity = 4 then send_now\n";
    let good = file(folder.path(), "good.policy", &good);
    let output = evenhand(&["test", &good]);
    assert_eq!(output.status.code(), Some(0), "{}", words(&output));
    assert!(words(&output).contains("1 hold, 0 fail"), "{}", words(&output));
    let bad = mended() + "expect \"noise is sent to\" when nature = noise then send\n";
    let bad = file(folder.path(), "bad.policy", &bad);
    let output = evenhand(&["test", &bad]);
    assert_eq!(output.status.code(), Some(1), "{}", words(&output));
    assert!(words(&output).contains("0 hold, 1 fail"), "{}", words(&output));
}

/// Each `$ evenhand policy ...` of docs/policy.md about a file of the repository, and what the page
/// says that it prints. `EVENHAND_BLESS=1` writes the page anew, to be read before it is committed.
#[test]
fn the_tutorial_shows_what_the_commands_print() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let page = root.join("docs/policy.md");
    let text = fs::read_to_string(&page).unwrap();
    let (mut anew, mut shown) = (String::new(), 0);
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        anew += &format!("{line}\n");
        let Some(command) = line.strip_prefix("$ evenhand policy ") else { continue };
        let arguments: Vec<&str> = command.split_whitespace().collect();
        if !arguments.get(1).is_some_and(|file| file.starts_with("docs/")) {
            continue;
        }
        shown += 1;
        while lines.next_if(|line| !line.starts_with("```")).is_some() {}
        let output = Command::new(env!("CARGO_BIN_EXE_evenhand"))
            .current_dir(&root)
            .arg("policy")
            .args(&arguments)
            .output()
            .unwrap();
        anew += words(&output).trim_end();
        anew += "\n";
    }
    assert!(shown >= 6, "only {shown} commands are shown");
    if std::env::var_os("EVENHAND_BLESS").is_some() {
        fs::write(&page, &anew).unwrap();
    }
    assert_eq!(fs::read_to_string(&page).unwrap(), anew);
}

#[test]
fn fmt_writes_once_and_then_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let city =
        file(folder.path(), "city.policy", &CITY.replace("otherwise send", "otherwise   send"));
    assert_eq!(evenhand(&["fmt", "--check", &city]).status.code(), Some(1));
    assert_eq!(evenhand(&["fmt", &city]).status.code(), Some(0));
    assert_eq!(evenhand(&["fmt", "--check", &city]).status.code(), Some(0));
    assert!(fs::read_to_string(&city).unwrap().ends_with("\notherwise send\n"));
}
