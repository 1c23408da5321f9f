//! Callers' telephones in the demo: what the simulation does on the line is done by SIP.
//!
//! A caller who rings becomes an INVITE, one who hangs up a CANCEL or a BYE; the centre hears of
//! both only by its sockets. The simulation stays as it is: it gets the reply that it waits for
//! once the call stands on the record under the identifier that the INVITE bore. Text and alarms
//! enter as commands, as they do without telephones.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::Path;
use std::time::Duration;

use center::{Accepted, Center, Clear, Input, Order, Output};
use evenhand_core::{CallId, Channel, Command, Event};
use phone::{LineId, Listen, Phone, Said, Setup, What, WhenRung};
use server::sip::{LocationSettings, MediaSettings, SipSettings, Upstream};
use server::{CenterHandle, NoAnswer};
use sim::callers::PICKED_UP;
use tokio::runtime::Runtime;
use tokio::sync::mpsc::UnboundedReceiver;

use super::caller_plan::{self, last_digits};

/// Longest wait for a call to ring, that is, to stand on the record. Later it is found by its ring,
/// as any call that could not be recorded at first.
const RINGS_WITHIN: Duration = Duration::from_secs(5);
/// Ports for callers' voice, above those of a centre in service.
const PORTS: std::ops::RangeInclusive<u16> = 24_000..=27_999;
/// How long a location server may take, and how often it is asked again; the demo has none.
const LOCATION_MS: (u64, u64) = (5_000, 30_000);

/// All telephones of the demo, at one address.
pub struct Telephones {
    phone: Phone,
    said: UnboundedReceiver<Said>,
    /// Where the centre listens, once it does.
    centre: Option<SocketAddr>,
    /// Lines that are not over, by the identifier of their call.
    lines: BTreeMap<String, LineId>,
    /// Lines on which a callback rings, by the number that is called.
    rung: BTreeMap<String, LineId>,
    /// Numbers that pick up as soon as it rings.
    picks_up: BTreeSet<String>,
    /// Makes the identifiers of each run others.
    run: String,
    calls: u64,
    callbacks: u64,
    picked_up: u64,
    // Last, so that everything on it is gone before it is.
    runtime: Runtime,
}

/// The file in the demo's folder that says where the telephones are.
const PLACE: &str = "telephones";

fn setup(own: SocketAddr) -> Setup {
    Setup {
        listen: Listen { udp: Some(own), ..Listen::default() },
        tls: None,
        voice_address: own.ip(),
        when_rung: WhenRung::AnswersWhenTold,
        keeps_sound: false,
    }
}

/// What became of a batch.
pub struct Taken {
    /// The replies to what was done by telephone.
    pub replies: Vec<Output>,
    /// What enters as before.
    pub others: Vec<Input>,
}

impl Telephones {
    /// Telephones where the last run had them, so that its callers can still be rung back; else at
    /// any free port of this machine. `data` is the demo's folder, if there is one yet.
    ///
    /// # Errors
    /// No port, no thread, or no random bytes.
    pub fn open(data: &Path) -> Result<Self, String> {
        let mut runtime = tokio::runtime::Builder::new_multi_thread();
        let runtime = runtime.worker_threads(1).enable_all().build();
        let runtime = runtime.map_err(|error| format!("no thread for telephones: {error}"))?;
        let any = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let before = std::fs::read_to_string(data.join(PLACE)).ok();
        let before = before.and_then(|text| text.trim().parse().ok());
        let there = before.map(|before| runtime.block_on(Phone::open(setup(before))));
        let (phone, said) = match there {
            Some(Ok(opened)) => opened,
            Some(Err(_)) | None => runtime.block_on(Phone::open(setup(any)))?,
        };
        let random: [u8; 6] = server::random_bytes().map_err(|error| error.to_string())?;
        Ok(Self {
            phone,
            said,
            centre: None,
            lines: BTreeMap::new(),
            rung: BTreeMap::new(),
            picks_up: BTreeSet::new(),
            run: random.iter().map(|byte| format!("{byte:02x}")).collect(),
            calls: 0,
            callbacks: 0,
            picked_up: 0,
            runtime,
        })
    }

