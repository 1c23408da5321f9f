//! Which node each end of a line is.
//!
//! The map's own ids decide, not distances: lines that belong to one crossing may end some metres
//! apart. But an id is typed by people, and a wrong one joins two places kilometres apart, which
//! would let a crew drive from one to the other in no time. So an id is believed only near the
//! place that the crossings layer gives it:
//! - both ends are at each other's node: the ids are exchanged;
//! - one end is more than 50 m from its node, and another line with a believable id ends at the
//!   very same point: it is that node;
//! - it is more than 300 m off, or has no id: it is a node of its own, shared with the other ends
//!   at the very same point.
//!
//! Every mend is said, so that the agency can correct its data.

use std::collections::BTreeMap;

use crate::point::Point;
use crate::street::Node;

/// Up to here an id is believed without question, in metres.
const NEAR_M: u32 = 50;
/// Beyond this an id is not believed even if nothing better is known, in metres.
const FAR_M: u32 = 300;

/// One end of a line: the id that the file gives, and where the line ends.
#[derive(Clone, Debug)]
pub(super) struct End {
    pub(super) id: Option<String>,
    pub(super) point: Point,
}

/// The two ends of one line, and how people know the line.
#[derive(Clone, Debug)]
pub(super) struct Ends {
    pub(super) label: String,
    pub(super) from: End,
    pub(super) to: End,
    /// The ids stood at the wrong ends: a direction counted from them cannot be trusted.
    pub(super) exchanged: bool,
}

/// Gives every end its node.
pub(super) struct Nodes {
    nodes: Vec<Node>,
    index: BTreeMap<String, u32>,
    /// Where the crossings layer places an id.
    places: BTreeMap<String, Point>,
    /// Believable ids of the lines that end at a point, lowest first.
    ids_at: BTreeMap<Point, Vec<String>>,
    pub(super) mended: Vec<String>,
}

impl Nodes {
    pub(super) fn new(places: BTreeMap<String, Point>) -> Self {
        let (nodes, index) = (Vec::new(), BTreeMap::new());
        Self { nodes, index, places, ids_at: BTreeMap::new(), mended: Vec::new() }
    }

    /// Looks at all ends: exchanges ids that stand at the wrong end, and notes who ends where.
    pub(super) fn learn(&mut self, lines: &mut [Ends]) {
        for ends in lines.iter_mut() {
            if self.are_exchanged(ends) {
                std::mem::swap(&mut ends.from.id, &mut ends.to.id);
                ends.exchanged = true;
                self.mended.push(format!("{}: its node ids are exchanged", ends.label));
            }
        }
        for end in lines.iter().flat_map(|ends| [&ends.from, &ends.to]) {
            if let Some(id) = end.id.as_ref().filter(|id| self.is_near(id, end.point)) {
                let ids = self.ids_at.entry(end.point).or_default();
                ids.push(id.clone());
                ids.sort();
            }
        }
    }

    /// The node of an end, made if it is new.
    pub(super) fn node_of(&mut self, label: &str, end: &End) -> u32 {
        let id = self.believed(label, end);
        if let Some(known) = self.index.get(&id) {
            return *known;
        }
        let number = u32::try_from(self.nodes.len()).unwrap_or(u32::MAX);
        let point = self.places.get(&id).copied().unwrap_or(end.point);
        self.nodes.push(Node { id: id.clone(), point });
        self.index.insert(id, number);
        number
    }

    pub(super) fn finish(self) -> (Vec<Node>, Vec<String>) {
        (self.nodes, self.mended)
    }

    fn believed(&mut self, label: &str, end: &End) -> String {
        let given = end.id.as_ref();
        if let Some(id) = given.filter(|id| self.is_near(id, end.point) || !self.is_placed(id)) {
            return id.clone();
        }
        let shared = self.ids_at.get(&end.point).and_then(|ids| ids.first()).cloned();
        let kept = given.filter(|id| self.gap_m(id, end.point).is_some_and(|gap| gap <= FAR_M));
        let own = || format!("{},{}", end.point.lat_e7, end.point.lon_e7);
        let believed = shared.or_else(|| kept.cloned()).unwrap_or_else(own);
        if given != Some(&believed) {
            // A file without ids at all is no mistake, and joining by point is what it wants.
            if let Some(given) = given {
                let gap = self.gap_m(given, end.point).unwrap_or(0);
                let note = format!("{label}: node `{given}` is {gap} m away; read as `{believed}`");
                self.mended.push(note);
            }
        }
        believed
    }

    fn are_exchanged(&self, ends: &Ends) -> bool {
        let (Some(from), Some(to)) = (&ends.from.id, &ends.to.id) else { return false };
        let gap = |id: &String, end: &End| self.gap_m(id, end.point);
        let (Some(straight_from), Some(straight_to)) = (gap(from, &ends.from), gap(to, &ends.to))
        else {
            return false;
        };
        let (Some(cross_from), Some(cross_to)) = (gap(to, &ends.from), gap(from, &ends.to)) else {
            return false;
        };
        // Ten metres: a short line with both nodes close by is left as it is.
        cross_from.max(cross_to) <= NEAR_M
            && straight_from + straight_to > cross_from + cross_to + 10
    }

    fn is_placed(&self, id: &str) -> bool {
        self.places.contains_key(id)
    }

    fn is_near(&self, id: &str, point: Point) -> bool {
        self.gap_m(id, point).is_some_and(|gap| gap <= NEAR_M)
    }

    fn gap_m(&self, id: &str, point: Point) -> Option<u32> {
        Some(self.places.get(id)?.distance_m(point))
    }
}
