//! Starting and stopping the whole: data folder, centre's thread, sockets.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::mpsc::Receiver;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use center::{Output, Store};
use evenhand_core::Role;
use journal::{EmbeddedOptions, EmbeddedStore, Journal, KeyError, SigningKey};
use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::accounts::{AccountError, Accounts};
use crate::chance::{NoRandomBytes, random_token};
use crate::clock::Clock;
use crate::config::{CenterFiles, ConfigError, Configuration};
use crate::data_dir::{DataDir, DataError};
use crate::door::{
    CenterHandle, CenterThread, Listener, Opener, Opening, Waking, open_door, queueing,
};
use crate::limits::EFFECTS_WAITING_MAX;
use crate::sessions::Sessions;
use crate::sip::{Bound, SipSettings, Telephone};
use crate::voice::{VoiceError, VoicePlane, VoiceSetup};
use crate::web::{App, Making, MapFile, router};

/// Time that open requests get to end when the process is told to.
const ENDING_MS_MAX: u64 = 5_000;

/// How a centre is served.
pub struct Serving {
    /// Its files.
    pub center: CenterFiles,
    /// Its data folder; made if it is not there.
    pub data: PathBuf,
    /// Where to listen; port 0 takes any that is free.
    pub listen: SocketAddr,
    /// Where voice comes in.
    pub voice: VoiceSetup,
    /// The console's files, if not those built in.
    pub console_dir: Option<PathBuf>,
    /// The centre's time.
    pub clock: Clock,
    /// Who wakes it.
    pub waking: Waking,
    /// Callers and crews are made up; shown on every screen.
    pub generated: bool,
    /// How the journal is kept.
    pub store: EmbeddedOptions,
    /// How calls come by SIP, if not as the centre's files say.
    pub sip: Option<SipSettings>,
}

impl Serving {
    /// A live centre on its own clock, at any free port of this machine only.
    pub fn live(center: CenterFiles, data: &Path) -> Self {
        Self {
            center,
            data: data.to_owned(),
            listen: SocketAddr::from(([127, 0, 0, 1], 0)),
            voice: VoiceSetup::default(),
            console_dir: None,
            clock: Clock::real(),
            waking: Waking::ByClock,
            generated: false,
            store: EmbeddedOptions::default(),
            sip: None,
        }
    }
}

