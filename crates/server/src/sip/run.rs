//! The task that owns call handling: everything that concerns a telephone passes here, in one
//! order.

use std::net::SocketAddr;
use std::time::Duration;

use center::{Center, Clear, Order, Output as Told};
use evenhand_core::{Actor, CallId, Event, PersonId};
use intake::handling::{self, CallHandling, Held, Output, Replied, States};
use serde_json::json;
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::{broadcast, mpsc, watch};

use super::fetch::{Fetched, Fetcher, Method, Question};
use super::sockets::{Arrival, Sockets};
use super::standing;
use super::voices;
use crate::clock::Steady;
use crate::door::{Answer, CenterHandle, NoAnswer};
use crate::limits::{SIP_AT_ONCE_MAX, SIP_WAKE_MS_MAX};
use crate::voice::{VoiceEvent, VoicePlane};

/// What the task hears from the rest of the process.
#[derive(Debug)]
pub(super) enum Heard {
    /// An output of the centre.
    Told(Told),
    /// An answer of the centre to an order of ours.
    Replied { key: String, replied: Replied },
    /// A call is to be rung back, and its number was looked up.
    Dial { call: CallId, by: PersonId, number: Option<String>, request: Vec<String> },
    /// How service and queues stand.
    States(States),
    /// An address for voice.
    VoiceOpened { leg: u64, opened: Result<SocketAddr, String> },
}

/// Everything the task works with.
pub(super) struct Parts {
    pub handling: CallHandling,
    pub sockets: Sockets,
    pub arrived: mpsc::Receiver<Arrival>,
    pub heard: mpsc::UnboundedReceiver<Heard>,
    pub hears: mpsc::UnboundedSender<Heard>,
    pub fetcher: Fetcher,
    pub fetched: mpsc::Receiver<Fetched>,
    pub voice: VoicePlane,
    pub center: CenterHandle,
    pub ending: watch::Receiver<bool>,
}

/// Runs until the process ends.
pub(super) async fn run(parts: Parts) {
    let clock = Steady::start();
    let Parts { handling, sockets, arrived, heard, fetched, ending, .. } = parts;
    let voice_events = parts.voice.events();
    let hands = Hands {
        sockets,
        hears: parts.hears,
        fetcher: parts.fetcher,
        voice: parts.voice,
        center: parts.center,
    };
    let ears = Ears { arrived, heard, fetched, voice_events };
    let mut task = Task { handling, hands, clock, states_asked: false };
    task.begin().await;
    task.listen(ears, ending).await;
}

struct Ears {
    arrived: mpsc::Receiver<Arrival>,
    heard: mpsc::UnboundedReceiver<Heard>,
    fetched: mpsc::Receiver<Fetched>,
    voice_events: broadcast::Receiver<VoiceEvent>,
}

struct Hands {
    sockets: Sockets,
    hears: mpsc::UnboundedSender<Heard>,
    fetcher: Fetcher,
    voice: VoicePlane,
    center: CenterHandle,
}

struct Task {
    handling: CallHandling,
    hands: Hands,
    clock: Steady,
    states_asked: bool,
}

impl Task {
    async fn begin(&mut self) {
        self.handling.start(self.clock.now_ms());
        self.ask_states();
        // Answered before the first packet is read, so that no call of ours is among them.
        let lost = answer(&self.hands.center, standing::lost_lines).await;
        self.handling.lines_lost(self.clock.now_ms(), &lost);
        self.act().await;
    }

    async fn listen(&mut self, mut ears: Ears, mut ending: watch::Receiver<bool>) {
        loop {
            tokio::select! {
                biased;
                _ = ending.wait_for(|ending| *ending) => return,
                Some(heard) = ears.heard.recv() => {
                    self.hear(heard);
                    self.hear_more(&mut ears.heard);
                }
                event = ears.voice_events.recv() => self.voice_event(event),
                Some((id, answer)) = ears.fetched.recv() => {
                    self.handling.fetched(self.clock.now_ms(), id, answer);
                }
                Some(arrival) = ears.arrived.recv() => self.arrive(arrival),
                () = tokio::time::sleep(self.patience()) => {
                    self.handling.wake(self.clock.now_ms());
                }
            }
            self.act().await;
        }
    }

