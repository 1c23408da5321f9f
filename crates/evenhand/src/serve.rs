//! `evenhand serve`: a live centre, until Ctrl-C.

use std::io::{BufRead, IsTerminal, Write};
use std::net::{IpAddr, SocketAddr};
use std::ops::RangeInclusive;
use std::path::PathBuf;
use std::process::ExitCode;

use evenhand_core::Role;
use journal::{EmbeddedOptions, Synchronous};
use server::config::CenterFiles;
use server::voice::VoiceSetup;
use server::{Accounts, DataDir, Serving};

/// Set in tests only: allows `--unsafe-no-sync`.
const TEST_VARIABLE: &str = "EVENHAND_TEST_UNSAFE";

/// What `serve` is told.
#[derive(clap::Args)]
pub struct Args {
    /// The centre: a folder with a `center.toml`, or `cambridge`, which is built in.
    #[arg(long, default_value = "cambridge")]
    center: PathBuf,
    /// The data folder: journal, keys, accounts. Made at the first start.
    #[arg(long)]
    data: PathBuf,
    /// Where to listen. Passwords travel in the clear: anything but this machine needs a proxy
    /// with TLS in front.
    #[arg(long, default_value = "127.0.0.1:8911")]
    listen: SocketAddr,
    /// Where browsers bring their voice, by UDP: an address that they reach; port 0 takes any.
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:0")]
    voice_listen: SocketAddr,
    /// Where callers bring their voice, by RTP: an address that they reach.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1")]
    rtp_address: IpAddr,
    /// The ports for callers' voice: two for each caller.
    #[arg(long, value_name = "FIRST-LAST", default_value = "16384-32767", value_parser = ports)]
    rtp_ports: RangeInclusive<u16>,
    /// Serve the console's files from this folder instead of those built in.
    #[arg(long)]
    console_dir: Option<PathBuf>,
    /// Add a person, or give one a new password and roles, and end: `--add-person ada --role
    /// dispatcher`. The password is read from standard input, one line.
    #[arg(long, value_name = "NAME")]
    add_person: Option<String>,
    /// Role of the person added; may be given several times.
    #[arg(long, value_name = "ROLE", requires = "add_person")]
    role: Vec<RoleWord>,
    /// Remove a person, and end.
    #[arg(long, value_name = "NAME", conflicts_with = "add_person")]
    remove_person: Option<String>,
    /// Show all people with their roles, and end.
    #[arg(long, conflicts_with_all = ["add_person", "remove_person"])]
    list_people: bool,
    /// Tests only: answer before the disk has it.
    #[arg(long, hide = true)]
    unsafe_no_sync: bool,
    /// Tests only: most pages of 4,096 bytes that the journal may have.
    #[arg(long, hide = true)]
    journal_pages_max: Option<u32>,
}

/// A role as it is typed.
#[derive(Clone, Copy, clap::ValueEnum)]
#[value(rename_all = "snake_case")]
enum RoleWord {
    CallTaker,
    Dispatcher,
    Supervisor,
    Auditor,
}

impl From<RoleWord> for Role {
    fn from(word: RoleWord) -> Self {
        match word {
            RoleWord::CallTaker => Self::CallTaker,
            RoleWord::Dispatcher => Self::Dispatcher,
            RoleWord::Supervisor => Self::Supervisor,
            RoleWord::Auditor => Self::Auditor,
        }
    }
}

/// Serves a centre, or looks after its people.
pub fn run(args: Args) -> Result<ExitCode, String> {
    match people(&args) {
        Some(done) => done.map(|()| ExitCode::SUCCESS),
        None => serve(args).map(|()| ExitCode::SUCCESS),
    }
}

/// What is to be done to the accounts, if that is what was asked for.
fn people(args: &Args) -> Option<Result<(), String>> {
    let accounts = || {
        let data = DataDir::open(&args.data).map_err(|error| error.to_string())?;
        Accounts::open(data.path()).map_err(|error| error.to_string())
    };
    if let Some(person) = &args.add_person {
        return Some(accounts().and_then(|accounts| add(&accounts, person, &args.role)));
    }
    if let Some(person) = &args.remove_person {
        let removed =
            |accounts: Accounts| accounts.remove(person).map_err(|error| error.to_string());
        return Some(accounts().and_then(removed));
    }
    args.list_people.then(|| accounts().and_then(|accounts| list(&accounts)))
}

