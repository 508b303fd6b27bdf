//! The precise mode: titles and posts as vectors of a sentence encoder, which meet also where they share no word.
//!
//! Vectors of an encoder huddle together; posts and titles are therefore centred apart and their directions scaled by the
//! singular values to the power -1/2 (soft whitening, after Huang et al. 2021, arXiv:2104.01767), with figures learnt from
//! training posts and all titles. The encoder's upper layers are adapted to tell which titles check which posts. The weighted
//! sum of the views and five times the cosine says which titles are looked at closer; trees that see the cosines beside all else put them in order and say how sure the first is.

use super::index::{ClaimIndex, Group, day_number};
use super::learnt::{Learnt, Scorer};
use super::query::{Ranked, sort};
use super::words::Word;
use crate::encoder::kept::{Kept, Vector};
use crate::encoder::{Adapter, Encoder, LENGTH, Side, dot};
use crate::model::trees::Bytes;
use crate::model::{ModelError, ModelFile, Models};
use jiff::civil::Date;
use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

/// Weight of the cosine beside the views; fixed on development posts.
pub(crate) const COSINE: f32 = 5.0;
/// Nearest titles that join the candidates of the views.
const NEAR: usize = 20;
/// Candidates of the views that are compared.
pub const CANDIDATES: usize = 60;
/// Titles embedded between two words on progress.
const AT_ONCE: usize = 256;
/// Layout of the weights: two centres, then the map, `f32`, little-endian; then the [`Adapter`], then what is [`Learnt`].
pub(crate) const FORMAT: u32 = 5;

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
    fn read(bytes: &mut Bytes<'_>) -> Option<Self> {
        let mut row = || {
            let mut row = [0.0; LENGTH];
            row.iter_mut().try_for_each(|value| {
                *value = bytes.f32()?;
                Some(())
            })?;
            Some(row)
        };
        Some(Self { titles: row()?, posts: row()?, map: (0..LENGTH).map(|_| row()).collect::<Option<_>>()? })
    }

    fn write(&self, out: &mut Vec<u8>) {
        let rows = [&self.titles, &self.posts].into_iter().chain(&self.map);
        out.extend(rows.flatten().flat_map(|value| value.to_le_bytes()));
    }

    /// A vector of the encoder in this space, of length 1.
    pub fn place(&self, vector: &Vector, side: Side) -> Vector {
        turned(&self.map, &self.centred(vector, side))
    }

    /// From how an error changes with where a vector is [placed](Self::place) to how it changes with the vector.
    pub(crate) fn back(&self, vector: &Vector, side: Side, slope: &Vector) -> Vector {
        let centred = self.centred(vector, side);
        let long: Vec<f32> = self.map.iter().map(|row| dot(row, &centred)).collect();
        let length = dot(&long, &long).sqrt().max(1e-9);
        let along = dot(&long, slope) / (length * length);
        let mut out = [0.0; LENGTH];
        for ((row, long), slope) in self.map.iter().zip(&long).zip(slope) {
            let slope = (slope - along * long) / length;
            out.iter_mut().zip(row).for_each(|(sum, part)| *sum += slope * part);
        }
        out
    }

    fn centred(&self, vector: &Vector, side: Side) -> Vector {
        let centre = match side {
            Side::Post => &self.posts,
            Side::Title => &self.titles,
        };
        std::array::from_fn(|at| vector[at] - centre[at])
    }
}

/// A centred vector by the rows of a map, of length 1.
pub(crate) fn turned(map: &[Vector], centred: &Vector) -> Vector {
    let mut out = [0.0; LENGTH];
    for (value, row) in out.iter_mut().zip(map) {
        *value = dot(row, centred);
    }
    let length = dot(&out, &out).sqrt().max(1e-9);
    out.map(|value| value / length)
}

/// The shipped weights of the mode.
#[derive(Clone, Debug)]
pub struct Trained {
    /// What the encoder's upper layers learnt.
    pub adapter: Arc<Adapter>,
    /// Where vectors become comparable.
    pub space: Arc<Space>,
    /// Which title comes first, and when to believe it.
    pub scorer: Arc<Scorer>,
}

impl Trained {
    /// From `precise.bin`.
    ///
    /// # Errors
    /// [`ModelError`] when the file is missing or damaged.
    pub fn read(models: &Models) -> Result<Self, ModelError> {
        let file = models.read("precise", FORMAT)?;
        let mut bytes = Bytes(&file.payload);
        let mut parts =
            || Some((Space::read(&mut bytes)?, Adapter::read(&mut bytes)?, Learnt::read(&mut bytes)?));
        let (space, adapter, learnt) = parts().ok_or_else(|| ModelError::Truncated("precise".into()))?;
        Ok(Self { adapter: Arc::new(adapter), space: Arc::new(space), scorer: Arc::new(Scorer::new(learnt)) })
    }

    /// The model file.
    pub(crate) fn file(&self, version: &str, licence: &str) -> ModelFile {
        let header = crate::model::file::Header {
            name: "precise".into(),
            format: FORMAT,
            version: version.into(),
            licence: licence.into(),
        };
        let mut payload = Vec::new();
        self.space.write(&mut payload);
        self.adapter.write(&mut payload);
        self.scorer.learnt().write(&mut payload);
        ModelFile { header, payload }
    }
}

/// The encoder with the vectors of all titles of one [`ClaimIndex`].
#[derive(Clone)]
pub struct Precise {
    encoder: Arc<Encoder>,
    trained: Trained,
    /// By group of the index.
    titles: Vec<Vector>,
    /// Where posts stand that were placed before they are asked for.
    posts: Arc<Kept>,
}

