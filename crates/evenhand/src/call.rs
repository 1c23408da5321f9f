//! `evenhand call`: calls a centre by SIP, as a telephone does, for tests and for training.
//!
//! What it says on a line each: `>` went out, `<` came in. At the end it counts, and its exit
//! status is 0 only if every call got exactly one final response.

mod options;
mod running;
mod say;
mod tally;
mod target;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use phone::{
    Bound, Codec, Heard, Listen, Oddity, Phone, Plan, Setup, Speech, TlsFiles, Transport, WhenRung,
    Where, wav,
};

use running::Running;
use target::Target;

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
    say::tell(say::beginning(&args, &target, own(phone.bound())));
    let mut running = Running::new(&args, plan, phone);
    running.go(said).await?;
    say::tell(&running.tally);
    running.heard.iter().for_each(|(line, heard)| say::tell(say::heard(line, heard)));
    if let Some(file) = &args.hear {
        keep(file, running.heard.first().map(|(_, heard)| heard))?;
    }
    Ok(if running.is_well() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Writes what was heard, if anything was.
fn keep(file: &Path, heard: Option<&Heard>) -> Result<(), String> {
    let Some(heard) = heard else {
        say::tell(format!("nobody answered: `{}` is not written", file.display()));
        return Ok(());
    };
    let written = std::fs::write(file, wav::write(&heard.samples));
    written.map_err(|error| format!("`{}`: {error}", file.display()))
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
        identifiers: None,
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
