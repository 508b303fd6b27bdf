//! The Merkle tree of RFC 6962 (section 2.1; the same in RFC 9162): hashing, proofs and their verification.
//!
//! Proofs are first named as ranges of leaves ([`inclusion`], [`consistency`]); who holds the leaves, or the roots of
//! whole blocks of them, turns each range into a hash. So a proof out of a million leaves reads a few hundred.

use sha2::{Digest, Sha256};
use std::ops::Range;

/// A SHA-256 hash.
pub type Hash = [u8; 32];

const BLOCK_LEVEL: u32 = 8;

/// Leaves in a block: the root of every full block is stored, so that proofs need not read what lies in it.
pub const BLOCK: u64 = 1 << BLOCK_LEVEL;

/// Hash of a leaf: SHA-256 of a zero byte and the entry.
pub fn leaf_hash(entry: &[u8]) -> Hash {
    Sha256::new().chain_update([0]).chain_update(entry).finalize().into()
}

/// Hash of an inner node: SHA-256 of a one byte and both children.
pub fn node_hash(left: &Hash, right: &Hash) -> Hash {
    Sha256::new().chain_update([1]).chain_update(left).chain_update(right).finalize().into()
}

/// Root over leaf hashes; SHA-256 of nothing where there are none.
pub fn root(leaves: &[Hash]) -> Hash {
    leaves.iter().fold(Frontier::default(), Frontier::with).root()
}

/// The roots of the full subtrees of a growing tree, largest first: all that appending needs to know.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Frontier {
    size: u64,
    roots: Vec<Hash>,
}

impl Frontier {
    /// From its stored form; `None` where the number of roots does not fit the size.
    pub fn from_bytes(size: u64, bytes: &[u8]) -> Option<Self> {
        let (roots, rest) = bytes.as_chunks::<32>();
        let fits = rest.is_empty() && roots.len() == size.count_ones() as usize;
        fits.then(|| Self { size, roots: roots.to_vec() })
    }

    /// The stored form: 32 bytes per root, largest subtree first.
    pub fn to_bytes(&self) -> Vec<u8> {
        self.roots.concat()
    }

    /// Leaves in the tree.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Appends a leaf hash (at most log2(size) hashes). Gives the root of the block of [`BLOCK`] leaves that it
    /// completed, if it did.
    pub fn push(&mut self, leaf: Hash) -> Option<Hash> {
        self.push_at(leaf, 0)
    }

    /// Appends the root of a full block of [`BLOCK`] leaves; the size must be a multiple of it.
    pub fn push_block(&mut self, block: Hash) {
        self.push_at(block, BLOCK_LEVEL);
    }

    fn push_at(&mut self, subtree: Hash, level: u32) -> Option<Hash> {
        let (mut hash, mut block) = (subtree, None);
        for height in level..level + (self.size >> level).trailing_ones() {
            let Some(left) = self.roots.pop() else { break };
            hash = node_hash(&left, &hash);
            if height + 1 == BLOCK_LEVEL {
                block = Some(hash);
            }
        }
        self.roots.push(hash);
        self.size += 1 << level;
        block
    }

    /// The root of the tree as it stands.
    pub fn root(&self) -> Hash {
        let mut smallest_first = self.roots.iter().rev();
        let Some(last) = smallest_first.next() else { return Sha256::digest([]).into() };
        smallest_first.fold(*last, |right, left| node_hash(left, &right))
    }

    fn with(mut self, leaf: &Hash) -> Self {
        self.push(*leaf);
        self
    }
}

/// Where RFC 6962 splits a tree of `size` (at least 2) leaves: the largest power of two below it.
fn split(size: u64) -> u64 {
    1 << (size - 1).ilog2()
}

/// The subtrees whose roots prove that leaf `index` is in a tree of `size` leaves, nearest first (PATH of RFC 6962);
/// `None` where there is no such leaf.
pub fn inclusion(index: u64, size: u64) -> Option<Vec<Range<u64>>> {
    if index >= size {
        return None;
    }
    let (mut from, mut to, mut path) = (0, size, Vec::new());
    while to - from > 1 {
        let middle = from + split(to - from);
        if index < middle {
            path.push(middle..to);
            to = middle;
        } else {
            path.push(from..middle);
            from = middle;
        }
    }
    path.reverse();
    Some(path)
}

/// The subtrees whose roots prove that a tree of `new` leaves begins with the tree of its first `old` leaves (PROOF
/// of RFC 6962); `None` unless `0 < old <= new`.
pub fn consistency(old: u64, new: u64) -> Option<Vec<Range<u64>>> {
    if old == 0 || old > new {
        return None;
    }
    let (mut from, mut to, mut path) = (0, new, Vec::new());
    while old != to {
        let middle = from + split(to - from);
        if old <= middle {
            path.push(middle..to);
            to = middle;
        } else {
            path.push(from..middle);
            from = middle;
        }
    }
    if from > 0 {
        path.push(from..to);
    }
    path.reverse();
    Some(path)
}

/// Whether `path` proves that `leaf` stands at `index` of the tree of `size` leaves under `root` (RFC 9162, 2.1.3.2).
pub fn verify_inclusion(leaf: &Hash, index: u64, size: u64, path: &[Hash], root: &Hash) -> bool {
    if index >= size {
        return false;
    }
    let (mut place, mut last, mut hash) = (index, size - 1, *leaf);
    for sibling in path {
        if last == 0 {
            return false;
        }
        if place & 1 == 1 || place == last {
            hash = node_hash(sibling, &hash);
            while place & 1 == 0 && place != 0 {
                place >>= 1;
                last >>= 1;
            }
        } else {
            hash = node_hash(&hash, sibling);
        }
        place >>= 1;
        last >>= 1;
    }
    last == 0 && hash == *root
}

/// Whether `path` proves that the tree of `new` leaves under `new_root` begins with the tree of `old` leaves under
/// `old_root` (RFC 9162, 2.1.4.2).
pub fn verify_consistency(old: u64, old_root: &Hash, new: u64, new_root: &Hash, path: &[Hash]) -> bool {
    if old == new {
        return path.is_empty() && old_root == new_root;
    }
    if old == 0 || old > new {
        return false;
    }
    // An old tree that is one full subtree is its own first step.
    let mut steps = old.is_power_of_two().then_some(old_root).into_iter().chain(path);
    let Some(first) = steps.next() else { return false };
    let shift = (old - 1).trailing_ones();
    let (mut place, mut last) = ((old - 1) >> shift, (new - 1) >> shift);
    let (mut old_hash, mut new_hash) = (*first, *first);
    for step in steps {
        if last == 0 {
            return false;
        }
        if place & 1 == 1 || place == last {
            old_hash = node_hash(step, &old_hash);
            new_hash = node_hash(step, &new_hash);
            while place & 1 == 0 && place != 0 {
                place >>= 1;
                last >>= 1;
            }
        } else {
            new_hash = node_hash(&new_hash, step);
        }
        place >>= 1;
        last >>= 1;
    }
    last == 0 && old_hash == *old_root && new_hash == *new_root
}

#[cfg(test)]
#[path = "tree_tests.rs"]
mod tests;
