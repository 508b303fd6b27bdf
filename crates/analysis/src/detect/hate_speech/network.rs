//! A small convolutional network over words (Kim 2014) that are sums of their character n-grams (Bojanowski et al. 2017). Of
//! every filter only its strongest place in the text counts, where the regressions add up all words: the two err differently.
//!
//! Some networks, begun from different numbers, are kept as one of as many times the filters. What the filters make of a word does
//! not depend on its neighbours, so that a word which was met before costs additions alone.

use super::combination::LABELS;
use super::features::char_grams;
use crate::model::linear::{Buckets, word_hash};
use crate::model::trees::Bytes;
use saring_text::Memo;
use std::sync::{Arc, Weak};

/// Networks whose log-odds are averaged.
pub const MEMBERS: usize = 4;
/// Numbers per part of a word in one member.
pub const DEPTH: usize = 16;
/// Filters of each width in one member.
pub const FILTERS: usize = 32;
/// Filters read spans of one word up to as many.
pub const WIDTHS: usize = 3;
/// Slices of the filters of all widths that look at a single word.
pub const SLICES: usize = WIDTHS * (WIDTHS + 1) / 2;
/// Filters of a width in all members.
const LANES: usize = MEMBERS * FILTERS;
/// Words of a text that are read at most.
pub const MOST_WORDS: usize = 256;
/// Buckets of parts of words, as a power of two.
pub const BITS: u32 = 20;

/// Steps of a kept number of a word of one.
const STEPS: f32 = 256.0;
/// Kept numbers are within this, so that a sum of [`WIDTHS`] of them cannot overflow.
const MOST: f32 = 8000.0;
/// Words that are kept at most, as a power of two.
const WORDS: u32 = 14;

/// First slice of the filters of `width + 1` words.
pub const fn slice_of(width: usize) -> usize {
    width * (width + 1) / 2
}

/// One trained network.
#[derive(Clone, Debug, PartialEq)]
pub struct Member {
    /// [`DEPTH`] numbers per part.
    pub parts: Vec<f32>,
    /// By slice, depth and filter.
    pub filters: Vec<f32>,
    /// By width and filter.
    pub biases: Vec<f32>,
    /// By width, filter and label.
    pub outputs: Vec<f32>,
    /// By label.
    pub offsets: [f32; LABELS],
}

/// The members together.
#[derive(Clone, Debug, PartialEq)]
pub struct Network {
    buckets: Buckets,
    /// A row per known part: the numbers of each member.
    parts: Vec<i8>,
    /// What a step of these is worth.
    step: f32,
    /// By member, slice, depth and filter.
    filters: Vec<f32>,
    /// By width, member and filter.
    biases: Vec<f32>,
    /// By width, member and filter.
    outputs: Vec<[f32; LABELS]>,
    offsets: [f32; LABELS],
}

/// Features of the parts of a word: its character n-grams and itself.
pub fn parts(out: &mut Vec<u32>, word: &str) {
    char_grams(out, word);
    out.push(word_hash(word));
}

impl Network {
    /// Makes trained members small; the rows of their parts are those of `buckets`.
    pub fn pack(buckets: Buckets, members: &[Member]) -> Self {
        let largest = members.iter().flat_map(|m| &m.parts).fold(1e-9_f32, |most, x| most.max(x.abs()));
        let step = largest.min(4.0) / 127.0;
        let stored = |x: f32| (x / step).round().clamp(-127.0, 127.0) as i8;
        let row = |row: usize| members.iter().flat_map(move |m| &m.parts[row * DEPTH..][..DEPTH]);
        let rows = buckets.count() as usize;
        let by_width = |width: usize| members.iter().map(move |member| (width, member));
        let of_width = |(width, m): (usize, &Member)| m.biases[width * FILTERS..][..FILTERS].to_vec();
        let outputs_of = |(width, m): (usize, &Member)| {
            let of = |at: usize| -> [f32; LABELS] {
                std::array::from_fn(|label| m.outputs[at * LABELS + label] / MEMBERS as f32)
            };
            (width * FILTERS..(width + 1) * FILTERS).map(of).collect::<Vec<_>>()
        };
        Self {
            parts: (0..rows).flat_map(row).map(|x| stored(*x)).collect(),
            step,
            filters: members.iter().flat_map(|m| m.filters.iter().copied()).collect(),
            biases: (0..WIDTHS).flat_map(by_width).flat_map(of_width).collect(),
            outputs: (0..WIDTHS).flat_map(by_width).flat_map(outputs_of).collect(),
            offsets: std::array::from_fn(|at| {
                members.iter().map(|m| m.offsets[at]).sum::<f32>() / MEMBERS as f32
            }),
            buckets,
        }
    }

