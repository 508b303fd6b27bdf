//! Nothing that is asked again and again walks through a table that grows: every statement the store sends to SQLite
//! in a day's work is explained, and what scans must be on the list below with its reason.
#![allow(clippy::unwrap_used, reason = "a call that fails fails the test")]
#[allow(unused_imports, unused_macros, reason = "plans are of one engine")]
mod bed;

use bed::{Bed, at, entry, feed, judgement, same_claim};
use jiff::SignedDuration;
use saring_domain::{
    Claim, DecisionCode, OfferState, Outcome, Person, Queue, Retention, Reviewer, Role, Settled, WatchDraft,
    WatchWord,
};
use saring_store::traits::{
    Analyses as _, Audit as _, Captures as _, Cases as _, Claims as _, Evidences as _, Jobs as _, Looks as _,
    Offers as _, Reports as _, Rounds as _, Watches as _,
};
use saring_store::views::{QueueFilter, WatchPart, Watched};
use sqlx::Row as _;
use std::collections::BTreeSet;
use std::sync::Mutex;
use tracing::field::{Field, Visit};
use tracing::{Event, Metadata, Subscriber, span};

/// Tables that grow without end.
const GROWING: [&str; 20] = [
    "items",
    "captures",
    "judgements",
    "places",
    "prints",
    "jobs",
    "cases",
    "case_items",
    "case_events",
    "decisions",
    "audit",
    "outcomes",
    "rounds",
    "claims",
    "evidence",
    "custody",
    "claim_offers",
    "claim_looks",
    "watch_hits",
    "watch_days",
];

/// Parts of statements that may scan a growing table, with the reason.
const MAY_SCAN: &[(&str, &str)] = &[
    ("FROM prints p JOIN items i ON i.seq = p.item ORDER BY", "all fingerprints, once at start"),
    ("FROM claims c ORDER BY c.seq", "the whole list, when it changed"),
    ("FROM claims c ORDER BY c.date DESC", "in the order of its index, up to a page"),
    ("SELECT COUNT(*) FROM claims", "a count over the smallest index"),
    ("FROM claim_looks l WHERE l.done_at IS NULL", "those that are not done, by their own index"),
    ("FROM prints p WHERE (SELECT i.seen_at", "the purge, over 30 days of fingerprints"),
];

/// Statements of sqlx as they are sent.
struct Listener;

static SENT: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());

struct Statement;

impl Visit for Statement {
    fn record_str(&mut self, field: &Field, value: &str) {
        let text = value.trim();
        if field.name() == "db.statement" || (field.name() == "summary" && !text.ends_with('…')) {
            SENT.lock().unwrap().insert(text.to_owned());
        }
    }
    fn record_debug(&mut self, _: &Field, _: &dyn std::fmt::Debug) {}
}

impl Subscriber for Listener {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target() == "sqlx::query"
    }
    fn new_span(&self, _: &span::Attributes<'_>) -> span::Id {
        span::Id::from_u64(1)
    }
    fn record(&self, _: &span::Id, _: &span::Record<'_>) {}
    fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}
    fn event(&self, event: &Event<'_>) {
        event.record(&mut Statement);
    }
    fn enter(&self, _: &span::Id) {}
    fn exit(&self, _: &span::Id) {}
}

