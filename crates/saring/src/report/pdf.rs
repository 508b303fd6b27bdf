//! Sheets of paper: letterhead, headings, tables that do not break within a row, signature, page x of y.
//!
//! PDF/A-2b, and the same bytes for the same sheet: nothing in it comes from a clock or a random number.

use anyhow::{Context, anyhow};
use jiff::civil::Date;
use krilla::Document;
use krilla::SerializeSettings;
use krilla::color::rgb;
use krilla::configure::{Archival, ConfigurationBuilder};
use krilla::geom::{PathBuilder, Point, Rect};
use krilla::metadata::{DateTime, Metadata};
use krilla::page::PageSettings;
use krilla::paint::Fill;
use krilla::surface::Surface;
use krilla::text::{Font, TextDirection};
use skrifa::MetadataProvider;
use skrifa::instance::{LocationRef, Size};

const REGULAR: &[u8] = include_bytes!("fonts/PublicSans-Regular.ttf");
const SEMIBOLD: &[u8] = include_bytes!("fonts/PublicSans-SemiBold.ttf");

/// A4, points.
const PAGE: (f32, f32) = (595.28, 841.89);
const LEFT: f32 = 62.0;
const RIGHT: f32 = PAGE.0 - 62.0;
const TOP: f32 = 56.0;
const BOTTOM: f32 = PAGE.1 - 64.0;
const BODY: f32 = 10.0;
const LINE: f32 = 14.0;

/// Colours, each with a meaning.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Ink {
    Text,
    Soft,
    Rule,
    Band,
}

impl Ink {
    fn fill(self) -> Fill {
        let (r, g, b) = match self {
            Self::Text => (28, 32, 36),
            Self::Soft => (96, 104, 112),
            Self::Rule => (196, 202, 208),
            Self::Band => (243, 245, 246),
        };
        Fill { paint: rgb::Color::new(r, g, b).into(), ..Fill::default() }
    }
}

/// What stands on the paper, in order.
#[derive(Clone, Debug)]
pub enum Block {
    /// A section's title; kept with what follows.
    Heading(String),
    /// Words across the page.
    Paragraph(String),
    /// Label and value, one a line.
    Figures(Vec<(String, String)>),
    /// A table with its head repeated on every page; numbers in the columns marked so stand right.
    Table {
        /// Title of each column and whether it holds numbers.
        head: Vec<(String, bool)>,
        /// Cells.
        rows: Vec<Vec<String>>,
    },
}

/// One document.
#[derive(Clone, Debug)]
pub struct Sheet {
    /// Lines of the letterhead.
    pub letterhead: Vec<String>,
    /// Title.
    pub title: String,
    /// The line below it: number, day.
    pub subtitle: String,
    /// Language tag.
    pub language: String,
    /// The day the document is about; its creation date in the metadata.
    pub date: Date,
    /// Content.
    pub blocks: Vec<Block>,
    /// Signature block: place and day, office, name, rank.
    pub signature: Vec<String>,
    /// Footer at the left; `{page}` and `{pages}` are filled in at the right.
    pub footer: String,
    /// Page count line, with `{page}` and `{pages}`.
    pub page_line: String,
}

/// Renders a sheet.
pub fn render(sheet: &Sheet) -> anyhow::Result<Vec<u8>> {
    let faces = Faces::load()?;
    let pages = lay_out(sheet, &faces);
    let configuration = ConfigurationBuilder::new()
        .with_archival_validator(Archival::A2_B)
        .finish()
        .map_err(|error| anyhow!("PDF settings: {error:?}"))?;
    let mut document =
        Document::new_with(SerializeSettings { configuration, ..SerializeSettings::default() });
    let (year, month, day) = (sheet.date.year(), sheet.date.month(), sheet.date.day());
    let created = DateTime::new(year.unsigned_abs()).month(month.unsigned_abs()).day(day.unsigned_abs());
    document.set_metadata(
        Metadata::new()
            .title(sheet.title.clone())
            .language(sheet.language.clone())
            .creator("Saring".into())
            .creation_date(created)
            .document_id(format!("{} {}", sheet.title, sheet.footer)),
    );
    let count = pages.len();
    for (at, page) in pages.iter().enumerate() {
        let settings = PageSettings::from_wh(PAGE.0, PAGE.1).context("page size")?;
        let mut canvas = document.start_page_with(settings);
        let mut surface = canvas.surface();
        page.iter().for_each(|mark| mark.draw(&mut surface, &faces));
        let line =
            sheet.page_line.replace("{page}", &(at + 1).to_string()).replace("{pages}", &count.to_string());
        footer(&sheet.footer, &line, &faces).iter().for_each(|mark| mark.draw(&mut surface, &faces));
        surface.finish();
        canvas.finish();
    }
    document.finish().map_err(|error| anyhow!("PDF: {error:?}"))
}

