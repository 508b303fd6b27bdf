//! Decoding: of all label combinations seen in training, the one that is worth most. A combination is worth its probability,
//! and each of its labels what giving it adds to the F1 of that label: a rare label pays at a lower probability than a common one.

use super::second::AGAIN;
use crate::model::ModelError;
use crate::model::trees::Bytes;
use saring_domain::HateScores;

/// Number of labels.
pub const LABELS: usize = HateScores::NAMES.len();
/// Place of `HS` in [`HateScores::NAMES`].
pub const HS: usize = 0;
/// Place of `Abusive`.
pub const ABUSIVE: usize = 1;
/// How much the habit of labels to come together counts beside their own probabilities.
const TOGETHER: f32 = 0.5;
/// How much the mean F1 of the labels counts beside the exact match.
const MEAN: f32 = 0.5;
/// Rounds in which the worth of labels is learnt: what is given depends on it and it on what is given.
const ROUNDS: usize = 5;

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
    /// Giving a label of probability `p` is worth `gain * p - cost`.
    worth: [(f32, f32); LABELS],
}

impl Combinations {
    /// Counts the combinations of the training rows (bit masks); labels are worth nothing by themselves.
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
        Self { list, worth: [(0.0, 0.0); LABELS] }
    }

    /// Learns what labels are worth, such that the share of texts with exactly the right labels, half the mean F1 of the
    /// labels, and the macro-F1 of `HS` together come out highest. Of each text its true labels and the probabilities, made without it;
    /// none where the text gets no label unseen.
    pub fn weigh(&mut self, texts: &[(u16, Option<[f64; LABELS]>)]) {
        let n = texts.len() as f32;
        for _ in 0..ROUNDS {
            let given: Vec<u16> = texts.iter().map(|(_, p)| p.map_or(0, |p| self.decode(&p))).collect();
            let count = |bit: usize| {
                let (mut both, mut size) = (0_u32, 0_u32);
                for ((truth, _), given) in texts.iter().zip(&given) {
                    let (truth, given) = (truth >> bit & 1, given >> bit & 1);
                    both += u32::from(truth & given);
                    size += u32::from(truth + given);
                }
                (both as f32, size.max(1) as f32)
            };
            // one more text with the label among `size` true and given ones: the slope of F1
            let slope = |both: f32, size: f32| (2.0 / size, 2.0 * both / size / size);
            self.worth = std::array::from_fn(|bit| {
                let (both, size) = count(bit);
                let (gain, cost) = slope(both, size);
                let share = MEAN * n / LABELS as f32;
                if bit != HS {
                    return (share * gain, share * cost);
                }
                let neither = n - size + both;
                let (spared, lost) = slope(neither, (2.0 * n - size).max(1.0));
                let half = n / 2.0;
                ((share + half) * gain + half * spared, (share + half) * cost + half * (spared - lost))
            });
        }
    }

    /// The combination that is worth most, among those that agree with the threshold on `Abusive`. `p[HS]` and `p[ABUSIVE]`
    /// are probabilities, the others are given `HS`.
    pub fn decode(&self, p: &[f64; LABELS]) -> u16 {
        let (hs, calm) = (p[HS].max(0.0), u16::from(p[ABUSIVE] >= 0.5) << ABUSIVE);
        let worth = |bit: usize, p: f64| f64::from(self.worth[bit].0) * p - f64::from(self.worth[bit].1);
        // no label can pay, as none is likelier than HS
        if hs < 0.5 && (0..LABELS).all(|bit| worth(bit, hs) <= 0.0) {
            return self.known(calm);
        }
        let logs = p.map(|p| [(1.0 - p).max(1e-6).ln(), p.max(1e-6).ln()]);
        let likely = |c: &Combination| {
            let fit = (AGAIN..LABELS).map(|bit| logs[bit][usize::from(c.mask >> bit & 1)]).sum::<f64>();
            (f64::from(c.bonus) + fit).exp()
        };
        let fits = |c: &&Combination| c.mask & 0b11 == calm | 1;
        let mut hateful: Vec<(u16, f64)> =
            self.list.iter().filter(fits).map(|c| (c.mask, likely(c))).collect();
        let total: f64 = hateful.iter().map(|(_, likely)| likely).sum();
        let mut labels = [0.0; LABELS];
        for (mask, likely) in &mut hateful {
            *likely *= hs / total;
            let mask = *mask;
            (0..LABELS).for_each(|bit| labels[bit] += *likely * f64::from(mask >> bit & 1));
        }
        labels[ABUSIVE] = 0.0;
        let mut pays: [f64; LABELS] = std::array::from_fn(|bit| worth(bit, labels[bit]));
        pays[ABUSIVE] = 0.0;
        let value = |(mask, likely): &(u16, f64)| {
            likely + (0..LABELS).map(|bit| pays[bit] * f64::from(mask >> bit & 1)).sum::<f64>()
        };
        let best = hateful.iter().map(|c| (c.0, value(c))).max_by(|a, b| a.1.total_cmp(&b.1));
        best.filter(|(_, value)| *value > 1.0 - hs).map_or_else(|| self.known(calm), |(mask, _)| mask)
    }

    /// A combination without `HS`, or nothing when it was never seen.
    fn known(&self, mask: u16) -> u16 {
        if self.list.iter().any(|c| c.mask == mask) { mask } else { 0 }
    }

    /// Appends the table to `out`.
    pub fn write(&self, out: &mut Vec<u8>) {
        self.worth
            .iter()
            .for_each(|(gain, cost)| out.extend([gain.to_le_bytes(), cost.to_le_bytes()].concat()));
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
        let mut bytes = Bytes(bytes);
        let mut worth = [(0.0, 0.0); LABELS];
        for slot in &mut worth {
            *slot = bytes.f32().zip(bytes.f32()).ok_or_else(cut)?;
        }
        let (count, rest) = bytes.0.split_first_chunk::<4>().ok_or_else(cut)?;
        if rest.len() != u32::from_le_bytes(*count) as usize * 6 {
            return Err(cut());
        }
        let one = |row: &[u8]| {
            let bonus = f32::from_le_bytes([row[2], row[3], row[4], row[5]]);
            let mask = u16::from_le_bytes([row[0], row[1]]);
            Combination { mask, bonus: if bonus.is_finite() { bonus } else { 0.0 } }
        };
        Ok(Self { list: rest.chunks_exact(6).map(one).collect(), worth })
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

    #[test]
    fn a_rare_label_pays_earlier_and_the_threshold_of_abuse_stays() {
        let mut table = Combinations::learn(&[0b0, 0b10, 0b101, 0b1001, 0b111]);
        let sure = |hs: f64, rare: f64| {
            let mut p = [0.0; LABELS];
            (p[HS], p[2], p[3]) = (hs, 1.0 - rare, rare);
            p
        };
        assert_eq!(table.decode(&sure(0.9, 0.4)), 0b101);
        let common = (0..100)
            .map(|at| (if at < 60 { 0b101 } else { 0 }, Some(sure(if at < 60 { 0.9 } else { 0.1 }, 0.1))));
        let rare = (0..10).map(|at| (if at < 4 { 0b1001 } else { 0b101 }, Some(sure(0.9, 0.4))));
        let texts: Vec<(u16, Option<[f64; LABELS]>)> = common.chain(rare).chain([(0, None)]).collect();
        table.weigh(&texts);
        assert_eq!(table.decode(&sure(0.9, 0.4)), 0b1001, "{:?}", table.worth);
        assert_eq!(table.decode(&sure(0.9, 0.02)), 0b101);
        assert_eq!(table.decode(&sure(0.1, 0.4)), 0);
        let mut abusive = sure(0.1, 0.4);
        abusive[ABUSIVE] = 0.6;
        assert_eq!(table.decode(&abusive), 0b10);
        let mut bytes = Vec::new();
        table.write(&mut bytes);
        assert_eq!(Combinations::read(&bytes).unwrap(), table);
    }
}
