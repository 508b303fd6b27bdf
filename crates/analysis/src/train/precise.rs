//! The precise mode: centres and soft whitening of the encoder's vectors, and trees that see the cosines.

use super::adapter::{Course, Example, Found};
use super::known_claim::{apart, before, read_claims};
use super::matching::{FOLDS, Lesson, Placed, School, fold_of_tweet, parted_posts, small_talk};
use super::{TrainError, read_jsonl};
use crate::claims::precise::{COSINE, Precise, Space, Trained, embed};
use crate::claims::{ClaimIndex, Finder, Ranked, Scorer, Weights, words};
use crate::encoder::kept::{self, Kept, Vector};
use crate::encoder::{Adapter, Encoder, LENGTH, SHA256, Side, State, Upper};
use crate::evals::checkthat;
use crate::evals::claims::{Pairs, Truth, measure, table};
use crate::model::ModelFile;
use saring_domain::Claim;
use std::borrow::Cow;
use std::io::BufWriter;
use std::path::{Path, PathBuf};
use std::sync::Arc;

const VERSION: &str = "8";
/// Power of the singular values; of the recipe in `evaluation.md`.
const POWER: f64 = -0.5;
/// Every so many training posts are enough for a centre and a spread.
const EVERY: usize = 3;
/// Sweeps of Jacobi's method; it has converged long before.
const SWEEPS: usize = 12;

/// Trains `precise`. The encoder is read from where `SARING_ENCODER` points.
///
/// # Errors
/// [`TrainError`] when the encoder or a data file cannot be read.
pub fn train(data: &Path) -> Result<(ModelFile, String), TrainError> {
    let encoder = encoder()?;
    let claims = read_claims(data)?;
    let weights = Arc::new(before(data)?);
    let apart = apart(&weights, data)?;
    let corpus = Corpus::read(encoder, &claims, data)?;
    let unlearnt = corpus.placed(Adapter::default());
    let examples = corpus.examples(&unlearnt, &claims, &apart, data)?;
    let space = unlearnt[0].trained().space.clone();
    drop(unlearnt);
    let course = corpus.course(&space, &examples);
    let placed: Vec<[Precise; 2]> = (0..FOLDS).map(|part| corpus.placed(course.learn(Some(part)))).collect();
    let all = corpus.placed(course.learn(None));
    let precise = Some(Placed { all: &all, apart: &placed });
    let school = School { claims: &claims, weights: weights.clone(), apart: &apart, precise, data };
    let Lesson { learnt, rows, cross, english } = school.learn()?;
    let index = ClaimIndex::new(&claims, weights);
    let [precise, _] = all;
    let precise = precise.with(learnt);
    let figures = table(&measure("precise.dev", Finder::new(&index, Some(&precise)), data)?);
    let card = CARD
        .replace("TITLES", &claims.len().to_string())
        .replace("POSTS", &corpus.sparse().count().to_string())
        .replace("PAIRS", &examples.len().to_string())
        .replace("ROWS", &rows.to_string())
        .replace("CROSS", &format!("{cross:.3}"))
        .replace("ENGLISH", &format!("{english:.3}"))
        .replace("SAME", &format!("{:.3}", precise.scorer().learnt().same))
        .replace("FIGURES", &figures);
    Ok((precise.trained().file(VERSION, "CC-BY-4.0"), card))
}

/// Texts of one side with what the encoder's lower layers make of them.
struct Texts {
    texts: Vec<String>,
    states: Vec<State>,
}

impl Texts {
    fn new(encoder: &Encoder, texts: Vec<String>, side: Side) -> Self {
        Self { states: encoder.lower(&texts, side), texts }
    }

    fn vectors(&self, upper: &Upper) -> Vec<Vector> {
        upper.vectors(&self.states.iter().map(|state| state.view()).collect::<Vec<_>>())
    }

    fn kept(&self, vectors: &[Vector]) -> Kept {
        self.texts.iter().cloned().zip(vectors.iter().copied()).collect()
    }
}

/// All texts that are compared.
struct Corpus {
    encoder: Encoder,
    /// The claims of the research data, and those of [`checkthat`].
    indexes: [ClaimIndex; 2],
    /// Titles of both, one behind the other.
    titles: Texts,
    /// The training posts first, the training tweets behind them, then all others.
    posts: Texts,
    /// How many training posts.
    training: usize,
}

