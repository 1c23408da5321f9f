//! Bodies in parts, and the Additional Data among them.

use evenhand_intake::additional;
use evenhand_intake::sip::multipart::parts;

/// The first line is the content type, the rest the body.
pub fn check(bytes: &[u8]) {
    let end = bytes.iter().position(|byte| *byte == b'\n').unwrap_or(bytes.len());
    let (content_type, body) = bytes.split_at(end);
    let content_type = String::from_utf8_lossy(content_type);
    let body = body.get(1..).unwrap_or_default();
    let read = parts(content_type.trim(), body);
    for part in &read.parts {
        assert!(part.body.len() <= body.len());
        let _ = additional::read(&part.body);
    }
}
