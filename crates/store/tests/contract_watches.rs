//! Watches of offices, on both engines.
#![allow(clippy::unwrap_used, reason = "a contract test fails by panicking")]
mod bed;

use bed::{Bed, at, contract, entry, judged, judgement, operator};
use jiff::Timestamp;
use saring_domain::{
    Item, Office, Person, Queue, Retention, Reviewer, Span, WatchDraft, WatchId, WatchState, WatchWord,
};
use saring_store::StoreError;
use saring_store::traits::{Analyses as _, Captures as _, People as _, Reports as _, Watches as _};
use saring_store::views::{WatchFacts, WatchPart, Watched};

contract! {
    a_watch_runs_only_after_another_person_agreed,
    a_watch_of_another_office_does_not_exist,
    what_it_caught_is_kept_once_and_counted_by_local_day,
    a_watch_whose_day_came_stops_and_is_counted_as_ended,
    what_was_missed_is_looked_at_in_a_fixed_order_and_counted,
    what_it_caught_is_marked_and_taken_back,
    hits_go_with_their_items_and_counts_stay,
    a_changed_watch_is_found,
}

fn reviewer(id: &str) -> Reviewer {
    Reviewer::at_sign_in(&Person { id: id.into(), login: id.into(), name: id.to_uppercase(), ..operator() })
        .unwrap()
}

