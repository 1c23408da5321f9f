//! What a caller is going to do, drawn before anything happens.

use crate::rng::Rng;
use intake::sip::Transport;

/// Calls begin within this time.
const SPAN_MS: u64 = 120_000;
/// Ten times what the others call together, of one number, in half a minute.
const FLOOD_CALLS: u64 = 60;
const FLOOD_MS: u64 = 30_000;

/// One attempt.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Attempt {
    /// When it begins.
    pub at: u64,
    /// After so long the caller hangs up if nobody answered.
    pub patience_ms: u64,
    /// After so long in speech the caller hangs up; `None`: it is left to the call-taker.
    pub speech_ms: Option<u64>,
}

/// What is odd about a caller's equipment.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Oddity {
    None,
    /// No ACK of it ever leaves the house.
    NeverAcknowledges,
    /// It falls silent at this time: the battery, or the fire.
    FallsSilent(u64),
    /// Its connection breaks at this time.
    Breaks(u64),
}

/// How a caller takes it to be rung back.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum WhenRung {
    Answers,
    Busy,
    Ignores,
}

/// One telephone.
#[derive(Clone, Debug)]
pub(super) struct Plan {
    pub number: String,
    pub transport: Transport,
    pub target: &'static str,
    pub attempts: Vec<Attempt>,
    pub oddity: Oddity,
    pub when_rung: WhenRung,
    pub body: Body,
}

/// What an INVITE carries.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Body {
    Nothing,
    Offer,
    OfferAndPlace,
    OfferAndReference,
}

/// Everybody of a seed.
pub(super) fn draw(seed: u64, start: u64) -> Vec<Plan> {
    let mut rng = Rng::named(seed, "telephone/plan");
    let count = 4 + rng.below(9);
    let mut plans: Vec<Plan> = (0..count).map(|index| caller(&mut rng, index, start)).collect();
    if rng.chance(150) {
        plans.push(flood(&mut rng, start));
    }
    plans
}

fn caller(rng: &mut Rng, index: u64, start: u64) -> Plan {
    // Some share a number: a family, or a switchboard.
    let line = if rng.chance(200) { rng.below(index + 1) } else { index };
    let transports = [(7, Transport::Udp), (2, Transport::Tcp), (1, Transport::Tls)];
    let transport = rng.choose(&transports).copied().unwrap_or(Transport::Udp);
    Plan {
        number: format!("+1202555{:04}", 100 + line),
        transport,
        target: target(rng),
        attempts: attempts(rng, start),
        oddity: oddity(rng, start, transport),
        when_rung: when_rung(rng),
        body: body(rng),
    }
}

fn flood(rng: &mut Rng, start: u64) -> Plan {
    let begins = start + rng.below(SPAN_MS);
    let attempts = (0..FLOOD_CALLS).map(|_| {
        let at = begins + rng.below(FLOOD_MS);
        Attempt { at, patience_ms: 200 + rng.below(40_000), speech_ms: Some(rng.below(3_000)) }
    });
    Plan {
        number: "+12025559999".to_owned(),
        transport: Transport::Udp,
        target: "urn:service:sos",
        attempts: attempts.collect(),
        oddity: Oddity::None,
        when_rung: when_rung(rng),
        body: Body::Offer,
    }
}

fn target(rng: &mut Rng) -> &'static str {
    let targets = [
        (10, "urn:service:sos"),
        (3, "urn:service:sos.fire"),
        (3, "sip:911@psap.example"),
        (2, "tel:911"),
        (1, "urn:service:test.sos"),
    ];
    rng.choose(&targets).copied().unwrap_or("urn:service:sos")
}

/// Once for most, up to six times for some.
fn attempts(rng: &mut Rng, start: u64) -> Vec<Attempt> {
    let again = if rng.chance(250) { 1 + rng.below(5) } else { 0 };
    let mut at = start + rng.below(SPAN_MS);
    let mut attempts = Vec::new();
    for _ in 0..=again {
        let patience_ms = patience(rng);
        let speech_ms = speech(rng);
        attempts.push(Attempt { at, patience_ms, speech_ms });
        at += patience_ms.min(30_000) + rng.below(10_000);
    }
    attempts
}

/// Before anything is heard, while it rings, at the moment of the answer, or long after.
fn patience(rng: &mut Rng) -> u64 {
    let longest = [(2, 300), (2, 3_000), (4, 20_000), (4, 120_000)];
    let longest = rng.choose(&longest).copied().unwrap_or(20_000);
    rng.below(longest)
}

fn speech(rng: &mut Rng) -> Option<u64> {
    let longest = [(2, Some(200)), (3, Some(60_000)), (5, None)];
    let longest = rng.choose(&longest).copied().unwrap_or(None)?;
    Some(rng.below(longest))
}

fn oddity(rng: &mut Rng, start: u64, transport: Transport) -> Oddity {
    let at = start + rng.below(2 * SPAN_MS);
    match rng.below(10) {
        0 => Oddity::NeverAcknowledges,
        1 => Oddity::FallsSilent(at),
        2..6 if transport.is_reliable() => Oddity::Breaks(at),
        _ => Oddity::None,
    }
}

fn when_rung(rng: &mut Rng) -> WhenRung {
    let choices = [(6, WhenRung::Answers), (2, WhenRung::Busy), (2, WhenRung::Ignores)];
    rng.choose(&choices).copied().unwrap_or(WhenRung::Answers)
}

fn body(rng: &mut Rng) -> Body {
    let choices = [
        (1, Body::Nothing),
        (3, Body::Offer),
        (3, Body::OfferAndPlace),
        (3, Body::OfferAndReference),
    ];
    rng.choose(&choices).copied().unwrap_or(Body::Offer)
}
