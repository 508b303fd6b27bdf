//! Teaches the upper layers of the encoder which titles check which posts: low-rank adapters by contrast with other titles (van
//! den Oord et al. 2018, arXiv:1807.03748), those that look most like the right one among them, with Adam (Kingma & Ba 2015,
//! arXiv:1412.6980).

use super::templates::Random;
use crate::claims::precise::Space;
use crate::encoder::kept::Vector;
use crate::encoder::{Adapter, Encoder, LENGTH, Side, State, dot};
use ndarray::{ArrayView2, Axis, Slice};
use rayon::prelude::*;

/// Posts that are learnt from together; the titles of the others are wrong for each.
const TOGETHER: usize = 32;
/// Wrong titles that look most like the right one, and how many of them are drawn for a post.
const RIVALS: usize = 30;
const DRAWN: usize = 2;
/// Pieces of a text that are looked at.
const PIECES: usize = 64;
/// What similarities are divided by.
const TEMPERATURE: f32 = 0.08;
/// How much the views by words count beside the cosine: the encoder is to learn what they do not know.
const VIEWS: f32 = 0.125;
/// Size of the first steps; they fall to nothing along a half wave.
const RATE: f32 = 5e-4;
/// Longest step that a gradient is allowed.
const LONGEST: f32 = 1.0;
/// How long Adam remembers slopes and their squares.
const MEMORY: [f32; 2] = [0.9, 0.999];

/// A post with the title that checks it.
pub(super) struct Example {
    /// Position of its state.
    pub post: usize,
    /// Position of the title's state.
    pub title: usize,
    /// Titles found by words and by the encoder as it is, nearest first.
    pub found: Vec<Found>,
    /// The part of what the trees learn from that it belongs to.
    pub fold: usize,
}

/// A title found for a post.
pub(super) struct Found {
    /// Position of its state.
    pub title: usize,
    /// What the views by words say of it.
    pub views: f32,
    /// Whether it checks the post, or tells the same story.
    pub right: bool,
}

impl Example {
    fn found(&self, title: usize) -> Option<&Found> {
        self.found.iter().find(|found| found.title == title)
    }

    /// Other titles that are right too are nothing to keep away from.
    fn is_rival(&self, title: usize) -> bool {
        title != self.title && self.found(title).is_none_or(|found| !found.right)
    }

    /// A title that was not found is no better than the last that was.
    fn views(&self, title: usize) -> f32 {
        self.found(title).or(self.found.last()).map_or(0.0, |found| found.views)
    }
}

/// What is learnt from.
pub(super) struct Course<'a> {
    pub encoder: &'a Encoder,
    /// Where its vectors become comparable before anything is learnt.
    pub space: &'a Space,
    pub posts: &'a [State],
    pub titles: &'a [State],
    pub examples: &'a [Example],
}

impl Course<'_> {
    /// Learns from all examples but those of one part, once from each.
    pub fn learn(&self, but: Option<usize>) -> Adapter {
        let mut random = Random::seeded(7);
        let mut adapter = Adapter::default();
        for matrix in adapter.matrices_mut().step_by(2) {
            let spread = (3.0 / matrix.ncols() as f32).sqrt();
            matrix.mapv_inplace(|_| spread * (random.below(1 << 20) as f32 / (1 << 19) as f32 - 1.0));
        }
        let mut order: Vec<&Example> =
            self.examples.iter().filter(|example| but.is_none_or(|part| example.fold != part)).collect();
        random.shuffle(&mut order);
        let mut adam = Adam::default();
        let steps = order.len() / TOGETHER;
        for (step, batch) in order.chunks_exact(TOGETHER).enumerate() {
            let slope = self.slope(&adapter, batch, &mut random);
            let wave = (std::f32::consts::PI * step as f32 / steps as f32).cos();
            adam.step(&mut adapter, slope, RATE * (1.0 + wave) / 2.0);
        }
        adapter
    }

    /// How the error changes with the adapter.
    fn slope(&self, adapter: &Adapter, batch: &[&Example], random: &mut Random) -> Adapter {
        let mut titles: Vec<usize> = batch.iter().map(|example| example.title).collect();
        for example in batch {
            let rivals: Vec<usize> = example
                .found
                .iter()
                .filter(|found| !found.right)
                .take(RIVALS)
                .map(|found| found.title)
                .collect();
            titles.extend((0..DRAWN).filter_map(|_| rivals.get(random.below(rivals.len()))));
        }
        titles.sort_unstable();
        titles.dedup();
        let posts = batch.iter().map(|example| cut(&self.posts[example.post]));
        let states: Vec<ArrayView2<'_, f32>> =
            posts.chain(titles.iter().map(|title| cut(&self.titles[*title]))).collect();
        let upper = self.encoder.upper(adapter);
        let traced = upper.trace(&states);
        let vectors: Vec<&Vector> = traced.iter().flat_map(|batch| batch.vectors()).collect();
        let side = |at: usize| if at < batch.len() { Side::Post } else { Side::Title };
        let placed: Vec<Vector> =
            vectors.par_iter().enumerate().map(|(at, vector)| self.space.place(vector, side(at))).collect();
        let (posts, others) = placed.split_at(batch.len());
        let mut slopes = vec![[0.0; LENGTH]; placed.len()];
        for (at, (example, post)) in batch.iter().zip(posts).enumerate() {
            for (title, slope) in surprise(example, post, &titles, others) {
                let slope = slope / (TEMPERATURE * batch.len() as f32);
                add(&mut slopes[at], &others[title], slope);
                add(&mut slopes[batch.len() + title], post, slope);
            }
        }
        let back =
            |(at, (vector, slope)): (usize, (&&Vector, &Vector))| self.space.back(vector, side(at), slope);
        let slopes: Vec<Vector> = vectors.par_iter().zip(&slopes).enumerate().map(back).collect();
        upper.back(&traced, &slopes, adapter)
    }
}

