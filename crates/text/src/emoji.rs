//! Which characters are pictures, and how long one picture is.

use crate::glyph::Glyph;

/// Whether `c` is drawn as a picture.
pub(crate) fn is_emoji(c: char) -> bool {
    matches!(c,
        '\u{1f000}'..='\u{1faff}' | '\u{2600}'..='\u{27bf}' | '\u{2b05}'..='\u{2b55}' | '\u{2300}'..='\u{23ff}'
        | '\u{25a0}'..='\u{25ff}' | '\u{2190}'..='\u{21ff}' | '\u{2934}' | '\u{2935}' | '\u{3030}' | '\u{303d}')
}

fn is_skin_tone(c: char) -> bool {
    matches!(c, '\u{1f3fb}'..='\u{1f3ff}')
}

fn is_flag_letter(c: char) -> bool {
    matches!(c, '\u{1f1e6}'..='\u{1f1ff}')
}

/// Length of the picture at the start of `glyphs`: two letters for a flag, else one character and its skin tone.
/// (Joiners and variation selectors are invisible and already gone.)
pub(crate) fn length(glyphs: &[Glyph]) -> usize {
    let (Some(first), second) = (glyphs.first(), glyphs.get(1)) else { return 0 };
    if !is_emoji(first.c) {
        return 0;
    }
    let pair = |second: &Glyph| is_flag_letter(first.c) && is_flag_letter(second.c);
    1 + usize::from(second.is_some_and(|second| is_skin_tone(second.c) || pair(second)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::glyph::glyphs;

    #[test]
    fn a_picture_has_its_parts() {
        for (text, wanted) in [("😂😂", 1), ("👍🏽", 2), ("🇮🇩🇮🇩", 2), ("a", 0), ("❤️!", 1)]
        {
            assert_eq!(length(&glyphs(text)), wanted, "{text}");
        }
    }
}
