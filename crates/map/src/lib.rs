//! What the map says: streets, points and areas read from map files, and the version of the map.
//!
//! One [`CenterMap`] holds all the geography a centre needs: the [`StreetMap`] (segments and the
//! nodes where they meet), the [`Area`]s (police sectors, fire districts, the boundary), the
//! [`NamedPlace`]s (stations, shelters) and the named [`Intersection`]s. `roads` makes travel times
//! from it, `places` makes addresses from it, and the console draws it.
//!
//! Which file holds what, and which property of a feature is the street's name or its direction, is
//! data ([`MapDescription`]), so that another city needs a description and no code. Foreign map
//! formats are known here and nowhere else: GeoJSON and TIGER shapefiles, plain or gzipped.
//!
//! All results are whole numbers (1e-7 degrees, millimetres) computed with whole numbers, so that
//! every machine gives the same answer, today and in a re-run years later.

mod area;
mod center_map;
mod description;
mod digest;
mod error;
mod index;
mod line;
mod point;
pub mod read;
mod street;

pub use area::{Area, Polygon};
pub use center_map::{CenterMap, Intersection, NamedPlace};
pub use description::{
    AreaLayer, ClassRule, ClassRules, DirectionRules, GeojsonStreets, IntersectionLayer, Landmark,
    MapDescription, PlaceLayer, StreetSource,
};
pub use digest::{digest, digest_of};
pub use error::MapError;
pub use index::{OnStreet, SegmentIndex};
pub use line::{OnLine, length_mm, nearest_on_line, point_at, point_beside};
pub use point::Point;
pub use street::{HouseNumbers, Node, OneWay, Parity, RoadClass, Segment, StreetMap};
