//! The figures of a day and retention, on both engines.
#![allow(clippy::unwrap_used, reason = "a contract test fails by panicking")]
mod bed;

use bed::{Bed, at, contract, entry, feed, judged, judgement, same_claim};
use jiff::{SignedDuration, Timestamp};
use saring_domain::{CaseId, Outcome, PlaceMatch, Queue, Retention, Score};
use saring_store::traits::{Analyses as _, Captures as _, Reports as _, Rounds as _};
use saring_store::views::{DayFacts, Judged, Purged, SourceTrouble};

contract! {
    a_day_is_told_as_it_stood_at_its_end,
    a_day_without_anything_has_figures_too,
    a_round_over_midnight_is_told_on_both_days,
    content_without_a_finding_goes_first,
    unreviewed_cases_are_closed_and_then_emptied,
    decided_cases_keep_their_content_by_their_code,
    purged_content_does_not_come_back,
    purging_in_steps_leaves_nothing,
}

fn days(days: i64) -> SignedDuration {
    SignedDuration::from_hours(24 * days)
}

async fn day(bed: &Bed) -> DayFacts {
    let midnight = at("00:00");
    let date = "2026-11-24".parse().unwrap();
    bed.store.day(&"kota".into(), date, midnight, midnight + days(1)).await.unwrap()
}

/// Settles a case past the desk.
async fn settle(bed: &Bed, case: &CaseId, code: &str, now: Timestamp) {
    let at = now.as_microsecond();
    bed.tamper(&format!(
        "UPDATE cases SET state = 'decided', waiting = 0, settled_at = {at}, decided_as = '{code}' WHERE id = '{case}'"
    ))
    .await;
    bed.tamper(&format!(
        "INSERT INTO decisions (id, case_id, code, body, note, person, who, at, state_before, leads_to, leaf) \
         VALUES ('d{case}{at}', '{case}', '{code}', '{{}}', 'alasan', 'p', 'Sari', {at}, 'open', 'decided', 0)"
    ))
    .await;
    bed.tamper(&format!(
        "INSERT INTO case_events (case_id, at, who, what, code, note, state) \
         VALUES ('{case}', {at}, 'Sari', 'decided', '{code}', 'alasan', 'decided')"
    ))
    .await;
}

/// Takes the decision back past the desk.
async fn undo(bed: &Bed, case: &CaseId, now: Timestamp) {
    let at = now.as_microsecond();
    bed.tamper(&format!("UPDATE decisions SET undone_at = {at} WHERE case_id = '{case}'")).await;
    let open = "state = 'open', waiting = 1, settled_at = NULL, decided_as = NULL";
    bed.tamper(&format!("UPDATE cases SET {open} WHERE id = '{case}'")).await;
    bed.tamper(&format!(
        "INSERT INTO case_events (case_id, at, who, what, state) VALUES ('{case}', {at}, 'Sari', 'undone', 'open')"
    ))
    .await;
}

async fn a_round(bed: &Bed) {
    bed.store.set_sources(&[feed("a"), feed("b"), feed("c")]).await.unwrap();
    let round = bed.store.begin_round(&bed::by_hand("kota".into(), Some("Sari")), at("07:00")).await.unwrap();
    let read = Outcome::Read { new: 6, repeated: 0, bad: 0 };
    let failed = Outcome::Failed { trouble: bed::trouble("tidak menjawab"), permanent: false };
    let silent = Outcome::Silent { newest: Some(at("01:00")), usual_minutes: 30 };
    for (source, outcome) in [("a", read), ("b", failed), ("c", silent)] {
        bed.store.record_outcome(&round, &source.into(), &outcome, &[], None, at("07:05")).await.unwrap();
    }
    bed.store.end_round(&round, at("07:10")).await.unwrap();
}

/// Six items: two hoaxes of one claim, a complaint, a clipping, a greeting, one not scored.
async fn a_days_work(bed: &Bed) -> Vec<CaseId> {
    a_round(bed).await;
    let entries: Vec<_> =
        (0..6).map(|n| entry("a", &n.to_string(), &format!("kabar {n}"), at("07:02"))).collect();
    let queues = [Queue::Hoax, Queue::Hoax, Queue::Service, Queue::Clipping, Queue::None];
    let mut thoughts: Vec<_> =
        queues.iter().zip(&entries).map(|(queue, (_, item))| judgement(item, *queue, 0.5)).collect();
    for hoax in &mut thoughts[..2] {
        hoax.claims.push(same_claim("x"));
        hoax.places.push(PlaceMatch {
            code: "99.01".into(),
            name: "Kabupaten Contoh".into(),
            score: Score::new(0.9),
            spans: Vec::new(),
            clues: Vec::new(),
        });
    }
    thoughts[1].duplicate_of = Some(entries[0].1.id.0.clone());
    thoughts[4].language.code = "jv".into();
    let cases = bed.work(&entries, thoughts, at("07:20")).await;
    let why = Some("terlalu panjang".into());
    let unscored = Judged {
        item: entries[5].1.id.clone(),
        judgement: None,
        unscored: why,
        exact: 1,
        near: Vec::new(),
        watched: Vec::new(),
    };
    bed.store.save_judgements(&[unscored], &[], at("07:21")).await.unwrap();
    assert_eq!(cases.len(), 3);
    let complaint = CaseId::derive(&entries[2].1.id);
    settle(bed, &complaint, "service", at("09:00")).await;
    vec![CaseId::derive(&entries[0].1.id), complaint, CaseId::derive(&entries[3].1.id)]
}

