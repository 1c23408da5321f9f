//! What upstream elements are told of us: the state of the service, of this element and of each
//! queue, as JSON bodies of SIP notifications (NENA-STA-010.3f 2.4 and 4.2.1; NENA's registries).

use serde::{Deserialize, Serialize};
use serde_json::json;

/// What a subscription is about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Package {
    /// The answering point as a whole.
    ServiceState,
    /// This element.
    ElementState,
    /// One queue, by its URI.
    QueueState {
        /// Which.
        queue: String,
    },
    /// Callers who left before the answer.
    AbandonedCall,
}

impl Package {
    /// The package that a SUBSCRIBE names in its Event header, sent to `target`. Older names
    /// without `emergency-` and with `nena-` are on the wire too.
    pub fn named(event: &str, target: &str) -> Option<Self> {
        let name = event.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        let name = name.strip_prefix("emergency-").or(name.strip_prefix("nena-")).unwrap_or(&name);
        Some(match name {
            "servicestate" => Self::ServiceState,
            "elementstate" => Self::ElementState,
            "queuestate" => Self::QueueState { queue: target.to_owned() },
            "abandonedcall" => Self::AbandonedCall,
            _ => return None,
        })
    }

    /// The type of its bodies.
    pub fn content_type(&self) -> &'static str {
        match self {
            Self::ServiceState => "application/EmergencyCallData.ServiceState+json",
            Self::ElementState => "application/EmergencyCallData.ElementState+json",
            Self::QueueState { .. } => "application/EmergencyCallData.QueueState+json",
            Self::AbandonedCall => "application/EmergencyCallData.AbandonedCall+json",
        }
    }
}

/// States of a service.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub enum ServiceState {
    /// It answers.
    #[default]
    Normal,
    /// Nobody is there to answer.
    Unstaffed,
    /// More calls wait than it can answer soon.
    Overloaded,
    /// It cannot record, and so takes no action.
    Down,
}

/// States of an element.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub enum ElementState {
    /// It works.
    #[default]
    Normal,
    /// It cannot record.
    ServiceDisruption,
    /// It ends.
    GoingDown,
}

/// States of a queue. `Unreachable` is what others find out, never what a queue says of itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum QueueState {
    /// Calls are taken.
    Active,
    /// Nobody takes calls from it now.
    Inactive,
    /// Nobody ever does, by policy.
    Disabled,
    /// As many wait as policy foresees. A further call still queues.
    Full,
}

/// One queue, as upstream sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueueView {
    /// Its URI.
    pub uri: String,
    /// Calls that wait.
    pub length: u64,
    /// As many as policy foresees.
    pub length_max: u64,
    /// Whether they are taken.
    pub state: QueueState,
}

/// All of it at one moment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct States {
    /// The service.
    pub service: ServiceState,
    /// Why, in plain words; empty when all is well.
    pub reason: String,
    /// This element.
    pub element: ElementState,
    /// The queues.
    pub queues: Vec<QueueView>,
}

impl States {
    /// The body for a subscriber. `None`: there is nothing to say of it, as of a queue that we do
    /// not have, or of abandoned calls before there was one.
    pub fn body(&self, package: &Package, element: &str, agency: &str) -> Option<String> {
        let body = match package {
            Package::ServiceState => json!({
                "service": { "name": "PSAP", "domain": agency, "serviceId": agency },
                "serviceState": { "state": self.service, "reason": self.reason },
                // We keep no security posture of our own; Green is the registry's word for that.
                "securityPosture": { "posture": "Green" },
            }),
            // NENA's text and its appendix E call the first member by two names: both are sent.
            Package::ElementState => json!({
                "elementId": element,
                "elementDomain": element,
                "state": self.element,
                "reason": self.reason,
            }),
            Package::QueueState { queue } => {
                let queue = self.queue(queue)?;
                json!({
                    "queueUri": queue.uri,
                    "queueLength": queue.length,
                    "queueMaxLength": queue.length_max,
                    "state": queue.state,
                })
            }
            Package::AbandonedCall => return None,
        };
        Some(body.to_string())
    }

    /// The queue of a URI. A subscriber who names none of ours means the first, which is the
    /// default queue: to be told of that one is better than to be told nothing.
    fn queue(&self, uri: &str) -> Option<&QueueView> {
        let user = |uri: &str| {
            let rest = uri.split_once(':').map_or(uri, |(_, rest)| rest);
            rest.split_once('@').map(|(user, _)| user.to_ascii_lowercase())
        };
        let asked = user(uri);
        let same =
            |queue: &&QueueView| queue.uri == uri || (asked.is_some() && user(&queue.uri) == asked);
        self.queues.iter().find(same).or_else(|| self.queues.first())
    }
}

/// A caller who left before the answer, as it is told to subscribers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AbandonedCall {
    /// The INVITE, as text.
    pub invite: String,
    /// When it came, RFC 3339.
    pub invite_timestamp: String,
    /// When it was given up, RFC 3339.
    pub cancel_timestamp: String,
}
