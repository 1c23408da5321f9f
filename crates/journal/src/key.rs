//! Keys in the text forms of C2SP signed-note: Ed25519, with a name that says whose journal it is.
//!
//! The private key lies in `journal.key`, readable by its owner alone, made at the first start.
//! - Lost: the journal can still be verified; going on needs a new journal.
//! - Altered: it no longer opens the journal, which says so.
//! - Read by others: they can sign a rewritten journal. Only a checkpoint kept elsewhere tells.
//!
//! The public key lies beside it in `journal.pub`. Whoever checks should have got it another way.

use std::fmt;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::str::FromStr;

use ring::rand::{SecureRandom, SystemRandom};
use ring::signature::{ED25519, Ed25519KeyPair, KeyPair, UnparsedPublicKey};

use crate::hash::sha256;
use crate::text::{from_base64, from_hex, to_base64, to_hex};

/// C2SP signed-note: the type byte of an Ed25519 key.
const ED25519_TYPE: u8 = 0x01;
const PRIVATE_PREFIX: &str = "PRIVATE+KEY+";

/// File names inside a journal's directory.
pub(crate) const KEY_FILE: &str = "journal.key";
pub(crate) const PUBLIC_KEY_FILE: &str = "journal.pub";

/// A key that could not be made or read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// A name that cannot stand in a signed note.
    #[error("`{0}` cannot name a key; text without spaces, line ends and `+` can")]
    Name(String),
    /// Text that is not a key. It is not shown, because it may be a private one.
    #[error("the text is not a {0} key in the signed-note form")]
    Form(&'static str),
    /// The system gave no random bytes.
    #[error("the system gave no random bytes for a new key")]
    Random,
    /// A key file could not be read or written.
    #[error("key file `{path}`: {cause}", path = path.display())]
    File {
        /// Which file.
        path: PathBuf,
        /// What the system said.
        cause: String,
    },
}

/// What checks signatures. Its text form is the C2SP verifier key: `name+id+base64`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicKey {
    name: String,
    key: [u8; 32],
}

impl PublicKey {
    /// Name of the key: whose journal it is.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Reads `journal.pub` in a journal's directory.
    pub fn load(dir: &Path) -> Result<Self, KeyError> {
        let path = dir.join(PUBLIC_KEY_FILE);
        let text = fs::read_to_string(&path).map_err(|error| file_error(&path, &error))?;
        text.trim_end().parse()
    }

    /// First four bytes of SHA-256(name || newline || type || key), the key's id in a note.
    pub(crate) fn id(&self) -> [u8; 4] {
        let [a, b, c, d, ..] = sha256(&[self.name.as_bytes(), b"\n", &[ED25519_TYPE], &self.key]);
        [a, b, c, d]
    }

    /// Whether `signature` over `text` is this key's.
    pub(crate) fn verifies(&self, text: &[u8], signature: &[u8]) -> bool {
        UnparsedPublicKey::new(&ED25519, self.key).verify(text, signature).is_ok()
    }
}

impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}+{}+{}", self.name, to_hex(&self.id()), encode_key(&self.key))
    }
}

impl FromStr for PublicKey {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, KeyError> {
        let (name, id, key) = split_key(text).ok_or(KeyError::Form("public"))?;
        let public = Self { name: checked_name(name)?, key };
        if public.id() == id { Ok(public) } else { Err(KeyError::Form("public")) }
    }
}

/// What signs checkpoints. `Debug` shows its public half only: the rest must not reach a log.
pub struct SigningKey {
    public: PublicKey,
    seed: [u8; 32],
    pair: Ed25519KeyPair,
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SigningKey({})", self.public)
    }
}

impl SigningKey {
    /// A key from 32 secret bytes: the same bytes give the same key. `name` says whose journal it
    /// is, such as `county.example/911/journal`; it is the origin of every checkpoint.
    pub fn from_seed(name: &str, seed: [u8; 32]) -> Result<Self, KeyError> {
        let pair = Ed25519KeyPair::from_seed_unchecked(&seed)
            .map_err(|_rejected| KeyError::Form("private"))?;
        let mut key = [0; 32];
        key.copy_from_slice(pair.public_key().as_ref());
        Ok(Self { public: PublicKey { name: checked_name(name)?, key }, seed, pair })
    }

    /// A new key from the system's random bytes.
    pub fn generate(name: &str) -> Result<Self, KeyError> {
        let mut seed = [0; 32];
        SystemRandom::new().fill(&mut seed).map_err(|_unspecified| KeyError::Random)?;
        Self::from_seed(name, seed)
    }

    /// The key in `journal.key` of the directory; if there is none, a new one named `name` is made
    /// and written there (mode 0600) with its public key beside it.
    ///
    /// An existing key keeps its own name. Durable when it returns.
    pub fn load_or_create(dir: &Path, name: &str) -> Result<Self, KeyError> {
        let path = dir.join(KEY_FILE);
        let key = match fs::read_to_string(&path) {
            Ok(text) => Self::from_private_text(text.trim_end())?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                fs::create_dir_all(dir).map_err(|error| file_error(dir, &error))?;
                let key = Self::generate(name)?;
                write_new(&path, &key.private_text(), Access::Owner)?;
                key
            }
            Err(error) => return Err(file_error(&path, &error)),
        };
        let public_path = dir.join(PUBLIC_KEY_FILE);
        if !public_path.exists() {
            write_new(&public_path, &key.public.to_string(), Access::Everyone)?;
        }
        Ok(key)
    }

    /// The key that checks what this one signs.
    pub fn public(&self) -> &PublicKey {
        &self.public
    }

    /// Ed25519 signature; the same text gives the same signature.
    pub(crate) fn sign(&self, text: &[u8]) -> Vec<u8> {
        self.pair.sign(text).as_ref().to_vec()
    }

    fn private_text(&self) -> String {
        let PublicKey { name, .. } = &self.public;
        let id = to_hex(&self.public.id());
        format!("{PRIVATE_PREFIX}{name}+{id}+{}", encode_key(&self.seed))
    }

    fn from_private_text(text: &str) -> Result<Self, KeyError> {
        let rest = text.strip_prefix(PRIVATE_PREFIX).ok_or(KeyError::Form("private"))?;
        let (name, id, seed) = split_key(rest).ok_or(KeyError::Form("private"))?;
        let key = Self::from_seed(name, seed)?;
        if key.public.id() == id { Ok(key) } else { Err(KeyError::Form("private")) }
    }
}

