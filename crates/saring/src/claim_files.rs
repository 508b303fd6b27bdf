//! Files of checked claims: one JSON object per line. A bad line costs only itself, the last of each id counts.

use crate::json;
use anyhow::{Context, bail};
use jiff::civil::Date;
use saring_connectors::json::read as read_json;
use saring_domain::{Claim, ClaimId};
use serde::Deserialize;
use serde_json::value::RawValue;
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
    /// Lines whose date cannot be read, and what is written there: their claims are taken without one.
    pub undated: Vec<(usize, String)>,
    /// Claims whose id stood before, here or in an earlier file.
    pub repeated: u32,
}

/// A line as it is written: null says nothing, and an id may be a number.
#[derive(Deserialize)]
struct Written {
    id: Box<RawValue>,
    title: String,
    text: Option<String>,
    url: Option<String>,
    date: Option<String>,
    #[serde(alias = "rating")]
    verdict: Option<String>,
    source: Option<String>,
}

/// Reads the files one after the other.
///
/// # Errors
/// A file cannot be read, or has lines of which none is a claim.
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
    let (bad, undated) = (Vec::new(), Vec::new());
    let mut file = ClaimFile { path: path.to_owned(), bad, undated, repeated: 0 };
    let mut taken = 0;
    for (at, line) in bytes.split(|byte| *byte == b'\n').enumerate() {
        let line = line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line);
        if line.trim_ascii().is_empty() {
            continue;
        }
        match parse(line) {
            Ok((claim, undated)) => {
                taken += 1;
                file.undated.extend(undated.map(|date| (at + 1, date)));
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
    if let (0, Some((line, why))) = (taken, file.bad.first()) {
        bail!("{}: no line is a claim; line {line}: {why}", path.display());
    }
    Ok(file)
}

/// The claim of a line, and what stands there for a date that is none.
fn parse(line: &[u8]) -> Result<(Claim, Option<String>), String> {
    let written: Written = read_json(line).map_err(|error| error.to_string())?;
    let date = written.date.filter(|date| !date.trim().is_empty());
    // of a point in time the day counts
    let day = |date: &String| date.trim().get(..10)?.parse::<Date>().ok();
    let claim = Claim {
        id: ClaimId(json::id(&written.id).ok_or("`id` must be a string that is not empty")?),
        title: written.title,
        text: written.text.unwrap_or_default(),
        url: written.url,
        date: date.as_ref().and_then(day),
        verdict: written.verdict,
        source: written.source,
    };
    for (what, value) in [("id", claim.id.as_str()), ("title", claim.title.as_str())] {
        if value.trim().is_empty() {
            return Err(format!("`{what}` is empty"));
        }
    }
    let undated = date.filter(|_| claim.date.is_none());
    Ok((claim, undated))
}

#[cfg(test)]
mod tests {

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
            "{\"id\":17,\"title\":\"Gempa besok\",\"text\":null,\"date\":\"2020-08-17T09:00:00Z\"}",
            "{\"id\":\"f\",\"title\":\"Lilin besok\",\"date\":\"kemarin\"}",
        ];
        std::fs::write(&path, lines.join("\n")).unwrap();
        let read = super::read(std::slice::from_ref(&path)).unwrap();
        assert_eq!(read.claims.len(), 4);
        assert_eq!(
            (read.claims[2].id.as_str(), read.claims[2].date),
            ("17", Some(jiff::civil::date(2020, 8, 17)))
        );
        assert_eq!(read.files[0].undated, [(8, "kemarin".to_owned())]);
        assert_eq!(read.claims[0].title, "Air PDAM beracun kuman");
        assert_eq!(read.files[0].repeated, 1);
        assert_eq!(read.files[0].bad.iter().map(|(line, _)| *line).collect::<Vec<_>>(), [5, 6]);
        std::fs::write(&path, "id,title\n1,Banjir besok\n").unwrap();
        let why = super::read(&[path]).unwrap_err().to_string();
        assert!(why.contains("no line is a claim; line 1"), "{why}");
    }
}
