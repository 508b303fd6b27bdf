//! A person's word on offered claims, and taking it back.

use super::{COLUMNS, WIDTH, digest};
use crate::audit;
use crate::claims::{self, claim_at, stored};
use crate::db::{Row, Tx, Val, args};
use crate::encode::{fresh_id, json, micros, named, parse, timestamp};
use crate::error::{StoreError, StoreResult};
use crate::jobs;
use crate::looks;
use jiff::{SignedDuration, Timestamp};
use saring_domain::{Claim, DecisionId, OfferId, OfferState, Reviewer, SettledOffers};
use serde::Serialize;

/// How long a reviewer may take back an own word.
pub(super) const UNDO_WITHIN: SignedDuration = SignedDuration::from_hours(24);

/// What the log says of a word: ids and hashes.
#[derive(Serialize)]
struct Leaf<'a> {
    person: &'a str,
    /// Offer with the SHA-256 of what it says.
    offers: Vec<(&'a str, String)>,
}

/// Settles those of `offers` that still wait, with one entry of the log.
pub(super) async fn settle(
    tx: &mut Tx,
    reviewer: &Reviewer,
    offers: &[OfferId],
    state: OfferState,
    now: Timestamp,
) -> StoreResult<SettledOffers> {
    let event = match state {
        OfferState::Listed => "claims.accept",
        OfferState::Refused => "claims.refuse",
        OfferState::Waiting => return Err(StoreError::Conflict("an offered claim waits already".into())),
    };
    let head = format!("SELECT {COLUMNS} FROM claim_offers o WHERE o.state = 'waiting' AND o.id IN");
    let ids: Vec<Val> = offers.iter().map(|offer| offer.as_str().into()).collect();
    let rows = tx.all_of_then(&head, ids, "ORDER BY o.seq").await?;
    let waiting = rows.iter().map(|row| Ok((row.text(7)?, claim_at(row, 0)?)));
    let waiting = waiting.collect::<StoreResult<Vec<(String, Claim)>>>()?;
    let Some((_, first)) = waiting.first() else {
        let why = "someone settled these claims meanwhile, or their source changed them: reload the page";
        return Err(StoreError::Conflict(why.into()));
    };
    let word = fresh_id('d')?;
    let leaf = audit::append(tx, now, event, &word, &Leaf::of(reviewer, &waiting)?).await?;
    let mut before = stored(tx, waiting.iter().map(|(_, claim)| claim.id.as_str())).await?;
    let sql = "UPDATE claim_offers SET state = $2, replaced = $3, word = $4, person = $5, who = $6, settled_at = $7, \
               leaf = $8 WHERE id = $1";
    if state == OfferState::Listed {
        let listed: Vec<&Claim> = waiting.iter().map(|(_, claim)| claim).collect();
        list(tx, &listed, before.values()).await?;
        looks::ask(tx, &listed, now).await?;
    } else {
        before.clear();
    }
    for (offer, claim) in &waiting {
        let replaced = before.get(claim.id.as_str()).map(json).transpose()?;
        let (person, who) = (reviewer.person().as_str(), reviewer.name());
        let args = args![offer, state.code(), replaced, &word, person, who, micros(now), leaf];
        tx.run(sql, args).await?;
    }
    let count = u32::try_from(waiting.len()).unwrap_or(u32::MAX);
    Ok(SettledOffers { id: word.into(), state, offers: count, title: first.title.clone(), at: now })
}

impl<'a> Leaf<'a> {
    fn of(reviewer: &'a Reviewer, offers: &'a [(String, Claim)]) -> StoreResult<Self> {
        let offers = offers.iter().map(|(offer, claim)| Ok((offer.as_str(), digest(claim)?)));
        Ok(Self { person: reviewer.person().as_str(), offers: offers.collect::<StoreResult<_>>()? })
    }
}

/// Writes claims into the list, over those that stand there.
async fn list<'a>(
    tx: &mut Tx,
    claims: &[&Claim],
    before: impl Iterator<Item = &'a Claim>,
) -> StoreResult<()> {
    claims::forget_words(tx, &before.collect::<Vec<_>>()).await?;
    claims::write(tx, claims).await?;
    claims::next_generation(tx).await
}

/// A settled offer that may still be as it was settled.
struct Standing {
    offer: String,
    claim: Claim,
    state: OfferState,
    replaced: Option<Claim>,
}

impl Standing {
    fn read(row: &Row) -> StoreResult<Self> {
        let offer = row.text(7)?;
        let replaced = row.opt_text(WIDTH + 1)?;
        Ok(Self {
            claim: claim_at(row, 0)?,
            state: named(&row.text(WIDTH)?, "offer", &offer)?,
            replaced: replaced.map(|text| parse(&text, "offer", &offer)).transpose()?,
            offer,
        })
    }
}

