//! Low-rank adapters (Hu et al. 2021, arXiv:2106.09685): what the upper layers of the encoder learnt from posts and the titles
//! that check them. Each linear map of these layers adds a product of two thin matrices to its own.
//!
//! As bytes: for each layer, map and rank the column of both matrices, each as its scale (f32, little-endian) and one signed byte
//! per number.

use super::image::Shape;
use crate::model::trees::Bytes;
use ndarray::Array2;

/// Upper layers that are adapted.
pub(crate) const LAYERS: usize = 3;
/// Linear maps of a layer: query, key, value, out, widen, narrow.
pub(super) const MAPS: usize = 6;
/// Width of the thin matrices.
const RANK: usize = 8;
/// Sizes of the encoder: a vector, and what lies between the two steps of a layer's second half.
const HIDDEN: usize = super::LENGTH;
const INNER: usize = 1536;

/// What is added to one linear map: `up`ᵀ · `down`.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Pair {
    /// `[rank, inputs]`.
    pub down: Array2<f32>,
    /// `[rank, outputs]`.
    pub up: Array2<f32>,
}

impl Pair {
    fn new(inputs: usize, outputs: usize) -> Self {
        Self { down: Array2::zeros((RANK, inputs)), up: Array2::zeros((RANK, outputs)) }
    }

    /// What is added to a weight, `[outputs, inputs]`.
    pub fn product(&self) -> Array2<f32> {
        self.up.t().dot(&self.down)
    }
}

/// The adapters of all adapted layers, lowest first. The default changes nothing.
#[derive(Clone, Debug, PartialEq)]
pub struct Adapter {
    /// By layer and map.
    pub(super) pairs: Vec<Pair>,
}

impl Default for Adapter {
    fn default() -> Self {
        let sizes = [
            (HIDDEN, HIDDEN),
            (HIDDEN, HIDDEN),
            (HIDDEN, HIDDEN),
            (HIDDEN, HIDDEN),
            (HIDDEN, INNER),
            (INNER, HIDDEN),
        ];
        let layer = || sizes.map(|(inputs, outputs)| Pair::new(inputs, outputs));
        Self { pairs: (0..LAYERS).flat_map(|_| layer()).collect() }
    }
}

impl Adapter {
    /// Whether these adapters belong to an encoder of this shape.
    pub(super) fn fits(shape: Shape) -> bool {
        shape.hidden == HIDDEN && shape.inner == INNER && shape.layers >= LAYERS
    }

    /// All thin matrices: of each map `down`, then `up`.
    pub(crate) fn matrices(&self) -> impl Iterator<Item = &Array2<f32>> {
        self.pairs.iter().flat_map(|pair| [&pair.down, &pair.up])
    }

    /// The same, to be changed.
    pub(crate) fn matrices_mut(&mut self) -> impl Iterator<Item = &mut Array2<f32>> {
        self.pairs.iter_mut().flat_map(|pair| [&mut pair.down, &mut pair.up])
    }

    /// As bytes, see above; what is read of them is near, not the same.
    pub(crate) fn write(&self, out: &mut Vec<u8>) {
        for pair in &self.pairs {
            for (down, up) in pair.down.rows().into_iter().zip(pair.up.rows()) {
                for row in [down, up] {
                    let most = row.iter().fold(0.0_f32, |most, value| most.max(value.abs()));
                    let scale = most.max(f32::MIN_POSITIVE) / f32::from(i8::MAX);
                    out.extend(scale.to_le_bytes());
                    out.extend(row.iter().map(|value| (value / scale).round() as i8 as u8));
                }
            }
        }
    }

    /// As it is read again once it was written.
    pub(crate) fn rounded(&self) -> Self {
        let mut bytes = Vec::new();
        self.write(&mut bytes);
        Self::read(&mut Bytes(&bytes)).unwrap_or_default()
    }

    /// What [`write`](Self::write) wrote; `None` where bytes lack.
    pub(crate) fn read(bytes: &mut Bytes<'_>) -> Option<Self> {
        let mut adapter = Self::default();
        for pair in &mut adapter.pairs {
            for (down, up) in pair.down.rows_mut().into_iter().zip(pair.up.rows_mut()) {
                for mut row in [down, up] {
                    let scale = bytes.f32()?;
                    let (numbers, rest) = bytes.0.split_at_checked(row.len())?;
                    bytes.0 = rest;
                    row.iter_mut()
                        .zip(numbers)
                        .for_each(|(value, byte)| *value = scale * f32::from(*byte as i8));
                }
            }
        }
        Some(adapter)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_keep_each_number_to_a_hundredth_of_the_largest_beside_it() {
        let mut adapter = Adapter::default();
        for (at, value) in adapter.matrices_mut().flatten().enumerate() {
            *value = ((at * 37) % 101) as f32 / 101.0 - 0.5;
        }
        let mut bytes = Vec::new();
        adapter.write(&mut bytes);
        let read = Adapter::read(&mut Bytes(&bytes)).unwrap();
        let off = adapter.matrices().flatten().zip(read.matrices().flatten()).map(|(a, b)| (a - b).abs());
        assert!(off.fold(0.0, f32::max) < 0.005);
        // what was read is written as it was
        let mut again = Vec::new();
        read.write(&mut again);
        assert_eq!(Adapter::read(&mut Bytes(&again)).unwrap(), read);
        assert!(Adapter::read(&mut Bytes(&bytes[1..])).is_none());
        // a scale that is no number changes nothing
        bytes[..4].copy_from_slice(&f32::NAN.to_le_bytes());
        let read = Adapter::read(&mut Bytes(&bytes)).unwrap();
        assert!(read.matrices().flatten().all(|value| value.is_finite()));
    }
}
