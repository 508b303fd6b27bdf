//! `saring evals`: quality on development data, held against its floors.

use crate::encoder;
use anyhow::{Context, bail};
use clap::Args;
use saring_analysis::evals::{EVALS, Measure, precise};
use saring_analysis::model::Models;
use saring_analysis::train::known_claim::read_claims;
use saring_analysis::{Analyser, Known, Settings};
use serde::Serialize;
use std::collections::BTreeMap;
use std::io::Write;
use std::path::PathBuf;

/// The floors this program was built with.
const FLOORS: &str = include_str!("../../../../evals/floors.toml");

/// `saring evals`.
#[derive(Args, Clone, Debug, Default)]
#[command(after_help = "Examples:
  saring evals --data ../shared/data
  SARING_DATA=/srv/data saring evals --only claims --json
Exit codes: 0 all at or above their floors, 1 one below, 2 no data.")]
pub struct EvalsArgs {
    /// Measures as JSON
    #[arg(long)]
    pub json: bool,
    /// Folder with the research data
    #[arg(long, env = "SARING_DATA", value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// Measure the precise mode too; see `saring model install`
    #[arg(long)]
    pub precise: bool,
    /// Only these groups of measures
    #[arg(long, value_name = "GROUP")]
    pub only: Vec<String>,
}

/// A measure beside its floor.
#[derive(Debug, Serialize)]
struct Row {
    #[serde(flatten)]
    measure: Measure,
    floor: Option<f64>,
    well: bool,
}

/// Measures everything and prints it; `true` where nothing is below its floor.
///
/// # Errors
/// There is no data, a group is unknown, or a model cannot be read.
pub fn run(args: &EvalsArgs, output: &mut impl Write, messages: &mut impl Write) -> anyhow::Result<bool> {
    let data = args.data.clone().unwrap_or_else(|| PathBuf::from("../shared/data"));
    if !data.is_dir() {
        bail!(
            "no research data at {}: put it there, or name its folder with --data or SARING_DATA (what it holds and where it \
             comes from: docs and the cards in models/)",
            data.display()
        );
    }
    let groups: Vec<&str> = EVALS.iter().map(|(name, _)| *name).collect();
    if let Some(wrong) = args.only.iter().find(|name| !groups.contains(&name.as_str())) {
        bail!("no group '{wrong}': choose from {}", groups.join(", "));
    }
    let models = Models::shipped();
    let analyser = Analyser::new(&models, Known::new(&models, &[])?, &Settings::default())?;
    let floors: BTreeMap<String, f64> = toml::from_str(FLOORS).context("evals/floors.toml")?;
    let mut rows = Vec::new();
    for (name, eval) in
        EVALS.iter().filter(|(name, _)| args.only.is_empty() || args.only.iter().any(|o| o == name))
    {
        writeln!(messages, "measuring {name} ...")?;
        rows.extend(eval(&analyser, &data)?.into_iter().map(|measure| row(measure, &floors)));
    }
    if args.precise {
        writeln!(messages, "measuring precise ...")?;
        let index = Known::new(&models, &read_claims(&data)?)?.claims;
        let measures = precise::evaluate(&index, &encoder::precise(&models, &index)?, &data)?;
        rows.extend(measures.into_iter().map(|measure| row(measure, &floors)));
    }
    let well = rows.iter().all(|row| row.well);
    if args.json {
        writeln!(output, "{}", serde_json::to_string(&rows)?)?;
    } else {
        print(&rows, output)?;
    }
    Ok(well)
}

fn row(measure: Measure, floors: &BTreeMap<String, f64>) -> Row {
    let floor = floors.get(&measure.name).copied();
    let well = floor.is_none_or(|floor| {
        if measure.higher_is_better { measure.value >= floor } else { measure.value <= floor }
    });
    Row { measure, floor, well }
}

fn print(rows: &[Row], output: &mut impl Write) -> std::io::Result<()> {
    let width = rows.iter().map(|row| row.measure.name.len()).max().unwrap_or(0).max(7);
    writeln!(output, "{:<width$} {:>8} {:>8} {:>7}", "measure", "value", "floor", "n")?;
    for row in rows {
        let floor = row.floor.map_or_else(
            || "-".into(),
            |floor| format!("{}{floor:.3}", if row.measure.higher_is_better { "" } else { "<" }),
        );
        let mark = if row.well { "" } else { "  below its floor" };
        writeln!(
            output,
            "{:<width$} {:>8.4} {floor:>8} {:>7}{mark}",
            row.measure.name, row.measure.value, row.measure.n
        )?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_measure_below_its_floor_is_named() {
        let floors = BTreeMap::from([("a".to_owned(), 0.5), ("b".to_owned(), 0.1)]);
        let rows = [
            row(Measure::higher("a", 0.49, 10), &floors),
            row(Measure::lower("b", 0.1, 10), &floors),
            row(Measure::higher("c", 0.0, 10), &floors),
        ];
        assert_eq!(rows.iter().map(|row| row.well).collect::<Vec<_>>(), [false, true, true]);
        let mut out = Vec::new();
        print(&rows, &mut out).unwrap();
        let text = String::from_utf8(out).unwrap();
        assert!(text.contains("below its floor") && text.contains("<0.100"), "{text}");
    }

    #[test]
    fn without_data_it_says_what_to_do() {
        let args = EvalsArgs { data: Some("/nowhere".into()), ..EvalsArgs::default() };
        let error = run(&args, &mut Vec::new(), &mut Vec::new()).unwrap_err().to_string();
        assert!(error.contains("SARING_DATA"), "{error}");
    }

    #[test]
    fn the_floors_are_floors_of_measures() {
        let floors: BTreeMap<String, f64> = toml::from_str(FLOORS).unwrap();
        assert!(!floors.is_empty());
        let groups: Vec<&str> = EVALS.iter().map(|(name, _)| *name).collect();
        for name in floors.keys() {
            assert!(groups.contains(&name.split('.').next().unwrap_or_default()), "{name}: no such group");
        }
    }
}
