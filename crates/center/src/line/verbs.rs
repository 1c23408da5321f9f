//! The verbs, how they are written, and what they say. Read as a table.

use super::Syntax;

/// One verb.
pub(super) struct Verb {
    pub name: &'static str,
    pub form: &'static str,
    pub says: &'static str,
}

const fn verb(name: &'static str, form: &'static str, says: &'static str) -> Verb {
    Verb { name, form, says }
}

/// All verbs but the status labels, which are the agency's own (`EN M21`, `M21 en`).
pub(super) const VERBS: [Verb; 33] = [
    verb("AN", "AN [call]", "answer the call, or the one that rings longest"),
    verb("EC", "EC [call]", "end the call"),
    verb("AT", "AT [call] incident", "attach the call to an incident"),
    verb("CB", "CB [call]", "ring an abandoned caller back"),
    verb("CR", "CR [call]", "the caller was reached"),
    verb("CM", "CM [call]", "the caller was not reached"),
    verb("CU", "CU [call] reason", "give the callback up, by decision"),
    verb("HO", "HO [call] person reason", "hand the callback over, by decision"),
    verb("REBID", "REBID [call]", "ask the network again where the caller is"),
    verb("TRANSFER", "TRANSFER [call] [TO address]", "hand the caller to another centre"),
    verb("T", "T [incident] type [reason]", "classify"),
    verb("N", "N [incident] text", "write into the narrative"),
    verb("P", "P [incident] priority [reason]", "change the priority, 1 highest"),
    verb("D", "D [incident] unit...", "dispatch units; without units, the recommended"),
    verb("DO", "DO [incident] unit... : reason", "dispatch other units than recommended"),
    verb("DV", "DV unit [incident] reason", "divert a unit"),
    verb("X", "X unit reason", "take a unit off before it arrives"),
    verb("H", "H [incident] minutes reason", "hold, to be looked at again"),
    verb("RH", "RH [incident]", "lift the hold"),
    verb("AL", "AL [incident]", "next alarm level"),
    verb("ND", "ND call|incident code reason", "send nobody, by decision"),
    verb("XI", "XI [incident] reason", "cancel the whole response, by decision"),
    verb("CLOSE", "CLOSE [incident] disposition", "close an incident whose units are clear"),
    verb("RO", "RO incident", "open a closed incident again"),
    verb("MG", "MG incident into reason", "treat the first as part of the second"),
    verb("UM", "UM incident", "take a merge back"),
    verb("US", "US unit", "take the unit's last status back"),
    verb("AA", "AA alert", "take note of an alert"),
    verb("UNDO", "UNDO", "take your last command back, by a new entry"),
    verb("READY", "READY", "calls may be offered to you"),
    verb("BREAK", "BREAK", "you are away from your position"),
    verb("WRAP", "WRAP", "you write up, and take no call"),
    verb("SO", "SO", "end your shift"),
];

impl Verb {
    pub fn syntax(&self) -> Syntax {
        Syntax {
            verb: self.name.to_owned(),
            form: self.form.to_owned(),
            says: self.says.to_owned(),
        }
    }
}

/// The verb of this name, in either case.
pub(super) fn find(word: &str) -> Option<&'static Verb> {
    VERBS.iter().find(|verb| verb.name.eq_ignore_ascii_case(word))
}