async fn a_day_is_told_as_it_stood_at_its_end(bed: &Bed) {
    let cases = a_days_work(bed).await;
    let told = day(bed).await;
    assert_eq!(told.rounds.len(), 1);
    let round = &told.rounds[0];
    assert_eq!((round.read, round.failed, round.silent, round.new_items), (1, 1, 1, 6));
    assert_eq!((round.ended_at, round.on_duty.as_deref()), (Some(at("07:10")), Some("Sari")));
    let troubled = [
        ("Sumber b".to_owned(), SourceTrouble::Failed(bed::trouble("tidak menjawab"))),
        ("Sumber c".to_owned(), SourceTrouble::Silent(Some(at("01:00")))),
    ];
    assert_eq!(told.troubled, troubled);
    assert_eq!((told.sources, told.seen, told.duplicates, told.unscored), (3, 6, 1, 1));
    let queues = [(Queue::Hoax, 2), (Queue::Service, 1), (Queue::Clipping, 1), (Queue::None, 1)];
    assert_eq!(told.by_queue, queues);
    assert_eq!(told.by_language, [("id".to_owned(), 4), ("jv".to_owned(), 1)]);
    assert_eq!(told.by_place, [("99.01".to_owned(), "Kabupaten Contoh".to_owned(), 2)]);
    assert_eq!((told.top_claims[0].items_day, told.top_claims[0].items), (2, 2));
    assert_eq!(told.decisions, [("service".to_owned(), 1)]);
    assert_eq!(told.open, [(Queue::Hoax, 1), (Queue::Clipping, 1)]);
    assert_eq!(told.overdue, 1, "the hoax was due at 13:20");

    // what comes later changes nothing of it
    let next = at("09:00") + days(1);
    undo(bed, &cases[1], next).await;
    settle(bed, &cases[0], "known_hoax", next).await;
    let late = [entry("a", "besok", "kabar besok", next)];
    let mut hoax = judgement(&late[0].1, Queue::Hoax, 0.9);
    hoax.claims.push(same_claim("x"));
    bed.work(&late, vec![hoax], next).await;
    let anew = judgement(&entry("a", "4", "kabar 4", at("07:02")).1, Queue::Hate, 0.9);
    bed.store.save_judgements(&[judged(anew)], &[], next).await.unwrap();
    bed.store.set_sources(&[feed("a")]).await.unwrap();
    assert_eq!(day(bed).await, told);
    bed.store.purge(&Retention::default(), next + days(200)).await.unwrap();
    let again = day(bed).await;
    assert_eq!(serde_json::to_string(&again).unwrap(), serde_json::to_string(&told).unwrap());
}

async fn a_day_without_anything_has_figures_too(bed: &Bed) {
    let date = "2026-11-24".parse().unwrap();
    assert_eq!(day(bed).await, DayFacts { date, ..DayFacts::default() });
}

async fn a_round_over_midnight_is_told_on_both_days(bed: &Bed) {
    let round = bed.store.begin_round(&bed::by_hand("kota".into(), None), at("23:50")).await.unwrap();
    let before = day(bed).await;
    bed.store.end_round(&round, at("00:05") + days(1)).await.unwrap();
    assert_eq!(day(bed).await, before);
    assert_eq!(before.rounds[0].ended_at, None);
    let (from, to) = (at("00:00") + days(1), at("00:00") + days(2));
    let after = bed.store.day(&"kota".into(), "2026-11-25".parse().unwrap(), from, to).await.unwrap();
    assert_eq!(after.rounds[0].ended_at, Some(at("00:05") + days(1)));
}

async fn overdue(bed: &Bed, now: Timestamp) -> u64 {
    bed.store.retention_overdue(&Retention::default(), now).await.unwrap()
}

async fn purge(bed: &Bed, now: Timestamp) -> Purged {
    let purged = bed.store.purge(&Retention::default(), now).await.unwrap();
    assert_eq!(overdue(bed, now).await, 0, "a purge leaves nothing overdue");
    purged
}

