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
        zone_named(&self.zone).unwrap_or_else(|| TimeZone::fixed(jiff::tz::offset(7)))
    }

    /// Whether the area lies in what this office covers.
    pub fn covers(&self, code: &str) -> bool {
        self.covers.iter().any(|own| within(code, own))
    }
}

/// A time zone by its IANA name, or one of Indonesia's as people there call it: `WIB`, `WITA`, `WIT`. `None` where no such zone is
/// known; Indonesia's are, also on a machine without a list of zones.
pub fn zone_named(name: &str) -> Option<TimeZone> {
    let (iana, hours) = match name.trim() {
        "WIB" | "Asia/Jakarta" => ("Asia/Jakarta", Some(7)),
        "WITA" | "Asia/Makassar" => ("Asia/Makassar", Some(8)),
        "WIT" | "Asia/Jayapura" => ("Asia/Jayapura", Some(9)),
        other => (other, None),
    };
    TimeZone::get(iana).ok().or_else(|| Some(TimeZone::fixed(jiff::tz::offset(hours?))))
}

/// The office of the tree that a text concerns by `places` (area codes) and by `named`, the offices whose institutions it
/// names: the one whose area names a place most closely, or that is named; where several are concerned, the nearest office
/// above them all. A place that holds another one, or the area of a named office, says no more than that one. Only offices
/// in `staffed` are asked, so that nothing is sent where nobody decides; `None` where no such office is concerned.
pub fn concerned<'o>(
    offices: &'o [Office],
    staffed: impl Fn(&OfficeId) -> bool,
    places: &[&str],
    named: &[OfficeId],
) -> Option<&'o Office> {
    let is_named = |office: &Office| named.contains(&office.id);
    let by_cover = |code: &str, office: &Office| {
        let length = office.covers.iter().filter(|own| within(code, own)).map(String::len).max();
        length.filter(|_| staffed(&office.id)).map(|length| (length, is_named(office)))
    };
    let closest = |code: &str| {
        let covering = offices.iter().filter_map(|office| Some((by_cover(code, office)?, office)));
        covering.reduce(|best, next| if next.0 > best.0 { next } else { best }).map(|(_, office)| office)
    };
    let by_name = offices.iter().filter(|office| is_named(office));
    let says_more =
        |code: &&str| !by_name.clone().any(|office| office.covers.iter().any(|own| within(own, code)));
    let by_place = closest_places(places).filter(says_more).filter_map(closest);
    let asked = by_name.clone().filter_map(|office| chain(offices, office).find(|above| staffed(&above.id)));
    let mut found = asked.chain(by_place);
    let first = found.next()?;
    let others: Vec<&Office> = found.filter(|office| office.id != first.id).collect();
    if others.is_empty() {
        return Some(first);
    }
    let others: Vec<Vec<&OfficeId>> =
        others.into_iter().map(|office| chain(offices, office).map(|above| &above.id).collect()).collect();
    let all = |above: &&Office| staffed(&above.id) && others.iter().all(|chain| chain.contains(&&above.id));
    chain(offices, first).find(all)
}

/// The offices below one of the tree.
pub fn below<'o>(offices: &'o [Office], own: &'o OfficeId) -> impl Iterator<Item = &'o Office> {
    let is_below =
        move |office: &&Office| office.id != *own && chain(offices, office).any(|above| above.id == *own);
    offices.iter().filter(is_below)
}

