//! The timer tables of RFC 3261 section 17, as the machines and as the endpoint keep them.

use evenhand_intake::sip::{Action, Client, ClientInvite, Server, ServerInvite, Timers, Transport};

/// Wakes a machine at each time that it asks for, and notes when it sends.
macro_rules! sends {
    ($machine:expr) => {{
        let mut times = Vec::new();
        let mut last = Vec::new();
        while let Some(at) = $machine.due() {
            last = $machine.wake(at);
            times.extend(last.iter().filter(|a| matches!(a, Action::Send(_))).map(|_| at));
            if times.len() > 100 {
                break;
            }
        }
        (times, last)
    }};
}

fn bytes() -> Vec<u8> {
    b"x".to_vec()
}

#[test]
fn an_invite_is_repeated_with_doubling_pauses_until_timer_b() {
    let (mut machine, first) = ClientInvite::start(0, Timers::default(), Transport::Udp, bytes());
    assert_eq!(first, [Action::Send(bytes())]);
    let (times, last) = sends!(machine);
    assert_eq!(times, [500, 1_500, 3_500, 7_500, 15_500, 31_500]);
    assert_eq!(last, [Action::TimedOut]);
    assert!(machine.is_over());
}

#[test]
fn another_request_is_repeated_up_to_every_t2_until_timer_f() {
    let (mut machine, _) = Client::start(0, Timers::default(), Transport::Udp, bytes());
    let (times, last) = sends!(machine);
    assert_eq!(times, [500, 1_500, 3_500, 7_500, 11_500, 15_500, 19_500, 23_500, 27_500, 31_500]);
    assert_eq!(last, [Action::TimedOut]);
}

#[test]
fn a_request_that_is_worked_on_is_repeated_every_t2() {
    let (mut machine, _) = Client::start(0, Timers::default(), Transport::Udp, bytes());
    machine.response(100, 100);
    let (times, _) = sends!(machine);
    assert_eq!(times[..3], [500, 4_500, 8_500]);
}

#[test]
fn nothing_is_repeated_on_a_stream() {
    for transport in [Transport::Tcp, Transport::Tls] {
        let (mut machine, _) = ClientInvite::start(0, Timers::default(), transport, bytes());
        assert_eq!(sends!(machine), (Vec::new(), vec![Action::TimedOut]));
        let (mut machine, _) = Client::start(0, Timers::default(), transport, bytes());
        assert_eq!(sends!(machine), (Vec::new(), vec![Action::TimedOut]));
        let (mut machine, _) = ServerInvite::start(Timers::default(), transport, bytes());
        machine.respond(0, 486, bytes());
        assert_eq!(sends!(machine), (Vec::new(), vec![Action::TimedOut]));
    }
}

#[test]
fn a_refusal_is_repeated_until_its_ack_or_timer_h() {
    let (mut machine, _) = ServerInvite::start(Timers::default(), Transport::Udp, bytes());
    machine.respond(0, 486, bytes());
    let (times, last) = sends!(machine);
    assert_eq!(times, [500, 1_500, 3_500, 7_500, 11_500, 15_500, 19_500, 23_500, 27_500, 31_500]);
    assert_eq!(last, [Action::TimedOut]);
}

#[test]
fn a_refusal_rests_for_t4_after_its_ack() {
    let (mut machine, _) = ServerInvite::start(Timers::default(), Transport::Udp, bytes());
    machine.respond(0, 486, bytes());
    assert_eq!(machine.ack(700), []);
    assert_eq!(machine.due(), Some(5_700));
    assert_eq!(machine.request(), []);
    machine.wake(5_700);
    assert!(machine.is_over());
}

#[test]
fn the_2xx_is_the_users_to_repeat_and_its_ack_the_users_to_take() {
    let (mut machine, _) = ServerInvite::start(Timers::default(), Transport::Udp, bytes());
    machine.respond(0, 200, bytes());
    assert_eq!(machine.request(), []);
    assert_eq!(machine.ack(10), [Action::Deliver]);
    assert_eq!(machine.due(), Some(32_000), "timer L of RFC 6026");
}

#[test]
fn a_second_final_response_is_never_sent() {
    let (mut machine, _) = ServerInvite::start(Timers::default(), Transport::Udp, bytes());
    assert_eq!(machine.respond(0, 487, bytes()), [Action::Send(bytes())]);
    assert_eq!(machine.respond(1, 200, bytes()), []);
    let mut machine = Server::start(Timers::default(), Transport::Udp);
    assert_eq!(machine.respond(0, bytes()), [Action::Send(bytes())]);
    assert_eq!(machine.respond(1, bytes()), []);
    assert_eq!(machine.request(), [Action::Send(bytes())]);
    assert_eq!(machine.due(), Some(32_000), "timer J");
}

#[test]
fn each_2xx_goes_up_until_timer_m_and_each_refusal_is_acknowledged_until_timer_d() {
    let (mut machine, _) = ClientInvite::start(0, Timers::default(), Transport::Udp, bytes());
    assert_eq!(machine.response(10, 200, Vec::new), [Action::Deliver]);
    assert_eq!(machine.response(20, 200, Vec::new), [Action::Deliver]);
    assert_eq!(machine.due(), Some(32_010));
    let (mut machine, _) = ClientInvite::start(0, Timers::default(), Transport::Udp, bytes());
    let ack = || b"ack".to_vec();
    assert_eq!(machine.response(10, 486, ack), [Action::Send(ack()), Action::Deliver]);
    assert_eq!(machine.response(20, 486, ack), [Action::Send(ack())]);
    assert_eq!(machine.response(20, 200, ack), []);
    assert_eq!(machine.due(), Some(32_010));
}

#[test]
fn a_broken_connection_is_told_once() {
    let (mut machine, _) = ClientInvite::start(0, Timers::default(), Transport::Tcp, bytes());
    assert_eq!(machine.lost(), [Action::Lost]);
    assert_eq!(machine.lost(), []);
    let (mut machine, _) = Client::start(0, Timers::default(), Transport::Tcp, bytes());
    machine.response(10, 200);
    assert!(machine.is_over(), "timer K is 0 on a stream");
    assert_eq!(machine.lost(), []);
}
