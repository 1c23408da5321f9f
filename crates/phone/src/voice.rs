//! The socket of one line's voice.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use intake::media::PACKET_MS;
use tokio::net::UdpSocket;
use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, MissedTickBehavior};

use crate::ear::Heard;
use crate::said::LineId;
use crate::talk::{Agreed, Talk};

/// Longest voice packet that is read, in bytes.
const DATAGRAM_BYTES_MAX: usize = 2_048;

/// Somebody's voice: told how it goes on, and ended when this is dropped.
#[derive(Debug)]
pub(crate) struct Mouth(watch::Sender<Option<Agreed>>);

impl Mouth {
    /// Voice goes on like this.
    pub fn talk(&self, agreed: Agreed) {
        self.0.send_replace(Some(agreed));
    }
}

/// Opens an address for voice and carries it until the mouth is dropped; what was heard then goes
/// to `heard`.
///
/// # Errors
/// The system has no socket left, in its words.
pub(crate) fn open(
    at: IpAddr,
    line: LineId,
    talk: Talk,
    heard: mpsc::UnboundedSender<(LineId, Heard)>,
) -> Result<(Mouth, SocketAddr), String> {
    let text = |error: std::io::Error| format!("no address for voice at `{at}`: {error}");
    let socket = std::net::UdpSocket::bind((at, 0)).map_err(text)?;
    socket.set_nonblocking(true).map_err(text)?;
    let socket = UdpSocket::from_std(socket).map_err(text)?;
    let address = socket.local_addr().map_err(text)?;
    let (mouth, told) = watch::channel(None);
    tokio::spawn(async move {
        let talk = carry(socket, talk, told).await;
        // Nobody wants to know any more, if the phone is gone.
        let _told = heard.send((line, talk.into_heard()));
    });
    Ok((Mouth(mouth), address))
}

async fn carry(
    socket: UdpSocket,
    mut talk: Talk,
    mut told: watch::Receiver<Option<Agreed>>,
) -> Talk {
    let since = Instant::now();
    let mut beat = tokio::time::interval(Duration::from_millis(PACKET_MS.into()));
    // What a stall held back is said after it, faster: a tone keeps its length.
    beat.set_missed_tick_behavior(MissedTickBehavior::Burst);
    let mut buffer = vec![0; DATAGRAM_BYTES_MAX];
    loop {
        tokio::select! {
            changed = told.changed() => {
                if changed.is_err() {
                    return talk;
                }
                let agreed = *told.borrow_and_update();
                agreed.into_iter().for_each(|agreed| talk.agree(agreed));
            }
            // An error here is of a packet sent before (nobody listens there).
            Ok((length, _)) = socket.recv_from(&mut buffer) => {
                talk.take(buffer.get(..length).unwrap_or_default());
            }
            _ = beat.tick() => {
                let now_ms = u64::try_from(since.elapsed().as_millis()).unwrap_or(u64::MAX);
                if let Some((to, packet)) = talk.beat(now_ms) {
                    // A lost packet is a lost packet.
                    let _lost = socket.try_send_to(&packet, to);
                }
            }
        }
    }
}
