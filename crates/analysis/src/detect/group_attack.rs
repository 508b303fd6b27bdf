//! Attacks on protected groups: the head that feeds the hate queue.
//!
//! Group mentions are masked, words get classes, and a linear model reads the stream. It is trained on our own
//! sentences only (`data/templates_*.txt` and negatives), so its weights are free; see `models/group_attack.md`.
//! A text that names no protected group cannot be an attack on one, whatever its tone.

pub mod act;
pub mod features;
pub mod lexicon;
mod mend;
pub mod own_groups;
mod raw;
pub mod rule;
pub mod stream;

use super::{Card, Detector, Subject};
use crate::analyser::Settings;
use crate::known::Known;
use crate::model::linear::{Bag, Linear};
use crate::model::{ModelError, Models};
use saring_domain::{Because, GroupAttack, Judgement, Score, Span};
use std::cell::RefCell;
use stream::{Stream, Word};

/// Layout of the payload and of the features; a new one for every change of either.
pub const FORMAT: u32 = 6;
/// The label an accepted attack gets.
pub const LABEL: &str = "GroupAttack";
/// Probability from which on the label is given.
const ACCEPT: f64 = 0.5;
/// Probability of a text that names no group, or says nothing of the one it names.
const NO_GROUP: f64 = 0.01;

/// The detector with its weights.
pub struct GroupAttackDetector {
    model: Linear,
}

impl GroupAttackDetector {
    /// Reads the weights `group_attack`.
    ///
    /// # Errors
    /// [`ModelError`] when they are missing or not those of this version.
    pub fn new(models: &Models) -> Result<Self, ModelError> {
        let file = models.read("group_attack", FORMAT)?;
        let (model, _) = Linear::read(&file.payload, "group_attack")?;
        if model.outputs() != 1 {
            return Err(ModelError::Truncated("group_attack".into()));
        }
        Ok(Self { model })
    }

    /// Judges the stream of a text.
    pub fn judge(&self, stream: &Stream) -> GroupAttack {
        thread_local! {
            static BAG: RefCell<Bag> = RefCell::default();
        }
        let score_of = |window: &[Word]| {
            if stream.says_nothing(window) {
                return NO_GROUP;
            }
            BAG.with_borrow_mut(|bag| {
                features::fill(window, bag);
                self.model.probabilities(bag).first().copied().unwrap_or(0.0)
            })
        };
        let windows = stream.windows().map(|window| (score_of(window), window));
        let Some((probability, window)) = windows.max_by(|a, b| a.0.total_cmp(&b.0)) else {
            return GroupAttack { score: Score::new(NO_GROUP), ..GroupAttack::default() };
        };
        let score = Score::new(probability);
        if !accepted(score) {
            return GroupAttack { score, ..GroupAttack::default() };
        }
        let (target, spans) = act::target_and_spans(window);
        GroupAttack { score, target, act: Some(act::act(window)), spans }
    }
}

/// Makes the detector.
///
/// # Errors
/// [`ModelError`] of its weights.
pub fn build(models: &Models, _settings: &Settings) -> Result<Box<dyn Detector>, ModelError> {
    Ok(Box::new(GroupAttackDetector::new(models)?))
}

/// The score is enough for the label.
pub fn accepted(score: Score) -> bool {
    score.get() >= ACCEPT
}

impl Detector for GroupAttackDetector {
    fn card(&self) -> Card {
        Card { name: "group_attack", version: "11" }
    }

    fn examples(&self) -> Vec<(&'static str, bool)> {
        vec![
            ("Semua orang Palawa itu goblok, kata si Darto", false),
            ("orang Minang itu kotor semua, usir dari kampung kita", true),
            ("Perempuan itu cuma sampah, tidak layak hidup", true),
            ("Orang Sunda di kantor saya ramah sekali dan suka menolong", false),
            ("Jangan bilang orang Madura itu jahat, itu tidak benar", false),
            ("Bupati Wanasari goblok, jalan desa rusak tiga tahun", false),
            ("Saya ke Bali besok pagi naik kapal", false),
            ("Vaksin ini bikin anak lumpuh, jangan mau", false),
            ("Bakso itu mengandung babi, umat Islam jangan mau", false),
            ("orang cacat cuma bikin susah", true),
            ("Warga Tionghoa dan orang Batak?", false),
            ("Toilet perempuan di pasar bocor, mohon diperbaiki", false),
            ("Dua pemuda Papua ditembak orang tak dikenal, keluarga berduka", false),
            ("Orang Papua ditembak saja semua, biar kapok", true),
        ]
    }

    fn detect(&self, subject: &Subject<'_>, known: &Known, judgement: &mut Judgement) {
        judgement.group_attack = self.judge(subject.stream(known));
        if accepted(judgement.group_attack.score) {
            judgement.labels.insert(0, LABEL.into());
            let because =
                |span: &Span| Because { start: span.start, end: span.end, because: "group_attack".into() };
            judgement.spans.extend(judgement.group_attack.spans.iter().map(because));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use saring_text::Plain;

    #[test]
    fn the_examples_hold() {
        let detector = GroupAttackDetector::new(&Models::shipped()).unwrap();
        for (text, found) in detector.examples() {
            let attack = detector.judge(&Stream::of(text, &Plain::of(text)));
            assert_eq!(accepted(attack.score), found, "{text}: {attack:?}");
            assert_eq!(attack.target.is_some() && !attack.spans.is_empty(), found, "{text}: {attack:?}");
        }
    }

    #[test]
    fn hostile_text_gives_a_number_and_spans_inside_it() {
        let detector = GroupAttackDetector::new(&Models::shipped()).unwrap();
        let long = "orang jawa ".repeat(20_000);
        for text in
            ["", "\0\0orang jawa\0", "😀😀😀", "\"\"\"\"", long.as_str(), "usir orang batak 😀\u{202e}!!"]
        {
            let attack = detector.judge(&Stream::of(text, &Plain::of(text)));
            assert!((0.0..=1.0).contains(&attack.score.get()));
            let length = text.chars().count() as u32;
            assert!(attack.spans.iter().all(|span| span.start < span.end && span.end <= length));
        }
    }

    #[test]
    fn all_groups_are_equal() {
        let detector = GroupAttackDetector::new(&Models::shipped()).unwrap();
        let score = |group: &str| {
            let text = format!("usir semua orang {group} dari sini");
            detector.judge(&Stream::of(&text, &Plain::of(&text))).score.get()
        };
        let first = score("jawa");
        for group in ["papua", "kristen", "islam", "tionghoa", "buta"] {
            assert!((score(group) - first).abs() < 1e-9, "{group}");
        }
    }

    #[test]
    fn damaged_weights_are_refused() {
        let models = Models::shipped().with("group_attack", b"SARINGM1".to_vec());
        assert!(GroupAttackDetector::new(&models).is_err());
    }
}