#[tokio::test]
async fn no_question_walks_through_a_growing_table() {
    tracing::subscriber::set_global_default(Listener).unwrap();
    let bed = Bed::lite().await;
    a_days_work(&bed).await;
    let sent: Vec<String> = SENT.lock().unwrap().iter().cloned().collect();
    assert!(sent.len() > 80, "only {} statements were heard", sent.len());
    let pool = bed.pool().await;
    let mut found = Vec::new();
    let mut excused = BTreeSet::new();
    for sql in sent
        .iter()
        .filter(|sql| ["SELECT", "UPDATE", "DELETE", "INSERT"].iter().any(|verb| sql.starts_with(verb)))
    {
        let plan = sqlx::query(sqlx::AssertSqlSafe(format!("EXPLAIN QUERY PLAN {sql}")))
            .fetch_all(&pool)
            .await
            .unwrap();
        let lines = plan.iter().map(|row| row.get::<String, _>(3)).filter(|line| walks(sql, line));
        for line in lines {
            match MAY_SCAN.iter().find(|(part, _)| sql.contains(part)) {
                Some((part, _)) => _ = excused.insert(*part),
                None => found.push(format!("{line}\n    {}", &sql[..sql.len().min(400)])),
            }
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
    let listed: BTreeSet<&str> = MAY_SCAN.iter().map(|(part, _)| *part).collect();
    assert_eq!(excused, listed, "an excuse that nothing needs any more");
}

/// A line of a plan that scans a growing table: `SCAN alias`, the alias being its own name or a short one.
fn walks(sql: &str, line: &str) -> bool {
    let Some(alias) = line.strip_prefix("SCAN ").and_then(|rest| rest.split(' ').next()) else {
        return false;
    };
    // the index of a condition holds only the few rows that the condition keeps
    let partial = [
        "items_kept",
        "cases_kept",
        "jobs_ready",
        "jobs_worn",
        "cases_claim",
        "cases_waiting",
        "judgements_unscored",
        "evidence_unwiped",
        "claim_offers_queue",
    ];
    let few = partial.iter().any(|index| line.contains(index));
    let named = |table: &&str| {
        *table == alias
            || sql.contains(&format!("{table} {alias} "))
            || sql.ends_with(&format!("{table} {alias}"))
    };
    !few && GROWING.iter().any(named)
}

async fn a_days_work(bed: &Bed) {
    let (store, office) = (&bed.store, saring_domain::OfficeId::from("kota"));
    store.set_sources(&[feed("a")]).await.unwrap();
    store.import_claims(&[claim("x"), claim("y")], at("06:00")).await.unwrap();
    store.import_claims(&[Claim { text: "Diperbarui.".into(), ..claim("x") }], at("06:01")).await.unwrap();
    let round = store.begin_round(&bed::by_hand(office.clone(), None), at("07:00")).await.unwrap();
    let entries: Vec<_> =
        (0..4).map(|n| entry("a", &n.to_string(), &format!("sumur {n}"), at("07:01"))).collect();
    let mut thoughts: Vec<_> = entries.iter().map(|(_, item)| judgement(item, Queue::Hoax, 0.5)).collect();
    thoughts[0].claims.push(same_claim("x"));
    thoughts[1].duplicate_of = Some(entries[0].1.id.0.clone());
    thoughts[3].queue = Queue::None;
    let cases = bed.work(&entries, thoughts.clone(), at("07:02")).await;
    thoughts[2].queue = Queue::Service;
    let again: Vec<_> = thoughts.into_iter().map(bed::judged).collect();
    store.save_judgements(&again, &[], at("07:03")).await.unwrap();
    bed.assemble(at("07:04")).await;
    store.save(&"a".into(), &entries, None, at("07:05")).await.unwrap();
    let failed = Outcome::Failed { trouble: bed::trouble("tidak menjawab"), permanent: false };
    store.record_outcome(&round, &"a".into(), &failed, &[], None, at("07:06")).await.unwrap();
    store.end_round(&round, at("07:07")).await.unwrap();
    store.planned_until(&office, at("07:07")).await.unwrap();
    store.rounds(&office, at("00:00"), at("23:00")).await.unwrap();
    store.round(&office, &round).await.unwrap();
    store.on_duty(&office, at("07:07")).await.unwrap();
    store.hand_overs(&office, 3).await.unwrap();
    let job = store.lease("analyse", 1, 60, at("07:08")).await.unwrap().pop();
    store.fail(job.map_or(0, |job| job.id), "x", at("07:08")).await.unwrap();
    store.lease("analyse", 5, 60, at("07:09")).await.unwrap();
    store.waiting("analyse").await.unwrap();
    store.judge_unscored_again().await.unwrap();
    store.items(&[entries[0].1.id.clone()]).await.unwrap();
    store.prints().await.unwrap();
    store.claims().await.unwrap();
    for words in ["", "klaim"] {
        store.find_claims(words, 0, 10).await.unwrap();
    }
    store.import_claims(&[claim("z")], at("07:10")).await.unwrap();
    let look = store.next_look().await.unwrap().unwrap();
    store.look_claims(&look).await.unwrap();
    let (_, place) = store.look_items(&look, 9).await.unwrap();
    store.save_looked(&look, &[], 4, place, at("07:11")).await.unwrap();
    store.claim_look(&"z".into()).await.unwrap();
    store.claim_cases(&office, &"x".into(), 9).await.unwrap();
    at_the_desk(bed, &cases[0]).await;
    evidence(bed, &cases[0]).await;
    watches(bed, &entries[0].1.id, &entries[1].1.id).await;
    let (midnight, day) = (at("00:00"), SignedDuration::from_hours(24));
    store.day(&office, "2026-11-24".parse().unwrap(), midnight, midnight + day).await.unwrap();
    store.entries_about(cases[0].as_str()).await.unwrap();
    store.checkpoint(at("12:00")).await.unwrap();
    store.prove(0, at("12:00")).await.unwrap();
    for days in [4, 40, 300] {
        store.purge(&Retention::default(), midnight + SignedDuration::from_hours(24 * days)).await.unwrap();
    }
}

async fn evidence(bed: &Bed, case: &saring_domain::CaseId) {
    let (store, office) = (&bed.store, "kota".into());
    store.ask_for_new(&office, "x", 9, at("10:00")).await.unwrap();
    store.ask_for_case(&office, case, "Sari", "x", at("10:00")).await.unwrap();
    let job = store.lease("evidence", 1, 60, at("10:01")).await.unwrap().remove(0);
    let id = job.subject.as_str().into();
    store.capture_behind(&id).await.unwrap();
    store
        .settle(&id, &Settled::Sealed(Vec::new(), None, Vec::new()), "x", job.id, at("10:02"))
        .await
        .unwrap();
    store.evidence(&office, &id).await.unwrap();
    store.evidence_of(&office, Some(case), 9).await.unwrap();
    store.custody(&id).await.unwrap();
    store.sealed_as(&id).await.unwrap();
    store.unwiped().await.unwrap();
    store.wiped(&id, at("10:03")).await.unwrap();
}

async fn watches(bed: &Bed, caught: &saring_domain::ItemId, near: &saring_domain::ItemId) {
    let (store, kota) = (&bed.store, "kota".into());
    let person = |id: &str| Person { id: id.into(), ..bed::operator() };
    let [owner, second] = ["a", "b"].map(|id| Reviewer::at_sign_in(&person(id)).unwrap());
    let draft = WatchDraft {
        claim: Some("x".into()),
        terms: vec!["sumur".into()],
        purpose: "sumur".into(),
        reason: String::new(),
        until: "2026-11-30".parse().unwrap(),
    };
    let office = serde_json::from_str(r#"{"id":"kota","name":"Kota"}"#).unwrap();
    let proposed = draft.propose(&owner, &office, at("10:10")).unwrap();
    let id = store.open_watch(&proposed, at("10:10")).await.unwrap();
    store.settle_watch(&second, &id, WatchWord::Approve, at("10:11")).await.unwrap();
    store.running_watches(at("10:12")).await.unwrap();
    store.kept_items(0, 9).await.unwrap();
    let hit = |caught| vec![Watched { watch: id.clone(), caught, spans: vec![], words: vec![] }];
    let hits = [(caught.clone(), hit(true)), (near.clone(), hit(false))];
    store.save_watched(&hits, at("10:12")).await.unwrap();
    for part in [WatchPart::Caught, WatchPart::Sample, WatchPart::Missed] {
        store.watch_items(&kota, &id, part, 0, 9).await.unwrap();
    }
    store.check_watch(&second, &id, &[(near.clone(), true)], at("10:13")).await.unwrap();
    store.mark_caught(&second, &id, caught, Some(false), at("10:14")).await.unwrap();
    store.watches(&kota).await.unwrap();
    store.watch(&kota, &id).await.unwrap();
}

async fn at_the_desk(bed: &Bed, case: &saring_domain::CaseId) {
    let (store, office) = (&bed.store, "kota".into());
    let person = Person {
        id: "p".into(),
        login: "sari".into(),
        name: "Sari".into(),
        role: Role::Operator,
        office: "kota".into(),
        locale: "id".into(),
    };
    let reviewer = Reviewer::at_sign_in(&person).unwrap();
    for (queue, decided, words) in [
        (None, false, None),
        (Some(Queue::Hoax), false, None),
        (None, true, None),
        (Some(Queue::Hoax), true, None),
        (None, false, Some("sumur".to_owned())),
    ] {
        let filter = QueueFilter { queue, decided, words, offset: 0, limit: 50 };
        store.queue(&office, &filter).await.unwrap();
        store.next_case(&office, case, &filter).await.unwrap();
    }
    store.today(&office, at("00:00"), at("09:00")).await.unwrap();
    store.sources(at("09:00")).await.unwrap();
    store.offer_claims(&"a".into(), &[claim("t1"), claim("t2"), claim("x")], at("08:30")).await.unwrap();
    let (offers, _) = store.offers(0, 10).await.unwrap();
    let ids: Vec<_> = offers.into_iter().map(|offer| offer.id).collect();
    let word = store.settle_offers(&reviewer, &ids, OfferState::Listed, at("08:31")).await.unwrap().id;
    store.settled_offers(&reviewer, at("08:32")).await.unwrap();
    store.undo_offers(&word, &reviewer, at("08:33")).await.unwrap();
    store.take(&reviewer, &QueueFilter::default(), 1, at("09:00")).await.unwrap();
    let view = store.case(&office, case).await.unwrap();
    store.proposed_by(case).await.unwrap();
    let decision = saring_domain::Decision::new(
        &view.row.case,
        DecisionCode::NeedsCheck,
        "",
        &reviewer,
        None,
        at("09:01"),
    )
    .unwrap();
    let id = store.decide(&decision).await.unwrap();
    store.last_decisions(&reviewer, 5).await.unwrap();
    store.undo(&id, &reviewer, at("09:02")).await.unwrap();
    store.decide(&decision).await.unwrap();
}

fn claim(id: &str) -> Claim {
    Claim {
        id: id.into(),
        title: format!("Klaim {id}"),
        text: String::new(),
        url: None,
        date: None,
        verdict: None,
        source: None,
    }
}
