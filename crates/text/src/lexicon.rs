//! Words we know: counted in Indonesian fact-checks, news and formal sentences (`models/lexicon.bin`), and the
//! spellings of chats with the words they stand for (`data/slang.txt`).

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::LazyLock;

/// The model file with the counts; its checksum is checked where it is made, the compiler carries it here.
static COUNTS: &[u8] = include_bytes!("../../../models/lexicon.bin");
static SLANG: &str = include_str!("../data/slang.txt");

/// What is known of a spelling.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Entry {
    /// Cost of the word in a hashtag: minus the logarithm of its share of all words. Nothing: not a known word.
    pub(crate) cost: Option<f32>,
    /// The words the spelling stands for.
    pub(crate) means: Option<&'static str>,
    /// The meaning holds only where no word of the text is regional.
    pub(crate) guarded: bool,
    /// The word is plainly Javanese or Sundanese.
    pub(crate) regional: bool,
}

/// Words by spelling.
pub(crate) struct Lexicon {
    entries: HashMap<&'static str, Entry, WordHash>,
}

/// A quick hasher for tables of words that are fixed when they are built: short keys, no hostile growth.
#[derive(Clone, Copy, Debug, Default)]
pub struct WordHasher(u64);

/// Builds [`WordHasher`]s.
pub type WordHash = BuildHasherDefault<WordHasher>;

impl Hasher for WordHasher {
    fn write(&mut self, bytes: &[u8]) {
        let mut add = |part: u64| self.0 = (self.0.rotate_left(5) ^ part).wrapping_mul(0x517c_c1b7_2722_0a95);
        let (parts, rest) = bytes.as_chunks::<8>();
        parts.iter().for_each(|part| add(u64::from_le_bytes(*part)));
        let four = |part: &[u8; 4]| u64::from(u32::from_le_bytes(*part));
        match (rest.first_chunk(), rest.last_chunk(), rest) {
            // the two may overlap: that tells the length too
            (Some(first), Some(last), _) => add(four(first) | four(last) << 32),
            (.., [first, .., last]) => {
                add(u64::from(*first) | u64::from(rest[rest.len() / 2]) << 8 | u64::from(*last) << 16)
            }
            (.., [only]) => add(u64::from(*only)),
            _ => {}
        }
    }
    fn write_u8(&mut self, _: u8) {}
    fn finish(&self) -> u64 {
        // the table takes its bucket from the low bits and its tag from the high ones
        self.0 ^ (self.0 >> 32)
    }
}

static LEXICON: LazyLock<Lexicon> = LazyLock::new(Lexicon::load);

/// The lexicon, loaded on first use.
pub(crate) fn lexicon() -> &'static Lexicon {
    &LEXICON
}

impl Lexicon {
    fn load() -> Self {
        let mut lexicon = Self { entries: HashMap::default() };
        let counts: Vec<(&str, f32)> = counted().collect();
        let all: f32 = counts.iter().map(|(_, count)| count).sum::<f32>() + 1.0;
        let cost = |count: f32| Some((all / count.max(1.0)).ln());
        for (word, count) in counts {
            lexicon.entries.insert(word, Entry { cost: cost(count), ..Entry::default() });
        }
        let mut section = "";
        for line in SLANG.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')) {
            match line.split_once(" = ") {
                Some((spellings, means)) => {
                    lexicon.stand_for(spellings, means, section == "[guarded]", cost(1.0))
                }
                None if line.starts_with('[') => section = line,
                None => {
                    line.split(' ').for_each(|word| lexicon.know(word, section == "[markers]", cost(1.0)))
                }
            }
        }
        lexicon
    }

    fn stand_for(&mut self, spellings: &'static str, means: &'static str, guarded: bool, rare: Option<f32>) {
        for spelling in spellings.split(' ').filter(|spelling| *spelling != means) {
            // a spelling that stands for another word is no word of its own
            self.entries.insert(spelling, Entry { means: Some(means), guarded, ..Entry::default() });
        }
        means.split(' ').for_each(|word| self.know(word, false, rare));
    }

    fn know(&mut self, word: &'static str, regional: bool, rare: Option<f32>) {
        let entry = self.entries.entry(word).or_default();
        entry.regional |= regional;
        if entry.means.is_none() && !regional {
            entry.cost = entry.cost.or(rare);
        }
    }

    /// What is known of `word`.
    pub(crate) fn get(&self, word: &str) -> Option<&Entry> {
        self.entries.get(word)
    }

    /// Whether `word` is a word by itself or stands for one in any text.
    pub(crate) fn readable(&self, word: &str) -> bool {
        self.get(word).is_some_and(|entry| entry.cost.is_some() || (entry.means.is_some() && !entry.guarded))
    }

    /// Whether `word` is a word by itself.
    pub(crate) fn knows(&self, word: &str) -> bool {
        self.get(word).is_some_and(|entry| entry.cost.is_some())
    }
}

/// Words and counts of the model file: after its magic line, header and checksum, one `word<TAB>count` per line.
fn counted() -> impl Iterator<Item = (&'static str, f32)> {
    let header =
        COUNTS.get(8..12).and_then(|bytes| bytes.try_into().ok()).map_or(0, u32::from_le_bytes) as usize;
    let payload = COUNTS.get(12 + header + 32..).and_then(|bytes| std::str::from_utf8(bytes).ok());
    payload.unwrap_or_default().lines().filter_map(|line| {
        let (word, count) = line.split_once('\t')?;
        Some((word, count.parse().ok()?))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_meaning_is_a_word_that_stands_for_itself() {
        let all = lexicon();
        let mut meanings = 0;
        for (spelling, entry) in &all.entries {
            assert!(!entry.guarded || entry.means.is_some_and(|means| !means.contains(' ')), "{spelling}");
            for word in entry.means.iter().flat_map(|means| means.split(' ')) {
                meanings += 1;
                assert!(all.knows(word), "{spelling} stands for {word}, which stands for something else");
            }
        }
        assert!(meanings > 800, "{meanings}");
    }

    #[test]
    fn counts_are_there() {
        let all = lexicon();
        assert!(all.entries.len() > 10_000, "{}", all.entries.len());
        for word in ["yang", "presiden", "vaksin", "anjing", "wkwk"] {
            assert!(all.knows(word), "{word}");
        }
        assert!(!all.knows("yg") && all.readable("yg") && !all.readable("qxz"));
    }
}
