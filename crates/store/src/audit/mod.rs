//! The audit tree: every state change appends one leaf in its own transaction (RFC 6962 hashing).
//!
//! A leaf commits to when, what happened, to what, and to a salted hash of the details. Purging a thing destroys the
//! salt and the details: proofs still hold, and nobody can guess back what was there.

pub mod entry;
pub mod key;
pub(crate) mod log;
pub mod note;
pub mod proof;
pub mod tree;
pub mod verify;

pub use entry::{Entry, commit};
pub use note::{Checkpoint, NoteError, SignerKey, VerifierKey};
pub use proof::{GrowthFile, ProofError, ProofFile, Proven, verify_growth, verify_proof};
pub use tree::Hash;
pub use verify::{Fault, Verified};

use crate::db::{Engine, Tx, args, random, storable};
use crate::encode::{corrupt, json, micros, timestamp};
use crate::error::StoreResult;
use jiff::Timestamp;
use serde::Serialize;
use tree::{BLOCK, Frontier};

/// Index that the next leaf will have; nobody else can append before this transaction ends.
pub(crate) async fn next_place(tx: &mut Tx) -> StoreResult<i64> {
    Ok(place(head(tx, true).await?.size()))
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
    let mut tree = head(tx, true).await?;
    let first = place(tree.size());
    // The stored time has microseconds: the entry must be the one that is read back.
    let stored_at = timestamp(micros(at))?;
    let (mut rows, mut blocks) = (Vec::with_capacity(changes.len()), Vec::new());
    for Change { event, subject, details } in changes {
        let subject = storable(&subject);
        let salt = random::<16>()?;
        let entry = Entry::new(stored_at, event, &subject, commit(&salt, &details));
        let (index, leaf) = (place(tree.size()), entry.leaf()?);
        rows.push(args![
            index,
            micros(at),
            event,
            subject,
            &entry.commitment[..],
            &leaf[..],
            &salt[..],
            details
        ]);
        if let Some(block) = tree.push(leaf) {
            blocks.push(args![place(tree.size() / BLOCK - 1), &block[..]]);
        }
    }
    tx.insert(HEAD, rows, "").await?;
    tx.insert("INSERT INTO audit_blocks (number, root)", blocks, "").await?;
    let sql = "UPDATE audit_head SET size = $1, frontier = $2";
    tx.run(sql, args![place(tree.size()), tree.to_bytes()]).await?;
    Ok(first)
}

/// The tree as it stands; with `lock`, nobody else can append before the transaction ends.
pub(crate) async fn head(tx: &mut Tx, lock: bool) -> StoreResult<Frontier> {
    let lock = if lock && tx.engine() == Engine::Pg { " FOR UPDATE" } else { "" };
    let sql = format!("SELECT size, frontier FROM audit_head{lock}");
    let row = tx.one(&sql, args![]).await?.ok_or_else(|| corrupt("log", "head", "it is missing"))?;
    let size = u64::try_from(row.int(0)?).ok();
    size.zip(Some(row.blob(1)?))
        .and_then(|(size, bytes)| Frontier::from_bytes(size, &bytes))
        .ok_or_else(|| corrupt("log", "head", "its subtrees do not fit its size"))
}

/// An index or size as a column; no log reaches 2^63 leaves.
pub(crate) fn place(index: u64) -> i64 {
    i64::try_from(index).unwrap_or(i64::MAX)
}
