//! Which unit meets which need.

use crate::rank::Candidate;

/// How many needs can be met in all, and how many of these by units sent already.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
struct Reach {
    met: usize,
    by_sent: usize,
}

/// For each of `wanted` (capabilities, one unit each, most wanted first) the index of the candidate
/// that meets it. `candidates` come best first, those sent already before all others.
///
/// Each need takes the best candidate that leaves the reach whole; the lib page states the rule.
/// Cost: a matching for every candidate tried, of which nearly always there is one per need.
pub(crate) fn choose(wanted: &[&str], candidates: &[Candidate<'_>]) -> Vec<Option<usize>> {
    let mut free = vec![true; candidates.len()];
    let mut chosen = Vec::with_capacity(wanted.len());
    let mut goal = reach(wanted, candidates, &free);
    for (done, capability) in (1..).zip(wanted) {
        let rest = wanted.get(done..).unwrap_or_default();
        let mut taken = None;
        for (index, candidate) in candidates.iter().enumerate() {
            if !free.get(index).copied().unwrap_or(false) || !candidate.can(capability) {
                continue;
            }
            set(&mut free, index, false);
            let left = reach(rest, candidates, &free);
            let with_this = Reach {
                met: left.met + 1,
                by_sent: left.by_sent + usize::from(candidate.is_sent()),
            };
            if with_this == goal {
                taken = Some((index, left));
                break;
            }
            set(&mut free, index, true);
        }
        // Nobody taken: this need is one that stays unmet, and the goal is for the rest alone.
        if let Some((_, left)) = taken {
            goal = left;
        }
        chosen.push(taken.map(|(index, _)| index));
    }
    chosen
}

fn set(free: &mut [bool], index: usize, value: bool) {
    if let Some(one) = free.get_mut(index) {
        *one = value;
    }
}

/// The largest matching of free candidates to needs. Candidates come in one by one, and one that
/// is in stays in; so those sent already, which come first, are in as many as can be.
fn reach(wanted: &[&str], candidates: &[Candidate<'_>], free: &[bool]) -> Reach {
    let mut holder: Vec<Option<usize>> = vec![None; wanted.len()];
    let mut reach = Reach::default();
    for (index, candidate) in candidates.iter().enumerate() {
        if reach.met == wanted.len() {
            break;
        }
        if !free.get(index).copied().unwrap_or(false) {
            continue;
        }
        let mut tried = vec![false; wanted.len()];
        if place(index, wanted, candidates, &mut holder, &mut tried) {
            reach.met += 1;
            reach.by_sent += usize::from(candidate.is_sent());
        }
    }
    reach
}

/// Finds a need for one more candidate, moving others to needs they can meet too.
fn place(
    index: usize,
    wanted: &[&str],
    candidates: &[Candidate<'_>],
    holder: &mut [Option<usize>],
    tried: &mut [bool],
) -> bool {
    let Some(candidate) = candidates.get(index) else { return false };
    for (need, capability) in wanted.iter().enumerate() {
        if tried.get(need).copied().unwrap_or(true) || !candidate.can(capability) {
            continue;
        }
        set(tried, need, true);
        let held_by = holder.get(need).copied().flatten();
        if held_by.is_none_or(|other| place(other, wanted, candidates, holder, tried)) {
            if let Some(slot) = holder.get_mut(need) {
                *slot = Some(index);
            }
            return true;
        }
    }
    false
}
