//! The protected groups that are looked for: the shipped list, and what an office adds to it or takes off.

use super::lexicon::groups::Line;
use super::lexicon::vocabulary::{VOCABULARY, Vocabulary};
use super::lexicon::{LEXICON, Lexicon};
use std::collections::HashSet;
use thiserror::Error;

/// Letters of the shortest name: shorter ones stand in too many words' places.
const SHORTEST: usize = 3;

/// A line of an office's list that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("line {line}: {why}")]
pub struct GroupsError {
    /// Line, from 1.
    pub line: usize,
    /// What is wrong and what to do.
    pub why: String,
}

/// The protected groups that are looked for.
#[derive(Clone, Copy, Debug)]
pub struct Groups(&'static Vocabulary);

impl Default for Groups {
    /// Those of the shipped list.
    fn default() -> Self {
        Self(&VOCABULARY)
    }
}

impl Groups {
    /// The shipped list with an office's own: lines as in `data/groups.txt`, `#` for comments. What is read stays in memory until the
    /// process ends, since the words of texts point to it: read it once.
    ///
    /// # Errors
    /// [`GroupsError`] names the first line that cannot be used: one that is no such line, a trait that is none, a name that
    /// is too short, names an institution (criticism of it must stay free) or, to be taken off, is not on the list.
    pub fn with(own: &str) -> Result<Self, GroupsError> {
        let own: &'static str = Box::leak(own.to_lowercase().into_boxed_str());
        let mut lines = Vec::new();
        let mut names: HashSet<Vec<&'static str>> =
            LEXICON.forms.values().flatten().map(|form| form.words.clone()).collect();
        for (at, text) in own.lines().enumerate() {
            let text = text.trim();
            if text.is_empty() || text.starts_with('#') {
                continue;
            }
            let wrong = |why| GroupsError { line: at + 1, why };
            let line = Line::parse(text).map_err(wrong)?;
            check(&line, &names).map_err(wrong)?;
            if let Line::Names(forms) = &line {
                names.extend(forms.iter().map(|form| form.words.clone()));
            }
            lines.push(line);
        }
        if lines.is_empty() {
            return Ok(Self::default());
        }
        let vocabulary = Vocabulary::of(&Lexicon::with(&lines));
        Ok(Self(Box::leak(Box::new(vocabulary))))
    }

    /// The words by which they are found.
    pub(crate) fn vocabulary(self) -> &'static Vocabulary {
        self.0
    }
}

fn check(line: &Line, names: &HashSet<Vec<&'static str>>) -> Result<(), String> {
    match line {
        Line::Names(forms) => forms.iter().try_for_each(|form| check_name(&form.words)),
        Line::Off(off) => match off.iter().find(|words| !names.contains(*words)) {
            Some(words) => Err(format!("'{}' is not on the list: nothing to take off", words.join(" "))),
            None => Ok(()),
        },
        Line::Words(..) => Ok(()),
    }
}

fn check_name(words: &[&'static str]) -> Result<(), String> {
    let name = words.join(" ");
    if let Some(c) = name.chars().find(|c| !c.is_alphabetic() && *c != ' ') {
        return Err(format!("'{name}': names are words of letters, without '{c}'"));
    }
    if name.chars().count() < SHORTEST {
        return Err(format!("'{name}' is too short: at least {SHORTEST} letters"));
    }
    let (first, rest) = words.split_first().ok_or("a name is missing")?;
    let institution =
        VOCABULARY.get(first).is_some_and(|entry| entry.institutions.iter().any(|other| other == rest));
    if institution {
        return Err(format!("'{name}' is an institution, office or profession: no protected group"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detect::group_attack::stream::{GROUP, Stream};
    use saring_text::Plain;

    fn masked(groups: Groups, text: &str) -> (String, Vec<&'static str>) {
        let plain = Plain::of(text);
        let stream = Stream::with(text, &plain, groups.vocabulary());
        let words: Vec<&str> = stream.words.iter().map(|word| stream.text(word)).collect();
        (words.join(" "), stream.words.iter().filter_map(|word| word.target).collect())
    }

    #[test]
    fn an_office_adds_names_and_takes_some_off() {
        let own = "# pulau seberang\nethnicity:warean | name | Warea, Tana Warea\n\nNOT_AFTER: teluk\n- jawa";
        let groups = Groups::with(own).unwrap();
        let shipped = Groups::default();
        assert_eq!(masked(groups, "orang Warea ramah"), (format!("{GROUP} ramah"), vec!["ethnicity:warean"]));
        assert_eq!(masked(shipped, "orang Warea ramah").1, Vec::<&str>::new());
        assert_eq!(masked(groups, "pergi ke Warea besok").1, Vec::<&str>::new());
        // what words read as is kept from text to text, but not from list to list
        assert_eq!(masked(groups, "orang jawa ramah").0, "orang jawa ramah");
        assert_eq!(masked(shipped, "orang jawa ramah").0, format!("{GROUP} ramah"));
        assert_eq!(masked(groups, "orang sunda ramah").0, format!("{GROUP} ramah"));
    }

    #[test]
    fn what_cannot_be_used_is_named_with_its_line() {
        for (own, line, part) in [
            ("profesi:polisi | bare | pulisi", 1, "no trait"),
            ("\n# x\nethnicity:warea | always | warea", 3, "no mode"),
            ("ethnicity: | bare | warea", 1, "trait:group"),
            ("ethnicity:warea | bare | ", 1, "has no name"),
            ("ethnicity:warea | bare | wa", 1, "too short"),
            ("ethnicity:warea | bare | warea2", 1, "without '2'"),
            ("ethnicity:warea | bare | warea, rumah sakit", 1, "institution"),
            ("belief:partai | head | Partai", 1, "institution"),
            ("- warea", 1, "not on the list"),
            ("ethnicity:warea | bare | warea\n- warea\nwarea", 3, "write `trait:group"),
        ] {
            let error = Groups::with(own).unwrap_err();
            assert_eq!(error.line, line, "{own}: {error}");
            assert!(error.why.contains(part), "{own}: {error}");
        }
    }

    #[test]
    fn an_empty_list_changes_nothing() {
        let groups = Groups::with("# nothing yet\n\n").unwrap();
        assert!(std::ptr::eq(groups.vocabulary(), Groups::default().vocabulary()));
    }
}
