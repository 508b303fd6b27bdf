//! Cookies: read one, write one.

use axum::http::HeaderMap;
use axum::http::header::COOKIE;

/// Name of a cookie: with `__Host-` a browser takes it over HTTPS only, for this host only, for the whole site.
pub(crate) fn name(secure: bool, plain: &str) -> String {
    if secure { format!("__Host-{plain}") } else { plain.to_owned() }
}

/// Value of the cookie `name` in a request.
pub(crate) fn read(headers: &HeaderMap, name: &str) -> Option<String> {
    let all = headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = all.flat_map(|value| value.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(key, _)| *key == name).map(|(_, value)| value.to_owned())
}

/// A `Set-Cookie` value that lives as long as the browser's window, or ends now where `value` is empty.
pub(crate) fn write(secure: bool, plain: &str, value: &str) -> String {
    let name = name(secure, plain);
    let secure = if secure { "; Secure" } else { "" };
    let end = if value.is_empty() { "; Max-Age=0" } else { "" };
    format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax{secure}{end}")
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a call that fails fails the test")]
mod tests {
    use super::*;

    #[test]
    fn a_cookie_is_found_by_its_whole_name() {
        let mut headers = HeaderMap::new();
        headers.insert(COOKIE, "xsaring=1; saring=dua; lain=3".parse().unwrap());
        assert_eq!(read(&headers, "saring").as_deref(), Some("dua"));
        assert_eq!(read(&headers, "sar"), None);
    }

    #[test]
    fn over_https_the_browser_guards_the_cookie() {
        let set = write(true, "saring", "abc");
        assert_eq!(set, "__Host-saring=abc; Path=/; HttpOnly; SameSite=Lax; Secure");
        assert!(write(false, "saring", "").ends_with("; Max-Age=0"));
    }
}
