//! A phone: one SIP address with any number of lines.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use intake::sip::{Contacts, Endpoint, Settings, Source};
use server::sip::{Bound, Listen, Sockets, TlsFiles};
use tokio::net::UdpSocket;
use tokio::sync::mpsc;

use crate::lines::{Lines, Manner};
use crate::plan::Plan;
use crate::run::{Ask, Parts, run};
use crate::said::{LineId, Said};

/// How a phone is opened.
#[derive(Clone, Debug)]
pub struct Setup {
    /// Where SIP is spoken; port 0 takes any that is free. What calls go out by must be there.
    pub listen: Listen,
    /// Certificates, where TLS is spoken.
    pub tls: Option<TlsFiles>,
    /// Where voice is received; each line takes a free port.
    pub voice_address: IpAddr,
    /// What it does when somebody calls it.
    pub when_rung: WhenRung,
    /// Whether all that is heard is kept for the outcome: two bytes a sample.
    pub keeps_sound: bool,
}

/// What a phone does when it is rung.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WhenRung {
    /// It rings for so many milliseconds and is answered.
    AnswersAfter(u64),
    /// It rings until [`Phone::answer`].
    AnswersWhenTold,
    /// 486.
    IsBusy,
}

/// A phone. Dropped, it falls silent without a word to anybody: hang up first.
///
/// Its calls are bounded by the sockets that the system gives; what is asked of it and what it
/// tells waits in queues that hold as much as those calls make.
#[derive(Clone, Debug)]
pub struct Phone {
    asks: mpsc::UnboundedSender<Ask>,
    last: Arc<AtomicU64>,
    bound: Bound,
}

impl Phone {
    /// Opens it on the runtime that this is called in; what happens on its lines is received here.
    ///
    /// # Errors
    /// An address cannot be listened to, or a certificate not be read; with the mend.
    pub async fn open(setup: Setup) -> Result<(Self, mpsc::UnboundedReceiver<Said>), String> {
        let (sockets, arrived) = Sockets::open(&setup.listen, setup.tls.as_ref()).await?;
        let bound = sockets.bound;
        let contacts = contacts(bound);
        let manner = Manner {
            contacts: contacts.clone(),
            reports_port: reports(setup.voice_address).await?,
            when_rung: setup.when_rung,
        };
        let user_agent = format!("Evenhand-phone/{}", env!("CARGO_PKG_VERSION"));
        let settings = Settings { contacts, user_agent, ..Settings::default() };
        let (asks, asked) = mpsc::unbounded_channel();
        let (says, said) = mpsc::unbounded_channel();
        tokio::spawn(run(Parts {
            lines: Lines::new(Endpoint::new(settings, chance()), manner),
            sockets,
            arrived,
            asks: asked,
            says,
            voice_address: setup.voice_address,
            keeps_sound: setup.keeps_sound,
        }));
        Ok((Self { asks, last: Arc::default(), bound }, said))
    }

    /// Where it is reached.
    pub fn bound(&self) -> Bound {
        self.bound
    }

    /// Makes a call; what becomes of it is told.
    pub fn call(&self, plan: Plan) -> LineId {
        let line = LineId(self.last.fetch_add(1, Ordering::Relaxed) + 1);
        self.ask(Ask::Call { line, plan: Box::new(plan) });
        line
    }

    /// Hangs up, whatever the line does: CANCEL, BYE, or 603. A line that is over stays as it is.
    pub fn hang_up(&self, line: LineId) {
        self.ask(Ask::HangUp { line });
    }

    /// Picks up a line that rings here.
    pub fn answer(&self, line: LineId) {
        self.ask(Ask::Answer { line });
    }

    /// Hangs up every line.
    pub fn hang_up_all(&self) {
        self.ask(Ask::HangUpAll);
    }

    /// The task ends with the runtime; then nobody calls any more.
    fn ask(&self, ask: Ask) {
        let _ended = self.asks.send(ask);
    }
}

fn contacts(bound: Bound) -> Contacts {
    let shown = |at: Option<SocketAddr>| at.map(|at| at.to_string()).unwrap_or_default();
    Contacts { udp: shown(bound.udp), tcp: shown(bound.tcp), tls: shown(bound.tls) }
}

/// The port that reports on voice are told to be sent to: one for all lines, which nobody reads
/// further than the system does.
async fn reports(at: IpAddr) -> Result<u16, String> {
    let text = |error: std::io::Error| format!("no address for voice at `{at}`: {error}");
    let socket = UdpSocket::bind((at, 0)).await.map_err(text)?;
    let port = socket.local_addr().map_err(text)?.port();
    tokio::spawn(async move {
        let mut buffer = [0; 1_500];
        loop {
            // An error is of nothing that was sent from here; the next datagram is waited for.
            let _unread = socket.recv_from(&mut buffer).await;
        }
    });
    Ok(port)
}

/// The system's random bytes. Should the system fail, a tag that can be guessed is better than no
/// call.
fn chance() -> Source {
    let mut count: u64 = 0;
    Box::new(move |bytes: &mut [u8]| {
        for chunk in bytes.chunks_mut(8) {
            count = count.wrapping_add(1);
            let random = server::random_bytes().unwrap_or_else(|_failed| count.to_be_bytes());
            chunk.iter_mut().zip(random).for_each(|(to, from)| *to = from);
        }
    })
}
