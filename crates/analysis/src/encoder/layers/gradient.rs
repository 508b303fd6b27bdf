//! Back through a layer: from how an error changes with what a layer gives to how it changes with its adapters and with what the
//! layer was given (backpropagation; Rumelhart et al. 1986).

use super::super::adapter::{MAPS, Pair};
use super::{Layer, Linear, Norm, Shape, each_head, gelu, look, part, put, scale};
use ndarray::{Array1, Array2, Axis};

/// What a layer must remember of its pass.
pub(in crate::encoder) struct Trace {
    entered: Array2<f32>,
    query: Array2<f32>,
    key: Array2<f32>,
    value: Array2<f32>,
    /// How much each piece looks at each other, by text and head.
    looks: Vec<Array2<f32>>,
    attended: Array2<f32>,
    after_attention: Normed,
    middle: Array2<f32>,
    wide: Array2<f32>,
    bent: Array2<f32>,
    after: Normed,
}

/// Rows before scale and shift, and what each was divided by.
struct Normed {
    rows: Array2<f32>,
    spread: Array1<f32>,
}

impl Layer {
    /// As [`pass`](Self::pass), with all that the way back needs.
    pub(in crate::encoder) fn trace(
        &self,
        entered: Array2<f32>,
        ends: &[usize],
        shape: Shape,
    ) -> (Array2<f32>, Trace) {
        let [query, key, value] = [&self.query, &self.key, &self.value].map(|map| map.apply(&entered));
        let mut attended = Array2::zeros(entered.raw_dim());
        let mut looks = Vec::new();
        each_head(ends, shape, |pieces, own| {
            let look = look(&query, &key, (&pieces, &own), shape);
            let seen = look.dot(&part(&value, pieces.clone(), own.clone()).to_owned());
            put(&mut attended, &pieces, &own, &seen);
            looks.push(look);
        });
        let mut middle = &entered + &self.out.apply(&attended);
        let after_attention = normed(&self.after_attention, &mut middle, shape);
        let wide = self.widen.apply(&middle);
        let bent = wide.mapv(gelu);
        let mut state = &middle + &self.narrow.apply(&bent);
        let after = normed(&self.after, &mut state, shape);
        let trace =
            Trace { entered, query, key, value, looks, attended, after_attention, middle, wide, bent, after };
        (state, trace)
    }

    /// From the slope of what the layer gave to that of what it was given; the slopes of its adapters are added to `slopes`, which
    /// stand as `pairs`.
    pub(in crate::encoder) fn back(
        &self,
        trace: &Trace,
        slope: &Array2<f32>,
        (ends, shape): (&[usize], Shape),
        pairs: &[Pair],
        slopes: &mut [Pair],
    ) -> Array2<f32> {
        let (Ok(pairs), Ok(slopes)) =
            (<&[Pair; MAPS]>::try_from(pairs), <&mut [Pair; MAPS]>::try_from(slopes))
        else {
            return slope.clone();
        };
        let [query, key, value, out, widen, narrow] = pairs;
        let [query_slope, key_slope, value_slope, out_slope, widen_slope, narrow_slope] = slopes;
        let second = unnormed(&self.after, &trace.after, slope);
        let mut wide = self.narrow.back(&trace.bent, &second, narrow, narrow_slope);
        wide.zip_mut_with(&trace.wide, |slope, x| *slope *= gelu_slope(*x));
        let middle = second + self.widen.back(&trace.middle, &wide, widen, widen_slope);
        let first = unnormed(&self.after_attention, &trace.after_attention, &middle);
        let attended = self.out.back(&trace.attended, &first, out, out_slope);
        let [mut asked, mut answered, mut told] = [(); 3].map(|()| Array2::zeros(slope.raw_dim()));
        let mut looks = trace.looks.iter();
        each_head(ends, shape, |pieces, own| {
            let Some(look) = looks.next() else { return };
            let of = |all: &Array2<f32>| part(all, pieces.clone(), own.clone()).to_owned();
            let seen = of(&attended);
            put(&mut told, &pieces, &own, &look.t().dot(&seen));
            let mut change = seen.dot(&of(&trace.value).t()) * look;
            let sums = change.sum_axis(Axis(1)).insert_axis(Axis(1));
            change = (change - look * &sums) * scale(shape);
            put(&mut asked, &pieces, &own, &change.dot(&of(&trace.key)));
            put(&mut answered, &pieces, &own, &change.t().dot(&of(&trace.query)));
        });
        first
            + self.query.back(&trace.entered, &asked, query, query_slope)
            + self.key.back(&trace.entered, &answered, key, key_slope)
            + self.value.back(&trace.entered, &told, value, value_slope)
    }
}

impl Linear {
    /// The weight has what the adapter adds in it.
    fn back(&self, given: &Array2<f32>, slope: &Array2<f32>, pair: &Pair, slopes: &mut Pair) -> Array2<f32> {
        slopes.down += &slope.dot(&pair.up.t()).t().dot(given);
        slopes.up += &given.dot(&pair.down.t()).t().dot(slope);
        slope.dot(&self.weight)
    }
}