    /// What every filter makes of a word, by slice, member and filter; `features` are its [`parts`].
    fn project(&self, features: &[u32], out: &mut [i16]) {
        let unknown = self.buckets.count();
        let mut rows: Vec<u32> = features.iter().map(|feature| self.buckets.row_or_count(*feature)).collect();
        rows.retain(|row| *row != unknown);
        rows.sort_unstable();
        rows.dedup();
        let mut sums = [0_i32; MEMBERS * DEPTH];
        let (table, _) = self.parts.as_chunks::<{ MEMBERS * DEPTH }>();
        for part in rows.iter().filter_map(|row| table.get(*row as usize)) {
            sums.iter_mut().zip(part).for_each(|(sum, x)| *sum += i32::from(*x));
        }
        let scale = self.step * STEPS / (rows.len() as f32).sqrt().max(1.0);
        let (filters, _) = self.filters.as_chunks::<FILTERS>();
        for (at, slot) in out.chunks_exact_mut(FILTERS).enumerate() {
            let (slice, member) = (at / MEMBERS, at % MEMBERS);
            let own = &filters[(member * SLICES + slice) * DEPTH..][..DEPTH];
            let mut made = [0.0_f32; FILTERS];
            for (x, weights) in sums[member * DEPTH..][..DEPTH].iter().zip(own) {
                let x = *x as f32 * scale;
                made.iter_mut().zip(weights).for_each(|(sum, weight)| *sum += x * weight);
            }
            slot.iter_mut().zip(made).for_each(|(slot, x)| *slot = x.clamp(-MOST, MOST) as i32 as i16);
        }
    }

    /// The log-odds of each label for a text of the words at `places` in `kept`.
    fn read_words(&self, kept: &[i16], places: &[u32]) -> [f32; LABELS] {
        let (rows, _) = kept.as_chunks::<LANES>();
        let slice = |word: usize, slice: usize| {
            let place = places.get(word).copied().unwrap_or(u32::MAX) as usize;
            rows.get(place..)?.get(slice)
        };
        let mut odds = self.offsets;
        for width in 0..WIDTHS {
            let mut most = [if places.is_empty() { 0 } else { i16::MIN }; LANES];
            for at in 0..places.len().saturating_sub(width).max(1) {
                let mut sum = [0_i16; LANES];
                for ahead in 0..=width {
                    let Some(row) = slice(at + ahead, slice_of(width) + ahead) else { break };
                    sum.iter_mut().zip(row).for_each(|(sum, x)| *sum = sum.wrapping_add(*x));
                }
                most.iter_mut().zip(sum).for_each(|(most, sum)| *most = (*most).max(sum));
            }
            let own = width * LANES..(width + 1) * LANES;
            for ((most, bias), output) in most.iter().zip(&self.biases[own.clone()]).zip(&self.outputs[own]) {
                let fired = (f32::from(*most) / STEPS + bias).max(0.0);
                odds.iter_mut().zip(output).for_each(|(odds, weight)| *odds += fired * weight);
            }
        }
        odds
    }

    /// Appends the network.
    pub fn write(&self, out: &mut Vec<u8>) {
        out.extend(self.buckets.count().to_le_bytes());
        self.buckets.write(out);
        out.extend(self.parts.iter().map(|x| x.cast_unsigned()));
        let numbers = self.filters.iter().chain(&self.biases).chain(self.outputs.iter().flatten());
        let numbers = std::iter::once(&self.step).chain(numbers).chain(&self.offsets);
        numbers.for_each(|x| out.extend(x.to_le_bytes()));
    }

    /// Reads what [`Network::write`] wrote; `None` when it is cut short.
    pub fn read(bytes: &mut Bytes<'_>) -> Option<Self> {
        let rows = bytes.u32()? as usize;
        let (buckets, rest) = Buckets::read(BITS, rows, bytes.0)?;
        let (parts, rest) = rest.split_at_checked(rows.checked_mul(MEMBERS * DEPTH)?)?;
        bytes.0 = rest;
        let step = bytes.f32()?;
        let mut numbers = |count: usize| (0..count).map(|_| bytes.f32()).collect::<Option<Vec<f32>>>();
        let filters = numbers(MEMBERS * SLICES * DEPTH * FILTERS)?;
        let biases = numbers(WIDTHS * LANES)?;
        let outputs = numbers(WIDTHS * LANES * LABELS)?.as_chunks::<LABELS>().0.to_vec();
        let offsets = *numbers(LABELS)?.first_chunk()?;
        let parts = parts.iter().map(|x| x.cast_signed()).collect();
        Some(Self { buckets, parts, step, filters, biases, outputs, offsets })
    }
}

/// Reads texts word by word and keeps what the filters made of a word.
pub struct Reader {
    network: Weak<Network>,
    words: Memo<u32>,
    kept: Vec<i16>,
    /// Rows of `kept` at which the numbers of a word begin that is kept no more.
    free: Vec<u32>,
    features: Vec<u32>,
    /// Rows at which the numbers of the words of the text begin.
    text: Vec<u32>,
    /// Those of them that become free with the next text.
    evicted: Vec<u32>,
}

