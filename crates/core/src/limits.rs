//! Every limit, and what happens at it: the command is refused with `LimitReached`, except where
//! said otherwise. None of them can silence a ringing call.

/// Longest free text of a person (reason, advice given, label), in bytes.
pub const TEXT_BYTES_MAX: usize = 2_000;
/// Most units in one dispatch command.
pub const UNITS_PER_COMMAND_MAX: usize = 24;
/// Most zones in one location.
pub const ZONES_MAX: usize = 16;
/// Most capabilities of one unit.
pub const CAPABILITIES_MAX: usize = 32;
/// Highest alarm level.
pub const ALARM_LEVEL_MAX: u8 = 9;
/// Lowest urgency; 1 is the highest.
pub const PRIORITY_MAX: u8 = 9;
/// How far ahead of the centre's clock a crew's own time stamp may run, in milliseconds.
pub const STATUS_AHEAD_MS_MAX: u64 = 60_000;
/// Most bytes of a policy's texts and their names together. They stand in the journal.
pub const POLICY_BYTES_MAX: usize = 512 * 1024;
/// Most facts given with one classification.
pub const FACTS_MAX: usize = 64;
/// Most facts about the caller of one call; each is sealed.
pub const CALLER_FACTS_MAX: usize = 64;
/// Longest open text of a call's signalling, in bytes; longer is cut.
pub const SIGNALLED_BYTES_MAX: usize = 300;
/// Most defects of a call's signalling; the rest is left out.
pub const DEFECTS_MAX: usize = 32;
/// Most pieces of a call's signalling as it came; the rest is left out.
pub const RAW_PIECES_MAX: usize = 32;
/// Most pieces of Additional Data of one call; the rest is left out.
pub const ADDITIONAL_MAX: usize = 32;
/// Shortest hold, in milliseconds: a review time that has passed already is no review.
pub const HOLD_MS_MIN: u64 = 1_000;

/// Refuses text longer than [`TEXT_BYTES_MAX`].
pub(crate) fn check_text(field: &str, text: &str) -> Result<(), crate::Refusal> {
    check(field, text.len(), TEXT_BYTES_MAX)
}

/// Refuses `given` above `max`.
pub(crate) fn check(limit: &str, given: usize, max: usize) -> Result<(), crate::Refusal> {
    if given <= max {
        return Ok(());
    }
    let number = |n| u64::try_from(n).unwrap_or(u64::MAX);
    Err(crate::Refusal::LimitReached {
        limit: limit.to_owned(),
        given: number(given),
        max: number(max),
    })
}
