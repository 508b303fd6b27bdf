//! Time per stage, for `--stats`.

use std::fmt;
use std::time::{Duration, Instant};

/// Stages in the order they first ran.
#[derive(Default)]
pub(super) struct Stages {
    list: Vec<Stage>,
    started: Option<Instant>,
}

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
        self.add(name, items, start.elapsed());
        out
    }

    /// Begins to count the time of all stages: they run beside each other.
    pub(super) fn start(&mut self) {
        self.started = Some(Instant::now());
    }

    /// Adds the time of a stage.
    pub(super) fn add(&mut self, name: &'static str, items: usize, took: Duration) {
        match self.list.iter_mut().find(|stage| stage.name == name) {
            Some(stage) => {
                stage.items += items;
                stage.took += took;
            }
            None => self.list.push(Stage { name, items, took }),
        }
    }
}

impl fmt::Display for Stages {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{:<8} {:>10} {:>10} {:>12}", "stage", "items", "seconds", "items/s")?;
        for stage in &self.list {
            let seconds = stage.took.as_secs_f64();
            let rate =
                if stage.items > 1 { format!("{:.0}", stage.items as f64 / seconds) } else { "-".into() };
            writeln!(f, "{:<8} {:>10} {seconds:>10.3} {rate:>12}", stage.name, stage.items)?;
        }
        let all = self.started.map_or(Duration::ZERO, |started| started.elapsed());
        let items = self.list.iter().map(|stage| stage.items).max().unwrap_or(0);
        writeln!(
            f,
            "{:<8} {items:>10} {:>10.3} {:>12.0}",
            "all",
            all.as_secs_f64(),
            items as f64 / all.as_secs_f64().max(1e-9)
        )
    }
}
