//! One file per page, beside its template.

pub(crate) mod account;
pub(crate) mod case;
pub(crate) mod claims;
pub(crate) mod decide;
pub(crate) mod decided;
pub(crate) mod deletions;
pub(crate) mod evidence;
pub(crate) mod handing;
pub(crate) mod keys;
pub(crate) mod live;
pub(crate) mod offers;
pub(crate) mod queue;
pub(crate) mod report;
pub(crate) mod rounds;
pub(crate) mod sign_in;
pub(crate) mod sources;
pub(crate) mod today;
pub(crate) mod watches;

use crate::problem::{self, Problem};
use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;

/// What a handler gives.
pub(crate) type Page = Result<Response, Problem>;

/// A rendered page.
pub(crate) fn show(template: &impl Template) -> Page {
    Ok(problem::page(StatusCode::OK, template))
}

/// Pages of a list: the one shown, how many there are, and the addresses of its neighbours.
pub(crate) struct Pager {
    /// From 1.
    pub page: u32,
    /// At least 1.
    pub pages: u32,
    /// Address up to the page number.
    base: String,
}

impl Pager {
    /// `base` is a path with its other parameters, ending in `?` or `&`.
    pub fn new(page: u32, total: u64, size: u32, base: String) -> Self {
        let pages = u32::try_from(total.div_ceil(u64::from(size.max(1)))).unwrap_or(u32::MAX).max(1);
        Self { page, pages, base }
    }
    /// Address of the page before.
    pub fn before(&self) -> Option<String> {
        (self.page > 1).then(|| format!("{}hal={}", self.base, self.page - 1))
    }
    /// Address of the page after.
    pub fn after(&self) -> Option<String> {
        (self.page < self.pages).then(|| format!("{}hal={}", self.base, self.page + 1))
    }
}

/// A value as part of an address.
pub(crate) fn in_url(text: &str) -> String {
    text.bytes().fold(String::with_capacity(text.len()), |mut out, byte| {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~') {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
        out
    })
}
