//! Static embeddings, distilled from the encoder of the precise mode.
//!
//! The encoder places every text of the training data and every word of these by itself. A word's vector is what the encoder
//! says of the word, moved as far as the texts ask for: ridge regression from the weighted words of a text to the text's whitened
//! vector, with the words' own vectors where the ridge pulls to. Without them rare words, names above all, stay noise. A second
//! regression from groups of letters to words reads the words that come later. Both by conjugate gradients (Hestenes & Stiefel 1952).

use super::TrainError;
use super::known_claim::read_claims;
use super::matching::{FOLDS, parted_posts, parted_small_talk, parted_tweets};
use super::precise::{Vectors, centre, centred, encoder, whitening};
use super::protected::sentences;
use crate::claims::embeddings::{BUCKETS, Embeddings, FORMAT, groups};
use crate::claims::precise::turned;
use crate::claims::words;
use crate::encoder::kept::{Kept, Vector};
use crate::encoder::{LENGTH, Side};
use crate::evals::checkthat;
use crate::model::ModelFile;
use crate::model::file::Header;
use rayon::prelude::*;
use std::collections::BTreeMap;
use std::path::Path;

const VERSION: &str = "2";
/// Words in fewer texts are read by their letters.
const LEAST: u32 = 2;
/// Letters of a word that the encoder is asked about.
const LONGEST: usize = 40;
/// Ridges: of the words' vectors to what the encoder says of them alone, of the letters' to nothing.
const WORDS: f32 = 0.1;
const LETTERS: f32 = 1.0;
/// Steps of the conjugate gradients; later ones change nothing that is measured.
const STEPS: usize = 30;

/// Trains `embeddings`. The encoder is read from where `SARING_ENCODER` points; vectors are kept beside it.
///
/// # Errors
/// [`TrainError`] when the encoder or a data file cannot be read.
pub fn train(data: &Path) -> Result<(ModelFile, String), TrainError> {
    let lessons = Lessons::read(data)?;
    let made = lessons.learn(None);
    let count = |kind: usize| lessons.kinds[kind].len().to_string();
    let card = CARD
        .replace("TITLES", &count(0))
        .replace("ENGLISH", &count(1))
        .replace("TALK", &count(2))
        .replace("OWN", &count(3))
        .replace("POSTS", &count(4))
        .replace("TWEETS", &count(5))
        .replace("KEPT", &made.kept.to_string())
        .replace("ALL", &made.all.to_string())
        .replace("BUCKETS", &BUCKETS.to_string());
    let header = Header {
        name: "embeddings".into(),
        format: FORMAT,
        version: VERSION.into(),
        licence: "CC-BY-4.0".into(),
    };
    Ok((ModelFile { header, payload: made.embeddings.payload() }, card))
}

/// For each part of what the trees learn from embeddings that have not seen it: so its cosines are like those of new posts.
///
/// # Errors
/// [`TrainError`] when the encoder or a data file cannot be read.
pub fn without_each(data: &Path) -> Result<Vec<Embeddings>, TrainError> {
    let lessons = Lessons::read(data)?;
    Ok((0..FOLDS).map(|fold| lessons.learn(Some(fold)).embeddings).collect())
}

/// A text, and the part of what the trees learn from that it belongs to.
type Parted = (String, Option<usize>);

/// A text with what the encoder says of it.
struct Lesson {
    text: String,
    vector: Vector,
    /// The part of what the trees learn from that it belongs to.
    fold: Option<usize>,
}

/// What is learnt from.
struct Lessons {
    /// Texts of one kind together: each kind has a centre of its own.
    kinds: Vec<Vec<Lesson>>,
    /// What the encoder says of single words.
    spoken: Kept,
}

/// What was learnt, from so many words, of which so many are kept.
struct Learnt {
    embeddings: Embeddings,
    all: usize,
    kept: usize,
}

