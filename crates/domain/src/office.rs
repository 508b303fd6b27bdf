//! Offices, the people who work in them, and the capability to decide.

use crate::area::within;
use crate::ids::{OfficeId, PersonId};
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

/// A desk in the tree of offices.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Office {
    /// Id.
    pub id: OfficeId,
    /// The office above.
    #[serde(default)]
    pub parent: Option<OfficeId>,
    /// Name on screen and letterhead.
    pub name: String,
    /// Area codes it is responsible for.
    #[serde(default)]
    pub covers: Vec<String>,
    /// Names by which texts mention its own institution.
    #[serde(default)]
    pub institution_names: Vec<String>,
    /// IANA time zone, for instance `Asia/Jakarta`.
    #[serde(default = "Office::zone_default")]
    pub zone: String,
    /// Lines of the letterhead.
    #[serde(default)]
    pub letterhead: Vec<String>,
    /// Who signs reports: name, then rank and role.
    #[serde(default)]
    pub signatory: Vec<String>,
}

impl Office {
    fn zone_default() -> String {
        "Asia/Jakarta".into()
    }

    /// Its time zone; a machine without a list of zones knows the three of Indonesia all the same.
    pub fn time_zone(&self) -> TimeZone {
        let hours = match self.zone.as_str() {
            "Asia/Makassar" => 8,
            "Asia/Jayapura" => 9,
            _ => 7,
        };
        TimeZone::get(&self.zone).unwrap_or_else(|_| TimeZone::fixed(jiff::tz::offset(hours)))
    }

    /// Whether the area lies in what this office covers.
    pub fn covers(&self, code: &str) -> bool {
        self.covers.iter().any(|own| within(code, own))
    }
}

/// What a person may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Works the queue.
    Operator,
    /// Head of public information: also confirms.
    Head,
    /// Reads the log and the counts, decides nothing.
    Auditor,
    /// Runs the installation, decides nothing.
    Admin,
}

impl Role {
    /// Code in tables and screen texts.
    pub fn code(self) -> &'static str {
        match self {
            Self::Operator => "operator",
            Self::Head => "head",
            Self::Auditor => "auditor",
            Self::Admin => "admin",
        }
    }

    /// Whether the role may decide cases.
    pub fn decides(self) -> bool {
        matches!(self, Self::Operator | Self::Head)
    }
}

impl std::str::FromStr for Role {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "operator" => Ok(Self::Operator),
            "head" => Ok(Self::Head),
            "auditor" => Ok(Self::Auditor),
            "admin" => Ok(Self::Admin),
            other => Err(format!("unknown role '{other}': use operator, head, auditor or admin")),
        }
    }
}

/// A person who works at a desk.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// Id.
    pub id: PersonId,
    /// Name used to sign in.
    pub login: String,
    /// Name on screen and in the log.
    pub name: String,
    /// What the person may do.
    pub role: Role,
    /// Where the person works.
    pub office: OfficeId,
    /// `id` or `en`.
    pub locale: String,
}

/// The capability to decide, minted at sign-in and never stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reviewer {
    person: PersonId,
    name: String,
    office: OfficeId,
    role: Role,
}

impl Reviewer {
    /// Mints the capability for a person who has just proven who they are; `None` where the role does not decide.
    /// A repository rule allows this call in the desk's session code and in tests only.
    pub fn at_sign_in(person: &Person) -> Option<Self> {
        person.role.decides().then(|| Self {
            person: person.id.clone(),
            name: person.name.clone(),
            office: person.office.clone(),
            role: person.role,
        })
    }

    /// Who.
    pub fn person(&self) -> &PersonId {
        &self.person
    }
    /// Name for the log.
    pub fn name(&self) -> &str {
        &self.name
    }
    /// Where.
    pub fn office(&self) -> &OfficeId {
        &self.office
    }
    /// As what.
    pub fn role(&self) -> Role {
        self.role
    }
}
