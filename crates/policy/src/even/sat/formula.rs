//! Clauses for the solver, from and, or, not.

use batsat::{Callbacks, ClauseKind, Lit, Solver, SolverInterface, SolverOpts, lbool};

/// Stops a question after so many conflicts. A number of conflicts is the same on every machine;
/// a time would not be.
#[derive(Default)]
struct Limit {
    conflicts: u64,
    conflicts_max: u64,
}

impl Callbacks for Limit {
    fn on_new_clause(&mut self, _: &[Lit], _: ClauseKind) {
        self.conflicts += 1;
    }

    fn stop(&self) -> bool {
        self.conflicts > self.conflicts_max
    }
}

/// What the solver says to a question.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Said {
    Yes,
    No,
    /// The limit was reached.
    Nothing,
}

/// A growing formula.
pub(super) struct Formula {
    solver: Solver<Limit>,
    yes: Lit,
    conflicts_max: u64,
}

impl Formula {
    pub(super) fn new(conflicts_max: u64) -> Self {
        let mut solver = Solver::new(SolverOpts::default(), Limit::default());
        let yes = Lit::new(solver.new_var_default(), true);
        solver.add_clause_reuse(&mut vec![yes]);
        Self { solver, yes, conflicts_max }
    }

    /// What is always so.
    pub(super) fn yes(&self) -> Lit {
        self.yes
    }

    pub(super) fn fresh(&mut self) -> Lit {
        Lit::new(self.solver.new_var_default(), true)
    }

    pub(super) fn clause(&mut self, literals: &[Lit]) {
        self.solver.add_clause_reuse(&mut literals.to_vec());
    }

    /// What holds exactly if all of these do.
    pub(super) fn and(&mut self, parts: &[Lit]) -> Lit {
        let mut needed: Vec<Lit> = parts.iter().copied().filter(|one| *one != self.yes).collect();
        needed.sort_unstable();
        needed.dedup();
        let opposed = |one: &Lit| needed.binary_search(&!*one).is_ok();
        if needed.contains(&!self.yes) || needed.iter().any(opposed) {
            return !self.yes;
        }
        match needed[..] {
            [] => self.yes,
            [only] => only,
            _ => {
                let all = self.fresh();
                for one in &needed {
                    self.clause(&[!all, *one]);
                }
                let mut clause: Vec<Lit> = needed.iter().map(|one| !*one).collect();
                clause.push(all);
                self.clause(&clause);
                all
            }
        }
    }

    /// What holds exactly if any of these does.
    pub(super) fn or(&mut self, parts: &[Lit]) -> Lit {
        let negated: Vec<Lit> = parts.iter().map(|one| !*one).collect();
        !self.and(&negated)
    }

    /// Whether everything can hold at once, these included.
    pub(super) fn ask(&mut self, assumed: &[Lit]) -> Said {
        *self.solver.cb_mut() = Limit { conflicts: 0, conflicts_max: self.conflicts_max };
        match self.solver.solve_limited(assumed) {
            said if said == lbool::TRUE => Said::Yes,
            said if said == lbool::FALSE => Said::No,
            _ => Said::Nothing,
        }
    }

    /// Whether a literal holds in what was found, after [`Said::Yes`].
    pub(super) fn holds(&self, literal: Lit) -> bool {
        self.solver.value_lit(literal) == lbool::TRUE
    }
}
