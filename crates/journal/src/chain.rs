//! The chain as it is re-hashed: one entry after the other, each checked against what stands there.

use crate::hash::{Frontier, Hash, leaf_hash, link_hash};

/// Tree and link over the entries seen so far.
#[derive(Clone, Debug, Default)]
pub(crate) struct Chain {
    tree: Frontier,
    link: Hash,
}

/// How an entry does not fit the chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Flaw {
    /// The body is not the one the leaf hash was made of.
    Body,
    /// The leaf hash is not that of the body, and the link agrees with the body.
    Leaf,
    /// The body says another number than the row.
    OutOfPlace(Option<u64>),
    /// The link does not follow from the link before and the leaf.
    Link,
}

impl Chain {
    pub(crate) fn size(&self) -> u64 {
        self.tree.size()
    }

    pub(crate) fn root(&self) -> Hash {
        self.tree.root()
    }

    pub(crate) fn link(&self) -> &Hash {
        &self.link
    }

    /// Adds an entry; returns its leaf and link.
    pub(crate) fn push(&mut self, body: &[u8]) -> (Hash, Hash) {
        let leaf = leaf_hash(body);
        self.link = link_hash(&self.link, &leaf);
        self.tree.push(leaf);
        (leaf, self.link)
    }

    /// Adds the next entry if its body, leaf, own number and link agree.
    pub(crate) fn push_checked(
        &mut self,
        body: &[u8],
        leaf: &Hash,
        link: &Hash,
    ) -> Result<(), Flaw> {
        let true_leaf = leaf_hash(body);
        let true_link = link_hash(&self.link, &true_leaf);
        if true_leaf != *leaf {
            // The link was made of the true leaf, so it tells which of the two was changed.
            return Err(if true_link == *link { Flaw::Leaf } else { Flaw::Body });
        }
        let own = own_seq(body);
        if own != Some(self.size() + 1) {
            return Err(Flaw::OutOfPlace(own));
        }
        if true_link != *link {
            return Err(Flaw::Link);
        }
        self.link = true_link;
        self.tree.push(true_leaf);
        Ok(())
    }
}

/// The number that a body gives itself: the value of `seq` in a JSON object.
pub(crate) fn own_seq(body: &[u8]) -> Option<u64> {
    leading_seq(body).or_else(|| {
        let value: serde_json::Value = serde_json::from_slice(body).ok()?;
        value.get("seq")?.as_u64()
    })
}

/// The same for a body in the usual order, `{"seq":17,...`, without reading the rest: a start has
/// a million of them to look at.
fn leading_seq(body: &[u8]) -> Option<u64> {
    let rest = body.strip_prefix(b"{\"seq\":")?;
    let end = rest.iter().position(|byte| !byte.is_ascii_digit())?;
    let (digits, after) = rest.split_at_checked(end)?;
    let canonical = matches!(after.first(), Some(b',' | b'}')) && !digits.starts_with(b"0");
    let text = std::str::from_utf8(digits).ok()?;
    text.parse().ok().filter(|_| canonical)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_names_its_own_number() {
        assert_eq!(own_seq(br#"{"seq":17,"id":"x"}"#), Some(17));
        assert_eq!(own_seq(br#"{"seq":17}"#), Some(17));
        assert_eq!(own_seq(br#"{"actor":"x","seq":17}"#), Some(17));
        for body in ["", "{}", r#"{"seq":"17"}"#, r#"{"seq":-1}"#, r#"{"seq":1.5}"#, "[17]"] {
            assert_eq!(own_seq(body.as_bytes()), None, "{body}");
        }
    }

    fn two() -> (Chain, Hash, Hash) {
        let mut chain = Chain::default();
        chain.push(br#"{"seq":1}"#);
        let (leaf, link) = chain.clone().push(br#"{"seq":2}"#);
        (chain, leaf, link)
    }

    #[test]
    fn each_flaw_is_told_apart() {
        let (chain, leaf, link) = two();
        let check =
            |body: &[u8], leaf: &Hash, link: &Hash| chain.clone().push_checked(body, leaf, link);
        assert_eq!(check(br#"{"seq":2}"#, &leaf, &link), Ok(()));
        assert_eq!(check(br#"{"seq":2,"x":1}"#, &leaf, &link), Err(Flaw::Body));
        assert_eq!(check(br#"{"seq":2}"#, &[9; 32], &link), Err(Flaw::Leaf));
        assert_eq!(check(br#"{"seq":2}"#, &leaf, &[9; 32]), Err(Flaw::Link));
        let (other_leaf, other_link) = chain.clone().push(br#"{"seq":3}"#);
        let moved = check(br#"{"seq":3}"#, &other_leaf, &other_link);
        assert_eq!(moved, Err(Flaw::OutOfPlace(Some(3))));
    }
}
