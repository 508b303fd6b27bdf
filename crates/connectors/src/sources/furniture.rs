//! What media put between the paragraphs of an article, told by how it is built: captions, and lists of links that a "read
//! also" announces. Lines of text that betray themselves by their words are left to `boilerplate`.

use crate::html::squeezed;
use scraper::{ElementRef, Html, Selector};
use std::sync::LazyLock;

/// What announces links to other articles, in lower case and without marks.
const ANNOUNCED: &[&str] = &[
    "baca juga",
    "baca pula",
    "baca artikel lainnya",
    "baca berita lainnya",
    "simak juga",
    "simak pula",
    "lihat juga",
    "jangan lewatkan",
    "terkait",
    "artikel terkait",
    "berita terkait",
    "foto terkait",
    "video terkait",
    "artikel lainnya",
    "berita lainnya",
    "berita rekomendasi",
    "rekomendasi untuk anda",
    "terpopuler",
    "read also",
    "read more",
    "also read",
    "see also",
    "related articles",
    "related posts",
];
/// Words in the class or name of an element that holds a caption.
const CAPTIONS: &[&str] =
    &["caption", "photodesc", "photo-desc", "photo_desc", "keterangan-foto", "keterangan_foto"];
/// An announcement is not longer than this, characters.
const SHORT: usize = 40;
/// A caption is not longer than this, characters.
const CAPTION: usize = 800;
/// An alternative text shorter than this may stand in a sentence as well, characters.
const ALTERNATIVE: usize = 20;

type Pattern = LazyLock<Option<Selector>>;
static BLOCK: Pattern = LazyLock::new(|| {
    Selector::parse("p, div, h1, h2, h3, h4, h5, h6, strong, b, span, li, td, section").ok()
});
static NAMED: Pattern = LazyLock::new(|| Selector::parse("[class], [id]").ok());
static IMAGE: Pattern = LazyLock::new(|| Selector::parse("img[alt]").ok());

/// The page without captions and announced links to other articles; `None` where it has neither. What is left of a page whose
/// article is its captions is for the caller to see.
pub(super) fn without(page: &Html) -> Option<String> {
    let mut gone = Vec::new();
    for element in page.select_all(&NAMED) {
        if captions(element) && (1..=CAPTION).contains(&length(element)) {
            gone.push(element.id());
        }
    }
    for image in page.select_all(&IMAGE) {
        let alternative = squeezed(image.attr("alt").unwrap_or_default());
        if alternative.chars().count() >= ALTERNATIVE {
            let around = image.ancestors().filter_map(ElementRef::wrap).take(3);
            gone.extend(around.filter(|at| squeezed(&start(*at, CAPTION)) == alternative).map(|at| at.id()));
        }
    }
    for element in page.select_all(&BLOCK) {
        if announces(element) {
            let links = links_after(outermost(element));
            if !links.is_empty() {
                gone.push(outermost(element).id());
                gone.extend(links.iter().map(|link| link.id()));
            }
        }
    }
    if gone.is_empty() {
        return None;
    }
    let mut left = page.clone();
    for id in gone {
        if let Some(mut node) = left.tree.get_mut(id) {
            node.detach();
        }
    }
    Some(left.html())
}

trait SelectAll {
    fn select_all(&self, pattern: &Pattern) -> Vec<ElementRef<'_>>;
}

impl SelectAll for Html {
    fn select_all(&self, pattern: &Pattern) -> Vec<ElementRef<'_>> {
        pattern.as_ref().map(|pattern| self.select(pattern).collect()).unwrap_or_default()
    }
}

fn captions(element: ElementRef<'_>) -> bool {
    let names = [element.attr("class"), element.attr("id")];
    names.into_iter().flatten().any(|name| {
        let name = name.to_ascii_lowercase();
        CAPTIONS.iter().any(|word| name.contains(word))
    })
}

fn announces(element: ElementRef<'_>) -> bool {
    let text = start(element, SHORT + 1).to_lowercase();
    let text = squeezed(text.trim_matches(|c: char| !c.is_alphanumeric()));
    ANNOUNCED.contains(&text.as_str())
}

