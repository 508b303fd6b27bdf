//! What feeds say: new claims and changes begin to wait, what is known already makes no work.

use super::digest;
use crate::audit;
use crate::claims::{self, as_stored, claim_at, stored};
use crate::db::{Tx, Val, args};
use crate::encode::{fresh_id, micros};
use crate::error::StoreResult;
use crate::traits::MOST_OFFERS;
use crate::views::Offered;
use jiff::Timestamp;
use saring_domain::{Claim, OfferState, SourceId};
use serde::Serialize;
use std::collections::{HashMap, HashSet};

/// What the log says of claims that a feed offered.
#[derive(Serialize)]
struct Leaf<'a> {
    new: usize,
    changed: usize,
    /// Offers that the feed took back by saying again what is listed.
    withdrawn: usize,
    digests: Vec<&'a str>,
}

/// A former offer of a claim.
struct Former {
    id: String,
    state: String,
    digest: String,
}

/// What is to be done with an offered claim.
#[derive(PartialEq, Eq)]
enum Todo {
    Nothing,
    Wait,
    Replace(String),
    Withdraw(String),
}

pub(super) async fn offer(
    tx: &mut Tx,
    source: &SourceId,
    claims: &[Claim],
    now: Timestamp,
) -> StoreResult<Offered> {
    let offered = resolved(tx, claims).await?;
    let listed = stored(tx, offered.iter().map(|claim| claim.id.as_str())).await?;
    let former = former(tx, &offered).await?;
    let sql = "SELECT COUNT(*) FROM claim_offers WHERE source = $1 AND state = 'waiting'";
    let waiting = tx.number(sql, args![source.as_str()]).await?;
    let (mut room, mut left) = ((i64::from(MOST_OFFERS) - waiting).max(0), 0);
    let (mut fresh, mut replaced, mut withdrawn, mut digests) = (Vec::new(), 0, 0, Vec::new());
    for claim in &offered {
        let digest = digest(claim)?;
        let known = former.get(claim.id.as_str()).map_or(&[][..], Vec::as_slice);
        match todo(claim, &digest, listed.get(claim.id.as_str()), known) {
            Todo::Nothing => continue,
            Todo::Wait if room == 0 => {
                left += 1;
                continue;
            }
            Todo::Wait => {
                fresh.push(values(source, claim, &digest, now)?);
                room -= 1;
            }
            Todo::Replace(old) => {
                delete(tx, &old).await?;
                fresh.push(values(source, claim, &digest, now)?);
                replaced += 1;
            }
            Todo::Withdraw(old) => {
                delete(tx, &old).await?;
                withdrawn += 1;
            }
        }
        digests.push(digest);
    }
    let (began, touched) = (fresh.len(), digests.len());
    const HEAD: &str = "INSERT INTO claim_offers (id, claim, source, at, state, title, text, url, date, verdict, \
                        publisher, digest)";
    tx.insert(HEAD, fresh, "").await?;
    if touched > 0 {
        let digests = digests.iter().map(String::as_str).collect();
        let leaf = Leaf { new: began - replaced, changed: replaced, withdrawn, digests };
        audit::append(tx, now, "claims.offer", source.as_str(), &leaf).await?;
    }
    let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    let repeated = count(claims.len().saturating_sub(began + left));
    Ok(Offered { new: count(began), repeated, left: count(left) })
}

fn todo(claim: &Claim, digest: &str, listed: Option<&Claim>, former: &[Former]) -> Todo {
    let waiting = former.iter().find(|offer| offer.state == OfferState::Waiting.code());
    let refused = |offer: &&Former| offer.state == OfferState::Refused.code() && offer.digest == digest;
    match waiting {
        Some(offer) if listed == Some(claim) => Todo::Withdraw(offer.id.clone()),
        Some(offer) if offer.digest != digest => Todo::Replace(offer.id.clone()),
        Some(_) => Todo::Nothing,
        None if listed == Some(claim) => Todo::Nothing,
        None if former.iter().any(|offer| refused(&offer)) => Todo::Nothing,
        // the office may have listed other words since: the feed says nothing new
        None if former.last().is_some_and(|offer| offer.digest == digest) => Todo::Nothing,
        None => Todo::Wait,
    }
}

