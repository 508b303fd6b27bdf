//! Boosted trees that put the right one of several first: LambdaMART (Burges 2010, MSR-TR-2010-82), deterministic.
//!
//! Inputs are cut into at most 64 steps of about equal size, so that finding a split takes one pass over the rows
//! whatever their values.

use crate::model::trees::{Node, Trees};
use rayon::prelude::*;

/// Steps per input.
const BINS: usize = 64;
/// Couples of which neither stands among the first so many do not count.
const FIRST: usize = 10;

/// What is to be put in order for one post: one row of inputs for each title, and whether it is a right one.
pub type List = Vec<(Vec<f32>, bool)>;

/// Knobs of the training.
#[derive(Clone, Debug)]
pub struct Rank {
    /// Number of trees.
    pub trees: usize,
    /// Depth of each.
    pub depth: usize,
    /// How much of each tree is added.
    pub rate: f32,
    /// Least number of rows in a leaf.
    pub least: u32,
    /// Ridge on leaf values.
    pub ridge: f32,
    /// Each tree looks at every input but those whose number, shifted by the tree's, is a multiple of this.
    pub skip: usize,
}

impl Default for Rank {
    fn default() -> Self {
        Self { trees: 200, depth: 3, rate: 0.08, least: 60, ridge: 3.0, skip: 3 }
    }
}

impl Rank {
    /// Fits trees to lists; lists without a right and a wrong row teach nothing.
    pub fn fit(&self, lists: &[List]) -> Trees {
        let rows: Vec<&(Vec<f32>, bool)> = lists.iter().flatten().collect();
        let inputs = rows.first().map_or(0, |row| row.0.len());
        let columns: Vec<Column> = (0..inputs).into_par_iter().map(|at| Column::of(&rows, at)).collect();
        let mut starts = vec![0];
        starts.extend(lists.iter().scan(0, |sum, list| {
            *sum += list.len();
            Some(*sum)
        }));
        let mut scores = vec![0.0_f32; rows.len()];
        let mut slopes = vec![(0.0_f32, 0.0_f32); rows.len()];
        let mut trees = Trees::default();
        for round in 0..self.trees {
            for (list, &start) in lists.iter().zip(&starts) {
                let range = start..start + list.len();
                pull(list, &scores[range.clone()], &mut slopes[range]);
            }
            let (tree, home) = self.grow(round, &columns, &slopes);
            for (score, home) in scores.iter_mut().zip(home) {
                *score += tree[usize::from(home)].value;
            }
            trees.trees.push(tree);
        }
        trees
    }

    fn grow(&self, round: usize, columns: &[Column], slopes: &[(f32, f32)]) -> (Vec<Node>, Vec<u16>) {
        let leaf = Node { feature: Node::LEAF, left: 0, value: 0.0 };
        let mut nodes = vec![leaf];
        let mut home = vec![0_u16; slopes.len()];
        let mut open = vec![0_u16];
        for _ in 0..self.depth {
            if open.is_empty() {
                break;
            }
            let mut next = Vec::new();
            let found = self.splits(round, columns, slopes, &home, &open);
            for (&at, split) in open.iter().zip(found) {
                let Some(Split { feature, bin, .. }) = split else { continue };
                let left = nodes.len() as u16;
                nodes.extend([leaf, leaf]);
                let value = columns[feature].edges[usize::from(bin)];
                nodes[usize::from(at)] = Node { feature: feature as u16, left, value };
                let bins = &columns[feature].bins;
                for (home, own) in home.iter_mut().zip(bins).filter(|(home, _)| **home == at) {
                    *home = left + u16::from(*own > bin);
                }
                next.extend([left, left + 1]);
            }
            open = next;
        }
        let mut sums = vec![(0.0_f32, 0.0_f32); nodes.len()];
        for (home, slope) in home.iter().zip(slopes) {
            let sum = &mut sums[usize::from(*home)];
            *sum = (sum.0 + slope.0, sum.1 + slope.1);
        }
        for (node, (g, h)) in nodes.iter_mut().zip(sums).filter(|(node, _)| node.feature == Node::LEAF) {
            node.value = self.rate * g / (h + self.ridge);
        }
        (nodes, home)
    }

    /// The split of each open node that gains most.
    fn splits(
        &self,
        round: usize,
        columns: &[Column],
        slopes: &[(f32, f32)],
        home: &[u16],
        open: &[u16],
    ) -> Vec<Option<Split>> {
        let first = open.first().copied().unwrap_or_default();
        let looked_at = |feature: &usize| self.skip == 0 || !(feature + round).is_multiple_of(self.skip);
        let of = |feature: usize| {
            let column = &columns[feature];
            let mut steps = vec![Step::default(); open.len() * BINS];
            for ((&home, &bin), slope) in home.iter().zip(&column.bins).zip(slopes) {
                // nodes that are open were made last, one after the other
                if home >= first {
                    let step = &mut steps[usize::from(home - first) * BINS + usize::from(bin)];
                    *step = Step { g: step.g + slope.0, h: step.h + slope.1, rows: step.rows + 1 };
                }
            }
            steps.chunks(BINS).map(|steps| self.best(feature, steps, column.edges.len())).collect::<Vec<_>>()
        };
        let found: Vec<Vec<Option<Split>>> =
            (0..columns.len()).into_par_iter().filter(looked_at).map(of).collect();
        let better = |best: Option<Split>, other: Option<Split>| match (&best, &other) {
            (Some(a), Some(b)) if b.gain > a.gain => other,
            (None, _) => other,
            _ => best,
        };
        (0..open.len()).map(|at| found.iter().map(|of| of[at]).fold(None, better)).collect()
    }

