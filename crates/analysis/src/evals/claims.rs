//! Known claims on development posts: ranking overall and by stratum, and accepting.

use super::bm25::Bm25;
use super::{Measure, Miss, checkthat, equivalence, translated};
use crate::analyser::Analyser;
use crate::claims::{Best, ClaimIndex, EVIDENCE, Finder, Ranked, repeats, without, words};
use crate::detect::group_attack::lexicon::lines;
use crate::detect::known_claim::listed;
use crate::train::known_claim::read_claims;
use crate::train::{TrainError, read_jsonl};
use saring_domain::{Claim, ClaimId};
use saring_text::Plain;
use saring_text::language::guess;
use std::collections::{HashMap, HashSet};
use std::fmt::Write;
use std::path::Path;
use std::sync::Arc;

/// How many claims are looked at per post.
const DEPTH: usize = 50;

/// A post as it circulated, with the claim that checks it.
pub struct Post {
    /// The post.
    pub text: String,
    /// Id of the claim.
    pub gold: String,
    /// How many words of the title the post repeats: `high`, `mid` or `low`.
    pub stratum: String,
}

/// Posts with their claims, and which claims are linked as equivalent.
pub struct Pairs {
    /// The posts.
    pub posts: Vec<Post>,
    same: HashMap<String, HashSet<String>>,
}

impl Pairs {
    /// The posts of a file of `hoax/`.
    ///
    /// # Errors
    /// [`TrainError`] when a file cannot be read.
    pub fn read(data: &Path, file: &str) -> Result<Self, TrainError> {
        let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
        let posts = read_jsonl(&data.join("hoax").join(file))?
            .iter()
            .map(|v| Post {
                text: text(&v["query"]),
                gold: text(&v["claim_id"]),
                stratum: text(&v["stratum"]),
            })
            .collect();
        let mut same: HashMap<String, HashSet<String>> = HashMap::new();
        for cluster in read_jsonl(&data.join("hoax/clusters_dev.jsonl"))? {
            let ids: Vec<String> =
                cluster["claims"].as_array().into_iter().flatten().map(|claim| text(&claim["id"])).collect();
            for id in &ids {
                same.entry(id.clone()).or_default().extend(ids.iter().cloned());
            }
        }
        Ok(Self { posts, same })
    }

    /// Whether `claim` checks the post: its own claim, or one linked as equivalent.
    pub fn right(&self, post: &Post, claim: &ClaimId) -> bool {
        let id = claim.as_str();
        id == post.gold || self.same.get(&post.gold).is_some_and(|ids| ids.contains(id))
    }
}

/// News and true messages, most of which speak of no claim.
///
/// # Errors
/// [`TrainError`] when the file cannot be read.
pub fn read_news(data: &Path) -> Result<Vec<String>, TrainError> {
    let values = read_jsonl(&data.join("hoax/negatives.jsonl"))?;
    Ok(values.iter().filter_map(|value| value["text"].as_str().map(str::to_owned)).collect())
}

/// What a best match is tried on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Group {
    /// A post whose claim is in the list.
    Listed,
    /// The same post with its claim taken out of the list.
    Gone,
    /// News that speaks of no claim.
    News,
}

/// How a match fits what a post speaks of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fit {
    /// The claim the post was paired with, or one that checkers linked with it.
    Linked,
    /// Another record of the same story, by its title, or a title that the post repeats nearly word for word.
    Equivalent,
    /// Neither.
    Wrong,
}

/// Tells how matches fit posts.
pub struct Truth<'a> {
    index: &'a ClaimIndex,
    pairs: &'a Pairs,
    groups: HashMap<&'a str, u32>,
}

impl<'a> Truth<'a> {
    /// For the titles of an index.
    pub fn new(index: &'a ClaimIndex, pairs: &'a Pairs) -> Self {
        let groups = index.grouped().map(|(claim, group)| (claim.id.as_str(), group)).collect();
        Self { index, pairs, groups }
    }

