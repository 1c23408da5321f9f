//! The one verifier that runs after every test: chain intact, accounting closed, boards equal to a
//! rebuild from the journal, and the same boards again with every personal value destroyed.

use super::town::{Town, signing_key};
use center::Center;
use journal::{Journal, MemoryDisk, MemoryStore, verify_store};

/// Everything that is wrong; empty is good.
pub fn verify(center: &Center, disk: &MemoryDisk, town: &Town) -> Vec<String> {
    let mut wrong = evenhand_core::accounting::violations(center.core());
    let copy = copy_of(disk);
    if let Err(forgery) = verify_store(&MemoryStore::on(&copy), signing_key().public(), &[]) {
        wrong.push(format!("the journal does not verify: {forgery}"));
    }
    compare(center, &copy, town, "a rebuild", &mut wrong);
    copy.tamper(|contents| contents.sealed.clear());
    if let Err(forgery) = verify_store(&MemoryStore::on(&copy), signing_key().public(), &[]) {
        wrong.push(format!("with personal values erased it does not verify: {forgery}"));
    }
    compare(center, &copy, town, "a rebuild without personal values", &mut wrong);
    wrong
}

/// A disk of its own with what the centre was told is safe.
fn copy_of(disk: &MemoryDisk) -> MemoryDisk {
    let contents = disk.contents();
    let copy = MemoryDisk::new();
    copy.tamper(|empty| *empty = contents);
    copy
}

fn compare(center: &Center, disk: &MemoryDisk, town: &Town, what: &str, wrong: &mut Vec<String>) {
    let rebuilt = town.setup().and_then(|setup| {
        let journal = Journal::open(Town::store(disk), signing_key()).map_err(|e| e.to_string())?;
        Center::read_only(setup, journal).map_err(|error| error.to_string())
    });
    match rebuilt {
        Err(error) => wrong.push(format!("{what} fails: {error}")),
        Ok(rebuilt) => {
            if rebuilt.core() != center.core() {
                wrong.push(format!("{what} gives another truth"));
            }
            if rebuilt.boards() != center.boards() {
                wrong.push(format!("{what} gives other boards"));
            }
        }
    }
}
