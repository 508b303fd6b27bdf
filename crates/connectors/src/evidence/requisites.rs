//! What a page needs to be seen as it was: images, styles and scripts that its HTML names.

use super::candidates::needed;
use crate::html::too_deep;
use regex::Regex;
use scraper::{ElementRef, Html, Selector};
use std::collections::HashSet;
use std::sync::LazyLock;
use url::Url;

static NEEDED: LazyLock<Option<Selector>> = LazyLock::new(|| {
    Selector::parse(
        "base[href], link[href], img, script[src], source, video[poster], input[type=image], style, [style], noscript",
    )
    .ok()
});
/// What a style sheet names: `url(..)` and `@import "..."`.
static IN_STYLE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r#"(?i)url\(\s*(?:"([^"]*)"|'([^']*)'|([^"')\s]*))\s*\)|@import\s+(?:"([^"]*)"|'([^']*)')"#)
        .ok()
});
/// Addresses kept in mind: nobody reads more, and a page may name millions.
const MOST: usize = 20_000;

/// Addresses of what the page at `at` needs, each once, in the order in which it names them. A page that nests deeper
/// than any honest one gives none.
pub(crate) fn requisites(html: &str, at: &Url) -> Vec<Url> {
    if too_deep(html) {
        return Vec::new();
    }
    let (mut out, mut base) = (Vec::new(), None);
    gather(&Html::parse_document(html), at, &mut base, &mut out, true);
    let mut seen = HashSet::new();
    out.retain(|url: &Url| seen.insert(url.clone()));
    out
}

/// Addresses that a style sheet at `at` names.
pub(crate) fn styles(css: &str, at: &Url) -> Vec<Url> {
    let Some(pattern) = IN_STYLE.as_ref() else { return Vec::new() };
    let named = |found: regex::Captures<'_>| {
        let address = found.iter().skip(1).flatten().next()?.as_str().to_owned();
        web(at, &address)
    };
    pattern.captures_iter(css).filter_map(named).take(MOST).collect()
}

fn gather(document: &Html, at: &Url, base: &mut Option<Url>, out: &mut Vec<Url>, outer: bool) {
    let Some(selector) = NEEDED.as_ref() else { return };
    for element in document.select(selector) {
        if out.len() > MOST {
            return;
        }
        let name = element.value().name();
        if name == "base" {
            // the first one counts
            *base = base.take().or_else(|| at.join(element.attr("href")?).ok());
            continue;
        }
        let from = base.clone().unwrap_or_else(|| at.clone());
        match name {
            "style" => out.extend(styles(&element.text().collect::<String>(), &from)),
            // pictures taken here are made without scripts
            "noscript" if outer => {
                let inside = Html::parse_fragment(&element.text().collect::<String>());
                gather(&inside, at, base, out, false);
            }
            _ => out.extend(addresses(element).into_iter().filter_map(|address| web(&from, address))),
        }
        if let Some(style) = element.attr("style") {
            out.extend(styles(style, &from));
        }
    }
    out.retain(|url| url != at);
}

/// An address of the web, without its fragment.
fn web(from: &Url, address: &str) -> Option<Url> {
    let mut url = from.join(address.trim()).ok()?;
    url.set_fragment(None);
    (!address.trim().is_empty() && matches!(url.scheme(), "http" | "https")).then_some(url)
}

fn addresses(element: ElementRef<'_>) -> Vec<&str> {
    let names: &[&str] = match element.value().name() {
        "link" if !seen_on_screen(element) => &[],
        "link" => &["href"],
        "video" => &["poster"],
        // what a script puts in place later is named beside it
        "img" => &["src", "data-src", "srcset", "data-srcset"],
        "source" => &["srcset", "data-srcset"],
        "script" | "input" => &["src"],
        _ => &[],
    };
    let of = |name: &&str| match element.attr(name) {
        Some(value) if name.ends_with("srcset") => needed(value, sizes(element, name)),
        value => value.into_iter().collect(),
    };
    names.iter().flat_map(of).collect()
}

/// How wide a picture is shown, as the page or the script of it says.
fn sizes<'e>(element: ElementRef<'e>, name: &str) -> Option<&'e str> {
    let late = name.starts_with("data-").then(|| element.attr("data-sizes")).flatten();
    late.or_else(|| element.attr("sizes"))
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
            <img src="dasar.jpg" srcset="s.jpg 640w, m.jpg 1300w, l.jpg 2600w" sizes="(max-width: 600px) 100vw, 50vw">
            <img src="data:image/png;base64,AA" data-src="malas.jpg"><a href="lain.html">lain</a>
            <source src="film.mp4"><video poster="poster.jpg"></video><img src="javascript:alert(1)">"#;
        let at = Url::parse("https://contoh.example/x").unwrap();
        let found = requisites(html, &at);
        let found: Vec<&str> = found.iter().map(Url::as_str).collect();
        let expect = [
            "https://contoh.example/berita/a.css",
            "https://cdn.contoh.example/s.js",
            "https://contoh.example/berita/foto.jpg",
            "https://contoh.example/berita/kecil.jpg",
            "https://contoh.example/berita/dasar.jpg",
            "https://contoh.example/berita/s.jpg",
            "https://contoh.example/berita/malas.jpg",
            "https://contoh.example/berita/poster.jpg",
        ];
        assert_eq!(found, expect);
        let deep = format!("{}<img src=a.jpg>", "<div>".repeat(100_000));
        assert_eq!(requisites(&deep, &at), []);
    }

    #[test]
    fn what_styles_and_pages_without_scripts_show_is_named_too() {
        let html = r#"<style>@import 'dasar.css'; h1 { background: url( "latar.png" ) }</style>
            <p style="background:url(tepi.png)"><noscript><img src="tanpa-skrip.jpg"></noscript>
            <p style="background:url(data:image/png;base64,AA)"><p style="background:url()">"#;
        let at = Url::parse("https://contoh.example/a/b").unwrap();
        let found: Vec<String> = requisites(html, &at).iter().map(ToString::to_string).collect();
        let expect = ["dasar.css", "latar.png", "tepi.png", "tanpa-skrip.jpg"];
        assert_eq!(found, expect.map(|name| format!("https://contoh.example/a/{name}")));
        let sheet = Url::parse("https://contoh.example/gaya/x.css").unwrap();
        let found =
            styles("@font-face { src: url(../huruf.woff2#x) format('woff2') } @IMPORT \"lain.css\";", &sheet);
        let found: Vec<&str> = found.iter().map(Url::as_str).collect();
        assert_eq!(found, ["https://contoh.example/huruf.woff2", "https://contoh.example/gaya/lain.css"]);
        assert_eq!(styles(&"url(".repeat(100_000), &sheet), []);
    }
}