    /// Whether a title carries the claim of the post, or one linked with it.
    pub fn linked(&self, post: &Post, r: &Ranked) -> bool {
        carries(self.index, self.pairs, post, r)
    }

    /// Whether a title tells the story of the post's claim.
    pub fn akin(&self, post: &Post, r: &Ranked) -> bool {
        self.groups.get(post.gold.as_str()).is_some_and(|&own| self.index.same_story(own, r.group))
    }

    /// The title of the claim a post was paired with, as a group of the index.
    pub fn group(&self, post: &Post) -> Option<u32> {
        self.groups.get(post.gold.as_str()).copied()
    }

    /// How a title with this evidence fits.
    pub fn fit(&self, post: &Post, r: &Ranked, evidence: &[f32; EVIDENCE]) -> Fit {
        match () {
            () if self.linked(post, r) => Fit::Linked,
            () if self.akin(post, r) || repeats(evidence) => Fit::Equivalent,
            () => Fit::Wrong,
        }
    }
}

/// The best match of one text.
pub struct Trial {
    /// What kind of text.
    pub group: Group,
    /// Whether the match is right.
    pub fit: Fit,
    /// Whether the text denies the claim, negates it, or says the opposite: then it is not accepted.
    pub opposed: bool,
    /// What speaks for it.
    pub evidence: [f32; EVIDENCE],
    /// Whether the match is an English title for an English text.
    pub english: bool,
    /// The text, and the title that was found.
    pub texts: [String; 2],
}

impl Trial {
    /// The match names what the text says, in whichever record.
    pub fn right(&self) -> bool {
        self.fit != Fit::Wrong
    }
}

/// The best matches of all development texts.
///
/// # Errors
/// [`TrainError`] when a file cannot be read.
pub fn trials(finder: Finder<'_>, data: &Path) -> Result<Vec<Trial>, TrainError> {
    let pairs = Pairs::read(data, "pairs_dev.jsonl")?;
    let truth = Truth::new(finder.index, &pairs);
    let mut out = Vec::new();
    for post in &pairs.posts {
        let ranked = finder.search(&post.text, &words(&post.text), None, usize::MAX);
        let gone = without(&ranked, |r| truth.linked(post, r));
        for (group, ranked) in [(Group::Gone, gone), (Group::Listed, ranked)] {
            out.extend(trial(finder, &post.text, ranked, group, |r, evidence| truth.fit(post, r, evidence)));
        }
    }
    // the even ones were trained on
    for text in read_news(data)?.iter().skip(1).step_by(2) {
        let ranked = finder.search(text, &words(text), None, usize::MAX);
        out.extend(trial(finder, text, ranked, Group::News, |_, _| Fit::Wrong));
    }
    Ok(out)
}

fn trial(
    finder: Finder<'_>,
    text: &str,
    ranked: Vec<Ranked>,
    group: Group,
    fit: impl Fn(&Ranked, &[f32; EVIDENCE]) -> Fit,
) -> Option<Trial> {
    let words = words(text);
    let Best { ranked, evidence, english } = finder.best(&words, ranked, 1);
    let (best, evidence) = (ranked.first()?, *evidence.first()?);
    let opposed = finder.index.compare(text, &words, best).opposes;
    let title = finder.index.claims_of(best).next().map_or("", |claim| claim.title.as_str());
    let texts = [text.into(), title.into()];
    Some(Trial { group, fit: fit(best, &evidence), opposed, evidence, english, texts })
}

/// Ranking and accepting over the claims of the research data; names begin with `set`.
///
/// # Errors
/// [`TrainError`] when a file cannot be read.
pub fn measure(set: &str, finder: Finder<'_>, data: &Path) -> Result<Vec<Measure>, TrainError> {
    let pairs = Pairs::read(data, "pairs_dev.jsonl")?;
    let mut out = ranking(set, finder, &pairs);
    out.extend(accepting(set, finder, pairs.posts.len(), &trials(finder, data)?));
    out.push(short_listed(set, finder, &pairs));
    out.extend(ordinary(set, finder, data)?);
    out.extend(translated::evaluate(finder));
    out.extend(equivalence::evaluate(&set.replace(".dev", ".equivalence"), finder, data)?);
    Ok(out)
}

