//! Who is on duty, since when, and what they wrote for whoever comes next.

use crate::audit;
use crate::db::{Db, Row, Tx, args};
use crate::encode::{micros, opt_timestamp, timestamp};
use crate::error::{StoreError, StoreResult};
use crate::open::Store;
use jiff::{SignedDuration, Timestamp};
use saring_domain::ids::hex;
use saring_domain::{Duty, OfficeId, Reviewer};
use sha2::{Digest, Sha256};

/// A duty that nobody ended counts no longer than this.
const LONGEST: SignedDuration = SignedDuration::from_hours(24);
/// Columns of [`duty`], in its order.
const DUTY: &str = "person, name, from_at, until_at, note";

pub(crate) async fn now(tx: &mut Tx, office: &OfficeId, now: Timestamp) -> StoreResult<Vec<Duty>> {
    let sql = format!(
        "SELECT {DUTY} FROM duties WHERE office = $1 AND from_at > $2 AND until_at IS NULL ORDER BY from_at, seq"
    );
    let since = micros(now.saturating_sub(LONGEST).unwrap_or(now));
    tx.all(&sql, args![office.as_str(), since]).await?.iter().map(duty).collect()
}

/// Their names as the log of a round has them.
pub(crate) fn names(duties: &[Duty]) -> Option<String> {
    let names: Vec<&str> = duties.iter().map(|duty| duty.name.as_str()).collect();
    (!names.is_empty()).then(|| names.join(", "))
}

pub(crate) async fn hand_overs(db: &Db, office: &OfficeId, limit: u32) -> StoreResult<Vec<Duty>> {
    let sql = format!(
        "SELECT {DUTY} FROM duties WHERE office = $1 AND note IS NOT NULL ORDER BY from_at DESC, seq DESC LIMIT $2"
    );
    db.all(&sql, args![office.as_str(), limit]).await?.iter().map(duty).collect()
}

pub(crate) async fn take(store: &Store, reviewer: &Reviewer, at: Timestamp) -> StoreResult<()> {
    let mut tx = store.db.write().await?;
    let (office, person) = (reviewer.office(), reviewer.person());
    if now(&mut tx, office, at).await?.iter().any(|duty| duty.person == *person) {
        return Ok(());
    }
    let sql = "INSERT INTO duties (office, person, name, from_at) VALUES ($1, $2, $3, $4)";
    tx.run(sql, args![office.as_str(), person.as_str(), reviewer.name(), micros(at)]).await?;
    audit::append(&mut tx, at, "duty.begin", person.as_str(), &(office.as_str(), reviewer.name())).await?;
    tx.commit().await
}

pub(crate) async fn hand_over(
    store: &Store,
    reviewer: &Reviewer,
    note: &str,
    at: Timestamp,
) -> StoreResult<()> {
    let mut tx = store.db.write().await?;
    let (office, person) = (reviewer.office(), reviewer.person());
    if !now(&mut tx, office, at).await?.iter().any(|duty| duty.person == *person) {
        return Err(StoreError::Conflict("you are not on duty: somebody else may have ended it".into()));
    }
    let note = Some(note.trim()).filter(|note| !note.is_empty());
    let sql =
        "UPDATE duties SET until_at = $3, note = $4 WHERE office = $1 AND person = $2 AND until_at IS NULL";
    tx.run(sql, args![office.as_str(), person.as_str(), micros(at), note]).await?;
    let sha256 = note.map(|note| hex(&Sha256::digest(note)));
    audit::append(&mut tx, at, "duty.end", person.as_str(), &(office.as_str(), sha256)).await?;
    tx.commit().await
}

fn duty(row: &Row) -> StoreResult<Duty> {
    Ok(Duty {
        person: row.text(0)?.into(),
        name: row.text(1)?,
        from: timestamp(row.int(2)?)?,
        until: opt_timestamp(row.opt_int(3)?)?,
        note: row.opt_text(4)?,
    })
}