impl Corpus {
    fn read(encoder: Encoder, claims: &[Claim], data: &Path) -> Result<Self, TrainError> {
        let indexes =
            [claims, &checkthat::claims(data)?].map(|claims| ClaimIndex::new(claims, Arc::default()));
        let wordings = indexes.iter().flat_map(ClaimIndex::wordings).map(Cow::into_owned).collect();
        let mut posts = texts_of(data, "hoax/pairs_train.jsonl")?;
        let training = posts.len();
        posts.extend(checkthat::tweets(data, "train")?.into_iter().map(|tweet| tweet.text));
        let mut others = small_talk(data)?;
        others.extend(texts_of(data, "hoax/pairs_dev.jsonl")?);
        others.extend(texts_of(data, "hoax/negatives.jsonl")?);
        others.sort_unstable();
        others.dedup();
        posts.extend(others);
        let titles = Texts::new(&encoder, wordings, Side::Title);
        let posts = Texts::new(&encoder, posts, Side::Post);
        Ok(Self { encoder, indexes, titles, posts, training })
    }

    /// The training posts that teach centre and spread.
    fn sparse(&self) -> impl Iterator<Item = usize> {
        (0..self.training).step_by(EVERY)
    }

    /// All texts placed by the encoder so adapted.
    fn placed(&self, adapter: Adapter) -> [Precise; 2] {
        let adapter = adapter.rounded();
        let upper = self.encoder.upper(&adapter);
        let (titles, posts) = (self.titles.vectors(&upper), self.posts.vectors(&upper));
        let sparse: Vec<Vector> = self.sparse().map(|at| posts[at]).collect();
        let space = Arc::new(space(&titles[..self.english()], &sparse));
        let encoder = Arc::new(self.encoder.clone().adapted(&adapter));
        let trained = Trained { adapter: Arc::new(adapter), space, scorer: Arc::new(Scorer::default()) };
        let (mut titles, mut posts) = (self.titles.kept(&titles), self.posts.kept(&posts));
        self.indexes.each_ref().map(|index| {
            let (encoder, trained) = (encoder.clone(), trained.clone());
            let mut precise = Precise::new(encoder, trained, index, &mut titles, &mut |_, _| ());
            precise.place_posts(&self.posts.texts, &mut posts);
            precise
        })
    }

    /// Where the English titles begin.
    fn english(&self) -> usize {
        self.indexes[0].wordings().count()
    }

    /// Training posts and tweets with the titles that check them and what is found for them; `precise` has not learnt from them,
    /// nor has the part of `apart` that each is searched by.
    fn examples(
        &self,
        precise: &[Precise; 2],
        claims: &[Claim],
        apart: &[Arc<Weights>],
        data: &Path,
    ) -> Result<Vec<Example>, TrainError> {
        let scorer = Scorer::default();
        let english = checkthat::claims(data)?;
        let indexes = |claims: &[Claim]| -> Vec<ClaimIndex> {
            apart.iter().map(|weights| ClaimIndex::new(claims, weights.clone())).collect()
        };
        let (own, english) = (indexes(claims), indexes(&english));
        let found = |index: &ClaimIndex,
                     precise: &Precise,
                     text: &str,
                     first: usize,
                     right: &dyn Fn(&Ranked) -> bool| {
            let finder = Finder { index, precise: Some(precise), scorer: &scorer };
            let ranked = finder.search(text, &words(text), None, usize::MAX);
            let found = |r: &Ranked| Found {
                title: first + r.group as usize,
                views: r.lexical - COSINE * r.cosine,
                right: right(r),
            };
            ranked.iter().map(found).collect::<Vec<_>>()
        };
        let pairs = Pairs::read(data, "pairs_train.jsonl")?;
        let mut out = Vec::new();
        for ((at, post), (_, fold)) in pairs.posts.iter().enumerate().zip(parted_posts(data)?) {
            let truth = Truth::new(&own[fold], &pairs);
            let Some(title) = truth.group(post) else { continue };
            let right = |r: &Ranked| truth.linked(post, r) || truth.akin(post, r);
            let found = found(&own[fold], &precise[0], &post.text, 0, &right);
            out.push(Example { post: at, title: title as usize, found, fold });
        }
        let first = self.english();
        for (at, tweet) in checkthat::tweets(data, "train")?.iter().enumerate() {
            let fold = fold_of_tweet(tweet);
            let index = &english[fold];
            let mut titles = index.grouped().filter(|(claim, _)| tweet.gold.contains(claim.id.as_str()));
            let Some((_, title)) = titles.next() else { continue };
            let right = |r: &Ranked| tweet.is_checked_by(index, r) || index.same_story(title, r.group);
            let found = found(index, &precise[1], &tweet.text, first, &right);
            out.push(Example { post: self.training + at, title: first + title as usize, found, fold });
        }
        Ok(out)
    }

