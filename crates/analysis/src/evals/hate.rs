//! The tweets' labels and the protected lanes on development data and on our own held-out sentences.

use super::claims::everyday;
use super::{Measure, Miss, char_ngrams};
use crate::analyser::Analyser;
use crate::train::hate_speech::tweets;
use crate::train::protected::{HARMLESS, HOAX, NONE, Sentence, first_sentences, sentences};
use crate::train::{TrainError, read_jsonl};
use rayon::prelude::*;
use saring_domain::{HateScores, Item, ItemKind, Judgement, Lane, Queue};
use std::ops::RangeInclusive;
use std::path::Path;

/// Slices of the tweets by the number of words.
const LENGTHS: [(&str, RangeInclusive<usize>); 3] =
    [("short", 0..=9), ("middle", 10..=20), ("long", 21..=usize::MAX)];
/// Bins of the calibration error.
const BINS: usize = 10;

/// The 12 labels on the development tweets.
///
/// # Errors
/// [`TrainError::Data`] names the file that cannot be read.
pub fn hate(analyser: &Analyser, data: &Path) -> Result<Vec<Measure>, TrainError> {
    let mut out = labels(analyser, data)?;
    let known = tweets(&data.join("hate/train.jsonl"))?;
    out.extend(baselines(&known, &tweets(&data.join("hate/dev.jsonl"))?));
    out.push(calm(analyser));
    Ok(out)
}

/// What character n-grams alone reach on the same tweets.
fn baselines(known: &[(String, u16)], asked: &[(String, u16)]) -> Vec<Measure> {
    let given = char_ngrams::labels(known, asked, HateScores::NAMES.len());
    let masks: Vec<(u16, u16)> = asked.iter().map(|(_, truth)| *truth).zip(given).collect();
    let (n, exact) = (masks.len(), masks.iter().filter(|(truth, given)| truth == given).count());
    let of = |name: &str, value: f64| {
        Measure::higher(&format!("hate.tweets.{name}_of_char_ngrams"), value, n).as_baseline()
    };
    vec![
        of("hs.macro_f1", macro_f1(&masks, 0)).resampled(&masks, |sample| macro_f1(sample, 0)),
        of("abusive.macro_f1", macro_f1(&masks, 1)).resampled(&masks, |sample| macro_f1(sample, 1)),
        of("mean_f1", mean_f1(&masks)).resampled(&masks, |sample| mean_f1(sample)),
        of("exact12", share(exact, n)),
    ]
}

/// Our own held-out press, complaints, questions and daily talk: the share that the tweets' head calls hateful or abusive.
fn calm(analyser: &Analyser) -> Measure {
    let classes = ["press", "complaint", "question", HARMLESS];
    let texts: Vec<&str> = first_sentences()
        .into_iter()
        .filter(|sentence| sentence.held_out && classes.contains(&sentence.class))
        .map(|sentence| sentence.text)
        .collect();
    let judged = judge(analyser, texts.iter().copied());
    let wrong = judged.iter().filter(|judgement| has(judgement, "Abusive") || has(judgement, "HS")).count();
    Measure::lower("hate.calm.false_flags", share(wrong, texts.len()), texts.len())
}

/// Protected speech: own held-out sentences, and hoax posts that a lane would keep from their queue.
///
/// # Errors
/// [`TrainError::Data`] names the file that cannot be read.
pub fn protected_speech(analyser: &Analyser, data: &Path) -> Result<Vec<Measure>, TrainError> {
    let mut out = protected(analyser);
    out.extend(hoaxes_missed(analyser, data)?);
    Ok(out)
}

/// Judges bare texts as posts.
pub(super) fn judge<'t>(analyser: &Analyser, texts: impl Iterator<Item = &'t str>) -> Vec<Judgement> {
    let texts: Vec<&str> = texts.collect();
    texts.par_iter().map(|text| analyser.judge_one(&post(text)).judgement).collect()
}

