//! Time per stage, for `--stats`.

use std::fmt;
use std::time::{Duration, Instant};

/// Stages in the order they first ran.
#[derive(Default)]
pub(super) struct Stages(Vec<Stage>);

struct Stage {
    name: &'static str,
    items: usize,
    took: Duration,
}

impl Stages {
    /// Runs a stage over so many items and adds its time.
    pub(super) fn time<T>(&mut self, name: &'static str, items: usize, work: impl FnOnce() -> T) -> T {
        let start = Instant::now();
        let out = work();
        let took = start.elapsed();
        match self.0.iter_mut().find(|stage| stage.name == name) {
            Some(stage) => {
                stage.items += items;
                stage.took += took;
            }
            None => self.0.push(Stage { name, items, took }),
        }
        out
    }
}

impl fmt::Display for Stages {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{:<8} {:>10} {:>10} {:>12}", "stage", "items", "seconds", "items/s")?;
        for stage in &self.0 {
            let seconds = stage.took.as_secs_f64();
            let rate =
                if stage.items > 1 { format!("{:.0}", stage.items as f64 / seconds) } else { "-".into() };
            writeln!(f, "{:<8} {:>10} {seconds:>10.3} {rate:>12}", stage.name, stage.items)?;
        }
        let all: Duration = self.0.iter().filter(|stage| stage.name != "load").map(|stage| stage.took).sum();
        let items = self.0.iter().map(|stage| stage.items).max().unwrap_or(0);
        writeln!(
            f,
            "{:<8} {items:>10} {:>10.3} {:>12.0}",
            "all",
            all.as_secs_f64(),
            items as f64 / all.as_secs_f64().max(1e-9)
        )
    }
}
