//! Word classes, spellings and group names, read once from the data files beside the crate.

mod forms;
pub mod groups;
pub mod vocabulary;

use groups::Form;
use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

/// Class of a word in the tag stream. The stream of classes is what generalises to words never seen together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[allow(missing_docs, reason = "each is explained by its words in data/tags.txt")]
pub enum Tag {
    Other,
    Derogation,
    Dehumanising,
    Violence,
    Exclusion,
    Hatred,
    Conspiracy,
    Positive,
    Support,
    Counter,
    Habit,
    First,
    Second,
    Third,
    Negation,
    Group,
    Say,
    Opinion,
    Modal,
    Compare,
    Like,
    Question,
    Quote,
    But,
    All,
    Only,
    This,
    Relative,
    Why,
    Life,
    If,
    Land,
    Stop,
    Show,
    Punishment,
    Role,
    Count,
    Place,
    Action,
    Less,
}

impl Tag {
    /// The class named in `tags.txt`.
    fn named(name: &str) -> Option<Self> {
        Some(match name {
            "PLAIN" => Self::Other,
            "DER" => Self::Derogation,
            "DEH" => Self::Dehumanising,
            "VIO" => Self::Violence,
            "EXC" => Self::Exclusion,
            "HAT" => Self::Hatred,
            "CON" => Self::Conspiracy,
            "POS" => Self::Positive,
            "SUP" => Self::Support,
            "CTR" => Self::Counter,
            "HAB" => Self::Habit,
            "PR1" => Self::First,
            "PR2" => Self::Second,
            "PR3" => Self::Third,
            "NEG" => Self::Negation,
            "SAY" => Self::Say,
            "OPI" => Self::Opinion,
            "MOD" => Self::Modal,
            "CMP" => Self::Compare,
            "LIKE" => Self::Like,
            "BUT" => Self::But,
            "ALL" => Self::All,
            "ONLY" => Self::Only,
            "DET" => Self::This,
            "REL" => Self::Relative,
            "WHY" => Self::Why,
            "LIFE" => Self::Life,
            "IF" => Self::If,
            "LAND" => Self::Land,
            "SHOW" => Self::Show,
            "PUN" => Self::Punishment,
            "ROLE" => Self::Role,
            "NUM" => Self::Count,
            "ORG" => Self::Place,
            "ACTN" => Self::Action,
            "LESS" => Self::Less,
            _ => return None,
        })
    }

    /// Words that hurt.
    pub fn harms(self) -> bool {
        use Tag::{Conspiracy, Dehumanising, Derogation, Exclusion, Hatred, Violence};
        matches!(self, Derogation | Dehumanising | Violence | Exclusion | Hatred | Conspiracy)
    }

    /// Content words, whose affixed forms mean much the same.
    pub fn inflects(self) -> bool {
        self.harms() || matches!(self, Self::Positive | Self::Support | Self::Counter)
    }

    /// Words that carry no stance.
    pub fn filler(self) -> bool {
        matches!(self, Self::Other | Self::This | Self::Relative) || self.everyday()
    }

    /// Words that name somebody or take a stance.
    pub fn speaks(self) -> bool {
        use Tag::{Counter, Group, Life, Positive, Punishment, Quote, Say, Second, Show, Support, Third};
        let names = matches!(self, Group | Second | Third | Quote | Say);
        names || self.harms() || matches!(self, Positive | Support | Life | Counter | Punishment | Show)
    }

    /// Words of everyday life, which say that a sentence is about something else than a stance.
    pub fn everyday(self) -> bool {
        matches!(self, Self::Role | Self::Count | Self::Place | Self::Action)
    }
}

/// All word knowledge of the group-attack head.
pub struct Lexicon {
    /// Class of a word.
    pub tags: HashMap<&'static str, Tag>,
    /// Spelling to the words it is read as.
    pub aliases: HashMap<&'static str, Vec<&'static str>>,
    /// Group forms by first word, longest first.
    pub forms: HashMap<&'static str, Vec<Form>>,
    /// Head nouns of group mentions.
    pub heads: HashSet<&'static str>,
    /// Words that may stand between head and form.
    pub links: HashSet<&'static str>,
    /// Words behind which a `name` form is a place.
    pub not_after: HashSet<&'static str>,
    /// Words in front of which a `name` form is a place.
    pub not_before: HashSet<&'static str>,
    /// Words in which a name stands by chance.
    pub whole: HashSet<&'static str>,
    /// Words by which somebody is called something.
    pub address: HashSet<&'static str>,
    /// Words behind which a slur is a thing or a name.
    pub no_slur_after: HashSet<&'static str>,
}

