//! Gradient boosting of small trees for the log-odds of a yes or no, exact splits, deterministic.

use super::platt;
use crate::model::trees::{Node, Trees};

/// Knobs of the training.
#[derive(Clone, Debug)]
pub struct Boost {
    /// Number of trees.
    pub trees: usize,
    /// Depth of each.
    pub depth: usize,
    /// How much of each tree is added.
    pub rate: f32,
    /// Least curvature (about a quarter of the number of examples) in a leaf.
    pub least: f32,
    /// Ridge on leaf values.
    pub ridge: f32,
    /// Per input 1 where more of it may only raise the odds, -1 where it may only lower them; 0 and none: either.
    pub directions: Vec<i8>,
    /// Shares of rows and of inputs that each tree looks at.
    pub shares: (f32, f32),
}

impl Default for Boost {
    fn default() -> Self {
        Self {
            trees: 150,
            depth: 3,
            rate: 0.07,
            least: 6.0,
            ridge: 2.0,
            directions: Vec::new(),
            shares: (1.0, 1.0),
        }
    }
}

impl Boost {
    /// Fits trees to `(inputs, yes)`.
    pub fn fit(&self, rows: &[(Vec<f32>, bool)]) -> Trees {
        let yes = rows.iter().filter(|row| row.1).count() as f32 + 1.0;
        let no = rows.len() as f32 + 2.0 - yes;
        let mut trees = Trees { base: (yes / no).ln(), trees: Vec::new() };
        let inputs = rows.first().map_or(0, |row| row.0.len());
        let sorted: Vec<Vec<u32>> = (0..inputs).map(|feature| order(rows, feature)).collect();
        let mut odds = vec![trees.base; rows.len()];
        for round in 0..self.trees as u64 {
            let taken = |at: usize| drawn(round, at as u64, self.shares.0);
            let slope = |(at, (row, &x)): (usize, (&(Vec<f32>, bool), &f32))| match taken(at) {
                true => slope(row.1, x),
                false => (0.0, 0.0),
            };
            let slopes: Vec<(f32, f32)> = rows.iter().zip(&odds).enumerate().map(slope).collect();
            // rows that are left out pull nowhere; inputs that are left out have no order to split by
            let looked_at = |at: usize| drawn(round, u64::MAX - at as u64, self.shares.1);
            let sorted: Vec<&[u32]> = sorted
                .iter()
                .enumerate()
                .map(|(at, order)| if looked_at(at) { &order[..] } else { &[] })
                .collect();
            let tree = self.grow(rows, &slopes, &sorted);
            let one = Trees { base: 0.0, trees: vec![tree] };
            for (x, row) in odds.iter_mut().zip(rows) {
                *x += one.predict(&row.0);
            }
            trees.trees.extend(one.trees);
        }
        trees
    }

    fn grow(&self, rows: &[(Vec<f32>, bool)], slopes: &[(f32, f32)], sorted: &[&[u32]]) -> Vec<Node> {
        let mut nodes = vec![Node { feature: Node::LEAF, left: 0, value: 0.0 }];
        let mut home = vec![0_u16; rows.len()];
        let mut bounds = vec![(f32::MIN, f32::MAX)];
        let mut open = vec![0_u16];
        for _ in 0..self.depth {
            let mut next = Vec::new();
            for at in open {
                let best = self.split(rows, slopes, sorted, &home, at, bounds[usize::from(at)]);
                let Some(Split { feature, value, middle }) = best else { continue };
                let left = nodes.len() as u16;
                nodes.extend([Node { feature: Node::LEAF, left: 0, value: 0.0 }; 2]);
                nodes[usize::from(at)] = Node { feature: feature as u16, left, value };
                for (home, row) in home.iter_mut().zip(rows).filter(|(home, _)| **home == at) {
                    *home = left + u16::from(row.0[feature] > value);
                }
                let (low, high) = bounds[usize::from(at)];
                bounds.extend(match self.direction(feature) {
                    1 => [(low, middle), (middle, high)],
                    -1 => [(middle, high), (low, middle)],
                    _ => [(low, high); 2],
                });
                next.extend([left, left + 1]);
            }
            open = next;
        }
        let mut sums = vec![(0.0, 0.0); nodes.len()];
        for (home, slope) in home.iter().zip(slopes) {
            sums[usize::from(*home)].0 += slope.0;
            sums[usize::from(*home)].1 += slope.1;
        }
        let leaves =
            nodes.iter_mut().zip(sums).zip(bounds).filter(|((node, _), _)| node.feature == Node::LEAF);
        for ((node, (g, h)), (low, high)) in leaves {
            node.value = self.rate * (g / (h + self.ridge)).clamp(low, high);
        }
        nodes
    }

