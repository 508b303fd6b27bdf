//! The words of a text as claims are matched: no links, no footnote marks, hashtags split, common aliases read.

use super::english;
use super::stem::stem;
use super::tongues::{Tongue, alias, own, without_ending};
use saring_text::{escape, invisible, letters};
use std::borrow::Cow;
use unicode_normalization::UnicodeNormalization;

/// A word with its place in the original.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word {
    /// Lower case, compatibility forms folded, letters repeated three times or more squeezed, aliases read.
    pub text: String,
    /// Its stem, hashed.
    pub stem: u32,
    /// First Unicode scalar value in the original, inclusive.
    pub start: u32,
    /// One past the last.
    pub end: u32,
    /// Began with a capital letter.
    pub capital: bool,
    /// Digits only.
    pub number: bool,
    /// Too common to match on.
    pub stop: bool,
    /// What Indonesian titles write for it, where it is a word of an English text.
    pub read: Option<&'static str>,
}

impl Word {
    /// Its stem as an Indonesian title would have it, hashed: that of the word itself but for English texts.
    pub(super) fn read_stem(&self) -> u32 {
        self.read.map_or(self.stem, hash_of_stem)
    }
}

#[rustfmt::skip]
pub(crate) fn is_stop(word: &str) -> bool {
    matches!(
        word,
        "yang" | "dan" | "di" | "ke" | "dari" | "ini" | "itu" | "untuk" | "dengan" | "pada" | "adalah" | "akan" | "dalam"
        | "tidak" | "juga" | "oleh" | "ada" | "atau" | "sudah" | "saat" | "bisa" | "karena" | "telah" | "para" | "sebagai"
        | "agar" | "jadi" | "nya" | "si" | "ya" | "the" | "of" | "and" | "to" | "in" | "for" | "is" | "a"
    )
}

/// Scales that people write without a space behind the number: "15jt".
const SCALES: [&str; 6] = ["jt", "juta", "rb", "ribu", "miliar", "milyar"];

/// Letters from which on single ones in a row are a word.
const SPELLED: usize = 4;
/// Links that are written right behind a word.
const LINKS: [&str; 3] = ["http://", "https://", "pic.twitter.com/"];
const HOSTS: [&str; 6] = [".com/", ".id/", ".net/", ".org/", ".me/", ".ly/"];

/// All words of a text in order, stop words marked. Linear in its length.
pub fn words(original: &str) -> Vec<Word> {
    let Some((text, places)) = escape::read(original) else { return words_of(original) };
    let mut found = words_of(&text);
    for word in &mut found {
        word.start = places[word.start as usize].0;
        word.end = places[word.end as usize - 1].1;
    }
    found
}

fn words_of(original: &str) -> Vec<Word> {
    let chars: Vec<char> = original.chars().collect();
    let mut out = Found::default();
    let mut at = 0;
    while at < chars.len() {
        if chars[at].is_whitespace() {
            at += 1;
            continue;
        }
        if let Some(end) = spelled(&chars, at) {
            let mut word = Building::default();
            (at..end).step_by(2).for_each(|at| word.push_folded(chars[at], at, &mut out));
            word.finish(end, &mut out);
            at = end;
            continue;
        }
        let end = chars[at..].iter().position(|c| c.is_whitespace()).map_or(chars.len(), |n| at + n);
        chunk(&chars, at, without_link(&chars, at, end), &mut out);
        at = end;
    }
    let Found { words: mut out, read, sure } = out;
    if let Some(tongue) = Tongue::of(sure) {
        for (at, word) in out.iter_mut().enumerate() {
            if word.capital || word.stop || word.number || read.binary_search(&at).is_ok() {
                continue;
            }
            let read = own(tongue, &word.text).unwrap_or_else(|| without_ending(tongue, &word.text));
            if read != word.text {
                let read = read.to_owned();
                word.stem = hash_of_stem(&read);
                word.stop = is_stop(&read);
                word.text = read;
            }
        }
    }
    if is_english(&out) {
        // both stems: what an English text takes over from another language still meets it there
        for word in &mut out {
            word.stop = word.stop || english::is_stop(&word.text);
            let stem = english::stem(&word.text);
            word.read = english::in_indonesian(stem).filter(|_| !word.stop);
            word.stem = hash_of_stem(stem);
        }
    }
    out
}