fn post(text: &str) -> Item {
    Item {
        id: "eval".into(),
        capture: "eval".into(),
        source: "eval".into(),
        kind: ItemKind::Post,
        account: None,
        title: None,
        text: text.into(),
        url: None,
        outlet: None,
        posted_at: None,
        seen_at: jiff::Timestamp::UNIX_EPOCH,
    }
}

/// The judgement carries the label.
pub(super) fn has(judgement: &Judgement, label: &str) -> bool {
    judgement.labels.iter().any(|given| given == label)
}

/// How often label `bit` is right, missed, wrongly given and rightly not given, in (truth, given) masks.
fn counts(masks: &[(u16, u16)], bit: usize) -> [usize; 4] {
    let mut out = [0; 4];
    for (truth, given) in masks {
        out[match (truth >> bit & 1, given >> bit & 1) {
            (1, 1) => 0,
            (1, _) => 1,
            (_, 1) => 2,
            _ => 3,
        }] += 1;
    }
    out
}

/// Mean of the F1 of having and of not having label `bit`.
fn macro_f1(masks: &[(u16, u16)], bit: usize) -> f64 {
    let [yes, missed, wrong, no] = counts(masks, bit);
    f64::midpoint(f1(yes, missed + wrong), f1(no, missed + wrong))
}

/// Mean F1 of having each of the 12 labels.
fn mean_f1(masks: &[(u16, u16)]) -> f64 {
    let of = |bit| {
        let [yes, missed, wrong, _] = counts(masks, bit);
        f1(yes, missed + wrong)
    };
    (0..HateScores::NAMES.len()).map(of).sum::<f64>() / HateScores::NAMES.len() as f64
}

/// The 12 labels on the tweets of the development split.
fn labels(analyser: &Analyser, data: &Path) -> Result<Vec<Measure>, TrainError> {
    let rows = tweets(&data.join("hate/dev.jsonl"))?;
    let n = rows.len();
    let judged = judge(analyser, rows.iter().map(|(text, _)| text.as_str()));
    let mask = |judgement: &Judgement| {
        let set = |(bit, name): (usize, &&str)| u16::from(has(judgement, name)) << bit;
        HateScores::NAMES.iter().enumerate().map(set).sum::<u16>()
    };
    let masks: Vec<(u16, u16)> =
        rows.iter().zip(&judged).map(|((_, truth), judgement)| (*truth, mask(judgement))).collect();
    let exact = masks.iter().filter(|(truth, given)| truth == given).count();
    let mut out = Vec::new();
    for (bit, name) in HateScores::NAMES.iter().enumerate() {
        let scores = rows
            .iter()
            .zip(&judged)
            .map(|((_, truth), judgement)| (judgement.hate.to_array()[bit], truth >> bit & 1 == 1));
        let mut scored: Vec<(f64, bool)> = scores.collect();
        let name = name.to_lowercase();
        out.push(
            Measure::lower(&format!("hate.tweets.{name}.ece"), calibration_error(&scored), n)
                .resampled(&scored, |sample| calibration_error(sample)),
        );
        if bit < 2 {
            out.push(
                Measure::higher(&format!("hate.tweets.{name}.macro_f1"), macro_f1(&masks, bit), n)
                    .resampled(&masks, |sample| macro_f1(sample, bit))
                    .with_misses(wrongly_told(&rows, &judged, bit)),
            );
            out.push(area(&format!("hate.tweets.{name}.auc"), &mut scored));
        }
    }
    out.push(
        Measure::higher("hate.tweets.mean_f1", mean_f1(&masks), n)
            .resampled(&masks, |sample| mean_f1(sample)),
    );
    let labels_of = |mask: u16| {
        let set = HateScores::NAMES.iter().enumerate().filter(|(bit, _)| mask >> bit & 1 == 1);
        set.map(|(_, name)| *name).collect::<Vec<_>>().join(" ")
    };
    let wrong = rows.iter().zip(&masks).filter(|(_, (truth, given))| truth != given);
    let misses = wrong.map(|((text, _), (truth, given))| {
        Miss::new(text, &labels_of(*truth), &labels_of(*given), f64::from((truth ^ given).count_ones()))
    });
    out.push(Measure::higher("hate.tweets.exact12", share(exact, n), n).with_misses(misses.collect()));
    for (length, words) in LENGTHS {
        let within = |text: &str| words.contains(&text.split_whitespace().count());
        let slice: Vec<(u16, u16)> =
            rows.iter().zip(&masks).filter(|((text, _), _)| within(text)).map(|(_, masks)| *masks).collect();
        let name = format!("hate.tweets.{length}.hs.macro_f1");
        out.push(
            Measure::higher(&name, macro_f1(&slice, 0), slice.len()).resampled(&slice, |s| macro_f1(s, 0)),
        );
    }
    Ok(out)
}

