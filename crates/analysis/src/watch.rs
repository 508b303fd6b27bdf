//! Finding the terms of watches in texts, however they are spelt: Aho & Corasick (1975) over folded words.
//!
//! Text and terms are folded alike: the plain form (stretched letters, digits for letters, chat spellings), then old
//! digraphs and marks. The words of a sentence stand without spaces between them, and a match counts only from the first
//! letter of a word to the last letter of one: so `ban jir`, `banjir` and `ban-jir` meet, and *malang* does not meet
//! *pemalang*. The sentence is read twice, in its words and in their stems.

mod spelling;

use crate::claims::is_stop;
use aho_corasick::AhoCorasick;
use saring_domain::Span;
use saring_text::stem::stem;
use saring_text::{Plain, Token, TokenKind};
use spelling::{fold_into, folded, variants};
use std::collections::{HashMap, HashSet};

/// Letters of a term that may be cut or joined otherwise than it was written; shorter ones would meet by chance.
const CUT_FROM: usize = 6;
/// Places of one watch that are told of one text.
const MOST_SPANS: usize = 20;
/// Words that a topic shares with a text which may be about it although no term is in it.
const NEAR: usize = 2;
/// Shortest word that says what a text is about.
const TELLING: usize = 4;

/// Words of purposes that say nothing of the topic.
#[rustfmt::skip]
const GENERIC: &[&str] = &[
    "kabar", "berita", "bohong", "hoaks", "hoax", "isu", "soal", "tentang", "terkait", "warga", "info", "informasi",
    "klaim", "pesan", "video", "foto", "viral", "unggah", "pantau", "benar", "salah", "palsu", "masyarakat", "kita",
];

/// What is followed, as its watch says it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Followed {
    /// Terms, each one or more words.
    pub terms: Vec<String>,
    /// What it is about in words: its purpose, the title of its claim. Tells which texts it may have missed.
    pub about: String,
}

/// A watch whose terms are in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caught {
    /// Place of the watch in the list that the matcher was built from.
    pub watch: usize,
    /// Where, in Unicode scalar values of the original; sorted, at most 20.
    pub spans: Vec<Span>,
}

/// What the watches say of one text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Looked {
    /// Watches that caught it, by place.
    pub caught: Vec<Caught>,
    /// Watches that did not, though it shares words with what they are about, by place.
    pub near: Vec<usize>,
}

struct Pattern {
    watch: u32,
    /// Words of the term.
    words: u32,
    /// Of stems, which is looked for among stems alone.
    stemmed: bool,
    /// Long enough to be cut or joined otherwise.
    long: bool,
}

/// All terms of all watches, ready to be found at once.
pub struct Matcher {
    automaton: AhoCorasick,
    patterns: Vec<Pattern>,
    /// Watches by the folded stems of what they are about.
    about: HashMap<String, Vec<u32>>,
}

impl Matcher {
    /// Takes in watches, in their order; linear in the letters of their terms.
    ///
    /// # Errors
    /// Where the terms are more than the automaton can number (some hundred million letters).
    pub fn new(watches: &[Followed]) -> Result<Self, aho_corasick::BuildError> {
        let (mut texts, mut patterns) = (Vec::new(), Vec::new());
        let mut about: HashMap<String, Vec<u32>> = HashMap::new();
        for (at, followed) in watches.iter().enumerate() {
            let watch = u32::try_from(at).unwrap_or(u32::MAX);
            let mut seen = HashSet::new();
            for term in &followed.terms {
                let plain = Plain::of(term);
                let words: Vec<&Token> = plain.words().collect();
                for (text, stemmed) in forms(&words) {
                    if !text.is_empty() && seen.insert((text.clone(), stemmed)) {
                        let words = u32::try_from(words.len()).unwrap_or(u32::MAX);
                        patterns.push(Pattern { watch, words, stemmed, long: text.len() >= CUT_FROM });
                        texts.push(text);
                    }
                }
            }
            let told = followed.terms.iter().map(String::as_str).chain([followed.about.as_str()]);
            let words: HashSet<String> = told.flat_map(|text| about_words(&Plain::of(text))).collect();
            for word in words {
                about.entry(word).or_default().push(watch);
            }
        }
        Ok(Self { automaton: AhoCorasick::new(texts)?, patterns, about })
    }

    /// What the watches say of a text. Linear in its length and what is found.
    pub fn look(&self, plain: &Plain) -> Looked {
        if self.patterns.is_empty() {
            return Looked::default();
        }
        // the costly part, done once
        let stems: Vec<String> = plain.words().map(|token| stem(&token.text)).collect();
        let stream = Stream::of(plain, &stems);
        let mut found: HashMap<u32, HashSet<(usize, usize)>> = HashMap::new();
        for hit in self.automaton.find_overlapping_iter(&stream.letters) {
            let pattern = &self.patterns[hit.pattern().as_usize()];
            if pattern.stemmed != (hit.start() >= stream.stems) {
                continue;
            }
            let Some((first, last)) = stream.words(hit.start(), hit.end()) else { continue };
            if pattern.long || last - first + 1 == pattern.words as usize {
                found.entry(pattern.watch).or_default().insert((first, last));
            }
        }
        let spans = |places: &HashSet<(usize, usize)>| {
            let span = |(first, last): &(usize, usize)| Span {
                start: stream.tokens[*first].start,
                end: stream.tokens[*last].end,
            };
            let mut spans: Vec<Span> = places.iter().map(span).collect();
            spans.sort_unstable();
            spans.dedup();
            spans.truncate(MOST_SPANS);
            spans
        };
        let near = self.near(plain, &stems, &found);
        let mut caught: Vec<Caught> = found
            .iter()
            .map(|(watch, places)| Caught { watch: *watch as usize, spans: spans(places) })
            .collect();
        caught.sort_unstable_by_key(|caught| caught.watch);
        Looked { caught, near }
    }

