//! The response policies that ship, and those of the tutorial: each is read, is written as the
//! formatter writes, and says what it is there to say.
//!
//! `EVENHAND_BLESS=1 cargo test -p evenhand-policy --test samples formatter` writes them anew.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on stops")]

use evenhand_core::Verdict as Proved;
use evenhand_policy::even::{Budget, Found, Report, Verdict, check};
use evenhand_policy::response::{Class, Domain, OutcomeKind, Response, format};
use evenhand_policy::{Checked, Policy};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

const CAMBRIDGE: [&str; 3] = [
    "centers/cambridge/fire.policy",
    "centers/cambridge/medical.policy",
    "centers/cambridge/police.policy",
];
const BOONE: [&str; 1] = ["centers/boone/medical.policy"];
const TUTORIAL: [&str; 3] = [
    "docs/policy/agency_x.policy",
    "docs/policy/agency_x_mended.policy",
    "docs/policy/exceptions.policy",
];

fn path(file: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(file)
}

fn text(file: &str) -> String {
    fs::read_to_string(path(file)).unwrap()
}

fn read(file: &str) -> Response {
    let text = text(file);
    Response::read(file, &text).unwrap_or_else(|problems| {
        let told: String = problems.iter().map(|one| one.shown(&text) + "\n").collect();
        unreachable!("{file} is refused\n{told}")
    })
}

fn every_sample() -> impl Iterator<Item = &'static str> {
    [&CAMBRIDGE[..], &BOONE, &TUTORIAL].concat().into_iter()
}

/// What nothing is known of.
fn baseline(response: &Response) -> Vec<u32> {
    response.attributes.iter().map(|one| one.domain.baseline()).collect()
}

fn told(response: &Response, outcome: &str, answer: &[u32]) -> String {
    let place = response.outcome(outcome).unwrap();
    response.outcomes[place].domain.text(answer[place])
}

#[test]
fn every_sample_is_written_as_the_formatter_writes() {
    for file in every_sample() {
        let (is, should) = (
            text(file),
            format(file, &text(file))
                .unwrap_or_else(|problems| unreachable!("{file} is refused: {}", problems[0])),
        );
        if std::env::var_os("EVENHAND_BLESS").is_some() {
            fs::write(path(file), &should).unwrap();
        } else {
            assert!(is == should, "{file}: run `evenhand policy fmt {file}`");
        }
    }
}

/// Each type of a centre is answered for by one policy, which with nothing known gives the priority
/// and the run card of the table of types.
fn answers_as_the_table(center: &str, files: &[&str]) {
    let names = ["policy.toml", "run-cards.toml"];
    let texts = names.map(|name| text(&format!("centers/{center}/{name}")));
    let table = Policy::load(&[(names[0], &texts[0]), (names[1], &texts[1])]).unwrap();
    let policies: Vec<Response> = files.iter().map(|file| read(file)).collect();
    let mut known = 0;
    for kind in table.incident_types() {
        let of = |policy: &&Response| {
            let nature = policy.attribute("nature").unwrap();
            policy.attributes[nature].domain.value(&kind.code).is_some()
        };
        let answering: Vec<&Response> = policies.iter().filter(of).collect();
        assert_eq!(answering.len(), 1, "policies that answer for {}", kind.code);
        let policy = answering[0];
        let nature = policy.attribute("nature").unwrap();
        let mut call = baseline(policy);
        call[nature] = policy.attributes[nature].domain.value(&kind.code).unwrap();
        let answer = policy.answer(&call);
        let given = (told(policy, "priority", &answer), told(policy, "units", &answer));
        assert_eq!(given, (kind.priority.to_string(), kind.run_card.clone()), "{}", kind.code);
        let sends = if kind.priority == 1 { "send_now" } else { "send" };
        assert_eq!(told(policy, "response", &answer), sends, "{}", kind.code);
        known += 1;
    }
    let declared = |policy: &Response| match &policy.attributes[0].domain {
        Domain::Words(words) => words.len() - 1,
        Domain::Numbers { .. } => 0,
    };
    assert_eq!(policies.iter().map(declared).sum::<usize>(), known, "a nature is of no type");
}

#[test]
fn with_nothing_known_the_demonstration_answers_as_its_table_of_types() {
    answers_as_the_table("cambridge", &CAMBRIDGE);
}

#[test]
fn with_nothing_known_the_replay_answers_as_its_table_of_types() {
    answers_as_the_table("boone", &BOONE);
}

