//! Known answers of the Certificate Transparency reference, then every size up to 64.

use super::*;
use saring_domain::ids::hex;

/// Entries of the reference implementation's test tree.
const ENTRIES: [&[u8]; 8] = [
    b"",
    b"\x00",
    b"\x10",
    b"\x20\x21",
    b"\x30\x31",
    b"\x40\x41\x42\x43",
    b"\x50\x51\x52\x53\x54\x55\x56\x57",
    b"\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f",
];

/// Roots over the first 0, 1, .. 8 of them.
const ROOTS: [&str; 9] = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
];

/// (index, size, path).
const PATHS: [(u64, u64, &[&str]); 5] = [
    (0, 1, &[]),
    (
        0,
        8,
        &[
            "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
        ],
    ),
    (
        5,
        8,
        &[
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
            "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        ],
    ),
    (2, 3, &["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"]),
    (
        1,
        5,
        &[
            "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        ],
    ),
];

/// (old size, new size, proof).
const GROWTHS: [(u64, u64, &[&str]); 4] = [
    (1, 1, &[]),
    (
        1,
        8,
        &[
            "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
        ],
    ),
    (
        6,
        8,
        &[
            "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
            "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        ],
    ),
    (
        2,
        5,
        &[
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        ],
    ),
];

fn hashes(leaves: &[Hash], ranges: Option<Vec<Range<u64>>>) -> Vec<Hash> {
    let slice =
        |r: Range<u64>| root(&leaves[usize::try_from(r.start).unwrap()..usize::try_from(r.end).unwrap()]);
    ranges.unwrap().into_iter().map(slice).collect()
}

fn numbered(count: u64) -> Vec<Hash> {
    (0..count).map(|n| leaf_hash(&n.to_be_bytes())).collect()
}

#[test]
fn roots_are_those_of_the_reference() {
    let leaves = ENTRIES.map(leaf_hash);
    for (size, expected) in ROOTS.iter().enumerate() {
        assert_eq!(hex(&root(&leaves[..size])), *expected, "size {size}");
    }
}

#[test]
fn proofs_are_those_of_the_reference() {
    let leaves = ENTRIES.map(leaf_hash);
    for (index, size, expected) in PATHS {
        let path = hashes(&leaves, inclusion(index, size));
        assert_eq!(path.iter().map(|hash| hex(hash)).collect::<Vec<_>>(), expected, "leaf {index} of {size}");
    }
    for (old, new, expected) in GROWTHS {
        let path = hashes(&leaves, consistency(old, new));
        assert_eq!(path.iter().map(|hash| hex(hash)).collect::<Vec<_>>(), expected, "{old} to {new}");
    }
}

/// The definition of RFC 6962, word for word, as an oracle for the frontier.
fn defined(leaves: &[Hash]) -> Hash {
    match leaves {
        [] => Sha256::digest([]).into(),
        [one] => *one,
        many => {
            let middle = usize::try_from(split(many.len() as u64)).unwrap();
            node_hash(&defined(&many[..middle]), &defined(&many[middle..]))
        }
    }
}

#[test]
fn every_inclusion_proof_up_to_64_leaves_holds_and_no_other_place_does() {
    let leaves = numbered(64);
    for size in 1..=64 {
        let tree = &leaves[..usize::try_from(size).unwrap()];
        let head = root(tree);
        assert_eq!(head, defined(tree));
        for index in 0..size {
            let path = hashes(tree, inclusion(index, size));
            let leaf = &tree[usize::try_from(index).unwrap()];
            for place in 0..size + 2 {
                let holds = verify_inclusion(leaf, place, size, &path, &head);
                assert_eq!(holds, place == index, "leaf {index} shown as {place} of {size}");
            }
            assert!(!verify_inclusion(&[7; 32], index, size, &path, &head), "another leaf at {index}");
            assert!(!verify_inclusion(leaf, index, size, &path, &[7; 32]), "another root for {index}");
            assert_broken_paths_fail(&path, |path| verify_inclusion(leaf, index, size, path, &head));
        }
        assert_eq!(inclusion(size, size), None);
    }
}

#[test]
fn every_consistency_proof_up_to_64_leaves_holds_and_no_other_does() {
    let leaves = numbered(64);
    let roots: Vec<Hash> = (0..=leaves.len()).map(|size| root(&leaves[..size])).collect();
    let root_of = |size: u64| &roots[usize::try_from(size).unwrap()];
    for new in 1..=64 {
        for old in 1..=new {
            let path = hashes(&leaves, consistency(old, new));
            for claimed in 1..=new {
                let holds = verify_consistency(claimed, root_of(claimed), new, root_of(new), &path);
                assert_eq!(holds, claimed == old, "{old} to {new} shown as {claimed}");
            }
            assert!(!verify_consistency(old, &[7; 32], new, root_of(new), &path));
            assert!(!verify_consistency(old, root_of(old), new, &[7; 32], &path));
            assert_broken_paths_fail(&path, |path| {
                verify_consistency(old, root_of(old), new, root_of(new), path)
            });
        }
    }
    assert_eq!((consistency(0, 5), consistency(6, 5)), (None, None));
    assert!(!verify_consistency(0, root_of(0), 5, root_of(5), &[]));
}

/// Each step changed, the last one missing, one too many.
fn assert_broken_paths_fail(path: &[Hash], verify: impl Fn(&[Hash]) -> bool) {
    assert!(verify(path));
    for step in 0..path.len() {
        let mut broken = path.to_vec();
        broken[step][0] ^= 1;
        assert!(!verify(&broken), "step {step} changed");
    }
    if let Some((_, shorter)) = path.split_last() {
        assert!(!verify(shorter), "one step missing");
    }
    assert!(!verify(&[path, &[[7; 32]]].concat()), "one step too many");
}

#[test]
fn a_frontier_survives_storage_and_refuses_a_size_that_does_not_fit() {
    let mut frontier = Frontier::default();
    for (n, leaf) in (1..).zip(numbered(64)) {
        frontier.push(leaf);
        assert_eq!(Frontier::from_bytes(n, &frontier.to_bytes()), Some(frontier.clone()));
        assert_eq!(
            Frontier::from_bytes(n + 1, &frontier.to_bytes()).is_some(),
            (n + 1).count_ones() == n.count_ones()
        );
        assert_eq!(Frontier::from_bytes(n, &[frontier.to_bytes(), vec![0]].concat()), None);
    }
}

#[test]
fn whole_blocks_stand_for_their_leaves() {
    let leaves = numbered(4 * BLOCK);
    let (mut by_leaf, mut by_block) = (Frontier::default(), Frontier::default());
    for block in leaves.chunks(usize::try_from(BLOCK).unwrap()) {
        let completed: Vec<Hash> = block.iter().filter_map(|leaf| by_leaf.push(*leaf)).collect();
        assert_eq!(completed, [root(block)], "one block, completed by its last leaf");
        by_block.push_block(root(block));
        assert_eq!(by_block, by_leaf);
    }
}
