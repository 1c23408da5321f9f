//! The Merkle tree of RFC 6962, section 2.1, kept as its right edge only.
//!
//! A *frontier* is the list of roots of the complete subtrees that make up a tree of a given size,
//! largest first: one for each set bit of the size. It is all that is needed to append the next
//! leaf and to know the root, in O(log n) time and space.

use ring::digest::{Context, SHA256};

/// A SHA-256 digest.
pub type Hash = [u8; 32];

/// Hash of an entry's body as a leaf: SHA-256(0x00 || body) (RFC 6962, 2.1).
pub fn leaf_hash(body: &[u8]) -> Hash {
    sha256(&[&[0x00], body])
}

/// Hash of an inner node: SHA-256(0x01 || left || right) (RFC 6962, 2.1).
pub fn node_hash(left: &Hash, right: &Hash) -> Hash {
    sha256(&[&[0x01], left, right])
}

/// Next link of the chain: SHA-256(previous link || leaf). The link before entry 1 is 32 zeros.
pub fn link_hash(previous: &Hash, leaf: &Hash) -> Hash {
    sha256(&[previous, leaf])
}

/// SHA-256 over the concatenation of `parts`.
pub(crate) fn sha256(parts: &[&[u8]]) -> Hash {
    let mut context = Context::new(&SHA256);
    for part in parts {
        context.update(part);
    }
    let mut hash = [0; 32];
    hash.copy_from_slice(context.finish().as_ref());
    hash
}

/// The right edge of a Merkle tree: append a leaf and read the root in O(log n).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Frontier {
    size: u64,
    // INVARIANT: one root for each set bit of `size`, the largest subtree first.
    peaks: Vec<Hash>,
}

impl Frontier {
    /// Number of leaves.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Adds a leaf hash at the right.
    pub fn push(&mut self, leaf: Hash) {
        let mut node = leaf;
        // Each trailing one bit of the size is a complete subtree that the new one merges with.
        for _ in 0..self.size.trailing_ones() {
            if let Some(left) = self.peaks.pop() {
                node = node_hash(&left, &node);
            }
        }
        self.peaks.push(node);
        self.size += 1;
    }

    /// Root of the tree; of the empty tree it is SHA-256 of nothing (RFC 6962, 2.1).
    pub fn root(&self) -> Hash {
        let mut peaks = self.peaks.iter().rev();
        match peaks.next() {
            None => sha256(&[]),
            Some(last) => peaks.fold(*last, |right, left| node_hash(left, &right)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::{from_hex, to_hex};
    use proptest::prelude::*;

    /// Leaf inputs, and roots for sizes 1 to 8, as published by transparency-dev/merkle in
    /// `testonly/constants.go` (`LeafInputs`, `RootHashes`): the values that the implementations
    /// of RFC 6962 test themselves against.
    const LEAVES: [&str; 8] = [
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    ];
    const ROOTS: [&str; 8] = [
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    ];

    /// The definition of RFC 6962, 2.1, word by word: the slow way, to compare with.
    fn root_by_definition(leaves: &[Hash]) -> Hash {
        match leaves {
            [] => sha256(&[]),
            [one] => *one,
            many => {
                let half = many.len().next_power_of_two() / 2;
                let (left, right) = many.split_at(half);
                node_hash(&root_by_definition(left), &root_by_definition(right))
            }
        }
    }

    #[test]
    fn roots_are_those_of_the_reference_tree() {
        let mut tree = Frontier::default();
        for (leaf, root) in LEAVES.iter().zip(ROOTS) {
            tree.push(leaf_hash(&from_hex(leaf).unwrap()));
            assert_eq!(to_hex(&tree.root()), root, "size {}", tree.size());
        }
    }

    #[test]
    fn empty_tree_has_the_hash_of_nothing() {
        assert_eq!(
            to_hex(&Frontier::default().root()),
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
        );
    }

    proptest! {
        #[test]
        fn frontier_equals_the_definition(
            bodies in prop::collection::vec(any::<[u8; 4]>(), 0..200)
        ) {
            let leaves: Vec<Hash> = bodies.iter().map(|body| leaf_hash(body)).collect();
            let mut tree = Frontier::default();
            leaves.iter().for_each(|leaf| tree.push(*leaf));
            prop_assert_eq!(tree.root(), root_by_definition(&leaves));
            prop_assert_eq!(tree.size(), leaves.len() as u64);
        }
    }
}
