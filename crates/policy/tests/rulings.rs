//! What a policy says of commands: `good.toml` beside this, command by command.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on stops")]

use evenhand_core::{
    CallId, Channel, Command, IncidentId, Location, NoDispatchCode, PrimaryStatus, Role, Ruling,
    SecondaryStatus, Signalling, Signature, Timestamp, UnitId, Zone,
};
use evenhand_policy::{Facts, Need, Policy};
use proptest::prelude::*;

fn policy() -> Policy {
    Policy::load(&[("good.toml", include_str!("good.toml"))]).unwrap()
}

fn facts(incident_type: &str, priority: u8) -> Facts {
    let incident_type = Some(incident_type.to_owned());
    Facts { incident_type, priority: Some(priority), ..Facts::default() }
}

fn classify(incident_type: &str) -> Command {
    Command::classify(IncidentId(1), incident_type, Signature::default())
}

fn cancel() -> Command {
    Command::CancelIncident { incident: IncidentId(1), signature: Signature::because("test") }
}

fn decline() -> Command {
    let code = NoDispatchCode::AdviceGiven;
    let signature = Signature::because("test");
    Command::DeclineIncident { incident: IncidentId(1), code, signature }
}

fn priority(priority: u8) -> Command {
    let signature = Signature::default();
    Command::ChangePriority { incident: IncidentId(1), priority, signature }
}

fn report(label: &str) -> Command {
    Command::ReportStatus { unit: UnitId::from("E1"), label: label.to_owned(), reported_at: None }
}

fn dispatch() -> Command {
    let (units, signature) = (vec![UnitId::from("E1")], Signature::default());
    Command::DispatchUnits { incident: IncidentId(1), units, signature }
}

/// `rule, permitted, second person` in short.
fn short(ruling: &Ruling) -> String {
    let permitted = if ruling.permitted { "yes" } else { "no" };
    let second = if ruling.second_person { ", two" } else { "" };
    format!("{permitted}{second}: {}", ruling.rule)
}

fn check(role: Role, command: &Command, facts: &Facts, expected: &str) {
    assert_eq!(short(&policy().rule(Some(role), command, facts)), expected, "{command:?}");
}

#[test]
fn the_table_says_who_may() {
    let none = Facts::default();
    check(Role::Dispatcher, &dispatch(), &none, "yes: permissions.dispatcher");
    check(Role::CallTaker, &dispatch(), &none, "no: permissions.call_taker");
    check(Role::Supervisor, &dispatch(), &none, "yes: permissions.supervisor");
    check(Role::Auditor, &dispatch(), &none, "no: permissions.auditor");
    check(Role::Auditor, &Command::EndShift {}, &none, "yes: permissions.auditor");
    check(Role::CallTaker, &classify("police.noise"), &none, "yes: incident_type.police.noise");
    check(Role::Auditor, &classify("police.noise"), &none, "no: permissions.auditor");
}

#[test]
fn what_is_not_a_persons_is_left_to_core() {
    let ruling = policy().rule(None, &Command::<u8>::PassTime {}, &Facts::default());
    assert_eq!(short(&ruling), "yes: permissions.no_role");
}

#[test]
fn nobody_is_given_commands_of_the_centre_itself() {
    for role in [Role::CallTaker, Role::Dispatcher, Role::Supervisor, Role::Auditor] {
        assert!(
            !policy().rule(Some(role), &Command::<u8>::PassTime {}, &Facts::default()).permitted
        );
    }
}

#[test]
fn a_shift_is_judged_by_the_role_it_asks_for() {
    let text = include_str!("good.toml");
    let text = text.replace("auditor = [\"shift.*\"]", "auditor = []");
    let policy = Policy::load(&[("good.toml", &text)]).unwrap();
    let start = |role| Command::<u8>::StartShift { role, position: "P1".to_owned() };
    assert!(!policy.rule(None, &start(Role::Auditor), &Facts::default()).permitted);
    assert!(policy.rule(None, &start(Role::Dispatcher), &Facts::default()).permitted);
}

#[test]
fn a_classification_gets_what_the_type_table_says() {
    let answer = policy().rule(None, &classify("fire.small"), &Facts::default()).answer.unwrap();
    assert_eq!((answer.incident_type.as_str(), answer.priority), ("fire.small", 3));
    assert_eq!(answer.run_card, "big_fire");
    assert_eq!((answer.pending_ms_max, answer.hold_ms_max), (120_000, 0), "the type's own waits");
    let answer = policy().rule(None, &classify("police.noise"), &Facts::default()).answer.unwrap();
    assert_eq!((answer.pending_ms_max, answer.hold_ms_max), (600_000, 900_000), "the priority's");
}

#[test]
fn a_type_that_is_not_there_gets_no_answer() {
    let ruling = policy().rule(Some(Role::CallTaker), &classify("fire.huge"), &Facts::default());
    assert_eq!(ruling.answer, None);
    assert_eq!(short(&ruling), "yes: permissions.call_taker");
}

