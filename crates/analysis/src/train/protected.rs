//! Trains the protected lanes on our own sentences, and reads those for training and measuring.

use super::TrainError;
use super::logistic::{self, Options};
use super::templates::{self, Random};
use crate::detect::group_attack::lexicon::lines;
use crate::detect::protected::cues::lane_named;
use crate::detect::protected::features::features;
use crate::detect::protected::{FORMAT, LANES};
use crate::model::ModelFile;
use crate::model::file::Header;
use crate::model::linear::{Bag, Linear, Output};
use rayon::prelude::*;
use saring_domain::Lane;
use saring_text::Plain;
use std::collections::BTreeMap;
use std::path::Path;

/// Buckets of the model, as a power of two.
const BITS: u32 = 16;
/// Draws per template of a lane.
const DRAWS: usize = 16;
/// Draws per template of attacks.
const OTHER_DRAWS: usize = 3;
/// Every so many lines of a class and language are held out.
const HELD_OUT: usize = 2;
/// The class of what is not protected speech.
pub const NONE: &str = "none";
/// The class of everyday talk: no lane, and never a reason for a queue.
pub const HARMLESS: &str = "harmless";
/// Folds of the calibration.
const FOLDS: usize = 5;
/// How much a written sentence counts beside a drawn one.
const WRITTEN: f32 = 3.0;
/// Penalty of the regression.
const OPTIONS: Options = Options { c: 4.0, iterations: 80 };

/// One of our own sentences.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sentence {
    /// Its class: a lane, [`HARMLESS`] or [`NONE`].
    pub class: &'static str,
    /// Its lane; none for the other two classes.
    pub lane: Option<Lane>,
    /// Language code.
    pub language: &'static str,
    /// The sentence.
    pub text: &'static str,
    /// Not seen in training.
    pub held_out: bool,
}

/// All sentences of `data/protected.txt`.
pub fn sentences() -> Vec<Sentence> {
    let mut seen: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    let mut out = Vec::new();
    for line in lines(include_str!("../../data/protected.txt")) {
        let mut fields = line.splitn(3, '|');
        let (Some(class), Some(language), Some(text)) = (fields.next(), fields.next(), fields.next()) else {
            continue;
        };
        let count = seen.entry((class, language)).or_default();
        *count += 1;
        let held_out = count.is_multiple_of(HELD_OUT);
        out.push(Sentence { class, lane: lane_named(class), language, text, held_out });
    }
    out
}

#[derive(Default)]
struct Rows {
    texts: Vec<String>,
    lanes: Vec<Option<Lane>>,
    origin: Vec<usize>,
    importance: Vec<f32>,
}

impl Rows {
    fn add(&mut self, text: &str, lane: Option<Lane>, origin: usize, importance: f32) {
        self.texts.push(text.to_owned());
        self.lanes.push(lane);
        self.origin.push(origin);
        self.importance.push(importance);
    }

    fn own() -> Self {
        let mut out = Self::default();
        let mut random = Random::seeded(11);
        for (at, sentence) in sentences().iter().enumerate().filter(|(_, s)| !s.held_out) {
            out.add(sentence.text, sentence.lane, at, WRITTEN);
        }
        for (at, line) in lines(templates::LANES).enumerate() {
            if let Some((name, template)) = line.split_once(": ") {
                for text in templates::draw_line(template, DRAWS, &mut random) {
                    out.add(&text, lane_named(name), 1000 + at, 1.0);
                }
            }
        }
        for drawn in templates::draw(templates::ATTACK, OTHER_DRAWS, &mut random) {
            out.add(&drawn.text, None, 2000 + drawn.template, 1.0);
        }
        out
    }
}

