//! How far: travel times over the road graph, many units to one incident.
//!
//! [`Roads`] is a directed graph made of the street map: one-way streets go one way, the time of a
//! segment is its length over the speed of its class. "These units to this incident" is one reverse
//! search from the incident that stops when every unit's road is settled, so two hundred units cost
//! little more than one. The answer is exact: both ends may lie anywhere along a segment.
//!
//! [`TravelTimes`] is what the recommendation asks; [`ZoneTable`] answers it without any road, from
//! an agency's table of minutes from zone to zone.
//!
//! All times are whole numbers, all ties are broken by number: the same map, speeds and points give
//! the same answer on every machine, so a decision can be re-run years later.

mod base;
mod components;
mod graph;
mod roads;
mod route;
mod search;
mod speed;
mod travel_times;
mod zone_table;

pub use map::Point;
pub use roads::{Roads, SNAP_M_MAX, Snap};
pub use route::{Route, RouteStep};
pub use speed::SpeedTable;
pub use travel_times::TravelTimes;
pub use zone_table::{ZoneTable, ZoneTableError};
