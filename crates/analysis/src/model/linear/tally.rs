//! Counting of features without sorting: a small table per thread that lives from text to text.

use super::IDF_STEPS;
use super::buckets::Buckets;
use std::cell::RefCell;

/// Open-addressing table of rows with their counts, and the terms made of them.
#[derive(Default)]
pub struct Tally {
    /// Row + 1 and its count; 0 is free.
    slots: Vec<(u32, u32)>,
    /// Places of the taken slots in the order they were taken.
    taken: Vec<u32>,
    terms: Vec<(u32, f32)>,
}

impl Tally {
    /// Lends the table of this thread.
    pub fn with<R>(work: impl FnOnce(&mut Self) -> R) -> R {
        thread_local! {
            static OWN: RefCell<Tally> = RefCell::default();
        }
        OWN.with_borrow_mut(work)
    }

    /// `(row, weight)` of a block: `1 + ln(count)` times idf, scaled to length one; features of no known bucket drop out.
    pub fn terms(&mut self, block: &[u32], buckets: &Buckets, idf: &[u8]) -> &[(u32, f32)] {
        self.terms.clear();
        self.taken.clear();
        let size = (block.len() * 2).next_power_of_two().max(64);
        if self.slots.len() < size {
            self.slots = vec![(0, 0); size];
        }
        let last = self.slots.len() - 1;
        for hash in block {
            let Some(row) = buckets.row(*hash) else { continue };
            let mut at = row as usize & last;
            // at most half the slots are taken, so a free one comes
            while self.slots[at].0 != row + 1 && self.slots[at].0 != 0 {
                at = (at + 1) & last;
            }
            if self.slots[at].0 == 0 {
                self.slots[at] = (row + 1, 0);
                self.taken.push(at as u32);
            }
            self.slots[at].1 += 1;
        }
        let mut norm = 0.0_f32;
        for at in &self.taken {
            let (key, n) = std::mem::take(&mut self.slots[*at as usize]);
            let steps = f32::from(idf[(key - 1) as usize]) / IDF_STEPS;
            let x = if n == 1 { steps } else { (1.0 + (n as f32).ln()) * steps };
            norm += x * x;
            self.terms.push((key - 1, x));
        }
        let norm = norm.sqrt();
        if norm > 0.0 {
            self.terms.iter_mut().for_each(|(_, x)| *x /= norm);
        }
        &self.terms
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::linear::Bag;

    #[test]
    fn it_counts_as_the_sorted_way_does() {
        let idf: Vec<u8> = (0..1024_u32).map(|i| (i % 40) as u8).collect();
        let floats: Vec<f32> = idf.iter().map(|steps| f32::from(*steps) / IDF_STEPS).collect();
        for length in [0_u32, 1, 7, 500, 5000] {
            let block: Vec<u32> = (0..length).map(|i| i.wrapping_mul(2_654_435_761) >> 17).collect();
            let buckets = Buckets::new(10, (0..1024).filter(|bucket| idf[*bucket as usize] > 0));
            let known: Vec<u8> = idf.iter().copied().filter(|steps| *steps > 0).collect();
            let mut own = Tally::default().terms(&block, &buckets, &known).to_vec();
            own.sort_by_key(|(bucket, _)| *bucket);
            let sorted = Bag { blocks: vec![block] }.vector(10, &floats);
            assert_eq!(own.len(), sorted.len());
            for (a, b) in own.iter().zip(&sorted) {
                assert!(Some(a.0) == buckets.row(b.0) && (a.1 - b.1).abs() < 1e-5, "{a:?} {b:?}");
            }
        }
    }
}
