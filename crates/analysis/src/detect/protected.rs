//! Protected speech: criticism, satire, press, counter-speech and the other lanes of `rights.md` that keep an item out of
//! the hate queue. Trained on our own sentences, beside posts that spread a hoax as what is not protected. It says first
//! whether a text is protected at all, then which lane fits best; where it is unsure it abstains and the item goes its usual
//! way. The words of `data/lane_cues.txt` are hints among the features: as a condition they let half of what we wrote later go.
//! The themes of `data/lane_themes.txt` let words count that no sentence of the training holds.

pub mod cues;
pub mod features;
mod themes;

use super::{Card, Detector, Subject};
use crate::analyser::Settings;
use crate::detect::group_attack::stream::Stream;
use crate::detect::hate_speech::features::char_grams;
use crate::known::Known;
use crate::model::linear::{Bag, Linear, WordRows, logit};
use crate::model::{ModelError, Models};
use saring_domain::{Judgement, Lane, Protected, Score};
use std::cell::RefCell;
use std::sync::Arc;

/// Layout of the payload and of the features; a new one for every change of either.
pub const FORMAT: u32 = 5;
/// How much the log odds of the likeliest lane count beside those of being protected at all.
const LANE: f64 = 0.5;

/// The lanes in the order of the outputs; output 0 is "protected at all".
pub const LANES: [Lane; 11] = [
    Lane::Criticism,
    Lane::Satire,
    Lane::Press,
    Lane::CounterSpeech,
    Lane::Reclaimed,
    Lane::Debate,
    Lane::Testimony,
    Lane::Complaint,
    Lane::ProtestCall,
    Lane::Election,
    Lane::Question,
];

/// The sum of both log odds from which on a lane is named, in the order of [`LANES`]. On the folds of training a lane of what
/// people live through or argue is seldom given wrongly between 0 and 1, one of jokes, elections and questions often.
const BARS: [f64; LANES.len()] = [0.25, 1.25, 1.0, 0.75, 0.0, 0.25, 0.25, 0.75, 0.75, 1.5, 1.75];

/// The detector with its weights.
pub struct ProtectedDetector {
    model: Arc<Linear>,
}

impl ProtectedDetector {
    /// Reads the weights `protected`.
    ///
    /// # Errors
    /// [`ModelError`] when they are missing or not those of this version.
    pub fn new(models: &Models) -> Result<Self, ModelError> {
        let file = models.read("protected", FORMAT)?;
        let (model, _) = Linear::read(&file.payload, "protected")?;
        if model.outputs() != LANES.len() + 1 {
            return Err(ModelError::Truncated("protected".into()));
        }
        Ok(Self { model: Arc::new(model) })
    }

    /// Judges a text; `stream` must be made from it. One without a letter is no speech.
    pub fn judge(&self, text: &str, stream: &Stream) -> Protected {
        if !stream.words.iter().any(|word| stream.text(word).contains(char::is_alphabetic)) {
            return Protected::default();
        }
        thread_local! {
            static OWN: RefCell<(Bag, WordRows)> = RefCell::default();
        }
        let p = OWN.with_borrow_mut(|(bag, words)| {
            words.start(&self.model);
            let push = |out: &mut Vec<u32>, word: &str| words.push(&self.model, out, word, char_grams);
            features::fill_with(text, stream, bag, push);
            self.model.probabilities_with_rows(bag, features::CHARS)
        });
        let score = p.first().copied().filter(|p| !p.is_nan()).unwrap_or(0.0);
        let lanes = p.iter().skip(1).zip(LANES.into_iter().zip(BARS));
        let best = lanes.max_by(|a, b| a.0.total_cmp(b.0));
        let named = best.filter(|(lane, (_, bar))| logit(score) + LANE * logit(**lane) >= *bar);
        Protected { lane: named.map(|(_, (lane, _))| lane), score: Score::new(score) }
    }
}

/// Makes the detector.
///
/// # Errors
/// [`ModelError`] of its weights.
pub fn build(models: &Models, _settings: &Settings) -> Result<Box<dyn Detector>, ModelError> {
    Ok(Box::new(ProtectedDetector::new(models)?))
}

impl Detector for ProtectedDetector {
    fn card(&self) -> Card {
        Card { name: "protected", version: "9" }
    }

    fn examples(&self) -> Vec<(&'static str, bool)> {
        vec![
            ("Bupati Wanasari goblok, jalan desa rusak tiga tahun", true),
            ("Polisi brengsek, laporan kami tidak pernah ditindak", true),
            ("Saya menolak kalimat \"usir orang Sunda\", mereka saudara kita", true),
            ("Mau tanya, syarat urus SIM apa saja ya?", true),
            ("Lampu jalan depan pasar padam dua minggu, mohon diperbaiki", true),
            ("Orang Sunda itu sampah, usir semua dari sini", false),
            ("selamat malam, semoga mimpi indah", false),
        ]
    }

    fn detect(&self, subject: &Subject<'_>, known: &Known, judgement: &mut Judgement) {
        judgement.protected = self.judge(&subject.text, subject.stream(known));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use saring_text::Plain;

    #[test]
    fn the_examples_hold() {
        let detector = ProtectedDetector::new(&Models::shipped()).unwrap();
        for (text, found) in detector.examples() {
            let protected = detector.judge(text, &Stream::of(text, &Plain::of(text)));
            assert_eq!(protected.lane.is_some(), found, "{text}: {protected:?}");
        }
    }

    #[test]
    fn hostile_text_gives_a_number() {
        let detector = ProtectedDetector::new(&Models::shipped()).unwrap();
        let (long, word) = ("polisi ".repeat(30_000), "a".repeat(200_000));
        for text in ["", "\0", "😀😀", "\"", "!!!???", long.as_str(), word.as_str()] {
            let protected = detector.judge(text, &Stream::of(text, &Plain::of(text)));
            assert!((0.0..=1.0).contains(&protected.score.get()));
        }
        for text in ["", "!!!???", "12 + 7 = 19"] {
            let protected = detector.judge(text, &Stream::of(text, &Plain::of(text)));
            assert_eq!(protected, Protected::default(), "{text}");
        }
    }

    #[test]
    fn damaged_weights_are_refused() {
        let models = Models::shipped().with("protected", b"SARINGM1".to_vec());
        assert!(ProtectedDetector::new(&models).is_err());
    }
}
