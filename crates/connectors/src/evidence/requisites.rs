//! What a page needs to be seen as it was: images, styles and scripts that its HTML names.

use crate::html::too_deep;
use scraper::{ElementRef, Html, Selector};
use std::collections::HashSet;
use std::sync::LazyLock;
use url::Url;

static NEEDED: LazyLock<Option<Selector>> =
    LazyLock::new(|| Selector::parse("base[href], link[href], img, script[src], source, video[poster]").ok());

/// Addresses of what the page at `at` needs, in the order in which it names them, at most `most`, and how many it
/// names in all. A page that nests deeper than any honest one gives none.
pub(crate) fn requisites(html: &str, at: &Url, most: usize) -> (Vec<Url>, usize) {
    let Some(selector) = NEEDED.as_ref().filter(|_| !too_deep(html)) else { return (Vec::new(), 0) };
    let document = Html::parse_document(html);
    let (mut base, mut based) = (at.clone(), false);
    let (mut seen, mut out) = (HashSet::new(), Vec::new());
    for element in document.select(selector) {
        if element.value().name() == "base" {
            // the first one counts
            if let Some(to) = element.attr("href").filter(|_| !based).and_then(|href| at.join(href).ok()) {
                (base, based) = (to, true);
            }
            continue;
        }
        for address in addresses(element) {
            let Ok(mut url) = base.join(address.trim()) else { continue };
            url.set_fragment(None);
            if matches!(url.scheme(), "http" | "https") && url != *at && seen.insert(url.clone()) {
                out.push(url);
            }
        }
    }
    let named = out.len();
    out.truncate(most);
    (out, named)
}

fn addresses(element: ElementRef<'_>) -> Vec<&str> {
    let names: &[&str] = match element.value().name() {
        "link" if !seen_on_screen(element) => &[],
        "link" => &["href"],
        "video" => &["poster"],
        // what a script puts in place later is named beside it
        "img" => &["src", "data-src", "srcset"],
        "source" => &["srcset"],
        _ => &["src"],
    };
    let first = |name: &&str| {
        let value = element.attr(name)?;
        if *name == "srcset" { value.split([',', ' ']).find(|part| !part.is_empty()) } else { Some(value) }
    };
    names.iter().filter_map(first).collect()
}

fn seen_on_screen(link: ElementRef<'_>) -> bool {
    let kinds = link.attr("rel").unwrap_or_default().to_ascii_lowercase();
    kinds.split_whitespace().any(|kind| matches!(kind, "stylesheet" | "icon"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_seen_is_named_once_and_in_order() {
        let html = r#"<base href="/berita/"><base href="/lain/"><link rel="Stylesheet" href="a.css">
            <link rel="alternate" href="feed.xml"><script src="//cdn.contoh.example/s.js#x"></script>
            <img src="foto.jpg"><img src="foto.jpg"><img srcset="kecil.jpg 1x, besar.jpg 2x">
            <img src="data:image/png;base64,AA" data-src="malas.jpg"><a href="lain.html">lain</a>
            <source src="film.mp4"><video poster="poster.jpg"></video><img src="javascript:alert(1)">"#;
        let at = Url::parse("https://contoh.example/x").unwrap();
        let (found, named) = requisites(html, &at, 5);
        let found: Vec<&str> = found.iter().map(Url::as_str).collect();
        let expect = [
            "https://contoh.example/berita/a.css",
            "https://cdn.contoh.example/s.js",
            "https://contoh.example/berita/foto.jpg",
            "https://contoh.example/berita/kecil.jpg",
            "https://contoh.example/berita/malas.jpg",
        ];
        assert_eq!((found.as_slice(), named), (expect.as_slice(), 6));
        let deep = format!("{}<img src=a.jpg>", "<div>".repeat(100_000));
        assert_eq!(requisites(&deep, &at, 5), (Vec::new(), 0));
    }
}
