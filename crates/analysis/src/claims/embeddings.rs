//! Static embeddings: what words mean, distilled from the encoder of the precise mode.
//!
//! A text lies where the sum of its distinct words lies, each as heavy as it is rare. A word that training did not know is read
//! by its groups of letters (after Bojanowski et al. 2017, arXiv:1607.04606), so that names and misspelt words find a place too.
//! How the vectors are made: [`crate::train::embeddings`].

use super::field::Terms;
use super::words::Word;
use crate::encoder::kept::Vector;
use crate::encoder::{LENGTH, dot};
use crate::model::trees::Bytes;
use crate::model::{ModelError, ModelFile, Models};
use std::hint::black_box;

/// Layout of the payload: number of words, their stems, their rows, the rows of the groups of letters, the weight of a word that
/// is not among them.
pub(crate) const FORMAT: u32 = 2;
/// Name of the model file.
const NAME: &str = "embeddings";
/// Rows of groups of letters, a power of two.
pub(crate) const BUCKETS: usize = 1 << 14;
/// Letters of a group.
const SIZES: std::ops::RangeInclusive<usize> = 2..=4;
/// Longest row of a word that is not known; hundreds of them fit a sum.
const LONGEST: f32 = 1e6;
/// Letters of a word that are read.
const LETTERS: usize = 32;
/// Words of a text that are read; bounds the work on very long posts.
const WORDS: usize = 400;
/// Parts that one byte of a row and one of a [`Placed`] hold.
const OF_ROW: usize = 4;
const OF_TEXT: usize = 2;
/// What one of the sixteen steps of a title's part stands for, in standard deviations.
const STEP: f32 = 0.335;
/// Steps of a post's parts.
const FINE: f32 = 8192.0;

/// A vector whose parts are one of four levels: -3, -1, 1, 3 times `weight`.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Row {
    /// At most [`HEAVIEST`], so that [`TOGETHER`] times three times it fits 16 bits.
    weight: i16,
    /// Part `k` stands in byte `k % 96`.
    codes: [u8; LENGTH / OF_ROW],
}

/// The weight of the longest row of a kind.
const HEAVIEST: f32 = 1023.0;
/// So many rows add up within 16 bits, which become vector instructions of eight parts.
const TOGETHER: usize = 10;
/// Bytes of a row whose sums stay in registers from row to row.
const BLOCK: usize = 16;
const _: () =
    assert!((LENGTH / OF_ROW).is_multiple_of(BLOCK) && 3 * TOGETHER * HEAVIEST as usize <= i16::MAX as usize);

/// Sums of the parts of rows.
type Sums = [i32; LENGTH];

impl Row {
    /// The nearest to a vector, where a weight stands for `unit`.
    fn of(vector: &Vector, unit: f32) -> Self {
        let scale = deviation(vector);
        let mut codes = [0; LENGTH / OF_ROW];
        for (at, part) in vector.iter().enumerate() {
            let code = (part / scale.max(1e-9) + 1.5).round().clamp(0.0, 3.0) as u8;
            codes[at % codes.len()] |= code << (2 * (at / codes.len()));
        }
        Self { weight: (scale / unit.max(1e-9)).round().min(HEAVIEST) as i16, codes }
    }

    fn read(bytes: &mut Bytes<'_>) -> Option<Self> {
        let weight = bytes.u16()?.min(HEAVIEST as u16) as i16;
        let (codes, rest) = bytes.0.split_first_chunk()?;
        bytes.0 = rest;
        Some(Self { weight, codes: *codes })
    }
}

/// Adds up the parts of rows.
fn add(rows: &[&Row], sums: &mut Sums) {
    for rows in rows.chunks(TOGETHER) {
        // what a level lacks of twice its code is the same for all parts of a row
        let less = rows.iter().map(|row| 3 * row.weight).sum::<i16>();
        for (block, from) in (0..LENGTH / OF_ROW).step_by(BLOCK).enumerate() {
            // no sum leaves 16 bits; they wrap so that no check stands in the way of vector instructions
            let mut own = [[less.wrapping_neg(); BLOCK]; OF_ROW];
            for row in rows {
                let codes = &row.codes.as_chunks::<BLOCK>().0[block];
                for (part, own) in (0..).step_by(2).zip(&mut own) {
                    for (sum, code) in own.iter_mut().zip(codes) {
                        *sum = sum.wrapping_add((2 * row.weight).wrapping_mul(i16::from(code >> part & 3)));
                    }
                }
            }
            for (part, own) in own.iter().enumerate() {
                let sums = &mut sums[part * (LENGTH / OF_ROW) + from..][..BLOCK];
                sums.iter_mut().zip(own).for_each(|(sum, own)| *sum += i32::from(*own));
            }
        }
    }
}

