//! Sources that people add, pause and take away at the desk, beside those of the settings.

use crate::audit;
use crate::db::{Tx, args};
use crate::encode::{json, micros, parse};
use crate::error::{StoreError, StoreResult};
use crate::open::Store;
use crate::traits::DeskSources;
use async_trait::async_trait;
use jiff::Timestamp;
use saring_domain::{Person, SourceDef, SourceId};

/// Sources of the desk at most: a round must get through them.
const MOST: i64 = 500;

#[async_trait]
impl DeskSources for Store {
    async fn add_source(&self, person: &Person, def: &SourceDef, now: Timestamp) -> StoreResult<SourceId> {
        may(person)?;
        if let Err(flaw) = def.check_at_desk() {
            return Err(StoreError::Conflict(format!("{}: no source for the desk: {flaw:?}", def.url)));
        }
        let mut tx = self.db.write().await?;
        let known = "SELECT id, def FROM sources WHERE position IS NOT NULL";
        for row in tx.all(known, args![]).await? {
            let other: SourceDef = parse(&row.text(1)?, "source", &row.text(0)?)?;
            if same_place(&other, def) {
                return Err(StoreError::Conflict(format!("{} is read already: {}", def.url, other.name)));
            }
        }
        let sql = "SELECT COUNT(*), COALESCE(MAX(position), 0) + 1 FROM sources WHERE position IS NOT NULL \
                   AND added_by IS NOT NULL";
        let (count, position) = match tx.one(sql, args![]).await? {
            Some(row) => (row.int(0)?, row.int(1)?),
            None => (0, 1),
        };
        if count >= MOST {
            return Err(StoreError::Conflict(format!(
                "there are {MOST} sources of the desk: take some away"
            )));
        }
        let id = free_id(&mut tx, def).await?;
        let def = SourceDef { id: id.as_str().into(), ..def.clone() };
        let sql = "INSERT INTO sources (id, position, def, added_by, added_at) VALUES ($1, $2, $3, $4, $5) \
                   ON CONFLICT (id) DO UPDATE SET position = excluded.position, def = excluded.def, \
                   added_by = excluded.added_by, added_at = excluded.added_at, paused_by = NULL, paused_at = NULL, \
                   next_at = NULL";
        tx.run(sql, args![&id, position, json(&def)?, &person.name, micros(now)]).await?;
        audit::append(&mut tx, now, "source.add", &id, &(person.id.as_str(), &def)).await?;
        tx.commit().await?;
        self.work.notify_waiters();
        Ok(id.into())
    }

    async fn pause_source(
        &self,
        person: &Person,
        source: &SourceId,
        paused: bool,
        now: Timestamp,
    ) -> StoreResult<()> {
        may(person)?;
        let mut tx = self.db.write().await?;
        let sql = "UPDATE sources SET paused_by = $2, paused_at = $3, next_at = NULL WHERE id = $1 \
                   AND position IS NOT NULL AND CASE WHEN paused_at IS NULL THEN 0 ELSE 1 END <> $4";
        let (who, at) = (paused.then_some(person.name.as_str()), paused.then(|| micros(now)));
        let changed = tx.run(sql, args![source.as_str(), who, at, i64::from(paused)]).await?;
        settled(&mut tx, source, changed, "it stands so already").await?;
        let event = if paused { "source.pause" } else { "source.resume" };
        audit::append(&mut tx, now, event, source.as_str(), &[person.id.as_str()]).await?;
        tx.commit().await?;
        self.work.notify_waiters();
        Ok(())
    }

    async fn remove_source(&self, person: &Person, source: &SourceId, now: Timestamp) -> StoreResult<()> {
        may(person)?;
        let mut tx = self.db.write().await?;
        let sql = "UPDATE sources SET position = NULL WHERE id = $1 AND position IS NOT NULL AND added_by IS NOT NULL";
        let changed = tx.run(sql, args![source.as_str()]).await?;
        settled(&mut tx, source, changed, "it stands in the settings file and is taken away there").await?;
        audit::append(&mut tx, now, "source.remove", source.as_str(), &[person.id.as_str()]).await?;
        tx.commit().await
    }
}

fn may(person: &Person) -> StoreResult<()> {
    match person.role.keeps_sources() {
        true => Ok(()),
        false => Err(StoreError::Conflict("heads and administrators say which sources are read".into())),
    }
}

/// Whether both read the same: the same address, whatever the case of its host and a stroke at its end.
fn same_place(a: &SourceDef, b: &SourceDef) -> bool {
    let plain = |url: &str| {
        let (scheme, rest) = url.trim().split_once("://").unwrap_or(("", url));
        let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
        (scheme.to_lowercase(), host.to_lowercase(), path.trim_end_matches('/').to_owned())
    };
    a.kind == b.kind && plain(&a.url) == plain(&b.url)
}

/// The id of the definition, numbered where another source has or had it; its own once more where it comes back, so that
/// reading goes on where it stopped.
async fn free_id(tx: &mut Tx, def: &SourceDef) -> StoreResult<String> {
    let wished = def.id.as_str();
    let mut number = 1;
    loop {
        let id = if number == 1 { wished.to_owned() } else { format!("{wished}-{number}") };
        let Some(row) = tx.one("SELECT position, def FROM sources WHERE id = $1", args![&id]).await? else {
            return Ok(id);
        };
        let gone = row.opt_int(0)?.is_none();
        if gone && same_place(&parse::<SourceDef>(&row.text(1)?, "source", &id)?, def) {
            return Ok(id);
        }
        number += 1;
    }
}

/// `NotFound` where there is no such source, `Conflict` where it did not change.
async fn settled(tx: &mut Tx, source: &SourceId, changed: u64, why: &str) -> StoreResult<()> {
    if changed > 0 {
        return Ok(());
    }
    let sql = "SELECT COUNT(*) FROM sources WHERE id = $1 AND position IS NOT NULL";
    match tx.number(sql, args![source.as_str()]).await? {
        0 => Err(StoreError::NotFound { what: "source", id: source.to_string() }),
        _ => Err(StoreError::Conflict(format!("{source}: {why}"))),
    }
}
