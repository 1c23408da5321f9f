//! What the signalling of a call said, kept exactly: a coroner asks what arrived, not what we made
//! of it.

use crate::{Sealed, limits};
use serde::{Deserialize, Serialize};

/// What came with a call beside number, name and place.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Signalling<P = Sealed> {
    /// The call's own identifier, `urn:emergency:uid:callid:...`, given by the first element of the
    /// emergency network that saw it (NENA-STA-010, 2.1.6).
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub call_identifier: String,
    /// The identifier of the incident, `urn:emergency:uid:incidentid:...`, likewise.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub incident_identifier: String,
    /// The service asked for, `urn:service:sos.fire`; the scheme, `tel` or `sip`, where none was
    /// named. Never a number.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub service: String,
    /// By which door it came: `sip/udp`, `sip/tls`, `text`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub entered_by: String,
    /// What was wrong with it, codes and plain words, nothing of the caller's.
    #[serde(default = "Vec::new", skip_serializing_if = "Vec::is_empty")]
    pub defects: Vec<String>,
    /// The bytes as they came, as base64, in pieces; put together they are the message.
    #[serde(default = "Vec::new", skip_serializing_if = "Vec::is_empty")]
    pub raw: Vec<P>,
    /// Additional Data (RFC 7852), one `Kind: words` each.
    #[serde(default = "Vec::new", skip_serializing_if = "Vec::is_empty")]
    pub additional: Vec<P>,
}

impl<P> Default for Signalling<P> {
    fn default() -> Self {
        let nothing = String::new;
        Self {
            call_identifier: nothing(),
            incident_identifier: nothing(),
            service: nothing(),
            entered_by: nothing(),
            defects: Vec::new(),
            raw: Vec::new(),
            additional: Vec::new(),
        }
    }
}

impl<P> Signalling<P> {
    /// The same within the limits: what is too much is left out, the call is not.
    #[must_use]
    pub fn within_limits(mut self) -> Self {
        for text in [
            &mut self.call_identifier,
            &mut self.incident_identifier,
            &mut self.service,
            &mut self.entered_by,
        ] {
            cut(text);
        }
        self.defects.truncate(limits::DEFECTS_MAX);
        self.defects.iter_mut().for_each(cut);
        self.raw.truncate(limits::RAW_PIECES_MAX);
        self.additional.truncate(limits::ADDITIONAL_MAX);
        self
    }

    /// Replaces each personal value by what `seal` makes of its name and itself.
    pub fn map<Q>(self, seal: &mut impl FnMut(&'static str, P) -> Q) -> Signalling<Q> {
        Signalling {
            call_identifier: self.call_identifier,
            incident_identifier: self.incident_identifier,
            service: self.service,
            entered_by: self.entered_by,
            defects: self.defects,
            raw: self.raw.into_iter().map(|value| seal("raw", value)).collect(),
            additional: self
                .additional
                .into_iter()
                .map(|value| seal("additional", value))
                .collect(),
        }
    }
}

/// Shortens an open text to [`limits::SIGNALLED_BYTES_MAX`], between two letters.
pub(crate) fn cut(text: &mut String) {
    text.truncate(text.floor_char_boundary(limits::SIGNALLED_BYTES_MAX));
}
