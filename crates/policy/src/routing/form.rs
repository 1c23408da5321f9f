//! What the standard lets stand in a rule set: types of policies, conditions and actions, and the
//! members of each. From the schema of NENA's Policy Store (`i3-policy-store.yaml`).

/// What a member may be.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Kind {
    /// A text, not empty.
    Text,
    /// A text, which may be empty.
    MaybeEmpty,
    /// One of these, whatever the case.
    OneOf(&'static [&'static str]),
    /// A list of texts, not empty.
    Texts,
    /// A whole number, both ends within.
    Whole(i64, i64),
    /// `true` or `false`.
    Flag,
    /// Date and time with an offset (RFC 3339).
    DateTime,
    /// `08:00:00`.
    Time,
    /// `MO,TU,WE,TH,FR`.
    Weekdays,
    /// A location: an object with these members as texts.
    Object(&'static [&'static str]),
    /// Looked at elsewhere, or of no consequence.
    Anything,
}

/// A member of an object.
#[derive(Clone, Copy, Debug)]
pub(super) struct Field {
    pub name: &'static str,
    pub kind: Kind,
    pub required: bool,
}

/// An object of one type.
#[derive(Clone, Copy, Debug)]
pub(super) struct Form {
    /// Its type, or what it is called in messages.
    pub name: &'static str,
    pub fields: &'static [Field],
}

const fn must(name: &'static str, kind: Kind) -> Field {
    Field { name, kind, required: true }
}

const fn may(name: &'static str, kind: Kind) -> Field {
    Field { name, kind, required: false }
}

const EQUAL_OR_NOT: Kind = Kind::OneOf(&["EQ", "NE"]);
const COMPARED: Kind = Kind::OneOf(&["EQ", "SS", "NE"]);
const MEASURED: Kind =
    Kind::OneOf(&["exists", "missing", "EQ", "SS", "NE", "GT", "LT", "GE", "LE"]);
const PREFERENCE: Kind = Kind::Object(&["langList", "langTest"]);
const I32_MAX: i64 = i32::MAX as i64;

/// A policy; what else it has is of no consequence for whom it sends where.
pub(super) static POLICY: Form = Form {
    name: "policy",
    fields: &[
        must("policyType", Kind::OneOf(POLICY_TYPES)),
        must("policyOwner", Kind::Text),
        may("policyQueueName", Kind::Text),
        may("policyId", Kind::Text),
        may("policyExpirationTime", Kind::DateTime),
        may("policyLastModificationTime", Kind::DateTime),
        must("policyRules", Kind::Anything),
        may("description", Kind::Anything),
    ],
};

/// Types of policies; all but the last have a queue, the last has an id.
pub(super) const POLICY_TYPES: &[&str] =
    &["OriginationRoutePolicy", "NormalNextHopRoutePolicy", "OtherRoutePolicy"];

/// A rule.
pub(super) static RULE: Form = Form {
    name: "rule",
    fields: &[
        must("id", Kind::Text),
        must("priority", Kind::Whole(0, I32_MAX)),
        may("conditions", Kind::Anything),
        must("actions", Kind::Anything),
        may("description", Kind::Anything),
    ],
};

/// The five actions.
pub(super) static ACTIONS: [Form; 5] = [
    Form {
        name: "RouteAction",
        fields: &[
            must("recipientUri", Kind::Text),
            may("rnaTimer", Kind::Whole(0, I32_MAX)),
            may("cause", Kind::Text),
        ],
    },
    Form { name: "BusyAction", fields: &[] },
    Form {
        name: "InvokePolicyAction",
        fields: &[
            must("policyType", Kind::OneOf(POLICY_TYPES)),
            may("policyQueueName", Kind::Text),
            may("policyId", Kind::Text),
        ],
    },
    Form {
        name: "NotifyAction",
        fields: &[
            may("recipient", Kind::Text),
            must("eventCode", Kind::Text),
            must("urgency", Kind::Whole(-I32_MAX, I32_MAX)),
            may("comment", Kind::Text),
        ],
    },
    Form { name: "LogAction", fields: &[must("message", Kind::Text)] },
];

