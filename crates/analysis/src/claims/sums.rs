//! The best few of many titles by the sum of their postings.
//!
//! Sums are small whole numbers, one run of titles at a time, so that they stay in the second cache; the best are told
//! from the rest by the largest sum of every lane, which needs no sorting and becomes vector instructions.

use super::field::{RUN, Run};
use std::hint::black_box;

/// Steps of a sum that make 1.0.
pub(super) const SCALE: f32 = 32.0;
/// Postings read per term and run at most.
const PER_TERM: usize = 4_000;
/// Lanes beside each other: title `n` of a block is of lane `n % LANES`. A lane has 32 titles, which are looked at together.
const LANES: usize = 16;
/// Titles of a block.
const BLOCK: usize = 32 * LANES;
/// Terms whose postings are looked up together.
const TOGETHER: usize = 16;
/// Steps of a sum in one bin.
const BIN: usize = 16;
const BINS: usize = i16::MAX as usize / BIN + 1;

/// The titles with the largest sums over all runs so far.
#[derive(Default)]
pub(super) struct Best {
    /// How many are wanted.
    most: usize,
    /// For each title of a run what its postings add up to; zero between two runs.
    sums: Vec<i16>,
    /// The largest sum of each lane, by block.
    largest: Vec<[i16; LANES]>,
    /// How many lanes of all runs have their largest sum in a bin.
    bins: Vec<u32>,
    /// The last bin that is not empty.
    top: usize,
    found: Vec<(i16, u32)>,
}

impl Best {
    /// Begins anew.
    pub fn start(&mut self, most: usize) {
        self.most = most;
        self.sums.resize(RUN, 0);
        self.top = 0;
        self.bins.clear();
        self.bins.resize(BINS, 0);
        self.found.clear();
    }

    /// Adds up at most `budget` postings of a run, the first terms first. Of a common term only the shortest titles are
    /// read: one that matches on common words alone must be short.
    pub fn add(&mut self, run: &Run, terms: &[(u32, u32)], mut budget: usize) {
        // of a fixed length, in which every place of a run lies
        let Some(sums) = self.sums.first_chunk_mut::<RUN>() else { return };
        for some in terms.chunks(TOGETHER) {
            if budget == 0 {
                break;
            }
            // looked up and touched together, so that they come from memory together instead of one after another
            let mut lists = [&[][..]; TOGETHER];
            lists.iter_mut().zip(some).for_each(|(list, &(_, id))| *list = run.postings(id));
            black_box(lists.iter().flat_map(|list| list.first()).fold(0, |all, posting| all ^ posting.place));
            for (all, &(idf, _)) in lists.into_iter().zip(some) {
                let read = &all[..all.len().min(PER_TERM).min(budget)];
                budget -= read.len();
                for posting in read {
                    let sum = &mut sums[usize::from(posting.place)];
                    *sum = (i32::from(*sum) + i32::from(posting.part(idf))).min(i32::from(i16::MAX)) as i16;
                }
            }
        }
    }

    /// Forgets titles that were published after `day`; `earliest` are the days of the titles of the run.
    pub fn drop_newer(&mut self, earliest: &[i32], day: i32) {
        for (sum, &earliest) in self.sums.iter_mut().zip(earliest) {
            *sum = if earliest > day { 0 } else { *sum };
        }
    }

