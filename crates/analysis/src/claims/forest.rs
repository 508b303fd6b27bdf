//! Small trees laid out flat, so that walking two hundred of them for one title takes half a microsecond.

use crate::model::trees::{Node, Trees};

/// Depth of every tree once filled up.
const DEPTH: usize = 3;
/// Inner nodes and leaves of such a tree.
const INNER: usize = (1 << DEPTH) - 1;
const LEAVES: usize = 1 << DEPTH;

/// A tree of depth three: node `n` has the children `2n + 1` and `2n + 2`.
#[derive(Clone, Debug)]
struct Flat {
    features: [u8; INNER],
    values: [f32; INNER],
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

    /// The sum for one input; missing inputs count as 0.
    pub fn predict<const N: usize>(&self, input: &[f32; N]) -> f32 {
        if let Some(trees) = &self.other {
            return trees.predict(input);
        }
        let mut sum = 0.0;
        for tree in &self.flat {
            let mut at = 0;
            for _ in 0..DEPTH {
                let x = input.get(usize::from(tree.features[at])).copied().unwrap_or(0.0);
                at = 2 * at + 1 + usize::from(x > tree.values[at]);
            }
            sum += tree.leaves[at - INNER];
        }
        self.base + sum
    }
}

/// The flat form of a tree; `None` where it is deeper or looks at too many inputs.
fn flat(tree: &[Node]) -> Option<Flat> {
    let mut out = Flat { features: [0; INNER], values: [f32::INFINITY; INNER], leaves: [0.0; LEAVES] };
    fill(tree, 0, 0, &mut out).then_some(out)
}

/// Copies the part of a tree below `from` to flat node `to`; a leaf goes below all that it stands for.
fn fill(tree: &[Node], from: usize, to: usize, out: &mut Flat) -> bool {
    let Some(node) = tree.get(from) else { return false };
    if node.feature == Node::LEAF {
        spread(to, node.value, out);
        return true;
    }
    let (Ok(feature), true) = (u8::try_from(node.feature), to < INNER) else { return false };
    (out.features[to], out.values[to]) = (feature, node.value);
    let left = usize::from(node.left);
    fill(tree, left, 2 * to + 1, out) && fill(tree, left + 1, 2 * to + 2, out)
}

fn spread(to: usize, value: f32, out: &mut Flat) {
    match to.checked_sub(INNER) {
        Some(leaf) => out.leaves[leaf] = value,
        None => (1..=2).for_each(|side| spread(2 * to + side, value, out)),
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
            for n in 0..27 {
                let input = [(n % 3) as f32 - 0.5, (n / 3 % 3) as f32 - 0.5, (n / 9) as f32 - 0.5];
                assert_eq!(forest.predict(&input), trees.predict(&input), "{input:?}");
            }
            assert_eq!(forest.predict(&[f32::NAN; 3]), trees.predict(&[f32::NAN; 3]));
        }
    }
}