    /// What has been heard meanwhile, up to a limit, so that the network is read as well.
    fn hear_more(&mut self, more: &mut mpsc::UnboundedReceiver<Heard>) {
        for _ in 0..SIP_AT_ONCE_MAX {
            match more.try_recv() {
                Ok(heard) => self.hear(heard),
                Err(_nothing_more) => return,
            }
        }
    }

    fn patience(&self) -> Duration {
        let now = self.clock.now_ms();
        let until = self.handling.next_timer().map(|at| at.saturating_sub(now));
        Duration::from_millis(until.unwrap_or(SIP_WAKE_MS_MAX).min(SIP_WAKE_MS_MAX))
    }

    fn arrive(&mut self, arrival: Arrival) {
        let now = self.clock.now_ms();
        match arrival {
            Arrival::Message { from, bytes } => self.handling.receive(now, &from, &bytes),
            Arrival::Closed { flow } => self.handling.connection_lost(now, flow),
        }
    }

    fn hear(&mut self, heard: Heard) {
        let now = self.clock.now_ms();
        match heard {
            Heard::Told(told) => self.told(now, told),
            Heard::Replied { key, replied } => self.handling.replied(now, &key, replied),
            Heard::Dial { call, by, number, request } => {
                self.handling.told(now, &handling::Told::Dial { call, by, number, request });
            }
            Heard::States(states) => {
                self.states_asked = false;
                self.handling.states(now, states);
            }
            Heard::VoiceOpened { leg, opened } => self.handling.voice_opened(now, leg, opened),
        }
    }

    /// An output of the centre that concerns a telephone.
    fn told(&mut self, now: u64, told: Told) {
        let told = match told {
            Told::Answered { call, by } => handling::Told::Answered { call, by },
            Told::Release { call } => handling::Told::Released { call },
            Told::Abandoned { call, .. } => handling::Told::Abandoned { call },
            Told::Rebid { call } => handling::Told::Rebid { call },
            Told::Transfer { call, to } => handling::Told::Transfer { call, to },
            Told::StopDialling { call } => handling::Told::Released { call },
            Told::Hold { call } => handling::Told::Hold { call, held: Held::Holding },
            Told::Resume { call } => handling::Told::Hold { call, held: Held::Speaking },
            Told::Dial { call, by } => return self.hands.look_up_caller(call, by),
            Told::StatesChanged | Told::JournalDown { .. } | Told::JournalBack { .. } => {
                return self.ask_states();
            }
            Told::Ring { .. }
            | Told::Offered { .. }
            | Told::Page { .. }
            | Told::CallOff { .. }
            | Told::Reply { .. }
            | Told::BoardChanged(_)
            | Told::NextDeadline { .. } => return,
        };
        self.handling.told(now, &told);
    }

    /// One question is under way at a time: its answer is as new as any.
    fn ask_states(&mut self) {
        if !self.states_asked {
            self.states_asked = true;
            self.hands.ask(standing::states, Heard::States);
        }
    }

    /// What voice notices is told to whoever speaks with that caller, and to every position: a
    /// supervisor may see it first.
    fn voice_event(&mut self, event: Result<VoiceEvent, RecvError>) {
        match event {
            Ok(VoiceEvent::Media { leg, state }) => {
                let Some(call) = self.handling.call_of_leg(leg) else { return };
                let content = json!({ "call": call, "voice": voices::state(state) });
                self.hands.center.announce("voice", content);
            }
            Ok(VoiceEvent::Digit { leg, key }) => {
                let Some(call) = self.handling.call_of_leg(leg) else { return };
                self.hands.center.announce("voice", json!({ "call": call, "key": key }));
            }
            Ok(VoiceEvent::BrowserHere { position }) => self.say_browser(&position, "here"),
            Ok(VoiceEvent::BrowserGone { position }) => self.say_browser(&position, "gone"),
            Ok(VoiceEvent::Statistics { .. }) => {}
            Err(RecvError::Lagged(missed)) => {
                tracing::warn!(missed, "voice noticed more than could be told");
            }
            Err(RecvError::Closed) => {}
        }
    }

    fn say_browser(&self, position: &str, state: &str) {
        let content = json!({ "position": position, "browser": state });
        self.hands.center.announce("voice", content);
    }

