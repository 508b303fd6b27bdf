//! `cargo xtask tidy | budget | train | cards`: the rules of the repository and the trained weights.

mod budget;
mod cards;
mod tidy;
mod train;

use clap::Parser;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

#[derive(Parser)]
#[command(about = "Repository rules and training")]
enum Task {
    /// Checks the rules of the repository; exit code 1 names every breach.
    Tidy,
    /// Prints locked crates and the size of the shipped weights against their limits.
    Budget {
        /// Also builds the program from nothing and prints how long a newcomer waits.
        #[arg(long)]
        cold: bool,
    },
    /// Measures (`saring evals`) and writes the figures into the cards of `models/`.
    Cards {
        /// Cards of these models; all where no name is given.
        names: Vec<String>,
    },
    /// Rebuilds `models/NAME.bin` and its card from the research data (`SARING_DATA`); all where no name is given.
    Train {
        /// Which models.
        names: Vec<String>,
    },
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap_or(Path::new(".")).to_owned()
}

fn main() -> anyhow::Result<ExitCode> {
    let root = root();
    match Task::parse() {
        Task::Tidy => tidy::run(&root),
        Task::Budget { cold } => budget::run(&root, cold),
        Task::Cards { names } => cards::run(&root, &names),
        Task::Train { names } => train::run(&root, &names),
    }
}
