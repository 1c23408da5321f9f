//! Why an answer, what would change it, and what a policy would have meant for calls on record.

#![expect(clippy::expect_used, reason = "a test that cannot go on stops")]

use evenhand_policy::explain::{Explanation, explain};
use evenhand_policy::impact::{Case, Compared, Share, impact};
use evenhand_policy::response::Response;
use std::collections::BTreeMap;

const CITY: &str = include_str!("response/good/city_police.policy");

fn city() -> Response {
    Response::read("city.policy", CITY).expect("the sample is good")
}

fn explained(facts: &[(&str, &str)]) -> Explanation {
    let city = city();
    let described = city.describe(facts.iter().copied()).expect("the facts are known");
    explain(&city, &described)
}

#[test]
fn an_explanation_names_the_rule_and_what_would_change_it() {
    let told = explained(&[("nature", "assault"), ("severity", "1"), ("units_free", "9")]);
    let [answer] = told.answers.as_slice() else { unreachable!("one outcome") };
    assert_eq!((answer.value.as_str(), answer.rule.as_deref()), ("send", Some("otherwise")));
    let change = |attribute: &str| -> Vec<String> {
        let of = told.changes.iter().filter(|one| one.attribute == attribute);
        of.map(|one| format!("{}: {}", one.to, one.answers[0].value)).collect()
    };
    assert_eq!(change("nature"), ["noise: refer", "officer_down: send_now"]);
    assert_eq!(change("severity"), ["3 to 4: send_now"]);
    assert_eq!(change("units_free"), ["0 to 2: hold"]);
    assert_eq!(change("affiliation"), ["agency_x: decline"]);
    assert_eq!(change("language"), [""; 0]);
    assert!(told.depends_on_who());
}

#[test]
fn a_call_that_nobody_could_change_says_so() {
    let told = explained(&[("nature", "officer_down"), ("severity", "4")]);
    assert_eq!(told.answers[0].rule.as_deref(), Some("life_danger"));
    assert!(told.changes.is_empty() && !told.depends_on_who(), "{told:?}");
}

#[test]
fn facts_that_the_policy_does_not_have_are_told_all_at_once() {
    let facts = [("natur", "assault"), ("severity", "9"), ("weapon", "maybe")];
    let errors = city().describe(facts).expect_err("three slips");
    let told: Vec<String> = errors.iter().map(ToString::to_string).collect();
    assert_eq!(told.len(), 3);
    assert!(told[0].starts_with("`natur` is no attribute; did you mean `nature`?"), "{}", told[0]);
    assert_eq!(told[1], "`9` is not a value of `severity`; accepted are numbers from `0` to `4`");
    assert!(told[2].contains("accepted are `no`, `yes`, `unknown`"), "{}", told[2]);
}

fn case(name: &str, nature: &str, hour: u8, severity: &str) -> Case {
    Case {
        name: name.to_owned(),
        nature: nature.to_owned(),
        hour,
        zone: (hour > 11).then(|| "north".to_owned()),
        facts: BTreeMap::from([("severity".to_owned(), severity.to_owned())]),
        answered: BTreeMap::from([("response".to_owned(), "send".to_owned())]),
    }
}

#[test]
fn impact_counts_real_calls_by_type_hour_and_zone() {
    let cases = [
        case("I1", "noise", 3, "2"),
        case("I2", "noise", 13, "0"),
        case("I3", "assault", 13, "2"),
        case("I4", "flood", 14, "4"),
    ];
    let with_record = impact(Compared::WithRecord(&city()), cases.clone());
    assert_eq!((with_record.cases, with_record.nature_unknown), (4, 1));
    assert_eq!(with_record.changed, 3, "{with_record:?}");
    let changes: Vec<(&str, u64)> =
        with_record.by_change.iter().map(|(change, count)| (change.as_str(), *count)).collect();
    let expected = [
        ("response send -> hold", 1),
        ("response send -> refer", 1),
        ("response send -> send_now", 1),
    ];
    assert_eq!(changes, expected);
    assert_eq!(with_record.by_nature["noise"], Share { changed: 2, of: 2 });
    assert_eq!(with_record.by_zone["no zone known"], Share { changed: 1, of: 1 });
    assert_eq!(with_record.not_recorded["weapon"], 4);
    assert_eq!(with_record.depends_on_who, 1, "the assault");

    let mended = CITY
        .replace("rule stand_back    when affiliation = agency_x and", "rule stand_back    when");
    let mended = Response::read("mended.policy", &mended).expect("good");
    let versions = impact(Compared::Versions(&city(), &mended), cases);
    assert_eq!((versions.changed, versions.depends_on_who), (1, 0));
    assert_eq!(versions.examples[0].changes, ["response send -> decline (rule stand_back)"]);
}
