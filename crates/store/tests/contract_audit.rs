//! The audit tree as stored, on both engines: proofs, checkpoints, and every way of tampering is named.
#![allow(clippy::unwrap_used, reason = "a call that fails fails the test")]
mod bed;

use bed::{Bed, at, contract};
use saring_domain::{Person, Role};
use saring_store::audit::{Fault, VerifierKey, verify_growth, verify_proof};
use saring_store::traits::{Audit, People};
use saring_store::views::Credentials;

contract! {
    proofs_hold_for_every_entry,
    an_entry_after_the_last_checkpoint_gets_one,
    the_log_is_shown_to_have_grown,
    a_changed_entry_is_named,
    changed_details_are_named,
    a_dropped_row_is_named,
    two_exchanged_rows_are_found,
    a_rewritten_entry_is_found_by_its_checkpoint,
    a_cut_off_tail_is_found,
    an_edited_checkpoint_is_named,
    a_broken_head_is_named,
    purged_details_leave_proofs_whole,
}

/// People put one after another: each is one entry of the log.
async fn grow(bed: &Bed, count: u64) {
    for n in 0..count {
        let id = format!("o{n}");
        let person = Person {
            id: id.as_str().into(),
            login: id.clone(),
            name: "Rukmini".into(),
            role: Role::Operator,
            office: "desa".into(),
            locale: "id".into(),
        };
        let credentials =
            Credentials { person, password: "x".into(), totp: None, totp_step: None, disabled: false };
        bed.store.put_person(&credentials, at("08:00")).await.unwrap();
    }
}

/// So many entries, a checkpoint, five more.
async fn log_of(bed: &Bed, count: u64) {
    grow(bed, count).await;
    bed.store.checkpoint(at("09:00")).await.unwrap();
    grow(bed, 5).await;
}

async fn faults(bed: &Bed) -> Vec<Fault> {
    bed.store.verify(None).await.unwrap().faults
}

async fn proofs_hold_for_every_entry(bed: &Bed) {
    log_of(bed, 300).await;
    let key = bed.store.verifier_key().unwrap();
    for index in [0, 1, 127, 128, 255, 256, 299] {
        let file = bed.store.prove(index, at("10:00")).await.unwrap();
        let proven = verify_proof(&serde_json::to_vec(&file).unwrap(), &key).unwrap();
        assert_eq!((proven.index, proven.size), (index, 300), "the checkpoint there is is used");
        assert_eq!((proven.entry.event.as_str(), proven.entry.subject), ("person.put", format!("o{index}")));
    }
    let verified = bed.store.verify(None).await.unwrap();
    assert_eq!(
        (verified.faults, verified.size, verified.covered, verified.checkpoints),
        (vec![], 305, 300, 1)
    );
    assert_eq!(bed.store.size().await.unwrap(), 305);
    let rows = bed.store.entries(298, 3).await.unwrap();
    assert_eq!(rows.iter().map(|row| row.index).collect::<Vec<_>>(), [298, 299, 300]);
    let about = bed.store.entries_about("o2").await.unwrap();
    assert_eq!(about.iter().map(|row| row.index).collect::<Vec<_>>(), [2, 302]);
}

async fn an_entry_after_the_last_checkpoint_gets_one(bed: &Bed) {
    log_of(bed, 30).await;
    let file = bed.store.prove(33, at("10:00")).await.unwrap();
    let key: VerifierKey = bed.store.verifier_key().unwrap().to_string().parse().unwrap();
    assert_eq!(verify_proof(&serde_json::to_vec(&file).unwrap(), &key).unwrap().size, 35);
    let missing = bed.store.prove(35, at("10:00")).await.unwrap_err().to_string();
    assert_eq!(missing, "no audit entry '35'");
    assert_eq!(bed.store.checkpoint(at("11:00")).await.unwrap(), file.checkpoint, "signed once per size");
}

async fn the_log_is_shown_to_have_grown(bed: &Bed) {
    log_of(bed, 30).await;
    let old = bed.store.prove(0, at("10:00")).await.unwrap().checkpoint;
    let file = bed.store.prove_growth(&old, at("10:00")).await.unwrap();
    let key = bed.store.verifier_key().unwrap();
    let (old, new) = verify_growth(&serde_json::to_vec(&file).unwrap(), &key).unwrap();
    assert_eq!((old.size, new.size), (30, 35));
}

