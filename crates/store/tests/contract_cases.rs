//! The queue and decisions, on both engines.
#![allow(clippy::unwrap_used, reason = "a call that fails fails the test")]
mod bed;

use bed::{Bed, at, contract, entry, judgement, same_claim};
use saring_domain::{
    AccountRef, Case, CaseId, CaseState, Claim, Decision, DecisionCode, Item, Judgement, Lane, LeaveAlone,
    Office, OfficeId, Person, PlaceMatch, Protected, Queue, Reviewer, Role, Score,
};
use saring_store::StoreError;
use saring_store::traits::{Audit, Cases, Claims, People};
use saring_store::views::{Credentials, QueueFilter};

contract! {
    rows_come_by_priority_then_oldest_first,
    a_page_is_a_part_of_the_whole,
    filters_narrow_by_queue_and_words,
    a_search_for_a_person_finds_nothing,
    another_office_sees_nothing,
    an_item_goes_to_the_office_whose_area_it_names,
    a_case_shows_evidence_claims_copies_and_history,
    a_row_never_names_an_account,
    the_next_case_follows_in_order_even_after_a_decision,
    taking_gives_the_top_and_passes_over_what_is_taken,
    a_decision_moves_the_case_and_leaves_one_leaf,
    the_second_of_two_decisions_is_a_conflict,
    of_many_who_decide_at_once_one_does,
    overriding_protected_speech_takes_two_people,
    a_page_left_open_goes_around_no_rule,
    a_decision_of_another_office_is_refused,
    undo_brings_the_case_back_once,
    undo_is_for_the_last_own_decision_within_a_day,
    undoing_the_second_word_brings_the_proposal_back,
    last_decisions_are_those_that_stand,
    todays_numbers_add_up,
}

fn office() -> OfficeId {
    "kota".into()
}

fn person(id: &str, office: &str) -> Person {
    Person {
        id: id.into(),
        login: id.into(),
        name: format!("Nama {id}"),
        role: Role::Operator,
        office: office.into(),
        locale: "id".into(),
    }
}

fn reviewer(id: &str) -> Reviewer {
    Reviewer::at_sign_in(&person(id, "kota")).unwrap()
}

fn all() -> QueueFilter {
    QueueFilter { limit: 100, ..QueueFilter::default() }
}

fn words(words: &str) -> QueueFilter {
    QueueFilter { words: Some(words.into()), ..all() }
}

/// Five cases: hoax 0.9, hate 0.7, two services of 0.5 (the second is older), clipping 0.2.
async fn five(bed: &Bed) -> Vec<CaseId> {
    let texts = ["sumur beracun", "serangan", "jalan rusak", "lampu mati", "kliping berita"];
    let queues = [Queue::Hoax, Queue::Hate, Queue::Service, Queue::Service, Queue::Clipping];
    let mut cases = Vec::new();
    for (n, clock) in [(3_usize, "08:00"), (0, "08:10"), (1, "08:10"), (2, "08:10"), (4, "08:10")] {
        let entries = [entry("a", &n.to_string(), texts[n], at(clock))];
        let score = [0.9, 0.7, 0.5, 0.5, 0.2][n];
        let opened = bed.work(&entries, vec![judgement(&entries[0].1, queues[n], score)], at(clock)).await;
        cases.push((n, opened[0].clone()));
    }
    let order = [0, 1, 3, 2, 4];
    order.iter().map(|n| cases.iter().find(|(m, _)| m == n).unwrap().1.clone()).collect()
}

/// One case for an item with this judgement.
async fn one(bed: &Bed, change: impl FnOnce(&mut Judgement, &mut Item)) -> CaseId {
    let mut entries = [entry("a", "satu", "kabar tentang sumur", at("08:00"))];
    let mut thought = judgement(&entries[0].1, Queue::Hate, 0.6);
    change(&mut thought, &mut entries[0].1);
    bed.work(&entries, vec![thought], at("08:00")).await.remove(0)
}

