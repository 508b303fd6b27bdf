//! A closer look at the first few titles: where a post speaks of one, and what else it says there.
//!
//! The numbers are dear to make, so only titles that may be believed get them.

use super::index::ClaimIndex;
use super::words::Word;

/// Numbers of a closer look.
pub(super) const DETAILS: usize = 12;
/// Whether more of each speaks for the match (1), against it (-1), or either (0).
pub(super) const DIRECTIONS: [i8; DETAILS] = [1, 1, 1, 1, 1, 1, -1, -1, -1, 0, 0, -1];
/// Words of the post within which a title is looked for as a whole.
const WINDOW: usize = 25;
/// The same where the words between count against it; and places from which it is looked for.
const STRETCH: usize = 40;
/// Words that a post begins with: its point, and its first sentence.
const HEAD: usize = 12;
const OPENING: usize = 20;
/// Words of a post and of a title that are looked at.
const POST: usize = 600;
const TITLE: usize = 120;

/// A word of the post that is no stop word.
struct Kept {
    stem: u32,
    /// Among the stems of all titles: the word, and what Indonesian titles write for an English one.
    ids: [Option<u32>; 2],
    idf: f32,
    number: bool,
    capital: bool,
}

/// A distinct stem of a title.
#[derive(Clone, Copy)]
struct Part {
    id: u32,
    idf: f32,
    number: bool,
    capital: bool,
    found: bool,
}

/// The words of a post, weighed once for all titles.
pub(super) struct Details<'a> {
    index: &'a ClaimIndex,
    words: Vec<Kept>,
    /// Weight of all words before each.
    sums: Vec<f32>,
}

impl<'a> Details<'a> {
    /// Prepares a post.
    pub fn of(index: &'a ClaimIndex, post: &[Word]) -> Self {
        let kept = post.iter().filter(|word| !word.stop).take(POST);
        let words: Vec<Kept> = kept
            .map(|word| {
                let own = index.stems.id(word.stem);
                let read = index.read_id(word);
                let idf = own.or(read).map_or_else(|| index.stem_idf(word.stem), |id| index.stems.idf(id));
                Kept { stem: word.stem, ids: [own, read], idf, number: word.number, capital: word.capital }
            })
            .collect();
        let mut sums = vec![0.0];
        sums.extend(words.iter().scan(0.0, |sum, word| {
            *sum += word.idf;
            Some(*sum)
        }));
        Self { index, words, sums }
    }

    /// The numbers for one title (a group of the index).
    pub fn vector(&self, group: u32) -> [f32; DETAILS] {
        let mut parts = self.parts(group);
        let own: Vec<Option<usize>> = self.words.iter().map(|word| part(&parts, word.ids)).collect();
        own.iter().flatten().for_each(|&at| parts[at].found = true);
        let places: Vec<usize> = (0..own.len()).filter(|&at| own[at].is_some()).collect();
        let total = parts.iter().map(|part| part.idf).sum::<f32>().max(1e-6);
        let found = parts.iter().filter(|part| part.found).count() as f32;
        let missing = || parts.iter().filter(|part| !part.found);
        let around = self.window(&places, &own);
        let around = Around::of(&self.words[around.0..around.1], &own[around.0..around.1]);
        let (stretch, dense) = self.stretch(&places, &own, total);
        let other_number = missing().any(|part| part.number) && around.number;
        let length = self.words.len();
        [
            found / parts.len().max(1) as f32,
            share(&self.words[..length.min(HEAD)], &own),
            self.opening(&own, total),
            stretch,
            dense,
            around.share,
            f32::from(u8::from(other_number)),
            around.names,
            missing().filter(|part| part.capital).map(|part| part.idf).fold(0.0, f32::max),
            places.first().map_or(0.0, |&first| first as f32 / length as f32),
            places.last().map_or(length, |&last| length - last - 1) as f32,
            // the same bait is laid under ever new names
            f32::from(u8::from(self.index.groups[group as usize].scam)),
        ]
    }

    /// The distinct stems of a title by id.
    fn parts(&self, group: u32) -> Vec<Part> {
        let words = self.index.groups[group as usize].words.iter().take(TITLE);
        let part = |word: &super::index::TitleWord| Part {
            id: word.stem,
            idf: self.index.stems.idf(word.stem),
            number: word.number,
            capital: word.capital,
            found: false,
        };
        let mut parts: Vec<Part> = words.map(part).collect();
        parts.sort_by_key(|part| part.id);
        parts.dedup_by_key(|part| part.id);
        parts
    }

    /// The words of the post, from one of the title to another, that hold most of its weight.
    fn window(&self, places: &[usize], own: &[Option<usize>]) -> (usize, usize) {
        let (mut most, mut best) = (0.0, (0, 0));
        for (n, &from) in places.iter().enumerate() {
            let (mut seen, mut weight, mut last) = (0_u128, 0.0, from);
            for &at in places[n..].iter().take_while(|&&at| at - from <= WINDOW) {
                if is_new(&mut seen, own[at]) {
                    (weight, last) = (weight + self.words[at].idf, at);
                }
            }
            if weight > most {
                (most, best) = (weight, (from, last + 1));
            }
        }
        best
    }

