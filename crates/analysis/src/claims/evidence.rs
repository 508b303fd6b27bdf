//! What speaks for and against "the post says what this title says", as absolute numbers.

use super::detail::{self, DETAILS, Details};
use super::index::{ClaimIndex, TitleWord};
use super::query::Ranked;
use super::words::Word;
use std::cell::RefCell;

/// Length of an evidence vector.
pub const EVIDENCE: usize = WORDS + DENSE + DETAILS;
/// Numbers at its beginning, of the words.
pub(super) const WORDS: usize = 30;
/// Numbers behind them of how near the title lies: by the static embeddings, then by the encoder, which only the precise mode has.
pub(super) const DENSE: usize = 2 * NEAR;
/// Those of one of them: the cosine, how far it is ahead of the best of the other titles, its place among them (logarithm), how far
/// it is ahead of the best of other stories.
const NEAR: usize = 4;
/// Whether more of each number speaks for the match (1), against it (-1), or either (0); keeps the trees sensible where
/// training data are thin.
pub const DIRECTIONS: [i8; EVIDENCE] = {
    let of_words = [
        0, 1, 1, 0, 1, 1, 1, 1, -1, -1, 1, 1, 0, 0, 1, 1, 1, 1, 1, -1, 1, -1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
        -1, 1, 1, 1, -1, 1,
    ];
    let mut all = [0; EVIDENCE];
    let (words, details) = all.split_at_mut(WORDS + DENSE);
    words.copy_from_slice(&of_words);
    details.copy_from_slice(&detail::DIRECTIONS);
    all
};
/// Places in the post that are looked at for order and nearness; bounds the work on very long posts.
const PLACES: usize = 400;
/// Where the two margins stand in the vector.
const MARGIN: usize = 6;
/// Where the learnt order's score stands; behind it how far it is ahead of the best other story's, within this much.
pub(super) const LEARNT: usize = 28;
const AHEAD: f32 = 6.0;
/// Words of a title that are looked at.
const TITLE: usize = 120;
/// Words within which a statement is usually made.
const WINDOW: u32 = 25;
/// From this weighted overlap on two titles tell the same story, so that one is no rival of the other: of 196 pairs that a
/// reader called the same it finds 105, and of 59 that are only related 5.
const SAME_STORY: f32 = 0.4;
/// So does a title of which the other has this share, where what they share weighs as much as [`TELLING`].
const WITHIN: f32 = 0.7;
const TELLING: f32 = 15.0;
/// Least shares of a title's weight near each other and in order, least weight and least number of its words, from which
/// on a post repeats it nearly word for word.
const REPEATED: (f32, f32, f32, f32) = (0.85, 0.8, 22.0, 4.0);
/// Least share of its weight that stands in one run, from which on a title is quoted.
const QUOTED: f32 = 0.97;

/// The words of a post, prepared once for all titles compared with it.
pub struct Evidence<'a> {
    index: &'a ClaimIndex,
    /// Stem (its id in the index) and place of each word whose stem some title has, sorted.
    places: Vec<(u32, u32)>,
    /// A bit for all stems in `places` that are equal modulo its length: most words of a title fall through it.
    sieve: [u64; SIEVE],
    known: f32,
    length: usize,
    scratch: RefCell<Scratch>,
}

/// Words of [`Evidence::sieve`].
const SIEVE: usize = 16;

/// A distinct stem of a title.
struct Part {
    stem: u32,
    idf: f32,
    number: bool,
    capital: bool,
    /// Whether the post has it.
    found: bool,
}

/// Buffers used again for every title.
#[derive(Default)]
struct Scratch {
    parts: Vec<Part>,
    /// The title as numbers of parts.
    title: Vec<u32>,
    /// Places of the post with the part that stands there, in order.
    spots: Vec<(u32, u32)>,
    rows: [Vec<f32>; 4],
}

