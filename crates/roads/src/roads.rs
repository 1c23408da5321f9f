//! The roads of a map with their speeds: from point to point, and many to one.

use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZeroU16;
use std::sync::Mutex;

use map::{Point, SegmentIndex, StreetMap};

use crate::base::Base;
use crate::components::Connected;
use crate::graph::Graph;
use crate::route::Route;
use crate::search::{Scratch, Search, Spot};
use crate::speed::{SpeedTable, travel_us};
use crate::travel_times::TravelTimes;

/// Farthest that a point may be from a road, in metres; beyond it the point is outside the map.
pub const SNAP_M_MAX: u32 = 1_000;

/// Most bases kept ready; each takes 8 bytes for each node of the map.
const BASES_MAX: usize = 64;

/// Where a point meets the roads.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Snap {
    /// Index of the segment in the street map.
    pub segment: u32,
    /// How far along the segment's line, in millimetres.
    pub offset_mm: u64,
    /// The place on the road.
    pub point: Point,
    /// How far the point is from it, in millimetres; charged at the off-road speed.
    pub distance_mm: u64,
}

/// The road graph of a map at given speeds. Built once when the centre starts; asking changes no
/// answer.
#[derive(Clone, Debug)]
pub struct Roads {
    map_version: String,
    pub(crate) graph: Graph,
    pub(crate) lines: Vec<Vec<Point>>,
    index: SegmentIndex,
    connected: Connected,
    off_road: NonZeroU16,
    spare: Spare,
    bases: BTreeMap<Point, (Snap, Base)>,
}

impl Roads {
    /// The roads of a map. Segments that cannot be driven take no part.
    #[must_use]
    pub fn build(map: &StreetMap, speeds: &SpeedTable) -> Roads {
        let graph = Graph::new(map, speeds);
        Roads {
            map_version: map.version.clone(),
            connected: Connected::find(&graph),
            lines: map.segments.iter().map(|segment| segment.line.clone()).collect(),
            index: SegmentIndex::build(map, |segment| segment.class.is_drivable()),
            off_road: speeds.off_road_kmh,
            graph,
            spare: Spare::default(),
            bases: BTreeMap::new(),
        }
    }

    /// Version of the street map.
    #[must_use]
    pub fn map_version(&self) -> &str {
        &self.map_version
    }

    /// Where a crew going to the point leaves the road: the nearest road that can be reached, at
    /// most [`SNAP_M_MAX`] away.
    #[must_use]
    pub fn snap(&self, point: Point) -> Option<Snap> {
        self.snap_if(point, &|way| self.connected.can_arrive(way))
    }

    /// Where a crew at the point enters the roads: the nearest road with a way onward. It differs
    /// from [`Roads::snap`] on one-way streets that enter or leave the map at its edge.
    #[must_use]
    pub fn snap_start(&self, point: Point) -> Option<Snap> {
        self.snap_if(point, &|way| self.connected.can_leave(way))
    }

    /// The quickest way; `None` if there is none or a point lies outside the map. Its time equals
    /// that of [`TravelTimes::travel_ms`].
    #[must_use]
    pub fn route(&self, from: Point, to: Point) -> Option<Route> {
        if from == to {
            return Some(Route::standing(from));
        }
        let (start, end) = (self.snap_start(from)?, self.snap(to)?);
        let mut search = Search::towards(&self.graph, end.spot(), self.spare.take());
        search.settle(std::iter::once(start.spot()));
        let route = Route::found(self, &search, [(from, start), (to, end)]);
        self.spare.put(search.into_scratch());
        route
    }

    pub(crate) fn off_road_us(&self, distance_mm: u64) -> u64 {
        travel_us(distance_mm, self.off_road)
    }

    fn snap_if(&self, point: Point, is_wanted: &dyn Fn(u32) -> bool) -> Option<Snap> {
        let on = self.index.nearest(point, SNAP_M_MAX, is_wanted)?;
        Some(Snap {
            segment: on.segment,
            offset_mm: on.offset_mm,
            point: on.point,
            distance_mm: on.distance_mm,
        })
    }
}

/// The memory of the last search, for the next one. Who finds none, because another thread has it,
/// makes a new one; no answer depends on it.
#[derive(Debug, Default)]
struct Spare(Mutex<Option<Scratch>>);

impl Spare {
    fn take(&self) -> Scratch {
        let taken = self.0.lock().ok().and_then(|mut spare| spare.take());
        taken.unwrap_or_default()
    }

    fn put(&self, scratch: Scratch) {
        if let Ok(mut spare) = self.0.lock() {
            *spare = Some(scratch);
        }
    }
}

impl Clone for Spare {
    fn clone(&self) -> Self {
        Self::default()
    }
}

impl Snap {
    /// How far the point is from the road, in metres, rounded to the nearest.
    #[must_use]
    pub fn distance_m(&self) -> u32 {
        u32::try_from((self.distance_mm + 500) / 1000).unwrap_or(u32::MAX)
    }

    pub(crate) fn spot(&self) -> Spot {
        Spot { way: self.segment, offset_mm: self.offset_mm }
    }
}

impl TravelTimes for Roads {
    fn map_version(&self) -> &str {
        &self.map_version
    }

    /// One reverse search from `to` for all that are not kept ready, however many there are.
    fn travel_ms(&self, to: Point, from: &[Point]) -> Vec<Option<u32>> {
        let Some(end) = self.snap(to) else {
            return from.iter().map(|point| (*point == to).then_some(0)).collect();
        };
        let others = from.iter().filter(|point| !self.bases.contains_key(point));
        let starts: Vec<Option<Snap>> = others.map(|point| self.snap_start(*point)).collect();
        if starts.is_empty() {
            return from.iter().map(|point| self.time_from_base(*point, (to, end))).collect();
        }
        let mut search = Search::towards(&self.graph, end.spot(), self.spare.take());
        search.settle(starts.iter().flatten().map(Snap::spot));
        let mut starts = starts.into_iter();
        let time = |point: &Point| match self.bases.contains_key(point) {
            true => self.time_from_base(*point, (to, end)),
            false => self.time(&search, (*point, starts.next().flatten()?), (to, end)),
        };
        let times = from.iter().map(time).collect();
        self.spare.put(search.into_scratch());
        times
    }

    fn keep_ready(&mut self, from: &[Point]) {
        let wanted: BTreeSet<Point> = from.iter().copied().collect();
        let ready = |point: Point| {
            let start = self.snap_start(point)?;
            Some((point, (start, Base::search(&self.graph, start.spot()))))
        };
        self.bases = wanted.into_iter().filter_map(ready).take(BASES_MAX).collect();
    }
}

impl Roads {
    fn time(&self, search: &Search, from: (Point, Snap), to: (Point, Snap)) -> Option<u32> {
        if from.0 == to.0 {
            return Some(0);
        }
        self.with_walks(search.best_from(from.1.spot())?.us(), from.1, to.1)
    }

    fn time_from_base(&self, from: Point, to: (Point, Snap)) -> Option<u32> {
        if from == to.0 {
            return Some(0);
        }
        let (start, base) = self.bases.get(&from)?;
        self.with_walks(base.us_to(&self.graph, to.1.spot())?, *start, to.1)
    }

    /// Adds the stretches off the road, in milliseconds.
    fn with_walks(&self, driven_us: u64, from: Snap, to: Snap) -> Option<u32> {
        let walked_us = self.off_road_us(from.distance_mm) + self.off_road_us(to.distance_mm);
        u32::try_from(rounded_ms(driven_us + walked_us)).ok()
    }
}

pub(crate) fn rounded_ms(us: u64) -> u64 {
    (us + 500) / 1_000
}
