//! What was found attribute by attribute, together, and beyond the exceptions, made one.

use super::report::{ExceptionFound, ExceptionState, Found, Independence, Report};

/// The dependences of one subject.
#[derive(Default)]
pub(crate) struct Joined {
    /// One for each attribute, then those that only show together.
    pub single: Vec<Independence>,
    exceptions: Vec<ExceptionFound>,
}

impl Joined {
    /// Adds what only shows together: with impossible calls, two attributes may make a difference
    /// that neither makes alone.
    pub(crate) fn together(&mut self, joint: Independence) {
        self.single.extend((joint.found != Found::Never).then(|| named_by_pair(joint)));
    }

    /// Marks what exceptions cover, and adds what goes beyond them.
    pub(crate) fn except(&mut self, exceptions: Vec<ExceptionFound>, beyond: Vec<Independence>) {
        self.exceptions = exceptions;
        for one in &mut self.single {
            cover(one, &self.exceptions);
        }
        let beyond = beyond.into_iter().filter(|one| one.found != Found::Never);
        for beyond in beyond.map(named_by_pair) {
            for exception in &mut self.exceptions {
                breaks(exception, &beyond);
            }
            match self.single.iter_mut().find(|one| one.attributes == beyond.attributes) {
                Some(known) => uncover(known, beyond),
                None => self.single.push(beyond),
            }
        }
    }

    pub(crate) fn into_report(self, report: &mut Report) {
        report.independence.extend(self.single);
        report.exceptions.extend(self.exceptions);
    }
}

/// Names a joint dependence by the attributes in which its pair differs.
pub(crate) fn named_by_pair(mut joint: Independence) -> Independence {
    if let Found::Depends(dependence) = &joint.found {
        let differing = dependence.pair.rows.iter().filter(|row| row.differs);
        joint.attributes = differing.map(|row| row.attribute.clone()).collect();
    }
    joint
}

/// An exception does not hold if its attribute alone makes a difference that it does not cover.
fn breaks(exception: &mut ExceptionFound, beyond: &Independence) {
    let Found::Depends(dependence) = &beyond.found else { return };
    if exception.state == ExceptionState::Holds
        && beyond.attributes == [exception.attribute.clone()]
    {
        exception.state = ExceptionState::Broken;
        exception.broken = Some(dependence.pair.clone());
    }
}

/// A dependence that was thought covered turns out not to be: the pair that shows this takes the
/// place of the other.
fn uncover(known: &mut Independence, beyond: Independence) {
    match (&mut known.found, beyond.found) {
        (Found::Depends(known), _) if !known.excepted => {}
        (Found::Depends(known), Found::Depends(beyond)) => {
            known.excepted = false;
            known.pair = beyond.pair;
        }
        (known, beyond) => *known = beyond,
    }
}

/// Marks a dependence that an exception covers.
fn cover(one: &mut Independence, exceptions: &[ExceptionFound]) {
    let Found::Depends(dependence) = &mut one.found else { return };
    dependence.excepted = exceptions.iter().any(|exception| {
        exception.state == ExceptionState::Holds && one.attributes == [exception.attribute.clone()]
    });
}
