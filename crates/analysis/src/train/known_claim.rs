//! Trains the known-claim matcher: background frequencies of posts, and when to believe a match.
//!
//! Learnt from the training posts alone: how common terms are, boosted trees that put the right title first, and more
//! that tell the right title from the best wrong one, with the claim in the list and with it taken out. The second see
//! scores of the first that were learnt on other posts. Fixed on development data: the two numbers of
//! Platt scaling and the two thresholds, as `evaluation.md` allows.

use super::boost::{Boost, platt};
use super::rank::{List, Rank};
use super::{TrainError, read_jsonl};
use crate::claims::{
    Background, ClaimIndex, DIRECTIONS, EVIDENCE, FORMAT, Weights, Word, order_inputs, without, words,
};
use crate::evals::claims::{Fit, Group, Pairs, Post, Trial, Truth, measure_index, short_list, table, trials};
use crate::model::ModelFile;
use crate::model::file::Header;
use crate::model::trees::Trees;
use saring_domain::Claim;
use std::path::Path;
use std::sync::Arc;

/// Bump with every change of this file or of the evidence, so that findings tell old scores from new ones.
const VERSION: &str = "7";
/// Terms in fewer training posts are left out: half the file, no measurable loss.
const LEAST: u16 = 2;
/// Least share of right ones among accepted matches of development posts, and of those that checkers linked.
const PRECISION: f64 = 0.97;
const LINKED: f64 = 0.93;
/// Most accepted ones among the 300 development news texts, which match nothing.
const FALSE_NEWS: usize = 1;
/// How often a news text counts in training: in a stream they are many.
const NEWS: usize = 6;
/// Parts of the training posts, by story: each is put in order by trees learnt on the others.
const FOLDS: usize = 4;
/// A match is shown as related where more than this share of such matches is right.
const RELATED: f32 = 0.35;

/// Model file and card.
///
/// # Errors
/// [`TrainError`] names the file of the research data that is missing or broken.
pub fn train(data: &Path) -> Result<(ModelFile, String), TrainError> {
    let claims = read_claims(data)?;
    let training = Pairs::read(data, "pairs_train.jsonl")?;
    let texts: Vec<Vec<Word>> = training.posts.iter().map(|post| words(&post.text)).collect();
    let mut weights = Weights {
        version: VERSION.into(),
        background: Background::count(&texts, LEAST),
        platt: (1.0, 0.0),
        ..Weights::default()
    };
    let index = ClaimIndex::new(&claims, Arc::new(weights.clone()));
    let lists = order_lists(&index, &training, &texts);
    let mut rows = Vec::new();
    let mut ranks = Vec::new();
    for fold in 0..FOLDS {
        let others: Vec<List> =
            lists.iter().filter(|(of, _)| *of != fold).map(|(_, list)| list.clone()).collect();
        let index = ordering(&claims, &weights, Rank::default().fit(&others));
        let few = ordering(&short_list(&claims), &weights, index.weights().order.clone());
        rows.extend(fold_rows(&index, &few, &training, &texts, fold, &mut ranks));
    }
    let cross = ranks.iter().sum::<f64>() / ranks.len().max(1) as f64;
    let lists: Vec<List> = lists.into_iter().map(|(_, list)| list).collect();
    weights.order = Rank::default().fit(&lists);
    let index = ClaimIndex::new(&claims, Arc::new(weights.clone()));
    rows.extend(chatter(&index, data)?);
    // where few claims are known every match is far ahead of the next one
    rows.extend(chatter(&ClaimIndex::new(&short_list(&claims), Arc::new(weights.clone())), data)?);
    weights.accept =
        Boost { trees: 200, depth: 3, rate: 0.07, directions: DIRECTIONS.to_vec(), ..Boost::default() }
            .fit(&rows);
    let index = ClaimIndex::new(&claims, Arc::new(weights.clone()));
    calibrate(&mut weights, &trials(&index, data)?);
    let index = ClaimIndex::new(&claims, Arc::new(weights.clone()));
    let card = card(&weights, rows.len(), cross, &table(&measure_index(&index, data)?));
    let header = Header {
        name: "known_claim".into(),
        format: FORMAT,
        version: VERSION.into(),
        licence: "CC-BY-4.0".into(),
    };
    Ok((ModelFile { header, payload: weights.payload() }, card))
}

