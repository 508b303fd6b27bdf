//! The index: claims, grouped where their titles read the same, in three views.

use super::embeddings::Placed;
use super::field::{Field, RUN};
use super::framing::title_words;
use super::learnt::Scorer;
use super::query::Ranked;
use super::weights::Weights;
use super::words::{Views, Word, hash, is_english};
use saring_domain::{Claim, Scam, ScamGroup};
use std::borrow::Cow;
use std::collections::HashMap;
use std::hint::black_box;
use std::sync::Arc;

/// Titles added last are compared one by one; with more than this they get postings.
const TAIL: usize = 512;

/// Characters of an English claim's text that are read.
const TEXT: usize = 400;

/// Stands for the day of a claim without a date: older than every post.
const UNDATED: i32 = i32::MIN;

/// A word of a title, as much of it as ranking needs.
#[derive(Clone, Copy)]
pub(super) struct TitleWord {
    /// Id of its stem among the stems of all titles.
    pub stem: u32,
    /// Digits only.
    pub number: bool,
    /// Began with a capital letter.
    pub capital: bool,
}

/// A title and all claims that carry it.
pub(super) struct Group {
    /// Positions in the claim list, in order.
    pub claims: Vec<u32>,
    /// The words of the title but for stop words, in order.
    pub words: Box<[TitleWord]>,
    /// Whether it is English.
    pub english: bool,
    /// Whether it names a recurring scam.
    pub scam: bool,
}

/// The searchable list of known claims. Building is linear; a search does not change it.
#[derive(Default)]
pub struct ClaimIndex {
    claims: Vec<Claim>,
    pub(super) groups: Vec<Group>,
    /// For each group the earliest day among its claims, as [`day_number`] tells days; [`UNDATED`] when one has none.
    earliest: Vec<i32>,
    /// Where the title of each group lies, as its words mean; empty without embeddings.
    pub(super) placed: Vec<Placed>,
    by_title: HashMap<u64, u32>,
    /// How many claims are of each kind of recurring scam, in the order of [`Scam::ALL`].
    scams: [u32; Scam::ALL.len()],
    pub(super) stems: Field,
    pub(super) grams: Field,
    pub(super) pairs: Field,
    /// Groups below this have postings.
    pub(super) indexed: usize,
    /// Where the runs of postings begin, and a day after which none of their titles was published.
    pub(super) runs: Vec<(usize, i32)>,
    /// How many groups there were when the frequencies were last brought up to date.
    fresh: usize,
    pub(super) scorer: Scorer,
    pub(super) weights: Arc<Weights>,
}

impl ClaimIndex {
    /// An index over `claims` with the given weights.
    pub fn new(claims: &[Claim], weights: Arc<Weights>) -> Self {
        let scorer = Scorer::new(weights.learnt.clone());
        let mut index = Self { weights, scorer, ..Self::default() };
        claims.iter().for_each(|claim| index.push(claim));
        index.rebuild();
        index
    }

    /// An index over other claims with the same weights.
    pub fn like(&self, claims: &[Claim]) -> Self {
        Self::new(claims, Arc::clone(&self.weights))
    }

    /// Adds claims: linear in their number. Document frequencies follow when the list has grown by half.
    pub fn add(&mut self, claims: &[Claim]) {
        claims.iter().for_each(|claim| self.push(claim));
        if self.groups.len() - self.indexed <= TAIL {
            return;
        }
        if self.groups.len() > self.fresh + self.fresh / 2 + TAIL {
            self.rebuild();
        } else {
            self.extend();
        }
    }

    /// The claims in the order they were given.
    pub fn claims(&self) -> &[Claim] {
        &self.claims
    }

    /// Number of claims.
    pub fn len(&self) -> usize {
        self.claims.len()
    }

    /// Whether nothing is known.
    pub fn is_empty(&self) -> bool {
        self.claims.is_empty()
    }

    /// The weights in use.
    pub fn weights(&self) -> &Weights {
        &self.weights
    }

    /// The recurring scam that a claim of the list is one of, with how many others are.
    pub fn scam(&self, claim: &Claim) -> Option<ScamGroup> {
        let kind = claim.scam()?;
        Some(ScamGroup { kind, others: self.scams[kind as usize].saturating_sub(1) })
    }

    /// Every claim with the group of those whose titles read the same.
    pub fn grouped(&self) -> impl Iterator<Item = (&Claim, u32)> {
        let of = |(at, group): (u32, &'_ Group)| {
            group.claims.iter().map(move |&claim| (claim, at)).collect::<Vec<_>>()
        };
        (0..).zip(&self.groups).flat_map(of).map(|(claim, group)| (&self.claims[claim as usize], group))
    }

