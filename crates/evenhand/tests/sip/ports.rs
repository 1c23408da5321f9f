//! Free ports of this machine.
//!
//! The peers are told their ports on the command line, so a port must be known before anybody
//! listens there. Ports are taken below those that systems give out by themselves, each once in
//! this process, and from a part of the range that another process hardly shares.

use std::net::{Ipv4Addr, SocketAddr, TcpListener, UdpSocket};
use std::sync::atomic::{AtomicU16, Ordering};

const FIRST: u16 = 12_000;
/// Where Linux begins to give out ports by itself.
const END: u16 = 32_000;
const PARTS: u32 = 40;

static TAKEN: AtomicU16 = AtomicU16::new(0);

/// The first of `count` ports in a row that are free for UDP and TCP.
pub fn free(count: u16) -> u16 {
    let part = u16::try_from(std::process::id() % PARTS).unwrap() * 500;
    loop {
        let taken = TAKEN.fetch_add(count, Ordering::Relaxed);
        let first = FIRST + (part + taken) % (END - FIRST - count);
        if (first..first + count).all(is_free) {
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
