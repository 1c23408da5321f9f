//! What call handling wants of voice, done; and what voice notices, told to the positions.

use std::net::SocketAddr;

use intake::handling::{Held, Voice};
use intake::sip::sdp::{self, AudioPlan};
use serde_json::{Value, json};

use crate::voice::{Direction, Law, MediaState, Talk, VoiceError, VoicePlane};

/// Does it. An address comes back where one was asked for.
pub(super) fn obey(plane: &VoicePlane, voice: Voice) -> Option<(u64, Result<SocketAddr, String>)> {
    let leg = leg_of(&voice);
    let done = match voice {
        Voice::Open { leg } => {
            return Some((leg, plane.open_leg(leg).map_err(|error| error.to_string())));
        }
        Voice::Start { leg, plan } => start(plane, leg, &plan),
        Voice::Bridge { leg, person } => plane.bridge(leg, person.as_str()),
        Voice::Loopback { leg } => plane.loopback(leg),
        Voice::Hold { leg, held } => plane.set_direction(
            leg,
            match held {
                Held::Holding => Direction::SendOnly,
                Held::Speaking => Direction::Both,
            },
        ),
        Voice::Close { leg } => {
            plane.close_leg(leg);
            Ok(())
        }
    };
    if let Err(why) = done {
        tracing::warn!(leg, %why, "voice");
    }
    None
}

fn leg_of(voice: &Voice) -> u64 {
    match voice {
        Voice::Open { leg }
        | Voice::Start { leg, .. }
        | Voice::Bridge { leg, .. }
        | Voice::Loopback { leg }
        | Voice::Hold { leg, .. }
        | Voice::Close { leg } => *leg,
    }
}

/// A host that is named and not numbered is not looked up: voice then has no way to it, which is
/// shown as any other silence.
fn start(plane: &VoicePlane, leg: u64, plan: &AudioPlan) -> Result<(), VoiceError> {
    let Ok(host) = plan.remote.host.parse() else {
        tracing::warn!(leg, "the caller's voice has no numbered address");
        return Ok(());
    };
    let talk = Talk {
        remote: SocketAddr::new(host, plan.remote.port),
        law: match plan.codec {
            sdp::Codec::Pcmu => Law::Mu,
            sdp::Codec::Pcma => Law::A,
        },
        payload_type: plan.payload_type,
        sent_payload_type: match plan.loopback {
            Some(sdp::Loopback::Packet { payload_type }) => payload_type,
            Some(sdp::Loopback::Media) | None => plan.payload_type,
        },
        keys_payload_type: plan.telephone_event,
    };
    plane.start_leg(leg, talk)?;
    plane.set_direction(
        leg,
        match plan.direction {
            sdp::Direction::SendRecv => Direction::Both,
            sdp::Direction::SendOnly => Direction::SendOnly,
            sdp::Direction::RecvOnly => Direction::ReceiveOnly,
            sdp::Direction::Inactive => Direction::Neither,
        },
    )
}

/// How voice is, for the console: `flowing`, `nothing_from_caller` and so on, and the share lost.
pub(super) fn state(state: MediaState) -> Value {
    let (word, lost_percent) = match state {
        MediaState::Flowing => ("flowing", 0),
        MediaState::NothingFromCaller => ("nothing_from_caller", 0),
        MediaState::NothingToCaller => ("nothing_to_caller", 0),
        MediaState::Nothing => ("nothing", 0),
        MediaState::Lossy { percent } => ("lossy", percent),
    };
    json!({ "state": word, "lost_percent": lost_percent })
}
