//! Evidence, its chain of custody, holds and its end, on both engines.
#![allow(clippy::unwrap_used, reason = "a contract test fails by panicking")]
mod bed;

use bed::{Bed, at, contract, entry, judgement, operator};
use jiff::SignedDuration;
use saring_domain::{
    CaseId, CustodyStep, EvidenceId, EvidenceState, Person, Queue, Retention, Role, SealedFile, Settled,
    TwoKeys,
};
use saring_store::StoreError;
use saring_store::traits::{Audit as _, Evidences as _, Jobs as _, Reports as _};

contract! {
    what_enters_a_case_is_asked_for_once,
    a_sealed_page_is_told_with_its_custody,
    a_page_that_is_gone_is_a_recorded_outcome,
    evidence_is_bound_to_its_office,
    evidence_leaves_by_two_keys_and_is_logged,
    evidence_goes_with_its_case_and_a_hold_keeps_it,
    a_timestamp_that_comes_later_is_recorded_once,
    what_does_not_fit_the_log_is_named,
    a_job_that_asks_others_waits_for_minutes,
}

const TOOL: &str = "Saring 0.1.0";

fn office() -> saring_domain::OfficeId {
    "kota".into()
}

/// Cases of three items, one of which has no address.
async fn cases(bed: &Bed) -> Vec<CaseId> {
    let mut entries: Vec<_> =
        (0..3).map(|n| entry("a", &n.to_string(), &format!("tanggul {n}"), at("08:00"))).collect();
    entries[2].1.url = None;
    let thoughts = entries.iter().map(|(_, item)| judgement(item, Queue::Hoax, 0.5)).collect();
    bed.work(&entries, thoughts, at("08:01")).await
}

/// The first piece of evidence asked for, and its job.
async fn asked(bed: &Bed) -> (EvidenceId, i64) {
    bed.store.ask_for_new(&office(), TOOL, 1, at("08:02")).await.unwrap();
    let job = bed.store.lease("evidence", 1, 600, at("08:03")).await.unwrap().remove(0);
    (job.subject.as_str().into(), job.id)
}

fn files() -> Vec<SealedFile> {
    vec![SealedFile { name: "page.warc.gz".into(), bytes: 7, sha256: "ab".repeat(32) }]
}

async fn sealed(bed: &Bed) -> EvidenceId {
    let (id, job) = asked(bed).await;
    assert!(
        bed.store
            .settle(&id, &Settled::Sealed(files(), None, Vec::new()), TOOL, job, at("08:04"))
            .await
            .unwrap()
    );
    id
}

fn keys() -> TwoKeys {
    let head =
        Person { id: "h1".into(), login: "h1".into(), name: "Sri".into(), role: Role::Head, ..operator() };
    TwoKeys::of(&operator(), &head).unwrap()
}

async fn what_enters_a_case_is_asked_for_once(bed: &Bed) {
    let all = cases(bed).await;
    let leaves = bed.store.size().await.unwrap();
    for expect in [2, 0] {
        assert_eq!(bed.store.ask_for_new(&office(), TOOL, 100, at("08:02")).await.unwrap(), expect);
    }
    assert_eq!(bed.store.size().await.unwrap(), leaves + 2, "one entry for each");
    assert_eq!(bed.store.waiting("evidence").await.unwrap(), 2);
    for case in &all {
        let again = bed.store.ask_for_case(&office(), case, "Rukmini", TOOL, at("08:03")).await.unwrap();
        assert_eq!(again, [], "it waits already, or has no address");
    }
    let listed = bed.store.evidence_of(&office(), None, 10).await.unwrap();
    assert!(listed.iter().all(|one| one.state == EvidenceState::Waiting && one.url.is_some()));
}

async fn a_sealed_page_is_told_with_its_custody(bed: &Bed) {
    cases(bed).await;
    let id = sealed(bed).await;
    let evidence = bed.store.evidence(&office(), &id).await.unwrap();
    assert_eq!((evidence.state, evidence.files), (EvidenceState::Sealed, files()));
    let custody = bed.store.custody(&id).await.unwrap();
    let told: Vec<_> = custody.iter().map(|link| (link.at, link.step, link.tool.as_str())).collect();
    assert_eq!(told, [(at("08:02"), CustodyStep::Asked, TOOL), (at("08:04"), CustodyStep::Sealed, TOOL)]);
    let (place, logged) = bed.store.sealed_as(&id).await.unwrap().unwrap();
    assert_eq!((logged, place + 1), (files(), bed.store.size().await.unwrap()));
    let capture = bed.store.capture_behind(&id).await.unwrap().unwrap();
    assert!(capture.raw.starts_with(b"tanggul"));
    // a job that runs twice changes nothing
    let gone = Settled::Without(EvidenceState::Gone, "404".into());
    assert!(!bed.store.settle(&id, &gone, TOOL, 0, at("08:05")).await.unwrap());
    assert_eq!(bed.store.evidence(&office(), &id).await.unwrap().state, EvidenceState::Sealed);
    // asked for again it is another piece, beside the first
    let case = evidence.case;
    let again = bed.store.ask_for_case(&office(), &case, "Rukmini", TOOL, at("09:00")).await.unwrap();
    assert_eq!((again.len(), bed.store.evidence_of(&office(), Some(&case), 9).await.unwrap().len()), (1, 2));
    assert_eq!(bed.store.custody(&again[0]).await.unwrap()[0].who.as_deref(), Some("Rukmini"));
}