/// The claims of an office that knows few: every fortieth.
pub fn short_list(claims: &[Claim]) -> Vec<Claim> {
    claims.iter().step_by(40).cloned().collect()
}

/// Everyday posts that repeat no claim, in pairs: the first of each teaches, the second measures. With or without those that
/// are of a lane of protected speech.
pub fn everyday(with_lanes: bool) -> (Vec<&'static str>, Vec<&'static str>) {
    let halves = [0, 1].map(|first| {
        let half = lines(include_str!("../../data/everyday.txt")).skip(first).step_by(2);
        let text = |line: &'static str| match line.split_once('|') {
            Some((_, text)) => with_lanes.then_some(text),
            None => Some(line),
        };
        half.filter_map(text).collect()
    });
    halves.into()
}

/// Shares of texts that no claim speaks of and that are accepted all the same: own everyday sentences, and tweets of 2018 and
/// 2019, of which a few do repeat a claim, so that this one is a ceiling of the error. The encoder takes minutes for all
/// tweets: with it every tenth is asked.
fn ordinary(set: &str, finder: Finder<'_>, data: &Path) -> Result<Vec<Measure>, TrainError> {
    let tweets: Vec<String> = read_jsonl(&data.join("hate/train.jsonl"))?
        .iter()
        .filter_map(|value| value["text"].as_str().map(str::to_owned))
        .collect();
    let accepted = |name: &str, texts: &[&str]| {
        let miss = |text: &&str| {
            let ranked = finder.search(text, &words(text), None, DEPTH);
            let trial = trial(finder, text, ranked, Group::News, |_, _| Fit::Wrong)?;
            let learnt = finder.learnt(trial.english);
            let score = learnt.accept(&trial.evidence);
            let [text, title] = &trial.texts;
            (score >= learnt.same && !trial.opposed).then(|| Miss::new(text, "", title, f64::from(score)))
        };
        let misses: Vec<Miss> = texts.iter().filter_map(miss).collect();
        let share = misses.len() as f64 / texts.len().max(1) as f64;
        Measure::lower(&format!("{set}.accept.{name}"), share, texts.len()).with_misses(misses)
    };
    let step = if finder.precise.is_some() { 10 } else { 1 };
    let tweets: Vec<&str> = tweets.iter().step_by(step).map(String::as_str).collect();
    Ok(vec![accepted("everyday", &everyday(true).1), accepted("tweets", &tweets)])
}

/// Share of posts accepted by a short list that lacks their claim and every record of its story.
fn short_listed(set: &str, finder: Finder<'_>, pairs: &Pairs) -> Measure {
    let index = finder.index;
    let few = ClaimIndex::new(&short_list(index.claims()), Arc::new(index.weights().clone()));
    let precise = finder.precise.map(|precise| precise.among(index, &few));
    let finder = Finder { index: &few, precise: precise.as_ref(), ..finder };
    let whole = Truth::new(index, pairs).groups;
    let (mut accepted, mut n) = (0, 0);
    for post in &pairs.posts {
        let words = words(&post.text);
        let best = finder.best(&words, finder.search(&post.text, &words, None, DEPTH), 1);
        let Some(r) = best.ranked.first() else { continue };
        let same = few
            .claims_of(r)
            .filter_map(|claim| whole.get(claim.id.as_str()))
            .any(|&group| whole.get(post.gold.as_str()).is_some_and(|&own| index.same_story(own, group)));
        if same || carries(&few, pairs, post, r) {
            continue;
        }
        n += 1;
        accepted += usize::from(finder.accepts(&post.text, &words, &best));
    }
    Measure::lower(&format!("{set}.accept.short_list_false"), accepted as f64 / n.max(1) as f64, n)
}

