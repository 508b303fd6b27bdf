//! Provinces, regencies, cities and districts with their official codes, the villages below them, and what an office adds.

pub mod villages;
pub mod words;

use crate::model::{ModelError, Models};
use saring_domain::{Area, AreaLevel};
use saring_text::WordHash;
use std::collections::HashMap;
use villages::Villages;

/// Layout of `models/gazetteer.bin`.
pub const FORMAT: u32 = 1;

/// Kinds of area that a word before a name asks for: a set of bits.
pub mod kind {
    /// Provinsi.
    pub const PROVINCE: u8 = 1;
    /// Kabupaten.
    pub const REGENCY: u8 = 2;
    /// Kota.
    pub const CITY: u8 = 4;
    /// Kecamatan.
    pub const DISTRICT: u8 = 8;
    /// Desa or kelurahan.
    pub const VILLAGE: u8 = 16;
    /// Dusun, kampung: part of a village that often bears its name; only together with [`VILLAGE`].
    pub const HAMLET: u8 = 32;
}

/// Areas by code and by the names that texts use for them.
#[derive(Clone, Debug, Default)]
pub struct Gazetteer {
    areas: Vec<Area>,
    below: Vec<u32>,
    added: usize,
    codes: HashMap<String, usize, WordHash>,
    names: HashMap<String, Name, WordHash>,
    starts: HashMap<String, u8, WordHash>,
    villages: Villages,
}

/// A name as texts write it (letters and digits in lower case, words joined) with all areas that bear it.
#[derive(Clone, Debug, Default)]
pub struct Name {
    /// Positions in [`Gazetteer::area_at`].
    pub areas: Vec<usize>,
    /// Words in the published spelling.
    pub words: u8,
    /// How often the name is an ordinary word: 0 never, 1 sometimes, 2 mostly, 3 nearly always.
    pub wordness: u8,
}

impl Gazetteer {
    /// The shipped gazetteer; empty where its file is absent.
    ///
    /// # Errors
    /// [`ModelError`] when the file is there but damaged or of another release.
    pub fn read(models: &Models) -> Result<Self, ModelError> {
        let file = match models.read("gazetteer", FORMAT) {
            Err(ModelError::Missing(_)) => return Ok(Self::default()),
            read => read?,
        };
        let mut gazetteer = Self { villages: Villages::read(models)?, ..Self::default() };
        let mut rest = file.payload.as_slice();
        let mut path: Vec<u8> = Vec::new();
        while !rest.is_empty() {
            let row = Row::read(&mut rest).ok_or_else(|| ModelError::Truncated("gazetteer".into()))?;
            path.truncate(usize::from(row.depth) - 1);
            path.push(row.part);
            let code = path.iter().map(|part| format!("{part:02}")).collect::<Vec<_>>().join(".");
            gazetteer.add(row.area(code), row.wordness);
        }
        for (name, codes) in words::aliases() {
            for code in codes {
                gazetteer.alias(name, code);
            }
        }
        Ok(gazetteer)
    }

    /// The same with areas that an office adds: villages, or a district of its own. An area whose code is known
    /// replaces the shipped one.
    #[must_use]
    pub fn with_areas(mut self, areas: &[Area]) -> Self {
        for area in areas {
            self.add(area.clone(), 0);
            self.added += 1;
        }
        self
    }

    /// Number of areas.
    pub fn len(&self) -> usize {
        self.areas.len()
    }

    /// Whether no area is known.
    pub fn is_empty(&self) -> bool {
        self.areas.is_empty()
    }

    /// The area of an official code.
    pub fn area(&self, code: &str) -> Option<&Area> {
        self.codes.get(code).and_then(|&at| self.areas.get(at))
    }

    /// The shipped villages.
    pub fn villages(&self) -> &Villages {
        &self.villages
    }

    /// The area at a position of [`Name::areas`].
    pub fn area_at(&self, at: usize) -> Option<&Area> {
        self.areas.get(at)
    }

    /// Whether the office added the area at this position.
    pub fn is_added(&self, at: usize) -> bool {
        at >= self.areas.len() - self.added
    }

    /// How many areas lie directly below the one at this position.
    pub fn count_below(&self, at: usize) -> u32 {
        self.below.get(at).copied().unwrap_or(0)
    }

