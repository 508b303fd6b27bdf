//! Ways in which people and exports bend a text without changing what it says.

use crate::train::templates::Random;

/// A change of a text.
pub type Mutation = fn(text: &str, random: &mut Random) -> String;

/// All mutations by name.
#[rustfmt::skip] // one line each
pub const MUTATIONS: &[(&str, Mutation)] = &[
    ("zero_width", |text, random| inside(text, random, 2, "\u{200b}")),
    ("soft_hyphen", |text, random| inside(text, random, 2, "\u{ad}")),
    ("combining_marks", |text, _| text.chars().flat_map(|c| [Some(c), c.is_alphabetic().then_some('\u{336}')]).flatten().collect()),
    ("look_alikes", |text, random| letters(text, random, 2, &[('a', 'а'), ('e', 'е'), ('o', 'о'), ('i', 'і'), ('c', 'с')])),
    ("full_width", |text, _| text.chars().map(full_width).collect()),
    ("mathematical", |text, _| text.chars().map(bold).collect()),
    ("digits_for_letters", |text, random| letters(text, random, 2, &[('a', '4'), ('i', '1'), ('e', '3'), ('o', '0'), ('s', '5')])),
    ("all_digits_for_letters", |text, random| letters(text, random, 1, &[('a', '4'), ('i', '1'), ('e', '3'), ('o', '0')])),
    ("spaced_letters", |text, random| words(text, random, 4, |word| spread(word, " "))),
    ("dotted_letters", |text, random| words(text, random, 3, |word| spread(word, "."))),
    ("hyphenated", |text, random| inside(text, random, 3, "-")),
    ("starred_vowel", |text, random| words(text, random, 4, |word| word.replacen(['a', 'i', 'u', 'e', 'o'], "*", 1))),
    ("stretched", |text, random| words(text, random, 2, stretch)),
    ("doubled_letters", |text, random| words(text, random, 3, |word| word.chars().flat_map(|c| [c, c]).collect())),
    ("upper_case", |text, _| text.to_uppercase()),
    ("alternating_case", |text, _| text.char_indices().map(|(at, c)| if at % 2 == 0 { c.to_ascii_uppercase() } else { c }).collect()),
    ("emoji_between", |text, _| text.replace(' ', " 😡 ")),
    ("emoji_for_spaces", |text, _| text.replace(' ', "😂")),
    ("hashtags", |text, _| format!("{text} #viral #fyp #IndonesiaMaju")),
    ("forwarded", |text, _| format!("RT @seseorang: Fwd: {text} https://contoh.example/p/1?utm=x")),
    ("cut_off", |text, random| cut_off(text, random)),
    ("swapped_letters", |text, random| words(text, random, 4, swap)),
    ("joined_words", |text, random| join(text, random)),
    ("line_breaks", |text, _| text.replace(' ', " \n  ")),
    ("thrice", |text, _| format!("{text} {text} {text}")),
    ("quoted_whole", |text, _| format!("\"{text}\"")),
    ("chatter", |text, _| format!("wkwkwk {text} sih guys, gimana menurut kalian")),
    ("escaped", |text, _| text.replace(' ', "\\n").replace('"', "&quot;")),
];

/// Every `every`-th word that is long enough, chosen by chance, changed.
fn words(text: &str, random: &mut Random, every: usize, change: impl Fn(&str) -> String) -> String {
    let one = |word: &str, random: &mut Random| {
        let long = word.chars().count() >= 5 && word.chars().all(char::is_alphabetic);
        if long && random.below(every) == 0 { change(word) } else { word.to_owned() }
    };
    let changed: Vec<String> = text.split(' ').map(|word| one(word, random)).collect();
    changed.join(" ")
}

fn inside(text: &str, random: &mut Random, every: usize, mark: &str) -> String {
    words(text, random, every, |word| {
        let middle = word.chars().count() / 2;
        let at = word.char_indices().nth(middle).map_or(word.len(), |(at, _)| at);
        format!("{}{mark}{}", &word[..at], &word[at..])
    })
}

/// Letters of `pairs`, one in `every`, replaced by their partner.
fn letters(text: &str, random: &mut Random, every: usize, pairs: &[(char, char)]) -> String {
    let one = |c: char| match pairs.iter().find(|(from, _)| *from == c) {
        Some((_, to)) if random.below(every) == 0 => *to,
        _ => c,
    };
    text.chars().map(one).collect()
}

fn full_width(c: char) -> char {
    if c.is_ascii_graphic() { char::from_u32(c as u32 + 0xfee0).unwrap_or(c) } else { c }
}

fn bold(c: char) -> char {
    if c.is_ascii_lowercase() { char::from_u32(0x1d41a + c as u32 - 'a' as u32).unwrap_or(c) } else { c }
}

fn spread(word: &str, mark: &str) -> String {
    word.chars().map(String::from).collect::<Vec<_>>().join(mark)
}

fn stretch(word: &str) -> String {
    word.chars().flat_map(|c| std::iter::repeat_n(c, if "aiueo".contains(c) { 4 } else { 1 })).collect()
}

fn swap(word: &str) -> String {
    let mut letters: Vec<char> = word.chars().collect();
    let middle = letters.len() / 2;
    letters.swap(middle - 1, middle);
    letters.into_iter().collect()
}

/// How a post may go on.
const GOES_ON: [&str; 4] = [
    "cerita lengkapnya saya tulis nanti malam kalau pekerjaan sudah selesai",
    "besok saya lanjutkan, sekarang mau masak dulu sebelum anak-anak pulang",
    "lihat utas berikutnya di bawah, masih ada beberapa bagian lagi",
    "kirim ke grup keluarga supaya yang lain ikut membaca sampai selesai",
];

/// The text goes on and is cut in the middle of what follows. A text cut within an attack is another text: in half of the
/// cases that such a cut lost, the name of the group was gone, in the others the word that hurts.
fn cut_off(text: &str, random: &mut Random) -> String {
    let rest = GOES_ON[random.below(GOES_ON.len())];
    let kept: String = rest.chars().take(10 + random.below(rest.len() - 20)).collect();
    format!("{text} {kept}...")
}

fn join(text: &str, random: &mut Random) -> String {
    let mut out = String::new();
    for (at, word) in text.split(' ').enumerate() {
        if at > 0 && random.below(8) > 0 {
            out.push(' ');
        }
        out.push_str(word);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn there_are_enough_and_each_changes_something() {
        let names: BTreeSet<&str> = MUTATIONS.iter().map(|(name, _)| *name).collect();
        assert!(names.len() == MUTATIONS.len() && names.len() >= 25);
        let text =
            "tetangga sebelah rumah selalu menyanyikan lagu lama sepanjang malam minggu bersama keluarga";
        for (name, mutate) in MUTATIONS {
            assert_ne!(mutate(text, &mut Random::seeded(3)), text, "{name}");
            assert_eq!(mutate(text, &mut Random::seeded(3)), mutate(text, &mut Random::seeded(3)), "{name}");
            mutate("", &mut Random::seeded(3));
        }
    }
}
