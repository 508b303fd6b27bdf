//! The client against real servers on the loopback: what it refuses, what it survives, how polite it is.

use super::*;
use crate::bed::{Play, Server, client, gzip, settings};
use async_trait::async_trait;
use std::net::IpAddr;
use std::sync::atomic::{AtomicUsize, Ordering};

fn none() -> Conditions {
    Conditions::default()
}

async fn get(url: &str) -> Result<Reply, FetchError> {
    client().get(url, &none()).await
}

/// Answers from a list, one per question; the last one stays.
struct Turning(Vec<Vec<IpAddr>>, AtomicUsize);

#[async_trait]
impl Resolve for Turning {
    async fn resolve(&self, _: &str) -> std::io::Result<Vec<IpAddr>> {
        let at = self.1.fetch_add(1, Ordering::SeqCst).min(self.0.len() - 1);
        Ok(self.0[at].clone())
    }
}

fn turning(answers: &[&str]) -> Arc<Turning> {
    let answers = answers.iter().map(|ips| ips.split(' ').map(|ip| ip.parse().unwrap()).collect()).collect();
    Arc::new(Turning(answers, AtomicUsize::new(0)))
}

fn seeing(settings: Settings, resolver: &Arc<Turning>) -> Client {
    Client::on(settings, Network { resolver: resolver.clone(), authorities: Vec::new() }).unwrap()
}

/// Ways to write an address that must not be reached; `PORT` is the port of a server that listens there.
const CORPUS: &str = "
    http://127.0.0.1:PORT/ http://127.0.0.1:PORT http://127.1:PORT/ http://127.0.1:PORT/ http://2130706433:PORT/
    http://0x7f000001:PORT/ http://0x7f.0.0.1:PORT/ http://0x7f.1:PORT/ http://017700000001:PORT/ http://0177.0.0.1:PORT/
    http://0177.0.0.01:PORT/ http://127.000.000.001:PORT/ http://127.0.0.1.:PORT/ http://0:PORT/ http://0.0.0.0:PORT/
    http://localhost:PORT/ http://LOCALHOST:PORT/ http://localhost.:PORT/ http://127.255.255.254:PORT/
    http://%31%32%37.0.0.1:PORT/ http://\u{ff11}\u{ff12}\u{ff17}.0.0.1:PORT/ http://127\u{3002}0\u{3002}0\u{3002}1:PORT/
    http://\u{2460}\u{2461}\u{2466}.0.0.1:PORT/ http://[::1]:PORT/ http://[0:0:0:0:0:0:0:1]:PORT/ http://[::]:PORT/
    http://[::ffff:127.0.0.1]:PORT/ http://[::ffff:7f00:1]:PORT/ http://[::127.0.0.1]:PORT/
    http://[64:ff9b::127.0.0.1]:PORT/ http://[64:ff9b::7f00:1]:PORT/ http://[2002:7f00:1::]:PORT/
    http://[2001:0:0:0:0:0:80ff:fffe]:PORT/ http://[fe80::1]:PORT/ http://[fd00:ec2::254]:PORT/ http://[ff02::1]:PORT/
    http://[fc00::1]:PORT/ http://169.254.169.254/latest/meta-data/ http://0xa9fea9fe/ http://2852039166/
    http://0251.0376.0251.0376/ http://169.254.43518/ http://[::ffff:169.254.169.254]/ http://100.100.100.200/
    http://192.0.0.192/ http://168.63.129.16/ http://10.0.0.1/ http://172.16.0.1:PORT/ http://192.168.0.1/
    http://100.64.0.1/ http://198.18.0.1/ http://224.0.0.1/ http://255.255.255.255/ http://1.1.1.1:25/ http://8.8.8.8:22/
    http://u@127.0.0.1:PORT/ http://example.com@127.0.0.1:PORT/ http://127.0.0.1:PORT@example.com/
    http://a:b@127.0.0.1:PORT/ http:\\\\127.0.0.1:PORT\\ http:127.0.0.1:PORT/ https://127.0.0.1:PORT/
    file:///etc/hostname gopher://127.0.0.1:PORT/_x ftp://127.0.0.1:PORT/ dict://127.0.0.1:PORT/ ws://127.0.0.1:PORT/
    //127.0.0.1:PORT/ 127.0.0.1:PORT localhost:PORT/feed";