/// Vectors of words. The default knows none, and places no text.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Embeddings {
    /// Hashes of stems.
    stems: Vec<u32>,
    /// Where each stands.
    places: Terms,
    /// Their rows, each as long as the word is rare; then those of the groups of letters.
    rows: Vec<Row>,
    /// How long the row of a word is that is not among them.
    rare: f32,
}

/// Where a post lies: parts of a vector of length [`FINE`].
pub(super) struct Direction {
    parts: [i16; LENGTH],
    /// Their sum.
    total: i32,
}

/// Where a title lies, in half a byte a part.
#[derive(Clone, Copy, Debug)]
pub(super) struct Placed {
    codes: [u8; LENGTH / OF_TEXT],
    /// One over the length.
    scale: f32,
}

impl Embeddings {
    /// Of words (stems and their vectors) and of groups of letters, [`BUCKETS`] of them; `rare` is how long the vector of
    /// another word is.
    pub(crate) fn new(words: &[(u32, Vector)], letters: &[Vector], rare: f32) -> Self {
        let longest = |vectors: &mut dyn Iterator<Item = &Vector>| {
            vectors.map(deviation).fold(0.0, f32::max) / HEAVIEST
        };
        let of_words = longest(&mut words.iter().map(|(_, vector)| vector));
        let of_letters = longest(&mut letters.iter());
        let rows = words.iter().map(|(_, vector)| Row::of(vector, of_words));
        let stems: Vec<u32> = words.iter().map(|(stem, _)| *stem).collect();
        Self {
            places: places(&stems),
            stems,
            rows: rows.chain(letters.iter().map(|vector| Row::of(vector, of_letters))).collect(),
            // a part is half a weight
            rare: 2.0 * rare / of_words.max(1e-9),
        }
    }

    /// From `embeddings.bin`; none where there is no such file.
    ///
    /// # Errors
    /// [`ModelError`] when it is damaged or of another release.
    pub fn read(models: &Models) -> Result<Self, ModelError> {
        let Some(bytes) = models.bytes(NAME) else { return Ok(Self::default()) };
        let file = ModelFile::read(bytes, NAME, FORMAT)?;
        Self::of(&mut Bytes(&file.payload)).ok_or_else(|| ModelError::Truncated(NAME.into()))
    }

    fn of(bytes: &mut Bytes<'_>) -> Option<Self> {
        let count = bytes.u32()? as usize;
        // the length is checked before memory is taken: a hostile header asks for nothing
        if bytes.0.len() < count.checked_mul(4)? {
            return None;
        }
        let stems: Vec<u32> = (0..count).map(|_| bytes.u32()).collect::<Option<_>>()?;
        let rows = (0..count + BUCKETS).map(|_| Row::read(bytes)).collect::<Option<_>>()?;
        let rare = bytes.f32().filter(|rare| (0.0..=LONGEST).contains(rare))?;
        bytes.0.is_empty().then(|| Self { places: places(&stems), stems, rows, rare })
    }

