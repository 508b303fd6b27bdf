//! All word knowledge behind one look-up: what a word is for the stream, the groups, the offices and the cues of lanes.

use super::groups::{self, Mode};
use super::{LEXICON, Lexicon, Tag, lines};
use crate::detect::group_attack::mend;
use crate::detect::protected::cues;
use crate::model::linear::word_hash;
use saring_text::Sieve;
use std::collections::HashMap;
use std::sync::LazyLock;

/// Words that code asks for by name and no data file needs to list.
const ASKED: [&str; 19] = [
    "grpx",
    "slurx",
    "qq",
    ".",
    ",",
    "?",
    "!",
    "neg",
    "sama",
    "dengan",
    "kalau",
    "daripada",
    "dibanding",
    "orang",
    "instx",
    "dari",
    "suka",
    "jangan",
    "berhenti",
];

/// A group name that begins with the word.
#[derive(Clone, Debug, PartialEq)]
pub struct Form {
    /// Its words behind the first.
    pub rest: Vec<&'static str>,
    /// When it counts.
    pub mode: Mode,
    /// `trait:group`.
    pub target: &'static str,
}

/// What is known of a word.
#[derive(Debug, PartialEq)]
pub struct Entry {
    /// The word.
    pub text: &'static str,
    /// Its hash as a feature.
    pub hash: u32,
    /// Its class.
    pub tag: Tag,
    /// It has a class or a reading.
    pub known: bool,
    /// What it is read as, where that is something else.
    pub readings: Vec<usize>,
    /// Head noun of group mentions.
    pub head: bool,
    /// May stand between head and name.
    pub link: bool,
    /// A name behind it is a place.
    pub not_after: bool,
    /// A name in front of it is a place.
    pub not_before: bool,
    /// Calls somebody what stands beside it.
    pub address: bool,
    /// A slur behind it is a thing or a name.
    pub no_slur_after: bool,
    /// Stands within group names of several words.
    pub part: bool,
    /// Group names that begin with it, longest first.
    pub forms: Vec<Form>,
    /// Phrases that begin with it: their other words, and the entry they are read as.
    pub phrases: Vec<(Vec<&'static str>, usize)>,
    /// Rests of names of institutions that begin with it, longest first.
    pub institutions: Vec<Vec<&'static str>>,
    /// Bits of the cue lines that list it.
    pub cues: u32,
}

/// The words by hash.
#[derive(Debug)]
pub struct Vocabulary {
    entries: Vec<Entry>,
    /// Place of an entry + 1 by hash; 0 is free.
    table: Vec<u32>,
    /// Hashes of every group name and word that hurts with a letter left out as [`mend::mended`] reads it.
    shortened: Sieve,
}

/// Number of the bits in [`Vocabulary::shortened`], as a power of two: some fifteen times what is in it.
const SHORTENED: u32 = 22;

/// The vocabulary, built on first use.
pub static VOCABULARY: LazyLock<Vocabulary> = LazyLock::new(|| Vocabulary::of(&LEXICON));

#[derive(Default)]
struct Builder {
    entries: Vec<Entry>,
    places: HashMap<&'static str, usize>,
}

impl Builder {
    fn place(&mut self, text: &'static str) -> usize {
        *self.places.entry(text).or_insert_with(|| {
            self.entries.push(Entry::blank(text));
            self.entries.len() - 1
        })
    }

    fn at(&mut self, text: &'static str) -> &mut Entry {
        let place = self.place(text);
        &mut self.entries[place]
    }

    fn lexicon(&mut self, lexicon: &Lexicon) {
        for (word, tag) in &lexicon.tags {
            let entry = self.at(word);
            (entry.tag, entry.known) = (*tag, true);
            if let Some((first, rest)) = word.split_once('-') {
                let place = self.place(word);
                self.at(first).phrases.push((rest.split('-').collect(), place));
            }
        }
        for (word, readings) in &lexicon.aliases {
            let readings = readings.iter().map(|reading| self.place(reading)).collect();
            let entry = self.at(word);
            (entry.readings, entry.known) = (readings, true);
        }
        for (first, forms) in &lexicon.forms {
            self.at(first).forms = forms.iter().map(Form::of).collect();
            forms.iter().flat_map(|form| &form.words[1..]).for_each(|word| self.at(word).part = true);
        }
        lexicon.heads.iter().for_each(|word| self.at(word).head = true);
        lexicon.links.iter().for_each(|word| self.at(word).link = true);
        lexicon.not_after.iter().for_each(|word| self.at(word).not_after = true);
        lexicon.whole.iter().for_each(|word| _ = self.place(word));
        lexicon.not_before.iter().for_each(|word| self.at(word).not_before = true);
        lexicon.address.iter().for_each(|word| self.at(word).address = true);
        lexicon.no_slur_after.iter().for_each(|word| self.at(word).no_slur_after = true);
    }