/// The trainer of `models/protected.bin`. Needs no research data.
///
/// # Errors
/// None; the signature is that of all trainers.
pub fn train(_data: &Path) -> Result<(ModelFile, String), TrainError> {
    let own = Rows::own();
    let bags: Vec<Bag> = own.texts.par_iter().map(|text| features(text, &Plain::of(text))).collect();
    let idf = logistic::idf(&bags, BITS, 2);
    let rows = logistic::rows(&bags, BITS, &idf);
    let fold: Vec<usize> = own.origin.iter().map(|origin| origin % FOLDS).collect();
    let output = |at: usize| {
        let is = |lane: &Option<Lane>| match at {
            0 => lane.is_some(),
            _ => *lane == LANES.get(at - 1).copied(),
        };
        let truth: Vec<bool> = own.lanes.iter().map(is).collect();
        let fit = |rows: &logistic::Rows, truth: &[bool]| logistic::fit(rows, truth, &[], 1 << BITS, OPTIONS);
        let margins = logistic::out_of_fold(&rows, &truth, &fold, FOLDS, &fit);
        let mut output = logistic::fit(&rows, &truth, &own.importance, 1 << BITS, OPTIONS);
        (output.slope, output.offset) = logistic::platt(&margins, &truth);
        output
    };
    let outputs: Vec<Output> = (0..=LANES.len()).into_par_iter().map(output).collect();
    let mut payload = Vec::new();
    Linear::pack(BITS, &idf, &outputs).write(&mut payload);
    let header =
        Header { name: "protected".into(), format: FORMAT, version: "6".into(), licence: "CC0-1.0".into() };
    Ok((ModelFile { header, payload }, card(own.texts.len())))
}

fn card(sentences: usize) -> String {
    format!(
        "# protected\n\nFinds protected speech and its lane; what it accepts never reaches the hate queue.\n\n\
         - **Trained on** {sentences} sentences of our own: every second line of `crates/analysis/data/protected.txt` and draws \
         of `data/templates_lanes.txt`; attacks of `data/templates_attack.txt` as what is not protected. No published texts.\n\
         - **Licence** of the weights: CC0-1.0.\n\
         - **Method**: groups and institutions masked, hashed n-grams of words, characters and word classes, shape of the text; \
         L2 logistic regression, one output for \"protected at all\" and one per lane; Platt scaling on held-out origins.\n\
         - **Measured** by `saring evals` (`protected.*`) on every second line of each class and language, which took no part \
         in training; the words of the cues were chosen so that few posts that spread a hoax get a lane. The figures are below.\n\
         - **Limits**: our own idea of how people write; lanes are often confused with each other, protected speech less often \
         with the rest; few sentences in English; no feeling for irony.\n\
         - **Rebuild**: `cargo run --release -p xtask -- train protected`, the same bytes every time.\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detect::group_attack::stream::Stream;
    use crate::detect::protected::cues::allowed as allows;
    use crate::detect::protected::features::fill;
    use std::collections::BTreeSet;

    #[test]
    fn every_line_has_a_known_lane_and_all_lanes_are_there() {
        let all = sentences();
        assert_eq!(all.len(), lines(include_str!("../../data/protected.txt")).count());
        for line in lines(include_str!("../../data/protected.txt")) {
            let name = line.split('|').next().unwrap_or_default();
            let known = name == NONE || name == HARMLESS || lane_named(name).is_some();
            assert!(known, "unknown class {name}");
        }
        assert!(all.iter().filter(|s| s.class != NONE).count() >= 600);
        let classes: BTreeSet<&str> = all.iter().map(|s| s.class).filter(|class| *class != NONE).collect();
        assert_eq!(classes.len(), LANES.len() + 1);
        for class in classes {
            for language in ["id", "ms", "jv", "su"] {
                let own = all.iter().filter(|s| s.class == class && s.language == language);
                let held_out = own.clone().filter(|s| s.held_out).count();
                assert!(own.count() >= 12 && held_out >= 6, "{class} {language}");
            }
        }
    }

    #[test]
    fn the_cues_allow_most_of_what_we_wrote() {
        let all: Vec<Sentence> =
            sentences().into_iter().filter(|s| s.lane.is_some() && !s.held_out).collect();
        let allowed = |s: &&Sentence| {
            let lanes = allows(fill(s.text, &Stream::of(s.text, &Plain::of(s.text)), &mut Bag::default()));
            LANES.iter().zip(lanes).any(|(lane, allowed)| allowed && s.lane == Some(*lane))
        };
        let missing: Vec<&str> = all.iter().filter(|s| !allowed(s)).map(|s| s.text).collect();
        assert!(missing.len() * 10 <= all.len(), "{} of {}: {missing:#?}", missing.len(), all.len());
    }

    #[test]
    fn templates_name_known_lanes() {
        for line in lines(templates::LANES) {
            let name = line.split_once(": ").map_or("", |(name, _)| name);
            assert!(name == "none" || lane_named(name).is_some(), "{line}");
        }
    }
}
