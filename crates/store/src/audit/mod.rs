//! The audit tree: every state change appends one leaf in its own transaction (RFC 6962 hashing).
//!
//! A leaf commits to when, what happened, to what, and to a salted hash of the details. Purging a thing destroys the
//! salt and the details: proofs still hold, and nobody can guess back what was there.

use crate::db::{Engine, Tx, args, random};
use crate::encode::{corrupt, json, micros, timestamp};
use crate::error::StoreResult;
use jiff::Timestamp;
use saring_domain::ids::hex;
use serde::Serialize;
use sha2::{Digest, Sha256};

/// A hash of the tree.
pub type Hash = [u8; 32];

/// Hash of a leaf: SHA-256(0x00 || entry), RFC 6962 section 2.1.
pub fn leaf_hash(entry: &[u8]) -> Hash {
    Sha256::new().chain_update([0]).chain_update(entry).finalize().into()
}

/// Hash of an inner node: SHA-256(0x01 || left || right), RFC 6962 section 2.1.
pub fn node_hash(left: &Hash, right: &Hash) -> Hash {
    Sha256::new().chain_update([1]).chain_update(left).chain_update(right).finalize().into()
}

/// The commitment of a leaf to its details: SHA-256(salt || details).
pub fn commitment(salt: &[u8], details: &str) -> Hash {
    Sha256::new().chain_update(salt).chain_update(details).finalize().into()
}

/// The bytes of a log entry, one JSON object; what [`leaf_hash`] is taken of.
///
/// # Errors
/// `Corrupt` where `at` is outside the years that can be written.
pub fn entry(at: i64, event: &str, subject: &str, commitment: &Hash) -> StoreResult<Vec<u8>> {
    #[derive(Serialize)]
    struct Entry<'a> {
        v: u32,
        at: Timestamp,
        event: &'a str,
        subject: &'a str,
        commitment: String,
    }
    let entry = Entry { v: 1, at: timestamp(at)?, event, subject, commitment: hex(commitment) };
    Ok(json(&entry)?.into_bytes())
}

/// Index that the next leaf will have; nobody else can append before this transaction ends.
pub(crate) async fn next_place(tx: &mut Tx) -> StoreResult<i64> {
    Ok(head(tx).await?.0)
}

/// What a new leaf says: event, subject, and its details as JSON (ids and hashes, never content).
pub(crate) struct Change {
    event: &'static str,
    subject: String,
    details: String,
}

impl Change {
    pub(crate) fn new<D: Serialize>(event: &'static str, subject: &str, details: &D) -> StoreResult<Self> {
        Ok(Self { event, subject: subject.to_owned(), details: json(details)? })
    }
}

/// Appends a leaf and gives its index. `details` are what the event says in full (ids and hashes, never content).
pub(crate) async fn append<D: Serialize>(
    tx: &mut Tx,
    at: Timestamp,
    event: &'static str,
    subject: &str,
    details: &D,
) -> StoreResult<i64> {
    append_all(tx, at, vec![Change::new(event, subject, details)?]).await
}

/// Appends leaves in order and gives the index of the first.
pub(crate) async fn append_all(tx: &mut Tx, at: Timestamp, changes: Vec<Change>) -> StoreResult<i64> {
    const HEAD: &str = "INSERT INTO audit (place, at, event, subject, commitment, leaf, salt, detail)";
    let (first, mut frontier) = head(tx).await?;
    let mut rows = Vec::with_capacity(changes.len());
    let mut place = first;
    for change in changes {
        let salt = random::<16>()?;
        let commitment = commitment(&salt, &change.details);
        let leaf = leaf_hash(&entry(micros(at), change.event, &change.subject, &commitment)?);
        push(&mut frontier, place, leaf);
        let Change { event, subject, details } = change;
        rows.push(args![place, micros(at), event, subject, &commitment[..], &leaf[..], &salt[..], details]);
        place += 1;
    }
    tx.insert(HEAD, rows, "").await?;
    tx.run("UPDATE audit_head SET size = $1, frontier = $2", args![place, frontier.concat()]).await?;
    Ok(first)
}

/// Size of the tree and the roots of its full subtrees, largest first.
async fn head(tx: &mut Tx) -> StoreResult<(i64, Vec<Hash>)> {
    let lock = if tx.engine() == Engine::Pg { " FOR UPDATE" } else { "" };
    let sql = format!("SELECT size, frontier FROM audit_head{lock}");
    let row = tx.one(&sql, args![]).await?.ok_or_else(|| corrupt("log", "head", "it is missing"))?;
    let (size, bytes) = (row.int(0)?, row.blob(1)?);
    let (roots, rest) = bytes.as_chunks::<32>();
    if !rest.is_empty() || i64::from(size.count_ones()) != roots.len() as i64 {
        return Err(corrupt("log", "head", "its subtrees do not fit its size"));
    }
    Ok((size, roots.to_vec()))
}

/// Adds a leaf at `place`: a full subtree for each 1 bit of the size, as in binary counting.
fn push(frontier: &mut Vec<Hash>, place: i64, leaf: Hash) {
    let mut root = leaf;
    for _ in 0..place.trailing_ones() {
        if let Some(left) = frontier.pop() {
            root = node_hash(&left, &root);
        }
    }
    frontier.push(root);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_frontier_holds_the_roots_of_the_full_subtrees() {
        let leaves: Vec<Hash> = (0_u8..7).map(|n| leaf_hash(&[n])).collect();
        let mut frontier = Vec::new();
        for (place, leaf) in leaves.iter().enumerate() {
            push(&mut frontier, i64::try_from(place).unwrap(), *leaf);
        }
        let pair = |a: usize| node_hash(&leaves[a], &leaves[a + 1]);
        assert_eq!(frontier, [node_hash(&pair(0), &pair(2)), pair(4), leaves[6]]);
    }

    #[test]
    fn the_hash_of_an_empty_leaf_is_that_of_the_standard() {
        let known = "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d";
        assert_eq!(hex(&leaf_hash(b"")), known);
    }
}