/// A font that is drawn and measured.
struct Face {
    font: Font,
    measure: skrifa::FontRef<'static>,
}

struct Faces {
    regular: Face,
    bold: Face,
}

impl Face {
    fn load(bytes: &'static [u8]) -> anyhow::Result<Self> {
        let font = Font::new(bytes.to_vec().into(), 0).context("font")?;
        Ok(Self { font, measure: skrifa::FontRef::new(bytes).context("font")? })
    }

    /// Width in points; kerning would only make it less.
    fn width(&self, text: &str, size: f32) -> f32 {
        let map = self.measure.charmap();
        let metrics = self.measure.glyph_metrics(Size::new(size), LocationRef::default());
        text.chars().filter_map(|c| metrics.advance_width(map.map(c)?)).sum()
    }

    /// The text with characters the font lacks (emoji, other scripts) replaced, as PDF/A asks.
    fn drawable(&self, text: &str) -> String {
        let map = self.measure.charmap();
        let mut out = String::with_capacity(text.len());
        for c in text.chars() {
            if c.is_whitespace() {
                out.push(' ');
            } else if map.map(c).is_some_and(|glyph| glyph.to_u32() != 0) {
                out.push(c);
            } else if !out.ends_with('·') && !c.is_control() {
                out.push('·');
            }
        }
        out
    }
}

impl Faces {
    fn load() -> anyhow::Result<Self> {
        Ok(Self { regular: Face::load(REGULAR)?, bold: Face::load(SEMIBOLD)? })
    }
    fn of(&self, bold: bool) -> &Face {
        if bold { &self.bold } else { &self.regular }
    }
}

/// One thing on a page.
enum Mark {
    Text { x: f32, y: f32, size: f32, bold: bool, colour: Ink, text: String },
    Fill { x: f32, y: f32, w: f32, h: f32, colour: Ink },
}

impl Mark {
    fn draw(&self, surface: &mut Surface<'_>, faces: &Faces) {
        match self {
            Self::Text { x, y, size, bold, colour, text } => {
                surface.set_fill(Some(colour.fill()));
                let font = faces.of(*bold).font.clone();
                surface.draw_text(
                    Point::from_xy(*x, *y),
                    font,
                    *size,
                    text,
                    false,
                    TextDirection::LeftToRight,
                );
            }
            Self::Fill { x, y, w, h, colour } => {
                let Some(rect) = Rect::from_xywh(*x, *y, *w, *h) else { return };
                let mut path = PathBuilder::new();
                path.push_rect(rect);
                surface.set_fill(Some(colour.fill()));
                if let Some(path) = path.finish() {
                    surface.draw_path(&path);
                }
            }
        }
    }
}

fn footer(left: &str, right: &str, faces: &Faces) -> Vec<Mark> {
    let (left, right) = (faces.regular.drawable(left), faces.regular.drawable(right));
    let y = PAGE.1 - 36.0;
    let x = RIGHT - faces.regular.width(&right, 8.0);
    let text = |x, text| Mark::Text { x, y, size: 8.0, bold: false, colour: Ink::Soft, text };
    vec![
        Mark::Fill { x: LEFT, y: y - 14.0, w: RIGHT - LEFT, h: 0.6, colour: Ink::Rule },
        text(LEFT, left),
        text(x, right),
    ]
}

/// Where the next thing goes.
struct Pen<'a> {
    faces: &'a Faces,
    pages: Vec<Vec<Mark>>,
    y: f32,
}