fn normed(norm: &Norm, state: &mut Array2<f32>, shape: Shape) -> Normed {
    let mut spreads = Vec::new();
    for mut row in state.rows_mut() {
        let mean = row.mean().unwrap_or_default();
        row -= mean;
        let spread = row.iter().map(|value| value * value).sum::<f32>() / row.len() as f32;
        let spread = (spread + shape.epsilon).sqrt();
        row /= spread;
        spreads.push(spread);
    }
    let rows = state.clone();
    *state *= &norm.scale;
    *state += &norm.shift;
    Normed { rows, spread: spreads.into() }
}

fn unnormed(norm: &Norm, normed: &Normed, slope: &Array2<f32>) -> Array2<f32> {
    let mut out = slope * &norm.scale;
    for ((mut slope, row), spread) in out.rows_mut().into_iter().zip(normed.rows.rows()).zip(&normed.spread) {
        let (mean, along) = (slope.mean().unwrap_or_default(), slope.dot(&row) / row.len() as f32);
        slope.zip_mut_with(&row, |slope, value| *slope = (*slope - mean - value * along) / spread);
    }
    out
}

/// How [`gelu`] changes.
fn gelu_slope(x: f32) -> f32 {
    let density =
        (-0.5 * x * x).exp() * (0.5 * std::f32::consts::FRAC_2_SQRT_PI * std::f32::consts::FRAC_1_SQRT_2);
    let share = if x.abs() < 1e-6 { 0.5 } else { gelu(x) / x };
    share + x * density
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHAPE: Shape = Shape { hidden: 8, layers: 1, heads: 2, inner: 12, positions: 16, epsilon: 1e-5 };

    fn matrix(rows: usize, columns: usize, seed: usize) -> Array2<f32> {
        Array2::from_shape_fn((rows, columns), |(row, column)| {
            ((row * 31 + column * 17 + seed * 7) % 23) as f32 / 23.0 - 0.48
        })
    }

    fn linear(outputs: usize, inputs: usize, seed: usize) -> Linear {
        Linear { weight: matrix(outputs, inputs, seed), bias: matrix(1, outputs, seed + 1).row(0).to_owned() }
    }

    fn norm(seed: usize) -> Norm {
        Norm {
            scale: matrix(1, 8, seed).row(0).mapv(|x| x + 1.0),
            shift: matrix(1, 8, seed + 3).row(0).to_owned(),
        }
    }

    fn layer() -> Layer {
        Layer {
            query: linear(8, 8, 1),
            key: linear(8, 8, 2),
            value: linear(8, 8, 3),
            out: linear(8, 8, 4),
            after_attention: norm(5),
            widen: linear(12, 8, 6),
            narrow: linear(8, 12, 7),
            after: norm(8),
        }
    }

    fn pairs() -> Vec<Pair> {
        let sizes = [(8, 8), (8, 8), (8, 8), (8, 8), (8, 12), (12, 8)];
        let pair = |(at, (inputs, outputs)): (usize, &(usize, usize))| Pair {
            down: matrix(2, *inputs, at + 11),
            up: matrix(2, *outputs, at + 29) * 0.3,
        };
        sizes.iter().enumerate().map(pair).collect()
    }

    /// A number that depends on everything the layer gives.
    fn error(pairs: &[Pair], entered: &Array2<f32>) -> f64 {
        let (state, _) = layer().adapted(pairs).trace(entered.clone(), &[0, 3, 5], SHAPE);
        (state * matrix(5, 8, 40)).iter().map(|value| f64::from(*value)).sum()
    }

    #[test]
    fn a_trace_gives_what_a_pass_gives() {
        let (entered, layer) = (matrix(5, 8, 0), layer().adapted(&pairs()));
        let mut state = entered.clone();
        layer.pass(&mut state, &[0, 3, 5], SHAPE);
        let (traced, _) = layer.trace(entered, &[0, 3, 5], SHAPE);
        assert!((state - traced).iter().all(|off| off.abs() < 1e-5));
    }

    #[test]
    fn slopes_are_those_of_small_steps() {
        const STEP: f32 = 1e-2;
        let (entered, pairs) = (matrix(5, 8, 0), pairs());
        let layer = layer().adapted(&pairs);
        let (_, trace) = layer.trace(entered.clone(), &[0, 3, 5], SHAPE);
        let mut slopes: Vec<Pair> =
            pairs.iter().map(|pair| Pair { down: &pair.down * 0.0, up: &pair.up * 0.0 }).collect();
        let back = layer.back(&trace, &matrix(5, 8, 40), (&[0, 3, 5], SHAPE), &pairs, &mut slopes);
        let close = |told: f32, more: f64, less: f64| {
            let seen = ((more - less) / f64::from(2.0 * STEP)) as f32;
            assert!((told - seen).abs() < 0.02 + 0.03 * seen.abs(), "{told} {seen}");
        };
        for (at, slope) in slopes.iter().enumerate() {
            for place in [(0, 0), (1, 5), (0, 7)] {
                let step = |by: f32, up: bool| {
                    let mut pairs = pairs.clone();
                    let changed = if up { &mut pairs[at].up } else { &mut pairs[at].down };
                    changed[place] += by;
                    error(&pairs, &entered)
                };
                close(slope.down[place], step(STEP, false), step(-STEP, false));
                close(slope.up[place], step(STEP, true), step(-STEP, true));
            }
        }
        for place in [(0, 0), (2, 7), (3, 1), (4, 4)] {
            let step = |by: f32| {
                let mut entered = entered.clone();
                entered[place] += by;
                error(&pairs, &entered)
            };
            close(back[place], step(STEP), step(-STEP));
        }
    }
}
