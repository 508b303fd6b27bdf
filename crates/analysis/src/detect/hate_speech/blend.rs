//! Type, target and level: the sum of what the regressions and the network say, calibrated.

use super::combination::LABELS;
use super::second::{AGAIN, logit};
use crate::model::linear::sigmoid;
use crate::model::trees::Bytes;

/// Slope and offset of each label's sum of log-odds; those of the first [`AGAIN`] labels are not used.
#[derive(Clone, Debug, PartialEq)]
pub struct Blend(pub [(f32, f32); LABELS]);

impl Default for Blend {
    fn default() -> Self {
        Self([(1.0, 0.0); LABELS])
    }
}

impl Blend {
    /// Puts the calibrated sums in place of the probabilities of the regressions.
    pub fn correct(&self, p: &mut [f64; LABELS], network: &[f32; LABELS]) {
        for ((p, network), (slope, offset)) in p.iter_mut().zip(network).zip(&self.0).skip(AGAIN) {
            *p = sigmoid(f64::from(*slope) * (logit(*p) + f64::from(*network)) + f64::from(*offset));
        }
    }

    /// Appends slopes and offsets.
    pub fn write(&self, out: &mut Vec<u8>) {
        self.0
            .iter()
            .for_each(|(slope, offset)| out.extend([slope.to_le_bytes(), offset.to_le_bytes()].concat()));
    }

    /// Reads what [`Blend::write`] wrote; `None` when it is cut short.
    pub fn read(bytes: &mut Bytes<'_>) -> Option<Self> {
        let mut blend = Self::default();
        for slot in &mut blend.0 {
            *slot = (bytes.f32()?, bytes.f32()?);
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
        blend.0[5] = (0.5, -1.0);
        let mut bytes = Vec::new();
        blend.write(&mut bytes);
        assert_eq!(Blend::read(&mut Bytes(&bytes)), Some(blend.clone()));
        assert_eq!(Blend::read(&mut Bytes(&bytes[1..])), None);
        let mut p = [0.7; LABELS];
        blend.correct(&mut p, &[1.0; LABELS]);
        assert!(p[0] == 0.7 && p[2] > 0.85 && p[5] < 0.55, "{p:?}");
        p[2] = 1.0;
        blend.correct(&mut p, &[-20.0; LABELS]);
        assert!(p[2] < 0.01 && p.iter().all(|p| p.is_finite()));
    }
}
