//! Rounds with their log, and who is on duty, on both engines.
#![allow(clippy::unwrap_used, reason = "a contract test fails by panicking")]
mod bed;

use bed::{Bed, at, by_hand, contract, entry, feed, judgement, operator};
use jiff::{SignedDuration, Timestamp};
use saring_domain::{Outcome, Planned, Queue, Reviewer, RoundKind, RoundStart};
use saring_store::StoreError;
use saring_store::traits::{Captures as _, Rounds as _};
use saring_store::views::{Brought, Tally};

contract! {
    rounds_begin_and_end,
    a_time_of_the_timetable_has_one_round,
    a_round_is_told_with_what_it_brought,
    what_a_dead_process_read_is_told_by_the_next_outcome,
    duty_is_taken_and_handed_over,
    a_duty_that_nobody_ended_counts_for_a_day,
}

async fn rounds_begin_and_end(bed: &Bed) {
    let round = bed.store.begin_round(&by_hand("kota".into(), Some("Sari")), at("08:00")).await.unwrap();
    bed.store.end_round(&round, at("08:10")).await.unwrap();
    bed.store.end_round(&round, at("08:20")).await.unwrap();
    assert_eq!(bed.number("SELECT COUNT(*) FROM audit").await, 2, "ending twice is ending once");
    assert!(bed.store.end_round(&"r0".into(), at("08:20")).await.is_err());
}

fn planned(clock: &str) -> Planned {
    let until = at(clock) + SignedDuration::from_mins(30);
    Planned { at: at(clock), until, shift: Some("pagi".into()), extra: false }
}

async fn a_time_of_the_timetable_has_one_round(bed: &Bed) {
    let office = "kota".into();
    assert_eq!(bed.store.planned_until(&office, at("23:00")).await.unwrap(), None);
    let start = RoundStart::planned(&planned("06:30"), by_hand("kota".into(), None));
    bed.store.begin_round(&start, at("06:31")).await.unwrap();
    let missed = [planned("06:00"), planned("06:30"), planned("07:00")];
    for _ in 0..2 {
        bed.store.miss_rounds(&office, &missed, at("07:31")).await.unwrap();
    }
    assert_eq!(bed.store.planned_until(&office, at("23:00")).await.unwrap(), Some(at("07:00")));
    assert_eq!(bed.store.planned_until(&office, at("06:59")).await.unwrap(), Some(at("06:30")));
    let rounds = bed.store.rounds(&office, at("00:00"), at("12:00")).await.unwrap();
    let told: Vec<(RoundKind, Timestamp)> =
        rounds.iter().map(|row| (row.round.start.kind, row.round.started_at)).collect();
    let (missed, ran) = (RoundKind::Missed, RoundKind::Planned);
    assert_eq!(told, [(missed, at("07:00")), (ran, at("06:31")), (missed, at("06:00"))]);
    assert_eq!(bed.number("SELECT COUNT(*) FROM audit").await, 3, "one entry for each");
    assert!(bed.store.rounds(&"lain".into(), at("00:00"), at("12:00")).await.unwrap().is_empty());
}

async fn a_round_is_told_with_what_it_brought(bed: &Bed) {
    bed.store.set_sources(&[feed("a"), feed("b")]).await.unwrap();
    let round = bed.store.begin_round(&by_hand("kota".into(), Some("Sari")), at("08:00")).await.unwrap();
    let entries: Vec<_> =
        (0..3).map(|n| entry("a", &n.to_string(), &format!("sumur {n}"), at("08:01"))).collect();
    let mut thoughts: Vec<_> = entries.iter().map(|(_, item)| judgement(item, Queue::Hoax, 0.5)).collect();
    thoughts[2].queue = Queue::None;
    bed.work(&entries, thoughts, at("08:02")).await;
    let read = Outcome::Read { new: 3, repeated: 5, bad: 1 };
    let bad = [bed::trouble("baris 7 rusak")];
    bed.store.record_outcome(&round, &"a".into(), &read, &bad, None, at("08:03")).await.unwrap();
    let failed = Outcome::Failed { trouble: bed::trouble("tidak menjawab"), permanent: false };
    bed.store.record_outcome(&round, &"b".into(), &failed, &[], None, at("08:04")).await.unwrap();
    bed.store.end_round(&round, at("08:05")).await.unwrap();
    let (row, outcomes) = bed.store.round(&"kota".into(), &round).await.unwrap();
    let tally = Tally { read: 1, failed: 1, new_items: 3, repeated: 5, bad: 1, ..Tally::default() };
    assert_eq!((row.tally, &row.findings), (tally, &vec![(Queue::Hoax, 2)]));
    assert_eq!((row.round.ended_at, row.round.start.on_duty.as_deref()), (Some(at("08:05")), Some("Sari")));
    assert_eq!((outcomes[0].new_items, outcomes[0].repeated, outcomes[0].bad), (3, 5, 1));
    assert_eq!(outcomes[1].trouble, Some(bed::trouble("tidak menjawab")));
    let elsewhere = bed.store.round(&"lain".into(), &round).await.unwrap_err();
    assert!(matches!(elsewhere, StoreError::NotFound { .. }));
}

