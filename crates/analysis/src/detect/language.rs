//! Which language a text is in.

use super::{Card, Detector, Subject};
use crate::analyser::Settings;
use crate::known::Known;
use crate::model::{ModelError, Models};
use saring_domain::{Judgement, Language, Score};

/// Writes [`Judgement::language`].
struct LanguageDetector;

/// Makes the detector.
///
/// # Errors
/// None today: its tables are compiled in.
pub fn build(_models: &Models, _settings: &Settings) -> Result<Box<dyn Detector>, ModelError> {
    Ok(Box::new(LanguageDetector))
}

impl Detector for LanguageDetector {
    fn card(&self) -> Card {
        Card { name: "language", version: "2" }
    }

    fn examples(&self) -> Vec<(&'static str, bool)> {
        vec![("", false), ("🙂🙂🙂", false)]
    }

    fn detect(&self, subject: &Subject<'_>, _known: &Known, judgement: &mut Judgement) {
        let guess = saring_text::language::guess(&subject.plain);
        judgement.language = Language { code: guess.code.into(), score: Score::new(guess.score) };
    }
}