    /// How well the best stretch of the post and the title cover each other (Dice's coefficient by weight), and the share of
    /// the stretch that is the title's.
    fn stretch(&self, places: &[usize], own: &[Option<usize>], total: f32) -> (f32, f32) {
        let mut best = (0.0, 0.0);
        for (n, &from) in places.iter().enumerate().take(STRETCH) {
            let (mut seen, mut weight) = (0_u128, 0.0);
            for &at in places[n..].iter().take_while(|&&at| at - from <= STRETCH) {
                if is_new(&mut seen, own[at]) {
                    weight += self.words[at].idf;
                    let all = (self.sums[at + 1] - self.sums[from]).max(1e-6);
                    let both = 2.0 * weight / (all + total);
                    if both > best.0 {
                        best = (both, weight / all);
                    }
                }
            }
        }
        best
    }

    /// How well the title and the beginning of the post, wherever it ends, cover each other.
    fn opening(&self, own: &[Option<usize>], total: f32) -> f32 {
        let (mut seen, mut weight, mut best) = (0_u128, 0.0, 0.0_f32);
        for (at, own) in own.iter().enumerate().take(OPENING) {
            if own.is_some() && is_new(&mut seen, *own) {
                weight += self.words[at].idf;
            }
            best = best.max(2.0 * weight / (self.sums[at + 1] + total));
        }
        best
    }
}

/// What else stands where a post speaks of a title.
struct Around {
    /// Share of the weight that is the title's.
    share: f32,
    /// Weight of capitalised words that the title lacks.
    names: f32,
    /// Whether there is a number that the title lacks.
    number: bool,
}

impl Around {
    fn of(words: &[Kept], own: &[Option<usize>]) -> Self {
        let (mut all, mut shared, mut names, mut number) = (0.0, 0.0, 0.0, false);
        for (at, (word, own)) in words.iter().zip(own).enumerate() {
            if words[..at].iter().any(|before| before.stem == word.stem) {
                continue;
            }
            all += word.idf;
            match own {
                Some(_) => shared += word.idf,
                None => {
                    names += if word.capital { word.idf } else { 0.0 };
                    number |= word.number;
                }
            }
        }
        Self { share: if all > 0.0 { shared / all } else { 0.0 }, names, number }
    }
}

/// Share of the words' weight that is the title's, each stem once.
fn share(words: &[Kept], own: &[Option<usize>]) -> f32 {
    Around::of(words, &own[..words.len()]).share
}

fn part(parts: &[Part], ids: [Option<u32>; 2]) -> Option<usize> {
    let of = |id: &u32| parts.binary_search_by_key(id, |part| part.id).ok();
    ids.iter().flatten().find_map(of)
}

/// Marks a part as seen; whether it was not before. [`TITLE`] parts fit.
fn is_new(seen: &mut u128, part: Option<usize>) -> bool {
    let bit = part.map_or(0, |part| 1 << part);
    let new = *seen & bit == 0;
    *seen |= bit;
    new
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::claims::words;
    use saring_domain::Claim;
    use std::sync::Arc;

    #[test]
    fn a_closer_look_tells_where_a_title_stands_and_what_else_is_said() {
        let titles =
            ["Jembatan Wirasana Ambruk 2 Mei", "Beras Plastik Beredar di Pasar Sukamulur", "Ular Sawah"];
        let claims: Vec<Claim> = titles
            .iter()
            .map(|title| serde_json::from_value(serde_json::json!({"id": title, "title": title})).unwrap())
            .collect();
        let index = ClaimIndex::new(&claims, Arc::default());
        let look = |post: &str| Details::of(&index, &words(post)).vector(0);
        let whole = look("Jembatan Wirasana ambruk 2 Mei");
        assert!(whole[..6].iter().all(|share| (share - 1.0).abs() < 1e-5), "{whole:?}");
        assert_eq!(whole[6..], [0.0; 6]);
        let other = look("Kemarin jembatan Karangsuma Wirasana ambruk 7 Mei, kata warga");
        assert!(other[0] < 1.0 && other[1] < 1.0 && other[3] < 1.0 && other[5] < 1.0, "{other:?}");
        assert!((other[6] - 1.0).abs() < 1e-6 && other[7] > 0.0 && other[9] > 0.0, "{other:?}");
        assert!((other[10] - 2.0).abs() < 1e-6, "{other:?}");
        assert_eq!(look("")[..8], [0.0; 8]);
        let scam =
            [serde_json::from_value(serde_json::json!({"id": "s", "title": "Lowongan Kerja PT Kelorang"}))
                .unwrap()];
        let index = ClaimIndex::new(&scam, Arc::default());
        assert!(Details::of(&index, &words("lowongan")).vector(0)[11] > 0.0);
    }
}
