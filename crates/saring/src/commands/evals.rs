//! `saring evals`: quality on development data, held against its floors.

use crate::encoder;
use anyhow::bail;
use clap::Args;
use saring_analysis::evals::floor::{Row, floors};
use saring_analysis::evals::{EVALS, checkthat, precise};
use saring_analysis::model::Models;
use saring_analysis::train::known_claim::read_claims;
use saring_analysis::{Analyser, Known, Settings};
use std::io::Write;
use std::path::PathBuf;

/// Columns of a report.
const WIDTH: usize = 100;
/// Columns of the figures behind a name.
const FIGURES: usize = 46;

/// `saring evals`.
#[derive(Args, Clone, Debug, Default)]
#[command(after_help = "Examples:
  saring evals --data ../shared/data
  saring evals --only language --worst 20
  SARING_DATA=/srv/data saring evals --only claims --json
A name is group.set.slice.measure. Intervals hold 95 % and do not change from run to run: Wilson's for shares, resampled for
other figures. '<' before a floor means that smaller is better.
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
    #[arg(long, value_name = "GROUP", value_delimiter = ',')]
    pub only: Vec<String>,
    /// Also prints this many of the worst errors of each measure that keeps them
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub worst: usize,
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
    let rows = measure(args, &data)?;
    if args.json {
        writeln!(output, "{}", serde_json::to_string(&rows)?)?;
    } else {
        print(&rows, output)?;
        worst(&rows, output)?;
    }
    let broken = rows.iter().filter(|row| !row.well).count();
    let floors = rows.iter().filter(|row| row.floor.is_some()).count();
    writeln!(messages, "{} measures, {floors} with a floor, {broken} below it", rows.len())?;
    Ok(broken == 0)
}

fn measure(args: &EvalsArgs, data: &std::path::Path) -> anyhow::Result<Vec<Row>> {
    let models = Models::shipped();
    let analyser = Analyser::new(&models, Known::new(&models, &[])?, &Settings::default())?;
    let floors = floors();
    let wanted = |name: &str| args.only.is_empty() || args.only.iter().any(|only| only == name);
    let evals: Vec<_> = EVALS.iter().filter(|(name, _)| wanted(name)).collect();
    let bar = crate::progress::bar(evals.len() as u64, "measuring");
    let mut rows = Vec::new();
    for (name, eval) in evals {
        bar.set_message(format!("measuring {name}"));
        for mut measure in eval(&analyser, data)? {
            measure.misses.truncate(args.worst);
            rows.push(Row::new(measure, &floors));
        }
        bar.inc(1);
    }
    if args.precise {
        bar.set_message("measuring precise");
        let index = Known::new(&models, &read_claims(data)?)?.claims;
        let english = index.like(&checkthat::claims(data)?);
        let mut both = [encoder::precise(&models, &index)?, encoder::precise(&models, &english)?];
        let [own, others] = &mut both;
        let measures = precise::evaluate((&index, own), (&english, others), data)?;
        rows.extend(measures.into_iter().map(|measure| Row::new(measure, &floors)));
    }
    bar.finish_and_clear();
    Ok(rows)
}

fn group(row: &Row) -> &str {
    row.measure.name.split('.').next().unwrap_or_default()
}

fn print(rows: &[Row], output: &mut impl Write) -> std::io::Result<()> {
    let width = rows.iter().map(|row| row.measure.name.len()).max().unwrap_or(0);
    let width = width.clamp(7, WIDTH - FIGURES);
    writeln!(output, "{:<width$} {:>7} {:^13} {:>7} {:>6}", "measure", "value", "95 %", "floor", "cases")?;
    for (at, row) in rows.iter().enumerate() {
        if at > 0 && group(&rows[at - 1]) != group(row) {
            writeln!(output)?;
        }
        let measure = &row.measure;
        let sign = if measure.higher_is_better { "" } else { "<" };
        let floor = row.floor.map_or_else(|| "-".into(), |floor| format!("{sign}{floor:.3}"));
        let interval =
            measure.interval.map_or_else(|| "-".into(), |[low, high]| format!("{low:.3} - {high:.3}"));
        let mark = match (row.well, row.floor, measure.baseline) {
            (false, ..) => "  BROKEN",
            (_, _, true) => "  simpler",
            (_, Some(_), _) => "  holds",
            _ => "",
        };
        writeln!(
            output,
            "{:<width$} {:>7.4} {interval:>13} {floor:>7} {:>6}{mark}",
            measure.name, measure.value, measure.n
        )?;
    }
    Ok(())
}

/// The errors that were kept, heaviest first.
fn worst(rows: &[Row], output: &mut impl Write) -> std::io::Result<()> {
    for row in rows.iter().filter(|row| !row.measure.misses.is_empty()) {
        writeln!(output, "\nWorst errors of {}", row.measure.name)?;
        for (place, miss) in row.measure.misses.iter().enumerate() {
            writeln!(
                output,
                "{:>3}. {} instead of {} ({:.2})",
                place + 1,
                miss.got,
                miss.wanted,
                miss.weight
            )?;
            writeln!(output, "     {}", miss.text)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use saring_analysis::evals::{Measure, Miss};
    use std::collections::BTreeMap;

    fn rows() -> Vec<Row> {
        let floors = BTreeMap::from([("a.x".to_owned(), 0.5), ("b.long".to_owned(), 0.1)]);
        [
            Measure::higher("a.x", 0.49, 10).with_misses(vec![Miss::new("teks", "jv", "id", 0.8)]),
            Measure::lower("b.long", 0.1, 10),
            Measure::higher("b.y", 0.3, 0).as_baseline(),
        ]
        .into_iter()
        .map(|measure| Row::new(measure, &floors))
        .collect()
    }

    #[test]
    fn a_measure_below_its_floor_is_named() {
        let mut out = Vec::new();
        print(&rows(), &mut out).unwrap();
        let text = String::from_utf8(out).unwrap();
        for part in ["a.x", "BROKEN", "<0.100", "holds", "simpler", "0.229 - 0.756"] {
            assert!(text.contains(part), "{part} is not in\n{text}");
        }
        assert!(text.lines().all(|line| line.len() <= WIDTH), "{text}");
    }

    #[test]
    fn the_worst_errors_say_what_was_wanted() {
        let mut out = Vec::new();
        worst(&rows(), &mut out).unwrap();
        let text = String::from_utf8(out).unwrap();
        assert!(
            text.contains("of a.x") && text.contains("id instead of jv") && text.contains("teks"),
            "{text}"
        );
    }

    #[test]
    fn without_data_it_says_what_to_do() {
        let args = EvalsArgs { data: Some("/nowhere".into()), ..EvalsArgs::default() };
        let error = run(&args, &mut Vec::new(), &mut Vec::new()).unwrap_err().to_string();
        assert!(error.contains("SARING_DATA"), "{error}");
    }
}
