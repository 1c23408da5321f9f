//! The text of a response policy: what is read, what is refused and with which words, and that
//! writing it anew changes nothing but blanks.
//!
//! Every file in `response/malformed/` is refused with exactly the words that stand beside it in
//! `<name>.golden.txt`. `EVENHAND_BLESS=1` writes them anew, to be read before they are committed.

#![expect(clippy::expect_used, reason = "a test that cannot go on stops")]

use evenhand_policy::response::{Claim, Condition, Domain, Response, Runs, format};
use std::fs;
use std::path::{Path, PathBuf};

const CITY: &str = include_str!("response/good/city_police.policy");
const EVERYTHING: &str = include_str!("response/good/everything.policy");

fn read(text: &str) -> Response {
    Response::read("test.policy", text).unwrap_or_else(|problems| {
        let told: String = problems.iter().map(|one| one.shown(text)).collect();
        unreachable!("a good policy is refused\n{told}")
    })
}

/// The meaning, without the lines it stands in.
fn without_lines(mut response: Response) -> Response {
    response.attributes.iter_mut().for_each(|one| one.line = 0);
    response.outcomes.iter_mut().for_each(|one| one.line = 0);
    response.rules.iter_mut().for_each(|one| one.line = 0);
    response.exceptions.iter_mut().for_each(|one| one.line = 0);
    response.overrides.iter_mut().for_each(|one| one.line = 0);
    response.expectations.iter_mut().for_each(|one| one.line = 0);
    for claim in &mut response.claims {
        match claim {
            Claim::Never(one) => one.line = 0,
            Claim::Worse(one) => one.line = 0,
            Claim::Floor(one) => one.line = 0,
        }
    }
    response
}

#[test]
fn the_reference_sample_is_read_as_written() {
    let city = read(CITY);
    assert_eq!((city.title.as_str(), city.version), ("City police response", 3));
    assert_eq!((city.attributes.len(), city.rules.len()), (10, 7));
    let calls: u64 = city.attributes.iter().map(|one| u64::from(one.domain.size())).product();
    assert_eq!(calls, 464_940_000, "policy-and-audit I.c counts these calls");
}

/// nature, severity, weapon, in_progress, units_free, affiliation, nationality, language,
/// prior_calls, area_group, as words.
fn city_answer(words: [&str; 10]) -> String {
    let city = read(CITY);
    let call: Vec<u32> = city
        .attributes
        .iter()
        .zip(words)
        .map(|(attribute, word)| attribute.domain.value(word).expect(word))
        .collect();
    city.outcomes[0].domain.text(city.answer(&call)[0])
}

#[test]
fn the_first_rule_that_holds_decides() {
    let call = |nature, severity, units, affiliation| {
        let rest = ["us", "en", "0", "a"];
        let mut words = [nature, severity, "no", "no", units, affiliation, "", "", "", ""];
        words[6..].copy_from_slice(&rest);
        city_answer(words)
    };
    assert_eq!(call("assault", "3", "10", "agency_x"), "send_now");
    assert_eq!(call("assault", "1", "10", "agency_x"), "decline");
    assert_eq!(call("assault", "1", "10", "none"), "send");
    assert_eq!(call("noise", "1", "2", "none"), "hold");
    assert_eq!(call("noise", "1", "3", "none"), "refer");
    assert_eq!(call("burglary", "2", "0", "school"), "send");
}

#[test]
fn every_kind_of_statement_is_read() {
    let all = read(EVERYTHING);
    assert_eq!(all.claims.len(), 6);
    assert_eq!(all.impossible.len(), 2);
    assert_eq!((all.overrides.len(), all.exceptions.len()), (3, 1));
    assert_eq!(all.overrides[2].permit.roles.len(), 0);
    assert_eq!(all.exceptions[0].signed, ["A. Example", "B"]);
    assert_eq!(all.attributes[3].domain, Domain::Numbers { from: -2, to: 40 });
    assert_eq!(all.outcomes[2].unit.as_deref(), Some("minutes"));
    assert_eq!(all.expectations[0].then.len(), 2);
    let Condition::All(parts) = &all.rules[4].when else { unreachable!("`and` joins") };
    let noise = Condition::Is { attribute: 0, values: Runs::of([0, 1]) };
    assert_eq!(parts[0], noise, "`noise.*` stands for both");
}

#[test]
fn accommodations_add_up_and_touch_nothing_else() {
    let all = read(EVERYTHING);
    // assault, severity 1, no weapon, waiting -2, north, none, LANGUAGE, HEARING, a
    let answer = |language, hearing| all.answer(&[2, 1, 0, 0, 0, 0, language, hearing, 0]);
    assert_eq!(answer(0, 0), [1, 2, 20, 0, 0, 0]);
    assert_eq!(answer(1, 1), [1, 2, 20, 0, 1, 1]);
    assert_eq!(answer(2, 0), [1, 2, 20, 0, 1, 0]);
}

#[test]
fn writing_anew_keeps_the_meaning_and_settles_at_once() {
    for text in [CITY, EVERYTHING, include_str!("response/good/ragged.policy")] {
        let once = format("test.policy", text).unwrap();
        assert_eq!(without_lines(read(text)), without_lines(read(&once)), "{once}");
        assert_eq!(format("test.policy", &once).unwrap(), once);
        assert!(once.lines().all(|line| line.chars().count() <= 100), "{once}");
    }
}

#[test]
fn writing_anew_gives_the_golden_text() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/response/good");
    let golden = folder.join("ragged.formatted.policy");
    let told = format("ragged.policy", include_str!("response/good/ragged.policy")).unwrap();
    if std::env::var_os("EVENHAND_BLESS").is_some() {
        fs::write(&golden, &told).unwrap();
    }
    assert_eq!(told, fs::read_to_string(&golden).unwrap());
}

#[test]
fn each_slip_is_told_with_its_place_and_mend() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/response/malformed");
    let mut paths: Vec<PathBuf> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|ending| ending == "policy"));
    paths.sort();
    assert!(paths.len() >= 60, "only {} malformed policies", paths.len());
    let mut wrong = Vec::new();
    for path in paths {
        let text = fs::read_to_string(&path).unwrap();
        let name = path.file_name().unwrap().to_str().unwrap();
        let problems = Response::read(name, &text).expect_err(name);
        let told: String = problems.iter().map(|one| one.shown(&text) + "\n").collect();
        let golden = path.with_extension("golden.txt");
        if std::env::var_os("EVENHAND_BLESS").is_some() {
            fs::write(&golden, &told).unwrap();
        } else if told != fs::read_to_string(&golden).unwrap_or_default() {
            wrong.push(format!("{name} tells\n{told}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn no_text_makes_the_reader_fall_over() {
    // Every beginning of a good text, and every text with one line left out, is read or refused.
    for (end, _) in EVERYTHING.char_indices() {
        drop(Response::read("cut.policy", &EVERYTHING[..end]));
    }
    let lines: Vec<&str> = EVERYTHING.lines().collect();
    for left_out in 0..lines.len() {
        let mut rest = lines.clone();
        rest.remove(left_out);
        drop(Response::read("less.policy", &rest.join("\n")));
    }
    let deep = format!("{CITY}rule deep when {}severity = 1", "(".repeat(100_000));
    assert!(Response::read("deep.policy", &deep).is_err());
}