/// For each title by position how the error changes with how like the post it is: the share of belief it has, and for the right
/// one what it lacks to all.
fn surprise(example: &Example, post: &Vector, titles: &[usize], placed: &[Vector]) -> Vec<(usize, f32)> {
    let likeness = |(at, (title, vector)): (usize, (&usize, &Vector))| {
        let likeness = dot(post, vector) + VIEWS * example.views(*title);
        (*title == example.title || example.is_rival(*title)).then_some((at, likeness / TEMPERATURE))
    };
    let mut out: Vec<(usize, f32)> = titles.iter().zip(placed).enumerate().filter_map(likeness).collect();
    let most = out.iter().map(|(_, likeness)| *likeness).fold(f32::MIN, f32::max);
    let sum: f32 = out.iter().map(|(_, likeness)| (likeness - most).exp()).sum();
    for (at, value) in &mut out {
        *value = (*value - most).exp() / sum - f32::from(u8::from(titles[*at] == example.title));
    }
    out
}

fn add(sum: &mut Vector, vector: &Vector, times: f32) {
    sum.iter_mut().zip(vector).for_each(|(sum, part)| *sum += times * part);
}

/// The beginning of a text.
fn cut(state: &State) -> ArrayView2<'_, f32> {
    state.slice_axis(Axis(0), Slice::from(..state.nrows().min(PIECES)))
}

/// Mean slopes and mean squares of slopes.
#[derive(Default)]
struct Adam {
    mean: Adapter,
    squares: Adapter,
    steps: i32,
}

impl Adam {
    fn step(&mut self, adapter: &mut Adapter, slope: Adapter, rate: f32) {
        self.steps += 1;
        let length = slope.matrices().flatten().map(|value| value * value).sum::<f32>().sqrt();
        let scale = LONGEST / length.max(LONGEST);
        let [fresh, steady] = MEMORY.map(|memory| 1.0 / (1.0 - memory.powi(self.steps)));
        let all = adapter.matrices_mut().zip(slope.matrices());
        let all = all.zip(self.mean.matrices_mut().zip(self.squares.matrices_mut()));
        for ((matrix, slope), (mean, squares)) in all {
            let numbers = matrix.iter_mut().zip(slope).zip(mean.iter_mut().zip(squares));
            for ((value, slope), (mean, square)) in numbers {
                let slope = slope * scale;
                *mean = MEMORY[0] * *mean + (1.0 - MEMORY[0]) * slope;
                *square = MEMORY[1] * *square + (1.0 - MEMORY[1]) * slope * slope;
                *value -= rate * fresh * *mean / ((steady * *square).sqrt() + 1e-8);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn direction(at: usize) -> Vector {
        std::array::from_fn(|part| f32::from(u8::from(part == at)))
    }

    #[test]
    fn the_right_title_is_drawn_near_and_only_wrong_ones_are_kept_away() {
        let found = |title, right| Found { title, views: 0.0, right };
        let found = vec![found(10, true), found(11, false), found(12, true)];
        let example = Example { post: 0, title: 10, found, fold: 0 };
        let placed = [direction(0), direction(0), direction(1), direction(2)];
        let slopes = surprise(&example, &direction(0), &[10, 11, 12, 13], &placed);
        // the other record of its story is neither
        assert_eq!(slopes.iter().map(|(at, _)| *at).collect::<Vec<_>>(), [0, 1, 3]);
        assert!(slopes[0].1 < 0.0 && slopes[1].1 > slopes[2].1 && slopes[2].1 > 0.0, "{slopes:?}");
        assert!(slopes.iter().map(|(_, slope)| slope).sum::<f32>().abs() < 1e-6);
    }

    #[test]
    fn steps_go_down_and_are_no_longer_than_their_rate() {
        let mut slope = Adapter::default();
        slope.matrices_mut().for_each(|matrix| matrix.fill(40.0));
        let (mut adapter, mut adam) = (Adapter::default(), Adam::default());
        (0..3).for_each(|_| adam.step(&mut adapter, slope.clone(), 0.01));
        assert!(adapter.matrices().flatten().all(|value| (-0.0301..-0.029).contains(value)));
    }
}