impl Precise {
    /// Places the titles of `index` by an encoder that is adapted as `trained` says, those in `kept` without work; new ones are
    /// put there. `progress` is told how many of how many new titles are done.
    pub fn new(
        encoder: Arc<Encoder>,
        trained: Trained,
        index: &ClaimIndex,
        kept: &mut Kept,
        progress: &mut dyn FnMut(usize, usize),
    ) -> Self {
        let wordings: Vec<Cow<'_, str>> = index.wordings().collect();
        let titles: Vec<&str> = wordings.iter().map(AsRef::as_ref).collect();
        embed(&encoder, &titles, Side::Title, kept, progress);
        let space = &trained.space;
        let place = |title: &&str| kept.get(*title).map_or([0.0; LENGTH], |v| space.place(v, Side::Title));
        Self { titles: titles.iter().map(place).collect(), encoder, trained, posts: Arc::default() }
    }

    /// The same for the titles of another index, all of which must be among those of `own`, the index it was made for.
    #[must_use]
    pub fn among(&self, own: &ClaimIndex, other: &ClaimIndex) -> Self {
        let placed: HashMap<&str, u32> =
            own.grouped().map(|(claim, group)| (claim.id.as_str(), group)).collect();
        let place = |group: &Group| {
            let first = other.claims()[group.claims[0] as usize].id.as_str();
            placed.get(first).map_or([0.0; LENGTH], |&group| self.titles[group as usize])
        };
        let titles = other.groups.iter().map(place).collect();
        Self { titles, ..self.clone() }
    }

    /// The same with other trees.
    #[must_use]
    pub fn with(self, learnt: Learnt) -> Self {
        Self { trained: Trained { scorer: Arc::new(Scorer::new(learnt)), ..self.trained }, ..self }
    }

    /// Places posts together, which is quicker than one by one when they are asked for; those in `kept` without work.
    pub fn place_posts(&mut self, posts: &[String], kept: &mut Kept) {
        let texts: Vec<&str> = posts.iter().map(String::as_str).collect();
        embed(&self.encoder, &texts, Side::Post, kept, &mut |_, _| ());
        let place = |post: &String| {
            let vector = kept.get(post)?;
            Some((post.clone(), self.trained.space.place(vector, Side::Post)))
        };
        Arc::make_mut(&mut self.posts).extend(posts.iter().filter_map(place));
    }

    /// What the mode has learnt.
    pub fn scorer(&self) -> &Scorer {
        &self.trained.scorer
    }

    /// The weights of the mode.
    pub fn trained(&self) -> &Trained {
        &self.trained
    }

    /// Adds the nearest titles to the candidates of the views, those published after `day` left out, and sorts by both.
    pub fn order(
        &self,
        index: &ClaimIndex,
        text: &str,
        words: &[Word],
        mut ranked: Vec<Ranked>,
        day: Option<Date>,
    ) -> Vec<Ranked> {
        let new;
        let post = match self.posts.get(text) {
            Some(post) => post,
            None => {
                let [vector] = self.encoder.embed(&[text], Side::Post)[..] else { return ranked };
                new = self.trained.space.place(&vector, Side::Post);
                &new
            }
        };
        let cosines: Vec<f32> = self.titles.iter().map(|title| dot(title, post)).collect();
        let newest = day.map(day_number);
        let listed = (0..).zip(&cosines).filter(|(group, _)| !index.newer(*group, newest));
        let mut near: Vec<(f32, u32)> = listed.map(|(group, cosine)| (*cosine, group)).collect();
        if near.len() > NEAR {
            near.select_nth_unstable_by(NEAR, |a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
            near.truncate(NEAR);
        }
        let known: Vec<u32> = ranked.iter().map(|title| title.group).collect();
        let more = near.into_iter().map(|(_, group)| group).filter(|group| !known.contains(group));
        index.join(words, &mut ranked, more);
        for title in &mut ranked {
            title.cosine = cosines[title.group as usize];
        }
        sort(&mut ranked);
        ranked
    }
}

/// Puts the vectors of texts that `kept` lacks there. `progress` is told how many of how many are done.
pub fn embed(
    encoder: &Encoder,
    texts: &[&str],
    side: Side,
    kept: &mut Kept,
    progress: &mut dyn FnMut(usize, usize),
) {
    let mut new: Vec<&str> = texts.iter().copied().filter(|text| !kept.contains_key(*text)).collect();
    new.sort_unstable();
    new.dedup();
    for (at, some) in new.chunks(AT_ONCE).enumerate() {
        progress(at * AT_ONCE, new.len());
        let vectors = encoder.embed(some, side);
        kept.extend(some.iter().zip(vectors).map(|(text, vector)| ((*text).to_owned(), vector)));
    }
    progress(new.len(), new.len());
}

#[cfg(test)]
mod tests {
    use super::*;

    fn vector(seed: usize) -> Vector {
        std::array::from_fn(|at| ((at * 37 + seed * 11) % 29) as f32 / 29.0 - 0.5)
    }

    #[test]
    fn slopes_lead_back_to_the_vector_that_was_placed() {
        const STEP: f32 = 1e-2;
        let map = (0..LENGTH).map(|at| vector(at + 3)).collect();
        let space = Space { titles: vector(1), posts: vector(2), map };
        let (given, slope) = (vector(5), vector(6));
        let error = |given: &Vector| dot(&space.place(given, Side::Post), &slope);
        let back = space.back(&given, Side::Post, &slope);
        for at in [0, 100, 383] {
            let moved = |by: f32| {
                let mut given = given;
                given[at] += by;
                error(&given)
            };
            let seen = (moved(STEP) - moved(-STEP)) / (2.0 * STEP);
            assert!((back[at] - seen).abs() < 0.02 + 0.05 * seen.abs(), "{} {seen}", back[at]);
        }
    }
}
