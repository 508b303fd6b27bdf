//! The sentence encoder of the precise mode: multilingual-e5-small (Wang et al. 2024, arXiv:2402.05672) in plain Rust.
//!
//! It is not shipped: `saring model install` fetches it once, and [`Encoder::read`] takes nothing but the one file whose hash is
//! known. Weights are unpacked to 32 bits when read (about 150 MB with the table of words), so that a matrix product runs at the
//! speed of the machine.

mod image;
pub mod kept;
mod layers;
mod pieces;

use image::Image;
use layers::Layer;
use ndarray::Array2;
use rayon::prelude::*;
use sha2::{Digest, Sha256};

/// SHA-256 of the one file that is read.
pub const SHA256: &str = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f";
/// Length of a vector.
pub const LENGTH: usize = 384;
/// Pieces of a text that are read: what a post claims stands near its beginning.
const MOST_PIECES: usize = 254;
/// Pieces that go through the layers together.
const TOGETHER: usize = 512;

/// Why the encoder cannot be used. Everything else works without it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EncoderError {
    /// Not the file that was measured.
    #[error("the encoder is not the file this release knows; install it again with `saring model install`")]
    Unknown,
    /// Cut short or inconsistent.
    #[error("the encoder's file is damaged; install it again with `saring model install`")]
    Damaged,
}

/// On which side of a comparison a text stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// What is looked up: a post.
    Post,
    /// What is looked for: the title of a claim.
    Title,
}

/// The encoder, ready to embed.
pub struct Encoder {
    image: Image,
    first: layers::First,
    layers: Vec<Layer>,
}

impl Encoder {
    /// Checks and unpacks the file.
    ///
    /// # Errors
    /// [`EncoderError`] says what is wrong and what to do.
    pub fn read(bytes: Vec<u8>) -> Result<Self, EncoderError> {
        if saring_domain::ids::hex(&Sha256::digest(&bytes)) != SHA256 {
            return Err(EncoderError::Unknown);
        }
        let image = Image::read(bytes)?;
        if image.shape.hidden != LENGTH {
            return Err(EncoderError::Damaged);
        }
        let layers = (0..image.shape.layers).map(|at| Layer::read(&image, at)).collect::<Result<_, _>>()?;
        Ok(Self { first: layers::First::read(&image)?, layers, image })
    }

    /// A vector of length 1 for each text, on all threads of the current rayon pool. The same text gives the same vector
    /// whatever it is embedded with, up to the last bits of a sum.
    pub fn embed<T: AsRef<str> + Sync>(&self, texts: &[T], side: Side) -> Vec<[f32; LENGTH]> {
        let cut: Vec<Vec<u32>> = texts.par_iter().map(|text| self.cut(text.as_ref(), side)).collect();
        let mut batches: Vec<&[Vec<u32>]> = Vec::new();
        let (mut start, mut pieces) = (0, 0);
        for (at, one) in cut.iter().enumerate() {
            if at > start && pieces + one.len() > TOGETHER {
                batches.push(&cut[start..at]);
                (start, pieces) = (at, 0);
            }
            pieces += one.len();
        }
        batches.push(&cut[start..]);
        batches.par_iter().flat_map_iter(|batch| self.forward(batch)).collect()
    }

    fn cut(&self, text: &str, side: Side) -> Vec<u32> {
        let prefix = match side {
            Side::Post => "query: ",
            Side::Title => "passage: ",
        };
        let pieces = &self.image.pieces;
        // a piece is a character at least
        let text: String = prefix.chars().chain(text.chars().take(MOST_PIECES * 8)).collect();
        let most = MOST_PIECES.min(self.image.shape.positions - 2);
        let inner = pieces.cut(&text);
        [pieces.begin].into_iter().chain(inner.into_iter().take(most)).chain([pieces.end]).collect()
    }

    fn forward(&self, texts: &[Vec<u32>]) -> Vec<[f32; LENGTH]> {
        let mut ends = vec![0];
        ends.extend(texts.iter().scan(0, |sum, text| {
            *sum += text.len();
            Some(*sum)
        }));
        let mut state: Array2<f32> = self.first.enter(&self.image, texts);
        for layer in &self.layers {
            layer.pass(&mut state, &ends, self.image.shape);
        }
        ends.windows(2).map(|pair| mean(&state, pair[0], pair[1])).collect()
    }
}

/// The mean of some rows, scaled to length 1.
fn mean(state: &Array2<f32>, from: usize, to: usize) -> [f32; LENGTH] {
    let mut out = [0.0; LENGTH];
    for row in state.rows().into_iter().take(to).skip(from) {
        for (sum, value) in out.iter_mut().zip(row) {
            *sum += value;
        }
    }
    let length = out.iter().map(|value| value * value).sum::<f32>().sqrt().max(1e-12);
    out.map(|value| value / length)
}

/// The sum of the products of two vectors.
pub(crate) fn dot(a: &[f32], b: &[f32]) -> f32 {
    // eight sums side by side, which the processor adds at once
    let mut sums = [0.0_f32; 8];
    for (a, b) in a.as_chunks::<8>().0.iter().zip(b.as_chunks::<8>().0) {
        for at in 0..8 {
            sums[at] += a[at] * b[at];
        }
    }
    sums.iter().sum()
}
