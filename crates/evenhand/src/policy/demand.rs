//! The table of `--demand`: how many calls of each area group come from each place.
//!
//! ```csv
//! area_group,district,calls
//! a,north,1200
//! b,south,300
//! ```
//!
//! The second heading is the attribute of class `place`. A fault is told with file, line and mend,
//! and nothing is weighed by half a table.

use std::path::Path;

use policy::even::{Budget, Demand, DemandFound, DemandGroup, demand};
use policy::response::{Attribute, Class, Domain, Response};

/// What place means for whom under a policy, by the table in a file.
pub fn found(path: &Path, response: &Response) -> Result<Vec<DemandFound>, String> {
    let table = read(path, response)?;
    demand(response, &table, &Budget::default())
        .map_err(|_| format!("`{}`: the policy is too large to be weighed", path.display()))
}

fn read(path: &Path, response: &Response) -> Result<Demand, String> {
    let file = path.display().to_string();
    let told = |error: csv::Error| format!("`{file}`: {error}");
    let mut reader =
        csv::ReaderBuilder::new().trim(csv::Trim::All).from_path(path).map_err(told)?;
    let headings = reader.headers().map_err(told)?.clone();
    let [_, place, _] = headings.iter().collect::<Vec<_>>()[..] else {
        return Err(format!(
            "{file}:1: expected are three columns, as in `area_group,district,calls`"
        ));
    };
    let attribute = attribute(response, place).map_err(|error| format!("{file}:1: {error}"))?;
    let mut groups: Vec<DemandGroup> = Vec::new();
    for row in reader.records() {
        let row = row.map_err(told)?;
        let line = row.position().map_or(0, csv::Position::line);
        let (group, weight) =
            weight(&row, &attribute.domain).map_err(|error| format!("{file}:{line}: {error}"))?;
        match groups.iter_mut().find(|known| known.name == group) {
            Some(known) => known.weights.push(weight),
            None => groups.push(DemandGroup { name: group, weights: vec![weight] }),
        }
    }
    Ok(Demand { attribute: attribute.name.clone(), groups })
}

fn attribute<'r>(response: &'r Response, name: &str) -> Result<&'r Attribute, String> {
    let places = || response.attributes.iter().filter(|one| one.class == Class::Place);
    places().find(|one| one.name == name).ok_or_else(|| {
        let known: Vec<String> = places().map(|one| format!("`{}`", one.name)).collect();
        let known = if known.is_empty() { "none is declared".to_owned() } else { known.join(", ") };
        format!("`{name}` is no attribute of class `place`; accepted: {known}")
    })
}

fn weight(row: &csv::StringRecord, domain: &Domain) -> Result<(String, (String, f64)), String> {
    let cell = |at: usize| row.get(at).unwrap_or_default();
    let (group, place, calls) = (cell(0), cell(1), cell(2));
    if group.is_empty() {
        return Err("the area group is empty; write its name".to_owned());
    }
    if domain.value(place).is_none() {
        return Err(format!("`{place}` is not a value of the attribute that the policy declares"));
    }
    match calls.parse::<f64>() {
        Ok(calls) if calls.is_finite() && calls >= 0.0 => {
            Ok((group.to_owned(), (place.to_owned(), calls)))
        }
        _ => Err(format!("`{calls}` is no number of calls; expected is `0` or more")),
    }
}