    fn near(
        &self,
        plain: &Plain,
        stems: &[String],
        found: &HashMap<u32, HashSet<(usize, usize)>>,
    ) -> Vec<usize> {
        let mut shared: HashMap<u32, usize> = HashMap::new();
        for word in telling(plain, stems) {
            for watch in self.about.get(&word).into_iter().flatten() {
                *shared.entry(*watch).or_default() += 1;
            }
        }
        let near = shared.into_iter().filter(|(watch, words)| *words >= NEAR && !found.contains_key(watch));
        let mut near: Vec<usize> = near.map(|(watch, _)| watch as usize).collect();
        near.sort_unstable();
        near
    }
}

/// Ordinary words of a text that say what it is about, each once, in order: what terms may be made of. Names are none.
pub fn content_words(plain: &Plain) -> Vec<String> {
    let mut seen = HashSet::new();
    let words =
        plain.tokens.iter().filter(|token| token.kind == TokenKind::Word).map(|token| token.text.as_str());
    let tells = |word: &&str| tells(word) && saring_text::is_word(word);
    words.filter(tells).filter(|word| seen.insert(*word)).map(str::to_owned).collect()
}

fn tells(word: &str) -> bool {
    word.chars().count() >= TELLING && !is_stop(word) && !GENERIC.contains(&word)
}

fn about_words(plain: &Plain) -> HashSet<String> {
    let stems: Vec<String> = plain.words().map(|token| stem(&token.text)).collect();
    telling(plain, &stems)
}

/// Folded stems that say what a text is about, each once; `stems` are those of its words.
fn telling(plain: &Plain, stems: &[String]) -> HashSet<String> {
    let words = plain.words().map(|token| token.text.as_str()).zip(stems);
    let kept = words.filter(|(word, stem)| tells(word) && !GENERIC.contains(&stem.as_str()));
    kept.map(|(_, stem)| folded(stem)).collect()
}

/// All ways a term is looked for: its words and their stems (`true`), and either with one word spelt otherwise. A word
/// with a capital is a name and has no stem: *Pemalang* is not *pe-* with *malang*.
fn forms(words: &[&Token]) -> Vec<(String, bool)> {
    let plain: Vec<&str> = words.iter().map(|word| word.text.as_str()).collect();
    let root = |word: &&Token| if word.capital { word.text.clone() } else { stem(&word.text) };
    let stems: Vec<String> = words.iter().map(root).collect();
    let stems = if words.iter().all(|word| word.capital) { &[][..] } else { &stems[..] };
    let mut out = Vec::new();
    for (written, stemmed) in [(plain, false), (stems.iter().map(String::as_str).collect(), true)] {
        out.push((written.concat(), stemmed));
        for (at, word) in written.iter().enumerate() {
            let with =
                |other: String| [&written[..at], &[other.as_str()], &written[at + 1..]].concat().concat();
            out.extend(variants(word).into_iter().map(|other| (with(other), stemmed)));
        }
    }
    out.into_iter().map(|(text, stemmed)| (folded(&text), stemmed)).collect()
}

/// The folded letters of a text, its words first and their stems behind, with the places where words begin and end.
struct Stream<'a> {
    letters: String,
    tokens: Vec<&'a Token>,
    /// Where the stems begin.
    stems: usize,
    /// Byte where each word begins, rising; the words of the text, then their stems.
    starts: Vec<usize>,
    ends: Vec<usize>,
}

impl<'a> Stream<'a> {
    /// What stands in the letters where a sentence ends: it is in no term.
    const BREAK: char = '\n';

    fn of(plain: &'a Plain, roots: &[String]) -> Self {
        let tokens: Vec<&Token> = plain.words().collect();
        let (starts, ends) = (Vec::with_capacity(2 * tokens.len()), Vec::with_capacity(2 * tokens.len()));
        let mut out = Self { letters: String::new(), stems: 0, starts, ends, tokens };
        for stems in [false, true] {
            out.stems = out.letters.len();
            let mut roots = roots.iter();
            for token in &plain.tokens {
                match token.kind {
                    TokenKind::Word | TokenKind::Number => {
                        out.starts.push(out.letters.len());
                        let root = roots.next().filter(|_| stems).unwrap_or(&token.text);
                        fold_into(root, &mut out.letters);
                        out.ends.push(out.letters.len());
                    }
                    TokenKind::Mark if matches!(token.text.as_str(), "." | "?" | "!") => {
                        out.letters.push(Self::BREAK)
                    }
                    _ => {}
                }
            }
            out.letters.push(Self::BREAK);
        }
        out
    }