fn protect(thought: &mut Judgement, _: &mut Item) {
    thought.protected = Protected { lane: Some(Lane::Criticism), score: Score::new(0.9) };
}

async fn ids(bed: &Bed, filter: &QueueFilter) -> Vec<CaseId> {
    let (rows, _) = bed.store.queue(&office(), filter).await.unwrap();
    rows.into_iter().map(|row| row.case.id).collect()
}

async fn stored(bed: &Bed, id: &CaseId) -> Case {
    bed.store.case(&office(), id).await.unwrap().row.case
}

fn leave_alone() -> DecisionCode {
    DecisionCode::LeaveAlone { why: LeaveAlone::R01 }
}

/// Decides what is stored now, as the desk does.
async fn decide(
    bed: &Bed,
    id: &CaseId,
    who: &str,
    code: DecisionCode,
    clock: &str,
) -> Result<saring_domain::DecisionId, StoreError> {
    let case = stored(bed, id).await;
    let first = bed.store.proposed_by(id).await.unwrap().map(|(person, _)| person);
    let note = "alasan yang cukup panjang";
    let decision = Decision::new(&case, code, note, &reviewer(who), first.as_ref(), at(clock)).unwrap();
    bed.store.decide(&decision).await
}

fn is_conflict<T>(result: Result<T, StoreError>) -> bool {
    matches!(result, Err(StoreError::Conflict(_)))
}

async fn rows_come_by_priority_then_oldest_first(bed: &Bed) {
    let cases = five(bed).await;
    let (rows, total) = bed.store.queue(&office(), &all()).await.unwrap();
    assert_eq!(total, 5);
    assert_eq!(rows.iter().map(|row| row.case.id.clone()).collect::<Vec<_>>(), cases);
    assert_eq!(rows[0].item.text, "sumur beracun");
    assert_eq!(rows[0].judgement.as_ref().unwrap().queue, Queue::Hoax);
    assert_eq!((rows[0].copies, rows[0].taken_by.as_deref()), (1, None));
}

async fn a_page_is_a_part_of_the_whole(bed: &Bed) {
    let cases = five(bed).await;
    let page = QueueFilter { offset: 2, limit: 2, ..QueueFilter::default() };
    let (rows, total) = bed.store.queue(&office(), &page).await.unwrap();
    assert_eq!((rows.len(), total), (2, 5));
    assert_eq!(rows[0].case.id, cases[2]);
    assert!(ids(bed, &QueueFilter { offset: 9, ..all() }).await.is_empty());
}

async fn filters_narrow_by_queue_and_words(bed: &Bed) {
    let cases = five(bed).await;
    let service = QueueFilter { queue: Some(Queue::Service), ..all() };
    assert_eq!(ids(bed, &service).await, [cases[2].clone(), cases[3].clone()]);
    assert_eq!(ids(bed, &words("RUSAK jal")).await, [cases[3].clone()], "word beginnings, any case");
    assert_eq!(ids(bed, &QueueFilter { queue: Some(Queue::Hoax), ..words("jalan") }).await, []);
    assert_eq!(ids(bed, &words("  ")).await.len(), 5);
    assert_eq!(ids(bed, &words("' OR 1=1 --")).await, [], "nothing has these words");
    let (_, total) = bed.store.queue(&office(), &QueueFilter { limit: 0, ..words("lampu") }).await.unwrap();
    assert_eq!(total, 1);
}

async fn a_search_for_a_person_finds_nothing(bed: &Bed) {
    let entries = [entry("a", "1", "kata @budi_karya di 0812-3456-7890 sumur", at("08:00"))];
    bed.work(&entries, vec![judgement(&entries[0].1, Queue::Hoax, 0.5)], at("08:00")).await;
    assert_eq!(ids(bed, &words("sumur")).await.len(), 1);
    for asked in ["@budi_karya", "budi_karya", "0812-3456-7890"] {
        assert_eq!(ids(bed, &words(asked)).await, [], "{asked}");
    }
}

