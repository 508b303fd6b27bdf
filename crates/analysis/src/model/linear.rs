//! Linear models over hashed features: tf-idf vectors times small integer weights, several outputs at once.
//!
//! Features are 32-bit hashes that fall into `2^bits` buckets. A text is a [`Bag`] of blocks (say words and
//! characters); each block becomes a tf-idf vector of length one. Weights are kept as one signed byte each, as the
//! square root of their size, because most weights are small and the small ones decide. Only buckets seen in training
//! have weights; all weights of a bucket lie side by side with its idf, so a feature costs one cache line however many
//! outputs there are. Rows stand in the order of their idf: the features that most texts have share their lines.

pub mod additive;
mod buckets;
mod tally;
mod words;

use super::file::ModelError;
pub use buckets::Buckets;
use tally::Tally;
pub use words::WordRows;

/// Fractional steps of a stored idf; 0 means "never seen in training".
const IDF_STEPS: f32 = 20.0;
/// Outputs of one model at most.
const MOST_OUTPUTS: usize = 64;

/// A stored weight, up to the factor of its output.
fn squared(root: i8) -> f32 {
    let root = i16::from(root);
    f32::from(root * root.abs())
}

/// Stable 32-bit hash of feature parts (FNV-1a with a final mix): the same on every machine and version.
#[derive(Clone, Copy)]
pub struct FeatureHash(u64);

impl FeatureHash {
    /// Starts a feature of the kind `kind`, so that equal words in different roles differ.
    pub fn kind(kind: u8) -> Self {
        Self(0xcbf2_9ce4_8422_2325).number(u32::from(kind))
    }
    /// Adds a number (a character, a class, an earlier hash).
    pub fn number(self, value: u32) -> Self {
        Self((self.0 ^ u64::from(value)).wrapping_mul(0x0000_0100_0000_01b3).rotate_left(5))
    }
    /// The feature.
    pub fn finish(self) -> u32 {
        let mixed = (self.0 ^ (self.0 >> 32)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        (mixed >> 32) as u32
    }
}

/// Hash of a word, to be used as a part of features.
pub fn word_hash(word: &str) -> u32 {
    word.chars().fold(FeatureHash::kind(255), |hash, c| hash.number(c as u32)).finish()
}

/// Features of one text, by block; a feature that occurs twice stands there twice.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bag {
    /// Hashes per block.
    pub blocks: Vec<Vec<u32>>,
}

impl Bag {
    /// Makes it `blocks` empty blocks and keeps their memory.
    pub fn clear(&mut self, blocks: usize) {
        self.blocks.resize_with(blocks, Vec::new);
        self.blocks.iter_mut().for_each(Vec::clear);
    }

    /// Buckets with their counts, per block, in the order of the buckets.
    pub fn counts(&self, bits: u32) -> Vec<Vec<(u32, u32)>> {
        let mask = u32::MAX >> (32 - bits.clamp(1, 31));
        self.blocks.iter().map(|block| count(block, mask)).collect()
    }

    /// The tf-idf vector: `1 + ln(count)` times idf, each block scaled to length one. Unknown buckets drop out.
    pub fn vector(&self, bits: u32, idf: &[f32]) -> Vec<(u32, f32)> {
        let mut out = Vec::new();
        for block in self.counts(bits) {
            let from = out.len();
            let known = block.iter().filter_map(|&(bucket, n)| {
                let idf = idf.get(bucket as usize).copied().filter(|idf| *idf > 0.0)?;
                Some((bucket, (1.0 + (n as f32).ln()) * idf))
            });
            out.extend(known);
            let norm = out[from..].iter().map(|(_, x)| x * x).sum::<f32>().sqrt();
            if norm > 0.0 {
                out[from..].iter_mut().for_each(|(_, x)| *x /= norm);
            }
        }
        out
    }
}