async fn a_page_that_is_gone_is_a_recorded_outcome(bed: &Bed) {
    cases(bed).await;
    let (id, job) = asked(bed).await;
    let gone = Settled::Without(EvidenceState::Gone, "https://contoh.example/0 answers with 404".into());
    assert!(bed.store.settle(&id, &gone, TOOL, job, at("08:04")).await.unwrap());
    let evidence = bed.store.evidence(&office(), &id).await.unwrap();
    assert_eq!((evidence.state, evidence.files), (EvidenceState::Gone, vec![]));
    assert!(evidence.why.unwrap().ends_with("404"));
    assert_eq!(bed.store.custody(&id).await.unwrap()[1].step, CustodyStep::Gone);
    assert_eq!(bed.number("SELECT COUNT(*) FROM audit WHERE event = 'evidence.gone'").await, 1);
    assert_eq!(bed.store.waiting("evidence").await.unwrap(), 0);
    assert_eq!(bed.store.sealed_as(&id).await.unwrap(), None);
}

async fn evidence_is_bound_to_its_office(bed: &Bed) {
    let all = cases(bed).await;
    let id = sealed(bed).await;
    let other = "lain".into();
    let not_found = |error: StoreError| assert!(matches!(error, StoreError::NotFound { .. }), "{error}");
    not_found(bed.store.evidence(&other, &id).await.unwrap_err());
    not_found(bed.store.ask_for_case(&other, &all[0], "x", TOOL, at("09:00")).await.unwrap_err());
    let until = at("10:00");
    not_found(bed.store.hold(&other, &all[0], &keys(), "x", until, at("09:00")).await.unwrap_err());
    assert_eq!(bed.store.evidence_of(&other, None, 9).await.unwrap(), []);
    assert_eq!(bed.store.ask_for_new(&other, TOOL, 9, at("09:00")).await.unwrap(), 0);
}

async fn evidence_leaves_by_two_keys_and_is_logged(bed: &Bed) {
    cases(bed).await;
    let (waiting, job) = asked(bed).await;
    let hand_out = async |id: &EvidenceId| {
        bed.store.hand_out(id, &keys(), "Dewan Pers", "permintaan tertulis", TOOL, at("09:00")).await
    };
    assert!(matches!(hand_out(&waiting).await.unwrap_err(), StoreError::Conflict(_)));
    bed.store
        .settle(&waiting, &Settled::Sealed(files(), None, Vec::new()), TOOL, job, at("08:04"))
        .await
        .unwrap();
    hand_out(&waiting).await.unwrap();
    let custody = bed.store.custody(&waiting).await.unwrap();
    let last = custody.last().unwrap();
    assert_eq!((last.step, last.who.as_deref()), (CustodyStep::Transferred, Some("Rukmini, Sri")));
    assert_eq!(last.note.as_deref(), Some("Dewan Pers: permintaan tertulis"));
    assert_eq!(bed.number("SELECT COUNT(*) FROM audit WHERE event = 'evidence.export'").await, 1);
}

