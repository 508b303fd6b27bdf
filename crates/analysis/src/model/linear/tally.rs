//! Counting of features without sorting: a count per row that lives from text to text.

use super::IDF_STEPS;
use std::cell::RefCell;
use std::collections::HashMap;
use std::hint::black_box;
use std::sync::LazyLock;

/// What so many of a feature count, `1 + ln(n)`, for the first few numbers.
static OFTEN: LazyLock<[f32; 32]> = LazyLock::new(|| std::array::from_fn(|n| often(n as u32)));

fn often(n: u32) -> f32 {
    if n <= 1 { 1.0 } else { 1.0 + (n as f32).ln() }
}

/// Counts by row, and the terms made of them.
#[derive(Default)]
pub struct Tally {
    /// How often each row came so far; zero between two blocks. One more than there are rows: for what is unknown. One byte
    /// each, since what is counted is all over the place and the near caches are small.
    counts: Vec<u8>,
    /// What came oftener than a byte can tell.
    more: HashMap<u32, u32>,
    /// The rows that came, in the order they first did.
    rows: Vec<u32>,
    /// Weights of these rows.
    weights: Vec<f32>,
    /// Room for the known rows of a block.
    pub known: Vec<u32>,
}

impl Tally {
    /// Lends the counts of this thread.
    pub fn with<R>(work: impl FnOnce(&mut Self) -> R) -> R {
        thread_local! {
            static OWN: RefCell<Tally> = RefCell::default();
        }
        OWN.with_borrow_mut(work)
    }

    /// Of the rows of a block the distinct ones with their weights: `1 + ln(count)` times idf, scaled to length one; `unknown`
    /// is one past the last row and drops out. `idf` gives the stored steps of a row.
    pub fn terms(&mut self, block: &[u32], unknown: u32, idf: impl Fn(u32) -> u8) -> (&[u32], &[f32]) {
        if self.counts.len() <= unknown as usize {
            self.counts.resize(unknown as usize + 1, 0);
        }
        if self.rows.len() < block.len() {
            self.rows.resize(block.len(), 0);
        }
        let (counts, rows) = (&mut self.counts[..=unknown as usize], &mut self.rows[..block.len()]);
        // as if it had come before, so that it is no new row
        counts[unknown as usize] = 1;
        let mut taken = 0;
        // no branches that cannot be guessed: whether a feature is known, and whether it came before
        for &row in block {
            let count = &mut counts[row as usize];
            rows[taken] = row;
            taken += usize::from(*count == 0);
            if *count == u8::MAX {
                *self.more.entry(row).or_default() += 1;
            } else {
                *count += u8::from(row != unknown);
            }
        }
        counts[unknown as usize] = 0;
        let rows = &rows[..taken];
        // touched together, so that they come from memory together instead of one after another
        black_box(rows.iter().fold(0, |all, row| all ^ idf(*row)));
        let first_few = &*OFTEN;
        self.weights.clear();
        let mut norm = 0.0_f32;
        self.weights.extend(rows.iter().map(|row| {
            let n = u32::from(std::mem::take(&mut counts[*row as usize]));
            let steps = f32::from(idf(*row)) / IDF_STEPS;
            let often = first_few.get(n as usize).copied().unwrap_or_else(|| {
                let more = if n == u32::from(u8::MAX) { self.more.get(row) } else { None };
                often(n + more.copied().unwrap_or(0))
            });
            let x = often * steps;
            norm += x * x;
            x
        }));
        self.more.clear();
        let norm = norm.sqrt();
        if norm > 0.0 {
            self.weights.iter_mut().for_each(|x| *x /= norm);
        }
        (rows, &self.weights)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::linear::Bag;

    #[test]
    fn it_counts_as_the_sorted_way_does() {
        let floats: Vec<f32> = (0..1024_u32).map(|i| (i % 40) as f32 / IDF_STEPS).collect();
        let known = |row: u32| if floats[row as usize] > 0.0 { row } else { 1024 };
        let mut tally = Tally::default();
        for (length, spread) in [(0_u32, 17), (1, 17), (7, 17), (500, 17), (5000, 17), (5000, 29), (17, 17)] {
            let block: Vec<u32> =
                (0..length).map(|i| i.wrapping_mul(2_654_435_761) >> spread & 1023).collect();
            let rows: Vec<u32> = block.iter().map(|row| known(*row)).collect();
            let (rows, weights) = tally.terms(&rows, 1024, |row| (row % 40) as u8);
            let mut own: Vec<(u32, f32)> = rows.iter().copied().zip(weights.iter().copied()).collect();
            own.sort_by_key(|(row, _)| *row);
            let sorted = Bag { blocks: vec![block] }.vector(10, &floats);
            assert_eq!(own.len(), sorted.len());
            for (a, b) in own.iter().zip(&sorted) {
                assert!(a.0 == b.0 && (a.1 - b.1).abs() < 1e-5, "{a:?} {b:?}");
            }
        }
    }
}
