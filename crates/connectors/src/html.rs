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
/// Deeper nesting than any honest page has.
const DEEPEST: usize = 400;
/// So many elements may be left open as tags alone are counted: the parser needs quadratic time for them. Honest pages leave many
/// open that the end of another one closes.
const MOST_OPEN: usize = 2_000;
/// Elements of drawings, which end themselves with `/>` as long as nothing else stands between them.
const DRAWN: &[&str] = &[
    "svg",
    "g",
    "path",
    "circle",
    "rect",
    "line",
    "polygon",
    "polyline",
    "ellipse",
    "use",
    "defs",
    "stop",
    "symbol",
    "mask",
    "clippath",
    "lineargradient",
    "radialgradient",
    "text",
    "tspan",
    "image",
];

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
    squeezed(&text(html))
}

/// The words of a text with one space between them.
pub(crate) fn squeezed(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
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
            let inner = squeezed(text);
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
        let words = squeezed(line);
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

/// Whether so many elements are left open that no parser should see the page, by counting alone.
pub(crate) fn too_deep(html: &str) -> bool {
    let (mut open, mut foreign, mut drawing) = (0_usize, 0_usize, false);
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        rest = &rest[at + 1..];
        if let Some(after) = rest.strip_prefix("!--") {
            rest = after.find("-->").map_or("", |end| &after[end..]);
            continue;
        }
        let closing = rest.starts_with('/');
        let tag = rest.trim_start_matches('/');
        let end = tag.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(tag.len());
        let name = tag[..end].to_ascii_lowercase();
        if name.is_empty() || FLAT.contains(&name.as_str()) {
            continue;
        }
        let step = |depth: usize| if closing { depth.saturating_sub(1) } else { depth + 1 };
        if matches!(name.as_str(), "svg" | "math") {
            (foreign, drawing) = (step(foreign), name == "svg" && !closing);
        }
        drawing &= DRAWN.contains(&name.as_str());
        let ended = drawing && name != "svg" && tag.find('>').is_some_and(|end| tag[..end].ends_with('/'));
        if !ended {
            open = step(open);
        }
        if open > MOST_OPEN {
            return true;
        }
        // what a script says in its own language is no tag; within a drawing it would be one
        if !closing && foreign == 0 && matches!(name.as_str(), "script" | "style") {
            rest = behind(tag, &name);
        }
    }
    false
}

/// What follows the text of a script or style: its closing tag and all behind it.
fn behind<'a>(text: &'a str, name: &str) -> &'a str {
    let ends = text.match_indices("</").map(|(at, _)| &text[at..]);
    let named = |end: &&str| end.get(2..2 + name.len()).is_some_and(|word| word.eq_ignore_ascii_case(name));
    ends.into_iter().find(named).unwrap_or("")
}

/// Whether a page nests deeper than is honest.
pub(crate) fn nests_deep(tree: &Html) -> bool {
    let (mut node, mut depth) = (Some(tree.tree.root()), 0_usize);
    while let Some(at) = node {
        node = at.first_child();
        depth += usize::from(node.is_some());
        if depth > DEEPEST {
            return true;
        }
        let mut leaving = Some(at).filter(|_| node.is_none());
        while let Some(left) = leaving {
            node = left.next_sibling();
            leaving = left.parent().filter(|_| node.is_none());
            depth = depth.saturating_sub(usize::from(leaving.is_some()));
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
    fn scripts_drawings_and_what_others_close_make_no_page_deep() {
        let script = format!("<script>{}</script>", "if(a<b&&c<d){x()}".repeat(5_000));
        let drawing = format!("<svg>{}</svg>", "<path d='M0'/><g><circle r=1 /></g>".repeat(3_000));
        let open = "<div><tab-item><tab-item></div>".repeat(500);
        for page in [&script, &drawing, &open] {
            assert!(!too_deep(&format!("{page}<p>inti</p>")), "{}", &page[..40]);
            assert!(text(&format!("{page}<p>inti</p>")).ends_with("inti"));
        }
        // and none of it hides depth
        let deep = "<div>".repeat(MOST_OPEN + 1);
        let hidden = [
            format!("<script>1</script>{deep}"),
            format!("<svg><script>{}</script>", "<g>".repeat(MOST_OPEN + 1)),
            format!("<svg><div>{}", "<path/>".repeat(MOST_OPEN + 1)),
            format!("<svg><title></title><script>{}</script>", "<g>".repeat(MOST_OPEN + 1)),
            format!("<!-- <script> -->{deep}"),
            format!("<script>a</scripted></script >{deep}"),
        ];
        for page in &hidden {
            assert!(too_deep(page), "{}", &page[..40]);
        }
        assert!(nests_deep(&Html::parse_document(&"<div>".repeat(DEEPEST + 1))));
        assert!(!nests_deep(&Html::parse_document(&"<div>a</div>".repeat(DEEPEST + 1))));
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
