//! Learns which title comes first and when to believe it, for the matcher by words and for the precise mode alike.
//!
//! Learnt from the training posts alone: boosted trees that put the right title first, and more that tell the right title from
//! the best wrong one, with the claim in the list and with it taken out. The second see scores of the first that were learnt on
//! other posts. Fixed on development data: the two numbers of Platt scaling and the two thresholds, as `evaluation.md` allows.

use super::boost::{Boost, platt};
use super::known_claim::read_claims;
use super::rank::{List, Rank};
use super::{TrainError, read_jsonl};
use crate::claims::precise::Precise;
use crate::claims::{
    Best, ClaimIndex, DIRECTIONS, Finder, Learnt, ORDER, Ranked, Scorer, Weights, Word, order_inputs,
    without, words,
};
use crate::evals::checkthat::{self, Tweet};
use crate::evals::claims::{Fit, Group, Pairs, Post, Trial, Truth, everyday, read_news, short_list, trials};
use crate::model::trees::Trees;
use saring_domain::Claim;
use std::path::Path;
use std::sync::Arc;

/// Least share of right ones among accepted matches of development posts, and of those that checkers linked.
const PRECISION: f64 = 0.97;
const LINKED: f64 = 0.925;
/// Most accepted ones among the 300 development news texts, which match nothing.
const FALSE_NEWS: usize = 1;
/// How often a news text counts in training: in a stream they are many.
const NEWS: usize = 6;
/// The same for an everyday post of [`everyday`].
const EVERYDAY: usize = 6;
/// Parts of the training posts, by story: each is put in order by trees learnt on the others, and placed by embeddings learnt
/// without it.
pub(super) const FOLDS: usize = 4;
/// Neighbours that stay in one part.
const TOGETHER: usize = 16;
/// Trees for English titles.
const ENGLISH_TREES: usize = 100;
/// A match is shown as related where more than this share of such matches is right.
const RELATED: f32 = 0.35;

/// What came of learning.
pub struct Lesson {
    /// Trees and thresholds.
    pub learnt: Learnt,
    /// How many matches taught when to believe.
    pub rows: usize,
    /// MRR@10 on the training posts, each put in order by trees that saw no post of its story.
    pub cross: f64,
    /// The same of English training tweets with a right title among those found, cross-validated by claim.
    pub english: f64,
}

/// What is learnt from.
pub struct School<'a> {
    /// The claims of the research data.
    pub claims: &'a [Claim],
    /// What is known before anything is learnt.
    pub weights: Arc<Weights>,
    /// For each part of the training posts the same, made without these posts.
    pub apart: &'a [Arc<Weights>],
    /// The encoder, for the precise mode.
    pub precise: Option<Placed<'a>>,
    /// The research data.
    pub data: &'a Path,
}

/// The encoder of the precise mode with the titles of the claims and the posts placed, and with those of [`checkthat`].
#[derive(Clone, Copy)]
pub struct Placed<'a> {
    /// As it is shipped.
    pub all: &'a [Precise; 2],
    /// For each part of the training posts one that has not learnt from these.
    pub apart: &'a [[Precise; 2]],
}

/// The claims as a finder sees them: all, and a short list, where every match is far ahead of the next one.
struct Lists {
    all: ClaimIndex,
    few: ClaimIndex,
    precise: Option<(Precise, Precise)>,
}

impl Lists {
    fn finders<'a>(&'a self, scorer: &'a Scorer) -> [Finder<'a>; 2] {
        let (all, few) = self.precise.as_ref().map_or((None, None), |(all, few)| (Some(all), Some(few)));
        [Finder { index: &self.all, precise: all, scorer }, Finder { index: &self.few, precise: few, scorer }]
    }
}

/// Posts with their words.
struct Lessons {
    pairs: Pairs,
    words: Vec<Vec<Word>>,
    /// The part that a post belongs to: posts of one title stay together, and so do neighbours, often of one story.
    folds: Vec<usize>,
}