/// The places that hold no other of them.
pub fn closest_places<'p>(places: &'p [&'p str]) -> impl Iterator<Item = &'p str> {
    let holds = |code: &str| places.iter().any(|other| *other != code && within(other, code));
    places.iter().copied().filter(move |code| !holds(code))
}

/// An office and those above it, nearest first; a circle of parents ends where it closes.
fn chain<'o>(offices: &'o [Office], from: &'o Office) -> impl Iterator<Item = &'o Office> {
    let above = |office: &&'o Office| offices.iter().find(|other| Some(&other.id) == office.parent.as_ref());
    std::iter::successors(Some(from), above).take(offices.len())
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

    /// Whether the role may say which public sources are read.
    pub fn keeps_sources(self) -> bool {
        matches!(self, Self::Head | Self::Admin)
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

#[cfg(test)]
mod tests {
    use super::*;

    fn office(id: &str, parent: Option<&str>, covers: &[&str]) -> Office {
        Office {
            id: id.into(),
            parent: parent.map(Into::into),
            name: id.into(),
            covers: covers.iter().map(|&code| code.to_owned()).collect(),
            institution_names: Vec::new(),
            zone: Office::zone_default(),
            letterhead: Vec::new(),
            signatory: Vec::new(),
        }
    }

    fn tree() -> Vec<Office> {
        vec![
            office("polres", Some("polda"), &["99.01"]),
            office("polda", None, &["99"]),
            office("polsek-a", Some("polres"), &["99.01.01"]),
            office("polsek-b", Some("polres"), &["99.01.02", "99.01.03"]),
            office("polres-2", Some("polda"), &["99.02"]),
        ]
    }

    #[test]
    fn the_office_that_names_a_place_most_closely_is_concerned() {
        let tree = tree();
        let to = |places: &[&str]| concerned(&tree, |_| true, places, &[]).map(|office| office.id.as_str());
        assert_eq!(
            to(&["99.01.01.2001", "99.01", "99"]),
            Some("polsek-a"),
            "what holds a place says no more"
        );
        assert_eq!(to(&["99.01.03", "99.01.02.1001"]), Some("polsek-b"));
        assert_eq!(to(&["99.01.09"]), Some("polres"));
        assert_eq!(to(&["99.01.01", "99.01.02"]), Some("polres"), "several children: the parent");
        assert_eq!(to(&["99.01.01", "99.02.05"]), Some("polda"));
        assert_eq!(to(&["99.01.01", "99.01.09"]), Some("polres"), "a child and its parent");
        assert_eq!(to(&["99.01.02", "35.03"]), Some("polsek-b"), "a place of nobody does not count");
        assert_eq!(to(&["35.03"]), None);
        assert_eq!(to(&[]), None);
    }

    #[test]
    fn nothing_is_sent_where_nobody_decides() {
        let mut tree = tree();
        let to = |tree: &[Office], none: &[&str], places: &[&str]| {
            let staffed = |id: &OfficeId| !none.contains(&id.as_str());
            concerned(tree, staffed, places, &[]).map(|office| office.id.0.clone())
        };
        assert_eq!(to(&tree, &["polsek-a"], &["99.01.01"]).as_deref(), Some("polres"));
        assert_eq!(to(&tree, &["polda"], &["99.01", "99.02"]), None);
        tree[1].parent = Some("polres".into());
        assert_eq!(to(&tree, &["polda"], &["99.01", "99.02"]).as_deref(), Some("polres"), "a circle ends");
    }
    #[test]
    fn the_office_whose_institution_is_named_is_concerned() {
        let mut tree = tree();
        tree.push(office("diskominfo", Some("polres"), &["99.01"]));
        let to = |places: &[&str], named: &[&str]| {
            let named: Vec<OfficeId> = named.iter().map(|id| (*id).into()).collect();
            concerned(&tree, |id| id.as_str() != "polsek-b", places, &named).map(|office| office.id.as_str())
        };
        assert_eq!(to(&[], &["polsek-a"]), Some("polsek-a"));
        assert_eq!(to(&["99.01", "99"], &["polsek-a"]), Some("polsek-a"), "its regency says no more");
        assert_eq!(to(&["99.01"], &["diskominfo"]), Some("diskominfo"), "of two with one area the named one");
        assert_eq!(to(&["99.01.07"], &["diskominfo"]), Some("diskominfo"));
        assert_eq!(to(&["99.01.01"], &["diskominfo"]), Some("polres"), "a place of a third one: the parent");
        assert_eq!(to(&["99.02.05"], &["polsek-a"]), Some("polda"));
        assert_eq!(to(&[], &["polsek-a", "polres-2"]), Some("polda"));
        assert_eq!(to(&[], &["polsek-b"]), Some("polres"), "nobody decides there");
        let ids = |own: &str| below(&tree, &own.into()).map(|office| office.id.0.clone()).collect::<Vec<_>>();
        assert_eq!(ids("polres"), ["polsek-a", "polsek-b", "diskominfo"]);
        assert!(ids("polsek-a").is_empty());
    }

    #[test]
    fn the_zones_of_indonesia_are_known_by_either_name() {
        let noon: jiff::civil::DateTime = "2026-11-24T12:00:00".parse().unwrap();
        for (name, iana, utc) in [
            ("WIB", "Asia/Jakarta", "2026-11-24T05:00:00Z"),
            ("WITA", "Asia/Makassar", "2026-11-24T04:00:00Z"),
            ("WIT", "Asia/Jayapura", "2026-11-24T03:00:00Z"),
        ] {
            for name in [name, iana] {
                let at = zone_named(name).unwrap().to_timestamp(noon).unwrap();
                assert_eq!(at.to_string(), utc, "{name}");
            }
        }
        assert!(zone_named("WITX").is_none());
    }
}
