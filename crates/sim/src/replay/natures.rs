//! Natures: what the agency called it, and which of our incident types that is.

use super::plan::PlanError;
use policy::Policy;
use serde::Deserialize;

/// The mapping of one agency's natures.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Natures {
    unmapped: Unmapped,
    #[serde(default)]
    ignore: Vec<Ignore>,
    #[serde(default)]
    map: Vec<Map>,
}

#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Unmapped {
    incident_type: String,
}

#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Ignore {
    reason: String,
    patterns: Vec<String>,
}

#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Map {
    incident_type: String,
    patterns: Vec<String>,
}

/// What a nature is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Meaning<'a> {
    /// No emergency, for this reason.
    Ignored(&'a str),
    /// One of our types.
    Known(&'a str),
    /// No pattern fits; the type that stands in.
    Unmapped(&'a str),
}

impl Natures {
    /// Reads a mapping and checks that policy knows every type of it.
    ///
    /// # Errors
    /// Text that is no mapping, with line; a type that policy does not know; a pattern with `*`
    /// elsewhere than at its end.
    pub fn parse(file: &str, text: &str, policy: &Policy) -> Result<Self, PlanError> {
        let natures: Self =
            toml::from_str(text).map_err(|error| PlanError::new(file, error.to_string()))?;
        let types = natures.map.iter().map(|map| &map.incident_type);
        for code in types.chain([&natures.unmapped.incident_type]) {
            if policy.incident_type(code).is_none() {
                let fault = format!("the policy knows no incident type `{code}`; name one it has");
                return Err(PlanError::new(file, fault));
            }
        }
        let ignored = natures.ignore.iter().flat_map(|ignore| &ignore.patterns);
        for pattern in ignored.chain(natures.map.iter().flat_map(|map| &map.patterns)) {
            let start = pattern.strip_suffix('*').unwrap_or(pattern);
            if start.contains('*') {
                let fault = format!(
                    "pattern `{pattern}`; a whole nature is accepted, or its beginning and `*`"
                );
                return Err(PlanError::new(file, fault));
            }
        }
        Ok(natures)
    }

    /// What a nature is: what is ignored first, then the types from the top.
    pub fn meaning(&self, nature: &str) -> Meaning<'_> {
        let nature = nature.trim();
        let fits = |patterns: &[String]| patterns.iter().any(|pattern| is_like(nature, pattern));
        if let Some(ignore) = self.ignore.iter().find(|ignore| fits(&ignore.patterns)) {
            return Meaning::Ignored(&ignore.reason);
        }
        match self.map.iter().find(|map| fits(&map.patterns)) {
            Some(map) => Meaning::Known(&map.incident_type),
            None => Meaning::Unmapped(&self.unmapped.incident_type),
        }
    }

    /// The type of what no pattern fits.
    pub fn unmapped_type(&self) -> &str {
        &self.unmapped.incident_type
    }
}

fn is_like(nature: &str, pattern: &str) -> bool {
    match pattern.strip_suffix('*') {
        Some(start) => nature.starts_with(start),
        None => nature == pattern,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_is_a_whole_nature_or_its_beginning() {
        assert!(is_like("26A1 SICK", "26A*"));
        assert!(is_like("FALL", "FALL"));
        assert!(!is_like("FALLS", "FALL"));
        assert!(!is_like("126A1", "26A*"));
    }
}
