//! What speaks for and against "the post says what this title says", as absolute numbers.

use super::index::ClaimIndex;
use super::query::Ranked;
use super::words::Word;
use std::collections::{HashMap, HashSet};

/// Length of an evidence vector.
pub const EVIDENCE: usize = 28;
/// Whether more of each number speaks for the match (1), against it (-1), or either (0); keeps the trees sensible where
/// training data are thin.
pub const DIRECTIONS: [i8; EVIDENCE] =
    [0, 1, 1, 0, 1, 1, 1, 1, -1, -1, 1, 1, 0, 0, 1, 1, 1, 1, 1, -1, 1, -1, 1, 1, 1, 1, 1, 1];
/// Places in the post that are looked at for order and nearness; bounds the work on very long posts.
const PLACES: usize = 400;
/// Words of a title that are looked at.
const TITLE: usize = 120;
/// Words within which a statement is usually made.
const WINDOW: u32 = 25;
/// From this weighted overlap on two titles tell the same story, so that one is no rival of the other.
const SAME_STORY: f32 = 0.4;

/// The words of a post, prepared once for all titles compared with it.
pub struct Evidence<'a> {
    index: &'a ClaimIndex,
    places: HashMap<u32, Vec<u32>>,
    known: f32,
    length: usize,
}

impl<'a> Evidence<'a> {
    /// Prepares the words of a post.
    pub fn of(index: &'a ClaimIndex, post: &[Word]) -> Self {
        let mut places: HashMap<u32, Vec<u32>> = HashMap::new();
        let kept = post.iter().filter(|word| !word.stop);
        let length = kept.clone().count();
        for (at, word) in kept.enumerate() {
            let places = places.entry(word.stem).or_default();
            if places.len() < 6 {
                places.push(at as u32);
            }
        }
        // summed in a fixed order: a hash map's own order would change the last digits
        let mut stems: Vec<u32> = places.keys().copied().collect();
        stems.sort_unstable();
        let known = stems.iter().map(|&stem| index.stem_idf(stem)).sum();
        Self { index, places, known, length }
    }

    /// The numbers for `ranked[at]`.
    pub fn vector(&self, ranked: &[Ranked], at: usize) -> [f32; EVIDENCE] {
        let hit = &ranked[at];
        let title = self.index.title_words(hit);
        let title: Vec<(&Word, f32)> = title
            .iter()
            .filter(|word| !word.stop)
            .take(TITLE)
            .map(|word| (word, self.index.stem_idf(word.stem)))
            .collect();
        let mut seen = HashSet::new();
        let distinct: Vec<&(&Word, f32)> = title.iter().filter(|(word, _)| seen.insert(word.stem)).collect();
        let has = |word: &Word| self.places.contains_key(&word.stem);
        let total = distinct.iter().map(|(_, idf)| idf).sum::<f32>().max(1e-6);
        let matched = || distinct.iter().filter(|(word, _)| has(word));
        let missing = || distinct.iter().filter(|(word, _)| !has(word));
        let sum_matched: f32 = matched().map(|(_, idf)| idf).sum();
        let most = |x: f32, (_, idf): &&&(&Word, f32)| x.max(*idf);
        let (order, run) = self.order(&title);
        let count = |of: &dyn Fn(&Word) -> bool| distinct.iter().filter(|(word, _)| of(word)).count() as f32;
        let capitals = count(&|word| word.capital).max(1.0);
        let (margin, relative) = self.margin(ranked, at);
        let (near, density) = self.nearness(&distinct);
        [
            hit.stems.raw,
            hit.stems.cover,
            hit.grams.cover,
            hit.grams.raw,
            hit.pairs.cover,
            hit.pairs.raw,
            margin,
            relative,
            missing().fold(0.0, |x, y| most(x, &y)),
            missing().map(|(_, idf)| idf).sum(),
            sum_matched,
            matched().count() as f32,
            distinct.len() as f32,
            (1.0 + self.length as f32).ln(),
            sum_matched / self.known.max(1e-6),
            near / total,
            run / total,
            order / total,
            count(&|word| word.number && has(word)),
            count(&|word| word.number && !has(word)),
            count(&|word| word.capital && has(word)) / capitals,
            count(&|word| word.capital && !has(word)),
            matched().fold(0.0, |x, y| most(x, &y)),
            hit.stems.scaled + 0.6 * hit.grams.scaled + 0.1 * hit.pairs.scaled,
            near,
            run,
            order,
            density,
        ]
    }