fn office() -> Office {
    serde_json::from_str(r#"{"id":"kota","name":"Kota","zone":"Asia/Jakarta"}"#).unwrap()
}

async fn open(bed: &Bed) -> WatchId {
    bed.store.set_offices(&[office()]).await.unwrap();
    let draft = WatchDraft {
        claim: None,
        terms: vec!["tanggul jebol".into(), "tanggul\0 retak".into()],
        purpose: "kabar soal tanggul Karangjati".into(),
        reason: String::new(),
        until: "2026-11-30".parse().unwrap(),
    };
    bed.store
        .open_watch(&draft.propose(&reviewer("a"), &office(), at("08:00")).unwrap(), at("08:00"))
        .await
        .unwrap()
}

async fn running(bed: &Bed) -> WatchId {
    let id = open(bed).await;
    bed.store.settle_watch(&reviewer("b"), &id, WatchWord::Approve, at("08:10")).await.unwrap();
    id
}

async fn leaves(bed: &Bed) -> i64 {
    bed.number("SELECT COUNT(*) FROM audit WHERE event LIKE 'watch.%'").await
}

fn hit(watch: &WatchId, caught: bool) -> Watched {
    let spans = if caught { vec![Span { start: 0, end: 7 }] } else { vec![] };
    Watched { watch: watch.clone(), caught, spans, words: vec!["tanggul".into(), "rusak".into()] }
}

/// Saves and judges items, each with what the watch says of it.
async fn judge(bed: &Bed, watch: &WatchId, said: &[bool], now: Timestamp) -> Vec<Item> {
    let entries: Vec<_> =
        (0..said.len()).map(|n| entry("a", &n.to_string(), &format!("tanggul {n}"), now)).collect();
    bed.store.save(&"a".into(), &entries, None, now).await.unwrap();
    let judged: Vec<_> = entries
        .iter()
        .zip(said)
        .map(|((_, item), caught)| {
            let mut judged = judged(judgement(item, Queue::None, 0.1));
            judged.watched = vec![hit(watch, *caught)];
            judged
        })
        .collect();
    bed.store.save_judgements(&judged, &[], now).await.unwrap();
    entries.into_iter().map(|(_, item)| item).collect()
}

fn conflict<T: std::fmt::Debug>(result: Result<T, StoreError>) {
    assert!(matches!(result, Err(StoreError::Conflict(_))), "{result:?}");
}

async fn a_watch_runs_only_after_another_person_agreed(bed: &Bed) {
    let id = open(bed).await;
    let (store, kota) = (&bed.store, "kota".into());
    let row = store.watch(&kota, &id).await.unwrap();
    assert_eq!((row.watch.state, row.watch.owner_name.as_str()), (WatchState::Proposed, "A"));
    assert_eq!(row.watch.draft.terms, ["tanggul jebol", "tanggul\u{fffd} retak"]);
    assert!(store.running_watches(at("08:05")).await.unwrap().is_empty());
    conflict(store.settle_watch(&reviewer("a"), &id, WatchWord::Approve, at("08:05")).await);
    assert_eq!(leaves(bed).await, 1, "a refused word leaves no trace");
    let state = store.settle_watch(&reviewer("b"), &id, WatchWord::Approve, at("08:10")).await.unwrap();
    assert_eq!((state, leaves(bed).await), (WatchState::Running, 2));
    conflict(store.settle_watch(&reviewer("c"), &id, WatchWord::Refuse, at("08:11")).await);
    let found = store.running_watches(at("08:12")).await.unwrap();
    assert_eq!(found.iter().map(|watch| &watch.id).collect::<Vec<_>>(), [&id]);
    assert_eq!(found[0].settled, Some(("B".into(), at("08:10"))));
    store.settle_watch(&reviewer("a"), &id, WatchWord::End, at("09:00")).await.unwrap();
    let row = store.watch(&kota, &id).await.unwrap();
    assert_eq!(
        (row.watch.state, row.watch.ended),
        (WatchState::Ended, Some((at("09:00"), Some("A".into()))))
    );
    let refused = open(bed).await;
    store.settle_watch(&reviewer("b"), &refused, WatchWord::Refuse, at("09:10")).await.unwrap();
    assert_eq!(leaves(bed).await, 5, "one leaf for each change");
    assert!(store.running_watches(at("09:20")).await.unwrap().is_empty());
    let ids: Vec<_> = store.watches(&kota).await.unwrap().into_iter().map(|row| row.watch.id).collect();
    assert_eq!(ids, [refused, id]);
    let day = store.day(&kota, "2026-11-24".parse().unwrap(), at("00:00"), at("23:00")).await.unwrap();
    assert_eq!(day.watches, WatchFacts { running: 0, opened: 2, refused: 1, ended: 1 });
}

async fn a_watch_of_another_office_does_not_exist(bed: &Bed) {
    let id = running(bed).await;
    judge(bed, &id, &[true, false], at("08:30")).await;
    let far = Reviewer::at_sign_in(&Person { office: "lain".into(), ..operator() }).unwrap();
    let gone = |result: Result<(), StoreError>| {
        assert!(matches!(result, Err(StoreError::NotFound { .. })), "{result:?}")
    };
    gone(bed.store.watch(&"lain".into(), &id).await.map(drop));
    gone(bed.store.settle_watch(&far, &id, WatchWord::End, at("09:00")).await.map(drop));
    gone(bed.store.check_watch(&far, &id, &[("x".into(), true)], at("09:00")).await.map(drop));
    assert!(bed.store.watches(&"lain".into()).await.unwrap().is_empty());
    let items = bed.store.watch_items(&"lain".into(), &id, WatchPart::Caught, 0, 9).await.unwrap();
    assert!(items.is_empty());
}

async fn what_it_caught_is_kept_once_and_counted_by_local_day(bed: &Bed) {
    let id = running(bed).await;
    // 17:30 UTC is the next day in Jakarta
    let items = judge(bed, &id, &[true, true, false], at("17:30")).await;
    judge(bed, &id, &[true, true, false], at("17:30")).await;
    let before = leaves(bed).await;
    bed.store.save_watched(&[(items[0].id.clone(), vec![hit(&id, true)])], at("17:40")).await.unwrap();
    assert_eq!(leaves(bed).await, before, "nothing new, no leaf");
    bed.store.save_watched(&[("tidak-ada".into(), vec![hit(&id, true)])], at("17:41")).await.unwrap();
    let row = bed.store.watch(&"kota".into(), &id).await.unwrap();
    let days: Vec<_> = row.days.iter().map(|day| (day.day.to_string(), day.caught, day.near)).collect();
    assert_eq!(days, [("2026-11-25".to_owned(), 2, 1)]);
    let caught = bed.store.watch_items(&"kota".into(), &id, WatchPart::Caught, 0, 9).await.unwrap();
    assert_eq!(caught.len(), 2);
    assert_eq!(caught[0].spans, [Span { start: 0, end: 7 }]);
    let unknown = judge(bed, &"w-tidak-ada".into(), &[true], at("17:50")).await;
    assert_eq!((unknown.len(), bed.number("SELECT COUNT(*) FROM watch_hits").await), (1, 3));
    let (kept, last) = bed.store.kept_items(0, 2).await.unwrap();
    assert_eq!((kept.len(), bed.store.kept_items(last, 9).await.unwrap().0.len()), (2, 1));
}

async fn a_watch_whose_day_came_stops_and_is_counted_as_ended(bed: &Bed) {
    let id = running(bed).await;
    let over: Timestamp = "2026-11-30T17:00:00Z".parse().unwrap();
    assert_eq!(bed.store.running_watches(over - jiff::SignedDuration::from_secs(1)).await.unwrap().len(), 1);
    assert!(bed.store.running_watches(over).await.unwrap().is_empty(), "it stops before anybody records it");
    judge(bed, &id, &[true], over).await;
    assert_eq!(bed.number("SELECT COUNT(*) FROM watch_hits").await, 0);
    assert_eq!(bed.store.end_expired_watches(at("12:00")).await.unwrap(), 0);
    let before = leaves(bed).await;
    bed.store.purge(&Retention::default(), over + jiff::SignedDuration::from_hours(30)).await.unwrap();
    let row = bed.store.watch(&"kota".into(), &id).await.unwrap();
    assert_eq!((row.watch.state, row.watch.ended), (WatchState::Ended, Some((over, None))));
    assert_eq!((leaves(bed).await, bed.store.end_expired_watches(over).await.unwrap()), (before + 1, 0));
    let day = |date: &str, from: Timestamp| {
        let (store, date) = (&bed.store, date.parse().unwrap());
        async move {
            store
                .day(&"kota".into(), date, from, from + jiff::SignedDuration::from_hours(24))
                .await
                .unwrap()
                .watches
        }
    };
    let first = "2026-11-23T17:00:00Z".parse().unwrap();
    assert_eq!(day("2026-11-24", first).await, WatchFacts { running: 1, opened: 1, refused: 0, ended: 0 });
    assert_eq!(day("2026-12-01", over).await, WatchFacts { running: 0, opened: 0, refused: 0, ended: 1 });
}

async fn what_was_missed_is_looked_at_in_a_fixed_order_and_counted(bed: &Bed) {
    let (id, store, kota) = (running(bed).await, &bed.store, "kota".into());
    judge(bed, &id, &[true, false, false, false, false], at("08:30")).await;
    let sample = |limit| store.watch_items(&kota, &id, WatchPart::Sample, 0, limit);
    let ids = |items: &[saring_store::views::WatchItem]| {
        items.iter().map(|one| one.item.id.clone()).collect::<Vec<_>>()
    };
    let four = ids(&sample(9).await.unwrap());
    assert_eq!((four.len(), &ids(&sample(2).await.unwrap())[..]), (4, &four[..2]));
    let said = [(four[0].clone(), true), (four[1].clone(), false), ("tidak-ada".into(), true)];
    let before = leaves(bed).await;
    assert_eq!(store.check_watch(&reviewer("b"), &id, &said, at("09:00")).await.unwrap(), 2);
    conflict(store.check_watch(&reviewer("b"), &id, &said, at("09:01")).await);
    assert_eq!(leaves(bed).await, before + 1);
    assert_eq!(ids(&sample(9).await.unwrap()), four[2..]);
    let missed = store.watch_items(&kota, &id, WatchPart::Missed, 0, 9).await.unwrap();
    assert_eq!(
        (ids(&missed), missed[0].words.as_slice()),
        (vec![four[0].clone()], &["tanggul".into(), "rusak".into()][..])
    );
    let day = store.watch(&kota, &id).await.unwrap().days[0];
    assert_eq!((day.caught, day.near, day.checked, day.relevant), (1, 4, 2, 1));
}

async fn what_it_caught_is_marked_and_taken_back(bed: &Bed) {
    let (id, store, kota) = (running(bed).await, &bed.store, "kota".into());
    let items = judge(bed, &id, &[true, true, false], at("08:30")).await;
    let before = leaves(bed).await;
    let mark = |item: &Item, about| {
        let (item, id, reviewer) = (item.id.clone(), id.clone(), reviewer("b"));
        async move { store.mark_caught(&reviewer, &id, &item, about, at("09:00")).await }
    };
    let counts = || async {
        let day = store.watch(&kota, &id).await.unwrap().days[0];
        (day.caught, day.apt, day.stray)
    };
    mark(&items[0], Some(false)).await.unwrap();
    mark(&items[1], Some(true)).await.unwrap();
    conflict(mark(&items[0], Some(false)).await);
    conflict(mark(&items[2], Some(false)).await); // it was not caught
    assert_eq!(counts().await, (2, 1, 1));
    let caught = store.watch_items(&kota, &id, WatchPart::Caught, 0, 9).await.unwrap();
    let said: Vec<_> = caught.iter().map(|one| (one.item.id == items[0].id, one.about)).collect();
    assert!(said.contains(&(true, Some(false))) && said.contains(&(false, Some(true))), "{said:?}");
    // another word on the same, and its end
    mark(&items[1], Some(false)).await.unwrap();
    assert_eq!(counts().await, (2, 0, 2));
    mark(&items[1], None).await.unwrap();
    conflict(mark(&items[1], None).await);
    assert_eq!((counts().await, leaves(bed).await), ((2, 0, 1), before + 4));
    let far = Reviewer::at_sign_in(&Person { office: "lain".into(), ..operator() }).unwrap();
    let gone = store.mark_caught(&far, &id, &items[0].id, None, at("09:10")).await;
    assert!(matches!(gone, Err(StoreError::NotFound { .. })), "{gone:?}");
}

async fn hits_go_with_their_items_and_counts_stay(bed: &Bed) {
    let id = running(bed).await;
    judge(bed, &id, &[true, false], at("08:30")).await;
    let later = at("08:30") + jiff::SignedDuration::from_hours(80);
    bed.store.purge(&Retention::default(), later).await.unwrap();
    assert_eq!(bed.number("SELECT COUNT(*) FROM watch_hits").await, 0);
    assert_eq!(bed.store.watch(&"kota".into(), &id).await.unwrap().days[0].caught, 1);
}

/// Troubles of the rows.
async fn damage(bed: &Bed) -> usize {
    let found = bed.store.check(&Retention::default(), at("10:00")).await.unwrap();
    found.iter().filter(|trouble| trouble.place == "rows").count()
}

async fn a_changed_watch_is_found(bed: &Bed) {
    running(bed).await;
    assert_eq!(damage(bed).await, 0);
    bed.tamper("UPDATE watches SET purpose = 'orang yang mengkritik'").await;
    assert_eq!(damage(bed).await, 1);
}
