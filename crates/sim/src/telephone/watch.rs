//! The oracles: what each INVITE came to on the wire and in the journal, by an account that is kept
//! from the messages and the entries alone.

use crate::faults::{Broken, Check, Row, Tally, broken};
use intake::sip::{Framing, Message, Method, parse};
use journal::MemoryDisk;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// One INVITE that begins a call, retransmissions included.
#[derive(Clone, Default, Debug)]
struct Invite {
    reached_at: u64,
    is_test: bool,
    /// Calls of the journal that it became.
    calls: BTreeSet<u64>,
    /// When we first said more than 100.
    heard_at: Option<u64>,
    /// Final responses that we sent: code and To tag.
    finals: BTreeSet<(u16, String)>,
    final_at: u64,
    /// Final responses that arrived.
    arrived: BTreeSet<(u16, String)>,
}

/// One call of the journal.
#[derive(Clone, Copy, Default, Debug)]
struct Call {
    answered_at: Option<u64>,
    outcomes: u32,
}

fn answered_at(calls: &BTreeMap<u64, Call>, call: u64) -> Option<u64> {
    calls.get(&call)?.answered_at
}

/// Everything that was seen.
#[derive(Default)]
pub(super) struct Watch {
    /// By Call-ID and branch.
    invites: BTreeMap<(String, String), Invite>,
    /// Which INVITE an order is for, by its key.
    orders: BTreeMap<String, (String, String)>,
    calls: BTreeMap<u64, Call>,
    entries: Vec<String>,
    /// What went over the wire: the first line of each message, for whoever looks for a fault.
    wire: Vec<String>,
    key: String,
    pub happened: BTreeMap<String, u64>,
    pub tally: Tally,
}

/// The INVITE that a message is, or answers: Call-ID and branch.
fn transaction(message: &Message) -> Option<(String, String)> {
    let of_invite = matches!(message.cseq(), Some((_, Method::Invite)));
    let branch = message.via()?.branch()?.to_owned();
    Some((message.call_id()?.into_owned(), branch)).filter(|_| of_invite)
}

/// The INVITE that begins a call, if the bytes are one.
pub(super) fn beginning(bytes: &[u8]) -> Option<(String, String)> {
    let message = parse(bytes, Framing::Datagram).ok()?;
    let begins = message.method() == Some(&Method::Invite) && tag(&message).is_empty();
    transaction(&message).filter(|_| begins)
}

fn tag(message: &Message) -> String {
    message.to().and_then(|to| to.tag().map(str::to_owned)).unwrap_or_default()
}

impl Watch {
    fn trace(&mut self, now: u64, what: &str, bytes: &[u8]) {
        let first = bytes.split(|byte| *byte == b'\r').next().unwrap_or_default();
        let id = parse(bytes, Framing::Datagram).ok().and_then(|message| {
            let (number, method) = message.cseq()?;
            Some(format!("{number} {method} {}", message.call_id()?))
        });
        let (first, id) = (String::from_utf8_lossy(first), id.unwrap_or_default());
        self.wire.push(format!("{now} {what} {first} [{id}]"));
    }

    /// A message of a caller reached us.
    pub fn reached(&mut self, now: u64, bytes: &[u8]) {
        self.trace(now, "in", bytes);
        let Some(transaction) = beginning(bytes) else { return };
        let invite = self.invites.entry(transaction).or_default();
        if invite.reached_at == 0 {
            invite.reached_at = now;
            invite.is_test = bytes.starts_with(b"INVITE urn:service:test");
        }
    }

    /// An order was given while that INVITE was being looked at.
    pub fn ordered(&mut self, key: &str, invite: &(String, String)) {
        self.orders.entry(key.to_owned()).or_insert_with(|| invite.clone());
    }

    /// We sent a message.
    pub fn sent(&mut self, now: u64, to: &str, bytes: &[u8]) -> Check {
        self.trace(now, "out", bytes);
        self.tally.chain(&format!("{now} {to} {}", String::from_utf8_lossy(bytes)));
        let Ok(message) = parse(bytes, Framing::Datagram) else {
            return broken("own-words", "we sent what we cannot read");
        };
        let Some(code) = message.code().filter(|code| *code > 100) else { return Ok(()) };
        let Some(known) = transaction(&message).and_then(|id| self.invites.get_mut(&id)) else {
            return Ok(());
        };
        known.heard_at.get_or_insert(now);
        // Who gives up before the entry is told so at once; the entry must follow all the same.
        if known.calls.is_empty() && code != 487 {
            return broken(
                "ring-before-entry",
                format!("{code} before the call stood on the disk"),
            );
        }
        if code < 200 {
            return Ok(());
        }
        if known.finals.is_empty() {
            known.final_at = now;
        }
        known.finals.insert((code, tag(&message)));
        if known.finals.len() > 1 {
            return broken("one-final", format!("two final responses: {:?}", known.finals));
        }
        let answered = known.calls.iter().any(|call| answered_at(&self.calls, *call).is_some());
        if code < 300 && !answered && !known.is_test {
            return broken("answer-before-entry", format!("{code} before a person answered"));
        }
        Ok(())
    }