    /// How far the title is ahead of the best one that tells another story: on the ranking's scale, and as a share.
    fn margin(&self, ranked: &[Ranked], at: usize) -> (f32, f32) {
        let hit = &ranked[at];
        let rival =
            ranked.iter().enumerate().find(|&(other, r)| other != at && !self.index.same_story(hit, r));
        let raw = |r: &Ranked| r.stems.scaled + 0.6 * r.grams.scaled + 0.1 * r.pairs.scaled;
        rival
            .map_or((hit.lexical, 1.0), |(_, r)| (hit.lexical - r.lexical, 1.0 - raw(r) / raw(hit).max(1e-6)))
    }

    /// Most weight of distinct title words within a window of the post, and the share of the window's words they are.
    fn nearness(&self, title: &[&(&Word, f32)]) -> (f32, f32) {
        let mut places: Vec<(u32, u32, f32)> = Vec::new();
        for (word, idf) in title {
            for &place in self.places.get(&word.stem).into_iter().flatten() {
                places.push((place, word.stem, *idf));
            }
        }
        places.sort_unstable_by_key(|&(place, stem, _)| (place, stem));
        places.truncate(PLACES);
        let mut best = (0.0_f32, 0.0_f32);
        for from in 0..places.len() {
            let mut seen = HashSet::new();
            let window = places[from..].iter().take(40).take_while(|p| p.0 - places[from].0 <= WINDOW);
            let (mut weight, mut count, mut last) = (0.0, 0.0, places[from].0);
            for place in window.filter(|p| seen.insert(p.1)) {
                (weight, count, last) = (weight + place.2, count + 1.0, place.0);
            }
            if weight > best.0 {
                best = (weight, count / (last - places[from].0 + 1) as f32);
            }
        }
        best
    }

    /// Weight of the longest common subsequence and of the longest common run of title and post.
    fn order(&self, title: &[(&Word, f32)]) -> (f32, f32) {
        let stems: HashSet<u32> = title.iter().map(|(word, _)| word.stem).collect();
        let mut post: Vec<(u32, u32)> = Vec::new();
        for stem in &stems {
            post.extend(self.places.get(stem).into_iter().flatten().map(|&place| (place, *stem)));
        }
        post.sort_unstable();
        post.truncate(PLACES / 4);
        let mut subsequence = vec![0.0_f32; post.len() + 1];
        let mut runs = vec![0.0_f32; post.len() + 1];
        let mut longest = 0.0_f32;
        for &(word, idf) in title {
            let (before, runs_before) =
                (subsequence.clone(), std::mem::replace(&mut runs, vec![0.0; post.len() + 1]));
            for (at, &(place, stem)) in post.iter().enumerate() {
                if stem == word.stem {
                    subsequence[at + 1] = before[at] + idf;
                    let follows = at > 0 && post[at - 1].0 + 1 == place;
                    runs[at + 1] = idf + if follows { runs_before[at] } else { 0.0 };
                    longest = longest.max(runs[at + 1]);
                } else {
                    subsequence[at + 1] = subsequence[at].max(before[at + 1]);
                }
                subsequence[at + 1] = subsequence[at + 1].max(subsequence[at]);
            }
        }
        (subsequence[post.len()], longest)
    }
}

impl ClaimIndex {
    /// Whether two titles share so much of their weight that they tell the same story.
    pub fn same_story(&self, a: &Ranked, b: &Ranked) -> bool {
        if a.group == b.group {
            return true;
        }
        let (one, other) = (self.stems.title(a.group), self.stems.title(b.group));
        let mut shared = 0.0;
        let (mut i, mut j) = (0, 0);
        while let (Some(x), Some(y)) = (one.get(i), other.get(j)) {
            if x.0 == y.0 {
                shared += self.stems.idf(x.0);
            }
            i += usize::from(x.0 <= y.0);
            j += usize::from(y.0 <= x.0);
        }
        let either = self.stems.total(a.group) + self.stems.total(b.group) - shared;
        shared >= SAME_STORY * either.max(1e-6)
    }
}
