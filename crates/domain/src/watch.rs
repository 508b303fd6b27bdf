//! Watches: terms that a source follows, with the purpose and the people who answer for them (`docs/rights.md`).

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// Days that a watch may last from now; after that somebody has to say again why it is needed.
pub const MOST_DAYS: i64 = 30;
/// Terms of one watch.
const MOST_TERMS: usize = 50;
/// So many digits are a number of a person: a telephone, an identity card, an account.
const DIGITS: usize = 8;

/// Words before the name of a person.
const PERSONS: &[&str] = &[
    "pak", "bapak", "bu", "ibu", "ustaz", "ustadz", "kiai", "kyai", "habib", "pendeta", "pastor", "romo",
    "presiden", "wapres", "gubernur", "bupati", "wali", "walikota", "camat", "lurah", "kades", "kapolri",
    "kapolda", "kapolres", "menteri", "jenderal", "jaksa", "hakim",
];
/// Words that tell a party, a medium or an organisation.
const BODIES: &[&str] = &[
    "partai",
    "party",
    "pdip",
    "pdi-p",
    "golkar",
    "gerindra",
    "nasdem",
    "pkb",
    "pks",
    "pan",
    "ppp",
    "psi",
    "perindo",
    "hanura",
    "demokrat",
    "fpi",
    "hti",
    "nu",
    "muhammadiyah",
    "mui",
    "pgi",
    "kwi",
    "lsm",
    "lbh",
    "ylbhi",
    "kontras",
    "walhi",
    "icw",
    "aji",
    "yayasan",
    "serikat",
    "ormas",
    "bem",
    "koran",
    "tempo",
    "kompas",
    "detik",
    "tirto",
    "media",
    "redaksi",
];

/// What an office says of the terms it follows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Watch {
    /// What is looked for; a hashtag stands in the address of its source and need not be named again.
    #[serde(default)]
    pub terms: Vec<String>,
    /// Which claim or topic it is for.
    pub purpose: String,
    /// Who asked for it.
    pub owner: String,
    /// Who agreed, and is somebody else.
    pub approved_by: String,
    /// Last day; at most [`MOST_DAYS`] ahead.
    pub until: Date,
    /// Why, where a term is a person, a party, a medium or an organisation.
    #[serde(default)]
    pub reason: Option<String>,
}

/// Why a watch may not be followed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WatchFlaw {
    /// It is over.
    #[error("it ended on {0}")]
    Ended(Date),
    /// It would last too long.
    #[error("it would last until {0}, more than {MOST_DAYS} days ahead")]
    TooLong(Date),
    /// Nobody says what it is for, asked for it or agreed.
    #[error("it does not say its {0}")]
    Unsaid(&'static str),
    /// One person cannot agree with themselves.
    #[error("{0} cannot approve their own watch")]
    Alone(String),
    /// No terms, or too many.
    #[error("it has {0} terms: 1 to {MOST_TERMS} are right")]
    Terms(usize),
    /// A term that stands for one account.
    #[error("'{0}' stands for an account; what is watched is content and not people")]
    Account(String),
    /// A term that is the number of a person.
    #[error("'{0}' is a number that belongs to somebody; what is watched is content and not people")]
    Number(String),
    /// A term of one or two letters, which would catch everything.
    #[error("'{0}' is too short to say anything")]
    Short(String),
    /// A term that names somebody, without a reason.
    #[error("'{0}' names a person, a party, a medium or an organisation: give the reason")]
    Reason(String),
}

impl WatchFlaw {
    /// Its name in the words of the screens.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Ended(_) => "ended",
            Self::TooLong(_) => "too-long",
            Self::Unsaid(_) => "unsaid",
            Self::Alone(_) => "alone",
            Self::Terms(_) => "terms",
            Self::Account(_) => "account",
            Self::Number(_) => "number",
            Self::Short(_) => "short",
            Self::Reason(_) => "reason",
        }
    }

    /// The term or the day that it names, in the writer's words; empty where it names none.
    pub fn about(&self) -> String {
        match self {
            Self::Ended(day) | Self::TooLong(day) => day.to_string(),
            Self::Terms(count) => count.to_string(),
            Self::Unsaid(field) => (*field).to_owned(),
            Self::Alone(who) => who.clone(),
            Self::Account(term) | Self::Number(term) | Self::Short(term) | Self::Reason(term) => term.clone(),
        }
    }
}

/// Whether a last day is neither over nor too far ahead.
pub(crate) fn check_until(until: Date, today: Date) -> Result<(), WatchFlaw> {
    if until < today {
        return Err(WatchFlaw::Ended(until));
    }
    if today.until(until).map_or(i64::MAX, |span| i64::from(span.get_days())) > MOST_DAYS {
        return Err(WatchFlaw::TooLong(until));
    }
    Ok(())
}

/// Whether there are terms, and not too many.
pub(crate) fn check_count(terms: usize) -> Result<(), WatchFlaw> {
    if terms == 0 || terms > MOST_TERMS { Err(WatchFlaw::Terms(terms)) } else { Ok(()) }
}