#[tokio::test]
async fn no_spelling_of_a_closed_address_sends_a_packet() {
    let server = Server::start(|_| Some(Play::page("text/plain", "in"))).await;
    let mut closed = settings();
    closed.allow = Allow::default();
    let closed = Client::new(closed).unwrap();
    let corpus = CORPUS.replace("PORT", &server.at.port().to_string());
    let urls: Vec<&str> = corpus.split_whitespace().collect();
    assert!(urls.len() >= 60, "{}", urls.len());
    for url in &urls {
        let error = closed.get(url, &none()).await.expect_err(url);
        let refused = matches!(error, FetchError::Refused { .. } | FetchError::Address { .. });
        // not every resolver knows this one
        let unknown = url.contains("localhost.") && matches!(error, FetchError::Name { .. });
        assert!(refused || unknown, "{url}: {error}");
    }
    assert!(server.all().is_empty(), "{:?}", server.all());
    assert!(get(&server.url("/")).await.is_ok(), "the server does answer those who may ask");
}

#[tokio::test]
async fn a_redirect_into_a_closed_network_is_refused() {
    let inner = Server::start(|_| Some(Play::page("text/plain", "secret"))).await;
    let targets = [
        "http://169.254.169.254/latest/meta-data/".to_owned(),
        format!("http://127.0.0.1:{}/", inner.at.port()),
        format!("http://[::ffff:127.0.0.1]:{}/", inner.at.port()),
        format!("//0x7f000001:{}/", inner.at.port()),
        "file:///etc/hostname".into(),
        "gopher://127.0.0.1/".into(),
        "http://u:p@127.0.0.2/".into(),
    ];
    for target in targets {
        let to = target.clone();
        let outer = Server::start(move |_| Some(Play::redirect(&to))).await;
        let mut narrow = settings();
        narrow.allow = Allow::parse(&[outer.at.to_string()]).unwrap();
        let error = Client::new(narrow).unwrap().get(&outer.url("/"), &none()).await.expect_err(&target);
        assert!(
            matches!(error, FetchError::Refused { .. } | FetchError::Address { .. }),
            "{target}: {error}"
        );
    }
    assert!(inner.all().is_empty());
}

#[tokio::test]
async fn a_name_that_turns_after_the_check_gains_nothing() {
    let server = Server::start(|_| Some(Play::page("text/plain", "in"))).await;
    let port = server.at.port();
    for answers in [
        vec!["127.0.0.1"],
        vec!["93.184.215.14 127.0.0.1"],
        vec!["169.254.169.254"],
        vec!["::ffff:127.0.0.1"],
    ] {
        let resolver = turning(&answers);
        let mut closed = settings();
        closed.allow = Allow::default();
        let error = seeing(closed, &resolver).get(&format!("http://balik.example:{port}/"), &none()).await;
        assert!(matches!(error, Err(FetchError::Refused { .. })), "{answers:?}: {error:?}");
    }
    // allowed at first, closed later: each connection asks once and dials what it checked
    let resolver = turning(&["127.0.0.1", "127.0.0.1", "127.0.0.9"]);
    let mut narrow = settings();
    narrow.allow = Allow::parse(&["127.0.0.1"]).unwrap();
    let narrow = seeing(narrow, &resolver);
    let url = format!("http://balik.example:{port}/");
    assert!(narrow.get(&url, &none()).await.is_ok());
    assert_eq!(resolver.1.load(Ordering::SeqCst), 2, "robots.txt and the page: one question each");
    assert!(matches!(narrow.get(&url, &none()).await, Err(FetchError::Refused { .. })));
}

#[tokio::test]
async fn redirects_end_after_three() {
    let server = Server::start(|asked| {
        let step: u32 = asked.path.trim_start_matches('/').parse().ok()?;
        Some(if step == 0 {
            Play::page("text/plain", "there")
        } else {
            Play::redirect(&format!("/{}", step - 1))
        })
    })
    .await;
    let reply = get(&server.url("/3")).await.unwrap();
    assert_eq!((reply.body.as_slice(), reply.url), (&b"there"[..], server.url("/0")));
    assert!(matches!(get(&server.url("/4")).await, Err(FetchError::Redirects { hops: 3, .. })));
    let round = Server::start(|asked| (asked.path != "/robots.txt").then(|| Play::redirect("/"))).await;
    let error = get(&round.url("/")).await.unwrap_err();
    assert!(matches!(error, FetchError::Redirects { .. }) && error.permanent());
    assert_eq!(round.asked().len(), 4);
}

fn small() -> Client {
    let mut small = settings();
    small.limits = Limits { bytes: 100_000, ..Limits::default() };
    Client::new(small).unwrap()
}

