//! The second engine against the first.

use evenhand_policy::even::{
    Budget, Claimed, Found, Independence, Report, Result as Claim, Verdict, check_by_solver,
};
use evenhand_policy::response::Response;
use std::collections::BTreeSet;

use super::TODAY;

/// Asks the second engine the same, and compares all that it can know.
pub fn agree(seed: u64, response: &Response, first: &Report) {
    let second = check_by_solver(response, TODAY, &Budget::default());
    if !leaves_open(response) {
        let kind = |report: &Report| std::mem::discriminant(&report.verdict);
        assert_eq!(kind(&second), kind(first), "seed {seed}: {:?}", second.verdict);
        same_dependences(seed, &first.independence, &second.independence);
    } else if let Verdict::Even | Verdict::Uneven(_) = second.verdict {
        let kind = |report: &Report| std::mem::discriminant(&report.verdict);
        assert_eq!(kind(&second), kind(first), "seed {seed}: {:?}", second.verdict);
    }
    same_dependences(seed, &first.accommodations, &second.accommodations);
    same_dependences(seed, &first.never, &second.never);
    for (one, other) in [
        (&first.worse, &second.worse),
        (&first.floors, &second.floors),
        (&first.unknown, &second.unknown),
        (&first.expectations, &second.expectations),
    ] {
        same_claims(seed, one, other);
    }
}

/// Where exceptions meet impossible callers the second engine says that it does not know.
fn leaves_open(response: &Response) -> bool {
    let mut named = BTreeSet::new();
    response.impossible.iter().for_each(|one| one.mentions(&mut named));
    let protected = |at: &usize| response.attributes[*at].class.is_protected();
    response.exceptions.iter().any(|one| one.until.as_str() >= TODAY) && named.iter().any(protected)
}

fn same_dependences(seed: u64, first: &[Independence], second: &[Independence]) {
    for one in first.iter().filter(|one| one.attributes.len() == 1) {
        let other = second
            .iter()
            .find(|other| other.subject == one.subject && other.attributes == one.attributes)
            .unwrap_or_else(|| panic!("seed {seed}: {one:?} is missing"));
        match (&one.found, &other.found) {
            (Found::Never, Found::Never) => {}
            (Found::Depends(one), Found::Depends(other)) => {
                assert_eq!(one.excepted, other.excepted, "seed {seed}");
                let differing = |rows: &[evenhand_policy::even::Row]| {
                    rows.iter().filter(|row| row.differs).count()
                };
                assert_eq!(differing(&one.pair.rows), differing(&other.pair.rows), "seed {seed}");
            }
            (one, other) => panic!("seed {seed}: {one:?} and {other:?}"),
        }
    }
}

fn same_claims(seed: u64, first: &[Claimed], second: &[Claimed]) {
    assert_eq!(first.len(), second.len(), "seed {seed}");
    for (one, other) in first.iter().zip(second) {
        assert_eq!(one.claim, other.claim, "seed {seed}");
        let kind = |claim: &Claim| std::mem::discriminant(claim);
        assert_eq!(kind(&one.result), kind(&other.result), "seed {seed}: {one:?} {other:?}");
    }
}
