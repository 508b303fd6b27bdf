//! L2-regularised logistic regression, deterministic: L-BFGS (Nocedal 1980) on sparse rows, with the tf-idf
//! vectoriser, naive-Bayes weighting (Wang & Manning 2012) and Platt scaling (Platt 1999) around it.

use super::platt;
use crate::model::linear::{Bag, Output, sigmoid, stored_idf};
use std::collections::VecDeque;

/// Sparse rows in one piece of memory.
#[derive(Clone, Debug, Default)]
pub struct Rows {
    ends: Vec<usize>,
    cells: Vec<(u32, f32)>,
}

impl Rows {
    /// Adds a row.
    pub fn push(&mut self, row: &[(u32, f32)]) {
        self.cells.extend_from_slice(row);
        self.ends.push(self.cells.len());
    }
    /// Number of rows.
    pub fn len(&self) -> usize {
        self.ends.len()
    }
    /// No rows at all.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }
    /// One row.
    pub fn row(&self, at: usize) -> &[(u32, f32)] {
        let from = if at == 0 { 0 } else { self.ends[at - 1] };
        &self.cells[from..self.ends[at]]
    }
    /// The rows at `keep`, in that order.
    pub fn pick(&self, keep: &[usize]) -> Self {
        let mut out = Self::default();
        keep.iter().for_each(|at| out.push(self.row(*at)));
        out
    }
}

/// Inverse document frequencies (smoothed, as scikit-learn has them) of buckets in at least `least` texts.
pub fn idf(bags: &[Bag], bits: u32, least: u32) -> Vec<f32> {
    let mut seen = vec![0_u32; 1 << bits];
    for bag in bags {
        for (bucket, _) in bag.counts(bits).into_iter().flatten() {
            seen[bucket as usize] += 1;
        }
    }
    let n = bags.len() as f32;
    let value =
        |df: u32| if df < least { 0.0 } else { stored_idf(((1.0 + n) / (1.0 + df as f32)).ln() + 1.0) };
    seen.into_iter().map(value).collect()
}

/// The tf-idf rows of `bags`.
pub fn rows(bags: &[Bag], bits: u32, idf: &[f32]) -> Rows {
    let mut out = Rows::default();
    bags.iter().for_each(|bag| out.push(&bag.vector(bits, idf)));
    out
}

/// What a fit needs besides the rows.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// Inverse strength of the penalty, as in liblinear.
    pub c: f64,
    /// Upper bound of iterations.
    pub iterations: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self { c: 1.0, iterations: 80 }
    }
}

/// Loss and gradient of `|w|^2 / 2 + C * sum(weight * log loss)`; the last place of `w` is the bias, unpenalised.
struct Objective<'a> {
    rows: &'a Rows,
    truth: &'a [bool],
    importance: &'a [f32],
    c: f64,
}

impl Objective<'_> {
    fn at(&self, w: &[f64], gradient: &mut [f64]) -> f64 {
        let bias = w.len() - 1;
        gradient.copy_from_slice(w);
        gradient[bias] = 0.0;
        let mut loss = 0.5 * w[..bias].iter().map(|x| x * x).sum::<f64>();
        for at in 0..self.rows.len() {
            let row = self.rows.row(at);
            let margin = w[bias] + row.iter().map(|&(i, x)| w[i as usize] * f64::from(x)).sum::<f64>();
            let sign = if self.truth[at] { 1.0 } else { -1.0 };
            let weight = self.c * self.importance.get(at).map_or(1.0, |x| f64::from(*x));
            let z = -sign * margin;
            // ln(1 + e^z) without overflow
            loss += weight * if z > 0.0 { z + (-z).exp().ln_1p() } else { z.exp().ln_1p() };
            let slope = -sign * weight * sigmoid(z);
            row.iter().for_each(|&(i, x)| gradient[i as usize] += slope * f64::from(x));
            gradient[bias] += slope;
        }
        loss
    }
}

/// Fits one binary output. `importance` may be empty (all 1). Buckets that never occur get weight 0.
pub fn fit(rows: &Rows, truth: &[bool], importance: &[f32], size: usize, options: Options) -> Output {
    // only the columns that occur take part: far fewer than buckets
    let mut place = vec![u32::MAX; size];
    let mut columns = Vec::new();
    let mut dense = rows.clone();
    for (bucket, _) in &mut dense.cells {
        let slot = &mut place[*bucket as usize];
        if *slot == u32::MAX {
            *slot = columns.len() as u32;
            columns.push(*bucket);
        }
        *bucket = *slot;
    }
    let w =
        minimise(&Objective { rows: &dense, truth, importance, c: options.c }, columns.len() + 1, options);
    let mut weights = vec![0.0; size];
    columns.iter().zip(&w).for_each(|(bucket, value)| weights[*bucket as usize] = *value as f32);
    Output { weights, bias: w.last().copied().unwrap_or(0.0) as f32, slope: 1.0, offset: 0.0 }
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(x, y)| x * y).sum()
}

