//! The 12 labels of Ibrohim & Budi (2019) for Indonesian tweets: hate speech as annotators of tweets see it, which is
//! mostly insult of persons. Shown beside an item; it does not feed the hate queue (see `group_attack`).

pub mod blend;
pub mod combination;
pub mod features;
pub mod network;
pub mod regressions;
pub mod second;
pub mod strengths;

use super::group_attack::stream::Stream;
use super::{Card, Detector, Subject};
use crate::analyser::Settings;
use crate::known::Known;
use crate::model::linear::Linear;
use crate::model::trees::Bytes;
use crate::model::{ModelError, Models};
use blend::Blend;
use combination::{ABUSIVE, Combinations, HS, LABELS};
use network::{Network, Reader};
use regressions::Regressions;
use saring_domain::{HateScores, Judgement};
use second::SecondLook;
use std::cell::RefCell;
use std::sync::Arc;

/// Layout of the payload and of the features.
pub const FORMAT: u32 = 7;
/// Where the regressions give neither `HS` nor `Abusive` that much, nothing else is asked.
const CALM: f64 = 0.15;

/// Whether the regressions are sure that a text is neither hateful nor abusive.
pub fn is_calm(hs: f64, abusive: f64) -> bool {
    hs < CALM && abusive < CALM
}

/// The detector with its weights.
pub struct HateSpeechDetector {
    model: Arc<Linear>,
    network: Arc<Network>,
    second: SecondLook,
    blend: Blend,
    combinations: Combinations,
}

/// Probabilities and the accepted labels of one text.
#[derive(Clone, Debug, PartialEq)]
pub struct Labelled {
    /// Calibrated probability of each label.
    pub scores: HateScores,
    /// One bit per label in the order of [`HateScores::NAMES`]; always a combination seen in training.
    pub mask: u16,
}

impl HateSpeechDetector {
    /// Reads the weights `hate_speech`.
    ///
    /// # Errors
    /// [`ModelError`] when they are missing or not those of this version.
    pub fn new(models: &Models) -> Result<Self, ModelError> {
        let file = models.read("hate_speech", FORMAT)?;
        let (model, rest) = Linear::read(&file.payload, "hate_speech")?;
        if model.outputs() != LABELS {
            return Err(ModelError::Truncated("hate_speech".into()));
        }
        let mut rest = Bytes(rest);
        let mut read =
            || Some((Network::read(&mut rest)?, SecondLook::read(&mut rest)?, Blend::read(&mut rest)?));
        let (network, second, blend) = read().ok_or_else(|| ModelError::Truncated("hate_speech".into()))?;
        let combinations = Combinations::read(rest.0)?;
        Ok(Self { model: Arc::new(model), network: Arc::new(network), second, blend, combinations })
    }

    /// Judges a text; `stream` is made of it.
    pub fn judge(&self, text: &str, stream: &Stream) -> Labelled {
        thread_local! {
            static OWN: RefCell<(String, Regressions, Reader)> = RefCell::default();
        }
        let (given, mask) = OWN.with_borrow_mut(|(cleaned, regressions, reader)| {
            features::clean(text, cleaned);
            if !cleaned.contains(char::is_alphanumeric) {
                return ([0.0; LABELS], 0);
            }
            let mut given = regressions.probabilities(&self.model, cleaned);
            if is_calm(given[HS], given[ABUSIVE]) {
                return (given, 0);
            }
            reader.start(&self.network);
            features::each_word(cleaned, |word| reader.push(&self.network, word));
            let network = reader.finish(&self.network);
            self.blend.correct(&mut given, &network);
            self.second.correct(&mut given, &network, &regressions.hashes, text, stream);
            (given, self.combinations.decode(&given))
        });
        let mut p = given;
        // the other outputs are trained on hateful rows: given HS
        for (at, value) in p.iter_mut().enumerate().filter(|(at, _)| *at != HS && *at != ABUSIVE) {
            *value = given[at] * given[HS];
        }
        Labelled { scores: HateScores::from_array(p), mask }
    }
}

/// Makes the detector.
///
/// # Errors
/// [`ModelError`] of its weights.
pub fn build(models: &Models, _settings: &Settings) -> Result<Box<dyn Detector>, ModelError> {
    Ok(Box::new(HateSpeechDetector::new(models)?))
}

impl Detector for HateSpeechDetector {
    fn card(&self) -> Card {
        Card { name: "hate_speech", version: "9" }
    }

    fn examples(&self) -> Vec<(&'static str, bool)> {
        vec![
            ("dasar bego lu, anjing, otak udang", true),
            ("Terima kasih bu Sulastri, nasi uduknya enak sekali", false),
            ("jadwal bus ke Wanasari jam berapa ya?", false),
        ]
    }

    fn detect(&self, subject: &Subject<'_>, known: &Known, judgement: &mut Judgement) {
        let labelled = self.judge(&subject.text, subject.stream(known));
        judgement.hate = labelled.scores;
        let given = HateScores::NAMES.iter().enumerate().filter(|(bit, _)| labelled.mask >> bit & 1 == 1);
        judgement.labels.extend(given.map(|(_, name)| (*name).to_owned()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use saring_text::Plain;

    fn judged(detector: &HateSpeechDetector, text: &str) -> Labelled {
        detector.judge(text, &Stream::of(text, &Plain::of(text)))
    }

    #[test]
    fn the_examples_hold() {
        let detector = HateSpeechDetector::new(&Models::shipped()).unwrap();
        for (text, found) in detector.examples() {
            let labelled = judged(&detector, text);
            assert_eq!(labelled.mask != 0, found, "{text}: {labelled:?}");
        }
    }

    #[test]
    fn what_has_no_word_has_no_label() {
        let detector = HateSpeechDetector::new(&Models::shipped()).unwrap();
        for text in ["", "😀😀", "!!! ???", "https://contoh.id/a @seseorang"] {
            let labelled = judged(&detector, text);
            assert_eq!((labelled.scores.to_array(), labelled.mask), ([0.0; LABELS], 0), "{text}");
        }
    }

    #[test]
    fn hostile_text_gives_probabilities() {
        let detector = HateSpeechDetector::new(&Models::shipped()).unwrap();
        let (long, word) = ("anjing ".repeat(30_000), "a".repeat(200_000));
        for text in ["", "\0", "😀😀", "\\x", "\\", long.as_str(), word.as_str()] {
            for p in judged(&detector, text).scores.to_array() {
                assert!((0.0..=1.0).contains(&p));
            }
        }
    }
}
