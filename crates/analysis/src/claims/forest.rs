//! Small trees laid out flat, so that a few titles walk them together.

use crate::model::trees::{Node, Trees};

/// Leaves of every tree once filled up to a depth of three; one more than its inner nodes.
const LEAVES: usize = 8;
/// Inputs at most. A power of two: places masked by it need no check.
const INPUTS: usize = 64;
/// Inputs that go through the trees together: as many as there are mostly titles to put in order, or to believe.
const MANY: usize = 16;
const FEW: usize = 8;

/// A tree of depth three: node `n` of 1..8 has the children `2n` and `2n + 1`; node 0 is none.
#[derive(Clone, Debug)]
struct Flat {
    features: [u8; LEAVES],
    values: [f32; LEAVES],
    leaves: [f32; LEAVES],
}

/// A sum of trees that gives exactly what [`Trees::predict`] gives.
#[derive(Clone, Debug, Default)]
pub(super) struct Forest {
    base: f32,
    flat: Vec<Flat>,
    /// What does not fit the flat form is walked as it is.
    other: Option<Trees>,
}

impl Forest {
    /// Lays the trees out.
    pub fn of(trees: &Trees) -> Self {
        let flat: Option<Vec<Flat>> = trees.trees.iter().map(|tree| flat(tree)).collect();
        match flat {
            Some(flat) => Self { base: trees.base, flat, other: None },
            None => Self { other: Some(trees.clone()), ..Self::default() },
        }
    }

    /// Whether nothing was learnt.
    pub fn is_empty(&self) -> bool {
        self.flat.is_empty() && self.other.as_ref().is_none_or(Trees::is_empty)
    }

    /// The sum for each input; missing inputs count as 0.
    pub fn predict<const N: usize>(&self, inputs: &[[f32; N]]) -> Vec<f32> {
        if let Some(trees) = &self.other {
            return inputs.iter().map(|input| trees.predict(input)).collect();
        }
        let mut out = Vec::with_capacity(inputs.len());
        if inputs.len() > FEW {
            self.add::<MANY, N>(inputs, &mut out)
        } else {
            self.add::<FEW, N>(inputs, &mut out)
        }
        out
    }

    /// Appends the sums, of so many inputs at once.
    fn add<const LANES: usize, const N: usize>(&self, inputs: &[[f32; N]], out: &mut Vec<f32>) {
        for some in inputs.chunks(LANES) {
            let mut columns = [[0.0; LANES]; INPUTS];
            for (lane, input) in some.iter().enumerate() {
                columns.iter_mut().zip(input).for_each(|(column, x)| column[lane] = *x);
            }
            let sums = self.walk(&columns);
            out.extend(sums[..some.len()].iter().map(|sum| self.base + sum));
        }
    }

    /// The sums for `LANES` inputs at once. No branches: every node is asked, so that it becomes vector instructions.
    fn walk<const LANES: usize>(&self, columns: &[[f32; LANES]; INPUTS]) -> [f32; LANES] {
        let mut sums = [0.0; LANES];
        for tree in &self.flat {
            let ask = |node: usize, left: [f32; LANES], right: [f32; LANES]| {
                let (xs, value) = (&columns[usize::from(tree.features[node]) % INPUTS], tree.values[node]);
                let mut out = left;
                for lane in 0..LANES {
                    out[lane] = if xs[lane] > value { right[lane] } else { left[lane] };
                }
                out
            };
            let leaf = |at: usize| [tree.leaves[at]; LANES];
            let low = ask(2, ask(4, leaf(0), leaf(1)), ask(5, leaf(2), leaf(3)));
            let high = ask(3, ask(6, leaf(4), leaf(5)), ask(7, leaf(6), leaf(7)));
            sums.iter_mut().zip(ask(1, low, high)).for_each(|(sum, leaf)| *sum += leaf);
        }
        sums
    }
}

/// The flat form of a tree; `None` where it is deeper or looks at too many inputs.
fn flat(tree: &[Node]) -> Option<Flat> {
    let mut out = Flat { features: [0; LEAVES], values: [f32::INFINITY; LEAVES], leaves: [0.0; LEAVES] };
    fill(tree, 0, 1, &mut out).then_some(out)
}

/// Copies the part of a tree below `from` to flat node `to`; a leaf goes below all that it stands for.
fn fill(tree: &[Node], from: usize, to: usize, out: &mut Flat) -> bool {
    let Some(node) = tree.get(from) else { return false };
    if node.feature == Node::LEAF {
        spread(to, node.value, out);
        return true;
    }
    let feature = u8::try_from(node.feature).ok().filter(|feature| usize::from(*feature) < INPUTS);
    let (Some(feature), true) = (feature, to < LEAVES) else { return false };
    (out.features[to], out.values[to]) = (feature, node.value);
    let left = usize::from(node.left);
    fill(tree, left, 2 * to, out) && fill(tree, left + 1, 2 * to + 1, out)
}

fn spread(to: usize, value: f32, out: &mut Flat) {
    match to.checked_sub(LEAVES) {
        Some(leaf) => out.leaves[leaf] = value,
        None => (0..=1).for_each(|side| spread(2 * to + side, value, out)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flat_trees_give_what_the_trees_give() {
        let leaf = |value| Node { feature: Node::LEAF, left: 0, value };
        let inner = |feature, left, value| Node { feature, left, value };
        let uneven = vec![inner(1, 1, 0.5), leaf(-2.0), inner(0, 3, 1.0), leaf(3.0), leaf(5.0)];
        let full = vec![
            inner(0, 1, 0.0),
            inner(1, 3, 0.0),
            leaf(7.0),
            inner(2, 5, 0.0),
            leaf(1.0),
            leaf(0.25),
            leaf(0.5),
        ];
        let deep = vec![
            inner(0, 1, 0.0),
            leaf(1.0),
            inner(1, 3, 0.0),
            leaf(2.0),
            inner(2, 5, 0.0),
            leaf(3.0),
            inner(0, 7, 2.0),
            leaf(4.0),
            leaf(5.0),
        ];
        for trees in [vec![uneven.clone()], vec![uneven, full], vec![deep], vec![vec![leaf(9.0)]], vec![]] {
            let trees = Trees { base: 0.5, trees };
            let forest = Forest::of(&trees);
            assert_eq!(forest.is_empty(), trees.is_empty());
            let mut inputs: Vec<[f32; 3]> = (0..27)
                .map(|n| [(n % 3) as f32 - 0.5, (n / 3 % 3) as f32 - 0.5, (n / 9) as f32 - 0.5])
                .collect();
            inputs.push([f32::NAN; 3]);
            let wanted: Vec<f32> = inputs.iter().map(|input| trees.predict(input)).collect();
            for count in [0, 1, 5, 8, 9, 16, 17, inputs.len()] {
                assert_eq!(forest.predict(&inputs[..count]), wanted[..count]);
            }
        }
    }
}
