//! What a checker's headline says of a claim beside the claim itself: "Tidak benar …", "Cek fakta: …", "… ini faktanya".
//!
//! They are not what a post repeats, and a post that denies the claim may have them too: they are left out of what is compared. Where such
//! words may as well be the claim ("Dokter Anu: demam burung itu hoaks") they stay.
//! Collected from headlines of Indonesian, Malay and English fact-checkers.

use super::words::{Word, words};

/// How headlines begin.
const OPENINGS: [&[&str]; 18] = [
    &["tidak", "benar"],
    &["tidak", "betul"],
    &["cek", "fakta"],
    &["periksa", "fakta"],
    &["fakta", "atau", "hoaks"],
    &["fakta", "atau"],
    &["hoaks", "atau", "fakta"],
    &["hoaks"],
    &["hoax"],
    &["benarkah"],
    &["keliru"],
    &["menyesatkan"],
    &["disinformasi"],
    &["misinformasi"],
    &["klarifikasi"],
    &["semakan", "fakta"],
    &["fact", "check"],
    &["misleading"],
];
/// How they end.
const ENDINGS: [&[&str]; 14] = [
    &["ini", "faktanya"],
    &["simak", "faktanya"],
    &["simak", "faktanya", "di", "sini"],
    &["cek", "faktanya"],
    &["cek", "fakta"],
    &["begini", "faktanya"],
    &["faktanya"],
    &["benarkah"],
    &["fakta", "atau", "hoaks"],
    &["fakta", "atau"],
    &["hoaks", "atau", "fakta"],
    &["dipastikan", "hoaks"],
    &["dipastikan", "hoax"],
    &["dipastikan", "tidak", "benar"],
];
/// What makes a first word the subject of the headline: "Hoaks adalah …", "Klarifikasi dan permintaan maaf …".
const SUBJECT: [&str; 7] = ["adalah", "itu", "dan", "atau", "yang", "marak", "is"];
/// Words that the claim itself must have.
const LEAST: usize = 2;

/// The words of the title of a claim, without those of the checker's headline.
pub(super) fn title_words(title: &str) -> Vec<Word> {
    let all = words(title);
    let claim = claim(&all);
    if claim.len() == all.len() || claim.iter().filter(|word| !word.stop).count() < LEAST {
        return all;
    }
    // read anew: the claim may be in another language than the headline
    let (from, to) = (claim[0].start as usize, claim[claim.len() - 1].end as usize);
    words(&title.chars().skip(from).take(to - from).collect::<String>())
}

/// The claim among the words of a headline.
fn claim(words: &[Word]) -> &[Word] {
    let text = |at: usize| words.get(at).map_or("", |word| word.text.as_str());
    let stands = |at: usize, phrase: &[&str]| (at..).zip(phrase).all(|(at, part)| text(at) == *part);
    let (mut from, mut to) = (0, words.len());
    while let Some(opening) = OPENINGS.iter().find(|opening| stands(from, opening))
        && !(opening.len() == 1 && SUBJECT.contains(&text(from + 1)))
    {
        from += opening.len();
    }
    let ends = |to: usize, ending: &[&str]| from + ending.len() <= to && stands(to - ending.len(), ending);
    while let Some(ending) =
        ENDINGS.iter().filter(|ending| ends(to, ending)).max_by_key(|ending| ending.len())
    {
        to -= ending.len();
    }
    &words[from..to]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_claim_is_told_from_the_headline() {
        for (title, wanted) in [
            ("Tidak Benar Jembatan Wirasana Ambruk", "jembatan wirasana ambruk"),
            ("[HOAKS] Jembatan Wirasana Ambruk", "jembatan wirasana ambruk"),
            ("Cek Fakta: Tidak Benar Jembatan Wirasana Ambruk", "jembatan wirasana ambruk"),
            ("Benarkah Jembatan Wirasana Ambruk? Ini Faktanya", "jembatan wirasana ambruk"),
            ("jembatan wirasana ambruk simak faktanya di sini", "jembatan wirasana ambruk"),
            ("[HOAKS] Di Wirasana Jembatan Ambruk", "wirasana jembatan ambruk"),
            ("Isu Jembatan Wirasana Ambruk Dipastikan Tidak Benar", "isu jembatan wirasana ambruk"),
            ("Fact Check: bridge of Wirasana collapsed", "bridge wirasana collapsed"),
            // here it is what the claim is about
            ("Hoaks adalah Berita yang Dibenci Penguasa", "hoaks berita dibenci penguasa"),
            ("Dokter Anu: Demam Burung Itu Hoaks", "dokter anu demam burung hoaks"),
            ("Bupati Karangsuma Ditangkap karena Sebar Hoaks", "bupati karangsuma ditangkap sebar hoaks"),
            ("Bukan Hoaks, Jembatan Ambruk", "bukan hoaks jembatan ambruk"),
            // nothing would be left
            ("Hoaks Ambruk", "hoaks ambruk"),
            ("Benarkah?", "benarkah"),
            ("", ""),
        ] {
            let kept: Vec<String> =
                title_words(title).into_iter().filter(|word| !word.stop).map(|word| word.text).collect();
            assert_eq!(kept.join(" "), wanted, "{title}");
        }
    }
}
