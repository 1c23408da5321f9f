//! The telephone side put together: opened before the centre, so that a port in use leaves the
//! journal alone; run once the centre answers.

use std::net::SocketAddr;

use center::Output;
use intake::handling::{CallHandling, Responsible};
use intake::sip;
use tokio::sync::{mpsc, watch};

use super::fetch::{Fetched, Fetcher};
use super::registrations::{Registration, keep};
use super::run::{Heard, Parts, run};
use super::settings::SipSettings;
use super::sockets::{Arrival, Bound, Sockets};
use crate::chance::random_bytes;
use crate::door::{CenterHandle, Listener};
use crate::voice::VoicePlane;

/// Everything of the telephone side, opened and not running.
pub(crate) struct Telephone {
    settings: SipSettings,
    responsible: Responsible,
    sockets: Sockets,
    arrived: mpsc::Receiver<Arrival>,
    // Without a limit of its own: the task takes everything in at each turn, and what the centre
    // says between two turns is bounded by its own queue of requests.
    hears: mpsc::UnboundedSender<Heard>,
    heard: mpsc::UnboundedReceiver<Heard>,
    fetcher: Fetcher,
    fetched: mpsc::Receiver<Fetched>,
    voice: VoicePlane,
}

impl Telephone {
    /// Opens sockets and certificates.
    ///
    /// # Errors
    /// What cannot be opened, and the mend.
    pub async fn open(
        settings: SipSettings,
        responsible: Responsible,
        voice: VoicePlane,
    ) -> Result<Self, String> {
        let (sockets, arrived) = Sockets::open(&settings.listen, settings.tls.as_ref()).await?;
        let (hears, heard) = mpsc::unbounded_channel();
        let trusted = settings.tls.as_ref().map(|tls| tls.trusted.as_path());
        let (fetcher, fetched) = Fetcher::new(trusted)?;
        Ok(Self { settings, responsible, sockets, arrived, hears, heard, fetcher, fetched, voice })
    }

    /// Where SIP is listened to.
    pub fn bound(&self) -> Bound {
        self.sockets.bound
    }

    /// Hears what the centre says to telephones.
    pub fn listener(&self) -> Listener {
        let hears = self.hears.clone();
        Box::new(move |output: &Output| {
            hears.send(Heard::Told(output.clone())).map_err(|_ended| "the telephone side ended")
        })
    }

    /// Runs until the process ends.
    pub async fn run(self, center: CenterHandle, ending: watch::Receiver<bool>) {
        let endpoint = self.endpoint();
        if let Some((url, queue)) = self.settings.upstream.registrations.clone() {
            let dequeuer = format!("sip:{}", self.settings.element);
            let registration = Registration { url, queue, dequeuer };
            tokio::spawn(keep(registration, self.fetcher.clone(), ending.clone()));
        }
        let chance: [sip::Source; 2] = [source(), source()];
        let handling = CallHandling::new(self.handling(), endpoint, chance, self.responsible);
        run(Parts {
            handling,
            sockets: self.sockets,
            arrived: self.arrived,
            heard: self.heard,
            hears: self.hears,
            fetcher: self.fetcher,
            fetched: self.fetched,
            voice: self.voice,
            center,
            ending,
        })
        .await;
    }

    fn handling(&self) -> intake::handling::Settings {
        let settings = &self.settings;
        let border = settings.border.as_ref().map(|border| {
            let (transport, addr) = (border.transport, border.address);
            (border.route.clone(), sip::Peer { transport, addr, flow: 0 })
        });
        let abandoned_from = settings.upstream.abandoned.clone();
        let abandoned_from = abandoned_from.zip(border.as_ref().map(|(_, peer)| *peer));
        intake::handling::Settings {
            element: settings.element.clone(),
            agency: settings.agency.clone(),
            host: settings.host.clone().unwrap_or_else(|| settings.element.clone()),
            number: settings.number.clone(),
            languages: settings.languages.clone(),
            border,
            default_location: settings.location.default,
            wait_ms: settings.location.wait_ms,
            again_ms: settings.location.again_ms,
            lost_url: settings.lost_url.clone(),
            abandoned_from,
        }
    }

    /// Our own addresses as others reach us: the host that the settings name, with the ports that
    /// are listened to.
    fn endpoint(&self) -> sip::Settings {
        let bound = self.sockets.bound;
        let shown = |address: Option<SocketAddr>| {
            let address = address?;
            Some(match &self.settings.host {
                Some(host) => format!("{host}:{}", address.port()),
                None => address.to_string(),
            })
        };
        let contacts = sip::Contacts {
            udp: shown(bound.udp).unwrap_or_default(),
            tcp: shown(bound.tcp).unwrap_or_default(),
            tls: shown(bound.tls).unwrap_or_default(),
        };
        let user_agent = format!("Evenhand/{}", env!("CARGO_PKG_VERSION"));
        sip::Settings { contacts, user_agent, ..sip::Settings::default() }
    }
}

/// The system's random bytes. Should the system fail, a tag that can be guessed is better than a
/// call that is not answered; the failure itself is logged by everything else that needs chance.
fn source() -> sip::Source {
    let mut count: u64 = 0;
    Box::new(move |bytes: &mut [u8]| {
        for chunk in bytes.chunks_mut(32) {
            count = count.wrapping_add(1);
            let random: [u8; 32] = random_bytes().unwrap_or_else(|_failed| {
                let mut counted = [0; 32];
                counted[..8].copy_from_slice(&count.to_be_bytes());
                counted
            });
            let random = random.get(..chunk.len()).unwrap_or_default();
            chunk.copy_from_slice(random);
        }
    })
}
