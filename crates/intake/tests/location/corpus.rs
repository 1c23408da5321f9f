//! Documents that once taught something: `good-` is read, `bad-` is refused, and none breaks us.

use evenhand_intake::location::{held, pidf};
use evenhand_intake::lost;
use std::path::Path;

fn replay(folder: &str, reads: impl Fn(&[u8]) -> bool) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus").join(folder);
    let mut count = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let bytes = std::fs::read(&path).unwrap();
        assert_eq!(reads(&bytes), name.starts_with("good-"), "{name}");
        for end in 0..bytes.len() {
            reads(&bytes[..end]);
        }
        count += 1;
    }
    assert!(count > 5, "only {count} documents");
}

#[test]
fn the_corpus_of_locations_is_read_or_refused_as_named() {
    replay("pidf", |bytes| pidf::read(bytes).is_ok());
}

#[test]
fn the_corpus_of_location_servers_is_read_or_refused_as_named() {
    replay("held", |bytes| {
        let _ = held::read_request(bytes);
        held::read_answer(bytes).is_ok()
    });
}

#[test]
fn the_corpus_of_service_finding_is_read_or_refused_as_named() {
    replay("lost", |bytes| {
        let _ = lost::read_find_service(bytes);
        lost::read_answer(bytes).is_ok()
    });
}
