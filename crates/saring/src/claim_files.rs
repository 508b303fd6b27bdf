//! Files of checked claims: one JSON object per line. A bad line costs only itself, the last of each id counts.

use anyhow::Context;
use saring_domain::Claim;
use std::collections::HashMap;
use std::path::{Path, PathBuf};

/// What stands in the files.
#[derive(Debug, Default)]
pub struct ClaimFiles {
    /// The claims, in the order their ids first stood there.
    pub claims: Vec<Claim>,
    /// What is to be told of each file, in the order they were read.
    pub files: Vec<ClaimFile>,
}

/// What is to be told of one file.
#[derive(Debug)]
pub struct ClaimFile {
    /// Which.
    pub path: PathBuf,
    /// Lines that cannot be read: number and what is wrong.
    pub bad: Vec<(usize, String)>,
    /// Claims whose id stood before, here or in an earlier file.
    pub repeated: u32,
}

/// Reads the files one after the other.
///
/// # Errors
/// A file cannot be read.
pub fn read(paths: &[PathBuf]) -> anyhow::Result<ClaimFiles> {
    let mut all = ClaimFiles::default();
    let mut places: HashMap<String, usize> = HashMap::new();
    for path in paths {
        all.files.push(read_one(path, &mut all.claims, &mut places)?);
    }
    Ok(all)
}

fn read_one(
    path: &Path,
    claims: &mut Vec<Claim>,
    places: &mut HashMap<String, usize>,
) -> anyhow::Result<ClaimFile> {
    let bytes = std::fs::read(path).with_context(|| path.display().to_string())?;
    let mut file = ClaimFile { path: path.to_owned(), bad: Vec::new(), repeated: 0 };
    for (at, line) in bytes.split(|byte| *byte == b'\n').enumerate() {
        let line = line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line);
        if line.trim_ascii().is_empty() {
            continue;
        }
        match parse(line) {
            Ok(claim) => {
                if let Some(earlier) = places.get(claim.id.as_str()).and_then(|place| claims.get_mut(*place))
                {
                    *earlier = claim;
                    file.repeated += 1;
                } else {
                    places.insert(claim.id.0.clone(), claims.len());
                    claims.push(claim);
                }
            }
            Err(why) => file.bad.push((at + 1, why)),
        }
    }
    Ok(file)
}

fn parse(line: &[u8]) -> Result<Claim, String> {
    let claim: Claim = serde_json::from_slice(line).map_err(|error| error.to_string())?;
    for (what, value) in [("id", claim.id.as_str()), ("title", claim.title.as_str())] {
        if value.trim().is_empty() {
            return Err(format!("`{what}` is empty"));
        }
    }
    Ok(claim)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bad_line_is_counted_and_a_claim_that_stands_twice_is_taken_once() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("claims.jsonl");
        let lines = [
            "\u{feff}{\"id\":\"a\",\"title\":\"Air PDAM beracun\"}",
            "",
            "{\"id\":\"b\",\"title\":\"Banjir besok\",\"verdict\":\"SALAH\"}",
            "{\"id\":\"a\",\"title\":\"Air PDAM beracun kuman\"}",
            "{\"id\":\"c\"",
            "{\"id\":\"d\",\"title\":\" \"}",
        ];
        std::fs::write(&path, lines.join("\n")).unwrap();
        let read = read(&[path]).unwrap();
        assert_eq!(read.claims.len(), 2);
        assert_eq!(read.claims[0].title, "Air PDAM beracun kuman");
        assert_eq!(read.files[0].repeated, 1);
        assert_eq!(read.files[0].bad.iter().map(|(line, _)| *line).collect::<Vec<_>>(), [5, 6]);
    }
}