fn add(accounts: &Accounts, person: &str, roles: &[RoleWord]) -> Result<(), String> {
    let roles: Vec<Role> = roles.iter().map(|role| Role::from(*role)).collect();
    if std::io::stdin().is_terminal() {
        eprintln!("password for `{person}` (it will be shown):");
    }
    let mut password = String::new();
    let read = std::io::stdin().lock().read_line(&mut password);
    read.map_err(|error| format!("no password could be read: {error}"))?;
    let password = password.trim_end_matches(['\n', '\r']);
    accounts.add(person, &roles, password).map_err(|error| error.to_string())?;
    println!("`{person}` can sign in");
    Ok(())
}

fn list(accounts: &Accounts) -> Result<(), String> {
    for (person, roles) in accounts.list().map_err(|error| error.to_string())? {
        let word = |role: &Role| serde_json::to_string(role).unwrap_or_default().replace('"', "");
        println!("{person}: {}", roles.iter().map(word).collect::<Vec<_>>().join(", "));
    }
    Ok(())
}

/// Reads `16384-32767`.
fn ports(text: &str) -> Result<RangeInclusive<u16>, String> {
    let (first, last) = text.split_once('-').ok_or("accepted: two ports, `16384-32767`")?;
    let port = |text: &str| text.parse().map_err(|_no_number| format!("`{text}` is no port"));
    let (first, last): (u16, u16) = (port(first)?, port(last)?);
    match first < last {
        true => Ok(first..=last),
        false => Err(format!("from `{first}` to `{last}` there are no two ports")),
    }
}

fn serve(args: Args) -> Result<(), String> {
    let store = store_options(&args)?;
    log_to_stderr();
    let serving = Serving {
        listen: args.listen,
        voice: VoiceSetup {
            web: args.voice_listen,
            rtp_address: args.rtp_address,
            rtp_ports: args.rtp_ports,
        },
        console_dir: args.console_dir,
        store,
        ..Serving::live(CenterFiles::named(&args.center), &args.data)
    };
    let mut running = server::start(serving).map_err(|error| error.to_string())?;
    if running.accounts().list().is_ok_and(|people| people.is_empty()) {
        eprintln!(
            "nobody can sign in yet: `evenhand serve --data {} --add-person NAME --role \
             supervisor`",
            args.data.display()
        );
    }
    if !args.listen.ip().is_loopback() {
        eprintln!(
            "passwords travel in the clear at {}: put a proxy with TLS in front",
            args.listen
        );
    }
    say(&format!("serving at {}", running.url()));
    running.wait_for_signal();
    say("stopping");
    running.stop();
    Ok(())
}

/// Diagnostics of the process go to the standard error stream; the record is the journal's.
fn log_to_stderr() {
    let log = tracing_subscriber::fmt().with_writer(std::io::stderr).with_ansi(false);
    // A second call would find one in place already, which serves as well.
    let _set = log.try_init();
}

/// One line to whoever started this. They may be gone: a centre does not end for that.
fn say(line: &str) {
    let mut out = std::io::stdout().lock();
    let _unheard = writeln!(out, "{line}");
}

fn store_options(args: &Args) -> Result<EmbeddedOptions, String> {
    let for_tests = args.unsafe_no_sync || args.journal_pages_max.is_some();
    if for_tests && std::env::var_os(TEST_VARIABLE).is_none() {
        return Err(format!(
            "`--unsafe-no-sync` and `--journal-pages-max` make a centre that loses what it \
             acknowledged; they are for tests, which set `{TEST_VARIABLE}`"
        ));
    }
    let synchronous = match args.unsafe_no_sync {
        true => Synchronous::Off,
        false => Synchronous::Full,
    };
    let max_pages = args.journal_pages_max;
    Ok(EmbeddedOptions { synchronous, max_pages, ..EmbeddedOptions::default() })
}