    fn course<'a>(&'a self, space: &'a Space, examples: &'a [Example]) -> Course<'a> {
        let (posts, titles) = (&self.posts.states, &self.titles.states);
        Course { encoder: &self.encoder, space, posts, titles, examples }
    }
}

const CARD: &str = "# Known claims, precise mode

Puts titles of known claims in order with a sentence encoder: used by `saring analyse --precise` beside the encoder that
`saring model install` fetches; nothing else reads it.

- **Trained on** the vectors of TITLES claim titles and POSTS training posts of `hoax/` (centres and directions: no text, no label
  in it); adapters of the encoder on PAIRS pairs, training posts of `hoax/` and training tweets of CheckThat! with their claims (numbers, no
  text); trees on its training posts, the informal sentences of STIF-Indonesia and every other text of `hoax/negatives.jsonl`, each
  quarter of these placed by static embeddings and by adapters made without it.
- **Licence** CC-BY-4.0 for what is ours, with what `known_claim` says of CheckThat!; the encoder itself, multilingual-e5-small, is MIT and not part of this file.
- **Method** low-rank adapters (rank 8, a byte a number) in the encoder's three upper layers, learnt by contrast with other titles
  (decision 0014); posts and titles centred apart, principal directions scaled by singular values to the power -1/2. The 20 nearest
  titles join the 60 of the search by words; boosted trees (LambdaMART) that see the cosines beside all else put the first 50 in
  order (MRR@10 on the training posts, cross-validated by story: CROSS); more trees, learnt from ROWS examples that the first
  trees had not seen, say how sure the match is. A hundred others put English titles in order for English posts (MRR@10 on the
  training tweets of CLEF CheckThat! 2020, task 2, with a right title among those found, cross-validated by claim: ENGLISH), and two hundred
  say how sure such a match is. A match is *same* from SAME on. Scaling and thresholds were fixed on the
  development posts.
- **What the adapters bring** (same training without them): MRR@10 on the development posts 0.814 to 0.818, R@50 0.923 to 0.929, recall at
  precision .97 0.528 to 0.568 and at .99 0.407 to 0.453, English tweets (MAP@5) 0.924 to 0.927; on the training posts, cross-validated
  by story, 0.788 to 0.789 only, same against related (AUC) 0.877 to 0.869, accepted English tweets right 100 of 100 to 100 of 104. One training
  was looked at.
- **Tried without gain** (before the adapters) centres of their own for English titles and posts: MAP@5 of the development tweets 0.923 for 0.924, recall of
  Indonesian matches at precision .97 0.516 for 0.544.
- **Limits** made on fact-checks of 2015 to 2024; titles of another kind (English, long sentences) may sit elsewhere. A post takes
  some 80 ms of one core.
- **Rebuild** `SARING_ENCODER=FILE cargo train precise` after `embeddings`: half an hour on 2 cores, in which the adapters are
  learnt five times.

## Scores on development data (`saring evals --precise`)

FIGURES";

fn texts_of(data: &Path, file: &str) -> Result<Vec<String>, TrainError> {
    let text = |row: &serde_json::Value| row["query"].as_str().or(row["text"].as_str()).map(str::to_owned);
    Ok(read_jsonl(&data.join(file))?.iter().filter_map(text).collect())
}

/// Vectors kept in a file beside the encoder.
pub(super) struct Vectors {
    path: PathBuf,
    pub kept: Kept,
}

impl Vectors {
    pub fn beside(name: &str) -> Self {
        let path = path().with_file_name(format!("training-{name}.vectors"));
        Self { kept: kept::read(&std::fs::read(&path).unwrap_or_default(), SHA256), path }
    }

    pub fn of(&mut self, encoder: &Encoder, texts: &[String], side: Side) -> Vec<Vector> {
        let all: Vec<&str> = texts.iter().map(String::as_str).collect();
        embed(encoder, &all, side, &mut self.kept, &mut |_, _| ());
        texts.iter().filter_map(|text| self.kept.get(text).copied()).collect()
    }

    pub fn save(&self) -> Result<(), TrainError> {
        let failed =
            |error: std::io::Error| TrainError::Data { path: self.path.clone(), why: error.to_string() };
        let mut out = BufWriter::new(std::fs::File::create(&self.path).map_err(failed)?);
        kept::write(&self.kept, SHA256, &mut out).map_err(failed)
    }
}

fn path() -> PathBuf {
    std::env::var_os("SARING_ENCODER").unwrap_or_default().into()
}

pub(super) fn encoder() -> Result<Encoder, TrainError> {
    let path = path();
    let failed = |why: String| TrainError::Data { path: path.clone(), why };
    let bytes = std::fs::read(&path)
        .map_err(|error| failed(format!("{error}; run `saring model install` and set SARING_ENCODER")))?;
    Encoder::read(bytes).map_err(|error| failed(error.to_string()))
}

