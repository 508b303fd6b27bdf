//! How long content is kept (`rights.md`). Shorter is always allowed, longer only to the cap.

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// Retention periods in hours.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Retention {
    /// Text of an item without a finding.
    pub without_finding_text: u32,
    /// Fingerprint of an item without a finding.
    pub without_finding_fingerprint: u32,
    /// Flagged but unreviewed; then the case is closed *no action*.
    pub unreviewed: u32,
    /// Content of a decided hoax instance.
    pub hoax: u32,
    /// Content of a case under hate review.
    pub hate: u32,
    /// Content of protected or no-action cases; afterwards code and count remain.
    pub left_alone: u32,
}

impl Default for Retention {
    fn default() -> Self {
        Self {
            without_finding_text: 72,
            without_finding_fingerprint: 30 * 24,
            unreviewed: 14 * 24,
            hoax: 90 * 24,
            hate: 90 * 24,
            left_alone: 24,
        }
    }
}

/// A period longer than its cap.
#[derive(Debug, Error, PartialEq, Eq)]
#[error("retention.{key} = {given} hours is longer than the cap of {cap} hours: choose a shorter period")]
pub struct TooLong {
    /// Name of the setting.
    pub key: &'static str,
    /// What was asked.
    pub given: u32,
    /// The most allowed.
    pub cap: u32,
}

impl Retention {
    /// Refuses periods above the caps.
    ///
    /// # Errors
    /// [`TooLong`] naming the first setting above its cap.
    pub fn check(&self) -> Result<(), TooLong> {
        let caps = [
            ("without_finding_text", self.without_finding_text, 14 * 24),
            ("without_finding_fingerprint", self.without_finding_fingerprint, 30 * 24),
            ("unreviewed", self.unreviewed, 14 * 24),
            ("hoax", self.hoax, 180 * 24),
            ("hate", self.hate, 180 * 24),
            ("left_alone", self.left_alone, 24),
        ];
        caps.iter()
            .find(|(_, given, cap)| given > cap)
            .map_or(Ok(()), |&(key, given, cap)| Err(TooLong { key, given, cap }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shorter_is_allowed_and_longer_than_the_cap_is_not() {
        assert_eq!(Retention::default().check(), Ok(()));
        assert_eq!(Retention { hoax: 1, ..Retention::default() }.check(), Ok(()));
        let long = Retention { left_alone: 48, ..Retention::default() }.check();
        assert_eq!(long, Err(TooLong { key: "left_alone", given: 48, cap: 24 }));
    }
}
