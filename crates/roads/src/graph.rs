//! The directed graph: ways (drivable segments) and, for each node, the ways that lead into it.

use std::num::NonZeroU16;

use map::{OneWay, Segment, StreetMap};

use crate::speed::{SpeedTable, travel_us};

/// Along the line of a way or against it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Heading {
    Along,
    Against,
}

/// A segment that can be driven.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Way {
    pub(crate) from_node: u32,
    pub(crate) to_node: u32,
    pub(crate) length_mm: u64,
    speed: NonZeroU16,
    one_way: OneWay,
}

impl Way {
    fn new(segment: &Segment, speeds: &SpeedTable) -> Option<Self> {
        Some(Self {
            from_node: segment.from_node,
            to_node: segment.to_node,
            length_mm: segment.length_mm(),
            speed: speeds.on(segment.class)?,
            one_way: segment.one_way,
        })
    }

    pub(crate) fn may_drive(&self, heading: Heading) -> bool {
        match (self.one_way, heading) {
            (OneWay::Both, _) => true,
            (OneWay::Forward, heading) => heading == Heading::Along,
            (OneWay::Backward, heading) => heading == Heading::Against,
        }
    }

    /// Time from the line's start to an offset. The time between two offsets is the difference, so
    /// that parts of a way always add up to the whole.
    pub(crate) fn at_us(&self, offset_mm: u64) -> u64 {
        travel_us(offset_mm.min(self.length_mm), self.speed)
    }

    pub(crate) fn between_us(&self, one_mm: u64, other_mm: u64) -> u64 {
        self.at_us(one_mm).abs_diff(self.at_us(other_mm))
    }

    /// Offset where driving with this heading begins.
    pub(crate) fn start_mm(&self, heading: Heading) -> u64 {
        match heading {
            Heading::Along => 0,
            Heading::Against => self.length_mm,
        }
    }

    /// Offset where it ends.
    pub(crate) fn end_mm(&self, heading: Heading) -> u64 {
        self.length_mm - self.start_mm(heading)
    }

    /// Node where driving with this heading begins, and where it ends.
    pub(crate) fn ends(&self, heading: Heading) -> (u32, u32) {
        match heading {
            Heading::Along => (self.from_node, self.to_node),
            Heading::Against => (self.to_node, self.from_node),
        }
    }
}

/// One way driven with one heading, as seen from the node at one of its ends.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Arc {
    /// The node at the other end.
    pub(crate) node: u32,
    pub(crate) way: u32,
    pub(crate) heading: Heading,
    /// How long driving the whole of it takes.
    pub(crate) us: u64,
}

/// For each node, its arcs: those that lead in, or those that lead out.
#[derive(Clone, Debug)]
pub(crate) struct Arcs {
    /// Where the arcs of each node start in `arcs`; one more than there are nodes.
    starts: Vec<u32>,
    arcs: Vec<Arc>,
}

impl Arcs {
    fn new(nodes: usize, mut all: Vec<(u32, Arc)>) -> Self {
        // Stable: arcs of a node stay in the order of the map's segments, which breaks ties.
        all.sort_by_key(|(node, _)| *node);
        let starts = (0..=nodes).map(|node| all.partition_point(|(at, _)| (*at as usize) < node));
        let starts = starts.map(|start| u32::try_from(start).unwrap_or(u32::MAX)).collect();
        Self { starts, arcs: all.into_iter().map(|(_, arc)| arc).collect() }
    }

    pub(crate) fn of(&self, node: u32) -> &[Arc] {
        let start = self.starts.get(node as usize).copied().unwrap_or(0) as usize;
        let end = self.starts.get(node as usize + 1).copied().unwrap_or(0) as usize;
        self.arcs.get(start..end).unwrap_or(&[])
    }
}

/// The graph. Ways have the index of their segment; a segment that cannot be driven has none.
#[derive(Clone, Debug)]
pub(crate) struct Graph {
    pub(crate) node_count: usize,
    pub(crate) ways: Vec<Option<Way>>,
    pub(crate) incoming: Arcs,
    pub(crate) outgoing: Arcs,
}

impl Graph {
    pub(crate) fn new(map: &StreetMap, speeds: &SpeedTable) -> Self {
        let ways: Vec<_> = map.segments.iter().map(|segment| Way::new(segment, speeds)).collect();
        let (mut incoming, mut outgoing) = (Vec::new(), Vec::new());
        for (index, way) in (0..).zip(&ways) {
            for heading in [Heading::Along, Heading::Against] {
                let Some(way) = way.filter(|way| way.may_drive(heading)) else { continue };
                let (start, end) = way.ends(heading);
                let us = way.at_us(way.length_mm);
                incoming.push((end, Arc { node: start, way: index, heading, us }));
                outgoing.push((start, Arc { node: end, way: index, heading, us }));
            }
        }
        let node_count = map.nodes.len();
        Self {
            node_count,
            ways,
            incoming: Arcs::new(node_count, incoming),
            outgoing: Arcs::new(node_count, outgoing),
        }
    }

    pub(crate) fn way(&self, segment: u32) -> Option<&Way> {
        self.ways.get(segment as usize)?.as_ref()
    }
}
