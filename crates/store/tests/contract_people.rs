//! People, sessions, one-time links and sign-in failures, on both engines.
#![allow(clippy::unwrap_used, reason = "a call that fails fails the test")]
mod bed;

use bed::{Bed, at, contract};
use saring_domain::{Office, Person, Role};
use saring_store::StoreError;
use saring_store::traits::{Audit, People};
use saring_store::views::Credentials;

contract! {
    offices_keep_their_order_and_their_names,
    a_person_is_put_and_read_back_with_one_leaf,
    a_login_belongs_to_one_person,
    resetting_a_person_ends_their_sessions,
    a_session_ends_when_idle_or_old,
    a_session_in_use_does_not_go_idle,
    a_closed_account_has_no_session,
    tokens_are_stored_as_given_and_only_match_themselves,
    a_one_time_link_works_once,
    of_many_who_redeem_a_link_one_gets_in,
    a_totp_step_never_works_twice,
    of_many_who_use_a_totp_step_one_gets_in,
    failures_count_within_a_quarter_of_an_hour,
}

fn person(id: &str) -> Person {
    Person {
        id: id.into(),
        login: format!("login-{id}"),
        name: format!("Nama {id}"),
        role: Role::Operator,
        office: "desa".into(),
        locale: "id".into(),
    }
}

fn credentials(id: &str) -> Credentials {
    Credentials {
        person: person(id),
        password: "$argon2id$x".into(),
        totp: Some(vec![1, 2, 3]),
        totp_step: None,
        disabled: false,
    }
}

async fn put(bed: &Bed, id: &str) {
    bed.store.put_person(&credentials(id), at("08:00")).await.unwrap();
}

async fn offices_keep_their_order_and_their_names(bed: &Bed) {
    let office = |id: &str, parent: Option<&str>| Office {
        id: id.into(),
        parent: parent.map(Into::into),
        name: format!("Kantor {id}"),
        covers: vec!["35.03".into()],
        institution_names: vec![],
        zone: "Asia/Jakarta".into(),
        letterhead: vec!["PEMERINTAH DESA".into()],
        signatory: vec![],
    };
    let offices = [office("z", None), office("a", Some("z"))];
    bed.store.set_offices(&offices).await.unwrap();
    assert_eq!(bed.store.offices().await.unwrap(), offices);
    bed.store.set_offices(&offices[1..]).await.unwrap();
    assert_eq!(bed.store.offices().await.unwrap(), offices[1..]);
}

async fn a_person_is_put_and_read_back_with_one_leaf(bed: &Bed) {
    put(bed, "o1").await;
    let read = bed.store.credentials("login-o1").await.unwrap().unwrap();
    assert_eq!((&read.person, read.password.as_str()), (&person("o1"), "$argon2id$x"));
    assert_eq!((read.totp, read.totp_step, read.disabled), (Some(vec![1, 2, 3]), None, false));
    assert!(bed.store.credentials("login-o2").await.unwrap().is_none());
    let leaves = bed.store.entries(0, 10).await.unwrap();
    assert_eq!(leaves.len(), 1);
    assert_eq!((leaves[0].event.as_str(), leaves[0].subject.as_str()), ("person.put", "o1"));
    bed.store.set_locale(&"o1".into(), "en").await.unwrap();
    assert_eq!(bed.store.people().await.unwrap()[0].locale, "en");
    assert!(matches!(
        bed.store.set_locale(&"o9".into(), "en").await,
        Err(StoreError::NotFound { what: "person", .. })
    ));
}

async fn a_login_belongs_to_one_person(bed: &Bed) {
    put(bed, "o1").await;
    let mut other = credentials("o2");
    other.person.login = "login-o1".into();
    let refused = bed.store.put_person(&other, at("08:00")).await;
    assert!(matches!(refused, Err(StoreError::Conflict(why)) if why.contains("belongs to someone else")));
    assert_eq!(bed.store.size().await.unwrap(), 1, "a refused change leaves no leaf");
}

async fn resetting_a_person_ends_their_sessions(bed: &Bed) {
    put(bed, "o1").await;
    bed.store.open_session(&[1; 32], &"o1".into(), "csrf", at("08:00")).await.unwrap();
    bed.store.offer_one_time(&[2; 32], &"o1".into(), at("09:00")).await.unwrap();
    put(bed, "o1").await;
    assert!(bed.store.session(&[1; 32], 900, 3600, at("08:01")).await.unwrap().is_none());
    assert!(bed.store.redeem_one_time(&[2; 32], at("08:01")).await.unwrap().is_none());
}

async fn a_session_ends_when_idle_or_old(bed: &Bed) {
    put(bed, "o1").await;
    bed.store.open_session(&[1; 32], &"o1".into(), "csrf", at("08:00")).await.unwrap();
    let session = bed.store.session(&[1; 32], 900, 7200, at("08:14")).await.unwrap().unwrap();
    assert_eq!((session.person, session.csrf.as_str()), (person("o1"), "csrf"));
    assert_eq!(session.created_at, at("08:00"));
    assert!(bed.store.session(&[1; 32], 900, 7200, at("08:29")).await.unwrap().is_none(), "idle");
    assert!(bed.store.session(&[1; 32], 9000, 72000, at("08:29")).await.unwrap().is_none(), "and gone");
    bed.store.open_session(&[2; 32], &"o1".into(), "csrf", at("08:00")).await.unwrap();
    assert!(bed.store.session(&[2; 32], 9000, 3600, at("09:00")).await.unwrap().is_none(), "too old");
}

