//! Pages of the queue, the next case, and taking cases from the top.

use super::no_case;
use crate::audit::{self, Change};
use crate::db::{Engine, Row, Tx, Val, args};
use crate::encode::{self, CASE, CASE_WIDTH, ITEM, ITEM_WIDTH, corrupt, micros, parse};
use crate::error::StoreResult;
use crate::views::{QueueFilter, QueueRow};
use crate::words;
use jiff::Timestamp;
use saring_domain::{CaseId, CaseState, ClaimId, Judgement, OfficeId, Reviewer};
use std::collections::HashSet;

/// Cases taken at once at most: a batch that a person can work off, and one short transaction.
const MOST_TAKEN: u32 = 200;

/// Waiting cases by priority, then oldest first.
const WAITING_ORDER: &str = "c.score DESC, c.opened_at, c.id";
/// Decided ones the last first: that is what someone looks for there.
const DECIDED_ORDER: &str = "c.settled_at DESC, c.id";

/// What a filter asks of `cases c`, with its arguments.
struct Narrowed {
    condition: String,
    args: Vec<Val>,
    order: &'static str,
}

impl Narrowed {
    /// `None` where words were asked that cannot be searched: nothing is found then.
    fn new(engine: Engine, office: &OfficeId, filter: &QueueFilter) -> Option<Self> {
        let mut args = args![office.as_str(), !filter.decided];
        let mut condition = "c.office = $1 AND c.waiting = $2".to_owned();
        if let Some(queue) = filter.queue {
            args.push(queue.code().into());
            condition.push_str(" AND c.queue = $3");
        }
        if let Some(asked) = filter.words.as_deref().filter(|asked| !asked.trim().is_empty()) {
            args.push(words::query(engine, asked)?.into());
            condition = format!("{condition} AND {}", words::case_condition(engine, "c.seq", args.len()));
        }
        Some(Self { condition, args, order: if filter.decided { DECIDED_ORDER } else { WAITING_ORDER } })
    }

    /// Binds one more value and gives its mark.
    fn bind(&mut self, value: impl Into<Val>) -> String {
        self.args.push(value.into());
        format!("${}", self.args.len())
    }
}

/// What a row of the queue is read from: put it behind `SELECT`, conditions on `c` behind it.
pub(super) fn rows_from(cases: &str) -> String {
    format!(
        "SELECT {CASE}, {ITEM}, j.body, c.copies, c.accounts, t.name, i.seq FROM {cases} \
         JOIN items i ON i.id = c.about LEFT JOIN judgements j ON j.item = i.seq AND j.latest = 1 \
         LEFT JOIN people t ON t.id = c.taken_by"
    )
}

/// A row of the queue from the columns of [`rows_from`], and the row of its item.
pub(super) fn queue_row(row: &Row) -> StoreResult<(QueueRow, i64)> {
    let case = encode::case(row, 0)?;
    let mut item = encode::item(row, CASE_WIDTH)?;
    item.account = None; // it served its purpose when copies were counted
    let after = CASE_WIDTH + ITEM_WIDTH;
    let judgement =
        row.opt_text(after)?.map(|body| parse(&body, "judgement", item.id.as_str())).transpose()?;
    let accounts = row.opt_text(after + 2)?.map(|stored| bucket(&stored, case.id.as_str())).transpose()?;
    let copies = row.count(after + 1)?;
    let taken_by = row.opt_text(after + 3)?;
    Ok((QueueRow { case, item, judgement, copies, accounts, taken_by }, row.int(after + 4)?))
}

/// The rows of a page, without claims that left the list after the judgement.
async fn shown(tx: &mut Tx, rows: &[Row]) -> StoreResult<Vec<QueueRow>> {
    let mut rows = rows.iter().map(|row| Ok(queue_row(row)?.0)).collect::<StoreResult<Vec<QueueRow>>>()?;
    keep_listed(tx, rows.iter_mut().filter_map(|row| row.judgement.as_mut()).collect()).await?;
    Ok(rows)
}

/// Leaves only claims of the list in what is thought of items.
pub(super) async fn keep_listed(tx: &mut Tx, judgements: Vec<&mut Judgement>) -> StoreResult<()> {
    let claims = judgements.iter().flat_map(|judgement| &judgement.claims);
    let ids: HashSet<&str> =
        claims.flat_map(|claim| claim.also.iter().chain([&claim.id])).map(|id| id.as_str()).collect();
    let ids = ids.into_iter().map(Into::into).collect();
    let mut listed = HashSet::new();
    for row in tx.all_of("SELECT id FROM claims WHERE id IN", ids).await? {
        listed.insert(ClaimId::from(row.text(0)?));
    }
    judgements.into_iter().for_each(|judgement| judgement.keep_claims(|id| listed.contains(id)));
    Ok(())
}

/// The buckets in which distinct accounts are counted.
fn bucket(stored: &str, case: &str) -> StoreResult<&'static str> {
    let known = ["1", "2-9", "10-99", "100+"].into_iter().find(|known| *known == stored);
    known.ok_or_else(|| corrupt("case", case, "an unknown bucket of accounts"))
}

