//! What `check` finds, on both engines: nothing in a sound store, and each kind of damage by name.
#![allow(clippy::unwrap_used, reason = "a call that fails fails the test")]
mod bed;

use bed::{Bed, at, contract, entry, judgement, operator};
use jiff::Timestamp;
use saring_domain::{Decision, DecisionCode, Queue, Retention, Reviewer};
use saring_store::check::Trouble;
use saring_store::traits::{Audit, Cases, Jobs};
use saring_store::views::QueueFilter;

contract! {
    a_sound_store_has_no_trouble,
    changed_evidence_is_named,
    changed_items_are_named,
    what_cannot_be_read_is_named,
    states_that_cannot_be_are_named,
    a_decision_without_its_leaf_is_named,
    a_leaf_without_its_decision_is_named,
    a_tampered_log_is_named,
    overdue_rows_and_jobs_set_aside_are_counted,
    a_log_that_nobody_signs_is_told,
    a_clock_set_back_is_told,
    many_faults_are_counted_not_listed,
}

/// Twenty items in cases, the first decided, the log signed.
async fn fill(bed: &Bed) {
    let entries: Vec<_> =
        (0..20).map(|n| entry("a", &n.to_string(), &format!("kabar {n}"), at("08:00"))).collect();
    let thoughts = entries.iter().map(|(_, item)| judgement(item, Queue::Hoax, 0.5)).collect();
    bed.work(&entries, thoughts, at("08:30")).await;
    let person = operator();
    let reviewer = Reviewer::at_sign_in(&person).unwrap();
    let filter = QueueFilter { limit: 1, ..QueueFilter::default() };
    let (rows, _) = bed.store.queue(&"kota".into(), &filter).await.unwrap();
    let decision =
        Decision::new(&rows[0].case, DecisionCode::NeedsCheck, "", &reviewer, None, at("09:00")).unwrap();
    bed.store.decide(&decision).await.unwrap();
    bed.store.checkpoint(at("09:30")).await.unwrap();
}

/// Troubles of the store's content; how the test's own machine is set up is left out.
async fn troubles(bed: &Bed, now: Timestamp) -> Vec<Trouble> {
    let mut found = bed.store.check(&Retention::default(), now).await.unwrap();
    found.retain(|trouble| !["disk", "settings"].contains(&trouble.place));
    found
}

async fn assert_found(bed: &Bed, place: &str, words: &str) {
    let found = troubles(bed, at("10:00")).await;
    let hit = found.iter().find(|trouble| trouble.place == place && trouble.what.contains(words));
    assert!(
        hit.is_some_and(|trouble| trouble.grave && !trouble.todo.is_empty()),
        "'{words}' not in {found:#?}"
    );
}

async fn a_sound_store_has_no_trouble(bed: &Bed) {
    assert_eq!(troubles(bed, at("10:00")).await, []);
    fill(bed).await;
    assert_eq!(troubles(bed, at("10:00")).await, []);
    bed.tamper("UPDATE captures SET raw = NULL").await;
    bed.tamper("UPDATE items SET text = NULL, purged_at = 1").await;
    assert_eq!(troubles(bed, at("10:00")).await, [], "what was purged is not damaged");
}

async fn changed_evidence_is_named(bed: &Bed) {
    fill(bed).await;
    bed.tamper("UPDATE captures SET media_type = 'text/html' WHERE seq = 2").await;
    assert_eq!(troubles(bed, at("10:00")).await, []);
    bed.tamper("UPDATE captures SET raw = sha256 WHERE seq = 2").await;
    assert_found(bed, "rows", "evidence was changed").await;
}

async fn changed_items_are_named(bed: &Bed) {
    fill(bed).await;
    bed.tamper("UPDATE items SET text = 'kabar lain' WHERE seq = 3").await;
    assert_found(bed, "rows", "it was changed after it was stored").await;
}

async fn what_cannot_be_read_is_named(bed: &Bed) {
    fill(bed).await;
    bed.tamper("UPDATE judgements SET body = '{' WHERE seq = 1").await;
    assert_found(bed, "rows", "a judgement cannot be trusted").await;
    bed.tamper("UPDATE cases SET reasons = '[\"dia pengkritik\"]' WHERE seq = 1").await;
    assert_found(bed, "rows", "an unknown reason 'dia pengkritik'").await;
    bed.tamper("UPDATE decisions SET body = '{}'").await;
    assert_found(bed, "rows", "a decision cannot be trusted").await;
    bed.tamper("INSERT INTO people (id, login, name, role, office, locale, password) VALUES ('x', 'x', 'x', 'raja', 'k', 'id', 'x')")
        .await;
    assert_found(bed, "rows", "a person cannot be read").await;
}

