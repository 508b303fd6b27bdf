//! The layers of a BERT encoder (Devlin et al. 2019, arXiv:1810.04805) over the pieces of several texts at once: `[pieces, hidden]`.

pub(super) mod gradient;

use super::EncoderError;
use super::adapter::Pair;
use super::image::{Image, Shape};
use ndarray::{Array1, Array2, ArrayView2, Axis, Slice};
use std::ops::Range;

/// What turns pieces into vectors: words, positions, the one type.
pub(super) struct First {
    positions: Array2<f32>,
    kind: Array1<f32>,
    norm: Norm,
}

impl First {
    pub(super) fn read(image: &Image) -> Result<Self, EncoderError> {
        let Shape { hidden, positions, .. } = image.shape;
        let places = image.numbers("emb.pos", positions * hidden)?;
        Ok(Self {
            positions: Array2::from_shape_vec((positions, hidden), places)
                .map_err(|_| EncoderError::Damaged)?,
            kind: image.numbers("emb.type", hidden)?.into(),
            norm: Norm::read(image, "emb.ln")?,
        })
    }

    pub(super) fn enter(&self, image: &Image, texts: &[Vec<u32>]) -> Array2<f32> {
        let pieces = texts.iter().flat_map(|text| text.iter().enumerate());
        let mut state = Array2::zeros((texts.iter().map(Vec::len).sum(), image.shape.hidden));
        for (mut row, (place, &id)) in state.rows_mut().into_iter().zip(pieces) {
            if let Some(row) = row.as_slice_mut() {
                // ids come from the same file: a word that is not in it stays nothing
                let _ = image.word(id, row);
            }
            row += &self.positions.row(place);
            row += &self.kind;
        }
        self.norm.apply(&mut state, image.shape.epsilon);
        state
    }
}

/// A linear map with its bias.
#[derive(Clone)]
struct Linear {
    weight: Array2<f32>,
    bias: Array1<f32>,
}

impl Linear {
    fn read(image: &Image, name: &str, outputs: usize, inputs: usize) -> Result<Self, EncoderError> {
        let weight = image.matrix(&format!("{name}.w"), outputs, inputs)?;
        Ok(Self { weight, bias: image.numbers(&format!("{name}.b"), outputs)?.into() })
    }

    fn apply(&self, state: &Array2<f32>) -> Array2<f32> {
        state.dot(&self.weight.t()) + &self.bias
    }
}

/// Layer normalisation (Ba et al. 2016, arXiv:1607.06450).
#[derive(Clone)]
struct Norm {
    scale: Array1<f32>,
    shift: Array1<f32>,
}

impl Norm {
    fn read(image: &Image, name: &str) -> Result<Self, EncoderError> {
        let part = |end: &str| Ok(image.numbers(&format!("{name}.{end}"), image.shape.hidden)?.into());
        Ok(Self { scale: part("w")?, shift: part("b")? })
    }

    fn apply(&self, state: &mut Array2<f32>, epsilon: f32) {
        for mut row in state.rows_mut() {
            let mean = row.mean().unwrap_or_default();
            row -= mean;
            let spread = row.iter().map(|value| value * value).sum::<f32>() / row.len() as f32;
            row *= 1.0 / (spread + epsilon).sqrt();
            row *= &self.scale;
            row += &self.shift;
        }
    }
}

/// One layer: attention, then two linear maps, each added to what came in.
#[derive(Clone)]
pub(super) struct Layer {
    query: Linear,
    key: Linear,
    value: Linear,
    out: Linear,
    after_attention: Norm,
    widen: Linear,
    narrow: Linear,
    after: Norm,
}

impl Layer {
    pub(super) fn read(image: &Image, at: usize) -> Result<Self, EncoderError> {
        let Shape { hidden, inner, .. } = image.shape;
        let square = |name: &str| Linear::read(image, &format!("l{at}.{name}"), hidden, hidden);
        Ok(Self {
            query: square("q")?,
            key: square("k")?,
            value: square("v")?,
            out: square("ao")?,
            after_attention: Norm::read(image, &format!("l{at}.aln"))?,
            widen: Linear::read(image, &format!("l{at}.fi"), inner, hidden)?,
            narrow: Linear::read(image, &format!("l{at}.fo"), hidden, inner)?,
            after: Norm::read(image, &format!("l{at}.oln"))?,
        })
    }

    /// The same with what adapters add to its maps, in the order of [`MAPS`](super::adapter::MAPS).
    pub(super) fn adapted(&self, pairs: &[Pair]) -> Self {
        let mut layer = self.clone();
        let maps = [
            &mut layer.query,
            &mut layer.key,
            &mut layer.value,
            &mut layer.out,
            &mut layer.widen,
            &mut layer.narrow,
        ];
        maps.into_iter().zip(pairs).for_each(|(map, pair)| map.weight += &pair.product());
        layer
    }