fn count(block: &[u32], mask: u32) -> Vec<(u32, u32)> {
    let mut buckets: Vec<u32> = block.iter().map(|hash| hash & mask).collect();
    buckets.sort_unstable();
    let mut out: Vec<(u32, u32)> = Vec::with_capacity(buckets.len());
    for bucket in buckets {
        match out.last_mut() {
            Some((last, n)) if *last == bucket => *n += 1,
            _ => out.push((bucket, 1)),
        }
    }
    out
}

/// One output of a model before it is made small: weights per bucket, bias, and the calibration `slope * m + offset`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Output {
    /// Weight per bucket.
    pub weights: Vec<f32>,
    /// Added to the margin.
    pub bias: f32,
    /// Calibration, times the margin.
    pub slope: f32,
    /// Calibration, added.
    pub offset: f32,
}

#[derive(Clone, Copy, Debug, PartialEq)]
struct Scale {
    largest: f32,
    bias: f32,
    slope: f32,
    offset: f32,
}

impl Scale {
    /// The margin for a sum of stored weights times values.
    fn margin(&self, sum: f32) -> f64 {
        f64::from(sum) * f64::from(self.largest) / 16129.0 + f64::from(self.bias)
    }

    /// The calibrated probability for a margin.
    fn probability(&self, margin: f64) -> f64 {
        sigmoid(f64::from(self.slope) * margin + f64::from(self.offset))
    }
}

/// A linear model ready to score.
#[derive(Clone, Debug, PartialEq)]
pub struct Linear {
    bits: u32,
    /// The buckets that have an idf.
    buckets: Buckets,
    /// `stride` bytes per row: a weight per output, zeros, and last the stored steps of the idf.
    weights: Vec<i8>,
    stride: usize,
    scales: Vec<Scale>,
}

/// Bytes per row in memory: two, or enough that a whole vector register is filled.
fn stride(outputs: usize) -> usize {
    if outputs == 1 { 2 } else { (outputs + 1).next_multiple_of(16) }
}

impl Linear {
    /// Makes a trained model small. Every output must have `2^bits` weights, as must `idf`.
    pub fn pack(bits: u32, idf: &[f32], outputs: &[Output]) -> Self {
        let idf: Vec<u8> = idf.iter().map(|value| (stored_idf(*value) * IDF_STEPS).round() as u8).collect();
        let known: Vec<u32> = (0..idf.len() as u32).filter(|bucket| idf[*bucket as usize] > 0).collect();
        let mut weights = vec![0_i8; known.len() * outputs.len()];
        let mut scales = Vec::new();
        for (at, output) in outputs.iter().enumerate() {
            let largest = output.weights.iter().fold(1e-9_f32, |max, w| max.max(w.abs()));
            for (row, bucket) in known.iter().enumerate() {
                let weight = output.weights.get(*bucket as usize).copied().unwrap_or(0.0);
                let root = (weight.abs() / largest).sqrt() * 127.0;
                weights[row * outputs.len() + at] = root.round().copysign(weight) as i8;
            }
            scales.push(Scale { largest, bias: output.bias, slope: output.slope, offset: output.offset });
        }
        let idf: Vec<u8> = known.iter().map(|bucket| idf[*bucket as usize]).collect();
        Self::of(Buckets::new(bits, known.into_iter()), bits, &idf, &weights, scales)
    }

    /// Lays out the model: `idf` and `weights` (one per output) stand in the order of the buckets.
    fn of(buckets: Buckets, bits: u32, idf: &[u8], weights: &[i8], scales: Vec<Scale>) -> Self {
        let (outputs, stride) = (scales.len(), stride(scales.len()));
        let mut order: Vec<u32> = (0..idf.len() as u32).collect();
        order.sort_by_key(|at| idf[*at as usize]);
        let mut rows = vec![0; order.len()];
        let mut all = vec![0_i8; order.len() * stride];
        for ((row, at), own) in (0..).zip(&order).zip(all.chunks_exact_mut(stride)) {
            let at = *at as usize;
            rows[at] = row;
            own[..outputs].copy_from_slice(&weights[at * outputs..][..outputs]);
            own[stride - 1] = idf[at].cast_signed();
        }
        Self { bits, buckets: buckets.with_rows(&rows), weights: all, stride, scales }
    }

