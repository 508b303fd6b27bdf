//! The precise mode: centres and soft whitening of the encoder's vectors, and trees that see the cosines.

use super::known_claim::{apart, before, read_claims};
use super::matching::{Lesson, School, small_talk};
use super::{TrainError, read_jsonl};
use crate::claims::precise::{Precise, Space, Trained, embed};
use crate::claims::{ClaimIndex, Finder, Scorer};
use crate::encoder::kept::{self, Kept, Vector};
use crate::encoder::{Encoder, LENGTH, Side};
use crate::evals::checkthat;
use crate::evals::claims::{measure, table};
use crate::model::ModelFile;
use std::io::BufWriter;
use std::path::{Path, PathBuf};
use std::sync::Arc;

const VERSION: &str = "7";
/// Power of the singular values; of the recipe in `evaluation.md`.
const POWER: f64 = -0.5;
/// Every so many training posts are enough for a centre and a spread.
const EVERY: usize = 3;
/// Sweeps of Jacobi's method; it has converged long before.
const SWEEPS: usize = 12;

/// Trains `precise`. The encoder is read from where `SARING_ENCODER` points; vectors are kept beside it.
///
/// # Errors
/// [`TrainError`] when the encoder or a data file cannot be read.
pub fn train(data: &Path) -> Result<(ModelFile, String), TrainError> {
    let encoder = Arc::new(encoder()?);
    let claims = read_claims(data)?;
    let weights = Arc::new(before(data)?);
    let all = ClaimIndex::new(&claims, Arc::default());
    let (mut titles, mut posts) = (Vectors::beside("titles"), Vectors::beside("posts"));
    let texts: Vec<String> = claims.iter().map(|claim| claim.title.clone()).collect();
    let train = texts_of(data, "hoax/pairs_train.jsonl")?;
    let places = (titles.of(&encoder, &texts, Side::Title), posts.of(&encoder, &train, Side::Post));
    let sparse: Vec<Vector> = places.1.into_iter().step_by(EVERY).collect();
    let space = Arc::new(space(&places.0, &sparse));
    let trained = Trained { space, scorer: Arc::new(Scorer::default()) };
    let mut precise = Precise::new(encoder, trained, &all, &mut titles.kept, &mut |_, _| ());
    for posts_of in [
        train.clone(),
        small_talk(data)?,
        texts_of(data, "hoax/pairs_dev.jsonl")?,
        texts_of(data, "hoax/negatives.jsonl")?,
    ] {
        precise.place_posts(&posts_of, &mut posts.kept);
    }
    let mut english =
        precise.over(&ClaimIndex::new(&checkthat::claims(data)?, Arc::default()), &mut titles.kept);
    let tweets = checkthat::tweets(data, "train")?.into_iter().map(|tweet| tweet.text).collect::<Vec<_>>();
    english.place_posts(&tweets, &mut posts.kept);
    titles.save()?;
    posts.save()?;
    let both = Some([&precise, &english]);
    let apart = apart(&weights, data)?;
    let school = School { claims: &claims, weights: weights.clone(), apart: &apart, precise: both, data };
    let Lesson { learnt, rows, cross, english } = school.learn()?;
    let all = ClaimIndex::new(&claims, weights);
    let precise = precise.with(learnt);
    let figures = table(&measure("precise.dev", Finder::new(&all, Some(&precise)), data)?);
    let card = CARD
        .replace("TITLES", &texts.len().to_string())
        .replace("POSTS", &sparse.len().to_string())
        .replace("ROWS", &rows.to_string())
        .replace("CROSS", &format!("{cross:.3}"))
        .replace("ENGLISH", &format!("{english:.3}"))
        .replace("SAME", &format!("{:.3}", precise.scorer().learnt().same))
        .replace("FIGURES", &figures);
    Ok((precise.trained().file(VERSION, "CC-BY-4.0"), card))
}

const CARD: &str = "# Known claims, precise mode

Puts titles of known claims in order with a sentence encoder: used by `saring analyse --precise` beside the encoder that
`saring model install` fetches; nothing else reads it.

- **Trained on** the vectors of TITLES claim titles and POSTS training posts of `hoax/` (centres and directions: no text, no label
  in it); trees on its training posts, the informal sentences of STIF-Indonesia and every other text of `hoax/negatives.jsonl`, each
  quarter of these placed by static embeddings made without it.
- **Licence** CC-BY-4.0; the encoder itself, multilingual-e5-small, is MIT and not part of this file.
- **Method** posts and titles centred apart, principal directions scaled by singular values to the power -1/2. The 20 nearest
  titles join the 60 of the search by words; boosted trees (LambdaMART) that see the cosines beside all else put the first 50 in
  order (MRR@10 on the training posts, cross-validated by story: CROSS); more trees, learnt from ROWS examples that the first
  trees had not seen, say how sure the match is. A hundred others put English titles in order for English posts (MRR@10 on the
  training tweets of CLEF CheckThat! 2020, task 2, with a right title among those found, cross-validated by claim: ENGLISH), and two hundred
  say how sure such a match is. A match is *same* from SAME on. Scaling and thresholds were fixed on the
  development posts.
- **Tried without gain** centres of their own for English titles and posts: MAP@5 of the development tweets 0.923 for 0.924, recall of
  Indonesian matches at precision .97 0.516 for 0.544.
- **Limits** made on fact-checks of 2015 to 2024; titles of another kind (English, long sentences) may sit elsewhere. A post takes
  some 80 ms of one core.
- **Rebuild** `SARING_ENCODER=FILE cargo train precise` after `embeddings`: some ten minutes on 2 cores the first time, two with
  the vectors that it keeps beside the encoder.

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
        Self { kept: kept::read(&std::fs::read(&path).unwrap_or_default()), path }
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
        kept::write(&self.kept, &mut out).map_err(failed)
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
