//! The rules of the repository that no compiler checks. A rule without a check is decoration.

use crate::budget;
use anyhow::Context;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

/// Who may use whom: arrows point inward only.
const ARROWS: &[(&str, &[&str])] = &[
    ("saring-domain", &[]),
    ("saring-text", &[]),
    ("saring-analysis", &["saring-domain", "saring-text"]),
    ("saring-store", &["saring-domain"]),
    ("saring-connectors", &["saring-domain"]),
    ("saring-desk", &["saring-domain", "saring-store"]),
];

const FORBIDDEN_NAMES: &[&str] = &["utils", "common", "helpers", "manager", "misc", "util", "helper"];
/// Where two keys may be turned.
const KEYS: [&str; 3] = ["saring/src/commands/keys", "desk/src/pages/keys", "domain/src/"];
const MOST_CODE_LINES: usize = 400;

/// Runs every rule and names every breach.
pub fn run(root: &Path) -> anyhow::Result<ExitCode> {
    let files = rust_files(root)?;
    let mut breaches = arrows(root)?;
    breaches.extend(budget::breaches(root)?);
    for file in &files {
        let text = std::fs::read_to_string(file).with_context(|| file.display().to_string())?;
        let name = file.strip_prefix(root).unwrap_or(file).display().to_string();
        breaches.extend(file_rules(&name, &text));
    }
    breaches.extend(models_have_cards(root)?);
    breaches.extend(glossary(root, &files)?);
    breaches.extend(documented_commands(root)?);
    breaches.extend(documented_config(root)?);
    for breach in &breaches {
        eprintln!("tidy: {breach}");
    }
    println!("tidy: {} files, {} breaches", files.len(), breaches.len());
    Ok(if breaches.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

fn arrows(root: &Path) -> anyhow::Result<Vec<String>> {
    let out = Command::new("cargo")
        .args(["metadata", "--format-version", "1", "--no-deps", "--offline"])
        .current_dir(root)
        .output()
        .context("cargo metadata")?;
    let metadata: serde_json::Value = serde_json::from_slice(&out.stdout).context("cargo metadata")?;
    let mut breaches = Vec::new();
    for package in metadata["packages"].as_array().into_iter().flatten() {
        let name = package["name"].as_str().unwrap_or_default();
        let Some((_, may)) = ARROWS.iter().find(|(from, _)| *from == name) else { continue };
        for dependency in package["dependencies"].as_array().into_iter().flatten() {
            let to = dependency["name"].as_str().unwrap_or_default();
            let ours = to.starts_with("saring");
            if ours && dependency["kind"].is_null() && !may.contains(&to) {
                breaches.push(format!("{name} must not know {to}: arrows point inward only"));
            }
        }
    }
    Ok(breaches)
}

fn rust_files(root: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let mut out = Vec::new();
    let mut folders = vec![root.join("crates"), root.join("xtask")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).with_context(|| folder.display().to_string())? {
            let path = entry?.path();
            if path.is_dir() && !path.ends_with("target") {
                folders.push(path);
            } else if path.extension().is_some_and(|end| end == "rs") {
                out.push(path);
            }
        }
    }
    out.sort();
    Ok(out)
}

/// Rules on one file.
fn file_rules(name: &str, text: &str) -> Vec<String> {
    let mut breaches = Vec::new();
    let stem = Path::new(name).file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
    if FORBIDDEN_NAMES.contains(&stem) {
        breaches.push(format!("{name}: '{stem}' says nothing; name the file after what it holds"));
    }
    let test = name.contains("/tests/") || name.contains("/benches/") || name.contains("/examples/");
    let code = text.split("#[cfg(test)]").next().unwrap_or_default();
    let lines = code.lines().filter(|line| !line.trim().is_empty() && !line.trim().starts_with("//")).count();
    if lines > MOST_CODE_LINES && !test {
        breaches.push(format!("{name}: {lines} lines of code, at most {MOST_CODE_LINES}: split it"));
    }
    let mints = code.lines().any(|line| line.contains("Reviewer::at_sign_in("));
    if mints && !test && !name.contains("desk/src/session") && !name.contains("domain/src/") {
        breaches.push(format!("{name}: only the desk's session code may mint a Reviewer"));
    }
    let turns = code.lines().any(|line| line.contains("TwoKeys::of("));
    if turns && !test && !KEYS.iter().any(|place| name.contains(place)) {
        breaches.push(format!(
            "{name}: only the code that asks two people for their passwords may turn two keys"
        ));
    }
    breaches
}

fn models_have_cards(root: &Path) -> anyhow::Result<Vec<String>> {
    let mut breaches = Vec::new();
    for entry in std::fs::read_dir(root.join("models")).context("models")? {
        let path = entry?.path();
        if path.extension().is_some_and(|end| end == "bin") && !path.with_extension("md").exists() {
            breaches.push(format!("{}: a model without its card", path.display()));
        }
    }
    Ok(breaches)
}

/// Every code name in GLOSSARY.md exists in the code.
fn glossary(root: &Path, files: &[PathBuf]) -> anyhow::Result<Vec<String>> {
    let Ok(glossary) = std::fs::read_to_string(root.join("GLOSSARY.md")) else { return Ok(Vec::new()) };
    let mut code = String::new();
    for file in files {
        code.push_str(&std::fs::read_to_string(file)?);
    }
    let names = glossary.split('`').skip(1).step_by(2).filter(|name| is_type_name(name));
    Ok(names
        .filter(|name| !code.contains(*name))
        .map(|name| format!("GLOSSARY.md: `{name}` is not in the code"))
        .collect())
}

fn is_type_name(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_uppercase()) && name.chars().all(|c| c.is_ascii_alphanumeric())
}