/// Whether a text of these words is English.
pub(super) fn is_english(words: &[Word]) -> bool {
    english::is_english(words.iter().map(|word| word.text.as_str()))
}

/// Whether nothing in a post speaks against its being English.
pub(super) fn may_be_english(words: &[Word]) -> bool {
    is_english(words) || english::may_be_english(words.iter().map(|word| word.text.as_str()))
}

/// The end of what is not a link in the chunk `at..end`.
fn without_link(chars: &[char], at: usize, end: usize) -> usize {
    if !chars[at..end].iter().any(|c| matches!(c, '.' | ':')) {
        return end;
    }
    let text: String = chars[at..end].iter().map(char::to_ascii_lowercase).collect();
    let before = |pattern: &str| text.find(pattern).map(|bytes| at + text[..bytes].chars().count());
    if let Some(cut) = LINKS.iter().find_map(|link| before(link)) {
        return cut;
    }
    if text.starts_with("www.") || HOSTS.iter().any(|host| text.contains(host)) { at } else { end }
}

/// The end of a word that begins at `at` and has a space behind every letter: "h o a k s".
fn spelled(chars: &[char], at: usize) -> Option<usize> {
    let single = |next: &usize| {
        let follows = *next == at || chars.get(next - 1).is_some_and(|c| c.is_whitespace());
        let ends = chars.get(next + 1).is_none_or(|c| !c.is_alphanumeric());
        follows && ends && chars.get(*next).is_some_and(|c| c.is_alphabetic())
    };
    let letters = (at..).step_by(2).take_while(single).count();
    (letters >= SPELLED).then(|| at + 2 * letters - 1)
}

/// Splits one chunk without spaces into words.
fn chunk(chars: &[char], from: usize, to: usize, out: &mut Found) {
    let mut word = Building::default();
    let mut hashtag = false;
    let mut at = from;
    while at < to {
        let c = chars[at];
        if let Some(length) = footnote(&chars[at..to]) {
            word.finish(at, out);
            at += length;
            continue;
        }
        let follows_small =
            at > from && (chars[at - 1].is_ascii_lowercase() || chars[at - 1].is_ascii_digit());
        if hashtag && follows_small && c.is_ascii_uppercase() {
            word.finish(at, out);
        }
        hashtag = hashtag && (c.is_alphanumeric() || c == '_') || c == '#';
        word.push_folded(c, at, out);
        at += 1;
    }
    word.finish(to, out);
}

/// Length of a footnote mark such as `[1]` at the start of `rest`.
fn footnote(rest: &[char]) -> Option<usize> {
    let digits = rest.strip_prefix(&['['])?.iter().take_while(|c| c.is_ascii_digit()).count();
    ((1..=2).contains(&digits) && rest.get(digits + 1) == Some(&']')).then_some(digits + 2)
}

/// The words of a text so far, and how many of them no other language than Javanese, Sundanese or Malay has.
#[derive(Default)]
struct Found {
    words: Vec<Word>,
    /// Which of them are read already, in order.
    read: Vec<usize>,
    sure: [u32; Tongue::ALL],
}

#[derive(Default)]
struct Building {
    text: String,
    start: usize,
    capital: bool,
}

impl Building {
    fn push_folded(&mut self, c: char, at: usize, out: &mut Found) {
        if c.is_ascii() {
            self.push(c, at, out);
        } else if !invisible(c) {
            std::iter::once(c).nfkc().for_each(|folded| self.push(folded, at, out));
        }
    }

