//! Claims that feeds offer, on both engines.
#![allow(clippy::unwrap_used, reason = "a contract test fails by panicking")]
mod bed;

use bed::{Bed, at, contract, entry, judged, judgement, operator, same_claim};
use saring_domain::{
    Because, CaseId, CaseState, Claim, ClaimMatch, Decision, DecisionCode, Item, Judgement, Offer, OfferId,
    OfferState, Person, Priority, Queue, Reason, Retention, Reviewer,
};
use saring_store::StoreError;
use saring_store::traits::{
    Analyses as _, Cases as _, Claims as _, Jobs as _, MOST_OFFERS, Offers as _, Reports as _,
};
use saring_store::views::Offered;

contract! {
    an_offered_claim_matches_nothing_until_a_person_lists_it,
    the_same_words_wait_once_and_refused_ones_do_not_come_back,
    a_changed_check_waits_beside_the_listed_claim,
    a_check_known_by_its_address_makes_no_work,
    what_was_not_shown_is_not_accepted,
    a_word_can_be_taken_back_within_a_day_and_not_by_others,
    a_word_that_something_overtook_stays,
    a_claim_taken_off_the_list_leaves_its_cases_with_a_note,
    words_of_refused_claims_go_in_time_and_do_not_come_back,
    a_changed_offer_and_a_missing_leaf_are_found,
    a_feed_lets_only_so_many_claims_wait,
}

fn claim(id: &str, verdict: &str) -> Claim {
    Claim {
        id: id.into(),
        title: format!("Air sumur {id} beracun"),
        text: "Tidak benar.".into(),
        url: Some(format!("https://periksa.example/{id}")),
        date: "2026-11-20".parse().ok(),
        verdict: Some(verdict.into()),
        source: Some("Periksa Contoh".into()),
    }
}

fn reviewer() -> Reviewer {
    Reviewer::at_sign_in(&operator()).unwrap()
}

/// Offers claims; gives how many began to wait and how many were known.
async fn offer(bed: &Bed, claims: &[Claim]) -> (u32, u32) {
    let saved = bed.store.offer_claims(&"periksa".into(), claims, at("08:00")).await.unwrap();
    (saved.new, saved.repeated)
}

async fn waiting(bed: &Bed) -> Vec<Offer> {
    let (offers, total) = bed.store.offers(0, 50).await.unwrap();
    assert_eq!((offers.len() as u64, total), (total, bed.store.offers_waiting().await.unwrap()));
    offers
}

/// Settles all that waits.
async fn settle(bed: &Bed, state: OfferState) -> saring_domain::SettledOffers {
    let ids: Vec<OfferId> = waiting(bed).await.into_iter().map(|offer| offer.id).collect();
    bed.store.settle_offers(&reviewer(), &ids, state, at("09:00")).await.unwrap()
}

async fn listed(bed: &Bed) -> Vec<Claim> {
    bed.store.claims().await.unwrap().0
}

async fn leaves(bed: &Bed, event: &str) -> i64 {
    bed.number(&format!("SELECT COUNT(*) FROM audit WHERE event = '{event}'")).await
}

fn conflict<T: std::fmt::Debug>(result: Result<T, StoreError>) {
    assert!(matches!(result, Err(StoreError::Conflict(_))), "{result:?}");
}

async fn an_offered_claim_matches_nothing_until_a_person_lists_it(bed: &Bed) {
    let generation = bed.store.claims_generation().await.unwrap();
    let offered = [claim("a", "Salah"), Claim { title: "Pasar tutup\0 besok".into(), ..claim("b", "Benar") }];
    assert_eq!(offer(bed, &offered).await, (2, 0));
    assert_eq!((listed(bed).await, bed.store.claims_generation().await.unwrap()), (vec![], generation));
    assert_eq!(bed.store.find_claims("sumur", 0, 5).await.unwrap().1, 0);
    assert_eq!(bed.store.claim(&"a".into()).await.unwrap(), None);
    let offers = waiting(bed).await;
    assert_eq!(offers[1].claim, offered[0]);
    assert_eq!((offers[1].source.as_str(), offers[1].at, &offers[1].before), ("periksa", at("08:00"), &None));
    let settled = settle(bed, OfferState::Listed).await;
    assert_eq!((settled.offers, settled.title.as_str()), (2, offered[0].title.as_str()));
    assert_eq!(listed(bed).await[0], offered[0]);
    assert!(bed.store.claims_generation().await.unwrap() > generation);
    assert_eq!(bed.store.find_claims("sumur", 0, 5).await.unwrap().1, 1);
    assert_eq!((waiting(bed).await, leaves(bed, "claims.accept").await), (vec![], 1), "one leaf for both");
    assert_eq!(offer(bed, &offered).await, (0, 2), "what is listed makes no work");
}