    /// First and last word of a range of letters; nothing where it begins or ends within a word.
    fn words(&self, start: usize, end: usize) -> Option<(usize, usize)> {
        // a word without letters begins where the next one does: the last of them is meant
        let first = self.starts.partition_point(|at| *at <= start).checked_sub(1)?;
        let last = self.ends.partition_point(|at| *at < end);
        let whole = self.starts[first] == start && self.ends.get(last) == Some(&end) && first <= last;
        let count = self.tokens.len();
        whole.then(|| (first % count, last % count))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What of `text` a watch for `term` underlines.
    fn found(term: &str, text: &str) -> Vec<String> {
        let followed = Followed { terms: vec![term.to_owned()], about: String::new() };
        let looked = Matcher::new(&[followed]).unwrap().look(&Plain::of(text));
        let part = |span: &Span| {
            text.chars().skip(span.start as usize).take((span.end - span.start) as usize).collect()
        };
        looked.caught.iter().flat_map(|caught| &caught.spans).map(part).collect()
    }

    #[test]
    fn a_term_is_found_however_it_is_spelt() {
        for (term, text, wanted) in [
            ("tanggul jebol", "awas, Tanggul  Jebol!", "Tanggul  Jebol"),
            ("tanggul jebol", "katanya tanggulnya sudah, tanggul-jebol", "tanggul-jebol"),
            ("tanggul jebol", "tangguljebol lagi", "tangguljebol"),
            ("tanggul jebol", "#TanggulJebol", "TanggulJebol"),
            ("tanggul jebol", "t4nggul jeboool", "t4nggul jeboool"),
            ("banjir", "ada ban jir besar", "ban jir"),
            ("putra daerah", "poetra daerah", "poetra daerah"),
            ("jual beli", "djual beli", "djual beli"),
            ("kucing", "tjari kutjing", "kutjing"),
            ("banyak", "banjak orang", "banjak"),
            ("masyarakat", "masarakat resah", "masarakat"),
            ("vaksin", "faksin palsu", "faksin"),
            ("vaksin", "vaqsin palsu", "vaqsin"),
            ("izin tambang", "ijin tambang", "ijin tambang"),
            ("pembakaran lumbung", "lumbung yang dibakar; membakar lumbung", "membakar lumbung"),
            ("air PDAM beracun", "Air PDAM-nya? air pdam racun", "air pdam racun"),
            ("sungai", "banjir di sunge itu", "sunge"),
        ] {
            assert_eq!(found(term, text), [wanted], "{term} in {text}");
        }
    }

    #[test]
    fn only_whole_words_of_one_sentence_are_found() {
        for (term, text) in [
            ("Malang", "Kabupaten Pemalang"),
            ("malang", "malangbong"),
            ("beras", "beberasan"),
            ("dia", "di a"),
            ("raya", "sang raja"),
            ("tanggul jebol", "lihat tanggul. Jebol juga pintunya"),
            ("tanggul jebol", "jebol tanggul"),
            ("air PDAM beracun", "air dari PDAM beracun"),
            ("banjir", "@banjir https://banjir.example"),
            ("banjir", ""),
            ("!!!", "ada !!! di sini"),
        ] {
            assert_eq!(found(term, text), [""; 0], "{term} in {text}");
        }
    }

    #[test]
    fn each_watch_is_told_by_its_place_and_near_ones_apart() {
        let follow = |terms: &[&str], about: &str| Followed {
            terms: terms.iter().map(|term| (*term).to_owned()).collect(),
            about: about.to_owned(),
        };
        let matcher = Matcher::new(&[
            follow(&["tanggul jebol", "tanggul retak"], "kabar bohong soal tanggul Karangjati"),
            follow(&["vaksin"], "vaksin"),
            follow(&["tanggul"], "tanggul"),
        ])
        .unwrap();
        let looked = matcher.look(&Plain::of("tanggul retak, tanggul jebol, tanggul retak"));
        let caught: Vec<_> = looked.caught.iter().map(|caught| (caught.watch, caught.spans.len())).collect();
        assert_eq!((caught, looked.near.as_slice()), (vec![(0, 3), (2, 3)], &[][..]));
        let looked = matcher.look(&Plain::of("tanggul di Karangjati rusak"));
        assert_eq!(
            (looked.caught.len(), looked.near),
            (1, vec![0]),
            "shares two words, no term of the first"
        );
        assert_eq!(matcher.look(&Plain::of("kabar bohong soal vaksin")).near, [0; 0]);
        assert_eq!(Matcher::new(&[]).unwrap().look(&Plain::of("tanggul")), Looked::default());
    }

    #[test]
    fn content_words_are_ordinary_words() {
        let words =
            content_words(&Plain::of("Tanggul di Karangjati rusak, kata @budi dan Xurmandi. Tanggul!"));
        assert_eq!(words, ["tanggul", "rusak", "kata"]);
    }
}
