//! Copies of pages: asked for with one button, shown with where they stand, handed over and held by two people, and told
//! of when they are deleted.
#![allow(clippy::unwrap_used, reason = "a call that fails fails the test")]
mod bed;

use async_trait::async_trait;
use axum::http::StatusCode;
use bed::{Bed, PASSWORD, now};
use jiff::SignedDuration;
use saring_desk::SealedCopies;
use saring_domain::{
    CaseId, Custody, CustodyStep, Evidence, EvidenceId, EvidenceState, Office, Queue, Retention, SealedFile,
    Settled, Trouble, TroubleCode,
};
use saring_store::sealed::Vault;
use saring_store::traits::{Audit as _, Evidences as _, Jobs as _, Reports as _};
use std::sync::Arc;

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n gambar";

/// Sealed files in a vault of their own; the zip is the summary alone.
struct Copies(Vault);

#[async_trait]
impl SealedCopies for Copies {
    async fn file(&self, evidence: &Evidence, name: &str) -> Result<Vec<u8>, String> {
        self.0.read(&evidence.id, name).map_err(|error| error.to_string())
    }
    async fn flaws(&self, evidence: &Evidence) -> Result<Vec<String>, String> {
        Ok(self.0.flaws(&evidence.id, &evidence.files))
    }
    async fn bundle(&self, evidence: &Evidence, office: &Office, locale: &str) -> Result<Vec<u8>, String> {
        Ok(format!("zip {} {} {locale}", evidence.id, office.id).into_bytes())
    }
}

/// A desk with a vault, and a case with a sealed page and its picture.
async fn sealed() -> (Bed, tempfile::TempDir, Vault, CaseId, EvidenceId) {
    let folder = tempfile::tempdir().unwrap();
    let vault = Vault::new(folder.path().join("bukti"));
    let copies: Arc<dyn SealedCopies> = Arc::new(Copies(vault.clone()));
    let bed = Bed::with(|config| config.copies = Some(copies)).await;
    let case = CaseId::from(bed.cases(Queue::Hoax).await.remove(0));
    bed.store.ask_for_case(&"sukamaju".into(), &case, "Dewi", "Saring", now()).await.unwrap();
    let job = bed.store.lease("evidence", 1, 60, now()).await.unwrap().remove(0);
    let id = EvidenceId::from(job.subject.as_str());
    let files = vault.seal(&id, &[("page.warc.gz", b"warc"), (SealedFile::PICTURE, PNG)]).unwrap();
    let (tool, note) = ("Chrome 156".to_owned(), Some("1280 x 900".to_owned()));
    let link = Custody { at: now(), who: None, step: CustodyStep::Pictured, tool, note };
    let settled = Settled::Sealed(files, None, vec![link]);
    bed.store.settle(&id, &settled, "Saring", job.id, now()).await.unwrap();
    (bed, folder, vault, case, id)
}

#[tokio::test]
async fn a_piece_is_shown_with_its_chain_its_hashes_and_its_picture_behind_a_click() {
    let (bed, _folder, vault, case, id) = sealed().await;
    let mut browser = bed.signed_in("audit").await;
    let (_, body) = browser.get(&format!("/kasus/{case}")).await;
    assert!(body.contains(&format!("/bukti/{id}")) && body.contains("bergambar"), "{body}");
    let (status, body) = browser.get(&format!("/bukti/{id}")).await;
    assert_eq!(status, StatusCode::OK);
    for part in [
        "bukti ini utuh",
        "difoto dari salinan",
        "Chrome 156",
        "<details",
        "loading=\"lazy\"",
        "picture.png",
        "belum ada",
    ] {
        assert!(body.contains(part), "{part}: {body}");
    }
    assert!(!body.contains("/serah"), "who only reads hands nothing over");
    let picture = format!("/bukti/{id}/gambar");
    let (status, _) = browser.get(&picture).await;
    assert_eq!((status, browser.headers["content-type"].as_bytes()), (StatusCode::OK, &b"image/png"[..]));
    assert!(browser.get("/bukti").await.1.contains(&format!("/bukti/{id}")));
    let mut stranger = bed.signed_in("asing").await;
    for path in
        [format!("/bukti/{id}"), picture, format!("/bukti/{id}/serah"), format!("/kasus/{case}/tahan")]
    {
        assert_eq!(stranger.get(&path).await.0, StatusCode::NOT_FOUND, "{path}");
    }
    assert!(!stranger.get("/bukti").await.1.contains(id.as_str()));
    vault.wipe(&id).unwrap();
    let (_, body) = browser.get(&format!("/bukti/{id}")).await;
    assert!(body.contains("beri tahu pengawas") && body.contains("page.warc.gz: cannot be read"), "{body}");
}

