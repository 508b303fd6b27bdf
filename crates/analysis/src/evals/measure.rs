//! One figure with its uncertainty, and the cases that were got wrong.

use serde::Serialize;

/// Samples drawn with replacement for an interval.
const SAMPLES: usize = 400;
/// Normal quantile of a two-sided 95 % interval.
const Z: f64 = 1.959_964;

/// One figure.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Measure {
    /// Dotted name, for instance `claims.dev.mrr10`; the key in `evals/floors.toml`. The first part is the group, the
    /// parts in the middle name a slice.
    pub name: String,
    /// The figure.
    pub value: f64,
    /// Its 95 % confidence interval, where it has one.
    pub interval: Option<[f64; 2]>,
    /// How many cases it was measured on.
    pub n: usize,
    /// Larger is better (`true`) or smaller is (`false`).
    pub higher_is_better: bool,
    /// What something simpler reaches on the same cases.
    pub baseline: bool,
    /// Cases that were got wrong, the worst first; few measures keep them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub misses: Vec<Miss>,
}

/// A case that was got wrong.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Miss {
    /// The text, cut to its beginning.
    pub text: String,
    /// What would have been right.
    pub wanted: String,
    /// What was said.
    pub got: String,
    /// How wrong: errors, or the probability given to the wrong answer.
    pub weight: f64,
}

impl Miss {
    /// A miss; of a long text only the beginning is kept.
    pub fn new(text: &str, wanted: &str, got: &str, weight: f64) -> Self {
        const SHOWN: usize = 300;
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(SHOWN).collect();
        Self { text, wanted: wanted.into(), got: got.into(), weight }
    }
}

impl Measure {
    /// A figure where larger is better, with the interval of a share ([`wilson`]): exact for shares, too wide for means of
    /// figures between 0 and 1. Other figures: [`Self::resampled`] or [`Self::without_interval`].
    pub fn higher(name: &str, value: f64, n: usize) -> Self {
        Self {
            name: name.into(),
            value,
            interval: wilson(value, n),
            n,
            higher_is_better: true,
            baseline: false,
            misses: Vec::new(),
        }
    }

    /// A figure where smaller is better, with the interval of a share.
    pub fn lower(name: &str, value: f64, n: usize) -> Self {
        Self { higher_is_better: false, ..Self::higher(name, value, n) }
    }

    /// Takes the interval away: for figures that are neither a share nor resampled.
    #[must_use]
    pub fn without_interval(self) -> Self {
        Self { interval: None, ..self }
    }

    /// Gives the figure the interval of `statistic` over samples of `cases` drawn with replacement (percentile bootstrap,
    /// Efron 1979, always from the same seed). `statistic` may sort its sample.
    #[must_use]
    pub fn resampled<C: Clone>(self, cases: &[C], statistic: impl Fn(&mut [C]) -> f64) -> Self {
        Self { interval: bootstrap(cases, statistic), ..self }
    }

    /// Marks the figure as what something simpler reaches on the same cases.
    #[must_use]
    pub fn as_baseline(self) -> Self {
        Self { baseline: true, ..self }
    }

    /// Keeps the cases that were got wrong, the heaviest first.
    #[must_use]
    pub fn with_misses(self, mut misses: Vec<Miss>) -> Self {
        misses.sort_by(|a, b| b.weight.total_cmp(&a.weight));
        Self { misses, ..self }
    }
}

/// 95 % interval of a share (Wilson 1927); nothing for figures outside 0..=1 or of no cases.
pub fn wilson(share: f64, n: usize) -> Option<[f64; 2]> {
    if n == 0 || !(0.0..=1.0).contains(&share) {
        return None;
    }
    let n = n as f64;
    let middle = share + Z * Z / (2.0 * n);
    let half = Z * (share * (1.0 - share) / n + Z * Z / (4.0 * n * n)).sqrt();
    let scale = 1.0 + Z * Z / n;
    Some([((middle - half) / scale).max(0.0), ((middle + half) / scale).min(1.0)])
}

fn bootstrap<C: Clone>(cases: &[C], statistic: impl Fn(&mut [C]) -> f64) -> Option<[f64; 2]> {
    if cases.len() < 2 {
        return None;
    }
    let mut state = 0x5eed_u64;
    let mut sample = cases.to_vec();
    let mut found: Vec<f64> = (0..SAMPLES)
        .map(|_| {
            for slot in &mut sample {
                slot.clone_from(&cases[draw(&mut state, cases.len())]);
            }
            statistic(&mut sample)
        })
        .collect();
    found.sort_by(f64::total_cmp);
    Some([found[SAMPLES / 40], found[SAMPLES - 1 - SAMPLES / 40]])
}

/// SplitMix64, reduced to a number below `below`.
fn draw(state: &mut u64, below: usize) -> usize {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut z = *state;
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    ((z ^ (z >> 31)) % below as u64) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn intervals_of_shares_are_those_of_the_books() {
        let [low, high] = wilson(0.9, 10).unwrap();
        assert!((low - 0.5958).abs() < 1e-3 && (high - 0.9821).abs() < 1e-3, "{low} {high}");
        assert_eq!(wilson(0.5, 0), None);
        assert_eq!(wilson(1.2, 10), None);
        assert!(wilson(1.0, 20).is_some_and(|[low, high]| low > 0.8 && (high - 1.0).abs() < 1e-9));
    }

    #[test]
    fn resampled_intervals_hold_the_figure_and_never_change() {
        let cases: Vec<f64> = (0..200).map(|at| f64::from(u8::from(at % 4 == 0))).collect();
        let mean = |sample: &mut [f64]| sample.iter().sum::<f64>() / sample.len() as f64;
        let measure = Measure::higher("a.b", 0.25, 200).resampled(&cases, mean);
        let [low, high] = measure.interval.unwrap();
        assert!(low < 0.25 && 0.25 < high && high - low < 0.15, "{low} {high}");
        assert_eq!(measure, Measure::higher("a.b", 0.25, 200).resampled(&cases, mean));
        assert_eq!(measure.clone().without_interval().interval, None);
    }

    #[test]
    fn the_worst_miss_comes_first() {
        let misses = vec![Miss::new("a", "x", "y", 0.1), Miss::new(" b\n c ", "x", "y", 0.9)];
        let measure = Measure::lower("a.b", 0.5, 2).with_misses(misses);
        assert_eq!(measure.misses[0].text, "b c");
        assert!(!measure.higher_is_better && !measure.baseline && measure.as_baseline().baseline);
    }
}
