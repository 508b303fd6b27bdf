//! The daily report as words and as HTML.
#![allow(clippy::unwrap_used, reason = "a call that fails fails the test")]

use saring_desk::{report_html, report_texts};
use saring_domain::{Office, Queue};
use saring_store::views::{ClaimFacts, DayFacts};

fn office() -> Office {
    serde_json::from_str(r#"{"id":"o","name":"Polres Sukamaju","signatory":["Sri Wahyuni"]}"#).unwrap()
}

fn facts() -> DayFacts {
    DayFacts {
        date: jiff::civil::date(2026, 11, 24),
        seen: 1412,
        by_queue: vec![(Queue::Hoax, 12), (Queue::None, 1400)],
        top_claims: vec![ClaimFacts {
            claim: "k1".into(),
            title: "Air <b>beracun</b>".into(),
            rating: "false".into(),
            items_day: 9,
            items: 31,
        }],
        decisions: vec![("R01".into(), 4)],
        open: vec![(Queue::Hoax, 3)],
        overdue: 1,
        ..DayFacts::default()
    }
}

#[test]
fn the_same_figures_give_the_same_bytes_and_others_another_fingerprint() {
    let (one, two) = (report_html(&facts(), &office(), "id"), report_html(&facts(), &office(), "id"));
    assert!(one == two && one.contains("</html>"));
    let other = DayFacts { seen: 1413, ..facts() };
    assert_ne!(report_texts(&other, &office(), "id").footer, report_texts(&facts(), &office(), "id").footer);
}

#[test]
fn html_says_what_the_words_say_and_escapes_what_comes_from_outside() {
    for locale in ["id", "en"] {
        let (html, texts) =
            (report_html(&facts(), &office(), locale), report_texts(&facts(), &office(), locale));
        for section in &texts.sections {
            assert!(html.contains(&section.heading.replace('\'', "&#39;")), "{}", section.heading);
            for row in section.table.iter().flat_map(|table| &table.rows) {
                assert!(
                    row.iter().filter(|cell| !cell.contains(['<', '\''])).all(|cell| html.contains(cell)),
                    "{row:?}"
                );
            }
        }
        assert!(!html.contains("<b>beracun") && html.contains("beracun"));
        assert!(
            !html.contains("http://") && !html.contains("https://") && !html.contains("<script"),
            "self-contained"
        );
    }
}

#[test]
fn a_day_without_findings_says_so() {
    let nil = report_texts(&DayFacts::default(), &office(), "id");
    assert!(nil.summary.iter().any(|sentence| sentence.contains("laporan nihil")), "{:?}", nil.summary);
    assert!(nil.sections.iter().all(|s| s.table.is_some() || s.note.is_some()), "no part is empty");
    assert_eq!(nil.signature.lines, ["Sri Wahyuni"]);
}
