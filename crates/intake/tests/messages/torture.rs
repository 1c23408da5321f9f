//! All messages of RFC 4475, each with what the parser makes of it.
//!
//! `ok` with the defects noted, or the flaw that makes it unreadable with the status code of the
//! reply, `-` where none is sent. Where the RFC wants a refusal and the row says `ok`, the third
//! cell says why a caller is answered all the same.

use std::collections::BTreeMap;

use evenhand_intake::sip::Message;

use crate::{codes, datagram, sample_folder};

const TABLE: &str = "
wsinv      | ok folded-header |
intmeth    | ok |
esc01      | ok folded-header |
escnull    | ok |
esc02      | ok |
lwsdisp    | ok |
longreq    | ok no-via-branch |
dblreq     | ok content-length-too-small |
semiuri    | ok folded-header |
transports | ok |
mpart01    | ok |
unreason   | ok |
noreason   | ok |
badinv01   | ok empty-list-value no-via-branch empty-list-value | RFC: 400, or leave them out
clerr      | ok content-length-too-large | RFC: 400; the offer is whole, only its length is wrong
ncl        | ok content-length-unreadable | RFC: 400; the end of the datagram is the end of the body
scalar02   | 400 cseq-unreadable |
scalarlg   | - cseq-unreadable |
quotbal    | ok quote-not-closed | RFC: 400, or add the quote; the address is plain to see
ltgtruri   | ok request-uri-brackets no-via-branch | RFC: 400, or take the brackets off
lwsruri    | ok request-uri-spaces | RFC: 400; no parameter of this address decides anything here
lwsstart   | ok start-line-spaces | RFC: 400, or read on
trws       | ok start-line-spaces | RFC: 400, or leave the blanks out
escruri    | ok request-uri-headers | RFC: 400, or leave the headers out: nothing reads them
baddate    | ok date-unreadable | RFC: 400, or leave the date out
regbadct   | ok address-not-enclosed | RFC: 400 for what registers; nobody registers here
badaspec   | ok address-spaces | RFC: 400, or take the blanks off
baddn      | ok no-blank-line name-not-quoted x2 | RFC: 400, or read on
badvers    | 505 version |
mismatch01 | 400 cseq-mismatch |
mismatch02 | 400 cseq-mismatch |
bigcode    | - status-code |
badbranch  | ok no-via-branch |
insuf      | 400 no-from |
unkscm     | ok | RFC: 416 from who serves the address; urn and any other scheme is an address here
novelsc    | ok | RFC: 416, as before
unksm2     | ok |
bext01     | ok |
invut      | ok | RFC: 415 from who reads the body; the call goes on without it
regaut01   | ok |
multi01    | ok several-values x5 | RFC: 400; the first of each counts
mcl01      | ok content-length-several | RFC: 400; the end of the datagram is the end of the body
bcast      | ok | RFC: to be discarded for its second Via by who matches responses
zeromf     | ok | RFC: 483 from a proxy; who is called answers
cparam01   | ok |
cparam02   | ok |
regescrt   | ok |
sdp01      | ok | RFC: 406 or 488 from who answers; what we answer with is decided there
inv2543    | ok no-via-branch no-from-tag |
";

/// Rows: file, result, why it is more liberal.
fn rows() -> BTreeMap<&'static str, (&'static str, &'static str)> {
    let rows = TABLE.lines().filter(|row| !row.is_empty()).map(|row| {
        let cells: Vec<&str> = row.split('|').map(str::trim).collect();
        let [file, result, why] = cells[..] else { panic!("not three cells: {row}") };
        (file, (result, why))
    });
    rows.collect()
}

fn result(bytes: &[u8]) -> String {
    match datagram(bytes) {
        Ok(message) => format!("ok {}", counted(&codes(&message.defects))).trim().to_owned(),
        Err(unreadable) => match &unreadable.reply_to {
            Some(_) => format!("{} {}", unreadable.code, unreadable.why.code),
            None => format!("- {}", unreadable.why.code),
        },
    }
}

