//! What one written word stands for: look-alike letters, stretched letters, digits for letters, `2` for a repeated
//! word, chat spellings. Every rule gives a word that no rule changes again.

use crate::lexicon::{Lexicon, lexicon};
use crate::lookalike;
use crate::memo::Memo;
use std::cell::RefCell;

/// What a spelling was read as.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Reading {
    /// One word.
    One(String),
    /// Several words.
    Several(&'static str),
}

/// Longer words are only squeezed.
const LONGEST: usize = 64;
/// Rules may follow one another (stretched, then chat spelling), never for ever.
const MOST_STEPS: usize = 8;

/// What is kept of a word: what the first step makes of it.
#[derive(Clone, Copy, Default)]
enum First {
    /// Another spelling, to be read on.
    #[default]
    Bent,
    Itself(Standing),
    Means(&'static str),
}

impl First {
    fn of(word: &str) -> Self {
        match step(word, lexicon()) {
            Step::Done(standing) => Self::Itself(standing),
            Step::Again(_) => Self::Bent,
            Step::Means(means) => Self::Means(means),
        }
    }
}

thread_local! {
    static KNOWN: RefCell<Memo<First>> = RefCell::new(Memo::new(13));
}

/// Reads `word` (lower case, NFKC); with what the lexicon says of a word that stands for itself.
pub(crate) fn read(word: String) -> (Reading, Standing) {
    match KNOWN.with_borrow_mut(|known| known.get_or(&word, First::of)) {
        First::Itself(standing) => (Reading::One(word), standing),
        First::Means(means) => (meaning(means), Standing::default()),
        First::Bent => read_on(word),
    }
}

fn meaning(means: &'static str) -> Reading {
    if means.contains(' ') { Reading::Several(means) } else { Reading::One(means.to_owned()) }
}

fn read_on(mut word: String) -> (Reading, Standing) {
    for _ in 0..MOST_STEPS {
        match step(&word, lexicon()) {
            Step::Done(standing) => return (Reading::One(word), standing),
            Step::Again(next) => word = next,
            Step::Means(means) => return (meaning(means), Standing::default()),
        }
    }
    (Reading::One(word), Standing::default())
}

/// The letters that `word` (lower case) was meant to have: other scripts' look-alikes and digits inside it read as
/// letters. Nothing where it already says what it means.
///
/// A digit is read only where the result is a known word; a number at the end of a word (`covid19`) stays.
pub fn letters(word: &str) -> Option<String> {
    if word.is_ascii() && !word.bytes().any(|byte| byte.is_ascii_digit()) || word.len() > LONGEST {
        return None;
    }
    let folded = if word.is_ascii() { None } else { imitation(word, lexicon()) };
    let read = leet(folded.as_deref().unwrap_or(word), lexicon());
    read.or(folded)
}

/// What a word of a text says about the rest of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Standing {
    /// It is plainly Javanese or Sundanese.
    pub(crate) regional: bool,
    /// It means something else where no word is regional.
    pub(crate) guarded: bool,
}

