//! How a file of calls is read and what is assumed where it is silent: `[replay]`.

use super::projection::Projection;
use crate::crews::CrewPlan;
use crate::staff::StaffPlan;
use serde::{Deserialize, Serialize};

/// What goes wrong before a replay starts. Says the file, what was given and what is accepted.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{file}: {fault}")]
pub struct PlanError {
    /// Which file.
    pub file: String,
    /// What is wrong with it, and its mend.
    pub fault: String,
}

impl PlanError {
    pub(super) fn new(file: &str, fault: impl Into<String>) -> Self {
        Self { file: file.to_owned(), fault: fault.into() }
    }
}

/// The configuration of a replay.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReplayPlan {
    /// The centre's own file, from the folder of this one.
    pub center: String,
    /// Which natures of the file are which incident types, from the folder of this one.
    pub natures: String,
    /// Forms of times as of strptime, local to the centre; the first that fits counts.
    pub time_formats: Vec<String>,
    /// How latitude and longitude are written.
    pub projection: Projection,
    /// Longer than this, in hours, is a wrong date and no interval.
    pub interval_h_max: u32,
    /// Stands in for a time on scene that is not recorded; without it, the median of those that
    /// are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_scene_s: Option<u32>,
    /// What the fleet rests on, for the report.
    pub fleet_note: String,
    /// Where to look for what.
    pub columns: Columns,
    /// Who works at the positions, and how long they take.
    pub staff: StaffPlan,
    /// How crews behave, but for what the file says of their time on scene.
    pub crews: CrewPlan,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PlanFile {
    replay: ReplayPlan,
}

impl ReplayPlan {
    /// Reads a plan.
    ///
    /// # Errors
    /// Text that is no plan, with line; no form of times.
    pub fn parse(file: &str, text: &str) -> Result<Self, PlanError> {
        let PlanFile { replay } =
            toml::from_str(text).map_err(|error| PlanError::new(file, error.to_string()))?;
        if replay.time_formats.is_empty() {
            let fault = "`time_formats` is empty; give one, for example `%Y-%m-%dT%H:%M:%S`";
            return Err(PlanError::new(file, fault));
        }
        Ok(replay)
    }
}

/// Names of columns; several are joined by a blank (a date and a time).
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(untagged)]
pub enum ColumnNames {
    /// One.
    One(String),
    /// Several.
    Several(Vec<String>),
}

impl ColumnNames {
    /// All names.
    pub fn names(&self) -> &[String] {
        match self {
            Self::One(name) => std::slice::from_ref(name),
            Self::Several(names) => names,
        }
    }
}

/// Where to look for what. A moment without a column is not recorded by the file's agency.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "moments are named by the glossary")]
pub struct Columns {
    /// What it is, in the agency's words.
    pub nature: String,
    /// Street, place or crossing, in the agency's words.
    pub address: Option<String>,
    /// Latitude, or northing of a grid.
    pub lat: Option<String>,
    /// Longitude, or easting of a grid.
    pub lon: Option<String>,
    pub rung: ColumnNames,
    pub answered: Option<ColumnNames>,
    pub created: Option<ColumnNames>,
    pub classified: Option<ColumnNames>,
    pub dispatched: Option<ColumnNames>,
    pub en_route: Option<ColumnNames>,
    pub on_scene: Option<ColumnNames>,
    pub clear: Option<ColumnNames>,
}

/// A moment of a call and its incident.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[expect(missing_docs, reason = "named by the glossary")]
pub enum Moment {
    Rung,
    Answered,
    Created,
    Classified,
    Dispatched,
    EnRoute,
    OnScene,
    Clear,
}

impl Moment {
    /// All, in their order.
    pub const ALL: [Moment; 8] = [
        Moment::Rung,
        Moment::Answered,
        Moment::Created,
        Moment::Classified,
        Moment::Dispatched,
        Moment::EnRoute,
        Moment::OnScene,
        Moment::Clear,
    ];
}

impl Columns {
    /// The columns of a moment, if the file has it.
    pub fn of(&self, moment: Moment) -> Option<&ColumnNames> {
        match moment {
            Moment::Rung => Some(&self.rung),
            Moment::Answered => self.answered.as_ref(),
            Moment::Created => self.created.as_ref(),
            Moment::Classified => self.classified.as_ref(),
            Moment::Dispatched => self.dispatched.as_ref(),
            Moment::EnRoute => self.en_route.as_ref(),
            Moment::OnScene => self.on_scene.as_ref(),
            Moment::Clear => self.clear.as_ref(),
        }
    }
}