async fn content_without_a_finding_goes_first(bed: &Bed) {
    let entries = [entry("a", "1", "selamat pagi", at("08:00")), entry("a", "2", "keluhan air", at("08:00"))];
    let thoughts =
        vec![judgement(&entries[0].1, Queue::None, 0.0), judgement(&entries[1].1, Queue::Service, 0.5)];
    bed.work(&entries, thoughts, at("08:00")).await;
    assert_eq!(purge(bed, at("07:00") + days(3)).await, Purged::default());
    assert_eq!(overdue(bed, at("09:00") + days(3)).await, 1);
    let purged = purge(bed, at("09:00") + days(3)).await;
    assert_eq!((purged.texts, purged.captures, purged.fingerprints), (1, 1, 0));
    let ids: Vec<_> = entries.iter().map(|(_, item)| item.id.clone()).collect();
    assert_eq!(bed.store.items(&ids).await.unwrap().len(), 1);
    assert_eq!(
        bed.number("SELECT COUNT(*) FROM items WHERE text IS NULL AND url IS NULL AND account IS NULL").await,
        1
    );
    assert_eq!(bed.number("SELECT COUNT(*) FROM judgements WHERE body IS NULL").await, 1);
}

async fn unreviewed_cases_are_closed_and_then_emptied(bed: &Bed) {
    let entries = [entry("a", "1", "keluhan air", at("08:00"))];
    bed.work(&entries, vec![judgement(&entries[0].1, Queue::Service, 0.5)], at("08:00")).await;
    assert_eq!(overdue(bed, at("08:01") + days(14)).await, 1);
    let purged = purge(bed, at("08:01") + days(14)).await;
    assert_eq!(purged, Purged { cases_closed: 1, ..Purged::default() });
    assert_eq!(bed.number("SELECT COUNT(*) FROM audit WHERE event = 'case.close'").await, 1);
    let purged = purge(bed, at("08:02") + days(15)).await;
    assert_eq!(purged, Purged { texts: 1, captures: 1, fingerprints: 1, ..Purged::default() });
    let kept = "SELECT COUNT(*) FROM cases WHERE state = 'closed' AND queue = 'service' AND copies = 1";
    assert_eq!(bed.number(kept).await, 1, "code and count stay");
    assert_eq!(bed.number("SELECT COUNT(*) FROM case_words").await, 0);
    assert_eq!(
        bed.number("SELECT COUNT(*) FROM audit WHERE event LIKE 'case.%' AND salt IS NOT NULL").await,
        0
    );
}

async fn decided_cases_keep_their_content_by_their_code(bed: &Bed) {
    let codes = ["R01", "known_hoax", "hate_review", "clipping"];
    let entries: Vec<_> = codes.iter().map(|code| entry("a", code, code, at("08:00"))).collect();
    let thoughts = entries.iter().map(|(_, item)| judgement(item, Queue::Service, 0.5)).collect();
    bed.work(&entries, thoughts, at("08:00")).await;
    for (code, (_, item)) in codes.iter().zip(&entries) {
        settle(bed, &CaseId::derive(&item.id), code, at("09:00")).await;
    }
    let long_hate = Retention { hate: 180 * 24, ..Retention::default() };
    for (after, texts) in [(1, 1), (89, 0), (91, 2), (179, 0), (181, 1)] {
        let now = at("09:01") + days(after);
        let purged = bed.store.purge(&long_hate, now).await.unwrap();
        assert_eq!(purged.texts, texts, "after {after} days");
    }
    assert_eq!(bed.number("SELECT COUNT(*) FROM decisions WHERE note IS NULL").await, 4);
    assert_eq!(
        bed.number("SELECT COUNT(*) FROM case_events WHERE what = 'decided' AND note IS NULL").await,
        4
    );
}

async fn purged_content_does_not_come_back(bed: &Bed) {
    let entries = [entry("a", "1", "selamat pagi", at("08:00"))];
    bed.work(&entries, vec![judgement(&entries[0].1, Queue::None, 0.0)], at("08:00")).await;
    let later = at("08:01") + days(3);
    purge(bed, later).await;
    let saved = bed.store.save(&"a".into(), &entries, None, later).await.unwrap();
    assert_eq!((saved.new, saved.repeated), (0, 1));
    assert_eq!(bed.number("SELECT COUNT(*) FROM captures").await, 0);
    let leaves = bed.number("SELECT COUNT(*) FROM audit").await;
    let anew = judged(judgement(&entries[0].1, Queue::Hoax, 0.9));
    bed.store.save_judgements(&[anew], &[], later).await.unwrap();
    assert_eq!(bed.number("SELECT COUNT(*) FROM audit").await, leaves, "no word on what is gone");
}

async fn purging_in_steps_leaves_nothing(bed: &Bed) {
    let entries: Vec<_> = (0..2300).map(|n| entry("a", &n.to_string(), "kabar", at("08:00"))).collect();
    let thoughts = entries.iter().map(|(_, item)| judgement(item, Queue::None, 0.0)).collect();
    bed.work(&entries, thoughts, at("08:00")).await;
    let purged = purge(bed, at("08:01") + days(31)).await;
    assert_eq!((purged.texts, purged.captures, purged.fingerprints), (2300, 2300, 2300));
    assert_eq!(bed.number("SELECT COUNT(*) FROM audit WHERE event = 'purge'").await, 6, "three steps each");
    assert_eq!(bed.number("SELECT COUNT(*) FROM purges WHERE overdue = 0").await, 1);
}
