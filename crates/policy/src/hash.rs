//! The one address of a policy: what was checked is what was adopted is what rules.

use evenhand_core::PolicyText;
use ring::digest::{Context, SHA256};
use std::fmt::Write;

/// SHA-256 over each text's name, length and bytes, in the order of the names, as 64 hex digits.
/// Name and length end in a line feed, so that no two lists of texts give the same bytes.
pub(crate) fn hash(files: &[PolicyText]) -> String {
    let mut sorted: Vec<&PolicyText> = files.iter().collect();
    sorted.sort_by(|a, b| a.name.cmp(&b.name));
    let mut context = Context::new(&SHA256);
    for file in sorted {
        context.update(format!("{}\n{}\n", file.name, file.text.len()).as_bytes());
        context.update(file.text.as_bytes());
    }
    let mut hex = String::with_capacity(64);
    for byte in context.finish().as_ref() {
        // Writing to a string cannot fail.
        let _ = write!(hex, "{byte:02x}");
    }
    hex
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(of: &[(&str, &str)]) -> Vec<PolicyText> {
        let text = |(name, text): &(&str, &str)| PolicyText {
            name: (*name).to_owned(),
            text: (*text).to_owned(),
        };
        of.iter().map(text).collect()
    }

    #[test]
    fn the_hash_is_of_names_lengths_and_bytes_in_the_order_of_names() {
        // printf 'a.toml\n3\nx=1b.policy\n2\nhi' | sha256sum
        let known = "f89e818bbd249bb8e1a491ba697d6e5cbab13a7eca5a2767a91896a2029d5df0";
        let one = hash(&texts(&[("a.toml", "x=1"), ("b.policy", "hi")]));
        let other = hash(&texts(&[("b.policy", "hi"), ("a.toml", "x=1")]));
        assert_eq!((one.as_str(), one.len()), (other.as_str(), 64));
        assert_eq!(one, known);
    }

    #[test]
    fn a_byte_moved_from_one_text_to_another_is_another_policy() {
        let one = hash(&texts(&[("a", "xy"), ("b", "z")]));
        assert_ne!(one, hash(&texts(&[("a", "x"), ("b", "yz")])));
        assert_ne!(one, hash(&texts(&[("a", "xy"), ("c", "z")])));
    }
}
