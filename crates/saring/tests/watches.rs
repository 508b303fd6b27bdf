//! A watch from its approval to its hits, with the real program: what was kept is looked at, what comes in is matched.
#![allow(clippy::unwrap_used, reason = "a call that fails fails the test")]

mod office;

use jiff::{Timestamp, ToSpan};
use office::TestOffice;
use saring_domain::{Person, Reviewer, Role, WatchDraft, WatchWord};
use saring_store::traits::{People as _, Watches as _};
use saring_store::views::{WatchPart, WatchRow};
use saring_store::{Options, Store};
use serde_json::json;

fn reviewer(id: &str) -> Reviewer {
    let (name, office) = (id.to_owned(), "kantor".into());
    let person =
        Person { id: id.into(), login: id.into(), name, role: Role::Operator, office, locale: "id".into() };
    Reviewer::at_sign_in(&person).unwrap()
}

async fn store(office: &TestOffice) -> Store {
    let url = format!("sqlite:{}", office.path("data/saring.db").display());
    Store::open(&url, Options::default()).await.unwrap()
}

/// Judges these posts with the program.
fn import(office: &TestOffice, name: &str, texts: &[&str]) {
    let lines = texts.iter().enumerate();
    let lines =
        lines.map(|(at, text)| json!({ "id": format!("{name}{at}"), "text": text }).to_string() + "\n");
    let file = office.write(&format!("{name}.jsonl"), &lines.collect::<String>());
    office.says(0, &["import", &file]);
}

fn counts(row: &WatchRow) -> (u32, u32) {
    row.days.iter().fold((0, 0), |sum, day| (sum.0 + day.caught, sum.1 + day.near))
}

#[tokio::test]
async fn an_approved_watch_catches_what_is_kept_and_what_comes_in_and_tells_what_it_may_have_missed() {
    let office = TestOffice::new("");
    import(&office, "a", &["Tangguuul Kalijati J3BOL tadi malam!!", "harga cabai naik lagi di pasar pagi"]);
    let (now, store) = (Timestamp::now(), store(&office).await);
    let kantor = store.offices().await.unwrap().remove(0);
    let draft = WatchDraft {
        claim: None,
        terms: vec!["tanggul Kalijati jebol".into(), "tanggul rusak".into()],
        purpose: "kabar soal tanggul Kalijati yang retak".into(),
        reason: String::new(),
        until: now.to_zoned_datetime(kantor.time_zone()).date().saturating_add(7.days()),
    };
    let id = store.open_watch(&draft.propose(&reviewer("a"), &kantor, now).unwrap(), now).await.unwrap();
    import(&office, "b", &["perusakan tanggul, katanya"]);
    assert_eq!(counts(&store.watch(&kantor.id, &id).await.unwrap()), (0, 0), "nobody agreed yet");
    store.settle_watch(&reviewer("b"), &id, WatchWord::Approve, Timestamp::now()).await.unwrap();
    import(&office, "c", &["awas tanggulnya rusak", "tanggul di Kalijati aman saja", "selamat pagi semua"]);
    let row = store.watch(&kantor.id, &id).await.unwrap();
    assert_eq!(counts(&row), (2, 1), "one kept, one new; one shares two words and no term");
    let near = store.watch_items(&kantor.id, &id, WatchPart::Sample, 0, 9).await.unwrap();
    assert_eq!(near[0].item.text, "tanggul di Kalijati aman saja");
    store.settle_watch(&reviewer("a"), &id, WatchWord::End, Timestamp::now()).await.unwrap();
    import(&office, "d", &["tanggul rusak"]);
    assert_eq!(counts(&store.watch(&kantor.id, &id).await.unwrap()), (2, 1), "an ended watch stops");
}