async fn another_office_sees_nothing(bed: &Bed) {
    let cases = five(bed).await;
    let other: OfficeId = "desa-lain".into();
    assert_eq!(bed.store.queue(&other, &all()).await.unwrap().1, 0);
    let refused = bed.store.case(&other, &cases[0]).await;
    assert!(matches!(refused, Err(StoreError::NotFound { what: "case", .. })));
    let next = bed.store.next_case(&other, &cases[0], &all()).await;
    assert!(matches!(next, Err(StoreError::NotFound { .. })));
    let outsider = Reviewer::at_sign_in(&person("x", "desa-lain")).unwrap();
    assert_eq!(bed.store.take(&outsider, &all(), 5, at("09:00")).await.unwrap(), []);
    assert_eq!(bed.store.today(&other, at("00:00"), at("09:00")).await.unwrap().waiting[0], (Queue::Hoax, 0));
}

async fn an_item_goes_to_the_office_whose_area_it_names(bed: &Bed) {
    let office = |id: &str, parent: Option<&str>, covers: &[&str]| Office {
        id: id.into(),
        parent: parent.map(Into::into),
        name: id.into(),
        covers: covers.iter().map(|code| (*code).to_owned()).collect(),
        institution_names: Vec::new(),
        zone: "Asia/Jakarta".into(),
        letterhead: Vec::new(),
        signatory: Vec::new(),
    };
    let tree = [
        office("kota", Some("provinsi"), &["99.01"]),
        office("provinsi", None, &["99"]),
        office("hulu", Some("kota"), &["99.01.01"]),
        office("hilir", Some("kota"), &["99.01.02"]),
        office("kosong", Some("kota"), &["99.01.03"]),
    ];
    bed.store.set_offices(&tree).await.unwrap();
    for id in ["provinsi", "hulu", "hilir"] {
        let works = Credentials {
            person: person(id, id),
            password: "x".into(),
            totp: None,
            totp_step: None,
            disabled: false,
        };
        bed.store.put_person(&works, at("06:00")).await.unwrap();
    }
    let places: [(&[&str], &[&str], &str); 9] = [
        (&["99.01.01.2001", "99.01"], &[], "hulu"),
        (&["99.01.02"], &[], "hilir"),
        (&["99.01.01", "99.01.02"], &[], "kota"),
        (&["99.02"], &[], "provinsi"),
        (&["99.01.03"], &[], "kota"),
        (&["12.34"], &[], "kota"),
        (&[], &[], "kota"),
        (&["99.01"], &["hilir"], "hilir"), // its institution is named
        (&["99.01.01"], &["hilir"], "kota"),
    ];
    let entries: Vec<_> =
        (0..places.len()).map(|n| entry("warta", &format!("n{n}"), "kabar tanggul", at("07:00"))).collect();
    let judgements = entries.iter().zip(places).map(|((_, item), (codes, named, _))| {
        let mut judgement = judgement(item, Queue::Hoax, 0.5);
        judgement.claims = vec![same_claim("k1")];
        judgement.institutions = named.iter().map(|id| (*id).into()).collect();
        judgement.places = codes
            .iter()
            .map(|code| PlaceMatch {
                code: (*code).into(),
                name: (*code).into(),
                score: Score::new(0.9),
                spans: Vec::new(),
                clues: Vec::new(),
            })
            .collect();
        judgement
    });
    bed.work(&entries, judgements.collect(), at("07:01")).await;
    for (id, copies) in [("hulu", 1), ("hilir", 2), ("provinsi", 1), ("kota", 5), ("kosong", 0)] {
        let (rows, _) = bed.store.queue(&id.into(), &all()).await.unwrap();
        let found: u32 = rows.iter().map(|row| row.copies).sum();
        assert_eq!((found, rows.len()), (copies, usize::from(copies > 0)), "one case of the claim at {id}");
    }
}

