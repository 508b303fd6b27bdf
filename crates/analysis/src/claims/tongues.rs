//! Words that posts write otherwise than Indonesian titles do: abbreviations, nicknames, numbers in words, and Javanese,
//! Sundanese and Malay words with their regular forms.
//!
//! A word that Indonesian has too, with another meaning, is read only in a text that has other words of its language.

use saring_text::{Sieve, WordHash};
use std::collections::HashMap;
use std::hash::BuildHasher;
use std::sync::LazyLock;

/// A language of the list whose base words stand for their regular forms too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tongue {
    Javanese,
    Sundanese,
    Malay,
}

impl Tongue {
    /// How many there are.
    pub const ALL: usize = 3;

    fn from_code(code: &str) -> Option<Self> {
        match code {
            "jv" => Some(Self::Javanese),
            "su" => Some(Self::Sundanese),
            "ms" => Some(Self::Malay),
            _ => None,
        }
    }

    /// That of a text with so many words of each that no other language has, if any.
    pub fn of(sure: [u32; Self::ALL]) -> Option<Self> {
        let [javanese, sundanese, malay] = sure;
        let most = javanese.max(sundanese).max(malay);
        match () {
            () if most < SURE => None,
            () if most == javanese => Some(Self::Javanese),
            () if most == sundanese => Some(Self::Sundanese),
            () => Some(Self::Malay),
        }
    }

    /// The regular forms of a base word; the few that nobody says do no harm.
    fn forms(self, base: &str) -> Vec<String> {
        let vowel = base.ends_with(['a', 'i', 'u', 'e', 'o']);
        let nasal = self.nasal(base);
        // a prefix with what it is put before, and the endings that go with it
        let (with_prefix, endings): ([(&str, &str); 4], [&[&str]; 5]) = match self {
            Self::Javanese if vowel => (
                [("di", base), ("ke", base), ("dipun", base), ("", &nasal)],
                [
                    &["ne", "nipun", "nan"],
                    &["", "kake", "ni"],
                    &["", "nan"],
                    &["", "kaken", "ni"],
                    &["", "kake", "ni"],
                ],
            ),
            Self::Javanese => (
                [("di", base), ("ke", base), ("dipun", base), ("", &nasal)],
                [&["e", "ipun", "an"], &["", "ake", "i"], &["", "an"], &["", "aken", "i"], &["", "ake", "i"]],
            ),
            Self::Sundanese => (
                [("di", base), ("ka", base), ("pa", base), ("", &nasal)],
                [
                    &["na", "ana", "keun", "an"],
                    &["", "keun", "an"],
                    &["", "keun", "an"],
                    &["", "an"],
                    &["", "keun", "an"],
                ],
            ),
            Self::Malay => (
                [("di", base), ("ter", base), ("ber", base), ("me", &nasal)],
                [&["nya", "kan", "an"], &["", "kan", "i"], &[""], &[""], &["", "kan", "i"]],
            ),
        };
        let prefixed = [("", base)].into_iter().chain(with_prefix).zip(endings);
        let with = |((prefix, base), endings): ((&str, &str), &[&str])| {
            endings
                .iter()
                .map(|ending| softened(self, &format!("{prefix}{base}"), ending))
                .collect::<Vec<_>>()
        };
        prefixed.flat_map(with).filter(|form| form != base).collect()
    }

    /// The base word with its first letter nasalised, as active verbs have it.
    fn nasal(self, base: &str) -> String {
        let (first, rest) = base.split_at(1);
        match (self, first) {
            (Self::Javanese, "p" | "w") => format!("m{rest}"),
            (Self::Javanese, "t") => format!("n{}", rest.trim_start_matches('h')),
            (Self::Javanese, "b") => format!("m{base}"),
            (Self::Javanese, "d" | "j") => format!("n{base}"),
            (Self::Javanese, "g" | "r" | "l" | "y") => format!("ng{base}"),
            (Self::Javanese, "m" | "n" | "h") => base.to_owned(),
            (Self::Malay, "b" | "f") => format!("m{base}"),
            (Self::Malay, "c" | "d" | "j") => format!("n{base}"),
            (Self::Malay, "g" | "h") => format!("ng{base}"),
            (Self::Malay, "l" | "m" | "n" | "r" | "w" | "y") => base.to_owned(),
            (_, "p") => format!("m{rest}"),
            (_, "t") => format!("n{rest}"),
            (_, "k") => format!("ng{rest}"),
            (Self::Javanese | Self::Sundanese, "c") | (_, "s") => format!("ny{rest}"),
            (_, "a" | "i" | "u" | "e" | "o") => format!("ng{base}"),
            (_, _) => format!("nga{base}"),
        }
    }
}

