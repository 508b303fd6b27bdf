//! Judgements and cases, on both engines.
#![allow(clippy::unwrap_used, reason = "a contract test fails by panicking")]
mod bed;

use bed::{Bed, at, contract, entry, judged, judgement, same_claim};
use jiff::SignedDuration;
use saring_domain::{AccountRef, CaseId, Queue};
use saring_store::traits::{Analyses as _, Captures as _, Jobs as _};
use saring_store::views::Judged;

contract! {
    judging_twice_changes_nothing,
    judging_anew_keeps_the_day_as_it_was,
    prints_come_back_in_order,
    what_cannot_be_scored_says_why,
    copies_join_the_case_they_repeat,
    hoaxes_of_one_claim_share_a_waiting_case,
    assembling_twice_changes_nothing,
    a_case_judged_anew_moves,
    spread_raises_the_priority,
    nothing_worked_opens_no_case,
}

async fn judging_twice_changes_nothing(bed: &Bed) {
    let entries = [entry("a", "1", "sumur beracun", at("08:00"))];
    let thought = judgement(&entries[0].1, Queue::Hoax, 0.7);
    bed.work(&entries, vec![thought.clone()], at("08:01")).await;
    let leaves = bed.number("SELECT COUNT(*) FROM audit").await;
    bed.store.save_judgements(&[judged(thought)], &[1], at("08:05")).await.unwrap();
    assert_eq!(bed.number("SELECT COUNT(*) FROM judgements").await, 1);
    assert_eq!(bed.number("SELECT COUNT(*) FROM audit").await, leaves);
    assert_eq!(bed.store.waiting("assemble").await.unwrap(), 0);
    assert_eq!(bed.store.waiting("analyse").await.unwrap(), 0);
}

async fn judging_anew_keeps_the_day_as_it_was(bed: &Bed) {
    let entries = [entry("a", "1", "sumur beracun", at("08:00"))];
    bed.work(&entries, vec![judgement(&entries[0].1, Queue::None, 0.1)], at("08:01")).await;
    let anew = judged(judgement(&entries[0].1, Queue::Hoax, 0.7));
    for clock in ["09:00", "09:00", "09:30"] {
        bed.store.save_judgements(std::slice::from_ref(&anew), &[], at(clock)).await.unwrap();
    }
    assert_eq!(bed.number("SELECT COUNT(*) FROM judgements").await, 2);
    assert_eq!(bed.number("SELECT COUNT(*) FROM judgements WHERE latest = 1 AND queue = 'hoax'").await, 1);
    let other = judged(judgement(&entries[0].1, Queue::Service, 0.7));
    bed.store.save_judgements(&[other], &[], at("09:00")).await.unwrap();
    assert_eq!(
        bed.number("SELECT COUNT(*) FROM judgements").await,
        2,
        "of one moment there is one judgement"
    );
}

async fn prints_come_back_in_order(bed: &Bed) {
    let entries: Vec<_> = (0..5).map(|n| entry("a", &n.to_string(), "kabar", at("08:00"))).collect();
    let all: Vec<_> = entries.iter().rev().map(|(_, item)| judgement(item, Queue::None, 0.0)).collect();
    bed.work(&entries, all, at("08:01")).await;
    let prints = bed.store.prints().await.unwrap();
    let order: Vec<_> = prints.iter().map(|print| print.item.clone()).collect();
    assert_eq!(order, entries.iter().map(|(_, item)| item.id.clone()).collect::<Vec<_>>());
    assert_eq!((prints[0].exact, &prints[0].near[..]), (u64::MAX - 27, &[1, u64::MAX][..]));
}