impl Lessons {
    /// Reads the texts and asks the encoder about them and their words.
    fn read(data: &Path) -> Result<Self, TrainError> {
        let encoder = encoder()?;
        let [mut titles, mut posts, mut words] = ["titles", "posts", "words"].map(Vectors::beside);
        let of_none = |texts: Vec<String>| texts.into_iter().map(|text| (text, None)).collect();
        let of_parts = |texts: Vec<(String, usize)>| {
            texts.into_iter().map(|(text, fold)| (text, Some(fold))).collect::<Vec<_>>()
        };
        let title = |claims: Vec<saring_domain::Claim>| claims.into_iter().map(|claim| claim.title).collect();
        let own = sentences().into_iter().map(|sentence| sentence.text.to_owned()).collect();
        let texts: [(Side, Vec<Parted>); 6] = [
            (Side::Title, of_none(title(read_claims(data)?))),
            (Side::Title, of_none(title(checkthat::claims(data)?))),
            (Side::Post, of_parts(distinct(parted_small_talk(data)?))),
            (Side::Post, of_none(distinct(own))),
            (Side::Post, of_parts(parted_posts(data)?)),
            (Side::Post, of_parts(parted_tweets(data)?)),
        ];
        let vocabulary = Vocabulary::of(texts.iter().flat_map(|(_, texts)| texts.iter().map(|text| &text.0)));
        words.of(&encoder, &vocabulary.spellings(), Side::Title);
        let mut kinds = Vec::new();
        for (side, texts) in texts {
            let (texts, folds): (Vec<String>, Vec<Option<usize>>) = texts.into_iter().unzip();
            let kept = if side == Side::Title { &mut titles } else { &mut posts };
            let vectors = kept.of(&encoder, &texts, side);
            if vectors.len() != texts.len() {
                let why = "the encoder gave no vector for some text".to_owned();
                return Err(TrainError::Data { path: data.to_owned(), why });
            }
            let lessons = texts.into_iter().zip(vectors).zip(folds);
            kinds.push(lessons.map(|((text, vector), fold)| Lesson { text, vector, fold }).collect());
        }
        [&titles, &posts, &words].into_iter().try_for_each(Vectors::save)?;
        Ok(Self { kinds, spoken: words.kept })
    }

    /// Learns from all texts but those of one part.
    fn learn(&self, but: Option<usize>) -> Learnt {
        let kept = |lesson: &&Lesson| but.is_none() || lesson.fold != but;
        let kinds: Vec<Vec<&Lesson>> =
            self.kinds.iter().map(|kind| kind.iter().filter(kept).collect()).collect();
        let vocabulary = Vocabulary::of(kinds.iter().flatten().map(|lesson| &lesson.text));
        let of_kind = |kind: &Vec<&Lesson>| {
            let vectors: Vec<Vector> = kind.iter().map(|lesson| lesson.vector).collect();
            centred(&vectors, &centre(&vectors))
        };
        let centred: Vec<Vector> = kinds.iter().flat_map(of_kind).collect();
        let map = whitening(centred.iter());
        let wanted: Vec<Vector> = centred.par_iter().map(|vector| turned(&map, vector)).collect();
        let alone: Vec<Vector> =
            vocabulary.alone(&self.spoken).par_iter().map(|vector| turned(&map, vector)).collect();
        let found = Sparse::new(vocabulary.texts.iter().map(|stems| vocabulary.weighted(stems)), alone.len());
        let vectors = ridge(&found, &wanted, WORDS, alone);
        let spelled =
            Sparse::new(vocabulary.entries.iter().map(|word| unit(of_letters(&word.spelling()))), BUCKETS);
        let letters = ridge(&spelled, &vectors, LETTERS, vec![[0.0; LENGTH]; BUCKETS]);
        let kept: Vec<(u32, Vector)> = vocabulary
            .entries
            .iter()
            .zip(&vectors)
            .filter(|(word, _)| word.texts >= LEAST)
            .map(|(word, vector)| (word.stem, vector.map(|part| part * vocabulary.rarity(word.texts))))
            .collect();
        Learnt {
            embeddings: Embeddings::new(&kept, &letters, vocabulary.rarity(0)),
            all: vocabulary.entries.len(),
            kept: kept.len(),
        }
    }
}

