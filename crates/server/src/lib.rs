//! The process: sockets, clock, threads, configuration, accounts, web API, and the console's files.
//!
//! One thread owns the centre; everything else sends it requests through a bounded queue and waits
//! ([`CenterHandle`]). Nothing here decides: handlers translate, the door stamps, the hub hands out
//! what the centre says.
//!
//! [`start`] opens a data folder, builds the centre from its journal and serves it; a live centre
//! is woken by its clock, a demo by whoever drives its callers and crews.

mod serve;

mod door;

mod clock;

mod chance;

mod hub;
mod pulse;

mod web;

mod accounts;
mod attempts;
mod password;
mod sessions;

mod data_dir;
mod open_files;
mod private_file;

pub mod config;
pub mod limits;
pub mod sip;
pub mod voice;

pub use accounts::{AccountError, Accounts};
pub use chance::{NoRandomBytes, random_bytes};
pub use clock::Clock;
pub use data_dir::{DataDir, DataError};
pub use door::{
    Answer, CenterHandle, CenterThread, Listener, NoAnswer, Opener, Opening, Waking, open_door,
    queueing,
};
pub use password::PasswordError;
pub use serve::{Running, Serving, StartError, start};
pub use web::openapi_json;