impl School<'_> {
    /// Learns how titles are put in order and believed.
    ///
    /// # Errors
    /// [`TrainError`] names the file of the research data that is missing or broken.
    pub fn learn(&self) -> Result<Lesson, TrainError> {
        let lists = self.lists(&self.weights, self.precise.map(|placed| &placed.all[0]));
        let apart: Vec<Lists> = self
            .apart
            .iter()
            .enumerate()
            .map(|(fold, weights)| self.lists(weights, self.precise.map(|placed| &placed.apart[fold][0])))
            .collect();
        let lessons = Lessons::read(&lists.all, self.data)?;
        let found: Vec<Vec<List>> =
            apart.iter().enumerate().map(|(fold, lists)| order_lists(lists, &lessons, fold)).collect();
        let mut rows = Vec::new();
        let mut ranks = Vec::new();
        for (fold, lists) in apart.iter().enumerate() {
            let scorer = in_order(&others(&found, fold));
            rows.extend(fold_rows(lists.finders(&scorer), &lessons, fold, &mut ranks));
        }
        let scorer = in_order(&found.concat());
        let talk = parted_small_talk(self.data)?;
        for (fold, lists) in apart.iter().enumerate() {
            let own: Vec<&str> =
                talk.iter().filter(|text| text.1 == fold).map(|text| text.0.as_str()).collect();
            rows.extend(lists.finders(&scorer).into_iter().flat_map(|finder| chatter(finder, &own)));
        }
        let mut learnt = scorer.learnt().clone();
        learnt.accept = Boost {
            trees: 300,
            rate: 0.03,
            shares: (0.7, 0.6),
            directions: DIRECTIONS.to_vec(),
            ..Boost::default()
        }
        .fit(&rows);
        calibrate(&mut learnt, &trials(lists.finders(&scorer)[0], self.data)?);
        let cross = ranks.iter().sum::<f64>() / ranks.len().max(1) as f64;
        let (mut of_english, english) = self.english()?;
        // a match is as sure in either language
        of_english.same = of_english.same.max(learnt.same);
        learnt.english = Some(Box::new(of_english));
        Ok(Lesson { learnt, rows: rows.len(), cross, english })
    }

    /// Learns how English titles are put in order for English tweets and when they are believed; with the mean reciprocal rank
    /// of the first right one, cross-validated by claim, where there is one. Scaling and thresholds come from tweets whose claims
    /// no tree has seen.
    fn english(&self) -> Result<(Learnt, f64), TrainError> {
        let claims = checkthat::claims(self.data)?;
        let tweets = checkthat::tweets(self.data, "train")?;
        let apart: Vec<ClaimIndex> =
            self.apart.iter().map(|weights| ClaimIndex::new(&claims, weights.clone())).collect();
        let precise = |fold: usize| self.precise.map(|placed| &placed.apart[fold][1]);
        let own = |fold: usize| tweets.iter().filter(move |tweet| fold_of_tweet(tweet) == fold);
        let unordered = Scorer::default();
        let lists_of = |(fold, index): (usize, &ClaimIndex)| {
            english_lists(Finder { index, precise: precise(fold), scorer: &unordered }, own(fold))
        };
        let lists: Vec<Vec<List>> = apart.iter().enumerate().map(lists_of).collect();
        let rank = Rank { trees: ENGLISH_TREES, ..Rank::default() };
        let (mut ranks, mut rows) = (Vec::new(), Vec::new());
        for (fold, index) in apart.iter().enumerate() {
            let order = rank.fit(&others(&lists, fold));
            ranks.extend(lists[fold].iter().map(|list| first(&order, list)));
            let scorer = Scorer::new(Learnt { order, ..Learnt::default() });
            let finder = Finder { index, precise: precise(fold), scorer: &scorer };
            rows.push(own(fold).flat_map(|tweet| checkthat::tries(finder, tweet)).filter_map(row).collect());
        }
        let boost = Boost { trees: 200, rate: 0.04, directions: DIRECTIONS.to_vec(), ..Boost::default() };
        let mut points = Vec::new();
        for (fold, own) in rows.iter().enumerate() {
            let accept = boost.fit(&others(&rows, fold));
            points.extend(own.iter().map(|(evidence, right)| (accept.predict(evidence), *right)));
        }
        let platt = platt(&points);
        let mut learnt = Learnt {
            order: rank.fit(&lists.concat()),
            accept: boost.fit(&rows.concat()),
            platt,
            ..Learnt::default()
        };
        points.sort_by(|a, b| b.0.total_cmp(&a.0));
        learnt.same = learnt.scaled(least_odds(&points));
        learnt.related = RELATED.min(learnt.same);
        Ok((learnt, ranks.iter().sum::<f64>() / ranks.len().max(1) as f64))
    }

    fn lists(&self, weights: &Arc<Weights>, precise: Option<&Precise>) -> Lists {
        let all = ClaimIndex::new(self.claims, weights.clone());
        let few = ClaimIndex::new(&short_list(self.claims), weights.clone());
        let precise = precise.map(|precise| (precise.clone(), precise.among(&all, &few)));
        Lists { all, few, precise }
    }
}

