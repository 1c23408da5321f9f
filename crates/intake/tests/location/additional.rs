//! Additional data in sentences.

use crate::samples::folder;
use evenhand_intake::additional::{AdditionalBlock, BlockKind, read};
use proptest::prelude::*;

fn check(name: &str, kind: BlockKind, sentences: &[&str]) {
    let Some(folder) = folder() else { return };
    let bytes = std::fs::read(folder.join("additional-data").join(name)).unwrap();
    let sentences = sentences.iter().map(|sentence| (*sentence).to_owned()).collect();
    assert_eq!(read(&bytes).unwrap(), AdditionalBlock { kind, sentences }, "{name}");
}

#[test]
fn what_networks_and_devices_say_becomes_sentences() {
    check("comment.xml", BlockKind::Comment, &["This is an example of a comment."]);
    let line =
        ["Business or home: Unknown.", "Kind of line: wireless.", "Fixed or mobile: Mobile."];
    check("service-info.xml", BlockKind::Line, &line);
    let device = ["Kind of device: fixed.", "Made by: Nokia Lumia 800.", "Device IMEI: 35788104."];
    check("device-info.xml", BlockKind::Device, &device);
    let provider = [
        "Provider: Smith Telecom Inc.",
        "Kind of provider: Telecom Provider.",
        "Provider's identifier: urn:nena:companyid:ID123.",
        "Reach the provider at: tel:+1-201-555-0123.",
    ];
    check("provider-info.xml", BlockKind::Provider, &provider);
}

#[test]
fn a_subscriber_is_named_with_address_and_numbers() {
    let subscriber = [
        "Subscriber: John Smith.",
        "Address: 500 West St., AURORA, IL, 12345.",
        "Telephone: +1-630-555-0106.",
        "Telephone: +1-630-555-0101.",
        "Language: en.",
    ];
    check("subscriber-info.xml", BlockKind::Subscriber, &subscriber);
}

#[test]
fn a_crash_starts_with_what_decides_the_response() {
    let crash = [
        "Fuel is leaking.",
        "Severe injury is likely.",
        "It rolled over, in quarter turns: 1.",
        "Final rest of the vehicle: Driver.",
        "Change of speed: 100 MPH.",
        "Hit from (o'clock): 12.",
        "Airbags deployed: FRONT.",
        "Seats occupied: 1, with belt fastened: 1.",
        "Vehicle: 2015 Saab 9-5.",
    ];
    check("veds-crash.xml", BlockKind::Crash, &crash);
}

#[test]
fn an_unknown_block_says_that_it_came() {
    let unknown = ["Additional data of an unknown kind came with the call."];
    check("control-request.xml", BlockKind::Unknown, &unknown);
}

proptest! {
    #[test]
    fn no_bytes_break_it(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let _ = read(&bytes);
    }
}