fn space(titles: &[Vector], posts: &[Vector]) -> Space {
    let [title, post] = [titles, posts].map(centre);
    let map = whitening(centred(titles, &title).iter().chain(&centred(posts, &post)));
    Space { titles: title, posts: post, map }
}

/// Vectors less what is their centre.
pub(super) fn centred(vectors: &[Vector], centre: &Vector) -> Vec<Vector> {
    vectors.iter().map(|vector| std::array::from_fn(|at| vector[at] - centre[at])).collect()
}

/// Rows that turn centred vectors into their principal directions, these scaled by singular values to the power -1/2.
pub(super) fn whitening<'a>(centred: impl Iterator<Item = &'a Vector>) -> Vec<Vector> {
    let mut spread = vec![[0.0_f64; LENGTH]; LENGTH];
    for vector in centred {
        let own = vector.map(f64::from);
        for (row, a) in spread.iter_mut().zip(&own) {
            row.iter_mut().zip(&own).for_each(|(sum, b)| *sum += a * b);
        }
    }
    let (values, directions) = eigen(spread);
    let most = values.iter().copied().fold(f64::MIN, f64::max);
    // an eigenvalue of the spread is a squared singular value
    let scale = |value: f64| (value / most).max(1e-12).powf(POWER / 2.0);
    let row =
        |(direction, value): (&[f64; LENGTH], &f64)| direction.map(|part| (part * scale(*value)) as f32);
    directions.iter().zip(&values).map(row).collect()
}

pub(super) fn centre(vectors: &[Vector]) -> Vector {
    let mut sums = [0.0_f64; LENGTH];
    for vector in vectors {
        sums.iter_mut().zip(vector).for_each(|(sum, value)| *sum += f64::from(*value));
    }
    sums.map(|sum| (sum / vectors.len().max(1) as f64) as f32)
}

/// Eigenvalues and eigenvectors (by rows) of a symmetric matrix, by Jacobi's cyclic method (Golub & Van Loan, 8.5).
fn eigen(mut matrix: Vec<[f64; LENGTH]>) -> (Vec<f64>, Vec<[f64; LENGTH]>) {
    let n = matrix.len();
    let mut directions = vec![[0.0; LENGTH]; n];
    directions.iter_mut().enumerate().for_each(|(at, row)| row[at] = 1.0);
    for _ in 0..SWEEPS {
        for p in 0..n {
            for q in p + 1..n {
                if matrix[p][q].abs() > 1e-12 * (matrix[p][p] * matrix[q][q]).abs().sqrt() {
                    rotate(&mut matrix, &mut directions, p, q);
                }
            }
        }
    }
    ((0..n).map(|at| matrix[at][at]).collect(), directions)
}

/// One rotation that makes the element at row `p`, column `q` nothing.
fn rotate(matrix: &mut [[f64; LENGTH]], directions: &mut [[f64; LENGTH]], p: usize, q: usize) {
    let turn = (matrix[q][q] - matrix[p][p]) / (2.0 * matrix[p][q]);
    let tangent = turn.signum() / (turn.abs() + (turn * turn + 1.0).sqrt());
    let cosine = 1.0 / (tangent * tangent + 1.0).sqrt();
    let sine = tangent * cosine;
    for row in matrix.iter_mut() {
        (row[p], row[q]) = (cosine * row[p] - sine * row[q], sine * row[p] + cosine * row[q]);
    }
    for rows in [matrix, directions] {
        let (upper, lower) = rows.split_at_mut(q);
        for (a, b) in upper[p].iter_mut().zip(lower[0].iter_mut()) {
            (*a, *b) = (cosine * *a - sine * *b, sine * *a + cosine * *b);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_matrix_is_put_together_again_from_its_directions() {
        let at = |row: usize, column: usize| {
            let (a, b) = (row.min(column), row.max(column));
            ((a * 7 + b * 3) % 11) as f64 / 11.0 + if a == b { 3.0 } else { 0.0 }
        };
        let mut matrix = vec![[0.0; LENGTH]; 6];
        for (row, values) in matrix.iter_mut().enumerate() {
            (0..6).for_each(|column| values[column] = at(row, column));
        }
        let (values, directions) = eigen(matrix.clone());
        for row in 0..6 {
            for column in 0..6 {
                let sum: f64 = (0..6).map(|k| values[k] * directions[k][row] * directions[k][column]).sum();
                assert!((sum - matrix[row][column]).abs() < 1e-9, "{row} {column}");
            }
        }
    }
}
