//! What was wrong with a message, by name.
//!
//! A defect is no refusal: most messages that have one are answered as if they had none, and the
//! defect stands on the call, so that whoever sends such messages can be told.

use super::limits::DEFECTS_MAX;

/// Something wrong with a message, as it is recorded.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Defect {
    /// One of the codes that [`Flaw`] lists.
    pub code: &'static str,
    /// In words, without anything that identifies a person.
    pub text: String,
}

impl Defect {
    /// The flaw in its own words.
    #[must_use]
    pub fn new(flaw: Flaw) -> Self {
        Self { code: flaw.code(), text: flaw.text().to_owned() }
    }

    /// The flaw, and the header or line where it was seen.
    #[must_use]
    pub fn at(flaw: Flaw, place: &str) -> Self {
        Self { code: flaw.code(), text: format!("{} (`{place}`)", flaw.text()) }
    }
}

/// Adds what is not noted yet, up to [`DEFECTS_MAX`].
pub(super) fn note(defects: &mut Vec<Defect>, defect: Defect) {
    if defects.len() < DEFECTS_MAX && !defects.contains(&defect) {
        defects.push(defect);
    }
}

macro_rules! flaws {
    ($($name:ident $code:literal $text:literal,)*) => {
        /// The closed list of what can be wrong. Codes are stored with calls: they are never
        /// changed, and never used again for another thing.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Flaw {
            $(#[doc = $text] $name,)*
        }

        impl Flaw {
            /// All of them, in the order of this list.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// The name under which it is recorded.
            #[must_use]
            pub fn code(self) -> &'static str {
                match self {
                    $(Self::$name => $code,)*
                }
            }

            /// In words.
            #[must_use]
            pub fn text(self) -> &'static str {
                match self {
                    $(Self::$name => $text,)*
                }
            }
        }
    };
}

// A macro, because code and words of one flaw belong on one line, and `ALL` must not forget one.
flaws! {
    BareLf "bare-lf" "lines end without a carriage return",
    BareCr "bare-cr" "a carriage return stands within a line",
    Folded "folded-header" "a header goes on over several lines (allowed, but long deprecated)",
    NoBlankLine "no-blank-line" "no empty line ends the headers",
    HeaderUnreadable "header-unreadable" "a header line has no name and colon, and was left out",
    HeaderName "header-name" "a header name has characters that no name may have",
    HeaderTooLong "header-too-long" "the headers are longer than 64 KiB",
    TooManyHeaders "too-many-headers" "there are over 1,000 headers; later ones were left out",
    BodyTooLong "body-too-long" "the body is longer than 256 KiB",
    NotUtf8 "not-utf8" "bytes that are not UTF-8 were read as Latin-1",
    StartLineUnreadable "start-line-unreadable" "the first line is no request and no response",
    StartLineSpaces "start-line-spaces" "the first line has more blanks than it may",
    MethodCase "method-case" "the method is not in upper case",
    Version "version" "the protocol version is not 2.0",
    NoVersion "no-version" "the first line has no protocol version",
    NoRequestUri "no-request-uri" "the request has no address",
    UriBrackets "request-uri-brackets" "the address of the request stands in angle brackets",
    UriSpaces "request-uri-spaces" "the address of the request has blanks in it",
    UriHeaders "request-uri-headers" "the address of the request has escaped headers in it",
    NoScheme "uri-no-scheme" "an address has no scheme",
    StatusCode "status-code" "the status code is not one of 100 to 699",
    NoVia "no-via" "no Via header says where an answer goes",
    ViaUnreadable "via-unreadable" "the top Via header cannot be read",
    NoViaBranch "no-via-branch" "the top Via has no branch that tells transactions apart",
    NoFrom "no-from" "the From header is missing",
    NoFromTag "no-from-tag" "the From header has no tag",
    NoTo "no-to" "the To header is missing",
    NoCallId "no-call-id" "the Call-ID header is missing",
    NoCseq "no-cseq" "the CSeq header is missing",
    CseqUnreadable "cseq-unreadable" "the CSeq header has no number below 2^32 and method",
    CseqLarge "cseq-large" "the CSeq number is 2^31 or more",
    CseqMismatch "cseq-mismatch" "the CSeq header names another method than the first line",
    SeveralValues "several-values" "a header that may stand once stands several times",
    EmptyValue "empty-list-value" "a list has separators with nothing between them",
    QuoteNotClosed "quote-not-closed" "a quoted name is never closed",
    NameNotQuoted "name-not-quoted" "a name needs quotes and has none",
    AddressNotClosed "address-not-closed" "an angle bracket is never closed",
    AddressNotEnclosed "address-not-enclosed" "an address needs angle brackets and has none",
    AddressSpaces "address-spaces" "an address has blanks in it",
    NumberUnreadable "number-unreadable" "a number is none, or is larger than it may be",
    DateUnreadable "date-unreadable" "the date is not written as RFC 3261 asks (GMT)",
    ContentLengthLarge "content-length-too-large" "Content-Length is larger than the body",
    ContentLengthSmall "content-length-too-small" "bytes after the body were left out",
    ContentLengthUnreadable "content-length-unreadable" "Content-Length is no number",
    ContentLengthSeveral "content-length-several" "there are several Content-Length headers",
    NoContentLength "no-content-length" "Content-Length is missing on a stream",
    UnknownExtension "unknown-extension" "an extension is demanded that we do not have",
    ReplacesUnknown "replaces-unknown" "it wants to take the place of a call that is not known",
    NoContentType "no-content-type" "a body or a part of it comes without Content-Type",
    NoBoundary "no-boundary" "the boundary between the parts is not announced",
    BoundaryWrong "boundary-wrong" "the announced boundary divides nothing",
    NoClosingBoundary "no-closing-boundary" "no line ends the last part",
    PartNoBlankLine "part-no-blank-line" "no empty line ends the headers of a part",
    PartEncoding "part-encoding" "a part is encoded in a way that was not undone",
    TooManyParts "too-many-parts" "there are over 32 parts; later ones were left out",
    PartsTooDeep "parts-too-deep" "parts lie over four deep in each other, and were not opened",
    SdpLine "sdp-line" "a line of the session description cannot be read",
    SdpOrder "sdp-order" "lines of the session description are not in order",
    SdpMissing "sdp-missing" "a line of the session description is missing",
    SdpNoConnection "sdp-no-connection" "a stream has no address to send to",
    SdpNoMedia "sdp-no-media" "the session description has no stream",
    SdpNotUtf8 "sdp-not-utf8" "the session description is not UTF-8, and was read as Latin-1",
    SdpTooLong "sdp-too-long" "the session description is too long; its end was left out",
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_flaws_have_one_code() {
        let mut codes: Vec<&str> = Flaw::ALL.iter().map(|flaw| flaw.code()).collect();
        codes.sort_unstable();
        codes.dedup();
        assert_eq!(codes.len(), Flaw::ALL.len());
    }

    #[test]
    fn a_defect_is_noted_once_and_says_where() {
        let mut defects = Vec::new();
        note(&mut defects, Defect::at(Flaw::NotUtf8, "From"));
        note(&mut defects, Defect::at(Flaw::NotUtf8, "From"));
        note(&mut defects, Defect::at(Flaw::NotUtf8, "To"));
        assert_eq!(defects.len(), 2);
        assert_eq!(defects[1].text, "bytes that are not UTF-8 were read as Latin-1 (`To`)");
    }
}
