//! The committed description is the one that the code makes.

use serde_json::Value;

const COMMITTED: &str = include_str!("../../openapi.json");

#[test]
fn the_committed_description_has_not_drifted() {
    let made = evenhand_server::openapi_json();
    let drifted = (1..).zip(made.lines().zip(COMMITTED.lines())).find(|(_, (a, b))| a != b);
    let same = made == COMMITTED;
    assert!(
        same,
        "make it again: `cargo run -- openapi > crates/server/openapi.json`; first: {drifted:?}"
    );
}

#[test]
fn every_address_of_the_api_is_described() {
    let described: Value = serde_json::from_str(COMMITTED).unwrap();
    let paths = described["paths"].as_object().unwrap();
    let routes = include_str!("../../src/web/mod.rs");
    let routes = routes.lines().filter_map(|line| line.trim().strip_prefix(".route(\""));
    let mut count = 0;
    for route in routes {
        let path = format!("/api/v1{}", route.split('"').next().unwrap());
        assert!(paths.contains_key(&path), "`{path}` is served and not described");
        count += 1;
    }
    assert_eq!(count, paths.len(), "something is described and not served");
}
