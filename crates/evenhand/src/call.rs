//! `evenhand call`: calls a centre by SIP, as a telephone does, for tests and for training.
//!
//! What it says on a line each: `>` went out, `<` came in. At the end it counts, and its exit
//! status is 0 only if every call got exactly one final response.

mod options;
mod say;
mod tally;
mod target;

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use phone::{
    Bound, Codec, Heard, Identifiers, LineId, Listen, Oddity, Outcome, Phone, Plan, Said, Setup,
    Speech, TlsFiles, Transport, What, WhenRung, Where, wav,
};
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::time::{Instant, sleep_until};

use say::Steps;
use tally::Tally;
use target::Target;

/// Calls up to which every step is said without being asked for.
const STEPS_CALLS_MAX: u64 = 3;
/// How often it is said how many calls stand, where steps are not.
const PROGRESS_EVERY: Duration = Duration::from_secs(2);
/// How long a telephone that is called back rings before it is picked up, in milliseconds.
const RINGS_MS: u64 = 1_000;
/// Most calls in one run: a day's worth of a large city.
const CALLS_MAX: u64 = 100_000;

/// What `call` is told.
#[derive(clap::Args)]
pub struct Args {
    /// Whom to call: `127.0.0.1:5060`, `sip:911@centre.example`, `sip:127.0.0.1;transport=tcp`.
    #[arg(default_value = "127.0.0.1:5060")]
    to: String,
    /// How messages travel: `udp`, `tcp`, `tls`; without it as the address says, or by UDP.
    #[arg(long, value_parser = target::transport)]
    transport: Option<Transport>,
    /// Where this telephone is reached, `ADDRESS` or `ADDRESS:PORT`; without it the address that
    /// the way to the centre goes out by, and any port.
    #[arg(long, value_name = "ADDRESS[:PORT]", value_parser = target::own_address)]
    from: Option<std::net::SocketAddr>,
    /// The service that is called, where the address names nobody.
    #[arg(long, value_name = "URN", default_value = "urn:service:sos")]
    service: String,
    /// Who calls. Each further call has the next number.
    #[arg(long, default_value = "+16175550123", value_parser = options::number)]
    number: String,
    /// The name beside the number.
    #[arg(long, default_value = "")]
    name: String,
    /// Where the caller is, in degrees of WGS 84.
    #[arg(long, value_name = "LAT,LON", allow_hyphen_values = true, value_parser = options::point)]
    at: Option<phone::Point>,
    /// The radius around it within which the caller is, in metres.
    #[arg(long, value_name = "METRES", requires = "at",
        value_parser = clap::value_parser!(u32).range(1..=100_000))]
    uncertainty: Option<u32>,
    /// A part of the address, `HNO=795`, `RD=Massachusetts Avenue`, `A3=Cambridge`; several times.
    #[arg(long, value_name = "PART=VALUE", value_parser = options::civic_part)]
    civic: Vec<(phone::CaType, String)>,
    /// Where the place can be asked for, instead of the place itself.
    #[arg(long, value_name = "URI", conflicts_with_all = ["at", "civic"])]
    location_uri: Option<String>,
    /// The tone that is spoken, in hertz.
    #[arg(long, value_name = "HERTZ", default_value_t = 440,
        value_parser = clap::value_parser!(u32).range(50..4_000))]
    tone: u32,
    /// A WAV file that is spoken once, instead of the tone.
    #[arg(long, value_name = "FILE", conflicts_with = "tone")]
    wav: Option<PathBuf>,
    /// Nothing is spoken; packets of silence go out.
    #[arg(long, conflicts_with_all = ["tone", "wav"])]
    mute: bool,
    /// The only codec offered: `pcmu` or `pcma`; without it both.
    #[arg(long, value_parser = options::codec)]
    codec: Option<Codec>,
    /// Writes what is heard to this WAV file; of one call only.
    #[arg(long, value_name = "FILE")]
    hear: Option<PathBuf>,
    /// When to hang up: `called:10s`, `ringing:2s`, `answered:5s`, each counted from its moment;
    /// several times, or `never`. Without it: when the centre does, or by Ctrl-C.
    #[arg(long, value_name = "WHEN", value_parser = options::hang_up)]
    hang_up: Vec<options::HangUpAt>,
    /// How many calls.
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u64).range(1..=CALLS_MAX))]
    calls: u64,
    /// New calls a second.
    #[arg(long, default_value_t = 1.0, value_parser = options::rate)]
    rate: f64,
    /// Says every step, however many calls there are.
    #[arg(long)]
    steps: bool,
    /// Does something wrong, as real equipment does; an unknown name is answered with the list.
    #[arg(long, value_name = "WHAT")]
    misbehave: Option<Oddity>,
    /// Stays reachable for so long after hanging up, and answers when it is called back.
    #[arg(long, value_name = "DURATION", value_parser = options::milliseconds)]
    wait_for_callback: Option<u64>,
    /// With TLS: this telephone's certificate, PEM.
    #[arg(long, value_name = "FILE", requires_all = ["key", "trusted"])]
    certificate: Option<PathBuf>,
    /// Its key, PEM.
    #[arg(long, value_name = "FILE")]
    key: Option<PathBuf>,
    /// The authorities whose certificates are believed, PEM.
    #[arg(long, value_name = "FILE")]
    trusted: Option<PathBuf>,
}

