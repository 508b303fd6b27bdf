//! Searching: candidates by shared stems and rare 4-grams, then all three views exactly.

use super::field::{Field, idf};
use super::index::ClaimIndex;
use super::words::{Views, Word, words};
use saring_domain::Claim;
use std::cell::RefCell;

/// How many candidate titles are scored in all views for a long ranking, and for one of [`SHORT`] titles at most.
const CANDIDATES: usize = 96;
const FEW: usize = 24;
const SHORT: usize = 20;
/// How many are scored by their stems to choose those.
const FIRST: usize = 256;
/// Postings read per term and run at most.
const PER_TERM: usize = 1000;
/// Postings of stems and of 4-grams read per post at most, rarest terms first: bounds the time of very long posts and very
/// long lists.
const STEMS: usize = 16_000;
const RARE_GRAMS: usize = 2_000;
/// Weights of the three views and the power of coverage, of the recipe in `evaluation.md`.
const GRAMS: f32 = 0.6;
const PAIRS: f32 = 0.1;
const COVERAGE: f32 = 0.3;

/// BM25 and coverage of one title in one view.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct View {
    /// BM25 of the distinct query terms.
    pub raw: f32,
    /// Share of the title's weight that the post has, 0..=1.
    pub cover: f32,
    /// `raw * cover^0.3`.
    pub scaled: f32,
}

/// A title that the post may speak of.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ranked {
    /// Group of claims with this title.
    pub group: u32,
    /// The weighted sum of the three views, each divided by its maximum for the query: 0..=1.7.
    pub lexical: f32,
    /// Stems.
    pub stems: View,
    /// Character 4-grams.
    pub grams: View,
    /// Pairs of stems.
    pub pairs: View,
}

/// One claim of a ranked title.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Hit {
    /// Position in [`ClaimIndex::claims`].
    pub claim: u32,
    /// Position in the ranking of titles.
    pub rank: usize,
}

/// What the postings read so far say of a title.
#[derive(Clone, Copy, Default)]
struct Sum {
    raw: f32,
    cover: f32,
}

/// Buffers that a thread uses again for every post.
#[derive(Default)]
struct Scratch {
    sums: Vec<Sum>,
    touched: Vec<u32>,
    marks: [Marks; 3],
}

thread_local! {
    static SCRATCH: RefCell<Scratch> = RefCell::default();
}

impl ClaimIndex {
    /// The best `limit` titles for the words of a post, best first. `day` (see `posted_at`) leaves out titles that
    /// were all published later. Equal scores keep the order of the list.
    pub fn search(&self, words: &[Word], day: Option<jiff::civil::Date>, limit: usize) -> Vec<Ranked> {
        let views = Views::of(words);
        SCRATCH.with_borrow_mut(|scratch| {
            scratch.start(self, &views);
            let candidates = self.candidates(day, if limit <= SHORT { FEW } else { CANDIDATES }, scratch);
            let mut ranked = self.score(&candidates, scratch);
            ranked.sort_by(|a, b| b.lexical.total_cmp(&a.lexical).then(a.group.cmp(&b.group)));
            ranked.truncate(limit);
            ranked
        })
    }

    /// The single claims behind ranked titles, best first, at most `limit`.
    pub fn hits(&self, ranked: &[Ranked], day: Option<jiff::civil::Date>, limit: usize) -> Vec<Hit> {
        let of = |(rank, title): (usize, &Ranked)| {
            let claims = &self.groups[title.group as usize].claims;
            claims.iter().map(move |&claim| Hit { claim, rank })
        };
        let known = |hit: &Hit| match (self.claims()[hit.claim as usize].date, day) {
            (Some(published), Some(day)) => published <= day,
            _ => true,
        };
        ranked.iter().enumerate().flat_map(of).filter(known).take(limit).collect()
    }

    /// The claims that carry a ranked title, in the order of the list.
    pub fn claims_of(&self, ranked: &Ranked) -> impl Iterator<Item = &Claim> {
        self.groups[ranked.group as usize].claims.iter().map(|&claim| &self.claims()[claim as usize])
    }

