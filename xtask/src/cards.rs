//! Writes the figures of the evaluations into the model cards, so that no card states a figure nobody measured.

use anyhow::{Context, bail};
use saring_analysis::evals::EVALS;
use saring_analysis::evals::floor::{CARDS, Row, floors, with_figures};
use saring_analysis::model::Models;
use saring_analysis::{Analyser, Known, Settings};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Measures what the named models are judged by (all where none is named) and writes it into their cards.
pub fn run(root: &Path, names: &[String]) -> anyhow::Result<ExitCode> {
    if let Some(wrong) = names.iter().find(|name| !CARDS.iter().any(|(model, _)| model == name)) {
        let known: Vec<&str> = CARDS.iter().map(|(model, _)| *model).collect();
        bail!("no card '{wrong}': choose from {}", known.join(", "));
    }
    let data = std::env::var_os("SARING_DATA").map_or_else(|| root.join("../shared/data"), PathBuf::from);
    // those in the folder: after a training this program still holds the old ones
    let models = Models::from_dir(&root.join("models"))?;
    let analyser = Analyser::new(&models, Known::new(&models, &[])?, &Settings::default())?;
    let floors = floors();
    for (model, groups) in
        CARDS.iter().filter(|(model, _)| names.is_empty() || names.iter().any(|n| n == model))
    {
        let mut rows = Vec::new();
        for (_, eval) in EVALS.iter().filter(|(group, _)| groups.contains(group)) {
            rows.extend(eval(&analyser, &data)?.into_iter().map(|measure| Row::new(measure, &floors)));
        }
        let path = root.join("models").join(model).with_extension("md");
        let card = std::fs::read_to_string(&path).with_context(|| path.display().to_string())?;
        std::fs::write(&path, with_figures(&card, &rows.iter().collect::<Vec<_>>()))?;
        println!("{model}: {} figures", rows.len());
    }
    Ok(ExitCode::SUCCESS)
}