/// Whether a title carries the claim of a post, or one linked with it.
fn carries(index: &ClaimIndex, pairs: &Pairs, post: &Post, r: &Ranked) -> bool {
    index.claims_of(r).any(|claim| pairs.right(post, &claim.id))
}

/// The evaluation: the weights of the analyser over the claims of the research data, what is simpler beside them, and the
/// English set.
///
/// # Errors
/// [`TrainError`] when a file cannot be read.
pub fn evaluate(analyser: &Analyser, data: &Path) -> Result<Vec<Measure>, TrainError> {
    let weights = Arc::new(analyser.known().claims.weights().clone());
    let index = ClaimIndex::new(&read_claims(data)?, weights.clone());
    let mut out = measure("claims.dev", Finder::new(&index, None), data)?;
    out.extend(simpler(&index, &Pairs::read(data, "pairs_dev.jsonl")?));
    out.extend(checkthat::evaluate(&weights, data)?);
    Ok(out)
}

fn ranking(set: &str, finder: Finder<'_>, pairs: &Pairs) -> Vec<Measure> {
    let index = finder.index;
    let mut places: Vec<(&str, Option<usize>)> = Vec::new();
    let mut slices: Vec<(&str, Option<usize>)> = Vec::new();
    let mut misses = Vec::new();
    for post in &pairs.posts {
        let listed = listed(finder, &post.text, None, DEPTH);
        let place = listed.iter().position(|claim| pairs.right(post, &claim.id));
        places.push((post.stratum.as_str(), place));
        slices.push((language(&post.text), place));
        slices.push((length(words(&post.text).len()), place));
        if let Some(first) = listed.first().filter(|_| place != Some(0)) {
            let wanted = index.claims().iter().find(|claim| claim.id.as_str() == post.gold);
            let wanted = wanted.map_or("", |claim| claim.title.as_str());
            misses.push(Miss::new(&post.text, wanted, &first.title, first.score.get()));
        }
    }
    let mut out = by_stratum(set, &places);
    if let Some(first) = out.first_mut() {
        *first = first.clone().with_misses(misses);
    }
    out.extend(LANGUAGES.iter().chain(&LENGTHS).filter_map(|slice| {
        let of: Vec<Option<usize>> = slices.iter().filter(|s| s.0 == *slice).map(|s| s.1).collect();
        let name = format!("{set}.{slice}.mrr10");
        (!of.is_empty()).then(|| Measure::higher(&name, mean_reciprocal(&of), of.len()))
    }));
    out
}

/// The reciprocal rank of the right claim of every post, 0 behind the tenth.
pub fn reciprocal(finder: Finder<'_>, pairs: &Pairs) -> Vec<f64> {
    let rank = |post: &Post| {
        let listed = listed(finder, &post.text, None, 10);
        listed
            .iter()
            .position(|claim| pairs.right(post, &claim.id))
            .map_or(0.0, |place| 1.0 / (place + 1) as f64)
    };
    pairs.posts.iter().map(rank).collect()
}

/// Slices by the language that a post is taken for.
const LANGUAGES: [&str; 6] = ["lang_id", "lang_ms", "lang_jv", "lang_su", "lang_en", "lang_other"];
/// Slices by words of a post: below 15, below 60, more.
const LENGTHS: [&str; 3] = ["short", "medium", "long"];

fn language(text: &str) -> &'static str {
    let code = guess(&Plain::of(text)).code;
    let own = LANGUAGES.into_iter().find(|slice| slice.strip_prefix("lang_") == Some(code));
    own.unwrap_or(LANGUAGES[5])
}

fn length(words: usize) -> &'static str {
    LENGTHS[usize::from(words >= 15) + usize::from(words >= 60)]
}

