//! A caller: two UDP sockets, a tone, and what is heard.

use std::net::{SocketAddr, UdpSocket};
use std::time::Duration;

use evenhand_server::voice::{Law, Talk};
use intake::media::rtcp::{ReceptionReport, RtcpPacket, read_compound, write_compound};
use intake::media::{PACKET_SAMPLES, RtpPacket, TelephoneEvent, Tone};

use crate::{CALLER_HERTZ, now};

/// Payload type of keys.
const KEYS: u8 = 101;
/// Length of one round.
const ROUND: Duration = Duration::from_millis(20);

pub struct Caller {
    rtp: UdpSocket,
    rtcp: UdpSocket,
    law: Law,
    tone: Tone,
    sequence: u16,
    timestamp: u32,
    /// All samples that came.
    pub heard: Vec<i16>,
    /// Stream and number of each packet that came.
    pub packets: Vec<(u32, u16)>,
}

impl Caller {
    pub fn new(law: Law) -> Self {
        let (rtp, rtcp) = pair();
        rtcp.set_nonblocking(true).unwrap();
        Self {
            rtp,
            rtcp,
            law,
            tone: Tone::new(CALLER_HERTZ, 8_000),
            sequence: 65_500,
            timestamp: 0xffff_0000,
            heard: Vec::new(),
            packets: Vec::new(),
        }
    }

    /// What SDP would have said.
    pub fn talk(&self) -> Talk {
        Talk {
            remote: self.rtp.local_addr().unwrap(),
            law: self.law,
            payload_type: self.law.payload_type(),
            sent_payload_type: self.law.payload_type(),
            keys_payload_type: Some(KEYS),
        }
    }

    /// Speaks 20 ms, then listens for as long.
    pub fn round(&mut self, to: SocketAddr) {
        self.speak(to);
        self.listen();
    }

    pub fn speak(&mut self, to: SocketAddr) {
        let samples: Vec<i16> = self.tone.by_ref().take(PACKET_SAMPLES).collect();
        let mut payload = Vec::new();
        self.law.encode_all(&samples, &mut payload);
        self.send(to, self.law.payload_type(), &payload);
    }

    /// Presses a key.
    pub fn press(&mut self, to: SocketAddr, event: u8) {
        for end in [false, true, true] {
            let event = TelephoneEvent { event, end, volume: 10, duration: 160 };
            self.send(to, KEYS, &event.bytes());
            self.timestamp = self.timestamp.wrapping_sub(160);
        }
        self.timestamp = self.timestamp.wrapping_add(3 * 160);
    }

    fn send(&mut self, to: SocketAddr, payload_type: u8, payload: &[u8]) {
        self.sequence = self.sequence.wrapping_add(1);
        self.timestamp = self.timestamp.wrapping_add(160);
        let packet = RtpPacket {
            payload_type,
            sequence: self.sequence,
            timestamp: self.timestamp,
            ssrc: 77,
            payload,
            ..RtpPacket::default()
        };
        let mut datagram = Vec::new();
        packet.write(&mut datagram);
        self.rtp.send_to(&datagram, to).unwrap();
    }

    /// Takes what comes until the round is over: this is what keeps everybody's time.
    pub fn listen(&mut self) {
        let end = now() + ROUND;
        let mut buffer = [0; 2_048];
        loop {
            let left = end.saturating_duration_since(now());
            if left.is_zero() {
                return;
            }
            self.rtp.set_read_timeout(Some(left)).unwrap();
            if let Ok((length, _)) = self.rtp.recv_from(&mut buffer) {
                self.take(&buffer[..length]);
            }
        }
    }

    fn take(&mut self, datagram: &[u8]) {
        let packet = RtpPacket::read(datagram).unwrap();
        assert_eq!(packet.payload_type, self.law.payload_type());
        self.law.decode_all(packet.payload, &mut self.heard);
        self.packets.push((packet.ssrc, packet.sequence));
    }

    /// Reports that so much of our voice was lost, in 1/256.
    pub fn report(&self, to: SocketAddr, lost_256ths: u8) {
        let reports = vec![ReceptionReport { lost_256ths, ..ReceptionReport::default() }];
        let report = RtcpPacket::ReceiverReport { ssrc: 77, reports };
        let mut datagram = Vec::new();
        write_compound(&[report], &mut datagram);
        self.rtcp.send_to(&datagram, (to.ip(), to.port() + 1)).unwrap();
    }

    /// All reports that came.
    pub fn reports(&mut self) -> Vec<RtcpPacket> {
        let mut buffer = [0; 2_048];
        let mut reports = Vec::new();
        while let Ok((length, _)) = self.rtcp.recv_from(&mut buffer) {
            let (packets, defect) = read_compound(&buffer[..length]);
            assert_eq!(defect, None);
            reports.extend(packets);
        }
        reports
    }
}

/// An even port and the next one.
fn pair() -> (UdpSocket, UdpSocket) {
    for _ in 0..200 {
        let rtp = UdpSocket::bind("127.0.0.1:0").unwrap();
        let port = rtp.local_addr().unwrap().port();
        let next = port.checked_add(1).map(|port| UdpSocket::bind(("127.0.0.1", port)));
        if let Some(Ok(rtcp)) = next {
            return (rtp, rtcp);
        }
    }
    panic!("no two ports side by side");
}
