//! From characters of the original to normalised characters that know where they came from: escapes read, NFKC,
//! lower case, accents of Latin letters and invisible characters dropped.

use crate::escape;
use unicode_normalization::char::{compose, decompose_compatible, is_combining_mark};

/// One normalised character.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Glyph {
    pub(crate) c: char,
    /// Range of Unicode scalar values of the original.
    pub(crate) start: u32,
    pub(crate) end: u32,
    /// It was a capital.
    pub(crate) upper: bool,
}

/// Marks kept on one letter; the rest of a tower of marks is decoration.
const MOST_MARKS: usize = 4;

/// Normalises `original` character by character.
pub(crate) fn glyphs(original: &str) -> Vec<Glyph> {
    let chars: Vec<char> = original.chars().collect();
    let mut out = Line { glyphs: Vec::with_capacity(chars.len()), marks: 0 };
    escape::each(&chars, |c, start, end| out.push(c, start, end));
    out.glyphs
}

struct Line {
    glyphs: Vec<Glyph>,
    /// Marks on the last letter so far.
    marks: usize,
}

impl Line {
    fn push(&mut self, c: char, start: u32, end: u32) {
        if c.is_ascii() {
            self.marks = 0;
            let upper = c.is_ascii_uppercase();
            self.glyphs.push(Glyph { c: c.to_ascii_lowercase(), start, end, upper });
        } else if let Some(letter) = enclosed(c) {
            self.marks = 0;
            self.glyphs.push(Glyph { c: letter, start, end, upper: true });
        } else if !invisible(c) {
            decompose_compatible(c, |part| self.part(part, start, end));
        }
    }

    fn part(&mut self, c: char, start: u32, end: u32) {
        let upper = c.is_uppercase();
        for c in c.to_lowercase().filter(|c| !invisible(*c)) {
            let joins =
                is_combining_mark(c) || matches!(c, '\u{1161}'..='\u{1175}' | '\u{11a8}'..='\u{11c2}');
            if joins { self.mark(c, start, end) } else { self.letter(c, start, end, upper) }
        }
    }

    fn letter(&mut self, c: char, start: u32, end: u32, upper: bool) {
        self.marks = 0;
        self.glyphs.push(Glyph { c, start, end, upper });
    }

    /// A mark on a Latin letter is an accent and goes; elsewhere it may be a vowel and stays.
    fn mark(&mut self, mark: char, start: u32, end: u32) {
        self.marks += 1;
        let Some(last) = self.glyphs.last_mut() else { return };
        if last.c.is_ascii() || crate::lookalike::latin(last.c).is_some() || !last.c.is_alphabetic() {
            if last.c.is_alphanumeric() {
                last.end = end;
            }
        } else if let Some(whole) = compose(last.c, mark) {
            last.c = whole;
            last.end = end;
        } else if self.marks <= MOST_MARKS {
            self.glyphs.push(Glyph { c: mark, start, end, upper: false });
        } else {
            last.end = end;
        }
    }
}

/// Letters in boxes and circles that compatibility decomposition leaves alone.
fn enclosed(c: char) -> Option<char> {
    let first = match c {
        '\u{1f150}'..='\u{1f169}' => 0x1f150,
        '\u{1f170}'..='\u{1f189}' => 0x1f170,
        _ => return None,
    };
    char::from_u32(u32::from(c) - first + u32::from('a'))
}

/// Characters without a shape: zero-width, bidirectional controls, variation selectors, fillers, tatweel, tags.
pub fn invisible(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{640}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
        | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
        | '\u{2122}' | '\u{2120}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}'
        | '\u{fff9}'..='\u{fffb}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(original: &str) -> String {
        glyphs(original).iter().map(|glyph| glyph.c).collect()
    }

    #[test]
    fn shapes_are_folded() {
        for (original, wanted) in [
            ("ＡＮＪＩＮＧ", "anjing"),
            ("𝐚𝐧𝐣𝐢𝐧𝐠 𝔩𝔲", "anjing lu"),
            ("🅰njing ⓐ", "anjing a"),
            ("café téh", "cafe teh"),
            ("a\u{200b}n\u{202e}j", "anj"),
            ("anak² …", "anak2 ..."),
            ("한국", "한국"),
            ("Россия", "россия"),
        ] {
            assert_eq!(text(original), wanted, "{original}");
        }
    }

    #[test]
    fn every_character_knows_its_place() {
        let found: Vec<_> = glyphs("É\u{200b}x\u{301}&amp;…").iter().map(|g| (g.c, g.start, g.end)).collect();
        assert_eq!(found, [('e', 0, 1), ('x', 2, 4), ('&', 4, 9), ('.', 9, 10), ('.', 9, 10), ('.', 9, 10)]);
    }

    #[test]
    fn a_tower_of_marks_is_bounded() {
        let tower = format!("ก{}", "\u{e49}".repeat(5000));
        assert!(glyphs(&tower).len() <= 1 + MOST_MARKS);
    }
}
