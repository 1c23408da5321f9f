//! One WebSocket per position: first a snapshot or what was missed, then every change in order, and
//! a heartbeat every two seconds, by which a console knows that silence means trouble.

use std::time::Duration;

use axum::extract::State;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::extract::ws::{CloseFrame, Message, Utf8Bytes, WebSocket, WebSocketUpgrade};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use serde_json::Map;
use tokio::sync::watch;
use tokio::time::{Instant, Interval, MissedTickBehavior, interval, timeout};

use crate::door::NoAnswer;
use crate::hub::{Subscription, message};
use crate::limits::{
    HEARTBEAT_MS, HELLO_MS_MAX, SOCKET_MESSAGE_BYTES_MAX, SOCKET_SILENT_MS_MAX, SOCKETS_MAX,
};
use crate::web::App;
use crate::web::failure::Failure;

/// RFC 6455, 7.4.1 and 7.4.2: 4000 and up are ours.
const GOING_AWAY: u16 = 1001;
const TRY_AGAIN: u16 = 1013;
const NOT_UNDERSTOOD: u16 = 4400;
const NOT_SIGNED_IN: u16 = 4401;
const SILENT: u16 = 4408;

/// Longest time that one message may take to leave; then the position is gone.
const SEND_MS_MAX: u64 = 10_000;

/// The first word of a position.
#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Word {
    Hello { token: String, last_seq: Option<u64> },
}

/// Why a socket ends.
enum End {
    /// The other side is gone; there is nobody to tell.
    Gone,
    /// We end it, and say why.
    Because(u16, &'static str),
}

/// The boards, live.
#[utoipa::path(
    get, path = "/api/v1/ws", security(()),
    responses(
        (status = 101, description = "a WebSocket; the client says \
            {\"type\":\"hello\",\"token\":\"..\",\"last_seq\":123|null} first"),
        (status = 503, description = "too many positions"),
    )
)]
pub(crate) async fn socket(
    State(app): State<App>,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Result<Response, Failure> {
    let upgrade = upgrade.map_err(|rejected| {
        Failure::bad("not_a_websocket", format!("this address is a WebSocket: {rejected}"))
    })?;
    let place = app.sockets.clone().try_acquire_owned().map_err(|_full| {
        let text = format!("`{SOCKETS_MAX}` positions are connected; close one first");
        Failure::new(StatusCode::SERVICE_UNAVAILABLE, "too_many_positions", text)
    })?;
    let upgrade =
        upgrade.max_message_size(SOCKET_MESSAGE_BYTES_MAX).max_frame_size(SOCKET_MESSAGE_BYTES_MAX);
    Ok(upgrade.on_upgrade(move |mut socket| async move {
        if let Err(End::Because(code, reason)) = serve(&app, &mut socket).await {
            let frame = CloseFrame { code, reason: Utf8Bytes::from_static(reason) };
            // Whoever is too slow to hear it finds out by silence.
            let _unheard = send(&mut socket, Message::Close(Some(frame))).await;
        }
        drop(place);
    }))
}

async fn serve(app: &App, socket: &mut WebSocket) -> Result<(), End> {
    let wait = Duration::from_millis(HELLO_MS_MAX);
    let Word::Hello { token, last_seq } =
        timeout(wait, hello(socket)).await.unwrap_or(Err(NO_HELLO))?;
    app.session(&token).map_err(|_ended| SIGNED_OUT)?;
    let mut stream = begin(app, socket, &token, last_seq).await?;
    app.sessions.connected(&token, stream.subscription.era);
    loop {
        tokio::select! {
            sent = stream.subscription.live.recv() => match sent {
                Some((seq, text)) => {
                    stream.seen = seq;
                    send(socket, Message::Text(text)).await?;
                }
                None => return Err(End::Because(TRY_AGAIN, "too slow, or the centre starts again; \
                                                            connect again")),
            },
            heard = socket.recv() => match heard {
                Some(Ok(Message::Close(_))) | Some(Err(_)) | None => return Err(End::Gone),
                Some(Ok(_any)) => stream.heard_at = Instant::now(),
            },
            _ = stream.beat.tick() => {
                check(app, &token, &stream)?;
                let beat = app.center.heartbeat(stream.seen);
                send(socket, Message::Text(beat)).await?;
            }
            _ = stream.ending.changed() => {
                return Err(End::Because(GOING_AWAY, "the centre's process ends"));
            }
        }
    }
}

const NO_HELLO: End = End::Because(NOT_UNDERSTOOD, "say hello first, with token and last_seq");
const SIGNED_OUT: End = End::Because(NOT_SIGNED_IN, "no session; sign in");

/// One position's stream, as far as it has got.
struct Stream {
    subscription: Subscription,
    /// The last entry that was sent.
    seen: u64,
    heard_at: Instant,
    beat: Interval,
    ending: watch::Receiver<bool>,
}

async fn hello(socket: &mut WebSocket) -> Result<Word, End> {
    loop {
        match socket.recv().await {
            Some(Ok(Message::Text(text))) => {
                return serde_json::from_str(&text).map_err(|_other| NO_HELLO);
            }
            Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
            Some(Ok(Message::Binary(_))) => return Err(NO_HELLO),
            Some(Ok(Message::Close(_)) | Err(_)) | None => return Err(End::Gone),
        }
    }
}

/// Sends what was missed, or everything there is.
async fn begin(
    app: &App,
    socket: &mut WebSocket,
    token: &str,
    last_seq: Option<u64>,
) -> Result<Stream, End> {
    let era = app.sessions.era(token);
    let resumed = last_seq.and_then(|seq| Some((seq, app.center.hub().resume(era, seq)?)));
    let (mut seen, mut subscription) = match resumed {
        Some(resumed) => resumed,
        None => {
            let (seq, snapshot, subscription) = app.center.snapshot().await.map_err(no_centre)?;
            let content = Map::from_iter([("data".to_owned(), snapshot)]);
            send(socket, Message::Text(message(seq, "snapshot", &content))).await?;
            (seq, subscription)
        }
    };
    for (seq, text) in std::mem::take(&mut subscription.missed) {
        seen = seq;
        send(socket, Message::Text(text)).await?;
    }
    let mut beat = interval(Duration::from_millis(HEARTBEAT_MS));
    beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
    Ok(Stream { subscription, seen, heard_at: Instant::now(), beat, ending: app.ending.clone() })
}

fn no_centre(_why: NoAnswer) -> End {
    End::Because(TRY_AGAIN, "the centre starts again; connect again")
}

/// Every two seconds: is this still a person who may look, and is anybody there?
fn check(app: &App, token: &str, stream: &Stream) -> Result<(), End> {
    app.session(token).map_err(|_ended| SIGNED_OUT)?;
    match stream.heard_at.elapsed() > Duration::from_millis(SOCKET_SILENT_MS_MAX) {
        true => Err(End::Because(SILENT, "nothing was heard from this position")),
        false => Ok(()),
    }
}

async fn send(socket: &mut WebSocket, message: Message) -> Result<(), End> {
    match timeout(Duration::from_millis(SEND_MS_MAX), socket.send(message)).await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(_)) | Err(_) => Err(End::Gone),
    }
}