async fn what_cannot_be_scored_says_why(bed: &Bed) {
    let entries = [entry("a", "1", "kabar", at("08:00"))];
    bed.store.save(&"a".into(), &entries, None, at("08:00")).await.unwrap();
    let why = Some("berkas model tidak ada".to_owned());
    let unscored = Judged {
        item: entries[0].1.id.clone(),
        judgement: None,
        unscored: why,
        exact: 1,
        near: vec![],
        watched: vec![],
    };
    bed.store.save_judgements(&[unscored], &[1], at("08:01")).await.unwrap();
    assert_eq!(
        bed.number("SELECT COUNT(*) FROM judgements WHERE unscored IS NOT NULL AND queue = 'none'").await,
        1
    );
    assert_eq!(bed.store.waiting("assemble").await.unwrap(), 0);
    assert_eq!(bed.store.judge_unscored_again().await.unwrap(), 1);
    let jobs = bed.store.lease("analyse", 9, 60, at("08:04")).await.unwrap();
    assert_eq!(jobs.iter().map(|job| job.subject.as_str()).collect::<Vec<_>>(), [entries[0].1.id.as_str()]);
    let known = judged(judgement(&entries[0].1, Queue::Hoax, 0.7));
    bed.store.save_judgements(&[known], &[jobs[0].id], at("08:05")).await.unwrap();
    assert_eq!(bed.store.judge_unscored_again().await.unwrap(), 0, "nothing is left to score");
    assert_eq!(bed.assemble(at("08:06")).await.len(), 1, "scored later, it comes to the desk");
}

async fn copies_join_the_case_they_repeat(bed: &Bed) {
    let entries: Vec<_> = (0..4).map(|n| entry("a", &n.to_string(), "keluhan air", at("08:00"))).collect();
    let mut all: Vec<_> = entries.iter().map(|(_, item)| judgement(item, Queue::Service, 0.5)).collect();
    for copy in &mut all[1..] {
        copy.duplicate_of = Some(entries[0].1.id.0.clone());
    }
    let cases = bed.work(&entries[..2], all[..2].to_vec(), at("08:01")).await;
    assert_eq!(cases, [CaseId::derive(&entries[0].1.id)], "within a batch");
    let cases = bed.work(&entries[2..], all[2..].to_vec(), at("08:02")).await;
    assert_eq!(cases, [CaseId::derive(&entries[0].1.id)], "and later");
    assert_eq!(bed.number("SELECT copies FROM cases").await, 4);
    assert_eq!(bed.number("SELECT COUNT(*) FROM case_events WHERE what = 'copy'").await, 2);
    let decided = "UPDATE cases SET state = 'closed', waiting = 0";
    bed.tamper(decided).await;
    let late = [entry("a", "9", "keluhan air", at("09:00"))];
    let mut copy = judgement(&late[0].1, Queue::Service, 0.5);
    copy.duplicate_of = Some(entries[0].1.id.0.clone());
    let cases = bed.work(&late, vec![copy], at("09:01")).await;
    assert_eq!(cases, [CaseId::derive(&late[0].1.id)], "nobody looked at the closed one: a new look");
}

async fn hoaxes_of_one_claim_share_a_waiting_case(bed: &Bed) {
    let entries: Vec<_> =
        (0..5).map(|n| entry("a", &n.to_string(), &format!("kabar {n}"), at("08:00"))).collect();
    let hoax = |n: usize, claim: &str| {
        let mut thought = judgement(&entries[n].1, Queue::Hoax, 0.5);
        thought.claims.push(same_claim(claim));
        thought
    };
    let all = vec![hoax(0, "x"), hoax(1, "y"), hoax(2, "x")];
    assert_eq!(bed.work(&entries[..3], all, at("08:01")).await.len(), 2);
    assert_eq!(
        bed.work(&entries[3..4], vec![hoax(3, "x")], at("08:02")).await,
        [CaseId::derive(&entries[0].1.id)]
    );
    bed.tamper("UPDATE cases SET state = 'decided', waiting = 0").await;
    assert_eq!(
        bed.work(&entries[4..], vec![hoax(4, "x")], at("08:03")).await,
        [CaseId::derive(&entries[4].1.id)]
    );
}