    /// Changes the state of texts that end at `ends` (the first is 0).
    pub(super) fn pass(&self, state: &mut Array2<f32>, ends: &[usize], shape: Shape) {
        let attended = self.attend(state, ends, shape);
        *state += &self.out.apply(&attended);
        self.after_attention.apply(state, shape.epsilon);
        let mut wide = self.widen.apply(state);
        wide.mapv_inplace(gelu);
        *state += &self.narrow.apply(&wide);
        self.after.apply(state, shape.epsilon);
    }

    /// Every piece looks at the pieces of its own text.
    fn attend(&self, state: &Array2<f32>, ends: &[usize], shape: Shape) -> Array2<f32> {
        let (query, key, value) = (self.query.apply(state), self.key.apply(state), self.value.apply(state));
        let mut out = Array2::zeros(state.raw_dim());
        each_head(ends, shape, |pieces, own| {
            let look = look(&query, &key, (&pieces, &own), shape);
            let seen = look.dot(&part(&value, pieces.clone(), own.clone()).to_owned());
            put(&mut out, &pieces, &own, &seen);
        });
        out
    }
}

/// Pieces of each text and columns of each head.
fn each_head(ends: &[usize], shape: Shape, mut work: impl FnMut(Range<usize>, Range<usize>)) {
    let width = shape.hidden / shape.heads;
    for text in ends.windows(2) {
        (0..shape.heads).for_each(|head| work(text[0]..text[1], head * width..(head + 1) * width));
    }
}

/// How much each piece of a text looks at each other in one head.
fn look(
    query: &Array2<f32>,
    key: &Array2<f32>,
    (pieces, own): (&Range<usize>, &Range<usize>),
    shape: Shape,
) -> Array2<f32> {
    let of = |all: &Array2<f32>| part(all, pieces.clone(), own.clone()).to_owned();
    let mut look = of(query).dot(&of(key).t());
    for mut row in look.rows_mut() {
        softmax(row.as_slice_mut().unwrap_or_default(), scale(shape));
    }
    look
}

/// What likenesses of a query and a key are multiplied by.
fn scale(shape: Shape) -> f32 {
    1.0 / ((shape.hidden / shape.heads) as f32).sqrt()
}

/// Some rows and columns.
fn part(all: &Array2<f32>, rows: Range<usize>, columns: Range<usize>) -> ArrayView2<'_, f32> {
    all.slice_axis(Axis(0), Slice::from(rows)).slice_axis_move(Axis(1), Slice::from(columns))
}

/// Writes to some rows and columns.
fn put(all: &mut Array2<f32>, rows: &Range<usize>, columns: &Range<usize>, what: &Array2<f32>) {
    let mut rows = all.slice_axis_mut(Axis(0), Slice::from(rows.clone()));
    rows.slice_axis_mut(Axis(1), Slice::from(columns.clone())).assign(what);
}

fn softmax(row: &mut [f32], scale: f32) {
    let most = row.iter().copied().fold(f32::MIN, f32::max);
    let mut sum = 0.0;
    for value in row.iter_mut() {
        *value = ((*value - most) * scale).exp();
        sum += *value;
    }
    row.iter_mut().for_each(|value| *value /= sum);
}

/// Gaussian error linear unit (Hendrycks & Gimpel 2016, arXiv:1606.08415).
fn gelu(x: f32) -> f32 {
    0.5 * x * (1.0 + erf(x * std::f32::consts::FRAC_1_SQRT_2))
}

/// The error function as a ratio of polynomials on -4..=4, where it has reached 1: the one of the Eigen library.
fn erf(x: f32) -> f32 {
    const UPPER: [f32; 7] = [
        -2.726_142_3e-10,
        2.770_681_4e-8,
        -2.101_024e-6,
        -5.692_506_4e-5,
        -7.349_906_4e-4,
        -2.954_6e-3,
        -1.609_603_3e-2,
    ];
    const LOWER: [f32; 5] = [-1.456_607_2e-5, -2.133_740_5e-4, -1.682_827e-3, -7.373_329e-3, -1.426_473_9e-2];
    let x = x.clamp(-4.0, 4.0);
    let square = x * x;
    let at = |parts: &[f32]| parts.iter().fold(0.0, |sum, part| sum * square + part);
    x * at(&UPPER) / at(&LOWER)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_error_function_is_near_its_tables() {
        for (x, truth) in
            [(0.0, 0.0), (0.5, 0.520_499_9), (1.0, 0.842_700_8), (-2.0, -0.995_322_3), (9.0, 1.0)]
        {
            assert!((erf(x) - truth).abs() < 1e-6, "{x}: {}", erf(x));
        }
    }

    #[test]
    fn softmax_sums_to_one_whatever_the_sizes() {
        let mut row = [1000.0, 1001.0, -1000.0];
        softmax(&mut row, 1.0);
        assert!((row.iter().sum::<f32>() - 1.0).abs() < 1e-6 && row[1] > row[0] && row[2] == 0.0, "{row:?}");
    }
}
