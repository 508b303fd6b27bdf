//! Decoding: of all label combinations seen in training, the one that fits the probabilities best.

use crate::model::ModelError;
use saring_domain::HateScores;

/// Number of labels.
pub const LABELS: usize = HateScores::NAMES.len();
/// Place of `HS` in [`HateScores::NAMES`].
pub const HS: usize = 0;
/// Place of `Abusive`.
pub const ABUSIVE: usize = 1;
/// How much the habit of labels to come together counts beside their own probabilities.
const TOGETHER: f32 = 0.7;

/// A combination with its bonus.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Combination {
    /// One bit per label.
    mask: u16,
    /// Log of how much oftener the labels come together than chance has it.
    bonus: f32,
}

/// The combinations seen in training.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Combinations {
    list: Vec<Combination>,
}

impl Combinations {
    /// Counts the combinations of the training rows (bit masks).
    pub fn learn(rows: &[u16]) -> Self {
        let n = rows.len() as f32;
        let mut list: Vec<Combination> = Vec::new();
        let mut masks = rows.to_vec();
        masks.sort_unstable();
        for run in masks.chunk_by(|a, b| a == b) {
            let mask = run[0];
            // chance, among the rows that agree on HS
            let peers: Vec<u16> = rows.iter().copied().filter(|row| (row ^ mask) & 1 == 0).collect();
            let chance = |bit: usize| {
                let same = peers.iter().filter(|row| (*row ^ mask) & (1 << bit) == 0).count();
                ((same as f32 + 1.0) / (peers.len() as f32 + 2.0)).ln()
            };
            let independent: f32 = (1..LABELS).map(chance).sum();
            let together = (run.len() as f32 / peers.len().max(1) as f32).ln();
            list.push(Combination { mask, bonus: (together - independent).min(n.ln()) * TOGETHER });
        }
        Self { list }
    }

    /// The best combination that agrees with the thresholds on `HS` and `Abusive`. `p[HS]` and `p[ABUSIVE]` are
    /// probabilities, the others are given `HS`.
    pub fn decode(&self, p: &[f64; LABELS]) -> u16 {
        let fixed = u16::from(p[HS] >= 0.5) | (u16::from(p[ABUSIVE] >= 0.5) << ABUSIVE);
        let fits = |c: &&Combination| (c.mask ^ fixed) & 0b11 == 0;
        let score = |c: &Combination| {
            let fit =
                |bit: usize| (if c.mask >> bit & 1 == 1 { p[bit] } else { 1.0 - p[bit] }).max(1e-6).ln();
            f64::from(c.bonus) + (2..LABELS).map(fit).sum::<f64>()
        };
        let plain = |c: &Combination| if c.mask & 1 == 0 { f64::from(c.mask == fixed) } else { score(c) };
        let best = self.list.iter().filter(fits).max_by(|a, b| plain(a).total_cmp(&plain(b)));
        best.map_or(0, |c| c.mask)
    }

    /// Appends the table to `out`.
    pub fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&(self.list.len() as u32).to_le_bytes());
        for combination in &self.list {
            out.extend_from_slice(&combination.mask.to_le_bytes());
            out.extend_from_slice(&combination.bonus.to_le_bytes());
        }
    }

    /// Reads the table from `bytes`.
    ///
    /// # Errors
    /// [`ModelError::Truncated`] when its length does not fit.
    pub fn read(bytes: &[u8]) -> Result<Self, ModelError> {
        let cut = || ModelError::Truncated("hate_speech".into());
        let (count, rest) = bytes.split_first_chunk::<4>().ok_or_else(cut)?;
        if rest.len() != u32::from_le_bytes(*count) as usize * 6 {
            return Err(cut());
        }
        let one = |row: &[u8]| {
            let bonus = f32::from_le_bytes([row[2], row[3], row[4], row[5]]);
            let mask = u16::from_le_bytes([row[0], row[1]]);
            Combination { mask, bonus: if bonus.is_finite() { bonus } else { 0.0 } }
        };
        Ok(Self { list: rest.chunks_exact(6).map(one).collect() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_seen_combinations_come_out_and_the_table_survives_storage() {
        let seen = [0b0, 0b10, 0b101, 0b101, 0b1011];
        let table = Combinations::learn(&seen);
        let mut bytes = Vec::new();
        table.write(&mut bytes);
        assert_eq!(Combinations::read(&bytes).unwrap(), table);
        assert!(Combinations::read(&bytes[..7]).is_err());
        let mut p = [0.4; LABELS];
        (p[HS], p[ABUSIVE]) = (0.9, 0.1);
        assert_eq!(table.decode(&p), 0b101);
        p[ABUSIVE] = 0.8;
        assert_eq!(table.decode(&p), 0b1011);
        assert_eq!(table.decode(&[f64::NAN; LABELS]), 0);
    }
}
