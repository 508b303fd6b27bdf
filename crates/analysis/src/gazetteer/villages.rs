//! The villages (desa and kelurahan) of the whole country, kept so small that every machine can hold them.
//!
//! Most names repeat, many are ordinary words, and nearly all texts name none: a village is therefore no [`super::Name`]
//! of the gazetteer but looked up by who has evidence for it (`detect/place/village.rs`).

use crate::model::{ModelError, Models};
use saring_domain::{Area, AreaLevel};

/// Layout of `models/villages.bin`: the codes of the districts, then the names by letter, front-coded, each with its villages.
pub const FORMAT: u32 = 1;

/// Names with the villages that bear them: about 2.5 MB in memory for 83,762 villages.
#[derive(Clone, Debug, Default)]
pub struct Villages {
    /// Codes of the districts, `11.01.01`, that the posts count.
    districts: Vec<[u8; 3]>,
    /// All published names, one behind the other.
    text: String,
    names: Vec<Entry>,
    posts: Vec<Post>,
    /// Hashes of the folded names with their positions in `names`.
    keys: Sorted<u32>,
    /// Hashes of the first words of names with the most words a name has that begins so.
    starts: Sorted<u8>,
}

/// Rows sorted by hash, with the place where those of each beginning start: a few steps to a row, not seventeen.
#[derive(Clone, Debug, Default)]
struct Sorted<T> {
    rows: Vec<(u32, T)>,
    /// One more than there are beginnings; none where there are no rows.
    first: Vec<u32>,
}

/// Bits of a hash that are its beginning.
const BEGINNING: u32 = 12;

impl<T> Sorted<T> {
    fn new(rows: Vec<(u32, T)>) -> Self {
        let below = |beginning: u64| {
            rows.partition_point(|(hash, _)| u64::from(*hash) < beginning << (32 - BEGINNING))
        };
        let first = (0..=1 << BEGINNING).map(|beginning| below(beginning) as u32).collect();
        Self { rows, first }
    }

    /// The rows from the first of this hash on to the last that begins alike.
    fn from(&self, hash: u32) -> &[(u32, T)] {
        let beginning = (hash >> (32 - BEGINNING)) as usize;
        let Some(&[from, to]) = self.first.get(beginning..beginning + 2) else { return &[] };
        let alike = self.rows.get(from as usize..to as usize).unwrap_or_default();
        alike.get(alike.partition_point(|&(other, _)| other < hash)..).unwrap_or_default()
    }
}

/// Where a name ends in the text, and its villages in the posts.
#[derive(Clone, Copy, Debug)]
struct Entry {
    text: u32,
    posts: u32,
    wordness: u8,
}

/// A village: its district by position, and its own four digits.
#[derive(Clone, Copy, Debug)]
struct Post {
    district: u16,
    number: u16,
}

/// A village that bears a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Village<'v> {
    /// Official code, `35.03.01.2001`.
    pub code: String,
    /// Name as published, without its kind.
    pub name: &'v str,
    /// As [`super::Name::wordness`].
    pub wordness: u8,
}

impl Village<'_> {
    /// The village as an area; the ministry numbers kelurahan from 1001 and desa from 2001 on.
    pub fn area(&self) -> Area {
        let kind = if self.code.get(9..10) == Some("1") { "Kelurahan" } else { "Desa" };
        let name = format!("{kind} {}", self.name);
        Area { code: self.code.clone(), level: AreaLevel::Village, name, lat: None, lon: None }
    }
}

impl Villages {
    /// The shipped villages; none where their file is absent.
    ///
    /// # Errors
    /// [`ModelError`] when the file is there but damaged or of another release.
    pub fn read(models: &Models) -> Result<Self, ModelError> {
        match models.read("villages", FORMAT) {
            Err(ModelError::Missing(_)) => Ok(Self::default()),
            read => Self::unpack(&read?.payload).ok_or_else(|| ModelError::Truncated("villages".into())),
        }
    }