/// The eighteen conditions.
pub(super) static CONDITIONS: [Form; 18] = [
    Form {
        name: "TimePeriodCondition",
        fields: &[
            must("dateStart", Kind::DateTime),
            must("dateEnd", Kind::DateTime),
            may("timeStart", Kind::Time),
            may("timeEnd", Kind::Time),
            may("weekdayList", Kind::Weekdays),
        ],
    },
    Form {
        name: "SipHeaderCondition",
        fields: &[
            must("field", Kind::Text),
            must("operator", Kind::OneOf(&["EQ", "SS", "IS"])),
            must("content", Kind::Text),
        ],
    },
    Form {
        name: "AdditionalDataCondition",
        fields: &[
            must("type", Kind::Text),
            may("element", Kind::Text),
            must("operator", MEASURED),
            may("content", Kind::Text),
        ],
    },
    Form { name: "MimeBodyCondition", fields: &[must("mimeList", Kind::Texts)] },
    Form {
        name: "LocationCondition",
        fields: &[
            must("location", Kind::Object(&["lo", "profile", "label", "lang"])),
            may("extension", Kind::Anything),
        ],
    },
    Form {
        name: "CallSuspicionCondition",
        fields: &[must("scoreFrom", Kind::Whole(0, 100)), must("scoreTo", Kind::Whole(0, 100))],
    },
    Form {
        name: "SecurityPostureCondition",
        fields: &[
            must("service", Kind::Text),
            must("condition", EQUAL_OR_NOT),
            must("value", Kind::Text),
        ],
    },
    Form {
        name: "QueueStateCondition",
        fields: &[
            must("queue", Kind::Text),
            must("condition", EQUAL_OR_NOT),
            must("value", Kind::Text),
        ],
    },
    Form { name: "LostServiceUrnCondition", fields: &[must("urn", Kind::Text)] },
    Form {
        name: "ServiceStateCondition",
        fields: &[
            must("service", Kind::Text),
            must("condition", EQUAL_OR_NOT),
            must("value", Kind::Text),
        ],
    },
    Form {
        name: "CallSourceCondition",
        fields: &[must("operator", COMPARED), must("content", Kind::Text)],
    },
    Form {
        name: "BodyPartCondition",
        fields: &[
            must("contentType", Kind::Text),
            must("element", Kind::Text),
            must("operator", MEASURED),
            must("content", Kind::MaybeEmpty),
        ],
    },
    Form {
        name: "RequestUriCondition",
        fields: &[must("operator", COMPARED), must("content", Kind::Text)],
    },
    Form {
        name: "NormalNextHopCondition",
        fields: &[must("operator", COMPARED), must("content", Kind::Text)],
    },
    Form {
        name: "IncomingQueueCondition",
        fields: &[must("operator", COMPARED), must("content", Kind::Text)],
    },
    Form {
        name: "SdpOfferCondition",
        fields: &[
            may("video", Kind::Flag),
            may("audio", Kind::Flag),
            may("rtt", Kind::Flag),
            may("im", Kind::Flag),
            may("text", Kind::Flag),
            may("langVideo", Kind::Texts),
            may("langAudio", Kind::Texts),
            may("langRtt", Kind::Texts),
            may("langIm", Kind::Texts),
            may("langText", Kind::Texts),
            may("langVideoPref", PREFERENCE),
            may("langAudioPref", PREFERENCE),
            may("langRttPref", PREFERENCE),
            may("langImPref", PREFERENCE),
            may("langTextPref", PREFERENCE),
        ],
    },
    Form {
        name: "CapCondition",
        fields: &[
            must("tag", Kind::OneOf(CAP_TAGS)),
            may("operator", COMPARED),
            may("content", Kind::Text),
            may("nonInteractive", Kind::Flag),
        ],
    },
    Form {
        name: "CallingNumberVerificationStatusCondition",
        fields: &[must("operator", EQUAL_OR_NOT), must("content", Kind::Text)],
    },
];

const CAP_TAGS: &[&str] = &["Identifier", "Sender", "Address", "InfoEventCode", "InfoValueName"];

/// Members that every condition may have besides its own.
pub(super) static OF_CONDITIONS: [Field; 3] = [
    must("conditionType", Kind::Anything),
    may("negation", Kind::Flag),
    may("description", Kind::Anything),
];

/// Members that every action may have besides its own.
pub(super) static OF_ACTIONS: [Field; 2] =
    [must("actionType", Kind::Anything), may("description", Kind::Anything)];

/// The form of a name, whatever its case. (NENA's own test suite writes `routeAction`.)
pub(super) fn named<'a>(forms: &'a [Form], name: &str) -> Option<&'a Form> {
    forms.iter().find(|form| form.name.eq_ignore_ascii_case(name))
}
