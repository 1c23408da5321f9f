//! Which zones a point lies in.

use map::{Area, Point};

use crate::geocode::Places;

impl Places {
    /// All zones that contain the point, as (kind, name), in the order of the map; the boundary of
    /// the centre is among them.
    #[must_use]
    pub fn zones(&self, point: Point) -> Vec<(&str, &str)> {
        let found = self.map.areas.iter().filter(|area| area.contains(point));
        found.map(|area| (area.kind.as_str(), area.name.as_str())).collect()
    }

    /// The zone of a kind that contains the point; the first in the order of the map.
    #[must_use]
    pub fn zone(&self, kind: &str, point: Point) -> Option<&str> {
        let mut of_kind = self.map.areas.iter().filter(|area| area.kind == kind);
        of_kind.find(|area| area.contains(point)).map(|area| area.name.as_str())
    }

    /// Whether the point lies within the centre's boundary. A map without a boundary has the box
    /// around its streets.
    #[must_use]
    pub fn contains(&self, point: Point) -> bool {
        if self.map.areas.iter().any(|area| area.kind == Area::BOUNDARY) {
            return self.zone(Area::BOUNDARY, point).is_some();
        }
        self.map.corners().is_some_and(|(low, high)| {
            (low.lat_e7..=high.lat_e7).contains(&point.lat_e7)
                && (low.lon_e7..=high.lon_e7).contains(&point.lon_e7)
        })
    }
}
