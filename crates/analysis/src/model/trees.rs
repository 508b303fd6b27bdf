//! Boosted regression trees: small, exact to read back, walked without recursion.

/// Reads little-endian numbers off the front of a slice; `None` at its end.
pub struct Bytes<'a>(pub &'a [u8]);

impl Bytes<'_> {
    fn take<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (head, rest) = self.0.split_first_chunk::<N>()?;
        self.0 = rest;
        Some(*head)
    }
    /// Next two bytes.
    pub fn u16(&mut self) -> Option<u16> {
        self.take().map(u16::from_le_bytes)
    }
    /// Next four bytes.
    pub fn u32(&mut self) -> Option<u32> {
        self.take().map(u32::from_le_bytes)
    }
    /// Next four bytes; not a finite number is 0, so that a broken file never yields NaN.
    pub fn f32(&mut self) -> Option<f32> {
        self.take().map(f32::from_le_bytes).map(|x| if x.is_finite() { x } else { 0.0 })
    }
}

/// A node: an inner one goes left when `input[feature] <= value`; a leaf adds `value`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Node {
    /// Input to compare, or [`Node::LEAF`].
    pub feature: u16,
    /// Left child; the right one follows it. Always larger than the node's own position.
    pub left: u16,
    /// Threshold or leaf value.
    pub value: f32,
}

impl Node {
    /// Marks a leaf.
    pub const LEAF: u16 = u16::MAX;
}

/// A sum of trees.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Trees {
    /// What an empty sum predicts.
    pub base: f32,
    /// The trees, root first.
    pub trees: Vec<Vec<Node>>,
}

impl Trees {
    /// Whether nothing was learnt.
    pub fn is_empty(&self) -> bool {
        self.trees.is_empty()
    }

    /// How many inputs the trees look at.
    pub fn inputs(&self) -> usize {
        let inner = self.trees.iter().flatten().filter(|node| node.feature != Node::LEAF);
        inner.map(|node| usize::from(node.feature) + 1).max().unwrap_or(0)
    }

    /// The sum for one input; missing inputs count as 0.
    pub fn predict(&self, input: &[f32]) -> f32 {
        self.base + self.trees.iter().map(|tree| walk(tree, input)).sum::<f32>()
    }

    /// Appends the trees.
    pub fn write(&self, out: &mut Vec<u8>) {
        out.extend(self.base.to_le_bytes());
        out.extend((self.trees.len() as u32).to_le_bytes());
        for tree in &self.trees {
            out.extend((tree.len() as u32).to_le_bytes());
            for node in tree {
                out.extend(node.feature.to_le_bytes());
                out.extend(node.left.to_le_bytes());
                out.extend(node.value.to_le_bytes());
            }
        }
    }

    /// Reads what [`Trees::write`] wrote; `None` when it is cut short or a child does not lie behind its parent.
    pub fn read(bytes: &mut Bytes<'_>) -> Option<Self> {
        let base = bytes.f32()?;
        let count = bytes.u32()?;
        let trees = (0..count).map(|_| read_tree(bytes)).collect::<Option<_>>()?;
        Some(Self { base, trees })
    }
}

fn read_tree(bytes: &mut Bytes<'_>) -> Option<Vec<Node>> {
    let count = bytes.u32()? as usize;
    let node =
        |bytes: &mut Bytes<'_>| Some(Node { feature: bytes.u16()?, left: bytes.u16()?, value: bytes.f32()? });
    let nodes: Vec<Node> = (0..count).map(|_| node(bytes)).collect::<Option<_>>()?;
    let sound = |(at, node): (usize, &Node)| {
        let left = usize::from(node.left);
        node.feature == Node::LEAF || (left > at && left + 1 < count)
    };
    nodes.iter().enumerate().all(sound).then_some(nodes)
}

fn walk(tree: &[Node], input: &[f32]) -> f32 {
    let mut at = 0;
    // children lie behind their parent, so this ends
    while let Some(node) = tree.get(at) {
        if node.feature == Node::LEAF {
            return node.value;
        }
        let x = input.get(usize::from(node.feature)).copied().unwrap_or(0.0);
        at = usize::from(node.left) + usize::from(x > node.value);
    }
    0.0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stump() -> Trees {
        let leaf = |value| Node { feature: Node::LEAF, left: 0, value };
        let root = Node { feature: 1, left: 1, value: 0.5 };
        Trees { base: 1.0, trees: vec![vec![root, leaf(-2.0), leaf(3.0)]] }
    }

    #[test]
    fn trees_are_read_back_as_they_were_written() {
        let mut bytes = Vec::new();
        stump().write(&mut bytes);
        let read = Trees::read(&mut Bytes(&bytes)).unwrap();
        assert_eq!(read, stump());
        assert_eq!(read.inputs(), 2);
        assert_eq!((read.predict(&[0.0, 0.5]), read.predict(&[0.0, 0.6])), (-1.0, 4.0));
        assert_eq!(Trees::read(&mut Bytes(&bytes[..bytes.len() - 1])), None);
    }

    #[test]
    fn a_tree_that_points_back_is_refused() {
        let mut looping = stump();
        looping.trees[0][0].left = 0;
        let mut bytes = Vec::new();
        looping.write(&mut bytes);
        assert_eq!(Trees::read(&mut Bytes(&bytes)), None);
    }
}
