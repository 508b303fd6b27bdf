//! Articles that a page builder cuts into many sections, of which Readability takes one: their texts are put together.

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
/// Elements around what is no article,
const AROUND: &[&str] = &["header", "footer", "nav", "aside"];
/// and words in the classes of such.
const NAMED: &[&str] = &["location-footer", "location-header", "sidebar", "popup"];
/// Lines that are sentences have so many characters.
const SENTENCE: usize = 60;
/// An article has so many characters of them.
const ARTICLE: usize = 300;

/// The text of all sections, where `found` lacks more than four tenths of it.
pub(super) fn sections(tree: &Html, found: &str) -> Option<String> {
    let mut parts: Vec<ElementRef<'_>> = Vec::new();
    for element in tree.select(TEXTS.as_ref()?) {
        let inside = parts.iter().any(|part| element.ancestors().any(|at| at.id() == part.id()));
        if !inside && !element.ancestors().filter_map(ElementRef::wrap).any(|at| around(at)) {
            parts.push(element);
        }
    }
    let texts: Vec<String> = parts.iter().map(|part| html::text(&part.inner_html())).collect();
    let whole = texts.join("\n\n");
    let sentences = whole.lines().filter(|line| line.chars().count() >= SENTENCE);
    let (mut all, mut known) = (0, 0);
    for line in sentences {
        all += line.len();
        known += if found.contains(line) { line.len() } else { 0 };
    }
    (parts.len() > 1 && all >= ARTICLE && known * 10 < all * 6).then_some(whole)
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
}