async fn a_changed_entry_is_named(bed: &Bed) {
    log_of(bed, 30).await;
    bed.tamper("UPDATE audit SET event = 'person.get' WHERE place = 17").await;
    assert_eq!(faults(bed).await, [Fault::Changed { index: 17 }]);
    bed.tamper("UPDATE audit SET event = 'person.put', at = at + 1 WHERE place = 17").await;
    assert_eq!(faults(bed).await, [Fault::Changed { index: 17 }]);
}

async fn changed_details_are_named(bed: &Bed) {
    log_of(bed, 30).await;
    bed.tamper("UPDATE audit SET detail = '{}' WHERE place = 31").await;
    assert_eq!(faults(bed).await, [Fault::Detail { index: 31 }]);
}

async fn a_dropped_row_is_named(bed: &Bed) {
    log_of(bed, 30).await;
    bed.tamper("DELETE FROM audit WHERE place = 12").await;
    assert!(faults(bed).await.contains(&Fault::Missing { from: 12, to: Some(13) }));
}

async fn two_exchanged_rows_are_found(bed: &Bed) {
    log_of(bed, 300).await;
    for sql in
        ["SET place = -1 WHERE place = 5", "SET place = 5 WHERE place = 6", "SET place = 6 WHERE place = -1"]
    {
        bed.tamper(&format!("UPDATE audit {sql}")).await;
    }
    let faults = faults(bed).await;
    assert_eq!(
        faults,
        [
            Fault::Block { from: 0, to: 255 },
            Fault::Root { from: 0, size: 300 },
            Fault::Head { head: 305, found: 305 }
        ]
    );
}

/// Someone who can write to the database makes an entry, its commitment and its leaf anew, but cannot sign.
async fn a_rewritten_entry_is_found_by_its_checkpoint(bed: &Bed) {
    log_of(bed, 30).await;
    let columns = "at, event, subject, commitment, leaf, salt, detail";
    bed.tamper("DELETE FROM audit WHERE place = 29").await;
    bed.tamper(&format!(
        "INSERT INTO audit (place, {columns}) SELECT 29, {columns} FROM audit WHERE place = 28"
    ))
    .await;
    let faults = faults(bed).await;
    assert_eq!(faults[0], Fault::Root { from: 0, size: 30 }, "{faults:?}");
}

async fn a_cut_off_tail_is_found(bed: &Bed) {
    log_of(bed, 30).await;
    bed.tamper("DELETE FROM audit WHERE place >= 29").await;
    let faults = faults(bed).await;
    assert!(faults.contains(&Fault::Missing { from: 29, to: None }), "{faults:?}");
    assert!(faults.iter().any(|fault| matches!(fault, Fault::Checkpoint { size: 30, .. })), "{faults:?}");
}

async fn an_edited_checkpoint_is_named(bed: &Bed) {
    log_of(bed, 30).await;
    bed.tamper("UPDATE checkpoints SET note = replace(note, 'desa-contoh', 'desa-kontoh')").await;
    let faults = faults(bed).await;
    assert!(matches!(&faults[..], [Fault::Checkpoint { size: 30, .. }]), "{faults:?}");
}

async fn a_broken_head_is_named(bed: &Bed) {
    log_of(bed, 30).await;
    bed.tamper("UPDATE audit_head SET size = size - 1").await;
    let faults = faults(bed).await;
    assert!(matches!(&faults[..], [Fault::Head { found: 35, .. }]), "{faults:?}");
}

async fn purged_details_leave_proofs_whole(bed: &Bed) {
    log_of(bed, 30).await;
    bed.tamper("UPDATE audit SET salt = NULL, detail = NULL WHERE place < 20").await;
    let verified = bed.store.verify(None).await.unwrap();
    assert_eq!((verified.faults, verified.purged), (vec![], 20));
    let file = bed.store.prove(15, at("10:00")).await.unwrap();
    let key = bed.store.verifier_key().unwrap();
    assert_eq!(verify_proof(&serde_json::to_vec(&file).unwrap(), &key).unwrap().detail, None);
}