    async fn act(&mut self) {
        while let Some(output) = self.handling.poll() {
            self.hands.act(output).await;
        }
    }
}

impl Hands {
    async fn act(&mut self, output: Output) {
        match output {
            Output::Send { to, bytes } => self.sockets.send(&to, bytes).await,
            Output::Order { key, command } => {
                let command = (*command).map(&mut |_, text| Clear(text));
                self.order(key, Order::Command(command));
            }
            Output::Voice(voice) => {
                if let Some((leg, opened)) = voices::obey(&self.voice, voice) {
                    let _ended_anyway = self.hears.send(Heard::VoiceOpened { leg, opened });
                }
            }
            Output::Fetch(fetch) => {
                let handling::Fetch { id, url, content_type, body, wait_ms } = fetch;
                let method = if body.is_some() { Method::Post } else { Method::Get };
                let body = body.unwrap_or_default();
                self.fetcher.ask(Question { id, url, method, content_type, body, wait_ms });
            }
            Output::Dialled { call, progress } => self.say_dialled(call, &progress),
            Output::Note(text) => tracing::info!("{text}"),
        }
    }

    /// Gives the centre an order in the name of the line. They enter its queue in this order.
    fn order(&self, key: String, order: Order) {
        let answer = self.center.order_later(key.clone(), Actor::Line, order);
        let hears = self.hears.clone();
        tokio::spawn(async move {
            let replied = match answer {
                Ok(answer) => replied(answer.await),
                Err(NoAnswer::Busy | NoAnswer::Unknown) => Replied::NotYet,
            };
            let _ended_anyway = hears.send(Heard::Replied { key, replied });
        });
    }

    /// Asks the centre a question; the answer is heard later, or asked again by the next change.
    fn ask<T: Send + 'static>(
        &self,
        question: impl FnOnce(&Center) -> T + Clone + Send + 'static,
        heard: impl FnOnce(T) -> Heard + Send + 'static,
    ) {
        let (center, hears) = (self.center.clone(), self.hears.clone());
        tokio::spawn(async move {
            let answer = answer(&center, question).await;
            let _ended_anyway = hears.send(heard(answer));
        });
    }

    fn look_up_caller(&self, call: CallId, by: PersonId) {
        let heard = move |(number, request)| Heard::Dial { call, by, number, request };
        let known =
            move |center: &Center| (center.number_of_call(call), center.request_of_call(call));
        self.ask(known, heard);
    }

    /// How ringing somebody back goes, for whoever looks.
    fn say_dialled(&self, call: CallId, progress: &handling::Dialled) {
        let (word, code) = match progress {
            handling::Dialled::Dialling => ("dialling", None),
            handling::Dialled::Ringing => ("ringing", None),
            handling::Dialled::Answered => ("answered", None),
            handling::Dialled::Failed(code) => ("failed", Some(code)),
            handling::Dialled::Over => ("over", None),
        };
        let content = json!({ "call": call, "progress": word, "code": code });
        self.center.announce("dialled", content);
    }
}

/// Asks until there is an answer: the centre may be busy, or being built again.
async fn answer<T: Send + 'static>(
    center: &CenterHandle,
    question: impl FnOnce(&Center) -> T + Clone + Send + 'static,
) -> T {
    loop {
        if let Ok(answer) = center.query(question.clone()).await {
            return answer;
        }
        tokio::time::sleep(Duration::from_millis(SIP_WAKE_MS_MAX)).await;
    }
}

/// What an answer of the centre means for whoever waits for it.
fn replied(answer: Result<Answer, impl Sized>) -> Replied {
    match answer {
        Ok(Ok(accepted)) => {
            let call = accepted.events.iter().find_map(|(_, event)| match event {
                Event::CallPresented { call, .. } => Some(*call),
                _ => None,
            });
            Replied::Recorded { call }
        }
        Ok(Err(center::Rejected::Refused { text, .. })) => Replied::Refused(text),
        Ok(Err(center::Rejected::Invalid { text })) => Replied::Refused(text),
        Ok(Err(center::Rejected::NotRead { .. })) => Replied::Refused("not read".to_owned()),
        Ok(Err(center::Rejected::Unrecorded { .. })) | Err(_) => Replied::NotYet,
    }
}
