//! From judged items to cases: a copy goes to the case of what it repeats, anything else opens its own, each at the office
//! whose area or institution it names.

use crate::audit::{self, Change};
use crate::db::{Row, Tx, args};
use crate::encode::{self, ITEM, ITEM_WIDTH, json, micros, parse};
use crate::error::StoreResult;
use crate::jobs;
use crate::open::Store;
use crate::spread;
use crate::views::Job;
use crate::words;
use jiff::{SignedDuration, Timestamp};
use saring_domain::office::concerned;
use saring_domain::{CaseId, CaseState, Item, Judgement, Office, OfficeId, Queue, Reason};
use std::collections::{BTreeMap, HashMap, HashSet};

/// Gives the cases opened, grown or judged anew.
pub(crate) async fn run(
    store: &Store,
    jobs: &[Job],
    office: &OfficeId,
    now: Timestamp,
) -> StoreResult<Vec<CaseId>> {
    let mut tx = store.db.write().await?;
    let routes = Routes::read(&mut tx, office).await?;
    let items = candidates(&mut tx, jobs, &routes).await?;
    let mut desk = Desk::gather(&mut tx, &items).await?;
    let mut plan = Plan::default();
    for item in &items {
        plan.place(&mut desk, item)?;
    }
    open(&mut tx, &plan.opened, now).await?;
    attach(&mut tx, &plan, now).await?;
    rejudge(&mut tx, &plan.rejudged, now).await?;
    spread::update(&mut tx, plan.grown()).await?;
    let touched = plan.touched();
    jobs::finish(&mut tx, &jobs.iter().map(|job| job.id).collect::<Vec<_>>()).await?;
    let changes = touched.iter().map(|(case, (event, items))| Change::new(event, case, items));
    let changes = changes.collect::<StoreResult<Vec<_>>>()?;
    if !changes.is_empty() {
        audit::append_all(&mut tx, now, changes).await?;
    }
    tx.commit().await?;
    Ok(touched.into_keys().map(CaseId::from).collect())
}

/// An item with a judgement that belongs into a worked queue.
struct Candidate {
    row: i64,
    item: Item,
    judgement: Judgement,
    /// Whose it is.
    office: String,
}

/// Where items go.
struct Routes<'a> {
    /// Where those go that concern no other office.
    own: &'a OfficeId,
    offices: Vec<Office>,
    /// Offices with somebody who decides.
    staffed: HashSet<String>,
}

impl<'a> Routes<'a> {
    async fn read(tx: &mut Tx, own: &'a OfficeId) -> StoreResult<Self> {
        let rows = tx.all("SELECT id, def FROM offices ORDER BY position", args![]).await?;
        let offices = rows
            .iter()
            .map(|row| parse(&row.text(1)?, "office", &row.text(0)?))
            .collect::<StoreResult<_>>()?;
        let who = "SELECT office, disabled FROM people WHERE role IN ('operator', 'head')";
        let mut staffed = HashSet::new();
        for row in tx.all(who, args![]).await? {
            if !row.flag(1)? {
                staffed.insert(row.text(0)?);
            }
        }
        Ok(Self { own, offices, staffed })
    }

    fn office(&self, judgement: &Judgement) -> String {
        let places: Vec<&str> = judgement.places.iter().map(|place| place.code.as_str()).collect();
        let staffed = |id: &OfficeId| id == self.own || self.staffed.contains(id.as_str());
        concerned(&self.offices, staffed, &places, &judgement.institutions)
            .map_or(self.own, |office| &office.id)
            .0
            .clone()
    }
}

impl Candidate {
    /// The claim whose cases it may join.
    fn claim(&self) -> Option<&str> {
        let claim = self.judgement.same_claim().filter(|_| self.judgement.queue == Queue::Hoax);
        claim.map(|claim| claim.id.as_str())
    }
}

