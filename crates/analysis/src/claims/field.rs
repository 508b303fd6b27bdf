//! One view of all titles: term ids, BM25 weights per title, postings per term.

use super::weights::Table;
use std::hash::{BuildHasherDefault, Hasher};
use std::hint::black_box;
use std::ops::Range;

const K1: f32 = 1.2;
const B: f32 = 0.75;

/// Terms are hashes already; mixing them again would cost more than it buys.
#[derive(Default)]
pub(super) struct Mix(u64);
impl Hasher for Mix {
    fn finish(&self) -> u64 {
        self.0
    }
    fn write(&mut self, bytes: &[u8]) {
        self.0 = bytes.iter().fold(self.0, |h, &b| (h ^ u64::from(b)).wrapping_mul(0x0100_0000_01b3));
    }
    fn write_u32(&mut self, term: u32) {
        self.0 = u64::from(term).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    }
}
/// For small sets of words and terms that live as long as one comparison.
pub(super) type Quick = BuildHasherDefault<Mix>;

/// Ids of terms, by open addressing: a look-up asks for one place in memory, which can be touched beforehand.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Terms {
    /// A term and its id + 1; 0 is free. A power of two, at most two thirds taken.
    slots: Vec<(u32, u32)>,
    taken: usize,
}

impl Terms {
    /// Where a term is looked for first. There must be slots.
    fn first(&self, term: u32) -> usize {
        let mixed = u64::from(term).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        (mixed >> 32) as usize & (self.slots.len() - 1)
    }

    /// The slot of a term, or the free one where it would stand.
    fn slot(&self, term: u32) -> usize {
        let mut at = self.first(term);
        while self.slots[at].1 != 0 && self.slots[at].0 != term {
            at = (at + 1) & (self.slots.len() - 1);
        }
        at
    }

    /// The id of a term.
    pub fn get(&self, term: u32) -> Option<u32> {
        if self.slots.is_empty() { None } else { self.slots[self.slot(term)].1.checked_sub(1) }
    }

    /// The id of a term; `new` where it had none.
    pub fn get_or_insert(&mut self, term: u32, new: u32) -> u32 {
        if self.taken * 3 >= self.slots.len() * 2 {
            let size = (self.slots.len() * 2).max(64);
            let before = std::mem::replace(&mut self.slots, vec![(0, 0); size]);
            for (term, id) in before.into_iter().filter(|(_, id)| *id != 0) {
                let at = self.slot(term);
                self.slots[at] = (term, id);
            }
        }
        let at = self.slot(term);
        if self.slots[at].1 == 0 {
            self.slots[at] = (term, new + 1);
            self.taken += 1;
        }
        self.slots[at].1 - 1
    }

    /// Touches where terms are looked for.
    pub fn touch(&self, terms: impl Iterator<Item = u32>) {
        if !self.slots.is_empty() {
            black_box(terms.fold(0, |all, term| all ^ self.slots[self.first(term)].1));
        }
    }
}

/// Compact rows: the entries of row `r` are `entries[start[r]..start[r + 1]]`.
#[derive(Default)]
struct Rows<T> {
    start: Vec<u32>,
    entries: Vec<T>,
}

impl<T> Rows<T> {
    fn row(&self, at: u32) -> &[T] {
        let at = at as usize;
        match (self.start.get(at), self.start.get(at + 1)) {
            (Some(&from), Some(&to)) => &self.entries[from as usize..to as usize],
            _ => &[],
        }
    }
}

/// Titles in one run of postings at most: a place within it fits 16 bits, and the sums of a run fit the second cache.
pub(super) const RUN: usize = 1 << 16;
/// Steps of a stored [`Posting::worth`]: these are below 2.2.
const STEPS: u32 = 1 << 14;

/// A title of a run that has a term.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Posting {
    /// What the term is worth there beside its idf, the largest first when sorted; see [`Head::worth`].
    worthless: u16,
    /// Place of the title in its run.
    pub place: u16,
}

impl Posting {
    fn new(place: u32, worth: f32) -> Self {
        Self { worthless: u16::MAX - (worth * STEPS as f32) as u16, place: place as u16 }
    }

    /// The term's part of the title's sum in steps as large as those of `idf`.
    pub fn part(self, idf: u32) -> i16 {
        (idf * u32::from(u16::MAX - self.worthless) / STEPS) as i16
    }
}

