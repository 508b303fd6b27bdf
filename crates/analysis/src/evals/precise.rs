//! The precise mode on development posts, and what it gains over matching by words alone.

use super::claims::{self, Pairs, read_news, reciprocal};
use super::{Measure, checkthat};
use crate::claims::precise::Precise;
use crate::claims::{ClaimIndex, Finder};
use crate::train::TrainError;
use std::path::Path;

/// All measures of known claims with the encoder, over `index`, whose titles `precise` has placed; behind them the gains.
/// `english` are the claims of [`checkthat`], placed too.
///
/// # Errors
/// [`TrainError`] when a file cannot be read.
pub fn evaluate(
    (index, precise): (&ClaimIndex, &mut Precise),
    english: (&ClaimIndex, &mut Precise),
    data: &Path,
) -> Result<Vec<Measure>, TrainError> {
    let pairs = Pairs::read(data, "pairs_dev.jsonl")?;
    let mut texts: Vec<String> = pairs.posts.iter().map(|post| post.text.clone()).collect();
    texts.extend(read_news(data)?);
    precise.place_posts(&texts, &mut Default::default());
    let (plain, precise) = (Finder::new(index, None), Finder::new(index, Some(precise)));
    let mut out = claims::measure("precise.dev", precise, data)?;
    let ranks = [plain, precise].map(|finder| reciprocal(finder, &pairs));
    for stratum in ["", "high", "mid", "low"] {
        let of = pairs.posts.iter().zip(ranks[0].iter().zip(&ranks[1]));
        let of = of.filter(|(post, _)| stratum.is_empty() || post.stratum == stratum);
        let gains: Vec<f64> = of.map(|(_, (plain, precise))| precise - plain).collect();
        let mean = |gains: &mut [f64]| gains.iter().sum::<f64>() / gains.len().max(1) as f64;
        let name = ["precise.dev", stratum, "mrr10_gain"].into_iter().filter(|part| !part.is_empty());
        let name = name.collect::<Vec<_>>().join(".");
        out.push(Measure::higher(&name, mean(&mut gains.clone()), gains.len()).resampled(&gains, mean));
    }
    let plain = claims::measure("claims.dev", plain, data)?;
    for name in ["accept.recall", "accept.recall_at_p97", "accept.auc"] {
        let value = |measures: &[Measure]| {
            let named =
                measures.iter().find(|measure| measure.name.split_once(".dev.").is_some_and(|n| n.1 == name));
            named.map_or((0.0, 0), |measure| (measure.value, measure.n))
        };
        let ((with, n), (without, _)) = (value(&out), value(&plain));
        let name = format!("precise.dev.{name}_gain");
        out.push(Measure::higher(&name, with - without, n).without_interval());
    }
    let tweets = checkthat::tweets(data, "dev")?;
    let texts: Vec<String> = tweets.iter().map(|tweet| tweet.text.clone()).collect();
    english.1.place_posts(&texts, &mut Default::default());
    let english = Finder::new(english.0, Some(english.1));
    out.extend(checkthat::measure("precise.checkthat.dev", english, &tweets));
    Ok(out)
}
