//! The rule sets against NENA's own schema, which may not ship: it is read from the folder that
//! `EVENHAND_DATA` names.

use boon::{Compiler, Draft, SchemaIndex, Schemas};
use serde_json::{Map, Value};
use std::path::{Path, PathBuf};
use yaml_rust2::{Yaml, YamlLoader};

/// Names of the conditions and of the actions, without `Condition` and `Action`.
pub(crate) const KINDS: ([&str; 18], [&str; 5]) = (
    [
        "TimePeriod",
        "SipHeader",
        "AdditionalData",
        "MimeBody",
        "Location",
        "CallSuspicion",
        "SecurityPosture",
        "QueueState",
        "LostServiceUrn",
        "ServiceState",
        "CallSource",
        "BodyPart",
        "RequestUri",
        "NormalNextHop",
        "IncomingQueue",
        "SdpOffer",
        "Cap",
        "CallingNumberVerificationStatus",
    ],
    ["Route", "Busy", "InvokePolicy", "Notify", "Log"],
);

const STORE: &str = "http://schema.test/i3-policy-store.yaml";
const COMMON: &str = "http://schema.test/i3-common.yaml";

fn data() -> Option<PathBuf> {
    let folder = std::env::var_os("EVENHAND_DATA").map(PathBuf::from);
    if folder.is_none() {
        assert!(std::env::var_os("CI").is_none(), "EVENHAND_DATA must be set when CI is set");
        println!("skipped: EVENHAND_DATA is not set, and NENA's schema may not ship");
    }
    folder
}

fn json(yaml: &Yaml) -> Value {
    match yaml {
        Yaml::Integer(number) => Value::from(*number),
        Yaml::Real(text) | Yaml::String(text) => Value::from(text.as_str()),
        Yaml::Boolean(flag) => Value::from(*flag),
        Yaml::Array(items) => items.iter().map(json).collect(),
        Yaml::Hash(members) => {
            let member = |(name, value): (&Yaml, &Yaml)| {
                let name = match name {
                    Yaml::Integer(number) => number.to_string(),
                    other => other.as_str().unwrap().to_owned(),
                };
                (name, json(value))
            };
            Value::Object(members.iter().map(member).collect::<Map<_, _>>())
        }
        Yaml::Alias(_) | Yaml::Null | Yaml::BadValue => Value::Null,
    }
}

fn document(folder: &Path, file: &str) -> Value {
    let text = std::fs::read_to_string(folder.join("messages/nena").join(file)).unwrap();
    json(&YamlLoader::load_from_str(&text).unwrap()[0])
}

struct Schema {
    compiler: Compiler,
    schemas: Schemas,
}

impl Schema {
    fn read(folder: &Path) -> Self {
        let mut compiler = Compiler::new();
        // OpenAPI 3.0 speaks an early draft of JSON schema.
        compiler.set_default_draft(Draft::V4);
        compiler.enable_format_assertions();
        compiler.add_resource(STORE, document(folder, "i3-policy-store.yaml")).unwrap();
        compiler.add_resource(COMMON, document(folder, "i3-common.yaml")).unwrap();
        Self { compiler, schemas: Schemas::new() }
    }

    fn of(&mut self, name: &str) -> SchemaIndex {
        let place = format!("{STORE}#/components/schemas/{name}");
        self.compiler.compile(&place, &mut self.schemas).unwrap()
    }

    fn faults(&mut self, name: &str, value: &Value) -> Vec<String> {
        let schema = self.of(name);
        let error = self.schemas.validate(value, schema).err();
        error.map(|error| format!("{name}: {error:#}")).into_iter().collect()
    }

    /// A rule with its conditions and actions, each by the schema that its type names.
    fn faults_of_rule(&mut self, rule: &Value) -> Vec<String> {
        let mut faults = self.faults("Rule", rule);
        for (list, kind) in [("conditions", "conditionType"), ("actions", "actionType")] {
            for item in rule.get(list).and_then(Value::as_array).into_iter().flatten() {
                faults.extend(self.faults(item[kind].as_str().unwrap(), item));
            }
        }
        faults
    }

    fn faults_of_file(&mut self, text: &str) -> Vec<String> {
        let value: Value = serde_json::from_str(text).unwrap();
        let (mut faults, rules) = match &value {
            Value::Array(rules) => (Vec::new(), rules.clone()),
            policy => {
                let rules = policy["policyRules"].as_array().unwrap().clone();
                (self.faults("Policy", policy), rules)
            }
        };
        rules.iter().for_each(|rule| faults.extend(self.faults_of_rule(rule)));
        faults
    }
}

#[test]
fn every_rule_set_is_valid_by_the_schema_of_the_standard() {
    let Some(data) = data() else { return };
    let mut schema = Schema::read(&data);
    for (name, text, _) in crate::files(&crate::folder()) {
        assert_eq!(schema.faults_of_file(&text), Vec::<String>::new(), "{name}");
    }
}

/// Else the test above could be one that never fails.
#[test]
fn the_schema_refuses_what_it_does_not_know() {
    let Some(data) = data() else { return };
    let mut schema = Schema::read(&data);
    let good = std::fs::read_to_string(crate::folder().join("all_eighteen_conditions.json"));
    let good = good.unwrap();
    for (was, is) in [
        ("\"priority\": 180", "\"priority\": -1"),
        ("\"operator\": \"EQ\"", "\"operator\": \"SAME\""),
        ("\"CapCondition\"", "\"CupCondition\""),
        ("\"dateStart\"", "\"dateBegin\""),
        ("\"recipientUri\": \"sip:calls@psap.example.org\"", "\"recipientUri\": \"not a uri\""),
        ("\"policyOwner\"", "\"owner\""),
    ] {
        assert!(good.contains(was), "{was}");
        let bad = good.replacen(was, is, 1);
        assert!(
            std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
                assert!(schema.faults_of_file(&bad).is_empty());
            }))
            .is_err(),
            "{is}"
        );
    }
}

#[test]
fn this_reader_and_the_schema_know_the_same_conditions_and_actions() {
    let Some(data) = data() else { return };
    let common = document(&data, "i3-common.yaml");
    let conditions = &common["components"]["schemas"]["ConditionType"]["enum"];
    let ours: Vec<Value> = KINDS.0.iter().map(|kind| format!("{kind}Condition").into()).collect();
    assert_eq!(conditions.as_array().unwrap(), &ours);
    let store = document(&data, "i3-policy-store.yaml");
    let actions = &store["components"]["schemas"]["Action"]["properties"]["actionType"]["enum"];
    assert_eq!(actions.as_array().unwrap().len(), KINDS.1.len());
}
