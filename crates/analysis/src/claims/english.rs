//! English texts among known claims: their stop words and the endings of their words.
//!
//! The language of a text is told by its little words, so that a title and a post of a few words are read alike. What Indonesian
//! titles write for a word of an English post is looked for beside the word itself.

use saring_text::WordHash;
use std::collections::HashMap;
use std::sync::LazyLock;

/// Indonesian words by the stems of English ones.
static READ: LazyLock<HashMap<&str, &str, WordHash>> = LazyLock::new(|| {
    let lines = include_str!("../../data/claim_english.tsv").lines().filter(|line| !line.starts_with('#'));
    let entries = lines.filter_map(|line| line.split_once('\t'));
    entries.flat_map(|(read, words)| words.split(' ').map(move |word| (stem(word), read))).collect()
});

/// What Indonesian titles write for an English word, by its [`stem`].
pub fn in_indonesian(stem: &str) -> Option<&'static str> {
    READ.get(stem).copied()
}

/// Whether the words (lower case) are those of an English text: little words of English, one in twelve at least, and hardly
/// any of Indonesian. Where all are such as Indonesian texts have too, for a number or a name, it takes two different ones.
pub fn is_english<'a>(words: impl Iterator<Item = &'a str>) -> bool {
    let (mut english, mut other, mut all) = (0, 0, 0);
    let (mut clear, mut first) = (false, None);
    for word in words {
        all += 1;
        other += usize::from(is_indonesian(word));
        if is_little(word) {
            english += 1;
            clear |= !is_shared(word) || *first.get_or_insert(word) != word;
        }
    }
    clear && english > 2 * other && english * 12 >= all
}

/// Whether no word (lower case) is one of Indonesian: what is so short or so full of names that it has no little words.
pub fn may_be_english<'a>(mut words: impl Iterator<Item = &'a str>) -> bool {
    !words.any(is_indonesian)
}

/// Little words of English that stand in Indonesian texts too: "no 2", "pakar IT", "on", "pa ... ni all".
#[rustfmt::skip]
fn is_shared(word: &str) -> bool {
    matches!(
        word,
        "no" | "i" | "in" | "on" | "all" | "as" | "it" | "do" | "me" | "an" | "by" | "at" | "if" | "is" | "was" | "had" | "be"
        | "or" | "we" | "to" | "his" | "he" | "her" | "about" | "just" | "will" | "did" | "does" | "has"
    )
}

/// Little words that hardly any text of the archipelago has.
#[rustfmt::skip]
fn is_little(word: &str) -> bool {
    matches!(
        word,
        "the" | "of" | "and" | "to" | "for" | "was" | "that" | "with" | "from" | "by" | "this" | "these" | "has" | "have"
        | "had" | "he" | "she" | "they" | "his" | "her" | "their" | "at" | "not" | "be" | "been" | "were" | "who" | "after"
        | "did" | "does" | "do" | "an" | "what" | "you" | "your" | "we" | "our" | "my" | "are" | "on" | "is" | "it" | "its"
        | "in" | "as" | "or" | "but" | "if" | "just" | "will" | "about" | "how" | "why" | "when" | "where" | "there"
        | "would" | "can" | "no" | "all" | "into" | "than" | "being" | "because" | "while" | "over" | "i" | "me"
    )
}

#[rustfmt::skip]
fn is_indonesian(word: &str) -> bool {
    let ending = || word.len() >= 6 && (word.ends_with("nya") || word.ends_with("kan") && !word.ends_with("ican"));
    matches!(
        word,
        "yang" | "yg" | "dan" | "di" | "ke" | "dari" | "dr" | "ini" | "itu" | "untuk" | "utk" | "dengan" | "dgn" | "pada"
        | "adalah" | "akan" | "dalam" | "tidak" | "tdk" | "ga" | "gak" | "juga" | "oleh" | "ada" | "atau" | "sudah" | "sdh"
        | "saat" | "bisa" | "karena" | "telah" | "para" | "sebagai" | "agar" | "jadi" | "nya" | "si" | "ya" | "aja" | "saja"
        | "orang" | "kalau" | "saya" | "kita" | "kami" | "mereka" | "dia" | "anda" | "lagi" | "buat" | "sama"
        | "kan" | "jangan" | "bukan" | "belum" | "sedang" | "hari" | "aku" | "kau" | "tak" | "udah" | "kalo" | "kok" | "apa"
        | "bikin" | "banyak" | "tapi" | "nih" | "ni" | "sih" | "dong" | "lah" | "cek" | "maka" | "bagi" | "jika" | "seorang"
        | "seluruh" | "usai" | "soal" | "satu" | "dua" | "kata" | "bersama" | "disebut" | "pak" | "bu" | "bapak" | "ibu"
    ) || ending()
}

