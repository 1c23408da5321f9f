//! A browser's end, by a second instance of the WebRTC library: offers audio, speaks a tone.

use std::net::{SocketAddr, UdpSocket};

use evenhand_server::voice::{Law, VoicePlane};
use intake::media::{PACKET_SAMPLES, Tone};
use str0m::change::SdpAnswer;
use str0m::media::{Direction, MediaKind, Mid};
use str0m::net::{Protocol, Receive};
use str0m::rtp::RtpWrite;
use str0m::{Candidate, Event, Input, Output, Rtc};

use crate::{BROWSER_HERTZ, now};

pub struct Peer {
    rtc: Rtc,
    socket: UdpSocket,
    address: SocketAddr,
    mid: Mid,
    tone: Tone,
    sequence: u64,
    pub is_connected: bool,
    /// All samples that came.
    pub heard: Vec<i16>,
    /// The payload type of the last packet that came.
    pub payload_type: Option<u8>,
}

impl Peer {
    /// Connects a browser of this position as far as signalling goes.
    pub fn connect(plane: &VoicePlane, position: &str) -> Self {
        let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
        socket.set_nonblocking(true).unwrap();
        let address = socket.local_addr().unwrap();
        let mut rtc = Rtc::builder()
            .set_rtp_mode(true)
            .clear_codecs()
            .enable_pcmu(true, false)
            .enable_pcma(true, false)
            .enable_opus(true, false)
            .build(now());
        rtc.add_local_candidate(Candidate::host(address, "udp").unwrap());
        let mut change = rtc.sdp_api();
        let mid = change.add_media(MediaKind::Audio, Direction::SendRecv, None, None, None);
        let (offer, pending) = change.apply().unwrap();
        let answer = plane.browser_offer(position, &offer.to_sdp_string()).unwrap();
        assert!(answer.contains("PCMU/8000") && !answer.contains("opus"), "{answer}");
        let answer = SdpAnswer::from_sdp_string(&answer).unwrap();
        rtc.sdp_api().accept_answer(pending, answer).unwrap();
        Self {
            rtc,
            socket,
            address,
            mid,
            tone: Tone::new(BROWSER_HERTZ, 8_000),
            sequence: 0,
            is_connected: false,
            heard: Vec::new(),
            payload_type: None,
        }
    }

    /// Speaks 20 ms, if it is connected, and takes in what is there.
    pub fn round(&mut self) {
        if self.is_connected {
            self.speak();
        }
        self.listen();
    }

    /// Takes in what is there.
    pub fn listen(&mut self) {
        let mut buffer = vec![0; 2_048];
        while let Ok((length, source)) = self.socket.recv_from(&mut buffer) {
            let datagram = &buffer[..length];
            let receive = Receive::new(Protocol::Udp, source, self.address, datagram).unwrap();
            self.rtc.handle_input(Input::Receive(now(), receive)).unwrap();
            self.drain();
        }
        self.rtc.handle_input(Input::Timeout(now())).unwrap();
        self.drain();
    }

    fn speak(&mut self) {
        let samples: Vec<i16> = self.tone.by_ref().take(PACKET_SAMPLES).collect();
        let mut payload = Vec::new();
        Law::Mu.encode_all(&samples, &mut payload);
        self.sequence += 1;
        let timestamp = u32::try_from(self.sequence).unwrap() * 160;
        let write = RtpWrite::new(0.into(), self.sequence.into(), timestamp, now(), payload);
        let mut api = self.rtc.direct_api();
        api.stream_tx_by_mid(self.mid, None).unwrap().write_rtp(write);
        self.drain();
    }

    fn drain(&mut self) {
        loop {
            match self.rtc.poll_output().unwrap() {
                Output::Timeout(_) => return,
                Output::Transmit(send) => {
                    self.socket.send_to(&send.contents, send.destination).unwrap();
                }
                Output::Event(Event::Connected) => self.is_connected = true,
                Output::Event(Event::RtpPacket(packet)) => {
                    let payload_type = *packet.header.payload_type;
                    let law = if payload_type == 8 { Law::A } else { Law::Mu };
                    law.decode_all(&packet.payload, &mut self.heard);
                    self.payload_type = Some(payload_type);
                }
                Output::Event(_) => {}
            }
        }
    }
}
