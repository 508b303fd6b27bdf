//! HTML to readable text: paragraphs kept, scripts and styles gone, entities read.

use scraper::Html;
use scraper::node::Node;

/// Elements whose content is no text for readers.
const SILENT: &[&str] = &[
    "script", "style", "template", "iframe", "svg", "noscript", "head", "title", "object", "canvas",
    "button", "form", "select", "textarea", "audio", "video", "map", "math",
];
/// Elements that end a paragraph.
const PARAGRAPHS: &[&str] = &[
    "p",
    "div",
    "article",
    "section",
    "header",
    "footer",
    "main",
    "aside",
    "nav",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "blockquote",
    "pre",
    "ul",
    "ol",
    "dl",
    "table",
    "figure",
    "figcaption",
    "hr",
    "address",
    "details",
    "summary",
];
/// Elements that end a line.
const LINES: &[&str] = &["li", "tr", "dt", "dd", "caption", "option"];
/// Elements without an end, or whose end may be left out: they do not nest.
const FLAT: &[&str] = &[
    "br", "hr", "img", "input", "meta", "link", "wbr", "source", "col", "area", "base", "embed", "track",
    "param", "p", "li", "td", "th", "tr", "dt", "dd", "option", "tbody", "thead", "tfoot",
];
/// Deeper nesting than any honest page has; the parser needs quadratic time for it.
const DEEPEST: usize = 400;

/// The readable text of a piece of HTML: paragraphs divided by an empty line, lines by a line break.
///
/// Plain text passes unchanged but for its white space. Never fails.
pub fn text(html: &str) -> String {
    without(html, &[])
}

/// [`text`] without what stands in elements of these names.
pub(crate) fn without(html: &str, names: &[&str]) -> String {
    if !html.contains(['<', '&']) {
        return plain(html);
    }
    if too_deep(html) {
        return tidy(&between_tags(html));
    }
    let tree = Html::parse_fragment(html).tree;
    let mut out = String::with_capacity(html.len() / 2);
    // by hand and not by recursion: depth is the sender's choice
    let mut node = Some(tree.root());
    'walk: while let Some(at) = node {
        let silent = open(at.value(), names, &mut out);
        if let Some(child) = at.first_child().filter(|_| !silent) {
            node = Some(child);
            continue;
        }
        let mut leaving = Some(at);
        while let Some(left) = leaving {
            close(left.value(), &mut out);
            if let Some(next) = left.next_sibling() {
                node = Some(next);
                continue 'walk;
            }
            leaving = left.parent();
        }
        node = None;
    }
    tidy(&out)
}

/// HTML or text on one line, for headlines.
pub fn line(html: &str) -> String {
    text(html).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Text without control characters (NUL among them, which a database refuses), line ends as `\n`.
pub fn plain(text: &str) -> String {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let kept = |c: &char| !c.is_control() || matches!(c, '\n' | '\t');
    text.chars().filter(kept).collect::<String>().trim().to_owned()
}

/// Writes what opens; whether the content is to be passed over.
fn open(node: &Node, silenced: &[&str], out: &mut String) -> bool {
    match node {
        Node::Text(text) => {
            let inner = text.split_whitespace().collect::<Vec<_>>().join(" ");
            let spaced = |c: Option<char>| c.is_some_and(char::is_whitespace);
            if spaced(text.chars().next()) {
                out.push(' ');
            }
            out.push_str(&inner);
            if spaced(text.chars().next_back()) {
                out.push(' ');
            }
            false
        }
        Node::Element(element) => {
            let silent = SILENT.contains(&element.name()) || silenced.contains(&element.name());
            if !silent {
                break_at(element.name(), out);
            }
            silent
        }
        _ => false,
    }
}

fn close(node: &Node, out: &mut String) {
    if let Node::Element(element) = node
        && element.name() != "br"
    {
        break_at(element.name(), out);
    }
}

/// The break that the edge of an element makes; two edges of lines in a row are one line end.
fn break_at(name: &str, out: &mut String) {
    match name {
        "br" => out.push('\n'),
        "td" | "th" => out.push(' '),
        _ if PARAGRAPHS.contains(&name) => out.push_str("\n\n"),
        _ if LINES.contains(&name) && !out.ends_with('\n') => out.push('\n'),
        _ => {}
    }
}

/// One space between words, one empty line between paragraphs, nothing at the ends.
fn tidy(text: &str) -> String {
    let text = plain(text).replace('\u{a0}', " ");
    let mut out = String::with_capacity(text.len());
    let mut empty = 0;
    for line in text.lines() {
        let words = line.split_whitespace().collect::<Vec<_>>().join(" ");
        if words.is_empty() {
            empty += 1;
            continue;
        }
        if !out.is_empty() {
            out.push_str(if empty > 0 { "\n\n" } else { "\n" });
        }
        empty = 0;
        out.push_str(&words);
    }
    out
}

/// Whether tags nest deeper than is honest, by counting alone.
pub(crate) fn too_deep(html: &str) -> bool {
    let mut depth = 0_usize;
    for tag in html.split('<').skip(1) {
        let closing = tag.starts_with('/');
        let name = tag.trim_start_matches('/');
        let end = name.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(name.len());
        let name = name[..end].to_ascii_lowercase();
        if name.is_empty() || FLAT.contains(&name.as_str()) {
            continue;
        }
        depth = if closing { depth.saturating_sub(1) } else { depth + 1 };
        if depth > DEEPEST {
            return true;
        }
    }
    false
}

/// What stands between tags, for pages no parser should see.
fn between_tags(html: &str) -> String {
    let parts = html.split('<').enumerate();
    parts
        .map(|(at, part)| if at == 0 { part } else { part.split_once('>').map_or("", |(_, text)| text) })
        .collect::<Vec<_>>()
        .join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn html_becomes_paragraphs() {
        let cases = [
            ("tanpa tanda", "tanpa tanda"),
            ("<p>Satu.</p><p>Dua <b>tebal</b>,\n dan   tiga.</p>", "Satu.\n\nDua tebal, dan tiga."),
            ("Harga naik &amp; turun &lt;10%&gt;&nbsp;ya", "Harga naik & turun <10%> ya"),
            ("a<br>b<br/>c", "a\nb\nc"),
            ("<ul><li>satu</li><li>dua</li></ul>", "satu\ndua"),
            ("<script>alert(1)</script>x<style>p{}</style>", "x"),
            ("<div><div>dalam</div></div>luar", "dalam\n\nluar"),
            ("3 < 5 dan 7 > 2", "3 < 5 dan 7 > 2"),
            ("<p>tidak ditutup", "tidak ditutup"),
            ("a<b>b</b>c", "abc"),
            ("<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>", "a b\nc"),
            ("", ""),
            ("nol\u{0}di sini\r\nbaris", "noldi sini\nbaris"),
        ];
        for (html, expect) in cases {
            assert_eq!(text(html), expect, "{html}");
        }
        assert_eq!(line("<b>Judul</b>\n panjang &amp; baik"), "Judul panjang & baik");
    }

    #[test]
    fn depth_costs_no_stack_and_little_time() {
        for tag in ["<div>", "<b>", "<table><tr><td>", "<a>"] {
            let deep = format!("{}inti{}", tag.repeat(100_000), "</div>".repeat(100_000));
            assert_eq!(text(&deep).trim(), "inti", "{tag}");
        }
        let list = format!("<ul>{}</ul>", "<li>x".repeat(2_000));
        assert_eq!(text(&list).lines().count(), 2_000);
    }
}