/// Caps that a loaded machine keeps as well.
fn hasty() -> Client {
    let mut hasty = settings();
    let (total, idle) = (Duration::from_millis(3_000), Duration::from_millis(2_000));
    hasty.limits = Limits { total, idle, ..Limits::default() };
    Client::new(hasty).unwrap()
}

#[tokio::test]
async fn a_body_without_end_trips_the_cap() {
    let endless = |head: &'static str, part: &'static [u8]| {
        Server::start(move |asked| {
            (asked.path != "/robots.txt").then(|| Play::Endless(head.into(), part.into()))
        })
    };
    let chunked = endless(
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
        b"8\r\n<item/>\n\r\n8\r\n<item/>\n\r\n8\r\n<item/>\n\r\n8\r\n<item/>\n\r\n",
    )
    .await;
    let unbounded = endless("HTTP/1.0 200 OK\r\n\r\n", &[b'x'; 4096]).await;
    let honest = endless("HTTP/1.1 200 OK\r\nContent-Length: 1073741824\r\n\r\n", &[b'x'; 4096]).await;
    let headers = endless("HTTP/1.1 200 OK\r\n", b"X-More: 1234567890\r\n").await;
    for server in [&chunked, &unbounded, &honest] {
        let error = small().get(&server.url("/feed"), &none()).await.unwrap_err();
        assert!(matches!(error, FetchError::TooBig { limit: 100_000, .. }) && error.permanent(), "{error}");
    }
    let error = small().get(&headers.url("/feed"), &none()).await.unwrap_err();
    assert!(matches!(error, FetchError::Connection { .. }), "{error}");
}

#[tokio::test]
async fn a_gzip_bomb_stays_folded() {
    let bomb = gzip(&vec![b' '; 64 << 20]);
    assert!(bomb.len() < 100_000, "the bomb passes the cap of the wire: {}", bomb.len());
    let packed =
        |bytes: Vec<u8>, kind: &str| Play::Say(200, vec![format!("Content-Encoding: {kind}")], bytes);
    let server = Server::start(move |asked| {
        Some(match asked.path.as_str() {
            "/bomb" => packed(bomb.clone(), "gzip"),
            "/good" => packed(gzip(b"halo dunia"), "gzip"),
            "/cut" => packed(
                gzip(&(0..9_999_u32).flat_map(u32::to_le_bytes).collect::<Vec<u8>>())[..900].into(),
                "gzip",
            ),
            "/lie" => packed(b"not packed".into(), "gzip"),
            "/twice" => packed(gzip(&gzip(b"x")), "gzip, gzip"),
            "/br" => packed(b"x".into(), "br"),
            _ => return None,
        })
    })
    .await;
    let get = async |path: &str| small().get(&server.url(path), &none()).await;
    assert!(matches!(get("/bomb").await, Err(FetchError::TooBig { .. })));
    assert_eq!(get("/good").await.unwrap().body, b"halo dunia");
    for path in ["/cut", "/lie"] {
        assert!(matches!(get(path).await, Err(FetchError::Connection { .. })), "{path}");
    }
    for path in ["/twice", "/br"] {
        assert!(matches!(get(path).await, Err(FetchError::Unreadable { .. })), "{path}");
    }
}

#[tokio::test]
async fn slow_and_silent_servers_are_left() {
    let head = "HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n";
    let server = Server::start(move |asked| {
        Some(match asked.path.as_str() {
            "/drip" => Play::Drip(head.into(), Duration::from_millis(20)),
            "/stop" => Play::Drip(head.into(), Duration::from_secs(60)),
            "/head" => Play::Drip("HTTP/1.1 200 OK\r\nX: ".into(), Duration::from_millis(20)),
            "/hang" => Play::Hang,
            "/cut" => Play::Raw(format!("{head}only this").into()),
            "/none" => Play::Raw(Vec::new()),
            "/junk" => Play::Raw(b"SSH-2.0-OpenSSH\r\n".to_vec()),
            _ => return None,
        })
    })
    .await;
    let get = async |path: &str| hasty().get(&server.url(path), &none()).await.expect_err(path);
    let slow = tokio::join!(get("/drip"), get("/stop"), get("/head"), get("/hang"));
    for error in [slow.0, slow.1, slow.2, slow.3] {
        assert!(matches!(error, FetchError::Slow { .. }) && !error.permanent(), "{error}");
    }
    for path in ["/cut", "/none", "/junk"] {
        let error = get(path).await;
        assert!(matches!(error, FetchError::Connection { .. }) && !error.permanent(), "{path}: {error}");
    }
}

