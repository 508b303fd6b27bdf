//! One view of all titles: term ids, BM25 weights per title, postings per term.

use super::weights::Table;
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

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
pub(super) type Terms = HashMap<u32, u32, BuildHasherDefault<Mix>>;

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

/// Postings of the titles from `first` to the next run.
struct Run {
    first: u32,
    postings: Rows<(u32, f32)>,
}

/// How often a term stands in a title, at most 255 times.
type Times = u8;

/// One view of all titles.
#[derive(Default)]
pub(super) struct Field {
    ids: Terms,
    hashes: Vec<u32>,
    df: Vec<u32>,
    idf: Vec<f32>,
    lengths: Vec<u32>,
    damping: Vec<f32>,
    /// Per title: its distinct term ids in order; `times` runs beside the entries.
    titles: Rows<u32>,
    times: Vec<Times>,
    /// Per run of titles and term: titles with the saturated frequency, largest (shortest titles) first.
    runs: Vec<Run>,
    total: Vec<f32>,
    mean: f32,
}

impl Field {
    /// Number of terms.
    pub fn terms(&self) -> usize {
        self.idf.len()
    }

    /// Dense id of a term that some title has.
    pub fn id(&self, term: u32) -> Option<u32> {
        self.ids.get(&term).copied()
    }

    /// Inverse document frequency of a term id.
    pub fn idf(&self, id: u32) -> f32 {
        self.idf[id as usize]
    }

    /// Titles that have the term, with its saturated frequency, largest first in every run of titles.
    pub fn postings(&self, id: u32) -> impl Iterator<Item = &[(u32, f32)]> {
        self.runs.iter().map(move |run| run.postings.row(id)).filter(|row| !row.is_empty())
    }

    /// Distinct terms of a title, in order.
    pub fn title(&self, title: u32) -> &[u32] {
        self.titles.row(title)
    }

    /// How often each of the distinct terms of a title occurs.
    pub fn times(&self, title: u32) -> &[u8] {
        match (self.titles.start.get(title as usize), self.titles.start.get(title as usize + 1)) {
            (Some(&from), Some(&to)) => &self.times[from as usize..to as usize],
            _ => &[],
        }
    }

    /// Sum of the inverse document frequencies of a title's distinct terms.
    pub fn total(&self, title: u32) -> f32 {
        self.total[title as usize]
    }

    /// BM25's saturated frequency of a term in a title.
    pub fn saturated(&self, title: u32, times: u8) -> f32 {
        let times = f32::from(times);
        times * (K1 + 1.0) / (times + self.damping[title as usize])
    }

    /// How much a title of this length damps the frequencies in it.
    fn damping_of(&self, length: u32) -> f32 {
        K1 * (1.0 - B + B * length as f32 / self.mean.max(1e-9))
    }

    /// Appends a title. It has no postings before the next [`Field::index`].
    pub fn push(&mut self, terms: &[u32], background: &Table, posts: u32) {
        if self.titles.start.is_empty() {
            self.titles.start.push(0);
        }
        let mut ids: Vec<u32> = terms.iter().map(|&term| self.intern(term)).collect();
        ids.sort_unstable();
        let mut total = 0.0;
        for same in ids.chunk_by(|a, b| a == b) {
            self.df[same[0] as usize] += 1;
            if self.idf[same[0] as usize] == 0.0 {
                let df = self.df[same[0] as usize] + background.df(self.hashes[same[0] as usize]);
                self.idf[same[0] as usize] = idf(self.lengths.len() as u32 + posts, df);
            }
            total += self.idf[same[0] as usize];
            self.titles.entries.push(same[0]);
            self.times.push(same.len().min(usize::from(Times::MAX)) as Times);
        }
        self.titles.start.push(self.titles.entries.len() as u32);
        self.lengths.push(terms.len() as u32);
        self.total.push(total);
        self.mean += (terms.len() as f32 - self.mean) / self.lengths.len() as f32;
        self.damping.push(self.damping_of(terms.len() as u32));
    }

    fn intern(&mut self, term: u32) -> u32 {
        let next = self.hashes.len() as u32;
        *self.ids.entry(term).or_insert_with(|| {
            self.hashes.push(term);
            self.df.push(0);
            self.idf.push(0.0);
            next
        })
    }

    /// Brings frequencies and lengths up to date, and drops all postings; linear in all titles.
    pub fn refresh(&mut self, background: &Table, posts: u32) {
        let count = self.lengths.len();
        self.mean = self.lengths.iter().map(|&n| f64::from(n)).sum::<f64>() as f32 / count.max(1) as f32;
        self.damping = self.lengths.iter().map(|&length| self.damping_of(length)).collect();
        let all = count as u32 + posts;
        for (at, &term) in self.hashes.iter().enumerate() {
            self.idf[at] = idf(all, self.df[at] + background.df(term));
        }
        for title in 0..count as u32 {
            self.total[title as usize] = self.title(title).iter().map(|&id| self.idf[id as usize]).sum();
        }
        self.runs.clear();
    }

    /// Gives the titles from `first` on postings, in one run; linear in these titles and the number of terms. Only terms
    /// in at most `widest` titles get postings.
    pub fn index(&mut self, first: u32, widest: usize) {
        self.runs.retain(|run| run.first < first);
        let titles = first..self.lengths.len() as u32;
        let has_postings = |id: u32| self.df[id as usize] as usize <= widest;
        let mut start = vec![0_u32; self.df.len() + 1];
        for title in titles.clone() {
            for &id in self.title(title).iter().filter(|&&id| has_postings(id)) {
                start[id as usize + 1] += 1;
            }
        }
        let mut sum = 0;
        for count in &mut start {
            sum += *count;
            *count = sum;
        }
        let mut next = start.clone();
        let mut entries = vec![(0, 0.0); sum as usize];
        for title in titles {
            for (&id, &times) in self.title(title).iter().zip(self.times(title)) {
                if has_postings(id) {
                    entries[next[id as usize] as usize] = (title, self.saturated(title, times));
                    next[id as usize] += 1;
                }
            }
        }
        for two in start.windows(2) {
            let row = &mut entries[two[0] as usize..two[1] as usize];
            row.sort_unstable_by(|a: &(u32, f32), b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        }
        self.runs.push(Run { first, postings: Rows { start, entries } });
    }
}

/// Inverse document frequency of a term in `df` of `all` documents; never negative.
pub(super) fn idf(all: u32, df: u32) -> f32 {
    let (all, df) = (f64::from(all.max(df)), f64::from(df));
    (1.0 + (all - df + 0.5) / (df + 0.5)).ln() as f32
}