    /// What each group is found by.
    pub(crate) fn wordings(&self) -> impl Iterator<Item = Cow<'_, str>> {
        self.groups.iter().map(|group| wording(&self.claims[group.claims[0] as usize]).0)
    }

    /// For each group from `first` on the day before which none of its claims was published.
    pub(super) fn earliest(&self, first: u32) -> &[i32] {
        self.earliest.get(first as usize..).unwrap_or_default()
    }

    /// Touches the words of ranked titles, so that they come from memory together instead of one after another.
    pub(super) fn fetch(&self, ranked: &[Ranked]) {
        let first = |r: &Ranked| self.groups[r.group as usize].words.first().map_or(0, |word| word.stem);
        black_box(ranked.iter().fold(0, |all, r| all ^ first(r)));
    }

    /// Whether all claims of a group were published after `day`, a [`day_number`].
    pub(super) fn newer(&self, group: u32, day: Option<i32>) -> bool {
        day.is_some_and(|day| self.earliest[group as usize] > day)
    }

    fn push(&mut self, claim: &Claim) {
        let at = self.claims.len() as u32;
        let scam = claim.scam();
        if let Some(kind) = scam {
            self.scams[kind as usize] += 1;
        }
        self.claims.push(claim.clone());
        let (_, words) = wording(claim);
        let key = words.iter().fold(0x5bd1_e995_u64, |key, word| {
            (key.rotate_left(7) ^ u64::from(hash(&word.text))).wrapping_mul(0x9e37_79b9_7f4a_7c15)
        });
        let day = claim.date.map_or(UNDATED, day_number);
        if let Some(&group) = self.by_title.get(&key) {
            self.groups[group as usize].claims.push(at);
            let earliest = &mut self.earliest[group as usize];
            *earliest = day.min(*earliest);
            return;
        }
        self.by_title.insert(key, self.groups.len() as u32);
        let views = Views::of(&words);
        let background = &self.weights.background;
        self.stems.push(&views.stems, &background.stems, background.posts);
        self.grams.push(&views.grams, &background.grams, background.posts);
        self.pairs.push(&views.pairs, &background.pairs, background.posts);
        let english = is_english(&words);
        if !self.weights.embeddings.is_empty() {
            self.placed.push(self.weights.embeddings.place(&words));
        }
        let kept = words.iter().filter(|word| !word.stop);
        let known = kept.filter_map(|word| Some((word, self.stems.id(word.stem)?)));
        let words = known
            .map(|(word, stem)| TitleWord { stem, number: word.number, capital: word.capital })
            .collect();
        self.groups.push(Group { claims: vec![at], words, english, scam: scam.is_some() });
        self.earliest.push(day);
    }

    fn rebuild(&mut self) {
        let background = &self.weights.background;
        let posts = background.posts;
        self.stems.refresh(&background.stems, posts);
        self.grams.refresh(&background.grams, posts);
        self.pairs.refresh(&background.pairs, posts);
        self.fresh = self.groups.len();
        self.runs.clear();
        self.indexed = 0;
        self.extend();
    }

    /// Gives the titles without postings postings, in one run with the last runs where these are not longer: so adding to a
    /// long list stays quick, and there are few runs.
    fn extend(&mut self) {
        let mut first = self.indexed;
        let next = self.groups.len();
        while let Some(&(run, _)) = self.runs.last()
            && first - run <= next - first
            && next - run <= RUN
        {
            first = run;
            self.runs.pop();
        }
        // 4-grams only bring in titles that share no stem with the post; common ones would bring in all
        let rare = (next / 100).clamp(24, 100);
        for first in (first..next).step_by(RUN) {
            let latest = self.earliest[first..next.min(first + RUN)].iter().copied().max();
            let titles = first as u32..next.min(first + RUN) as u32;
            self.stems.index(titles.clone(), usize::MAX);
            self.grams.index(titles, rare);
            self.runs.push((first, latest.unwrap_or(UNDATED)));
        }
        self.indexed = next;
    }
}

/// What a claim is found by, and its words: the title. Checks in English put what was claimed beside the headline, so theirs is the
/// text too; that of Indonesian ones is mostly what the check came to, which no post says.
fn wording(claim: &Claim) -> (Cow<'_, str>, Vec<Word>) {
    if !claim.text.is_empty() {
        let text: String = claim.text.chars().take(TEXT).collect();
        let both = format!("{} {text}", claim.title);
        let own = title_words(&both);
        if is_english(&own) {
            return (Cow::Owned(both), own);
        }
    }
    (Cow::Borrowed(&claim.title), title_words(&claim.title))
}

/// A number that grows from day to day, good for comparing.
pub(super) fn day_number(date: jiff::civil::Date) -> i32 {
    i32::from(date.year()) * 366 + i32::from(date.day_of_year())
}