async fn a_session_in_use_does_not_go_idle(bed: &Bed) {
    put(bed, "o1").await;
    bed.store.open_session(&[1; 32], &"o1".into(), "csrf", at("08:00")).await.unwrap();
    for clock in ["08:10", "08:20", "08:30"] {
        assert!(bed.store.session(&[1; 32], 900, 7200, at(clock)).await.unwrap().is_some(), "{clock}");
    }
    bed.store.close_session(&[1; 32]).await.unwrap();
    assert!(bed.store.session(&[1; 32], 900, 7200, at("08:31")).await.unwrap().is_none());
}

async fn a_closed_account_has_no_session(bed: &Bed) {
    put(bed, "o1").await;
    bed.store.put_person(&Credentials { disabled: true, ..credentials("o1") }, at("08:00")).await.unwrap();
    bed.store.open_session(&[1; 32], &"o1".into(), "csrf", at("08:00")).await.unwrap();
    assert!(bed.store.session(&[1; 32], 900, 7200, at("08:01")).await.unwrap().is_none());
    bed.store.offer_one_time(&[2; 32], &"o1".into(), at("09:00")).await.unwrap();
    assert!(bed.store.redeem_one_time(&[2; 32], at("08:01")).await.unwrap().is_none());
}

async fn tokens_are_stored_as_given_and_only_match_themselves(bed: &Bed) {
    put(bed, "o1").await;
    bed.store.open_session(&[1; 32], &"o1".into(), "csrf", at("08:00")).await.unwrap();
    assert!(bed.store.session(&[3; 32], 900, 7200, at("08:01")).await.unwrap().is_none());
    let unknown = bed.store.open_session(&[4; 32], &"o9".into(), "csrf", at("08:00")).await;
    assert!(unknown.is_err(), "no session for someone who does not exist");
}

async fn a_one_time_link_works_once(bed: &Bed) {
    put(bed, "o1").await;
    bed.store.offer_one_time(&[1; 32], &"o1".into(), at("09:00")).await.unwrap();
    assert_eq!(bed.store.redeem_one_time(&[1; 32], at("08:59")).await.unwrap(), Some(person("o1")));
    assert_eq!(bed.store.redeem_one_time(&[1; 32], at("08:59")).await.unwrap(), None);
    bed.store.offer_one_time(&[2; 32], &"o1".into(), at("09:00")).await.unwrap();
    assert_eq!(bed.store.redeem_one_time(&[2; 32], at("09:00")).await.unwrap(), None, "run out");
}

async fn of_many_who_redeem_a_link_one_gets_in(bed: &Bed) {
    put(bed, "o1").await;
    bed.store.offer_one_time(&[1; 32], &"o1".into(), at("09:00")).await.unwrap();
    let attempts = (0..8).map(|_| bed.store.redeem_one_time(&[1; 32], at("08:30")));
    let got = futures::future::join_all(attempts).await;
    assert_eq!(got.into_iter().filter(|got| got.as_ref().unwrap().is_some()).count(), 1);
}

async fn a_totp_step_never_works_twice(bed: &Bed) {
    put(bed, "o1").await;
    let id = "o1".into();
    assert!(bed.store.use_totp_step(&id, 100).await.unwrap());
    assert!(!bed.store.use_totp_step(&id, 100).await.unwrap(), "replayed");
    assert!(!bed.store.use_totp_step(&id, 99).await.unwrap(), "an earlier one");
    assert!(bed.store.use_totp_step(&id, 101).await.unwrap());
    assert_eq!(bed.store.credentials("login-o1").await.unwrap().unwrap().totp_step, Some(101));
    put(bed, "o1").await;
    assert!(
        !bed.store.use_totp_step(&id, 101).await.unwrap(),
        "replayed after a reset that knew nothing of it"
    );
    assert!(!bed.store.use_totp_step(&"o9".into(), 100).await.unwrap());
    assert!(!bed.store.use_totp_step(&id, u64::MAX).await.unwrap());
}

async fn of_many_who_use_a_totp_step_one_gets_in(bed: &Bed) {
    put(bed, "o1").await;
    let id = "o1".into();
    let got = futures::future::join_all((0..8).map(|_| bed.store.use_totp_step(&id, 7))).await;
    assert_eq!(got.into_iter().filter(|got| *got.as_ref().unwrap()).count(), 1);
}

async fn failures_count_within_a_quarter_of_an_hour(bed: &Bed) {
    assert_eq!(bed.store.count_failure("login:x", at("08:00")).await.unwrap(), 1);
    assert_eq!(bed.store.count_failure("login:x", at("08:10")).await.unwrap(), 2);
    assert_eq!(bed.store.count_failure("net:y", at("08:10")).await.unwrap(), 1);
    assert_eq!(bed.store.failures("login:x", at("08:15")).await.unwrap(), 2);
    assert_eq!(bed.store.failures("login:x", at("08:16")).await.unwrap(), 1);
    assert_eq!(bed.store.count_failure("login:x", at("08:20")).await.unwrap(), 2);
    bed.store.clear_failures("login:x").await.unwrap();
    assert_eq!(bed.store.failures("login:x", at("08:20")).await.unwrap(), 0);
    assert_eq!(bed.store.failures("net:y", at("08:20")).await.unwrap(), 1);
}