#[tokio::test]
async fn it_says_who_it_is_and_what_it_has() {
    let server = Server::start(|asked| {
        let same = asked.header("if-none-match") == Some("\"v1\"");
        let page = Play::Say(
            200,
            vec!["ETag: \"v1\"".into(), "Content-Type: text/html; charset=\"UTF-8\"".into()],
            "isi".into(),
        );
        (asked.path != "/robots.txt").then(|| if same { Play::status(304) } else { page })
    })
    .await;
    let first = get(&server.url("/a?b=c")).await.unwrap();
    assert_eq!((first.status, first.header("etag"), first.charset()), (200, Some("\"v1\""), Some("UTF-8")));
    let have = Conditions {
        etag: Some("\"v1\"".into()),
        last_modified: Some("Tue, 24 Nov 2026 01:00:00 GMT".into()),
    };
    let second = client().get(&server.url("/a?b=c"), &have).await.unwrap();
    assert!(second.unchanged() && second.body.is_empty());
    let asked = server.asked();
    assert_eq!(asked[0].path, "/a?b=c");
    let agent = asked[0].header("user-agent").unwrap();
    assert!(agent.starts_with("Saring/") && agent.contains("redaksi@saring.example"), "{agent}");
    assert_eq!(asked[0].header("host").unwrap(), server.at.to_string());
    assert_eq!(asked[1].header("if-modified-since"), Some("Tue, 24 Nov 2026 01:00:00 GMT"));
    let evidence = String::from_utf8(first.evidence()).unwrap();
    assert!(evidence.starts_with("HTTP/1.1 200\r\n") && evidence.ends_with("\r\n\r\nisi"), "{evidence}");
    assert!(Client::new(Settings::new("two\r\nlines")).is_err());
}

#[tokio::test]
async fn robots_txt_is_kept_to_and_read_once() {
    let server = Server::start(|asked| {
        Some(match asked.path.as_str() {
            "/robots.txt" => Play::page("text/plain", "User-agent: saring\nDisallow: /tertutup\n"),
            "/pindah" => Play::redirect("/tertutup/x"),
            _ => Play::page("text/plain", "ok"),
        })
    })
    .await;
    let client = client();
    assert!(client.get(&server.url("/terbuka"), &none()).await.is_ok());
    for path in ["/tertutup/x", "/pindah"] {
        let error = client.get(&server.url(path), &none()).await.unwrap_err();
        assert!(matches!(error, FetchError::Robots { .. }) && error.held(), "{path}: {error}");
    }
    let asked: Vec<String> = server.all().into_iter().map(|asked| asked.path).collect();
    assert_eq!(asked, ["/robots.txt", "/terbuka", "/pindah"]);
}

#[tokio::test]
async fn trouble_with_robots_txt_closes_and_its_absence_opens() {
    for (status, open) in [(404, true), (403, true), (500, false), (503, false)] {
        let server = Server::start(move |asked| {
            Some(if asked.path == "/robots.txt" {
                Play::status(status)
            } else {
                Play::page("text/plain", "ok")
            })
        })
        .await;
        assert_eq!(get(&server.url("/x")).await.is_ok(), open, "{status}");
    }
}

#[tokio::test]
async fn a_host_that_asks_for_a_pause_gets_it() {
    let server = Server::start(|asked| {
        Some(match asked.path.as_str() {
            "/robots.txt" => return None,
            "/busy" => Play::Say(429, vec!["Retry-After: 120".into()], Vec::new()),
            _ => Play::page("text/plain", "ok"),
        })
    })
    .await;
    let client = client();
    let first = client.get(&server.url("/busy"), &none()).await.unwrap_err();
    assert_eq!(first.again_in(), Some(Duration::from_secs(120)));
    assert!(first.held() && !first.permanent());
    let second = client.get(&server.url("/other"), &none()).await.unwrap_err();
    assert!(matches!(second, FetchError::Held { .. }) && second.held());
    assert!(second.again_in().unwrap() > Duration::from_secs(100));
    assert_eq!(server.asked().len(), 1, "nothing is sent within the pause");
}

#[test]
fn retry_after_is_read_in_both_forms_and_within_reason() {
    let asked = |status, value: &str| {
        let headers = vec![("retry-after".to_owned(), value.to_owned())];
        asked_pause(&Reply { status, headers, ..Reply::default() })
    };
    assert_eq!(asked(503, "30"), Some(Duration::from_secs(30)));
    assert_eq!(asked(503, "99999999"), Some(MOST_PAUSE));
    assert_eq!(asked(503, "soon"), None);
    assert_eq!(asked(429, "soon"), Some(USUAL_PAUSE));
    assert_eq!(asked(200, "30"), None);
    let date = Timestamp::now() + jiff::SignedDuration::from_hours(1);
    let date = date.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string();
    let pause = asked(503, &date).unwrap();
    assert!(pause > Duration::from_secs(3_500) && pause <= Duration::from_secs(3_600), "{date}: {pause:?}");
}

