//! What became of the calls.

use std::collections::BTreeMap;
use std::fmt;

use phone::{Ended, Outcome};

/// Counts.
#[derive(Debug, Default)]
pub struct Tally {
    calls: u64,
    over: u64,
    answered: u64,
    abandoned: u64,
    lost: u64,
    no_final: u64,
    /// More than one final response, each another: the centre's fault.
    several_finals: u64,
    refused: BTreeMap<u16, u64>,
    rung: u64,
    rung_over: u64,
    reached: u64,
}

impl Tally {
    /// A call of ours begins.
    pub fn begin(&mut self) {
        self.calls += 1;
    }

    /// A callback begins.
    pub fn ring(&mut self) {
        self.rung += 1;
    }

    /// A line is over.
    pub fn end(&mut self, outcome: &Outcome) {
        if outcome.rung {
            self.rung_over += 1;
            self.reached += u64::from(outcome.answered);
            return;
        }
        self.over += 1;
        self.no_final += u64::from(outcome.finals.is_empty());
        self.several_finals += u64::from(outcome.finals.len() > 1);
        match outcome.ended {
            _ if outcome.answered => self.answered += 1,
            Ended::GivenUp => self.abandoned += 1,
            Ended::Refused(code) => *self.refused.entry(code).or_default() += 1,
            Ended::Lost | Ended::NotBegun(_) => self.lost += 1,
            Ended::ByUs | Ended::ByThem | Ended::NoResponse => {}
        }
    }

    /// Lines that are up or on their way.
    pub fn open(&self) -> u64 {
        (self.calls - self.over) + (self.rung - self.rung_over)
    }

    /// Whether everybody who gave up was called back; at least one, since somebody waits for it.
    pub fn is_rung_back(&self) -> bool {
        self.rung_over >= self.abandoned.max(1)
    }

    /// Every call got exactly one final response.
    pub fn is_well(&self) -> bool {
        self.no_final == 0 && self.several_finals == 0 && self.over == self.calls
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let refused: u64 = self.refused.values().sum();
        write!(
            f,
            "calls {}, open {}, answered {}, abandoned {}, refused {refused}",
            self.calls,
            self.calls - self.over,
            self.answered,
            self.abandoned
        )?;
        if refused > 0 {
            let codes: Vec<String> =
                self.refused.iter().map(|(code, count)| format!("{code}: {count}")).collect();
            write!(f, " ({})", codes.join(", "))?;
        }
        write!(f, ", lost {}, no final response {}", self.lost, self.no_final)?;
        if self.several_finals > 0 {
            write!(f, ", several final responses {}", self.several_finals)?;
        }
        if self.rung > 0 {
            write!(f, ", called back {}, of those answered {}", self.rung, self.reached)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use phone::Heard;

    fn outcome(ended: Ended, answered: bool, finals: &[u16]) -> Outcome {
        let (number, rung, heard) = (String::new(), false, Heard::default());
        Outcome { number, rung, answered, ended, finals: finals.to_vec(), heard }
    }

    #[test]
    fn each_call_counts_once_and_well_means_one_final_response_each() {
        let mut tally = Tally::default();
        let ends = [
            outcome(Ended::ByUs, true, &[200]),
            outcome(Ended::GivenUp, false, &[487]),
            outcome(Ended::Refused(503), false, &[503]),
        ];
        for end in &ends {
            tally.begin();
            tally.end(end);
        }
        assert!(tally.is_well());
        assert_eq!(
            tally.to_string(),
            "calls 3, open 0, answered 1, abandoned 1, refused 1 (503: 1), lost 0, no final \
             response 0"
        );
        tally.begin();
        assert!(!tally.is_well() && tally.open() == 1);
        tally.end(&outcome(Ended::NoResponse, false, &[]));
        assert!(!tally.is_well());
        assert!(tally.to_string().ends_with("no final response 1"), "{tally}");
    }

    #[test]
    fn two_different_final_responses_are_not_well() {
        let mut tally = Tally::default();
        tally.begin();
        tally.end(&outcome(Ended::ByUs, true, &[200, 487]));
        assert!(!tally.is_well());
    }
}