async fn a_case_shows_evidence_claims_copies_and_history(bed: &Bed) {
    let claim = Claim {
        id: "k9".into(),
        title: "Sumur diracun".into(),
        text: "Tidak benar.".into(),
        url: None,
        date: None,
        verdict: Some("salah".into()),
        source: None,
    };
    bed.store.import_claims(std::slice::from_ref(&claim), at("07:00")).await.unwrap();
    let id = one(bed, |thought, _| {
        thought.queue = Queue::Hoax;
        thought.claims = vec![same_claim("k9"), same_claim("hilang")];
    })
    .await;
    let copy = [entry("b", "salinan", "kabar tentang sumur", at("08:30"))];
    let mut thought = judgement(&copy[0].1, Queue::Hoax, 0.6);
    thought.claims = vec![same_claim("k9")];
    bed.work(&copy, vec![thought], at("08:40")).await;
    let view = bed.store.case(&office(), &id).await.unwrap();
    assert_eq!(view.capture.unwrap().raw, b"kabar tentang sumur");
    assert_eq!(view.claims, [claim], "a claim that left the list is left out");
    assert_eq!(view.row.copies, 2);
    assert_eq!(view.copies.iter().map(|copy| copy.source.as_str()).collect::<Vec<_>>(), ["a", "b"]);
    assert_eq!(view.history.iter().map(|line| line.what.as_str()).collect::<Vec<_>>(), ["opened", "copy"]);
}

async fn a_row_never_names_an_account(bed: &Bed) {
    let id =
        one(bed, |_, item| item.account = Some(AccountRef::derive(&[1; 32], &"a".into(), "@budi"))).await;
    let view = bed.store.case(&office(), &id).await.unwrap();
    assert_eq!(view.row.item.account, None);
    assert_eq!(view.row.accounts, Some("1"));
    assert!(bed.store.queue(&office(), &all()).await.unwrap().0[0].item.account.is_none());
}

async fn the_next_case_follows_in_order_even_after_a_decision(bed: &Bed) {
    let cases = five(bed).await;
    let mut walked = vec![cases[0].clone()];
    while let Some(next) = bed.store.next_case(&office(), walked.last().unwrap(), &all()).await.unwrap() {
        walked.push(next);
    }
    assert_eq!(walked, cases);
    decide(bed, &cases[1], "o1", leave_alone(), "09:00").await.unwrap();
    decide(bed, &cases[2], "o1", leave_alone(), "09:01").await.unwrap();
    let next = bed.store.next_case(&office(), &cases[1], &all()).await.unwrap();
    assert_eq!(next, Some(cases[3].clone()), "what is decided is passed over");
    let service = QueueFilter { queue: Some(Queue::Clipping), ..all() };
    assert_eq!(bed.store.next_case(&office(), &cases[0], &service).await.unwrap(), Some(cases[4].clone()));
    let decided = QueueFilter { decided: true, ..all() };
    assert_eq!(ids(bed, &decided).await, [cases[2].clone(), cases[1].clone()], "last decided first");
    assert_eq!(bed.store.next_case(&office(), &cases[2], &decided).await.unwrap(), Some(cases[1].clone()));
    assert_eq!(bed.store.next_case(&office(), &cases[1], &decided).await.unwrap(), None);
}

