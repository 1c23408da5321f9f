//! What a telephone can do wrong: the faults of real equipment, each by name.

use std::fmt;
use std::str::FromStr;

/// One kind of misbehaviour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Oddity {
    /// The Via of the INVITE has no branch, as before RFC 3261.
    NoViaBranch,
    /// The display name is in Latin-1 and not in UTF-8.
    Latin1Name,
    /// A header goes on over two lines.
    FoldedHeaders,
    /// Header lines end without a carriage return.
    BareLf,
    /// Content-Length says more than there is.
    WrongLength,
    /// Content-Length is below zero.
    NegativeLength,
    /// The INVITE says `SIP/7.0`.
    Sip7,
    /// The session description has `t=` before `c=`.
    TBeforeC,
    /// A part of the body has no empty line behind its headers.
    MimeWithoutBlankLine,
    /// The INVITE offers no voice; the centre has to.
    NoOffer,
    /// The location document is cut off in its middle.
    BrokenPlace,
    /// The INVITE is sent twice.
    DuplicateInvite,
    /// CANCEL follows the answer.
    CancelAfter200,
    /// The ACK is held back for three seconds.
    LateAck,
    /// The ACK never comes.
    NoAck,
    /// No voice packet is ever sent.
    SilentRtp,
    /// What is sent as voice is noise that is no RTP.
    NoisyRtp,
}

/// A name that is none of the list.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no misbehaviour; accepted: {names}", names = Oddity::names())]
pub struct UnknownOddity(String);

impl Oddity {
    /// All of them, in the order in which a call meets them.
    pub const ALL: &[Self] = &[
        Self::NoViaBranch,
        Self::Latin1Name,
        Self::FoldedHeaders,
        Self::BareLf,
        Self::WrongLength,
        Self::NegativeLength,
        Self::Sip7,
        Self::TBeforeC,
        Self::MimeWithoutBlankLine,
        Self::NoOffer,
        Self::BrokenPlace,
        Self::DuplicateInvite,
        Self::CancelAfter200,
        Self::LateAck,
        Self::NoAck,
        Self::SilentRtp,
        Self::NoisyRtp,
    ];

    /// Its name, as it is typed.
    pub fn name(self) -> &'static str {
        match self {
            Self::NoViaBranch => "no-via-branch",
            Self::Latin1Name => "latin1-name",
            Self::FoldedHeaders => "folded-headers",
            Self::BareLf => "bare-lf",
            Self::WrongLength => "wrong-length",
            Self::NegativeLength => "negative-length",
            Self::Sip7 => "sip7",
            Self::TBeforeC => "t-before-c",
            Self::MimeWithoutBlankLine => "mime-without-blank-line",
            Self::NoOffer => "no-offer",
            Self::BrokenPlace => "broken-place",
            Self::DuplicateInvite => "duplicate-invite",
            Self::CancelAfter200 => "cancel-after-200",
            Self::LateAck => "late-ack",
            Self::NoAck => "no-ack",
            Self::SilentRtp => "silent-rtp",
            Self::NoisyRtp => "noisy-rtp",
        }
    }

    /// All names, as they are told to who typed another.
    pub fn names() -> String {
        let quoted: Vec<String> = Self::ALL.iter().map(|oddity| format!("`{oddity}`")).collect();
        quoted.join(", ")
    }
}

impl fmt::Display for Oddity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Oddity {
    type Err = UnknownOddity;

    fn from_str(text: &str) -> Result<Self, UnknownOddity> {
        let found = Self::ALL.iter().find(|oddity| oddity.name() == text);
        found.copied().ok_or_else(|| UnknownOddity(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_read_back_and_another_gets_the_list() {
        for oddity in Oddity::ALL {
            assert_eq!(oddity.name().parse(), Ok(*oddity));
        }
        let said = "rude".parse::<Oddity>().unwrap_err().to_string();
        assert!(
            said.starts_with("`rude` is no misbehaviour; accepted: `no-via-branch`, "),
            "{said}"
        );
    }
}