    /// Number of outputs.
    pub fn outputs(&self) -> usize {
        self.scales.len()
    }

    /// Uncalibrated margins (log-odds as trained), one per output.
    pub fn margins(&self, bag: &Bag) -> Vec<f64> {
        self.margins_of(bag, None)
    }

    /// The same of a bag of which one block may hold rows already.
    fn margins_of(&self, bag: &Bag, with_rows: Option<usize>) -> Vec<f64> {
        let mut sums = [0.0_f32; MOST_OUTPUTS];
        Tally::with(|tally| {
            let mut known = std::mem::take(&mut tally.known);
            for (at, block) in bag.blocks.iter().enumerate() {
                let rows = if with_rows == Some(at) {
                    block
                } else {
                    known.clear();
                    self.buckets.push_known(block, &mut known);
                    &known
                };
                match self.stride {
                    2 => self.add::<2>(tally, rows, &mut sums),
                    16 => self.add::<16>(tally, rows, &mut sums),
                    _ => self.add_any(tally, rows, &mut sums),
                }
            }
            tally.known = known;
        });
        sums.iter().zip(&self.scales).map(|(sum, scale)| scale.margin(*sum)).collect()
    }

    /// Adds a block to the sums; of a width known beforehand, so that it becomes vector instructions. The idf is added up
    /// too, behind all outputs.
    fn add<const N: usize>(&self, tally: &mut Tally, block: &[u32], sums: &mut [f32; MOST_OUTPUTS]) {
        let mut own = [0.0_f32; N];
        let (weights, _) = self.weights.as_chunks::<N>();
        let idf = |row: u32| weights[row as usize][N - 1].cast_unsigned();
        let (rows, xs) = tally.terms(block, self.buckets.count(), idf);
        for (row, x) in rows.iter().zip(xs) {
            let Some(row) = weights.get(*row as usize) else { continue };
            for (sum, weight) in own.iter_mut().zip(row) {
                *sum += x * squared(*weight);
            }
        }
        sums.iter_mut().zip(own).for_each(|(sum, own)| *sum += own);
    }

    fn add_any(&self, tally: &mut Tally, block: &[u32], sums: &mut [f32; MOST_OUTPUTS]) {
        let weights = |row: u32| &self.weights[row as usize * self.stride..][..self.stride];
        let idf = |row: u32| weights(row)[self.stride - 1].cast_unsigned();
        let (rows, xs) = tally.terms(block, self.buckets.count(), idf);
        for (row, x) in rows.iter().zip(xs) {
            sums.iter_mut().zip(weights(*row)).for_each(|(sum, weight)| *sum += x * squared(*weight));
        }
    }

    /// Calibrated probabilities, one per output.
    pub fn probabilities(&self, bag: &Bag) -> Vec<f64> {
        self.calibrated(&self.margins(bag))
    }

    /// The same of a bag whose block `at` holds rows already, as [`WordRows::push`] gives them.
    pub fn probabilities_with_rows(&self, bag: &Bag, at: usize) -> Vec<f64> {
        self.calibrated(&self.margins_of(bag, Some(at)))
    }

    fn calibrated(&self, margins: &[f64]) -> Vec<f64> {
        margins.iter().zip(&self.scales).map(|(margin, scale)| scale.probability(*margin)).collect()
    }