    fn institutions(&mut self) {
        let list = include_str!("../../../../data/institutions.txt");
        for name in lines(list).flat_map(|line| line.split(',')) {
            let mut words = name.split_whitespace();
            if let Some(first) = words.next() {
                self.at(first).institutions.push(words.collect());
            }
        }
        for entry in &mut self.entries {
            entry.phrases.sort_by(|a, b| b.0.len().cmp(&a.0.len()).then_with(|| a.0.cmp(&b.0)));
            entry.institutions.sort_by_key(|rest| std::cmp::Reverse(rest.len()));
        }
    }
}

impl Form {
    fn of(form: &groups::Form) -> Self {
        Self { rest: form.words[1..].to_vec(), mode: form.mode, target: form.target }
    }
}

impl Entry {
    fn blank(text: &'static str) -> Self {
        let tag = match text {
            "?" => Tag::Question,
            "qq" => Tag::Quote,
            "." | "," => Tag::Stop,
            "neg" => Tag::Negation,
            "grpx" => Tag::Group,
            "slurx" => Tag::Derogation,
            _ => Tag::Other,
        };
        Self {
            text,
            hash: word_hash(text),
            tag,
            known: false,
            readings: Vec::new(),
            head: false,
            link: false,
            not_after: false,
            not_before: false,
            address: false,
            no_slur_after: false,
            part: false,
            forms: Vec::new(),
            phrases: Vec::new(),
            institutions: Vec::new(),
            cues: 0,
        }
    }
}

impl Vocabulary {
    /// Of the words of a lexicon.
    pub(in super::super) fn of(lexicon: &Lexicon) -> Self {
        let mut builder = Builder::default();
        ASKED.into_iter().for_each(|word| _ = builder.place(word));
        builder.lexicon(lexicon);
        builder.institutions();
        for (line, (_, words)) in cues::LINES.iter().enumerate() {
            words.iter().for_each(|word| builder.at(word).cues |= 1 << line);
        }
        let entries = builder.entries;
        let mut table = vec![0_u32; (entries.len() * 4).next_power_of_two()];
        for (place, entry) in entries.iter().enumerate() {
            let mut at = entry.hash as usize & (table.len() - 1);
            while table[at] != 0 {
                at = (at + 1) & (table.len() - 1);
            }
            table[at] = place as u32 + 1;
        }
        let shortened = shortened(&entries);
        Self { entries, table, shortened }
    }

    /// Whether the word with this hash may be a group name or a word that hurts which lacks a letter: nearly all words are not.
    pub fn may_lack_a_letter(&self, hash: u32) -> bool {
        self.shortened.may_have(u64::from(hash))
    }

    /// What is known of the word `text`, whose hash is `hash`.
    pub fn find(&self, hash: u32, text: &str) -> Option<&Entry> {
        let mask = self.table.len() - 1;
        let mut at = hash as usize & mask;
        loop {
            let place = self.table[at].checked_sub(1)?;
            let entry = &self.entries[place as usize];
            if entry.hash == hash && entry.text == text {
                return Some(entry);
            }
            at = (at + 1) & mask;
        }
    }

    /// What is known of the word `text`.
    pub fn get(&self, text: &str) -> Option<&Entry> {
        self.find(word_hash(text), text)
    }

    /// The entry at a place.
    pub fn entry(&self, place: usize) -> Option<&Entry> {
        self.entries.get(place)
    }

    /// The entries an entry is read as.
    pub fn readings<'v>(&'v self, entry: &'v Entry) -> impl Iterator<Item = &'v Entry> {
        entry.readings.iter().map(|place| &self.entries[*place])
    }
}

fn shortened(entries: &[Entry]) -> Sieve {
    let grave = |entry: &&Entry| (!entry.forms.is_empty() || entry.tag.harms()) && entry.text.is_ascii();
    let words = entries.iter().filter(grave).flat_map(|entry| mend::lacking_a_letter(entry.text));
    Sieve::of(SHORTENED, words.map(|word| u64::from(word_hash(&word))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_look_up_tells_all() {
        let known = |word: &str| VOCABULARY.get(word).unwrap();
        assert!(known("orang").head && known("yang").link && known("di").not_after);
        assert_eq!(
            (known("sampah").tag, known("grpx").tag, known("qq").tag),
            (Tag::Dehumanising, Tag::Group, Tag::Quote)
        );
        assert!(VOCABULARY.readings(known("nggak")).map(|entry| entry.text).eq(["neg"]));
        assert!(known("jawa").forms.iter().any(|form| form.target == "ethnicity:jawa"));
        assert_eq!(known("rumah").institutions, [["sakit"]]);
        assert!(known("gagal").cues != 0 && VOCABULARY.get("durian").is_none());
    }
}