impl<'a> Evidence<'a> {
    /// Prepares the words of a post.
    pub fn of(index: &'a ClaimIndex, post: &[Word]) -> Self {
        let kept = post.iter().filter(|word| !word.stop);
        let mut hashes: Vec<(u32, u32)> = Vec::new();
        let mut length = 0;
        for (at, word) in kept.enumerate() {
            // an English word and what Indonesian titles write for it, as far as titles have them
            let read = index.read_id(word).map(|_| word.read_stem());
            let own = read.is_none() || index.stems.id(word.stem).is_some();
            hashes.extend(own.then_some(word.stem).into_iter().chain(read).map(|stem| (stem, at as u32)));
            length = at + 1;
        }
        hashes.sort_unstable();
        let mut known = 0.0;
        let mut places = Vec::with_capacity(length);
        for same in hashes.chunk_by(|a, b| a.0 == b.0) {
            known += index.stem_idf(same[0].0);
            if let Some(id) = index.stems.id(same[0].0) {
                places.extend(same.iter().map(|&(_, at)| (id, at)));
            }
        }
        places.sort_unstable();
        let mut sieve = [0; SIEVE];
        places.iter().for_each(|(stem, _)| sieve[*stem as usize / 64 % SIEVE] |= 1 << (stem % 64));
        Self { index, places, sieve, known, length, scratch: RefCell::default() }
    }

    /// Where the post has a stem: at most six places.
    fn places(&self, stem: u32) -> impl Iterator<Item = u32> {
        let may = self.sieve[stem as usize / 64 % SIEVE] >> (stem % 64) & 1 == 1;
        let from = if may { self.places.partition_point(|place| place.0 < stem) } else { self.places.len() };
        self.places[from..].iter().take(6).take_while(move |place| place.0 == stem).map(|place| place.1)
    }

    /// The numbers for `ranked[at]`; those of the learnt order and of the closer look are 0 until there are any.
    pub fn vector(&self, ranked: &[Ranked], at: usize) -> [f32; EVIDENCE] {
        let hit = &ranked[at];
        let words = &self.index.groups[hit.group as usize].words;
        let words = &words[..words.len().min(TITLE)];
        let mut scratch = self.scratch.borrow_mut();
        self.read(words, &mut scratch);
        let Scratch { parts, title, spots, rows } = &mut *scratch;
        let matched = || parts.iter().filter(|part| part.found);
        let missing = || parts.iter().filter(|part| !part.found);
        let total = parts.iter().map(|part| part.idf).sum::<f32>().max(1e-6);
        let sum_matched: f32 = matched().map(|part| part.idf).sum();
        let most = |x: f32, part: &Part| x.max(part.idf);
        let capitals = parts.iter().filter(|part| part.capital).count().max(1) as f32;
        let (margin, relative) = margin(hit, self.rival(ranked, at).map(|rival| &ranked[rival]));
        let (near, density) = nearness(parts, &spots[..spots.len().min(PLACES)]);
        let (order, run) = order_and_run(title, parts, &spots[..spots.len().min(PLACES / 4)], rows);
        let mut vector = [0.0; EVIDENCE];
        vector[..WORDS].copy_from_slice(&[
            hit.stems.raw,
            hit.stems.cover,
            hit.grams.cover,
            hit.grams.raw,
            hit.pairs.cover,
            hit.pairs.raw,
            margin,
            relative,
            missing().fold(0.0, most),
            missing().map(|part| part.idf).sum(),
            sum_matched,
            matched().count() as f32,
            parts.len() as f32,
            (1.0 + self.length as f32).ln(),
            sum_matched / self.known.max(1e-6),
            near / total,
            run / total,
            order / total,
            matched().filter(|part| part.number).count() as f32,
            missing().filter(|part| part.number).count() as f32,
            matched().filter(|part| part.capital).count() as f32 / capitals,
            missing().filter(|part| part.capital).count() as f32,
            matched().fold(0.0, most),
            hit.stems.scaled + 0.6 * hit.grams.scaled + 0.1 * hit.pairs.scaled,
            near,
            run,
            order,
            density,
            0.0,
            0.0,
        ]);
        vector
    }