    /// Keeps the titles of a run that may be among the best, and makes the sums zero again.
    pub fn collect(&mut self, run: &Run) {
        let (blocks, _) = self.sums.as_chunks_mut::<BLOCK>();
        let blocks = &mut blocks[..(run.count as usize).div_ceil(BLOCK)];
        self.largest.clear();
        let mut least = least(&self.bins, self.top, self.most);
        for block in blocks.iter() {
            let lanes = largest(block);
            self.largest.push(lanes);
            // once enough lanes are counted, only those of higher bins can raise what a title must reach
            let counts = if least > 1 { least.saturating_add(BIN as i16) } else { BIN as i16 };
            if lanes.iter().fold(false, |any, &largest| any | (largest >= counts)) {
                for &largest in lanes.iter().filter(|largest| **largest >= counts) {
                    self.bins[largest as usize / BIN] += 1;
                    self.top = self.top.max(largest as usize / BIN);
                }
                least = self::least(&self.bins, self.top, self.most);
            }
        }
        for (at, (block, largest)) in blocks.iter_mut().zip(&self.largest).enumerate() {
            let first = run.first + (at * BLOCK) as u32;
            if largest.iter().fold(false, |any, &largest| any | (largest >= least)) {
                for (row, first) in block.as_chunks::<LANES>().0.iter().zip((first..).step_by(LANES)) {
                    // the rows that have none become vector instructions
                    if row.iter().fold(false, |any, &sum| any | (sum >= least)) {
                        let large = (first..).zip(row).filter(|(_, sum)| **sum >= least);
                        self.found.extend(large.map(|(title, &sum)| (sum, title)));
                    }
                }
            }
            if *largest != [0; LANES] {
                *block = [0; BLOCK];
            }
        }
    }

    /// The best titles; of equal ones the first.
    pub fn titles(&mut self) -> Vec<(f32, u32)> {
        let least = least(&self.bins, self.top, self.most);
        let order = |&(sum, title): &(i16, u32)| (-i32::from(sum), title);
        self.found.retain(|(sum, _)| *sum >= least);
        if self.found.len() > self.most {
            self.found.select_nth_unstable_by_key(self.most, order);
            self.found.truncate(self.most);
        }
        // back from the power that made the parts of a sum add up
        let score = |&(sum, title): &(i16, u32)| ((f32::from(sum) / SCALE).powf(1.25), title);
        self.found.iter().map(score).collect()
    }
}

/// The largest sum of each lane of a block.
fn largest(block: &[i16; BLOCK]) -> [i16; LANES] {
    let mut most = [0; LANES];
    for row in block.as_chunks::<LANES>().0 {
        most.iter_mut().zip(row).for_each(|(most, &sum)| *most = sum.max(*most));
    }
    most
}

/// A sum that as many titles reach as are wanted: one of each lane does.
fn least(bins: &[u32], top: usize, most: usize) -> i16 {
    let mut lanes = 0;
    for (bin, count) in bins.iter().enumerate().take(top + 1).skip(1).rev() {
        lanes += *count as usize;
        if lanes >= most {
            return (bin * BIN) as i16;
        }
    }
    1
}

#[cfg(test)]
mod tests {
    use super::super::field::Field;
    use super::super::weights::Table;
    use super::*;

    #[test]
    fn the_best_titles_of_all_runs_are_found() {
        let mut field = Field::default();
        // title n has the terms 0..=n % 7, and its own
        let terms = |n: u32| (0..=n % 7).chain([100 + n]).collect::<Vec<u32>>();
        (0..5000).for_each(|n| field.push(&terms(n), &Table::default(), 0));
        field.refresh(&Table::default(), 0);
        for (from, to) in [(0, 3000), (3000, 5000)] {
            field.index(from..to, usize::MAX);
        }
        let wanted: Vec<(u32, u32)> = [(100 + 4711, 400), (6, 64), (3, 64)]
            .iter()
            .filter_map(|&(term, idf)| Some((idf, field.id(term)?)))
            .collect();
        let mut best = Best::default();
        for _ in 0..2 {
            best.start(10);
            for run in field.runs() {
                best.add(run, &wanted, usize::MAX);
                best.collect(run);
            }
            let titles = best.titles();
            assert_eq!(titles.len(), 10);
            assert!(titles.iter().any(|(_, title)| *title == 4711));
            assert!(titles.iter().all(|&(_, title)| title == 4711 || title % 7 == 6), "{titles:?}");
        }
    }
}
