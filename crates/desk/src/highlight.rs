//! The text as it was, cut where findings begin and end.

use saring_domain::Because;

/// A piece of text with the findings that point at it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Piece {
    /// The characters.
    pub text: String,
    /// Numbers of the explanations below the text, rising; empty for plain text.
    pub marks: Vec<usize>,
    /// Those of them that end with this piece: their numbers are printed here.
    pub ends: Vec<usize>,
    /// Style of the first of them.
    pub class: &'static str,
}

impl Piece {
    /// The first explanation, which a click leads to.
    pub fn first(&self) -> usize {
        self.marks.first().copied().unwrap_or_default()
    }
    /// `1 2`: the numbers that are printed behind the piece.
    pub fn numbers(&self) -> String {
        self.ends.iter().map(usize::to_string).collect::<Vec<_>>().join(" ")
    }
}

/// Findings in the order in which they first occur; their place plus one is their number.
pub(crate) fn findings(spans: &[Because]) -> Vec<String> {
    let mut order: Vec<&Because> = spans.iter().filter(|span| span.start < span.end).collect();
    order.sort_by_key(|span| (span.start, span.end));
    let mut out: Vec<String> = Vec::new();
    for span in order {
        if !out.contains(&span.because) {
            out.push(span.because.clone());
        }
    }
    out
}

/// Style of a finding: `claim`, `attack`, `place`, `own` or `other`.
pub(crate) fn class_of(because: &str) -> &'static str {
    match because.split(':').next().unwrap_or_default() {
        "claim" => "claim",
        "group_attack" | "hate" => "attack",
        "place" => "place",
        "own_institution" => "own",
        _ => "other",
    }
}

/// Cuts `text` at the ends of all spans (Unicode scalar values); spans past its end are cut off.
pub(crate) fn pieces(text: &str, spans: &[Because]) -> Vec<Piece> {
    let chars: Vec<char> = text.chars().collect();
    let numbered = findings(spans);
    let clip = |place: u32| usize::try_from(place).unwrap_or(usize::MAX).min(chars.len());
    let real = spans.iter().filter(|span| span.start < span.end);
    let mut cuts: Vec<usize> = real.flat_map(|span| [clip(span.start), clip(span.end)]).collect();
    cuts.extend([0, chars.len()]);
    cuts.sort_unstable();
    cuts.dedup();
    let mut out: Vec<Piece> =
        cuts.windows(2).map(|cut| piece(&chars, cut[0], cut[1], spans, &numbered)).collect();
    for at in 0..out.len() {
        let next = out.get(at + 1).map(|next| next.marks.clone()).unwrap_or_default();
        out[at].ends = out[at].marks.iter().copied().filter(|mark| !next.contains(mark)).collect();
    }
    out
}

fn piece(chars: &[char], from: usize, to: usize, spans: &[Because], numbered: &[String]) -> Piece {
    let covers = |span: &&Because| (span.start as usize) <= from && to <= span.end as usize;
    let number =
        |span: &Because| numbered.iter().position(|because| *because == span.because).map(|at| at + 1);
    let mut marks: Vec<usize> = spans.iter().filter(covers).filter_map(number).collect();
    marks.sort_unstable();
    marks.dedup();
    let class = marks.first().map_or("", |first| class_of(&numbered[first - 1]));
    Piece { text: chars[from..to].iter().collect(), marks, ends: Vec::new(), class }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn because(start: u32, end: u32, because: &str) -> Because {
        Because { start, end, because: because.into() }
    }

    #[test]
    fn nothing_of_the_text_is_lost_or_doubled_however_spans_overlap() {
        let text = "🙂 air ledeng beracun di Karangan";
        let spans = [
            because(2, 20, "claim:k1"),
            because(13, 33, "group_attack"),
            because(24, 90, "place:1"),
            because(5, 5, "hate"),
        ];
        let cut = pieces(text, &spans);
        assert_eq!(cut.iter().map(|piece| piece.text.as_str()).collect::<String>(), text);
        assert_eq!(cut[0], Piece { text: "🙂 ".into(), marks: vec![], ends: vec![], class: "" });
        assert_eq!(cut[2].marks, [1, 2]);
        assert_eq!((cut[2].class, cut[2].numbers()), ("claim", "1".into()));
        assert_eq!(cut.last().map(|piece| piece.marks.clone()), Some(vec![2, 3]));
    }

    #[test]
    fn a_text_without_findings_is_one_piece() {
        assert_eq!(pieces("abc", &[]).len(), 1);
        assert!(pieces("", &[]).is_empty());
    }
}
