//! How much single words speak for `HS` and `Abusive`: naive-Bayes log-count ratios (Wang & Manning 2012). The sum over a text
//! is the regressions' business; the strongest two words tell the second look whether one word alone decides.

use super::second::AGAIN;
use crate::model::trees::Bytes;

/// Buckets of words, as a power of two.
const BITS: u32 = 16;
/// Stored steps of a ratio of one.
const STEPS: f32 = 16.0;
/// Texts a word must occur in.
const LEAST: u32 = 2;
/// Words of a text that are handed on.
pub const STRONGEST: usize = 2;
/// Numbers that [`Strengths::of`] gives.
pub const GIVEN: usize = AGAIN * STRONGEST;

/// The ratios by bucket; the default knows no word.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Strengths(Vec<[i8; AGAIN]>);

impl Strengths {
    /// Counts the words of `(hashes of a text's words, labels)`; of the labels the first bits matter.
    pub fn learn<'t>(texts: impl Iterator<Item = (&'t [u32], u16)>) -> Self {
        let mut counts = vec![[0_u32; 1 + AGAIN]; 1 << BITS];
        for (words, mask) in texts {
            let mut buckets: Vec<usize> = words.iter().map(bucket).collect();
            buckets.sort_unstable();
            buckets.dedup();
            for bucket in buckets {
                counts[bucket][0] += 1;
                (0..AGAIN).for_each(|label| counts[bucket][1 + label] += u32::from(mask >> label & 1));
            }
        }
        let known = |count: &&[u32; 1 + AGAIN]| count[0] >= LEAST;
        let share = |label: usize| {
            let (yes, no) = counts.iter().filter(known).fold((0.0, 0.0), |(yes, no), count| {
                let own = count[1 + label] as f32;
                (yes + own + 1.0, no + count[0] as f32 - own + 1.0)
            });
            (yes / no).ln()
        };
        let shares: [f32; AGAIN] = std::array::from_fn(share);
        let ratio = |count: &[u32; 1 + AGAIN], label: usize| {
            let own = count[1 + label] as f32;
            ((own + 1.0) / (count[0] as f32 - own + 1.0)).ln() - shares[label]
        };
        let stored = |count: &[u32; 1 + AGAIN]| match count[0] {
            ..LEAST => [0; AGAIN],
            _ => {
                std::array::from_fn(|label| (ratio(count, label) * STEPS).clamp(-127.0, 127.0).round() as i8)
            }
        };
        Self(counts.iter().map(stored).collect())
    }

    /// The ratios of the strongest of the words with these hashes, per label, the strongest first; a word counts once.
    pub fn of(&self, words: &[u32]) -> [f32; GIVEN] {
        let mut most = [[(i8::MIN, usize::MAX); STRONGEST]; AGAIN];
        for bucket in words.iter().map(bucket) {
            let Some(row) = self.0.get(bucket).filter(|row| **row != [0; AGAIN]) else { continue };
            for (most, ratio) in most.iter_mut().zip(row) {
                if most.iter().any(|(_, known)| *known == bucket) {
                    continue;
                }
                if *ratio > most[0].0 {
                    *most = [(*ratio, bucket), most[0]];
                } else if *ratio > most[1].0 {
                    most[1] = (*ratio, bucket);
                }
            }
        }
        std::array::from_fn(|at| match most[at / STRONGEST][at % STRONGEST].0 {
            i8::MIN => 0.0,
            ratio => f32::from(ratio) / STEPS,
        })
    }

    /// Appends the ratios.
    pub fn write(&self, out: &mut Vec<u8>) {
        out.extend((self.0.len() as u32).to_le_bytes());
        out.extend(self.0.iter().flatten().map(|ratio| ratio.cast_unsigned()));
    }

    /// Reads what [`Strengths::write`] wrote; `None` when it is cut short.
    pub fn read(bytes: &mut Bytes<'_>) -> Option<Self> {
        let size = bytes.u32()? as usize;
        let (own, rest) = bytes.0.split_at_checked(size.checked_mul(AGAIN)?)?;
        bytes.0 = rest;
        let (rows, _) = own.as_chunks::<AGAIN>();
        (size == 0 || size == 1 << BITS)
            .then(|| Self(rows.iter().map(|row| row.map(u8::cast_signed)).collect()))
    }
}

fn bucket(hash: &u32) -> usize {
    *hash as usize & ((1 << BITS) - 1)
}

#[cfg(test)]
mod tests {
    use super::super::features::words;
    use super::*;

    #[test]
    fn the_strongest_words_come_first_and_survive_storage() {
        let texts =
            [("dasar bego kamu", 0b11), ("bego sekali", 0b11), ("kamu makan apa", 0), ("makan dulu", 0)];
        let texts = texts.map(|(text, mask)| (words(text), mask));
        let strengths = Strengths::learn(texts.iter().map(|(words, mask)| (words.as_slice(), *mask)));
        let [first, second, ..] = strengths.of(&words("bego makan bego"));
        assert!(first > 0.5 && second < -0.5, "{first} {second}");
        assert_eq!(strengths.of(&words("durian")), [0.0; GIVEN]);
        let mut bytes = Vec::new();
        strengths.write(&mut bytes);
        assert_eq!(Strengths::read(&mut Bytes(&bytes)), Some(strengths));
        assert_eq!(Strengths::read(&mut Bytes(&bytes[..bytes.len() - 1])), None);
    }
}