async fn taking_gives_the_top_and_passes_over_what_is_taken(bed: &Bed) {
    let cases = five(bed).await;
    let credentials = Credentials {
        person: person("o1", "kota"),
        password: "x".into(),
        totp: None,
        totp_step: None,
        disabled: false,
    };
    bed.store.put_person(&credentials, at("07:00")).await.unwrap();
    let leaves = bed.store.size().await.unwrap();
    assert_eq!(bed.store.take(&reviewer("o1"), &all(), 2, at("09:00")).await.unwrap(), cases[..2]);
    assert_eq!(bed.store.take(&reviewer("o2"), &all(), 2, at("09:01")).await.unwrap(), cases[2..4]);
    assert_eq!(bed.store.size().await.unwrap(), leaves + 4, "one leaf per case");
    let (rows, total) = bed.store.queue(&office(), &all()).await.unwrap();
    assert_eq!((total, rows[0].case.state), (5, CaseState::Taken), "taken ones stay in the queue");
    assert_eq!(rows[0].taken_by.as_deref(), Some("Nama o1"));
    assert_eq!(bed.store.take(&reviewer("o2"), &all(), 9, at("09:02")).await.unwrap(), cases[4..]);
    assert_eq!(bed.store.take(&reviewer("o2"), &all(), 9, at("09:02")).await.unwrap(), []);
}

async fn a_decision_moves_the_case_and_leaves_one_leaf(bed: &Bed) {
    let id = one(bed, |_, _| {}).await;
    let leaves = bed.store.size().await.unwrap();
    let decision = decide(bed, &id, "o1", leave_alone(), "09:00").await.unwrap();
    assert_eq!(bed.store.size().await.unwrap(), leaves + 1);
    let leaf = &bed.store.entries(leaves, 1).await.unwrap()[0];
    assert_eq!((leaf.event.as_str(), leaf.subject.as_str()), ("case.decide", id.as_str()));
    let view = bed.store.case(&office(), &id).await.unwrap();
    assert_eq!(view.row.case.state, CaseState::Decided);
    let last = view.history.last().unwrap();
    assert_eq!((last.what.as_str(), last.code.as_deref()), ("decided", Some("R01")));
    assert_eq!(last.who.as_deref(), Some("Nama o1"));
    assert_eq!(last.note.as_deref(), Some("alasan yang cukup panjang"));
    assert!(ids(bed, &all()).await.is_empty(), "it left the queue");
    let own = bed.store.last_decisions(&reviewer("o1"), 5).await.unwrap();
    assert_eq!((&own[0].id, &own[0].case, &own[0].code), (&decision, &id, &leave_alone()));
    assert_eq!(bed.store.verify(None).await.unwrap().faults, []);
}

async fn the_second_of_two_decisions_is_a_conflict(bed: &Bed) {
    let id = one(bed, |_, _| {}).await;
    let seen = stored(bed, &id).await;
    decide(bed, &id, "o1", leave_alone(), "09:00").await.unwrap();
    let late =
        Decision::new(&seen, DecisionCode::NeedsCheck, "", &reviewer("o2"), None, at("09:01")).unwrap();
    let leaves = bed.store.size().await.unwrap();
    assert!(is_conflict(bed.store.decide(&late).await));
    assert_eq!(bed.store.size().await.unwrap(), leaves, "a refused decision leaves no trace");
}

async fn of_many_who_decide_at_once_one_does(bed: &Bed) {
    let id = one(bed, |_, _| {}).await;
    let seen = stored(bed, &id).await;
    let decisions: Vec<Decision> = (0..6)
        .map(|n| {
            let who = reviewer(&format!("o{n}"));
            Decision::new(&seen, leave_alone(), "", &who, None, at("09:00")).unwrap()
        })
        .collect();
    let got = futures::future::join_all(decisions.iter().map(|one| bed.store.decide(one))).await;
    assert_eq!(got.iter().filter(|got| got.is_ok()).count(), 1);
    assert_eq!(bed.number("SELECT COUNT(*) FROM decisions").await, 1);
}

