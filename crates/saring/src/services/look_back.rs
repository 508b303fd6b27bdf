//! Looking back for claims that came to the list after items were judged, a step at a time.

use crate::wiring::House;
use anyhow::Context;
use saring_analysis::{Analyser, Newcomers};
use saring_domain::{Item, Judgement};
use saring_store::traits::Looks;
use saring_store::views::{Judged, Look};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

/// Items looked at in one step: what comes in meanwhile waits no longer than for these.
const STEP: u32 = 200;

/// A step: what was looked at, and what repeats one of the claims.
pub(super) struct Step {
    pub(super) look: Look,
    pub(super) items: Vec<Item>,
    pub(super) judged: Vec<Judged>,
    pub(super) seen: u32,
    pub(super) place: i64,
}

/// The claims of the look that goes on.
#[derive(Default)]
pub(super) struct LookBack {
    now: Option<(i64, Arc<Newcomers>)>,
}

impl LookBack {
    /// The next step of the oldest look that is not done.
    pub(super) async fn step(
        &mut self,
        house: &House,
        look: Look,
        analyser: &Arc<Analyser>,
    ) -> anyhow::Result<Step> {
        let newcomers = match &self.now {
            Some((id, newcomers)) if *id == look.id => Arc::clone(newcomers),
            _ => {
                let claims = house.store.look_claims(&look).await?;
                let analyser = Arc::clone(analyser);
                let made = tokio::task::spawn_blocking(move || Newcomers::new(&analyser, &claims)).await;
                let newcomers = Arc::new(made.context("claims that came")?);
                self.now = Some((look.id, Arc::clone(&newcomers)));
                newcomers
            }
        };
        let (found, place) = house.store.look_items(&look, STEP).await?;
        let seen = u32::try_from(found.len()).unwrap_or(u32::MAX);
        let analyser = Arc::clone(analyser);
        let all = move || found.iter().filter_map(|one| again(&analyser, &newcomers, one)).unzip();
        let (items, judged) = tokio::task::spawn_blocking(all).await.context("looking back")?;
        Ok(Step { look, items, judged, seen, place })
    }

    /// Nothing is to be looked at.
    pub(super) fn rest(&mut self) {
        self.now = None;
    }
}

/// A text that the matcher fails on stays as it was judged.
fn again(
    analyser: &Analyser,
    newcomers: &Newcomers,
    (item, judgement): &(Item, Judgement),
) -> Option<(Item, Judged)> {
    let found = catch_unwind(AssertUnwindSafe(|| analyser.look_back(newcomers, item, judgement)));
    let found = found.ok().flatten()?;
    let judged = Judged {
        item: item.id.clone(),
        judgement: Some(found.judgement),
        unscored: None,
        exact: found.print.exact,
        near: found.print.near,
        watched: Vec::new(),
    };
    Some((item.clone(), judged))
}