#[test]
fn a_protected_type_takes_two_to_cancel_decline_or_retype() {
    let domestic = facts("police.domestic", 1);
    let rule = "yes, two: second_person.protected";
    for command in [cancel(), decline(), classify("police.noise"), classify("fire.structure")] {
        check(Role::Supervisor, &command, &domestic, rule);
    }
    check(Role::Supervisor, &dispatch(), &domestic, "yes: permissions.supervisor");
    check(Role::Supervisor, &cancel(), &facts("police.noise", 3), "yes: permissions.supervisor");
    let to_protected = classify("police.domestic");
    let noise = facts("police.noise", 3);
    check(Role::Supervisor, &to_protected, &noise, "yes: incident_type.police.domestic");
}

#[test]
fn a_type_that_the_policy_no_longer_knows_is_treated_as_protected() {
    let gone = facts("police.gone", 3);
    check(Role::Dispatcher, &cancel(), &gone, "yes, two: second_person.protected");
}

#[test]
fn cancelling_the_highest_priority_takes_two() {
    let fire = facts("fire.structure", 1);
    check(Role::Dispatcher, &cancel(), &fire, "yes, two: second_person.priority_1");
    check(Role::Dispatcher, &decline(), &fire, "yes: permissions.dispatcher");
    let lowered = facts("fire.structure", 3);
    check(Role::Dispatcher, &cancel(), &lowered, "yes: permissions.dispatcher");
}

#[test]
fn lowering_the_highest_priority_takes_two_and_raising_does_not() {
    let fire = facts("fire.structure", 1);
    check(Role::Dispatcher, &priority(2), &fire, "yes, two: second_person.lowered");
    check(Role::Dispatcher, &priority(1), &fire, "yes: permissions.dispatcher");
    check(Role::Dispatcher, &classify("fire.small"), &fire, "yes, two: second_person.lowered");
    let other = "yes: incident_type.police.domestic";
    check(Role::Dispatcher, &classify("police.domestic"), &fire, other);
    let small = facts("fire.small", 3);
    check(Role::Dispatcher, &priority(1), &small, "yes: permissions.dispatcher");
    check(Role::Dispatcher, &priority(9), &small, "yes: permissions.dispatcher");
}

#[test]
fn an_incident_never_classified_may_be_asked_for_too() {
    let rule = "yes, two: second_person.never_classified";
    check(Role::Dispatcher, &decline(), &Facts::default(), rule);
    let noise = facts("police.noise", 3);
    check(Role::Dispatcher, &decline(), &noise, "yes: permissions.dispatcher");
}

#[test]
fn declining_a_call_takes_one_unless_the_policy_says_so() {
    let code = NoDispatchCode::AdviceGiven;
    let signature = Signature::because("test");
    let decline = Command::DeclineCall { call: CallId(1), code, signature };
    check(Role::CallTaker, &decline, &Facts::default(), "yes: permissions.call_taker");
    let more = "[[second_person]]\nname = \"calls\"\ncommands = [\"DeclineCall\"]\n";
    let files = [("good.toml", include_str!("good.toml")), ("more.toml", more)];
    let ruling =
        Policy::load(&files).unwrap().rule(Some(Role::CallTaker), &decline, &Facts::default());
    assert_eq!(short(&ruling), "yes, two: second_person.calls");
}

#[test]
fn a_label_is_found_by_its_aliases_in_any_case() {
    let policy = policy();
    for word in ["en route", "EN", "er", " En   Route "] {
        let ruling = policy.rule(None, &report(word), &Facts::default());
        let status = ruling.status.unwrap();
        assert_eq!(status.primary, PrimaryStatus::NotAvailable, "{word}");
        assert_eq!(status.secondary, SecondaryStatus::EnRoute, "{word}");
        assert_eq!(ruling.rule, "label.en route");
    }
    assert_eq!(policy.rule(None, &report("driving"), &Facts::default()).status, None);
}

#[test]
fn the_leading_agency_has_its_own_timers() {
    let policy = policy();
    let of = |facts: &Facts| policy.rule(None, &dispatch(), facts).timers;
    assert_eq!(of(&facts("fire.structure", 1)).enroute_ms, 80_000);
    assert_eq!(of(&facts("police.noise", 3)).enroute_ms, 90_000);
    assert_eq!(of(&Facts::default()).enroute_ms, 90_000);
    assert_eq!(of(&facts("fire.structure", 1)).welfare_ms, 1_200_000);
}

#[test]
fn every_ruling_names_the_policy_and_its_version() {
    let ruling = policy().rule(None, &Command::<u8>::EndShift {}, &Facts::default());
    assert_eq!((ruling.policy.id.as_str(), ruling.policy.version), ("test", 7));
    assert_eq!(ruling.policy, policy().reference());
}

fn wanted(priority: u8, alarm: u8, sector: &str) -> String {
    let zones = [Zone { layer: "sector".to_owned(), name: sector.to_owned() }];
    let card = policy().run_card("big_fire", priority, alarm, &zones).unwrap();
    let need = |need: &Need| format!("{} {}", need.count, need.capability);
    let needs: Vec<String> = card.needs.iter().map(need).collect();
    format!("{} ({})", needs.join(", "), card.overrides.join("; "))
}