/// Calls until all is over, or Ctrl-C.
pub fn run(args: Args) -> Result<ExitCode, String> {
    if args.hear.is_some() && args.calls > 1 {
        return Err(format!("`--hear` is of one call, `--calls {}` was given", args.calls));
    }
    let mut runtime = tokio::runtime::Builder::new_multi_thread();
    let runtime = runtime.worker_threads(2).enable_all().build();
    let runtime = runtime.map_err(|error| format!("the runtime does not start: {error}"))?;
    runtime.block_on(calls(args))
}

async fn calls(args: Args) -> Result<ExitCode, String> {
    let target = Target::read(&args.to, args.transport, &args.service)?;
    let plan = plan(&args, &target)?;
    let (phone, said) = Phone::open(setup(&args, &target)?).await?;
    println!("{}", say::beginning(&args, &target, own(phone.bound())));
    let mut running = Running {
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
    };
    running.go(said).await?;
    println!("{}", running.tally);
    running.heard.iter().for_each(|(line, heard)| println!("{}", say::heard(line, heard)));
    if let (Some(file), Some((_, heard))) = (&args.hear, running.heard.first()) {
        let written = std::fs::write(file, wav::write(&heard.samples));
        written.map_err(|error| format!("`{}`: {error}", file.display()))?;
    }
    Ok(if running.is_well() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// One run.
struct Running {
    phone: Phone,
    plan: Plan,
    steps: Option<Steps>,
    tally: Tally,
    /// Whether callbacks are wanted; how long they are still waited for, and until when.
    waits: bool,
    wait: Option<Duration>,
    callback_until: Option<Instant>,
    heard: Vec<(String, Heard)>,
    placed: u64,
    calls: u64,
    every: Duration,
    stopping: bool,
}

impl Running {
    async fn go(&mut self, mut said: UnboundedReceiver<Said>) -> Result<(), String> {
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
                _ = progress.tick(), if self.steps.is_none() => println!("{}", self.tally),
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
    fn is_well(&self) -> bool {
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
        println!("hanging up");
        self.phone.hang_up_all();
        std::mem::replace(&mut self.stopping, true)
    }

    fn hear(&mut self, said: Said) {
        if let Some(line) = self.steps.as_mut().and_then(|steps| steps.line(&said)) {
            println!("{line}");
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

fn own(bound: Bound) -> String {
    let all = [bound.udp, bound.tcp, bound.tls];
    let shown: Vec<String> = all.into_iter().flatten().map(|at| at.to_string()).collect();
    shown.join(", ")
}

fn setup(args: &Args, target: &Target) -> Result<Setup, String> {
    let at = match args.from {
        Some(at) => at,
        None => target.way_out()?,
    };
    let on = |transport| (target.peer.transport == transport).then_some(at);
    let listen =
        Listen { udp: on(Transport::Udp), tcp: on(Transport::Tcp), tls: on(Transport::Tls) };
    let tls = match (&args.certificate, &args.key, &args.trusted) {
        (Some(certificate), Some(key), Some(trusted)) => Some(TlsFiles {
            certificate: certificate.clone(),
            key: key.clone(),
            trusted: trusted.clone(),
            peers_show_certificates: true,
        }),
        _ if listen.tls.is_some() => {
            return Err("TLS needs `--certificate`, `--key` and `--trusted`".to_owned());
        }
        _ => None,
    };
    Ok(Setup {
        listen,
        tls,
        voice_address: at.ip(),
        when_rung: WhenRung::AnswersAfter(RINGS_MS),
        keeps_sound: args.hear.is_some(),
    })
}

fn plan(args: &Args, target: &Target) -> Result<Plan, String> {
    let codecs = args.codec.map_or(vec![Codec::Pcmu, Codec::Pcma], |codec| vec![codec]);
    Ok(Plan {
        target: target.uri.clone(),
        to: target.peer,
        number: args.number.clone(),
        name: args.name.clone(),
        place: place(args),
        identifiers: None::<Identifiers>,
        codecs,
        speech: speech(args)?,
        hang_up: options::together(&args.hang_up),
        oddity: args.misbehave,
    })
}

fn place(args: &Args) -> Where {
    if let Some(uri) = &args.location_uri {
        return Where::Reference(uri.clone());
    }
    let places = options::places(args.at, args.uncertainty, &args.civic);
    if places.is_empty() { Where::Unsaid } else { Where::Value(places) }
}

fn speech(args: &Args) -> Result<Speech, String> {
    let Some(file) = &args.wav else {
        return Ok(if args.mute { Speech::Silence } else { Speech::Tone(args.tone) });
    };
    let bytes = std::fs::read(file).map_err(|error| format!("`{}`: {error}", file.display()))?;
    let samples = wav::read(&bytes).map_err(|error| format!("`{}`: {error}", file.display()))?;
    Ok(Speech::Samples(Arc::new(samples)))
}
