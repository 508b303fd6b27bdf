//! What is known before an item is read: claims, places, the office's own names.

/// Everything detectors may look up. Built once, shared by all threads.
#[derive(Default)]
pub struct Known {
    /// Names by which texts mention the office's own institution.
    pub institution_names: Vec<String>,
}