#[test]
fn each_centre_takes_its_policies_and_they_are_even() {
    for (center, files) in [("cambridge", &CAMBRIDGE[..]), ("boone", &BOONE)] {
        let mut texts: Vec<(String, String)> = ["policy.toml", "run-cards.toml"]
            .map(|name| (name.to_owned(), text(&format!("centers/{center}/{name}"))))
            .to_vec();
        texts.extend(files.iter().map(|file| ((*file).to_owned(), text(file))));
        let files: Vec<(&str, &str)> =
            texts.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
        let policy = Policy::load(&files).unwrap_or_else(|wrong| unreachable!("{}", wrong[0]));
        let checked = Checked::of(policy, "2026-11-23", &Budget::default());
        assert_eq!(checked.verdict(), Proved::Even, "{center}");
    }
}

/// Every call that differs in what is said of the emergency, in a calm and in a busy hour.
fn emergencies(response: &Response) -> Vec<Vec<u32>> {
    let mut calls = Vec::new();
    for units_free in [0, 12] {
        for hour in [3, 12] {
            let mut call = baseline(response);
            for (name, number) in [("units_free", units_free), ("hour", hour)] {
                if let Some(place) = response.attribute(name) {
                    call[place] = number;
                }
            }
            calls.push(call);
        }
    }
    for (place, attribute) in response.attributes.iter().enumerate() {
        if attribute.class == Class::Emergency {
            calls = calls
                .into_iter()
                .flat_map(|call| {
                    (0..attribute.domain.size()).map(move |value| {
                        let mut call = call.clone();
                        call[place] = value;
                        call
                    })
                })
                .collect();
        }
    }
    calls
}

#[test]
fn what_is_not_known_never_gives_less_than_the_mildest_answer() {
    for file in CAMBRIDGE.into_iter().chain(BOONE).chain(TUTORIAL) {
        let response = read(file);
        let calls = emergencies(&response);
        assert!(calls.len() >= 100, "{file}: {} calls", calls.len());
        for call in &calls {
            let answer = response.answer(call);
            for (place, attribute) in response.attributes.iter().enumerate() {
                let asked = attribute.class == Class::Emergency && attribute.name != "nature";
                if !asked || attribute.domain.unknown() != Some(call[place]) {
                    continue;
                }
                let others: Vec<Vec<u32>> = (0..attribute.domain.size())
                    .filter(|value| *value != call[place])
                    .map(|value| {
                        let mut other = call.clone();
                        other[place] = value;
                        response.answer(&other)
                    })
                    .collect();
                for (outcome, decided) in response.outcomes.iter().enumerate() {
                    let worst = others.iter().map(|other| other[outcome]).max().unwrap();
                    if decided.kind == OutcomeKind::Protected && decided.ordered {
                        assert!(
                            answer[outcome] <= worst,
                            "{file}: `{}` unknown gives a worse {} for {call:?}",
                            attribute.name,
                            decided.name
                        );
                    }
                }
            }
        }
    }
}

#[test]
fn the_agencies_keep_cases_of_their_own() {
    for file in CAMBRIDGE.into_iter().chain(BOONE) {
        let response = read(file);
        assert!(response.expectations.len() >= 8, "{file}");
        let calls = emergencies(&response);
        let mut tried: BTreeMap<&str, u32> = BTreeMap::new();
        for expectation in &response.expectations {
            for call in calls.iter().filter(|call| expectation.when.holds(call)) {
                let answer = response.answer(call);
                *tried.entry(&expectation.name).or_default() += 1;
                for setting in &expectation.then {
                    assert_eq!(
                        answer[setting.outcome], setting.value,
                        "{file}: `{}` for {call:?}",
                        expectation.name
                    );
                }
            }
        }
        assert!(tried.len() >= 4, "{file}: only {tried:?} were tried");
    }
}

fn checked(file: &str) -> Report {
    check(&read(file), "2026-11-23", &Budget::default())
}

#[test]
fn the_policies_that_ship_are_even_and_keep_what_they_claim() {
    for file in CAMBRIDGE.into_iter().chain(BOONE) {
        let report = checked(file);
        assert_eq!(report.verdict, Verdict::Even, "{file}");
        assert!(report.passes(), "{file}: {report:#?}");
        assert_eq!(report.rules, [], "{file}: a rule could be left out");
    }
}

