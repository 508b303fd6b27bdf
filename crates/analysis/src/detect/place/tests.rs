//! Own labelled sentences (`tests/places.tsv`) with floors, and the properties no sentence shows.

use super::*;
use crate::model::Models;
use saring_domain::Item;
use std::collections::BTreeSet;

const SENTENCES: &str = include_str!("../../../tests/places.tsv");

fn item(text: &str) -> Item {
    crate::detect::tests::post("i", text)
}

fn known() -> Known {
    Known::new(&Models::shipped(), &[]).unwrap()
}

fn places(text: &str, known: &Known) -> Vec<PlaceMatch> {
    let item = item(text);
    find(&Subject::of(&item), known, None)
}

fn codes(text: &str, known: &Known) -> BTreeSet<String> {
    places(text, known).into_iter().map(|place| place.code).collect()
}

/// Precision and recall over (text, code) pairs of every second row from `first` on, printing what goes wrong.
fn measure(first: usize) -> (f64, f64, usize) {
    let mut known = known();
    let (mut right, mut found, mut meant, mut rows) = (0, 0, 0, 0);
    let lines = SENTENCES.lines().filter(|line| !line.starts_with('#') && !line.is_empty());
    for line in lines.skip(first).step_by(2) {
        let [labels, office, text] = line.split('\t').collect::<Vec<_>>().try_into().unwrap();
        let labels: BTreeSet<String> =
            labels.split(' ').filter(|code| *code != "-").map(str::to_owned).collect();
        for code in &labels {
            assert!(known.gazetteer.area(code).is_some(), "no area {code}: {text}");
        }
        known.covers = if office == "-" { Vec::new() } else { vec![office.to_owned()] };
        let got = codes(text, &known);
        if got != labels && first == 0 {
            println!("{text}\n    meant {labels:?}, found {:?}", places(text, &known));
        }
        right += got.intersection(&labels).count();
        found += got.len();
        meant += labels.len();
        rows += 1;
    }
    (right as f64 / found as f64, right as f64 / meant as f64, rows)
}

#[test]
fn own_sentences_keep_their_floors() {
    let (precision, recall, rows) = measure(0);
    println!("tuned: precision {precision:.3}, recall {recall:.3}, {rows} rows");
    assert!(rows >= 60 && precision >= 0.95 && recall >= 0.93);
    let (precision, recall, rows) = measure(1);
    println!("held out: precision {precision:.3}, recall {recall:.3}, {rows} rows");
    assert!(rows >= 60 && precision >= 0.9 && recall >= 0.85);
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
    let item = item(text);
    assert!(places(text, &known).is_empty(), "five districts are called Gondang");
    let found = find(&Subject::of(&item), &known, Some("35.04"));
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