async fn the_same_words_wait_once_and_refused_ones_do_not_come_back(bed: &Bed) {
    let poison = claim("a", "Benar");
    assert_eq!(offer(bed, &[poison.clone(), poison.clone()]).await, (1, 1));
    assert_eq!(offer(bed, std::slice::from_ref(&poison)).await, (0, 1));
    settle(bed, OfferState::Refused).await;
    assert_eq!(offer(bed, std::slice::from_ref(&poison)).await, (0, 1));
    assert_eq!(
        (waiting(bed).await, listed(bed).await, leaves(bed, "claims.offer").await),
        (vec![], vec![], 1)
    );
    assert_eq!(offer(bed, &[claim("a", "Salah")]).await, (1, 0), "other words are another offer");
    assert_eq!(leaves(bed, "claims.refuse").await, 1);
}

async fn a_changed_check_waits_beside_the_listed_claim(bed: &Bed) {
    let (old, new) = (claim("a", "Salah"), claim("a", "Menyesatkan"));
    offer(bed, std::slice::from_ref(&old)).await;
    settle(bed, OfferState::Listed).await;
    assert_eq!(offer(bed, std::slice::from_ref(&new)).await, (1, 0));
    let offers = waiting(bed).await;
    assert_eq!((&offers[0].claim, &offers[0].before), (&new, &Some(old.clone())));
    assert_eq!(listed(bed).await, std::slice::from_ref(&old), "the list is as it was");
    offer(bed, std::slice::from_ref(&old)).await;
    assert_eq!(waiting(bed).await, vec![], "the feed says again what is listed");
    offer(bed, std::slice::from_ref(&new)).await;
    let word = settle(bed, OfferState::Listed).await.id;
    assert_eq!(listed(bed).await, [new]);
    bed.store.undo_offers(&word, &reviewer(), at("10:00")).await.unwrap();
    assert_eq!(listed(bed).await, [old]);
    assert_eq!(bed.store.find_claims("sumur", 0, 5).await.unwrap().1, 1);
}

async fn a_check_known_by_its_address_makes_no_work(bed: &Bed) {
    let imported =
        Claim { id: "berkas-7".into(), title: "[SALAH] Air sumur".into(), ..claim("a", "[SALAH]") };
    bed.store.import_claims(std::slice::from_ref(&imported), at("07:00")).await.unwrap();
    assert_eq!(offer(bed, &[claim("a", "Hoaks")]).await, (0, 1), "the same verdict in other words");
    assert_eq!(offer(bed, &[claim("a", "Benar")]).await, (1, 0));
    let offers = waiting(bed).await;
    assert_eq!((offers[0].claim.id.as_str(), &offers[0].before), ("berkas-7", &Some(imported)));
    settle(bed, OfferState::Listed).await;
    assert_eq!(listed(bed).await.len(), 1, "the listed claim was changed, none was added");
}

async fn what_was_not_shown_is_not_accepted(bed: &Bed) {
    offer(bed, &[claim("a", "Salah")]).await;
    let shown = waiting(bed).await.remove(0).id;
    offer(bed, &[claim("a", "Benar")]).await;
    conflict(bed.store.settle_offers(&reviewer(), &[shown], OfferState::Listed, at("09:00")).await);
    assert_eq!((listed(bed).await, waiting(bed).await.len()), (vec![], 1));
    let now = waiting(bed).await.remove(0).id;
    let both = [now.clone(), "o0".into()];
    let settled = bed.store.settle_offers(&reviewer(), &both, OfferState::Listed, at("09:01")).await.unwrap();
    assert_eq!(settled.offers, 1, "what still waits is settled");
    conflict(bed.store.settle_offers(&reviewer(), &[now], OfferState::Refused, at("09:02")).await);
}

