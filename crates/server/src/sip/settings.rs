//! What a centre says of its telephone side: `sip.toml`, beside `center.toml`.

use std::net::{IpAddr, SocketAddr};
use std::ops::RangeInclusive;
use std::path::PathBuf;

use crate::voice::VoiceSetup;

/// How calls come and go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SipSettings {
    /// This element's name, `chfe.psap.example.org`; the last part of the identifiers we mint.
    pub element: String,
    /// The agency's name, `psap.example.org`.
    pub agency: String,
    /// Host by which others reach us, in Contact and Via; the listening address if there is none.
    pub host: Option<String>,
    /// The number that callers see when they are rung back, `+16175550100`.
    pub number: String,
    /// Languages that are spoken here, as tags (BCP 47), best first.
    pub languages: Vec<String>,
    /// Where SIP is listened to.
    pub listen: Listen,
    /// Certificates, where TLS is spoken.
    pub tls: Option<TlsFiles>,
    /// The border function that outgoing calls and requests go to.
    pub border: Option<Border>,
    /// Where voice packets go.
    pub media: MediaSettings,
    /// What is done where a location is missing, late, or by reference.
    pub location: LocationSettings,
    /// The LoST server that knows who is responsible for a place outside.
    pub lost_url: Option<String>,
    /// What is told to, and asked of, the elements before us.
    pub upstream: Upstream,
}

/// Addresses to listen at; port 0 takes any that is free.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Listen {
    /// UDP.
    pub udp: Option<SocketAddr>,
    /// TCP.
    pub tcp: Option<SocketAddr>,
    /// TLS over TCP.
    pub tls: Option<SocketAddr>,
}

/// Certificates.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TlsFiles {
    /// Our chain, leaf first, PEM.
    pub certificate: PathBuf,
    /// Its key, PEM.
    pub key: PathBuf,
    /// Roots of the peers' certificates, PEM.
    pub trusted: PathBuf,
    /// Whether a peer that connects must show a certificate.
    pub peers_show_certificates: bool,
}

/// The element that outgoing requests go through.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Border {
    /// Its URI, `sip:bcf.example.org;lr`; the Route header of what we send.
    pub route: String,
    /// Where it is.
    pub address: SocketAddr,
    /// By what.
    pub transport: intake::sip::Transport,
}

/// Voice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MediaSettings {
    /// Address that RTP is received at, and that our SDP names.
    pub address: IpAddr,
    /// RTP ports; each call takes two.
    pub ports: RangeInclusive<u16>,
    /// Where the browsers' media is received.
    pub browsers: SocketAddr,
}

impl MediaSettings {
    /// The same for the voice plane.
    pub(crate) fn setup(&self) -> VoiceSetup {
        let (rtp_address, rtp_ports) = (self.address, self.ports.clone());
        VoiceSetup { web: self.browsers, rtp_address, rtp_ports }
    }
}

/// Locations.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LocationSettings {
    /// Where a call is taken to be from while nobody knows: latitude and longitude in 1e-7
    /// degrees, and the radius in metres. `None`: such a call has no place.
    pub default: Option<(i32, i32, u32)>,
    /// How long a location server may take, in milliseconds. No call waits for it.
    pub wait_ms: u64,
    /// How often a location by reference is asked for again while the call is up; 0: never.
    pub again_ms: u64,
}

/// The elements before us.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Upstream {
    /// Whose notices of abandoned calls we subscribe to.
    pub abandoned: Option<String>,
    /// Where we register as the one who takes calls out of a queue, and the queue's URI.
    pub registrations: Option<(String, String)>,
}