const CARD: &str = "# Static embeddings

Vectors of words, 384 parts of 2 bits each: how near a post lies to the title of a known claim where they share few words.
Read by `known_claim`.

- **Distilled from** multilingual-e5-small (MIT; the encoder of the precise mode, which is not part of this file): its vectors of TITLES
  titles of `hoax/claims.jsonl`, ENGLISH English claims and TWEETS training tweets of CLEF CheckThat! 2020, POSTS training posts of
  `hoax/`, TALK informal sentences of STIF-Indonesia, news and everyday messages of ours, OWN sentences of ours (those of protected
  speech), and of ALL words of these by themselves. No label is in it, nor which claim a post speaks of.
- **Method** vectors of each kind of text centred apart, principal directions scaled by singular values to the power -1/2; ridge
  regression from a text's words to its vector, towards what the encoder says of each word alone; KEPT words that stand in two texts
  or more are kept, others are read by their groups of two to four letters (BUCKETS rows, ridge regression to the words).
- **Cross-fitted** the trees of `known_claim` and `precise` learn from the same posts, tweets and messages. Each quarter of these
  is therefore placed by embeddings of its own, made without it; those that are shipped are made from all.
- **Licence** CC-BY-4.0 for what is ours; words are there as hashes. The English claims and tweets were given out for research, as those that
  the trees of `known_claim` for English titles learnt from: use the file for that, or train without them.
- **Why the words alone** without them the same regression brought nothing (MRR@10 of the weighted views 0.7717 to 0.7723): a rare
  word's vector is what the encoder makes of its parts. With them 0.769 to 0.777 with titles that training had not seen, half
  of what the encoder itself brings (0.784).
- **What posts bring** MRR@10 of `known_claim` on the training posts, cross-validated by story, 0.775 to 0.779, on the development posts 0.805 to
  0.807. On the training tweets, cross-validated by claim, nothing (0.912; two trainings 0.914 and 0.910); nor to the order of the precise
  mode, which asks the encoder itself (0.788 to 0.786).
- **Tried without gain** maps of posts and titles learnt from the training pairs (they fit these and lose elsewhere: 0.720 to 0.657
  alone); posts pulled half way to the titles of their claims (weighted views on posts not seen 0.7743 to 0.7744); fewer dimensions (128: 0.780 to
  0.772); the plain vectors of the words (0.46 alone). The tweets of `hate/` would add 0.002, and their licence.
- **Flattered** the shipped file has seen the titles of all claims, those of the development posts too; without these titles the same weighted
  sum came to within 0.002.
- **Limits** a word has one vector wherever it stands, and order counts for nothing.
- **Rebuild** `SARING_ENCODER=FILE cargo train embeddings`: half an hour on 2 cores the first time, a minute with the vectors
  that it keeps beside the encoder. `known_claim` and `precise` learn from it and are trained afterwards.
";

fn distinct<T: Ord>(mut texts: Vec<T>) -> Vec<T> {
    texts.sort_unstable();
    texts.dedup();
    texts
}

/// A stem with its spellings.
struct Entry {
    stem: u32,
    /// How many texts have it.
    texts: u32,
    /// Its spellings and how often each is there.
    spellings: BTreeMap<String, u32>,
}

impl Entry {
    /// The commonest spelling.
    fn spelling(&self) -> String {
        let most = self.spellings.iter().max_by(|a, b| a.1.cmp(b.1).then(b.0.cmp(a.0)));
        most.map(|(spelling, _)| spelling.clone()).unwrap_or_default()
    }
}

/// The stems of all texts.
struct Vocabulary {
    /// By stem.
    entries: Vec<Entry>,
    /// For each text its distinct stems, as positions in `entries`.
    texts: Vec<Vec<u32>>,
}

