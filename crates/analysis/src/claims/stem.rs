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

/// The stem of a lower-case word; words with other letters than a-z and short ones are returned as they are.
pub fn stem(word: &str) -> String {
    if word.len() <= SHORTEST || !word.bytes().all(|b| b.is_ascii_lowercase()) {
        return word.to_owned();
    }
    let word = strip(word, &PARTICLES);
    let word = without_prefix(word);
    strip(&word, &SUFFIXES).to_owned()
}

fn strip<'a>(word: &'a str, endings: &[&str]) -> &'a str {
    let rest = endings.iter().find_map(|end| word.strip_suffix(end).filter(|rest| rest.len() >= SHORTEST));
    rest.unwrap_or(word)
}

/// Drops one prefix and gives back the consonant that the nasal swallowed (menyapu -> sapu, memukul -> pukul).
fn without_prefix(word: &str) -> String {
    for prefix in PREFIXES.iter().chain(&["pe"]) {
        let Some(rest) = word.strip_prefix(prefix) else { continue };
        let vowel = rest.starts_with(['a', 'i', 'u', 'e', 'o']);
        let swallowed = match *prefix {
            "meny" | "peny" => "s",
            "mem" | "pem" if vowel => "p",
            "men" | "pen" if vowel => "t",
            _ => "",
        };
        if swallowed.len() + rest.len() >= SHORTEST {
            return format!("{swallowed}{rest}");
        }
    }
    word.to_owned()
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
            ("bantuannya", "bantu"),
            ("rp", "rp"),
            ("2024", "2024"),
        ] {
            assert_eq!(stem(form), wanted, "{form}");
        }
    }
}
