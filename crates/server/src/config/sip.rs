//! Reading `sip.toml`: refused with file, line and mend.

use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};

use serde::Deserialize;
use toml::Spanned;

use super::problem::Text;
use super::{CenterFiles, ConfigError};
use crate::sip::{
    Border, Listen, LocationSettings, MediaSettings, SipSettings, TlsFiles, Upstream,
};

/// Ports an agency leaves open for voice, if it says nothing else. Our choice.
const PORTS: [u16; 2] = [20_000, 23_999];
/// A location server that takes longer is slow. Our choice; no call waits for it.
const WAIT_S: u64 = 5;
/// A mobile caller's place is asked for again this often. Our choice.
const AGAIN_S: u64 = 30;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SipText {
    element: Spanned<String>,
    agency: Spanned<String>,
    host: Option<String>,
    number: Option<Spanned<String>>,
    #[serde(default = "english")]
    languages: Vec<String>,
    #[serde(default)]
    listen: ListenText,
    tls: Option<TlsText>,
    border: Option<BorderText>,
    #[serde(default)]
    media: MediaText,
    #[serde(default)]
    location: LocationText,
    lost: Option<LostText>,
    #[serde(default)]
    upstream: UpstreamText,
}

fn english() -> Vec<String> {
    vec!["en".to_owned()]
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct ListenText {
    udp: Option<SocketAddr>,
    tcp: Option<SocketAddr>,
    tls: Option<Spanned<SocketAddr>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TlsText {
    certificate: PathBuf,
    key: PathBuf,
    trusted: PathBuf,
    #[serde(default = "yes")]
    peers_show_certificates: bool,
}

fn yes() -> bool {
    true
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct BorderText {
    route: Spanned<String>,
    address: SocketAddr,
    #[serde(default)]
    transport: Option<Spanned<String>>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct MediaText {
    address: Option<IpAddr>,
    ports: Option<Spanned<[u16; 2]>>,
    browsers: Option<SocketAddr>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct LocationText {
    default: Option<Spanned<PlaceText>>,
    wait_s: Option<u64>,
    again_s: Option<u64>,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
struct PlaceText {
    lat: f64,
    lon: f64,
    radius_m: u32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LostText {
    url: String,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct UpstreamText {
    abandoned: Option<String>,
    registrations: Option<RegistrationsText>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RegistrationsText {
    url: String,
    queue: String,
}

/// Reads the text of `sip.toml`.
pub(super) fn read(text: &Text<'_>, files: &CenterFiles) -> Result<SipSettings, ConfigError> {
    let given: SipText = text.parse()?;
    let border = given.border.map(|border| read_border(text, &border)).transpose()?;
    let listen = read_listen(text, &given.listen, given.tls.is_some())?;
    let default = given.location.default.map(|place| read_place(text, &place)).transpose()?;
    let upstream = given.upstream;
    Ok(SipSettings {
        element: host_name(text, &given.element)?,
        agency: host_name(text, &given.agency)?,
        host: given.host,
        languages: given.languages,
        number: read_number(text, given.number.as_ref())?,
        listen,
        tls: given.tls.map(|tls| tls.beside(files)),
        border,
        media: read_media(text, given.media)?,
        location: LocationSettings {
            default,
            wait_ms: given.location.wait_s.unwrap_or(WAIT_S).saturating_mul(1_000),
            again_ms: given.location.again_s.unwrap_or(AGAIN_S).saturating_mul(1_000),
        },
        lost_url: given.lost.map(|lost| lost.url),
        upstream: Upstream {
            abandoned: upstream.abandoned,
            registrations: upstream.registrations.map(|given| (given.url, given.queue)),
        },
    })
}

impl TlsText {
    /// Certificates stand beside the centre's other files, unless their path is absolute.
    fn beside(self, files: &CenterFiles) -> TlsFiles {
        let folder = match files {
            CenterFiles::Folder(folder) => folder.as_path(),
            CenterFiles::Cambridge => Path::new(""),
        };
        TlsFiles {
            certificate: folder.join(self.certificate),
            key: folder.join(self.key),
            trusted: folder.join(self.trusted),
            peers_show_certificates: self.peers_show_certificates,
        }
    }
}

/// The last part of every identifier that we mint must be a name that nobody else has.
fn host_name(text: &Text<'_>, given: &Spanned<String>) -> Result<String, ConfigError> {
    let name = given.get_ref();
    let fits = !name.is_empty()
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-".contains(&byte));
    if fits {
        return Ok(name.clone());
    }
    let mend = "give a domain name of the agency, `chfe.psap.example.org`";
    Err(text.wrong(given.span(), format!("`{name}` is no host name"), mend))
}

/// Without one of our own, callers who are rung back see the number that they called.
const EMERGENCY: &str = "911";

fn read_number(text: &Text<'_>, given: Option<&Spanned<String>>) -> Result<String, ConfigError> {
    let Some(given) = given else { return Ok(EMERGENCY.to_owned()) };
    let number = given.get_ref();
    let digits = number.strip_prefix('+').unwrap_or(number);
    if !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Ok(number.clone());
    }
    let mend = "give digits, with a plus in front if it is an international one";
    Err(text.wrong(given.span(), format!("`{number}` is no number"), mend))
}

fn read_listen(
    text: &Text<'_>,
    given: &ListenText,
    has_certificate: bool,
) -> Result<Listen, ConfigError> {
    if let Some(tls) = &given.tls
        && !has_certificate
    {
        let mend = "name `certificate`, `key` and `trusted` under `[tls]`";
        return Err(text.wrong(tls.span(), "TLS without a certificate", mend));
    }
    let tls = given.tls.as_ref().map(|tls| *tls.get_ref());
    let listen = Listen { udp: given.udp, tcp: given.tcp, tls };
    if listen == Listen::default() {
        let mend = "give `udp`, `tcp` or `tls` under `[listen]`, `udp = \"127.0.0.1:5060\"`";
        return Err(text.wrong(0..0, "nothing is listened to", mend));
    }
    Ok(listen)
}

fn read_border(text: &Text<'_>, given: &BorderText) -> Result<Border, ConfigError> {
    use intake::sip::Transport;
    let named = given.transport.as_ref().map(|named| named.get_ref().as_str());
    let transport = match named {
        None | Some("udp") => Transport::Udp,
        Some("tcp") => Transport::Tcp,
        Some("tls") => Transport::Tls,
        Some(other) => {
            let span = given.transport.as_ref().map_or(0..0, Spanned::span);
            let mend = "give `udp`, `tcp` or `tls`";
            return Err(text.wrong(span, format!("`{other}` is no transport"), mend));
        }
    };
    let route = given.route.get_ref();
    if !route.starts_with("sip:") && !route.starts_with("sips:") {
        let mend = "give a SIP URI, `sip:bcf.example.org;lr`";
        return Err(text.wrong(given.route.span(), format!("`{route}` is no route"), mend));
    }
    Ok(Border { route: route.clone(), address: given.address, transport })
}

fn read_media(text: &Text<'_>, given: MediaText) -> Result<MediaSettings, ConfigError> {
    let local = IpAddr::from([127, 0, 0, 1]);
    let address = given.address.unwrap_or(local);
    let [first, last] = given.ports.as_ref().map_or(PORTS, |ports| *ports.get_ref());
    if first < 1_024 || last <= first {
        let span = given.ports.as_ref().map_or(0..0, Spanned::span);
        let fault = format!("`[{first}, {last}]` is no range of ports");
        return Err(text.wrong(span, fault, "give the first and the last, from 1024"));
    }
    let browsers = given.browsers.unwrap_or(SocketAddr::new(address, 0));
    Ok(MediaSettings { address, ports: first..=last, browsers })
}

fn read_place(text: &Text<'_>, given: &Spanned<PlaceText>) -> Result<(i32, i32, u32), ConfigError> {
    let PlaceText { lat, lon, radius_m } = *given.get_ref();
    if !(-90.0..=90.0).contains(&lat) || !(-180.0..=180.0).contains(&lon) {
        let fault = format!("`{lat}, {lon}` is no place");
        return Err(text.wrong(given.span(), fault, "give degrees of WGS 84, latitude first"));
    }
    // In range, so the casts keep the value.
    #[expect(clippy::cast_possible_truncation, reason = "checked above")]
    let e7 = |degrees: f64| (degrees * 1e7).round() as i32;
    Ok((e7(lat), e7(lon), radius_m))
}
