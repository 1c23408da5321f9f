//! The task that owns the lines of a phone: everything passes here, in one order.

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use server::sip::{Arrival, Sockets};
use tokio::sync::mpsc;
use tokio::time::Instant;

use crate::ear::Heard;
use crate::lines::{Deed, Lines};
use crate::plan::Plan;
use crate::said::{LineId, Said};
use crate::talk::Talk;
use crate::voice::{self, Mouth};

/// Longest sleep, in milliseconds, where nothing is due.
const WAKE_MS_MAX: u64 = 1_000;

/// What a person at the phone wants.
#[derive(Debug)]
pub(crate) enum Ask {
    Call { line: LineId, plan: Box<Plan> },
    HangUp { line: LineId },
    Answer { line: LineId },
    HangUpAll,
}

/// Everything the task works with.
pub(crate) struct Parts {
    pub lines: Lines,
    pub sockets: Sockets,
    pub arrived: mpsc::Receiver<Arrival>,
    pub asks: mpsc::UnboundedReceiver<Ask>,
    pub says: mpsc::UnboundedSender<Said>,
    pub voice_address: IpAddr,
    pub keeps_sound: bool,
}

/// Runs until nobody holds the phone any more.
pub(crate) async fn run(parts: Parts) {
    let Parts { lines, sockets, arrived, asks, says, voice_address, keeps_sound } = parts;
    let (hears, heard) = mpsc::unbounded_channel();
    let since = Instant::now();
    let mouths = BTreeMap::new();
    let task = Task { lines, sockets, says, voice_address, keeps_sound, hears, mouths, since };
    task.listen(arrived, asks, heard).await;
}

struct Task {
    lines: Lines,
    sockets: Sockets,
    says: mpsc::UnboundedSender<Said>,
    voice_address: IpAddr,
    keeps_sound: bool,
    hears: mpsc::UnboundedSender<(LineId, Heard)>,
    mouths: BTreeMap<LineId, Mouth>,
    since: Instant,
}

impl Task {
    async fn listen(
        mut self,
        mut arrived: mpsc::Receiver<Arrival>,
        mut asks: mpsc::UnboundedReceiver<Ask>,
        mut heard: mpsc::UnboundedReceiver<(LineId, Heard)>,
    ) {
        loop {
            tokio::select! {
                ask = asks.recv() => match ask {
                    Some(ask) => self.ask(ask),
                    None => return,
                },
                Some(arrival) = arrived.recv() => self.arrive(arrival),
                Some((line, heard)) = heard.recv() => {
                    let now = self.now();
                    self.lines.heard(now, line, heard);
                }
                () = tokio::time::sleep(self.patience()) => {
                    let now = self.now();
                    self.lines.wake(now);
                }
            }
            self.act().await;
        }
    }

    fn now(&self) -> u64 {
        u64::try_from(self.since.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    fn patience(&self) -> Duration {
        let until = self.lines.next_timer().map(|at| at.saturating_sub(self.now()));
        Duration::from_millis(until.unwrap_or(WAKE_MS_MAX).min(WAKE_MS_MAX))
    }

    fn ask(&mut self, ask: Ask) {
        let now = self.now();
        match ask {
            Ask::Call { line, plan } => self.lines.call(line, *plan),
            Ask::HangUp { line } => self.lines.hang_up(now, line),
            Ask::Answer { line } => self.lines.answer(now, line),
            Ask::HangUpAll => self.lines.hang_up_all(now),
        }
    }

    fn arrive(&mut self, arrival: Arrival) {
        let now = self.now();
        match arrival {
            Arrival::Message { from, bytes } => self.lines.receive(now, &from, &bytes),
            Arrival::Closed { flow } => self.lines.connection_lost(now, flow),
        }
    }

    async fn act(&mut self) {
        while let Some(deed) = self.lines.poll() {
            match deed {
                Deed::Send { to, bytes } => self.sockets.send(&to, bytes).await,
                Deed::OpenVoice { line, plan } => {
                    let (now, opened) = (self.now(), self.open_voice(line, &plan));
                    self.lines.voice_opened(now, line, opened);
                }
                Deed::Talk { line, agreed } => {
                    self.mouths.get(&line).into_iter().for_each(|mouth| mouth.talk(agreed));
                }
                Deed::Hush { line } => {
                    self.mouths.remove(&line);
                }
                // Who does not listen to what is told may still be called.
                Deed::Say(said) => drop(self.says.send(said)),
            }
        }
    }

    fn open_voice(&mut self, line: LineId, plan: &Plan) -> Result<SocketAddr, String> {
        let random = server::random_bytes().map_err(|error| error.to_string())?;
        let talk = Talk::new(&plan.speech, plan.oddity, self.keeps_sound, random);
        let (mouth, address) = voice::open(self.voice_address, line, talk, self.hears.clone())?;
        self.mouths.insert(line, mouth);
        Ok(address)
    }
}