/// The largest element around this one that says no more than it.
fn outermost(element: ElementRef<'_>) -> ElementRef<'_> {
    let text = squeezed(&start(element, SHORT + 1));
    let around = element.ancestors().filter_map(ElementRef::wrap);
    let same = |at: &ElementRef<'_>| at.value().name() != "html" && squeezed(&start(*at, SHORT + 2)) == text;
    around.take_while(same).last().unwrap_or(element)
}

/// The elements that follow it, as long as they hold links and nothing else.
fn links_after(element: ElementRef<'_>) -> Vec<ElementRef<'_>> {
    let mut found = Vec::new();
    for node in element.next_siblings() {
        match ElementRef::wrap(node) {
            Some(next) if linked(next) => found.push(next),
            Some(next) if length(next) == 0 => {}
            Some(_) => break,
            None if node.value().as_text().is_some_and(|text| !text.trim().is_empty()) => break,
            None => {}
        }
    }
    found
}

/// Whether nine tenths of its words stand in links.
fn linked(element: ElementRef<'_>) -> bool {
    let (mut inside, mut all) = (0, 0);
    for node in element.descendants() {
        if let Some(text) = node.value().as_text() {
            let count = text.split_whitespace().map(|word| word.chars().count()).sum::<usize>();
            let linked =
                node.ancestors().filter_map(ElementRef::wrap).take_while(|at| at.id() != element.id());
            let linked = linked.chain([element]).any(|at| at.value().name() == "a");
            (inside, all) = (inside + if linked { count } else { 0 }, all + count);
        }
    }
    all > 0 && inside * 10 >= all * 9
}

/// Letters of its text, white space left out.
fn length(element: ElementRef<'_>) -> usize {
    element.text().flat_map(str::split_whitespace).map(|word| word.chars().count()).sum()
}

/// The first characters of its text; enough of them to know that it is longer.
fn start(element: ElementRef<'_>, most: usize) -> String {
    let mut out = String::new();
    for text in element.text() {
        if out.chars().count() > most {
            break;
        }
        out.push_str(&squeezed(text));
        out.push(' ');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    const BODY: &str =
        "<p>Bupati membuka pasar baru di tepi sungai pada hari Senin, disaksikan warga tiga dusun.</p>";

    fn left(middle: &str) -> String {
        let page = format!("<div>{BODY}{middle}<p>Pedagang senang.</p></div>");
        crate::html::text(&without(&Html::parse_document(&page)).unwrap_or(page))
    }

    #[test]
    fn every_pattern_compiles() {
        assert!([&BLOCK, &NAMED, &IMAGE].iter().all(|pattern| pattern.is_some()));
    }

    #[test]
    fn links_that_are_announced_go_and_others_stay() {
        let plain = left("");
        let furniture = [
            "<p>Baca Juga</p><div class='x'><ul><li><a href='/a'>Harga cabai turun</a></li><li><a href='/b'>Jalan rusak</a></li></ul></div>",
            "<div><div>Baca juga:</div><ul><li><a href='/a'>Harga cabai turun</a></li></ul></div>",
            "<h2>JANGAN LEWATKAN!!!</h2><a href='/a'>Harga cabai turun</a><br><a href='/b'>Jalan rusak</a><br>",
            "<p><strong>Berita terkait:</strong></p><p><a href='/a'>Harga cabai turun</a></p><p><a href='/b'>Jalan rusak</a></p>",
            "<div class='foto-caption'>Pasar baru di tepi sungai, Senin (23/11).</div>",
            "<div><img src='a.jpg' alt='Pasar baru di tepi sungai'>Pasar baru di tepi sungai</div>",
        ];
        for middle in furniture {
            assert_eq!(left(middle), plain, "{middle}");
        }
        let words = [
            ("<h2>Baca juga</h2><p>Kata camat, <a href='/a'>pasar</a> itu milik warga.</p>", "milik warga"),
            ("<p>Simak <a href='/a'>aturan baru</a></p>", "aturan baru"),
            ("<ul><li><a href='/a'>Kartu keluarga</a></li></ul>", "Kartu keluarga"),
        ];
        for (middle, stays) in words {
            assert!(left(middle).contains(stays), "{middle}");
        }
        assert_eq!(without(&Html::parse_document(BODY)), None);
    }
}