impl Pen<'_> {
    fn put(&mut self, mark: Mark) {
        if let Some(page) = self.pages.last_mut() {
            page.push(mark);
        }
    }

    /// Starts a new page when less than `height` is left; says whether it did.
    fn need(&mut self, height: f32) -> bool {
        let full = self.y + height > BOTTOM;
        if full {
            self.pages.push(Vec::new());
            self.y = TOP;
        }
        full
    }

    fn text(&mut self, x: f32, size: f32, bold: bool, colour: Ink, text: &str) {
        let y = self.y + size;
        let text = self.faces.of(bold).drawable(text);
        self.put(Mark::Text { x, y, size, bold, colour, text });
    }

    /// Labels at the left, values in a column of their own.
    fn figures(&mut self, figures: &[(String, String)]) {
        const VALUE: f32 = LEFT + 210.0;
        for (label, value) in figures {
            let values = self.wrap(value, BODY, true, RIGHT - VALUE);
            let labels = self.wrap(label, BODY, false, VALUE - LEFT - 10.0);
            self.need(LINE * values.len().max(labels.len()) as f32);
            let top = self.y;
            for (lines, x, bold) in [(&labels, LEFT, false), (&values, VALUE, true)] {
                self.y = top;
                for line in lines {
                    self.text(x, BODY, bold, if bold { Ink::Text } else { Ink::Soft }, line);
                    self.y += LINE;
                }
            }
            self.y = top + LINE * values.len().max(labels.len()) as f32 + 1.0;
        }
        self.y += 5.0;
    }

    /// Breaks at spaces; a word longer than the line is cut.
    fn wrap(&self, text: &str, size: f32, bold: bool, width: f32) -> Vec<String> {
        let face = self.faces.of(bold);
        let text = face.drawable(text);
        let mut lines = vec![String::new()];
        for word in text.split(' ').filter(|word| !word.is_empty()) {
            let mut word = word.to_owned();
            let line = lines.last().cloned().unwrap_or_default();
            let joined = if line.is_empty() { word.clone() } else { format!("{line} {word}") };
            if face.width(&joined, size) <= width {
                lines.pop();
                lines.push(joined);
                continue;
            }
            if line.is_empty() {
                lines.pop();
            }
            while face.width(&word, size) > width {
                let mut cut = word.chars().count().saturating_sub(1).max(1);
                while cut > 1 && face.width(&word.chars().take(cut).collect::<String>(), size) > width {
                    cut -= 1;
                }
                lines.push(word.chars().take(cut).collect());
                word = word.chars().skip(cut).collect();
            }
            lines.push(word);
        }
        lines
    }
}

fn lay_out(sheet: &Sheet, faces: &Faces) -> Vec<Vec<Mark>> {
    let mut pen = Pen { faces, pages: vec![Vec::new()], y: TOP };
    head(&mut pen, sheet);
    for block in &sheet.blocks {
        match block {
            Block::Heading(text) => {
                pen.need(74.0);
                pen.y += 12.0;
                pen.text(LEFT, 12.5, true, Ink::Text, text);
                pen.y += 21.0;
            }
            Block::Paragraph(text) => {
                for line in pen.wrap(text, BODY, false, RIGHT - LEFT) {
                    pen.need(LINE);
                    pen.text(LEFT, BODY, false, Ink::Text, &line);
                    pen.y += LINE;
                }
                pen.y += 5.0;
            }
            Block::Figures(figures) => pen.figures(figures),
            Block::Table { head, rows } => table(&mut pen, head, rows),
        }
    }
    sign(&mut pen, sheet);
    pen.pages
}

fn head(pen: &mut Pen<'_>, sheet: &Sheet) {
    for (at, line) in sheet.letterhead.iter().enumerate() {
        pen.text(LEFT, 10.0, at == 0, if at == 0 { Ink::Text } else { Ink::Soft }, line);
        pen.y += 13.5;
    }
    pen.y += 5.0;
    pen.put(Mark::Fill { x: LEFT, y: pen.y, w: RIGHT - LEFT, h: 1.2, colour: Ink::Text });
    pen.y += 22.0;
    for line in pen.wrap(&sheet.title, 19.0, true, RIGHT - LEFT) {
        pen.text(LEFT, 19.0, true, Ink::Text, &line);
        pen.y += 25.0;
    }
    pen.text(LEFT, 10.5, false, Ink::Soft, &sheet.subtitle);
    pen.y += 22.0;
}

/// Widths that break no word where the page allows it: every column gets its longest word, the rest of the page is shared
/// by what each would like to have.
fn widths(pen: &Pen<'_>, head: &[(String, bool)], rows: &[Vec<String>]) -> Vec<f32> {
    const GAP: f32 = 12.0;
    let room = RIGHT - LEFT;
    let widest = |column: usize, whole: bool| {
        let width = |text: &str, bold: bool, size: f32| {
            let face = pen.faces.of(bold);
            // times and short figures with their unit stay on one line
            if whole || text.chars().count() <= 10 {
                return face.width(text, size);
            }
            text.split(' ').map(|word| face.width(word, size)).fold(0.0, f32::max)
        };
        let cells = rows.iter().filter_map(|row| row.get(column)).map(|cell| width(cell, false, BODY));
        cells.fold(width(&head[column].0, true, 8.5), f32::max) + GAP
    };
    let least: Vec<f32> = (0..head.len()).map(|column| widest(column, false)).collect();
    let liked: Vec<f32> = (0..head.len()).map(|column| widest(column, true)).collect();
    let (sum, wish): (f32, f32) = (least.iter().sum(), liked.iter().sum());
    if wish <= room {
        let mut widths = liked;
        if let Some(first) = head.iter().position(|(_, number)| !number) {
            widths[first] += room - wish;
        }
        return widths;
    }
    if sum >= room {
        return least.iter().map(|width| width * room / sum).collect();
    }
    let share = (room - sum) / (wish - sum);
    least.iter().zip(&liked).map(|(least, liked)| least + (liked - least) * share).collect()
}

