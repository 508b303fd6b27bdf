//! Which of the `2^bits` buckets a model knows: one bit each, and a count per word of bits that gives every known bucket
//! its row. Few buckets are known, so that many can be told apart and only the rows of the known ones take room.

/// The known buckets, in rising order; the n-th has row n.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Buckets {
    mask: u32,
    words: Vec<u64>,
    /// Known buckets before each word.
    before: Vec<u32>,
}

impl Buckets {
    /// Of `2^bits` buckets those in `known`, which rise.
    pub fn new(bits: u32, known: impl Iterator<Item = u32>) -> Self {
        let mut words = vec![0_u64; (1_usize << bits).div_ceil(64)];
        for bucket in known {
            if let Some(word) = words.get_mut(bucket as usize / 64) {
                *word |= 1 << (bucket % 64);
            }
        }
        let mut seen = 0;
        let count = |word: &u64| {
            seen += word.count_ones();
            seen - word.count_ones()
        };
        let before = words.iter().map(count).collect();
        Self { mask: u32::MAX >> (32 - bits.clamp(1, 31)), words, before }
    }

    /// The row of the bucket of a feature, if it is known.
    #[inline]
    pub fn row(&self, feature: u32) -> Option<u32> {
        let bucket = feature & self.mask;
        let (at, bit) = (bucket as usize / 64, 1_u64 << (bucket % 64));
        let word = self.words.get(at).filter(|word| **word & bit != 0)?;
        Some(self.before.get(at)? + (word & (bit - 1)).count_ones())
    }

    /// The known buckets, in order.
    pub fn list(&self) -> impl Iterator<Item = u32> {
        let of = |(at, word): (usize, &u64)| {
            let word = *word;
            (0..64).filter(move |bit| word >> bit & 1 == 1).map(move |bit| at as u32 * 64 + bit)
        };
        self.words.iter().enumerate().flat_map(of)
    }

    /// Appends the distances from each known bucket to the next: seven bits a byte, the high bit says that more come.
    pub fn write(&self, out: &mut Vec<u8>) {
        let mut next = 0;
        for bucket in self.list() {
            let mut gap = bucket - next;
            while gap >= 0x80 {
                out.push(gap as u8 | 0x80);
                gap >>= 7;
            }
            out.push(gap as u8);
            next = bucket + 1;
        }
    }

    /// Reads `rows` known buckets from the front of `bytes` and gives the rest; nothing where they do not fit.
    pub fn read(bits: u32, rows: usize, bytes: &[u8]) -> Option<(Self, &[u8])> {
        let (mut rest, mut next) = (bytes, 0_u64);
        let mut known = Vec::new();
        for _ in 0..rows {
            let mut gap = 0_u64;
            for shift in (0..35).step_by(7) {
                let (byte, after) = rest.split_first()?;
                rest = after;
                gap |= u64::from(byte & 0x7f) << shift;
                if byte & 0x80 == 0 {
                    break;
                }
            }
            let bucket = next + gap;
            if bucket >> bits != 0 {
                return None;
            }
            known.push(bucket as u32);
            next = bucket + 1;
        }
        Some((Self::new(bits, known.into_iter()), rest))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_follow_the_order_of_the_buckets() {
        let known = [0, 3, 63, 64, 200, 1023];
        let buckets = Buckets::new(10, known.into_iter());
        for (row, bucket) in known.into_iter().enumerate() {
            assert_eq!(buckets.row(bucket), Some(row as u32));
            assert_eq!(buckets.row(bucket + 1024), Some(row as u32), "higher bits do not count");
        }
        assert_eq!(buckets.row(1), None);
        assert!(buckets.list().eq(known));
    }

    #[test]
    fn what_is_written_is_read_back_and_what_does_not_fit_is_refused() {
        let buckets = Buckets::new(16, [5, 6, 400, 65_535].into_iter());
        let mut bytes = Vec::new();
        buckets.write(&mut bytes);
        bytes.push(7);
        assert_eq!(Buckets::read(16, 4, &bytes), Some((buckets, &[7][..])));
        assert_eq!(Buckets::read(16, 9, &bytes), None);
        assert_eq!(Buckets::read(10, 4, &bytes), None);
    }
}