    fn best(&self, feature: usize, steps: &[Step], edges: usize) -> Option<Split> {
        let gain = |step: &Step| step.g * step.g / (step.h + self.ridge);
        let all = steps.iter().fold(Step::default(), Step::and);
        let (mut left, mut best) = (Step::default(), None::<Split>);
        for (bin, step) in steps.iter().enumerate().take(edges) {
            left = left.and(step);
            let right = Step { g: all.g - left.g, h: all.h - left.h, rows: all.rows - left.rows };
            if left.rows < self.least || right.rows < self.least {
                continue;
            }
            let gained = gain(&left) + gain(&right) - gain(&all);
            if gained > best.as_ref().map_or(1e-3, |best| best.gain) {
                best = Some(Split { feature, bin: bin as u8, gain: gained });
            }
        }
        best
    }
}

#[derive(Clone, Copy, Default)]
struct Step {
    g: f32,
    h: f32,
    rows: u32,
}

impl Step {
    fn and(self, other: &Self) -> Self {
        Self { g: self.g + other.g, h: self.h + other.h, rows: self.rows + other.rows }
    }
}

#[derive(Clone, Copy)]
struct Split {
    feature: usize,
    bin: u8,
    gain: f32,
}

/// One input of all rows, in steps.
struct Column {
    bins: Vec<u8>,
    /// What lies at or below edge `n` is in step `n` or before.
    edges: Vec<f32>,
}

impl Column {
    fn of(rows: &[&(Vec<f32>, bool)], at: usize) -> Self {
        let mut values: Vec<f32> = rows.iter().map(|row| row.0[at]).collect();
        values.sort_unstable_by(f32::total_cmp);
        let mut edges: Vec<f32> =
            (1..BINS).filter_map(|n| values.get(n * values.len() / BINS).copied()).collect();
        edges.dedup();
        // nothing lies above the last value
        edges.pop_if(|edge| values.last() == Some(edge));
        let bins = rows.iter().map(|row| edges.partition_point(|edge| *edge < row.0[at]) as u8).collect();
        Self { bins, edges }
    }
}

/// How each row of a list is pulled up or down: for every couple of a right and a wrong row what exchanging them would change
/// in the discounted gain, times how far the scores are from saying so.
fn pull(list: &List, scores: &[f32], slopes: &mut [(f32, f32)]) {
    slopes.fill((0.0, 0.0));
    let mut order: Vec<usize> = (0..list.len()).collect();
    order.sort_by(|&a, &b| scores[b].total_cmp(&scores[a]).then(a.cmp(&b)));
    let discount = |place: usize| 1.0 / (place as f32 + 2.0).log2();
    let rights = list.iter().filter(|row| row.1).count();
    let most: f32 = (0..rights.min(FIRST)).map(discount).sum();
    for (place, &right) in order.iter().enumerate().filter(|(_, at)| list[**at].1) {
        for (other, &wrong) in order.iter().enumerate().filter(|(_, at)| !list[**at].1) {
            if place.min(other) >= FIRST {
                continue;
            }
            let change = (discount(place) - discount(other)).abs() / most;
            let doubt = 1.0 / (1.0 + (scores[right] - scores[wrong]).exp());
            let (g, h) = (change * doubt, change * doubt * (1.0 - doubt));
            slopes[right] = (slopes[right].0 + g, slopes[right].1 + h);
            slopes[wrong] = (slopes[wrong].0 - g, slopes[wrong].1 + h);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_right_one_of_each_list_comes_first() {
        // the right row has the largest first input of its list, wherever the list lies; the second says where
        let list = |n: usize| -> List {
            (0..5)
                .map(|row| {
                    let x = ((n * 7 + row * 3) % 5) as f32;
                    (vec![x, n as f32, x / 4.0], x == 4.0)
                })
                .collect()
        };
        let lists: Vec<List> = (0..60).map(list).collect();
        let rank = Rank { trees: 30, least: 5, ..Rank::default() };
        let trees = rank.fit(&lists);
        let first = |list: &List| {
            list.iter().max_by(|a, b| trees.predict(&a.0).total_cmp(&trees.predict(&b.0))).unwrap().1
        };
        assert!(lists.iter().all(first));
        assert_eq!(trees, rank.fit(&lists));
        assert!(rank.fit(&[]).predict(&[1.0]).abs() < 1e-9);
    }
}