#[tokio::test]
async fn why_a_page_was_not_taken_is_said_in_the_language_of_the_screen() {
    let (bed, _folder, _vault, case, _) = sealed().await;
    bed.store.ask_for_case(&"sukamaju".into(), &case, "Dewi", "Saring", now()).await.unwrap();
    let job = bed.store.lease("evidence", 1, 60, now()).await.unwrap().remove(0);
    let id = EvidenceId::from(job.subject.as_str());
    let trouble = Trouble {
        code: TroubleCode::Gone,
        about: "https://warta.example/1".into(),
        detail: "410".into(),
        message: "https://warta.example/1 answers 410: there is nothing; correct the address".into(),
    };
    let settled = Settled::Without(EvidenceState::Gone, trouble.note());
    bed.store.settle(&id, &settled, "Saring", job.id, now()).await.unwrap();
    let mut browser = bed.signed_in("audit").await;
    let says = "https://warta.example/1 menjawab 410: halamannya sudah tidak ada";
    let (_, page) = browser.get(&format!("/bukti/{id}")).await;
    assert_eq!(page.matches(says).count(), 2, "beside the state and in the chain: {page}");
    assert!(!page.contains("answers 410"), "{page}");
    browser.post("/akun/bahasa", &[("bahasa", "en"), ("kembali", "/")]).await;
    let (_, page) = browser.get(&format!("/bukti/{id}")).await;
    assert!(page.contains("answers 410: the page is no longer there"), "{page}");
}

#[tokio::test]
async fn evidence_leaves_the_desk_by_two_keys_and_stands_in_the_log() {
    let (bed, _folder, vault, _, id) = sealed().await;
    let path = format!("/bukti/{id}/serah");
    let mut browser = bed.signed_in("dewi").await;
    let (_, form) = browser.get(&path).await;
    assert!(form.contains("name=\"sandi_kedua\"") && form.contains("Dewi Larasati"), "{form}");
    let leaves = bed.store.size().await.unwrap();
    let with = |to: &'static str, own: &'static str, second: &'static str, password: &'static str| {
        [
            ("kepada", to),
            ("alasan", "surat 12/2026"),
            ("sandi", own),
            ("kedua", second),
            ("sandi_kedua", password),
        ]
    };
    for (fields, says) in [
        (with("", PASSWORD, "sri", PASSWORD), "Isi penerima dan alasan"),
        (with("Dewan Pers", "salah-sekali-1", "sri", PASSWORD), "kode Anda tidak cocok"),
        (with("Dewan Pers", PASSWORD, "sri", "salah-sekali-1"), "orang kedua tidak cocok"),
        (with("Dewan Pers", PASSWORD, "asing", PASSWORD), "bukan dari kantor ini"),
        (with("Dewan Pers", PASSWORD, "dewi", PASSWORD), "orang yang sama"),
        (with("Dewan Pers", PASSWORD, "audit", PASSWORD), "Hanya operator dan kepala"),
        (with("Dewan Pers", PASSWORD, "bagus", PASSWORD), "harus kepala humas"),
    ] {
        let (status, body) = browser.post(&path, &fields).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{says}");
        assert!(body.contains(says) && !body.contains(PASSWORD), "{says}: {body}");
        assert!(body.contains("surat 12/2026"), "what was typed is given back");
    }
    assert_eq!(bed.store.size().await.unwrap(), leaves, "nothing was recorded");
    let (status, body) = browser.post(&path, &with("Dewan Pers", PASSWORD, "sri", PASSWORD)).await;
    assert_eq!((status, body), (StatusCode::OK, format!("zip {id} sukamaju id")));
    assert_eq!(browser.headers["content-type"], "application/zip");
    let last = bed.store.custody(&id).await.unwrap().pop().unwrap();
    assert_eq!(
        (last.step, last.who.as_deref()),
        (CustodyStep::Transferred, Some("Dewi Larasati, Sri Wahyuni"))
    );
    assert_eq!(bed.store.size().await.unwrap(), leaves + 1);
    assert!(browser.get(&format!("/bukti/{id}")).await.1.contains("Dewan Pers: surat 12/2026"));
    vault.wipe(&id).unwrap();
    let (status, body) = browser.post(&path, &with("Dewan Pers", PASSWORD, "sri", PASSWORD)).await;
    assert!(status == StatusCode::UNPROCESSABLE_ENTITY && body.contains("tidak utuh"), "{body}");
}