/// In the order of the jobs; items purged meanwhile are left out, and those judged to be nothing that are in no case.
async fn candidates(tx: &mut Tx, jobs: &[Job], routes: &Routes<'_>) -> StoreResult<Vec<Candidate>> {
    let head = format!(
        "SELECT {ITEM}, i.seq, j.body FROM items i JOIN judgements j ON j.item = i.seq AND j.latest = 1 \
         WHERE i.purged_at IS NULL AND j.body IS NOT NULL \
         AND (j.queue <> 'none' OR EXISTS (SELECT 1 FROM case_items ci WHERE ci.item = i.seq)) AND i.id IN"
    );
    let ids = jobs.iter().map(|job| job.subject.as_str().into()).collect();
    let mut found = HashMap::new();
    for row in tx.all_of(&head, ids).await? {
        let candidate = candidate(&row, routes)?;
        found.insert(candidate.item.id.0.clone(), candidate);
    }
    Ok(jobs.iter().filter_map(|job| found.remove(&job.subject)).collect())
}

fn candidate(row: &Row, routes: &Routes<'_>) -> StoreResult<Candidate> {
    let item = encode::item(row, 0)?;
    let body = row.opt_text(ITEM_WIDTH + 1)?.unwrap_or_default();
    let judgement = parse(&body, "judgement", item.id.as_str())?;
    Ok(Candidate { row: row.int(ITEM_WIDTH)?, office: routes.office(&judgement), item, judgement })
}

/// The case that an item stands in already.
struct Attached {
    case: String,
    /// The item opened it, and nobody has decided it: it follows what is thought of the item.
    follows: bool,
    stands: Standing,
}

/// What a case takes over from the judgement of the item that opened it.
#[derive(PartialEq)]
struct Standing {
    queue: String,
    claim: Option<String>,
    base_score: f64,
    reasons: String,
    own_institution: bool,
    protected: bool,
}

impl Standing {
    fn of(judgement: &Judgement) -> StoreResult<Self> {
        Ok(Self {
            queue: judgement.queue.code().into(),
            claim: judgement.same_claim().map(|claim| claim.id.0.clone()),
            base_score: judgement.priority.score.get(),
            reasons: json(&judgement.priority.reasons)?,
            own_institution: judgement.own_institution,
            protected: judgement.protected.lane.is_some(),
        })
    }

    /// Where nothing is found any more a case stays where it is, and says so: closing it takes a person.
    fn or_nothing(self, before: &Self) -> StoreResult<Self> {
        if self.queue != Queue::None.code() {
            return Ok(self);
        }
        Ok(Self { queue: before.queue.clone(), reasons: json(&[Reason::NothingFound])?, ..self })
    }

    /// From six columns, the first of them at `from`; how far it spread is not part of it.
    fn read(row: &Row, from: usize) -> StoreResult<Self> {
        let mut reasons: Vec<Reason> = parse(&row.text(from + 3)?, "case", "reasons")?;
        reasons.retain(|reason| !matches!(reason, Reason::Spreading { .. }));
        Ok(Self {
            queue: row.text(from)?,
            claim: row.opt_text(from + 1)?,
            base_score: row.real(from + 2)?,
            reasons: json(&reasons)?,
            own_institution: row.flag(from + 4)?,
            protected: row.flag(from + 5)?,
        })
    }
}

/// The cases that the candidates may belong to.
#[derive(Default)]
struct Desk {
    /// By row of an item attached already.
    attached: HashMap<i64, Attached>,
    /// Case of an earlier item, by office and its id.
    of_item: HashMap<(String, String), String>,
    /// Waiting case of a claim, by office and claim.
    of_claim: HashMap<(String, String), String>,
}

