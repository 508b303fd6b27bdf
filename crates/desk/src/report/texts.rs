//! The words of a daily report, as a plain structure that every form of it renders.

use crate::words::Words;
use crate::{time, wording};
use jiff::tz::TimeZone;
use saring_domain::Office;
use saring_domain::ids::hex;
use saring_store::views::{DayFacts, RoundFacts, SourceTrouble};
use sha2::{Digest, Sha256};

/// Everything that stands on the report, in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReportTexts {
    /// `id` or `en`.
    pub locale: &'static str,
    /// Lines of the letterhead; the office's name where it has none.
    pub letterhead: Vec<String>,
    /// "Laporan Harian Patroli Informasi".
    pub title: String,
    /// "Selasa, 24 November 2026".
    pub date: String,
    /// Day as `2026-11-24`.
    pub date_iso: String,
    /// The report in at most four sentences.
    pub summary: Vec<String>,
    /// The parts, each with figures, a table or a sentence.
    pub sections: Vec<Section>,
    /// Who signs.
    pub signature: Signature,
    /// Printed at the foot of every page, with the hash of the figures.
    pub footer: String,
}

/// A part of the report.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Section {
    /// Heading.
    pub heading: String,
    /// Label and value, one a line.
    pub figures: Vec<(String, String)>,
    /// A table, where there are rows.
    pub table: Option<Table>,
    /// A sentence: what it says where there is nothing, or how to read it.
    pub note: Option<String>,
}

/// A table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Table {
    /// Head of each column.
    pub columns: Vec<String>,
    /// Whether each column holds figures, to be set right-aligned.
    pub numeric: Vec<bool>,
    /// Cells, row by row, as many as columns.
    pub rows: Vec<Vec<String>>,
}

/// The signature block.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Signature {
    /// Date above it.
    pub date: String,
    /// Who: the office.
    pub office: String,
    /// Name, then rank and role; empty lines to fill in by hand where nobody is configured.
    pub lines: Vec<String>,
}

/// The words of the report on `facts` for `office` in `locale`. The same facts give the same words.
pub fn report_texts(facts: &DayFacts, office: &Office, locale: &str) -> ReportTexts {
    let w = Words::of(locale);
    let zone = office.time_zone();
    let date = time::date_words(w, facts.date);
    ReportTexts {
        locale: w.locale,
        letterhead: letterhead(office),
        title: w.t("report-heading"),
        date: time::day_words(w, facts.date),
        date_iso: facts.date.to_string(),
        summary: summary(w, facts),
        sections: [
            rounds(w, facts, &zone),
            sources(w, facts, &zone),
            items(w, facts),
            claims(w, facts),
            places(w, facts),
            decisions(w, facts),
            open(w, facts),
        ]
        .into_iter()
        .chain(watches(w, facts))
        .collect(),
        signature: Signature { date, office: office.name.clone(), lines: office.signatory.clone() },
        footer: w.ab("report-footer", &office.name, digest(facts)),
    }
}

/// Lines of the letterhead; the office's name where it has none.
pub(super) fn letterhead(office: &Office) -> Vec<String> {
    if office.letterhead.is_empty() { vec![office.name.clone()] } else { office.letterhead.clone() }
}

/// First 16 hex digits of the SHA-256 of the figures in JSON: two prints of the same data show the same.
fn digest(facts: &DayFacts) -> String {
    let json = serde_json::to_vec(facts).unwrap_or_default();
    hex(&Sha256::digest(json))[..16].to_owned()
}

fn summary(w: Words, facts: &DayFacts) -> Vec<String> {
    let ended = facts.rounds.iter().filter(|round| round.ended_at.is_some()).count();
    let flagged: u32 =
        facts.by_queue.iter().filter(|(q, _)| q.code() != "none").map(|(_, count)| count).sum();
    let decided: u32 = facts.decisions.iter().map(|(_, count)| count).sum();
    let open: u32 = facts.open.iter().map(|(_, count)| count).sum();
    let mut out = vec![w.ab("report-summary-seen", w.number(ended), w.number(facts.seen))];
    out.push(if flagged == 0 { w.t("report-summary-nil") } else { w.n("report-summary-flagged", flagged) });
    out.push(w.ab("report-summary-decided", w.number(decided), w.number(open)));
    if !facts.troubled.is_empty() {
        out.push(w.n("report-summary-troubled", facts.troubled.len()));
    }
    out
}

pub(super) fn table(w: Words, columns: &[(&str, bool)], rows: Vec<Vec<String>>) -> Option<Table> {
    let names = columns.iter().map(|(key, _)| w.t(key)).collect();
    let numeric = columns.iter().map(|(_, numeric)| *numeric).collect();
    (!rows.is_empty()).then_some(Table { columns: names, numeric, rows })
}

/// A part that is a table, or a sentence where the table would be empty.
fn listed(w: Words, heading: &str, nothing: &str, table: Option<Table>) -> Section {
    let note = table.is_none().then(|| w.t(nothing));
    Section { heading: w.t(heading), table, note, ..Section::default() }
}

