//! Every way of tampering is found and named.

use super::*;
use crate::audit::note::SignerKey;

const SIZE: u64 = 600;

fn signer() -> SignerKey {
    SignerKey::new("saring.sukamaju.example/log", &[7; 32]).unwrap()
}

/// A log of 600 entries with checkpoints at 100 and 580.
#[derive(Clone)]
struct Log {
    entries: Vec<Stored>,
    checkpoints: Vec<StoredCheckpoint>,
    blocks: BTreeMap<u64, Hash>,
    head: Frontier,
}

fn stored(index: u64, words: &str) -> Stored {
    let salt = vec![u8::try_from(index % 251).unwrap(); 16];
    let entry = Entry::new(Timestamp::UNIX_EPOCH, "case.open", &format!("k{index}"), commit(&salt, words));
    Stored { index, leaf: entry.leaf().unwrap(), entry, detail: Some((salt, words.into())) }
}

fn log() -> Log {
    let mut log =
        Log { entries: vec![], checkpoints: vec![], blocks: BTreeMap::new(), head: Frontier::default() };
    for index in 0..SIZE {
        let entry = stored(index, "{}");
        if let Some(block) = log.head.push(entry.leaf) {
            log.blocks.insert(index / BLOCK, block);
        }
        log.entries.push(entry);
        if [100, 580].contains(&log.head.size()) {
            let (origin, size) = (signer().name().to_owned(), log.head.size());
            let note = Checkpoint { origin, size, root: log.head.root() }.sign(&signer()).unwrap();
            log.checkpoints.push(StoredCheckpoint { size, at: Timestamp::UNIX_EPOCH, note });
        }
    }
    log
}

fn verify(log: &Log) -> Verified {
    let verifier = signer().verifier();
    let mut verification = Verification::new(Some(&verifier), log.checkpoints.clone(), log.blocks.clone());
    log.entries.iter().for_each(|entry| verification.entry(entry).unwrap());
    verification.finish(&log.head)
}

/// Faults after tampering with a sound log.
fn faults(tamper: impl FnOnce(&mut Log)) -> Vec<Fault> {
    let mut log = log();
    tamper(&mut log);
    verify(&log).faults
}

#[test]
fn a_sound_log_has_no_fault_and_purged_details_are_none() {
    let mut log = log();
    log.entries[7].detail = None;
    let verified = verify(&log);
    assert_eq!(verified.faults, []);
    assert_eq!((verified.size, verified.checkpoints, verified.covered, verified.purged), (SIZE, 2, 580, 1));
    assert_eq!(verified.root, hex(&log.head.root()));
}

#[test]
fn a_changed_entry_is_named_wherever_it_stands() {
    for index in [0, 99, 100, 255, 256, 511, 579, 599] {
        let place = usize::try_from(index).unwrap();
        let found = faults(|log| log.entries[place].entry.subject = "k-other".into());
        assert!(found.contains(&Fault::Changed { index }), "{index}: {found:?}");
        let found = faults(|log| log.entries[place].detail = Some((vec![1; 16], "other".into())));
        assert_eq!(found, [Fault::Detail { index }]);
    }
}

#[test]
fn an_entry_rewritten_with_its_leaf_shows_in_block_checkpoint_and_head() {
    let found = faults(|log| log.entries[300] = stored(300, "rewritten"));
    assert_eq!(
        found,
        [
            Fault::Root { from: 100, size: 580 },
            Fault::Block { from: 256, to: 511 },
            Fault::Head { head: SIZE, found: SIZE }
        ]
    );
    let unsigned = faults(|log| log.entries[590] = stored(590, "rewritten"));
    assert_eq!(unsigned, [Fault::Head { head: SIZE, found: SIZE }], "after the last checkpoint and block");
}

#[test]
fn two_exchanged_entries_are_found() {
    let found = faults(|log| {
        log.entries.swap(300, 301);
        log.entries[300].index = 300;
        log.entries[301].index = 301;
    });
    assert!(found.contains(&Fault::Block { from: 256, to: 511 }), "{found:?}");
    assert!(found.contains(&Fault::Root { from: 100, size: 580 }), "{found:?}");
}

#[test]
fn a_dropped_row_is_named_and_those_after_it_are_not_blamed() {
    let found = faults(|log| drop(log.entries.remove(50)));
    assert!(found.contains(&Fault::Missing { from: 50, to: Some(51) }), "{found:?}");
    assert!(!found.iter().any(|fault| matches!(fault, Fault::Changed { .. })), "{found:?}");
    let inserted_twice = faults(|log| log.entries.insert(51, stored(50, "{}")));
    assert_eq!(inserted_twice, [Fault::Changed { index: 50 }]);
}

#[test]
fn a_cut_off_end_is_found_even_when_the_head_was_cut_too() {
    let found = faults(|log| log.entries.truncate(598));
    assert_eq!(found, [Fault::Missing { from: 598, to: None }, Fault::Head { head: 600, found: 598 }]);
    let found = faults(|log| {
        log.entries.truncate(550);
        log.head = log.entries.iter().fold(Frontier::default(), |mut tree, entry| {
            tree.push(entry.leaf);
            tree
        });
    });
    assert!(found.contains(&Fault::Missing { from: 550, to: None }), "{found:?}");
    assert!(found.iter().any(|fault| matches!(fault, Fault::Checkpoint { size: 580, .. })), "{found:?}");
}

#[test]
fn an_edited_checkpoint_is_named() {
    let found = faults(|log| log.checkpoints[0].note = log.checkpoints[0].note.replacen("100", "101", 1));
    assert!(
        matches!(&found[..], [Fault::Checkpoint { size: 100, why }] if why.contains("signature")),
        "{found:?}"
    );
    let found = faults(|log| log.checkpoints[0].size = 101);
    assert!(matches!(&found[..], [Fault::Checkpoint { size: 101, .. }]), "{found:?}");
    let other = SignerKey::new("saring.sukamaju.example/log", &[8; 32]).unwrap();
    let found = faults(|log| {
        let origin = other.name().to_owned();
        log.checkpoints[0].note = Checkpoint { origin, size: 100, root: [1; 32] }.sign(&other).unwrap();
    });
    assert!(
        matches!(&found[..], [Fault::Checkpoint { size: 100, why }] if why.contains("not signed by")),
        "{found:?}"
    );
}

#[test]
fn a_changed_block_or_head_is_named() {
    let found = faults(|log| {
        let _ = log.blocks.insert(1, [0; 32]);
    });
    assert_eq!(found, [Fault::Block { from: 256, to: 511 }]);
    let found = faults(|log| {
        let _ = log.blocks.remove(&0);
    });
    assert_eq!(found, [Fault::Block { from: 0, to: 255 }]);
    let found = faults(|log| {
        let _ = log.head.push([1; 32]);
    });
    assert_eq!(found, [Fault::Missing { from: 600, to: None }, Fault::Head { head: 601, found: 600 }]);
}

#[test]
fn an_empty_log_is_sound() {
    let empty =
        Log { entries: vec![], checkpoints: vec![], blocks: BTreeMap::new(), head: Frontier::default() };
    assert_eq!(verify(&empty).faults, []);
}
