//! Connections by TCP and TLS: each has one task, which frames what comes and writes what goes.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use intake::sip::{Frame, Framer, Peer, Transport};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio_rustls::TlsAcceptor;

use super::sockets::Arrival;
use super::tls::{Tls, server_name};
use crate::limits::{
    SIP_CONNECT_MS_MAX, SIP_CONNECTIONS_MAX, SIP_IDLE_MS_MAX, SIP_SILENT_MS, SIP_WRITES_WAITING_MAX,
};

/// Bytes read at once.
const READ_BYTES: usize = 16 * 1024;

/// All connections that are up. Clones are the same ones.
#[derive(Clone)]
pub(super) struct Connections {
    up: Arc<Mutex<Up>>,
    last_flow: Arc<AtomicU64>,
    arrivals: mpsc::Sender<Arrival>,
    tls: Option<Tls>,
}

#[derive(Default)]
struct Up {
    writers: BTreeMap<u64, mpsc::Sender<Vec<u8>>>,
    /// Connections that we opened, so that a second request to a peer takes the same one.
    ours: BTreeMap<(bool, SocketAddr), u64>,
}

impl Connections {
    pub fn new(arrivals: mpsc::Sender<Arrival>, tls: Option<Tls>) -> Self {
        Self { up: Arc::default(), last_flow: Arc::default(), arrivals, tls }
    }

    /// Sends on the peer's connection; opens one where there is none yet.
    pub fn send(&self, to: &Peer, bytes: Vec<u8>) {
        let over_tls = to.transport == Transport::Tls;
        let known = {
            let up = self.lock();
            let flow =
                if to.flow == 0 { up.ours.get(&(over_tls, to.addr)) } else { Some(&to.flow) };
            flow.and_then(|flow| up.writers.get(flow).cloned())
        };
        match known {
            // A peer that takes nothing in is cut off by its own writer's limit of time.
            Some(writer) => {
                if writer.try_send(bytes).is_err() {
                    tracing::warn!(peer = %to.addr, "a SIP connection takes nothing in");
                }
            }
            // What belongs to a connection that is gone cannot be sent on another: RFC 3261 18.2.2
            // has the response fall back to the sent-by address, which is where we connect to.
            None => self.connect(*to, bytes),
        }
    }

    fn connect(&self, to: Peer, bytes: Vec<u8>) {
        let connections = self.clone();
        let flow = self.next_flow();
        let writes = self.enter(flow);
        if let Some(writer) = self.lock().writers.get(&flow) {
            let _room_for_the_first = writer.try_send(bytes);
        }
        let over_tls = to.transport == Transport::Tls;
        self.lock().ours.insert((over_tls, to.addr), flow);
        tokio::spawn(async move {
            if let Err(why) = connections.serve_ours(&to, flow, writes).await {
                tracing::warn!(peer = %to.addr, %why, "no SIP connection");
            }
            connections.leave(flow).await;
        });
    }

    async fn serve_ours(
        &self,
        to: &Peer,
        flow: u64,
        writes: mpsc::Receiver<Vec<u8>>,
    ) -> Result<(), String> {
        let wait = Duration::from_millis(SIP_CONNECT_MS_MAX);
        let connected = tokio::time::timeout(wait, TcpStream::connect(to.addr)).await;
        let stream = connected.map_err(|_late| "no answer in time".to_owned())?;
        let stream = stream.map_err(|error| error.to_string())?;
        let from = Peer { flow, ..*to };
        if to.transport == Transport::Tcp {
            return self.serve(stream, from, writes).await;
        }
        let tls = self.tls.as_ref().ok_or("`[tls]` is not set")?;
        let name = server_name(&to.addr.ip().to_string())?;
        let secured = tokio::time::timeout(wait, tls.connector.connect(name, stream)).await;
        let stream = secured.map_err(|_late| "no TLS in time".to_owned())?;
        self.serve(stream.map_err(|error| error.to_string())?, from, writes).await
    }

    /// Frames what comes and writes what goes, until either side ends it.
    async fn serve<S: AsyncRead + AsyncWrite + Send>(
        &self,
        stream: S,
        from: Peer,
        mut writes: mpsc::Receiver<Vec<u8>>,
    ) -> Result<(), String> {
        let (mut reader, mut writer) = tokio::io::split(stream);
        let mut framer = Framer::default();
        let mut buffer = vec![0; READ_BYTES];
        loop {
            // A Content-Length that is too large must not cost a caller the answer: who falls
            // silent in the middle of a message has said all of it.
            let patience_ms = if framer.is_waiting() { SIP_SILENT_MS } else { SIP_IDLE_MS_MAX };
            let patience = Duration::from_millis(patience_ms);
            tokio::select! {
                read = tokio::time::timeout(patience, reader.read(&mut buffer)) => {
                    let Ok(read) = read else {
                        let Some(bytes) = framer.take_partial() else {
                            return Err("nothing came for long".to_owned());
                        };
                        self.arrive(&from, bytes).await?;
                        continue;
                    };
                    let length = read.map_err(|error| error.to_string())?;
                    if length == 0 {
                        if let Some(bytes) = framer.take_partial() {
                            self.arrive(&from, bytes).await?;
                        }
                        return Ok(());
                    }
                    framer.push(buffer.get(..length).unwrap_or_default());
                    self.frames(&mut framer, &from).await?;
                }
                bytes = writes.recv() => {
                    let Some(bytes) = bytes else { return Ok(()) };
                    let wait = Duration::from_millis(SIP_CONNECT_MS_MAX);
                    let written = tokio::time::timeout(wait, writer.write_all(&bytes)).await;
                    written.map_err(|_late| "it takes nothing in".to_owned())?
                        .map_err(|error| error.to_string())?;
                    writer.flush().await.map_err(|error| error.to_string())?;
                }
            }
        }
    }