impl Vocabulary {
    fn of<'a>(texts: impl Iterator<Item = &'a String>) -> Self {
        let mut entries: BTreeMap<u32, Entry> = BTreeMap::new();
        let mut stems = Vec::new();
        for text in texts {
            let words = words(text);
            let kept = || words.iter().filter(|word| !word.stop);
            for word in kept() {
                let new = || Entry { stem: word.stem, texts: 0, spellings: BTreeMap::new() };
                *entries
                    .entry(word.stem)
                    .or_insert_with(new)
                    .spellings
                    .entry(word.text.clone())
                    .or_default() += 1;
            }
            let mut own: Vec<u32> = kept().map(|word| word.stem).collect();
            own.sort_unstable();
            own.dedup();
            for stem in &own {
                if let Some(entry) = entries.get_mut(stem) {
                    entry.texts += 1;
                }
            }
            stems.push(own);
        }
        let entries: Vec<Entry> = entries.into_values().collect();
        let at = |stem: &u32| entries.partition_point(|entry| entry.stem < *stem) as u32;
        let texts = stems.iter().map(|own| own.iter().map(at).collect()).collect();
        Self { entries, texts }
    }

    fn spellings(&self) -> Vec<String> {
        let all = self.entries.iter().flat_map(|entry| entry.spellings.keys());
        all.map(|spelling| cut(spelling)).collect()
    }

    /// What the encoder says of each entry by itself, centred: the mean of its spellings.
    fn alone(&self, spoken: &Kept) -> Vec<Vector> {
        let mean = |entry: &Entry| {
            let (mut sum, mut count) = ([0.0; LENGTH], 0.0);
            for (spelling, times) in &entry.spellings {
                let Some(vector) = spoken.get(&cut(spelling)) else { continue };
                let times = *times as f32;
                count += times;
                sum.iter_mut().zip(vector).for_each(|(sum, part)| *sum += times * part);
            }
            sum.map(|part| part / f32::max(count, 1.0))
        };
        let means: Vec<Vector> = self.entries.iter().map(mean).collect();
        centred(&means, &centre(&means))
    }

    /// How rare a word is that stands in so many of the texts: its inverse document frequency.
    fn rarity(&self, texts: u32) -> f32 {
        let (all, texts) = (self.texts.len() as f32, texts as f32);
        (1.0 + (all - texts + 0.5) / (texts + 0.5)).ln()
    }

    /// A row of the words of a text, weighted, of length 1.
    fn weighted(&self, stems: &[u32]) -> Vec<(u32, f32)> {
        unit(stems.iter().map(|&at| (at, self.rarity(self.entries[at as usize].texts))).collect())
    }
}

/// As much of a word as the encoder is asked about.
fn cut(word: &str) -> String {
    word.chars().take(LONGEST).collect()
}

fn of_letters(word: &str) -> Vec<(u32, f32)> {
    let mut counts: BTreeMap<u32, f32> = BTreeMap::new();
    groups(word, |bucket| *counts.entry(bucket as u32).or_default() += 1.0);
    counts.into_iter().collect()
}

fn unit(mut row: Vec<(u32, f32)>) -> Vec<(u32, f32)> {
    let length = row.iter().map(|(_, value)| value * value).sum::<f32>().sqrt().max(1e-9);
    row.iter_mut().for_each(|(_, value)| *value /= length);
    row
}

/// A matrix of few numbers, by rows and by columns.
struct Sparse {
    rows: Vec<Vec<(u32, f32)>>,
    columns: Vec<Vec<(u32, f32)>>,
}

impl Sparse {
    fn new(rows: impl Iterator<Item = Vec<(u32, f32)>>, width: usize) -> Self {
        let rows: Vec<Vec<(u32, f32)>> = rows.collect();
        let mut columns = vec![Vec::new(); width];
        for (at, row) in (0..).zip(&rows) {
            row.iter().for_each(|&(column, value)| columns[column as usize].push((at, value)));
        }
        Self { rows, columns }
    }
}

