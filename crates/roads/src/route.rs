//! A way from point to point, with the time at each of its points.

use map::{Point, point_at};

use crate::roads::{Roads, Snap, rounded_ms};
use crate::search::{Next, Search, Start};

/// A way from one point to another: what a crew drives, and what the map draws.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Route {
    /// How long it takes.
    pub total_ms: u64,
    /// How long it is, with the stretches off the road, in metres.
    pub length_m: u32,
    /// Its points from the start to the end; `at_ms` never decreases, from 0 to `total_ms`.
    pub steps: Vec<RouteStep>,
}

/// A point on a way.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct RouteStep {
    /// Where.
    pub point: Point,
    /// How long after the start.
    pub at_ms: u64,
}

impl Route {
    pub(crate) fn standing(at: Point) -> Self {
        Route { total_ms: 0, length_m: 0, steps: vec![RouteStep { point: at, at_ms: 0 }] }
    }

    /// The way that a settled search found between two points and where they meet the roads.
    pub(crate) fn found(
        roads: &Roads,
        search: &Search,
        [(from, start), (to, end)]: [(Point, Snap); 2],
    ) -> Option<Self> {
        let first = search.best_from(start.spot())?;
        let mut drive = Drive { roads, us: 0, mm: start.distance_mm, steps: Vec::new() };
        drive.arrive_at(from);
        drive.us += roads.off_road_us(start.distance_mm);
        drive.arrive_at(start.point);
        match first {
            Start::Direct(_, _) => drive.along(start.segment, start.offset_mm, end.offset_mm),
            Start::ToNode(heading, _) => {
                let way = roads.graph.way(start.segment)?;
                drive.along(start.segment, start.offset_mm, way.end_mm(heading));
                drive.follow(search, way.ends(heading).1)?;
            }
        }
        drive.us += roads.off_road_us(end.distance_mm);
        drive.mm += end.distance_mm;
        drive.arrive_at(to);
        Some(Route {
            total_ms: rounded_ms(drive.us),
            length_m: u32::try_from((drive.mm + 500) / 1000).unwrap_or(u32::MAX),
            steps: drive.steps,
        })
    }
}

/// A crew under way: time, distance and points so far.
struct Drive<'r> {
    roads: &'r Roads,
    us: u64,
    mm: u64,
    steps: Vec<RouteStep>,
}

impl Drive<'_> {
    fn arrive_at(&mut self, point: Point) {
        let step = RouteStep { point, at_ms: rounded_ms(self.us) };
        if self.steps.last() != Some(&step) {
            self.steps.push(step);
        }
    }

    /// Drives what the search says, from a node to the incident.
    fn follow(&mut self, search: &Search, mut node: u32) -> Option<()> {
        loop {
            match search.next(node) {
                Next::Drive(segment, heading) => {
                    let way = self.roads.graph.way(segment)?;
                    let start_mm = way.start_mm(heading);
                    self.along(segment, start_mm, way.end_mm(heading));
                    node = way.ends(heading).1;
                }
                Next::Arrive(heading) => {
                    let way = self.roads.graph.way(search.to.way)?;
                    let start_mm = way.start_mm(heading);
                    self.along(search.to.way, start_mm, search.to.offset_mm);
                    return Some(());
                }
                Next::Unknown => return None,
            }
        }
    }

    /// Drives along a segment's line from one offset to another, in either direction.
    fn along(&mut self, segment: u32, from_mm: u64, to_mm: u64) {
        let roads = self.roads;
        let Some(way) = roads.graph.way(segment) else { return };
        let Some(line) = roads.lines.get(segment as usize) else { return };
        let (low, high) = (from_mm.min(to_mm), from_mm.max(to_mm));
        let mut stops = vec![from_mm];
        let mut offset = 0;
        let mut between = Vec::new();
        for (a, b) in line.iter().zip(line.iter().skip(1)) {
            if low < offset && offset < high {
                between.push(offset);
            }
            offset += a.distance_mm(*b);
        }
        if from_mm > to_mm {
            between.reverse();
        }
        stops.extend(between);
        stops.push(to_mm);
        let start_us = self.us;
        for stop in stops {
            self.us = start_us + way.between_us(from_mm, stop);
            if let Some(point) = point_at(line, stop) {
                self.arrive_at(point);
            }
        }
        self.mm += high - low;
    }
}
