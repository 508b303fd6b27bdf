//! Which of the `2^bits` buckets a model knows: one bit each, and a count per word of bits that gives every known bucket
//! its number. Few buckets are known, so that many can be told apart and only the rows of the known ones take room.

/// The known buckets, in rising order; the row of each is the model's choice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Buckets {
    mask: u32,
    words: Vec<Bits>,
    /// The row of the n-th known bucket; behind them their number, for all that are unknown.
    rows: Vec<u32>,
}

/// The bits of 32 buckets and the known buckets before them, side by side: one cache line for both.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Bits {
    known: u32,
    before: u32,
}

impl Buckets {
    /// Of `2^bits` buckets those in `known`, which rise; the n-th has row n.
    pub fn new(bits: u32, known: impl Iterator<Item = u32>) -> Self {
        let mut words = vec![Bits::default(); (1_usize << bits).div_ceil(32)];
        for bucket in known {
            if let Some(word) = words.get_mut(bucket as usize / 32) {
                word.known |= 1 << (bucket % 32);
            }
        }
        let mut count = 0;
        for word in &mut words {
            word.before = count;
            count += word.known.count_ones();
        }
        Self { mask: u32::MAX >> (32 - bits.clamp(1, 31)), words, rows: (0..=count).collect() }
    }

    /// The same where the n-th known bucket has row `rows[n]`.
    pub fn with_rows(mut self, rows: &[u32]) -> Self {
        self.rows.iter_mut().zip(rows).for_each(|(to, row)| *to = *row);
        self
    }

    /// How many buckets are known.
    pub fn count(&self) -> u32 {
        self.rows.len() as u32 - 1
    }

    /// The rows of the known buckets, in the order of these.
    pub fn rows(&self) -> &[u32] {
        &self.rows[..self.rows.len() - 1]
    }

    /// The number of the bucket of a feature among the known ones, and whether it is known.
    #[inline]
    fn number(&self, feature: u32) -> (u32, bool) {
        let bucket = feature & self.mask;
        let word = self.words.get(bucket as usize / 32).copied().unwrap_or_default();
        let below = word.known & ((1 << (bucket % 32)) - 1);
        (word.before + below.count_ones(), word.known >> (bucket % 32) & 1 == 1)
    }

    /// The row of the bucket of a feature; [`Buckets::count`] where it is unknown. Without a branch: which features are known
    /// cannot be guessed.
    #[inline]
    pub fn row_or_count(&self, feature: u32) -> u32 {
        let (number, known) = self.number(feature);
        self.rows[if known { number as usize } else { self.rows.len() - 1 }]
    }

    /// Appends the rows of the features whose buckets are known. Without branches that cannot be guessed, and in two steps, so that
    /// no look-up waits for another.
    pub fn push_known(&self, features: &[u32], out: &mut Vec<u32>) {
        let from = out.len();
        out.resize(from + features.len(), 0);
        let new = &mut out[from..];
        let mut taken = 0;
        for feature in features {
            let (number, known) = self.number(*feature);
            new[taken] = number;
            taken += usize::from(known);
        }
        new[..taken].iter_mut().for_each(|row| *row = self.rows[*row as usize]);
        out.truncate(from + taken);
    }

    /// The known buckets, in order.
    pub fn list(&self) -> impl Iterator<Item = u32> {
        let of = |(at, word): (usize, &Bits)| {
            let known = word.known;
            (0..32).filter(move |bit| known >> bit & 1 == 1).map(move |bit| at as u32 * 32 + bit)
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
            assert_eq!(buckets.row_or_count(bucket), row as u32);
            assert_eq!(buckets.row_or_count(bucket + 1024), row as u32, "higher bits do not count");
        }
        assert_eq!((buckets.row_or_count(1), buckets.count()), (6, 6));
        let (mut rows, features) = (vec![9], [1023, 1, 64, 2, 0, 64, 1024]);
        buckets.push_known(&features, &mut rows);
        assert_eq!(rows, [9, 5, 3, 0, 3, 0]);
        let turned = buckets.clone().with_rows(&[5, 4, 3, 2, 1, 0]);
        assert_eq!((turned.row_or_count(0), turned.row_or_count(1023), turned.row_or_count(1)), (5, 0, 6));
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