    /// The areas that lie directly below `code`, by code; the provinces for an empty `code`.
    pub fn children(&self, code: &str) -> Vec<&Area> {
        let parent = |area: &Area| area.code.rsplit_once('.').map_or("", |(parent, _)| parent).to_owned();
        let mut found: Vec<_> = self.areas.iter().filter(|area| parent(area) == code).collect();
        found.sort_by(|a, b| a.code.cmp(&b.code));
        found
    }

    /// The areas named by `key` (see [`Name`]).
    pub fn name(&self, key: &str) -> Option<&Name> {
        self.names.get(key)
    }

    /// How many words the longest name has that begins with this word; 0 where none does.
    pub fn longest_from(&self, word: &str) -> usize {
        self.starts.get(word).copied().map_or(0, usize::from)
    }

    fn add(&mut self, area: Area, wordness: u8) {
        let at = self.areas.len();
        let short = published_words(&area);
        let parent = area.code.rsplit_once('.').and_then(|(parent, _)| self.codes.get(parent));
        if let Some(count) = parent.and_then(|&parent| self.below.get_mut(parent)) {
            *count += 1;
        }
        self.codes.insert(area.code.clone(), at);
        self.areas.push(area);
        self.below.push(0);
        self.name_area(&short, at, wordness);
    }

    fn alias(&mut self, name: &str, code: &str) {
        if let Some(&at) = self.codes.get(code) {
            let words: Vec<String> = name.split(' ').map(str::to_owned).collect();
            self.name_area(&words, at, 0);
        }
    }

    fn name_area(&mut self, words: &[String], at: usize, wordness: u8) {
        let Some(first) = words.first() else { return };
        let key = words.concat();
        let count = u8::try_from(words.len()).unwrap_or(u8::MAX);
        let every_word =
            |word: &String| words::wordness(word).is_some_and(|w| w > 1) || words::cue(word).is_some();
        let common = (words.len() > 1 && words.iter().all(every_word)).then_some(2); // "kota lama"
        let listed = words::wordness(&words.join(" ")).or(common);
        let longest = self.starts.entry(first.clone()).or_default();
        *longest = (*longest).max(count);
        self.starts.entry(key.clone()).or_insert(1);
        let name = self.names.entry(key).or_default();
        name.words = name.words.max(count);
        name.wordness = listed.unwrap_or(name.wordness.max(wordness));
        if !name.areas.contains(&at) {
            name.areas.push(at);
        }
    }
}

/// The bit of [`kind`] of an area.
pub fn kind_of(area: &Area) -> u8 {
    match area.level {
        AreaLevel::Province => kind::PROVINCE,
        AreaLevel::Regency if area.name.starts_with("Kota ") => kind::CITY,
        AreaLevel::Regency => kind::REGENCY,
        AreaLevel::District => kind::DISTRICT,
        AreaLevel::Village => kind::VILLAGE,
    }
}

/// Name with its kind, as screens and contracts show it: `Kabupaten Trenggalek`, `Kecamatan Panggul`.
pub fn title(area: &Area) -> String {
    let kind = match area.level {
        AreaLevel::Province if !area.name.starts_with("Daerah ") => "Provinsi ",
        AreaLevel::District => "Kecamatan ",
        AreaLevel::Village => "Desa ",
        AreaLevel::Province | AreaLevel::Regency => "",
    };
    let bare =
        ["Provinsi ", "Kecamatan ", "Desa ", "Kelurahan "].iter().any(|own| area.name.starts_with(own));
    format!("{}{}", if bare { "" } else { kind }, area.name)
}

/// The words of a published name without its kind, folded as [`fold`] does.
pub fn published_words(area: &Area) -> Vec<String> {
    let mut name = area.name.split('(').next().unwrap_or_default();
    for kind in ["Provinsi ", "Kabupaten ", "Kota ", "Administrasi ", "Kecamatan ", "Desa ", "Kelurahan "] {
        let own = area.level != AreaLevel::District || kind == "Kecamatan ";
        name = name.strip_prefix(kind).filter(|rest| own && !rest.is_empty()).unwrap_or(name);
    }
    name.split([' ', '-', '/']).map(fold).filter(|word| !word.is_empty()).collect()
}

/// Letters and digits in lower case; all else falls away.
pub fn fold(word: &str) -> String {
    word.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// One area as it is packed: depth, last part of the code, centroid, wordness, name.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Row {
    pub depth: u8,
    pub part: u8,
    pub wordness: u8,
    pub place: Option<(f64, f64)>,
    pub name: String,
}