    /// A message of ours reached a caller.
    pub fn arrived(&mut self, now: u64, bytes: &[u8]) -> Check {
        self.trace(now, "heard", bytes);
        let Ok(message) = parse(bytes, Framing::Datagram) else { return Ok(()) };
        let Some(code) = message.code().filter(|code| *code >= 200) else { return Ok(()) };
        let Some(known) = transaction(&message).and_then(|id| self.invites.get_mut(&id)) else {
            return Ok(());
        };
        known.arrived.insert((code, tag(&message)));
        if known.arrived.len() > 1 {
            return broken("one-final", format!("a caller heard {:?}", known.arrived));
        }
        Ok(())
    }

    /// Reads what is new on the disk.
    pub fn read(&mut self, disk: &MemoryDisk) -> Check {
        let mut new = Vec::new();
        disk.tamper(|contents| {
            let entries = contents.entries.iter().skip(self.entries.len());
            new.extend(entries.map(|entry| entry.body.clone()));
        });
        for body in new {
            let row: Row = serde_json::from_slice(&body)
                .map_err(|error| Broken { oracle: "entry", text: error.to_string() })?;
            self.entries.push(String::from_utf8_lossy(&body).into_owned());
            self.take(&row)?;
        }
        Ok(())
    }

    fn take(&mut self, row: &Row) -> Check {
        if row.kind.starts_with("command/") {
            self.key.clone_from(&row.id);
            return Ok(());
        }
        let outcome = row.data.get("outcome").and_then(|outcome| outcome.get("kind"));
        let name = match (row.kind.as_str(), outcome.and_then(Value::as_str)) {
            ("CallAccounted", Some(kind)) => format!("accounted {kind}"),
            (kind, _) => kind.to_owned(),
        };
        *self.happened.entry(name).or_default() += 1;
        let call = row.number("call");
        match row.kind.as_str() {
            "CallPresented" => self.presented(call),
            "CallAnswered" => {
                let at = u64::try_from(row.at).unwrap_or_default();
                self.calls.entry(call).or_default().answered_at = Some(at);
                Ok(())
            }
            "CallAccounted" => {
                let known = self.calls.entry(call).or_default();
                known.outcomes += 1;
                match known.outcomes {
                    1 => Ok(()),
                    more => broken("one-outcome", format!("C{call} has {more} outcomes")),
                }
            }
            _ => Ok(()),
        }
    }

    fn presented(&mut self, call: u64) -> Check {
        self.calls.entry(call).or_default();
        let Some(invite) = self.orders.get(&self.key).and_then(|id| self.invites.get_mut(id))
        else {
            return broken("one-call", format!("C{call} is on the journal for no INVITE"));
        };
        invite.calls.insert(call);
        match invite.calls.len() {
            1 => Ok(()),
            _ => broken("one-call", format!("one INVITE became {:?}", invite.calls)),
        }
    }

    /// Calls that have no outcome.
    pub fn open(&self) -> Vec<u64> {
        let open = self.calls.iter().filter(|(_, call)| call.outcomes == 0);
        open.map(|(call, _)| *call).collect()
    }

    /// What must hold when all is over. `late_ms`: the longest time until a caller hears what
    /// stands in the journal.
    pub fn close(&mut self, late_ms: u64) -> Check {
        for ((call_id, _), invite) in &self.invites {
            let Some((code, _)) = invite.finals.first() else {
                return broken("one-final", format!("`{call_id}` was never answered"));
            };
            *self.happened.entry(format!("final {code}")).or_default() += 1;
            self.close_one(call_id, invite, late_ms)?;
        }
        match self.open().as_slice() {
            [] => Ok(()),
            open => broken("one-outcome", format!("calls {open:?} have none")),
        }
    }

    fn close_one(&self, call_id: &str, invite: &Invite, late_ms: u64) -> Check {
        // Nobody is sent away: a caller is answered, or gave up.
        if let Some((code, _)) = invite.finals.iter().find(|(code, _)| !matches!(code, 200 | 487)) {
            return broken("sent-away", format!("`{call_id}` was answered {code}"));
        }
        if invite.calls.len() != 1 {
            return broken("one-call", format!("`{call_id}` became {:?}", invite.calls));
        }
        let waited = invite.heard_at.map_or(u64::MAX, |at| at - invite.reached_at);
        if waited > late_ms {
            return broken("heard-late", format!("`{call_id}` heard nothing for {waited} ms"));
        }
        let answered = invite.calls.iter().find_map(|call| answered_at(&self.calls, *call));
        let after = answered.map_or(0, |at| invite.final_at.saturating_sub(at));
        if after > late_ms {
            let text = format!("`{call_id}` heard it {after} ms after a person answered");
            return broken("answered-is-connected", text);
        }
        Ok(())
    }

    /// INVITEs that reached us.
    pub fn invites(&self) -> u64 {
        self.invites.len() as u64
    }

    /// Calls on the journal.
    pub fn calls(&self) -> u64 {
        self.calls.len() as u64
    }

    /// The wire and the entries as text.
    pub fn into_entries(self) -> Vec<String> {
        [self.wire, self.entries].concat()
    }
}