    fn push(&mut self, c: char, at: usize, out: &mut Found) {
        if !c.is_alphanumeric() {
            // a mark that combines with its letter does not part a word
            if !matches!(c, '\u{300}'..='\u{36f}') {
                self.finish(at, out);
            }
            return;
        }
        if self.text.is_empty() {
            self.start = at;
            self.capital = c.is_uppercase();
        }
        if c.is_ascii() {
            self.text.push(c.to_ascii_lowercase());
        } else {
            self.text.extend(c.to_lowercase().map(plain));
        }
    }

    fn finish(&mut self, end: usize, out: &mut Found) {
        if self.text.is_empty() {
            return;
        }
        if let Some(read) = letters(&self.text) {
            self.text = read;
        }
        let text = squeezed(&self.text);
        for part in parts(&text) {
            // the English word is no country
            let known = if part == "as" && !self.capital { None } else { alias(part) };
            if let Some(tongue) = known.and_then(|known| known.tongue) {
                out.sure[tongue as usize] += 1;
            }
            for part in known.map_or(part, |known| known.read).split(' ') {
                if known.is_some() {
                    out.read.push(out.words.len());
                }
                out.words.push(Word {
                    stem: hash_of_stem(part),
                    start: self.start as u32,
                    end: end as u32,
                    capital: self.capital,
                    number: part.bytes().all(|b| b.is_ascii_digit()),
                    stop: is_stop(part),
                    text: part.to_owned(),
                    read: None,
                });
            }
        }
        self.text.clear();
    }
}

/// Javanese and Sundanese are written with and without the marks on their e.
fn plain(c: char) -> char {
    if matches!(c, 'é' | 'è' | 'ê') { 'e' } else { c }
}

/// The word itself; currency, number and scale apart where they are written together: "rp15juta".
fn parts(word: &str) -> impl Iterator<Item = &str> {
    let amount = word.strip_prefix("rp").filter(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
    let (currency, rest) = amount.map_or(("", word), |rest| ("rp", rest));
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    let (number, scale) = rest.split_at(digits);
    let split = if SCALES.contains(&scale) { [currency, number, scale] } else { [currency, rest, ""] };
    split.into_iter().filter(|part| !part.is_empty())
}

/// Letters (never digits) repeated three times or more become one.
fn squeezed(word: &str) -> Cow<'_, str> {
    if !word.as_bytes().windows(3).any(|three| three[0] == three[1] && three[1] == three[2])
        && word.is_ascii()
    {
        return Cow::Borrowed(word);
    }
    let mut out = String::with_capacity(word.len());
    let mut chars = word.chars().peekable();
    while let Some(c) = chars.next() {
        let mut run = 1;
        while chars.next_if_eq(&c).is_some() {
            run += 1;
        }
        let keep = if run >= 3 && !c.is_numeric() { 1 } else { run };
        out.extend(std::iter::repeat_n(c, keep));
    }
    Cow::Owned(out)
}

/// The hash of a word's stem.
pub(super) fn hash_of_stem(word: &str) -> u32 {
    let (swallowed, rest) = stem(word);
    hash_bytes(swallowed.bytes().chain(rest.bytes()))
}

/// FNV-1a folded to 32 bits: stable across versions and machines.
pub(super) fn hash(text: &str) -> u32 {
    hash_bytes(text.bytes())
}

fn hash_bytes(bytes: impl Iterator<Item = u8>) -> u32 {
    let full =
        bytes.fold(0xcbf2_9ce4_8422_2325_u64, |h, b| (h ^ u64::from(b)).wrapping_mul(0x0100_0000_01b3));
    (full ^ (full >> 32)) as u32
}

/// The three views of a text: stems, character 4-grams of its words, pairs of neighbouring stems; stop words left out. An English
/// post has those of its words and those of what Indonesian titles write for them; terms may come more than once.
#[derive(Default)]
pub(super) struct Views {
    pub stems: Vec<u32>,
    pub grams: Vec<u32>,
    pub pairs: Vec<u32>,
}

