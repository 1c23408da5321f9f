//! All messages of RFC 4475, sent as they are to a running centre.
//!
//! Each gets the response of this table and no silence: a final one, or 180, which tells a caller
//! that it rings. `-` is a response among the messages, which nobody answers. Where the RFC asks
//! for a refusal and the row says otherwise, the third cell says why.

use std::net::UdpSocket;
use std::path::PathBuf;

use crate::centre::Centre;
use crate::tools::{Tool, are_there};
use crate::wire::{Codes, alone_at, probe};

const TABLE: &str = "
wsinv      | 481 | its To has a tag of no call here; an old caller dials again
intmeth    | 501 |
esc01      | 180 |
escnull    | 405 | nobody registers here
esc02      | 501 |
lwsdisp    | 200 |
longreq    | 180 |
dblreq     | 405 |
semiuri    | 200 |
transports | 200 |
mpart01    | 200 | the words of a text call
unreason   | -   |
noreason   | -   |
badinv01   | 180 | RFC: 400, or leave the empty values out
clerr      | 180 | RFC: 400; the offer is whole, only its length is wrong
ncl        | 180 | RFC: 400; the end of the datagram is the end of the body
scalar02   | 400 |
scalarlg   | -   |
quotbal    | 180 | RFC: 400, or add the quote; the address is plain to see
ltgtruri   | 180 | RFC: 400, or take the brackets off
lwsruri    | 481 | RFC: 400; its To has a tag of no call here
lwsstart   | 180 | RFC: 400, or read on
trws       | 200 | RFC: 400, or leave the blanks out
escruri    | 180 | RFC: 400, or leave the headers out
baddate    | 180 | RFC: 400, or leave the date out
regbadct   | 405 | RFC: 400 from who registers
badaspec   | 200 | RFC: 400, or take the blanks off
baddn      | 200 | RFC: 400, or read on
badvers    | 505 |
mismatch01 | 400 |
mismatch02 | 400 | RFC: 400 or 501
bigcode    | -   |
badbranch  | 200 | RFC: 400, or match by the older rules
insuf      | 400 |
unkscm     | 200 | RFC: 416; any scheme is an address here
novelsc    | 200 | RFC: 416; as before
unksm2     | 405 |
bext01     | 420 |
invut      | 180 | RFC: 415; the call goes on without what it cannot read
regaut01   | 405 |
multi01    | 180 | RFC: 400; the first of each counts
mcl01      | 200 | RFC: 400; the end of the datagram is the end of the body
bcast      | -   |
zeromf     | 200 | RFC: 483 from who passes it on; who is called answers
cparam01   | 405 |
cparam02   | 405 |
regescrt   | 405 |
sdp01      | 180 | RFC: 406; the answer is in the form that it did not name
inv2543    | 180 |
";

fn folder() -> Option<PathBuf> {
    let Some(data) = std::env::var_os("EVENHAND_DATA") else {
        assert!(std::env::var_os("CI").is_none(), "EVENHAND_DATA is not set");
        println!("skipped: EVENHAND_DATA is not set");
        return None;
    };
    Some(PathBuf::from(data).join("messages/sip-torture-rfc4475"))
}

/// Sends one message and gives what it was answered with.
fn ask(
    from: (&UdpSocket, &UdpSocket),
    centre: &Centre,
    row: (usize, &str),
    bytes: &[u8],
) -> String {
    let (socket, answers_to) = from;
    let (number, wanted) = row;
    socket.send_to(bytes, centre.at.udp).unwrap();
    if wanted == "-" {
        // The answer to a later question: nothing came before it, so nothing comes.
        probe(centre.at.udp, socket, number);
        let (code, call) = Codes(socket).next();
        return if call.starts_with("probe") { "-".to_owned() } else { code.to_string() };
    }
    loop {
        let (code, _) = Codes(answers_to).next();
        if code != 100 {
            return code.to_string();
        }
    }
}

#[test]
fn every_torture_message_gets_its_response_from_a_running_centre() {
    let Some(folder) = folder() else { return };
    if !are_there(&[Tool::Openssl]) {
        return;
    }
    let centre = Centre::start();
    let (socket, other) = (alone_at(5060), alone_at(5050));
    let rows: Vec<&str> = TABLE.lines().filter(|row| !row.is_empty()).collect();
    assert_eq!(rows.len(), 49);
    let mut faults = Vec::new();
    for (number, row) in rows.iter().enumerate() {
        let cells: Vec<&str> = row.split('|').map(str::trim).collect();
        let (name, wanted) = (cells[0], cells[1]);
        let bytes = std::fs::read(folder.join(name).with_extension("dat")).unwrap();
        let answers_to = if name == "quotbal" { &other } else { &socket };
        let got = ask((&socket, answers_to), &centre, (number, wanted), &bytes);
        if got != wanted {
            faults.push(format!("{name}: {got} instead of {wanted}"));
        }
    }
    assert!(faults.is_empty(), "{faults:#?}");
}
