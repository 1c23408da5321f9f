//! Voice packets, one by one and as a stream.

use evenhand_intake::media::rtcp::{self, RtcpPacket};
use evenhand_intake::media::{
    DigitReader, JitterBuffer, Law, PACKET_SAMPLES, Reception, RtpPacket,
};

/// The bytes are one packet of each kind, and a stream of packets that each stand behind a byte
/// with their length.
pub fn check(bytes: &[u8]) {
    check_packet(bytes);
    check_reports(bytes);
    check_stream(bytes);
}

fn check_packet(bytes: &[u8]) {
    let Ok(packet) = RtpPacket::read(bytes) else { return };
    let mut written = Vec::new();
    packet.write(&mut written);
    assert_eq!(RtpPacket::read(&written), Ok(packet));
}

fn check_reports(bytes: &[u8]) {
    let (packets, _defect) = rtcp::read_compound(bytes);
    let mut written = Vec::new();
    rtcp::write_compound(&packets, &mut written);
    // A kind that we do not use is not written.
    let used = packets.iter().filter(|packet| !matches!(packet, RtcpPacket::Other { .. }));
    assert_eq!(rtcp::read_compound(&written).0.len(), used.count());
}

fn check_stream(mut bytes: &[u8]) {
    let mut buffer = JitterBuffer::new(Law::Mu);
    let mut reception = Reception::default();
    let mut digits = DigitReader::default();
    let mut out = [0; PACKET_SAMPLES];
    let mut now_ms = 0;
    while let Some((length, rest)) = bytes.split_first() {
        let (datagram, rest) = rest.split_at(usize::from(*length).min(rest.len()));
        bytes = rest;
        if let Ok(packet) = RtpPacket::read(datagram) {
            reception.arrived(&packet, now_ms);
            buffer.put(&packet);
            digits.read(packet.timestamp, packet.payload);
        }
        buffer.beat(&mut out);
        now_ms += 20;
        assert!(buffer.delay_ms() < 60_000);
    }
    reception.report(now_ms);
}
