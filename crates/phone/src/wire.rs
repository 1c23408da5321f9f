//! What stands between a line and the network: the bytes of one call, and the faults put into them.

use crate::oddity::Oddity;

/// Time for which a late ACK is held back, in milliseconds: two repeats of the 200 come meanwhile.
const LATE_MS: u64 = 3_000;

/// The bytes of one call.
#[derive(Debug, Default)]
pub(crate) struct Wire {
    oddity: Option<Oddity>,
    /// The INVITE as the endpoint made it.
    invite: Vec<u8>,
    /// When the first ACK of a 200 was to be sent.
    acked_at: Option<u64>,
}

impl Wire {
    pub fn new(oddity: Option<Oddity>) -> Self {
        Self { oddity, ..Self::default() }
    }

    /// What is sent in the place of a message.
    pub fn send(&mut self, now: u64, bytes: Vec<u8>) -> Vec<Vec<u8>> {
        if bytes.starts_with(b"INVITE ") && self.invite.is_empty() {
            self.invite.clone_from(&bytes);
        }
        match self.oddity {
            Some(Oddity::NoViaBranch) => vec![replaced(&bytes, self.branch().as_bytes(), b"")],
            Some(Oddity::LateAck) if bytes.starts_with(b"ACK ") => {
                let first = *self.acked_at.get_or_insert(now);
                let held = now.saturating_sub(first) < LATE_MS;
                if held { Vec::new() } else { vec![bytes] }
            }
            Some(Oddity::NoAck) if bytes.starts_with(b"ACK ") => Vec::new(),
            Some(oddity) if bytes.starts_with(b"INVITE ") => odd_invite(oddity, bytes),
            Some(_) | None => vec![bytes],
        }
    }

    /// What the endpoint is given in the place of a message that came: without its own branch it
    /// would not know the answer as its own.
    pub fn receive(&self, bytes: &[u8]) -> Option<Vec<u8>> {
        let is_bare = self.oddity == Some(Oddity::NoViaBranch) && bytes.starts_with(b"SIP/2.0 ");
        if !is_bare {
            return None;
        }
        let via = find(bytes, b"\r\nVia: ")?;
        let rest = bytes.get(via + 2..)?;
        let end = via + 2 + find(rest, b"\r\n")?;
        let line = bytes.get(via..end)?;
        if find(line, b";branch=").is_some() {
            return None;
        }
        let (head, tail) = bytes.split_at_checked(end)?;
        Some([head, self.branch().as_bytes(), tail].concat())
    }

    /// The CANCEL of the INVITE, for who sends one when it is too late (RFC 3261 section 9.1).
    pub fn cancel(&self) -> Vec<u8> {
        let text = String::from_utf8_lossy(&self.invite).into_owned();
        let mut lines = text.split("\r\n");
        let first = lines.next().unwrap_or_default().replacen("INVITE ", "CANCEL ", 1);
        let kept = ["Via: ", "From: ", "To: ", "Call-ID: ", "Max-Forwards: ", "Route: "];
        let headers = lines.take_while(|line| !line.is_empty());
        let headers: Vec<String> = headers
            .filter(|line| kept.iter().any(|name| line.starts_with(name)))
            .map(str::to_owned)
            .collect();
        format!(
            "{first}\r\n{}\r\nCSeq: 1 CANCEL\r\nContent-Length: 0\r\n\r\n",
            headers.join("\r\n")
        )
        .into_bytes()
    }

    /// `;branch=...` of the INVITE.
    fn branch(&self) -> String {
        let text = String::from_utf8_lossy(&self.invite);
        let value = text.split_once(";branch=").map(|(_, rest)| rest).unwrap_or_default();
        let end = value.find(|c: char| c == ';' || c.is_ascii_whitespace());
        format!(";branch={}", value.get(..end.unwrap_or(value.len())).unwrap_or_default())
    }
}

fn odd_invite(oddity: Oddity, bytes: Vec<u8>) -> Vec<Vec<u8>> {
    let odd = match oddity {
        Oddity::DuplicateInvite => return vec![bytes.clone(), bytes],
        Oddity::Latin1Name => latin1_name(&bytes),
        Oddity::FoldedHeaders => replaced(&bytes, b"Max-Forwards: ", b"Max-Forwards:\r\n "),
        Oddity::BareLf => bare_lf(&bytes),
        Oddity::WrongLength => with_length(&bytes, "9999"),
        Oddity::NegativeLength => with_length(&bytes, "-1"),
        Oddity::Sip7 => replaced(&bytes, b" SIP/2.0\r\n", b" SIP/7.0\r\n"),
        // Of the body, of other messages, and of voice.
        Oddity::NoViaBranch
        | Oddity::TBeforeC
        | Oddity::MimeWithoutBlankLine
        | Oddity::NoOffer
        | Oddity::BrokenPlace
        | Oddity::CancelAfter200
        | Oddity::LateAck
        | Oddity::NoAck
        | Oddity::SilentRtp
        | Oddity::NoisyRtp => bytes,
    };
    vec![odd]
}

fn latin1_name(bytes: &[u8]) -> Vec<u8> {
    let Some(from) = find(bytes, b"\r\nFrom: ") else { return bytes.to_vec() };
    let rest = bytes.get(from..).unwrap_or_default();
    let address = from + find(rest, b"<").unwrap_or_default();
    let (before, after) = (bytes.get(..from), bytes.get(address..));
    let name: &[u8] = b"\r\nFrom: \"Zo\xeb\" ";
    [before.unwrap_or_default(), name, after.unwrap_or_default()].concat()
}