/// Mean reciprocal rank of the right claims by their places, 0 behind the tenth.
pub(super) fn mean_reciprocal(places: &[Option<usize>]) -> f64 {
    let rank = |&place: &usize| if place < 10 { 1.0 / (place + 1) as f64 } else { 0.0 };
    places.iter().map(|place| place.as_ref().map_or(0.0, rank)).sum::<f64>() / places.len().max(1) as f64
}

/// Share of the posts whose claim is among the first `n`.
fn within(places: &[Option<usize>], n: usize) -> f64 {
    places.iter().flatten().filter(|&&place| place < n).count() as f64 / places.len().max(1) as f64
}

/// Plain BM25 on the same posts, words of the post counted once and as often as they stand there.
fn simpler(index: &ClaimIndex, pairs: &Pairs) -> Vec<Measure> {
    let plain = Bm25::new(index.claims().iter().map(|claim| claim.title.as_str()));
    let mut out = Vec::new();
    for (once, name) in [(true, "plain_bm25"), (false, "plain_bm25_every_time")] {
        let place = |post: &Post| {
            let found = plain.search(&post.text, once, DEPTH);
            found.iter().position(|&at| pairs.right(post, &index.claims()[at].id))
        };
        let places: Vec<Option<usize>> = pairs.posts.iter().map(place).collect();
        for (measure, value) in
            [("mrr10", mean_reciprocal(&places)), ("r1", within(&places, 1)), ("r50", within(&places, DEPTH))]
        {
            let name = format!("claims.dev.{measure}_{name}");
            out.push(Measure::higher(&name, value, places.len()).as_baseline());
        }
    }
    out
}

/// MRR@10 and the share within the first 1, 5 and 50, of all posts and by stratum, from stratum and place of the right
/// claim of each post.
pub(super) fn by_stratum(set: &str, places: &[(&str, Option<usize>)]) -> Vec<Measure> {
    let mut out = Vec::new();
    for stratum in ["", "high", "mid", "low"] {
        let of: Vec<Option<usize>> =
            places.iter().filter(|p| stratum.is_empty() || p.0 == stratum).map(|p| p.1).collect();
        let name = |measure: &str| match stratum {
            "" => format!("{set}.{measure}"),
            _ => format!("{set}.{stratum}.{measure}"),
        };
        out.push(Measure::higher(&name("mrr10"), mean_reciprocal(&of), of.len()));
        for n in [1, 5, 50] {
            out.push(Measure::higher(&name(&format!("r{n}")), within(&of, n), of.len()));
        }
    }
    out
}

fn accepting(set: &str, finder: Finder<'_>, posts: usize, trials: &[Trial]) -> Vec<Measure> {
    let named = |name: &str| format!("{set}.accept.{name}");
    let score = |trial: &Trial| {
        let learnt = finder.learnt(trial.english);
        let score = learnt.accept(&trial.evidence);
        if trial.opposed { learnt.opposed(score) } else { score }
    };
    let mut scored: Vec<(f32, &Trial)> = trials.iter().map(|trial| (score(trial), trial)).collect();
    scored.sort_by(|a, b| b.0.total_cmp(&a.0));
    let is_accepted = |(score, trial): &&(f32, &Trial)| *score >= finder.learnt(trial.english).same;
    let accepted: Vec<&(f32, &Trial)> = scored.iter().filter(is_accepted).collect();
    let count = |of: &dyn Fn(&Trial) -> bool| accepted.iter().filter(|(_, trial)| of(trial)).count();
    let pairs = count(&|t| t.group != Group::News);
    let right = count(&|t| t.right());
    let linked = count(&|t| t.fit == Fit::Linked);
    let listed = count(&|t| t.right() && t.group == Group::Listed);
    let share = |x: usize, of: usize| x as f64 / of.max(1) as f64;
    let news = trials.iter().filter(|trial| trial.group == Group::News).count();
    let wrong = accepted.iter().filter(|(_, trial)| trial.fit != Fit::Linked);
    let misses = wrong.map(|(score, trial)| {
        let wanted = format!("{:?}, {:?}", trial.group, trial.fit);
        Miss::new(&trial.texts[0], &wanted, &trial.texts[1], f64::from(*score))
    });
    let mut out = vec![
        Measure::higher(&named("precision"), share(right, pairs), pairs).with_misses(misses.collect()),
        Measure::higher(&named("precision_strict"), share(linked, pairs), pairs),
        Measure::higher(&named("recall"), share(listed, posts), posts),
        Measure::higher(&named("recall_strict"), share(linked, posts), posts),
        Measure::lower(&named("news"), share(count(&|t| t.group == Group::News), news), news),
    ];
    for percent in [93, 95, 97, 99] {
        let at = |name: &str| named(&format!("recall{name}_at_p{percent}"));
        out.push(Measure::higher(&at(""), recall_at(&scored, percent, posts, Trial::right), posts));
        let strict = recall_at(&scored, percent, posts, |t| t.fit == Fit::Linked);
        out.push(Measure::higher(&at("_strict"), strict, posts));
    }
    out.push(Measure::higher(&named("auc"), area(&scored), scored.len()).resampled(&scored, |sample| {
        sample.sort_by(|a, b| b.0.total_cmp(&a.0));
        area(sample)
    }));
    out
}

