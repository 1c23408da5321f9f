//! What is asked for.

use roads::Point;

/// So many units of one capability.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Need<'a> {
    /// What a unit must be able to do, `engine`.
    pub capability: &'a str,
    /// How many units, units sent already included.
    pub count: u8,
}

/// What the run card wants, and where. That is all: no field holds anything of the person who
/// calls, and this does not compile:
///
/// ```compile_fail
/// let request = evenhand_recommend::Request {
///     run_card: "structure_fire",
///     alarm_level: 1,
///     needs: &[],
///     place: None,
///     caller: "a name",
/// };
/// ```
///
/// while this does:
///
/// ```
/// let request = evenhand_recommend::Request {
///     run_card: "structure_fire",
///     alarm_level: 1,
///     needs: &[],
///     place: None,
/// };
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Request<'a> {
    /// Name of the run card, for the record.
    pub run_card: &'a str,
    /// Its alarm level, from 1, for the record.
    pub alarm_level: u8,
    /// What is wanted in all at this level, most wanted first.
    pub needs: &'a [Need<'a>],
    /// Where; `None`: not known.
    pub place: Option<Point>,
}