    fn unpack(mut rest: &[u8]) -> Option<Self> {
        let mut out = Self::default();
        let (count, tail) = rest.split_first_chunk::<2>()?;
        let (districts, tail) = tail.split_at_checked(usize::from(u16::from_le_bytes(*count)) * 3)?;
        out.districts = districts.as_chunks::<3>().0.to_vec();
        rest = tail;
        let mut name: Vec<u8> = Vec::new();
        while let Some((&[shared, length, bearers], tail)) = rest.split_first_chunk::<3>() {
            let (own, tail) = tail.split_at_checked(usize::from(length))?;
            let (posts, tail) = tail.split_at_checked(usize::from(bearers) * 4)?;
            name.truncate(usize::from(shared >> 2));
            name.extend_from_slice(own);
            out.text.push_str(std::str::from_utf8(&name).ok()?);
            for &[a, b, c, d] in posts.as_chunks::<4>().0 {
                let post = Post { district: u16::from_le_bytes([a, b]), number: u16::from_le_bytes([c, d]) };
                out.districts.get(usize::from(post.district))?;
                out.posts.push(post);
            }
            let (text, posts) = (out.text.len() as u32, out.posts.len() as u32);
            out.names.push(Entry { text, posts, wordness: shared & 3 });
            rest = tail;
        }
        out.index();
        rest.is_empty().then_some(out)
    }

    fn index(&mut self) {
        let mut starts = Vec::with_capacity(self.names.len());
        let mut keys = Vec::with_capacity(self.names.len());
        for at in 0..self.names.len() {
            let name = self.published(at);
            let mut words = words_of(name).peekable();
            let first = words.peek().map_or(0, |word| hash(folded(word)));
            let many = words.count().min(usize::from(u8::MAX)) as u8;
            keys.push((hash(folded(name)), at as u32));
            starts.push((first, many));
            if many > 1 {
                starts.push((hash(folded(name)), 1));
            }
        }
        keys.sort_unstable();
        starts.sort_unstable_by_key(|&(hash, many)| (hash, u8::MAX - many));
        starts.dedup_by_key(|(hash, _)| *hash);
        (self.keys, self.starts) = (Sorted::new(keys), Sorted::new(starts));
    }

    /// Number of villages.
    pub fn len(&self) -> usize {
        self.posts.len()
    }

    /// Whether none is known.
    pub fn is_empty(&self) -> bool {
        self.posts.is_empty()
    }

    /// How many words the longest name has that begins with this folded word; 0 where (nearly always) none does.
    pub fn longest_from(&self, word: &str) -> usize {
        let hash = hash(word.chars());
        let found = self.starts.from(hash).first().filter(|(found, _)| *found == hash);
        found.map_or(0, |&(_, many)| usize::from(many))
    }

    /// The villages whose folded name is `key`, over all its spellings.
    pub fn named<'v>(&'v self, key: &str) -> impl Iterator<Item = Village<'v>> {
        let wanted = hash(key.chars());
        let same = self
            .keys
            .from(wanted)
            .iter()
            .take_while(move |&&(hash, _)| hash == wanted)
            .map(|&(_, at)| at as usize);
        let same: Vec<usize> = same.filter(|&at| folded(self.published(at)).eq(key.chars())).collect();
        same.into_iter().flat_map(move |at| self.bearers(at))
    }

    /// The village of an official code. Looks at all of them: for tools, not for every text.
    pub fn area(&self, code: &str) -> Option<Area> {
        let all = (0..self.names.len()).flat_map(|at| self.bearers(at));
        all.into_iter().find(|village| village.code == code).map(|village| village.area())
    }

    fn bearers(&self, at: usize) -> impl Iterator<Item = Village<'_>> {
        let from = at.checked_sub(1).and_then(|before| self.names.get(before)).map_or(0, |name| name.posts);
        let (to, wordness) = self.names.get(at).map_or((from, 0), |name| (name.posts, name.wordness));
        let posts = self.posts.get(from as usize..to as usize).unwrap_or_default();
        posts.iter().map(move |post| {
            let [province, regency, district] =
                self.districts.get(usize::from(post.district)).copied().unwrap_or_default();
            let code = format!("{province:02}.{regency:02}.{district:02}.{:04}", post.number);
            Village { code, name: self.published(at), wordness }
        })
    }

    fn published(&self, at: usize) -> &str {
        let from = at.checked_sub(1).and_then(|before| self.names.get(before)).map_or(0, |name| name.text);
        let to = self.names.get(at).map_or(from, |name| name.text);
        self.text.get(from as usize..to as usize).unwrap_or_default()
    }
}

