//! The sample of the design, with the figures that two independent programmes gave for it.

#![expect(clippy::expect_used, reason = "a test that cannot go on stops")]

use evenhand_policy::even::{
    Budget, Described, EvenProtected, ExceptionState, Found, Report, Result as Claim, RuleFault,
    UnevenProtected, Unfit, Verdict, check,
};
use evenhand_policy::response::Response;

const SAMPLE: &str = "\
policy \"City police response\" version 3
about emergency nature       one of assault burglary crowd medical noise officer_down unknown
about emergency severity     from 0 to 4
about emergency weapon       one of no yes unknown
about emergency in_progress  one of no yes unknown
about situation units_free   from 0 to 40
about caller    affiliation  one of none agency_x school business unknown
about caller    nationality  one of us other unknown
about caller    language     one of en es zh asl other unknown
about caller    prior_calls  from 0 to 99
about area      area_group   one of a b c unknown
outcome response one of send_now send hold refer decline   # best to worst
never caller area may decide response
worse severity must not worsen response
floor when severity >= 3 response at least send
rule life_danger   when severity >= 3 or ( weapon = yes and in_progress = yes ) then send_now
rule officer_down  when nature = officer_down then send_now
rule stand_back    when affiliation = agency_x and nature in crowd assault then decline
rule busy_city     when units_free <= 2 and severity <= 1 then hold
rule noise_repeat  when nature = noise and prior_calls >= 10 then refer
rule noise         when nature = noise then refer
otherwise send
";

fn report_on(text: &str) -> Report {
    let response = Response::read("city.policy", text).expect("the sample is readable");
    check(&response, "2026-07-01", &Budget::default())
}

#[test]
fn the_sample_is_uneven_in_exactly_one_attribute() {
    let report = report_on(SAMPLE);
    assert_eq!(report.verdict, Verdict::Uneven(vec!["response depends on affiliation".to_owned()]));
    assert_eq!(report.size.attributes, 10);
    assert_eq!(report.size.rules, 6);
    assert_eq!(report.size.calls.and_then(|calls| calls.exact), Some(464_940_000));
    let never: Vec<&str> = report
        .independence
        .iter()
        .filter(|one| one.found == Found::Never)
        .flat_map(|one| one.attributes.iter().map(String::as_str))
        .collect();
    for attribute in ["nationality", "language", "prior_calls", "area_group"] {
        assert!(never.contains(&attribute), "{attribute} decides nothing");
    }
    assert!(report.undecided.is_empty());
}

#[test]
fn the_sample_pair_is_the_one_in_the_design() {
    let report = report_on(SAMPLE);
    let dependence = report.smallest_pair().expect("there is a pair");
    // 2 of 7 natures, 3 of 5 severities, 8 of 9 of weapon and progress: 15.24 %.
    let affected = dependence.affected.and_then(|affected| affected.exact);
    assert_eq!(affected, Some(464_940_000 / 315 * 48));
    assert!((dependence.share.expect("counted") - 0.1524).abs() < 0.0001);
    let pair = &dependence.pair;
    let differing: Vec<_> = pair.rows.iter().filter(|row| row.differs).collect();
    let [row] = differing[..] else { panic!("one difference, not {differing:?}") };
    assert_eq!(row.attribute, "affiliation");
    assert_eq!(row.left.text, "none, school, business, unknown");
    assert_eq!((row.left.example.as_str(), row.right.text.as_str()), ("none", "agency_x"));
    assert_eq!((pair.left.value.as_str(), pair.right.value.as_str()), ("send", "decline"));
    assert_eq!((pair.left.rule.as_str(), pair.left.line), ("otherwise", 22));
    assert_eq!((pair.right.rule.as_str(), pair.right.line), ("stand_back", 18));
    let nature = pair.rows.iter().find(|row| row.attribute == "nature").expect("it is there");
    assert_eq!(nature.left.text, "assault, crowd");
    assert!(!nature.differs && nature.left == nature.right);
    let any = pair.rows.iter().filter(|row| row.left.any).count();
    assert!(any >= 4, "nationality, language, prior_calls and area_group are free");
}

#[test]
fn the_sample_breaks_its_own_claim_and_keeps_its_floor() {
    let report = report_on(SAMPLE);
    let Claim::Fails { pair, .. } = &report.worse[0].result else {
        panic!("severity 1 is held, severity 2 refused: {:?}", report.worse)
    };
    assert_eq!(pair.rows.iter().filter(|row| row.differs).count(), 1);
    assert!(matches!(report.floors[0].result, Claim::Holds { .. }), "{:?}", report.floors);
    assert!(!report.passes());
}

#[test]
fn the_sample_repeats_itself_in_one_rule() {
    let report = report_on(SAMPLE);
    let [rule] = &report.rules[..] else { panic!("{:?}", report.rules) };
    assert_eq!((rule.rule.as_str(), rule.fault), ("noise_repeat", RuleFault::Redundant));
}

