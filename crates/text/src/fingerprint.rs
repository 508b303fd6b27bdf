//! Fingerprints of plain text: equal texts, and texts that differ by small edits.
//!
//! Near copies are found by MinHash (Broder 1997) over pairs of neighbouring words: the share of equal values estimates
//! the share of common pairs. Values are found again through bands of three (Indyk & Motwani 1998): at a share of 0.5
//! a copy is missed once in sixteen times, at 0.6 once in two hundred. All constants are fixed: prints of
//! different versions and machines can be compared.

use crate::plain::{Plain, Token};

/// Values of a signature, 16 bits each; 64 estimate a share of one half to within 0.06.
const SLOTS: usize = 64;
/// Words of a signature, of four values each.
const PACKED: usize = SLOTS / 4;
/// Values that candidates share.
const BAND: usize = 3;
/// Texts of fewer words are compared as a whole only.
const FEWEST: usize = 5;
/// From this likeness on, a text is a near copy: one word changed in nine leaves 0.6 of the pairs.
pub const SAME: f64 = 0.4;

/// Words that turn a statement round, and words that call one a hoax: a text with one is no copy of a text without.
const NEGATIONS: &[&str] = &[
    "tidak", "tak", "bukan", "belum", "tanpa", "jangan", "ora", "mboten", "dudu", "henteu", "teu", "sanes",
    "not", "never",
];
const DENIALS: &[&str] = &["hoaks", "hoax", "disinformasi", "misinformasi", "klarifikasi", "faktanya"];

const SEED: u64 = 0x9e37_79b9_7f4a_7c15;

/// Exact fingerprint: equal for texts with the same plain words in the same order.
pub fn exact(plain: &Plain) -> u64 {
    plain.words().fold(EMPTY, |hash, token| fnv(fnv(hash, &token.text), " "))
}

/// FNV-1a: stable across versions and machines, unlike the standard hasher.
const EMPTY: u64 = 0xcbf2_9ce4_8422_2325;