async fn assembling_twice_changes_nothing(bed: &Bed) {
    let entries = [entry("a", "1", "sumur beracun", at("08:00"))];
    bed.store.save(&"a".into(), &entries, None, at("08:00")).await.unwrap();
    let thought = judged(judgement(&entries[0].1, Queue::Hoax, 0.7));
    bed.store.save_judgements(&[thought], &[1], at("08:01")).await.unwrap();
    let jobs = bed.store.lease("assemble", 9, 60, at("08:02")).await.unwrap();
    let office = "kota".into();
    for clock in ["08:02", "08:04"] {
        bed.store.assemble(&jobs, &office, at(clock)).await.unwrap();
    }
    assert_eq!(bed.number("SELECT COUNT(*) FROM cases").await, 1);
    assert_eq!(bed.number("SELECT COUNT(*) FROM case_items").await, 1);
    assert_eq!(bed.number("SELECT COUNT(*) FROM case_events").await, 1);
    assert_eq!(bed.number("SELECT COUNT(*) FROM audit WHERE event LIKE 'case.%'").await, 1);
}

async fn a_case_judged_anew_moves(bed: &Bed) {
    let entries = [entry("a", "1", "keluhan air", at("08:00"))];
    bed.work(&entries, vec![judgement(&entries[0].1, Queue::Service, 0.5)], at("08:01")).await;
    let anew = judged(judgement(&entries[0].1, Queue::Hoax, 0.9));
    bed.store.save_judgements(&[anew], &[], at("08:05")).await.unwrap();
    bed.assemble(at("08:06")).await;
    assert_eq!(bed.number("SELECT COUNT(*) FROM cases WHERE queue = 'hoax' AND score > 0.8").await, 1);
    assert_eq!(
        bed.number("SELECT COUNT(*) FROM case_events WHERE what = 'moved' AND note = 'hoax'").await,
        1
    );
    bed.tamper("UPDATE cases SET state = 'decided', waiting = 0").await;
    let again = judged(judgement(&entries[0].1, Queue::Hate, 0.2));
    bed.store.save_judgements(&[again], &[], at("09:05")).await.unwrap();
    bed.assemble(at("09:06")).await;
    assert_eq!(
        bed.number("SELECT COUNT(*) FROM cases WHERE queue = 'hoax'").await,
        1,
        "what was decided stays"
    );
}

async fn spread_raises_the_priority(bed: &Bed) {
    let mut entries: Vec<_> = (0..12)
        .map(|n| entry("a", &n.to_string(), "kabar", at("08:00") + SignedDuration::from_mins(10 * n)))
        .collect();
    for (n, (_, item)) in entries.iter_mut().enumerate().skip(1) {
        item.account = Some(AccountRef::derive(&[3; 32], &"a".into(), &format!("akun {}", n % 3)));
    }
    let mut all: Vec<_> = entries.iter().map(|(_, item)| judgement(item, Queue::Hoax, 0.5)).collect();
    for copy in &mut all[1..] {
        copy.duplicate_of = Some(entries[0].1.id.0.clone());
    }
    bed.work(&entries, all, at("10:00")).await;
    let row = "FROM cases WHERE copies = 12 AND accounts = '2-9' AND score > 0.6 AND base_score = 0.5";
    assert_eq!(bed.number(&format!("SELECT COUNT(*) {row}")).await, 1);
    let told = "SELECT COUNT(*) FROM cases WHERE reasons LIKE '%spreading: 12 copies in 2 h%'";
    assert_eq!(bed.number(told).await, 1);
}

async fn nothing_worked_opens_no_case(bed: &Bed) {
    let entries = [entry("a", "1", "selamat pagi", at("08:00"))];
    assert!(
        bed.work(&entries, vec![judgement(&entries[0].1, Queue::None, 0.0)], at("08:01")).await.is_empty()
    );
    assert_eq!(bed.store.waiting("assemble").await.unwrap(), 0);
}