/// Postings of the titles from `first` to the next run.
pub(super) struct Run {
    /// The first title.
    pub first: u32,
    /// Number of titles.
    pub count: u32,
    postings: Rows<Posting>,
}

impl Run {
    /// Titles that have the term, those first in which it is worth most: the shortest.
    pub fn postings(&self, id: u32) -> &[Posting] {
        self.postings.row(id)
    }
}

/// A distinct term of a title with how often it stands there: the id below, the times (fifteen at most) in the top bits.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Entry(u32);

const ID_BITS: u32 = 28;
const MOST_TIMES: u32 = u32::MAX >> ID_BITS;

impl Entry {
    fn new(id: u32, times: usize) -> Self {
        Self((times as u32).min(MOST_TIMES) << ID_BITS | id)
    }

    /// Id of the term.
    pub fn id(self) -> u32 {
        self.0 & ((1 << ID_BITS) - 1)
    }

    /// How often it stands in the title.
    pub fn times(self) -> u8 {
        (self.0 >> ID_BITS) as u8
    }
}

/// What scoring a title asks for, side by side: one cache line instead of five.
#[derive(Clone, Copy)]
pub(super) struct Head {
    from: u32,
    to: u32,
    /// How much its length damps the frequencies in it.
    damping: f32,
    /// Sum of the inverse document frequencies of its distinct terms.
    pub total: f32,
}

impl Head {
    /// BM25's saturated frequency of a term that stands `times` times in the title.
    pub fn saturated(&self, times: u8) -> f32 {
        let times = f32::from(times);
        times * (K1 + 1.0) / (times + self.damping)
    }

    /// What a term is worth in a sum over postings. Titles are chosen by `raw * cover^(1/4)`, where the coverage is nearly
    /// `raw / (saturated(1) * total)`, as most terms stand once in a title; the sum of `saturated / (saturated(1) *
    /// total)^(1/5)` puts them in the same order.
    fn worth(&self, times: u8) -> f32 {
        self.saturated(times) / (self.saturated(1) * self.total).max(1.0).powf(0.2)
    }
}

/// One view of all titles.
#[derive(Default)]
pub(super) struct Field {
    ids: Terms,
    hashes: Vec<u32>,
    df: Vec<u32>,
    idf: Vec<f32>,
    lengths: Vec<u32>,
    heads: Vec<Head>,
    /// The distinct terms of all titles, one title behind the other, ids in order.
    entries: Vec<Entry>,
    /// Per run of titles the postings of all terms.
    runs: Vec<Run>,
    mean: f32,
}

impl Field {
    /// Number of terms.
    pub fn terms(&self) -> usize {
        self.idf.len()
    }

    /// Dense id of a term that some title has.
    pub fn id(&self, term: u32) -> Option<u32> {
        self.ids.get(term)
    }

    /// Touches where the ids of terms stand, so that they come from memory together instead of one after another.
    pub fn touch(&self, terms: &[u32]) {
        self.ids.touch(terms.iter().copied());
    }

    /// Inverse document frequency of a term id.
    pub fn idf(&self, id: u32) -> f32 {
        self.idf[id as usize]
    }

    /// The runs of postings, in the order of the titles.
    pub fn runs(&self) -> &[Run] {
        &self.runs
    }

    /// Length and weight of a title.
    pub fn head(&self, title: u32) -> &Head {
        &self.heads[title as usize]
    }

    /// Distinct terms of a title, in the order of their ids.
    pub fn title(&self, title: u32) -> &[Entry] {
        let head = self.head(title);
        &self.entries[head.from as usize..head.to as usize]
    }

    /// Touches all that is kept of some titles, so that they come from memory together instead of one after another.
    pub fn fetch(&self, titles: &[u32]) {
        let heads = titles.iter().fold(0, |all, &title| all ^ self.head(title).from);
        // an entry of every line of memory
        let entries = titles.iter().flat_map(|&title| self.title(title).iter().step_by(16));
        black_box(entries.fold(heads, |all, entry| all ^ entry.0));
    }

    /// Sum of the inverse document frequencies of a title's distinct terms.
    pub fn total(&self, title: u32) -> f32 {
        self.head(title).total
    }