fn bare_lf(bytes: &[u8]) -> Vec<u8> {
    let end = find(bytes, b"\r\n\r\n").map_or(bytes.len(), |end| end + 4);
    let (head, body) = bytes.split_at_checked(end).unwrap_or((bytes, &[]));
    let mut odd: Vec<u8> = head.iter().copied().filter(|byte| *byte != b'\r').collect();
    odd.extend(body);
    odd
}

fn with_length(bytes: &[u8], length: &str) -> Vec<u8> {
    let name = b"\r\nContent-Length: ";
    let Some(start) = find(bytes, name).map(|start| start + name.len()) else {
        return bytes.to_vec();
    };
    let rest = bytes.get(start..).unwrap_or_default();
    let end = start + find(rest, b"\r\n").unwrap_or_default();
    let (before, after) = (bytes.get(..start), bytes.get(end..));
    [before.unwrap_or_default(), length.as_bytes(), after.unwrap_or_default()].concat()
}

/// The bytes with the first occurrence of `from` replaced.
fn replaced(bytes: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    let Some(start) = find(bytes, from) else { return bytes.to_vec() };
    let (before, after) = (bytes.get(..start), bytes.get(start + from.len()..));
    [before.unwrap_or_default(), to, after.unwrap_or_default()].concat()
}

fn find(bytes: &[u8], what: &[u8]) -> Option<usize> {
    bytes.windows(what.len().max(1)).position(|window| window == what)
}

#[cfg(test)]
mod tests {
    use super::*;
    use intake::sip::{Framing, parse};

    const INVITE: &str = "INVITE urn:service:sos SIP/2.0\r\n\
        Via: SIP/2.0/UDP 127.0.0.1:5070;rport;branch=z9hG4bKabc\r\nFrom: <sip:a@b>;tag=1\r\n\
        To: <urn:service:sos>\r\nCall-ID: c\r\nCSeq: 1 INVITE\r\nMax-Forwards: 70\r\n\
        Content-Type: text/plain\r\nContent-Length: 4\r\n\r\nhelp";

    fn defects(oddity: Oddity) -> Vec<&'static str> {
        let sent = Wire::new(Some(oddity)).send(0, INVITE.into());
        assert_eq!(sent.len(), 1);
        let read = parse(&sent[0], Framing::Datagram).unwrap();
        assert_eq!(read.body, b"help");
        read.defects.iter().map(|defect| defect.code).collect()
    }

    #[test]
    fn each_oddity_is_the_defect_that_it_is_meant_to_be() {
        assert_eq!(defects(Oddity::NoViaBranch), ["no-via-branch"]);
        assert_eq!(defects(Oddity::Latin1Name), ["not-utf8"]);
        assert_eq!(defects(Oddity::FoldedHeaders), ["folded-header"]);
        assert_eq!(defects(Oddity::BareLf), ["bare-lf"]);
        assert_eq!(defects(Oddity::WrongLength), ["content-length-too-large"]);
        assert_eq!(defects(Oddity::NegativeLength), ["content-length-unreadable"]);
        assert_eq!(defects(Oddity::Sip7), ["version"]);
    }

    #[test]
    fn an_answer_without_our_branch_gets_it_back() {
        let mut wire = Wire::new(Some(Oddity::NoViaBranch));
        wire.send(0, INVITE.into());
        let answer = "SIP/2.0 100 Trying\r\nVia: SIP/2.0/UDP 127.0.0.1:5070;rport\r\nTo: b\r\n\r\n";
        let whole = String::from_utf8(wire.receive(answer.as_bytes()).unwrap()).unwrap();
        assert_eq!(whole, answer.replace(";rport\r\n", ";rport;branch=z9hG4bKabc\r\n"));
        assert_eq!(wire.receive(whole.as_bytes()), None);
    }

    #[test]
    fn acks_are_held_back_or_lost_and_the_rest_goes_on() {
        let mut late = Wire::new(Some(Oddity::LateAck));
        assert!(late.send(1_000, b"ACK sip:a SIP/2.0\r\n\r\n".to_vec()).is_empty());
        assert!(late.send(2_500, b"ACK sip:a SIP/2.0\r\n\r\n".to_vec()).is_empty());
        assert_eq!(late.send(4_500, b"ACK sip:a SIP/2.0\r\n\r\n".to_vec()).len(), 1);
        let mut never = Wire::new(Some(Oddity::NoAck));
        assert!(never.send(90_000, b"ACK sip:a SIP/2.0\r\n\r\n".to_vec()).is_empty());
        assert_eq!(never.send(0, b"BYE sip:a SIP/2.0\r\n\r\n".to_vec()).len(), 1);
    }

    #[test]
    fn a_cancel_is_of_its_invite() {
        let mut wire = Wire::new(Some(Oddity::CancelAfter200));
        assert_eq!(wire.send(0, INVITE.into()).len(), 1);
        let cancel = parse(&wire.cancel(), Framing::Datagram).unwrap();
        assert!(cancel.defects.is_empty(), "{:?}", cancel.defects);
        assert_eq!(cancel.via().unwrap().branch(), Some("z9hG4bKabc"));
    }
}
