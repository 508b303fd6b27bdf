//! Vectors of texts as bytes, to be kept between runs: making them takes a while.
//!
//! After the magic and the [key](super::Encoder::key) of the encoder for each text its length in bytes (u32), the text, the vector.

use super::LENGTH;
use std::collections::HashMap;
use std::io::Write;

/// What the encoder says of a text, of length 1.
pub type Vector = [f32; LENGTH];
/// Vectors made before, by text.
pub type Kept = HashMap<String, Vector>;

/// Begins a file of vectors.
const MAGIC: &[u8] = b"SARINGV1";
/// Vectors kept at most.
const MOST: usize = 200_000;

/// Reads what [`write()`] wrote; of bytes that were torn what is whole, of those of an encoder with another key nothing.
pub fn read(bytes: &[u8], key: &str) -> Kept {
    let mut rest = match bytes.strip_prefix(MAGIC).and_then(|rest| rest.strip_prefix(key.as_bytes())) {
        Some(rest) => rest,
        None => return Kept::new(),
    };
    let mut kept = Kept::new();
    while let Some((text, vector, after)) = entry(rest) {
        kept.insert(text.to_owned(), vector);
        rest = after;
    }
    kept
}

fn entry(bytes: &[u8]) -> Option<(&str, Vector, &[u8])> {
    let (length, rest) = bytes.split_first_chunk::<4>()?;
    let (text, rest) = rest.split_at_checked(u32::from_le_bytes(*length) as usize)?;
    let (numbers, rest) = rest.split_at_checked(LENGTH * 4)?;
    let mut vector = [0.0; LENGTH];
    for (value, four) in vector.iter_mut().zip(numbers.as_chunks::<4>().0) {
        *value = f32::from_le_bytes(*four);
    }
    Some((std::str::from_utf8(text).ok()?, vector, rest))
}

/// Writes vectors, at most 200,000.
///
/// # Errors
/// As the writer's.
pub fn write(kept: &Kept, key: &str, out: &mut impl Write) -> std::io::Result<()> {
    out.write_all(MAGIC)?;
    out.write_all(key.as_bytes())?;
    for (text, vector) in kept.iter().take(MOST) {
        out.write_all(&u32::try_from(text.len()).map_err(std::io::Error::other)?.to_le_bytes())?;
        out.write_all(text.as_bytes())?;
        for value in vector {
            out.write_all(&value.to_le_bytes())?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn torn_bytes_cost_only_their_end_and_other_bytes_are_no_vectors() {
        let kept: Kept = [("Beras plastik", 0.5), ("Air PDAM beracun", -0.25)]
            .map(|(title, value)| (title.to_owned(), [value; LENGTH]))
            .into();
        let mut bytes = Vec::new();
        write(&kept, "one", &mut bytes).unwrap();
        assert_eq!(read(&bytes, "one"), kept);
        assert_eq!(read(&bytes[..bytes.len() - 7], "one").len(), 1);
        assert!(read(&bytes, "two").is_empty());
        assert!(read(b"something else", "one").is_empty());
    }
}
