//! Where the files of a centre are: a folder, or the program itself.

use std::fmt;
use std::io;
use std::path::{Component, Path, PathBuf};

use rust_embed::RustEmbed;

/// The centre of the demo, built in, so that it runs from anywhere.
#[derive(RustEmbed)]
#[folder = "../../centers/cambridge"]
struct Cambridge;

/// The files of one centre.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CenterFiles {
    /// A folder with a `center.toml`.
    Folder(PathBuf),
    /// Cambridge, Massachusetts, as it was when the program was built.
    Cambridge,
}

impl CenterFiles {
    /// The files that a person named: `cambridge` is the one built in, unless there is such a
    /// folder here; anything else is a folder, or the `center.toml` in it.
    pub fn named(name: &Path) -> Self {
        match name.file_name() {
            Some(file) if file == super::CENTER_FILE => {
                Self::Folder(name.parent().unwrap_or(Path::new("")).to_owned())
            }
            _ if name == Path::new("cambridge") && !name.exists() => Self::Cambridge,
            _ => Self::Folder(name.to_owned()),
        }
    }

    /// The bytes of one file, by its path inside the centre.
    ///
    /// # Errors
    /// There is no such file, or it cannot be read.
    pub fn read(&self, file: &str) -> io::Result<Vec<u8>> {
        match self {
            Self::Folder(folder) => std::fs::read(folder.join(file)),
            Self::Cambridge => {
                let missing = || io::Error::new(io::ErrorKind::NotFound, "it is not built in");
                Ok(Cambridge::get(file).ok_or_else(missing)?.data.into_owned())
            }
        }
    }

    /// How a file is named to people.
    pub(crate) fn shown(&self, file: &str) -> String {
        match self {
            Self::Folder(folder) => folder.join(file).display().to_string(),
            Self::Cambridge => format!("built-in centers/cambridge/{file}"),
        }
    }
}

impl fmt::Display for CenterFiles {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Folder(folder) => write!(f, "{}", folder.display()),
            Self::Cambridge => f.write_str("cambridge (built in)"),
        }
    }
}

/// `file` as it is meant in a file of `folder`; both inside the centre.
pub(super) fn beside(folder: &str, file: &str) -> String {
    let path = Path::new(folder).join(file);
    let mut parts: Vec<&str> = Vec::new();
    for component in path.components() {
        match component {
            Component::Normal(part) => parts.extend(part.to_str()),
            Component::ParentDir => {
                parts.pop();
            }
            Component::CurDir | Component::RootDir | Component::Prefix(_) => {}
        }
    }
    parts.join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_and_its_center_file_name_the_same_centre() {
        let folder = CenterFiles::Folder(PathBuf::from("centers/boone"));
        assert_eq!(CenterFiles::named(Path::new("centers/boone")), folder);
        assert_eq!(CenterFiles::named(Path::new("centers/boone/center.toml")), folder);
        assert_eq!(CenterFiles::named(Path::new("cambridge")), CenterFiles::Cambridge);
    }

    #[test]
    fn a_file_beside_another_stays_inside_the_centre() {
        assert_eq!(beside("map", "streets.gz"), "map/streets.gz");
        assert_eq!(beside("map", "../fleet.toml"), "fleet.toml");
        assert_eq!(beside("", "../../etc/passwd"), "etc/passwd");
    }
}
