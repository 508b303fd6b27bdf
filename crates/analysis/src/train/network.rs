//! Trains a member of the convolutional network: stochastic gradients with a rate of its own for every weight (Duchi et al. 2011),
//! dropout, deterministic.

use super::templates::Random;
use crate::detect::hate_speech::combination::{ABUSIVE, HS, LABELS};
use crate::detect::hate_speech::network::{DEPTH, FILTERS, MOST_WORDS, Member, SLICES, WIDTHS, slice_of};

/// Passes over the texts.
const PASSES: usize = 6;
/// Size of the first steps.
const RATE: f32 = 0.05;
/// Share of words, of parts of a word, and of filters that are left out at random.
const DROP_WORDS: f32 = 0.05;
const DROP_PARTS: f32 = 0.1;
const DROP_FILTERS: f32 = 0.2;
/// Spread of the first numbers of parts, filters and outputs.
const SPREADS: [f32; 3] = [0.3, 0.18, 0.1];
/// Filters of all widths.
const ALL: usize = WIDTHS * FILTERS;

/// A text to learn from.
#[derive(Clone, Debug)]
pub struct Text {
    /// Places of its words in the vocabulary.
    pub words: Vec<u32>,
    /// One bit per label.
    pub mask: u16,
    /// How much it counts.
    pub weight: f32,
}

/// Weights with the sums of their squared gradients.
struct Learnt {
    values: Vec<f32>,
    squares: Vec<f32>,
}

impl Learnt {
    fn new(count: usize, spread: f32, random: &mut Random) -> Self {
        let values = (0..count).map(|_| spread * normal(random)).collect();
        Self { values, squares: vec![1e-6; count] }
    }

    fn step(&mut self, at: usize, gradient: f32, rate: f32) {
        self.squares[at] += gradient * gradient;
        self.values[at] -= rate * gradient / self.squares[at].sqrt();
    }
}

fn share(random: &mut Random) -> f32 {
    random.below(1 << 24) as f32 / (1 << 24) as f32
}

/// Nearly normal: the sum of six even numbers.
fn normal(random: &mut Random) -> f32 {
    ((0..6).map(|_| share(random)).sum::<f32>() - 3.0) * std::f32::consts::SQRT_2
}

/// A word of the text at hand: its numbers, which parts made them, and what the error says of them.
struct Word<'v> {
    numbers: [f32; DEPTH],
    errors: [f32; DEPTH],
    parts: Vec<&'v u32>,
    scale: f32,
}

/// The network while it learns.
struct School {
    /// Numbers by part; one rate for all numbers of a part.
    parts: Learnt,
    part_squares: Vec<f32>,
    filters: Learnt,
    biases: Learnt,
    /// By label and filter.
    outputs: Learnt,
    offsets: Learnt,
}

/// Fits a network to the `texts`; `vocabulary` holds the parts of each word, below `parts`.
pub fn fit(vocabulary: &[Vec<u32>], parts: usize, texts: &[&Text], seed: u64) -> Member {
    let mut random = Random::seeded(seed);
    let mut school = School {
        parts: Learnt {
            values: Learnt::new(parts * DEPTH, SPREADS[0], &mut random).values,
            squares: Vec::new(),
        },
        part_squares: vec![1e-6; parts],
        filters: Learnt::new(SLICES * DEPTH * FILTERS, SPREADS[1], &mut random),
        biases: Learnt::new(ALL, 0.0, &mut random),
        outputs: Learnt::new(LABELS * ALL, SPREADS[2], &mut random),
        offsets: Learnt::new(LABELS, 0.0, &mut random),
    };
    let mut order: Vec<usize> = (0..texts.len()).collect();
    let steps = (PASSES * texts.len()) as f32;
    for pass in 0..PASSES {
        random.shuffle(&mut order);
        for (at, text) in order.iter().enumerate() {
            let rate = RATE * (1.0 - (pass * texts.len() + at) as f32 / steps);
            school.learn(vocabulary, texts[*text], rate, &mut random);
        }
    }
    // what was left out at random is there when a text is read
    school.parts.values.iter_mut().for_each(|x| *x *= 1.0 - DROP_PARTS);
    let by_filter = |filter: usize| (0..LABELS).map(move |label| label * ALL + filter);
    Member {
        outputs: (0..ALL).flat_map(by_filter).map(|at| school.outputs.values[at]).collect(),
        offsets: std::array::from_fn(|label| school.offsets.values[label]),
        parts: school.parts.values,
        filters: school.filters.values,
        biases: school.biases.values,
    }
}

