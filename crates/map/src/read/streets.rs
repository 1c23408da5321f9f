//! Streets from GeoJSON centrelines.

use std::collections::BTreeMap;

use crate::description::{ClassRules, DirectionRules, GeojsonStreets};
use crate::error::MapError;
use crate::read::finish;
use crate::read::geojson::{Feature, features};
use crate::read::nodes::{End, Ends, Nodes};
use crate::read::places::Crossing;
use crate::street::{HouseNumbers, OneWay, RoadClass, Segment, StreetMap};

/// The streets of a file of centrelines; `crossings` say where the nodes are.
///
/// # Errors
/// A line, a direction or a house number that is not accepted, with its feature.
pub(super) fn read_streets(
    source: &GeojsonStreets,
    bytes: &[u8],
    crossings: &[Crossing],
) -> Result<StreetMap, MapError> {
    let features = features(&source.file, bytes)?;
    let mut segments = Vec::new();
    let mut lines = Vec::new();
    for feature in &features {
        let segment = segment(source, feature)?;
        lines.push(ends(source, feature, &segment));
        segments.push(segment);
    }
    let places = crossings.iter().map(|crossing| (crossing.node.clone(), crossing.point));
    let mut nodes = Nodes::new(places.collect::<BTreeMap<_, _>>());
    nodes.learn(&mut lines);
    for (segment, ends) in segments.iter_mut().zip(&lines) {
        segment.from_node = nodes.node_of(&ends.label, &ends.from);
        segment.to_node = nodes.node_of(&ends.label, &ends.to);
        if ends.exchanged && segment.one_way != OneWay::Both {
            // Nobody can tell whether the sign was meant along the line or along the node ids.
            // Both ways keeps the street reachable; the note asks for the true direction.
            segment.one_way = OneWay::Both;
            nodes.mended.push(format!("{}: direction in doubt, read as both ways", ends.label));
        }
    }
    let (nodes, mended) = nodes.finish();
    finish(&source.file, (segments, nodes), mended)
}

fn segment(source: &GeojsonStreets, feature: &Feature) -> Result<Segment, MapError> {
    let aliases = feature.text_of(source.alias.as_ref()).unwrap_or_default();
    let aliases = aliases.split(',').map(|alias| alias.trim().to_owned());
    Ok(Segment {
        name: feature.text(&source.name),
        aliases: aliases.filter(|alias| !alias.is_empty()).collect(),
        class: class(&source.class, feature),
        one_way: one_way(source.direction.as_ref(), feature)?,
        from_node: 0,
        to_node: 0,
        line: feature.line()?,
        left: house_numbers(feature, source.left_from.as_ref(), source.left_to.as_ref())?,
        right: house_numbers(feature, source.right_from.as_ref(), source.right_to.as_ref())?,
        zip_left: feature.text_of(source.zip_left.as_ref()),
        zip_right: feature.text_of(source.zip_right.as_ref()),
        source_line: feature.number,
    })
}

fn ends(source: &GeojsonStreets, feature: &Feature, segment: &Segment) -> Ends {
    let name = segment.name.as_deref().unwrap_or("unnamed");
    let end = |property: Option<&String>, point: Option<&crate::Point>| End {
        id: feature.text_of(property),
        // INVARIANT: a line that was read has two points.
        point: point.copied().unwrap_or_default(),
    };
    Ends {
        label: format!("feature {} (`{name}`)", feature.number),
        from: end(source.from_node.as_ref(), segment.line.first()),
        to: end(source.to_node.as_ref(), segment.line.last()),
        exchanged: false,
    }
}

fn class(rules: &ClassRules, feature: &Feature) -> RoadClass {
    let fits =
        |rule: &&crate::ClassRule| feature.text(&rule.property).as_ref() == Some(&rule.equals);
    rules.rules.iter().find(fits).map_or(rules.otherwise, |rule| rule.class)
}

fn one_way(rules: Option<&DirectionRules>, feature: &Feature) -> Result<OneWay, MapError> {
    let Some(rules) = rules else { return Ok(OneWay::Both) };
    let Some(given) = feature.text(&rules.property) else { return Ok(rules.missing) };
    rules.values.get(&given).copied().ok_or_else(|| {
        let accepted: Vec<_> = rules.values.keys().map(|value| format!("`{value}`")).collect();
        feature.error(format!("`{}` = `{given}`", rules.property), &accepted.join(", "))
    })
}

fn house_numbers(
    feature: &Feature,
    from: Option<&String>,
    to: Option<&String>,
) -> Result<Option<HouseNumbers>, MapError> {
    let range = house_number(feature, from)?.zip(house_number(feature, to)?);
    Ok(range.map(|(from, to)| HouseNumbers { from, to }))
}

/// A house number; 0 and below stand for none, as the files write it.
fn house_number(feature: &Feature, property: Option<&String>) -> Result<Option<u32>, MapError> {
    let Some(property) = property else { return Ok(None) };
    let Some(given) = feature.text(property) else { return Ok(None) };
    let number = given.parse::<i64>().ok().filter(|number| *number <= HOUSE_NUMBER_MAX);
    let number = number.ok_or_else(|| {
        let accepted = format!("a whole number up to {HOUSE_NUMBER_MAX}, 0 or less for none");
        feature.error(format!("`{property}` = `{given}`"), &accepted)
    })?;
    Ok(u32::try_from(number).ok().filter(|number| *number > 0))
}

/// Highest house number; the highest in use in the United States have six digits.
const HOUSE_NUMBER_MAX: i64 = 9_999_999;