/// Most recall at a precision of at least `percent`, news left out.
fn recall_at(scored: &[(f32, &Trial)], percent: usize, posts: usize, right: impl Fn(&Trial) -> bool) -> f64 {
    let (mut rights, mut all, mut listed, mut best) = (0, 0, 0, 0);
    for (_, trial) in scored.iter().filter(|(_, trial)| trial.group != Group::News) {
        let right = right(trial);
        all += 1;
        rights += usize::from(right);
        listed += usize::from(right && trial.group == Group::Listed);
        if rights * 100 >= percent * all {
            best = listed;
        }
    }
    best as f64 / posts.max(1) as f64
}

fn area(scored: &[(f32, &Trial)]) -> f64 {
    auc(scored.iter().map(|(score, trial)| (*score, trial.right())))
}

/// Share of (right, wrong) couples in the right order, of scores that fall.
pub(super) fn auc(scored: impl Iterator<Item = (f32, bool)>) -> f64 {
    let scored: Vec<(f32, bool)> = scored.collect();
    let (mut wrong_above, mut couples, mut bad) = (0.0, 0.0, 0.0);
    let wrong = scored.iter().filter(|(_, right)| !right).count() as f64;
    for same in scored.chunk_by(|a, b| a.0 == b.0) {
        let rights = same.iter().filter(|(_, right)| *right).count() as f64;
        let wrongs = same.len() as f64 - rights;
        bad += rights * (wrong_above + wrongs / 2.0);
        couples += rights * wrong;
        wrong_above += wrongs;
    }
    if couples == 0.0 { 0.0 } else { 1.0 - bad / couples }
}

/// The measures as a Markdown table.
pub fn table(measures: &[Measure]) -> String {
    let mut out = String::from("| measure | value | n |\n|---|---|---|\n");
    for measure in measures {
        // writing to a string cannot fail
        let _ = writeln!(out, "| {} | {:.4} | {} |", measure.name, measure.value, measure.n);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_of_a_tiny_ranking_are_right() {
        let trial = |fit| Trial {
            group: Group::Listed,
            fit,
            opposed: false,
            evidence: [0.0; EVIDENCE],
            english: false,
            texts: Default::default(),
        };
        let (yes, no) = (trial(Fit::Equivalent), trial(Fit::Wrong));
        let scored = [(0.9, &yes), (0.8, &no), (0.7, &yes), (0.7, &no)];
        assert!((area(&scored) - 0.625).abs() < 1e-9);
        assert!((recall_at(&scored, 95, 2, Trial::right) - 0.5).abs() < 1e-9);
        assert!((recall_at(&scored, 60, 2, Trial::right) - 1.0).abs() < 1e-9);
        assert_eq!(recall_at(&scored, 1, 2, |t| t.fit == Fit::Linked), 0.0);
    }
}