/// `a a b` as `a x2 b`.
fn counted(codes: &str) -> String {
    let codes: Vec<&str> = codes.split(' ').collect();
    let runs = codes.chunk_by(|one, next| one == next).map(|run| match run {
        [code] => (*code).to_owned(),
        _ => format!("{} x{}", run[0], run.len()),
    });
    runs.collect::<Vec<_>>().join(" ")
}

#[test]
fn every_message_is_taken_or_refused_by_name() {
    let Some(folder) = sample_folder("sip-torture-rfc4475") else { return };
    let index = std::fs::read_to_string(folder.join("index.csv")).unwrap();
    let mut rows = rows();
    for row in index.lines().skip(1) {
        let cells: Vec<&str> = row.split(',').collect();
        let [file, section, class, ..] = cells[..] else { panic!("{row}") };
        let bytes = std::fs::read(folder.join(file)).unwrap();
        let name = file.trim_end_matches(".dat");
        let (expected, why) = rows.remove(name).unwrap_or_else(|| panic!("no row for {name}"));
        assert_eq!(result(&bytes), expected, "{name} ({section}, {class})");
        let is_liberal = class == "invalid" && expected.starts_with("ok");
        assert!(!is_liberal || why.starts_with("RFC: "), "{name}: why more liberal?");
    }
    assert!(rows.is_empty(), "rows without a message: {rows:?}");
}

#[test]
fn every_valid_message_is_taken() {
    let Some(folder) = sample_folder("sip-torture-rfc4475") else { return };
    let index = std::fs::read_to_string(folder.join("index.csv")).unwrap();
    let valid = index.lines().filter(|row| row.contains(",valid,"));
    let mut count = 0;
    for file in valid.filter_map(|row| row.split(',').next()) {
        let bytes = std::fs::read(folder.join(file)).unwrap();
        assert!(datagram(&bytes).is_ok(), "{file}");
        count += 1;
    }
    assert_eq!(count, 13);
}

fn read(name: &str) -> Option<Message> {
    let folder = sample_folder("sip-torture-rfc4475")?;
    let bytes = std::fs::read(folder.join(format!("{name}.dat"))).unwrap();
    Some(datagram(&bytes).unwrap())
}

#[test]
fn the_short_tortuous_invite_is_read_in_full() {
    let Some(invite) = read("wsinv") else { return };
    assert_eq!(invite.max_forwards(), Some(68));
    assert_eq!(
        invite.cseq().map(|(number, method)| (number, method.to_string())),
        Some((9, "INVITE".to_owned()))
    );
    assert_eq!(invite.to_tag().as_deref(), Some("1918181833n"));
    let from = invite.from().unwrap();
    assert_eq!((from.display.as_str(), from.tag()), ("J Rosenberg \\\"", Some("98asjd8")));
    let hosts: Vec<String> = invite.vias().into_iter().map(|via| via.host).collect();
    assert_eq!(hosts, ["192.0.2.2", "spindle.example.com", "192.168.255.111"]);
    assert_eq!(invite.vias()[2].unique_branch(), Some("z9hG4bK30239"));
    let contact = invite.contact().unwrap();
    assert_eq!(contact.display, "Quoted string \"\"");
    assert_eq!(contact.params.get("newparam"), Some("newvalue"));
    assert_eq!(contact.params.get("q"), Some("0.33"));
    assert_eq!(invite.body.len(), 150);
    assert_eq!(invite.sdp().unwrap().media.len(), 2);
}

#[test]
fn a_second_message_in_the_datagram_is_left_out() {
    let Some(register) = read("dblreq") else { return };
    assert_eq!(register.method().unwrap().as_str(), "REGISTER");
    assert!(register.body.is_empty());
}

#[test]
fn a_quote_that_is_never_closed_hides_no_address() {
    let Some(invite) = read("quotbal") else { return };
    let to = invite.to().unwrap();
    assert_eq!((to.display.as_str(), to.uri.user()), ("Mr. J. User", Some("j.user")));
}

#[test]
fn a_long_request_keeps_all_its_hops() {
    let Some(invite) = read("longreq") else { return };
    assert_eq!(invite.vias().len(), 34);
    assert_eq!(invite.vias()[33].received(), Some("192.0.2.5"));
}
