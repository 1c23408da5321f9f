//! Routing policies of others: NENA i3 rule sets, read into the model and proved.
//!
//! Every file in `routing/` is valid by NENA's own schema, and has the verdict that stands beside
//! it in `<name>.golden.txt`. Every file in `routing/malformed/` is refused with the words beside
//! it. `EVENHAND_BLESS=1` writes both anew, to be read before they are committed.

#![expect(clippy::expect_used, clippy::unwrap_used, reason = "a test that cannot go on stops")]

#[path = "routing/concrete.rs"]
mod concrete;
#[path = "routing/schema.rs"]
mod schema;

use evenhand_policy::even::{Budget, Found, Report, Row, Values, Verdict, check};
use evenhand_policy::routing::{self, RuleSet, is_rule_set};
use proptest::prelude::*;
use std::collections::BTreeSet;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

pub(crate) fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/routing")
}

/// Every JSON file of a folder, by name.
pub(crate) fn files(folder: &Path) -> Vec<(String, String, PathBuf)> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut paths: Vec<PathBuf> =
        entries.filter(|path| path.extension().is_some_and(|kind| kind == "json")).collect();
    paths.sort();
    let named = paths.into_iter().map(|path| {
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        (name, fs::read_to_string(&path).unwrap(), path)
    });
    named.collect()
}

pub(crate) fn read(name: &str, text: &str) -> RuleSet {
    routing::read(name, text).unwrap_or_else(|problems| {
        let told: String = problems.iter().map(|one| one.shown(text)).collect();
        unreachable!("a good rule set is refused\n{told}")
    })
}

fn shown(values: &Values) -> &str {
    if values.any { "any" } else { &values.text }
}

fn row_text(row: &Row) -> String {
    let (left, right) = (shown(&row.left), shown(&row.right));
    let both = if row.differs { format!("{left} | {right}") } else { left.to_owned() };
    format!("    {} ({}): {both}\n", row.attribute, row.class)
}

/// What decides, as a person would be told.
fn verdict(rules: &RuleSet, report: &Report) -> String {
    let mut text = match &report.verdict {
        Verdict::Even => "even\n".to_owned(),
        Verdict::EvenButFor(_) => unreachable!("a rule set has no exceptions"),
        Verdict::Uneven(why) => format!("uneven: {}\n", why.join("; ")),
        Verdict::NotDecided(why) => format!("not decided: {}\n", why.join("; ")),
    };
    let depends = report.independence.iter().chain(&report.places);
    for one in depends {
        let Found::Depends(found) = &one.found else { continue };
        let share = found.share.map_or(String::new(), |share| format!(", {:.1} %", share * 100.0));
        writeln!(text, "\n{} by {}{share}", one.subject, one.attributes.join(" and ")).unwrap();
        for (side, answer) in [("left", &found.pair.left), ("right", &found.pair.right)] {
            writeln!(text, "  {side}: {} ({})", answer.value, answer.rule).unwrap();
        }
        found.pair.rows.iter().filter(|row| !row.left.any || !row.right.any).for_each(|row| {
            text.push_str(&row_text(row));
        });
    }
    for rule in &report.rules {
        writeln!(text, "\nrule {}: {:?}", rule.rule, rule.fault).unwrap();
    }
    for caveat in rules.caveats(report) {
        writeln!(text, "\nnote: {caveat}").unwrap();
    }
    text
}

fn proved(rules: &RuleSet) -> Report {
    check(rules.response(), "2026-11-23", &Budget::default())
}

/// Compares with the golden text, or writes it.
fn golden(path: &Path, told: &str, wrong: &mut Vec<String>) {
    let golden = path.with_extension("golden.txt");
    if std::env::var_os("EVENHAND_BLESS").is_some() {
        fs::write(&golden, told).unwrap();
    } else if told != fs::read_to_string(&golden).unwrap_or_default() {
        wrong.push(format!("{}:\n{told}", golden.display()));
    }
}