fn rounds(w: Words, facts: &DayFacts, zone: &TimeZone) -> Section {
    let row = |round: &RoundFacts| {
        let end = match round.ended_at {
            _ if round.missed => w.t("report-missed"),
            None => w.t("report-interrupted"),
            Some(at) => time::clock(w, at, zone),
        };
        let counts = [round.read, round.nothing_new, round.failed, round.silent, round.held, round.new_items];
        let head = [
            time::clock(w, round.started_at, zone),
            end,
            round.on_duty.clone().unwrap_or_else(|| "–".into()),
        ];
        head.into_iter().chain(counts.map(|count| w.number(count))).collect()
    };
    let columns = [
        ("report-col-start", false),
        ("report-col-end", false),
        ("report-col-duty", false),
        ("report-col-read", true),
        ("report-col-nothing", true),
        ("report-col-failed", true),
        ("report-col-silent", true),
        ("report-col-held", true),
        ("report-col-new", true),
    ];
    let table = table(w, &columns, facts.rounds.iter().map(row).collect());
    listed(w, "report-rounds", "report-rounds-none", table)
}

fn sources(w: Words, facts: &DayFacts, zone: &TimeZone) -> Section {
    let row = |(name, trouble): &(String, SourceTrouble)| match trouble {
        SourceTrouble::Failed(trouble) => {
            vec![name.clone(), w.t("outcome-failed"), w.trouble(trouble)]
        }
        SourceTrouble::Silent(newest) => {
            let newest = newest.map_or_else(|| w.t("time-never"), |newest| time::full(w, newest, zone));
            vec![name.clone(), w.t("outcome-silent"), w.a("report-silent-since", newest)]
        }
    };
    let columns = [("report-col-source", false), ("report-col-state", false), ("report-col-words", false)];
    let table = table(w, &columns, facts.troubled.iter().map(row).collect());
    let mut section = listed(w, "report-sources", "report-sources-none", table);
    section.figures = vec![
        (w.t("report-sources-count"), w.number(facts.sources)),
        (w.t("report-sources-troubled"), w.number(facts.troubled.len())),
    ];
    section
}

fn items(w: Words, facts: &DayFacts) -> Section {
    let mut figures = vec![
        (w.t("report-seen"), w.number(facts.seen)),
        (w.t("report-duplicates"), w.number(facts.duplicates)),
        (w.t("report-unscored"), w.number(facts.unscored)),
    ];
    let queue = |(queue, count): &(saring_domain::Queue, u32)| {
        (w.t(&format!("report-queue-{}", queue.code())), w.number(*count))
    };
    figures.extend(facts.by_queue.iter().map(queue));
    let row = |(code, count): &(String, u32)| vec![wording::language(w, code), w.number(*count)];
    let rows = facts.by_language.iter().map(row).collect();
    let table = table(w, &[("report-col-language", false), ("report-col-items", true)], rows);
    Section { heading: w.t("report-items"), figures, table, note: Some(w.t("report-items-note")) }
}

fn claims(w: Words, facts: &DayFacts) -> Section {
    let row = |claim: &saring_store::views::ClaimFacts| {
        vec![
            claim.title.clone(),
            wording::rating(w, &claim.rating),
            w.number(claim.items_day),
            w.number(claim.items),
        ]
    };
    let columns = [
        ("report-col-claim", false),
        ("report-col-rating", false),
        ("report-col-day", true),
        ("report-col-all", true),
    ];
    listed(
        w,
        "report-claims",
        "report-claims-none",
        table(w, &columns, facts.top_claims.iter().map(row).collect()),
    )
}

fn places(w: Words, facts: &DayFacts) -> Section {
    let row =
        |(code, name, count): &(String, String, u32)| vec![name.clone(), code.clone(), w.number(*count)];
    let columns = [("report-col-place", false), ("report-col-code", false), ("report-col-items", true)];
    listed(
        w,
        "report-places",
        "report-places-none",
        table(w, &columns, facts.by_place.iter().map(row).collect()),
    )
}

fn decisions(w: Words, facts: &DayFacts) -> Section {
    let row =
        |(code, count): &(String, u32)| vec![code.clone(), wording::decision(w, code), w.number(*count)];
    let columns = [("report-col-code", false), ("report-col-decision", false), ("report-col-count", true)];
    let table = table(w, &columns, facts.decisions.iter().map(row).collect());
    listed(w, "report-decisions", "report-decisions-none", table)
}

/// Only where the office watches or did so on the day.
fn watches(w: Words, facts: &DayFacts) -> Option<Section> {
    let found = &facts.watches;
    let counts = [
        ("report-watches-running", found.running),
        ("report-watches-opened", found.opened),
        ("report-watches-refused", found.refused),
        ("report-watches-ended", found.ended),
    ];
    let figures = counts.map(|(key, count)| (w.t(key), w.number(count))).into();
    (!found.is_blank()).then(|| Section { heading: w.t("watches-title"), figures, ..Section::default() })
}

fn open(w: Words, facts: &DayFacts) -> Section {
    let queue = |(queue, count): &(saring_domain::Queue, u32)| {
        (w.t(&format!("queue-{}", queue.code())), w.number(*count))
    };
    let mut figures: Vec<(String, String)> = facts.open.iter().map(queue).collect();
    let note = figures.is_empty().then(|| w.t("report-open-none"));
    figures.push((w.t("report-overdue"), w.number(facts.overdue)));
    figures.push((w.t("report-retention"), w.number(facts.retention_overdue)));
    Section { heading: w.t("report-open"), figures, table: None, note }
}