/// The claims of the research data.
///
/// # Errors
/// [`TrainError`] when the file cannot be read.
pub fn read_claims(data: &Path) -> Result<Vec<Claim>, TrainError> {
    let path = data.join("hoax/claims.jsonl");
    let parse = |value| {
        let why = |error: serde_json::Error| TrainError::Data { path: path.clone(), why: error.to_string() };
        serde_json::from_value(value).map_err(why)
    };
    read_jsonl(&path)?.into_iter().map(parse).collect()
}

type Row = (Vec<f32>, bool);

/// An index that puts titles in order by `order`.
fn ordering(claims: &[Claim], weights: &Weights, order: Trees) -> ClaimIndex {
    ClaimIndex::new(claims, Arc::new(Weights { order, ..weights.clone() }))
}

/// What is right and what is wrong for every training post of one part: its three best titles, the best one once its own claim
/// is gone, and the best one of a short list. Only what checkers linked is right: counting other records of the story as right
/// too lets the trees believe what lies near a story, and costs more precision than it brings. Adds the reciprocal rank of the
/// linked title among the first ten to `ranks`.
fn fold_rows(
    index: &ClaimIndex,
    few: &ClaimIndex,
    training: &Pairs,
    texts: &[Vec<Word>],
    fold: usize,
    ranks: &mut Vec<f64>,
) -> Vec<Row> {
    let (truth, among_few) = (Truth::new(index, training), Truth::new(few, training));
    let mut rows = Vec::new();
    let posts = training.posts.iter().zip(texts);
    for (post, text) in posts.filter(|(post, _)| fold_of(&truth, post) == fold) {
        let ranked = index.search(text, None, usize::MAX);
        let gone = without(&ranked, |r| truth.linked(post, r));
        let short = few.search(text, None, usize::MAX);
        for (index, truth, ranked, most) in
            [(index, &truth, gone, 1), (index, &truth, ranked, 3), (few, &among_few, short, 1)]
        {
            let best = index.best(text, ranked, 1);
            if most == 3 {
                let place = best.ranked.iter().take(10).position(|r| truth.linked(post, r));
                ranks.push(place.map_or(0.0, |place| 1.0 / (place + 1) as f64));
            }
            for (r, evidence) in best.ranked.iter().zip(&best.evidence).take(most) {
                rows.push((evidence.to_vec(), truth.linked(post, r)));
            }
        }
    }
    rows
}

/// The part of the training posts that a post belongs to: posts of one title stay together.
fn fold_of(truth: &Truth<'_>, post: &Post) -> usize {
    // neighbours in the list are often of one story
    truth.group(post).map_or(0, |group| group as usize / 16 % FOLDS)
}

/// The titles found for every training post whose claim is among them: the right one and its rivals, with the part the post
/// belongs to. Titles of the same story are left out.
fn order_lists(index: &ClaimIndex, training: &Pairs, texts: &[Vec<Word>]) -> Vec<(usize, List)> {
    let truth = Truth::new(index, training);
    let list = |(post, text): (&Post, &Vec<Word>)| {
        let best = index.best(text, index.search(text, None, usize::MAX), 1);
        let inputs = order_inputs(&best.ranked, &best.evidence);
        let rows = best.ranked.iter().zip(inputs).map(|(r, input)| (r, input, truth.linked(post, r)));
        let kept = rows.filter(|(r, _, right)| *right || !truth.akin(post, r));
        let list: List = kept.map(|(_, input, right)| (input.to_vec(), right)).collect();
        list.iter().any(|row| row.1).then(|| (fold_of(&truth, post), list))
    };
    training.posts.iter().zip(texts).filter_map(list).collect()
}

