//! A centre with one caller who is joined to the first person that signs in and speaks a tone
//! without end, for the
//! test of the console's voice: `cargo run -p evenhand-server --example talk`.
//!
//! Prints where the centre is and a one-time code, as `evenhand demo` does; then, once a second,
//! what the caller hears: the strongest tone in hertz and its loudness, `heard 1000 7900`.

use std::error::Error;
use std::net::{SocketAddr, UdpSocket};
use std::time::{Duration, Instant};

use evenhand_core::Role;
use evenhand_server::config::CenterFiles;
use evenhand_server::voice::{Law, Talk};
use evenhand_server::{Serving, start};
use intake::media::{PACKET_SAMPLES, RtpPacket, Tone, loudness, strongest_of};

/// Who signs in, and so whose browser it is.
const PERSON: &str = "taker";
const HERTZ: u32 = 440;
const LAW: Law = Law::Mu;
const PACKET: Duration = Duration::from_millis(20);

#[expect(clippy::disallowed_methods, reason = "the caller speaks in real time")]
fn now() -> Instant {
    Instant::now()
}

fn main() -> Result<(), Box<dyn Error>> {
    let data = tempfile::tempdir()?;
    let mut running = start(Serving::live(CenterFiles::Cambridge, data.path()))?;
    let code = running.one_time_code(PERSON, &[Role::Supervisor])?;
    println!("console: {}/#sign-in={PERSON}:{code}", running.url());
    let socket = UdpSocket::bind("127.0.0.1:0")?;
    let voice = running.voice();
    let to = voice.open_leg(1)?;
    let remote = socket.local_addr()?;
    let talk =
        Talk { remote, law: LAW, payload_type: 0, sent_payload_type: 0, keys_payload_type: None };
    voice.start_leg(1, talk)?;
    voice.bridge(1, PERSON)?;
    std::thread::spawn(move || {
        if let Err(error) = converse(&socket, to) {
            eprintln!("the caller fell silent: {error}");
        }
    });
    running.wait_for_signal();
    running.stop();
    Ok(())
}

/// Speaks every 20 ms and listens in between, for 22 minutes at most.
fn converse(socket: &UdpSocket, to: SocketAddr) -> Result<(), Box<dyn Error>> {
    let mut tone = Tone::new(HERTZ, 9_000);
    let mut heard = Vec::new();
    let mut due = now();
    for sequence in 0u16..=u16::MAX {
        speak(socket, to, sequence, &mut tone)?;
        due += PACKET;
        listen(socket, due, &mut heard)?;
        if sequence % 50 == 49 {
            let piece = heard.split_off(heard.len().saturating_sub(1_600));
            let hertz = strongest_of(&piece, (200..3_000).step_by(20)).unwrap_or_default();
            println!("heard {hertz} {}", loudness(&piece, hertz));
            heard.clear();
        }
    }
    Ok(())
}

fn speak(
    socket: &UdpSocket,
    to: SocketAddr,
    sequence: u16,
    tone: &mut Tone,
) -> Result<(), Box<dyn Error>> {
    let samples: Vec<i16> = tone.by_ref().take(PACKET_SAMPLES).collect();
    let mut payload = Vec::new();
    LAW.encode_all(&samples, &mut payload);
    let timestamp = u32::from(sequence) * 160;
    let packet =
        RtpPacket { sequence, timestamp, ssrc: 1, payload: &payload, ..RtpPacket::default() };
    let mut datagram = Vec::new();
    packet.write(&mut datagram);
    socket.send_to(&datagram, to)?;
    Ok(())
}

fn listen(socket: &UdpSocket, until: Instant, heard: &mut Vec<i16>) -> Result<(), Box<dyn Error>> {
    let mut buffer = [0; 2_048];
    loop {
        let left = until.saturating_duration_since(now());
        if left.is_zero() {
            return Ok(());
        }
        socket.set_read_timeout(Some(left))?;
        let Ok((length, _)) = socket.recv_from(&mut buffer) else { return Ok(()) };
        if let Ok(packet) = RtpPacket::read(buffer.get(..length).unwrap_or_default()) {
            LAW.decode_all(packet.payload, heard);
        }
    }
}
