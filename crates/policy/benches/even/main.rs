//! How long the prover takes on the design's shapes.

#![expect(clippy::disallowed_methods, reason = "a benchmark measures time")]

mod shapes;

use evenhand_policy::even::{Budget, Described, UnevenProtected, check};
use evenhand_policy::response::Response;
use std::hint::black_box;
use std::time::{Duration, Instant};

fn main() {
    for (name, response) in [
        ("real 50", shapes::real(50)),
        ("real 200", shapes::real(200)),
        ("real 1000", shapes::real(1000)),
        ("real 4000", shapes::real(4000)),
        ("adverse 80", shapes::adverse(80)),
        ("adverse 640", shapes::adverse(640)),
    ] {
        row(name, &response);
    }
}

fn row(name: &str, response: &Response) {
    let budget = Budget::default();
    let (took, report) = timed(|| check(response, "2026-07-01", &budget));
    println!(
        "{name:12} check {:9.1} ms  {} nodes  {:?} spare {} {:?}",
        took.as_secs_f64() * 1e3,
        report.size.nodes,
        report.verdict,
        report.rules.len(),
        report.undecided,
    );
    let (took, walk) = timed(|| UnevenProtected::compile(response, &budget));
    let Ok(walk) = walk else {
        println!("no walk");
        return;
    };
    println!("   compile {:.1} ms", took.as_secs_f64() * 1e3);
    let mut chance = shapes::Chance(1);
    let calls: Vec<Described> = (0..1000)
        .map(|_| Described::of(response, |one| Some(chance.number(one.domain.size()))))
        .collect();
    let mut into = Vec::with_capacity(8);
    let (took, ()) = timed(|| {
        for call in calls.iter().cycle().take(100_000) {
            walk.answer(black_box(call), &mut into);
            black_box(&into);
        }
    });
    println!("   one evaluation {:.0} ns", took.as_secs_f64() * 1e9 / 1e5);
}

fn timed<T>(mut work: impl FnMut() -> T) -> (Duration, T) {
    let begun = Instant::now();
    let result = work();
    (begun.elapsed(), result)
}