async fn overriding_protected_speech_takes_two_people(bed: &Bed) {
    let id = one(bed, protect).await;
    decide(bed, &id, "o1", DecisionCode::HateReview, "09:00").await.unwrap();
    let case = stored(bed, &id).await;
    assert_eq!(case.state, CaseState::AwaitsSecond);
    let proposal = bed.store.proposed_by(&id).await.unwrap();
    assert_eq!(proposal, Some(("o1".into(), "hate_review".into())));
    assert_eq!(ids(bed, &all()).await, std::slice::from_ref(&id), "it waits for the second");
    decide(bed, &id, "o2", DecisionCode::HateReview, "09:05").await.unwrap();
    assert_eq!(stored(bed, &id).await.state, CaseState::Decided);
    assert_eq!(bed.store.proposed_by(&id).await.unwrap(), None);
    let what: Vec<_> = bed.store.case(&office(), &id).await.unwrap().history;
    let what: Vec<_> = what.iter().map(|line| line.what.as_str()).collect();
    assert_eq!(what, ["opened", "proposed", "decided"]);
}

/// Whoever forges what the page saw is measured against what is stored.
async fn a_page_left_open_goes_around_no_rule(bed: &Bed) {
    let id = one(bed, protect).await;
    let note = "alasan yang cukup panjang";
    let case = stored(bed, &id).await;
    let other = "orang-lain".into();
    let alone =
        Decision::new(&case, DecisionCode::HateReview, note, &reviewer("o1"), Some(&other), at("09:00"))
            .unwrap();
    assert!(is_conflict(bed.store.decide(&alone).await), "nobody has proposed it");
    let unprotected = Case { protected: false, ..case };
    let blind =
        Decision::new(&unprotected, DecisionCode::HateReview, note, &reviewer("o1"), None, at("09:00"))
            .unwrap();
    assert!(is_conflict(bed.store.decide(&blind).await), "the stored case is protected");
    decide(bed, &id, "o1", DecisionCode::HateReview, "09:00").await.unwrap();
    assert!(is_conflict(bed.store.decide(&alone).await), "the same person twice");
    let own = Case { own_institution: false, ..stored(bed, &id).await };
    bed.tamper("UPDATE cases SET own_institution = 1").await;
    let second =
        Decision::new(&own, DecisionCode::HateReview, note, &reviewer("o2"), Some(&"o1".into()), at("09:00"));
    assert!(is_conflict(bed.store.decide(&second.unwrap()).await), "about the own institution");
}

async fn a_decision_of_another_office_is_refused(bed: &Bed) {
    let id = one(bed, |_, _| {}).await;
    let outsider = Reviewer::at_sign_in(&person("x", "desa-lain")).unwrap();
    let case = stored(bed, &id).await;
    let decision = Decision::new(&case, leave_alone(), "", &outsider, None, at("09:00")).unwrap();
    assert!(matches!(bed.store.decide(&decision).await, Err(StoreError::NotFound { .. })));
}

async fn undo_brings_the_case_back_once(bed: &Bed) {
    let id = one(bed, |_, _| {}).await;
    bed.store.take(&reviewer("o1"), &all(), 1, at("08:50")).await.unwrap();
    let decision = decide(bed, &id, "o1", leave_alone(), "09:00").await.unwrap();
    let leaves = bed.store.size().await.unwrap();
    assert_eq!(bed.store.undo(&decision, &reviewer("o1"), at("09:10")).await.unwrap(), id);
    assert_eq!(bed.store.size().await.unwrap(), leaves + 1);
    assert_eq!(stored(bed, &id).await.state, CaseState::Taken, "as it stood before");
    assert_eq!(ids(bed, &all()).await, std::slice::from_ref(&id));
    assert!(is_conflict(bed.store.undo(&decision, &reviewer("o1"), at("09:11")).await));
    assert_eq!(bed.store.today(&office(), at("00:00"), at("10:00")).await.unwrap().decided, 0);
    decide(bed, &id, "o2", DecisionCode::Service, "09:20").await.unwrap();
    let view = bed.store.case(&office(), &id).await.unwrap();
    let what: Vec<_> = view.history.iter().map(|line| line.what.as_str()).collect();
    assert_eq!(what, ["opened", "taken", "decided", "undone", "decided"]);
}