async fn what_a_dead_process_read_is_told_by_the_next_outcome(bed: &Bed) {
    bed.store.set_sources(&[feed("a")]).await.unwrap();
    let entries: Vec<_> =
        (0..3).map(|n| entry("a", &n.to_string(), &format!("sumur {n}"), at("08:01"))).collect();
    let source = "a".into();
    let bad = [bed::trouble("baris 7 rusak")];
    bed.store.save_read(&source, &entries[..2], &bad, None, at("08:01")).await.unwrap();
    bed.store.save_read(&source, &entries, &[], None, at("08:02")).await.unwrap();
    // an import is told by nobody
    let imported = entry("a", "9", "sumur 9", at("08:01"));
    bed.store.save(&source, &[imported], None, at("08:03")).await.unwrap();
    let untold = Brought { new: 3, repeated: 2, bad: 1 };
    assert_eq!(bed.store.untold(&source).await.unwrap(), untold);
    let round = bed.store.begin_round(&by_hand("kota".into(), None), at("08:10")).await.unwrap();
    let late = Outcome::NothingNew { repeated: 0, bad: 0 };
    let record = |outcome: Outcome, now| {
        let (store, round) = (&bed.store, round.clone());
        async move { store.record_outcome(&round, &"a".into(), &outcome, &[], None, now).await.unwrap() }
    };
    record(late, at("08:11")).await;
    assert_eq!(bed.store.untold(&source).await.unwrap(), Brought::default());
    let health = bed.store.sources(at("08:12")).await.unwrap().remove(0);
    assert_eq!(health.last, Some(Outcome::Read { new: 3, repeated: 2, bad: 1 }));
    assert_eq!(health.troubles.len(), 1, "the message was kept with what was read");
    // a source that fails tells what came before
    bed.store
        .save_read(&source, &[entry("a", "4", "sumur 4", at("08:13"))], &[], None, at("08:13"))
        .await
        .unwrap();
    record(Outcome::Failed { trouble: bed::trouble("tidak menjawab"), permanent: false }, at("08:14")).await;
    record(Outcome::NothingNew { repeated: 0, bad: 0 }, at("08:15")).await;
    let (row, outcomes) = bed.store.round(&"kota".into(), &round).await.unwrap();
    let told: Vec<_> = outcomes.iter().map(|row| (row.code.as_str(), row.new_items)).collect();
    assert_eq!(told, [("read", 3), ("failed", 1), ("nothing_new", 0)]);
    assert_eq!((row.tally.new_items, row.tally.repeated, row.tally.bad), (4, 2, 1));
}

async fn duty_is_taken_and_handed_over(bed: &Bed) {
    let (office, sari) = ("kota".into(), Reviewer::at_sign_in(&operator()).unwrap());
    let nobody = bed.store.hand_over(&sari, "x", at("06:00")).await.unwrap_err();
    assert!(matches!(nobody, StoreError::Conflict(_)));
    bed.store.take_duty(&sari, at("06:00")).await.unwrap();
    bed.store.take_duty(&sari, at("06:05")).await.unwrap();
    let round = bed.store.begin_round(&by_hand("kota".into(), None), at("06:10")).await.unwrap();
    let (row, _) = bed.store.round(&office, &round).await.unwrap();
    assert_eq!(row.round.start.on_duty.as_deref(), Some(sari.name()));
    bed.store.hand_over(&sari, " Warta Sukamaju diam sejak subuh. ", at("14:00")).await.unwrap();
    assert!(bed.store.on_duty(&office, at("14:01")).await.unwrap().is_empty());
    let notes = bed.store.hand_overs(&office, 5).await.unwrap();
    assert_eq!(notes[0].note.as_deref(), Some("Warta Sukamaju diam sejak subuh."));
    assert_eq!((notes[0].from, notes[0].until), (at("06:00"), Some(at("14:00"))));
    assert_eq!(bed.number("SELECT COUNT(*) FROM audit WHERE event LIKE 'duty.%'").await, 2);
}

async fn a_duty_that_nobody_ended_counts_for_a_day(bed: &Bed) {
    let (office, sari) = ("kota".into(), Reviewer::at_sign_in(&operator()).unwrap());
    bed.store.take_duty(&sari, at("06:00")).await.unwrap();
    assert_eq!(bed.store.on_duty(&office, at("23:00")).await.unwrap().len(), 1);
    let next_day = at("07:00") + SignedDuration::from_hours(24);
    assert!(bed.store.on_duty(&office, next_day).await.unwrap().is_empty());
    bed.store.take_duty(&sari, next_day).await.unwrap();
    assert_eq!(bed.store.on_duty(&office, next_day).await.unwrap()[0].from, next_day);
}
