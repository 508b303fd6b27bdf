//! Judging what was captured, and making cases of it. Any job may run twice.

use super::look_back::LookBack;
use super::watch::Watching;
use crate::encoder;
use crate::wiring::House;
use anyhow::Context;
use saring_analysis::analyser::Judged as Thought;
use saring_analysis::detect::duplicate::{Duplicates, Print};
use saring_analysis::model::Models;
use saring_analysis::{Analyser, Known, Settings};
use saring_domain::{Item, ItemId, Office, Queue, office};
use saring_store::traits::{Analyses, Claims, Jobs, Looks};
use saring_store::views::Judged;
use std::collections::{HashMap, HashSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

/// Jobs leased at once.
const BATCH: u32 = 500;
/// Seconds until another process may take over a lease.
const LEASE: u32 = 300;

/// What a run of analysis came to.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Counts {
    /// Items judged.
    pub judged: u64,
    /// Items that could not be judged; they are marked so and stay readable.
    pub unscored: u64,
    /// Cases opened or added to.
    pub cases: u64,
    /// Items by queue.
    pub queues: HashMap<String, u64>,
}

/// The judging service of an office.
pub struct Judge {
    house: Arc<House>,
    /// With the number of the claim list it was built from.
    analyser: Option<(Arc<Analyser>, u64)>,
    /// Why there is none.
    broken: Option<String>,
    seen: Duplicates,
    watching: Watching,
    look_back: LookBack,
}

impl Judge {
    /// Takes in the fingerprints of what was seen before, and over what a killed process left behind.
    pub async fn new(house: Arc<House>) -> anyhow::Result<Self> {
        for kind in ["analyse", "assemble"] {
            house.store.reclaim(kind).await?;
        }
        house.store.judge_unscored_again().await?;
        let mut seen = Duplicates::new();
        let prints = house.store.prints().await?.into_iter();
        seen.seed(prints.map(|known| (known.item.0, Print { exact: known.exact, near: known.near })));
        let watching = Watching::new(Arc::clone(&house));
        Ok(Self { house, analyser: None, broken: None, seen, watching, look_back: LookBack::default() })
    }

    /// Judges, assembles and looks back for new claims until nothing waits, what came in first; calls `step` with the items
    /// done after each batch.
    pub async fn drain(&mut self, mut step: impl FnMut(u64)) -> anyhow::Result<Counts> {
        let mut counts = Counts::default();
        loop {
            self.watching.refresh().await?;
            let jobs = self.house.store.lease("analyse", BATCH, LEASE, self.house.now()).await?;
            if !jobs.is_empty() {
                let ids: Vec<ItemId> = jobs.iter().map(|job| ItemId(job.subject.clone())).collect();
                let items = self.house.store.items(&ids).await?;
                let mut judged = self.judge(&items).await?;
                self.watching.look(&items, &mut judged).await?;
                for one in &judged {
                    count(&mut counts, one);
                }
                let done: Vec<i64> = jobs.iter().map(|job| job.id).collect();
                self.house.store.save_judgements(&judged, &done, self.house.now()).await?;
                step(done.len() as u64);
            }
            counts.cases += self.assemble().await?;
            if jobs.is_empty() && !self.look_back().await? {
                return Ok(counts);
            }
        }
    }

    /// A step back over what was judged before a claim came to the list; whether there was one to take.
    pub async fn look_back(&mut self) -> anyhow::Result<bool> {
        let Some(look) = self.house.store.next_look().await? else {
            self.look_back.rest();
            return Ok(false);
        };
        // without models nothing is matched: it waits like all else
        let Some(analyser) = self.ready().await? else { return Ok(false) };
        let mut step = self.look_back.step(&self.house, look, &analyser).await?;
        self.watching.look(&step.items, &mut step.judged).await?;
        let (store, now) = (&self.house.store, self.house.now());
        store.save_looked(&step.look, &step.judged, step.seen, step.place, now).await?;
        Ok(true)
    }

    async fn assemble(&self) -> anyhow::Result<u64> {
        let mut cases = HashSet::new();
        let office = &self.house.config.own_office().id;
        loop {
            let jobs = self.house.store.lease("assemble", BATCH, LEASE, self.house.now()).await?;
            if jobs.is_empty() {
                return Ok(cases.len() as u64);
            }
            cases.extend(self.house.store.assemble(&jobs, office, self.house.now()).await?);
        }
    }