/// All parts but one, together.
fn others<T: Clone>(parts: &[Vec<T>], but: usize) -> Vec<T> {
    let others = parts.iter().enumerate().filter(|(part, _)| *part != but);
    others.flat_map(|(_, part)| part.clone()).collect()
}

/// What taught when to believe: the evidence for the first title.
fn row((right, best): (bool, Best)) -> Option<Row> {
    Some((best.evidence.first()?.to_vec(), right))
}

/// The lowest odds down to which [`PRECISION`] is kept, of odds that fall.
fn least_odds(points: &[(f32, bool)]) -> f32 {
    let (mut right, mut best) = (0.0, f32::MAX);
    for (all, (odds, yes)) in (1..).zip(points) {
        right += f64::from(u8::from(*yes));
        if right >= PRECISION * f64::from(all) {
            best = *odds;
        }
    }
    best
}

/// The titles found for English tweets with a right one among them.
fn english_lists<'a>(finder: Finder<'_>, tweets: impl Iterator<Item = &'a Tweet>) -> Vec<List> {
    let list = |tweet: &Tweet| {
        let words = words(&tweet.text);
        let best = finder.best(&words, finder.search(&tweet.text, &words, None, usize::MAX), 1);
        let rows = best.ranked.iter().zip(order_inputs(&best.ranked, &best.evidence));
        let row =
            |(r, input): (&Ranked, [f32; ORDER])| (input.to_vec(), tweet.is_checked_by(finder.index, r));
        let list: List = rows.map(row).collect();
        list.iter().any(|row| row.1).then_some(list)
    };
    tweets.filter_map(list).collect()
}

/// The part that a tweet belongs to: tweets of one claim stay together, and so do its neighbours.
pub(super) fn fold_of_tweet(tweet: &Tweet) -> usize {
    tweet.gold.iter().filter_map(|id| id.parse::<usize>().ok()).min().unwrap_or_default() / TOGETHER % FOLDS
}

/// English training tweets with their parts.
///
/// # Errors
/// [`TrainError`] when the file cannot be read.
pub fn parted_tweets(data: &Path) -> Result<Vec<(String, usize)>, TrainError> {
    let tweets = checkthat::tweets(data, "train")?;
    let part = |tweet: Tweet| {
        let fold = fold_of_tweet(&tweet);
        (tweet.text, fold)
    };
    Ok(tweets.into_iter().map(part).collect())
}

/// Training posts with their parts.
///
/// # Errors
/// [`TrainError`] when a file cannot be read.
pub fn parted_posts(data: &Path) -> Result<Vec<(String, usize)>, TrainError> {
    let index = ClaimIndex::new(&read_claims(data)?, Arc::default());
    let Lessons { pairs, folds, .. } = Lessons::read(&index, data)?;
    Ok(pairs.posts.into_iter().map(|post| post.text).zip(folds).collect())
}

impl Lessons {
    fn read(index: &ClaimIndex, data: &Path) -> Result<Self, TrainError> {
        let pairs = Pairs::read(data, "pairs_train.jsonl")?;
        let truth = Truth::new(index, &pairs);
        let fold = |post: &Post| truth.group(post).map_or(0, |group| group as usize / TOGETHER % FOLDS);
        let folds = pairs.posts.iter().map(fold).collect();
        let words = pairs.posts.iter().map(|post| words(&post.text)).collect();
        Ok(Self { pairs, words, folds })
    }

    fn of(&self, fold: usize) -> impl Iterator<Item = (&Post, &Vec<Word>)> {
        let all = self.pairs.posts.iter().zip(&self.words).zip(&self.folds);
        all.filter(move |(_, of)| **of == fold).map(|(post, _)| post)
    }
}

type Row = (Vec<f32>, bool);