async fn states_that_cannot_be_are_named(bed: &Bed) {
    fill(bed).await;
    bed.tamper("UPDATE cases SET state = 'decided', waiting = 0 WHERE seq = 9").await;
    assert_found(bed, "cases", "a case past review names no person").await;
    bed.tamper("UPDATE cases SET state = 'awaits_second', waiting = 1 WHERE seq = 9").await;
    assert_found(bed, "cases", "without a first").await;
    bed.tamper("UPDATE cases SET waiting = 0 WHERE seq = 8").await;
    assert_found(bed, "cases", "a case stands where it cannot").await;
    bed.tamper("DELETE FROM items WHERE seq = 4").await;
    assert_found(bed, "cases", "a case has no item").await;
}

async fn a_decision_without_its_leaf_is_named(bed: &Bed) {
    fill(bed).await;
    bed.tamper("UPDATE decisions SET leaf = 0").await;
    assert_found(bed, "cases", "a decision has no entry in the log").await;
}

async fn a_leaf_without_its_decision_is_named(bed: &Bed) {
    fill(bed).await;
    bed.tamper("DELETE FROM decisions").await;
    assert_found(bed, "cases", "the log has a decision that is not there").await;
}

async fn a_tampered_log_is_named(bed: &Bed) {
    fill(bed).await;
    bed.tamper("UPDATE audit SET subject = 'lain' WHERE event = 'judge'").await;
    assert_found(bed, "log", "was changed").await;
}

async fn overdue_rows_and_jobs_set_aside_are_counted(bed: &Bed) {
    fill(bed).await;
    let late = [entry("a", "sendiri", "tanpa temuan", at("08:00"))];
    bed.work(&late, vec![judgement(&late[0].1, Queue::None, 0.0)], at("08:00")).await;
    saring_store::traits::Captures::save(
        &bed.store,
        &"a".into(),
        &[entry("a", "x", "x", at("08:00"))],
        None,
        at("08:00"),
    )
    .await
    .unwrap();
    for minute in 10..60 {
        for job in bed.store.lease("analyse", 9, 1, at(&format!("09:{minute}"))).await.unwrap() {
            bed.store.fail(job.id, "berkas model rusak", at(&format!("09:{minute}"))).await.unwrap();
        }
    }
    bed.store.checkpoint(at("09:59")).await.unwrap();
    let found = troubles(bed, "2026-11-28T09:00:00Z".parse().unwrap()).await;
    let places: Vec<_> = found.iter().map(|trouble| (trouble.place, trouble.grave)).collect();
    assert_eq!(places, [("jobs", false), ("retention", false)], "{found:#?}");
    assert!(
        found[0].what.contains("1 jobs of kind 'analyse'") && found[0].what.contains("berkas model rusak")
    );
}

async fn a_log_that_nobody_signs_is_told(bed: &Bed) {
    fill(bed).await;
    let more = [entry("a", "lagi", "kabar lagi", at("09:40"))];
    bed.work(&more, vec![judgement(&more[0].1, Queue::Hoax, 0.5)], at("09:40")).await;
    assert_eq!(troubles(bed, at("10:00")).await, []);
    let found = troubles(bed, "2026-11-27T09:00:00Z".parse().unwrap()).await;
    assert!(found.iter().any(|trouble| trouble.what.contains("no checkpoint covers")), "{found:#?}");
}

async fn a_clock_set_back_is_told(bed: &Bed) {
    fill(bed).await;
    let found = troubles(bed, at("07:00")).await;
    assert!(found.iter().any(|trouble| trouble.place == "clock"), "{found:#?}");
}

async fn many_faults_are_counted_not_listed(bed: &Bed) {
    fill(bed).await;
    bed.tamper("UPDATE items SET text = 'kabar lain'").await;
    let found = troubles(bed, at("10:00")).await;
    assert_eq!(found.len(), 11, "{found:#?}");
    assert!(found[10].what.ends_with("and 10 more"));
}