    fn direction(&self, feature: usize) -> i8 {
        self.directions.get(feature).copied().unwrap_or_default()
    }

    /// The split of node `at` that gains most.
    fn split(
        &self,
        rows: &[(Vec<f32>, bool)],
        slopes: &[(f32, f32)],
        sorted: &[&[u32]],
        home: &[u16],
        at: u16,
        (low, high): (f32, f32),
    ) -> Option<Split> {
        let inside = |row: &&u32| home[**row as usize] == at;
        let value = |g: f32, h: f32| (g / (h + self.ridge)).clamp(low, high);
        // what a leaf gains with the value it may have
        let gain = |g: f32, h: f32| (2.0 * g - (h + self.ridge) * value(g, h)) * value(g, h);
        let mut best: Option<(f32, Split)> = None;
        for (feature, order) in sorted.iter().enumerate() {
            let rows_here: Vec<u32> = order.iter().filter(inside).copied().collect();
            let sum =
                |(g, h): (f32, f32), &row: &u32| (g + slopes[row as usize].0, h + slopes[row as usize].1);
            let (all_g, all_h) = rows_here.iter().fold((0.0, 0.0), sum);
            let (mut g, mut h) = (0.0, 0.0);
            for two in rows_here.windows(2) {
                (g, h) = sum((g, h), &two[0]);
                let (x, y) = (rows[two[0] as usize].0[feature], rows[two[1] as usize].0[feature]);
                if x == y || h < self.least || all_h - h < self.least {
                    continue;
                }
                let (left, right) = (value(g, h), value(all_g - g, all_h - h));
                if (right - left) * f32::from(self.direction(feature)) < 0.0 {
                    continue;
                }
                let gained = gain(g, h) + gain(all_g - g, all_h - h) - gain(all_g, all_h);
                if gained > best.as_ref().map_or(1e-3, |b| b.0) {
                    let middle = (left + right) / 2.0;
                    best = Some((gained, Split { feature, value: x + (y - x) / 2.0, middle }));
                }
            }
        }
        best.map(|(_, split)| split)
    }
}

/// Where a node is split; `middle` parts the values its two sides may have.
struct Split {
    feature: usize,
    value: f32,
    middle: f32,
}

fn order(rows: &[(Vec<f32>, bool)], feature: usize) -> Vec<u32> {
    let mut order: Vec<u32> = (0..rows.len() as u32).collect();
    order.sort_by(|&a, &b| {
        rows[a as usize].0[feature].total_cmp(&rows[b as usize].0[feature]).then(a.cmp(&b))
    });
    order
}

/// Whether tree `round` draws number `at`: by a mix of both (splitmix64), the same in every training.
fn drawn(round: u64, at: u64, share: f32) -> bool {
    if share >= 1.0 {
        return true;
    }
    let mut x = (round << 32 ^ at).wrapping_add(0x9e37_79b9_7f4a_7c15);
    x = (x ^ x >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x = (x ^ x >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    ((x ^ x >> 31) >> 40) as f32 / (1_u64 << 24) as f32 <= share
}

/// First and second derivative of the log-likelihood.
fn slope(yes: bool, odds: f32) -> (f32, f32) {
    let p = 1.0 / (1.0 + (-odds).exp());
    (f32::from(u8::from(yes)) - p, p * (1.0 - p))
}

/// Platt scaling: `(a, b)` such that sigmoid(a * odds + b) is calibrated on `(odds, yes)`.
pub fn platt(points: &[(f32, bool)]) -> (f32, f32) {
    let points = points.iter().map(|&(odds, yes)| (f64::from(odds), f64::from(u8::from(yes))));
    let (a, b) = platt::curve(points, (1.0, 0.0));
    (a as f32, b as f32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trees_learn_what_no_line_can_part() {
        let rows: Vec<(Vec<f32>, bool)> = (0..400)
            .map(|n| {
                let (x, y) = ((n % 20) as f32, (n / 20) as f32);
                (vec![x, y], (x > 9.0) != (y > 11.0))
            })
            .collect();
        let trees = Boost::default().fit(&rows);
        let right = rows.iter().filter(|row| (trees.predict(&row.0) > 0.0) == row.1).count();
        assert!(right > 380, "{right} of 400");
    }

    #[test]
    fn platt_scaling_finds_the_true_odds() {
        let points: Vec<(f32, bool)> =
            (0..1000).map(|n| (1.0, n % 4 != 0)).chain((0..1000).map(|n| (-1.0, n % 4 == 0))).collect();
        let (a, b) = platt(&points);
        assert!((a - 3.0_f32.ln()).abs() < 0.01 && b.abs() < 0.01, "{a} {b}");
    }
}
