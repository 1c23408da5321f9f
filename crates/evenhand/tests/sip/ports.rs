//! Free ports of this machine.
//!
//! The peers are told their ports on the command line, so a port must be known before anybody
//! listens there. Ports are taken below those that systems give out by themselves, each once in
//! this process, and from a part of the range that another process hardly shares.

use std::net::{Ipv4Addr, SocketAddr, TcpListener, UdpSocket};
use std::sync::atomic::{AtomicU32, Ordering};

const FIRST: u16 = 12_000;
/// Where Linux begins to give out ports by itself.
const END: u16 = 32_000;
const PARTS: u32 = 40;

const SPAN: u32 = END as u32 - FIRST as u32;

static TAKEN: AtomicU32 = AtomicU32::new(0);

/// The first of `count` ports in a row that are free for UDP and TCP.
pub fn free(count: u16) -> u16 {
    let part = std::process::id() % PARTS * (SPAN / PARTS);
    loop {
        let offset = (part + TAKEN.fetch_add(count.into(), Ordering::Relaxed)) % SPAN;
        let first = FIRST + u16::try_from(offset).unwrap();
        // What would go over the end is left out, so that no two takes ever share a port.
        if END - first >= count && (first..first + count).all(is_free) {
            return first;
        }
    }
}

/// A free port as an address.
pub fn free_address() -> SocketAddr {
    local(free(1))
}

pub fn local(port: u16) -> SocketAddr {
    (Ipv4Addr::LOCALHOST, port).into()
}

fn is_free(port: u16) -> bool {
    UdpSocket::bind(local(port)).is_ok() && TcpListener::bind(local(port)).is_ok()
}