#[test]
fn alarm_levels_add_up() {
    assert_eq!(wanted(1, 1, "1"), "2 engine, 1 patrol ()");
    assert_eq!(wanted(1, 2, "1"), "5 engine, 2 patrol ()");
    assert_eq!(wanted(1, 3, "1"), "5 engine, 2 patrol ()", "above the last level nothing is added");
}

#[test]
fn zone_and_priority_override_a_level() {
    assert_eq!(wanted(1, 1, "5"), "4 engine (alarm 1: priority 1, sector 5)");
    assert_eq!(wanted(1, 2, "5"), "7 engine, 1 patrol (alarm 1: priority 1, sector 5)");
    assert_eq!(wanted(2, 1, "5"), "2 engine, 1 patrol ()");
    assert_eq!(wanted(3, 1, "5"), "1 engine (alarm 1: priority 3)");
}

#[test]
fn a_run_card_that_is_not_there_is_none() {
    assert_eq!(policy().run_card("none", 1, 1, &[]), None);
}

#[test]
fn no_files_are_no_policy() {
    let problems = Policy::load(&[]).unwrap_err();
    assert!(problems.iter().any(|one| one.to_string().contains("`[policy]` is missing")));
}

#[test]
fn a_section_in_two_files_is_told_with_both_places() {
    let files = [("a.toml", include_str!("good.toml")), ("b.toml", "[policy]\nid = \"b\"\n")];
    let problems = Policy::load(&files).unwrap_err();
    let told: Vec<String> = problems.iter().map(ToString::to_string).collect();
    assert_eq!(told, ["b.toml:1:2: section `[policy]` stands at a.toml:3:2 already; join the two"]);
    assert_eq!((problems[0].file(), problems[0].line(), problems[0].column()), ("b.toml", 1, 2));
}

/// A caller, as far as commands can hold one. Not even comparable, let alone readable.
struct Person;

/// Every command that holds something of a person, with other values each time.
fn personal(digest: [u8; 16], test: bool, channel: Channel) -> Vec<Command<Person>> {
    let (call, incident) = (CallId(1), IncidentId(1));
    let location = |uncertainty_m| Location {
        zones: Vec::new(),
        address: Some(Person),
        point: Some(Person),
        uncertainty_m,
        verified: test,
        shape: Some(Person),
        ..Location::default()
    };
    let signalling =
        Signalling { raw: vec![Person], additional: vec![Person], ..Signalling::default() };
    vec![
        Command::PresentCall {
            channel,
            number: Some(Person),
            number_digest: Some(evenhand_core::Digest(digest)),
            name: test.then_some(Person),
            location: Some(location(Some(digest[0].into()))),
            test,
            signalling: test.then(|| Box::new(signalling)),
        },
        Command::RecordWords { call, words: Person },
        Command::LocateCall { call, location: location(None) },
        Command::AttachCall { call, incident, words: test.then_some(Person) },
        Command::CreateIncident { call: Some(call), location: location(None) },
        Command::RelocateIncident { incident, location: location(None) },
        Command::AddNarrative { incident, text: Person },
    ]
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 256,
        failure_persistence: None,
        ..Default::default()
    })]

    #[test]
    fn the_same_command_gets_the_same_ruling_whoever_calls(
        digest in any::<[u8; 16]>(),
        test in any::<bool>(),
        classified in any::<bool>(),
    ) {
        let policy = policy();
        let facts = if classified { facts("police.domestic", 1) } else { Facts::default() };
        let one = personal(digest, test, Channel::Voice);
        let other = personal([0; 16], !test, Channel::Text);
        for (one, other) in one.iter().zip(&other) {
            for role in [None, Some(Role::CallTaker), Some(Role::Dispatcher)] {
                let (a, b) = (policy.rule(role, one, &facts), policy.rule(role, other, &facts));
                prop_assert_eq!(a, b);
            }
        }
    }

    #[test]
    fn every_command_gets_a_ruling(type_now in "[a-z.]{0,12}", level in any::<u8>(), word in ".*") {
        let policy = policy();
        let incident_type = Some(type_now);
        let facts = Facts { incident_type, priority: Some(level), ..Facts::default() };
        let hold = Command::HoldIncident {
            incident: IncidentId(1),
            review_at: Timestamp(0),
            signature: Signature::default(),
        };
        for command in [classify(&word), report(&word), priority(level), hold, cancel()] {
            for role in [None, Some(Role::Auditor), Some(Role::Supervisor)] {
                prop_assert!(!policy.rule(role, &command, &facts).rule.is_empty());
            }
        }
    }

    #[test]
    fn no_slip_of_the_key_makes_loading_panic(
        at in 0usize..3000,
        key in "[\\[\\]a-z_=\"0-9.,{} \n#*é-]{0,3}",
    ) {
        let mut text = include_str!("good.toml").to_owned();
        let at = at.min(text.len());
        let end = text.len().min(at + key.len() % 3);
        text.replace_range(at..end, &key);
        let lines = text.split('\n').count();
        for problem in Policy::load(&[("slip.toml", &text)]).err().into_iter().flatten() {
            prop_assert!((1..=lines).contains(&problem.line()), "{}", problem);
        }
    }
}
