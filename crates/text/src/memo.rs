//! What was found out about words, kept for the next time they come: words follow Zipf's law, so that a few thousand
//! answers serve most of a text.

/// Bytes of the longest word that is kept.
const LONGEST: usize = 24;

/// Places in which a word may be kept: the word that was asked for longest ago gives its place up.
const WAYS: usize = 4;

/// Answers by word, a fixed number of them: a new word takes the place of another.
#[derive(Clone, Debug)]
pub struct Memo<V> {
    sets: Vec<[(Key, V); WAYS]>,
}

/// The letters of a word as numbers, and their number: no two words of up to [`LONGEST`] bytes have the same.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Key {
    parts: [u64; 3],
    length: u64,
}

impl Key {
    #[inline]
    fn of(word: &str) -> Option<Self> {
        let bytes = word.as_bytes();
        let eight = |at: usize| bytes.get(at..)?.first_chunk::<8>().map(|part| u64::from_le_bytes(*part));
        let four = |part: &[u8; 4]| u64::from(u32::from_le_bytes(*part));
        // the last part may overlap the one before it: with the length, the word is still told
        let parts = match (bytes, bytes.len()) {
            (_, 8..=LONGEST) => {
                let last = eight(bytes.len() - 8)?;
                [eight(0)?, if bytes.len() > 16 { eight(8)? } else { 0 }, last]
            }
            (_, 4..8) => [four(bytes.first_chunk()?), 0, four(bytes.last_chunk()?)],
            ([first, .., last], 2..4) => [u64::from(*first), u64::from(bytes[1]), u64::from(*last)],
            ([only], _) => [u64::from(*only), 0, 0],
            _ => return None,
        };
        Some(Self { parts, length: bytes.len() as u64 })
    }

    #[inline]
    fn hash(&self) -> u64 {
        let [a, b, c] = self.parts;
        let mix = |hash: u64, part: u64| (hash.rotate_left(5) ^ part).wrapping_mul(0x517c_c1b7_2722_0a95);
        mix(mix(mix(self.length, a), b), c)
    }
}

impl<V: Copy + Default> Memo<V> {
    /// Room for `2^bits` words, eight at least.
    pub fn new(bits: u32) -> Self {
        Self { sets: vec![[(Key::default(), V::default()); WAYS]; (1 << bits.max(3)) / WAYS] }
    }

    /// Forgets all.
    pub fn clear(&mut self) {
        self.sets.fill([(Key::default(), V::default()); WAYS]);
    }

    /// The answer for `word`: the one that is kept, else what `find` says, which must always say the same.
    #[inline]
    pub fn get_or(&mut self, word: &str, find: impl FnOnce(&str) -> V) -> V {
        self.get_or_evict(word, find).0
    }

    /// The same, with the answer that is kept no more because of it, if there is one: that of another word, or the new one itself
    /// where the word is too long to be kept.
    #[inline]
    pub fn get_or_evict(&mut self, word: &str, find: impl FnOnce(&str) -> V) -> (V, Option<V>) {
        let unkept = |answer| (answer, Some(answer));
        let Some(key) = Key::of(word) else { return unkept(find(word)) };
        // the high bits of a product depend on all bits before it
        let at = key.hash() >> (64 - self.sets.len().trailing_zeros());
        let Some(set) = self.sets.get_mut(at as usize) else { return unkept(find(word)) };
        match set.iter().position(|(kept, _)| *kept == key) {
            Some(0) => (set[0].1, None),
            Some(way) => {
                set[..=way].rotate_right(1);
                (set[0].1, None)
            }
            None => {
                let answer = find(word);
                let (other, evicted) = std::mem::replace(&mut set[WAYS - 1], (key, answer));
                set.rotate_right(1);
                (answer, (other != Key::default()).then_some(evicted))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_has_its_own_answer_however_few_are_kept() {
        let letters = ["", "a", "b", "é", "ab", "ba", "aba", "abab", "😀"];
        let mut words: Vec<String> = letters.iter().map(|word| (*word).to_owned()).collect();
        for _ in 0..2 {
            words = words.iter().flat_map(|word| letters.map(|more| format!("{word}{more}"))).collect();
        }
        words.extend(["x".repeat(24), "x".repeat(25), "x".repeat(23), "abcdefghabcdefgh".into()]);
        let sum =
            |word: &str| word.bytes().fold(word.len() as u64, |sum, b| sum.wrapping_mul(31) + u64::from(b));
        for bits in [1, 4, 12] {
            let (mut memo, mut asked) = (Memo::new(bits), 0);
            for word in words.iter().chain(&words).flat_map(|word| [word, word]) {
                let answer = memo.get_or(word, |word| {
                    asked += 1;
                    sum(word)
                });
                assert_eq!(answer, sum(word), "{word}");
            }
            assert!(asked < words.len() * 4, "nothing is kept");
        }
    }
}