impl Views {
    /// Of a title, in the language it is written in.
    pub fn of(words: &[Word]) -> Self {
        let mut views = Self::default();
        views.add(words, |word| (word.stem, &word.text));
        views
    }

    /// Makes them the views of a post; their memory is used again.
    pub fn fill(&mut self, words: &[Word]) {
        let Self { stems, grams, pairs } = self;
        stems.clear();
        pairs.clear();
        grams.clear();
        self.add(words, |word| (word.stem, &word.text));
        if words.iter().any(|word| word.read.is_some()) {
            self.add(words, |word| (word.read_stem(), word.read.unwrap_or(&word.text)));
        }
    }

    fn add<'w>(&mut self, words: &'w [Word], reading: impl Fn(&'w Word) -> (u32, &'w str)) {
        let Self { stems, grams, pairs } = self;
        let first = stems.len();
        for word in words.iter().filter(|word| !word.stop) {
            let (stem, text) = reading(word);
            stems.push(stem);
            let mut last = [' ', ' ', ' ', '<'];
            for (at, c) in text.chars().chain(['>']).enumerate() {
                last = [last[1], last[2], last[3], c];
                if at >= 2 {
                    grams.push(gram(last));
                }
            }
        }
        let two = stems[first..].windows(2);
        pairs.extend(two.map(|two| two[0].rotate_left(13) ^ two[1].wrapping_mul(0x9e37_79b1)));
    }
}

fn gram(four: [char; 4]) -> u32 {
    four.into_iter().fold(0x811c_9dc5_u32, |h, c| (h ^ c as u32).wrapping_mul(0x0100_0193).rotate_left(5))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(original: &str) -> Vec<String> {
        words(original).into_iter().filter(|word| !word.stop).map(|word| word.text).collect()
    }

    #[test]
    fn links_and_footnotes_go_and_hashtags_are_split() {
        for (original, wanted) in [
            ("Cek https://a.example/x?y=1 sekarang", "cek sekarang"),
            ("Gula[1] manis www.gula.example", "gula manis"),
            ("#HargaGulaNaik baguuuus", "harga gula naik bagus"),
            ("info loker di medsos", "info lowongan kerja media sosial"),
            ("Rp 1.000 100000", "rp 1 000 100000"),
            ("Rp15juta, 10rb, Rp500 covid19 4x4", "rp 15 juta 10 ribu rp 500 covid 4x4"),
            ("telung dinten, lima hari; as dan AS", "3 hari 5 hari as amerika"),
            ("vaccines in hospital", "vaksin rumah sakit"),
            ("dipateni, mateni, kepaten", "bunuh bunuh bunuh"),
            ("Pamar\u{e9}ntah ngayakeun pamilihan", "pemerintah gelar pemilihan"),
            ("jumlah gering, pamajikan jeung gering", "jumlah sakit istri sakit"),
            ("rega emas lara", "harga emas lara"),
            ("rega beras larange, sing lara mung rakyate", "harga beras mahal sakit saja rakyat"),
            ("g3mp4 b3s4r ko\u{442}a \u{440}a\u{455}ar", "gempa besar kota pasar"),
            (r"gempa\nbesar &quot;kota&quot;", "gempa besar kota"),
            ("ge\u{ad}mpa be\u{200b}sar", "gempa besar"),
            ("g e m p a  B e s a r, vitamin c", "gempa besar vitamin c"),
        ] {
            assert_eq!(texts(original).join(" "), wanted, "{original}");
        }
    }

    #[test]
    fn offsets_point_into_the_original() {
        let original = "😀 𝐁𝐞𝐫𝐢𝐭𝐚 é Gempa!";
        let chars: Vec<char> = original.chars().collect();
        let found = words(original);
        assert_eq!(found[0].text, "berita");
        let last = found.last().unwrap();
        let shown: String = chars[last.start as usize..last.end as usize].iter().collect();
        assert_eq!(shown, "Gempa");
        assert!(last.capital);
    }
}
