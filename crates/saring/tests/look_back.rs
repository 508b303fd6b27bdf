//! A claim that comes to the list after posts were judged: those that repeat it reach the queue, in steps that a death of
//! the process does not undo.
#![allow(clippy::unwrap_used, reason = "a call that fails fails the test")]

mod office;

use jiff::{SignedDuration, Timestamp};
use office::posts::entry;
use saring::config::{Config, TEMPLATE};
use saring::services::analyse::Judge;
use saring::wiring::{self, House};
use saring_domain::{Claim, OfferState, Person, Queue, Reason, Reviewer, Role};
use saring_store::traits::{Captures as _, Cases as _, Claims as _, Looks as _, Offers as _};
use saring_store::views::QueueFilter;
use std::path::Path;
use std::sync::Arc;

const CLAIM: &str = "Air rebusan daun kelorang menyembuhkan demam burung dalam 3 hari";

async fn house(folder: &Path) -> Arc<House> {
    let text = TEMPLATE.replace("contact = \"\"", "contact = \"humas@sukamaju.example\"");
    Arc::new(wiring::open(Config::parse(&text, folder).unwrap()).await.unwrap())
}

/// A post is older than a claim of today.
fn before() -> Timestamp {
    Timestamp::now() - SignedDuration::from_hours(30)
}

/// Published today.
fn claim() -> Claim {
    let today = Timestamp::now().to_zoned_datetime(jiff::tz::TimeZone::UTC).date();
    let claim =
        serde_json::json!({"id": "k1", "title": CLAIM, "verdict": "Salah", "date": today.to_string()});
    serde_json::from_value(claim).unwrap()
}

#[tokio::test]
async fn posts_judged_before_a_claim_came_reach_the_queue_once_though_the_process_dies() {
    let folder = tempfile::tempdir().unwrap();
    let house_ = house(folder.path()).await;
    // every hundredth post repeats what nobody has checked yet
    let text = |n: usize| match n % 100 {
        7 => format!("minum rebusan daun kelorang bisa sembuhkan demam burung hanya 3 hari lho {n}"),
        _ => format!("kabar nomor {n} dari pasar pagi, harga {} ribu", n * 7),
    };
    let entries: Vec<_> = (0..450).map(|n| entry(n, &text(n), before())).collect();
    let (store, office) = (&house_.store, house_.config.own_office().id.clone());
    store.save(&"grup".into(), &entries, None, Timestamp::now()).await.unwrap();
    let mut judge = Judge::new(Arc::clone(&house_)).await.unwrap();
    judge.drain(|_| ()).await.unwrap();
    let hoaxes = QueueFilter { queue: Some(Queue::Hoax), limit: 50, ..QueueFilter::default() };
    assert_eq!(store.queue(&office, &hoaxes).await.unwrap().1, 0);
    let claim = claim();
    store.import_claims(std::slice::from_ref(&claim), Timestamp::now()).await.unwrap();
    assert!(judge.look_back().await.unwrap(), "the first step");
    let look = store.claim_look(&claim.id).await.unwrap().unwrap();
    assert!(look.seen > 0 && look.seen < look.total && !look.done, "{look:?}");
    drop((judge, house_)); // the process dies, and another goes on where it was
    let house = house(folder.path()).await;
    let store = &house.store;
    Judge::new(Arc::clone(&house)).await.unwrap().drain(|_| ()).await.unwrap();
    let look = store.claim_look(&claim.id).await.unwrap().unwrap();
    assert_eq!((look.seen, look.total, look.done), (450, 450, true));
    assert_eq!(look.found, 5);
    let (rows, total) = store.queue(&office, &hoaxes).await.unwrap();
    assert_eq!((total, rows.iter().map(|row| row.copies).sum::<u32>()), (1, 5), "one case with its copies");
    let row = &rows[0];
    assert_eq!(row.judgement.as_ref().unwrap().same_claim().unwrap().id, claim.id);
    assert!(row.case.priority.reasons.contains(&Reason::ClaimCameLater), "{:?}", row.case.priority);
    // the same list again is nothing new
    store.import_claims(std::slice::from_ref(&claim), Timestamp::now()).await.unwrap();
    assert_eq!(store.next_look().await.unwrap(), None);
    Judge::new(Arc::clone(&house)).await.unwrap().drain(|_| ()).await.unwrap();
    assert_eq!(store.queue(&office, &hoaxes).await.unwrap().1, 1);
}

#[tokio::test]
async fn an_old_post_that_goes_round_again_is_known_at_once_and_no_more_when_its_claim_is_taken_off() {
    let folder = tempfile::tempdir().unwrap();
    let house = house(folder.path()).await;
    let (store, office) = (&house.store, house.config.own_office().id.clone());
    let person = Person {
        id: "o1".into(),
        login: "o1".into(),
        name: "Rukmini".into(),
        role: Role::Operator,
        office: office.clone(),
        locale: "id".into(),
    };
    let reviewer = Reviewer::at_sign_in(&person).unwrap();
    let now = Timestamp::now();
    store.offer_claims(&"periksa".into(), &[claim()], now).await.unwrap();
    let offer = store.offers(0, 9).await.unwrap().0.remove(0);
    let word = store.settle_offers(&reviewer, &[offer.id], OfferState::Listed, now).await.unwrap().id;

    // posted the day before the check was published, read today
    let old = entry(1, "minum rebusan daun kelorang bisa sembuhkan demam burung hanya 3 hari lho", before());
    store.save(&"grup".into(), &[old], None, now).await.unwrap();
    let mut judge = Judge::new(Arc::clone(&house)).await.unwrap();
    judge.drain(|_| ()).await.unwrap();
    let hoaxes = QueueFilter { queue: Some(Queue::Hoax), limit: 50, ..QueueFilter::default() };
    let row = store.queue(&office, &hoaxes).await.unwrap().0.remove(0);
    assert_eq!(row.judgement.unwrap().same_claim().unwrap().id, claim().id);
    assert!(!row.case.priority.reasons.contains(&Reason::ClaimCameLater), "it was there before");

    store.undo_offers(&word, &reviewer, now).await.unwrap();
    judge.drain(|_| ()).await.unwrap();
    let row = store.queue(&office, &hoaxes).await.unwrap().0.remove(0);
    assert_eq!(row.judgement.unwrap().claims, []);
    assert_eq!(row.case.priority.reasons, [Reason::NothingFound]);
    let history = store.case(&office, &row.case.id).await.unwrap().history;
    let steps: Vec<&str> = history.iter().map(|event| event.what.as_str()).collect();
    assert_eq!(steps, ["opened", "claim_gone"]);

    // taken in once more, it is found once more
    let offer = store.offers(0, 9).await.unwrap().0.remove(0);
    store.settle_offers(&reviewer, &[offer.id], OfferState::Listed, now).await.unwrap();
    judge.drain(|_| ()).await.unwrap();
    let row = store.queue(&office, &hoaxes).await.unwrap().0.remove(0);
    assert_eq!(row.judgement.unwrap().same_claim().unwrap().id, claim().id);
    assert!(!row.case.priority.reasons.contains(&Reason::NothingFound), "{:?}", row.case.priority);
}