/// Tweets of which label `bit` was told wrongly, weighed by the probability given to the wrong answer.
fn wrongly_told(rows: &[(String, u16)], judged: &[Judgement], bit: usize) -> Vec<Miss> {
    let name = HateScores::NAMES[bit];
    let named = |yes: bool| if yes { name.to_owned() } else { format!("not {name}") };
    let miss = |((text, truth), judgement): (&(String, u16), &Judgement)| {
        let (truth, given) = (truth >> bit & 1 == 1, has(judgement, name));
        let p = judgement.hate.to_array()[bit];
        let weight = if truth { 1.0 - p } else { p };
        (truth != given).then(|| Miss::new(text, &named(truth), &named(given), weight))
    };
    rows.iter().zip(judged).filter_map(miss).collect()
}

/// Our own protected sentences that were held out: what reaches the hate queue, what the lanes find, by language and class.
fn protected(analyser: &Analyser) -> Vec<Measure> {
    let held: Vec<Sentence> = sentences().into_iter().filter(|sentence| sentence.held_out).collect();
    let judged = judge(analyser, held.iter().map(|sentence| sentence.text));
    let all: Vec<(Sentence, Judgement)> = held.into_iter().zip(judged).collect();
    let mut out = slice("protected.held_out", &all, |sentence| !unprotected(sentence));
    for measure in &mut out {
        if measure.name.ends_with(".recall") {
            *measure = measure.clone().with_misses(unfound(&all));
        }
    }
    let first = first_sentences();
    let earlier = |sentence: &Sentence| first.contains(sentence);
    out.extend(slice("protected.held_out.first", &all, |s| !unprotected(s) && earlier(s)));
    out.extend(slice("protected.held_out.more", &all, |s| !unprotected(s) && !earlier(s)));
    for language in ["id", "ms", "jv", "su", "en"] {
        let name = format!("protected.held_out.{language}");
        out.extend(slice(&name, &all, |s| s.language == language && !unprotected(s)));
    }
    // the lines of the first file say much the same in each language, the others are harder in Indonesian
    let found: Vec<(&str, bool)> = all
        .iter()
        .filter(|(sentence, _)| sentence.lane.is_some() && GAP_BETWEEN.contains(&sentence.language))
        .filter(|(sentence, _)| earlier(sentence))
        .map(|(sentence, judgement)| (sentence.language, judgement.protected.lane.is_some()))
        .collect();
    out.push(
        Measure::lower("protected.held_out.language_gap", language_gap(&found), found.len())
            .resampled(&found, |sample| language_gap(sample)),
    );
    let mut classes: Vec<&str> = all.iter().map(|(sentence, _)| sentence.class).collect();
    classes.sort_unstable();
    classes.dedup();
    for class in classes.into_iter().filter(|class| ![NONE, HOAX].contains(class)) {
        out.extend(slice(&format!("protected.held_out.{class}"), &all, |s| s.class == class));
    }
    let others: Vec<&(Sentence, Judgement)> =
        all.iter().filter(|(s, _)| s.lane.is_none() && earlier(s)).collect();
    let abstained = others.iter().filter(|(_, judgement)| judgement.protected.lane.is_none()).count();
    out.push(Measure::higher("protected.held_out.abstains", share(abstained, others.len()), others.len()));
    let of = |class| all.iter().filter(move |(s, _)| s.class == class).map(|(s, judged)| (s.text, judged));
    let posts = everyday(false).1;
    let judged = judge(analyser, posts.iter().copied());
    out.push(with_lane("protected.everyday", of(HARMLESS).chain(posts.into_iter().zip(&judged))));
    out.push(with_lane("protected.plain_hoax", of(HOAX)));
    out
}

