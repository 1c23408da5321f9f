//! How this endpoint speaks: its addresses, timers and limits.

use crate::sip::peer::Transport;
use crate::sip::timers::Timers;

/// Legs that may be up at once. A further INVITE is answered 503 without Retry-After, so that
/// whoever routed it tries another centre at once and still sends us the next one (RFC 3261
/// section 21.5.4); [`crate::sip::Event::TurnedAway`] puts it on record.
pub const LEGS_MAX: usize = 20_000;

/// Subscriptions that others may hold with us at once. A further SUBSCRIBE is answered 503.
pub const SUBSCRIPTIONS_MAX: usize = 2_000;

/// Requests but INVITE that wait for the centre's answer at once. A further one is answered 503.
pub const WAITING_MAX: usize = 5_000;

/// Requests whose transactions are kept at once. Of further ones that belong to no dialog each is
/// answered 503 without a transaction; a flood then costs no memory, and calls that are up go on.
pub const TRANSACTIONS_MAX: usize = 100_000;

/// What an endpoint is told once.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Where others reach us, as `host:port` or `[v6]:port`, for each transport that is offered.
    pub contacts: Contacts,
    /// Stands as User-Agent in requests and as Server in responses; empty leaves them out.
    pub user_agent: String,
    /// RFC 3261 table 4.
    pub timers: Timers,
    /// The session interval that we ask for and grant at most (RFC 4028), in seconds.
    pub session_seconds: u32,
    /// The shortest session interval that we grant in outgoing calls, in seconds.
    pub session_seconds_min: u32,
    /// See [`LEGS_MAX`].
    pub legs_max: usize,
    /// See [`SUBSCRIPTIONS_MAX`].
    pub subscriptions_max: usize,
    /// See [`WAITING_MAX`].
    pub waiting_max: usize,
    /// See [`TRANSACTIONS_MAX`].
    pub transactions_max: usize,
}

impl Default for Settings {
    /// The numbers of the RFCs, and no address: [`Contacts`] must be filled in.
    fn default() -> Self {
        Self {
            contacts: Contacts::default(),
            user_agent: "Evenhand".to_owned(),
            timers: Timers::default(),
            session_seconds: 1_800,
            session_seconds_min: 90,
            legs_max: LEGS_MAX,
            subscriptions_max: SUBSCRIPTIONS_MAX,
            waiting_max: WAITING_MAX,
            transactions_max: TRANSACTIONS_MAX,
        }
    }
}

/// Our own `host:port` for each transport.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Contacts {
    /// Over UDP.
    pub udp: String,
    /// Over TCP.
    pub tcp: String,
    /// Over TLS.
    pub tls: String,
}

impl Contacts {
    /// What stands in Via and Contact of messages that travel this way.
    #[must_use]
    pub fn of(&self, transport: Transport) -> &str {
        match transport {
            Transport::Udp => &self.udp,
            Transport::Tcp => &self.tcp,
            Transport::Tls => &self.tls,
        }
    }

    /// Our address as a URI (RFC 3261 section 8.1.1.8).
    #[must_use]
    pub fn uri(&self, transport: Transport) -> String {
        let host = self.of(transport);
        match transport {
            Transport::Udp => format!("sip:{host}"),
            Transport::Tcp => format!("sip:{host};transport=tcp"),
            Transport::Tls => format!("sip:{host};transport=tls"),
        }
    }
}
