//! The sample calls: what stands in them is found.

use evenhand_intake::sip::{Frame, Framer, Message};

use crate::{sample_folder, taken};

/// Each row: file | types of the parts, their last word | ids of the parts, without the host.
const TABLE: &str = "
01-location-by-value-civic | pidf sdp | defaultlocation
02-location-by-value-point | pidf sdp | defaultlocation
03-location-by-value-point-no-call-ids | pidf sdp | defaultlocation
04-location-by-value-point-existing-route | pidf sdp | defaultlocation
05-location-by-value-with-additional-data-and-crash | \
    sdp pidf DeviceInfo ProviderInfo ServiceInfo Control VEDS | 2222 3333 4444 5555 6666 7777
06-location-by-value-additional-data-by-reference | pidf sdp | defaultlocation
07-location-by-reference-https | sdp |
08-location-by-reference-held | sdp |
09-location-by-reference-sip | sdp |
10-additional-data-by-reference-no-location | sdp |
11-nested-multipart-crash-data | sdp VEDS Control | 1111 2222
12-real-time-text | sdp |
13-language-tags | sdp |
";

fn check(message: &Message, types: &str, ids: &str) {
    let parts = message.parts();
    let short = |kind: &str| {
        let kind = kind.trim_start_matches("application/").trim_end_matches("+xml");
        kind.trim_start_matches("EmergencyCallData.").to_owned()
    };
    let found: Vec<String> = parts.parts.iter().map(|part| short(&part.content_type)).collect();
    assert_eq!(found.join(" "), types);
    let local = |id: &str| id.split('@').next().unwrap_or_default().to_owned();
    let found: Vec<String> =
        parts.parts.iter().filter_map(|part| part.content_id.as_deref().map(local)).collect();
    assert_eq!(found.join(" "), ids);
    let sdp = message.sdp().unwrap();
    assert_eq!((sdp.media.len(), sdp.media[0].port), (1, 49_170));
    assert_eq!(sdp.connection_of(&sdp.media[0]).host(), "192.0.2.10");
    assert_eq!(message.request_uri().unwrap().as_str(), "urn:service:sos");
    assert_eq!(message.contact().unwrap().uri.user(), Some("+12025551212"));
    assert_eq!(message.defects, []);
}

#[test]
fn every_sample_call_has_its_parts_and_its_offer() {
    let Some(folder) = sample_folder("sip") else { return };
    for row in TABLE.lines().filter(|row| !row.is_empty()) {
        let cells: Vec<&str> = row.split('|').map(str::trim).collect();
        let [file, types, ids] = cells[..] else { panic!("not three cells: {row}") };
        let bytes = std::fs::read(folder.join(format!("{file}.sip"))).unwrap();
        let message = taken(&bytes);
        check(&message, types, ids);
        assert_eq!(message.to_bytes(), bytes, "{file} is written as it came");
    }
}

#[test]
fn every_sample_call_comes_through_one_stream() {
    let Some(folder) = sample_folder("sip") else { return };
    let mut files: Vec<_> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let messages: Vec<Vec<u8>> = files.iter().map(|file| std::fs::read(file).unwrap()).collect();
    let mut framer = Framer::new();
    framer.push(&messages.concat());
    let cut: Vec<Frame> = framer.by_ref().collect();
    assert_eq!(cut, messages.into_iter().map(Frame::Message).collect::<Vec<_>>());
    assert!(!framer.is_waiting());
}

#[test]
fn addresses_of_location_and_call_ids_are_found() {
    let Some(folder) = sample_folder("sip") else { return };
    let bytes = std::fs::read(folder.join("07-location-by-reference-https.sip")).unwrap();
    let message = taken(&bytes);
    let location = message.addresses("Geolocation");
    assert_eq!(location[0].uri.as_str(), "https://lis.example.com/location/07");
    let ids: Vec<Option<String>> = message
        .addresses("Call-Info")
        .iter()
        .map(|info| info.params.get("purpose").map(str::to_owned))
        .collect();
    assert_eq!(ids[0].as_deref(), Some("emergency-CallId"));
    assert_eq!(ids[1].as_deref(), Some("emergency-IncidentId"));
}
