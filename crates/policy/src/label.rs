//! The agency's own words for what a unit does, and what each means.

use crate::problem::{Place, Problems, accepted};
use crate::read::{Book, Given};
use evenhand_core::{PrimaryStatus, SecondaryStatus, UnitStatus};
use serde::Deserialize;
use serde::de::value::{Error, StrDeserializer};
use std::collections::BTreeMap;

/// One status label.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct StatusLabel {
    /// The word shown, `en route`.
    pub name: String,
    /// What may be typed or sent for it, `EN`, `ER`. Case and the number of blanks do not matter.
    pub aliases: Vec<String>,
    /// What it means.
    pub status: UnitStatus,
}

/// All labels, by what may be typed.
#[derive(Clone, Debug, Default)]
pub(crate) struct Labels {
    pub all: Vec<StatusLabel>,
    by_word: BTreeMap<String, usize>,
}

impl Labels {
    /// Reads every `[[label]]`.
    pub fn read(book: &Book<'_>, problems: &mut Problems) -> Self {
        let mut labels = Self::default();
        let mut places = BTreeMap::new();
        for section in book.some("label", problems) {
            section.only(&["name", "aliases", "primary", "secondary"], problems);
            let name = section.text("name", problems);
            let aliases =
                if section.has("aliases") { section.texts("aliases", problems) } else { None };
            let primary = section.text("primary", problems);
            let secondary = section.text("secondary", problems);
            let primary = primary.and_then(|word| status_word(&word, problems));
            let secondary = secondary.and_then(|word| status_word(&word, problems));
            let (Some(name), Some(primary), Some(secondary)) = (name, primary, secondary) else {
                continue;
            };
            let aliases = aliases.unwrap_or_default();
            let index = labels.all.len();
            for word in [&name].into_iter().chain(&aliases) {
                labels.enter(index, word, &mut places, problems);
            }
            labels.all.push(StatusLabel {
                name: name.value.to_owned(),
                aliases: aliases.iter().map(|alias| alias.value.to_owned()).collect(),
                status: UnitStatus { primary, secondary },
            });
        }
        labels
    }

    fn enter(
        &mut self,
        index: usize,
        word: &Given<&str>,
        places: &mut BTreeMap<String, Place>,
        problems: &mut Problems,
    ) {
        let key = folded(word.value);
        if let Some(first) = places.get(&key) {
            let fault = format!("label `{}` stands at {first} already", word.value);
            problems.add(&word.place, fault, "give each word one meaning");
            return;
        }
        places.insert(key.clone(), word.place.clone());
        self.by_word.insert(key, index);
    }

    /// The label meant by a word.
    pub fn find(&self, word: &str) -> Option<&StatusLabel> {
        self.by_word.get(&folded(word)).and_then(|index| self.all.get(*index))
    }
}

/// As typed, without regard to case and blanks.
fn folded(word: &str) -> String {
    word.split_whitespace().map(str::to_lowercase).collect::<Vec<_>>().join(" ")
}

/// A status in the registry's own word. Serde knows the registry, so the list of what is accepted
/// cannot fall behind it.
fn status_word<T: StatusWord>(word: &Given<&str>, problems: &mut Problems) -> Option<T> {
    let read = T::deserialize(StrDeserializer::<Error>::new(word.value));
    if let Err(error) = &read {
        let text = error.to_string();
        let names = text.split('`').skip(1).step_by(2).skip(1);
        let fault = format!("`{}` is no {} status", word.value, T::WHICH);
        problems.add(&word.place, fault, accepted(names));
    }
    read.ok()
}

trait StatusWord: for<'de> Deserialize<'de> {
    const WHICH: &'static str;
}

impl StatusWord for PrimaryStatus {
    const WHICH: &'static str = "primary";
}

impl StatusWord for SecondaryStatus {
    const WHICH: &'static str = "secondary";
}
