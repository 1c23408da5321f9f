//! SIP messages, streams of them, and an endpoint that receives them.

use std::net::{Ipv4Addr, SocketAddr};

use evenhand_intake::sip::{
    Endpoint, Event, Framer, Framing, Message, Method, Output, Peer, Settings, Transport, parse,
};

/// Read as a datagram and from a stream, written again, and taken by an endpoint.
pub fn check(bytes: &[u8]) {
    for framing in [Framing::Datagram, Framing::Stream] {
        match parse(bytes, framing) {
            Ok(message) => check_written(&message),
            Err(unreadable) => {
                assert!((400..700).contains(&unreadable.code));
                if let Some(request) = &unreadable.reply_to {
                    let reply = Message::response_to(request, unreadable.code, "", Some("t"));
                    assert!(reply.to_bytes().starts_with(b"SIP/2.0 "));
                }
            }
        }
    }
    let mut framer = Framer::new();
    framer.push(bytes);
    assert!(framer.by_ref().count() <= bytes.len() + 1);
    framer.take_partial();
    check_received(bytes);
}

/// What is written reads the same, and is written the same again.
fn check_written(message: &Message) {
    let written = message.to_bytes();
    let again = parse(&written, Framing::Stream).unwrap_or_else(|error| panic!("{error:?}"));
    assert_eq!((&again.start, &again.body), (&message.start, &message.body));
    let fields = |message: &Message| {
        let fields = message.headers.iter().filter(|field| !field.is("Content-Length"));
        fields.cloned().collect::<Vec<_>>()
    };
    assert_eq!(fields(&again), fields(message));
    assert_eq!(again.to_bytes(), written);
    let reply = Message::response_to(message, 200, "", Some("t"));
    assert!(parse(&reply.to_bytes(), Framing::Stream).is_ok());
    message.vias().iter().for_each(|via| drop(via.to_string()));
    message.addresses("Contact").iter().for_each(|contact| drop(contact.to_string()));
}

/// Whatever comes, an INVITE that can be read is answered and told, and what else comes is answered
/// or told.
fn check_received(bytes: &[u8]) {
    let mut endpoint = Endpoint::new(Settings::default(), Box::new(|bytes| bytes.fill(7)));
    let addr = SocketAddr::from((Ipv4Addr::new(192, 0, 2, 10), 5060));
    let peer = Peer { transport: Transport::Udp, addr, flow: 0 };
    endpoint.receive(1_000, &peer, bytes);
    // A reply to what lacks a From lacks it too; everything else of ours can be read.
    let read = parse(bytes, Framing::Datagram);
    let (mut sent, mut incoming) = (0, 0);
    while let Some(output) = endpoint.poll() {
        match output {
            Output::Send { bytes, .. } => {
                assert!(read.is_err() || parse(&bytes, Framing::Datagram).is_ok());
                sent += 1;
            }
            Output::Event(Event::Incoming { .. }) => incoming += 1,
            Output::Event(_) => {}
        }
    }
    let invites = read.is_ok_and(|message| message.method() == Some(&Method::Invite));
    assert!(!invites || sent > 0, "an INVITE without an answer");
    assert!(incoming <= 1);
    // Nothing may be due for ever: an hour later all that was begun is given up.
    for _ in 0..10_000 {
        let Some(at) = endpoint.next_timer().filter(|at| *at < 3_600_000) else { return };
        endpoint.wake(at);
        while endpoint.poll().is_some() {}
    }
    panic!("something falls due again and again");
}