/// The share of texts without a lane that get one all the same.
fn with_lane<'t>(name: &str, all: impl Iterator<Item = (&'t str, &'t Judgement)>) -> Measure {
    let mut n = 0;
    let counted = all.inspect(|_| n += 1);
    let laned = counted.filter_map(|(text, judgement)| {
        let lane = judgement.protected.lane?;
        Some(Miss::new(text, "none", &format!("{lane:?}").to_lowercase(), judgement.protected.score.get()))
    });
    let misses: Vec<Miss> = laned.collect();
    Measure::lower(&format!("{name}.with_lane"), share(misses.len(), n), n).with_misses(misses)
}

/// Neither of a lane nor everyday talk.
fn unprotected(sentence: &Sentence) -> bool {
    [NONE, HOAX].contains(&sentence.class)
}

/// The languages whose recall is held beside one another.
const GAP_BETWEEN: [&str; 4] = ["id", "ms", "jv", "su"];

/// The distance between the languages with the highest and the lowest share of found lanes.
fn language_gap(found: &[(&str, bool)]) -> f64 {
    let recalls = GAP_BETWEEN.map(|language| {
        let own = found.iter().filter(|(of, _)| *of == language);
        share(own.clone().filter(|(_, found)| *found).count(), own.count())
    });
    recalls.iter().copied().fold(0.0, f64::max) - recalls.iter().copied().fold(1.0, f64::min)
}

/// Protected sentences without a lane, and lanes given to what has none.
fn unfound(all: &[(Sentence, Judgement)]) -> Vec<Miss> {
    let wrong = all.iter().filter(|(s, judgement)| s.lane.is_some() != judgement.protected.lane.is_some());
    let miss = |(sentence, judgement): &(Sentence, Judgement)| {
        let score = judgement.protected.score.get();
        let weight = if sentence.lane.is_some() { 1.0 - score } else { score };
        let got = judgement.protected.lane.map_or("none".into(), |lane| format!("{lane:?}").to_lowercase());
        Miss::new(sentence.text, sentence.class, &got, weight)
    };
    wrong.map(miss).collect()
}

/// Score from which on a false flag is a grave one.
const GRAVE: f64 = 0.8;

/// The measures of some of the protected sentences; lanes are measured on those that have one.
fn slice(name: &str, all: &[(Sentence, Judgement)], keep: impl Fn(&Sentence) -> bool) -> Vec<Measure> {
    let rows: Vec<&(Sentence, Judgement)> = all.iter().filter(|(sentence, _)| keep(sentence)).collect();
    let laned: Vec<&(Sentence, Judgement)> =
        rows.iter().copied().filter(|(sentence, _)| sentence.lane.is_some()).collect();
    let count = |rows: &[&(Sentence, Judgement)], of: fn(&(Sentence, Judgement)) -> bool| {
        share(rows.iter().filter(|row| of(row)).count(), rows.len())
    };
    let queued = count(&rows, |(_, judgement)| judgement.queue == Queue::Hate);
    let grave = count(&rows, |(_, judgement)| {
        judgement.queue == Queue::Hate && judgement.group_attack.score.get() > GRAVE
    });
    let flagged = count(&rows, |(_, judgement)| has(judgement, "GroupAttack"));
    let mut out = vec![
        Measure::lower(&format!("{name}.false_flags"), queued, rows.len()),
        Measure::lower(&format!("{name}.grave_flags"), grave, rows.len()),
        Measure::lower(&format!("{name}.labelled"), flagged, rows.len()),
    ];
    if !laned.is_empty() {
        let found = count(&laned, |(_, judgement)| judgement.protected.lane.is_some());
        let exact = count(&laned, |(sentence, judgement)| judgement.protected.lane == sentence.lane);
        out.push(Measure::higher(&format!("{name}.recall"), found, laned.len()));
        out.push(Measure::higher(&format!("{name}.right_lane"), exact, laned.len()));
    }
    out
}

