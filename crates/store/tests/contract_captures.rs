//! Saving what was read, sources and rounds, on both engines.
#![allow(clippy::unwrap_used, reason = "a contract test fails by panicking")]
mod bed;

use bed::{Bed, at, contract, entry, feed};
use futures::FutureExt as _;
use jiff::SignedDuration;
use saring_domain::{Cursor, Outcome};
use saring_store::traits::{Analyses as _, Captures as _, Jobs as _, Rounds as _};
use saring_store::views::Saved;

contract! {
    a_batch_saved_twice_is_stored_once,
    an_entry_twice_in_a_batch_is_one_item,
    changed_content_is_kept_as_evidence_only,
    all_or_nothing_when_dropped_midway,
    nul_and_long_texts_come_back,
    sources_keep_their_order_and_health,
    troubles_are_the_last_twenty,
    the_rhythm_is_told_by_publication_times,
    an_old_epoch_key_is_destroyed,
}

async fn a_batch_saved_twice_is_stored_once(bed: &Bed) {
    let batch: Vec<_> =
        (0..600).map(|n| entry("warta", &n.to_string(), &format!("kabar {n}"), at("08:00"))).collect();
    let next = Cursor(serde_json::json!({ "etag": "satu" }));
    let first = bed.store.save(&"warta".into(), &batch, Some(&next), at("08:00")).await.unwrap();
    assert_eq!(first, Saved { new: 600, repeated: 0 });
    let second = bed.store.save(&"warta".into(), &batch, None, at("09:00")).await.unwrap();
    assert_eq!(second, Saved { new: 0, repeated: 600 });
    assert_eq!(bed.store.waiting("analyse").await.unwrap(), 600);
    assert_eq!(bed.store.cursor(&"warta".into()).await.unwrap(), Some(next));
    assert_eq!(bed.number("SELECT COUNT(*) FROM captures").await, 600);
    assert_eq!(bed.number("SELECT COUNT(*) FROM audit").await, 1, "what changes nothing leaves no entry");
}

async fn an_entry_twice_in_a_batch_is_one_item(bed: &Bed) {
    let batch = [entry("warta", "1", "kabar", at("08:00")), entry("warta", "1", "kabar", at("08:00"))];
    let saved = bed.store.save(&"warta".into(), &batch, None, at("08:00")).await.unwrap();
    assert_eq!(saved, Saved { new: 1, repeated: 1 });
    assert_eq!(bed.number("SELECT COUNT(*) FROM captures").await, 1);
}

async fn changed_content_is_kept_as_evidence_only(bed: &Bed) {
    let (before, after) =
        (entry("warta", "1", "kabar pertama", at("08:00")), entry("warta", "1", "diralat", at("09:00")));
    let id = before.1.id.clone();
    bed.store.save(&"warta".into(), &[before], None, at("08:00")).await.unwrap();
    let saved = bed.store.save(&"warta".into(), &[after], None, at("09:00")).await.unwrap();
    assert_eq!(saved, Saved { new: 0, repeated: 1 });
    let items = bed.store.items(std::slice::from_ref(&id)).await.unwrap();
    assert_eq!(items[0].text, "kabar pertama");
    assert_eq!(bed.number("SELECT COUNT(*) FROM captures").await, 2);
    assert_eq!(bed.number("SELECT COUNT(*) FROM audit").await, 2);
}

/// Items stored; -1 where items, captures, jobs and log do not agree. One statement: what was dropped may still
/// be committing.
const KEPT: &str = "SELECT CASE WHEN items = captures AND items = jobs AND leaves = size AND items = 40 * size \
                    THEN items ELSE -1 END FROM (SELECT (SELECT COUNT(*) FROM items) AS items, \
                    (SELECT COUNT(*) FROM captures) AS captures, (SELECT COUNT(*) FROM jobs) AS jobs, \
                    (SELECT COUNT(*) FROM audit) AS leaves, (SELECT size FROM audit_head) AS size) AS found";

/// Drops the saving after each of its steps in turn, as a crash or a cancelled task would.
async fn all_or_nothing_when_dropped_midway(bed: &Bed) {
    let batch: Vec<_> = (0..40).map(|n| entry("warta", &n.to_string(), "kabar", at("08:00"))).collect();
    let mut finished = false;
    let mut steps = 0;
    while !finished {
        steps += 1;
        let store = bed.store.clone();
        let source = "warta".into();
        let mut saving = Box::pin(store.save(&source, &batch, None, at("08:00")));
        for _ in 0..steps {
            if (&mut saving).now_or_never().is_some() {
                finished = true;
                break;
            }
            tokio::task::yield_now().await;
            tokio::time::timeout(std::time::Duration::from_millis(2), std::future::pending::<()>())
                .await
                .ok();
        }
        drop(saving);
        let kept = bed.number(KEPT).await;
        assert!(kept == 0 || kept == 40, "{kept}, after {steps} steps");
    }
    assert!(steps > 2, "the saving was interrupted before it ended");
    bed.store.save(&"warta".into(), &batch, None, at("08:10")).await.unwrap();
    assert_eq!(bed.store.waiting("analyse").await.unwrap(), 40);
}

async fn nul_and_long_texts_come_back(bed: &Bed) {
    let long = "panjang sekali ".repeat(350_000);
    let batch = [
        entry("warta", "nul", "a\0b", at("08:00")),
        entry("warta", "panjang", &long, at("08:00")),
        entry("warta", "emoji", "\u{1f64f}\u{1f3fd}", at("08:00")),
    ];
    bed.store.save(&"warta".into(), &batch, None, at("08:00")).await.unwrap();
    let ids: Vec<_> = batch.iter().rev().map(|(_, item)| item.id.clone()).collect();
    let items = bed.store.items(&ids).await.unwrap();
    let texts: Vec<&str> = items.iter().map(|item| item.text.as_str()).collect();
    assert_eq!(texts[0], "\u{1f64f}\u{1f3fd}");
    assert_eq!(texts[1].len(), long.len());
    assert_eq!(texts[2], "a\u{fffd}b", "one character for one: offsets hold");
    let mut same = items[0].clone();
    same.text.clone_from(&batch[2].1.text);
    assert_eq!(same, batch[2].1);
}