enum Step {
    Done(Standing),
    Again(String),
    Means(&'static str),
}

fn step(word: &str, known: &Lexicon) -> Step {
    if let Some(entry) = known.get(word) {
        return match entry.means {
            Some(means) if !entry.guarded => Step::Means(means),
            _ => Step::Done(Standing { regional: entry.regional, guarded: entry.guarded }),
        };
    }
    if !word.is_ascii() {
        return imitation(word, known).map_or_else(|| stretched(word, known), Step::Again);
    }
    match stretched(word, known) {
        Step::Done(none) if word.len() > LONGEST => Step::Done(none),
        Step::Done(none) => {
            let rules = [laughter, repeated, leet, with_clitic, repeated_by_hyphen];
            rules.iter().find_map(|rule| rule(word, known)).map_or(Step::Done(none), Step::Again)
        }
        step => step,
    }
}

/// Other scripts' letters: folded in a word that mixes scripts, or where the result is a word.
fn imitation(word: &str, known: &Lexicon) -> Option<String> {
    let folded = lookalike::fold(word)?;
    (lookalike::has_latin(word) || known.readable(&folded)).then_some(folded)
}

/// Letters written three times or more: once or twice, whichever is a word; a doubled last letter likewise.
fn stretched(word: &str, known: &Lexicon) -> Step {
    let once = squeeze(word, 1);
    if let Some(once) = once {
        let twice = squeeze(word, 2).filter(|twice| !known.readable(&once) && known.readable(twice));
        return Step::Again(twice.unwrap_or(once));
    }
    let mut from_end = word.char_indices().rev();
    let (Some((at, last)), Some((_, before))) = (from_end.next(), from_end.next()) else {
        return Step::Done(Standing::default());
    };
    if last == before
        && last.is_alphabetic()
        && word.len() <= LONGEST
        && at > 2
        && known.readable(&word[..at])
    {
        return Step::Again(word[..at].to_owned());
    }
    Step::Done(Standing::default())
}

/// Runs of three or more equal characters cut to `keep`; nothing where there is none. Digits are left alone.
fn squeeze(word: &str, keep: usize) -> Option<String> {
    if !word.as_bytes().windows(3).any(|three| three[0] == three[1] && three[1] == three[2])
        && word.is_ascii()
    {
        return None;
    }
    let mut out = String::new();
    let mut rest = word;
    let mut changed = false;
    while let Some(c) = rest.chars().next() {
        let length = rest.find(|other| other != c).unwrap_or(rest.len());
        let run = length / c.len_utf8();
        let stretched = run >= 3 && !c.is_ascii_digit();
        changed |= stretched;
        out.push_str(&rest[..if stretched { keep * c.len_utf8() } else { length }]);
        rest = &rest[length..];
    }
    changed.then_some(out)
}

/// `wkwkwkw`, `hahahaha` and their kin.
fn laughter(word: &str, _: &Lexicon) -> Option<String> {
    let of = |letters: &[u8]| {
        word.bytes().all(|b| letters.contains(&b)) && letters.iter().all(|l| word.as_bytes().contains(l))
    };
    let laughs: &[(&[u8], &str)] =
        &[(b"wk", "wkwk"), (b"ha", "haha"), (b"he", "hehe"), (b"hi", "hihi"), (b"xi", "hihi")];
    let (_, laugh) = laughs.iter().find(|(letters, _)| of(letters))?;
    (word.len() > 4 && word != *laugh).then(|| (*laugh).to_owned())
}

/// `anak2nya` is *anak-anaknya*, `berjalan2` is *berjalan-jalan*, `sebaik2nya` is *sebaik-baiknya*.
fn repeated(word: &str, known: &Lexicon) -> Option<String> {
    let (base, end) = word.split_once('2')?;
    let letters = base.len() >= 2 && base.bytes().all(|byte| byte.is_ascii_lowercase());
    if !letters
        || !matches!(end, "" | "nya" | "an" | "kan" | "in" | "i" | "lah" | "kah" | "ku" | "mu" | "pun")
    {
        return None;
    }
    let base = match known.get(base).and_then(|entry| entry.means) {
        Some(means) if !means.contains([' ', '-']) => means,
        Some(_) => return None,
        None => base,
    };
    // "no2", "g2": too short to be a word that is repeated
    if base.len() < 3 && !known.knows(base) {
        return None;
    }
    let inner = match base.strip_prefix("ber") {
        Some(inner) => inner,
        None if end == "nya" => base.strip_prefix("se").unwrap_or(base),
        None => base,
    };
    let inner = if inner.len() >= 4 && known.knows(inner) { inner } else { base };
    Some(format!("{base}-{inner}{end}"))
}

/// Digits and signs for letters, where the result is a word: `4nj1ng`, `b@ngs4t`.
fn leet(word: &str, known: &Lexicon) -> Option<String> {
    let letter = |one: u8, c: u8| match c {
        b'4' | b'@' => b'a',
        b'1' | b'!' | b'|' => one,
        b'0' => b'o',
        b'3' => b'e',
        b'5' | b'$' => b's',
        b'7' | b'+' => b't',
        b'6' | b'9' => b'g',
        b'8' => b'b',
        b'2' => b'z',
        _ => c,
    };
    let bytes = word.as_bytes();
    let last_sign = bytes.iter().position(|byte| !byte.is_ascii_lowercase())?;
    // a number at the end is a number: covid19, no1
    let inside = bytes[last_sign..].iter().any(u8::is_ascii_lowercase);
    let letters = bytes.iter().filter(|byte| byte.is_ascii_lowercase()).count();
    if !inside || bytes.len() < 3 || letters * 3 < bytes.len() || bytes.contains(&b'-') {
        return None;
    }
    b"il".iter().find_map(|one| {
        let read: Vec<u8> = bytes.iter().map(|byte| letter(*one, *byte)).collect();
        let read = String::from_utf8(read).ok()?;
        let shrunk = squeeze(&read, 1).filter(|shrunk| known.readable(shrunk));
        if known.readable(&read) { Some(read) } else { shrunk }
    })
}

/// `orgnya`: a chat spelling with its ending.
fn with_clitic(word: &str, known: &Lexicon) -> Option<String> {
    let base = word.strip_suffix("nya").or_else(|| word.strip_suffix("ny")).filter(|base| base.len() >= 2)?;
    match known.get(base) {
        Some(entry) if entry.guarded => None,
        Some(entry) => {
            let means = entry.means.or_else(|| word.ends_with("ny").then_some(base))?;
            (!means.contains(' ')).then(|| format!("{means}nya"))
        }
        None => None,
    }
}

/// `org-org`: both halves of a repeated word are read.
fn repeated_by_hyphen(word: &str, known: &Lexicon) -> Option<String> {
    let (first, second) = word.split_once('-')?;
    let read = |half: &'_ str| {
        let means = known.get(half).filter(|entry| !entry.guarded).and_then(|entry| entry.means);
        means.filter(|means| !means.contains([' ', '-'])).unwrap_or_default()
    };
    let (left, right) = (read(first), read(second));
    if left.is_empty() && right.is_empty() {
        return None;
    }
    let or =
        |means: &'static str, half: &str| if means.is_empty() { half.to_owned() } else { means.to_owned() };
    Some(format!("{}-{}", or(left, first), or(right, second)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(cases: &[(&str, &str)]) {
        for (word, wanted) in cases {
            let found = match read((*word).to_owned()).0 {
                Reading::One(word) => word,
                Reading::Several(words) => words.to_owned(),
            };
            assert_eq!(found, *wanted, "{word}");
        }
    }

    #[test]
    fn stretched_letters_shrink_to_a_word() {
        check(&[
            ("bangeeeet", "banget"),
            ("maaaaf", "maaf"),
            ("sayaaaang", "sayang"),
            ("goblooook", "goblok"),
            ("pakk", "pak"),
            ("sihhhh", "sih"),
            ("maaf", "maaf"),
            ("zzzz", "z"),
            ("gaaaak", "tidak"),
            ("1000000", "1000000"),
        ]);
    }

    #[test]
    fn digits_are_letters_only_in_words() {
        check(&[
            ("4nj1ng", "anjing"),
            ("k0nt0l", "kontol"),
            ("b@ngs4t", "bangsat"),
            ("g0bl0k", "goblok"),
            ("p0l1s1", "polisi"),
            ("covid19", "covid19"),
            ("no1", "no1"),
            ("rp100", "rp100"),
            ("x7f3q", "x7f3q"),
        ]);
    }

    #[test]
    fn two_repeats_a_word() {
        check(&[
            ("anak2", "anak-anak"),
            ("org2nya", "orang-orangnya"),
            ("mobil2an", "mobil-mobilan"),
            ("berjalan2", "berjalan-jalan"),
            ("sebaik2nya", "sebaik-baiknya"),
            ("berita2", "berita-berita"),
            ("ke2", "kedua"),
            ("org-org", "orang-orang"),
        ]);
    }

    #[test]
    fn chat_spellings_are_expanded() {
        check(&[
            ("yg", "yang"),
            ("gk", "tidak"),
            ("orgnya", "orangnya"),
            ("katany", "katanya"),
            ("makasih", "terima kasih"),
            ("wkwkwkwkw", "wkwk"),
            ("hahahaha", "haha"),
        ]);
    }

    #[test]
    fn imitated_letters_are_folded_in_latin_words() {
        check(&[("аnjіng", "anjing"), ("россия", "россия"), ("ρоlіsі", "polisi")]);
    }
}
