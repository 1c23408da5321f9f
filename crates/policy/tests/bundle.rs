//! A policy of tables and response policies: what must fit together, and what it answers.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on stops")]

use evenhand_core::{
    Command, Departure, IncidentId, NoDispatchCode, ResponseWord, Role, Ruling, Signature, Verdict,
};
use evenhand_policy::even::Budget;
use evenhand_policy::{CallerFacts, Checked, Facts, Policy, Standing};
use std::collections::BTreeMap;

const TODAY: &str = "2026-07-01";
const EVEN: &str = r#"policy "Everything" version 1
about emergency nature one of fire.structure fire.small police.domestic police.noise unknown
about emergency severity from 0 to 4
about situation units_free from 0 to 10
about place sector one of sector_5 North_Side unknown
about caller affiliation one of none agency_x unknown
about caller language one of en es unknown
outcome response one of send_now send hold refer decline
outcome priority from 1 to 5
outcome max_hold from 0 to 60 minutes
outcome units any of big_fire big_fire@2 two_cars
accommodation interpreter one of no yes may use language
override decline when nature = police.domestic by nobody
override decline by dispatcher supervisor with reason
override lower by supervisor with reason and second_person
rule bad when severity >= 3 then send_now, priority 1, max_hold 0, units big_fire@2
rule north when sector = North_Side then priority 1
rule noise when nature = police.noise then refer
rule spanish when language = es then interpreter yes
otherwise send, priority 3, max_hold 15, units two_cars
"#;

fn tables() -> String {
    let names = "version = 7\nadopted_by = [\"A\", \"B\"]\nsecond_roles = [\"supervisor\"]";
    include_str!("good.toml").replacen("version = 7", names, 1)
}

fn loaded(text: &str) -> Result<Policy, String> {
    let tables = tables();
    let files = [("good.toml", tables.as_str()), ("all.policy", text)];
    Policy::load(&files).map_err(|problems| problems[0].to_string())
}

fn checked(text: &str) -> Checked {
    Checked::of(loaded(text).expect("the policy fits together"), TODAY, &Budget::default())
}

fn classify(code: &str, severity: u8) -> Command {
    Command::ClassifyIncident {
        incident: IncidentId(1),
        incident_type: code.to_owned(),
        facts: BTreeMap::from([("severity".to_owned(), severity.to_string())]),
        signature: Signature::default(),
    }
}

fn ask(policy: &Policy, code: &str, severity: u8, now: &[(&str, &str)]) -> Ruling {
    let now = now.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let facts = Facts { now, ..Facts::default() };
    policy.rule(Some(Role::Supervisor), &classify(code, severity), &facts)
}

#[test]
fn what_does_not_fit_together_is_told_with_its_line() {
    let told = |from: &str, to: &str| loaded(&EVEN.replace(from, to)).expect_err(to);
    let cases = [
        (
            "about situation units_free",
            "about situation weather",
            "all.policy:4:1: the centre cannot",
        ),
        ("sector", "district", "all.policy:5:1: place `district` is no zone"),
        ("priority 3, max", "priority 4, max", "all.policy:20:1: `4` is no priority here"),
        ("units any of big_fire ", "units any of big_fires ", ""),
        ("fire.small ", "", "no policy answers for incident type `fire.small`"),
        ("one of send_now send hold", "one of send_now send keep", ""),
    ];
    for (from, to, expected) in cases {
        if expected.is_empty() {
            // Declared and given by no rule: nothing is relied on in vain.
            assert!(loaded(&EVEN.replacen(from, to, 1)).is_ok(), "{to}");
        } else {
            let problem = told(from, to);
            assert!(problem.contains(expected), "{problem}");
        }
    }
    let without = EVEN.replacen("max_hold 0, ", "", 1).replacen(", max_hold 15", "", 1);
    let without = without.replacen("outcome max_hold from 0 to 60 minutes\n", "", 1);
    assert!(loaded(&without).expect_err("no hold").contains("does not decide `max_hold`"));
    let given =
        EVEN.replacen("one of send_now send hold refer", "one of send_now send keep refer", 1);
    let given = given.replacen("then refer", "then keep", 1);
    assert!(loaded(&given).expect_err("no such word").contains("`keep` is no response here"));
}

