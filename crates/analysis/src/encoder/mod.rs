//! The sentence encoder of the precise mode: multilingual-e5-small (Wang et al. 2024, arXiv:2402.05672) in plain Rust.
//!
//! It is not shipped: `saring model install` fetches it once, and [`Encoder::read`] takes nothing but the one file whose hash is
//! known. Weights are unpacked to 32 bits when read (about 150 MB with the table of words), so that a matrix product runs at the
//! speed of the machine.

mod adapter;
mod image;
pub mod kept;
mod layers;
mod pieces;
mod upper;

pub use adapter::Adapter;
pub(crate) use upper::{State, Upper};

use adapter::LAYERS;
use image::Image;
use kept::Vector;
use layers::Layer;
use ndarray::{Array2, ArrayView2, Axis, Slice};
use rayon::prelude::*;
use sha2::{Digest, Sha256};
use std::ops::Range;
use std::sync::Arc;

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
#[derive(Clone)]
pub struct Encoder {
    image: Arc<Image>,
    first: Arc<layers::First>,
    layers: Vec<Layer>,
    key: String,
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
        if !Adapter::fits(image.shape) {
            return Err(EncoderError::Damaged);
        }
        let layers = (0..image.shape.layers).map(|at| Layer::read(&image, at)).collect::<Result<_, _>>()?;
        Ok(Self {
            first: Arc::new(layers::First::read(&image)?),
            layers,
            image: Arc::new(image),
            key: SHA256.to_owned(),
        })
    }

    /// The same with upper layers adapted. To be asked once, of the encoder as it was read.
    #[must_use]
    pub fn adapted(mut self, adapter: &Adapter) -> Self {
        let Upper { layers, .. } = self.upper(adapter);
        self.layers.splice(self.layers.len() - LAYERS.., layers);
        let mut bytes = self.key.into_bytes();
        adapter.write(&mut bytes);
        self.key = saring_domain::ids::hex(&Sha256::digest(&bytes));
        self
    }

    /// Tells vectors of this encoder from those of others: 64 digits.
    pub fn key(&self) -> &str {
        &self.key
    }

    /// The upper layers with what an adapter adds to them.
    pub(crate) fn upper(&self, adapter: &Adapter) -> Upper {
        Upper::new(&self.layers[self.layers.len() - LAYERS..], adapter, self.image.shape)
    }

    /// What the layers below the adapted ones make of each text.
    pub(crate) fn lower<T: AsRef<str> + Sync>(&self, texts: &[T], side: Side) -> Vec<State> {
        let cut: Vec<Vec<u32>> = texts.par_iter().map(|text| self.cut(text.as_ref(), side)).collect();
        let layers = &self.layers[..self.layers.len() - LAYERS];
        let lower = |batch: &[Vec<u32>]| {
            let (state, ends) = self.pass(batch, layers);
            ends.windows(2).map(|pair| rows(&state, pair[0]..pair[1]).to_owned()).collect::<Vec<_>>()
        };
        batches(&cut, Vec::len).par_iter().flat_map_iter(|batch| lower(batch)).collect()
    }

    /// A vector of length 1 for each text, on all threads of the current rayon pool. The same text gives the same vector
    /// whatever it is embedded with, up to the last bits of a sum.
    pub fn embed<T: AsRef<str> + Sync>(&self, texts: &[T], side: Side) -> Vec<Vector> {
        let cut: Vec<Vec<u32>> = texts.par_iter().map(|text| self.cut(text.as_ref(), side)).collect();
        batches(&cut, Vec::len).par_iter().flat_map_iter(|batch| self.forward(batch)).collect()
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

    fn forward(&self, texts: &[Vec<u32>]) -> Vec<Vector> {
        let (state, ends) = self.pass(texts, &self.layers);
        means(&state, &ends)
    }

    /// The state of some texts after some layers, and where each text ends (the first number is 0).
    fn pass(&self, texts: &[Vec<u32>], layers: &[Layer]) -> (Array2<f32>, Vec<usize>) {
        let ends = ends(texts.iter().map(Vec::len));
        let mut state: Array2<f32> = self.first.enter(&self.image, texts);
        for layer in layers {
            layer.pass(&mut state, &ends, self.image.shape);
        }
        (state, ends)
    }
}

/// Neighbours of at most [`TOGETHER`] pieces, or one that has more.
fn batches<T>(texts: &[T], length: impl Fn(&T) -> usize) -> Vec<&[T]> {
    let mut batches = Vec::new();
    let (mut start, mut pieces) = (0, 0);
    for (at, one) in texts.iter().enumerate() {
        if at > start && pieces + length(one) > TOGETHER {
            batches.push(&texts[start..at]);
            (start, pieces) = (at, 0);
        }
        pieces += length(one);
    }
    batches.push(&texts[start..]);
    batches
}

/// Where texts of these lengths end, one behind the other; first 0.
fn ends(lengths: impl Iterator<Item = usize>) -> Vec<usize> {
    let ends = lengths.scan(0, |sum, length| {
        *sum += length;
        Some(*sum)
    });
    std::iter::once(0).chain(ends).collect()
}

/// Some pieces of a state.
fn rows(state: &Array2<f32>, rows: Range<usize>) -> ArrayView2<'_, f32> {
    state.slice_axis(Axis(0), Slice::from(rows))
}

/// The vector of each text of a state.
fn means(state: &Array2<f32>, ends: &[usize]) -> Vec<Vector> {
    ends.windows(2).map(|pair| mean(state, pair[0], pair[1]).0).collect()
}

/// The mean of some rows, scaled to length 1, and the length of their sum.
fn mean(state: &Array2<f32>, from: usize, to: usize) -> (Vector, f32) {
    let mut out = [0.0; LENGTH];
    for row in state.rows().into_iter().take(to).skip(from) {
        for (sum, value) in out.iter_mut().zip(row) {
            *sum += value;
        }
    }
    let length = out.iter().map(|value| value * value).sum::<f32>().sqrt().max(1e-12);
    (out.map(|value| value / length), length)
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