    async fn frames(&self, framer: &mut Framer, from: &Peer) -> Result<(), String> {
        for frame in framer.by_ref() {
            match frame {
                Frame::Message(bytes) => self.arrive(from, bytes).await?,
                // RFC 5626 section 3.5.1: a ping is two line ends, the pong is one.
                Frame::KeepAlive => self.send(from, b"\r\n".to_vec()),
                Frame::Overflow => return Err("a message without end".to_owned()),
            }
        }
        Ok(())
    }

    async fn arrive(&self, from: &Peer, bytes: Vec<u8>) -> Result<(), String> {
        let arrival = Arrival::Message { from: *from, bytes };
        self.arrivals.send(arrival).await.map_err(|error| error.to_string())
    }

    fn next_flow(&self) -> u64 {
        self.last_flow.fetch_add(1, Ordering::Relaxed) + 1
    }

    fn enter(&self, flow: u64) -> mpsc::Receiver<Vec<u8>> {
        let (writer, writes) = mpsc::channel(SIP_WRITES_WAITING_MAX);
        self.lock().writers.insert(flow, writer);
        writes
    }

    async fn leave(&self, flow: u64) {
        {
            let mut up = self.lock();
            up.writers.remove(&flow);
            up.ours.retain(|_, ours| *ours != flow);
        }
        let _ended_anyway = self.arrivals.send(Arrival::Closed { flow }).await;
    }

    fn is_full(&self) -> bool {
        self.lock().writers.len() >= SIP_CONNECTIONS_MAX
    }

    // Each change is one call on a map; a panic elsewhere leaves no half of one.
    fn lock(&self) -> std::sync::MutexGuard<'_, Up> {
        self.up.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Takes TCP connections in.
pub(super) async fn accept_tcp(listener: TcpListener, connections: Connections) {
    accept(listener, connections, |connections, stream, from, writes| async move {
        connections.serve(stream, from, writes).await
    })
    .await;
}

/// Takes TLS connections in.
pub(super) async fn accept_tls(
    listener: TcpListener,
    acceptor: TlsAcceptor,
    connections: Connections,
) {
    accept(listener, connections, move |connections, stream, from, writes| {
        let acceptor = acceptor.clone();
        async move {
            let wait = Duration::from_millis(SIP_CONNECT_MS_MAX);
            let secured = tokio::time::timeout(wait, acceptor.accept(stream)).await;
            let stream = secured.map_err(|_late| "no TLS in time".to_owned())?;
            let stream = stream.map_err(|error| format!("no TLS: {error}"))?;
            let from = Peer { transport: Transport::Tls, ..from };
            connections.serve(stream, from, writes).await
        }
    })
    .await;
}

async fn accept<F, S>(listener: TcpListener, connections: Connections, serve: S)
where
    F: Future<Output = Result<(), String>> + Send + 'static,
    S: Fn(Connections, TcpStream, Peer, mpsc::Receiver<Vec<u8>>) -> F + Clone + Send + 'static,
{
    loop {
        let (stream, addr) = match listener.accept().await {
            Ok(accepted) => accepted,
            Err(error) => {
                // Out of descriptors, say: the next one may be taken again.
                tracing::error!(%error, "a SIP connection could not be taken");
                tokio::time::sleep(Duration::from_millis(100)).await;
                continue;
            }
        };
        if connections.is_full() {
            tracing::error!(%addr, max = SIP_CONNECTIONS_MAX, "too many SIP connections");
            continue;
        }
        let _delayed_if_not = stream.set_nodelay(true);
        let flow = connections.next_flow();
        let from = Peer { transport: Transport::Tcp, addr, flow };
        let writes = connections.enter(flow);
        let (connections, serve) = (connections.clone(), serve.clone());
        tokio::spawn(async move {
            if let Err(why) = serve(connections.clone(), stream, from, writes).await {
                tracing::info!(%addr, %why, "a SIP connection ended");
            }
            connections.leave(flow).await;
        });
    }
}
