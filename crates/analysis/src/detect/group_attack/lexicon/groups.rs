//! The lines of the list of protected groups.

/// The shipped list; an office's own file has the same lines.
pub const SHIPPED: &str = include_str!("../../../../data/groups.txt");
/// Traits for which people are protected.
const TRAITS: [&str; 9] =
    ["ethnicity", "race", "religion", "belief", "nationality", "gender", "orientation", "disability", "age"];

/// When a form of a group name counts as a mention.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Wherever it stands.
    Bare,
    /// Not behind `di`, `bahasa`, `pulau` and the like: it names a place or a language there.
    Name,
    /// Only behind a head noun such as `orang`.
    Head,
    /// Wherever it stands, and the name itself hurts.
    Slur,
    /// Behind `orang`, `kaum` and the like or beside a word of address: there a word with an everyday meaning hurts by itself.
    Curse,
}

impl Mode {
    /// A name in this mode hurts by itself.
    pub fn hurts(self) -> bool {
        matches!(self, Self::Slur | Self::Curse)
    }
}

/// A form of a group name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Form {
    /// Its words.
    pub words: Vec<&'static str>,
    /// When it counts.
    pub mode: Mode,
    /// `trait:group`.
    pub target: &'static str,
}

/// A list of words that decide where a group is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum List {
    /// Head nouns of mentions: `HEADS`.
    Heads,
    /// Words between head noun and name: `LINKS`.
    Links,
    /// A name behind one is a place: `NOT_AFTER`.
    NotAfter,
    /// A name in front of one is a place: `NOT_BEFORE`.
    NotBefore,
    /// Words in which a name stands by chance: `WHOLE`.
    Whole,
    /// Words by which somebody is called something: `ADDRESS`.
    Address,
    /// A slur behind one is a thing or a name: `NO_SLUR_AFTER`.
    NoSlurAfter,
}

/// A line of the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Line {
    /// Names of one group.
    Names(Vec<Form>),
    /// Names that are taken off the list.
    Off(Vec<Vec<&'static str>>),
    /// Words of a list.
    Words(List, Vec<&'static str>),
}

impl Line {
    /// Reads a line: `trait:group | mode | name, name`, `LIST: word word`, or `- name, name` to take names off.
    ///
    /// # Errors
    /// What is wrong with it and what to write instead.
    pub fn parse(line: &'static str) -> Result<Self, String> {
        let names = |text: &'static str| -> Vec<Vec<&'static str>> {
            let words = |name: &'static str| name.split_whitespace().collect();
            text.split(',').map(words).filter(|words: &Vec<_>| !words.is_empty()).collect()
        };
        if let Some(off) = line.strip_prefix('-') {
            return Ok(Self::Off(names(off)));
        }
        let cells: Vec<&'static str> = line.split('|').map(str::trim).collect();
        if let [target, mode, forms] = cells[..] {
            let (kind, group) = target.split_once(':').unwrap_or((target, ""));
            if !TRAITS.contains(&kind) {
                return Err(format!("'{kind}' is no trait of a protected group: use {}", TRAITS.join(", ")));
            }
            if group.is_empty() || !group.chars().all(|c| c.is_alphanumeric() || c == '_') {
                return Err(format!("'{target}': write trait:group with a group of one word"));
            }
            let mode = match mode {
                "bare" => Mode::Bare,
                "name" => Mode::Name,
                "head" => Mode::Head,
                "slur" => Mode::Slur,
                "curse" => Mode::Curse,
                other => {
                    return Err(format!("'{other}' is no mode: use bare, name, head, slur or curse"));
                }
            };
            let forms: Vec<Form> =
                names(forms).into_iter().map(|words| Form { words, mode, target }).collect();
            return if forms.is_empty() {
                Err(format!("'{target}' has no name"))
            } else {
                Ok(Self::Names(forms))
            };
        }
        let list = |name: &str| match name.to_uppercase().as_str() {
            "HEADS" => Some(List::Heads),
            "LINKS" => Some(List::Links),
            "NOT_AFTER" => Some(List::NotAfter),
            "NOT_BEFORE" => Some(List::NotBefore),
            "WHOLE" => Some(List::Whole),
            "ADDRESS" => Some(List::Address),
            "NO_SLUR_AFTER" => Some(List::NoSlurAfter),
            _ => None,
        };
        line.split_once(':')
            .and_then(|(name, words)| Some(Self::Words(list(name)?, words.split_whitespace().collect())))
            .ok_or_else(|| "write `trait:group | mode | name, name`, or `- name` to take one off".to_owned())
    }
}
