use super::*;
use crate::known::Known;
use crate::model::trees::{Node, Trees};
use saring_domain::Claim;
use std::sync::Arc;

fn claim(id: &str, title: &str) -> Claim {
    serde_json::from_value(serde_json::json!({"id": id, "title": title})).unwrap()
}

fn best(index: &ClaimIndex, post: &str) -> Vec<String> {
    let ranked = index.search(&words(post), None, 10);
    assert!(ranked.iter().all(|r| r.lexical.is_finite()));
    index.hits(&ranked, None, 5).iter().map(|hit| index.claims()[hit.claim as usize].id.to_string()).collect()
}

fn invented() -> Vec<Claim> {
    vec![
        claim("a", "Air Rebusan Daun Kelorang Menyembuhkan Demam Burung dalam Tiga Hari"),
        claim("b", "Jembatan Sungai Wirasana Ambruk Akibat Gempa 2 Mei"),
        claim("c", "Bupati Karangsuma Membagikan Uang Rp 500 Ribu Lewat Tautan WhatsApp"),
        claim("d", ""),
        claim("e", "Gempa"),
    ]
}

#[test]
fn a_post_finds_its_claim_in_other_forms_of_the_words() {
    let index = ClaimIndex::new(&invented(), Arc::default());
    assert_eq!(best(&index, "minum rebusan daun kelorang, demam burung sembuhhh tiga hari!!")[0], "a");
    assert_eq!(best(&index, "pak bupati karangsuma bagi2 duit 500 ribu, klik link wa ini")[0], "c");
    assert_eq!(best(&index, "jembatan wirasana ambruk kena gempa")[0], "b");
}

#[test]
fn the_text_of_an_english_claim_is_searched_beside_its_title() {
    let with = |id: &str, title: &str, text: &str| Claim { text: text.into(), ..claim(id, title) };
    let index = ClaimIndex::new(
        &[
            with(
                "en",
                "A Mayor's Secret?",
                "The mayor of Wirasana was caught hiding a giant lizard in his office.",
            ),
            with(
                "id",
                "Buaya Masuk Pasar Wirasana",
                "Video itu direkam di Kebun Binatang Anu pada tahun 2015.",
            ),
        ],
        Arc::default(),
    );
    assert_eq!(best(&index, "they say a lizard is hidden in offices of the mayors"), ["en"]);
    assert_eq!(best(&index, "direkam di kebun binatang"), [""; 0]);
    let wordings: Vec<_> = index.wordings().collect();
    assert!(
        wordings[0].ends_with("in his office.") && wordings[1] == "Buaya Masuk Pasar Wirasana",
        "{wordings:?}"
    );
}

#[test]
fn english_titles_are_ordered_by_trees_of_their_own() {
    let titles = ["The Lizard Was in the Market of Wirasana", "The Lizard Was in the School of Wirasana"];
    let claims: Vec<Claim> = titles.iter().map(|title| claim(title, title)).collect();
    let leaf = |value| Node { feature: Node::LEAF, left: 0, value };
    // trees that want the title with more, and with fewer, of its words in the post
    let by_cover = |low, high| {
        let root = Node { feature: 1, left: 1, value: 0.9 };
        Trees { base: 0.0, trees: vec![vec![root, leaf(low), leaf(high)]] }
    };
    let weights = Weights {
        learnt: Learnt {
            order: by_cover(-9.0, 9.0),
            english: Some(Box::new(Learnt { order: by_cover(9.0, -9.0), ..Learnt::default() })),
            ..Learnt::default()
        },
        ..Weights::default()
    };
    let index = ClaimIndex::new(&claims, Arc::new(weights));
    let first = |post: &str| {
        let post = words(post);
        index.best(&post, index.search(&post, None, 9), 1).ranked[0].group
    };
    assert_eq!(first("the lizard was in the market of wirasana"), 1);
    assert_eq!(first("lizard di market wirasana, kata orang itu"), 0);
}

#[test]
fn texts_without_words_find_nothing() {
    let index = ClaimIndex::new(&invented(), Arc::default());
    for post in ["", "🙂🙂", "https://a.example/jembatan", "di ke dari"] {
        assert_eq!(best(&index, post), [""; 0], "{post}");
    }
    assert_eq!(best(&ClaimIndex::default(), "gempa"), [""; 0]);
}

#[test]
fn claims_added_later_are_found_before_and_after_a_rebuild() {
    let mut index = ClaimIndex::new(&invented(), Arc::default());
    index.add(&[claim("f", "Kucing Desa Pelangi Bisa Membaca Koran")]);
    assert_eq!(best(&index, "kucing di desa pelangi membaca koran")[0], "f");
    let many: Vec<Claim> =
        (0..600).map(|n| claim(&format!("m{n}"), &format!("Kabar nomor {n} tentang sawah"))).collect();
    index.add(&many);
    assert_eq!(best(&index, "kucing di desa pelangi membaca koran")[0], "f");
    assert_eq!(best(&index, "kabar sawah nomor 417")[0], "m417");
}

#[test]
fn claims_added_in_many_pieces_are_found_as_if_given_at_once() {
    let title = |n: usize| format!("Kabar {n} gempa di desa {} dan sawah {}", n % 97, n % 13);
    let many: Vec<Claim> = (0..9000).map(|n| claim(&format!("m{n}"), &title(n))).collect();
    let whole = ClaimIndex::new(&many, Arc::default());
    let mut pieces = ClaimIndex::new(&many[..5000], Arc::default());
    many[5000..].chunks(700).for_each(|piece| pieces.add(piece));
    assert_eq!(pieces.len(), whole.len());
    for n in [3, 4999, 5000, 5700, 6417, 8999] {
        let post = title(n);
        assert_eq!(best(&pieces, &post)[0], format!("m{n}"));
        assert_eq!(best(&pieces, &post)[0], best(&whole, &post)[0]);
    }
}

