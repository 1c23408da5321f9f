//! `evenhand verify`: is the journal what was signed? One line, and the exit status.
//!
//! A stopped journal is read from its files. A running centre has them locked and serves its
//! entries over HTTP; everything that it serves is hashed again here.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use journal::{
    EmbeddedStore, Forgery, Proof, PublicKey, StoreError, Verifier, WirePage, verify_dir_with,
};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use server::DataDir;

/// Longest page of entries that is taken, in bytes: 512 entries of usual size are far less.
const PAGE_BYTES_MAX: u64 = 64 << 20;
/// Entries asked for at a time; also the most that a centre gives.
const PAGE_ENTRIES: usize = 512;
/// Longest wait for one page.
const ANSWER_S_MAX: u64 = 30;

/// What `verify` is told.
#[derive(clap::Args)]
pub struct Args {
    /// A data folder, or the address of a running centre: `http://127.0.0.1:8911`.
    journal: String,
    /// A checkpoint that was kept elsewhere: the journal must contain exactly what it covers.
    #[arg(long, value_name = "FILE")]
    checkpoint: Vec<PathBuf>,
    /// The public key, if it came another way than with the journal.
    #[arg(long, value_name = "FILE")]
    key: Option<PathBuf>,
    /// For an address: a file with a session's token, or with the centre's `verify.token`.
    #[arg(long, value_name = "FILE")]
    token: Option<PathBuf>,
}

/// Verifies a journal and says in one line what that proved, or the first entry that fails.
pub fn run(args: Args) -> Result<ExitCode, String> {
    let kept: Vec<String> =
        args.checkpoint.iter().map(|file| text(file)).collect::<Result<_, _>>()?;
    let key = match &args.key {
        Some(file) => Some(key_of(text(file)?.trim_end())?),
        None => None,
    };
    let verified = match args.journal.starts_with("http://") {
        true => verify_address(&args, key, &kept)?,
        false => verify_folder(Path::new(&args.journal), key, &kept)?,
    };
    Ok(match verified {
        Ok(proof) => {
            println!("{proof}");
            ExitCode::SUCCESS
        }
        Err(forgery) => {
            println!("FAILED: {forgery}");
            ExitCode::FAILURE
        }
    })
}

fn verify_folder(
    dir: &Path,
    key: Option<PublicKey>,
    kept: &[String],
) -> Result<Result<Proof, Forgery>, String> {
    let key = match key {
        Some(key) => key,
        None => PublicKey::load(dir).map_err(|error| error.to_string())?,
    };
    if let Err(StoreError::InUse { .. }) = EmbeddedStore::open_read_only(dir) {
        let (url, token) = DataDir::running(dir).ok_or_else(|| {
            format!("the journal in `{}` is open, but no centre says where", dir.display())
        })?;
        return Centre::at(&url, &token).verify(key, kept);
    }
    let kept: Vec<&str> = kept.iter().map(String::as_str).collect();
    Ok(verify_dir_with(dir, &key, &kept))
}

fn verify_address(
    args: &Args,
    key: Option<PublicKey>,
    kept: &[String],
) -> Result<Result<Proof, Forgery>, String> {
    let file = args.token.as_ref().ok_or("an address needs `--token FILE`")?;
    let centre = Centre::at(args.journal.trim_end_matches('/'), text(file)?.trim());
    let key = match key {
        Some(key) => key,
        // As good as the centre: it could have made the key today.
        None => centre.key()?,
    };
    centre.verify(key, kept)
}

/// A running centre.
struct Centre {
    agent: ureq::Agent,
    url: String,
    authorization: String,
}

#[derive(Deserialize)]
struct KeyShown {
    key: String,
}

impl Centre {
    fn at(url: &str, token: &str) -> Self {
        let wait = Duration::from_secs(ANSWER_S_MAX);
        let config = ureq::Agent::config_builder().timeout_global(Some(wait)).build();
        let authorization = format!("Bearer {token}");
        Self { agent: config.into(), url: url.to_owned(), authorization }
    }

    fn key(&self) -> Result<PublicKey, String> {
        let KeyShown { key } = self.get("journal/key")?;
        key_of(&key)
    }

    /// Asks for pages until one is not full: then the end was reached, at the end of a batch.
    fn verify(&self, key: PublicKey, kept: &[String]) -> Result<Result<Proof, Forgery>, String> {
        let mut verifier = Verifier::new(key);
        for note in kept {
            if let Err(forgery) = verifier.kept(note) {
                return Ok(Err(forgery));
            }
        }
        let mut from = 1;
        loop {
            let page: WirePage =
                self.get(&format!("journal/entries?from={from}&limit={PAGE_ENTRIES}"))?;
            if let Err(forgery) = verifier.page(&page) {
                return Ok(Err(forgery));
            }
            from = page.entries.last().map_or(from, |entry| entry.seq.saturating_add(1));
            if page.entries.len() < PAGE_ENTRIES {
                return Ok(verifier.finish());
            }
        }
    }

    fn get<T: DeserializeOwned>(&self, what: &str) -> Result<T, String> {
        let address = format!("{}/api/v1/{what}", self.url);
        let unreachable = |error: ureq::Error| format!("`{address}`: {error}");
        let request = self.agent.get(&address).header("Authorization", &self.authorization);
        let mut answer = request.call().map_err(unreachable)?;
        let body = answer.body_mut().with_config().limit(PAGE_BYTES_MAX);
        body.read_json().map_err(unreachable)
    }
}

fn key_of(text: &str) -> Result<PublicKey, String> {
    text.parse().map_err(|error: journal::KeyError| error.to_string())
}

fn text(file: &Path) -> Result<String, String> {
    std::fs::read_to_string(file).map_err(|error| format!("`{}`: {error}", file.display()))
}
