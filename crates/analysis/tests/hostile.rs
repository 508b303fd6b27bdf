//! Texts and claims made to keep the machine busy get one sound answer each, and work that is bounded. No clock here: the bench
//! `worst` measures time.
#![allow(clippy::unwrap_used, reason = "a call that fails fails the test")]

#[path = "../benches/invented/hostile.rs"]
mod hostile;

use hostile::shapes;
use saring_analysis::claims::words;
use saring_analysis::detect::group_attack::stream;
use saring_analysis::model::Models;
use saring_analysis::{Analyser, Judged, Known, Settings, Stream};
use saring_domain::{Claim, Item, Judgement, Score, Span};
use saring_text::Plain;

/// Claims of the hostile files.
const CLAIMS: usize = 100_000;
const TITLE: &str = "Air Rebusan Daun Kelorang Menyembuhkan Demam Burung dalam 3 Hari";

fn item(id: usize, text: &str, posted_at: Option<&str>) -> Item {
    serde_json::from_value(serde_json::json!({
        "id": format!("i{id}"), "capture": "c", "source": "s", "kind": "post", "account": null, "title": null,
        "text": text, "url": null, "outlet": null, "posted_at": posted_at, "seen_at": "2026-11-24T10:00:00Z",
    }))
    .unwrap()
}

fn claims(title: impl Fn(usize) -> String, date: Option<&str>) -> Vec<Claim> {
    let of = |at: usize| serde_json::json!({"id": format!("c{at}"), "title": title(at), "verdict": "Hoax", "date": date});
    (0..CLAIMS).map(|at| serde_json::from_value(of(at)).unwrap()).collect()
}

fn analyser(claims: &[Claim]) -> Analyser {
    let models = Models::shipped();
    Analyser::new(&models, Known::new(&models, claims).unwrap(), &Settings::default()).unwrap()
}

/// Every score is a probability, every span lies in the text and is not empty, lists are short.
fn assert_sound(what: &str, text: &str, judgement: &Judgement) {
    let scores = [
        judgement.language.score,
        judgement.protected.score,
        judgement.group_attack.score,
        judgement.priority.score,
    ];
    let of_claims = judgement.claims.iter().map(|claim| claim.score);
    let of_places = judgement.places.iter().map(|place| place.score);
    let scores = scores.into_iter().chain(of_claims).chain(of_places).map(Score::get);
    for score in scores.chain(judgement.hate.to_array()) {
        assert!((0.0..=1.0).contains(&score), "{what}: {score}");
    }
    let characters = text.chars().count() as u32;
    let of_claims = judgement.claims.iter().flat_map(|claim| &claim.spans);
    let of_places = judgement.places.iter().flat_map(|place| &place.spans);
    let spans = of_claims.chain(of_places).chain(&judgement.group_attack.spans).copied();
    let because = judgement.spans.iter().map(|span| Span { start: span.start, end: span.end });
    for span in spans.chain(because) {
        assert!(span.start < span.end && span.end <= characters, "{what}: {span:?} of {characters}");
    }
    assert!(judgement.claims.len() <= Settings::default().top, "{what}");
    // a null in the line would be a number that is none
    let line = serde_json::to_value(judgement).unwrap();
    assert!(line["hate"].as_object().unwrap().values().all(serde_json::Value::is_number), "{what}");
}

#[test]
fn every_shape_has_one_sound_answer_whatever_its_length() {
    let analyser = analyser(&claims(|at| format!("{TITLE} kata{at}"), None)[..2000]);
    for length in [1, 17, 1000, 200_000] {
        let (mut stream, mut answers) = (Stream::default(), 0);
        let shapes = shapes(length);
        let items: Vec<Item> =
            shapes.iter().enumerate().map(|(id, (_, text))| item(id, text, None)).collect();
        let single: Vec<Judged> = items.iter().map(|item| analyser.judge_one(item)).collect();
        assert!(analyser.judge(&items) == single, "together another answer than alone, {length} characters");
        for (id, (name, text)) in shapes.iter().enumerate() {
            assert_eq!(text.chars().count(), length, "{name}");
            let item = item(id, text, Some("2026-11-24T10:00:00Z"));
            let mut judged = analyser.judge_one(&item);
            stream.settle(&item, &mut judged);
            assert_sound(name, text, &judged.judgement);
            assert_eq!(judged.judgement.id, format!("i{id}"));
            answers += 1;
        }
        assert_eq!(answers, shapes.len());
    }
}

#[test]
fn what_is_read_of_a_text_grows_no_faster_than_the_text() {
    let (short, long) = (shapes(25_000), shapes(200_000));
    for ((name, short), (_, long)) in short.iter().zip(&long) {
        let counts = |text: &str| {
            let plain = Plain::of(text);
            [plain.tokens.len(), words(text).len(), stream::Stream::of(text, &plain).words.len()]
        };
        for (few, many) in counts(short).into_iter().zip(counts(long)) {
            // eight times the text; work that grows with its square would be 64 times as much
            assert!(many <= 16 * few + 64, "{name}: {few} parts became {many}");
        }
        let words = counts(long)[2];
        assert!(words <= 20_000, "{name}: the heads read {words} words");
    }
}

#[test]
fn many_claims_with_one_title_are_one_title() {
    let claims = claims(|_| TITLE.to_owned(), Some("2026-11-20"));
    let analyser = analyser(&claims);
    assert!(analyser.known().claims.grouped().all(|(_, group)| group == 0));
    let post = "sebarkan: air rebusan daun kelorang menyembuhkan demam burung dalam 3 hari";
    let at = |day: &str| analyser.judge_one(&item(0, post, Some(day))).judgement;
    let judgement = at("2026-11-24T10:00:00Z");
    assert_sound("one title", post, &judgement);
    let ids: Vec<&str> = judgement.claims.iter().map(|claim| claim.id.as_str()).collect();
    assert_eq!(ids, ["c0", "c1", "c2", "c3", "c4"]);
    assert!(judgement.claims.iter().all(|claim| claim.score == judgement.claims[0].score));
    assert!(at("2026-11-18T10:00:00Z").claims.is_empty(), "all were published later");
}

#[test]
fn a_list_of_single_words_is_searched_like_any_other() {
    let analyser = analyser(&claims(|at| format!("kata{at}"), None));
    for post in ["kata77", "kata7 dan kata70 lalu kata700", "sama sekali lain", ""] {
        let judgement = analyser.judge_one(&item(0, post, None)).judgement;
        assert_sound(post, post, &judgement);
        let named = |claim: &saring_domain::ClaimMatch| post.split(' ').any(|word| word == claim.title);
        assert_eq!(
            judgement.claims.first().is_some_and(named),
            post.contains("kata"),
            "{post}: {:?}",
            judgement.claims
        );
    }
    let (_, all) = &shapes(200_000)[3];
    let judgement = analyser.judge_one(&item(0, all, None)).judgement;
    assert_sound("a post of all titles", all, &judgement);
    assert_eq!(judgement.claims.len(), Settings::default().top);
}
