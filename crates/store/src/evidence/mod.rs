//! Evidence and its chain of custody. The files are sealed beside the database, see [`crate::sealed`]; what is
//! remembered here is what they must be.

mod check;
pub(crate) mod end;

use crate::audit::{self, Change};
use crate::db::{Row, Tx, args};
use crate::encode::{capture, fresh_id, json, micros, named, opt_timestamp, parse, timestamp};
use crate::error::{StoreError, StoreResult};
use crate::jobs;
use crate::open::Store;
use crate::traits::Evidences;
use async_trait::async_trait;
use jiff::Timestamp;
use saring_domain::{
    Capture, CaseId, Custody, CustodyStep, Deletion, Evidence, EvidenceId, EvidenceState, Hold, OfficeId,
    SealedFile, Settled, TwoKeys,
};

/// Columns of [`evidence`], in its order; of `evidence e`, its item `i` and its case `c`.
pub(crate) const EVIDENCE: &str =
    "e.id, c.id, i.id, e.url, e.state, e.asked_at, e.settled_at, e.why, e.files, e.seq";
/// How many they are.
const WIDTH: usize = 10;
/// Where they come from.
pub(crate) const FROM: &str = "FROM evidence e JOIN items i ON i.seq = e.item JOIN case_items ci ON ci.item = e.item \
                               JOIN cases c ON c.id = ci.case_id";
/// Items that a page may be taken of.
const PUBLIC: &str = "i.purged_at IS NULL AND i.url LIKE 'http%'";

#[async_trait]
impl Evidences for Store {
    async fn ask_for_new(
        &self,
        office: &OfficeId,
        tool: &str,
        limit: u32,
        now: Timestamp,
    ) -> StoreResult<u64> {
        let wanted = format!(
            "SELECT ci.item, i.url, c.id FROM cases c JOIN case_items ci ON ci.case_id = c.id \
             JOIN items i ON i.seq = ci.item WHERE c.office = $1 AND c.waiting = 1 AND {PUBLIC} \
             AND NOT EXISTS (SELECT 1 FROM evidence e WHERE e.item = ci.item) LIMIT $2"
        );
        // looking first keeps an idle service from taking turns at the one writer
        if self.db.one(&wanted, args![office.as_str(), 1_u32]).await?.is_none() {
            return Ok(0);
        }
        let mut tx = self.db.write().await?;
        let rows = tx.all(&wanted, args![office.as_str(), limit]).await?;
        let asked = ask(&mut tx, &rows, None, tool, now).await?;
        tx.commit().await?;
        Ok(asked.len() as u64)
    }

    async fn ask_for_case(
        &self,
        office: &OfficeId,
        case: &CaseId,
        who: &str,
        tool: &str,
        now: Timestamp,
    ) -> StoreResult<Vec<EvidenceId>> {
        let mut tx = self.db.write().await?;
        owned(&mut tx, office, case).await?;
        let wanted = format!(
            "SELECT ci.item, i.url, ci.case_id FROM case_items ci JOIN items i ON i.seq = ci.item \
             WHERE ci.case_id = $1 AND {PUBLIC} AND NOT EXISTS \
             (SELECT 1 FROM evidence e WHERE e.item = ci.item AND e.state = 'waiting') ORDER BY ci.at, ci.item"
        );
        let rows = tx.all(&wanted, args![case.as_str()]).await?;
        let asked = ask(&mut tx, &rows, Some(who), tool, now).await?;
        tx.commit().await?;
        self.work.notify_waiters();
        Ok(asked)
    }

    async fn evidence(&self, office: &OfficeId, id: &EvidenceId) -> StoreResult<Evidence> {
        let sql = format!("SELECT {EVIDENCE} {FROM} WHERE e.id = $1 AND c.office = $2");
        let row = self.db.one(&sql, args![id.as_str(), office.as_str()]).await?;
        row.as_ref().map_or_else(|| Err(missing("evidence", id.as_str())), evidence)
    }

    async fn evidence_in_house(&self, id: &EvidenceId) -> StoreResult<(OfficeId, Evidence)> {
        let sql = format!("SELECT {EVIDENCE}, c.office {FROM} WHERE e.id = $1");
        let row = self.db.one(&sql, args![id.as_str()]).await?;
        let row = row.ok_or_else(|| missing("evidence", id.as_str()))?;
        Ok((row.text(WIDTH)?.into(), evidence(&row)?))
    }

