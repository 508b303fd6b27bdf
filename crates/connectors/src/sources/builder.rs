//! Articles that a page builder cuts into many sections, of which Readability takes one: their texts are put together. And
//! pages that call one element their article, of which Readability takes another.

use crate::html;
use scraper::{ElementRef, Html, Selector};
use std::sync::LazyLock;

/// What builders call an element that holds text.
static TEXTS: LazyLock<Option<Selector>> = LazyLock::new(|| {
    Selector::parse(
        ".elementor-widget-text-editor, .elementor-text-editor, .et_pb_text_inner, .wpb_text_column, .fl-rich-text, \
         .fusion-text, .kc_text_block, .siteorigin-widget-tinymce",
    )
    .ok()
});
/// What pages call the one element that is the article.
static BODIES: LazyLock<Option<Selector>> = LazyLock::new(|| {
    Selector::parse(
        "[itemprop=articleBody], .entry-content, .post-content, .post-body, .article-content, .article-body, .article__body, \
         .article__content, .td-post-content, .single-content, .node-content, .blog-content",
    )
    .ok()
});
/// Elements around what is no article,
const AROUND: &[&str] = &["header", "footer", "nav", "aside"];
/// and words in the classes of such.
const NAMED: &[&str] = &["location-footer", "location-header", "sidebar", "popup"];
/// Lines that are sentences have so many characters.
const SENTENCE: usize = 60;
/// An article has so many characters of them.
const ARTICLE: usize = 300;

/// The text of all sections, or else of the one element called the article, where `found` lacks more than four tenths of it.
pub(super) fn sections(tree: &Html, found: &str) -> Option<String> {
    let (cut, named) = (outermost(tree, &TEXTS), outermost(tree, &BODIES));
    let cut = (cut.len() > 1).then(|| whole(&cut));
    let named = (named.len() == 1).then(|| whole(&named));
    [cut, named].into_iter().flatten().find(|text| lacks(found, text))
}

fn outermost<'a>(tree: &'a Html, names: &LazyLock<Option<Selector>>) -> Vec<ElementRef<'a>> {
    let mut parts: Vec<ElementRef<'_>> = Vec::new();
    for element in names.as_ref().iter().flat_map(|names| tree.select(names)) {
        let inside = parts.iter().any(|part| element.ancestors().any(|at| at.id() == part.id()));
        if !inside && !element.ancestors().filter_map(ElementRef::wrap).any(around) {
            parts.push(element);
        }
    }
    parts
}

fn whole(parts: &[ElementRef<'_>]) -> String {
    let texts: Vec<String> = parts.iter().map(|part| html::text(&part.inner_html())).collect();
    texts.join("\n\n")
}

fn lacks(found: &str, whole: &str) -> bool {
    let (mut all, mut known) = (0, 0);
    for line in whole.lines().filter(|line| line.chars().count() >= SENTENCE) {
        all += line.len();
        known += if found.contains(line) { line.len() } else { 0 };
    }
    all >= ARTICLE && known * 10 < all * 6
}

fn around(element: ElementRef<'_>) -> bool {
    let class = element.attr("class").unwrap_or_default();
    AROUND.contains(&element.value().name()) || NAMED.iter().any(|name| class.contains(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_article_in_sections_is_put_together() {
        let part = |text: &str| {
            format!(
                "<section><div class='elementor-widget-text-editor'><div class='elementor-text-editor'><p>{text}</p></div></div></section>"
            )
        };
        let first = "Bupati membuka pasar baru di tepi sungai pada hari Senin, disaksikan warga tiga dusun. "
            .repeat(3);
        let second =
            "Pedagang senang karena los mereka kini beratap dan tidak lagi tergenang saat hujan deras. "
                .repeat(3);
        let footer = format!(
            "<footer>{}</footer>",
            part(
                &"Alamat kantor kami di Jalan Melati nomor tujuh, Desa Sukamaju, Kecamatan Indah. ".repeat(9)
            )
        );
        let tree = Html::parse_document(&format!("{}{}{footer}", part(&first), part(&second)));
        let whole = format!("{}\n\n{}", first.trim(), second.trim());
        assert_eq!(sections(&tree, "Beranda"), Some(whole.clone()));
        assert_eq!(sections(&tree, &whole), None, "what is found already");
        assert_eq!(sections(&Html::parse_document(&part(&first)), ""), None, "one section is none");
    }

    #[test]
    fn the_one_element_called_the_article_is_taken_where_it_was_missed() {
        let long = "Bupati membuka pasar baru di tepi sungai pada hari Senin, disaksikan warga tiga dusun. "
            .repeat(4);
        let body = |name: &str| format!("<div class='{name}'><p>{long}</p></div>");
        let tree = Html::parse_document(&body("entry-content"));
        assert_eq!(sections(&tree, "Langganan koran").as_deref(), Some(long.trim()));
        assert_eq!(sections(&tree, long.trim()), None);
        let list = Html::parse_document(&body("entry-content").repeat(3));
        assert_eq!(sections(&list, "Langganan koran"), None, "a list of articles is none");
        assert_eq!(sections(&Html::parse_document(&body("teks")), "Langganan koran"), None);
    }
}
