//! Searching: candidates by shared stems and rare 4-grams, then all three views exactly.

use super::field::{Field, idf};
use super::framing::title_words;
use super::index::ClaimIndex;
use super::precise::COSINE;
use super::sums::{Best, SCALE};
use super::words::{Views, Word};
use saring_domain::Claim;
use std::cell::RefCell;
use std::hint::black_box;

/// How many candidate titles are scored in all views for a long ranking, and for one of [`SHORT`] titles at most.
const CANDIDATES: usize = 96;
const FEW: usize = 20;
const SHORT: usize = 16;
/// How many are scored by their stems to choose those.
const FIRST: usize = 64;
const FIRST_LONG: usize = 192;
/// Postings of stems and of 4-grams read per post, rarest terms first, shared out over the runs of titles, and at least so
/// many of each run: bounds the time of very long posts and very long lists.
const STEMS: usize = 48_000;
const LEAST_STEMS: usize = 4_000;
const RARE_GRAMS: usize = 1_000;
const LEAST_GRAMS: usize = 64;
/// Weight of a rare 4-gram beside a stem.
const GRAMS_FIRST: f32 = 0.3;
/// Weights of the three views and the power of coverage, of the recipe in `evaluation.md`.
const GRAMS: f32 = 0.6;
const PAIRS: f32 = 0.1;
const COVERAGE: f32 = 0.3;
/// Weight of the cosine of the static embeddings beside the views; from training posts (cross-validated) and development posts.
const NEAR: f32 = 2.0;

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
    /// The weighted sum of the three views, each divided by its maximum for the query, 0..=1.7, and of the cosines.
    pub lexical: f32,
    /// Stems.
    pub stems: View,
    /// Character 4-grams.
    pub grams: View,
    /// Pairs of stems.
    pub pairs: View,
    /// How near it lies by the static embeddings, -1..=1.
    pub near: f32,
    /// How near the encoder of the precise mode finds it, -1..=1; 0 in the plain mode.
    pub cosine: f32,
}

/// One claim of a ranked title.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Hit {
    /// Position in [`ClaimIndex::claims`].
    pub claim: u32,
    /// Position in the ranking of titles.
    pub rank: usize,
}

/// Buffers that a thread uses again for every post.
#[derive(Default)]
struct Scratch {
    views: Views,
    best: Best,
    marks: [Marks; 3],
}

thread_local! {
    static SCRATCH: RefCell<Scratch> = RefCell::default();
}

