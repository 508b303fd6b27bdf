//! The list of checked claims.

use crate::audit;
use crate::db::{Db, Engine, Row, Tx, Val, args};
use crate::encode::{corrupt, json};
use crate::error::StoreResult;
use crate::looks;
use crate::open::Store;
use crate::traits::Claims;
use crate::words;
use async_trait::async_trait;
use jiff::Timestamp;
use jiff::civil::Date;
use saring_domain::ids::hex;
use saring_domain::{Claim, ClaimId};
use sha2::{Digest, Sha256};
use std::collections::{HashMap, HashSet};

pub(crate) const COLUMNS: &str = "c.id, c.title, c.text, c.url, c.date, c.verdict, c.publisher";
const INSERT: &str = "INSERT INTO claims (id, title, text, url, date, verdict, publisher)";
const UPDATE: &str = "ON CONFLICT (id) DO UPDATE SET title = excluded.title, text = excluded.text, \
                      url = excluded.url, date = excluded.date, verdict = excluded.verdict, \
                      publisher = excluded.publisher RETURNING seq";

#[async_trait]
impl Claims for Store {
    /// Where the list names a claim twice, the last one holds.
    async fn import_claims(&self, claims: &[Claim], now: Timestamp) -> StoreResult<(u32, u32, u32)> {
        let mut last: HashMap<&str, &Claim> = HashMap::with_capacity(claims.len());
        for claim in claims {
            last.insert(claim.id.as_str(), claim);
        }
        let mut tx = self.db.write().await?;
        let mut stored = stored(&mut tx, last.keys().copied()).await?;
        let (mut fresh, mut changed, mut seen) = (Vec::new(), Vec::new(), HashSet::new());
        for &claim in claims.iter().filter_map(|claim| last.get(claim.id.as_str())) {
            if seen.insert(claim.id.as_str()) {
                match stored.remove(claim.id.as_str()) {
                    None => fresh.push(claim),
                    Some(before) if before != as_stored(claim) => changed.push(claim),
                    Some(_) => {}
                }
            }
        }
        let unchanged = seen.len() - fresh.len() - changed.len();
        if !fresh.is_empty() || !changed.is_empty() {
            forget_words(&mut tx, &changed).await?;
            let written: Vec<&Claim> = fresh.iter().chain(&changed).copied().collect();
            write(&mut tx, &written).await?;
            looks::ask(&mut tx, &written, now).await?;
            next_generation(&mut tx).await?;
            let leaf = (fresh.len(), changed.len(), digest(&written)?);
            audit::append(&mut tx, now, "claims", "claims", &leaf).await?;
        }
        tx.commit().await?;
        let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        Ok((count(fresh.len()), count(changed.len()), count(unchanged)))
    }

    async fn claims(&self) -> StoreResult<(Vec<Claim>, u64)> {
        let mut tx = self.db.read().await?;
        let generation = tx.number(GENERATION, args![]).await?.unsigned_abs();
        let rows = tx.all(&format!("SELECT {COLUMNS} FROM claims c ORDER BY c.seq"), args![]).await?;
        Ok((rows.iter().map(claim).collect::<StoreResult<_>>()?, generation))
    }

    async fn claims_generation(&self) -> StoreResult<u64> {
        Ok(self.db.number(GENERATION, args![]).await?.unsigned_abs())
    }

    async fn find_claims(&self, words: &str, offset: u32, limit: u32) -> StoreResult<(Vec<Claim>, u64)> {
        if words.trim().is_empty() {
            return newest(&self.db, offset, limit).await;
        }
        let Some(query) = words::query(self.engine(), words) else { return Ok((Vec::new(), 0)) };
        let (from, best) = match self.engine() {
            Engine::Lite => (
                "claim_words w JOIN claims c ON c.seq = w.rowid WHERE w.claim_words MATCH $1",
                "bm25(claim_words, 4.0, 1.0)",
            ),
            Engine::Pg => (
                "claim_words w JOIN claims c ON c.seq = w.seq WHERE w.words @@ to_tsquery('simple', $1)",
                "ts_rank(w.words, to_tsquery('simple', $1)) DESC",
            ),
        };
        let total = format!("SELECT COUNT(*) FROM {from}");
        let total = self.db.number(&total, args![query.as_str()]).await?.unsigned_abs();
        let sql =
            format!("SELECT {COLUMNS} FROM {from} ORDER BY {best}, c.date DESC, c.seq LIMIT $2 OFFSET $3");
        let rows = self.db.all(&sql, args![query, limit, offset]).await?;
        Ok((rows.iter().map(claim).collect::<StoreResult<_>>()?, total))
    }

    async fn claim(&self, id: &ClaimId) -> StoreResult<Option<Claim>> {
        let sql = format!("SELECT {COLUMNS} FROM claims c WHERE c.id = $1");
        self.db.one(&sql, args![id.as_str()]).await?.as_ref().map(claim).transpose()
    }
}

const GENERATION: &str = "SELECT number FROM meta WHERE name = 'claims_generation'";

/// Tells whoever matches with the list that it changed.
pub(crate) async fn next_generation(tx: &mut Tx) -> StoreResult<()> {
    let sql = "UPDATE meta SET number = number + 1 WHERE name = 'claims_generation'";
    tx.run(sql, args![]).await.map(drop)
}