impl Watch {
    /// Whether `terms` may be followed today under this watch.
    ///
    /// # Errors
    /// The first thing that is wrong with it.
    pub fn check(&self, terms: &[&str], today: Date) -> Result<(), WatchFlaw> {
        for (name, text) in
            [("purpose", &self.purpose), ("owner", &self.owner), ("approved_by", &self.approved_by)]
        {
            if text.trim().is_empty() {
                return Err(WatchFlaw::Unsaid(name));
            }
        }
        if self.owner.trim().to_lowercase() == self.approved_by.trim().to_lowercase() {
            return Err(WatchFlaw::Alone(self.owner.clone()));
        }
        check_until(self.until, today)?;
        check_count(terms.len())?;
        let reasoned = self.reason.as_deref().is_some_and(|reason| !reason.trim().is_empty());
        terms.iter().try_for_each(|term| lint(term, reasoned))
    }
}

/// Whether a term may be followed; `reasoned` where a reason was given.
///
/// # Errors
/// What is wrong with it.
pub fn lint(term: &str, reasoned: bool) -> Result<(), WatchFlaw> {
    let bare = term.trim();
    if bare.contains('@') || bare.contains("://") {
        return Err(WatchFlaw::Account(term.to_owned()));
    }
    if bare.chars().filter(char::is_ascii_digit).count() >= DIGITS {
        return Err(WatchFlaw::Number(term.to_owned()));
    }
    if bare.chars().filter(|c| c.is_alphanumeric()).count() < 3 {
        return Err(WatchFlaw::Short(term.to_owned()));
    }
    if !reasoned && names_somebody(bare) {
        return Err(WatchFlaw::Reason(term.to_owned()));
    }
    Ok(())
}

/// A title, the word for a body, or two capitalised words in a row, which in a term are a name more often than not.
fn names_somebody(term: &str) -> bool {
    let words: Vec<&str> = term.trim_start_matches('#').split([' ', '_']).filter(|w| !w.is_empty()).collect();
    let known = |word: &&str| {
        let word = word.to_lowercase();
        PERSONS.contains(&word.as_str()) || BODIES.contains(&word.as_str())
    };
    let capital = |word: &str| word.chars().next().is_some_and(char::is_uppercase);
    words.iter().any(known) || words.windows(2).any(|pair| capital(pair[0]) && capital(pair[1]))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn watch() -> Watch {
        Watch {
            terms: Vec::new(),
            purpose: "kabar bohong soal tanggul Karangjati".into(),
            owner: "Sri".into(),
            approved_by: "Budi".into(),
            until: "2026-12-10".parse().unwrap(),
            reason: None,
        }
    }

    fn check(watch: &Watch, terms: &[&str]) -> Result<(), WatchFlaw> {
        watch.check(terms, "2026-11-25".parse().unwrap())
    }

    #[test]
    fn a_watch_needs_purpose_two_people_and_an_end_within_a_month() {
        assert_eq!(check(&watch(), &["tanggul jebol"]), Ok(()));
        let with = |edit: fn(&mut Watch)| {
            let mut watch = watch();
            edit(&mut watch);
            check(&watch, &["tanggul jebol"]).unwrap_err()
        };
        assert_eq!(with(|w| w.purpose = " ".into()), WatchFlaw::Unsaid("purpose"));
        assert_eq!(with(|w| w.approved_by = String::new()), WatchFlaw::Unsaid("approved_by"));
        assert!(matches!(with(|w| w.approved_by = "SRI ".into()), WatchFlaw::Alone(_)));
        assert!(matches!(with(|w| w.until = "2026-11-24".parse().unwrap()), WatchFlaw::Ended(_)));
        assert!(matches!(with(|w| w.until = "2026-12-26".parse().unwrap()), WatchFlaw::TooLong(_)));
        assert!(matches!(with(|w| w.until = "2099-01-01".parse().unwrap()), WatchFlaw::TooLong(_)));
        assert_eq!(check(&watch(), &[]), Err(WatchFlaw::Terms(0)));
        assert_eq!(check(&watch(), &["banjir"; 51]), Err(WatchFlaw::Terms(51)));
    }

    #[test]
    fn terms_are_about_content_and_not_about_people() {
        for term in
            ["tanggul jebol", "#BanjirKarangjati", "air PDAM beracun", "vaksin 5G", "gempa 24/11/2026 a"]
        {
            let expect = if term.contains("24/11") { Err(WatchFlaw::Number(term.into())) } else { Ok(()) };
            assert_eq!(check(&watch(), &[term]), expect, "{term}");
        }
        for term in ["@budi", "budi@contoh.example", "https://t.me/x"] {
            assert_eq!(check(&watch(), &[term]), Err(WatchFlaw::Account(term.into())));
        }
        for term in ["0812-3456-7890", "3503 0112 0190 0001", "+62 812 3456 789"] {
            assert_eq!(check(&watch(), &[term]), Err(WatchFlaw::Number(term.into())));
        }
        assert_eq!(check(&watch(), &["a1"]), Err(WatchFlaw::Short("a1".into())));
        let reasoned = Watch { reason: Some("akun palsu mencatut lembaga ini".into()), ..watch() };
        for term in ["Bupati Sukamaju", "partai apa saja", "Budi Santoso", "#LBH"] {
            assert_eq!(check(&watch(), &[term]), Err(WatchFlaw::Reason(term.into())));
            assert_eq!(check(&reasoned, &[term]), Ok(()));
        }
    }
}