    /// How a centre takes calls of telephones on this machine, and calls them back.
    pub fn centre_settings() -> SipSettings {
        let local = IpAddr::from(Ipv4Addr::LOCALHOST);
        SipSettings {
            element: "chfe.demo.invalid".to_owned(),
            agency: "demo.invalid".to_owned(),
            host: None,
            number: "911".to_owned(),
            languages: vec!["en".to_owned()],
            listen: Listen { udp: Some(SocketAddr::new(local, 0)), ..Listen::default() },
            tls: None,
            // Whoever rang is rung back where they are: a telephone of a visitor too.
            border: None,
            media: MediaSettings {
                address: local,
                ports: PORTS,
                browsers: SocketAddr::new(local, 0),
            },
            location: LocationSettings {
                default: None,
                wait_ms: LOCATION_MS.0,
                again_ms: LOCATION_MS.1,
            },
            lost_url: None,
            upstream: Upstream::default(),
        }
    }

    /// Calls go there. Where the telephones are is noted in the demo's folder for the next run.
    ///
    /// # Errors
    /// The folder cannot be written.
    pub fn call_at(&mut self, centre: SocketAddr, data: &Path) -> Result<(), String> {
        self.centre = Some(centre);
        let place = data.join(PLACE);
        let own = self.phone.bound().udp.ok_or("the telephones have no address")?;
        let written = std::fs::write(&place, own.to_string());
        written.map_err(|error| format!("{}: {error}", place.display()))
    }

    /// What they did so far, in a few words.
    pub fn summary(&self) -> String {
        let Self { calls, callbacks, picked_up, .. } = self;
        format!("by SIP: {calls} calls, {callbacks} callbacks, {picked_up} of them picked up")
    }

    /// Does what is done on the line, and leaves the rest.
    ///
    /// # Errors
    /// The centre does not answer; nothing is done twice when the same inputs come again.
    pub fn take(&mut self, inputs: Vec<Input>, center: &CenterHandle) -> Result<Taken, NoAnswer> {
        self.listen();
        let mut taken = Taken { replies: Vec::new(), others: Vec::new() };
        for input in inputs {
            match &input.order {
                Order::Command(Command::PresentCall { channel: Channel::Voice, .. }) => {
                    taken.replies.extend(self.ring(&input, center)?);
                }
                Order::Command(Command::AbandonCall { call }) => {
                    match self.line_of(*call, center)? {
                        Some(line) => self.phone.hang_up(line),
                        None => taken.others.push(input),
                    }
                }
                Order::Command(Command::RecordWords { call, words: Clear(words) }) => {
                    if words == PICKED_UP {
                        self.pick_up(*call, center)?;
                    }
                    taken.others.push(input);
                }
                Order::Command(_) | Order::Line { .. } | Order::Undo => taken.others.push(input),
            }
        }
        Ok(taken)
    }

    /// Hears what came out of the centre: a person who says that a caller is reached is believed,
    /// and the caller picks up.
    pub fn hear(&mut self, outputs: &[Output], center: &CenterHandle) {
        self.listen();
        for output in outputs {
            if let Output::Answered { call, .. } = output
                && !self.rung.is_empty()
            {
                // Asked again by the words of whoever picks up, if there is no answer now.
                let _later = self.pick_up(*call, center);
            }
        }
    }

    /// The INVITE of a caller; the reply once the call is on the record, which its ringing says.
    fn ring(&mut self, input: &Input, center: &CenterHandle) -> Result<Option<Output>, NoAnswer> {
        let identifier = self.identifier(&input.key);
        if !self.lines.contains_key(&identifier) {
            let plan = self.centre.and_then(|at| caller_plan::of(input, identifier.clone(), at));
            let Some(plan) = plan else { return Ok(None) };
            self.calls += 1;
            let line = self.phone.call(plan);
            self.lines.insert(identifier.clone(), line);
        }
        if let Some(line) = self.lines.get(&identifier).copied() {
            self.wait_until_it_rings(line);
        }
        let named = identifier.clone();
        let found = center.query_blocking(move |center| find(center, &named))?;
        Ok(found.map(|call| presented(input, call)))
    }