/// Posts that spread a hoax: those whose lane would keep them from the hoax queue, and those with any lane at all. Few of
/// them are criticism or questions; most lanes among them are mistakes.
fn hoaxes_missed(analyser: &Analyser, data: &Path) -> Result<[Measure; 2], TrainError> {
    let rows = read_jsonl(&data.join("hoax/pairs_dev.jsonl"))?;
    let texts: Vec<&str> = rows.iter().map(|row| row["query"].as_str().unwrap_or_default()).collect();
    let judged = judge(analyser, texts.iter().copied());
    let keeps = |lane| matches!(lane, Lane::CounterSpeech | Lane::Satire | Lane::Question);
    let kept = judged.iter().filter(|judgement| judgement.protected.lane.is_some_and(keeps)).count();
    let n = rows.len();
    Ok([
        Measure::lower("protected.hoax_posts.kept_from_queue", share(kept, n), n),
        with_lane("protected.hoax_posts", texts.into_iter().zip(&judged)),
    ])
}

/// A part of a whole, 0 of nothing.
pub(super) fn share(part: usize, whole: usize) -> f64 {
    part as f64 / whole.max(1) as f64
}

fn f1(hits: usize, errors: usize) -> f64 {
    2.0 * hits as f64 / (2 * hits + errors).max(1) as f64
}

/// [`auc`] with its interval.
pub(super) fn area(name: &str, scored: &mut [(f64, bool)]) -> Measure {
    Measure::higher(name, auc(scored), scored.len()).resampled(scored, auc)
}

/// Area under the ROC curve; ties count half. Sorts `scored`.
fn auc(scored: &mut [(f64, bool)]) -> f64 {
    scored.sort_by(|a, b| a.0.total_cmp(&b.0));
    let (mut below, mut wins) = (0.0, 0.0);
    for tie in scored.chunk_by(|a, b| a.0 == b.0) {
        let yes = tie.iter().filter(|(_, truth)| *truth).count() as f64;
        let no = tie.len() as f64 - yes;
        wins += yes * (below + no / 2.0);
        below += no;
    }
    let yes = scored.len() as f64 - below;
    if yes * below == 0.0 { 0.0 } else { wins / (yes * below) }
}

/// Expected calibration error over [`BINS`] equal bins.
fn calibration_error(scored: &[(f64, bool)]) -> f64 {
    let mut bins = [(0.0, 0.0); BINS];
    for (p, truth) in scored {
        let bin = &mut bins[((p * BINS as f64) as usize).min(BINS - 1)];
        bin.0 += p;
        bin.1 += f64::from(u8::from(*truth));
    }
    bins.iter().map(|(p, truth)| (p - truth).abs()).sum::<f64>() / scored.len().max(1) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn f1_of_tiny_masks_are_right() {
        let masks = [(1, 1), (1, 0), (0, 0), (0, 1)];
        assert_eq!(counts(&masks, 0), [1, 1, 1, 1]);
        assert!((macro_f1(&masks, 0) - 0.5).abs() < 1e-9);
        assert!((mean_f1(&masks) - 0.5 / 12.0).abs() < 1e-9);
    }

    #[test]
    fn figures_of_tiny_sets_are_right() {
        assert!((auc(&mut [(0.9, true), (0.8, false), (0.7, true), (0.7, false)]) - 0.625).abs() < 1e-9);
        assert!((auc(&mut [(0.9, true)]) - 0.0).abs() < 1e-9);
        assert!((f1(3, 2) - 0.75).abs() < 1e-9);
        assert!((calibration_error(&[(0.95, true), (0.05, false)]) - 0.05).abs() < 1e-9);
        assert!((calibration_error(&[(1.0, false)]) - 1.0).abs() < 1e-9);
        let found = [("id", true), ("id", false), ("ms", true), ("jv", true), ("su", true)];
        assert!((language_gap(&found) - 0.5).abs() < 1e-9);
    }
}