async fn evidence_goes_with_its_case_and_a_hold_keeps_it(bed: &Bed) {
    cases(bed).await;
    let id = sealed(bed).await;
    let case = bed.store.evidence(&office(), &id).await.unwrap().case;
    let days = |days: i64| at("09:00") + SignedDuration::from_hours(24 * days);
    bed.store.hold(&office(), &case, &keys(), "sengketa di Dewan Pers", days(60), at("09:00")).await.unwrap();
    let retention = Retention::default();
    bed.store.purge(&retention, days(30)).await.unwrap(); // closes
    bed.store.purge(&retention, days(40)).await.unwrap(); // what is not held goes
    assert_eq!(bed.store.retention_overdue(&retention, days(40)).await.unwrap(), 0, "held is not overdue");
    let held = bed.store.holds(&office(), Some(&case), days(40)).await.unwrap();
    assert_eq!((held.len(), held[0].until, held[0].who.as_str()), (1, days(60), "Rukmini, Sri"));
    assert_eq!(bed.store.holds(&office(), None, days(40)).await.unwrap(), held);
    assert_eq!(bed.store.holds(&office(), None, days(60)).await.unwrap(), [], "its day is over");
    assert_eq!(bed.store.holds(&"lain".into(), None, days(40)).await.unwrap(), []);
    assert_eq!(bed.store.evidence(&office(), &id).await.unwrap().files, files());
    let others = "SELECT COUNT(*) FROM items WHERE purged_at IS NOT NULL";
    assert_eq!(bed.number(others).await, 2);
    bed.store.purge(&retention, days(61)).await.unwrap();
    let left = bed.store.evidence(&office(), &id).await.unwrap();
    assert_eq!((left.state, left.url, left.files), (EvidenceState::Deleted, None, vec![]));
    assert_eq!(bed.store.custody(&id).await.unwrap().last().unwrap().step, CustodyStep::Deleted);
    assert_eq!(bed.store.sealed_as(&id).await.unwrap(), None, "the log no longer says what it was");
    let faults = bed.store.verify(None).await.unwrap().faults;
    assert!(faults.is_empty(), "{faults:?}");
    let told = bed.store.deletions(&office(), days(0), days(62), 9).await.unwrap();
    let [one] = told.as_slice() else { panic!("{told:?}") };
    assert_eq!((&one.evidence, &one.case, one.at), (&id, &case, days(61)));
    assert_eq!((one.rule.as_str(), one.hours, one.state), ("left_alone", 24, EvidenceState::Sealed));
    assert_eq!((&one.files, one.wiped_at, one.held_until), (&files(), None, Some(days(60))));
    assert_eq!(bed.store.deletions(&"lain".into(), days(0), days(62), 9).await.unwrap(), []);
    assert_eq!(bed.store.deletions(&office(), days(0), days(61), 9).await.unwrap(), []);
    assert_eq!(bed.number("SELECT COUNT(*) FROM audit WHERE event = 'evidence.delete'").await, 1);
    assert_eq!(bed.store.evidence_lost().await.unwrap(), [""; 0], "what was deleted is not lost");
    assert_eq!(bed.store.evidence_flaws(&id).await.unwrap(), [""; 0]);
    assert_eq!(bed.store.unwiped().await.unwrap(), std::slice::from_ref(&id));
    for _ in 0..2 {
        bed.store.wiped(&id, days(61)).await.unwrap();
    }
    assert_eq!(bed.store.unwiped().await.unwrap(), []);
    let told = bed.store.deletions(&office(), days(0), days(62), 9).await.unwrap();
    assert_eq!(told[0].wiped_at, Some(days(61)));
    assert_eq!(bed.number("SELECT COUNT(*) FROM audit WHERE event = 'evidence.wipe'").await, 1);
}

async fn a_timestamp_that_comes_later_is_recorded_once(bed: &Bed) {
    cases(bed).await;
    let id = sealed(bed).await;
    assert_eq!(bed.store.unstamped(9).await.unwrap(), std::slice::from_ref(&id));
    let stamp = SealedFile { name: SealedFile::STAMP.into(), bytes: 3, sha256: "cd".repeat(32) };
    for expect in [true, false] {
        assert_eq!(bed.store.stamp(&id, &stamp, TOOL, at("10:00")).await.unwrap(), expect);
    }
    assert_eq!(bed.store.unstamped(9).await.unwrap(), []);
    let both = [files(), vec![stamp]].concat();
    assert_eq!(bed.store.evidence(&office(), &id).await.unwrap().files, both);
    assert_eq!(bed.store.sealed_as(&id).await.unwrap().unwrap().1, both, "the log knows it");
    assert_eq!(bed.store.custody(&id).await.unwrap().last().unwrap().step, CustodyStep::Stamped);
    assert_eq!(bed.store.evidence_flaws(&id).await.unwrap(), [""; 0]);
    let (house, evidence) = bed.store.evidence_in_house(&id).await.unwrap();
    assert_eq!((house, evidence.id), (office(), id));
}

async fn what_does_not_fit_the_log_is_named(bed: &Bed) {
    cases(bed).await;
    let id = sealed(bed).await;
    bed.store.hand_out(&id, &keys(), "Dewan Pers", "surat", TOOL, at("09:00")).await.unwrap();
    assert_eq!(bed.store.evidence_flaws(&id).await.unwrap(), [""; 0]);
    bed.tamper("UPDATE custody SET note = 'Orang Lain: surat' WHERE step = 'transferred'").await;
    let flaws = bed.store.evidence_flaws(&id).await.unwrap();
    assert!(flaws.len() == 1 && flaws[0].contains("something else of how it was transferred"), "{flaws:?}");
    bed.tamper("DELETE FROM custody WHERE step = 'transferred'").await;
    let flaws = bed.store.evidence_flaws(&id).await.unwrap();
    assert!(flaws.len() == 1 && flaws[0].contains("lacks evidence.export"), "{flaws:?}");
    bed.tamper("UPDATE evidence SET state = 'gone' WHERE state = 'sealed'").await;
    let lost = bed.store.evidence_lost().await.unwrap();
    assert!(lost.len() == 1 && lost[0].contains("the database calls it 'gone'"), "{lost:?}");
}

async fn a_job_that_asks_others_waits_for_minutes(bed: &Bed) {
    cases(bed).await;
    let (id, job) = asked(bed).await;
    bed.store.fail(job, "down", at("08:04")).await.unwrap();
    assert!(bed.store.lease("evidence", 1, 600, at("08:08")).await.unwrap().is_empty());
    let again = bed.store.lease("evidence", 1, 600, at("08:09")).await.unwrap();
    assert_eq!((again[0].subject.as_str(), again[0].tries), (id.as_str(), 1));
}
