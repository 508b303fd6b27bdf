//! Probabilities that are always numbers.

use serde::{Deserialize, Serialize};

/// A calibrated probability in `0.0..=1.0`; never NaN. Printed with four decimals.
#[derive(Clone, Copy, Debug, Default, PartialEq, PartialOrd, Deserialize)]
#[serde(from = "f64")]
pub struct Score(f64);

impl Score {
    /// Clamps into `0..=1`; NaN becomes 0, so that a broken model never ranks an item.
    pub fn new(value: f64) -> Self {
        Self(if value.is_nan() { 0.0 } else { value.clamp(0.0, 1.0) })
    }

    /// The probability.
    pub fn get(self) -> f64 {
        self.0
    }
}

impl From<f64> for Score {
    fn from(value: f64) -> Self {
        Self::new(value)
    }
}

impl Serialize for Score {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_f64((self.0 * 1e4).round() / 1e4)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_score_is_always_a_probability() {
        for (given, kept) in [(f64::NAN, 0.0), (-3.0, 0.0), (7.0, 1.0), (f64::INFINITY, 1.0), (0.25, 0.25)] {
            assert_eq!(Score::new(given).get(), kept);
        }
        assert_eq!(serde_json::to_string(&Score::new(0.123_456)).unwrap(), "0.1235");
    }
}