impl ClaimIndex {
    /// The best `limit` titles for the words of a post, best first. `day` (see `posted_at`) leaves out titles that
    /// were all published later. Equal scores keep the order of the list.
    pub fn search(&self, words: &[Word], day: Option<jiff::civil::Date>, limit: usize) -> Vec<Ranked> {
        SCRATCH.with_borrow_mut(|scratch| {
            scratch.start(self, words);
            let candidates = self.candidates(day, if limit <= SHORT { FEW } else { CANDIDATES }, scratch);
            let mut ranked = self.score(&candidates, scratch);
            self.set_near(words, &mut ranked);
            sort(&mut ranked);
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
        self.claims_of(ranked).next().map_or_else(Vec::new, |claim| title_words(&claim.title))
    }

    /// Inverse document frequency of a stem, also of one that no title has.
    pub(super) fn stem_idf(&self, stem: u32) -> f32 {
        let background = &self.weights.background;
        self.stems.id(stem).map_or_else(
            || idf(self.groups.len() as u32 + background.posts, background.stems.df(stem)),
            |id| self.stems.idf(id),
        )
    }

    /// Of an English word the id of the stem that Indonesian titles write for it, where titles have it.
    pub(super) fn read_id(&self, word: &Word) -> Option<u32> {
        word.read.and_then(|_| self.stems.id(word.read_stem()))
    }

    /// Titles worth scoring in all views: the best by what the postings say, then the best `most` of these by all their
    /// stems.
    fn candidates(&self, day: Option<jiff::civil::Date>, most: usize, scratch: &mut Scratch) -> Vec<u32> {
        let day = day.map(super::index::day_number);
        let Scratch { best, marks: [stems, grams, _], .. } = scratch;
        stems.sort(1.0);
        grams.sort(GRAMS_FIRST);
        let runs = self.runs.len().max(1);
        let (common, rare) = ((STEMS / runs).max(LEAST_STEMS), (RARE_GRAMS / runs).max(LEAST_GRAMS));
        best.start(if most <= FEW { FIRST } else { FIRST_LONG });
        for (at, (run, &(first, latest))) in self.stems.runs().iter().zip(&self.runs).enumerate() {
            best.add(run, &stems.steps, common);
            best.add(&self.grams.runs()[at], &grams.steps, rare);
            if let Some(day) = day.filter(|&day| latest > day) {
                best.drop_newer(self.earliest(first as u32), day);
            }
            best.collect(run);
        }
        let mut found = best.titles();
        if found.len() > most {
            self.stems.fetch(&found.iter().map(|(_, group)| *group).collect::<Vec<_>>());
            for (score, group) in &mut found {
                let (raw, cover) = exact(&self.stems, *group, stems);
                *score = score.max(raw * root(cover));
            }
            keep_best(&mut found, most);
        }
        let tail = (self.indexed as u32..self.groups.len() as u32).filter(|&group| !self.newer(group, day));
        let mut groups: Vec<u32> = found.into_iter().map(|(_, group)| group).chain(tail).collect();
        groups.sort_unstable();
        groups
    }

    fn score(&self, candidates: &[u32], scratch: &Scratch) -> Vec<Ranked> {
        [&self.stems, &self.grams, &self.pairs].into_iter().for_each(|field| field.fetch(candidates));
        let scored = candidates.iter().map(|&group| self.views(group, scratch));
        scored.filter(|r| r.stems.raw > 0.0 || r.grams.raw > 0.0).collect()
    }

    /// How near titles lie to a post, where there are embeddings.
    fn set_near(&self, words: &[Word], ranked: &mut [Ranked]) {
        let Some(post) = self.weights.embeddings.direction(words) else { return };
        let placed = |title: &Ranked| &self.placed[title.group as usize];
        black_box(ranked.iter().fold(0, |all, title| all ^ placed(title).first()));
        for title in ranked {
            title.near = placed(title).cosine(&post);
        }
    }

    /// One title in all views.
    fn views(&self, group: u32, scratch: &Scratch) -> Ranked {
        let fields = [&self.stems, &self.grams, &self.pairs];
        let view = |at: usize| {
            let (raw, cover) = exact(fields[at], group, &scratch.marks[at]);
            View { raw, cover, scaled: if raw > 0.0 { raw * cover.powf(COVERAGE) } else { 0.0 } }
        };
        Ranked { group, lexical: 0.0, stems: view(0), grams: view(1), pairs: view(2), near: 0.0, cosine: 0.0 }
    }

    /// Adds titles (groups) to those that a search has found, whether or not they share a word with the post.
    pub(super) fn join(&self, words: &[Word], ranked: &mut Vec<Ranked>, more: impl Iterator<Item = u32>) {
        SCRATCH.with_borrow_mut(|scratch| {
            scratch.start(self, words);
            let before = ranked.len();
            ranked.extend(more.map(|group| self.views(group, scratch)));
            self.set_near(words, &mut ranked[before..]);
        });
    }
}

/// The ranking as if some titles were not in the list; for training and measuring on posts without a match.
pub fn without(ranked: &[Ranked], dropped: impl Fn(&Ranked) -> bool) -> Vec<Ranked> {
    let mut kept: Vec<Ranked> = ranked.iter().filter(|r| !dropped(r)).copied().collect();
    sort(&mut kept);
    kept
}

/// Best first.
pub(super) fn sort(ranked: &mut [Ranked]) {
    weigh(ranked);
    ranked.sort_by(|a, b| b.lexical.total_cmp(&a.lexical).then(a.group.cmp(&b.group)));
}

/// Sums up the views, each divided by its maximum among the titles of this post, and the cosines.
fn weigh(ranked: &mut [Ranked]) {
    let most = |of: fn(&Ranked) -> f32| ranked.iter().map(of).fold(1e-9_f32, f32::max);
    let tops = (most(|r| r.stems.scaled), most(|r| r.grams.scaled), most(|r| r.pairs.scaled));
    for r in ranked {
        r.lexical =
            r.stems.scaled / tops.0 + GRAMS * r.grams.scaled / tops.1 + PAIRS * r.pairs.scaled / tops.2;
        r.lexical += NEAR * r.near + COSINE * r.cosine;
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
fn exact(field: &Field, group: u32, marks: &Marks) -> (f32, f32) {
    let head = field.head(group);
    // most terms stand once in a title
    let once = head.saturated(1);
    let (mut raw, mut cover) = (0.0, 0.0);
    for entry in field.title(group) {
        if marks.has(entry.id()) {
            let idf = field.idf(entry.id());
            raw += idf * if entry.times() == 1 { once } else { head.saturated(entry.times()) };
            cover += idf;
        }
    }
    (raw, (cover / head.total.max(1e-9)).min(1.0))
}

/// Words of [`Marks::sieve`].
const SIEVE: usize = 64;

/// The terms of the post that a view knows: a bit for each, and their ids.
struct Marks {
    /// A bit for all ids that are equal modulo its length: small enough to stay in the nearest cache, and most terms of
    /// a title fall through it.
    sieve: [u64; SIEVE],
    bits: Vec<u64>,
    /// What puts the rarest first, above the id.
    ids: Vec<u64>,
    /// The same with the weights in steps.
    steps: Vec<(u32, u32)>,
}

impl Default for Marks {
    fn default() -> Self {
        Self { sieve: [0; SIEVE], bits: Vec::new(), ids: Vec::new(), steps: Vec::new() }
    }
}

impl Marks {
    fn has(&self, id: u32) -> bool {
        let (word, bit) = (id as usize / 64, id % 64);
        self.sieve[word % SIEVE] >> bit & 1 == 1 && self.bits[word] >> bit & 1 == 1
    }

    /// Forgets the last post and marks the terms of this one.
    fn start(&mut self, field: &Field, terms: &[u32]) {
        for id in self.ids.drain(..).map(|key| key as u32) {
            // the last post may have been compared with a longer list of claims
            if let Some(bits) = self.bits.get_mut(id as usize / 64) {
                *bits = 0;
            }
        }
        self.sieve = [0; SIEVE];
        self.bits.resize(field.terms().div_ceil(64), 0);
        field.touch(terms);
        for id in terms.iter().filter_map(|&term| field.id(term)) {
            if !self.has(id) {
                let (word, bit) = (id as usize / 64, 1 << (id % 64));
                self.sieve[word % SIEVE] |= bit;
                self.bits[word] |= bit;
                // numbers that are never negative stand in the order of their bits
                self.ids.push(u64::from(!field.idf(id).to_bits()) << 32 | u64::from(id));
            }
        }
    }

    /// Puts the terms in order, rarest first, and gives each its weight times `weight` in [`SCALE`] steps.
    fn sort(&mut self, weight: f32) {
        self.ids.sort_unstable();
        self.steps.clear();
        let idf = |key: u64| f32::from_bits(!((key >> 32) as u32));
        self.steps.extend(self.ids.iter().map(|&key| ((idf(key) * weight * SCALE) as u32, key as u32)));
    }
}

impl Scratch {
    /// Marks the terms of a post.
    fn start(&mut self, index: &ClaimIndex, words: &[Word]) {
        self.views.fill(words);
        let [stems, grams, pairs] = &mut self.marks;
        stems.start(&index.stems, &self.views.stems);
        grams.start(&index.grams, &self.views.grams);
        pairs.start(&index.pairs, &self.views.pairs);
    }
}