/// Puts titles in order as it was learnt from `lists`, and believes none.
fn in_order(lists: &[List]) -> Scorer {
    Scorer::new(Learnt { order: Rank::default().fit(lists), platt: (1.0, 0.0), ..Learnt::default() })
}

/// The reciprocal rank of the first right title of a list put in order.
fn first(order: &Trees, list: &List) -> f64 {
    let mut scored: Vec<(f32, bool)> =
        list.iter().map(|(input, right)| (order.predict(input), *right)).collect();
    scored.sort_by(|a, b| b.0.total_cmp(&a.0));
    scored.iter().take(10).position(|row| row.1).map_or(0.0, |place| 1.0 / (place + 1) as f64)
}

/// What is right and what is wrong for every training post of one part: its best title, the best one once its own claim is
/// gone, and the best one of a short list. Only what checkers linked is right: counting other records of the story as right too
/// lets the trees believe what lies near a story, and costs more precision than it brings. Adds the reciprocal rank of the
/// linked title among the first ten to `ranks`.
fn fold_rows([all, few]: [Finder<'_>; 2], lessons: &Lessons, fold: usize, ranks: &mut Vec<f64>) -> Vec<Row> {
    let (truth, among_few) = (Truth::new(all.index, &lessons.pairs), Truth::new(few.index, &lessons.pairs));
    let mut rows = Vec::new();
    for (post, text) in lessons.of(fold) {
        let ranked = all.search(&post.text, text, None, usize::MAX);
        let gone = without(&ranked, |r| truth.linked(post, r));
        let short = few.search(&post.text, text, None, usize::MAX);
        for (finder, truth, ranked, is_listed) in
            [(all, &truth, gone, false), (all, &truth, ranked, true), (few, &among_few, short, false)]
        {
            let best = finder.best(text, ranked, 1);
            if is_listed {
                let place = best.ranked.iter().take(10).position(|r| truth.linked(post, r));
                ranks.push(place.map_or(0.0, |place| 1.0 / (place + 1) as f64));
            }
            if let (Some(r), Some(evidence)) = (best.ranked.first(), best.evidence.first()) {
                rows.push((evidence.to_vec(), truth.linked(post, r)));
            }
        }
    }
    rows
}

/// The titles found for every training post of one part whose claim is among them: the right one and its rivals. Titles of the
/// same story are left out.
fn order_lists(lists: &Lists, lessons: &Lessons, fold: usize) -> Vec<List> {
    let truth = Truth::new(&lists.all, &lessons.pairs);
    let unordered = Scorer::default();
    let [all, _] = lists.finders(&unordered);
    let list = |(post, text): (&Post, &Vec<Word>)| {
        let best = all.best(text, all.search(&post.text, text, None, usize::MAX), 1);
        let inputs = order_inputs(&best.ranked, &best.evidence);
        let rows = best.ranked.iter().zip(inputs).map(|(r, input)| (r, input, truth.linked(post, r)));
        let kept = rows.filter(|(r, _, right)| *right || !truth.akin(post, r));
        let list: List = kept.map(|(_, input, right)| (input.to_vec(), right)).collect();
        list.iter().any(|row| row.1).then_some(list)
    };
    lessons.of(fold).filter_map(list).collect()
}

/// Everyday messages and news that speak of no claim. Of the news only every other text, the rest is for measuring.
///
/// # Errors
/// [`TrainError`] when a file cannot be read.
pub fn small_talk(data: &Path) -> Result<Vec<String>, TrainError> {
    let mut texts: Vec<String> = Vec::new();
    for value in read_jsonl(&data.join("normalisation/stif_train.jsonl"))? {
        texts.extend(value["informal"].as_str().map(str::to_owned));
    }
    let news = read_news(data)?;
    texts.extend(news.into_iter().step_by(2).flat_map(|text| std::iter::repeat_n(text, NEWS)));
    texts
        .extend(everyday(true).0.into_iter().flat_map(|text| std::iter::repeat_n(text.to_owned(), EVERYDAY)));
    Ok(texts)
}

/// The texts of [`small_talk`] with their parts.
///
/// # Errors
/// [`TrainError`] when a file cannot be read.
pub fn parted_small_talk(data: &Path) -> Result<Vec<(String, usize)>, TrainError> {
    Ok(parted(small_talk(data)?))
}

/// Texts in order, with their parts: the same text is always in one, and its neighbours are mostly in the same.
fn parted(mut texts: Vec<String>) -> Vec<(String, usize)> {
    texts.sort_unstable();
    let mut different = 0;
    let fold = |at: usize| {
        different += usize::from(at > 0 && texts[at] != texts[at - 1]);
        different / TOGETHER % FOLDS
    };
    let folds: Vec<usize> = (0..texts.len()).map(fold).collect();
    texts.into_iter().zip(folds).collect()
}

/// The best title for each of some texts that speak of no claim is wrong.
fn chatter(finder: Finder<'_>, texts: &[&str]) -> Vec<Row> {
    let row = |text: &&str| {
        let words = words(text);
        let ranked = finder.search(text, &words, None, usize::MAX);
        finder.best(&words, ranked, 1).evidence.first().map(|evidence| (evidence.to_vec(), false))
    };
    texts.iter().filter_map(row).collect()
}

/// Platt scaling and thresholds from development posts.
fn calibrate(learnt: &mut Learnt, trials: &[Trial]) {
    let odds = |trial: &Trial| learnt.accept.predict(&trial.evidence);
    let pairs = trials.iter().filter(|trial| trial.group != Group::News);
    let points: Vec<(f32, bool)> = pairs.map(|trial| (odds(trial), trial.right())).collect();
    learnt.platt = platt(&points);
    let mut scored: Vec<(f32, &Trial)> =
        trials.iter().filter(|t| !t.opposed).map(|t| (learnt.accept(&t.evidence), t)).collect();
    scored.sort_by(|a, b| b.0.total_cmp(&a.0));
    learnt.same = threshold(&scored);
    learnt.related = RELATED.min(learnt.same);
}

/// The lowest probability down to which precision and false news stay within their limits.
fn threshold(scored: &[(f32, &Trial)]) -> f32 {
    let (mut linked, mut right, mut all, mut false_news, mut best) = (0.0, 0.0, 0.0, 0, 1.0);
    for (score, trial) in scored {
        if trial.group == Group::News {
            false_news += 1;
        } else {
            linked += f64::from(u8::from(trial.fit == Fit::Linked));
            right += f64::from(u8::from(trial.right()));
            all += 1.0;
        }
        if right >= PRECISION * all && linked >= LINKED * all && false_news <= FALSE_NEWS {
            best = *score;
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::claims::EVIDENCE;

    fn trial(group: Group, right: bool) -> Trial {
        let fit = if right { Fit::Linked } else { Fit::Wrong };
        let evidence = [0.0; EVIDENCE];
        Trial { group, fit, opposed: false, evidence, english: false, texts: Default::default() }
    }

    #[test]
    fn a_text_is_in_one_part_however_often_it_stands_there() {
        let texts: Vec<String> = (0..400).map(|n| format!("kabar {:03}", n * 7 % 200)).collect();
        let parts = parted(texts);
        assert_eq!(parts.len(), 400);
        assert!(parts.windows(2).all(|two| two[0].0 != two[1].0 || two[0].1 == two[1].1));
        let moved = parts.windows(2).filter(|two| two[0].1 != two[1].1).count();
        assert_eq!(moved, 200 / TOGETHER);
        assert!((0..FOLDS).all(|fold| parts.iter().filter(|part| part.1 == fold).count() >= 80));
    }

    #[test]
    fn the_least_odds_keep_precision() {
        let mut points: Vec<(f32, bool)> = (0..50).map(|n| (50.0 - n as f32, n != 40)).collect();
        assert!((least_odds(&points) - 1.0).abs() < 1e-6);
        points[49].1 = false;
        assert!((least_odds(&points) - 2.0).abs() < 1e-6);
        assert!(least_odds(&[]) > 1e6);
    }

    #[test]
    fn the_threshold_keeps_precision_and_spares_the_news() {
        let (yes, no, news) =
            (trial(Group::Listed, true), trial(Group::Gone, false), trial(Group::News, false));
        let mut scored = vec![(0.9, &yes), (0.8, &yes), (0.7, &no), (0.6, &yes)];
        assert!((threshold(&scored) - 0.8).abs() < 1e-6);
        scored.splice(1..1, [(0.86, &news), (0.85, &news)]);
        assert!((threshold(&scored) - 0.86).abs() < 1e-6);
        assert!((threshold(&[]) - 1.0).abs() < 1e-6);
    }
}