/// The lexicon, built on first use.
pub static LEXICON: LazyLock<Lexicon> = LazyLock::new(|| Lexicon::with(&[]));

impl Lexicon {
    /// The shipped lists, and behind those of groups what an office adds or takes off.
    pub(super) fn with(own: &[groups::Line]) -> Self {
        let mut lexicon = Self {
            tags: HashMap::new(),
            aliases: HashMap::new(),
            forms: HashMap::new(),
            heads: HashSet::new(),
            links: HashSet::new(),
            not_after: HashSet::new(),
            not_before: HashSet::new(),
            whole: HashSet::new(),
            address: HashSet::new(),
            no_slur_after: HashSet::new(),
        };
        for (name, words) in entries(include_str!("../../../data/tags.txt")) {
            if let Some(tag) = Tag::named(name) {
                lexicon.tags.extend(words.split_whitespace().map(|word| (word, tag)));
            }
        }
        inflect(&mut lexicon.tags);
        for (word, spellings) in entries(include_str!("../../../data/aliases.txt")) {
            for spelling in spellings.split_whitespace() {
                lexicon.aliases.insert(spelling, word.split_whitespace().collect());
            }
        }
        let shipped = lines(groups::SHIPPED).filter_map(|line| groups::Line::parse(line).ok());
        shipped.chain(own.iter().cloned()).for_each(|line| lexicon.add_groups(line));
        for forms in lexicon.forms.values_mut() {
            forms.sort_by_key(|form| std::cmp::Reverse(form.words.len()));
        }
        lexicon
    }

    fn add_groups(&mut self, line: groups::Line) {
        match line {
            groups::Line::Names(forms) => {
                for form in forms {
                    if let Some(first) = form.words.first() {
                        self.forms.entry(first).or_default().push(form);
                    }
                }
            }
            groups::Line::Off(names) => {
                for words in names {
                    if let Some(forms) = words.first().and_then(|first| self.forms.get_mut(first)) {
                        forms.retain(|form| form.words != words);
                    }
                }
            }
            groups::Line::Words(list, words) => {
                let list = match list {
                    groups::List::Heads => &mut self.heads,
                    groups::List::Links => &mut self.links,
                    groups::List::NotAfter => &mut self.not_after,
                    groups::List::NotBefore => &mut self.not_before,
                    groups::List::Whole => &mut self.whole,
                    groups::List::Address => &mut self.address,
                    groups::List::NoSlurAfter => &mut self.no_slur_after,
                };
                list.extend(words);
            }
        }
    }
}

/// Adds the regular forms of listed words, so that `dimusnahin` is known where `musnahkan` is listed. Listed forms keep
/// their class; of two words with the same form the first in the alphabet decides.
fn inflect(tags: &mut HashMap<&'static str, Tag>) {
    let mut roots: Vec<(&'static str, Tag)> = tags
        .iter()
        .map(|(word, tag)| (*word, *tag))
        .filter(|(word, tag)| tag.inflects() && word.len() > 3 && !word.contains('-'))
        .collect();
    roots.sort_unstable();
    for (root, tag) in roots {
        for form in forms::forms(root) {
            if !tags.contains_key(form.as_str()) {
                tags.insert(Box::leak(form.into_boxed_str()), tag);
            }
        }
    }
}

/// Lines of a data file without comments and empty ones.
pub fn lines(text: &'static str) -> impl Iterator<Item = &'static str> {
    text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'))
}

fn entries(text: &'static str) -> impl Iterator<Item = (&'static str, &'static str)> {
    lines(text).filter_map(|line| line.split_once(':'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_the_lists_is_understood() {
        for (name, _) in entries(include_str!("../../../data/tags.txt")) {
            assert!(Tag::named(name).is_some(), "tags.txt: unknown class {name}");
        }
        for line in lines(groups::SHIPPED) {
            assert!(groups::Line::parse(line).is_ok(), "groups.txt: {line}");
        }
        assert!(LEXICON.tags.len() > 900 && LEXICON.forms.len() > 90);
    }

    #[test]
    fn no_group_is_an_institution() {
        for word in ["polisi", "pemerintah", "dpr", "partai", "guru", "wartawan"] {
            assert!(!LEXICON.forms.contains_key(word), "{word} is not a protected group");
        }
    }
}