fn fnv(hash: u64, text: &str) -> u64 {
    text.bytes().fold(hash, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

/// The finaliser of SplitMix64.
fn mix(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// Fingerprint of a text, small enough to keep for a month.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Print {
    /// Equal for texts with the same plain words in the same order.
    pub exact: u64,
    /// The signature, four 16-bit values in each, and behind it (not in old prints) a bit each for a negation and for a word that calls something a hoax;
    /// empty for a text of fewer than five words.
    pub near: Vec<u64>,
}

impl Print {
    /// The print of a text. Linear in its length.
    pub fn of(plain: &Plain) -> Self {
        let exact = exact(plain);
        let words = content(plain);
        if words.len() < FEWEST {
            return Self { exact, near: Vec::new() };
        }
        let mut least = [u32::MAX; SLOTS];
        for pair in words.windows(2) {
            let pair = mix(pair[0] ^ pair[1].rotate_left(29));
            for (slot, least) in (0_u64..).zip(&mut least) {
                // one multiplication per slot: the high half of a product by an odd constant is well spread
                let value = (pair ^ slot.wrapping_mul(SEED)).wrapping_mul(SEED.wrapping_add(2 * slot));
                *least = (*least).min((value >> 32) as u32);
            }
        }
        // the smallest values have small high halves; only a second mixing makes their low halves telling
        let short = |value: &u32| mix(u64::from(*value)) & 0xffff;
        let pack = |four: &[u32]| four.iter().fold(0, |packed, value| packed << 16 | short(value));
        let has = |list: &[&str]| u64::from(plain.words().any(|token| list.contains(&token.text.as_str())));
        let stance = has(NEGATIONS) | has(DENIALS) << 1;
        Self { exact, near: least.chunks(4).map(pack).chain([stance]).collect() }
    }

    /// Estimated share of common word pairs in 0..=1; 0 where either has no signature.
    pub fn likeness(&self, other: &Self) -> f64 {
        let same = |a: u64, b: u64| (0..4).filter(|lane| (a ^ b) >> (16 * lane) & 0xffff == 0).count();
        let pairs = self.near.iter().zip(&other.near).take(PACKED);
        let same: usize = pairs.map(|(a, b)| same(*a, *b)).sum();
        same as f64 / SLOTS as f64
    }

    /// Whether only one negates or denies something: "is burning" and "is not burning" share most of their words.
    pub fn contradicts(&self, other: &Self) -> bool {
        match (self.near.get(PACKED), other.near.get(PACKED)) {
            (Some(own), Some(other)) => own != other,
            _ => false,
        }
    }

    /// Whether one is a copy of the other, exact or near.
    pub fn resembles(&self, other: &Self) -> bool {
        self.exact == other.exact || self.likeness(other) >= SAME && !self.contradicts(other)
    }

    /// Whether there are no words to compare (only emoji, links or nothing).
    pub fn is_blank(&self) -> bool {
        self.near.is_empty() && self.exact == EMPTY
    }

    /// Keys under which near copies are found: two copies very likely share one.
    pub fn bands(&self) -> Vec<u64> {
        let values: Vec<u16> = self.values().collect();
        let key = |(at, band): (usize, &[u16])| {
            mix(band
                .iter()
                .fold(at as u64 + 1, |key, value| key << 16 | u64::from(*value))
                .wrapping_mul(SEED))
        };
        values.chunks_exact(BAND).enumerate().map(key).collect()
    }

    fn values(&self) -> impl Iterator<Item = u16> {
        self.near.iter().take(PACKED).flat_map(|packed| [48, 32, 16, 0].map(|shift| (packed >> shift) as u16))
    }
}

/// Hashes of the words that make the content: hashtags decorate, unless they are all there is. Halves of a repeated word
/// count as two, so that `anak2` and `anak anak` are alike.
fn content(plain: &Plain) -> Vec<u64> {
    let hashes = |hashtags: bool| {
        let words = plain.words().filter(move |token: &&Token| hashtags || !token.hashtag);
        words.flat_map(|token| token.text.split('-')).map(|word| fnv(EMPTY, word)).collect::<Vec<_>>()
    };
    let words = hashes(false);
    if words.len() >= FEWEST { words } else { hashes(true) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn print(text: &str) -> Print {
        Print::of(&Plain::of(text))
    }

    /// Own sentences; pairs of them make posts of 15 to 25 words.
    fn posts() -> Vec<String> {
        let lines: Vec<&str> = [
            include_str!("../../../samples/language/id.txt"),
            include_str!("../../../samples/language/jv.txt"),
            include_str!("../../../samples/language/su.txt"),
        ]
        .iter()
        .flat_map(|text| text.lines())
        .filter(|line| line.split(' ').count() >= 8)
        .collect();
        let short = lines.iter().map(|line| (*line).to_owned());
        short.chain(lines.chunks_exact(2).map(|two| two.join(". "))).collect()
    }

    fn variants(post: &str) -> Vec<(&'static str, String)> {
        let words: Vec<&str> = post.split(' ').collect();
        let middle = words.len() / 2;
        let edited = |edit: &dyn Fn(&mut Vec<&str>)| {
            let mut words = words.clone();
            edit(&mut words);
            words.join(" ")
        };
        vec![
            ("head", format!("Info dari grup sebelah: {post}")),
            ("tail", format!("{post} (sumber: grup sebelah)")),
            ("decoration", format!("‼️ {post} 🙏🙏 #Viral #InfoWarga https://contoh.id/a")),
            ("case", post.to_uppercase()),
            ("stretched", format!("{post}!!!").replace("a ", "aaaa ")),
            ("one word more", edited(&|words| words.insert(middle, "memang"))),
            ("last word less", edited(&|words| words.truncate(words.len() - 1))),
            ("one word changed", edited(&|words| words[middle] = "kemudian")),
            ("swapped", edited(&|words| words.swap(middle, middle + 1))),
            ("spelling", post.replace("yang", "yg").replace("dengan", "dgn").replace("tidak", "gak")),
        ]
    }

    #[test]
    fn near_copies_are_found_and_other_posts_are_not() {
        let posts = posts();
        let mut found: std::collections::BTreeMap<&str, (usize, usize)> = std::collections::BTreeMap::new();
        let prints: Vec<Print> = posts.iter().map(|post| print(post)).collect();
        for (post, own) in posts.iter().zip(&prints) {
            for (name, variant) in variants(post) {
                let other = print(&variant);
                // through the bands, as an index finds it
                let meets =
                    own.exact == other.exact || own.bands().iter().any(|key| other.bands().contains(key));
                let count = found.entry(name).or_default();
                count.1 += 1;
                count.0 += usize::from(meets && own.resembles(&other));
            }
        }
        let short = posts.iter().take_while(|post| !post.contains(". ")).count();
        let mut false_copies = 0;
        for (at, one) in prints[..short].iter().enumerate() {
            false_copies += prints[..at].iter().filter(|other| one.resembles(other)).count();
        }
        let (right, all) = found.values().fold((0, 0), |sum, count| (sum.0 + count.0, sum.1 + count.1));
        let (recall, precision) = (right as f64 / all as f64, right as f64 / (right + false_copies) as f64);
        println!(
            "near copies of {} posts: recall {recall:.3}, precision {precision:.4}; {found:?}",
            posts.len()
        );
        assert!(all > 1000 && recall >= 0.95 && precision >= 0.99, "{recall} {precision} {found:?}");
    }

    #[test]
    fn a_denial_is_no_copy() {
        let post = "Kapal feri tujuan Pulau Karangsuma terbakar di dermaga utara tadi malam, semua penumpang selamat";
        for (other, copies) in [
            (post.replace("terbakar", "tidak terbakar"), false),
            (format!("HOAKS! {post}"), false),
            (format!("Barusan dapat info: {post}"), true),
        ] {
            assert_eq!(print(post).resembles(&print(&other)), copies, "{other}");
        }
        let mut old = print(post);
        old.near.truncate(PACKED);
        assert!(old.resembles(&print(&format!("HOAKS! {post}"))), "an old print knows nothing of it");
    }

    #[test]
    fn prints_are_the_same_in_every_version() {
        let print = print("Warga desa gotong royong membersihkan selokan hari Minggu");
        assert_eq!((print.exact, print.near[0], print.bands().first().copied()), KNOWN);
        assert_eq!(print.near.len(), PACKED + 1);
    }

    const KNOWN: (u64, u64, Option<u64>) =
        (8_424_257_865_913_696_306, 17_789_294_458_287_603_625, Some(16_652_853_364_680_100_183));

    #[test]
    fn short_and_empty_texts() {
        assert!(print("").is_blank() && print("😂 @warga").is_blank());
        assert!(print("jembatan ditutup").resembles(&print("Jembatan DITUTUP!!")));
        assert!(!print("jembatan ditutup").resembles(&print("jembatan dibuka")));
        assert!(print("jembatan ditutup").near.is_empty());
    }
}