    async fn evidence_of(
        &self,
        office: &OfficeId,
        case: Option<&CaseId>,
        limit: u32,
    ) -> StoreResult<Vec<Evidence>> {
        let rows = match case {
            Some(case) => {
                let sql = format!(
                    "SELECT {EVIDENCE} {FROM} WHERE c.office = $1 AND c.id = $2 ORDER BY e.seq DESC LIMIT $3"
                );
                self.db.all(&sql, args![office.as_str(), case.as_str(), limit]).await?
            }
            None => {
                let sql =
                    format!("SELECT {EVIDENCE} {FROM} WHERE c.office = $1 ORDER BY e.seq DESC LIMIT $2");
                self.db.all(&sql, args![office.as_str(), limit]).await?
            }
        };
        rows.iter().map(evidence).collect()
    }

    async fn custody(&self, id: &EvidenceId) -> StoreResult<Vec<Custody>> {
        let sql = "SELECT at, who, step, tool, note FROM custody WHERE evidence = $1 ORDER BY seq";
        let rows = self.db.all(sql, args![id.as_str()]).await?;
        rows.iter().map(|row| link(row, id)).collect()
    }

    async fn capture_behind(&self, id: &EvidenceId) -> StoreResult<Option<Capture>> {
        let sql = "SELECT p.item, p.id, p.source, p.native_id, p.seen_at, p.media_type, p.sha256, p.raw \
                   FROM evidence e JOIN items i ON i.seq = e.item \
                   JOIN captures p ON p.item = i.seq AND p.id = i.capture WHERE e.id = $1 AND p.raw IS NOT NULL";
        self.db.one(sql, args![id.as_str()]).await?.as_ref().map(capture).transpose()
    }

    async fn settle(
        &self,
        id: &EvidenceId,
        settled: &Settled,
        tool: &str,
        job: i64,
        now: Timestamp,
    ) -> StoreResult<bool> {
        let none = Vec::new();
        let (files, why, said, further) = match settled {
            Settled::Sealed(files, said, further) => (Some(files), None, said.as_deref(), further),
            Settled::Without(_, why) => (None, Some(why.as_str()), Some(why.as_str()), &none),
        };
        let stamped = files.is_some_and(|files| files.iter().any(|file| file.name == SealedFile::STAMP));
        let files = files.map(json).transpose()?;
        let state = settled.state();
        let mut tx = self.db.write().await?;
        jobs::finish(&mut tx, &[job]).await?;
        let sql = "UPDATE evidence SET state = $2, settled_at = $3, why = $4, files = $5, stamped_at = $6 \
                   WHERE id = $1 AND state = 'waiting'";
        let stamped = stamped.then(|| micros(now));
        let values = args![id.as_str(), state.code(), micros(now), why, files, stamped];
        let waited = tx.run(sql, values).await? > 0;
        if waited {
            let link = Link { who: None, step: state.into(), tool, note: said };
            note(&mut tx, &[id.as_str()], &link, now).await?;
            for Custody { who, step, tool, note: said, .. } in further {
                let link = Link { who: who.as_deref(), step: *step, tool, note: said.as_deref() };
                note(&mut tx, &[id.as_str()], &link, now).await?;
            }
            let event = match state {
                EvidenceState::Sealed => "evidence.seal",
                EvidenceState::Gone => "evidence.gone",
                EvidenceState::Refused => "evidence.refuse",
                _ => "evidence.fail",
            };
            match settled {
                Settled::Sealed(files, ..) => audit::append(&mut tx, now, event, id.as_str(), files).await?,
                Settled::Without(_, why) => audit::append(&mut tx, now, event, id.as_str(), why).await?,
            };
        }
        tx.commit().await?;
        Ok(waited)
    }

    async fn sealed_as(&self, id: &EvidenceId) -> StoreResult<Option<(u64, Vec<SealedFile>)>> {
        let sql = "SELECT place, event, detail FROM audit WHERE subject = $1 AND detail IS NOT NULL \
                   AND event IN ('evidence.seal', 'evidence.stamp') ORDER BY place";
        let mut out: Option<(u64, Vec<SealedFile>)> = None;
        for row in self.db.all(sql, args![id.as_str()]).await? {
            let detail = row.text(2)?;
            match (row.text(1)?.as_str(), out.as_mut()) {
                ("evidence.seal", _) => {
                    let files = parse(&detail, "log entry of evidence", id.as_str())?;
                    out = Some((row.int(0)?.unsigned_abs(), files));
                }
                (_, Some((_, files))) => files.push(parse(&detail, "log entry of evidence", id.as_str())?),
                (_, None) => {}
            }
        }
        Ok(out)
    }

