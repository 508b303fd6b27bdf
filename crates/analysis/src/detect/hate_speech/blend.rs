//! Type, target and level: what the regressions and the network say of all labels, weighed for each; an insult of a group is
//! rarely weak, so that every label tells of the others.

use super::combination::LABELS;
use super::second::{AGAIN, MOST, bounded};
use crate::model::linear::sigmoid;
use crate::model::trees::Bytes;

/// Labels that are weighed: those behind the first [`AGAIN`].
pub const WEIGHED: usize = LABELS - AGAIN;
/// Log-odds that are weighed: those of the regressions, then those of the network.
pub const SAID: usize = 2 * LABELS;

/// Weights of all that is said, and an offset, by label.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Blend(pub [([f32; SAID], f32); WEIGHED]);

/// The log-odds of the regressions and of the network side by side.
pub fn said(odds: [f64; LABELS], network: &[f32; LABELS]) -> [f32; SAID] {
    std::array::from_fn(|at| match at.checked_sub(LABELS) {
        Some(at) => network[at],
        None => odds[at].clamp(-MOST, MOST) as f32,
    })
}

impl Blend {
    /// Puts the weighed sums in place of the probabilities of the regressions, of which all must stand there yet.
    pub fn correct(&self, p: &mut [f64; LABELS], network: &[f32; LABELS]) {
        let said = said(p.map(bounded), network);
        for (p, (weights, offset)) in p[AGAIN..].iter_mut().zip(&self.0) {
            let sum: f32 = weights.iter().zip(said).map(|(weight, x)| weight * x).sum();
            *p = sigmoid(f64::from(sum + offset));
        }
    }

    /// Appends weights and offsets.
    pub fn write(&self, out: &mut Vec<u8>) {
        let numbers = self.0.iter().flat_map(|(weights, offset)| weights.iter().chain([offset]));
        numbers.for_each(|x| out.extend(x.to_le_bytes()));
    }

    /// Reads what [`Blend::write`] wrote; `None` when it is cut short.
    pub fn read(bytes: &mut Bytes<'_>) -> Option<Self> {
        let mut blend = Self::default();
        for (weights, offset) in &mut blend.0 {
            for slot in weights.iter_mut().chain([offset]) {
                *slot = bytes.f32()?;
            }
        }
        Some(blend)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agreement_is_surer_than_either_and_the_first_labels_stay() {
        let mut blend = Blend::default();
        for (at, (weights, _)) in blend.0.iter_mut().enumerate() {
            (weights[AGAIN + at], weights[LABELS + AGAIN + at]) = (1.0, 1.0);
        }
        // the fourth of the labels takes the word of another against it
        blend.0[3] = ([0.0; SAID], -1.0);
        blend.0[3].0[0] = -1.0;
        let mut bytes = Vec::new();
        blend.write(&mut bytes);
        assert_eq!(Blend::read(&mut Bytes(&bytes)), Some(blend.clone()));
        assert_eq!(Blend::read(&mut Bytes(&bytes[1..])), None);
        let mut p = [0.7; LABELS];
        blend.correct(&mut p, &[1.0; LABELS]);
        assert!(p[0] == 0.7 && p[2] > 0.85 && p[5] < 0.2, "{p:?}");
        p[2] = 1.0;
        blend.correct(&mut p, &[-20.0; LABELS]);
        assert!(p[2] < 0.01 && p.iter().all(|p| p.is_finite()));
    }
}
