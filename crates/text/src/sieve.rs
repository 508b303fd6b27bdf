//! A set of hashes that is asked far more often for what it lacks than for what it has.

/// Two bits for each hash (Bloom 1970): small enough to stay at hand.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sieve {
    bits: Vec<u64>,
}

impl Sieve {
    /// Of these hashes, with `2^bits` bits, 64 at least.
    pub fn of(bits: u32, hashes: impl Iterator<Item = u64>) -> Self {
        let mut sieve = Self { bits: vec![0; (1 << bits.max(6)) / 64] };
        for hash in hashes {
            for (word, bit) in sieve.places(hash) {
                sieve.bits[word] |= 1 << bit;
            }
        }
        sieve
    }

    /// Whether the hash may be one of them; where not, it is none.
    #[inline]
    pub fn may_have(&self, hash: u64) -> bool {
        self.places(hash)
            .iter()
            .all(|&(word, bit)| self.bits.get(word).is_some_and(|bits| bits >> bit & 1 == 1))
    }

    /// Word and bit of both.
    fn places(&self, hash: u64) -> [(usize, u64); 2] {
        let mixed = hash.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        [hash ^ hash >> 32, mixed ^ mixed >> 32].map(|at| {
            let at = at % (self.bits.len().max(1) as u64 * 64);
            ((at / 64) as usize, at % 64)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_in_falls_through_and_most_else_does_not() {
        let hash = |n: u64| n.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let sieve = Sieve::of(12, (0..200).map(hash));
        assert!((0..200).all(|n| sieve.may_have(hash(n))));
        assert!((200..1200).filter(|n| sieve.may_have(hash(*n))).count() < 25);
        assert!(!Sieve::default().may_have(7));
    }
}
