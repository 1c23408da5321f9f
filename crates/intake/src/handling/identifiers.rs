//! Names of calls and incidents as all elements of an ESInet use them: `urn:emergency:uid:callid:`
//! or `incidentid:`, a string of letters and digits, and the domain name of whoever minted it.
//!
//! The first element that sees a call mints both; everybody after it keeps them (NENA-STA-010.3f
//! 2.1.6 and 2.1.7). We mint where they are missing.

use crate::sip::Message;

const CALL: &str = "urn:emergency:uid:callid:";
const INCIDENT: &str = "urn:emergency:uid:incidentid:";
/// Letters and digits of an identifier that we mint. Both upper bounds of 32 and 36 are in use, and
/// at least 10 different ones are expected by some readers.
const MINTED_CHARS: usize = 24;
const LETTERS: &[u8; 36] = b"0123456789abcdefghijklmnopqrstuvwxyz";

/// The two names of one call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identifiers {
    /// `urn:emergency:uid:callid:..`
    pub call: String,
    /// `urn:emergency:uid:incidentid:..`
    pub incident: String,
}

/// What a call brings along of its names, from its Call-Info headers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Given {
    /// The call's, if there was one.
    pub call: Option<String>,
    /// The incident's, if there was one.
    pub incident: Option<String>,
}

impl Given {
    /// Reads the Call-Info headers. Their purposes are compared without regard to case: both
    /// `emergency-CallId` and `nena-CallId` are on the wire.
    pub fn of(message: &Message) -> Self {
        let mut given = Self::default();
        for value in message.headers.list("Call-Info") {
            let text = String::from_utf8_lossy(value).into_owned();
            let Some(uri) = in_brackets(&text) else { continue };
            let lower = uri.to_ascii_lowercase();
            if lower.starts_with(CALL) && given.call.is_none() {
                given.call = Some(uri.to_owned());
            } else if lower.starts_with(INCIDENT) && given.incident.is_none() {
                given.incident = Some(uri.to_owned());
            }
        }
        given
    }

    /// What was given, and what was missing minted in the name of `element`.
    pub fn or_minted(self, element: &str, chance: &mut dyn FnMut(&mut [u8])) -> Identifiers {
        let mut mint = |kind: &str| format!("{kind}{}:{element}", minted(chance));
        Identifiers {
            call: self.call.unwrap_or_else(|| mint(CALL)),
            incident: self.incident.unwrap_or_else(|| mint(INCIDENT)),
        }
    }
}

/// The text between the first `<` and the next `>`.
pub(super) fn in_brackets(text: &str) -> Option<&str> {
    let (_, rest) = text.split_once('<')?;
    rest.split_once('>').map(|(uri, _)| uri.trim())
}

fn minted(chance: &mut dyn FnMut(&mut [u8])) -> String {
    loop {
        let mut bytes = [0_u8; MINTED_CHARS];
        chance(&mut bytes);
        let letter = |byte: &u8| LETTERS.get(usize::from(byte % 36)).copied().unwrap_or(b'0');
        let text: String = bytes.iter().map(|byte| char::from(letter(byte))).collect();
        let distinct: std::collections::BTreeSet<char> = text.chars().collect();
        // Of 24 drawn from 36, fewer than 10 different ones come once in 10^9; a source that gives
        // only zeros, as in a test, must not hold us here.
        if distinct.len() >= 10 || bytes.iter().all(|byte| *byte == bytes[0]) {
            return text;
        }
    }
}
