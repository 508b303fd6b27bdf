//! The file of a sentence encoder: multilingual-e5-small with its tokenizer in one image, weights in 4 bits.
//!
//! All numbers are little-endian. Header: `E5S1`, version, hidden size, layers, heads, inner size, vocabulary, positions, types
//! (i32 each), epsilon (f32), block size (i32). Tokenizer: count, four special ids (i32), length of the pieces (u64), offsets
//! (count + 1 times u32), scores (f32), bytes; then the map of characters. Then a directory of tensors: name, type, count,
//! offset, length. A block of 32 weights is an f16 scale `d` and 16 bytes; weight `i` is `(low nibble i - 8) d`, weight `i + 16`
//! the same of the high one.

use super::EncoderError;
use super::pieces::Pieces;
use ndarray::Array2;
use std::collections::HashMap;

/// Weights in a block.
const BLOCK: usize = 32;
/// Bytes of a block.
const BLOCK_BYTES: usize = 18;

/// Shape of the network.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Shape {
    /// Length of a vector.
    pub hidden: usize,
    /// Layers.
    pub layers: usize,
    /// Attention heads.
    pub heads: usize,
    /// Size between the two steps of a layer's second half.
    pub inner: usize,
    /// Tokens of a text at most, both ends included.
    pub positions: usize,
    /// What keeps a variance of nothing from dividing by nothing.
    pub epsilon: f32,
}

/// A checked image.
pub(super) struct Image {
    pub(super) shape: Shape,
    pub(super) pieces: Pieces,
    bytes: Vec<u8>,
    tensors: HashMap<String, usize>,
}

impl Image {
    pub(super) fn read(bytes: Vec<u8>) -> Result<Self, EncoderError> {
        let mut at = Reader { bytes: &bytes, at: 0 };
        if at.take(4)? != b"E5S1" {
            return Err(EncoderError::Damaged);
        }
        at.u32()?; // version of the writer
        let [hidden, layers, heads, inner, _words, positions, _types] = at.sizes()?;
        let epsilon = at.f32()?;
        let shape = Shape { hidden, layers, heads, inner, positions, epsilon };
        let whole = hidden % BLOCK == 0 && inner % BLOCK == 0 && heads > 0 && hidden % heads.max(1) == 0;
        if !whole || at.u32()? as usize != BLOCK || positions < 3 {
            return Err(EncoderError::Damaged);
        }
        let pieces = Pieces::read(&mut at)?;
        let mut tensors = HashMap::new();
        for _ in 0..at.u32()? {
            let length = at.u16()? as usize;
            let name = String::from_utf8_lossy(at.take(length)?).into_owned();
            at.take(1 + 4)?;
            tensors.insert(name, at.u64()?);
            at.take(8)?;
        }
        Ok(Self { shape, pieces, tensors, bytes })
    }

    fn tensor(&self, name: &str, length: usize) -> Result<&[u8], EncoderError> {
        let start = *self.tensors.get(name).ok_or(EncoderError::Damaged)?;
        let end = start.checked_add(length).ok_or(EncoderError::Damaged)?;
        self.bytes.get(start..end).ok_or(EncoderError::Damaged)
    }

    /// `count` plain numbers.
    pub(super) fn numbers(&self, name: &str, count: usize) -> Result<Vec<f32>, EncoderError> {
        Ok(self
            .tensor(name, count * 4)?
            .as_chunks::<4>()
            .0
            .iter()
            .map(|four| f32::from_le_bytes(*four))
            .collect())
    }

    /// A matrix of blocks, `[rows, columns]`.
    pub(super) fn matrix(
        &self,
        name: &str,
        rows: usize,
        columns: usize,
    ) -> Result<Array2<f32>, EncoderError> {
        let bytes = self.tensor(name, rows * row_bytes(columns))?;
        let mut out = Array2::zeros((rows, columns));
        for (mut row, bytes) in out.rows_mut().into_iter().zip(bytes.chunks_exact(row_bytes(columns))) {
            unpack(bytes, row.as_slice_mut().ok_or(EncoderError::Damaged)?);
        }
        Ok(out)
    }