    async fn unstamped(&self, limit: u32) -> StoreResult<Vec<EvidenceId>> {
        let sql = "SELECT id FROM evidence WHERE state = 'sealed' AND stamped_at IS NULL ORDER BY seq DESC LIMIT $1";
        let rows = self.db.all(sql, args![limit]).await?;
        rows.iter().map(|row| Ok(row.text(0)?.into())).collect()
    }

    async fn stamp(
        &self,
        id: &EvidenceId,
        stamp: &SealedFile,
        tool: &str,
        now: Timestamp,
    ) -> StoreResult<bool> {
        let mut tx = self.db.write().await?;
        let sql = "SELECT files FROM evidence WHERE id = $1 AND state = 'sealed' AND stamped_at IS NULL";
        let Some(row) = tx.one(sql, args![id.as_str()]).await? else { return Ok(false) };
        let mut files: Vec<SealedFile> = parse(&row.text(0)?, "evidence", id.as_str())?;
        files.push(stamp.clone());
        let sql = "UPDATE evidence SET files = $2, stamped_at = $3 WHERE id = $1";
        tx.run(sql, args![id.as_str(), json(&files)?, micros(now)]).await?;
        let link = Link { who: None, step: CustodyStep::Stamped, tool, note: Some(&stamp.sha256) };
        note(&mut tx, &[id.as_str()], &link, now).await?;
        audit::append(&mut tx, now, "evidence.stamp", id.as_str(), stamp).await?;
        tx.commit().await?;
        Ok(true)
    }

    async fn hand_out(
        &self,
        id: &EvidenceId,
        keys: &TwoKeys,
        to: &str,
        reason: &str,
        tool: &str,
        now: Timestamp,
    ) -> StoreResult<()> {
        let mut tx = self.db.write().await?;
        let sealed = "SELECT COUNT(*) FROM evidence WHERE id = $1 AND state = 'sealed'";
        if tx.number(sealed, args![id.as_str()]).await? == 0 {
            return Err(StoreError::Conflict(format!(
                "evidence '{id}' is not sealed: nothing can be given out"
            )));
        }
        let (who, said) = (keys.names(), format!("{to}: {reason}"));
        let link = Link { who: Some(&who), step: CustodyStep::Transferred, tool, note: Some(&said) };
        note(&mut tx, &[id.as_str()], &link, now).await?;
        audit::append(&mut tx, now, "evidence.export", id.as_str(), &(keys, to, reason)).await?;
        tx.commit().await
    }

    async fn hold(
        &self,
        office: &OfficeId,
        case: &CaseId,
        keys: &TwoKeys,
        reason: &str,
        until: Timestamp,
        now: Timestamp,
    ) -> StoreResult<()> {
        let mut tx = self.db.write().await?;
        owned(&mut tx, office, case).await?;
        let sql = "INSERT INTO holds (case_id, who, reason, from_at, until_at) VALUES ($1, $2, $3, $4, $5)";
        tx.run(sql, args![case.as_str(), keys.names(), reason, micros(now), micros(until)]).await?;
        audit::append(&mut tx, now, "case.hold", case.as_str(), &(keys, reason, until)).await?;
        tx.commit().await
    }

    async fn holds(
        &self,
        office: &OfficeId,
        case: Option<&CaseId>,
        now: Timestamp,
    ) -> StoreResult<Vec<Hold>> {
        end::holds(&self.db, office, case, now).await
    }

    async fn deletions(
        &self,
        office: &OfficeId,
        from: Timestamp,
        to: Timestamp,
        limit: u32,
    ) -> StoreResult<Vec<Deletion>> {
        end::deletions(&self.db, office, from, to, limit).await
    }

    async fn evidence_flaws(&self, id: &EvidenceId) -> StoreResult<Vec<String>> {
        check::flaws(&self.db, id).await
    }

    async fn evidence_lost(&self) -> StoreResult<Vec<String>> {
        check::lost(&self.db).await
    }