    /// The bytes of the payload.
    pub(crate) fn payload(&self) -> Vec<u8> {
        let mut out = (self.stems.len() as u32).to_le_bytes().to_vec();
        out.extend(self.stems.iter().flat_map(|stem| stem.to_le_bytes()));
        for row in &self.rows {
            out.extend(row.weight.to_le_bytes());
            out.extend(row.codes);
        }
        out.extend(self.rare.to_le_bytes());
        out
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The sum of a text's distinct words but for stop words.
    fn sum(&self, words: &[Word]) -> Vector {
        let mut sums = [0; LENGTH];
        if self.is_empty() {
            return [0.0; LENGTH];
        }
        let mut kept: Vec<&Word> = words.iter().filter(|word| !word.stop).take(WORDS).collect();
        kept.sort_unstable_by_key(|word| word.stem);
        kept.dedup_by_key(|word| word.stem);
        // what is asked for comes from memory together instead of one after another
        self.places.touch(kept.iter().map(|word| word.stem));
        let known: Vec<Option<u32>> = kept.iter().map(|word| self.places.get(word.stem)).collect();
        let rows: Vec<&Row> = known.iter().flatten().map(|&at| &self.rows[at as usize]).collect();
        touch(&rows);
        add(&rows, &mut sums);
        let unknown = kept.iter().zip(&known).filter(|(_, known)| known.is_none());
        unknown.for_each(|(word, _)| self.spell(&word.text, &mut sums));
        sums.map(|sum| sum as f32)
    }

    /// Adds an unknown word by its groups of letters.
    fn spell(&self, word: &str, sums: &mut Sums) {
        let letters = &self.rows[self.stems.len()..];
        let mut own = [0; LENGTH];
        let mut found: Vec<&Row> = Vec::with_capacity(SIZES.count() * LETTERS);
        groups(word, |bucket| found.push(&letters[bucket]));
        touch(&found);
        add(&found, &mut own);
        let own = own.map(|sum| sum as f32);
        let weight = self.rare / dot(&own, &own).sqrt().max(1e-9);
        sums.iter_mut().zip(&own).for_each(|(sum, own)| *sum += (weight * own) as i32);
    }

    /// Where a post lies; `None` where none of its words counts.
    pub(super) fn direction(&self, words: &[Word]) -> Option<Direction> {
        let sum = self.sum(words);
        let length = dot(&sum, &sum).sqrt();
        let parts = sum.map(|part| (part / length * FINE) as i16);
        (length > 0.0).then(|| Direction { parts, total: parts.iter().map(|part| i32::from(*part)).sum() })
    }

    /// Where a title lies.
    pub(super) fn place(&self, words: &[Word]) -> Placed {
        let sum = self.sum(words);
        let per_step = 1.0 / (STEP * deviation(&sum)).max(1e-9);
        let mut codes = [0; LENGTH / OF_TEXT];
        let mut length = 0.0;
        for (at, part) in sum.iter().enumerate() {
            // whole numbers by cutting off: rounding is a call on processors that lack the instruction
            let code = (part * per_step + 8.0).clamp(0.0, 15.0) as u8;
            length += (f32::from(code) - 7.5) * (f32::from(code) - 7.5);
            codes[at % (LENGTH / OF_TEXT)] |= code << (4 * (at / (LENGTH / OF_TEXT)));
        }
        let scale = if sum.iter().any(|part| *part != 0.0) { 1.0 / length.sqrt() } else { 0.0 };
        Placed { codes, scale }
    }
}

impl Placed {
    /// Its first byte: to touch many before they are compared.
    pub fn first(&self) -> u8 {
        self.codes[0]
    }

