//! A posted form, read once, with what must not be lost when it is refused.

use crate::problem::Problem;
use axum::body::{Body, to_bytes};
use axum::extract::{Form, FromRequest, FromRequestParts, Request};
use axum::http::request::Parts;

/// Most bytes of a form: the longest note with its fields, with room.
const MOST_BYTES: usize = 64 * 1024;

/// Fields that are given back when a form is refused. Never a password, code or token.
#[rustfmt::skip]
const KEPT: [&str; 17] = [
    "kepada", "kode", "alasan", "klaim", "catatan", "lanjut", "antrean", "cari", "istilah", "tujuan", "sampai", "alamat",
    "zona", "jenis", "nama", "tiap", "halaman",
];

/// Fields of a form in the order they came.
#[derive(Clone, Debug, Default)]
pub(crate) struct Posted(pub Vec<(String, String)>);

impl Posted {
    /// Reads the body of a request; gives the parts back beside it.
    pub async fn read(request: Request) -> Result<(Parts, Self), Problem> {
        let (parts, body) = request.into_parts();
        let bytes = to_bytes(body, MOST_BYTES).await.map_err(|_| Problem::TooLarge)?;
        let form = Request::from_parts(parts.clone(), Body::from(bytes));
        let Form(fields) = Form::from_request(form, &()).await.map_err(|_| Problem::Invalid("error-form"))?;
        Ok((parts, Self(fields)))
    }

    /// Value of a field without the spaces around it; empty where it is missing.
    pub fn get(&self, name: &str) -> &str {
        self.raw(name).trim()
    }

    /// Value of a field as it was typed.
    pub fn raw(&self, name: &str) -> &str {
        self.0.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value.as_str())
    }

    /// The fields that are shown again.
    pub fn kept(&self) -> Vec<(String, String)> {
        self.0
            .iter()
            .filter(|(key, value)| KEPT.contains(&key.as_str()) && !value.is_empty())
            .cloned()
            .collect()
    }
}

impl<S: Sync> FromRequestParts<S> for Posted {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        parts.extensions.get::<Self>().cloned().ok_or(Problem::Invalid("error-form"))
    }
}

/// Something to go back to: a path of this desk, never another site.
pub(crate) fn own_path(path: &str) -> Option<&str> {
    let own = path.starts_with('/')
        && !path.starts_with("//")
        && path.chars().all(|c| c.is_ascii_graphic() && c != '\\');
    own.then_some(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_goes_back_to_this_desk_only() {
        for (path, own) in [
            ("/antrean?hal=2", true),
            ("//jahat.example", false),
            ("https://jahat.example", false),
            ("/\\jahat", false),
            ("/a\r\nb", false),
            ("", false),
        ] {
            assert_eq!(own_path(path).is_some(), own, "{path:?}");
        }
    }

    #[test]
    fn secrets_are_not_given_back() {
        let fields = [("csrf", "x"), ("sandi", "rahasia"), ("catatan", " alasan "), ("alasan", "")];
        let posted = Posted(fields.map(|(k, v)| (k.to_owned(), v.to_owned())).to_vec());
        assert_eq!(posted.kept(), [("catatan".to_owned(), " alasan ".to_owned())]);
        assert_eq!(posted.get("catatan"), "alasan");
    }
}