async fn undo_is_for_the_last_own_decision_within_a_day(bed: &Bed) {
    let id = one(bed, |_, _| {}).await;
    let decision = decide(bed, &id, "o1", leave_alone(), "09:00").await.unwrap();
    let foreign = bed.store.undo(&decision, &reviewer("o2"), at("09:10")).await;
    assert!(matches!(foreign, Err(StoreError::NotFound { .. })));
    let day = jiff::SignedDuration::from_hours(24);
    let second = jiff::SignedDuration::from_secs(1);
    assert!(is_conflict(bed.store.undo(&decision, &reviewer("o1"), at("09:00") + day + second).await));
    bed.tamper("UPDATE cases SET state = 'closed'").await;
    assert!(is_conflict(bed.store.undo(&decision, &reviewer("o1"), at("09:10")).await));
    bed.tamper("UPDATE cases SET state = 'decided'").await;
    assert!(bed.store.undo(&decision, &reviewer("o1"), at("09:00") + day).await.is_ok());
}

async fn undoing_the_second_word_brings_the_proposal_back(bed: &Bed) {
    let id = one(bed, protect).await;
    let first = decide(bed, &id, "o1", DecisionCode::HateReview, "09:00").await.unwrap();
    let second = decide(bed, &id, "o2", DecisionCode::HateReview, "09:05").await.unwrap();
    assert!(is_conflict(bed.store.undo(&first, &reviewer("o1"), at("09:06")).await), "not the last one");
    bed.store.undo(&second, &reviewer("o2"), at("09:07")).await.unwrap();
    assert_eq!(stored(bed, &id).await.state, CaseState::AwaitsSecond);
    let proposal = bed.store.proposed_by(&id).await.unwrap();
    assert_eq!(proposal, Some(("o1".into(), "hate_review".into())));
    bed.store.undo(&first, &reviewer("o1"), at("09:08")).await.unwrap();
    assert_eq!(stored(bed, &id).await.state, CaseState::Open);
    assert_eq!(bed.store.proposed_by(&id).await.unwrap(), None);
}

async fn last_decisions_are_those_that_stand(bed: &Bed) {
    let cases = five(bed).await;
    let mut made = Vec::new();
    for (n, case) in cases[..3].iter().enumerate() {
        made.push(decide(bed, case, "o1", leave_alone(), &format!("09:0{n}")).await.unwrap());
    }
    bed.store.undo(&made[1], &reviewer("o1"), at("09:10")).await.unwrap();
    let last = bed.store.last_decisions(&reviewer("o1"), 9).await.unwrap();
    assert_eq!(last.iter().map(|row| row.id.clone()).collect::<Vec<_>>(), [made[2].clone(), made[0].clone()]);
    assert_eq!(bed.store.last_decisions(&reviewer("o1"), 1).await.unwrap().len(), 1);
    assert!(bed.store.last_decisions(&reviewer("o2"), 9).await.unwrap().is_empty());
}

async fn todays_numbers_add_up(bed: &Bed) {
    let cases = five(bed).await;
    decide(bed, &cases[0], "o1", leave_alone(), "09:00").await.unwrap();
    let late = entry("a", "tunggu", "belum dinilai", at("09:30"));
    saring_store::traits::Captures::save(&bed.store, &"a".into(), &[late], None, at("09:30")).await.unwrap();
    let today = bed.store.today(&office(), at("00:00"), at("10:00")).await.unwrap();
    let waiting = [(Queue::Hoax, 0), (Queue::Hate, 1), (Queue::Service, 2), (Queue::Clipping, 1)];
    assert_eq!(today.waiting, waiting);
    assert_eq!((today.decided, today.seen, today.unjudged, today.overdue), (1, 6, 1, 0));
    let next_year = "2027-11-24T00:00:00Z".parse().unwrap();
    let later = bed.store.today(&office(), next_year, next_year).await.unwrap();
    assert_eq!((later.overdue, later.decided, later.seen), (4, 0, 0));
}