impl School {
    fn learn(&mut self, vocabulary: &[Vec<u32>], text: &Text, rate: f32, random: &mut Random) {
        let mut words: Vec<Word<'_>> = Vec::new();
        for word in text.words.iter().take(MOST_WORDS) {
            if share(random) >= DROP_WORDS {
                words.push(self.word(&vocabulary[*word as usize], random));
            }
        }
        if words.is_empty() {
            return;
        }
        let (mut fired, strongest) = self.forward(&words);
        let mut kept = [0.0; ALL];
        for (kept, fired) in kept.iter_mut().zip(&mut fired) {
            if *fired > 0.0 && share(random) >= DROP_FILTERS {
                *kept = 1.0 / (1.0 - DROP_FILTERS);
            }
            *fired *= *kept;
        }
        let mut blame = self.outputs(text, &fired, rate);
        blame.iter_mut().zip(kept).for_each(|(blame, kept)| *blame *= kept);
        self.backward(&mut words, &blame, &strongest, rate);
        for word in &words {
            let square = word.errors.iter().map(|x| x * x).sum::<f32>() / DEPTH as f32;
            for part in word.parts.iter().map(|part| **part as usize).filter(|_| square > 0.0) {
                let own = &mut self.part_squares[part];
                *own += square * word.scale * word.scale;
                let size = rate * word.scale / own.sqrt();
                let numbers = &mut self.parts.values[part * DEPTH..][..DEPTH];
                numbers.iter_mut().zip(word.errors).for_each(|(x, error)| *x -= size * error);
            }
        }
    }

