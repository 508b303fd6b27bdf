//! Rows of what the detectors found, and the queue and reasons that follow.

use super::*;
use crate::detect::tests::post;
use saring_domain::{ClaimMatch, PlaceMatch, Protected};

/// `claim:RATING`, `related`, `attack`, `own`, `lane:LANE`, `place:CODE`, `article`, blank-separated.
fn judge(found: &str, text: &str, known: &Known) -> Judgement {
    let mut item = post("i", text);
    let mut judgement = Judgement::blank(item.id.as_str());
    for word in found.split(' ').filter(|word| !word.is_empty()) {
        let (what, value) = word.split_once(':').unwrap_or((word, ""));
        match what {
            "claim" | "related" => judgement.claims.push(ClaimMatch {
                id: "c1".into(),
                title: "t".into(),
                rating: Rating::from_word(value),
                score: Score::new(0.9),
                relation: if what == "claim" { Relation::Same } else { Relation::Related },
                agrees: vec![],
                differs: vec![],
                spans: vec![],
                also: vec![],
                scam: None,
            }),
            "attack" => {
                judgement.labels.push("GroupAttack".into());
                judgement.group_attack.score = Score::new(0.8);
                judgement.group_attack.act = Some(Act::Exclusion);
            }
            "own" => judgement.own_institution = true,
            "lane" => {
                let lane = serde_json::from_value(value.into()).unwrap();
                judgement.protected = Protected { lane: Some(lane), score: Score::new(0.9) };
            }
            "place" => judgement.places.push(PlaceMatch {
                code: value.into(),
                name: format!("Wilayah {value}"),
                score: Score::new(1.0),
                spans: vec![],
                clues: vec![],
            }),
            "article" => item.kind = ItemKind::Article,
            other => panic!("{other}"),
        }
    }
    prioritise(&Subject::of(&item), known, &mut judgement);
    judgement
}

fn office() -> Known {
    Known { covers: vec!["99.01".into()], ..Known::default() }
}

#[test]
fn each_item_stands_where_the_rules_put_it() {
    for (found, queue) in [
        ("", Queue::None),
        ("claim:salah", Queue::Hoax),
        ("claim:menyesatkan own", Queue::Hoax),
        ("claim:entah", Queue::Hoax),
        ("claim:benar", Queue::None),
        ("related:salah", Queue::None),
        ("claim:salah lane:counter_speech", Queue::None),
        ("claim:salah lane:satire", Queue::None),
        ("claim:salah lane:press article", Queue::None),
        ("claim:salah lane:press", Queue::Hoax),
        ("claim:salah lane:question", Queue::Service),
        ("claim:benar lane:question", Queue::Service),
        ("attack", Queue::Hate),
        ("attack claim:salah", Queue::Hoax),
        ("attack own", Queue::None),
        ("attack lane:criticism", Queue::None),
        ("attack lane:complaint own", Queue::Service),
        ("lane:complaint own", Queue::Service),
        ("lane:complaint place:99.01.03", Queue::Service),
        ("lane:complaint place:99", Queue::Service),
        ("lane:complaint place:98.01", Queue::None),
        ("lane:complaint", Queue::None),
        ("lane:criticism own", Queue::None),
        ("own article", Queue::Clipping),
        ("own lane:press", Queue::Clipping),
        ("own", Queue::None),
        ("article place:99.01", Queue::None),
    ] {
        assert_eq!(judge(found, "teks", &office()).queue, queue, "{found}");
    }
    assert_eq!(
        judge("lane:complaint", "teks", &Known::default()).queue,
        Queue::Service,
        "no office: anyone's"
    );
}

#[test]
fn reasons_are_words_and_the_strongest_comes_first() {
    let words = |found, text| -> Vec<String> {
        judge(found, text, &office()).priority.reasons.iter().map(ToString::to_string).collect()
    };
    assert_eq!(
        words("claim:salah place:99.01.03", "vaksin itu racun"),
        [
            "repeats a claim rated false (0.90)",
            "may do harm: health",
            "names a place of this office: Wilayah 99.01.03"
        ]
    );
    assert_eq!(words("attack", "x"), ["may attack a protected group: exclusion (0.80)"]);
    assert_eq!(words("lane:satire attack", "x"), ["protected speech: satire"]);
    assert_eq!(
        words("lane:complaint own", "x"),
        ["something to answer: complaint", "about the own institution"]
    );
    assert!(words("", "vaksin").is_empty());
}

#[test]
fn what_does_more_harm_comes_before_what_does_less() {
    let score = |found, text| judge(found, text, &office()).priority.score.get();
    let falling = [
        score("claim:salah place:99.01", "gempa dan tsunami besok"),
        score("claim:salah", "gempa dan tsunami besok"),
        score("claim:salah", "kabar artis"),
        score("claim:satire", "kabar artis"),
        score("related:salah", "kabar artis"),
        score("", "kabar artis"),
    ];
    assert!(falling.is_sorted_by(|a, b| a > b), "{falling:?}");
}
