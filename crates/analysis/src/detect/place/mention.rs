//! Where names of areas occur, and what the words around them say.

use crate::detect::reading::{Joint, Word};
use crate::gazetteer::words::{self, Cue};
use crate::gazetteer::{Gazetteer, Name, kind};

/// A name of areas in a text.
#[derive(Debug)]
pub struct Mention<'g> {
    /// Its first and one past its last word.
    pub words: (usize, usize),
    /// The name with its areas.
    pub name: &'g Name,
    /// The name as it is looked up.
    pub key: String,
    /// Kinds asked for by a word beside it (bits of [`kind`]), 0 where none is.
    pub kinds: u8,
    /// The word before, where it is a cue that asks for no kind.
    pub cue: Option<Cue>,
    /// A fixed phrase in which it is no place.
    pub never: bool,
    /// A name of people stands before it, or it is one and has such a neighbour.
    pub beside_name: bool,
    /// An unknown capitalised word follows: a longer name.
    pub goes_on: bool,
}

/// All mentions from left to right, the longest name at each word, none overlapping.
pub fn find<'g>(text: &[Word<'_>], gazetteer: &'g Gazetteer) -> Vec<Mention<'g>> {
    let mut out = Vec::new();
    let mut at = 0;
    while at < text.len() {
        match longest(text, at, gazetteer) {
            Some((end, key, name)) => {
                out.push(Mention::at(text, (at, end), key, name, gazetteer));
                at = end;
            }
            None => at += 1,
        }
    }
    out
}

/// The longest name that begins at word `at`.
fn longest<'g>(text: &[Word<'_>], at: usize, gazetteer: &'g Gazetteer) -> Option<(usize, String, &'g Name)> {
    let first = text.get(at)?;
    let most = gazetteer.longest_from(&first.key);
    if most == 0 && (first.key.len() < 4 || words::cue(&first.key).is_some()) {
        return None;
    }
    let mut key = String::new();
    let mut found = None;
    for (count, word) in text.get(at..)?.iter().take(most.max(2)).enumerate() {
        if count > 0 && word.joint != Joint::Space {
            break;
        }
        key.push_str(&word.key);
        let Some(name) = gazetteer.name(&key) else { continue };
        // a published single word written as two ("Gunung Kidul") needs two long parts: "ke diri" is not Kediri
        let split = count + 1 > usize::from(name.words);
        let parts_long = text.get(at..=at + count)?.iter().all(|word| word.key.len() > 3);
        if split && !(count == 1 && parts_long && words::cue(&first.key).is_none()) {
            continue;
        }
        if count > 0 && kind_then_name(text, at, count, gazetteer) {
            continue;
        }
        found = Some((at + count + 1, key.clone(), name));
    }
    found
}

/// "Kota Batu": a kind and a name rather than a longer name.
fn kind_then_name(text: &[Word<'_>], at: usize, count: usize, gazetteer: &Gazetteer) -> bool {
    let Some(Cue::Kind(kinds)) = text.get(at).and_then(|word| words::cue(&word.key)) else { return false };
    let rest: String =
        text.get(at + 1..=at + count).into_iter().flatten().map(|word| word.key.as_ref()).collect();
    let bears =
        |&area: &usize| gazetteer.area_at(area).is_some_and(|a| crate::gazetteer::kind_of(a) & kinds != 0);
    gazetteer.name(&rest).is_some_and(|name| name.areas.iter().any(bears))
}

impl<'g> Mention<'g> {
    fn at(
        text: &[Word<'_>],
        (first, end): (usize, usize),
        key: String,
        name: &'g Name,
        gazetteer: &Gazetteer,
    ) -> Self {
        let before = neighbour(text, first, -1);
        let after = neighbour(text, end, 0);
        let own = |from: usize, to: usize| {
            let keys: Vec<&str> =
                text.get(from..to).into_iter().flatten().map(|word| word.key.as_ref()).collect();
            keys.join(" ")
        };
        let never = (before.is_some() && words::never(&own(first.saturating_sub(1), end)))
            || (after.is_some() && words::never(&own(first, end + 1)));
        let cue = if on_a_street(text, first) {
            Some(Cue::Street)
        } else {
            before.and_then(|w| words::cue(&w.key))
        };
        let suffix = after.filter(|_| {
            !text.get(end + 1).is_some_and(|w| w.joint == Joint::Space && w.capital && w.telling)
        });
        let mut kinds = if let Some(Cue::Kind(kinds)) = cue { kinds } else { 0 };
        match suffix.map(|word| word.key.as_ref()) {
            Some("kota" | "city") => kinds = kind::CITY | (kinds & kind::DISTRICT),
            Some("regency") => kinds = kind::REGENCY,
            _ => {}
        }
        let unknown = |word: &&Word<'_>| {
            word.capital
                && word.telling
                && words::cue(&word.key).is_none()
                && gazetteer.longest_from(&word.key) == 0
        };
        Self {
            words: (first, end),
            name,
            kinds,
            cue: cue.filter(|cue| !matches!(cue, Cue::Kind(_))),
            never,
            beside_name: before.filter(unknown).is_some()
                || (words::is_person(&key) && after.filter(unknown).is_some()),
            goes_on: after.filter(unknown).is_some(),
            key,
        }
    }
}

/// "Jalan Raya Subang": a street word stands before this one, with "raya" between or not.
pub(super) fn on_a_street(text: &[Word<'_>], at: usize) -> bool {
    let before = neighbour(text, at, -1);
    let street = |word: Option<&Word<'_>>| word.is_some_and(|w| words::cue(&w.key) == Some(Cue::Street));
    let raya = || before.is_some_and(|word| word.key == "raya") && street(neighbour(text, at - 1, -1));
    street(before) || raya()
}

/// The word before (`-1`) or at a position, where nothing but blanks lies between.
fn neighbour<'t, 'a>(text: &'t [Word<'a>], at: usize, step: isize) -> Option<&'t Word<'a>> {
    let joined = text.get(at)?.joint == Joint::Space;
    text.get(at.checked_add_signed(step)?).filter(|_| joined)
}
