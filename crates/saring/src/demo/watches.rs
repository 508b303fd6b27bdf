//! The watches of the invented district: one that runs and one that waits for a second person.

use super::content::Content;
use crate::wiring::House;
use anyhow::Context;
use jiff::{Timestamp, ToSpan};
use saring_domain::{ClaimId, Reviewer, WatchDraft, WatchId, WatchWord};
use saring_store::traits::Watches;

/// Opens both; each person proves who they are by the demo's own passwords.
pub async fn open(house: &House, content: &Content, now: Timestamp) -> anyhow::Result<()> {
    let [sri, budi, laras] = [
        person(house, content, "sri").await?,
        person(house, content, "budi").await?,
        person(house, content, "laras").await?,
    ];
    // these miss some copies, so that the check of what was missed has something to show
    let poison = ["pdam sukamaju beracun", "limbah beracun"];
    let purpose = "Mengikuti sebaran klaim air PDAM beracun, supaya penjelasan sampai sebelum warga panik";
    let running = propose(house, &budi, Some("c01".into()), &poison, purpose, now).await?;
    house.store.settle_watch(&sri, &running, WatchWord::Approve, now).await?;
    let purpose =
        "Kabar beras plastik menjelang pembagian bantuan: apakah perlu penjelasan bersama dinas pangan?";
    propose(house, &laras, None, &["beras plastik", "beras palsu"], purpose, now).await?;
    Ok(())
}

async fn person(house: &House, content: &Content, login: &str) -> anyhow::Result<Reviewer> {
    let known = content.people.iter().find(|person| person.login == login);
    let known = known.with_context(|| format!("the demo has nobody called {login}"))?;
    let proven = saring_desk::proven(&house.store, login, &known.password).await?;
    proven.with_context(|| format!("{login} of the demo decides nothing"))
}

async fn propose(
    house: &House,
    owner: &Reviewer,
    claim: Option<ClaimId>,
    terms: &[&str],
    purpose: &str,
    now: Timestamp,
) -> anyhow::Result<WatchId> {
    let office = house.config.own_office();
    let draft = WatchDraft {
        claim,
        terms: terms.iter().map(|term| (*term).to_owned()).collect(),
        purpose: purpose.to_owned(),
        reason: String::new(),
        until: now.to_zoned_datetime(office.time_zone()).date().saturating_add(14.days()),
    };
    let proposed = draft.propose(owner, office, now);
    let proposed = proposed.map_err(|flaws| anyhow::anyhow!("a watch of the demo: {flaws:?}"))?;
    Ok(house.store.open_watch(&proposed, now).await?)
}
