//! Where a hashtag is cut into words: capitals, digits, underscores, and where there are none, the cheapest way to
//! read it as known words.

use crate::glyph::Glyph;
use crate::lexicon::lexicon;
use std::ops::Range;
use unicode_normalization::char::is_combining_mark;

/// Longer pieces are not searched for words.
const LONGEST: usize = 64;
const LONGEST_WORD: usize = 24;
/// Words of two letters that hashtags have; others are remains of longer words.
const SHORT: &[&str] = &["di", "ke", "yg", "ga", "gk", "ri", "tv", "kb"];
/// Cost of a letter that belongs to no known word: dearer than any word.
const UNKNOWN: f32 = 24.0;
/// Every cut costs, so that *pemilu* is not *pe mil u*.
const CUT: f32 = 4.0;

/// Ranges of the words in the body of a hashtag (without its `#`).
pub(crate) fn split(body: &[Glyph]) -> Vec<Range<usize>> {
    let mut out = Vec::new();
    let mut start = 0;
    for at in 1..=body.len() {
        if at == body.len() || boundary(body, at) {
            words(body, start..at, &mut out);
            start = at;
        }
    }
    out
}

/// Whether a new piece begins at `at`: Ganti|Presiden, KPK|Bersih, 2019|ganti.
fn boundary(body: &[Glyph], at: usize) -> bool {
    let (before, here) = (body[at - 1], body[at]);
    // a vowel of another script stays with what it stands on
    if is_combining_mark(here.c) {
        return false;
    }
    let next_is_small = body.get(at + 1).is_some_and(|next| next.c.is_alphabetic() && !next.upper);
    let digit = |glyph: Glyph| glyph.c.is_numeric();
    let camel = here.upper && (!before.upper || next_is_small) && before.c.is_alphabetic();
    here.c == '_' || before.c == '_' || camel || digit(before) != digit(here)
}

fn words(body: &[Glyph], piece: Range<usize>, out: &mut Vec<Range<usize>>) {
    let text: String = body[piece.clone()].iter().map(|glyph| glyph.c).collect();
    if text == "_" || piece.is_empty() {
        return;
    }
    if text.len() < 5 || text.len() > LONGEST || !text.is_ascii() || lexicon().readable(&text) {
        return out.push(piece);
    }
    out.extend(cheapest(&text).into_iter().map(|word| piece.start + word.start..piece.start + word.end));
}

/// Viterbi over known words; one piece where the letters are mostly no words.
fn cheapest(text: &str) -> Vec<Range<usize>> {
    let mut best = vec![(0.0_f32, 0_usize); text.len() + 1];
    for end in 1..=text.len() {
        let from = |start: usize| {
            let word = &text[start..end];
            let long = word.len() > 2 || SHORT.contains(&word);
            let entry = lexicon().get(word).filter(|entry| long && !entry.regional);
            let cost = entry.and_then(|entry| {
                entry.cost.or(entry.means.filter(|_| end - start > 2).map(|_| UNKNOWN / 2.0))
            });
            (best[start].0 + CUT + cost.unwrap_or((end - start) as f32 * UNKNOWN), start)
        };
        let starts = end.saturating_sub(LONGEST_WORD)..end;
        best[end] = starts.map(from).min_by(|a, b| a.0.total_cmp(&b.0)).unwrap_or((f32::MAX, 0));
    }
    let (mut out, mut end) = (Vec::new(), text.len());
    while end > 0 {
        out.push(best[end].1..end);
        end = best[end].1;
    }
    out.reverse();
    let unknown: usize = out
        .iter()
        .filter(|word| {
            word.len() < 3 && !SHORT.contains(&&text[(*word).clone()])
                || !lexicon().readable(&text[(*word).clone()])
        })
        .map(Range::len)
        .sum();
    // names and coined words stay whole
    if unknown > 0 {
        out.clear();
        out.push(0..text.len());
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::glyph::glyphs;

    #[test]
    fn hashtags_are_cut_into_words() {
        for (tag, wanted) in [
            ("GantiPresiden", "ganti presiden"),
            ("2019GantiPresiden", "2019 ganti presiden"),
            ("gantipresiden", "ganti presiden"),
            ("saring_sebelum_sharing", "saring sebelum sharing"),
            ("KPKBersih", "kpk bersih"),
            ("dirumahaja", "dirumahaja"),
            ("turunkanharga", "turunkan harga"),
            ("xqzvbn", "xqzvbn"),
            ("Trenggalek", "trenggalek"),
        ] {
            let body = glyphs(tag);
            let text = |word: &Range<usize>| body[word.clone()].iter().map(|g| g.c).collect::<String>();
            let found: Vec<_> = split(&body).iter().map(text).collect();
            assert_eq!(found.join(" "), wanted, "{tag}");
        }
    }
}
