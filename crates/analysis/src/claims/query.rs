//! Searching: candidates by shared stems and rare 4-grams, then all three views exactly.

use super::field::{Field, idf};
use super::index::ClaimIndex;
use super::words::{Views, Word};
use saring_domain::Claim;
use std::cell::RefCell;
use std::cmp::Ordering;

/// How many candidate titles are scored in all views.
const CANDIDATES: usize = 300;
/// Postings read per post at most, rarest terms first: bounds the time of very long posts and very long lists.
const BUDGET: usize = 1 << 18;
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

/// Buffers that a thread uses again for every post.
#[derive(Default)]
struct Scratch {
    sums: Vec<f32>,
    touched: Vec<u32>,
    marks: [Vec<u32>; 3],
    epoch: u32,
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
            scratch.start(self);
            let candidates = self.candidates(&views, day, scratch);
            let mut ranked = self.score(&views, &candidates, scratch);
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

    /// Words of a ranked title.
    pub fn title_words(&self, ranked: &Ranked) -> &[Word] {
        &self.groups[ranked.group as usize].words
    }

    /// Inverse document frequency of a stem, also of one that no title has.
    pub(super) fn stem_idf(&self, stem: u32) -> f32 {
        let background = &self.weights.background;
        self.stems.id(stem).map_or_else(
            || idf(self.groups.len() as u32 + background.posts, background.stems.df(stem)),
            |id| self.stems.idf(id),
        )
    }

    fn candidates(&self, views: &Views, day: Option<jiff::civil::Date>, scratch: &mut Scratch) -> Vec<u32> {
        let mut budget = BUDGET;
        scratch.read(&self.stems, &views.stems, 1.0, &mut budget);
        scratch.read(&self.grams, &views.grams, 0.3, &mut budget);
        let day = day.map(super::index::day_number);
        let newer = |group: u32| match (self.groups[group as usize].earliest, day) {
            (Some(published), Some(day)) => published > day,
            _ => false,
        };
        let mut found: Vec<(f32, u32)> = Vec::with_capacity(scratch.touched.len());
        for &group in &scratch.touched {
            let sum = std::mem::take(&mut scratch.sums[group as usize]);
            if !newer(group) {
                // coverage is not known yet; the length of the title stands in for it
                let cover = sum / self.stems.total(group).max(1.0);
                found.push((sum * cover.min(1.0).powf(COVERAGE), group));
            }
        }
        scratch.touched.clear();
        if found.len() > CANDIDATES {
            found.select_nth_unstable_by(CANDIDATES, best_first);
            found.truncate(CANDIDATES);
        }
        let tail = (self.indexed as u32..self.groups.len() as u32).filter(|&group| !newer(group));
        let mut groups: Vec<u32> = found.into_iter().map(|(_, group)| group).chain(tail).collect();
        groups.sort_unstable();
        groups
    }

    fn score(&self, views: &Views, candidates: &[u32], scratch: &mut Scratch) -> Vec<Ranked> {
        let fields = [(&self.stems, &views.stems), (&self.grams, &views.grams), (&self.pairs, &views.pairs)];
        for (marks, (field, terms)) in scratch.marks.iter_mut().zip(fields) {
            for id in terms.iter().filter_map(|&term| field.id(term)) {
                marks[id as usize] = scratch.epoch;
            }
        }
        let view = |at: usize, group: u32| exact(fields[at].0, group, &scratch.marks[at], scratch.epoch);
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

fn best_first(a: &(f32, u32), b: &(f32, u32)) -> Ordering {
    b.0.total_cmp(&a.0).then(a.1.cmp(&b.1))
}

/// BM25 and coverage of one title from its own list of terms.
fn exact(field: &Field, group: u32, marks: &[u32], epoch: u32) -> View {
    let (mut raw, mut cover) = (0.0, 0.0);
    for &(id, times) in field.title(group) {
        if marks[id as usize] == epoch {
            raw += field.idf(id) * field.saturated(group, times);
            cover += field.idf(id);
        }
    }
    if raw <= 0.0 {
        return View::default();
    }
    let cover = (cover / field.total(group).max(1e-9)).min(1.0);
    View { raw, cover, scaled: raw * cover.powf(COVERAGE) }
}

impl Scratch {
    /// Makes room for the index; marks of earlier posts lose their meaning.
    fn start(&mut self, index: &ClaimIndex) {
        self.sums.resize(index.groups.len().max(self.sums.len()), 0.0);
        for (marks, field) in self.marks.iter_mut().zip([&index.stems, &index.grams, &index.pairs]) {
            marks.resize(field.terms().max(marks.len()), 0);
        }
        self.epoch = self.epoch.wrapping_add(1);
        if self.epoch == 0 {
            self.marks.iter_mut().for_each(|marks| marks.fill(0));
            self.epoch = 1;
        }
    }

    /// Adds up the postings of distinct terms, rarest first, until the budget is used.
    fn read(&mut self, field: &Field, terms: &[u32], weight: f32, budget: &mut usize) {
        let mut ids: Vec<u32> = terms.iter().filter_map(|&term| field.id(term)).collect();
        ids.sort_unstable();
        ids.dedup();
        ids.sort_by(|&a, &b| field.idf(b).total_cmp(&field.idf(a)).then(a.cmp(&b)));
        for id in ids {
            let postings = field.postings(id);
            let Some(left) = budget.checked_sub(postings.len()) else { return };
            *budget = left;
            let idf = field.idf(id) * weight;
            for &(group, saturated) in postings {
                let sum = &mut self.sums[group as usize];
                if *sum == 0.0 {
                    self.touched.push(group);
                }
                *sum += idf * saturated;
            }
        }
    }
}