    /// Adds a closer look to the vectors of the first `wanted` titles.
    pub(super) fn set_details(
        index: &ClaimIndex,
        post: &[Word],
        ranked: &[Ranked],
        vectors: &mut [[f32; EVIDENCE]],
        wanted: usize,
    ) {
        let details = Details::of(index, post);
        for (r, vector) in ranked.iter().zip(vectors).take(wanted) {
            vector[WORDS + DENSE..].copy_from_slice(&details.vector(r.group));
        }
    }

    /// The distinct stems of a title and where the post has them.
    fn read(&self, words: &[TitleWord], scratch: &mut Scratch) {
        let Scratch { parts, title, spots, .. } = scratch;
        parts.clear();
        title.clear();
        spots.clear();
        for word in words {
            let at = parts.iter().position(|part| part.stem == word.stem).unwrap_or_else(|| {
                let (at, before) = (parts.len(), spots.len());
                spots.extend(self.places(word.stem).map(|place| (place, at as u32)));
                parts.push(Part {
                    stem: word.stem,
                    idf: self.index.stems.idf(word.stem),
                    number: word.number,
                    capital: word.capital,
                    found: spots.len() > before,
                });
                at
            });
            title.push(at as u32);
        }
        spots.sort_unstable();
    }

    /// Brings the margins of the first `wanted` vectors up to date after the titles have changed places; the scores of the
    /// learnt order are in them.
    pub(super) fn set_margins(
        &self,
        ranked: &[Ranked],
        vectors: &mut [[f32; EVIDENCE]],
        scored: usize,
        wanted: usize,
    ) {
        let scores: Vec<f32> = vectors.iter().take(scored).map(|vector| vector[LEARNT]).collect();
        for (at, vector) in vectors.iter_mut().enumerate().take(wanted) {
            let rival = self.rival(ranked, at);
            let (margin, relative) = margin(&ranked[at], rival.map(|rival| &ranked[rival]));
            vector[MARGIN..MARGIN + 2].copy_from_slice(&[margin, relative]);
            let Some(score) = scores.get(at) else { continue };
            let rival = rival.and_then(|rival| scores.get(rival));
            vector[LEARNT + 1] = rival.map_or(AHEAD, |rival| (score - rival).clamp(-AHEAD, AHEAD));
        }
    }

    /// Compares how near the first titles lie with each other; what lies nowhere near stays 0.
    pub(super) fn set_dense(&self, ranked: &[Ranked], vectors: &mut [[f32; EVIDENCE]]) {
        for (block, near) in [|r: &Ranked| r.near, |r: &Ranked| r.cosine].into_iter().enumerate() {
            let near: Vec<f32> = ranked.iter().map(near).collect();
            if near.iter().all(|near| *near == 0.0) {
                continue;
            }
            let mut order: Vec<usize> = (0..ranked.len()).collect();
            order.sort_by(|&a, &b| near[b].total_cmp(&near[a]).then(a.cmp(&b)));
            for (place, &at) in order.iter().enumerate() {
                let Some(vector) = vectors.get_mut(at) else { continue };
                let ahead = |other: Option<&usize>| other.map_or(1.0, |&other| near[at] - near[other]);
                let own = ranked[at].group;
                let rival = order.iter().find(|&&other| !self.index.same_story(own, ranked[other].group));
                let other = order.iter().find(|&&other| other != at);
                vector[WORDS + block * NEAR..][..NEAR].copy_from_slice(&[
                    near[at],
                    ahead(other),
                    (1.0 + place as f32).ln(),
                    ahead(rival),
                ]);
            }
        }
    }

    /// The best other title that tells another story.
    fn rival(&self, ranked: &[Ranked], at: usize) -> Option<usize> {
        let own = ranked[at].group;
        (0..ranked.len()).find(|&other| other != at && !self.index.same_story(own, ranked[other].group))
    }
}

