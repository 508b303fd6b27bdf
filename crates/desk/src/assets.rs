//! The files a page needs, embedded, at addresses that change with their content.

use axum::extract::Path;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use saring_domain::ids::hex;
use std::borrow::Cow;
use std::sync::LazyLock;

struct Asset {
    file: String,
    media_type: &'static str,
    bytes: Cow<'static, [u8]>,
}

fn asset(name: &'static str, end: &str, media_type: &'static str, bytes: Cow<'static, [u8]>) -> Asset {
    let hash = &hex(&sha256_of_file(&bytes))[..10];
    Asset { file: format!("{name}-{hash}.{end}"), media_type, bytes }
}

fn sha256_of_file(bytes: &[u8]) -> [u8; 32] {
    use sha2::{Digest, Sha256};
    Sha256::digest(bytes).into()
}

static ASSETS: LazyLock<[Asset; 4]> = LazyLock::new(|| {
    let font =
        asset("huruf", "woff2", "font/woff2", Cow::Borrowed(include_bytes!("../assets/public-sans.woff2")));
    // the style sheet names the font by its address of today
    let style = include_str!("../assets/desk.css").replace("huruf.woff2", &font.file);
    [
        asset("meja", "css", "text/css; charset=utf-8", Cow::Owned(style.into_bytes())),
        asset(
            "meja",
            "js",
            "text/javascript; charset=utf-8",
            Cow::Borrowed(include_bytes!("../assets/desk.js")),
        ),
        asset("lambang", "svg", "image/svg+xml", Cow::Borrowed(include_bytes!("../assets/mark.svg"))),
        font,
    ]
});

/// Address of the style sheet.
pub(crate) fn style_url() -> String {
    format!("/aset/{}", ASSETS[0].file)
}
/// Address of the script.
pub(crate) fn script_url() -> String {
    format!("/aset/{}", ASSETS[1].file)
}
/// Address of the mark.
pub(crate) fn mark_url() -> String {
    format!("/aset/{}", ASSETS[2].file)
}
/// Address of the font.
pub(crate) fn font_url() -> String {
    format!("/aset/{}", ASSETS[3].file)
}

/// `GET /aset/{file}`: forever cacheable, because another content has another address.
pub(crate) async fn serve(Path(file): Path<String>) -> Response {
    let Some(asset) = ASSETS.iter().find(|asset| asset.file == file) else {
        return crate::problem::Problem::NoPage.into_response();
    };
    let headers = [(CONTENT_TYPE, asset.media_type), (CACHE_CONTROL, "public, max-age=31536000, immutable")];
    (headers, asset.bytes.clone().into_owned()).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_changes_with_the_content_and_the_style_names_the_font() {
        let style = String::from_utf8_lossy(&ASSETS[0].bytes);
        assert!(style.contains(&ASSETS[3].file) && !style.contains("huruf.woff2"), "{}", ASSETS[3].file);
    }
}
