//! The report as one HTML file that needs nothing else and prints on A4.

use super::texts::{ReportTexts, report_texts};
use askama::Template;
use saring_domain::Office;
use saring_store::views::DayFacts;

/// The style sheet inside the file.
pub(crate) const STYLE: &str = include_str!("../../assets/report.css");

#[derive(Template)]
#[template(path = "report_print.html")]
struct PrintPage<'t> {
    t: &'t ReportTexts,
    style: &'static str,
}

/// The report on `facts` as self-contained, printable HTML. The same facts give the same bytes.
pub fn report_html(facts: &DayFacts, office: &Office, locale: &str) -> String {
    texts_html(&report_texts(facts, office, locale))
}

/// The same for any document of ours.
pub fn texts_html(texts: &ReportTexts) -> String {
    let page = PrintPage { t: texts, style: STYLE };
    // a template over plain strings fails only where memory does
    page.render().unwrap_or_default()
}
