//! Matching items against the watches that run, and what was kept against a watch that begins to.

use crate::wiring::House;
use anyhow::Context;
use saring_analysis::watch::content_words;
use saring_analysis::{Followed, Matcher};
use saring_domain::{ClaimId, Item, ItemId, OfficeWatch, WatchId};
use saring_store::traits::{Claims, Watches};
use saring_store::views::{Judged, Watched};
use saring_text::Plain;
use std::collections::HashSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

/// Items looked at in one go where a watch begins.
const BATCH: u32 = 500;

/// The watches as they were when last asked, ready to be matched.
pub struct Watching {
    house: Arc<House>,
    now: Option<Arc<Ready>>,
}

struct Ready {
    watches: Vec<OfficeWatch>,
    matcher: Matcher,
}

impl Watching {
    /// Nothing is watched before [`Self::refresh`].
    pub fn new(house: Arc<House>) -> Self {
        Self { house, now: None }
    }

    /// Takes in what runs now: an ended watch stops, one that was approved is matched with the items that are kept.
    pub async fn refresh(&mut self) -> anyhow::Result<()> {
        let running = self.house.store.running_watches(self.house.now()).await?;
        let known = self.now.as_ref().map_or(&[][..], |ready| &ready.watches);
        if running.iter().map(|watch| &watch.id).eq(known.iter().map(|watch| &watch.id)) {
            return Ok(());
        }
        let known: HashSet<WatchId> = known.iter().map(|watch| watch.id.clone()).collect();
        let fresh = running.iter().any(|watch| !known.contains(&watch.id));
        let mut followed = Vec::with_capacity(running.len());
        for watch in &running {
            let title = match &watch.draft.claim {
                Some(claim) => self.house.store.claim(claim).await?.map(|claim| claim.title),
                None => None,
            };
            let about = format!("{} {}", watch.draft.purpose, title.unwrap_or_default());
            followed.push(Followed { terms: watch.draft.terms.clone(), about });
        }
        let matcher = Matcher::new(&followed).context("watches")?;
        let ready = Arc::new(Ready { watches: running, matcher });
        self.now = Some(Arc::clone(&ready));
        if fresh { self.catch_up(ready, &known).await } else { Ok(()) }
    }

    /// What running watches say of items that were just judged.
    pub async fn look(&self, items: &[Item], judged: &mut [Judged]) -> anyhow::Result<()> {
        let Some(ready) = self.now.as_ref().filter(|ready| !ready.watches.is_empty()) else { return Ok(()) };
        let claim = |judged: &Judged| {
            judged
                .judgement
                .as_ref()
                .and_then(|judgement| Some(ClaimId::from(judgement.same_claim()?.id.as_str())))
        };
        let pairs =
            items.iter().zip(judged.iter()).map(|(item, judged)| (item.clone(), claim(judged))).collect();
        let found = look(Arc::clone(ready), pairs).await?;
        for (judged, (_, watched)) in judged.iter_mut().zip(found) {
            judged.watched = watched;
        }
        Ok(())
    }

    /// Goes once over the items that are kept, for watches that are not among `known`.
    async fn catch_up(&self, ready: Arc<Ready>, known: &HashSet<WatchId>) -> anyhow::Result<()> {
        let mut place = 0;
        loop {
            let (items, last) = self.house.store.kept_items(place, BATCH).await?;
            if items.is_empty() {
                return Ok(());
            }
            let mut found = look(Arc::clone(&ready), items).await?;
            for (_, watched) in &mut found {
                watched.retain(|hit| !known.contains(&hit.watch));
            }
            found.retain(|(_, watched)| !watched.is_empty());
            self.house.store.save_watched(&found, self.house.now()).await?;
            place = last;
        }
    }
}

/// Matching takes the cores, not the threads that serve.
async fn look(
    ready: Arc<Ready>,
    items: Vec<(Item, Option<ClaimId>)>,
) -> anyhow::Result<Vec<(ItemId, Vec<Watched>)>> {
    let all = move || {
        // a text that the matcher fails on costs only its own watches, as it costs only its own score
        let one = |(item, claim): &(Item, Option<ClaimId>)| {
            let found = catch_unwind(AssertUnwindSafe(|| said(&ready, item, claim.as_ref())));
            (item.id.clone(), found.unwrap_or_default())
        };
        items.iter().map(one).collect()
    };
    tokio::task::spawn_blocking(all).await.context("watches")
}

/// A watch bound to a claim missed what repeats the claim; one for a topic may have missed what shares its words.
fn said(ready: &Ready, item: &Item, claim: Option<&ClaimId>) -> Vec<Watched> {
    let plain = Plain::of(&item.full_text());
    let looked = ready.matcher.look(&plain);
    let mut out: Vec<Watched> = Vec::new();
    for caught in looked.caught {
        let watch = ready.watches[caught.watch].id.clone();
        out.push(Watched { watch, caught: true, spans: caught.spans, words: Vec::new() });
    }
    for (at, watch) in ready.watches.iter().enumerate() {
        let near = match &watch.draft.claim {
            Some(bound) => claim == Some(bound),
            None => looked.near.contains(&at),
        };
        if near && !out.iter().any(|hit| hit.watch == watch.id) {
            let words = content_words(&plain);
            out.push(Watched { watch: watch.id.clone(), caught: false, spans: Vec::new(), words });
        }
    }
    out
}