#[test]
fn the_mended_sample_is_even_and_passes() {
    let text = SAMPLE
        .lines()
        .filter(|line| !line.contains("stand_back") && !line.contains("noise_repeat"))
        .collect::<Vec<_>>()
        .join("\n");
    let busy = "rule busy_city     when units_free <= 2 and severity <= 1 then hold\n";
    let noise = "rule noise         when nature = noise then refer\n";
    let text = text.replace(busy, "").replace(noise, &format!("{noise}{busy}"));
    let report = report_on(&format!("{text}\n"));
    assert_eq!(report.verdict, Verdict::Even, "{:?}", report.independence);
    // With noise first, a mild noise call is referred and so is a severe one, up to severity 3,
    // where the first rule sends at once.
    assert!(matches!(report.worse[0].result, Claim::Holds { .. }), "{:?}", report.worse);
    assert!(report.passes());
}

#[test]
fn an_exception_that_only_raises_is_printed_and_covers_its_dependence() {
    let allowed = "allow affiliation to raise response because \"duty of care, section 12\" \
                   until 2027-06-30 signed \"A. Example\", \"B. Example\"\n";
    let raised = SAMPLE
        .replace("then decline", "then send_now")
        .replace("never caller area may decide response\n", allowed);
    let report = report_on(&raised);
    assert!(matches!(&report.verdict, Verdict::EvenButFor(list) if list.len() == 1));
    assert_eq!(report.exceptions[0].state, ExceptionState::Holds);
    assert!(report.smallest_pair().is_some_and(|pair| pair.excepted), "the pair is never hidden");

    let lowered = SAMPLE.replace("never caller area may decide response\n", allowed);
    let report = report_on(&lowered);
    assert!(matches!(report.verdict, Verdict::Uneven(_)));
    assert_eq!(report.exceptions[0].state, ExceptionState::Broken);
    assert!(report.exceptions[0].broken.is_some());

    let response = Response::read("city.policy", &raised).expect("readable");
    let report = check(&response, "2027-07-01", &Budget::default());
    assert_eq!(report.exceptions[0].state, ExceptionState::Expired);
    assert!(matches!(report.verdict, Verdict::Uneven(_)));
}

#[test]
fn a_report_is_json_with_words_and_whole_numbers_as_text() {
    let report = report_on(SAMPLE);
    let json = serde_json::to_value(&report).expect("it is plain data");
    assert_eq!(json["verdict"]["verdict"], "uneven");
    assert_eq!(json["size"]["calls"], "464940000");
    assert_eq!(json["independence"][0]["subject"], "response");
    assert_eq!(json["independence"][0]["found"]["found"], "depends");
    assert_eq!(json["independence"][0]["found"]["pair"]["right"]["value"], "decline");
    assert_eq!(json["floors"][0]["result"]["result"], "holds");
}

#[test]
fn calls_beyond_every_number_are_not_counted_falsely() {
    let mut text = "policy \"Wide\" version 1\n".to_owned();
    for at in 0..20 {
        text.push_str(&format!("about emergency e{at} from 0 to 999999\n"));
    }
    text.push_str("about caller who one of a unknown\noutcome response one of yes no\n");
    text.push_str("rule r when who = a and e0 < 500000 then no\notherwise yes\n");
    let report = report_on(&text);
    let calls = report.size.calls.expect("the diagrams suffice");
    assert_eq!(calls.exact, None);
    assert_eq!(calls.to_string(), "about 2.000e120");
    let share = report.smallest_pair().and_then(|pair| pair.share).expect("it is near");
    assert!((share - 0.5).abs() < 1e-9);
}

#[test]
fn the_sample_receipt_says_what_would_have_changed_the_answer() {
    let response = Response::read("city.policy", SAMPLE).expect("readable");
    let walk = UnevenProtected::compile(&response, &Budget::default()).expect("it is small");
    let words = [("nature", "crowd"), ("affiliation", "agency_x"), ("units_free", "9")];
    let call = Described::of(&response, |attribute| {
        let (_, word) = words.iter().find(|(name, _)| *name == attribute.name)?;
        attribute.domain.value(word)
    });
    let mut decided = Vec::with_capacity(1);
    walk.answer(&call, &mut decided);
    let named = |value: u32| response.outcomes[0].domain.text(value);
    assert_eq!(named(decided[0].value), "decline");
    assert_eq!(decided[0].rule.map(|at| response.rules[at].name.as_str()), Some("stand_back"));
    let receipt = walk.receipt(&call);
    let baseline = receipt.iter().find(|one| one.baseline).expect("unknown would differ");
    assert_eq!(response.attributes[baseline.attribute].name, "affiliation");
    assert_eq!((named(baseline.from), named(baseline.to)), ("decline".into(), "send".into()));
    assert!(receipt.iter().all(|one| response.attributes[one.attribute].name == "affiliation"));
    let even = EvenProtected::prove(&response, &Budget::default());
    assert_eq!(even.err(), Some(Unfit::Uneven));
}
