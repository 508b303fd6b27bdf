//! Looks at items judged before a claim came to the list, on both engines.
#![allow(clippy::unwrap_used, reason = "a contract test fails by panicking")]
mod bed;

use bed::{Bed, at, contract, entry, judged, judgement, operator, same_claim};
use jiff::SignedDuration;
use saring_domain::{Claim, OfferState, Queue, Reviewer};
use saring_store::traits::{Cases as _, Claims as _, Jobs as _, Looks as _, Offers as _};
use saring_store::views::Look;

contract! {
    a_claim_that_comes_asks_for_a_look_at_what_was_judged,
    a_look_goes_on_where_it_was_and_says_nothing_twice,
    what_is_too_old_is_left_alone,
}

fn claim(id: &str) -> Claim {
    serde_json::from_value(serde_json::json!({"id": id, "title": format!("Klaim {id}"), "verdict": "salah"}))
        .unwrap()
}

/// Five items that were thought to be nothing.
async fn five(bed: &Bed) {
    let entries: Vec<_> =
        (0..5).map(|n| entry("a", &n.to_string(), &format!("sumur {n}"), at("08:00"))).collect();
    let thoughts = entries.iter().map(|(_, item)| judgement(item, Queue::None, 0.1)).collect();
    bed.work(&entries, thoughts, at("08:01")).await;
}

async fn next(bed: &Bed) -> Look {
    bed.store.next_look().await.unwrap().unwrap()
}

async fn a_claim_that_comes_asks_for_a_look_at_what_was_judged(bed: &Bed) {
    bed.store.import_claims(&[claim("lama")], at("07:00")).await.unwrap();
    assert_eq!(bed.store.next_look().await.unwrap(), None, "nothing was judged yet");
    five(bed).await;
    bed.store.import_claims(&[claim("lama"), claim("k1"), claim("k2")], at("09:00")).await.unwrap();
    let look = next(bed).await;
    assert_eq!((look.total, look.seen, look.done), (5, 0, false));
    let ids: Vec<_> =
        bed.store.look_claims(&look).await.unwrap().into_iter().map(|claim| claim.id.0).collect();
    assert_eq!(ids, ["k1", "k2"], "one look for what came at once, none for what was there");
    assert_eq!(bed.store.claim_look(&"lama".into()).await.unwrap(), None);
    // the same list again is nothing new; a person's word on an offer asks for a look of its own
    bed.store.import_claims(&[claim("k1"), claim("k2")], at("09:10")).await.unwrap();
    bed.store.offer_claims(&"periksa".into(), &[claim("k3")], at("09:11")).await.unwrap();
    let offer = bed.store.offers(0, 5).await.unwrap().0.remove(0).id;
    let reviewer = Reviewer::at_sign_in(&operator()).unwrap();
    bed.store.settle_offers(&reviewer, &[offer], OfferState::Listed, at("09:12")).await.unwrap();
    assert_eq!(bed.number("SELECT COUNT(*) FROM claim_looks").await, 2);
    assert_eq!(bed.store.claim_look(&"k3".into()).await.unwrap().unwrap().id, look.id + 1);
}

async fn a_look_goes_on_where_it_was_and_says_nothing_twice(bed: &Bed) {
    five(bed).await;
    bed.store.import_claims(&[claim("k1")], at("09:00")).await.unwrap();
    let look = next(bed).await;
    let (items, place) = bed.store.look_items(&look, 3).await.unwrap();
    let texts: Vec<_> = items.iter().map(|(item, _)| item.text.as_str()).collect();
    assert_eq!(texts, ["sumur 0", "sumur 1", "sumur 2"]);
    let mut thought = items[1].1.clone();
    (thought.claims, thought.queue) = (vec![same_claim("k1")], Queue::Hoax);
    let found = [judged(thought)];
    bed.store.save_looked(&look, &found, 3, place, at("09:01")).await.unwrap();
    // a process that was slower, or died before it knew, changes nothing
    let leaves = bed.number("SELECT COUNT(*) FROM audit").await;
    bed.store.save_looked(&look, &found, 3, place, at("09:02")).await.unwrap();
    assert_eq!(bed.number("SELECT COUNT(*) FROM audit").await, leaves);
    let look = next(bed).await;
    assert_eq!((look.seen, look.found, look.done), (3, 1, false));
    assert_eq!(bed.store.waiting("assemble").await.unwrap(), 1);
    bed.assemble(at("09:03")).await;
    let (rows, total) = bed.store.claim_cases(&"kota".into(), &"k1".into(), 9).await.unwrap();
    assert_eq!((rows[0].item.text.as_str(), rows[0].case.queue, total), ("sumur 1", Queue::Hoax, 1));
    assert_eq!(bed.store.claim_cases(&"lain".into(), &"k1".into(), 9).await.unwrap().1, 0);
    assert_eq!(bed.store.claim_cases(&"kota".into(), &"k2".into(), 9).await.unwrap().1, 0);
    let (items, place) = bed.store.look_items(&look, 3).await.unwrap();
    assert_eq!(items.len(), 2);
    bed.store.save_looked(&look, &[], 2, place, at("09:04")).await.unwrap();
    assert_eq!(bed.store.next_look().await.unwrap(), None);
    let look = bed.store.claim_look(&"k1".into()).await.unwrap().unwrap();
    assert_eq!((look.seen, look.found, look.done), (5, 1, true));
}

async fn what_is_too_old_is_left_alone(bed: &Bed) {
    five(bed).await;
    let later = at("09:00") + SignedDuration::from_hours(24 * 13);
    let new = [entry("a", "baru", "sumur baru", later)];
    bed.work(&new, vec![judgement(&new[0].1, Queue::None, 0.1)], later).await;
    bed.store.import_claims(&[claim("k1")], later + SignedDuration::from_hours(26)).await.unwrap();
    let look = next(bed).await;
    let (items, _) = bed.store.look_items(&look, 9).await.unwrap();
    assert_eq!((look.total, items.len(), items[0].0.text.as_str()), (1, 1, "sumur baru"));
}