    async fn unwiped(&self) -> StoreResult<Vec<EvidenceId>> {
        let sql = "SELECT id FROM evidence WHERE state = 'deleted' AND wiped_at IS NULL ORDER BY seq";
        let rows = self.db.all(sql, args![]).await?;
        rows.iter().map(|row| Ok(row.text(0)?.into())).collect()
    }

    async fn wiped(&self, id: &EvidenceId, now: Timestamp) -> StoreResult<()> {
        let mut tx = self.db.write().await?;
        let sql =
            "UPDATE evidence SET wiped_at = $2 WHERE id = $1 AND state = 'deleted' AND wiped_at IS NULL";
        if tx.run(sql, args![id.as_str(), micros(now)]).await? > 0 {
            audit::append(&mut tx, now, "evidence.wipe", id.as_str(), &"its files are gone").await?;
        }
        tx.commit().await
    }
}

/// What a link of the chain says beside its time.
struct Link<'l> {
    who: Option<&'l str>,
    step: CustodyStep,
    tool: &'l str,
    note: Option<&'l str>,
}

async fn note(tx: &mut Tx, ids: &[&str], link: &Link<'_>, now: Timestamp) -> StoreResult<()> {
    let row = |id: &&str| args![*id, micros(now), link.who, link.step.code(), link.tool, link.note];
    let rows = ids.iter().map(row).collect();
    tx.insert("INSERT INTO custody (evidence, at, who, step, tool, note)", rows, "").await?;
    Ok(())
}

/// Asks for evidence of rows of item, address and case.
async fn ask(
    tx: &mut Tx,
    rows: &[Row],
    who: Option<&str>,
    tool: &str,
    now: Timestamp,
) -> StoreResult<Vec<EvidenceId>> {
    let (mut values, mut changes, mut ids) = (Vec::new(), Vec::new(), Vec::new());
    for row in rows {
        let id = fresh_id('e')?;
        let state = EvidenceState::Waiting.code();
        values.push(args![&id, row.int(0)?, row.text(1)?, state, micros(now)]);
        changes.push(Change::new("evidence.ask", &id, &(row.text(2)?, who))?);
        ids.push(id);
    }
    tx.insert("INSERT INTO evidence (id, item, url, state, asked_at)", values, "").await?;
    let known: Vec<&str> = ids.iter().map(String::as_str).collect();
    note(tx, &known, &Link { who, step: CustodyStep::Asked, tool, note: None }, now).await?;
    jobs::add(tx, "evidence", known).await?;
    audit::append_all(tx, now, changes).await?;
    Ok(ids.into_iter().map(EvidenceId).collect())
}

async fn owned(tx: &mut Tx, office: &OfficeId, case: &CaseId) -> StoreResult<()> {
    let sql = "SELECT COUNT(*) FROM cases WHERE id = $1 AND office = $2";
    match tx.number(sql, args![case.as_str(), office.as_str()]).await? {
        0 => Err(missing("case", case.as_str())),
        _ => Ok(()),
    }
}

fn missing(what: &'static str, id: &str) -> StoreError {
    StoreError::NotFound { what, id: id.to_owned() }
}

/// Evidence from the columns of [`EVIDENCE`].
pub(crate) fn evidence(row: &Row) -> StoreResult<Evidence> {
    let id = row.text(0)?;
    Ok(Evidence {
        case: row.text(1)?.into(),
        item: row.text(2)?.into(),
        url: row.opt_text(3)?,
        state: named(&row.text(4)?, "evidence", &id)?,
        asked_at: timestamp(row.int(5)?)?,
        settled_at: opt_timestamp(row.opt_int(6)?)?,
        why: row.opt_text(7)?,
        files: evidence_files(row, 8, &id)?,
        id: id.into(),
    })
}

/// The list of sealed files in a column.
fn evidence_files(row: &Row, column: usize, id: &str) -> StoreResult<Vec<SealedFile>> {
    let files = row.opt_text(column)?.map(|text| parse(&text, "evidence", id)).transpose()?;
    Ok(files.unwrap_or_default())
}

fn link(row: &Row, id: &EvidenceId) -> StoreResult<Custody> {
    Ok(Custody {
        at: timestamp(row.int(0)?)?,
        who: row.opt_text(1)?,
        step: named(&row.text(2)?, "custody", id.as_str())?,
        tool: row.text(3)?,
        note: row.opt_text(4)?,
    })
}