/// A page and the number of all rows.
pub(super) async fn page(
    tx: &mut Tx,
    office: &OfficeId,
    filter: &QueueFilter,
) -> StoreResult<(Vec<QueueRow>, u64)> {
    let Some(mut narrowed) = Narrowed::new(tx.engine(), office, filter) else { return Ok((Vec::new(), 0)) };
    let sql = format!("SELECT COUNT(*) FROM cases c WHERE {}", narrowed.condition);
    let total = tx.number(&sql, narrowed.args.clone()).await?.unsigned_abs();
    let (limit, offset) = (narrowed.bind(filter.limit), narrowed.bind(filter.offset));
    let Narrowed { condition, args, order } = narrowed;
    // The page is cut out of the index first: what is skipped is never joined.
    let page = format!(
        "(SELECT c.seq FROM cases c WHERE {condition} ORDER BY {order} LIMIT {limit} OFFSET {offset}) page \
         JOIN cases c ON c.seq = page.seq"
    );
    let rows = tx.all(&format!("{} ORDER BY {order}", rows_from(&page)), args).await?;
    Ok((shown(tx, &rows).await?, total))
}

/// Cases with an item that repeats the claim.
pub(super) async fn of_claim(
    tx: &mut Tx,
    office: &OfficeId,
    claim: &ClaimId,
    limit: u32,
) -> StoreResult<(Vec<QueueRow>, u64)> {
    let found = "SELECT DISTINCT c.seq FROM judgements j JOIN case_items ci ON ci.item = j.item \
                 JOIN cases c ON c.id = ci.case_id WHERE j.claim IS NOT NULL AND j.claim = $1 AND j.latest = 1 \
                 AND c.office = $2";
    let values = || args![claim.as_str(), office.as_str()];
    let total = tx.number(&format!("SELECT COUNT(*) FROM ({found}) f"), values()).await?.unsigned_abs();
    let cases = format!("({found}) f JOIN cases c ON c.seq = f.seq");
    let mut values = values();
    values.push(limit.into());
    let sql = format!("{} ORDER BY c.waiting DESC, c.seq DESC LIMIT $3", rows_from(&cases));
    let rows = tx.all(&sql, values).await?;
    Ok((shown(tx, &rows).await?, total))
}

/// The case that follows in the order of the filter, wherever `after` stands now.
pub(super) async fn after(
    tx: &mut Tx,
    office: &OfficeId,
    after: &CaseId,
    filter: &QueueFilter,
) -> StoreResult<Option<CaseId>> {
    let sql = "SELECT score, opened_at, settled_at FROM cases WHERE id = $1 AND office = $2";
    let row = tx.one(sql, args![after.as_str(), office.as_str()]).await?.ok_or_else(|| no_case(after))?;
    let Some(mut narrowed) = Narrowed::new(tx.engine(), office, filter) else { return Ok(None) };
    let id = narrowed.bind(after.as_str());
    let later = if filter.decided {
        let settled = narrowed.bind(row.opt_int(2)?.unwrap_or(i64::MAX));
        format!("c.settled_at <= {settled} AND (c.settled_at < {settled} OR c.id > {id})")
    } else {
        let (score, opened) = (narrowed.bind(row.real(0)?), narrowed.bind(row.int(1)?));
        format!(
            "c.score <= {score} AND (c.score < {score} OR c.opened_at > {opened} \
             OR (c.opened_at = {opened} AND c.id > {id}))"
        )
    };
    let Narrowed { condition, args, order } = narrowed;
    let sql = format!("SELECT c.id FROM cases c WHERE {condition} AND {later} ORDER BY {order} LIMIT 1");
    tx.one(&sql, args).await?.map(|row| Ok(row.text(0)?.into())).transpose()
}

/// Takes open cases from the top; those that someone has taken are passed over.
pub(super) async fn take(
    tx: &mut Tx,
    reviewer: &Reviewer,
    filter: &QueueFilter,
    count: u32,
    now: Timestamp,
) -> StoreResult<Vec<CaseId>> {
    let waiting = QueueFilter { decided: false, ..filter.clone() };
    let Some(mut narrowed) = Narrowed::new(tx.engine(), reviewer.office(), &waiting) else {
        return Ok(Vec::new());
    };
    let limit = narrowed.bind(count.min(MOST_TAKEN));
    let Narrowed { condition, args, order } = narrowed;
    let open = CaseState::Open.code();
    let sql = format!(
        "SELECT c.id FROM cases c WHERE {condition} AND c.state = '{open}' ORDER BY {order} LIMIT {limit}"
    );
    let mut taken = Vec::new();
    for row in tx.all(&sql, args).await? {
        taken.push(CaseId::from(row.text(0)?));
    }
    let mut changes = Vec::with_capacity(taken.len());
    for case in &taken {
        let state = CaseState::Taken.code();
        let sql = "UPDATE cases SET state = $2, taken_by = $3 WHERE id = $1";
        tx.run(sql, args![case.as_str(), state, reviewer.person().as_str()]).await?;
        let sql = "INSERT INTO case_events (case_id, at, who, what, state) VALUES ($1, $2, $3, 'taken', $4)";
        tx.run(sql, args![case.as_str(), micros(now), reviewer.name(), state]).await?;
        changes.push(Change::new("case.take", case.as_str(), &[reviewer.person().as_str()])?);
    }
    if !changes.is_empty() {
        audit::append_all(tx, now, changes).await?;
    }
    Ok(taken)
}