    /// Appends the model to `out`: bits, outputs, rows, scales, buckets, idf, weights (little endian).
    pub fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.bits.to_le_bytes());
        out.extend_from_slice(&(self.scales.len() as u32).to_le_bytes());
        out.extend_from_slice(&self.buckets.count().to_le_bytes());
        for scale in &self.scales {
            for value in [scale.largest, scale.bias, scale.slope, scale.offset] {
                out.extend_from_slice(&value.to_le_bytes());
            }
        }
        self.buckets.write(out);
        let rows = self.buckets.rows().iter();
        let rows = rows.map(|row| &self.weights[*row as usize * self.stride..][..self.stride]);
        out.extend(rows.clone().map(|row| row[self.stride - 1].cast_unsigned()));
        out.extend(rows.flat_map(|row| &row[..self.outputs()]).map(|weight| weight.cast_unsigned()));
    }

    /// Reads a model from the front of `bytes` and gives the rest. `name` is for the message.
    ///
    /// # Errors
    /// [`ModelError::Truncated`] when sizes do not fit.
    pub fn read<'a>(bytes: &'a [u8], name: &str) -> Result<(Self, &'a [u8]), ModelError> {
        let cut = || ModelError::Truncated(name.into());
        let (bits, rest) = word(bytes).ok_or_else(cut)?;
        let (outputs, rest) = word(rest).ok_or_else(cut)?;
        let (rows, mut rest) = word(rest).ok_or_else(cut)?;
        if !(1..=24).contains(&bits) || !(1..=MOST_OUTPUTS as u32).contains(&outputs) {
            return Err(cut());
        }
        let mut scales = Vec::new();
        for _ in 0..outputs {
            let mut values = [0.0_f32; 4];
            for value in &mut values {
                let (raw, after) = word(rest).ok_or_else(cut)?;
                *value = f32::from_bits(raw);
                rest = after;
            }
            let [largest, bias, slope, offset] = values.map(|v| if v.is_finite() { v } else { 0.0 });
            scales.push(Scale { largest, bias, slope, offset });
        }
        let (buckets, rest) = Buckets::read(bits, rows as usize, rest).ok_or_else(cut)?;
        let size = rows as usize;
        let (idf, rest) = rest.split_at_checked(size).ok_or_else(cut)?;
        let (weights, rest) = rest.split_at_checked(size * outputs as usize).ok_or_else(cut)?;
        let weights: Vec<i8> = weights.iter().map(|byte| byte.cast_signed()).collect();
        Ok((Self::of(buckets, bits, idf, &weights, scales), rest))
    }
}

/// The idf that survives storage; training uses it too, so that both sides see the same vectors.
pub fn stored_idf(idf: f32) -> f32 {
    (idf * IDF_STEPS).round().clamp(0.0, 255.0) / IDF_STEPS
}

/// The logistic function, safe for any finite or infinite argument.
pub fn sigmoid(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}

/// The log-odds of a probability, the inverse of [`sigmoid`]: infinite for 0 and 1.
pub fn logit(p: f64) -> f64 {
    (p / (1.0 - p)).ln()
}

fn word(bytes: &[u8]) -> Option<(u32, &[u8])> {
    let (head, rest) = bytes.split_first_chunk::<4>()?;
    Some((u32::from_le_bytes(*head), rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn small() -> Linear {
        let idf = vec![1.0; 16];
        let mut weights = vec![0.0; 16];
        weights[3] = 2.0;
        weights[5] = -0.5;
        let output = Output { weights, bias: 0.25, slope: 1.0, offset: 0.0 };
        Linear::pack(4, &idf, &[output.clone(), Output { bias: -1.0, ..output }])
    }

    #[test]
    fn a_packed_model_scores_as_the_trained_one() {
        let margins = small().margins(&Bag { blocks: vec![vec![3, 5]] });
        let wanted = (2.0 - 0.5) / 2.0_f64.sqrt() + 0.25;
        assert!((margins[0] - wanted).abs() < 0.01, "{margins:?}");
        assert!((margins[0] - margins[1] - 1.25).abs() < 1e-6);
    }

    #[test]
    fn an_empty_text_scores_the_bias() {
        assert_eq!(small().margins(&Bag::default())[0], 0.25);
    }

    #[test]
    fn what_is_written_is_read_back_and_a_cut_file_is_refused() {
        let mut bytes = Vec::new();
        small().write(&mut bytes);
        assert_eq!(Linear::read(&bytes, "m").unwrap(), (small(), &[][..]));
        for cut in 0..bytes.len() {
            assert_eq!(Linear::read(&bytes[..cut], "m"), Err(ModelError::Truncated("m".into())));
        }
    }
}
