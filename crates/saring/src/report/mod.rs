//! The daily report as files: HTML for reading, PDF for filing. The same data and date give the same bytes.

mod pdf;

use crate::wiring::House;
use anyhow::Context;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use pdf::{Block, Sheet};
use saring_desk::{ReportTexts, Section, report_html, report_texts};
use saring_domain::Office;
use saring_store::traits::Reports;
use saring_store::views::DayFacts;
use std::path::{Path, PathBuf};

/// The local day of an office at a moment.
pub fn local_day(office: &Office, at: Timestamp) -> anyhow::Result<Date> {
    Ok(zone(office)?.to_datetime(at).date())
}

fn zone(office: &Office) -> anyhow::Result<TimeZone> {
    TimeZone::get(&office.zone).with_context(|| format!("office '{}': zone '{}'", office.id, office.zone))
}

/// The figures of a local day.
pub async fn facts(house: &House, office: &Office, date: Date) -> anyhow::Result<DayFacts> {
    let zone = zone(office)?;
    let midnight = |day: Date| zone.to_timestamp(day.at(0, 0, 0, 0));
    let (from, to) = (midnight(date)?, midnight(date.checked_add(1.day())?)?);
    Ok(house.store.day(&office.id, date, from, to).await?)
}

/// Where the report of a day lies.
pub fn path(folder: &Path, office: &Office, date: Date, ending: &str) -> PathBuf {
    folder.join(format!("{}-{date}.{ending}", office.id))
}

/// Writes the report of a day as HTML and PDF; gives both paths.
pub async fn write(
    house: &House,
    office: &Office,
    date: Date,
    locale: &str,
    folder: &Path,
) -> anyhow::Result<[PathBuf; 2]> {
    let facts = facts(house, office, date).await?;
    std::fs::create_dir_all(folder).with_context(|| folder.display().to_string())?;
    let page = report_html(&facts, office, locale).into_bytes();
    let sheet = pdf_of(&report_texts(&facts, office, locale))?;
    let paths = ["html", "pdf"].map(|ending| path(folder, office, date, ending));
    for (path, bytes) in paths.iter().zip([page, sheet]) {
        // whoever looks sees the old file or the new one, never half of it
        let part = path.with_extension("part");
        std::fs::write(&part, bytes).with_context(|| part.display().to_string())?;
        std::fs::rename(&part, path).with_context(|| path.display().to_string())?;
    }
    Ok(paths)
}

/// The PDF of a report.
pub fn pdf_of(texts: &ReportTexts) -> anyhow::Result<Vec<u8>> {
    let mut blocks = vec![Block::Paragraph(texts.summary.join(" "))];
    texts.sections.iter().for_each(|section| section_blocks(section, &mut blocks));
    let signature = &texts.signature;
    let page = if texts.locale == "en" { "Page {page} of {pages}" } else { "Halaman {page} dari {pages}" };
    pdf::render(&Sheet {
        letterhead: texts.letterhead.clone(),
        title: texts.title.clone(),
        subtitle: texts.date.clone(),
        language: texts.locale.into(),
        date: texts.date_iso.parse().context("the day of the report")?,
        blocks,
        signature: [&signature.date, &signature.office]
            .into_iter()
            .chain(&signature.lines)
            .cloned()
            .collect(),
        footer: texts.footer.clone(),
        page_line: page.into(),
    })
}

fn section_blocks(section: &Section, blocks: &mut Vec<Block>) {
    blocks.push(Block::Heading(section.heading.clone()));
    if !section.figures.is_empty() {
        blocks.push(Block::Figures(section.figures.clone()));
    }
    if let Some(table) = &section.table {
        let head = table.columns.iter().cloned().zip(table.numeric.iter().copied()).collect();
        blocks.push(Block::Table { head, rows: table.rows.clone() });
    }
    blocks.extend(section.note.clone().map(Block::Paragraph));
}
