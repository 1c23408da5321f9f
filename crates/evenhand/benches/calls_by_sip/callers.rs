//! Callers by UDP, all behind one socket: they ring, and hang up or stay as they are told.

use std::collections::BTreeMap;
use std::net::{SocketAddr, UdpSocket};
use std::path::Path;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use crate::{now, ports};

/// T1 of RFC 3261: what has no response by then is sent once more.
const AGAIN: Duration = Duration::from_millis(500);
/// Longest wait for a datagram before something else is looked at.
const LOOK: Duration = Duration::from_millis(20);

/// What a caller does when it rings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Then {
    /// Hangs up.
    HangUp,
    /// Waits to be answered, and stays.
    Stay,
}

/// One call, as its caller sees it.
#[derive(Clone, Debug)]
pub struct Call {
    sent_at: Instant,
    last_sent_at: Instant,
    invite: String,
    /// INVITEs sent again for want of a response.
    pub again: u32,
    pub tried: bool,
    pub rung_at: Option<Instant>,
    pub finals: Vec<u16>,
}

impl Call {
    pub fn sent_at(&self) -> Instant {
        self.sent_at
    }
}

/// All of them, by number.
pub struct Callers {
    socket: UdpSocket,
    to: SocketAddr,
    service: &'static str,
    then: Then,
    template: String,
    calls: Mutex<BTreeMap<u32, Call>>,
}

impl Callers {
    pub fn new(to: SocketAddr, service: &'static str, then: Then) -> Self {
        let socket = UdpSocket::bind(ports::free_address()).unwrap();
        socket.set_read_timeout(Some(LOOK)).unwrap();
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/sip/messages/emergency.sip");
        let template = std::fs::read_to_string(file).unwrap();
        Self { socket, to, service, then, template, calls: Mutex::default() }
    }

    /// The next caller rings.
    pub fn ring(&self, number: u32) {
        let invite = self.invite(number);
        let (sent_at, bytes) = (now(), invite.clone());
        let call = Call {
            sent_at,
            last_sent_at: sent_at,
            invite,
            again: 0,
            tried: false,
            rung_at: None,
            finals: Vec::new(),
        };
        self.calls.lock().unwrap().insert(number, call);
        self.send(&bytes);
    }

    /// The INVITE of SIPp's own scenario, with this caller's words in it.
    fn invite(&self, number: u32) -> String {
        let own = self.socket.local_addr().unwrap();
        let text = self
            .template
            .replace("urn:service:sos", self.service)
            .replace("[transport]", "UDP")
            .replace("[local_ip]", &own.ip().to_string())
            .replace("[local_port]", &own.port().to_string())
            .replace("[branch]", &format!("z9hG4bK-{number}-b"))
            .replace("[number]", &Self::number(number))
            .replace("[pid]", &std::process::id().to_string())
            .replace("[call_number]", &number.to_string())
            .replace("[call_id]", &format!("{number}@bench.example"))
            .replace("[auto_media_port]", "9")
            .replace('\n', "\r\n");
        let body = text.find("\r\n\r\n").unwrap() + 4;
        text.replace("[len]", &(text.len() - body - "[len]".len() + 5).to_string())
    }

    /// The number by which the position knows a caller.
    pub fn number(number: u32) -> String {
        format!("+1617{number:07}")
    }

    fn send(&self, text: &str) {
        // A full buffer loses it, as the network might; it is sent again.
        let _lost = self.socket.send_to(text.as_bytes(), self.to);
    }

    /// Takes what comes, until nothing is awaited any more or told to stop.
    pub fn listen(&self, is_over: impl Fn() -> bool) {
        let mut buffer = vec![0; 65_535];
        let mut looked_at = now();
        while !is_over() {
            if let Ok(length) = self.socket.recv(&mut buffer) {
                let text = String::from_utf8_lossy(&buffer[..length]).into_owned();
                self.heard(&text);
            }
            if looked_at.elapsed() > LOOK {
                looked_at = now();
                self.send_again();
            }
        }
    }

    fn send_again(&self) {
        let mut calls = self.calls.lock().unwrap();
        for call in calls.values_mut().filter(|call| !call.tried && call.finals.is_empty()) {
            let pause = AGAIN * 2_u32.pow(call.again.min(6));
            if call.last_sent_at.elapsed() >= pause {
                call.again += 1;
                call.last_sent_at = now();
                let _lost = self.socket.send_to(call.invite.as_bytes(), self.to);
            }
        }
    }

    fn heard(&self, text: &str) {
        let Some(response) = text.strip_prefix("SIP/2.0 ") else { return self.asked(text) };
        let code: u16 = response.get(..3).and_then(|code| code.parse().ok()).unwrap_or_default();
        let number = header(text, "Call-ID").and_then(|id| id.split('@').next()?.parse().ok());
        let is_invite = header(text, "CSeq").is_some_and(|seq| seq.ends_with("INVITE"));
        let mut calls = self.calls.lock().unwrap();
        let Some(call) = number.and_then(|number: u32| calls.get_mut(&number)) else { return };
        if !is_invite {
            return;
        }
        call.tried = true;
        match code {
            180 if call.rung_at.is_none() => {
                call.rung_at = Some(now());
                if self.then == Then::HangUp {
                    self.send(&request(&call.invite, "CANCEL", None));
                }
            }
            ..200 => {}
            _ => {
                call.finals.push(code);
                self.send(&request(&call.invite, "ACK", header(text, "To")));
            }
        }
    }

    /// A request of the other side; a caller who hears BYE says yes.
    fn asked(&self, text: &str) {
        let mut lines = text.split("\r\n");
        if !lines.next().is_some_and(|line| line.starts_with("BYE ")) {
            return;
        }
        let names = ["Via:", "From:", "To:", "Call-ID:", "CSeq:"];
        let kept = lines.filter(|line| names.iter().any(|name| line.starts_with(name)));
        let kept: Vec<&str> = kept.collect();
        self.send(&format!("SIP/2.0 200 OK\r\n{}\r\nContent-Length: 0\r\n\r\n", kept.join("\r\n")));
    }

    pub fn calls(&self) -> BTreeMap<u32, Call> {
        self.calls.lock().unwrap().clone()
    }

    /// How many have rung, and how many have a final response.
    pub fn counts(&self) -> (usize, usize) {
        let calls = self.calls.lock().unwrap();
        let rung = calls.values().filter(|call| call.rung_at.is_some()).count();
        (rung, calls.values().filter(|call| !call.finals.is_empty()).count())
    }
}

fn header<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    let mut lines = text.split("\r\n").take_while(|line| !line.is_empty());
    lines.find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
}

/// CANCEL or ACK of an INVITE: the same first line, Via, From, To, Call-ID and number.
fn request(invite: &str, method: &str, to: Option<&str>) -> String {
    let names = ["Via:", "Max-Forwards:", "From:", "Call-ID:"];
    let lines = invite.split("\r\n").take_while(|line| !line.is_empty());
    let kept: Vec<&str> =
        lines.filter(|line| names.iter().any(|name| line.starts_with(name))).collect();
    let to = to.or(header(invite, "To")).unwrap_or_default();
    let uri = invite.split(' ').nth(1).unwrap_or_default();
    format!(
        "{method} {uri} SIP/2.0\r\n{}\r\nTo: {to}\r\nCSeq: 1 {method}\r\nContent-Length: 0\r\n\r\n",
        kept.join("\r\n")
    )
}
