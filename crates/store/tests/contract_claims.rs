//! The list of claims, on both engines.
#![allow(clippy::unwrap_used, reason = "a contract test fails by panicking")]
mod bed;

use bed::{Bed, at, contract};
use saring_domain::Claim;
use saring_store::traits::Claims as _;

contract! {
    an_import_tells_new_changed_and_unchanged,
    words_find_claims_in_title_and_text,
    a_changed_claim_is_found_by_its_new_words_only,
    without_words_the_newest_come_first,
}

fn claim(id: &str, title: &str, text: &str) -> Claim {
    Claim {
        id: id.into(),
        title: title.into(),
        text: text.into(),
        url: Some(format!("https://periksa.example/{id}")),
        date: None,
        verdict: Some("Salah".into()),
        source: Some("Periksa Contoh".into()),
    }
}

async fn import(bed: &Bed, claims: &[Claim]) -> (u32, u32, u32) {
    bed.store.import_claims(claims, at("08:00")).await.unwrap()
}

async fn found(bed: &Bed, words: &str) -> Vec<String> {
    let (claims, total) = bed.store.find_claims(words, 0, 10).await.unwrap();
    assert_eq!(total, claims.len() as u64);
    claims.into_iter().map(|claim| claim.id.0).collect()
}

async fn an_import_tells_new_changed_and_unchanged(bed: &Bed) {
    let list = [claim("a", "Air sumur beracun", ""), claim("b", "Pasar tutup\0 sepekan", "")];
    assert_eq!(import(bed, &list).await, (2, 0, 0));
    let generation = bed.store.claims_generation().await.unwrap();
    assert_eq!(import(bed, &list).await, (0, 0, 2));
    assert_eq!(bed.store.claims_generation().await.unwrap(), generation, "nothing changed");
    let next = [
        claim("a", "Air sumur beracun", "Tidak benar."),
        claim("c", "Sekolah libur", ""),
        claim("c", "Sekolah libur lama", ""),
    ];
    assert_eq!(import(bed, &next).await, (1, 1, 0), "a list may name a claim twice");
    let (all, later) = bed.store.claims().await.unwrap();
    assert!(later > generation);
    assert_eq!(all.iter().map(|claim| claim.id.as_str()).collect::<Vec<_>>(), ["a", "b", "c"]);
    assert_eq!(bed.store.claim(&"c".into()).await.unwrap().unwrap().title, "Sekolah libur lama");
    assert_eq!(bed.store.claim(&"a".into()).await.unwrap().unwrap(), next[0]);
    assert_eq!(bed.store.claim(&"x".into()).await.unwrap(), None);
    assert_eq!(bed.number("SELECT COUNT(*) FROM audit").await, 2);
}

async fn words_find_claims_in_title_and_text(bed: &Bed) {
    let list = [
        claim("a", "Kabar pasar", "Kabar lama tentang jembatan yang retak di desa sebelah."),
        claim("b", "Jembatan retak", "Sudah diperiksa."),
        claim("c", "Sekolah libur", "Tidak ada libur."),
    ];
    import(bed, &list).await;
    assert_eq!(found(bed, "jembatan RETAK").await, ["b", "a"], "the title weighs more");
    assert_eq!(found(bed, "jemb").await.len(), 2, "the beginning of a word is enough");
    assert_eq!(found(bed, "jembatan libur").await, Vec::<String>::new(), "all words must occur");
    for odd in ["\"", "AND OR (", "a' | b:*", "@budi", "!!!"] {
        assert_eq!(found(bed, odd).await, Vec::<String>::new(), "{odd}");
    }
}

async fn a_changed_claim_is_found_by_its_new_words_only(bed: &Bed) {
    import(bed, &[claim("a", "Jembatan retak", "")]).await;
    import(bed, &[claim("a", "Sekolah libur", "")]).await;
    assert_eq!(found(bed, "jembatan").await, Vec::<String>::new());
    assert_eq!(found(bed, "sekolah").await, ["a"]);
}

async fn without_words_the_newest_come_first(bed: &Bed) {
    let list: Vec<Claim> = (1..=30)
        .map(|day| Claim {
            date: format!("2026-09-{day:02}").parse().ok(),
            ..claim(&format!("k{day}"), "Kabar", "")
        })
        .chain([claim("tanpa", "Kabar", "")])
        .collect();
    import(bed, &list).await;
    let (page, total) = bed.store.find_claims(" ", 1, 2).await.unwrap();
    assert_eq!(total, 31);
    assert_eq!(page.iter().map(|claim| claim.id.as_str()).collect::<Vec<_>>(), ["k29", "k28"]);
    let (last, _) = bed.store.find_claims("", 30, 2).await.unwrap();
    assert_eq!(last[0].id.as_str(), "tanpa", "what has no date comes last");
}
