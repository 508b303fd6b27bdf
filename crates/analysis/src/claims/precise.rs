//! The precise mode: titles and posts as vectors of a sentence encoder, which meet also where they share no word.
//!
//! Vectors of an encoder huddle together; posts and titles are therefore centred apart and their directions scaled by the
//! singular values to the power -1/2 (soft whitening, after Huang et al. 2021, arXiv:2104.01767), with figures learnt from
//! training posts and all titles. A title's place is then the weighted sum of the views and five times the cosine.

use super::index::{ClaimIndex, day_number};
use super::query::{Ranked, View};
use crate::encoder::{Encoder, LENGTH, Side};
use crate::model::{ModelError, ModelFile, Models};
use jiff::civil::Date;
use std::collections::HashMap;
use std::sync::Arc;

/// Weight of the cosine beside the views; fixed on development posts.
const COSINE: f32 = 5.0;
/// Nearest titles that join the candidates of the views.
const NEAR: usize = 20;
/// Candidates of the views that are compared.
pub const CANDIDATES: usize = 60;
/// Titles embedded between two words on progress.
const AT_ONCE: usize = 256;
/// Layout of the weights: two centres, then the map, `f32`, little-endian.
pub(crate) const FORMAT: u32 = 1;

/// A direction of length 1.
pub type Vector = [f32; LENGTH];

/// Where vectors of posts and of titles become comparable.
#[derive(Clone, Debug, PartialEq)]
pub struct Space {
    /// Centre of the titles.
    pub titles: Vector,
    /// Centre of the posts.
    pub posts: Vector,
    /// Maps a centred vector; by rows of the result.
    pub map: Vec<Vector>,
}

impl Space {
    /// The shipped space.
    ///
    /// # Errors
    /// [`ModelError`] when the file `precise` is missing or damaged.
    pub fn read(models: &Models) -> Result<Self, ModelError> {
        let file = models.read("precise", FORMAT)?;
        let numbers: Vec<f32> =
            file.payload.as_chunks::<4>().0.iter().map(|four| f32::from_le_bytes(*four)).collect();
        let rows: Vec<Vector> = numbers.as_chunks::<LENGTH>().0.to_vec();
        match &rows[..] {
            [titles, posts, map @ ..] if map.len() == LENGTH => {
                Ok(Self { titles: *titles, posts: *posts, map: map.to_vec() })
            }
            _ => Err(ModelError::Truncated("precise".into())),
        }
    }

    /// The payload of the model file.
    pub fn bytes(&self) -> Vec<u8> {
        let rows = [&self.titles, &self.posts].into_iter().chain(&self.map);
        rows.flatten().flat_map(|value| value.to_le_bytes()).collect()
    }

    /// A vector of the encoder in this space, of length 1.
    pub fn place(&self, vector: &Vector, side: Side) -> Vector {
        let centre = match side {
            Side::Post => &self.posts,
            Side::Title => &self.titles,
        };
        let centred: Vec<f32> = vector.iter().zip(centre).map(|(value, mean)| value - mean).collect();
        let mut out = [0.0; LENGTH];
        for (value, row) in out.iter_mut().zip(&self.map) {
            *value = dot(row, &centred);
        }
        let length = dot(&out, &out).sqrt().max(1e-9);
        out.map(|value| value / length)
    }
}

/// Vectors of titles made before, by title; kept between runs because making them takes a while.
pub type Kept = HashMap<String, Vector>;

/// The encoder with the vectors of all titles of one [`ClaimIndex`].
pub struct Precise {
    encoder: Arc<Encoder>,
    space: Arc<Space>,
    /// By group of the index.
    titles: Vec<Vector>,
}

impl Precise {
    /// Places the titles of `index`, those in `kept` without work; new ones are put there. `progress` is told how many of
    /// how many new titles are done.
    pub fn new(
        encoder: Arc<Encoder>,
        space: Arc<Space>,
        index: &ClaimIndex,
        kept: &mut Kept,
        progress: &mut dyn FnMut(usize, usize),
    ) -> Self {
        let titles: Vec<&str> = index.titles().collect();
        let mut new: Vec<&str> = titles.iter().copied().filter(|title| !kept.contains_key(*title)).collect();
        new.sort_unstable();
        new.dedup();
        for (at, some) in new.chunks(AT_ONCE).enumerate() {
            progress(at * AT_ONCE, new.len());
            let vectors = encoder.embed(some, Side::Title);
            kept.extend(some.iter().zip(vectors).map(|(title, vector)| ((*title).to_owned(), vector)));
        }
        progress(new.len(), new.len());
        let place = |title: &&str| kept.get(*title).map_or([0.0; LENGTH], |v| space.place(v, Side::Title));
        Self { titles: titles.iter().map(place).collect(), encoder, space }
    }

    /// Puts the candidates of the views in a new order and adds the nearest titles, those published after `day` left out.
    pub fn order(
        &self,
        index: &ClaimIndex,
        text: &str,
        ranked: Vec<Ranked>,
        day: Option<Date>,
    ) -> Vec<Ranked> {
        let [vector] = self.place(&[text])[..] else { return ranked };
        self.order_by(index, &vector, ranked, day)
    }

    /// Where posts stand.
    pub fn place(&self, posts: &[&str]) -> Vec<Vector> {
        let vectors = self.encoder.embed(posts, Side::Post);
        vectors.iter().map(|vector| self.space.place(vector, Side::Post)).collect()
    }

    /// The same for a post already placed.
    pub fn order_by(
        &self,
        index: &ClaimIndex,
        post: &Vector,
        mut ranked: Vec<Ranked>,
        day: Option<Date>,
    ) -> Vec<Ranked> {
        let mut near: Vec<(f32, u32)> =
            self.titles.iter().zip(0..).map(|(title, group)| (dot(title, post), group)).collect();
        for title in &mut ranked {
            title.lexical += COSINE * near[title.group as usize].0;
        }
        let newest = day.map(day_number);
        near.retain(|&(_, group)| !index.newer(group, newest));
        let nearest = |a: &(f32, u32), b: &(f32, u32)| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1));
        if near.len() > NEAR {
            near.select_nth_unstable_by(NEAR, nearest);
            near.truncate(NEAR);
        }
        let known: Vec<u32> = ranked.iter().map(|title| title.group).collect();
        let view = View::default();
        let added = near.into_iter().filter(|(_, group)| !known.contains(group)).map(|(cosine, group)| {
            Ranked { group, lexical: COSINE * cosine, stems: view, grams: view, pairs: view }
        });
        ranked.extend(added);
        ranked.sort_by(|a, b| b.lexical.total_cmp(&a.lexical).then(a.group.cmp(&b.group)));
        ranked
    }
}

fn dot(a: &[f32], b: &[f32]) -> f32 {
    // eight sums side by side, which the processor adds at once
    let mut sums = [0.0_f32; 8];
    for (a, b) in a.as_chunks::<8>().0.iter().zip(b.as_chunks::<8>().0) {
        for at in 0..8 {
            sums[at] += a[at] * b[at];
        }
    }
    sums.iter().sum()
}

/// A model file of a space.
pub(crate) fn file(space: &Space, version: &str, licence: &str) -> ModelFile {
    let header = crate::model::file::Header {
        name: "precise".into(),
        format: FORMAT,
        version: version.into(),
        licence: licence.into(),
    };
    ModelFile { header, payload: space.bytes() }
}
