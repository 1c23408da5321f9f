//! From a centre's files to what a centre is made of: the same for live, demo and replay.

use center::Setup;
use server::config::{CenterFiles, Configuration};

/// Reads a centre's files. `digest_key` is the secret by which a caller's number is known again:
/// the data folder's in service, the seed's in a replay.
pub fn load_setup(files: &CenterFiles, digest_key: [u8; 32]) -> Result<Setup, String> {
    let configuration = Configuration::load(files).map_err(|error| error.to_string())?;
    Ok(configuration.into_setup(digest_key))
}