    /// Row `id` of the table of words.
    pub(super) fn word(&self, id: u32, into: &mut [f32]) -> Result<(), EncoderError> {
        let length = row_bytes(into.len());
        let all = self.tensor("emb.word", (id as usize + 1) * length)?;
        unpack(&all[id as usize * length..], into);
        Ok(())
    }
}

fn row_bytes(columns: usize) -> usize {
    columns / BLOCK * BLOCK_BYTES
}

fn unpack(bytes: &[u8], into: &mut [f32]) {
    for (block, out) in bytes.as_chunks::<BLOCK_BYTES>().0.iter().zip(into.chunks_exact_mut(BLOCK)) {
        let scale = half(u16::from_le_bytes([block[0], block[1]]));
        for (at, byte) in block[2..].iter().enumerate() {
            out[at] = (f32::from(byte & 15) - 8.0) * scale;
            out[at + BLOCK / 2] = (f32::from(byte >> 4) - 8.0) * scale;
        }
    }
}

/// A number of 16 bits (IEEE 754 binary16).
fn half(bits: u16) -> f32 {
    let (sign, exponent, fraction) = (bits >> 15, bits >> 10 & 31, f32::from(bits & 1023) / 1024.0);
    let size = match exponent {
        0 => fraction * 2_f32.powi(-14),
        31 => f32::NAN,
        _ => (1.0 + fraction) * 2_f32.powi(i32::from(exponent) - 15),
    };
    if sign == 1 { -size } else { size }
}

/// Where reading stands.
pub(super) struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    pub(super) fn take(&mut self, count: usize) -> Result<&'a [u8], EncoderError> {
        let end = self.at.checked_add(count).ok_or(EncoderError::Damaged)?;
        let found = self.bytes.get(self.at..end).ok_or(EncoderError::Damaged)?;
        self.at = end;
        Ok(found)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], EncoderError> {
        self.take(N)?.try_into().map_err(|_| EncoderError::Damaged)
    }

    pub(super) fn u16(&mut self) -> Result<u16, EncoderError> {
        Ok(u16::from_le_bytes(self.array()?))
    }

    pub(super) fn u32(&mut self) -> Result<u32, EncoderError> {
        Ok(u32::from_le_bytes(self.array()?))
    }

    pub(super) fn u64(&mut self) -> Result<usize, EncoderError> {
        usize::try_from(u64::from_le_bytes(self.array()?)).map_err(|_| EncoderError::Damaged)
    }

    pub(super) fn f32(&mut self) -> Result<f32, EncoderError> {
        Ok(f32::from_le_bytes(self.array()?))
    }

    fn sizes<const N: usize>(&mut self) -> Result<[usize; N], EncoderError> {
        let mut out = [0; N];
        for size in &mut out {
            *size = self.u32()? as usize;
        }
        Ok(out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn halves_are_read() {
        for (bits, number) in
            [(0x3c00, 1.0), (0xc000, -2.0), (0x3555, 0.333_251_95), (0x0001, 5.960_464_5e-8), (0, 0.0)]
        {
            assert_eq!(half(bits), number, "{bits:x}");
        }
    }

    #[test]
    fn a_block_is_unpacked_low_nibbles_first() {
        let mut block = vec![0x00, 0x3c];
        block.extend((0..16).map(|at| at as u8 | 0xf0 & !(at as u8) << 4));
        let mut out = [0.0; 32];
        unpack(&block, &mut out);
        assert_eq!((out[0], out[15], out[16], out[31]), (-8.0, 7.0, 7.0, -8.0));
    }

    #[test]
    fn what_is_no_encoder_is_refused() {
        for bytes in [&b""[..], b"E5S1", b"GGUF0000000000000000000000000000000000000000000000000000000"] {
            assert_eq!(Image::read(bytes.to_vec()).err(), Some(EncoderError::Damaged));
        }
    }
}
