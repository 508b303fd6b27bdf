//! Sources that people add, pause and take away at the desk, on both engines.
#![allow(clippy::unwrap_used, reason = "a contract test fails by panicking")]
mod bed;

use bed::{Bed, at, contract, entry, feed, operator};
use saring_domain::{Cursor, Person, Role, SourceDef, SourceId, SourceKind};
use saring_store::StoreError;
use saring_store::traits::{Audit as _, Captures as _, DeskSources as _};

contract! {
    a_source_of_the_desk_stands_beside_those_of_the_settings,
    only_public_pages_and_only_by_heads_and_administrators,
    a_source_rests_and_is_read_again,
    what_is_taken_away_comes_back_where_it_stopped,
    the_settings_take_over_what_was_added_under_the_same_id,
}

fn keeper() -> Person {
    Person { id: "a1".into(), name: "Wulan".into(), role: Role::Admin, ..operator() }
}

async fn ids(bed: &Bed) -> Vec<String> {
    bed.store.sources(at("12:00")).await.unwrap().into_iter().map(|source| source.def.id.0).collect()
}

async fn add(bed: &Bed, id: &str) -> SourceId {
    bed.store.add_source(&keeper(), &feed(id), at("08:00")).await.unwrap()
}

fn conflict<T: std::fmt::Debug>(result: Result<T, StoreError>) {
    assert!(matches!(result, Err(StoreError::Conflict(_))), "{result:?}");
}

/// Events of the log about a source.
async fn log(bed: &Bed, source: &str) -> Vec<String> {
    bed.store.entries_about(source).await.unwrap().into_iter().map(|row| row.event).collect()
}

async fn a_source_of_the_desk_stands_beside_those_of_the_settings(bed: &Bed) {
    bed.store.set_sources(&[feed("b"), feed("a")]).await.unwrap();
    assert_eq!(add(bed, "desa").await.as_str(), "desa");
    assert_eq!(add(bed, "camat").await.as_str(), "camat");
    let all = bed.store.sources(at("09:00")).await.unwrap();
    let added: Vec<_> = all.iter().map(|one| (one.def.id.as_str(), one.added.clone())).collect();
    let wulan = || Some(("Wulan".to_owned(), at("08:00")));
    assert_eq!(added, [("b", None), ("a", None), ("desa", wulan()), ("camat", wulan())]);
    // the settings are read at each start: what people added stays
    bed.store.set_sources(&[feed("a")]).await.unwrap();
    assert_eq!(ids(bed).await, ["a", "desa", "camat"]);
    assert_eq!(log(bed, "desa").await, ["source.add"]);
    // the same place is not read twice, whatever its writing
    let again = SourceDef { url: "https://CONTOH.example/a.xml/".into(), ..feed("lain") };
    conflict(bed.store.add_source(&keeper(), &again, at("08:30")).await);
    // another place under a taken id gets a number
    let other = SourceDef { url: "https://contoh.example/lain.xml".into(), ..feed("desa") };
    assert_eq!(bed.store.add_source(&keeper(), &other, at("08:30")).await.unwrap().as_str(), "desa-2");
}

async fn only_public_pages_and_only_by_heads_and_administrators(bed: &Bed) {
    for role in [Role::Operator, Role::Auditor] {
        let person = Person { role, ..keeper() };
        conflict(bed.store.add_source(&person, &feed("desa"), at("08:00")).await);
    }
    for (kind, url) in [
        (SourceKind::File, "/etc/passwd"),
        (SourceKind::Mailbox, "imaps://surel.example/INBOX"),
        (SourceKind::Feed, "https://sri:geheim@warta.example/"),
    ] {
        let def = SourceDef::new("x", "X", kind, url);
        conflict(bed.store.add_source(&keeper(), &def, at("08:00")).await);
    }
    assert_eq!(ids(bed).await, Vec::<String>::new());
    let head = Person { role: Role::Head, ..keeper() };
    bed.store.add_source(&head, &feed("desa"), at("08:00")).await.unwrap();
    let operator = operator();
    conflict(bed.store.pause_source(&operator, &"desa".into(), true, at("08:00")).await);
    conflict(bed.store.remove_source(&operator, &"desa".into(), at("08:00")).await);
    assert_eq!(log(bed, "desa").await, ["source.add"]);
}

async fn a_source_rests_and_is_read_again(bed: &Bed) {
    bed.store.set_sources(&[feed("a")]).await.unwrap();
    let pause = |paused, clock| {
        bed.store.pause_source(KEEPER.get_or_init(keeper), A.get_or_init(|| "a".into()), paused, at(clock))
    };
    pause(true, "08:00").await.unwrap();
    conflict(pause(true, "08:01").await);
    let paused = async || bed.store.sources(at("09:00")).await.unwrap().remove(0).paused;
    assert_eq!(paused().await, Some(("Wulan".into(), at("08:00"))));
    bed.store.set_sources(&[feed("a"), feed("b")]).await.unwrap();
    assert!(paused().await.is_some(), "the settings do not wake what a person paused");
    pause(false, "08:30").await.unwrap();
    conflict(pause(false, "08:31").await);
    assert_eq!(paused().await, None);
    assert_eq!(log(bed, "a").await, ["source.pause", "source.resume"]);
    let missing = bed.store.pause_source(&keeper(), &"lain".into(), true, at("08:00")).await;
    assert!(matches!(missing, Err(StoreError::NotFound { .. })), "{missing:?}");
    conflict(bed.store.remove_source(&keeper(), &"a".into(), at("09:00")).await);
}

static KEEPER: std::sync::OnceLock<Person> = std::sync::OnceLock::new();
static A: std::sync::OnceLock<SourceId> = std::sync::OnceLock::new();

async fn what_is_taken_away_comes_back_where_it_stopped(bed: &Bed) {
    let id = add(bed, "desa").await;
    let next = Cursor(serde_json::json!({ "etag": "satu" }));
    let batch = [entry("desa", "1", "kabar", at("08:10"))];
    bed.store.save(&id, &batch, Some(&next), at("08:10")).await.unwrap();
    bed.store.remove_source(&keeper(), &id, at("09:00")).await.unwrap();
    assert_eq!(ids(bed).await, Vec::<String>::new());
    let twice = bed.store.remove_source(&keeper(), &id, at("09:01")).await;
    assert!(matches!(twice, Err(StoreError::NotFound { .. })), "{twice:?}");
    assert_eq!(add(bed, "desa").await, id);
    assert_eq!(bed.store.cursor(&id).await.unwrap(), Some(next));
    assert_eq!(bed.store.sources(at("09:30")).await.unwrap()[0].items, 1);
    assert_eq!(log(bed, "desa").await.iter().filter(|event| event.starts_with("source.")).count(), 3);
}

async fn the_settings_take_over_what_was_added_under_the_same_id(bed: &Bed) {
    add(bed, "desa").await;
    bed.store.set_sources(&[feed("desa")]).await.unwrap();
    let all = bed.store.sources(at("09:00")).await.unwrap();
    assert_eq!((all.len(), all[0].added.clone()), (1, None));
}
