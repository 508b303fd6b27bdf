//! The word lists around names of places (`data/places.txt`), read once.

use super::kind;
use saring_text::WordHash;
use std::collections::{HashMap, HashSet};
use std::sync::OnceLock;

const TEXT: &str = include_str!("../../data/places.txt");

/// What a word right before a name says about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cue {
    /// An area of one of these kinds (bits of [`kind`]).
    Kind(u8),
    /// A preposition or a word for an area: somewhere.
    Before,
    /// People of a place.
    People,
    /// A building or spot that is called after its place.
    Venue,
    /// A mountain, river or island: called so, but not the area.
    Nature,
    /// A street or a housing estate.
    Street,
    /// A person follows.
    Title,
    /// A dish, a dance, a language: of that place, but not about it.
    Food,
}

/// The parsed lists.
#[derive(Debug, Default)]
struct Lists {
    aliases: Vec<(&'static str, Vec<&'static str>)>,
    wordness: HashMap<&'static str, u8, WordHash>,
    persons: HashSet<&'static str, WordHash>,
    cues: HashMap<&'static str, Cue, WordHash>,
    never: HashSet<&'static str, WordHash>,
}

/// Other names of areas with the codes they may mean.
pub fn aliases() -> impl Iterator<Item = (&'static str, &'static [&'static str])> {
    lists().aliases.iter().map(|(name, codes)| (*name, codes.as_slice()))
}

/// How far a name is an ordinary word, where the lists say so.
pub fn wordness(name: &str) -> Option<u8> {
    lists().wordness.get(name).copied()
}

/// Whether a name is also a name of people.
pub fn is_person(name: &str) -> bool {
    lists().persons.contains(name)
}

/// What a word before a name says about it.
pub fn cue(word: &str) -> Option<Cue> {
    lists().cues.get(word).copied()
}

/// Whether two neighbouring words form a phrase in which neither is a place.
pub fn never(phrase: &str) -> bool {
    lists().never.contains(phrase)
}

fn lists() -> &'static Lists {
    static LISTS: OnceLock<Lists> = OnceLock::new();
    LISTS.get_or_init(|| {
        let mut lists = Lists::default();
        for line in TEXT.lines().filter(|line| !line.starts_with('#')) {
            if let Some((section, items)) = line.split_once(':') {
                items.split(',').map(str::trim).for_each(|item| lists.take(section, item));
            }
        }
        lists
    })
}

impl Lists {
    fn take(&mut self, section: &str, item: &'static str) {
        if let Some(level) = section.strip_prefix("word ") {
            self.wordness.insert(item, level.parse().unwrap_or(0));
            return;
        }
        let cue = match section {
            "alias" => {
                if let Some((name, codes)) = item.split_once(" = ") {
                    self.aliases.push((name, codes.split(' ').collect()));
                }
                return;
            }
            "person" => {
                self.persons.insert(item);
                return;
            }
            "never" => {
                self.never.insert(item);
                return;
            }
            "kind province" => Cue::Kind(kind::PROVINCE),
            "kind regency" => Cue::Kind(kind::REGENCY),
            "kind city" => Cue::Kind(kind::CITY),
            "kind either" => Cue::Kind(kind::REGENCY | kind::CITY),
            "kind district" => Cue::Kind(kind::DISTRICT),
            "kind village" => Cue::Kind(kind::VILLAGE),
            "kind hamlet" => Cue::Kind(kind::VILLAGE | kind::HAMLET),
            "before" => Cue::Before,
            "people" => Cue::People,
            "venue" => Cue::Venue,
            "nature" => Cue::Nature,
            "street" => Cue::Street,
            "title" => Cue::Title,
            _ => Cue::Food,
        };
        self.cues.entry(item).or_insert(cue);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_section_of_the_file_is_known() {
        let known =
            ["alias", "person", "never", "before", "people", "venue", "nature", "street", "title", "food"];
        for line in TEXT.lines().filter(|line| !line.starts_with('#') && !line.trim().is_empty()) {
            let (section, items) = line.split_once(':').unwrap();
            let fixed =
                known.contains(&section) || section.starts_with("kind ") || section.starts_with("word ");
            assert!(fixed && !items.trim().is_empty(), "{line}");
        }
        assert_eq!(cue("kec"), Some(Cue::Kind(kind::DISTRICT)));
        assert_eq!(wordness("suruh"), Some(3));
        assert!(never("medan perang") && is_person("agung"));
    }
}