/// Everyday messages and news that speak of no claim: the best title for each is wrong. Of the news only every other
/// text, the rest is for measuring.
fn chatter(index: &ClaimIndex, data: &Path) -> Result<Vec<Row>, TrainError> {
    let mut texts: Vec<String> = Vec::new();
    for value in read_jsonl(&data.join("normalisation/stif_train.jsonl"))? {
        texts.extend(value["informal"].as_str().map(str::to_owned));
    }
    let news = crate::evals::claims::read_news(data)?;
    texts.extend(news.into_iter().step_by(2).flat_map(|text| std::iter::repeat_n(text, NEWS)));
    let row = |text: &String| {
        let text = words(text);
        let ranked = index.search(&text, None, usize::MAX);
        index.best(&text, ranked, 1).evidence.first().map(|evidence| (evidence.to_vec(), false))
    };
    Ok(texts.iter().filter_map(row).collect())
}

/// Platt scaling and thresholds from development posts.
fn calibrate(weights: &mut Weights, trials: &[Trial]) {
    let odds = |trial: &Trial| weights.accept.predict(&trial.evidence);
    let pairs = trials.iter().filter(|trial| trial.group != Group::News);
    let points: Vec<(f32, bool)> = pairs.map(|trial| (odds(trial), trial.right())).collect();
    weights.platt = platt(&points);
    let mut scored: Vec<(f32, &Trial)> =
        trials.iter().filter(|t| !t.denied).map(|t| (weights.accept(&t.evidence), t)).collect();
    scored.sort_by(|a, b| b.0.total_cmp(&a.0));
    weights.same = threshold(&scored);
    weights.related = RELATED.min(weights.same);
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

fn card(weights: &Weights, rows: usize, cross: f64, scores: &str) -> String {
    let background = &weights.background;
    format!(
        "# Known claims\n\n\
        Finds the published fact-check that speaks of a post, and says how sure it is.\n\n\
        - **Version** {VERSION}. Rebuild: `cargo train known_claim`.\n\
        - **Method** BM25 over stems, character 4-grams and pairs of stems, with document frequencies of titles and of \
        {posts} background posts ({stems} stems, {grams} 4-grams, {pairs} pairs); {order} boosted trees \
        (LambdaMART) put the first 50 titles in order (MRR@10 on the training posts, cross-validated by story: {cross:.3}); {trees} more over {EVIDENCE} numbers that compare the post with the best titles, learnt \
        from {rows} examples, say how sure the match is; Platt scaling. A match is \
        *same* from {same:.3} on and *related* from {related:.3} on.\n\
        - **Data** counts and comparisons over the training posts of `hoax/` (public fact-check articles, mostly \
        MAFINDO), the informal sentences of STIF-Indonesia (MIT) and every other text of `hoax/negatives.jsonl`. Term \
        hashes and numbers only: no text of theirs is in the file. Scaling and thresholds were fixed on the \
        development posts.\n\
        - **Licence** CC-BY-4.0.\n\n\
        ## Scores on development data\n\n{scores}\n\
        A match is right when it names the claim of the post, another record of the same story (judged by the titles), \
        or a title that the post repeats nearly word for word. *Strict* accepts only records that checkers linked; \
        reading the matches it calls wrong shows that most of them are records that nobody linked.\n\n\
        ## Limits\n\n\
        - Compares words. A post that says the same in other words, or only in its picture, is not found.\n\
        - The score is calibrated for posts of which half have their claim in the list; in a stream of ordinary \
        posts fewer do.\n\
        - Learnt on Indonesian posts of 2015 to 2024; Javanese, Sundanese and English posts match by names and \
        numbers mostly.\n\
        - A match says that a post speaks of a claim, not that it is false, nor that its author believes it.\n",
        posts = background.posts,
        stems = background.stems.0.len(),
        grams = background.grams.0.len(),
        pairs = background.pairs.0.len(),
        order = weights.order.trees.len(),
        trees = weights.accept.trees.len(),
        same = weights.same,
        related = weights.related,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn trial(group: Group, right: bool) -> Trial {
        let fit = if right { Fit::Linked } else { Fit::Wrong };
        Trial { group, fit, denied: false, evidence: [0.0; EVIDENCE] }
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