impl Desk {
    async fn gather(tx: &mut Tx, items: &[Candidate]) -> StoreResult<Self> {
        let mut desk = Self::default();
        let head = "SELECT ci.item, c.id, c.about, i.id, c.waiting, c.queue, c.claim, c.base_score, c.reasons, \
                    c.own_institution, c.protected FROM case_items ci JOIN cases c ON c.id = ci.case_id \
                    JOIN items i ON i.seq = ci.item WHERE ci.item IN";
        for row in tx.all_of(head, items.iter().map(|item| item.row.into()).collect()).await? {
            let follows = row.text(2)? == row.text(3)? && row.flag(4)?;
            let attached = Attached { case: row.text(1)?, follows, stands: Standing::read(&row, 5)? };
            desk.attached.insert(row.int(0)?, attached);
        }
        // a case closed without a person's word, or purged, takes no more copies: someone should look anew
        let head = "SELECT i.id, c.id, c.office FROM items i JOIN case_items ci ON ci.item = i.seq \
                    JOIN cases c ON c.id = ci.case_id WHERE c.purged_at IS NULL AND c.state <> 'closed' AND i.id IN";
        let repeats: HashSet<&str> =
            items.iter().filter_map(|item| item.judgement.duplicate_of.as_deref()).collect();
        for row in tx.all_of(head, repeats.into_iter().map(Into::into).collect()).await? {
            desk.of_item.insert((row.text(2)?, row.text(0)?), row.text(1)?);
        }
        let head = "SELECT claim, id, office FROM cases WHERE waiting = 1 AND claim IS NOT NULL AND claim IN";
        let claims: HashSet<&str> = items.iter().filter_map(Candidate::claim).collect();
        for row in tx.all_of(head, claims.into_iter().map(Into::into).collect()).await? {
            desk.of_claim.insert((row.text(2)?, row.text(0)?), row.text(1)?);
        }
        Ok(desk)
    }

    fn home(&self, item: &Candidate) -> Option<String> {
        let here = |id: &str| (item.office.clone(), id.to_owned());
        let repeated = item.judgement.duplicate_of.as_deref().and_then(|of| self.of_item.get(&here(of)));
        repeated.or_else(|| item.claim().and_then(|claim| self.of_claim.get(&here(claim)))).cloned()
    }
}