fn table(pen: &mut Pen<'_>, head: &[(String, bool)], rows: &[Vec<String>]) {
    let widths = widths(pen, head, rows);
    let titles = |pen: &mut Pen<'_>| {
        let cells: Vec<Vec<String>> =
            head.iter().zip(&widths).map(|((title, _), w)| pen.wrap(title, 8.5, true, w - 9.0)).collect();
        let height = cells.iter().map(Vec::len).max().unwrap_or(1) as f32 * 11.0 + 6.0;
        pen.put(Mark::Fill { x: LEFT, y: pen.y, w: RIGHT - LEFT, h: height, colour: Ink::Band });
        row(pen, &cells, head, &widths, (8.5, 11.0, true, Ink::Soft), 3.0);
        pen.y += height;
    };
    pen.need(60.0);
    titles(pen);
    for cells in rows {
        let cells: Vec<Vec<String>> =
            cells.iter().zip(&widths).map(|(cell, w)| pen.wrap(cell, BODY, false, w - 9.0)).collect();
        let height = cells.iter().map(Vec::len).max().unwrap_or(1) as f32 * 13.0 + 6.0;
        if pen.need(height) {
            titles(pen);
        }
        row(pen, &cells, head, &widths, (BODY, 13.0, false, Ink::Text), 3.0);
        pen.y += height;
        pen.put(Mark::Fill { x: LEFT, y: pen.y, w: RIGHT - LEFT, h: 0.5, colour: Ink::Rule });
    }
    pen.y += 10.0;
}

fn row(
    pen: &mut Pen<'_>,
    cells: &[Vec<String>],
    head: &[(String, bool)],
    widths: &[f32],
    (size, line, bold, colour): (f32, f32, bool, Ink),
    pad: f32,
) {
    let (top, mut x) = (pen.y, LEFT);
    for ((lines, (_, number)), width) in cells.iter().zip(head).zip(widths) {
        for (at, text) in lines.iter().enumerate() {
            pen.y = top + pad + at as f32 * line - 1.5;
            let shift = if *number { width - 5.0 - pen.faces.of(bold).width(text, size) } else { 5.0 };
            pen.text(x + shift, size, bold, colour, text);
        }
        x += width;
    }
    pen.y = top;
}

fn sign(pen: &mut Pen<'_>, sheet: &Sheet) {
    if sheet.signature.is_empty() {
        return;
    }
    let (x, height) = (LEFT + (RIGHT - LEFT) * 0.56, sheet.signature.len() as f32 * LINE + 80.0);
    pen.need(height);
    pen.y += 24.0;
    for (at, line) in sheet.signature.iter().enumerate() {
        // room for the hand between office and name
        if at == 2 {
            pen.y += 46.0;
        }
        pen.text(x, BODY, at == 2, Ink::Text, line);
        pen.y += LINE;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sheet(rows: usize) -> Sheet {
        let row = |n: usize| {
            vec![
                format!("Klaim ke-{n} 🙂 tentang air minum yang katanya beracun di seluruh kabupaten"),
                n.to_string(),
            ]
        };
        Sheet {
            letterhead: vec!["KEPOLISIAN".into(), "RESOR SUKAMAJU".into()],
            title: "Laporan patroli harian".into(),
            subtitle: "24 November 2026".into(),
            language: "id".into(),
            date: jiff::civil::date(2026, 11, 24),
            blocks: vec![
                Block::Heading("Ringkasan".into()),
                Block::Paragraph("Tidak ada temuan. ".repeat(20)),
                Block::Table {
                    head: vec![("Klaim".into(), false), ("Kiriman".into(), true)],
                    rows: (0..rows).map(row).collect(),
                },
            ],
            signature: ["Sukamaju, 25 November 2026", "Kepala Seksi", "Sri Wahyuni", "AKP"]
                .map(String::from)
                .to_vec(),
            footer: "Data sha256 0123".into(),
            page_line: "{page}/{pages}".into(),
        }
    }

    #[test]
    fn the_same_sheet_gives_the_same_bytes_and_long_tables_turn_the_page() {
        let short = render(&sheet(3)).unwrap();
        assert_eq!(short, render(&sheet(3)).unwrap());
        assert!(short.starts_with(b"%PDF-1.7"));
        assert_eq!(lay_out(&sheet(3), &Faces::load().unwrap()).len(), 1);
        let pages = lay_out(&sheet(120), &Faces::load().unwrap());
        assert!(pages.len() > 3);
        for mark in pages.iter().flatten() {
            let (Mark::Text { y, .. } | Mark::Fill { y, .. }) = mark;
            assert!(*y <= BOTTOM + 1.0, "below the foot of the page: {y}");
        }
        render(&sheet(120)).unwrap();
    }
}
