//! Whether a text denies what it repeats: clarifications and fact-checks speak of a hoax without spreading it.

use super::field::Quick;
use super::words::Word;
use std::collections::HashSet;

/// Words that are a verdict by themselves, where something points them at a message or they open the text.
const VERDICTS: [&str; 4] = ["hoaks", "hoax", "disinformasi", "misinformasi"];
/// What stands before a verdict word that judges: "kabar itu hoaks", "dipastikan hoaks", "awas hoaks".
const POINTERS: &str = " adalah merupakan dipastikan itu ini tersebut iku kuwi eta awas waspada stop jelas ternyata cuma \
    hanya termasuk berita kabar informasi info isu narasi klaim pesan video foto unggahan sebagai ";
/// What takes the judgement back: "bukan hoaks", "apakah hoaks", "penyebar hoaks".
const RETRACTORS: &str = " bukan bkn bukanlah dudu tidak tdk tak gak ga nggak not no apakah apa entah semoga penyebar sebar \
    menyebar menyebarkan anti yang atau dikira dianggap disebut dituduh dicap kalau jika ";
/// What makes a question of it: "hoaks atau bukan".
const ASKING: &str = " atau bukan apa kah gak ga nggak tidak ya kan ";
/// Verdicts of several words.
const PHRASES: [&[&str]; 21] = [
    &["tidak", "benar"],
    &["tdk", "benar"],
    &["tidaklah", "benar"],
    &["gak", "bener"],
    &["ga", "bener"],
    &["nggak", "bener"],
    &["ora", "bener"],
    &["mboten", "leres"],
    &["teu", "bener"],
    &["henteu", "leres"],
    &["kabar", "bohong"],
    &["berita", "bohong"],
    &["informasi", "bohong"],
    &["kabar", "palsu"],
    &["informasi", "palsu"],
    &["berita", "palsu"],
    &["membantah"],
    &["dibantah"],
    &["not", "true"],
    &["fake", "news"],
    &["debunked"],
];
/// How many words a verdict may stand away from what it judges.
const REACH: usize = 15;
/// A verdict within this many words of the start judges the whole text.
const HEAD: usize = 3;

/// The range (Unicode scalar values) of the words by which a text denies the claim with the words `title`; `None` where it
/// does not, asks, or where the denial is itself part of the claim. Linear in the words.
pub(super) fn denies(text: &str, post: &[Word], title: &[Word]) -> Option<(u32, u32)> {
    let claimed: HashSet<&str, Quick> = title.iter().map(|word| word.text.as_str()).collect();
    let stems: HashSet<u32, Quick> = title.iter().filter(|word| !word.stop).map(|word| word.stem).collect();
    let mut asks: Option<HashSet<u32, Quick>> = None;
    for at in 0..post.len() {
        let Some(length) = verdict(post, at) else { continue };
        let words = &post[at..at + length];
        if words.iter().all(|word| claimed.contains(word.text.as_str())) || is_retracted(post, at, length) {
            continue;
        }
        let near = &post[at.saturating_sub(REACH)..(at + length + REACH).min(post.len())];
        if at > HEAD && !near.iter().any(|word| !word.stop && stems.contains(&word.stem)) {
            continue;
        }
        let end = words.last().map_or(0, |word| word.end);
        if asks.get_or_insert_with(|| question_marks(text)).contains(&end) {
            continue;
        }
        return Some((words[0].start, end));
    }
    None
}

/// Length of the verdict that begins at word `at`.
fn verdict(post: &[Word], at: usize) -> Option<usize> {
    let text = post[at].text.as_str();
    if VERDICTS.contains(&text) {
        let pointed = at > 0 && listed(POINTERS, &post[at - 1].text);
        return (at <= HEAD || pointed).then_some(1);
    }
    let fits = |phrase: &&[&str]| {
        phrase.iter().enumerate().all(|(n, word)| post.get(at + n).is_some_and(|w| w.text == *word))
    };
    if text == "bantah" {
        // the verb of a headline: "Polres Bantah ..."; further on it mostly tells of another quarrel
        return (at <= HEAD).then_some(1);
    }
    // most words begin no phrase
    if !matches!(
        text.as_bytes().first(),
        Some(b't' | b'g' | b'n' | b'o' | b'm' | b'h' | b'k' | b'b' | b'i' | b'd' | b'f')
    ) {
        return None;
    }
    PHRASES.into_iter().find(fits).map(<[&str]>::len)
}

fn is_retracted(post: &[Word], at: usize, length: usize) -> bool {
    let before = &post[at.saturating_sub(2)..at];
    let after = post.get(at + length).map_or("", |word| word.text.as_str());
    // "tidak benar-benar" is no denial
    before.iter().any(|word| listed(RETRACTORS, &word.text))
        || listed(ASKING, after)
        || after == post[at + length - 1].text
}

fn listed(list: &str, word: &str) -> bool {
    !word.is_empty() && word.len() < 15 && list.split(' ').any(|entry| entry == word)
}

/// Places right before a question mark.
fn question_marks(text: &str) -> HashSet<u32, Quick> {
    text.chars().enumerate().filter(|(_, c)| *c == '?').map(|(at, _)| at as u32).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::claims::framing::title_words;
    use crate::claims::words;

    #[test]
    fn denials_are_told_from_repeats_questions_and_assurances() {
        let title = "Jembatan Wirasana Ambruk Akibat Gempa";
        for (post, denial) in [
            ("HOAKS: jembatan Wirasana ambruk akibat gempa", Some("HOAKS")),
            ("Kabar jembatan Wirasana ambruk itu tidak benar, kata camat.", Some("tidak benar")),
            ("Polres membantah jembatan Wirasana ambruk", Some("membantah")),
            ("Polres Bantah Jembatan Wirasana Ambruk", Some("Bantah")),
            ("Jembatan Wirasana ambruk, nama dinas disebut lalu camat bantah ajakan warga", None),
            ("Jembatan Wirasana ambruk kuwi ora bener, lur", Some("ora bener")),
            ("jembatan wirasana ambruk akibat gempa!!", None),
            ("Ini bukan hoax! jembatan Wirasana ambruk", None),
            ("jembatan wirasana ambruk, ini hoax?", None),
            ("jembatan Wirasana ambruk hoaks atau bukan ya", None),
            ("jembatan Wirasana tidak benar-benar kuat, kini ambruk", None),
        ] {
            let chars: Vec<char> = post.chars().collect();
            let found = denies(post, &words(post), &words(title))
                .map(|(from, to)| chars[from as usize..to as usize].iter().collect::<String>());
            assert_eq!(found.as_deref(), denial, "{post}");
        }
    }

    #[test]
    fn a_verdict_of_the_headline_is_not_part_of_the_claim() {
        let (post, title) = ("Tidak benar jembatan Wirasana ambruk", "Tidak Benar Jembatan Wirasana Ambruk");
        assert_eq!(denies(post, &words(post), &title_words(title)), Some((0, 11)));
    }

    #[test]
    fn a_verdict_that_is_the_claim_is_no_denial() {
        let post = "Dokter Anu: demam burung itu hoaks";
        assert_eq!(
            denies(post, &words(post), &title_words("Demam Burung Adalah Hoaks, Kata Dokter Anu")),
            None
        );
        assert_eq!(denies(post, &words(post), &title_words("Dokter Anu Sebut Demam Burung Itu Hoaks")), None);
        let far = format!("jembatan wirasana ambruk {} membantah gosip", "lain ".repeat(40));
        assert_eq!(denies(&far, &words(&far), &words("Jembatan Wirasana Ambruk")), None);
    }
}
