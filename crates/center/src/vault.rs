//! Sealed values opened for those who may see them: the console's rows, the search for duplicates,
//! the way to a place. What was erased stays closed.

use crate::limits::OPENED_MAX;
use evenhand_core::Sealed;
use journal::{Commitment, Journal, SealedValue, Store};
use std::cell::RefCell;
use std::collections::BTreeMap;

/// A sealed value, looked at.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum Opened {
    Value(String),
    Erased,
}

/// A cache in front of the journal's second table. Not part of the truth: it can be dropped at any
/// time.
#[derive(Default)]
pub(crate) struct Vault {
    opened: RefCell<BTreeMap<Sealed, String>>,
}

impl Vault {
    /// Values that are about to be written.
    pub fn keep(&self, values: &[SealedValue]) {
        let mut opened = self.opened.borrow_mut();
        if opened.len() + values.len() > OPENED_MAX {
            opened.clear();
        }
        for value in values {
            opened.insert(Sealed(value.commitment.0), value.value.clone());
        }
    }

    /// Forgets everything, so that erased values cannot be shown from memory.
    pub fn forget(&self) {
        self.opened.borrow_mut().clear();
    }

    /// The value, from memory or from the journal; one that cannot be read counts as erased.
    pub fn open<S: Store>(&self, journal: &Journal<S>, sealed: &Sealed) -> Opened {
        if let Some(value) = self.opened.borrow().get(sealed) {
            return Opened::Value(value.clone());
        }
        match journal.open_sealed(&Commitment(sealed.0)) {
            Ok(Some(value)) => {
                let mut opened = self.opened.borrow_mut();
                if opened.len() >= OPENED_MAX {
                    opened.clear();
                }
                opened.insert(*sealed, value.clone());
                Opened::Value(value)
            }
            Ok(None) | Err(_) => Opened::Erased,
        }
    }
}
