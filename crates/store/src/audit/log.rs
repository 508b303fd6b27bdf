//! The log as it is stored: reading, checkpoints, proofs, going over all of it.

use super::entry::Entry;
use super::note::{Checkpoint, NoteError, SignerKey, VerifierKey};
use super::proof::{GrowthFile, ProofFile};
use super::tree::{self, BLOCK, Frontier, Hash};
use super::verify::{Stored, StoredCheckpoint, Verification, Verified};
use super::{head, place};
use crate::db::{Row, Tx, args};
use crate::encode::{corrupt, micros, timestamp};
use crate::error::{StoreError, StoreResult};
use crate::open::Store;
use crate::traits::{Audit, AuditRow};
use async_trait::async_trait;
use jiff::Timestamp;
use std::collections::{BTreeMap, btree_map};
use std::ops::Range;

/// Columns of [`stored`] and [`audit_row`].
const COLUMNS: &str = "SELECT place, at, event, subject, commitment, leaf, salt, detail FROM audit";
/// Entries read at once when going over the log.
const PAGE: i64 = 5000;

#[async_trait]
impl Audit for Store {
    async fn size(&self) -> StoreResult<u64> {
        Ok(head(&mut self.db.read().await?, false).await?.size())
    }

    async fn entries(&self, from: u64, limit: u32) -> StoreResult<Vec<AuditRow>> {
        let sql = format!("{COLUMNS} WHERE place >= $1 ORDER BY place LIMIT $2");
        self.db.all(&sql, args![place(from), limit]).await?.iter().map(audit_row).collect()
    }

    async fn entries_about(&self, subject: &str) -> StoreResult<Vec<AuditRow>> {
        let sql = format!("{COLUMNS} WHERE subject = $1 ORDER BY place LIMIT 1000");
        self.db.all(&sql, args![subject]).await?.iter().map(audit_row).collect()
    }

    async fn checkpoint(&self, now: Timestamp) -> StoreResult<String> {
        let signer = self.signer()?;
        let mut tx = self.db.write().await?;
        let tree = head(&mut tx, true).await?;
        let size = place(tree.size());
        if let Some(row) = tx.one("SELECT note FROM checkpoints WHERE size = $1", args![size]).await? {
            return row.text(0);
        }
        let origin = self.options.origin.clone();
        let checkpoint = Checkpoint { origin, size: tree.size(), root: tree.root() };
        let note = checkpoint.sign(&signer).map_err(unusable)?;
        let sql = "INSERT INTO checkpoints (size, at, note) VALUES ($1, $2, $3)";
        tx.run(sql, args![size, micros(now), &note]).await?;
        tx.commit().await?;
        Ok(note)
    }

    fn verifier_key(&self) -> Option<VerifierKey> {
        self.signer().ok().map(|signer| signer.verifier())
    }

    async fn prove(&self, index: u64, now: Timestamp) -> StoreResult<ProofFile> {
        let note = match self.covering(index).await? {
            Some(note) => note,
            None => self.checkpoint(now).await?,
        };
        let mut tx = self.db.read().await?;
        let row = tx.one(&format!("{COLUMNS} WHERE place = $1"), args![place(index)]).await?;
        let size = Checkpoint::parse(&note).map_err(|e| corrupt("checkpoint", &note, &e.to_string()))?.size;
        let (Some(row), Some(ranges)) = (row, tree::inclusion(index, size)) else {
            return Err(StoreError::NotFound { what: "audit entry", id: index.to_string() });
        };
        let stored = stored(&row)?;
        let path = Leaves::read(&mut tx).await?.roots(&mut tx, ranges).await?;
        let detail = stored.detail.as_ref().map(|(salt, detail)| (salt.as_slice(), detail.clone()));
        Ok(ProofFile::new(index, stored.entry.text()?, detail, &path, note))
    }

    async fn prove_growth(&self, old: &str, now: Timestamp) -> StoreResult<GrowthFile> {
        let earlier = Checkpoint::open(old, &self.signer()?.verifier()).map_err(unusable)?;
        let note = self.checkpoint(now).await?;
        let later = Checkpoint::parse(&note).map_err(|e| corrupt("checkpoint", &note, &e.to_string()))?;
        let ranges = tree::consistency(earlier.size, later.size).ok_or_else(|| {
            let (old, new) = (earlier.size, later.size);
            StoreError::Conflict(format!(
                "the checkpoint speaks of {old} entries, the log has {new}: nothing grew out of an empty log, and \
                 a longer past means that entries were lost (run `saring audit verify`)"
            ))
        })?;
        let mut tx = self.db.read().await?;
        let path = Leaves::read(&mut tx).await?.roots(&mut tx, ranges).await?;
        Ok(GrowthFile::new(old.to_owned(), note, &path))
    }

    async fn verify(&self, key: Option<&VerifierKey>) -> StoreResult<Verified> {
        let own = self.verifier_key();
        verify_in(&mut self.db.read().await?, key.or(own.as_ref())).await
    }
}

impl Store {
    /// The newest checkpoint that covers an entry; with a key, one that this key signed, as keys may have changed.
    async fn covering(&self, index: u64) -> StoreResult<Option<String>> {
        let key = self.verifier_key();
        let sql = "SELECT note FROM checkpoints WHERE size > $1 ORDER BY size DESC LIMIT 100";
        for row in self.db.all(sql, args![place(index)]).await? {
            let note = row.text(0)?;
            if key.as_ref().is_none_or(|key| Checkpoint::open(&note, key).is_ok()) {
                return Ok(Some(note));
            }
        }
        Ok(None)
    }

