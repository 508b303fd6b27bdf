//! What a newcomer's machine has to build and carry.

use anyhow::{Context, ensure};
use std::path::Path;
use std::process::{Command, ExitCode};
use std::time::{Duration, Instant};

const MOST_CRATES: usize = 450;
const MOST_WEIGHTS: u64 = 12 << 20;
const MOST_MINUTES: f64 = 12.0;

/// Locked crates of the workspace.
pub fn locked_crates(root: &Path) -> anyhow::Result<usize> {
    let lock = std::fs::read_to_string(root.join("Cargo.lock")).context("Cargo.lock")?;
    Ok(lock.lines().filter(|line| *line == "[[package]]").count())
}

/// Bytes of all trained weights.
pub fn weights(root: &Path) -> anyhow::Result<u64> {
    let mut sum = 0;
    for entry in std::fs::read_dir(root.join("models")).context("models")? {
        let entry = entry?;
        if entry.path().extension().is_some_and(|end| end == "bin") {
            sum += entry.metadata()?.len();
        }
    }
    Ok(sum)
}

/// Breaches of the two limits, in words.
pub fn breaches(root: &Path) -> anyhow::Result<Vec<String>> {
    let (crates, bytes) = (locked_crates(root)?, weights(root)?);
    let mut out = Vec::new();
    if crates > MOST_CRATES {
        out.push(format!("Cargo.lock: {crates} crates, at most {MOST_CRATES}: drop a dependency"));
    }
    if bytes > MOST_WEIGHTS {
        out.push(format!("models/: {bytes} bytes of weights, at most {MOST_WEIGHTS}: prune a model"));
    }
    Ok(out)
}

/// Prints both figures, and with `cold` the minutes of a release build from nothing (downloads left out).
pub fn run(root: &Path, cold: bool) -> anyhow::Result<ExitCode> {
    println!("locked crates   {:>9}  (at most {MOST_CRATES})", locked_crates(root)?);
    println!("bytes of weights{:>9}  (at most {MOST_WEIGHTS})", weights(root)?);
    let mut breaches = breaches(root)?;
    if cold {
        let minutes = cold_build(root)?.as_secs_f64() / 60.0;
        println!("cold build      {minutes:>9.1}  minutes (at most {MOST_MINUTES})");
        if minutes > MOST_MINUTES {
            breaches.push(format!(
                "a cold build takes {minutes:.1} minutes, at most {MOST_MINUTES}: drop a dependency"
            ));
        }
    }
    breaches.iter().for_each(|breach| eprintln!("{breach}"));
    Ok(if breaches.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

/// How long `cargo build --release` takes in an empty target folder.
fn cold_build(root: &Path) -> anyhow::Result<Duration> {
    let target = root.join("target/cold");
    if target.exists() {
        std::fs::remove_dir_all(&target).context("target/cold")?;
    }
    let fetched = Command::new("cargo").arg("fetch").current_dir(root).status().context("cargo fetch")?;
    let start = Instant::now();
    let mut build = Command::new("cargo");
    build
        .args(["build", "--release", "--package", "saring"])
        .current_dir(root)
        .env("CARGO_TARGET_DIR", &target);
    let built = build.status().context("cargo build")?;
    let took = start.elapsed();
    std::fs::remove_dir_all(&target).context("target/cold")?;
    ensure!(fetched.success() && built.success(), "the build failed");
    Ok(took)
}