fn encode_key(key: &[u8; 32]) -> String {
    let mut typed = vec![ED25519_TYPE];
    typed.extend(key);
    to_base64(&typed)
}

fn split_key(text: &str) -> Option<(&str, [u8; 4], [u8; 32])> {
    let mut parts = text.splitn(3, '+');
    let (name, id, typed) = (parts.next()?, parts.next()?, parts.next()?);
    let id = from_hex(id)?.try_into().ok()?;
    let typed = from_base64(typed)?;
    match typed.split_first()? {
        (&ED25519_TYPE, key) => Some((name, id, key.try_into().ok()?)),
        _ => None,
    }
}

fn checked_name(name: &str) -> Result<String, KeyError> {
    let fits = |letter: char| !letter.is_whitespace() && !letter.is_control() && letter != '+';
    match !name.is_empty() && name.chars().all(fits) {
        true => Ok(name.to_owned()),
        false => Err(KeyError::Name(name.to_owned())),
    }
}

#[derive(Clone, Copy)]
enum Access {
    Owner,
    Everyone,
}

/// Writes a file that must not exist yet. It gets its name only once its bytes are on disk, so
/// that a crash at the first start leaves no half key that would refuse every later start.
fn write_new(path: &Path, line: &str, access: Access) -> Result<(), KeyError> {
    let fail = |error: io::Error| file_error(path, &error);
    let unfinished = path.with_extension("new");
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    restrict(&mut options, access);
    let mut file = options.open(&unfinished).map_err(fail)?;
    writeln!(file, "{line}").map_err(fail)?;
    file.sync_all().map_err(fail)?;
    fs::rename(&unfinished, path).map_err(fail)?;
    let dir = path.parent().unwrap_or(Path::new("."));
    fs::File::open(dir).and_then(|dir| dir.sync_all()).map_err(fail)
}

#[cfg(unix)]
fn restrict(options: &mut fs::OpenOptions, access: Access) {
    use std::os::unix::fs::OpenOptionsExt;
    options.mode(match access {
        Access::Owner => 0o600,
        Access::Everyone => 0o644,
    });
}

#[cfg(not(unix))]
fn restrict(_options: &mut fs::OpenOptions, _access: Access) {}

fn file_error(path: &Path, error: &io::Error) -> KeyError {
    KeyError::File { path: path.to_owned(), cause: error.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of C2SP signed-note.
    const EXAMPLE: &str = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";

    #[test]
    fn example_key_of_the_specification_is_read_and_written() {
        let key: PublicKey = EXAMPLE.parse().unwrap();
        assert_eq!(key.name(), "example.com/foo");
        assert_eq!(key.to_string(), EXAMPLE);
    }

    #[test]
    fn a_key_whose_id_does_not_fit_is_refused() {
        let wrong = EXAMPLE.replace("530d903a", "530d903b");
        assert_eq!(wrong.parse::<PublicKey>(), Err(KeyError::Form("public")));
        let renamed = EXAMPLE.replace("foo", "bar");
        assert_eq!(renamed.parse::<PublicKey>(), Err(KeyError::Form("public")));
    }

    #[test]
    fn names_that_cannot_stand_in_a_note_are_refused() {
        for name in ["", "a b", "a+b", "a\nb"] {
            assert!(matches!(SigningKey::from_seed(name, [1; 32]), Err(KeyError::Name(_))));
        }
    }

    #[test]
    fn debug_does_not_show_the_secret() {
        let key = SigningKey::from_seed("a.example", [5; 32]).unwrap();
        let shown = format!("{key:?}");
        assert!(shown.contains("a.example"));
        let secret = encode_key(&key.seed);
        assert!(key.private_text().contains(&secret) && !shown.contains(&secret));
    }

    #[test]
    fn a_key_is_made_once_and_found_again() {
        let dir = tempfile::tempdir().unwrap();
        let dir = dir.path().join("not/yet/there");
        let first = SigningKey::load_or_create(&dir, "a.example").unwrap();
        let again = SigningKey::load_or_create(&dir, "b.example").unwrap();
        assert_eq!(first.public(), again.public());
        assert_eq!(&PublicKey::load(&dir).unwrap(), first.public());
    }

    #[test]
    #[cfg(unix)]
    fn only_its_owner_can_read_the_private_key() {
        use std::os::unix::fs::PermissionsExt;
        let dir = tempfile::tempdir().unwrap();
        SigningKey::load_or_create(dir.path(), "a.example").unwrap();
        let mode = fs::metadata(dir.path().join(KEY_FILE)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }

    #[test]
    fn a_damaged_key_file_is_refused_and_not_shown() {
        let dir = tempfile::tempdir().unwrap();
        SigningKey::load_or_create(dir.path(), "a.example").unwrap();
        let path = dir.path().join(KEY_FILE);
        let text = fs::read_to_string(&path).unwrap();
        fs::write(&path, text.replace("+A", "+B")).unwrap();
        let error = SigningKey::load_or_create(dir.path(), "a.example").err().unwrap();
        assert_eq!(error, KeyError::Form("private"));
    }
}