    /// Words of a ranked title, read anew.
    pub fn title_words(&self, ranked: &Ranked) -> Vec<Word> {
        self.claims_of(ranked).next().map_or_else(Vec::new, |claim| words(&claim.title))
    }

    /// Inverse document frequency of a stem, also of one that no title has.
    pub(super) fn stem_idf(&self, stem: u32) -> f32 {
        let background = &self.weights.background;
        self.stems.id(stem).map_or_else(
            || idf(self.groups.len() as u32 + background.posts, background.stems.df(stem)),
            |id| self.stems.idf(id),
        )
    }

    /// Titles worth scoring in all views: the best by what the postings say, then the best `most` of these by all their
    /// stems.
    fn candidates(&self, day: Option<jiff::civil::Date>, most: usize, scratch: &mut Scratch) -> Vec<u32> {
        let whole = scratch.read(&self.stems, 0, 1.0, STEMS);
        scratch.read(&self.grams, 1, 0.3, RARE_GRAMS);
        let day = day.map(super::index::day_number);
        let mut found = Shortlist::new(if whole { most } else { FIRST });
        for &group in &scratch.touched {
            let sum = std::mem::take(&mut scratch.sums[group as usize]);
            if sum.raw > found.least && !self.newer(group, day) {
                let cover = sum.cover / self.stems.total(group).max(1.0);
                found.push(sum.raw * root(cover.min(1.0)), group);
            }
        }
        scratch.touched.clear();
        let mut found = found.best();
        if !whole {
            for (score, group) in &mut found {
                *score = score.max(exact(&self.stems, *group, &scratch.marks[0]).scaled);
            }
            keep_best(&mut found, most);
        }
        let tail = (self.indexed as u32..self.groups.len() as u32).filter(|&group| !self.newer(group, day));
        let mut groups: Vec<u32> = found.into_iter().map(|(_, group)| group).chain(tail).collect();
        groups.sort_unstable();
        groups
    }

    fn score(&self, candidates: &[u32], scratch: &Scratch) -> Vec<Ranked> {
        let fields = [&self.stems, &self.grams, &self.pairs];
        let view = |at: usize, group: u32| exact(fields[at], group, &scratch.marks[at]);
        let mut ranked: Vec<Ranked> = candidates
            .iter()
            .map(|&group| {
                let (stems, grams, pairs) = (view(0, group), view(1, group), view(2, group));
                Ranked { group, lexical: 0.0, stems, grams, pairs }
            })
            .filter(|r| r.stems.raw > 0.0 || r.grams.raw > 0.0)
            .collect();
        weigh(&mut ranked);
        ranked
    }
}

/// The ranking as if some titles were not in the list; for training and measuring on posts without a match.
pub fn without(ranked: &[Ranked], dropped: impl Fn(&Ranked) -> bool) -> Vec<Ranked> {
    let mut kept: Vec<Ranked> = ranked.iter().filter(|r| !dropped(r)).copied().collect();
    weigh(&mut kept);
    kept.sort_by(|a, b| b.lexical.total_cmp(&a.lexical).then(a.group.cmp(&b.group)));
    kept
}

/// Sums up the views, each divided by its maximum among the titles of this post.
fn weigh(ranked: &mut [Ranked]) {
    let most = |of: fn(&Ranked) -> f32| ranked.iter().map(of).fold(1e-9_f32, f32::max);
    let tops = (most(|r| r.stems.scaled), most(|r| r.grams.scaled), most(|r| r.pairs.scaled));
    for r in ranked {
        r.lexical =
            r.stems.scaled / tops.0 + GRAMS * r.grams.scaled / tops.1 + PAIRS * r.pairs.scaled / tops.2;
    }
}

/// The best few of many, without sorting them all: now and then the worse half is dropped, and from then on only what
/// scores more than the worst of the rest is looked at.
struct Shortlist {
    most: usize,
    found: Vec<(f32, u32)>,
    /// What scores less cannot be among the best.
    least: f32,
}

impl Shortlist {
    fn new(most: usize) -> Self {
        Self { most, found: Vec::with_capacity(2 * most), least: 0.0 }
    }