    /// Judges items on all cores; a missing model or an item the detectors fail on costs only the score.
    async fn judge(&mut self, items: &[Item]) -> anyhow::Result<Vec<Judged>> {
        let Some(analyser) = self.ready().await? else {
            let why = self.broken.clone().unwrap_or_default();
            return Ok(items.iter().map(|item| unscored(item, why.clone())).collect());
        };
        let items = items.to_vec();
        let thoughts =
            tokio::task::spawn_blocking(move || think(&analyser, items)).await.context("analysis")?;
        Ok(thoughts.into_iter().map(|(item, thought)| self.settle(&item, thought)).collect())
    }

    /// Copies are found in the order of arrival.
    fn settle(&mut self, item: &Item, thought: Option<Thought>) -> Judged {
        let Some(Thought { mut judgement, print }) = thought else {
            return unscored(item, "the detectors failed on this text; report it".into());
        };
        judgement.duplicate_of = self.seen.check(&judgement.id, &print);
        Judged {
            item: item.id.clone(),
            judgement: Some(judgement),
            unscored: None,
            exact: print.exact,
            near: print.near,
            watched: Vec::new(),
        }
    }

    /// The analyser for the claim list as it is now.
    async fn ready(&mut self) -> anyhow::Result<Option<Arc<Analyser>>> {
        let generation = self.house.store.claims_generation().await?;
        if let Some((analyser, built)) = &self.analyser
            && *built == generation
        {
            return Ok(Some(Arc::clone(analyser)));
        }
        let (claims, generation) = self.house.store.claims().await?;
        let house = Arc::clone(&self.house);
        match tokio::task::spawn_blocking(move || build(&house, &claims)).await.context("analysis")? {
            Ok(analyser) => {
                let analyser = Arc::new(analyser);
                self.analyser = Some((Arc::clone(&analyser), generation));
                if self.broken.take().is_some() {
                    self.house.store.judge_unscored_again().await?;
                }
                Ok(Some(analyser))
            }
            Err(error) => {
                tracing::error!("items are captured but not judged: {error:#}");
                self.broken = Some(format!("{error:#}"));
                Ok(None)
            }
        }
    }
}

/// Builds the analyser of an office.
pub fn build(house: &House, claims: &[saring_domain::Claim]) -> anyhow::Result<Analyser> {
    let models = match &house.config.analysis.models {
        Some(folder) => {
            let folder = house.config.path(folder);
            Models::from_dir(&folder).with_context(|| folder.display().to_string())?
        }
        None => Models::shipped(),
    };
    let (own, offices) = (house.config.own_office(), &house.config.office);
    let below: Vec<&Office> = office::below(offices, &own.id).collect();
    let mut known = Known::new(&models, claims)?.for_office(own).with_offices_below(&below);
    if house.config.analysis.precise {
        known.precise = Some(encoder::precise(&models, &known.claims)?);
    }
    known.gazetteer = known.gazetteer.with_areas(&house.config.areas()?);
    known.groups = house.config.groups()?;
    known.source_areas = house
        .config
        .source
        .iter()
        .filter_map(|source| Some((source.id.clone(), source.area.clone()?)))
        .collect();
    // the house knows a check whenever it was published: what is on the list is matched with whatever is read now
    let settings = Settings { later_claims: true, ..Settings::default() };
    Ok(Analyser::new(&models, known, &settings)?)
}

/// The batch at once; where a text makes a detector fail, one by one.
fn think(analyser: &Analyser, items: Vec<Item>) -> Vec<(Item, Option<Thought>)> {
    if let Ok(thoughts) = catch_unwind(AssertUnwindSafe(|| analyser.judge(&items))) {
        return items.into_iter().zip(thoughts.into_iter().map(Some)).collect();
    }
    let one = |item: Item| {
        let thought = catch_unwind(AssertUnwindSafe(|| analyser.judge_one(&item))).ok();
        (item, thought)
    };
    items.into_iter().map(one).collect()
}

fn unscored(item: &Item, why: String) -> Judged {
    let (exact, near, watched) = (0, Vec::new(), Vec::new());
    Judged { item: item.id.clone(), judgement: None, unscored: Some(why), exact, near, watched }
}

fn count(counts: &mut Counts, judged: &Judged) {
    match &judged.judgement {
        None => counts.unscored += 1,
        Some(judgement) => {
            counts.judged += 1;
            if judgement.queue != Queue::None {
                *counts.queues.entry(judgement.queue.code().to_owned()).or_default() += 1;
            }
        }
    }
}