/// Takes a word back where nothing has come after it; gives how many offers wait again.
pub(super) async fn undo(
    tx: &mut Tx,
    word: &DecisionId,
    reviewer: &Reviewer,
    now: Timestamp,
) -> StoreResult<u32> {
    let standing = standing(tx, word, reviewer, now).await?;
    let mut back = Vec::new();
    let mut gone = Vec::new();
    let listed = stored(tx, standing.iter().map(|one| one.claim.id.as_str())).await?;
    let open = |one: &&Standing| {
        one.state != OfferState::Listed || listed.get(one.claim.id.as_str()) == Some(&one.claim)
    };
    let undone: Vec<&Standing> = standing.iter().filter(open).collect();
    if undone.is_empty() {
        let why = "these claims have been settled or changed since: nothing is left to take back";
        return Err(StoreError::Conflict(why.into()));
    }
    for one in undone.iter().filter(|one| one.state == OfferState::Listed) {
        match &one.replaced {
            Some(before) => back.push((before, &one.claim)),
            None => gone.push(&one.claim),
        }
    }
    claims::remove(tx, &gone).await?;
    let (before, after): (Vec<&Claim>, Vec<&Claim>) = back.into_iter().unzip();
    let mut cases = Vec::new();
    if undone.iter().any(|one| one.state == OfferState::Listed) {
        list(tx, &before, after.into_iter()).await?;
        judge_again(tx, gone.iter().chain(&before)).await?;
        if !before.is_empty() {
            looks::ask(tx, &before, now).await?;
        }
        cases = note_gone(tx, &gone, reviewer, now).await?;
    }
    let sql = "UPDATE claim_offers SET state = 'waiting', replaced = NULL, word = NULL, person = NULL, who = NULL, \
               settled_at = NULL, leaf = NULL WHERE id IN";
    tx.each_of(sql, undone.iter().map(|one| one.offer.as_str().into()).collect()).await?;
    let offers: Vec<&str> = undone.iter().map(|one| one.offer.as_str()).collect();
    let leaf = (reviewer.person().as_str(), &offers, &cases);
    audit::append(tx, now, "claims.undo", word.as_str(), &leaf).await?;
    Ok(u32::try_from(undone.len()).unwrap_or(u32::MAX))
}

/// Lets items that repeat one of the claims be judged anew, with the list as it is now.
async fn judge_again<'a>(tx: &mut Tx, claims: impl Iterator<Item = &'a &'a Claim>) -> StoreResult<()> {
    let head = "SELECT DISTINCT i.id FROM judgements j JOIN items i ON i.seq = j.item \
                WHERE j.latest = 1 AND i.purged_at IS NULL AND j.claim IS NOT NULL AND j.claim IN";
    let rows = tx.all_of(head, claims.map(|claim| claim.id.as_str().into()).collect()).await?;
    let items = rows.iter().map(|row| row.text(0)).collect::<StoreResult<Vec<String>>>()?;
    jobs::add(tx, "analyse", items.iter().map(String::as_str)).await
}

/// Notes in the cases of claims that left the list who took them off; those that wait no longer repeat them. Gives the cases.
async fn note_gone(
    tx: &mut Tx,
    gone: &[&Claim],
    reviewer: &Reviewer,
    now: Timestamp,
) -> StoreResult<Vec<String>> {
    let ids = || gone.iter().map(|claim| claim.id.as_str().into()).collect::<Vec<Val>>();
    let head = "SELECT DISTINCT c.id, c.state, j.claim FROM judgements j JOIN case_items ci ON ci.item = j.item \
                JOIN cases c ON c.id = ci.case_id WHERE c.purged_at IS NULL AND j.latest = 1 \
                AND j.claim IS NOT NULL AND j.claim IN";
    let rows = tx.all_of_then(head, ids(), "ORDER BY c.id").await?;
    let (mut cases, mut events) = (Vec::with_capacity(rows.len()), Vec::with_capacity(rows.len()));
    for row in &rows {
        let (case, claim) = (row.text(0)?, row.text(2)?);
        let title = gone.iter().find(|one| one.id.as_str() == claim).map(|one| one.title.as_str());
        events.push(args![case.as_str(), micros(now), reviewer.name(), "claim_gone", title, row.text(1)?]);
        cases.push(case);
    }
    let head = "INSERT INTO case_events (case_id, at, who, what, note, state)";
    tx.insert(head, events, "").await?;
    let head = "UPDATE cases SET claim = NULL WHERE waiting = 1 AND claim IS NOT NULL AND claim IN";
    tx.each_of(head, ids()).await?;
    cases.dedup();
    Ok(cases)
}

/// What a word of this reviewer settled within a day and no later offer of the same claim has overtaken.
async fn standing(
    tx: &mut Tx,
    word: &DecisionId,
    reviewer: &Reviewer,
    now: Timestamp,
) -> StoreResult<Vec<Standing>> {
    let sql = format!(
        "SELECT {COLUMNS}, o.state, o.replaced, o.settled_at FROM claim_offers o WHERE o.word = $1 AND o.person = $2 \
         AND NOT EXISTS (SELECT 1 FROM claim_offers l WHERE l.claim = o.claim AND l.seq > o.seq) ORDER BY o.seq"
    );
    let rows = tx.all(&sql, args![word.as_str(), reviewer.person().as_str()]).await?;
    let late = rows.first().map(|row| timestamp(row.int(WIDTH + 2)?)).transpose()?;
    if late.is_some_and(|at| now.duration_since(at) > UNDO_WITHIN) {
        return Err(StoreError::Conflict("a word on claims can be taken back within 24 hours".into()));
    }
    rows.iter().map(Standing::read).collect()
}