/// The two-loop recursion of L-BFGS: the direction of descent from the last steps and changes of gradient.
fn direction(gradient: &[f64], memory: &VecDeque<(Vec<f64>, Vec<f64>)>) -> Vec<f64> {
    let mut q = gradient.to_vec();
    let mut alphas = Vec::new();
    for (s, y) in memory.iter().rev() {
        let alpha = dot(s, &q) / dot(y, s);
        q.iter_mut().zip(y).for_each(|(q, y)| *q -= alpha * y);
        alphas.push(alpha);
    }
    if let Some((s, y)) = memory.back() {
        let gamma = dot(s, y) / dot(y, y);
        q.iter_mut().for_each(|q| *q *= gamma);
    }
    for ((s, y), alpha) in memory.iter().zip(alphas.iter().rev()) {
        let beta = dot(y, &q) / dot(y, s);
        q.iter_mut().zip(s).for_each(|(q, s)| *q += s * (alpha - beta));
    }
    q.iter_mut().for_each(|q| *q = -*q);
    q
}

fn minimise(objective: &Objective<'_>, size: usize, options: Options) -> Vec<f64> {
    let mut w = vec![0.0; size];
    let mut gradient = vec![0.0; size];
    let mut loss = objective.at(&w, &mut gradient);
    let start = dot(&gradient, &gradient).sqrt();
    let mut memory: VecDeque<(Vec<f64>, Vec<f64>)> = VecDeque::new();
    for round in 0..options.iterations {
        let norm = dot(&gradient, &gradient).sqrt();
        if norm <= 2e-4 * start {
            break;
        }
        let step = direction(&gradient, &memory);
        let descent = dot(&gradient, &step);
        let mut rate = if round == 0 { 1.0 / norm.max(1.0) } else { 1.0 };
        let mut next = w.clone();
        let mut next_gradient = vec![0.0; size];
        let mut next_loss = f64::INFINITY;
        for _ in 0..30 {
            next.iter_mut().zip(&w).zip(&step).for_each(|((n, w), d)| *n = w + rate * d);
            next_loss = objective.at(&next, &mut next_gradient);
            if next_loss <= loss + 1e-4 * rate * descent {
                break;
            }
            rate *= 0.5;
        }
        if next_loss >= loss {
            break;
        }
        let s: Vec<f64> = next.iter().zip(&w).map(|(a, b)| a - b).collect();
        let y: Vec<f64> = next_gradient.iter().zip(&gradient).map(|(a, b)| a - b).collect();
        if dot(&s, &y) > 1e-12 {
            memory.push_back((s, y));
            if memory.len() > 8 {
                memory.pop_front();
            }
        }
        (w, gradient, loss) = (next, next_gradient, next_loss);
    }
    w
}

/// Margin of one row under an output that is not packed yet.
pub fn margin(output: &Output, row: &[(u32, f32)]) -> f64 {
    let sum: f64 = row.iter().map(|&(i, x)| f64::from(output.weights[i as usize]) * f64::from(x)).sum();
    sum + f64::from(output.bias)
}

/// Fits an output to rows with these labels; the last is which of all rows they are.
pub type Fit<'f> = dyn Fn(&Rows, &[bool], &[usize]) -> Output + 'f;

/// Margins of rows predicted by models that did not see their fold (`fold[i]` in `0..folds`).
pub fn out_of_fold(rows: &Rows, truth: &[bool], fold: &[usize], folds: usize, fit: &Fit<'_>) -> Vec<f64> {
    let mut out = vec![0.0; rows.len()];
    for held in 0..folds {
        let (test, train): (Vec<usize>, Vec<usize>) = (0..rows.len()).partition(|at| fold[*at] == held);
        let labels: Vec<bool> = train.iter().map(|at| truth[*at]).collect();
        let output = fit(&rows.pick(&train), &labels, &train);
        test.iter().for_each(|at| out[*at] = margin(&output, rows.row(*at)));
    }
    out
}

/// Slope and offset that turn margins into calibrated probabilities, on Platt's smoothed targets.
pub fn platt(margins: &[f64], truth: &[bool]) -> (f32, f32) {
    let positives = truth.iter().filter(|t| **t).count() as f64;
    let negatives = truth.len() as f64 - positives;
    let (high, low) = ((positives + 1.0) / (positives + 2.0), 1.0 / (negatives + 2.0));
    let points = margins.iter().zip(truth).map(|(margin, yes)| (*margin, if *yes { high } else { low }));
    let (a, b) = platt::curve(points, (0.0, ((positives + 1.0) / (negatives + 1.0)).ln()));
    if a.is_finite() && b.is_finite() && a > 0.0 { (a as f32, b as f32) } else { (1.0, 0.0) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_separable_line_is_learned_and_repeats_exactly() {
        let mut rows = Rows::default();
        let mut truth = Vec::new();
        for i in 0..40_u32 {
            rows.push(&[(i % 4, 1.0), (4 + i % 3, 0.3)]);
            truth.push(i % 4 < 2);
        }
        let options = Options { c: 10.0, iterations: 50 };
        let output = fit(&rows, &truth, &[], 8, options);
        for (at, truth) in truth.iter().enumerate() {
            assert_eq!(margin(&output, rows.row(at)) > 0.0, *truth);
        }
        assert_eq!(output, fit(&rows, &truth, &[], 8, options));
        assert_eq!(output.weights[7], 0.0);
    }

    #[test]
    fn calibration_of_overconfident_margins_flattens_them() {
        let margins: Vec<f64> = (0..200).map(|i| if i % 2 == 0 { 8.0 } else { -8.0 }).collect();
        let truth: Vec<bool> = (0..200).map(|i| (i % 2 == 0) != (i % 10 < 2)).collect();
        let (slope, offset) = platt(&margins, &truth);
        let p = sigmoid(f64::from(slope) * 8.0 + f64::from(offset));
        assert!((p - 0.8).abs() < 0.03, "{p}");
    }
}
