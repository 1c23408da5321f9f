//! The RTCP of one leg: what we report, and what the caller does.

use std::net::SocketAddr;

use intake::media::rtcp::{
    ReceptionReport, RtcpPacket, SentFigures, read_compound, write_compound,
};
use intake::media::{Reception, Stamper};
use tokio::net::UdpSocket;

use super::clock::{Moment, ntp_now};
use crate::limits::REPORT_EVERY_MS;

/// The name of our source. It says nothing about centre, position or person (RFC 7022, 4.2 asks
/// for one that is the same for all streams of one endpoint in a session; each has one stream).
const CNAME: &[u8] = b"voice";

#[derive(Debug)]
pub(super) struct Reports {
    // Where the caller's reports come from; until one came, the port after that of the voice.
    target: Option<SocketAddr>,
    due_ms: u64,
    lost_by_caller_256ths: u8,
    datagram: Vec<u8>,
}

impl Reports {
    pub(super) fn new(now_ms: u64) -> Self {
        let due_ms = now_ms + REPORT_EVERY_MS;
        Self { target: None, due_ms, lost_by_caller_256ths: 0, datagram: Vec::new() }
    }

    /// Signalling named this address for voice.
    pub(super) fn named(&mut self, voice: SocketAddr) {
        let port = voice.port().checked_add(1);
        self.target = port.map(|port| SocketAddr::new(voice.ip(), port));
    }

    pub(super) fn lost_by_caller_256ths(&self) -> u8 {
        self.lost_by_caller_256ths
    }

    /// Takes a datagram in; false if it is not the caller's.
    pub(super) fn heard(
        &mut self,
        source: SocketAddr,
        datagram: &[u8],
        reception: &mut Reception,
        now: Moment,
    ) -> bool {
        let is_callers = self.target.is_some_and(|target| target.ip() == source.ip());
        if !is_callers {
            return false;
        }
        let (packets, _defect) = read_compound(datagram);
        for packet in &packets {
            match packet {
                RtcpPacket::SenderReport { sent, reports, .. } => {
                    reception.report_heard(sent.ntp, now.ms);
                    self.note(reports);
                }
                RtcpPacket::ReceiverReport { reports, .. } => self.note(reports),
                RtcpPacket::SourceDescription { .. }
                | RtcpPacket::Goodbye { .. }
                | RtcpPacket::Other { .. } => {}
            }
        }
        if !packets.is_empty() {
            self.target = Some(source);
        }
        true
    }

    fn note(&mut self, reports: &[ReceptionReport]) {
        if let Some(report) = reports.first() {
            self.lost_by_caller_256ths = report.lost_256ths;
        }
    }

    /// Reports, when it is due.
    pub(super) fn tick(
        &mut self,
        reception: &mut Reception,
        stamper: &Stamper,
        socket: &UdpSocket,
        now: Moment,
    ) {
        if now.ms < self.due_ms {
            return;
        }
        self.due_ms = now.ms + REPORT_EVERY_MS;
        let reports = reception.report(now.ms).into_iter().collect();
        let ssrc = stamper.ssrc();
        let report = match stamper.sent() {
            (0, _) => RtcpPacket::ReceiverReport { ssrc, reports },
            (packets, bytes) => {
                let timestamp = stamper.timestamp_at(now.ms);
                let sent = SentFigures { ntp: ntp_now(), timestamp, packets, bytes };
                RtcpPacket::SenderReport { ssrc, sent, reports }
            }
        };
        self.send(&[report, description(ssrc)], socket);
    }

    pub(super) fn say_goodbye(&mut self, stamper: &Stamper, socket: &UdpSocket) {
        let ssrc = stamper.ssrc();
        let report = RtcpPacket::ReceiverReport { ssrc, reports: Vec::new() };
        let goodbye = RtcpPacket::Goodbye { ssrcs: vec![ssrc] };
        self.send(&[report, description(ssrc), goodbye], socket);
    }

    fn send(&mut self, packets: &[RtcpPacket], socket: &UdpSocket) {
        let Some(target) = self.target else { return };
        write_compound(packets, &mut self.datagram);
        // A report that is lost is followed by the next one.
        let _sent = socket.try_send_to(&self.datagram, target);
    }
}

fn description(ssrc: u32) -> RtcpPacket {
    RtcpPacket::SourceDescription { ssrc, cname: Some(CNAME.to_vec()) }
}