    /// How much a title of this length damps the frequencies in it.
    fn damping_of(&self, length: u32) -> f32 {
        K1 * (1.0 - B + B * length as f32 / self.mean.max(1e-9))
    }

    /// Appends a title. It has no postings before the next [`Field::index`].
    pub fn push(&mut self, terms: &[u32], background: &Table, posts: u32) {
        let from = self.entries.len() as u32;
        let mut ids: Vec<u32> = terms.iter().filter_map(|&term| self.intern(term)).collect();
        ids.sort_unstable();
        let mut total = 0.0;
        for same in ids.chunk_by(|a, b| a == b) {
            self.df[same[0] as usize] += 1;
            if self.idf[same[0] as usize] == 0.0 {
                let df = self.df[same[0] as usize] + background.df(self.hashes[same[0] as usize]);
                self.idf[same[0] as usize] = idf(self.lengths.len() as u32 + posts, df);
            }
            total += self.idf[same[0] as usize];
            self.entries.push(Entry::new(same[0], same.len()));
        }
        self.lengths.push(terms.len() as u32);
        self.mean += (terms.len() as f32 - self.mean) / self.lengths.len() as f32;
        let damping = self.damping_of(terms.len() as u32);
        self.heads.push(Head { from, to: self.entries.len() as u32, damping, total });
    }

    /// The id of a term, a new one where it is new; `None` when all ids are taken, which no list fills.
    fn intern(&mut self, term: u32) -> Option<u32> {
        let next = self.hashes.len() as u32;
        if next >> ID_BITS != 0 {
            return self.id(term);
        }
        let id = self.ids.get_or_insert(term, next);
        if id == next {
            self.hashes.push(term);
            self.df.push(0);
            self.idf.push(0.0);
        }
        Some(id)
    }

    /// Brings frequencies and lengths up to date, and drops all postings; linear in all titles.
    pub fn refresh(&mut self, background: &Table, posts: u32) {
        let count = self.lengths.len();
        self.mean = self.lengths.iter().map(|&n| f64::from(n)).sum::<f64>() as f32 / count.max(1) as f32;
        let all = count as u32 + posts;
        for (at, &term) in self.hashes.iter().enumerate() {
            self.idf[at] = idf(all, self.df[at] + background.df(term));
        }
        for title in 0..count {
            let total = self.title(title as u32).iter().map(|entry| self.idf(entry.id())).sum();
            let damping = self.damping_of(self.lengths[title]);
            self.heads[title] = Head { damping, total, ..self.heads[title] };
        }
        self.runs.clear();
    }

    /// Gives `titles`, [`RUN`] at most, postings in one run that replaces all runs from its first title on; linear in these
    /// titles and the number of terms. Only terms in at most `widest` titles get postings.
    pub fn index(&mut self, titles: Range<u32>, widest: usize) {
        let first = titles.start;
        self.runs.retain(|run| run.first < first);
        let has_postings = |entry: &Entry| self.df[entry.id() as usize] as usize <= widest;
        let mut start = vec![0_u32; self.df.len() + 1];
        for title in titles.clone() {
            for entry in self.title(title).iter().filter(|entry| has_postings(entry)) {
                start[entry.id() as usize + 1] += 1;
            }
        }
        let mut sum = 0;
        for count in &mut start {
            sum += *count;
            *count = sum;
        }
        let mut next = start.clone();
        let mut entries = vec![Posting::new(0, 0.0); sum as usize];
        for title in titles.clone() {
            for entry in self.title(title).iter().filter(|entry| has_postings(entry)) {
                let next = &mut next[entry.id() as usize];
                entries[*next as usize] = Posting::new(title - first, self.head(title).worth(entry.times()));
                *next += 1;
            }
        }
        for two in start.windows(2) {
            entries[two[0] as usize..two[1] as usize].sort_unstable();
        }
        self.runs.push(Run { first, count: titles.len() as u32, postings: Rows { start, entries } });
    }
}

/// Inverse document frequency of a term in `df` of `all` documents; never negative.
pub(super) fn idf(all: u32, df: u32) -> f32 {
    let (all, df) = (f64::from(all.max(df)), f64::from(df));
    (1.0 + (all - df + 0.5) / (df + 0.5)).ln() as f32
}