/// How far a title is ahead of the best one that tells another story: on the ranking's scale, and as a share.
fn margin(hit: &Ranked, rival: Option<&Ranked>) -> (f32, f32) {
    let raw = |r: &Ranked| r.stems.scaled + 0.6 * r.grams.scaled + 0.1 * r.pairs.scaled;
    rival.map_or((hit.lexical, 1.0), |r| (hit.lexical - r.lexical, 1.0 - raw(r) / raw(hit).max(1e-6)))
}

/// Most weight of distinct title words within a window of the post, and the share of the window's words they are.
fn nearness(parts: &[Part], spots: &[(u32, u32)]) -> (f32, f32) {
    let mut best = (0.0_f32, 0.0_f32);
    for from in 0..spots.len() {
        // a bit for every part seen; TITLE parts fit
        let mut seen = 0_u128;
        let (mut weight, mut count, mut last) = (0.0, 0.0, spots[from].0);
        for &(place, part) in spots[from..].iter().take(40).take_while(|s| s.0 - spots[from].0 <= WINDOW) {
            if seen >> part & 1 == 0 {
                seen |= 1 << part;
                (weight, count, last) = (weight + parts[part as usize].idf, count + 1.0, place);
            }
        }
        if weight > best.0 {
            best = (weight, count / (last - spots[from].0 + 1) as f32);
        }
    }
    best
}

/// Weight of the longest common subsequence and of the longest common run of title and post.
fn order_and_run(
    title: &[u32],
    parts: &[Part],
    spots: &[(u32, u32)],
    rows: &mut [Vec<f32>; 4],
) -> (f32, f32) {
    for row in rows.iter_mut() {
        row.clear();
        row.resize(spots.len() + 1, 0.0);
    }
    let [before, runs_before, subsequence, runs] = rows;
    let mut longest = 0.0_f32;
    for &own in title {
        let part = &parts[own as usize];
        if !part.found {
            // nothing in the post continues over a word that it lacks
            runs_before.fill(0.0);
            continue;
        }
        for (at, &(place, other)) in spots.iter().enumerate() {
            let mut sum = before[at + 1].max(subsequence[at]);
            runs[at + 1] = 0.0;
            if other == own {
                sum = sum.max(before[at] + part.idf);
                let follows = at > 0 && spots[at - 1].0 + 1 == place;
                runs[at + 1] = part.idf + if follows { runs_before[at] } else { 0.0 };
                longest = longest.max(runs[at + 1]);
            }
            subsequence[at + 1] = sum;
        }
        std::mem::swap(before, subsequence);
        std::mem::swap(runs_before, runs);
    }
    (before[spots.len()], longest)
}

/// Whether a post repeats a title nearly word for word, judged by the evidence for it.
pub fn repeats(evidence: &[f32; EVIDENCE]) -> bool {
    let (near, order, weight, count) = REPEATED;
    evidence[15] >= near && evidence[17] >= order && evidence[10] >= weight && evidence[12] >= count
}

/// Whether a post holds a whole title, word behind word: it repeats it whatever else it holds.
pub(super) fn quotes(evidence: &[f32; EVIDENCE]) -> bool {
    evidence[16] >= QUOTED && evidence[10] >= REPEATED.2 && evidence[12] >= REPEATED.3
}

impl ClaimIndex {
    /// Whether two titles (by group) share so much of their weight that they tell the same story.
    pub fn same_story(&self, a: u32, b: u32) -> bool {
        if a == b {
            return true;
        }
        let (one, other) = (self.stems.title(a), self.stems.title(b));
        let mut shared = 0.0;
        let (mut i, mut j) = (0, 0);
        while let (Some(x), Some(y)) = (one.get(i), other.get(j)) {
            let (x, y) = (x.id(), y.id());
            if x == y {
                shared += self.stems.idf(x);
            }
            i += usize::from(x <= y);
            j += usize::from(y <= x);
        }
        let (one, other) = (self.stems.total(a), self.stems.total(b));
        let either = one + other - shared;
        shared >= SAME_STORY * either.max(1e-6) || shared >= (WITHIN * one.min(other)).max(TELLING)
    }
}
