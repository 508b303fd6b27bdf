//! Own labelled sentences (`tests/places.tsv`) with floors, and the properties no sentence shows.

use super::*;
use crate::evals::place::{Half, Sentence, Tally, gold, real, sentences};
use crate::model::Models;
use std::collections::BTreeSet;

fn known() -> Known {
    Known::new(&Models::shipped(), &[]).unwrap()
}

fn places(text: &str, known: &Known) -> Vec<PlaceMatch> {
    find_in(text, known, None)
}

fn codes(text: &str, known: &Known) -> BTreeSet<String> {
    places(text, known).into_iter().map(|place| place.code).collect()
}

#[test]
fn own_sentences_keep_their_floors() {
    let known = known();
    let floors = [
        (Half::Tuned, sentences as fn(Half) -> Vec<Sentence>, 0.97, 0.95),
        (Half::HeldOut, sentences, 0.93, 0.9),
        (Half::Tuned, gold, 0.97, 0.9),
        (Half::HeldOut, gold, 0.95, 0.85),
    ];
    for (half, texts, least_precision, least_recall) in floors {
        let (precision, recall, rows) = measure(&known, half, &texts(half));
        assert!(rows >= 60 && precision >= least_precision && recall >= least_recall);
    }
}

#[test]
fn real_texts_keep_their_floors() {
    let data = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data");
    let data = std::env::var_os("SARING_DATA").map_or(data, Into::into);
    for half in [Half::Tuned, Half::HeldOut] {
        let texts = real(half, &data).unwrap();
        if texts.is_empty() {
            eprintln!("skipped: no hoax/claims.jsonl in {}; set SARING_DATA", data.display());
            return;
        }
        let (precision, recall, rows) = measure(&known(), half, &texts);
        assert!(rows >= 80 && precision >= 0.93 && recall >= 0.8);
    }
}

/// Precision, recall and number of texts; of the tuned half the errors are printed.
fn measure(known: &Known, half: Half, texts: &[Sentence]) -> (f64, f64, usize) {
    let tally = Tally::of(known, texts, |sentence, got| {
        for code in sentence.meant.iter().flatten() {
            let area = known.gazetteer.area(code).cloned().or_else(|| known.gazetteer.villages().area(code));
            assert!(area.is_some(), "no area {code}: {}", sentence.text);
        }
        let right = got.len() == sentence.meant.len()
            && sentence.meant.iter().all(|either| either.iter().any(|code| got.contains(code)));
        if half == Half::Tuned && !right {
            println!("{}\n    meant {:?}, found {got:?}", sentence.text, sentence.meant);
        }
    });
    let (precision, recall) = tally.figures();
    println!("{half:?}: precision {precision:.3}, recall {recall:.3}, {} rows", texts.len());
    (precision, recall, texts.len())
}

#[test]
fn its_examples_hold() {
    let (known, none) = (known(), Settings::default());
    for (text, found) in build(&Models::shipped(), &none).unwrap().examples() {
        assert_eq!(!places(text, &known).is_empty(), found, "{text}");
    }
}

#[test]
fn spans_point_at_the_name_alone() {
    let text = "🙂 Kab. Trenggalek: warga Kec. Panggul, Trenggalek mengungsi";
    let found = places(text, &known());
    let word = |span: &Span| -> String {
        text.chars().skip(span.start as usize).take((span.end - span.start) as usize).collect()
    };
    let mut said: Vec<String> = found.iter().flat_map(|place| place.spans.iter().map(word)).collect();
    said.sort();
    assert_eq!(said, ["Panggul", "Trenggalek", "Trenggalek"]);
}

#[test]
fn an_office_finds_the_places_it_added() {
    let area = |code: &str, level, name: &str| saring_domain::Area {
        code: code.into(),
        level,
        name: name.into(),
        lat: None,
        lon: None,
    };
    let own = [
        area("99.01", saring_domain::AreaLevel::Regency, "Kabupaten Sukamaju Raya"),
        area("99.01.01", saring_domain::AreaLevel::District, "Karangjati"),
        area("99.01.01.2001", saring_domain::AreaLevel::Village, "Desa Sumberwaru"),
    ];
    let mut known = known();
    known.gazetteer = known.gazetteer.with_areas(&own);
    known.covers = vec!["99.01".into()];
    let found = codes("Listrik padam di Karangjati dan Desa Sumberwaru sejak sore", &known);
    assert_eq!(found, BTreeSet::from(["99.01.01".to_owned(), "99.01.01.2001".to_owned()]));
}

#[test]
fn the_area_of_the_source_settles_a_name_that_many_bear() {
    let (known, text) = (known(), "Kecelakaan di Kecamatan Gondang menewaskan seorang pengendara");
    assert!(places(text, &known).is_empty(), "five districts are called Gondang");
    let found = find_in(text, &known, Some("35.04"));
    assert_eq!(found.first().map(|place| place.code.as_str()), Some("35.04.09"));
}

#[test]
fn a_long_text_takes_linear_time() {
    let known = known();
    let text = "Banjir di Panggul, Trenggalek dan Batu, kata warga Bandung. ".repeat(20_000);
    let start = std::time::Instant::now();
    assert!(!places(&text, &known).is_empty());
    // 1.2 MB with 80,000 names: a quadratic pass would take minutes
    println!("{:?}", start.elapsed());
    assert!(start.elapsed().as_secs() < 20, "{:?}", start.elapsed());
}
