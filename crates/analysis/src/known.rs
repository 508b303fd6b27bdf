//! What is known before an item is read: claims, places, the office's own names.

use crate::claims::precise::Precise;
use crate::claims::{ClaimIndex, Weights};
use crate::detect::group_attack::own_groups::Groups;
use crate::detect::institution::{Institutions, Others};
use crate::gazetteer::Gazetteer;
use crate::model::{ModelError, Models};
use saring_domain::area::within;
use saring_domain::{Claim, Office, SourceId};
use std::collections::HashMap;
use std::sync::Arc;

/// Everything detectors may look up. Built once, shared by all threads.
#[derive(Default)]
pub struct Known {
    /// Checked claims, searchable.
    pub claims: ClaimIndex,
    /// The sentence encoder with the titles of `claims`, where the precise mode is on.
    pub precise: Option<Precise>,
    /// Provinces, regencies, districts and what the office added.
    pub gazetteer: Gazetteer,
    /// The protected groups, with what the office added or took off.
    pub groups: Groups,
    /// Names by which texts mention the office's own institution, ready to be looked for.
    pub institutions: Institutions,
    /// Those of the offices below it.
    pub others: Others,
    /// Area codes the office is responsible for.
    pub covers: Vec<String>,
    /// The area a source writes about, where it has one.
    pub source_areas: HashMap<SourceId, String>,
}

impl Known {
    /// The shipped gazetteer and these claims; no office. A missing file leaves its part empty.
    ///
    /// # Errors
    /// [`ModelError`] when the gazetteer or the weights of the claim index are damaged.
    pub fn new(models: &Models, claims: &[Claim]) -> Result<Self, ModelError> {
        Ok(Self {
            claims: ClaimIndex::new(claims, Arc::new(Weights::read(models)?)),
            gazetteer: Gazetteer::read(models)?,
            ..Self::default()
        })
    }

    /// The same for an office: its own names and its area.
    #[must_use]
    pub fn for_office(mut self, office: &Office) -> Self {
        self.institutions = Institutions::new(&office.institution_names);
        self.covers.clone_from(&office.covers);
        self
    }

    /// The same with the names of the offices below it.
    #[must_use]
    pub fn with_offices_below(mut self, below: &[&Office]) -> Self {
        self.others = Others::new(below, &self.institutions);
        self
    }

    /// Whether an area lies in what the office covers, or holds it (a mention of the regency concerns its districts).
    pub fn is_home(&self, code: &str) -> bool {
        self.covers.iter().any(|own| within(code, own) || within(own, code))
    }
}
