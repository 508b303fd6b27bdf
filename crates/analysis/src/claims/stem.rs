//! Light stemming for matching: one suffix, one prefix with nasal repair, one more suffix, no dictionary.
//!
//! Over-stemming costs little here, because post and title are stemmed alike; what matters is that *memakan* and
//! *dimakan* meet. The rest of a word never falls below four letters.

const PARTICLES: [&str; 6] = ["nya", "lah", "kah", "pun", "ku", "mu"];
const PREFIXES: [&str; 17] = [
    "memper", "diper", "meng", "meny", "mem", "men", "peng", "peny", "pem", "pen", "ber", "ter", "per", "di",
    "ke", "se", "me",
];
const SUFFIXES: [&str; 3] = ["kan", "an", "i"];
const SHORTEST: usize = 4;

/// The stem of a lower-case word in two parts, the consonant that a nasal swallowed (menyapu -> s + apu, memukul -> p +
/// ukul) and the rest; words with other letters than a-z and short ones are returned as they are.
pub fn stem(word: &str) -> (&'static str, &str) {
    if word.len() <= SHORTEST || !word.bytes().all(|b| b.is_ascii_lowercase()) {
        return ("", word);
    }
    let (swallowed, rest) = without_prefix(strip(word, &PARTICLES, SHORTEST));
    (swallowed, strip(rest, &SUFFIXES, SHORTEST - swallowed.len()))
}

fn strip<'a>(word: &'a str, endings: &[&str], least: usize) -> &'a str {
    let rest = endings.iter().find_map(|end| word.strip_suffix(end).filter(|rest| rest.len() >= least));
    rest.unwrap_or(word)
}

/// Drops one prefix and gives back the consonant that its nasal swallowed.
fn without_prefix(word: &str) -> (&'static str, &str) {
    for prefix in PREFIXES.iter().chain(&["pe"]) {
        let Some(rest) = word.strip_prefix(prefix) else { continue };
        let vowel = rest.starts_with(['a', 'i', 'u', 'e', 'o']);
        let swallowed = match *prefix {
            "meny" | "peny" => "s",
            "mem" | "pem" if vowel => "p",
            "men" | "pen" if vowel => "t",
            _ => "",
        };
        let sayable = !swallowed.is_empty() || begins_a_syllable(rest.as_bytes());
        if sayable && swallowed.len() + rest.len() >= SHORTEST {
            return (swallowed, rest);
        }
    }
    ("", word)
}

/// Whether a word of the language can begin so: else the prefix was none (*sembuh* is not *se* + *mbuh*).
fn begins_a_syllable(rest: &[u8]) -> bool {
    let vowel = |at: usize| rest.get(at).is_some_and(|b| b"aiueo".contains(b));
    let cluster = matches!(
        rest,
        [b'p' | b't' | b'k' | b'b' | b'd' | b'g' | b'f' | b's', b'r' | b'l', ..]
            | [b's', b't' | b'p' | b'k' | b'w' | b'y', ..]
            | [b'n', b'g' | b'y', ..]
            | [b'k', b'h', ..]
    );
    vowel(0) || vowel(1) || cluster
}

#[cfg(test)]
mod tests {
    use super::stem;

    #[test]
    fn forms_of_one_word_meet() {
        for (form, wanted) in [
            ("memukul", "pukul"),
            ("dipukul", "pukul"),
            ("menyapukan", "sapu"),
            ("menuliskan", "tulis"),
            ("menyembuhkan", "sembuh"),
            ("sembuhkan", "sembuh"),
            ("disembuhkan", "sembuh"),
            ("bantuannya", "bantu"),
            ("rp", "rp"),
            ("2024", "2024"),
        ] {
            let (swallowed, rest) = stem(form);
            assert_eq!(format!("{swallowed}{rest}"), wanted, "{form}");
        }
    }
}