async fn a_word_can_be_taken_back_within_a_day_and_not_by_others(bed: &Bed) {
    offer(bed, &[claim("a", "Salah"), claim("b", "Salah")]).await;
    let accepted = settle(bed, OfferState::Listed).await;
    assert_eq!(
        bed.store.settled_offers(&reviewer(), at("09:30")).await.unwrap(),
        std::slice::from_ref(&accepted)
    );
    let other = Reviewer::at_sign_in(&Person { id: "o2".into(), ..operator() }).unwrap();
    conflict(bed.store.undo_offers(&accepted.id, &other, at("09:30")).await);
    let tomorrow = at("09:00") + jiff::SignedDuration::from_hours(25);
    conflict(bed.store.undo_offers(&accepted.id, &reviewer(), tomorrow).await);
    assert_eq!(bed.store.settled_offers(&reviewer(), tomorrow).await.unwrap(), []);
    assert_eq!(bed.store.undo_offers(&accepted.id, &reviewer(), at("10:00")).await.unwrap(), 2);
    assert_eq!(
        (listed(bed).await, waiting(bed).await.len(), leaves(bed, "claims.undo").await),
        (vec![], 2, 1)
    );
    assert_eq!(
        bed.store.find_claims("sumur", 0, 5).await.unwrap().1,
        0,
        "its words are gone from the search"
    );
    let refused = settle(bed, OfferState::Refused).await;
    assert_eq!(bed.store.undo_offers(&refused.id, &reviewer(), at("10:00")).await.unwrap(), 2);
    assert_eq!(bed.store.settled_offers(&reviewer(), at("10:01")).await.unwrap(), []);
}

async fn a_word_that_something_overtook_stays(bed: &Bed) {
    offer(bed, &[claim("a", "Salah"), claim("b", "Salah")]).await;
    let word = settle(bed, OfferState::Listed).await.id;
    offer(bed, &[claim("a", "Benar")]).await;
    bed.store.import_claims(&[claim("b", "Satire")], at("09:30")).await.unwrap();
    conflict(bed.store.undo_offers(&word, &reviewer(), at("10:00")).await);
    assert_eq!(listed(bed).await.len(), 2);
}

async fn a_claim_taken_off_the_list_leaves_its_cases_with_a_note(bed: &Bed) {
    offer(bed, &[claim("a", "Salah"), claim("b", "Salah")]).await;
    let word = settle(bed, OfferState::Listed).await.id;
    let entries: Vec<_> =
        (0..3).map(|n| entry("kabar", &n.to_string(), &format!("teks {n}"), at("09:10"))).collect();
    let thought = |n: usize, claims: &[&str]| {
        let item = &entries[n].1;
        let claims: Vec<ClaimMatch> = claims.iter().map(|id| same_claim(id)).collect();
        let span = |claim: &ClaimMatch| Because { start: 0, end: 4, because: format!("claim:{}", claim.id) };
        let spans = claims.iter().map(span).collect();
        Judgement { claims, spans, ..judgement(item, Queue::Hoax, 0.8) }
    };
    let thoughts = vec![thought(0, &["a"]), thought(1, &["b"]), thought(2, &["b", "a"])];
    let cases = bed.work(&entries, thoughts, at("09:20")).await;
    assert_eq!(cases.len(), 2, "the third joins the case of b");
    bed.store
        .import_claims(&[Claim { verdict: Some("Satire".into()), ..claim("b", "x") }], at("09:30"))
        .await
        .unwrap();
    let open =
        async |n: usize| bed.store.case(&"kota".into(), &CaseId::derive(&entries[n].1.id)).await.unwrap();
    assert_eq!(open(0).await.claims.len(), 1);
    assert_eq!(
        bed.store.undo_offers(&word, &reviewer(), at("10:00")).await.unwrap(),
        1,
        "b says something else by now"
    );
    let seen = open(0).await;
    let judgement = seen.row.judgement.unwrap();
    assert_eq!((seen.claims.len(), judgement.claims.len(), judgement.spans.len()), (0, 0, 0));
    let last = seen.history.last().unwrap();
    let note = Some("Air sumur a beracun".to_owned());
    assert_eq!((last.what.as_str(), &last.who, &last.note), ("claim_gone", &Some("Rukmini".into()), &note));
    assert_eq!(bed.number("SELECT COUNT(*) FROM cases WHERE claim = 'a'").await, 0);
    let other = open(1).await;
    let noted = other.history.iter().any(|event| event.what == "claim_gone");
    assert_eq!((other.claims.len(), noted), (1, false), "b is still on the list: {:?}", other.history);
    assert_eq!(leaves(bed, "claims.undo").await, 1);

    // a page that is still open shows it as a known hoax: that is no decision any more
    let known = DecisionCode::KnownHoax { claim: "a".into() };
    let stale = Decision::new(&seen.row.case, known, "", &reviewer(), None, at("10:00")).unwrap();
    conflict(bed.store.decide(&stale).await);
    let known = DecisionCode::KnownHoax { claim: "b".into() };
    let good = Decision::new(&other.row.case, known, "", &reviewer(), None, at("10:00")).unwrap();
    bed.store.decide(&good).await.unwrap();

    // its item is judged anew; while nothing is found the case waits for a person, and says why
    let jobs = bed.store.lease("analyse", 9, 60, at("10:01")).await.unwrap();
    assert_eq!(jobs.iter().map(|job| job.subject.as_str()).collect::<Vec<_>>(), [entries[0].1.id.as_str()]);
    let nothing = judged(judgement_of_nothing(&entries[0].1));
    bed.store.save_judgements(&[nothing], &[jobs[0].id], at("10:01")).await.unwrap();
    assert_eq!(bed.assemble(at("10:02")).await, [CaseId::derive(&entries[0].1.id)]);
    let case = open(0).await.row.case;
    assert_eq!((case.queue, case.state, case.priority.score.get()), (Queue::Hoax, CaseState::Open, 0.0));
    assert_eq!(case.priority.reasons, [Reason::NothingFound]);
    let found = bed.store.check(&Retention::default(), at("11:00")).await.unwrap();
    assert!(!found.iter().any(|trouble| trouble.grave), "{found:?}");
}