    fn push(&mut self, score: f32, group: u32) {
        self.found.push((score, group));
        if self.found.len() >= 2 * self.most {
            keep_best(&mut self.found, self.most);
            // equal scores are kept: which of them stay must not depend on the order of reading
            let worst = self.found.iter().map(|f| f.0).fold(f32::MAX, f32::min);
            self.least = worst.next_down();
        }
    }

    fn best(mut self) -> Vec<(f32, u32)> {
        keep_best(&mut self.found, self.most);
        self.found
    }
}

fn keep_best(found: &mut Vec<(f32, u32)>, most: usize) {
    if found.len() > most {
        found.select_nth_unstable_by(most, |a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        found.truncate(most);
    }
}

/// The power of coverage, quick and near enough for choosing candidates.
fn root(cover: f32) -> f32 {
    cover.sqrt().sqrt()
}

/// BM25 and coverage of one title from its own list of terms.
fn exact(field: &Field, group: u32, marks: &Marks) -> View {
    let times = field.times(group);
    // most terms stand once in a title
    let once = field.saturated(group, 1);
    let (mut raw, mut cover) = (0.0, 0.0);
    for (&id, &times) in field.title(group).iter().zip(times) {
        if marks.has(id) {
            let idf = field.idf(id);
            raw += idf * if times == 1 { once } else { field.saturated(group, times) };
            cover += idf;
        }
    }
    if raw <= 0.0 {
        return View::default();
    }
    let cover = (cover / field.total(group).max(1e-9)).min(1.0);
    View { raw, cover, scaled: raw * cover.powf(COVERAGE) }
}

/// The terms of the post that a view knows: a bit for each, and their ids.
#[derive(Default)]
struct Marks {
    bits: Vec<u64>,
    ids: Vec<u32>,
}

impl Marks {
    fn has(&self, id: u32) -> bool {
        self.bits[id as usize / 64] >> (id % 64) & 1 == 1
    }

    /// Forgets the last post and marks the terms of this one.
    fn start(&mut self, field: &Field, terms: &[u32]) {
        for id in self.ids.drain(..) {
            // the last post may have been compared with a longer list of claims
            if let Some(bits) = self.bits.get_mut(id as usize / 64) {
                *bits = 0;
            }
        }
        self.bits.resize(field.terms().div_ceil(64), 0);
        for id in terms.iter().filter_map(|&term| field.id(term)) {
            if !self.has(id) {
                self.bits[id as usize / 64] |= 1 << (id % 64);
                self.ids.push(id);
            }
        }
    }

    /// Puts the terms in order, rarest first.
    fn rarest_first(&mut self, field: &Field) -> &[u32] {
        self.ids.sort_unstable_by(|&a, &b| field.idf(b).total_cmp(&field.idf(a)).then(a.cmp(&b)));
        &self.ids
    }
}

impl Scratch {
    /// Makes room for the index and marks the terms of a post.
    fn start(&mut self, index: &ClaimIndex, views: &Views) {
        self.sums.resize(index.groups.len().max(self.sums.len()), Sum::default());
        let [stems, grams, pairs] = &mut self.marks;
        stems.start(&index.stems, &views.stems);
        grams.start(&index.grams, &views.grams);
        pairs.start(&index.pairs, &views.pairs);
    }

    /// Adds up at most `budget` postings of the terms of view `at`, rarest terms first; says whether all were read.
    /// Of a common term only the shortest titles are read: one that matches on common words alone must be short.
    fn read(&mut self, field: &Field, at: usize, weight: f32, mut budget: usize) -> bool {
        let Self { sums, touched, marks } = self;
        let mut whole = true;
        for &id in marks[at].rarest_first(field) {
            let idf = field.idf(id) * weight;
            for all in field.postings(id) {
                let postings = &all[..all.len().min(PER_TERM).min(budget)];
                whole &= postings.len() == all.len();
                budget -= postings.len();
                for &(group, saturated) in postings {
                    let sum = &mut sums[group as usize];
                    if sum.raw == 0.0 {
                        touched.push(group);
                    }
                    sum.raw += idf * saturated;
                    sum.cover += idf;
                }
            }
        }
        whole
    }
}