/// Every command of `saring` is in the README.
fn documented_commands(root: &Path) -> anyhow::Result<Vec<String>> {
    let Ok(readme) = std::fs::read_to_string(root.join("README.md")) else { return Ok(Vec::new()) };
    let cli = std::fs::read_to_string(root.join("crates/saring/src/cli.rs")).unwrap_or_default();
    let commands = cli.split("enum Command {").nth(1).and_then(|rest| rest.split("\n}").next());
    Ok(commands
        .unwrap_or_default()
        .lines()
        .filter_map(|line| line.strip_prefix("    ")?.split(['(', '{', ',', ' ']).next())
        .filter(|name| is_type_name(name))
        .map(str::to_lowercase)
        .filter(|name| !readme.contains(&format!("saring {name}")))
        .map(|name| format!("README.md: the command `saring {name}` is not mentioned"))
        .collect())
}

/// Every key of the configuration is explained in the file that `saring init` writes.
fn documented_config(root: &Path) -> anyhow::Result<Vec<String>> {
    let folder = root.join("crates/saring/src/config");
    let Ok(template) = std::fs::read_to_string(folder.join("saring.toml")) else { return Ok(Vec::new()) };
    let code = std::fs::read_to_string(folder.join("mod.rs")).unwrap_or_default();
    let mut keys = BTreeMap::new();
    for line in code.split("#[cfg(test)]").next().unwrap_or_default().lines() {
        let field = line.strip_prefix("    pub ").filter(|rest| !rest.starts_with("fn "));
        if let Some((key, _)) = field.and_then(|rest| rest.split_once(": ")) {
            keys.insert(key.trim_start_matches("r#").to_owned(), ());
        }
    }
    Ok(keys
        .into_keys()
        .filter(|key| !template.contains(key.as_str()))
        .map(|key| format!("config/saring.toml: the key `{key}` is not explained"))
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_breach_is_named() {
        assert_eq!(file_rules("crates/x/src/utils.rs", "").len(), 1);
        assert_eq!(file_rules("crates/x/src/a.rs", &"let x = 1;\n".repeat(401)).len(), 1);
        assert_eq!(file_rules("crates/x/src/a.rs", "Reviewer::at_sign_in(&p)").len(), 1);
        assert_eq!(file_rules("crates/x/src/a.rs", "TwoKeys::of(&p, &q)").len(), 1);
        assert!(file_rules("crates/desk/src/session.rs", "Reviewer::at_sign_in(&p)").is_empty());
    }

    #[test]
    fn the_repository_keeps_its_rules() {
        assert_eq!(run(&crate::root()).unwrap(), ExitCode::SUCCESS);
    }
}
