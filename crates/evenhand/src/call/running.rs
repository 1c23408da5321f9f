//! The calls of one run: made at their rate, said, counted, and hung up by Ctrl-C.

use std::time::Duration;

use phone::{Heard, LineId, Outcome, Phone, Plan, Said, What};
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::time::{Instant, sleep_until};

use super::say::{self, Steps};
use super::tally::Tally;
use super::{Args, options};

/// Calls up to which every step is said without being asked for.
const STEPS_CALLS_MAX: u64 = 3;
/// How often it is said how many calls stand, where steps are not.
const PROGRESS_EVERY: Duration = Duration::from_secs(2);

/// One run.
pub struct Running {
    phone: Phone,
    plan: Plan,
    steps: Option<Steps>,
    pub tally: Tally,
    /// Whether callbacks are wanted; how long they are still waited for, and until when.
    waits: bool,
    wait: Option<Duration>,
    callback_until: Option<Instant>,
    /// What was heard on each line that was up, if its steps are said.
    pub heard: Vec<(String, Heard)>,
    placed: u64,
    calls: u64,
    every: Duration,
    stopping: bool,
}

impl Running {
    /// A run that has not begun.
    pub fn new(args: &Args, plan: Plan, phone: Phone) -> Self {
        Self {
            steps: (args.steps || args.calls <= STEPS_CALLS_MAX).then(Steps::default),
            tally: Tally::default(),
            waits: args.wait_for_callback.is_some(),
            wait: args.wait_for_callback.map(Duration::from_millis),
            callback_until: None,
            heard: Vec::new(),
            placed: 0,
            calls: args.calls,
            every: Duration::from_secs_f64(1.0 / args.rate),
            stopping: false,
            plan,
            phone,
        }
    }

    /// Calls until all is over, or the second Ctrl-C.
    ///
    /// # Errors
    /// The system does not tell of signals.
    pub async fn go(&mut self, mut said: UnboundedReceiver<Said>) -> Result<(), String> {
        let mut interrupts = interrupts()?;
        let mut next_call = Instant::now();
        let mut progress = tokio::time::interval(PROGRESS_EVERY);
        progress.tick().await;
        while !self.is_done() {
            let callback_until = self.callback_until.unwrap_or_else(Instant::now);
            tokio::select! {
                // What happened first is told first, also where a moment is reached meanwhile.
                biased;
                _ = interrupts.recv() => {
                    if self.stop() {
                        return Ok(());
                    }
                }
                Some(said) = said.recv() => self.hear(said),
                () = sleep_until(next_call), if self.is_calling() => {
                    self.place();
                    next_call += self.every;
                }
                () = sleep_until(callback_until), if self.callback_until.is_some() => {
                    self.callback_until = None;
                    self.wait = None;
                }
                _ = progress.tick(), if self.steps.is_none() => say::tell(&self.tally),
            }
        }
        Ok(())
    }

    fn is_calling(&self) -> bool {
        !self.stopping && self.placed < self.calls
    }

    /// All calls were made and are over, and nobody is waited for.
    fn is_done(&self) -> bool {
        let over = !self.is_calling() && self.tally.open() == 0;
        over && (self.stopping || self.wait.is_none() || self.tally.is_rung_back())
    }

    /// Every call got its one final response; whoever waited was called back.
    pub fn is_well(&self) -> bool {
        self.tally.is_well() && (!self.waits || self.tally.is_rung_back())
    }

    fn place(&mut self) {
        let mut plan = self.plan.clone();
        plan.number = options::next_number(&plan.number, self.placed);
        plan.identifiers = options::identifiers(self.placed);
        self.placed += 1;
        self.tally.begin();
        self.phone.call(plan);
    }

    /// Hangs up; the second time it does not wait for anybody's last word.
    fn stop(&mut self) -> bool {
        say::tell("hanging up");
        self.phone.hang_up_all();
        std::mem::replace(&mut self.stopping, true)
    }

    fn hear(&mut self, said: Said) {
        if let Some(steps) = &mut self.steps {
            say::tell(steps.line(&said));
        }
        match said.what {
            What::Rung { .. } => self.tally.ring(),
            What::Over(outcome) => self.over(said.line, *outcome),
            What::Sent(_)
            | What::Received(_)
            | What::Ringing(_)
            | What::Answered
            | What::Voice(_)
            | What::Declined(_) => {}
        }
    }

    fn over(&mut self, line: LineId, outcome: Outcome) {
        self.tally.end(&outcome);
        let name = self.steps.as_ref().and_then(|steps| steps.name(line));
        if let Some(name) = name.filter(|_| outcome.answered) {
            self.heard.push((name.to_owned(), outcome.heard));
        }
        let waits = self.wait.filter(|_| !self.is_calling() && self.tally.open() == 0);
        if self.callback_until.is_none() {
            self.callback_until = waits.map(|wait| Instant::now() + wait);
        }
    }
}

/// Ctrl-C, and what a system sends instead.
fn interrupts() -> Result<tokio::sync::mpsc::Receiver<()>, String> {
    use tokio::signal::unix::{SignalKind, signal};
    let text = |error: std::io::Error| format!("the system does not tell of signals: {error}");
    let mut interrupt = signal(SignalKind::interrupt()).map_err(text)?;
    let mut terminate = signal(SignalKind::terminate()).map_err(text)?;
    let (tell, told) = tokio::sync::mpsc::channel(1);
    tokio::spawn(async move {
        loop {
            tokio::select! {
                _ = interrupt.recv() => {}
                _ = terminate.recv() => {}
            }
            if tell.send(()).await.is_err() {
                return;
            }
        }
    });
    Ok(told)
}
