//! Letters of other scripts that look Latin, as used to slip a word past a filter.

/// The Latin letter that lower-case `c` imitates.
pub(crate) fn latin(c: char) -> Option<char> {
    Some(match c {
        'а' | 'α' | 'ɑ' | 'ᴀ' | 'ａ' => 'a',
        'в' | 'β' | 'ʙ' | 'ь' | 'ƅ' => 'b',
        'с' | 'ϲ' | 'ᴄ' | 'ç' => 'c',
        'ԁ' | 'ᴅ' | 'đ' | 'ɗ' => 'd',
        'е' | 'ε' | 'ҽ' | 'є' | 'ᴇ' | 'ǝ' | 'ə' => 'e',
        'ғ' | 'ꜰ' | 'ƒ' => 'f',
        'ɡ' | 'ɢ' | 'ց' => 'g',
        'һ' | 'н' | 'η' | 'ʜ' | 'հ' => 'h',
        'і' | 'ι' | 'ı' | 'ɪ' | 'ӏ' | 'ɩ' => 'i',
        'ј' | 'ϳ' | 'ᴊ' => 'j',
        'к' | 'κ' | 'ᴋ' | 'қ' => 'k',
        'ʟ' | 'ł' | 'ⅼ' => 'l',
        'м' | 'ᴍ' => 'm',
        'п' | 'ո' | 'ɴ' | 'ƞ' | 'ŋ' => 'n',
        'о' | 'ο' | 'σ' | 'ᴏ' | 'օ' | 'ø' => 'o',
        'р' | 'ρ' | 'ᴘ' => 'p',
        'ԛ' => 'q',
        'г' | 'ʀ' => 'r',
        'ѕ' | 'ꜱ' | 'ʂ' => 's',
        'т' | 'τ' | 'ᴛ' => 't',
        'υ' | 'ᴜ' | 'ս' | 'μ' => 'u',
        'ν' | 'ѵ' | 'ᴠ' => 'v',
        'ω' | 'ѡ' | 'ԝ' | 'ᴡ' => 'w',
        'х' | 'χ' => 'x',
        'у' | 'γ' | 'ү' | 'ʏ' => 'y',
        'ᴢ' | 'ʐ' => 'z',
        _ => return None,
    })
}

/// `word` in Latin letters where every one of its letters is Latin or imitates one, or where it mixes scripts.
/// Nothing where there is nothing to fold.
pub(crate) fn fold(word: &str) -> Option<String> {
    let folded: String = word.chars().map(|c| latin(c).unwrap_or(c)).collect();
    (folded != word).then_some(folded)
}

/// Whether `word` has a Latin letter of its own.
pub(crate) fn has_latin(word: &str) -> bool {
    word.bytes().any(|byte| byte.is_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mixed_scripts_become_latin() {
        assert_eq!(fold("аnjіng").as_deref(), Some("anjing"));
        assert_eq!(fold("κοntοl").as_deref(), Some("kontol"));
        assert_eq!(fold("anjing"), None);
        assert!(has_latin("аnjіng") && !has_latin("сор"));
    }

    #[test]
    fn nothing_folds_to_something_that_folds_again() {
        for c in '\u{80}'..='\u{ffff}' {
            if let Some(to) = latin(c) {
                assert!(to.is_ascii_lowercase(), "{c}");
            }
        }
    }
}