#[test]
fn only_fire_crews_depend_on_the_place() {
    for file in CAMBRIDGE.into_iter().chain(BOONE) {
        let felt = checked(file).places.into_iter().filter(|one| one.found != Found::Never);
        let felt: Vec<String> = felt.map(|one| one.subject).collect();
        let fire = file == "centers/cambridge/fire.policy";
        assert_eq!(felt, if fire { vec!["units"] } else { vec![] }, "{file}");
    }
}

#[test]
fn the_draft_of_the_tutorial_depends_on_agency_x_and_its_mended_form_on_nobody() {
    let draft = checked("docs/policy/agency_x.policy");
    assert_eq!(draft.verdict, Verdict::Uneven(vec!["response depends on affiliation".into()]));
    let pair = &draft.smallest_pair().unwrap().pair;
    let differs: Vec<_> = pair.rows.iter().filter(|row| row.differs).collect();
    assert_eq!(differs.len(), 1);
    let agency = |values: &str| values == "agency_x";
    assert!(agency(&differs[0].left.text) || agency(&differs[0].right.text), "{differs:?}");
    assert_eq!(draft.rules.len(), 1, "`school_danger` can be felt by nobody");
    assert_eq!(draft.rules[0].rule, "school_danger");

    let mended = checked("docs/policy/agency_x_mended.policy");
    assert_eq!(mended.verdict, Verdict::Even);
    assert!(mended.passes() && mended.rules.is_empty(), "{mended:#?}");
}

#[test]
fn the_signed_exception_of_the_tutorial_holds_until_its_day() {
    let file = "docs/policy/exceptions.policy";
    let report = checked(file);
    assert!(matches!(&report.verdict, Verdict::EvenButFor(of) if of.len() == 1), "{report:#?}");
    assert!(report.passes(), "{report:#?}");
    let after = check(&read(file), "2027-07-01", &Budget::default());
    assert!(matches!(after.verdict, Verdict::Uneven(_)), "{:?}", after.verdict);
}

/// The page for people, cut at its headings.
fn page(heading: &str) -> String {
    let page = text("docs/policy.md");
    let from = page.find(&format!("## {heading}\n")).unwrap();
    let rest = &page[from + heading.len() + 4..];
    rest[..rest.find("\n##").unwrap_or(rest.len())].to_owned()
}

/// What stands in a page between fences, block by block.
fn blocks(page: &str) -> Vec<&str> {
    page.split("```\n").skip(1).step_by(2).collect()
}

#[test]
fn the_slips_of_the_tutorial_are_told_as_printed_there() {
    let written = page("1. Write");
    let slips = Response::read("first.policy", blocks(&written)[0]).unwrap_err();
    let told: String =
        slips.iter().map(|one| one.shown(blocks(&written)[0]) + "\n").collect::<String>();
    let printed = page("2. Check: is it read?");
    assert!(slips.len() == 3 && blocks(&printed)[0].contains(told.trim_end()), "{told}");
}

#[test]
fn the_examples_of_the_page_are_one_policy() {
    let declared = "about emergency severity one of minor serious grave unknown
about emergency weapon one of no yes unknown
about emergency a one of x y unknown
about emergency b one of x y unknown
about emergency c one of y z unknown
about situation hour from 0 to 23
about caller affiliation one of none agency_x unknown
about caller hearing one of hears deaf unknown
";
    let page = page("By example");
    let mut tables = page.split("\n\n|");
    let spans = |row: &str| -> Vec<String> {
        let cell = row.trim_start_matches('|').split('|').next().unwrap_or_default();
        cell.split('`').skip(1).step_by(2).map(str::to_owned).collect()
    };
    let rows = |table: &str| -> Vec<String> { table.lines().skip(2).flat_map(spans).collect() };
    let mut statements = rows(tables.next().unwrap());
    let conditions: Vec<String> =
        rows(tables.next().unwrap()).into_iter().filter(|one| one.contains(' ')).collect();
    assert!(statements.len() >= 19 && conditions.len() >= 9, "{statements:?} {conditions:?}");
    statements.insert(1, declared.to_owned());
    let otherwise = statements.iter().position(|one| one.starts_with("otherwise")).unwrap();
    for (number, condition) in conditions.iter().enumerate() {
        statements.insert(otherwise, format!("rule example_{number} when {condition} then send"));
    }
    let text = statements.join("\n");
    let read = Response::read("docs/policy.md", &text);
    let told = |wrong: Vec<evenhand_policy::Problem>| -> String {
        wrong.iter().map(|one| one.shown(&text)).collect()
    };
    assert_eq!(read.map(|one| one.rules.len()).map_err(told), Ok(conditions.len() + 2));
}