    fn word<'v>(&self, parts: &'v [u32], random: &mut Random) -> Word<'v> {
        let scale = 1.0 / (parts.len() as f32).sqrt().max(1.0);
        let kept: Vec<&u32> = parts.iter().filter(|_| share(random) >= DROP_PARTS).collect();
        let mut numbers = [0.0; DEPTH];
        for part in &kept {
            let own = &self.parts.values[**part as usize * DEPTH..][..DEPTH];
            numbers.iter_mut().zip(own).for_each(|(sum, x)| *sum += scale * x);
        }
        Word { numbers, errors: [0.0; DEPTH], parts: kept, scale }
    }

    /// What each filter says at its strongest place, and that place.
    fn forward(&self, words: &[Word<'_>]) -> ([f32; ALL], [usize; ALL]) {
        let (mut fired, mut strongest) = ([0.0; ALL], [0; ALL]);
        let (filters, _) = self.filters.values.as_chunks::<FILTERS>();
        for width in 0..WIDTHS {
            let own = width * FILTERS;
            let mut most = [f32::MIN; FILTERS];
            for at in 0..words.len().saturating_sub(width).max(1) {
                let mut sum = [0.0; FILTERS];
                for (ahead, word) in words[at..].iter().take(width + 1).enumerate() {
                    let rows = &filters[(slice_of(width) + ahead) * DEPTH..][..DEPTH];
                    for (x, row) in word.numbers.iter().zip(rows) {
                        sum.iter_mut().zip(row).for_each(|(sum, weight)| *sum += x * weight);
                    }
                }
                for (filter, sum) in sum.into_iter().enumerate() {
                    if sum > most[filter] {
                        (most[filter], strongest[own + filter]) = (sum, at);
                    }
                }
            }
            for (filter, most) in most.into_iter().enumerate() {
                fired[own + filter] = (most + self.biases.values[own + filter]).max(0.0);
            }
        }
        (fired, strongest)
    }

    /// Learns the outputs; gives what each filter is to blame for. Type, target and level are learnt on hateful texts.
    fn outputs(&mut self, text: &Text, fired: &[f32; ALL], rate: f32) -> [f32; ALL] {
        let mut blame = [0.0; ALL];
        for label in (0..LABELS).filter(|label| [HS, ABUSIVE].contains(label) || text.mask >> HS & 1 == 1) {
            let own = &self.outputs.values[label * ALL..][..ALL];
            let sum = own.iter().zip(fired).map(|(weight, x)| weight * x).sum::<f32>();
            let odds = sum + self.offsets.values[label];
            let truth = f32::from(text.mask >> label & 1);
            let error = (1.0 / (1.0 + (-odds).exp()) - truth) * text.weight;
            self.offsets.step(label, error, rate);
            for (filter, fired) in fired.iter().enumerate() {
                blame[filter] += error * self.outputs.values[label * ALL + filter];
                if *fired > 0.0 {
                    self.outputs.step(label * ALL + filter, error * fired, rate);
                }
            }
        }
        blame
    }

    /// Learns the filters at the places that fired; leaves with the words what the error says of them.
    fn backward(&mut self, words: &mut [Word<'_>], blame: &[f32; ALL], strongest: &[usize; ALL], rate: f32) {
        for (at, blame) in blame.iter().enumerate().filter(|(_, blame)| **blame != 0.0) {
            self.biases.step(at, *blame, rate);
            let (width, filter) = (at / FILTERS, at % FILTERS);
            for (ahead, word) in words[strongest[at]..].iter_mut().take(width + 1).enumerate() {
                for depth in 0..DEPTH {
                    let weight = ((slice_of(width) + ahead) * DEPTH + depth) * FILTERS + filter;
                    word.errors[depth] += blame * self.filters.values[weight];
                    self.filters.step(weight, blame * word.numbers[depth], rate);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detect::hate_speech::network::{BITS, MEMBERS, Network, Reader, parts};
    use crate::model::linear::Buckets;
    use std::sync::Arc;

    #[test]
    fn an_insult_is_learned_wherever_it_stands_and_the_same_every_time() {
        let words = ["bego", "kamu", "makan", "sekali", "pagi", "jembatan"];
        let of = |word: &&str| {
            let mut own = Vec::new();
            parts(&mut own, word);
            own.iter().map(|part| part & ((1 << BITS) - 1)).collect::<Vec<u32>>()
        };
        let mut vocabulary: Vec<Vec<u32>> = words.iter().map(of).collect();
        let mut known = vocabulary.concat();
        known.sort_unstable();
        known.dedup();
        let buckets = Buckets::new(BITS, known.into_iter());
        vocabulary.iter_mut().flatten().for_each(|part| *part = buckets.row_or_count(*part));
        let mut random = Random::seeded(1);
        let texts: Vec<Text> = (0..400)
            .map(|_| {
                let words: Vec<u32> = (0..5).map(|_| random.below(words.len()) as u32).collect();
                let mask = if words.contains(&0) { 0b101 } else { 0 };
                Text { words, mask, weight: 1.0 }
            })
            .collect();
        let texts: Vec<&Text> = texts.iter().collect();
        let member = |seed| fit(&vocabulary, buckets.count() as usize, &texts, seed);
        let members: Vec<Member> = (0..MEMBERS as u64).map(member).collect();
        assert_eq!(members[1], member(1));
        assert_ne!(members[0], members[1]);
        let network = Arc::new(Network::pack(buckets.clone(), &members));
        let mut reader = Reader::default();
        for (text, hateful) in
            [("makan pagi bego", true), ("bego kamu sekali", true), ("kamu makan sekali pagi", false)]
        {
            reader.start(&network);
            text.split(' ').for_each(|word| reader.push(&network, word));
            let odds = reader.finish(&network);
            assert_eq!(odds[HS] > 0.0, hateful, "{text}: {odds:?}");
            assert!(odds[ABUSIVE] < 0.0 && odds[2] > 0.0);
        }
    }
}