    fn identifier(&self, key: &str) -> String {
        let key: String = key.chars().filter(char::is_ascii_alphanumeric).collect();
        format!("urn:emergency:uid:callid:{}{key}:demo.invalid", self.run)
    }

    fn wait_until_it_rings(&mut self, line: LineId) {
        let Self { runtime, said, .. } = self;
        let mut heard = Vec::new();
        // Its end is known too: a test call is answered without ringing for long.
        let rings = async {
            while let Some(one) = said.recv().await {
                let is_it = one.line == line
                    && matches!(one.what, What::Ringing(_) | What::Answered | What::Over(_));
                heard.push(one);
                if is_it {
                    return;
                }
            }
        };
        let _or_later = runtime.block_on(async { tokio::time::timeout(RINGS_WITHIN, rings).await });
        heard.into_iter().for_each(|one| self.note(&one));
    }

    fn listen(&mut self) {
        while let Ok(said) = self.said.try_recv() {
            self.note(&said);
        }
    }

    fn note(&mut self, said: &Said) {
        match &said.what {
            What::Rung { number, .. } => {
                let number = last_digits(number);
                self.callbacks += 1;
                if self.picks_up.remove(&number) {
                    self.phone.answer(said.line);
                }
                self.rung.insert(number, said.line);
            }
            What::Over(outcome) => {
                self.picked_up += u64::from(outcome.rung && outcome.answered);
                self.lines.retain(|_, line| *line != said.line);
                self.rung.retain(|_, line| *line != said.line);
            }
            What::Sent(_)
            | What::Received(_)
            | What::Ringing(_)
            | What::Answered
            | What::Voice(_)
            | What::Declined(_) => {}
        }
    }

    /// The line of a call: on which it is rung back, or on which it came.
    fn line_of(&self, call: CallId, center: &CenterHandle) -> Result<Option<LineId>, NoAnswer> {
        let (identifier, number) = center.query_blocking(move |center| {
            let identifier = center.call_identifier(call).map(str::to_owned);
            (identifier, center.number_of_call(call))
        })?;
        let rung = number.and_then(|number| self.rung.get(&last_digits(&number)));
        let own = identifier.and_then(|identifier| self.lines.get(&identifier));
        Ok(own.or(rung).copied())
    }

    /// Whoever is called back picks up, now or as soon as it rings.
    fn pick_up(&mut self, call: CallId, center: &CenterHandle) -> Result<(), NoAnswer> {
        let number = center.query_blocking(move |center| center.number_of_call(call))?;
        let Some(number) = number.map(|number| last_digits(&number)) else { return Ok(()) };
        match self.rung.get(&number) {
            Some(line) => self.phone.answer(*line),
            None => drop(self.picks_up.insert(number)),
        }
        Ok(())
    }
}

/// The newest calls are looked at first: it has just been presented.
fn find(center: &Center, identifier: &str) -> Option<CallId> {
    let calls: Vec<CallId> = center.core().calls().map(|call| call.id).collect();
    calls.into_iter().rev().find(|call| center.call_identifier(*call) == Some(identifier))
}

/// The reply that the centre would have given to the caller's own command.
fn presented(input: &Input, call: CallId) -> Output {
    let event = Event::CallPresented {
        call,
        channel: Channel::Voice,
        number: None,
        number_digest: None,
        name: None,
        location: None,
        test: false,
    };
    let accepted = Accepted { first_seq: 0, last_seq: 0, events: vec![(0, event)], repeated: true };
    Output::Reply { key: input.key.clone(), result: Ok(accepted) }
}