/// Words of an English text that are too common to match on.
#[rustfmt::skip]
pub fn is_stop(word: &str) -> bool {
    is_little(word) || matches!(
        word,
        "a" | "s" | "t" | "him" | "them" | "us" | "which" | "whom" | "whose" | "could" | "should" | "may" | "might" | "must"
        | "shall" | "doing" | "having" | "am" | "then" | "so" | "too" | "very" | "only" | "own" | "same" | "such" | "some"
        | "any" | "each" | "both" | "few" | "more" | "most" | "other" | "nor" | "here" | "again" | "further" | "once"
        | "up" | "down" | "out" | "off" | "under" | "above" | "below" | "between" | "through" | "during" | "before"
        | "against" | "until" | "also" | "re" | "ve" | "ll" | "d" | "m" | "don" | "didn" | "doesn" | "isn" | "wasn" | "get"
        | "got" | "via" | "now"
    )
}

/// Letters that an ending never leaves alone.
const LEAST: usize = 4;

/// A lower-case word of an English text without its ending of number, time or manner: `arrests`, `arrested` and `arresting`
/// meet. Words of other scripts stay as they are.
pub fn stem(word: &str) -> &str {
    if word.len() <= LEAST || !word.bytes().all(|b| b.is_ascii_lowercase()) {
        return word;
    }
    let word = plural(word);
    let ending = ["ingly", "edly", "ing", "ed", "ly", "ment"];
    let rest = ending.iter().find_map(|end| word.strip_suffix(end).filter(|rest| rest.len() >= LEAST));
    let rest = rest.unwrap_or(word);
    let bytes = rest.as_bytes();
    match bytes {
        // "stopped" and "stop"
        [.., a, b] if rest.len() < word.len() && a == b && !b"aeiouls".contains(a) => &rest[..rest.len() - 1],
        // "released", "release"; "tries" and "try" are told apart by what is left
        [.., b'e' | b'y' | b'i'] if rest.len() > LEAST => &rest[..rest.len() - 1],
        _ => rest,
    }
}

fn plural(word: &str) -> &str {
    match word.strip_suffix('s') {
        Some(rest) if rest.len() >= LEAST && !rest.ends_with(['s', 'u', 'i']) => {
            // "tries" as "try", "boxes" as "box"
            let es = ["ie", "sse", "xe", "che", "she", "zze"].iter().any(|end| rest.ends_with(end));
            if es && rest.len() > LEAST { &rest[..rest.len() - 1] } else { rest }
        }
        _ => word,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_english_by_its_little_words() {
        for (text, wanted) in [
            ("the mayor of the town was arrested", true),
            ("did a shark swim on a flooded street", true),
            ("wali kota ditangkap", false),
            ("video the end dari wali kota yang ditangkap", false),
            ("presiden dan the first lady", false),
            ("saingi kami jangan lupa no 2", false),
            ("pakar it no 1 wirasana ragukan foto", false),
            ("bridge in wirasana collapsed on monday", true),
            ("", false),
        ] {
            assert_eq!(is_english(text.split(' ')), wanted, "{text}");
        }
    }

    #[test]
    fn english_words_are_read_as_titles_write_them() {
        for (word, wanted) in
            [("erupted", "meletus"), ("Mayors", ""), ("mayors", "walikota"), ("stolen", "curi")]
        {
            assert_eq!(in_indonesian(stem(word)).unwrap_or_default(), wanted, "{word}");
        }
        for line in include_str!("../../data/claim_english.tsv").lines().filter(|line| !line.starts_with('#'))
        {
            let (read, english) = line.split_once('\t').unwrap();
            assert!(!read.contains(' '), "one word stands for one word: {line}");
            for word in english.split(' ') {
                assert!(!is_stop(word), "{word} is never matched on");
                assert_eq!(in_indonesian(stem(word)), Some(read), "{word} is read in two ways");
            }
        }
    }

    #[test]
    fn forms_of_one_word_meet() {
        for forms in [
            &["arrest", "arrests", "arrested", "arresting"][..],
            &["release", "released", "releases", "releasing"],
            &["country", "countries"],
            &["stopped", "stopping"],
            &["church", "churches"],
        ] {
            assert!(forms.iter().all(|form| stem(form) == stem(forms[0])), "{forms:?}");
        }
        assert_eq!(
            [stem("virus"), stem("anies"), stem("2024s"), stem("gas")],
            ["virus", "anie", "2024s", "gas"]
        );
    }
}