/// Packs `(district, number, name, wordness)` rows; gives `None` for a code out of range. The order of the rows does not matter.
pub(crate) fn pack(rows: &[([u8; 3], u16, String, u8)]) -> Option<Vec<u8>> {
    let districts: std::collections::BTreeSet<[u8; 3]> = rows.iter().map(|row| row.0).collect();
    let districts: Vec<[u8; 3]> = districts.into_iter().collect();
    let mut names: std::collections::BTreeMap<&str, (u8, Vec<[u8; 4]>)> = std::collections::BTreeMap::new();
    for (district, number, name, wordness) in rows {
        let at = u16::try_from(districts.binary_search(district).ok()?).ok()?;
        let ([a, b], [c, d]) = (at.to_le_bytes(), number.to_le_bytes());
        let entry = names.entry(name).or_default();
        entry.0 = *wordness;
        entry.1.push([a, b, c, d]);
    }
    let mut out = u16::try_from(districts.len()).ok()?.to_le_bytes().to_vec();
    out.extend(districts.iter().flatten());
    let mut before = "";
    for (name, (wordness, posts)) in &mut names {
        posts.sort_unstable();
        let same = name.char_indices().zip(before.chars()).take_while(|((_, a), b)| a == b);
        let shared = same.last().map_or(0, |((at, c), _)| at + c.len_utf8()).min(63);
        let own = name.as_bytes().get(shared..)?;
        let count = u8::try_from(posts.len()).ok()?;
        out.extend([(shared as u8) << 2 | (*wordness & 3), u8::try_from(own.len()).ok()?, count]);
        out.extend_from_slice(own);
        out.extend(posts.iter().flatten());
        before = name;
    }
    Some(out)
}

/// The words of a published name.
pub(crate) fn words_of(name: &str) -> impl Iterator<Item = &str> {
    name.split([' ', '-', '/', '.', '(']).filter(|word| word.chars().any(char::is_alphanumeric))
}

/// As [`super::fold`], without a string of its own.
fn folded(name: &str) -> impl Iterator<Item = char> + '_ {
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase)
}

/// FNV-1a (Fowler, Noll, Vo) over the scalar values.
fn hash(chars: impl Iterator<Item = char>) -> u32 {
    chars.fold(0x811c_9dc5, |hash, c| (hash ^ u32::from(c)).wrapping_mul(0x0100_0193))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn villages_survive_packing() {
        let row = |district, number, name: &str, wordness| (district, number, name.to_owned(), wordness);
        let rows = [
            row([35, 3, 1], 2008, "Panggul", 2),
            row([35, 3, 2], 1001, "Suka Maju", 1),
            row([11, 1, 1], 2001, "Sukamaju", 0),
            row([35, 3, 2], 2002, "Suka Maju", 1),
            row([35, 3, 2], 2003, "Pu'uk", 0),
        ];
        let bytes = pack(&rows).unwrap();
        let villages = Villages::unpack(&bytes).unwrap();
        let codes = |key: &str| villages.named(key).map(|v| (v.code, v.wordness)).collect::<Vec<_>>();
        assert_eq!(codes("panggul"), [("35.03.01.2008".to_owned(), 2)]);
        let mut found = codes("sukamaju");
        found.sort();
        assert_eq!(
            found.iter().map(|(code, _)| code.as_str()).collect::<Vec<_>>(),
            ["11.01.01.2001", "35.03.02.1001", "35.03.02.2002"]
        );
        assert!(codes("suka").is_empty() && codes("puuk").len() == 1);
        assert_eq!(["suka", "sukamaju", "maju"].map(|word| villages.longest_from(word)), [2, 1, 0]);
        assert_eq!(
            villages.area("35.03.02.1001").map(|area| area.name).as_deref(),
            Some("Kelurahan Suka Maju")
        );
        assert!(Villages::unpack(&bytes[..bytes.len() - 1]).is_none());
    }

    #[test]
    fn the_shipped_villages_are_whole_and_small() {
        let villages = Villages::read(&Models::shipped()).unwrap();
        assert_eq!(villages.len(), 83_762);
        assert_eq!(villages.area("35.03.01.2008").map(|area| area.name).as_deref(), Some("Desa Panggul"));
        assert!(villages.named("sukamaju").count() > 100);
        assert!(Models::shipped().bytes("villages").unwrap().len() < 1 << 20);
        let entries =
            villages.names.len() * (size_of::<Entry>() + 8) + villages.posts.len() * size_of::<Post>();
        let bytes =
            villages.text.len() + entries + villages.starts.rows.len() * 8 + villages.districts.len() * 3;
        assert!(bytes < 4 << 20, "{bytes} bytes in memory");
    }
}