#[test]
fn a_hundred_thousand_equal_titles_do_not_hide_the_next_one() {
    let mut claims: Vec<Claim> =
        (0..100_000).map(|n| claim(&format!("s{n}"), "Undian Berhadiah Bank Purnama")).collect();
    claims.push(claim("other", "Undian Berhadiah Toko Samudra"));
    let index = ClaimIndex::new(&claims, Arc::default());
    let ranked = index.search(&words("undian berhadiah bank purnama"), None, 5);
    assert_eq!(ranked.len(), 2);
    assert_eq!(best(&index, "undian berhadiah bank purnama")[..2], ["s0", "s1"]);
}

#[test]
fn a_claim_newer_than_the_post_is_left_out() {
    let mut claims = invented();
    claims[1].date = Some(jiff::civil::date(2024, 5, 3));
    let index = ClaimIndex::new(&claims, Arc::default());
    let post = words("jembatan sungai wirasana ambruk");
    for (day, found) in [(jiff::civil::date(2024, 5, 2), false), (jiff::civil::date(2024, 5, 3), true)] {
        let ranked = index.search(&post, Some(day), 5);
        let hits = index.hits(&ranked, Some(day), 5);
        assert_eq!(hits.iter().any(|hit| hit.claim == 1), found, "{day}");
    }
}

#[test]
fn hostile_texts_find_what_they_say() {
    let known = Known { claims: ClaimIndex::new(&invented(), Arc::default()), ..Known::default() };
    let claim = "jembatan sungai wirasana ambruk akibat gempa 2 mei ";
    for post in [
        claim.repeat(4_000),
        format!("{}{claim}", "gempa ".repeat(10_000)),
        format!("{claim}{}", "a".repeat(200_000)),
        (0..30_000).map(|n| format!("kata{n} ")).chain([claim.to_owned()]).collect(),
    ] {
        let found = crate::detect::known_claim::matches(&known, &post, None, 5);
        assert_eq!(found[0].id.as_str(), "b");
    }
}

#[test]
fn a_search_is_the_same_whatever_was_searched_before() {
    let small = ClaimIndex::new(&invented(), Arc::default());
    let many: Vec<Claim> =
        (0..3000).map(|n| claim(&format!("m{n}"), &format!("Kabar {n} gempa sawah {}", n % 7))).collect();
    let large = ClaimIndex::new(&many, Arc::default());
    let post = words("gempa jembatan wirasana sawah 3");
    let alone = (small.search(&post, None, 9), large.search(&post, None, 9));
    for _ in 0..3 {
        large.search(&words("kabar 17 gempa"), None, 9);
        assert_eq!((small.search(&post, None, 9), large.search(&post, None, 9)), alone);
    }
}

/// Development figures of the ranking alone; needs the research data.
#[test]
fn ranking_on_development_posts() {
    let Ok(data) = std::env::var("SARING_DATA") else { return println!("skipped: SARING_DATA not set") };
    let read =
        |file: &str| crate::train::read_jsonl(&std::path::Path::new(&data).join("hoax").join(file)).unwrap();
    let claims: Vec<Claim> =
        read("claims.jsonl").into_iter().map(|v| serde_json::from_value(v).unwrap()).collect();
    let posts = read("pairs_train.jsonl");
    let texts: Vec<Vec<Word>> = posts.iter().map(|p| words(p["query"].as_str().unwrap())).collect();
    let weights = Weights { background: Background::count(&texts, 2), ..Weights::default() };
    let start = std::time::Instant::now();
    let index = ClaimIndex::new(&claims, Arc::new(weights));
    println!("built in {:?}", start.elapsed());
    let mut same: std::collections::HashMap<String, Vec<String>> = std::collections::HashMap::new();
    for cluster in read("clusters_dev.jsonl") {
        let ids: Vec<String> =
            cluster["claims"].as_array().unwrap().iter().map(|c| c["id"].as_str().unwrap().into()).collect();
        for id in &ids {
            same.insert(id.clone(), ids.clone());
        }
    }
    let (mut mrr, mut first, mut fifty, mut n) = (0.0, 0, 0, 0);
    let start = std::time::Instant::now();
    for p in read("pairs_dev.jsonl") {
        let ranked = index.search(&words(p["query"].as_str().unwrap()), None, 50);
        let hits = index.hits(&ranked, None, 50);
        let gold = p["claim_id"].as_str().unwrap();
        let right = |id: &str| id == gold || same.get(gold).is_some_and(|ids| ids.iter().any(|x| x == id));
        let at = hits.iter().position(|hit| right(index.claims()[hit.claim as usize].id.as_str()));
        n += 1;
        mrr += at.filter(|&at| at < 10).map_or(0.0, |at| 1.0 / (at + 1) as f64);
        first += usize::from(at == Some(0));
        fifty += usize::from(at.is_some());
    }
    let share = |x: usize| x as f64 / n as f64;
    println!(
        "dev MRR@10 {:.4} R@1 {:.4} R@50 {:.4}, {:?} a post",
        mrr / n as f64,
        share(first),
        share(fifty),
        start.elapsed() / n
    );
    assert!(mrr / n as f64 >= 0.76);
}