async fn sources_keep_their_order_and_health(bed: &Bed) {
    bed.store.set_sources(&[feed("b"), feed("a"), feed("lama")]).await.unwrap();
    bed.store.set_sources(&[feed("b"), feed("a")]).await.unwrap();
    bed.store.set_sources(&[feed("b"), feed("a")]).await.unwrap();
    assert_eq!(bed.number("SELECT COUNT(*) FROM audit").await, 2, "the same list again changes nothing");
    let round = bed.store.begin_round(&bed::by_hand("kota".into(), None), at("07:59")).await.unwrap();
    let failed = Outcome::Failed { trouble: bed::trouble("tidak menjawab"), permanent: false };
    for clock in ["08:00", "08:30"] {
        bed.store
            .record_outcome(&round, &"a".into(), &failed, &[], Some(at("09:00")), at(clock))
            .await
            .unwrap();
    }
    let held = Outcome::Held { trouble: bed::trouble("robots.txt") };
    bed.store.record_outcome(&round, &"a".into(), &held, &[], None, at("08:40")).await.unwrap();
    bed.store.save(&"b".into(), &[entry("b", "1", "kabar", at("08:00"))], None, at("08:00")).await.unwrap();
    let sources = bed.store.sources(at("09:00")).await.unwrap();
    let names: Vec<&str> = sources.iter().map(|source| source.def.id.as_str()).collect();
    assert_eq!(names, ["b", "a"]);
    assert_eq!(
        (sources[0].items, sources[0].items_day, sources[0].newest_item_at),
        (1, 1, Some(at("08:00")))
    );
    assert_eq!(sources[1].failing_since, Some(at("08:00")));
    assert_eq!((sources[1].last.clone(), sources[1].last_at), (Some(held), Some(at("08:30"))));
    let read = Outcome::NothingNew { repeated: 3, bad: 0 };
    bed.store.record_outcome(&round, &"a".into(), &read, &[], None, at("09:00")).await.unwrap();
    let next_week = at("09:00") + SignedDuration::from_hours(7 * 24);
    let sources = bed.store.sources(next_week).await.unwrap();
    assert_eq!((sources[1].failing_since, sources[1].last_good_at), (None, Some(at("09:00"))));
    assert_eq!((sources[0].items, sources[0].items_day), (1, 0));
}

async fn troubles_are_the_last_twenty(bed: &Bed) {
    bed.store.set_sources(&[feed("a")]).await.unwrap();
    let round = bed.store.begin_round(&bed::by_hand("kota".into(), None), at("07:59")).await.unwrap();
    let read = Outcome::Read { new: 1, repeated: 0, bad: 30 };
    let bad: Vec<_> = (0..30).map(|n| bed::trouble(&format!("baris {n} rusak"))).collect();
    bed.store.record_outcome(&round, &"a".into(), &read, &bad, None, at("08:00")).await.unwrap();
    let failed = Outcome::Failed { trouble: bed::trouble("tidak menjawab"), permanent: false };
    bed.store.record_outcome(&round, &"a".into(), &failed, &[], None, at("08:30")).await.unwrap();
    let troubles = bed.store.sources(at("09:00")).await.unwrap().remove(0).troubles;
    assert_eq!(troubles.len(), 20);
    assert_eq!(troubles[0], (at("08:30"), bed::trouble("tidak menjawab")));
    assert_eq!(troubles[1], (at("08:00"), bed::trouble("baris 29 rusak")));
}

async fn the_rhythm_is_told_by_publication_times(bed: &Bed) {
    let entries: Vec<_> = (0..60)
        .map(|n| entry("a", &n.to_string(), "kabar", at("08:00") + SignedDuration::from_mins(10 * n)))
        .collect();
    for half in entries.chunks(30) {
        bed.store.save(&"a".into(), half, None, at("23:00")).await.unwrap();
    }
    let mut lying = entry("a", "besok", "kabar", at("18:30"));
    lying.1.posted_at = Some(at("18:30") + SignedDuration::from_hours(9000));
    bed.store.save(&"a".into(), &[lying], None, at("23:00")).await.unwrap();
    let posted = bed.store.rhythm(&"a".into()).await.unwrap();
    assert_eq!(posted[0], at("18:30"), "a date in the future counts as when it was seen");
    assert_eq!(posted[1..3], [at("17:50"), at("16:50")], "the latest of each hour");
    assert_eq!(posted.len(), 11);
    assert_eq!(bed.store.rhythm(&"lain".into()).await.unwrap(), []);
    let long_ago = entry("a", "lama", "kabar", at("08:00") - SignedDuration::from_hours(24 * 400));
    bed.store.save(&"a".into(), &[long_ago], None, at("23:00")).await.unwrap();
    assert_eq!(bed.store.rhythm(&"a".into()).await.unwrap().len(), 12, "few are kept however old");
}

async fn an_old_epoch_key_is_destroyed(bed: &Bed) {
    let key = bed.store.epoch_key(at("08:00")).await.unwrap();
    assert_eq!(bed.store.epoch_key(at("09:00")).await.unwrap(), key);
    let later = at("08:00") + SignedDuration::from_hours(31 * 24);
    assert_ne!(bed.store.epoch_key(later).await.unwrap(), key);
    assert_eq!(bed.number("SELECT COUNT(*) FROM epoch_keys").await, 1);
}