impl Default for Reader {
    fn default() -> Self {
        let (kept, features) = (Vec::new(), Vec::new());
        let [free, text, evicted] = [const { Vec::new() }; 3];
        Self { network: Weak::new(), words: Memo::new(WORDS), kept, free, features, text, evicted }
    }
}

impl Reader {
    /// Begins a text; forgets what is known of another network.
    pub fn start(&mut self, network: &Arc<Network>) {
        self.free.append(&mut self.evicted);
        if !std::ptr::eq(self.network.as_ptr(), Arc::as_ptr(network)) {
            self.network = Arc::downgrade(network);
            self.words.clear();
            self.kept.clear();
            self.free.clear();
        }
        self.text.clear();
    }

    /// Reads the next word.
    pub fn push(&mut self, network: &Network, word: &str) {
        if self.text.len() >= MOST_WORDS {
            return;
        }
        let Self { words, kept, free, features, text, evicted, .. } = self;
        let (row, other) = words.get_or_evict(word, |word| {
            features.clear();
            parts(features, word);
            let row = free.pop().unwrap_or_else(|| {
                let rows = kept.len() / LANES;
                kept.resize(kept.len() + SLICES * LANES, 0);
                rows as u32
            });
            network.project(features, &mut kept[row as usize * LANES..][..SLICES * LANES]);
            row
        });
        text.push(row);
        evicted.extend(other);
    }

    /// The log-odds of each label for the text; those of the labels behind the first two are given `HS`.
    pub fn finish(&self, network: &Network) -> [f32; LABELS] {
        network.read_words(&self.kept, &self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A network that knows the parts of two words.
    fn network() -> Arc<Network> {
        let mut known = Vec::new();
        ["bego", "makan"].iter().for_each(|word| parts(&mut known, word));
        known.iter_mut().for_each(|part| *part &= (1 << BITS) - 1);
        known.sort_unstable();
        known.dedup();
        let buckets = Buckets::new(BITS, known.iter().copied());
        let count = buckets.count() as usize;
        let wave = |count: usize, by: f32| (0..count).map(|at| (at as f32 * by).sin()).collect::<Vec<f32>>();
        let member = |seed: usize| Member {
            parts: wave(count * DEPTH, 0.7 + seed as f32),
            filters: wave(SLICES * DEPTH * FILTERS, 1.3 + seed as f32),
            biases: wave(WIDTHS * FILTERS, 0.9),
            outputs: wave(WIDTHS * FILTERS * LABELS, 1.1 + seed as f32),
            offsets: [0.25; LABELS],
        };
        Arc::new(Network::pack(buckets, &(0..MEMBERS).map(member).collect::<Vec<_>>()))
    }

    fn odds(reader: &mut Reader, network: &Arc<Network>, text: &str) -> [f32; LABELS] {
        reader.start(network);
        text.split(' ').filter(|word| !word.is_empty()).for_each(|word| reader.push(network, word));
        reader.finish(network)
    }

    #[test]
    fn kept_words_read_as_new_ones_and_the_network_survives_storage() {
        let (network, mut kept) = (network(), Reader::default());
        let mut bytes = Vec::new();
        network.write(&mut bytes);
        let stored = Arc::new(Network::read(&mut Bytes(&bytes)).unwrap());
        assert_eq!(stored, network);
        assert_eq!(Network::read(&mut Bytes(&bytes[..bytes.len() - 1])), None);
        for text in ["bego", "makan bego", "bego makan bego makan", "", "durian", "makan"] {
            let fresh = odds(&mut Reader::default(), &stored, text);
            assert_eq!(odds(&mut kept, &network, text), fresh, "{text}");
            assert!(fresh.iter().all(|odds| odds.is_finite()));
        }
    }

    #[test]
    fn order_counts_and_the_strongest_place_decides() {
        let (network, mut reader) = (network(), Reader::default());
        let mut of = |text: &str| odds(&mut reader, &network, text);
        assert_ne!(of("makan bego"), of("bego makan"));
        // more of the same adds no span that was not there
        assert_eq!(of("bego bego bego"), of("bego bego bego bego"));
        let long = "makan ".repeat(MOST_WORDS);
        assert_eq!(of(&format!("{long}bego")), of(&long));
    }

    #[test]
    fn no_more_words_are_kept_than_there_is_room_for() {
        let (network, mut reader) = (network(), Reader::default());
        let first = odds(&mut reader, &network, "bego makan");
        for at in 0..80 {
            let text: Vec<String> = (0..MOST_WORDS).map(|word| format!("w{at}x{word}")).collect();
            odds(&mut reader, &network, &text.join(" "));
        }
        assert!(reader.kept.len() <= ((1 << WORDS) + MOST_WORDS) * SLICES * LANES);
        assert_eq!(odds(&mut reader, &network, "bego makan"), first);
    }
}
