//! The upper layers by themselves, while they learn: texts enter as what the layers below made of them.

use super::adapter::{Adapter, MAPS};
use super::image::Shape;
use super::kept::Vector;
use super::layers::Layer;
use super::layers::gradient::Trace;
use super::{batches, ends, mean, means};
use ndarray::{Array2, ArrayView2, Axis, concatenate};
use rayon::prelude::*;

/// What a layer makes of the pieces of one text: `[pieces, hidden]`.
pub(crate) type State = Array2<f32>;

/// Layers with what an adapter adds to them.
pub(crate) struct Upper {
    pub(super) layers: Vec<Layer>,
    shape: Shape,
}

/// Texts that went through the layers together, with all that the way back needs.
pub(crate) struct Batch {
    ends: Vec<usize>,
    traces: Vec<Trace>,
    /// Vectors, and the length of the sum that each was divided by.
    means: Vec<(Vector, f32)>,
}

impl Batch {
    /// Vectors of the texts, in order.
    pub(crate) fn vectors(&self) -> impl Iterator<Item = &Vector> {
        self.means.iter().map(|(vector, _)| vector)
    }
}

impl Upper {
    pub(super) fn new(layers: &[Layer], adapter: &Adapter, shape: Shape) -> Self {
        let layers = layers.iter().zip(adapter.pairs.chunks(MAPS)).map(|(layer, pairs)| layer.adapted(pairs));
        Self { layers: layers.collect(), shape }
    }

    /// A vector of length 1 for each text.
    pub(crate) fn vectors(&self, states: &[ArrayView2<'_, f32>]) -> Vec<Vector> {
        let of = |batch: &&[ArrayView2<'_, f32>]| {
            let (mut state, ends) = joined(batch);
            self.layers.iter().for_each(|layer| layer.pass(&mut state, &ends, self.shape));
            means(&state, &ends)
        };
        batches(states, ArrayView2::nrows).par_iter().flat_map_iter(of).collect()
    }

    /// The same with all that the way back needs.
    pub(crate) fn trace(&self, states: &[ArrayView2<'_, f32>]) -> Vec<Batch> {
        let of = |batch: &&[ArrayView2<'_, f32>]| {
            let (mut state, ends) = joined(batch);
            let mut traces = Vec::new();
            for layer in &self.layers {
                let trace;
                (state, trace) = layer.trace(state, &ends, self.shape);
                traces.push(trace);
            }
            let means = ends.windows(2).map(|pair| mean(&state, pair[0], pair[1])).collect();
            Batch { ends, traces, means }
        };
        batches(states, ArrayView2::nrows).par_iter().map(of).collect()
    }

    /// How an error changes with the numbers of the adapter, from how it changes with each vector.
    pub(crate) fn back(&self, batches: &[Batch], slopes: &[Vector], adapter: &Adapter) -> Adapter {
        let mut rest = slopes;
        let parted: Vec<(&Batch, &[Vector])> = batches
            .iter()
            .map(|batch| {
                let (own, others) = rest.split_at(batch.means.len());
                rest = others;
                (batch, own)
            })
            .collect();
        let found: Vec<Adapter> =
            parted.par_iter().map(|(batch, slopes)| self.back_of(batch, slopes, adapter)).collect();
        let mut sum = Adapter::default();
        for one in &found {
            sum.matrices_mut().zip(one.matrices()).for_each(|(sum, one)| *sum += one);
        }
        sum
    }

    fn back_of(&self, batch: &Batch, slopes: &[Vector], adapter: &Adapter) -> Adapter {
        let mut out = Adapter::default();
        let pieces = batch.ends.last().copied().unwrap_or_default();
        let mut slope = Array2::zeros((pieces, self.shape.hidden));
        for ((pair, (vector, length)), own) in batch.ends.windows(2).zip(&batch.means).zip(slopes) {
            let along = super::dot(vector, own);
            for mut row in slope.rows_mut().into_iter().take(pair[1]).skip(pair[0]) {
                row.iter_mut()
                    .zip(own.iter().zip(vector))
                    .for_each(|(value, (own, part))| *value = (own - along * part) / length);
            }
        }
        let layers = self.layers.iter().zip(&batch.traces);
        let adapters = adapter.pairs.chunks(MAPS).zip(out.pairs.chunks_mut(MAPS));
        for ((layer, trace), (pairs, slopes)) in layers.zip(adapters).rev() {
            slope = layer.back(trace, &slope, (&batch.ends, self.shape), pairs, slopes);
        }
        out
    }
}

/// Texts one behind the other, and where they end (the first number is 0).
fn joined(texts: &[ArrayView2<'_, f32>]) -> (Array2<f32>, Vec<usize>) {
    // views of one width fit together
    (concatenate(Axis(0), texts).unwrap_or_default(), ends(texts.iter().map(ArrayView2::nrows)))
}
