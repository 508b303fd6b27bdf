//! Every route against every role, another office and nobody; forms from elsewhere; headers.
#![allow(clippy::unwrap_used, reason = "a call that fails fails the test")]
mod bed;

use axum::http::StatusCode;
use bed::Bed;
use saring_desk::{Access, ROUTES, Route};
use saring_domain::{Queue, Role};
use std::collections::BTreeSet;

const LOGINS: [(&str, Role); 4] =
    [("dewi", Role::Operator), ("sri", Role::Head), ("audit", Role::Auditor), ("pengelola", Role::Admin)];

/// A path of this route that exists.
async fn filled(bed: &Bed, route: &Route) -> String {
    let case = bed.cases(Queue::Clipping).await.remove(0);
    let path =
        route.path.replace("{case}", &case).replace("{claim}", "k-air").replace("{date}", "2026-11-24");
    path.replace("{token}", "tidak-ada")
        .replace("{decision}", "d-tidak-ada")
        .replace("{file}", "tidak-ada")
        .replace("{round}", "tidak-ada")
        .replace("{watch}", "tidak-ada")
        .replace("{source}", "tidak-ada")
        .replace("{evidence}", "tidak-ada")
}

#[tokio::test]
async fn each_role_gets_what_the_table_says_and_nothing_else() {
    let bed = Bed::new().await;
    let mut cells = 0;
    for (login, role) in LOGINS {
        for route in ROUTES.iter().filter(|route| route.path != "/keluar" && !route.access.anyone()) {
            let mut browser = bed.signed_in(login).await;
            let path = filled(&bed, route).await;
            let (status, _) = match route.method {
                "GET" => browser.get(&path).await,
                _ => browser.post(&path, &[]).await,
            };
            assert_eq!(
                status != StatusCode::FORBIDDEN,
                route.access.allows(role),
                "{login} {route:?}: {status}"
            );
            assert!(!status.is_server_error(), "{login} {route:?}: {status}");
            cells += 1;
        }
    }
    assert_eq!(cells, 4 * ROUTES.iter().filter(|r| r.path != "/keluar" && !r.access.anyone()).count());
}

#[tokio::test]
async fn nobody_gets_to_sign_in_first() {
    let bed = Bed::new().await;
    for route in ROUTES.iter().filter(|route| !route.access.anyone()) {
        let (path, mut browser) = (filled(&bed, route).await, bed.browser());
        if route.method == "GET" {
            let (status, _) = browser.get(&path).await;
            assert_eq!(status, StatusCode::SEE_OTHER, "{route:?}");
            assert!(browser.location().starts_with("/masuk"), "{route:?}");
        } else {
            let (status, body) = browser.post(&path, &[]).await;
            assert_eq!(status, StatusCode::UNAUTHORIZED, "{route:?}");
            assert!(body.contains("name=\"sandi\""), "{route:?}");
        }
    }
}

#[test]
fn who_decides_is_who_the_domain_says() {
    for role in [Role::Operator, Role::Head, Role::Auditor, Role::Admin] {
        assert_eq!(Access::Decides.allows(role), role.decides());
    }
    for role in [Role::Operator, Role::Head, Role::Auditor, Role::Admin] {
        assert_eq!(Access::KeepsSources.allows(role), role.keeps_sources());
    }
    assert!(Access::SeesCases.allows(Role::Auditor) && !Access::SeesCases.allows(Role::Admin));
    let writes: BTreeSet<_> = ROUTES
        .iter()
        .filter(|r| (r.path.starts_with("/kasus") || r.path.starts_with("/bukti")) && r.method == "POST")
        .map(|r| r.access as u8)
        .collect();
    assert_eq!(writes, BTreeSet::from([Access::Decides as u8]));
}

#[test]
fn no_route_takes_an_author() {
    let parameters: BTreeSet<&str> =
        ROUTES.iter().flat_map(|r| r.path.split('{').skip(1)).filter_map(|p| p.split('}').next()).collect();
    assert_eq!(
        parameters,
        BTreeSet::from([
            "case", "claim", "date", "decision", "evidence", "file", "round", "source", "token", "watch"
        ])
    );
}

#[tokio::test]
async fn a_case_of_another_office_does_not_exist() {
    let bed = Bed::new().await;
    let case = bed.case_with("PDAM").await;
    let mut stranger = bed.signed_in("asing").await;
    assert_eq!(stranger.get(&format!("/kasus/{case}")).await.0, StatusCode::NOT_FOUND);
    let (status, _) = stranger.post(&format!("/kasus/{case}/putusan"), &[("kode", "needs_check")]).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    assert!(!stranger.get("/antrean").await.1.contains("PDAM"));
    assert!(bed.cases(Queue::Hoax).await.contains(&case));
}

#[tokio::test]
async fn a_form_from_elsewhere_changes_nothing() {
    let bed = Bed::new().await;
    let case = bed.case_with("PDAM").await;
    let mut browser = bed.signed_in("dewi").await;
    let path = format!("/kasus/{case}/putusan");
    let (status, body) = browser
        .post_bare(&path, &[("csrf", "0000"), ("kode", "needs_check"), ("catatan", "jangan hilang")])
        .await;
    assert_eq!(status, StatusCode::FORBIDDEN);
    assert!(body.contains("jangan hilang"), "the note is given back");
    assert!(bed.cases(Queue::Hoax).await.contains(&case));
}

#[tokio::test]
async fn every_answer_carries_the_headers() {
    let bed = Bed::with(|config| config.secure = true).await;
    let mut browser = bed.browser();
    for path in ["/masuk", "/tidak-ada", "/sehat", "/aset/tidak-ada.css"] {
        browser.get(path).await;
        let header = |name: &str| browser.headers.get(name).map_or("", |value| value.to_str().unwrap());
        assert!(header("content-security-policy").starts_with("default-src 'none'"), "{path}");
        assert!(!header("content-security-policy").contains("unsafe"), "{path}");
        assert_eq!(header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(header("referrer-policy"), "no-referrer", "{path}");
        assert_eq!(header("cache-control"), "no-store", "{path}");
        assert!(header("strict-transport-security").starts_with("max-age"), "{path}");
    }
    let (status, page) = browser.get("/masuk").await;
    assert_eq!(status, StatusCode::OK);
    assert!(browser.cookies.keys().all(|name| name.starts_with("__Host-")), "{:?}", browser.cookies);
    assert!(!page.contains("<style") && !page.contains(" style=") && !page.contains("onclick"));
    let style = page.split("href=\"").find(|part| part.contains(".css")).unwrap().split('"').next().unwrap();
    assert_eq!(browser.get(style).await.0, StatusCode::OK);
    assert!(browser.headers["cache-control"].to_str().unwrap().contains("immutable"));
}
