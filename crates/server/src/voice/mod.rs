//! The voice plane: callers' RTP on one side, call-takers' browsers by WebRTC on the other.
//!
//! A *leg* is one caller's voice: a pair of ports, opened when the answer to an INVITE is written
//! and closed when the call ends. A *position* is one browser, which connects once and stays
//! connected. [`VoicePlane::bridge`] joins the two; the rest of the time the caller is sent
//! silence, so that no gateway takes the line for dead. Ringing is signalled, never spoken.
//!
//! One thread carries it all: packets are re-stamped and passed on as they come, without
//! transcoding but for a table from one G.711 law to the other. What is decided (who is bridged to
//! whom) is the centre's; the plane does it and tells what it notices ([`VoiceEvent`]).
//!
//! Nothing here is durable: after a restart there are no legs, and browsers connect again. What
//! comes from callers is trusted for nothing but its sound; see `latch` for whose packets are
//! taken.

mod browser;
mod clock;
mod event;
mod latch;
mod leg;
mod ports;
mod reports;
mod setup;
mod state;
mod thread;

use std::net::SocketAddr;
use std::sync::Arc;

use tokio::sync::broadcast;

use crate::chance::random_bytes;
use browser::Link;
use clock::Moment;
use leg::Leg;
use thread::{Shared, Worker};

pub use event::{LegFigures, PositionVoice, VoiceEvent};
pub use intake::media::{Law, MediaState};
pub use leg::{Direction, Talk};
pub use setup::{VoiceError, VoiceSetup};

/// The voice of the centre. Clones are the same plane; any thread may call, and no call waits for
/// the network.
#[derive(Clone)]
pub struct VoicePlane {
    shared: Arc<Shared>,
    // Ends the thread with the last clone.
    _worker: Arc<Worker>,
}

impl VoicePlane {
    /// Opens the browsers' socket and starts the thread.
    ///
    /// # Errors
    /// The address is in use or not this machine's, or the system gave no thread.
    pub fn start(setup: &VoiceSetup) -> Result<Self, VoiceError> {
        let (shared, worker) = thread::start(setup)?;
        Ok(Self { shared, _worker: Arc::new(worker) })
    }

    /// Opens ports for a caller's voice; the address is for the `c=` and `m=` lines of our SDP,
    /// RTCP is on the next port. Packets that come before [`VoicePlane::start_leg`] are dropped. A
    /// leg that is open keeps its address.
    ///
    /// # Errors
    /// All ports of the range are in use, there are too many legs, or the system has no sockets.
    pub fn open_leg(&self, leg: u64) -> Result<SocketAddr, VoiceError> {
        if let Some(address) = self.shared.lock().leg_address(leg) {
            return Ok(address);
        }
        let ports = self.shared.ports.open()?;
        let address = ports.address;
        let random = random_bytes().map_err(|_none| VoiceError::NoRandomBytes)?;
        let sockets = self.shared.listen(leg, ports)?;
        let opened = Leg::new(address, sockets, random, Moment::now());
        self.shared.lock().open_leg(leg, opened)?;
        Ok(address)
    }

    /// Starts or changes a leg, as offer and answer agreed. May be called again for a re-INVITE.
    ///
    /// # Errors
    /// The leg is not open.
    pub fn start_leg(&self, leg: u64, talk: Talk) -> Result<(), VoiceError> {
        self.shared.lock().with_leg(leg, |leg| leg.start(talk, Moment::now()))
    }

    /// Who may send, seen from us: hold and its end.
    ///
    /// # Errors
    /// The leg is not open.
    pub fn set_direction(&self, leg: u64, direction: Direction) -> Result<(), VoiceError> {
        self.shared.lock().with_leg(leg, |leg| leg.set_direction(direction, Moment::now()))
    }

    /// Joins a caller and a position. Whoever either of them was joined to before is left: a
    /// position speaks with one caller at a time. The browser need not be connected yet.
    ///
    /// # Errors
    /// The leg is not open.
    pub fn bridge(&self, leg: u64, position: &str) -> Result<(), VoiceError> {
        self.shared.lock().bridge(leg, position, Moment::now())
    }

    /// Parts a caller from its position; the caller hears silence. A leg without one stays so.
    ///
    /// # Errors
    /// The leg is not open.
    pub fn unbridge(&self, leg: u64) -> Result<(), VoiceError> {
        self.shared.lock().unbridge(leg, Moment::now())
    }

    /// Sends back what the caller says (a test call, RFC 6849 `rtp-media-loopback`), instead of
    /// any position.
    ///
    /// # Errors
    /// The leg is not open.
    pub fn loopback(&self, leg: u64) -> Result<(), VoiceError> {
        self.shared.lock().loopback(leg, Moment::now())
    }

    /// Says goodbye by RTCP, frees the ports, and gives the last figures; `None` if it was not
    /// open.
    pub fn close_leg(&self, leg: u64) -> Option<LegFigures> {
        self.shared.lock().close_leg(leg, Moment::now())
    }

    /// How a leg is at present; `None` if it is not open.
    pub fn figures(&self, leg: u64) -> Option<LegFigures> {
        self.shared.lock().figures(leg)
    }

    /// What happens from now on. Whoever is slow misses the oldest, and is told how many.
    pub fn events(&self) -> broadcast::Receiver<VoiceEvent> {
        self.shared.lock().events.subscribe()
    }

    /// Takes a browser's offer and gives our answer. A position's new browser replaces its old
    /// one, and goes on with the same caller.
    ///
    /// # Errors
    /// The offer has no audio that we speak, or there are too many positions.
    pub fn browser_offer(&self, position: &str, sdp: &str) -> Result<String, VoiceError> {
        // Before the lock, for this makes keys.
        let (link, answer) = Link::answer(sdp, self.shared.web_address, Moment::now())?;
        let mut state = self.shared.lock();
        state.connect(position, link)?;
        state.drive(position, Moment::now());
        Ok(answer)
    }

    /// The call-taker has muted the microphone. The browser does it; this is for display.
    pub fn mute(&self, position: &str) {
        self.shared.lock().set_muted(position, true);
    }

    /// The microphone is open again.
    pub fn unmute(&self, position: &str) {
        self.shared.lock().set_muted(position, false);
    }

    /// All positions that connected since the start, in the order of their names.
    pub fn positions(&self) -> Vec<PositionVoice> {
        self.shared.lock().positions()
    }
}
