//! The one thread of voice: it reads every socket and keeps the beat.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use tokio::net::UdpSocket;
use tokio::runtime::Handle;
use tokio::sync::watch;
use tokio::task::AbortHandle;
use tokio::time::MissedTickBehavior;

use super::clock::Moment;
use super::leg::Sockets;
use super::ports::{Pair, Ports};
use super::setup::{VoiceError, VoiceSetup};
use super::state::State;
use crate::limits::VOICE_DATAGRAM_BYTES_MAX;

/// Time between two looks at what time brings, in milliseconds: half of a packet.
const BEAT_MS: u64 = 10;
/// Datagrams of one socket in a row, before the others have their turn.
const BURST_MAX: usize = 16;

/// What the thread and its callers reach.
pub(super) struct Shared {
    state: Mutex<State>,
    pub ports: Ports,
    pub web_address: SocketAddr,
    runtime: Handle,
}

/// The thread; told to end when it is dropped.
pub(super) struct Worker {
    ending: watch::Sender<bool>,
    thread: Option<JoinHandle<()>>,
}

/// Somebody who reads a socket, until this is dropped.
#[derive(Debug)]
pub(super) struct Reading(AbortHandle);

impl Drop for Reading {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        // It ends by itself if nobody listens any more.
        let _told = self.ending.send(true);
        let is_own = |thread: &JoinHandle<()>| thread.thread().id() == std::thread::current().id();
        if let Some(thread) = self.thread.take().filter(|thread| !is_own(thread)) {
            // A panic was told already.
            let _ended = thread.join();
        }
    }
}

impl Shared {
    /// A panic while it was held cannot leave more than one packet half passed on.
    pub(super) fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Has a leg's ports read.
    pub(super) fn listen(self: &Arc<Self>, leg: u64, pair: Pair) -> Result<Sockets, VoiceError> {
        let _reactor = self.runtime.enter();
        let rtp = Arc::new(UdpSocket::from_std(pair.rtp).map_err(VoiceError::System)?);
        let rtcp = Arc::new(UdpSocket::from_std(pair.rtcp).map_err(VoiceError::System)?);
        let reading = [
            self.read(&rtp, move |state, source, datagram, now| {
                state.hear_caller(leg, source, datagram, now);
            }),
            self.read(&rtcp, move |state, source, datagram, now| {
                state.report_from_caller(leg, source, datagram, now);
            }),
        ];
        Ok(Sockets { rtp, rtcp, _reading: reading })
    }

    fn read(
        self: &Arc<Self>,
        socket: &Arc<UdpSocket>,
        take: impl Fn(&mut State, SocketAddr, &[u8], Moment) + Send + 'static,
    ) -> Reading {
        let reading = self.runtime.spawn(read(Arc::clone(self), Arc::clone(socket), take));
        Reading(reading.abort_handle())
    }
}

/// Starts the thread.
pub(super) fn start(setup: &VoiceSetup) -> Result<(Arc<Shared>, Worker), VoiceError> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(VoiceError::System)?;
    let listen_error = |cause| VoiceError::Listen { address: setup.web, cause };
    let web = runtime.block_on(UdpSocket::bind(setup.web)).map_err(listen_error)?;
    let web = Arc::new(web);
    let web_address = web.local_addr().map_err(listen_error)?;
    let shared = Arc::new(Shared {
        state: Mutex::new(State::new(Arc::clone(&web), web_address)),
        ports: Ports::new(setup.rtp_address, setup.rtp_ports.clone()),
        web_address,
        runtime: runtime.handle().clone(),
    });
    let (ending, told) = watch::channel(false);
    let inside = Arc::clone(&shared);
    let run = move || runtime.block_on(carry(inside, web, told));
    let thread = std::thread::Builder::new().name("voice".to_owned()).spawn(run);
    let thread = Some(thread.map_err(VoiceError::System)?);
    Ok((shared, Worker { ending, thread }))
}

/// Runs until it is told to end.
async fn carry(shared: Arc<Shared>, web: Arc<UdpSocket>, mut told: watch::Receiver<bool>) {
    let _web = shared.read(&web, State::hear_browser);
    let mut beat = tokio::time::interval(Duration::from_millis(BEAT_MS));
    beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            _ = beat.tick() => shared.lock().tick(Moment::now()),
            _ = told.wait_for(|ending| *ending) => break,
        }
    }
}

/// Reads a socket for ever.
async fn read(
    shared: Arc<Shared>,
    socket: Arc<UdpSocket>,
    take: impl Fn(&mut State, SocketAddr, &[u8], Moment) + Send + 'static,
) {
    let mut buffer = [0; VOICE_DATAGRAM_BYTES_MAX];
    while socket.readable().await.is_ok() {
        for _ in 0..BURST_MAX {
            // An error is of a datagram sent before (nobody listens there); the next read waits.
            let Ok((length, source)) = socket.try_recv_from(&mut buffer) else { break };
            let datagram = buffer.get(..length).unwrap_or_default();
            take(&mut shared.lock(), source, datagram, Moment::now());
        }
        tokio::task::yield_now().await;
    }
}
