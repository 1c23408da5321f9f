//! How long the prover takes on the design's shapes, beside z3 and cvc5 on the same question where
//! they are installed: is there a pair of calls that differs only in who calls?
//!
//! The solvers are given the question as text and are timed from start to exit, as wall time; they
//! give any pair, and nothing else. The prover's time is the whole report: smallest pairs for each
//! attribute, counts, floors, spare rules.

#![expect(clippy::disallowed_methods, reason = "a benchmark measures time")]

mod shapes;
mod solvers;

use evenhand_policy::even::{Budget, Described, Engine, UnevenProtected, Verdict, check};
use evenhand_policy::response::Response;
use std::hint::black_box;
use std::time::{Duration, Instant};

const TODAY: &str = "2026-07-01";

fn main() {
    println!(
        "{:12} {:>9} {:>9} {:>9} {:>9}   solver time in prover times",
        "shape", "prover", "z3", "cvc5", "walk"
    );
    row("real 50", &shapes::real(50), 9);
    row("real 200", &shapes::real(200), 9);
    row("real 1000", &shapes::real(1000), 5);
    row("real 4000", &shapes::real(4000), 3);
    row("adverse 80", &shapes::adverse(80), 3);
    row("adverse 640", &shapes::adverse(640), 1);
}

fn row(name: &str, response: &Response, times: usize) {
    let budget = Budget::default();
    let (took, report) = best_of(times, || check(response, TODAY, &budget));
    let uneven = matches!(report.verdict, Verdict::Uneven(_));
    let question = solvers::question(response);
    let mut ratios = String::new();
    let mut cells = Vec::new();
    for solver in [&solvers::Z3, &solvers::CVC5] {
        let (solved, said) = best_of(times.min(3), || solver.ask(&question));
        cells.push(match said {
            None => "-".to_owned(),
            Some(said) if said == uneven => {
                let ratio = solved.as_secs_f64() / took.as_secs_f64();
                ratios.push_str(&format!("  {} {ratio:.1}", solver.name));
                milliseconds(solved)
            }
            Some(_) => "DISAGREES".to_owned(),
        });
    }
    let walk = match UnevenProtected::compile(response, &budget) {
        Ok(walk) => format!("{:.0} ns", walk_ns(response, &walk)),
        Err(unfit) => format!("{unfit:?}"),
    };
    let engine = match report.size.engine {
        Engine::Diagram => format!("{} nodes", report.size.nodes),
        Engine::Solver => "second engine".to_owned(),
    };
    let [z3, cvc5] = &cells[..] else { return };
    println!(
        "{name:12} {:>9} {z3:>9} {cvc5:>9} {walk:>9} {ratios}  ({engine})",
        milliseconds(took)
    );
}

/// One evaluation, averaged over many different calls.
fn walk_ns(response: &Response, walk: &UnevenProtected) -> f64 {
    const ROUNDS: u32 = 50;
    let mut chance = shapes::Chance(1);
    let calls: Vec<Described> = (0..1000)
        .map(|_| Described::of(response, |one| Some(chance.number(one.domain.size()))))
        .collect();
    let mut into = Vec::with_capacity(8);
    let (took, ()) = best_of(3, || {
        for _ in 0..ROUNDS {
            for call in &calls {
                walk.answer(black_box(call), &mut into);
                black_box(&into);
            }
        }
    });
    took.as_secs_f64() * 1e9 / (f64::from(ROUNDS) * 1000.0)
}

fn milliseconds(time: Duration) -> String {
    format!("{:.1} ms", time.as_secs_f64() * 1e3)
}

fn best_of<T>(times: usize, mut work: impl FnMut() -> T) -> (Duration, T) {
    let mut timed = || {
        let begun = Instant::now();
        let result = work();
        (begun.elapsed(), result)
    };
    let mut best = timed();
    for _ in 1..times {
        let next = timed();
        if next.0 < best.0 {
            best = next;
        }
    }
    best
}