#[test]
fn every_rule_set_has_the_verdict_that_stands_beside_it() {
    let (mut wrong, mut count) = (Vec::new(), 0);
    for (name, text, path) in files(&folder()) {
        let rules = read(&name, &text);
        golden(&path, &verdict(&rules, &proved(&rules)), &mut wrong);
        count += 1;
    }
    assert!(count >= 20, "only {count} rule sets");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_malformed_rule_set_is_refused_with_the_words_beside_it() {
    let (mut wrong, mut count) = (Vec::new(), 0);
    for (name, text, path) in files(&folder().join("malformed")) {
        let problems = routing::read(&format!("{name}.json"), &text).err().expect("it is refused");
        let told: String = problems.iter().map(|one| one.shown(&text) + "\n").collect();
        golden(&path, &told, &mut wrong);
        count += 1;
    }
    assert!(count >= 10, "only {count} malformed rule sets");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_rule_sets_use_every_condition_and_every_action() {
    let all: String = files(&folder()).into_iter().map(|(_, text, _)| text).collect();
    let (conditions, actions) = schema::KINDS;
    for kind in conditions {
        let of = format!("\"conditionType\": \"{kind}Condition\"");
        assert!(all.matches(&of).count() >= 1, "no {kind}Condition");
    }
    for kind in actions {
        assert!(all.contains(&format!("\"actionType\": \"{kind}Action\"")), "no {kind}Action");
    }
}

/// Whatever the verdicts beside the files say: these are what they are there to show.
#[test]
fn what_can_be_felt_is_uneven_and_what_cannot_is_even() {
    let is_even = |name: &str| {
        let text = fs::read_to_string(folder().join(format!("{name}.json"))).unwrap();
        proved(&read(name, &text)).verdict == Verdict::Even
    };
    for name in [
        "services_have_their_queues",
        "mentioned_and_not_felt",
        "shadowed_by_a_rule_for_all",
        "a_campus_has_its_own_queue",
        "real_time_text_needs_a_desk_that_has_it",
        "gas_alarms_whoever_sends_them",
        "no_rules_at_all",
    ] {
        assert!(is_even(name), "{name}");
    }
    for name in [
        "business_lines_go_first",
        "suspicious_calls_wait",
        "a_language_of_the_offer_decides",
        "a_subscriber_block_is_favoured",
        "a_person_in_the_presence_document",
        "a_person_is_reported",
        "the_rule_that_acts_sends_nowhere",
        "repeated_headers_may_hold_both",
    ] {
        assert!(!is_even(name), "{name}");
    }
}

#[test]
fn two_values_of_one_subject_never_hold_at_once() {
    let text = fs::read_to_string(folder().join("two_networks_at_once_are_none.json")).unwrap();
    assert_eq!(proved(&read("two", &text)).verdict, Verdict::Even);
}

#[test]
fn names_of_types_are_known_in_any_case() {
    let text = fs::read_to_string(folder().join("services_have_their_queues.json")).unwrap();
    let mixed = text
        .replace("RouteAction", "routeAction")
        .replace("LostServiceUrnCondition", "LOSTSERVICEURNCONDITION")
        .replace("OriginationRoutePolicy", "originationroutepolicy")
        .replace("\"priority\"", "\"Priority\"");
    assert_eq!(read("mixed", &mixed).response().rules, read("text", &text).response().rules);
}

#[test]
fn a_rule_set_is_told_from_policies_in_words_and_in_toml() {
    for text in ["{}", " \n[ {", "[]", "\u{feff}{\"policyRules\": []}", "[\n]"] {
        assert!(is_rule_set(text), "{text}");
    }
    for text in ["", "policy \"City\" version 1", "[policy]\nid = \"x\"", "# {", "[[label]]"] {
        assert!(!is_rule_set(text), "{text}");
    }
}

#[test]
fn what_is_asked_of_the_caller_is_listed() {
    let text = fs::read_to_string(folder().join("all_eighteen_conditions.json")).unwrap();
    let rules = read("all", &text);
    let asked: BTreeSet<&str> = rules.asks_of_the_caller().into_iter().collect();
    assert_eq!(
        asked,
        BTreeSet::from([
            "AdditionalData EmergencyCallData.SubscriberInfo Language is \"es\"",
            "CallSource",
            "CallSuspicion",
            "CallingNumberVerificationStatus",
            "SipHeader User-Agent contains \"alarm\"",
        ])
    );
    let mut classes: Vec<&str> =
        rules.response().attributes.iter().map(|one| one.class.word()).collect();
    classes.sort_unstable();
    let count = |class| classes.iter().filter(|one| **one == class).count();
    let counts = ["caller", "emergency", "place", "situation"].map(count);
    assert_eq!((rules.response().attributes.len(), counts), (18, [5, 6, 1, 6]));
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 400,
        failure_persistence: None,
        ..Default::default()
    })]

    /// Whatever is done to a good file, it is read, or all that is told has a place in it.
    #[test]
    fn a_spoiled_file_is_read_or_refused_with_places(
        file in any::<prop::sample::Index>(),
        spoils in prop::collection::vec(
            (any::<prop::sample::Index>(), "[\"{}\\[\\],:a0\\\\-]?"),
            1..4,
        ),
    ) {
        let files = files(&folder());
        let mut letters: Vec<String> =
            file.get(&files).1.chars().map(|letter| letter.to_string()).collect();
        for (at, instead) in &spoils {
            let at = at.index(letters.len());
            letters[at].clone_from(instead);
        }
        let text = letters.concat();
        if let Err(problems) = routing::read("spoiled.json", &text) {
            prop_assert!(!problems.is_empty(), "refused without a word:\n{text}");
            let lines = text.split('\n').count();
            for problem in &problems {
                prop_assert!((1..=lines).contains(&problem.line()), "{problem}");
                prop_assert!(!problem.fault().is_empty() && !problem.mend().is_empty());
            }
        }
    }
}

/// A rule set of the size of a large agency's, with as many values of one subject.
#[test]
fn a_rule_for_each_of_three_hundred_networks_is_proved() {
    let rule = |number: usize| {
        format!(
            r#"{{"id": "r{number}", "priority": {number}, "conditions": [
                {{"conditionType": "LostServiceUrnCondition", "urn": "urn:service:sos.{number}"}},
                {{"conditionType": "CallSourceCondition", "operator": "EQ",
                  "content": "sip:network{number}.example.net"}}],
              "actions": [{{"actionType": "RouteAction",
                            "recipientUri": "sip:queue{number}@psap.example.org"}}]}}"#
        )
    };
    let all: Vec<String> = (1..=300).map(rule).collect();
    let rules = read("large", &format!("[{}]", all.join(",")));
    assert_eq!(rules.response().attributes.len(), 2);
    let report = proved(&rules);
    assert!(matches!(report.verdict, Verdict::Uneven(_)), "{:?}", report.verdict);
    assert!(report.rules.is_empty(), "no rule can be left out");
}