/// Takes claims off the list.
pub(crate) async fn remove(tx: &mut Tx, claims: &[&Claim]) -> StoreResult<()> {
    let ids: Vec<Val> = claims.iter().map(|claim| claim.id.as_str().into()).collect();
    forget_words(tx, claims).await?;
    if tx.engine() == Engine::Pg {
        let head = "DELETE FROM claim_words w USING claims c WHERE w.seq = c.seq AND c.id IN";
        tx.each_of(head, ids.clone()).await?;
    }
    tx.each_of("DELETE FROM claims WHERE id IN", ids).await
}

async fn newest(db: &Db, offset: u32, limit: u32) -> StoreResult<(Vec<Claim>, u64)> {
    let total = db.number("SELECT COUNT(*) FROM claims", args![]).await?.unsigned_abs();
    let undated_last = if db.engine() == Engine::Pg { " NULLS LAST" } else { "" };
    let sql =
        format!("SELECT {COLUMNS} FROM claims c ORDER BY c.date DESC{undated_last}, c.id LIMIT $1 OFFSET $2");
    let rows = db.all(&sql, args![limit, offset]).await?;
    Ok((rows.iter().map(claim).collect::<StoreResult<_>>()?, total))
}

pub(crate) fn claim(row: &Row) -> StoreResult<Claim> {
    claim_at(row, 0)
}

/// A claim from columns as those of [`COLUMNS`], the first of them at `from`.
pub(crate) fn claim_at(row: &Row, from: usize) -> StoreResult<Claim> {
    let id = row.text(from)?;
    let date = row.opt_text(from + 4)?.map(|date| date.parse::<Date>()).transpose();
    Ok(Claim {
        date: date.map_err(|e| corrupt("claim", &id, &e.to_string()))?,
        id: id.into(),
        title: row.text(from + 1)?,
        text: row.text(from + 2)?,
        url: row.opt_text(from + 3)?,
        verdict: row.opt_text(from + 5)?,
        source: row.opt_text(from + 6)?,
    })
}

/// What comes back after storing, so that a NUL in a list does not make a claim change with every import.
pub(crate) fn as_stored(claim: &Claim) -> Claim {
    let text = crate::db::storable;
    Claim {
        id: claim.id.clone(),
        title: text(&claim.title),
        text: text(&claim.text),
        url: claim.url.as_deref().map(text),
        date: claim.date,
        verdict: claim.verdict.as_deref().map(text),
        source: claim.source.as_deref().map(text),
    }
}

/// The claims of the list with these ids.
pub(crate) async fn stored<'a>(
    tx: &mut Tx,
    ids: impl Iterator<Item = &'a str>,
) -> StoreResult<HashMap<String, Claim>> {
    let head = format!("SELECT {COLUMNS} FROM claims c WHERE c.id IN");
    let mut out = HashMap::new();
    for row in tx.all_of(&head, ids.map(Into::into).collect()).await? {
        let claim = claim(&row)?;
        out.insert(claim.id.0.clone(), claim);
    }
    Ok(out)
}

/// Takes the old words of claims out of the index of SQLite, which asks for them before they change.
pub(crate) async fn forget_words(tx: &mut Tx, changed: &[&Claim]) -> StoreResult<()> {
    if tx.engine() == Engine::Lite {
        let head = "INSERT INTO claim_words (claim_words, rowid, title, text) \
                    SELECT 'delete', seq, title, text FROM claims WHERE id IN";
        tx.each_of(head, changed.iter().map(|claim| claim.id.as_str().into()).collect()).await?;
    }
    Ok(())
}

/// Adds claims to the list, or writes them over those of the same ids, whose words are forgotten.
pub(crate) async fn write(tx: &mut Tx, claims: &[&Claim]) -> StoreResult<()> {
    let values = claims.iter().map(|claim| {
        args![
            claim.id.as_str(),
            claim.title.as_str(),
            claim.text.as_str(),
            claim.url.as_deref(),
            claim.date.map(|date| date.to_string()),
            claim.verdict.as_deref(),
            claim.source.as_deref(),
        ]
    });
    let rows = tx.insert(INSERT, values.collect(), UPDATE).await?;
    let head = match tx.engine() {
        Engine::Lite => {
            "INSERT INTO claim_words (rowid, title, text) SELECT seq, title, text FROM claims WHERE seq IN"
        }
        Engine::Pg => {
            "INSERT INTO claim_words (seq, words) SELECT seq, setweight(to_tsvector('simple', title), 'A') || \
             to_tsvector('simple', left(text, 100000)) FROM claims WHERE seq IN"
        }
    };
    let tail =
        if tx.engine() == Engine::Pg { "ON CONFLICT (seq) DO UPDATE SET words = excluded.words" } else { "" };
    let seqs = rows.iter().map(|row| Ok(row.int(0)?.into())).collect::<StoreResult<Vec<_>>>()?;
    tx.all_of_then(head, seqs, tail).await?;
    Ok(())
}

fn digest(claims: &[&Claim]) -> StoreResult<String> {
    let mut hash = Sha256::new();
    for claim in claims {
        hash.update(Sha256::digest(json(claim)?));
    }
    Ok(hex(&hash.finalize()))
}