#[test]
fn two_people_stand_for_a_policy_and_each_type_has_one_answer() {
    let files = [("good.toml", include_str!("good.toml")), ("all.policy", EVEN)];
    let problem = Policy::load(&files).unwrap_err()[0].to_string();
    assert!(problem.contains("lacks `adopted_by`"), "{problem}");
    let tables = tables();
    let twice = [("good.toml", tables.as_str()), ("a.policy", EVEN), ("b.policy", EVEN)];
    let problem = Policy::load(&twice).unwrap_err()[0].to_string();
    assert!(problem.contains("two policies answer for incident type"), "{problem}");
    let same = [("x/good.toml", tables.as_str()), ("all.policy", EVEN), ("y/all.policy", EVEN)];
    let problem = Policy::load(&same).unwrap_err()[0].to_string();
    assert!(problem.contains("two files are called `all.policy`"), "{problem}");
}

#[test]
fn what_was_not_checked_answers_nothing() {
    let policy = loaded(EVEN).unwrap();
    assert_eq!(ask(&policy, "fire.small", 0, &[]).answer, None);
    assert_eq!(checked(EVEN).verdict(), Verdict::Even);
    assert!(ask(checked(EVEN).policy(), "fire.small", 0, &[]).answer.is_some());
}

#[test]
fn an_answer_has_its_rules_and_facts_and_nothing_of_a_caller() {
    let checked = checked(EVEN);
    let now = [("sector", "North Side"), ("units_free", "99")];
    let ruling = ask(checked.policy(), "fire.structure", 3, &now);
    let answer = ruling.answer.unwrap();
    assert_eq!((answer.response, answer.priority), (ResponseWord::SendNow, 1));
    assert_eq!((answer.run_card.as_str(), answer.alarm_level), ("big_fire", 2));
    assert_eq!(answer.hold_ms_max, 0);
    assert_eq!(ruling.rule, "all.bad");
    let receipt = ruling.receipt.unwrap();
    assert_eq!(receipt.rules.len(), 4);
    let names: Vec<&str> = receipt.facts.keys().map(String::as_str).collect();
    assert_eq!(names, ["nature", "sector", "severity", "units_free"]);
    assert_eq!(receipt.facts["units_free"], "10", "beyond the end is the end");
    assert_eq!(receipt.facts["sector"], "North_Side");
    assert!(receipt.would_change.is_empty() && receipt.otherwise.is_empty());
    let numbered = ask(checked.policy(), "fire.structure", 3, &[("sector", "5")]);
    assert_eq!(numbered.receipt.unwrap().facts["sector"], "sector_5");
}

#[test]
fn a_policy_that_sees_the_caller_says_what_it_would_have_been() {
    let stand_back = "rule stand_back when affiliation = agency_x then decline\nrule bad";
    let checked = checked(&EVEN.replacen("rule bad", stand_back, 1));
    assert_eq!(checked.verdict(), Verdict::Uneven);
    let policy = checked.policy();
    assert!(policy.sees_caller("police.domestic"));
    let caller = CallerFacts::of(["affiliation=agency_x"]);
    let (command, facts) = (classify("police.domestic", 4), Facts::default());
    let ruling = policy.rule_seeing_caller(Some(Role::Supervisor), &command, &facts, &caller);
    assert_eq!(ruling.answer.unwrap().response, ResponseWord::Decline);
    let receipt = ruling.receipt.unwrap();
    let otherwise = &receipt.otherwise[0];
    assert_eq!((otherwise.outcome.as_str(), otherwise.value.as_str()), ("response", "send_now"));
    assert!(receipt.would_change.iter().all(|change| change.attribute == "affiliation"));
    // Of whom nothing is known, the answer is the same as everybody's.
    let nobody = CallerFacts::default();
    let unknown = policy.rule_seeing_caller(Some(Role::Supervisor), &command, &facts, &nobody);
    assert_eq!(unknown.answer.unwrap().response, ResponseWord::SendNow);
    assert_eq!(unknown.receipt.unwrap().would_change[0].answer, "decline");
}