/// The claims as they would be stored, each once, under the id of the list where that knows the check by its address.
/// Those whose check is listed with the same verdict are left out: other words for the same make no work.
async fn resolved(tx: &mut Tx, claims: &[Claim]) -> StoreResult<Vec<Claim>> {
    let (mut places, mut out): (HashMap<&str, usize>, Vec<Claim>) = (HashMap::new(), Vec::new());
    for claim in claims {
        match places.get(claim.id.as_str()).and_then(|at| out.get_mut(*at)) {
            Some(earlier) => *earlier = as_stored(claim),
            None => {
                places.insert(claim.id.as_str(), out.len());
                out.push(as_stored(claim));
            }
        }
    }
    let by_id = stored(tx, out.iter().map(|claim| claim.id.as_str())).await?;
    let by_url = listed_by_url(tx, &out).await?;
    let mut several = HashSet::new();
    let mut seen = HashSet::new();
    for url in out.iter().filter_map(|claim| claim.url.as_deref()) {
        if !seen.insert(url.to_owned()) {
            several.insert(url.to_owned());
        }
    }
    out.retain_mut(|claim| {
        let url = claim.url.as_deref().filter(|url| !several.contains(*url)).unwrap_or_default();
        let Some([listed]) = by_url.get(url).map(Vec::as_slice) else { return true };
        if by_id.contains_key(claim.id.as_str()) || listed.id == claim.id {
            return true;
        }
        claim.id = listed.id.clone();
        listed.rating() != claim.rating()
    });
    Ok(out)
}

async fn listed_by_url(tx: &mut Tx, offered: &[Claim]) -> StoreResult<HashMap<String, Vec<Claim>>> {
    let urls: HashSet<&str> = offered.iter().filter_map(|claim| claim.url.as_deref()).collect();
    let head = format!("SELECT {} FROM claims c WHERE c.url IN", claims::COLUMNS);
    let mut out: HashMap<String, Vec<Claim>> = HashMap::new();
    for row in tx.all_of(&head, urls.into_iter().map(Into::into).collect()).await? {
        let claim = claim_at(&row, 0)?;
        out.entry(claim.url.clone().unwrap_or_default()).or_default().push(claim);
    }
    Ok(out)
}

/// Former offers by claim, oldest first.
async fn former(tx: &mut Tx, offered: &[Claim]) -> StoreResult<HashMap<String, Vec<Former>>> {
    let ids: Vec<Val> = offered.iter().map(|claim| claim.id.as_str().into()).collect();
    let head = "SELECT claim, id, state, digest FROM claim_offers WHERE claim IN";
    let mut out: HashMap<String, Vec<Former>> = HashMap::new();
    for row in tx.all_of_then(head, ids, "ORDER BY claim, seq").await? {
        let former = Former { id: row.text(1)?, state: row.text(2)?, digest: row.text(3)? };
        out.entry(row.text(0)?).or_default().push(former);
    }
    Ok(out)
}

async fn delete(tx: &mut Tx, offer: &str) -> StoreResult<()> {
    tx.run("DELETE FROM claim_offers WHERE id = $1", args![offer]).await.map(drop)
}

fn values(source: &SourceId, claim: &Claim, digest: &str, now: Timestamp) -> StoreResult<Vec<Val>> {
    Ok(args![
        fresh_id('o')?,
        claim.id.as_str(),
        source.as_str(),
        micros(now),
        OfferState::Waiting.code(),
        claim.title.as_str(),
        claim.text.as_str(),
        claim.url.as_deref(),
        claim.date.map(|date| date.to_string()),
        claim.verdict.as_deref(),
        claim.source.as_deref(),
        digest,
    ])
}
