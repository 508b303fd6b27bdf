//! The space of the precise mode: centres and soft whitening of the encoder's vectors.

use super::known_claim::read_claims;
use super::{TrainError, read_jsonl};
use crate::claims::precise::{Space, Vector, file};
use crate::encoder::{Encoder, LENGTH, Side};
use crate::model::ModelFile;
use std::path::{Path, PathBuf};

const VERSION: &str = "1";
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
    let titles: Vec<String> = read_claims(data)?.into_iter().map(|claim| claim.title).collect();
    let posts: Vec<String> = read_jsonl(&data.join("hoax/pairs_train.jsonl"))?
        .iter()
        .filter_map(|row| row["query"].as_str().map(str::to_owned))
        .step_by(EVERY)
        .collect();
    let space = space(&encoder.embed(&titles, Side::Title), &encoder.embed(&posts, Side::Post));
    let card = CARD.replace("TITLES", &titles.len().to_string()).replace("POSTS", &posts.len().to_string());
    Ok((file(&space, VERSION, "AGPL-3.0-or-later"), card))
}

const CARD: &str = "# precise

Where the vectors of the sentence encoder become comparable: used by `saring analyse --precise` beside the encoder that
`saring model install` fetches; nothing else reads it.

- **Trained on** the vectors of TITLES claim titles and POSTS training posts of `../shared/data/hoax` (no text, no label in it).
- **Licence**: AGPL-3.0-or-later; the encoder itself, multilingual-e5-small, is MIT and not part of this file.
- **Method**: posts and titles centred apart; principal directions scaled by singular values to the power -1/2.
- **Measured** by `saring evals --precise` on development posts.
- **Limits**: made on fact-checks of 2015 to 2024; titles of another kind (English, long sentences) may sit elsewhere.
- **Rebuild**: `SARING_ENCODER=FILE cargo run --release -p xtask -- train precise`, about five minutes on 2 cores.";

fn encoder() -> Result<Encoder, TrainError> {
    let path = PathBuf::from(std::env::var_os("SARING_ENCODER").unwrap_or_default());
    let failed = |why: String| TrainError::Data { path: path.clone(), why };
    let bytes = std::fs::read(&path)
        .map_err(|error| failed(format!("{error}; run `saring model install` and set SARING_ENCODER")))?;
    Encoder::read(bytes).map_err(|error| failed(error.to_string()))
}

fn space(titles: &[Vector], posts: &[Vector]) -> Space {
    let (title, post) = (centre(titles), centre(posts));
    let centred = titles.iter().map(|v| (v, &title)).chain(posts.iter().map(|v| (v, &post)));
    let mut spread = vec![[0.0_f64; LENGTH]; LENGTH];
    for (vector, centre) in centred {
        let own: Vec<f64> = vector.iter().zip(centre).map(|(v, c)| f64::from(*v - *c)).collect();
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
    Space { titles: title, posts: post, map: directions.iter().zip(&values).map(row).collect() }
}

fn centre(vectors: &[Vector]) -> Vector {
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
