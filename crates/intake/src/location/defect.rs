//! What is wrong with a location: little enough to go on, or too much.

use crate::xml::{NotXml, Sloppiness};

/// A broken rule that leaves the meaning clear enough. Recorded on the call; never a reason to
/// have no location.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
#[expect(missing_docs, reason = "each is said in words by `sentence`")]
pub enum Defect {
    Xml(Sloppiness),
    MissingEntity,
    MissingGeopriv,
    MissingUsageRules,
    WrongNamespace,
    PlainId,
    MissingReferenceSystem,
    OddReferenceSystem,
    CommaInPosition,
    LatitudeLast,
    MissingAltitude,
    UnexpectedAltitude,
    OpenRing,
    ClockwiseRing,
    RepeatedPoint,
    RingWithHole,
    MajorAxisShorter,
    InnerRadiusLarger,
    OpeningAngleOverFull,
    MissingUnit,
    OddUnit,
    AngleInUnitOfLength,
    LengthNotInMeters,
    CountryNotIso,
    RepeatedAddressPart,
    UnknownAddressPart,
    TextTooLong,
    OddTruthValue,
    UnreadableTime,
    TimeWithoutZone,
    UnreadableConfidence,
    UnreadableMotion,
    UnusablePlaceSkipped,
    UnknownPartSkipped,
    TooManyLocations,
}

impl Defect {
    /// What is wrong, as a sentence without capital and full stop and without any value from the
    /// document.
    #[must_use]
    pub fn sentence(self) -> &'static str {
        match self {
            Self::Xml(sloppiness) => sloppiness.sentence(),
            Self::MissingEntity => "the document does not say whose presence it is",
            Self::MissingGeopriv => "the location stands outside a `geopriv` element",
            Self::MissingUsageRules => "there are no usage rules",
            Self::WrongNamespace => "an element stands in the wrong namespace",
            Self::PlainId => "a shape has `id` instead of `gml:id`",
            Self::MissingReferenceSystem => "a shape names no reference system; WGS 84 is assumed",
            Self::OddReferenceSystem => "a reference system is written in an unusual way",
            Self::CommaInPosition => "a position has commas between its numbers",
            Self::LatitudeLast => {
                "a position is only plausible with the longitude first, and was read so"
            }
            Self::MissingAltitude => "a solid shape has no altitude and was read as a flat one",
            Self::UnexpectedAltitude => "a flat shape has an altitude, which was dropped",
            Self::OpenRing => "the ring of a polygon is not closed",
            Self::ClockwiseRing => "the ring of a polygon runs clockwise",
            Self::RepeatedPoint => "the ring of a polygon repeats a point",
            Self::RingWithHole => "a polygon has a hole, which was ignored",
            Self::MajorAxisShorter => "the major axis of an ellipse is shorter than the minor",
            Self::InnerRadiusLarger => "the inner radius of an arc band is larger than the outer",
            Self::OpeningAngleOverFull => "the opening angle of an arc band is over 360 degrees",
            Self::MissingUnit => "a measure has no unit; metres or degrees are assumed",
            Self::OddUnit => "a unit is written in an unusual way",
            Self::AngleInUnitOfLength => "an angle is given in a unit of length; read as degrees",
            Self::LengthNotInMeters => "a length is not given in metres and was converted",
            Self::CountryNotIso => "the country is not written as in ISO 3166",
            Self::RepeatedAddressPart => "a part of the address is given twice; the first was kept",
            Self::UnknownAddressPart => "the address has a part that RFC 5139 does not know",
            Self::TextTooLong => "a text is too long and was cut",
            Self::OddTruthValue => "a rule says neither true nor false",
            Self::UnreadableTime => "a time cannot be read",
            Self::TimeWithoutZone => "a time has no zone and was read as UTC",
            Self::UnreadableConfidence => "the confidence cannot be read",
            Self::UnreadableMotion => "the motion cannot be read",
            Self::UnusablePlaceSkipped => "one of several places cannot be used",
            Self::UnknownPartSkipped => "the location has a part that is not known here",
            Self::TooManyLocations => "the document has too many locations; the rest was left out",
        }
    }
}

/// Why a document gives no place. In plain words, without any value from the document.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[expect(missing_docs, reason = "each says itself in words")]
pub enum NoUsableLocation {
    #[error("{0}")]
    NotXml(#[from] NotXml),
    #[error("the document is XML, but not a presence document with a location")]
    NotPresence,
    #[error("the document has no location")]
    NoLocation,
    #[error("the document says how something moves, but not where it is")]
    OnlyMotion,
    #[error("the address is empty")]
    EmptyAddress,
    #[error("a shape has no position")]
    NoPosition,
    #[error("a coordinate is not a number")]
    NotANumber,
    #[error("a position has more or fewer coordinates than its reference system")]
    WrongDimension,
    #[error("the reference system of a shape is not WGS 84")]
    OtherReferenceSystem,
    #[error("a latitude or longitude is outside the earth")]
    OutOfRange,
    #[error("a shape lacks one of its measures")]
    NoMeasure,
    #[error("a measure of a shape is not a number")]
    MeasureNotANumber,
    #[error("a measure of a shape is negative")]
    NegativeMeasure,
    #[error("a measure of a shape is larger than half the way around the earth")]
    MeasureTooLarge,
    #[error("a length is given in a unit of angle or in one that is not known")]
    UnknownUnit,
    #[error("a polygon has fewer than three different points")]
    TooFewPoints,
    #[error("a polygon has more than 1,000 points")]
    TooManyPoints,
}