/// Why a centre is not served.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The centre's files are not accepted.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The data folder cannot be used.
    #[error(transparent)]
    Data(#[from] DataError),
    /// The accounts cannot be read.
    #[error(transparent)]
    Accounts(#[from] AccountError),
    /// The journal's key cannot be read or made.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// The centre does not open on its journal.
    #[error("the centre does not open: {0}")]
    Center(String),
    /// Nothing can be listened to there.
    #[error("cannot listen at `{address}`: {cause}; give another by `--listen`")]
    Listen {
        /// Where.
        address: SocketAddr,
        /// What the system said.
        cause: std::io::Error,
    },
    /// Voice cannot be carried.
    #[error(transparent)]
    Voice(#[from] VoiceError),
    /// The system gave no thread or event queue.
    #[error("the runtime does not start: {0}")]
    Runtime(std::io::Error),
    /// The telephone side does not start.
    #[error("calls by SIP: {0}")]
    Sip(String),
    /// The system failed.
    #[error(transparent)]
    Random(#[from] NoRandomBytes),
}

/// A centre that is served, until [`Running::stop`].
pub struct Running {
    url: String,
    sip: Option<Bound>,
    app: App,
    data: DataDir,
    // In a lock so that a reference may be shared; only its owner takes it.
    effects: Mutex<Option<Receiver<Output>>>,
    ending: watch::Sender<bool>,
    web: JoinHandle<()>,
    center: CenterThread,
    runtime: Runtime,
    signals: Signals,
}

/// What tells the process to end.
struct Signals {
    interrupt: Signal,
    terminate: Signal,
}

impl Signals {
    fn listen() -> std::io::Result<Self> {
        let interrupt = signal(SignalKind::interrupt())?;
        Ok(Self { interrupt, terminate: signal(SignalKind::terminate())? })
    }
}

/// Opens the centre, and serves it. Returns when it answers.
///
/// # Errors
/// See [`StartError`]; nothing runs then.
pub fn start(serving: Serving) -> Result<Running, StartError> {
    crate::open_files::ask_for_all();
    let data = DataDir::open(&serving.data)?;
    let accounts = Accounts::open(data.path())?;
    let configuration = Configuration::load(&serving.center)?;
    let (configured, time_zone) = (configuration.policy.clone(), configuration.time_zone.clone());
    let map = MapFile::of(&configuration.map, &configuration.attribution);
    let key = SigningKey::load_or_create(data.path(), &key_name(&configuration.name))?;
    let public_key = key.public().to_string();
    drop(key);
    // Before the centre's thread, so that a port in use leaves the journal alone.
    let mut runtime = tokio::runtime::Builder::new_multi_thread();
    let runtime = runtime.worker_threads(2).enable_all().build().map_err(StartError::Runtime)?;
    let signals = runtime.block_on(async { Signals::listen() }).map_err(StartError::Runtime)?;
    let listener = runtime.block_on(TcpListener::bind(serving.listen));
    let listen_error = |cause| StartError::Listen { address: serving.listen, cause };
    let listener = listener.map_err(listen_error)?;
    let url = format!("http://{}", listener.local_addr().map_err(listen_error)?);
    let settings = serving.sip.clone().or_else(|| configuration.sip.clone());
    let setup = settings.as_ref().map_or(serving.voice.clone(), |sip| sip.media.setup());
    let voice = VoicePlane::start(&setup)?;
    let telephone = match settings {
        Some(settings) => {
            let opening = Telephone::open(settings, configuration.ground(), voice.clone());
            Some(runtime.block_on(opening).map_err(StartError::Sip)?)
        }
        None => None,
    };

    let (sender, effects) = std::sync::mpsc::sync_channel(EFFECTS_WAITING_MAX);
    let driven = serving.waking == Waking::ByDriver;
    let mut listeners: Vec<Listener> = telephone.iter().map(Telephone::listener).collect();
    if driven {
        listeners.push(queueing(sender));
    }
    let opening = Opening {
        opener: opener(&serving, &data, configuration),
        clock: serving.clock.clone(),
        waking: serving.waking,
        listeners,
        data: Some(data.clone()),
    };
    let (handle, center) = open_door(opening).map_err(StartError::Center)?;
    let (ending, told) = watch::channel(false);
    let app = App::new(Making {
        center: handle,
        voice,
        accounts,
        sessions: Sessions::open(data.path()),
        map,
        configured,
        time_zone,
        console_dir: serving.console_dir,
        verify_token: verify_token(&data)?,
        public_key,
        generated: serving.generated,
        ending: told,
    });
    let sip = telephone.as_ref().map(Telephone::bound);
    if let Some(telephone) = telephone {
        runtime.spawn(telephone.run(app.center.clone(), app.ending.clone()));
    }
    let web = runtime.spawn(serve(listener, app.clone()));
    // A full disk keeps `verify` from finding the centre; it must not keep it from serving.
    if let Err(error) = data.write_address(&url) {
        tracing::warn!(%error, "the address file is not written");
    }
    let effects = Mutex::new(driven.then_some(effects));
    Ok(Running { url, sip, app, data, effects, ending, web, center, runtime, signals })
}

async fn serve(listener: TcpListener, app: App) {
    let mut ending = app.ending.clone();
    let served = axum::serve(listener, router(app)).with_graceful_shutdown(async move {
        // Its sender lives as long as the process serves.
        let _told = ending.wait_for(|ending| *ending).await;
    });
    if let Err(error) = served.await {
        tracing::error!(%error, "the sockets failed");
    }
}

/// A secret that is not on the disk is still one: nobody knows it.
fn verify_token(data: &DataDir) -> Result<String, NoRandomBytes> {
    data.new_verify_token().or_else(|error| {
        tracing::warn!(%error, "`verify` of a running centre is not possible");
        random_token()
    })
}

/// Opens store and journal; the first time with what is read already, later with the files as they
/// are then.
fn opener(serving: &Serving, data: &DataDir, first: Configuration) -> Opener {
    let (files, options, data) = (serving.center.clone(), serving.store.clone(), data.clone());
    let mut first = Some(first);
    Box::new(move || {
        let text = |error: &dyn std::fmt::Display| error.to_string();
        let configuration = match first.take() {
            Some(configuration) => configuration,
            None => Configuration::load(&files).map_err(|error| text(&error))?,
        };
        let digest_key = data.digest_key().map_err(|error| text(&error))?;
        let name = key_name(&configuration.name);
        let key = SigningKey::load_or_create(data.path(), &name).map_err(|error| text(&error))?;
        let store = EmbeddedStore::open(data.path(), &options).map_err(|error| text(&error))?;
        let store: Store = Box::new(store);
        let journal = Journal::open(store, key).map_err(|error| text(&error))?;
        Ok((configuration.into_setup(digest_key), journal))
    })
}

/// Name of the journal's key: the centre's, without what a signed note cannot hold.
fn key_name(center: &str) -> String {
    let kept = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' };
    let name: String = center.chars().map(kept).collect();
    format!("{}/journal", name.trim_matches('-'))
}

impl Running {
    /// Where it listens: `http://127.0.0.1:8911`.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Where SIP is listened to, if it is.
    pub fn sip(&self) -> Option<Bound> {
        self.sip
    }

    /// The way to the centre.
    pub fn center(&self) -> &CenterHandle {
        &self.app.center
    }

    /// Outputs for crews and callers, once; for a centre that is woken by a driver.
    pub fn take_effects(&mut self) -> Option<Receiver<Output>> {
        self.effects.get_mut().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// A code with which a person can sign in once, in these roles.
    ///
    /// # Errors
    /// The name is not accepted, or the system gave no random bytes.
    pub fn one_time_code(&self, person: &str, roles: &[Role]) -> Result<String, AccountError> {
        self.app.accounts.one_time_code(person, roles)
    }

    /// A password made now, with which a person can sign, in these roles, until the next.
    ///
    /// # Errors
    /// The name is not accepted, the file cannot be written, or the system gave no random bytes.
    pub fn fresh_password(&self, person: &str, roles: &[Role]) -> Result<String, AccountError> {
        self.app.accounts.fresh_password(person, roles)
    }

    /// The voice of the centre.
    pub fn voice(&self) -> &VoicePlane {
        &self.app.voice
    }

    /// The people of the centre.
    pub fn accounts(&self) -> &Accounts {
        &self.app.accounts
    }

    /// Waits for Ctrl-C or SIGTERM; one that came since the start counts.
    pub fn wait_for_signal(&mut self) {
        let Self { runtime, signals, .. } = self;
        runtime.block_on(async {
            tokio::select! {
                _ = signals.interrupt.recv() => {}
                _ = signals.terminate.recv() => {}
            }
        });
    }

    /// Takes no more requests, ends those that run, and closes the journal.
    pub fn stop(self) {
        let Self { data, ending, web, center, runtime, app, .. } = self;
        // Nobody listens if the sockets failed already.
        let _told = ending.send(true);
        let wait = Duration::from_millis(ENDING_MS_MAX);
        let ended = runtime.block_on(async { tokio::time::timeout(wait, web).await });
        if ended.is_err() {
            tracing::warn!("some requests did not end in time; they are cut off");
        }
        app.sessions.keep_all();
        data.remove_address();
        center.stop();
        runtime.shutdown_timeout(wait);
    }
}
