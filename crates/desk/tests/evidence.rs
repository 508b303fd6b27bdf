//! Copies of pages on the case page: asked for with one button, each shown with where it stands.
#![allow(clippy::unwrap_used, reason = "a call that fails fails the test")]
mod bed;

use axum::http::StatusCode;
use bed::Bed;
use saring_domain::{CaseId, EvidenceState, Queue, SealedFile, Settled};
use saring_store::traits::{Evidences as _, Jobs as _};

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
    bed.store.settle(&id, &Settled::Sealed(vec![file], None), "Saring", job.id, bed::now()).await.unwrap();
    let (_, body) = browser.get(&page).await;
    assert!(body.contains("tersegel") && body.contains(&"ab".repeat(32)), "{body}");
    let case = CaseId::from(case);
    let all = bed.store.evidence_of(&"sukamaju".into(), Some(&case), 9).await.unwrap();
    assert!(all.iter().any(|one| one.state == EvidenceState::Sealed));
    let (_, body) = bed.signed_in("audit").await.get(&page).await;
    assert!(body.contains("tersegel") && !body.contains(&post), "who only reads has no button");
}