/// The sums of vectors that the rows of one side of a matrix ask for.
fn times(rows: &[Vec<(u32, f32)>], vectors: &[Vector]) -> Vec<Vector> {
    let of = |row: &Vec<(u32, f32)>| {
        let mut sum = [0.0; LENGTH];
        for (at, weight) in row {
            sum.iter_mut().zip(&vectors[*at as usize]).for_each(|(sum, part)| *sum += weight * part);
        }
        sum
    };
    rows.par_iter().map(of).collect()
}

/// The vectors of columns whose weighted sums come nearest to `wanted`, while `ridge` times their distance from `start` counts
/// against them. Every part of the vectors is solved by itself.
fn ridge(matrix: &Sparse, wanted: &[Vector], ridge: f32, start: Vec<Vector>) -> Vec<Vector> {
    let mut found = start;
    let reached = times(&matrix.rows, &found);
    let missing: Vec<Vector> =
        wanted.iter().zip(&reached).map(|(a, b)| std::array::from_fn(|at| a[at] - b[at])).collect();
    let mut rest = times(&matrix.columns, &missing);
    let mut way = rest.clone();
    let mut size = squares(&rest, &rest);
    for _ in 0..STEPS {
        let mut bent = times(&matrix.columns, &times(&matrix.rows, &way));
        add(&mut bent, &way, &[ridge; LENGTH]);
        let along = squares(&way, &bent);
        let step: Vector = std::array::from_fn(|at| size[at] / along[at].max(1e-20));
        add(&mut found, &way, &step);
        add(&mut rest, &bent, &step.map(|part| -part));
        let left = squares(&rest, &rest);
        let keep: Vector = std::array::from_fn(|at| left[at] / size[at].max(1e-20));
        for (way, rest) in way.iter_mut().zip(&rest) {
            *way = std::array::from_fn(|at| rest[at] + keep[at] * way[at]);
        }
        size = left;
    }
    found
}

/// For each part the sum of its products over all vectors.
fn squares(a: &[Vector], b: &[Vector]) -> Vector {
    let mut sums = [0.0_f64; LENGTH];
    for (a, b) in a.iter().zip(b) {
        sums.iter_mut().zip(a.iter().zip(b)).for_each(|(sum, (a, b))| *sum += f64::from(a * b));
    }
    sums.map(|sum| sum as f32)
}

fn add(sums: &mut [Vector], vectors: &[Vector], times: &Vector) {
    for (sum, vector) in sums.iter_mut().zip(vectors) {
        sum.iter_mut().zip(vector.iter().zip(times)).for_each(|(sum, (part, times))| *sum += times * part);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_regression_finds_the_vectors_that_made_the_sums() {
        let vector = |at: usize| -> Vector {
            std::array::from_fn(|part| ((at * 31 + part * 7) % 13) as f32 / 13.0 - 0.5)
        };
        let truth: Vec<Vector> = (0..6).map(vector).collect();
        let row = |n: usize| unit((0..3).map(|k| (((n + k * k) % 6) as u32, 1.0 + k as f32)).collect());
        let matrix = Sparse::new((0..12).map(row), 6);
        let wanted = times(&matrix.rows, &truth);
        let near = |found: &[Vector]| {
            let off =
                |(a, b): (&Vector, &Vector)| a.iter().zip(b).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
            found.iter().zip(&truth).map(off).fold(0.0, f32::max)
        };
        let found = ridge(&matrix, &wanted, 1e-5, vec![[0.0; LENGTH]; 6]);
        assert!(near(&found) < 0.01, "{}", near(&found));
        // a heavy ridge stays where it starts
        let kept = ridge(&matrix, &wanted, 1e5, truth.iter().map(|v| v.map(|part| part + 1.0)).collect());
        assert!((near(&kept) - 1.0).abs() < 0.01);
    }
}
