//! Rebuilds the trained weights from the research data.

use anyhow::{Context, bail};
use saring_analysis::evals::floor::keep_figures;
use saring_analysis::train::TRAINERS;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

/// Trains the named models, all where none is named.
pub fn run(root: &Path, names: &[String]) -> anyhow::Result<ExitCode> {
    let known: Vec<&str> = TRAINERS.iter().map(|(name, _)| *name).collect();
    if let Some(wrong) = names.iter().find(|name| !known.contains(&name.as_str())) {
        bail!("no model '{wrong}': choose from {}", known.join(", "));
    }
    let data = std::env::var_os("SARING_DATA").map_or_else(|| root.join("../shared/data"), PathBuf::from);
    for (name, trainer) in TRAINERS.iter().filter(|(name, _)| chosen(names, name)) {
        let start = Instant::now();
        let (model, card) = trainer(&data)?;
        let bytes = model.write();
        let path = root.join("models").join(format!("{name}.bin"));
        std::fs::write(&path, &bytes).with_context(|| path.display().to_string())?;
        let old = std::fs::read_to_string(path.with_extension("md")).unwrap_or_default();
        std::fs::write(path.with_extension("md"), keep_figures(&card, &old))
            .with_context(|| path.display().to_string())?;
        println!("{name}: {} bytes in {:.1} s", bytes.len(), start.elapsed().as_secs_f64());
    }
    Ok(ExitCode::SUCCESS)
}

fn chosen(names: &[String], name: &str) -> bool {
    names.is_empty() || names.iter().any(|wanted| wanted == name)
}