#[tokio::test]
async fn one_host_is_asked_one_thing_at_a_time_with_a_pause_between() {
    let server =
        Server::start(|asked| (asked.path != "/robots.txt").then(|| Play::page("text/plain", "ok"))).await;
    let mut slow = settings();
    slow.pause = Duration::from_millis(150);
    let slow = Client::new(slow).unwrap();
    let began = std::time::Instant::now();
    let (first, second, third) = (server.url("/1"), server.url("/2"), server.url("/3"));
    let have = none();
    let all = tokio::join!(slow.get(&first, &have), slow.get(&second, &have), slow.get(&third, &have));
    assert!(all.0.is_ok() && all.1.is_ok() && all.2.is_ok());
    assert!(began.elapsed() >= Duration::from_millis(300), "{:?}", began.elapsed());
    assert_eq!(server.all().len(), 4, "robots.txt once");
}

#[tokio::test]
async fn a_certificate_that_ran_out_or_that_nobody_vouches_for_is_told() {
    use rustls::pki_types::pem::PemObject;
    const EXPIRED: &[u8] = include_bytes!("../../fixtures/tls/expired.pem"); // ended in April 2020
    let certificate = rustls::pki_types::CertificateDer::from_pem_slice(EXPIRED).unwrap();
    let key = rustls::pki_types::PrivateKeyDer::from_pem_slice(EXPIRED).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)
        .unwrap();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let acceptor = tokio_rustls::TlsAcceptor::from(Arc::new(config));
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let _ = acceptor.accept(stream).await;
        }
    });
    let told = async |authorities: &[u8]| {
        let resolver = turning(&["127.0.0.1"]);
        let network = Network { resolver, authorities: authorities.to_vec() };
        let client = Client::on(settings(), network).unwrap();
        client.get(&format!("https://kedaluwarsa.example:{port}/"), &none()).await.unwrap_err()
    };
    for (authorities, says) in [(EXPIRED, "expired"), (&[][..], "")] {
        let error = told(authorities).await;
        assert!(matches!(error, FetchError::Certificate { .. }) && error.permanent(), "{error}");
        assert!(error.to_string().to_lowercase().contains(says), "{error}");
    }
}

#[tokio::test]
async fn a_host_with_an_ipv6_address_only_is_read() {
    let server = Server::start_at("[::1]:0", |asked| {
        (asked.path != "/robots.txt").then(|| Play::page("text/plain", "isi"))
    })
    .await;
    let mut open = settings();
    open.allow = Allow::parse(&["::1"]).unwrap();
    let by_name = seeing(open.clone(), &turning(&["::1"]));
    let url = format!("http://enam.example:{}/x", server.at.port());
    assert_eq!(by_name.get(&url, &none()).await.unwrap().body, b"isi");
    let literal = Client::new(open).unwrap().get(&server.url("/x"), &none()).await.unwrap();
    assert_eq!(literal.body, b"isi");
    assert_eq!(server.asked()[1].header("host"), Some(server.at.to_string().as_str()));
}

#[tokio::test]
async fn a_name_that_only_looks_the_same_is_another_name() {
    let server = Server::start(|_| Some(Play::page("text/plain", "in"))).await;
    let resolver = turning(&["127.0.0.1"]);
    let mut named = settings();
    named.allow = Allow::parse(&["warta.example"]).unwrap();
    let named = seeing(named, &resolver);
    let port = server.at.port();
    assert!(named.get(&format!("http://warta.example:{port}/"), &none()).await.is_ok());
    let asked = server.all().len();
    // Cyrillic letters, and one with a mark
    for alike in ["w\u{430}rta.example", "wart\u{e1}.example", "war\u{442}a.example"] {
        let error = named.get(&format!("http://{alike}:{port}/"), &none()).await.unwrap_err();
        let FetchError::Refused { host, .. } = &error else { panic!("{alike}: {error}") };
        assert!(host.starts_with("xn--"), "people see the letters it is made of: {host}");
    }
    assert_eq!(server.all().len(), asked, "nothing was sent");
    let wide = named.get(&format!("http://\u{ff57}arta.example:{port}/"), &none()).await;
    assert!(wide.is_ok(), "the same name in wide letters is the same name");
}