/// Degrees are kept to 0.001 (about 100 m), enough to put a district on a map.
const STEPS: f64 = 1000.0;

impl Row {
    fn read(rest: &mut &[u8]) -> Option<Self> {
        let (&[depth, part, wordness, length], tail) = rest.split_first_chunk::<4>()?;
        let (lat, tail) = tail.split_first_chunk::<4>()?;
        let (lon, tail) = tail.split_first_chunk::<4>()?;
        let (name, tail) = tail.split_at_checked(usize::from(length))?;
        *rest = tail;
        let degrees = |bytes: &[u8; 4]| f64::from(i32::from_le_bytes(*bytes)) / STEPS;
        let place = (lat != &i32::MIN.to_le_bytes()).then(|| (degrees(lat), degrees(lon)));
        let name = std::str::from_utf8(name).ok()?.to_owned();
        (1..=4).contains(&depth).then_some(Self { depth, part, wordness, place, name })
    }

    pub(crate) fn write(&self, out: &mut Vec<u8>) {
        let name = self.name.as_bytes().get(..self.name.len().min(255)).unwrap_or_default();
        out.extend_from_slice(&[self.depth, self.part, self.wordness, name.len() as u8]);
        let step = |degrees: f64| ((degrees * STEPS).round() as i32).to_le_bytes();
        let (lat, lon) =
            self.place.map_or((i32::MIN.to_le_bytes(), [0; 4]), |(lat, lon)| (step(lat), step(lon)));
        out.extend_from_slice(&lat);
        out.extend_from_slice(&lon);
        out.extend_from_slice(name);
    }

    fn area(&self, code: String) -> Area {
        let level = match self.depth {
            1 => AreaLevel::Province,
            2 => AreaLevel::Regency,
            3 => AreaLevel::District,
            _ => AreaLevel::Village,
        };
        let (lat, lon) = self.place.unzip();
        Area { code, level, name: self.name.clone(), lat, lon }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn area(code: &str, level: AreaLevel, name: &str) -> Area {
        Area { code: code.into(), level, name: name.into(), lat: None, lon: None }
    }

    #[test]
    fn a_row_survives_packing() {
        let rows = [
            Row { depth: 1, part: 35, wordness: 0, place: Some((-7.5, 112.25)), name: "Jawa Timur".into() },
            Row { depth: 3, part: 1, wordness: 2, place: None, name: "O'o'u".into() },
        ];
        let mut bytes = Vec::new();
        rows.iter().for_each(|row| row.write(&mut bytes));
        let mut rest = bytes.as_slice();
        assert_eq!([Row::read(&mut rest).unwrap(), Row::read(&mut rest).unwrap()], rows);
        assert_eq!(Row::read(&mut &bytes[..10]), None);
    }

    #[test]
    fn the_shipped_gazetteer_is_whole() {
        let gazetteer = Gazetteer::read(&Models::shipped()).unwrap();
        assert_eq!(gazetteer.len(), 38 + 514 + 7285);
        assert_eq!(gazetteer.children("").len(), 38);
        assert_eq!(gazetteer.children("35.03").len(), 14);
        let titled = |code: &str| gazetteer.area(code).map(title);
        assert_eq!(titled("35.03").as_deref(), Some("Kabupaten Trenggalek"));
        assert_eq!(titled("35.03.01").as_deref(), Some("Kecamatan Panggul"));
        assert_eq!(titled("35").as_deref(), Some("Provinsi Jawa Timur"));
        assert_eq!(titled("34").as_deref(), Some("Daerah Istimewa Yogyakarta"));
        let lat = gazetteer.area("35.03.01").and_then(|area| area.lat).unwrap();
        assert!((lat + 8.230).abs() < 1e-9, "{lat}");
    }

    #[test]
    fn an_office_adds_what_is_missing() {
        let own = [
            area("99.01.01", AreaLevel::District, "Karangjati"),
            area("99.01.01.2001", AreaLevel::Village, "Desa Sumberwaru"),
        ];
        let gazetteer = Gazetteer::default().with_areas(&own);
        assert!(gazetteer.is_added(0) && gazetteer.is_added(1));
        assert_eq!(gazetteer.name("sumberwaru").map(|name| name.areas.as_slice()), Some(&[1][..]));
        assert_eq!(gazetteer.area("99.01.01.2001").map(title).as_deref(), Some("Desa Sumberwaru"));
        assert!(Gazetteer::read(&Models::default()).unwrap().is_empty());
    }
}