fn judgement_of_nothing(item: &Item) -> Judgement {
    Judgement { priority: Priority::default(), ..judgement(item, Queue::None, 0.0) }
}

async fn words_of_refused_claims_go_in_time_and_do_not_come_back(bed: &Bed) {
    let (poison, good) = (claim("a", "Benar"), claim("b", "Salah"));
    offer(bed, std::slice::from_ref(&poison)).await;
    settle(bed, OfferState::Refused).await;
    offer(bed, std::slice::from_ref(&good)).await;
    settle(bed, OfferState::Listed).await;
    let late = at("09:01") + jiff::SignedDuration::from_hours(14 * 24);
    assert_eq!(bed.store.retention_overdue(&Retention::default(), late).await.unwrap(), 1);
    assert_eq!(bed.store.purge(&Retention::default(), late).await.unwrap().texts, 1);
    assert_eq!(bed.store.retention_overdue(&Retention::default(), late).await.unwrap(), 0);
    assert_eq!(bed.number("SELECT COUNT(*) FROM claim_offers WHERE text LIKE '%benar%'").await, 1);
    assert_eq!((offer(bed, &[poison]).await, listed(bed).await), ((0, 1), vec![good]));
    let found = bed.store.check(&Retention::default(), late).await.unwrap();
    assert!(!found.iter().any(|trouble| trouble.grave), "{found:?}");
}

async fn a_changed_offer_and_a_missing_leaf_are_found(bed: &Bed) {
    offer(bed, &[claim("a", "Salah"), claim("b", "Salah")]).await;
    settle(bed, OfferState::Listed).await;
    offer(bed, &[claim("c", "Salah")]).await;
    let found = async || {
        let all = bed.store.check(&Retention::default(), at("11:00")).await.unwrap();
        all.into_iter().filter(|trouble| trouble.grave).map(|trouble| trouble.what).collect::<Vec<_>>()
    };
    assert_eq!(found().await, Vec::<String>::new());
    bed.tamper("UPDATE claim_offers SET verdict = 'Benar' WHERE claim = 'c'").await;
    bed.tamper("UPDATE claim_offers SET leaf = 0 WHERE claim = 'b'").await;
    let found = found().await;
    assert!(found.len() == 2, "{found:?}");
    assert!(found.iter().any(|what| what.contains("does not fit its hash")), "{found:?}");
    assert!(found.iter().any(|what| what.contains("was settled and the log does not say so")), "{found:?}");
}

async fn a_feed_lets_only_so_many_claims_wait(bed: &Bed) {
    let flood: Vec<Claim> = (0..MOST_OFFERS + 30).map(|n| claim(&format!("k{n}"), "Salah")).collect();
    let mut came = Offered::default();
    for part in flood.chunks(400) {
        let offered = bed.store.offer_claims(&"racun".into(), part, at("08:00")).await.unwrap();
        came = Offered {
            new: came.new + offered.new,
            repeated: came.repeated + offered.repeated,
            left: came.left + offered.left,
        };
    }
    assert_eq!(came, Offered { new: MOST_OFFERS, repeated: 0, left: 30 });
    assert_eq!(offer(bed, &[claim("lain", "Salah")]).await, (1, 0), "another source has its own room");
    // what waits may change, and what is left out comes once there is room
    let changed =
        bed.store.offer_claims(&"racun".into(), &[claim("k0", "Benar")], at("08:10")).await.unwrap();
    assert_eq!(changed, Offered { new: 1, ..Offered::default() });
    let some: Vec<OfferId> =
        bed.store.offers(0, 11).await.unwrap().0.into_iter().map(|offer| offer.id).collect();
    bed.store.settle_offers(&reviewer(), &some, OfferState::Refused, at("09:00")).await.unwrap();
    let again = bed.store.offer_claims(&"racun".into(), &flood[1..], at("10:00")).await.unwrap();
    assert_eq!((again.new, again.left), (10, 20), "{again:?}");
}