    fn signer(&self) -> StoreResult<SignerKey> {
        let seed = self.options.signing_key.ok_or_else(|| {
            let why = "no key signs the audit log: give the file of the signing key in the configuration";
            StoreError::Unsafe(why.into())
        })?;
        SignerKey::new(&self.options.origin, &seed).map_err(unusable)
    }
}

fn unusable(error: NoteError) -> StoreError {
    StoreError::Unsafe(error.to_string())
}

/// Goes over the log as one transaction sees it.
pub(crate) async fn verify_in(tx: &mut Tx, key: Option<&VerifierKey>) -> StoreResult<Verified> {
    let mut checkpoints = Vec::new();
    for row in tx.all("SELECT size, at, note FROM checkpoints ORDER BY size", args![]).await? {
        let (size, at, note) = (row.int(0)?, timestamp(row.int(1)?)?, row.text(2)?);
        checkpoints.push(StoredCheckpoint { size: u64::try_from(size).unwrap_or(u64::MAX), at, note });
    }
    let blocks = Leaves::read(tx).await?.blocks;
    let mut verification = Verification::new(key, checkpoints, blocks);
    let sql = format!("{COLUMNS} WHERE place >= $1 ORDER BY place LIMIT $2");
    let mut from = 0;
    loop {
        let rows = tx.all(&sql, args![from, PAGE]).await?;
        for row in &rows {
            match stored(row) {
                Ok(stored) => verification.entry(&stored)?,
                Err(_) => verification.unreadable(u64::try_from(row.int(0)?).unwrap_or_default()),
            }
        }
        let Some(last) = rows.last() else { break };
        from = last.int(0)? + 1;
    }
    // A head that cannot be read is a fault of the log, not a failure of this call.
    let head = head(tx, false).await.unwrap_or_default();
    Ok(verification.finish(&head))
}

fn audit_row(row: &Row) -> StoreResult<AuditRow> {
    let Stored { index, entry, leaf, .. } = stored(row)?;
    Ok(AuditRow { index, at: entry.at, event: entry.event, subject: entry.subject, leaf })
}

fn stored(row: &Row) -> StoreResult<Stored> {
    let index = row.int(0)?;
    let id = index.to_string();
    let bad = |why: &str| corrupt("audit entry", &id, why);
    let commitment = row.blob(4)?.try_into().map_err(|_| bad("its commitment has the wrong length"))?;
    let leaf = row.blob(5)?.try_into().map_err(|_| bad("its leaf has the wrong length"))?;
    Ok(Stored {
        index: u64::try_from(index).map_err(|_| bad("a negative index"))?,
        entry: Entry::new(timestamp(row.int(1)?)?, &row.text(2)?, &row.text(3)?, commitment),
        leaf,
        detail: row.opt_blob(6)?.zip(row.opt_text(7)?),
    })
}

/// Roots of ranges of leaves, out of the roots of full blocks and as few leaves as can be.
struct Leaves {
    blocks: BTreeMap<u64, Hash>,
    read: BTreeMap<u64, Vec<Hash>>,
}

impl Leaves {
    async fn read(tx: &mut Tx) -> StoreResult<Self> {
        let mut blocks = BTreeMap::new();
        for row in tx.all("SELECT number, root FROM audit_blocks", args![]).await? {
            let number = row.int(0)?;
            // A root of the wrong length is no root: verifying reports the block, proving misses it.
            if let (Ok(number), Ok(root)) = (u64::try_from(number), row.blob(1)?.try_into()) {
                blocks.insert(number, root);
            }
        }
        Ok(Self { blocks, read: BTreeMap::new() })
    }

    async fn roots(&mut self, tx: &mut Tx, ranges: Vec<Range<u64>>) -> StoreResult<Vec<Hash>> {
        let mut out = Vec::with_capacity(ranges.len());
        for range in ranges {
            out.push(self.root(tx, range).await?);
        }
        Ok(out)
    }

    /// Ranges longer than a block begin at one, as RFC 6962 splits at powers of two.
    async fn root(&mut self, tx: &mut Tx, range: Range<u64>) -> StoreResult<Hash> {
        let (mut tree, mut next) = (Frontier::default(), range.start);
        while next < range.end {
            let number = next / BLOCK;
            if next.is_multiple_of(BLOCK) && next + BLOCK <= range.end {
                let missing = || corrupt("audit block", &number.to_string(), "its root is missing");
                tree.push_block(*self.blocks.get(&number).ok_or_else(missing)?);
                next += BLOCK;
            } else {
                let leaf =
                    self.leaves(tx, number).await?.get(usize::try_from(next % BLOCK).unwrap_or(0)).copied();
                tree.push(leaf.ok_or_else(|| corrupt("audit entry", &next.to_string(), "it is missing"))?);
                next += 1;
            }
        }
        Ok(tree.root())
    }

    async fn leaves(&mut self, tx: &mut Tx, block: u64) -> StoreResult<&[Hash]> {
        if let btree_map::Entry::Vacant(unread) = self.read.entry(block) {
            let sql = "SELECT leaf FROM audit WHERE place >= $1 AND place < $2 ORDER BY place";
            let mut leaves = Vec::new();
            for row in tx.all(sql, args![place(block * BLOCK), place((block + 1) * BLOCK)]).await? {
                let wrong =
                    |_| corrupt("audit block", &block.to_string(), "one of its leaves has the wrong length");
                leaves.push(row.blob(0)?.try_into().map_err(wrong)?);
            }
            unread.insert(leaves);
        }
        Ok(self.read.get(&block).map_or(&[], Vec::as_slice))
    }
}