/// What stands on an incident to which policy sends, at priority 3.
fn standing(code: &str) -> Facts {
    let facts = [("nature", code), ("severity", "1")];
    let facts = facts.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
    Facts {
        incident_type: Some(code.to_owned()),
        priority: Some(3),
        answered: Some(Standing { response: ResponseWord::Send, priority: 3, facts }),
        now: BTreeMap::new(),
    }
}

#[test]
fn the_override_table_says_who_may_depart_and_what_it_takes() {
    let checked = checked(EVEN);
    let rule = |role, command: &Command, code| {
        let ruling = checked.policy().rule(Some(role), command, &standing(code));
        (ruling.permitted, ruling.reason, ruling.second_person, ruling.departs)
    };
    let (code, signature) = (NoDispatchCode::AdviceGiven, Signature::default());
    let decline =
        Command::DeclineIncident { incident: IncidentId(1), code, signature: signature.clone() };
    let declined = Some(Departure::Decline);
    assert!(!rule(Role::Supervisor, &decline, "police.domestic").0, "by nobody");
    assert_eq!(rule(Role::Dispatcher, &decline, "fire.small"), (true, true, false, declined));
    assert!(!rule(Role::CallTaker, &decline, "fire.small").0);
    let priority = |priority| {
        let signature = signature.clone();
        Command::ChangePriority { incident: IncidentId(1), priority, signature }
    };
    let lowered = Some(Departure::Lower);
    assert_eq!(rule(Role::Supervisor, &priority(5), "fire.small"), (true, true, true, lowered));
    assert!(!rule(Role::Dispatcher, &priority(5), "fire.small").0);
    // The table has no line for raising: as without it.
    let raised = Some(Departure::Raise);
    assert_eq!(rule(Role::Dispatcher, &priority(1), "fire.small"), (true, false, false, raised));
    let second_roles = checked.policy().rule(Some(Role::Supervisor), &decline, &standing("x"));
    assert_eq!(second_roles.second_roles.into_iter().collect::<Vec<_>>(), [Role::Supervisor]);
}

#[test]
fn facts_about_callers_add_help_and_are_never_repeated() {
    let checked = checked(EVEN);
    let policy = checked.policy();
    let rule = |given: &[&str]| {
        let given: Vec<String> = given.iter().map(|fact| (*fact).to_owned()).collect();
        let mut ruling = policy.rule(Some(Role::CallTaker), &classify("x", 0), &Facts::default());
        ruling.fact_unknown = None;
        policy.rule_on_caller(&mut ruling, &standing("fire.small"), &given, &given);
        ruling
    };
    let spanish = rule(&["language=es"]);
    assert_eq!(spanish.accommodations[0].name, "interpreter");
    assert!(!spanish.caller_decides, "an even policy asks after the outcome");
    assert!(rule(&["language=en"]).accommodations.is_empty());
    let wrong = rule(&["language=es", "creed=secret"]).fact_unknown.unwrap();
    assert_eq!(wrong.number, 2);
    assert!(!format!("{wrong:?}").contains("secret"), "{wrong:?}");
}

#[test]
fn the_hash_is_of_all_texts() {
    let hash = |text: &str| loaded(text).unwrap().reference().hash;
    assert_eq!(hash(EVEN), hash(EVEN));
    assert_ne!(hash(EVEN), hash(&format!("{EVEN}# a remark\n")));
}
