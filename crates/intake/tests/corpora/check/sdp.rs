//! Session descriptions, and our answers to them.

use evenhand_intake::sip::sdp::{Direction, Local, Session, answer};

/// Written, it reads the same; answered, at most one stream is taken and none is left out.
pub fn check(bytes: &[u8]) {
    let session = Session::parse(bytes);
    let written = session.to_string();
    let again = Session::parse(written.as_bytes());
    assert_eq!(again.media.len(), session.media.len());
    assert_eq!(again.to_string(), written);
    check_answer(&session);
}

fn check_answer(offered: &Session) {
    let local = Local {
        address: "198.51.100.1".to_owned(),
        port: 20_000,
        session_id: 7,
        version: 1,
        direction: Direction::SendRecv,
        languages: Vec::new(),
    };
    let answer = answer(offered, &local);
    let session = Session::parse(answer.text.as_bytes());
    assert_eq!(session.media.len(), offered.media.len());
    let taken: Vec<usize> = (session.media.iter().enumerate())
        .filter(|(_, media)| media.port != 0)
        .map(|(line, _)| line)
        .collect();
    assert_eq!(taken, answer.audio.iter().map(|plan| plan.line).collect::<Vec<_>>());
}