/// What is to be done, found before anything is written.
#[derive(Default)]
struct Plan<'a> {
    opened: Vec<(String, &'a Candidate)>,
    copies: BTreeMap<String, Vec<&'a Candidate>>,
    rejudged: Vec<(String, &'a Candidate, Standing)>,
}

impl<'a> Plan<'a> {
    fn place(&mut self, desk: &mut Desk, item: &'a Candidate) -> StoreResult<()> {
        if let Some(attached) = desk.attached.get(&item.row) {
            let standing = Standing::of(&item.judgement)?.or_nothing(&attached.stands)?;
            if attached.follows && attached.stands != standing {
                self.rejudged.push((attached.case.clone(), item, standing));
            }
            return Ok(());
        }
        let case = if let Some(case) = desk.home(item) {
            self.copies.entry(case.clone()).or_default().push(item);
            case
        } else {
            let case = CaseId::derive(&item.item.id).0;
            self.opened.push((case.clone(), item));
            case
        };
        if let Some(claim) = item.claim() {
            let key = (item.office.clone(), claim.to_owned());
            desk.of_claim.entry(key).or_insert_with(|| case.clone());
        }
        desk.of_item.insert((item.office.clone(), item.item.id.0.clone()), case);
        Ok(())
    }

    /// Cases whose copies or whose judgement changed.
    fn grown(&self) -> impl Iterator<Item = &String> {
        self.copies.keys().chain(self.rejudged.iter().map(|(case, ..)| case))
    }

    /// By case: what happened to it (the first that holds) and the items that did it.
    fn touched(&self) -> BTreeMap<String, (&'static str, Vec<&'a str>)> {
        let mut out: BTreeMap<String, (&'static str, Vec<&'a str>)> = BTreeMap::new();
        let opened = self.opened.iter().map(|(case, item)| (case, "case.open", *item));
        let copies = self
            .copies
            .iter()
            .flat_map(|(case, items)| items.iter().map(move |item| (case, "case.copy", *item)));
        let rejudged = self.rejudged.iter().map(|(case, item, _)| (case, "case.judge", *item));
        for (case, event, item) in opened.chain(copies).chain(rejudged) {
            out.entry(case.clone()).or_insert((event, Vec::new())).1.push(item.item.id.as_str());
        }
        out
    }
}

async fn open(tx: &mut Tx, opened: &[(String, &Candidate)], now: Timestamp) -> StoreResult<()> {
    const HEAD: &str = "INSERT INTO cases (id, about, office, queue, claim, state, waiting, score, base_score, \
                        reasons, opened_at, due_at, own_institution, protected, copies, accounts, first_at, last_at)";
    let mut rows = Vec::with_capacity(opened.len());
    for (case, Candidate { item, judgement, office, .. }) in opened {
        let due = now + SignedDuration::from_hours(judgement.queue.due_within_hours().into());
        let when = micros(item.when());
        let Standing { queue, claim, base_score, reasons, own_institution, protected } =
            Standing::of(judgement)?;
        rows.push(args![
            case,
            item.id.as_str(),
            office.as_str(),
            queue,
            claim,
            CaseState::Open.code(),
            true,
            base_score,
            base_score,
            reasons,
            micros(now),
            micros(due),
            own_institution,
            protected,
            1_u32,
            spread::bucket(u32::from(item.account.is_some())),
            when,
            when,
        ]);
    }
    let items: HashMap<&str, &Candidate> = opened.iter().map(|(case, item)| (case.as_str(), *item)).collect();
    let mut texts = Vec::with_capacity(opened.len());
    for row in tx.insert(HEAD, rows, "RETURNING seq, id").await? {
        if let Some(candidate) = items.get(row.text(1)?.as_str()) {
            texts.push((row.int(0)?, candidate.item.full_text()));
        }
    }
    words::index_cases(tx, texts).await?;
    let queue = |item: &Candidate| item.judgement.queue.code().to_owned();
    note(tx, opened.iter().map(|(case, item)| (case.as_str(), "opened", queue(item))).collect(), now).await
}

async fn attach(tx: &mut Tx, plan: &Plan<'_>, now: Timestamp) -> StoreResult<()> {
    let opened = plan.opened.iter().map(|(case, item)| args![case, item.row, micros(now)]);
    let copies = plan.copies.iter().flat_map(|(case, items)| items.iter().map(move |item| (case, item.row)));
    let rows = opened.chain(copies.map(|(case, row)| args![case, row, micros(now)])).collect();
    tx.insert("INSERT INTO case_items (case_id, item, at)", rows, "").await?;
    // one line of history however many copies come at once
    let events = plan.copies.iter().map(|(case, items)| (case.as_str(), "copy", items.len().to_string()));
    note(tx, events.collect(), now).await
}

/// Judged anew while it waits: the case follows, and moves where the queue is another one.
async fn rejudge(
    tx: &mut Tx,
    rejudged: &[(String, &Candidate, Standing)],
    now: Timestamp,
) -> StoreResult<()> {
    for (case, _, standing) in rejudged {
        let moved = "SELECT COUNT(*) FROM cases WHERE id = $1 AND queue <> $2";
        let moved = tx.number(moved, args![case, &standing.queue]).await? > 0;
        let sql = "UPDATE cases SET queue = $2, claim = $3, base_score = $4, reasons = $5, own_institution = $6, \
                   protected = $7 WHERE id = $1";
        let Standing { queue, claim, base_score, reasons, own_institution, protected } = standing;
        let claim = claim.as_deref();
        tx.run(sql, args![case, queue, claim, *base_score, reasons, *own_institution, *protected]).await?;
        if moved {
            note(tx, vec![(case.as_str(), "moved", queue.clone())], now).await?;
        }
    }
    Ok(())
}

/// Lines of history; the note of `opened` and `moved` is the queue, of `copy` the number of copies.
async fn note(tx: &mut Tx, events: Vec<(&str, &'static str, String)>, now: Timestamp) -> StoreResult<()> {
    let ids = events.iter().map(|(case, ..)| (*case).into()).collect();
    let mut states = HashMap::with_capacity(events.len());
    for row in tx.all_of("SELECT id, state FROM cases WHERE id IN", ids).await? {
        states.insert(row.text(0)?, row.text(1)?);
    }
    let line = |(case, what, note): (&str, &str, String)| {
        states.get(case).map(|state| args![case, micros(now), what, note, state])
    };
    let rows = events.into_iter().filter_map(line).collect();
    tx.insert("INSERT INTO case_events (case_id, at, what, note, state)", rows, "").await?;
    Ok(())
}
