//! Administrative areas of the gazetteer.

use serde::{Deserialize, Serialize};

/// Level of an area in the administrative tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AreaLevel {
    /// Provinsi, code `35`.
    Province,
    /// Kabupaten or kota, code `35.03`.
    Regency,
    /// Kecamatan, code `35.03.01`.
    District,
    /// Desa or kelurahan, code `35.03.01.2001`.
    Village,
}

/// An administrative area with its official code.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Area {
    /// Official code; parents are prefixes cut at the dots.
    pub code: String,
    /// Level in the tree.
    pub level: AreaLevel,
    /// Name as published, for regencies with `Kabupaten` or `Kota`.
    pub name: String,
    /// Centroid, degrees north.
    pub lat: Option<f64>,
    /// Centroid, degrees east.
    pub lon: Option<f64>,
}

/// Whether the area `code` lies in `parent` or is it.
pub fn within(code: &str, parent: &str) -> bool {
    code == parent || (code.starts_with(parent) && code.as_bytes().get(parent.len()) == Some(&b'.'))
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_code_lies_in_its_parents_only() {
        assert!(super::within("35.03.01", "35.03"));
        assert!(super::within("35.03", "35.03"));
        assert!(!super::within("35.031", "35.03"));
        assert!(!super::within("35", "35.03"));
    }
}
