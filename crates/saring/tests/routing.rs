//! Several offices in one house: what is read goes to the office that it concerns, and to nobody else.
#![allow(clippy::unwrap_used, reason = "a call that fails fails the test")]

mod office;

use jiff::Timestamp;
use office::posts::entry;
use saring::config::{Config, TEMPLATE};
use saring::services::analyse::Judge;
use saring::wiring::{self, House};
use saring_domain::{Claim, OfficeId, Person, Role};
use saring_store::StoreError;
use saring_store::traits::{Captures as _, Cases as _, Claims as _, People as _};
use saring_store::views::{Credentials, QueueFilter, QueueRow};
use std::path::Path;
use std::sync::Arc;

const CLAIM: &str = "Air ledeng warga bercampur racun tikus dan menewaskan ternak";

/// A regency with two districts below it; names of both districts are found in other regencies and provinces too.
const BELOW: &str = r#"
[[office]]
id = "gondang"
name = "Polsek Gondang"
parent = "kantor"
covers = ["35.04.09"]
institution_names = ["Polsek Gondang"]
zone = "Asia/Jakarta"

[[office]]
id = "bandung"
name = "Polsek Bandung"
parent = "kantor"
covers = ["35.04.17"]
institution_names = ["Polsek Bandung"]
zone = "Asia/Jakarta"
"#;

async fn house(folder: &Path) -> Arc<House> {
    let text = TEMPLATE
        .replace("contact = \"\"", "contact = \"humas@tulungagung.example\"")
        .replace("covers = []", "covers = [\"35.04\"]")
        .replace("institution_names = []", "institution_names = [\"Polres Tulungagung\"]");
    Arc::new(wiring::open(Config::parse(&(text + BELOW), folder).unwrap()).await.unwrap())
}

async fn staff(house: &House, office: &str) {
    let person = Person {
        id: office.into(),
        login: office.into(),
        name: office.into(),
        role: Role::Operator,
        office: office.into(),
        locale: "id".into(),
    };
    let password = saring_desk::hash_password("sandi-uji-kantor-1").unwrap();
    let credentials = Credentials { person, password, totp: None, totp_step: None, disabled: false };
    house.store.put_person(&credentials, Timestamp::now()).await.unwrap();
}

/// What waits at an office.
async fn queue(house: &House, office: &str) -> Vec<QueueRow> {
    let filter = QueueFilter { limit: 50, ..QueueFilter::default() };
    house.store.queue(&office.into(), &filter).await.unwrap().0
}

/// Reads and judges the posts; gives the office of each, by its place.
async fn sent(house: &Arc<House>, judge: &mut Judge, from: usize, posts: &[&str]) -> Vec<OfficeId> {
    let entries: Vec<_> =
        posts.iter().enumerate().map(|(at, text)| entry(from + at, text, Timestamp::now())).collect();
    house.store.save(&"grup".into(), &entries, None, Timestamp::now()).await.unwrap();
    judge.drain(|_| ()).await.unwrap();
    let mut out = Vec::new();
    for (_, item) in &entries {
        for office in ["kantor", "gondang", "bandung"] {
            for row in queue(house, office).await {
                let view = house.store.case(&office.into(), &row.case.id).await.unwrap();
                if view.copies.iter().any(|copy| copy.item == item.id) {
                    out.push(OfficeId::from(office));
                }
            }
        }
    }
    assert_eq!(out.len(), posts.len(), "each stands in one case of one office: {out:?}");
    out
}

#[tokio::test]
async fn posts_go_to_the_office_whose_place_or_institution_they_name() {
    let folder = tempfile::tempdir().unwrap();
    let house = house(folder.path()).await;
    let claim = serde_json::json!({"id": "c1", "title": CLAIM, "verdict": "Salah", "date": "2026-01-02"});
    let claim: Claim = serde_json::from_value(claim).unwrap();
    house.store.import_claims(&[claim], Timestamp::now()).await.unwrap();
    let mut judge = Judge::new(Arc::clone(&house)).await.unwrap();
    let at = |place: &str| format!("{CLAIM}, kejadian di {place}. Sebarkan!");

    // where nobody decides nothing is sent: it stays with the office above
    let lonely = sent(&house, &mut judge, 1, &[&at("Kecamatan Gondang")]).await;
    assert_eq!(lonely, ["kantor".into()]);
    for office in ["kantor", "gondang", "bandung"] {
        staff(&house, office).await;
    }

    let complaint = "Sudah tiga kali lapor motor hilang ke Polsek Bandung tidak ada tindak lanjut, pelayanan macam \
                     apa ini, tolong ditanggapi";
    let posts = [
        // the name is one of five districts of the country: that of the office's own area is meant
        at("Kecamatan Gondang dekat pasar sapi"),
        at("Kecamatan Bandung sebelah utara lapangan"),
        // both below: the office above them
        at("Kecamatan Gondang dan Kecamatan Bandung sekaligus"),
        // another regency of the same district name is none of theirs
        at("Kecamatan Gondang, Nganjuk"),
        at("Tulungagung"),
        "Harga emas turun".to_owned() + ", " + CLAIM,
        complaint.to_owned(),
    ];
    let posts: Vec<&str> = posts.iter().map(String::as_str).collect();
    let expect = ["gondang", "bandung", "kantor", "kantor", "kantor", "kantor", "bandung"];
    assert_eq!(sent(&house, &mut judge, 10, &posts).await, expect.map(OfficeId::from));

    // an office sees its own cases, and those of others are not there
    let (own, other) = (queue(&house, "gondang").await, queue(&house, "bandung").await);
    assert_eq!((own.len(), other.len()), (1, 2), "a case of the claim, and the complaint");
    let strange = house.store.case(&"gondang".into(), &other[0].case.id).await;
    assert!(matches!(strange, Err(StoreError::NotFound { .. })), "{strange:?}");
    let why = &own[0].case.priority.reasons;
    assert!(why.iter().any(|reason| reason.to_string().contains("Gondang")), "it says why: {why:?}");
}