#[tokio::test]
async fn a_hold_at_the_desk_takes_two_people_and_a_day_and_its_end_is_told() {
    let (bed, _folder, vault, case, id) = sealed().await;
    let path = format!("/kasus/{case}/tahan");
    let mut browser = bed.signed_in("sri").await;
    let with = |day: &'static str| {
        [
            ("sampai", day),
            ("alasan", "sengketa"),
            ("sandi", PASSWORD),
            ("kedua", "dewi"),
            ("sandi_kedua", PASSWORD),
        ]
    };
    for day in ["", "kemarin", "2026-11-23", "2027-11-25"] {
        let (status, body) = browser.post(&path, &with(day)).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{day}");
        assert!(body.contains("paling lama setahun ke depan"), "{day}: {body}");
    }
    let (status, _) = browser.post(&path, &with("2027-01-31")).await;
    assert_eq!(status, StatusCode::SEE_OTHER);
    let back = browser.location().to_owned();
    let (_, body) = browser.get(&back).await;
    assert!(body.contains("Isi kasus ditahan.") && body.contains("31 Januari 2027"), "{body}");
    assert!(body.contains("Sri Wahyuni, Dewi Larasati"), "{body}");
    let days = |days: i64| now() + SignedDuration::from_hours(24 * days);
    let retention = Retention::default();
    for day in [20, 40] {
        bed.store.purge(&retention, days(day)).await.unwrap();
    }
    assert_eq!(bed.store.evidence(&"sukamaju".into(), &id).await.unwrap().state, EvidenceState::Sealed);
    let (_, body) = bed.signed_in("sri").await.get("/bukti/terhapus").await;
    assert!(body.contains(case.as_str()) && body.contains("Tidak ada bukti yang dihapus"), "{body}");
    bed.store.purge(&retention, days(70)).await.unwrap();
    vault.wipe(&id).unwrap();
    let mut auditor = bed.signed_in("audit").await;
    let (_, body) = auditor.get("/bukti/terhapus?dari=2026-11-01&sampai=2027-03-01").await;
    assert!(body.contains("1 bukti masih berberkas"), "{body}");
    bed.store.wiped(&id, days(70)).await.unwrap();
    let (_, body) = auditor.get("/bukti/terhapus?dari=2026-11-01&sampai=2027-03-01").await;
    for part in [
        id.as_str(),
        case.as_str(),
        "masa simpan yang dibiarkan lewat (24 jam)",
        "Pernah ditahan",
        "picture.png",
    ] {
        assert!(body.contains(part), "{part}: {body}");
    }
    assert!(!body.contains("http") && !body.contains("masih berberkas"), "{body}");
}

#[tokio::test]
async fn a_copy_is_asked_for_with_one_button_and_shown_when_it_is_sealed() {
    let bed = Bed::new().await;
    let case = bed.cases(Queue::Hoax).await.remove(0);
    let (page, post) = (format!("/kasus/{case}"), format!("/kasus/{case}/bukti"));
    let mut browser = bed.signed_in("dewi").await;
    let (_, body) = browser.get(&page).await;
    assert!(body.contains("Belum ada salinan") && body.contains(&post), "{body}");
    let (status, _) = browser.post(&post, &[]).await;
    assert_eq!((status, browser.location()), (StatusCode::SEE_OTHER, page.as_str()));
    assert!(browser.get(&page).await.1.contains("menunggu diambil"));
    let job = bed.store.lease("evidence", 1, 60, bed::now()).await.unwrap().remove(0);
    let file = SealedFile { name: "page.warc.gz".into(), bytes: 7, sha256: "ab".repeat(32) };
    let id = job.subject.as_str().into();
    bed.store
        .settle(&id, &Settled::Sealed(vec![file], None, Vec::new()), "Saring", job.id, bed::now())
        .await
        .unwrap();
    let (_, body) = browser.get(&page).await;
    assert!(body.contains("tersegel") && body.contains(&"ab".repeat(32)), "{body}");
    let case = CaseId::from(case);
    let all = bed.store.evidence_of(&"sukamaju".into(), Some(&case), 9).await.unwrap();
    assert!(all.iter().any(|one| one.state == EvidenceState::Sealed));
    let (_, body) = bed.signed_in("audit").await.get(&page).await;
    assert!(body.contains("tersegel") && !body.contains(&post), "who only reads has no button");
}
