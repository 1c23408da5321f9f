//! The location server, good or bad, and the voice plane's addresses.

use crate::rng::Rng;
use intake::handling::{Fetch, Opened};
use std::net::{Ipv4Addr, SocketAddr};

/// What a location server is like; each seed has one.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Manner {
    Good,
    /// It answers, after the asker gave up.
    Slow,
    Dead,
    /// Bytes of all kinds.
    Rubbish,
}

/// A location server.
#[derive(Clone, Debug)]
pub(super) struct Servers {
    rng: Rng,
    manner: Manner,
    port: u16,
}

/// An answer, and after how many milliseconds it comes.
pub(super) type Fetched = (u64, Result<Vec<u8>, String>);

impl Servers {
    pub fn draw(seed: u64) -> Self {
        let mut rng = Rng::named(seed, "telephone/servers");
        let manners =
            [(2, Manner::Good), (1, Manner::Slow), (1, Manner::Dead), (2, Manner::Rubbish)];
        let manner = rng.choose(&manners).copied().unwrap_or(Manner::Good);
        Self { rng, manner, port: 20_000 }
    }

    /// The fault that the server is, if it is one.
    pub fn fault(&self) -> Option<&'static str> {
        match self.manner {
            Manner::Good => None,
            Manner::Slow => Some("location server slow"),
            Manner::Dead => Some("location server dead"),
            Manner::Rubbish => Some("location server talks rubbish"),
        }
    }

    pub fn answer(&mut self, fetch: &Fetch) -> Fetched {
        let soon = 20 + self.rng.below(500);
        match self.manner {
            Manner::Good => (soon, Ok(held(&mut self.rng).into_bytes())),
            // Whoever asks over a socket gives up by then, and says so.
            Manner::Slow => (fetch.wait_ms, Err("no answer in time".to_owned())),
            Manner::Dead => (soon, Err("connection refused".to_owned())),
            Manner::Rubbish => (soon, Ok(self.rubbish())),
        }
    }

    fn rubbish(&mut self) -> Vec<u8> {
        let mut bytes = held(&mut self.rng).into_bytes();
        match self.rng.below(3) {
            0 => bytes.truncate(self.rng.below(bytes.len() as u64) as usize),
            1 => bytes = self.rng.bytes().to_vec(),
            _ => bytes = b"<html><body>504 Gateway Time-out</body></html>".to_vec(),
        }
        bytes
    }

    /// An address for voice; now and then there is none.
    pub fn open_voice(&mut self) -> (u64, Opened) {
        let pause = self.rng.below(50);
        if self.rng.chance(30) {
            return (pause, Err("no port is free".to_owned()));
        }
        self.port += 2;
        (pause, Ok(SocketAddr::from((Ipv4Addr::new(192, 0, 2, 1), self.port))))
    }
}

/// A place in the town, or a mile outside of it.
pub(super) fn pidf(rng: &mut Rng) -> String {
    let lat = 41_995 + rng.below(30);
    let lon = 71_105 - rng.below(40);
    format!(
        "<?xml version=\"1.0\"?><presence xmlns=\"urn:ietf:params:xml:ns:pidf\" \
         xmlns:gp=\"urn:ietf:params:xml:ns:pidf:geopriv10\" \
         xmlns:gml=\"http://www.opengis.net/gml\" \
         xmlns:gs=\"http://www.opengis.net/pidflo/1.0\" entity=\"pres:caller@192.0.2.10\">\
         <tuple id=\"a\"><status><gp:geopriv><gp:location-info>\
         <gs:Circle srsName=\"urn:ogc:def:crs:EPSG::4326\">\
         <gml:pos>{}.{:03} -{}.{:03}</gml:pos>\
         <gs:radius uom=\"urn:ogc:def:uom:EPSG::9001\">{}</gs:radius></gs:Circle>\
         </gp:location-info><gp:usage-rules/></gp:geopriv></status></tuple></presence>",
        lat / 1_000,
        lat % 1_000,
        lon / 1_000,
        lon % 1_000,
        10 + rng.below(500),
    )
}

fn held(rng: &mut Rng) -> String {
    let pidf = pidf(rng);
    let pidf = pidf.split_once("?>").map_or(pidf.as_str(), |(_, rest)| rest);
    format!(
        "<?xml version=\"1.0\"?><locationResponse \
         xmlns=\"urn:ietf:params:xml:ns:geopriv:held\">{pidf}</locationResponse>"
    )
}
