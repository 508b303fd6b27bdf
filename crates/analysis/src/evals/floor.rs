//! Measures beside their floors, and the part of a model card that is made of them.

use super::{EVALS, Measure};
use serde::Serialize;
use std::collections::BTreeMap;
use std::fmt::Write;

/// The floors this program was built with.
const FLOORS: &str = include_str!("../../../../evals/floors.toml");
/// Which groups of measures speak of a model: its card gets their figures.
#[rustfmt::skip]
pub const CARDS: &[(&str, &[&str])] = &[
    ("gazetteer", &["place"]),
    ("group_attack", &["group_attack", "robustness"]),
    ("hate_speech", &["hate"]),
    ("known_claim", &["claims"]),
    ("language", &["language"]),
    ("lexicon", &["plain"]),
    ("protected", &["protected"]),
];
const BEGIN: &str = "<!-- figures: made by `cargo xtask cards`; do not edit -->";
const END: &str = "<!-- end of figures -->";

/// A measure beside its floor.
#[derive(Clone, Debug, Serialize)]
pub struct Row {
    /// The measure.
    #[serde(flatten)]
    pub measure: Measure,
    /// What it may not fall below, or not rise above where smaller is better.
    pub floor: Option<f64>,
    /// Whether the floor holds; `true` where there is none.
    pub well: bool,
}

/// Floors by the name of their measure. Nothing where `evals/floors.toml` cannot be read, which a test forbids.
pub fn floors() -> BTreeMap<String, f64> {
    let cells = FLOORS.lines().filter_map(|line| line.split_once('='));
    let parse = |(name, value): (&str, &str)| {
        let name = name.trim().strip_prefix('"')?.strip_suffix('"')?;
        Some((name.to_owned(), value.trim().parse().ok()?))
    };
    cells.filter_map(parse).collect()
}

impl Row {
    /// Puts `measure` beside its floor.
    pub fn new(measure: Measure, floors: &BTreeMap<String, f64>) -> Self {
        let floor = floors.get(&measure.name).copied();
        let well = floor.is_none_or(|floor| {
            if measure.higher_is_better { measure.value >= floor } else { measure.value <= floor }
        });
        Self { measure, floor, well }
    }
}

/// Puts the figures of `rows` into `card` in place of those it has, behind its last line where it has none.
pub fn with_figures(card: &str, rows: &[&Row]) -> String {
    let mut table =
        format!("{BEGIN}\n\n| measure | figure | 95 % interval | floor | cases |\n|---|---|---|---|---|\n");
    for row in rows {
        let interval =
            row.measure.interval.map_or("-".into(), |[low, high]| format!("{low:.3} to {high:.3}"));
        let floor = row.floor.map_or("-".into(), |floor| format!("{floor}"));
        let baseline = if row.measure.baseline { " (baseline)" } else { "" };
        let (name, value, n) = (&row.measure.name, row.measure.value, row.measure.n);
        // writing to a string cannot fail
        let _ = writeln!(table, "| `{name}`{baseline} | {value:.4} | {interval} | {floor} | {n} |");
    }
    let _ = write!(table, "\n{END}");
    match figures(card) {
        Some(old) => card.replace(old, &table),
        None => format!("{}\n\n## Figures\n\n{table}\n", card.trim_end()),
    }
}

/// The part of `card` that [`with_figures`] wrote.
pub fn figures(card: &str) -> Option<&str> {
    let begin = card.find(BEGIN)?;
    let end = begin + card[begin..].find(END)? + END.len();
    Some(&card[begin..end])
}

/// Carries the figures of `old` over to `new`, a card written again by its trainer.
pub fn keep_figures(new: &str, old: &str) -> String {
    match figures(old) {
        Some(figures) => format!("{}\n\n## Figures\n\n{figures}\n", new.trim_end()),
        None => new.to_owned(),
    }
}

/// Whether `name` is one of the groups of [`EVALS`].
pub fn is_group(name: &str) -> bool {
    EVALS.iter().any(|(group, _)| *group == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_measure_below_its_floor_is_not_well() {
        let floors = BTreeMap::from([("a".to_owned(), 0.5), ("b".to_owned(), 0.1)]);
        let rows = [
            Row::new(Measure::higher("a", 0.49, 10), &floors),
            Row::new(Measure::lower("b", 0.1, 10), &floors),
            Row::new(Measure::higher("c", 0.0, 10), &floors),
        ];
        assert_eq!(rows.map(|row| row.well), [false, true, true]);
    }

    #[test]
    fn the_floors_are_floors_of_measures() {
        let floors = floors();
        assert_eq!(floors.len(), FLOORS.lines().filter(|line| line.starts_with('"')).count());
        assert!(floors.len() > 20);
        for name in floors.keys() {
            let group = name.split('.').next().unwrap_or_default();
            // measured where an encoder is installed
            assert!(is_group(group) || group == "precise", "{name}: no such group");
        }
    }

    #[test]
    fn figures_are_replaced_and_carried_over() {
        let row = |value| Row::new(Measure::higher("a.b", value, 10), &BTreeMap::new());
        let first = with_figures("# card\n\nText.\n", &[&row(0.5)]);
        let second = with_figures(&first, &[&row(0.75)]);
        assert!(
            first.contains("0.5000") && !second.contains("0.5000") && second.contains("0.7500"),
            "{second}"
        );
        assert_eq!(second.matches(BEGIN).count(), 1);
        assert_eq!(keep_figures("# card\n\nNew text.\n", &second), second.replace("Text.", "New text."));
        assert_eq!(keep_figures("# card\n", "# old\n"), "# card\n");
    }

    /// A figure that has a floor has a line in the card of its model; values may differ until the cards are made again.
    #[test]
    fn every_floor_is_in_a_card() {
        let models = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../models");
        for (model, groups) in CARDS {
            let card = std::fs::read_to_string(models.join(model).with_extension("md")).unwrap();
            let own = figures(&card)
                .unwrap_or_else(|| panic!("{model}.md has no figures: run `cargo xtask cards`"));
            let floors = floors();
            let of_model =
                floors.keys().filter(|name| groups.contains(&name.split('.').next().unwrap_or_default()));
            for name in of_model {
                assert!(
                    own.contains(&format!("| `{name}`")),
                    "{model}.md lacks {name}: run `cargo xtask cards`"
                );
            }
        }
    }
}
