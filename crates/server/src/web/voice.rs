//! A position's voice: the browser offers, and says whether its microphone is open.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::voice::{PositionVoice, VoiceError};
use crate::web::App;
use crate::web::extract::{Body, Signed};
use crate::web::failure::{ErrorBody, Failure};

/// One end's description of a WebRTC connection.
#[derive(Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Description {
    /// An offer or an answer, in SDP (RFC 8866).
    sdp: String,
}

/// The microphone of a position.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Microphone {
    /// The call-taker has muted it. The browser mutes; this is shown to supervisors.
    muted: bool,
}

/// A position's voice.
#[derive(Serialize, ToSchema)]
pub(crate) struct VoiceShown {
    /// Its browser can be spoken with.
    connected: bool,
    /// Its microphone is muted.
    muted: bool,
    /// A caller's voice is joined to it.
    in_call: bool,
}

/// Connects this position's voice: the browser's offer, our answer. A second one replaces the
/// first, and goes on with the same caller.
#[utoipa::path(
    post, path = "/api/v1/voice/offer", request_body = Description,
    responses(
        (status = 200, body = Description),
        (status = 400, body = ErrorBody, description = "no audio that is spoken here"),
        (status = 401, body = ErrorBody),
        (status = 503, body = ErrorBody, description = "no voice, or too many positions"),
    )
)]
pub(crate) async fn offer(
    State(app): State<App>,
    signed: Signed,
    Body(offer): Body<Description>,
) -> Result<Json<Description>, Failure> {
    let sdp =
        app.voice.browser_offer(signed.session.person.as_str(), &offer.sdp).map_err(failure)?;
    Ok(Json(Description { sdp }))
}

/// Says whether this position's microphone is muted.
#[utoipa::path(
    post, path = "/api/v1/voice/microphone", request_body = Microphone,
    responses((status = 200, body = VoiceShown), (status = 401, body = ErrorBody))
)]
pub(crate) async fn microphone(
    State(app): State<App>,
    signed: Signed,
    Body(asked): Body<Microphone>,
) -> Json<VoiceShown> {
    let position = signed.session.person.as_str();
    match asked.muted {
        true => app.voice.mute(position),
        false => app.voice.unmute(position),
    }
    shown(&app, position)
}

/// How this position's voice is.
#[utoipa::path(
    get, path = "/api/v1/voice",
    responses((status = 200, body = VoiceShown), (status = 401, body = ErrorBody))
)]
pub(crate) async fn voice(State(app): State<App>, signed: Signed) -> Json<VoiceShown> {
    shown(&app, signed.session.person.as_str())
}

fn shown(app: &App, position: &str) -> Json<VoiceShown> {
    let positions: Vec<PositionVoice> = app.voice.positions();
    let at = positions.iter().find(|at| at.position == position);
    Json(VoiceShown {
        connected: at.is_some_and(|at| at.connected),
        muted: at.is_some_and(|at| at.muted),
        in_call: at.is_some_and(|at| at.leg.is_some()),
    })
}

fn failure(error: VoiceError) -> Failure {
    let text = error.to_string();
    match error {
        VoiceError::OfferNotAccepted(_) => Failure::bad("offer_not_accepted", text),
        VoiceError::TooManyPositions(_) => {
            Failure::new(StatusCode::SERVICE_UNAVAILABLE, "too_many_positions", text)
        }
        VoiceError::Listen { .. }
        | VoiceError::System(_)
        | VoiceError::NoRandomBytes
        | VoiceError::NoPorts { .. }
        | VoiceError::TooManyLegs(_)
        | VoiceError::NoSuchLeg(_) => {
            Failure::new(StatusCode::SERVICE_UNAVAILABLE, "no_voice", text)
        }
    }
}