    /// How near the title lies to a post: the cosine, -1..=1; 0 for a title without words.
    pub fn cosine(&self, post: &Direction) -> f32 {
        let (low, high) = post.parts.split_at(LENGTH / OF_TEXT);
        let part = |code: u8, part: i16| i32::from(i16::from(code)) * i32::from(part);
        let (codes, low, high) = (self.codes.iter(), low.iter(), high.iter());
        let low: i32 = codes.clone().zip(low).map(|(codes, post)| part(codes & 15, *post)).sum();
        let high: i32 = codes.zip(high).map(|(codes, post)| part(codes >> 4, *post)).sum();
        (2 * (low + high) - 15 * post.total) as f32 * self.scale / (2.0 * FINE)
    }
}

/// Tells the buckets of a word's groups of letters, its ends marked.
pub(crate) fn groups(word: &str, mut tell: impl FnMut(usize)) {
    let marked: Vec<char> = ['<'].into_iter().chain(word.chars().take(LETTERS)).chain(['>']).collect();
    for size in SIZES {
        for letters in marked.windows(size) {
            // FNV-1a over the letters
            let mixed = letters
                .iter()
                .fold(0x811c_9dc5_u32, |hash, letter| (hash ^ u32::from(*letter)).wrapping_mul(0x0100_0193));
            tell((mixed ^ mixed >> 15) as usize & (BUCKETS - 1));
        }
    }
}

fn places(stems: &[u32]) -> Terms {
    let mut places = Terms::default();
    for (at, stem) in (0..).zip(stems) {
        places.get_or_insert(*stem, at);
    }
    places
}

/// Touches rows, both lines of memory of each.
fn touch(rows: &[&Row]) {
    black_box(rows.iter().fold(0, |all, row| all ^ row.codes[0] ^ row.codes[LENGTH / OF_ROW - 1]));
}

fn deviation(vector: &Vector) -> f32 {
    (dot(vector, vector) / LENGTH as f32).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::claims::words;

    /// A vector for every number, all far from each other.
    fn vector(seed: u32) -> Vector {
        let part = |at: usize| {
            let number = (u64::from(seed) << 32 | at as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
            let mixed = (number ^ number >> 32).wrapping_mul(0xd6e8_feb8_6659_fd93);
            (mixed >> 40) as f32 / (1 << 24) as f32 - 0.5
        };
        std::array::from_fn(part)
    }

    /// Two words that mean the same, one that does not.
    fn embeddings() -> Embeddings {
        let stem = |word: &str| words(word)[0].stem;
        let mut known =
            [("banjir", 1), ("terendam", 1), ("beras", 2)].map(|(word, seed)| (stem(word), vector(seed)));
        known.sort_by_key(|(stem, _)| *stem);
        let letters: Vec<Vector> = (0..BUCKETS as u32).map(|at| vector(100 + at)).collect();
        Embeddings::new(&known, &letters, 4.0)
    }

    fn cosine(embeddings: &Embeddings, post: &str, title: &str) -> f32 {
        let direction = embeddings.direction(&words(post)).unwrap();
        embeddings.place(&words(title)).cosine(&direction)
    }

    #[test]
    fn words_that_mean_the_same_lie_near_each_other() {
        let known = embeddings();
        assert!(cosine(&known, "banjir", "terendam") > 0.9);
        assert!(cosine(&known, "banjir", "beras").abs() < 0.2);
        assert!(cosine(&known, "banjir beras", "beras terendam") > 0.9);
    }

    #[test]
    fn unknown_words_are_read_by_their_letters() {
        let known = embeddings();
        assert!(cosine(&known, "wirasana", "wirasana") > 0.9);
        assert!(cosine(&known, "wirasana", "wirasanna") > 0.5);
        assert!(cosine(&known, "wirasana", "sukamulur") < 0.3);
    }

    #[test]
    fn many_heavy_rows_add_up_to_what_their_levels_say() {
        let rows: Vec<Row> = (0..3 * TOGETHER as u32 + 1).map(|seed| Row::of(&vector(seed), 1e-9)).collect();
        assert!(rows.iter().all(|row| f32::from(row.weight) == HEAVIEST));
        let mut sums = [1; LENGTH];
        add(&rows.iter().collect::<Vec<_>>(), &mut sums);
        let level = |row: &Row, at: usize| {
            let (byte, part) = (at % row.codes.len(), at / row.codes.len());
            2 * i32::from(row.codes[byte] >> (2 * part) & 3) - 3
        };
        for (at, sum) in sums.into_iter().enumerate() {
            let wanted: i32 = rows.iter().map(|row| i32::from(row.weight) * level(row, at)).sum();
            assert_eq!(sum, 1 + wanted);
        }
    }

    #[test]
    fn what_has_no_words_lies_nowhere() {
        let known = embeddings();
        assert!(known.direction(&words("dan yang di")).is_none());
        assert!(known.direction(&[]).is_none());
        let post = known.direction(&words("banjir")).unwrap();
        assert!(known.place(&[]).cosine(&post).abs() < 1e-6);
        assert!(Embeddings::default().direction(&words("banjir")).is_none());
    }

    #[test]
    fn a_payload_is_read_back_and_one_cut_short_is_not() {
        let known = embeddings();
        let payload = known.payload();
        assert_eq!(Embeddings::of(&mut Bytes(&payload)).as_ref(), Some(&known));
        for length in [0, 3, 8, payload.len() / 2, payload.len() - 1] {
            assert!(Embeddings::of(&mut Bytes(&payload[..length])).is_none(), "{length}");
        }
        assert!(Embeddings::of(&mut Bytes(&u32::MAX.to_le_bytes())).is_none());
    }
}
