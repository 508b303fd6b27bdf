//! Packs the list of areas and measures which of their names are ordinary words.

use super::{TrainError, read_jsonl};
use crate::gazetteer::{FORMAT, Row, published_words};
use crate::model::ModelFile;
use crate::model::file::Header;
use saring_domain::{Area, AreaLevel};
use std::collections::{HashMap, HashSet};
use std::path::Path;

const VERSION: &str = "1";

/// Builds `models/gazetteer.bin` from `gazetteer/areas.tsv`, the word lists and the counts of lower-case use in news.
///
/// # Errors
/// [`TrainError::Data`] names the file that is missing or unreadable.
pub fn train(data: &Path) -> Result<(ModelFile, String), TrainError> {
    let rows = read_text(&data.join("gazetteer/areas.tsv"))?;
    let lists = word_lists(data)?;
    let small = lower_case_uses(data)?;
    let mut payload = Vec::new();
    let mut packed: Vec<(Area, Row)> = Vec::new();
    for (at, line) in rows.lines().enumerate().skip(1) {
        let row = parse(line).ok_or_else(|| TrainError::Data {
            path: data.join("gazetteer/areas.tsv"),
            why: format!("line {}: expected code, level, name, lat, lon", at + 1),
        })?;
        packed.push(row);
    }
    packed.sort_by(|a, b| a.0.code.cmp(&b.0.code));
    let mut ambiguous = 0;
    for (area, row) in &mut packed {
        row.wordness = wordness(area, &lists, &small);
        ambiguous += u32::from(row.wordness > 0);
        row.write(&mut payload);
    }
    let header =
        Header { name: "gazetteer".into(), format: FORMAT, version: VERSION.into(), licence: "MIT".into() };
    let card = card(packed.len(), ambiguous, payload.len());
    Ok((ModelFile { header, payload }, card))
}

pub(super) fn read_text(path: &Path) -> Result<String, TrainError> {
    std::fs::read_to_string(path)
        .map_err(|error| TrainError::Data { path: path.to_owned(), why: error.to_string() })
}

fn parse(line: &str) -> Option<(Area, Row)> {
    let mut cells = line.split('\t');
    let (code, level, name) = (cells.next()?, cells.next()?, cells.next()?);
    let (lat, lon) = (cells.next().and_then(|c| c.parse().ok()), cells.next().and_then(|c| c.parse().ok()));
    let level = match level {
        "provinsi" => AreaLevel::Province,
        "kabupaten_kota" => AreaLevel::Regency,
        "kecamatan" => AreaLevel::District,
        _ => return None,
    };
    let parts: Vec<u8> = code.split('.').map(str::parse).collect::<Result<_, _>>().ok()?;
    let depth = u8::try_from(parts.len()).ok()?;
    let row = Row { depth, part: *parts.last()?, wordness: 0, place: lat.zip(lon), name: name.to_owned() };
    Some((Area { code: code.into(), level, name: name.into(), lat, lon }, row))
}

/// Root words, slang and stop words: a name among them is also an ordinary word.
pub(super) fn word_lists(data: &Path) -> Result<HashSet<String>, TrainError> {
    let mut words = HashSet::new();
    for file in ["combined_root_words.txt", "combined_stop_words.txt", "combined_slang_words.txt"] {
        let text = read_text(&data.join("normalisation").join(file))?;
        let parts = text.split(|c: char| !c.is_alphanumeric() && c != '-');
        words.extend(parts.filter(|word| !word.is_empty()).map(str::to_lowercase));
    }
    Ok(words)
}

/// How often news and fact-checks write a word in lower case, which they do not do with names.
pub(super) fn lower_case_uses(data: &Path) -> Result<HashMap<String, u32>, TrainError> {
    let mut uses = HashMap::new();
    for file in ["hoax/claims.jsonl", "hoax/negatives.jsonl"] {
        for row in read_jsonl(&data.join(file))? {
            let text = row["text"].as_str().unwrap_or_default();
            for word in text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()) {
                if word.chars().all(char::is_lowercase) {
                    *uses.entry(word.to_owned()).or_default() += 1;
                }
            }
        }
    }
    Ok(uses)
}

/// 0 never an ordinary word to 2 mostly one; short names of districts count as words, because they collide with
/// regional words and clippings.
fn wordness(area: &Area, lists: &HashSet<String>, small: &HashMap<String, u32>) -> u8 {
    let words = published_words(area);
    let [word] = words.as_slice() else { return 0 };
    if area.level != AreaLevel::District {
        return 0; // curated: the names of regencies and provinces that are words are few
    }
    let used = small.get(word).copied().unwrap_or(0);
    let listed = lists.contains(word);
    match (listed, used, word.len()) {
        (true, 4.., _) | (_, _, ..=3) => 2,
        (true, ..) | (_, 2.., _) | (_, _, 4) => 1,
        _ => 0,
    }
}

fn card(areas: usize, ambiguous: u32, bytes: usize) -> String {
    format!(
        "# gazetteer\n\n\
         Provinces, regencies, cities and districts of Indonesia: official code, published name, centroid, and for each\n\
         name of a district how far it is also an ordinary word.\n\n\
         | | |\n|---|---|\n\
         | areas | {areas} |\n| names of districts that are also words | {ambiguous} |\n| size | {bytes} bytes |\n\
         | version | {VERSION} |\n| licence | MIT (as its sources; the codes are a government regulation) |\n\n\
         **Data.** `gazetteer/areas.tsv`: codes and names after the ministry's decree, centroids from wilayah_boundaries\n\
         (MIT). Ordinary words: the root, stop and slang word lists of NLP_bahasa_resources (MIT), and counts of lower-case\n\
         use in fact-checks and news.\n\n\
         **Scores.** `place.*` of `saring evals`: `own` and `gold` on our own labelled sentences, `real` on texts of the research data,\n\
         `test` on the halves of all three that tuned nothing (`crates/analysis/tests/PLACES.md`).\n\n\
         **Limits.** Villages are in [villages](villages.md). Names of islands, mountains and streets are not in it. Districts\n\
         founded or renamed after the list was made are missing. Centroids are rounded to 0.001 degrees.\n"
    )
}