/// A form with its ending: Javanese opens the last vowel before some, *tuku* and *nukokake*.
fn softened(tongue: Tongue, form: &str, suffix: &str) -> String {
    let open = tongue == Tongue::Javanese && matches!(suffix, "kake" | "kaken" | "ni" | "nan");
    match (open, form.strip_suffix('u'), form.strip_suffix('i')) {
        (true, Some(rest), _) => format!("{rest}o{suffix}"),
        (true, _, Some(rest)) => format!("{rest}e{suffix}"),
        _ => format!("{form}{suffix}"),
    }
}

/// Words that no other language has, from which on a text is in it.
const SURE: u32 = 2;
/// Letters of a base word from which on its forms are read.
const LEAST: usize = 4;

/// What titles mostly write instead of a word.
#[derive(Clone, Copy)]
pub(super) struct Alias {
    pub read: &'static str,
    /// The language that alone has the word.
    pub tongue: Option<Tongue>,
}

#[derive(Default)]
struct Read {
    anywhere: HashMap<String, Alias, WordHash>,
    /// Their hashes: nearly all words of a text are none of them.
    some: Sieve,
    own: [HashMap<String, &'static str, WordHash>; Tongue::ALL],
}

static READ: LazyLock<Read> = LazyLock::new(|| {
    let mut all = Read::default();
    for line in include_str!("../../data/claim_aliases.tsv").lines().filter(|line| !line.starts_with('#')) {
        let mut parts = line.split('\t');
        let (Some(word), Some(read)) = (parts.next(), parts.next()) else { continue };
        let code = parts.next().unwrap_or_default();
        let tongue = Tongue::from_code(code.trim_end_matches('?'));
        // Malay and Indonesian share their endings: the form of a word that both have may well be the Indonesian one
        let regular = word.len() >= LEAST && !(tongue == Some(Tongue::Malay) && code.ends_with('?'));
        let mut forms = tongue.filter(|_| regular).map(|tongue| tongue.forms(word)).unwrap_or_default();
        forms.retain(|form| form != read);
        match tongue {
            Some(own) if code.ends_with('?') => {
                let own = &mut all.own[own as usize];
                own.insert(word.to_owned(), read);
                forms.into_iter().for_each(|form| _ = own.entry(form).or_insert(read));
            }
            _ => {
                let alias = Alias { read, tongue };
                all.anywhere.insert(word.to_owned(), alias);
                forms.into_iter().for_each(|form| _ = all.anywhere.entry(form).or_insert(alias));
            }
        }
    }
    all.some = Sieve::of(BITS, all.anywhere.keys().map(|word| hash(word)));
    all
});

/// Bits of [`Read::some`], as a power of two.
const BITS: u32 = 18;

fn hash(word: &str) -> u64 {
    WordHash::default().hash_one(word)
}

/// What titles write for a word (lower case) of a text in whatever language.
pub(super) fn alias(word: &str) -> Option<Alias> {
    if READ.some.may_have(hash(word)) { READ.anywhere.get(word).copied() } else { None }
}

/// What titles write for a word that other languages have too, in a text of this one.
pub(super) fn own(tongue: Tongue, word: &str) -> Option<&'static str> {
    READ.own[tongue as usize].get(word).copied()
}

/// An Indonesian word of a text in one of the languages without the ending that only this has: *rakyate*, *hargana*,
/// *ditutupkeun*.
pub(super) fn without_ending(tongue: Tongue, word: &str) -> &str {
    let (endings, after_vowel): (&[&str], &str) = match tongue {
        Tongue::Javanese => (&["kake", "kaken", "ake", "aken", "ipun"], "ne"),
        Tongue::Sundanese => (&["keun", "eun"], "na"),
        Tongue::Malay => return word,
    };
    if !word.is_ascii()
        || matches!(
            word,
            "bencana"
                | "rencana"
                | "pidana"
                | "sarjana"
                | "istana"
                | "celana"
                | "corona"
                | "karena"
                | "online"
        )
    {
        return word;
    }
    let vowel = |rest: &str| rest.ends_with(['a', 'i', 'u', 'e', 'o']);
    let long = |rest: &&str| rest.len() >= LEAST;
    if let Some(rest) = endings.iter().find_map(|ending| word.strip_suffix(ending)).filter(long) {
        return rest;
    }
    if let Some(rest) = word.strip_suffix(after_vowel).filter(|rest| vowel(rest)).filter(long) {
        return rest;
    }
    let last = if tongue == Tongue::Javanese { "e" } else { "na" };
    word.strip_suffix(last).filter(|rest| !vowel(rest)).filter(long).unwrap_or(word)
}
