//! The outbox, on both engines.
#![allow(clippy::unwrap_used, reason = "a contract test fails by panicking")]
mod bed;

use bed::{Bed, at, contract, entry};
use jiff::SignedDuration;
use saring_store::traits::{Captures as _, Jobs as _};
use std::time::Duration;

contract! {
    a_lease_that_ran_out_is_given_again,
    two_workers_never_hold_the_same_job,
    after_five_tries_a_job_is_set_aside,
    a_job_that_kills_its_worker_is_set_aside_too,
    waiting_ends_when_work_comes,
}

async fn fill(bed: &Bed, count: usize) {
    let batch: Vec<_> = (0..count).map(|n| entry("a", &n.to_string(), "kabar", at("08:00"))).collect();
    bed.store.save(&"a".into(), &batch, None, at("08:00")).await.unwrap();
}

async fn a_lease_that_ran_out_is_given_again(bed: &Bed) {
    fill(bed, 3).await;
    let first = bed.store.lease("analyse", 2, 60, at("08:00")).await.unwrap();
    assert_eq!(first.iter().map(|job| job.tries).collect::<Vec<_>>(), [0, 0]);
    let rest = bed.store.lease("analyse", 2, 60, at("08:00")).await.unwrap();
    assert_eq!(rest.len(), 1);
    assert!(bed.store.lease("analyse", 2, 60, at("08:00")).await.unwrap().is_empty());
    assert_eq!(bed.store.waiting("analyse").await.unwrap(), 3, "leased ones still wait");
    let again = bed.store.lease("analyse", 9, 60, at("08:02")).await.unwrap();
    assert_eq!(again.iter().map(|job| job.tries).collect::<Vec<_>>(), [1, 1, 1]);
    assert_eq!(
        again[..2].iter().map(|job| job.id).collect::<Vec<_>>(),
        first.iter().map(|job| job.id).collect::<Vec<_>>()
    );
    assert!(bed.store.lease("lain", 9, 60, at("08:10")).await.unwrap().is_empty());
}

async fn two_workers_never_hold_the_same_job(bed: &Bed) {
    fill(bed, 200).await;
    let other = bed.again().await;
    let mut held = Vec::new();
    while held.len() < 200 {
        let (a, b) = tokio::join!(
            bed.store.lease("analyse", 15, 60, at("08:00")),
            other.lease("analyse", 15, 60, at("08:00"))
        );
        held.extend(a.unwrap().into_iter().chain(b.unwrap()).map(|job| job.id));
    }
    held.sort_unstable();
    held.dedup();
    assert_eq!(held.len(), 200);
}

async fn after_five_tries_a_job_is_set_aside(bed: &Bed) {
    fill(bed, 1).await;
    let mut now = at("08:00");
    for tries in 0..5 {
        let jobs = bed.store.lease("analyse", 1, 60, now).await.unwrap();
        assert_eq!(jobs[0].tries, tries);
        bed.store.fail(jobs[0].id, "tidak terbaca", now).await.unwrap();
        assert!(bed.store.lease("analyse", 1, 60, now).await.unwrap().is_empty(), "not at once again");
        now += SignedDuration::from_secs(16);
    }
    assert!(bed.store.lease("analyse", 1, 60, now).await.unwrap().is_empty());
    assert_eq!(bed.store.waiting("analyse").await.unwrap(), 0);
    let aside = bed.store.set_aside().await.unwrap();
    assert_eq!((aside.len(), aside[0].2.as_str()), (1, "tidak terbaca"));
}

async fn a_job_that_kills_its_worker_is_set_aside_too(bed: &Bed) {
    fill(bed, 1).await;
    let mut now = at("08:00");
    for _ in 0..5 {
        assert_eq!(bed.store.lease("analyse", 1, 60, now).await.unwrap().len(), 1);
        now += SignedDuration::from_secs(61);
    }
    assert!(bed.store.lease("analyse", 1, 60, now).await.unwrap().is_empty());
    assert_eq!(bed.store.set_aside().await.unwrap().len(), 1);
}

async fn waiting_ends_when_work_comes(bed: &Bed) {
    let long = Duration::from_secs(30);
    let ((), ()) = tokio::join!(bed.store.wait(long), fill(bed, 1));
    assert_eq!(bed.store.lease("analyse", 1, 60, at("08:00")).await.unwrap().len(), 1);
}
