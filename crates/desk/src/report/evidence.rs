//! What goes with evidence that leaves the house, in words: what it is, what was sealed, who handled it, how to check it.

use super::texts::{ReportTexts, Section, Signature, Table, table};
use crate::time;
use crate::words::Words;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use saring_domain::{Custody, Evidence, Office};

/// The words of the summary of `evidence`, whose sealing is entry `place` of the log.
pub fn evidence_texts(
    evidence: &Evidence,
    custody: &[Custody],
    place: u64,
    office: &Office,
    locale: &str,
    now: Timestamp,
) -> ReportTexts {
    let (w, zone) = (Words::of(locale), office.time_zone());
    let today = now.to_zoned_datetime(zone.clone()).date();
    let taken = evidence.settled_at.unwrap_or(evidence.asked_at);
    let url = evidence.url.as_deref().unwrap_or("-");
    ReportTexts {
        locale: w.locale,
        letterhead: super::texts::letterhead(office),
        title: w.t("evidence-doc-title"),
        date: time::day_words(w, today),
        date_iso: today.to_string(),
        summary: vec![w.ab("evidence-doc-summary", url, time::full(w, taken, &zone))],
        sections: vec![what(w, evidence, place), files(w, evidence), chain(w, custody, &zone), check(w)],
        signature: Signature {
            date: time::date_words(w, today),
            office: office.name.clone(),
            lines: office.signatory.clone(),
        },
        footer: w.ab("evidence-doc-footer", &office.name, evidence.id.as_str()),
    }
}

fn what(w: Words, evidence: &Evidence, place: u64) -> Section {
    let pair = |key: &str, value: String| (w.t(key), value);
    let figures = vec![
        pair("evidence-doc-id", evidence.id.to_string()),
        pair("evidence-doc-case", evidence.case.to_string()),
        pair("evidence-doc-state", w.t(&format!("evidence-state-{}", evidence.state.code()))),
        pair("evidence-doc-log", w.number(place)),
    ];
    Section { heading: w.t("evidence-doc-what"), figures, ..Section::default() }
}

fn files(w: Words, evidence: &Evidence) -> Section {
    let rows = evidence.files.iter();
    let rows = rows.map(|file| vec![file.name.clone(), w.number(file.bytes), file.sha256.clone()]).collect();
    let columns =
        [("evidence-doc-file", false), ("evidence-doc-bytes", true), ("evidence-doc-sha256", false)];
    Section { heading: w.t("evidence-doc-files"), table: table(w, &columns, rows), ..Section::default() }
}

fn chain(w: Words, custody: &[Custody], zone: &TimeZone) -> Section {
    let row = |link: &Custody| {
        let step = w.t(&format!("custody-{}", link.step.code()));
        let who = link.who.clone().unwrap_or_else(|| w.t("custody-program"));
        let note = crate::pages::evidence::note(w, link);
        vec![time::full(w, link.at, zone), step, who, link.tool.clone(), note]
    };
    let columns = ["when", "step", "who", "tool", "note"].map(|key| (format!("custody-col-{key}"), false));
    let columns: Vec<(&str, bool)> = columns.iter().map(|(key, numeric)| (key.as_str(), *numeric)).collect();
    let table: Option<Table> = table(w, &columns, custody.iter().map(row).collect());
    Section { heading: w.t("custody-title"), table, ..Section::default() }
}

fn check(w: Words) -> Section {
    Section {
        heading: w.t("evidence-doc-check"),
        note: Some(w.t("evidence-doc-check-how")),
        ..Section::default()
    }
}
