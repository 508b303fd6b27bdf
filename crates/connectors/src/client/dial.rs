//! Connecting: the name is resolved once, every address it gave is checked, and one of the checked ones is dialled.
//! Nothing resolves the name a second time, so that no answer can change between check and use.

use super::address::{Allow, is_public};
use crate::error::FetchError;
use async_trait::async_trait;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use url::{Host, Url};

/// How many addresses of a name are tried.
const MOST_TRIES: usize = 3;
/// The ports of the web.
const WEB: &[u16] = &[80, 443];

/// Turns names into addresses.
#[async_trait]
pub trait Resolve: Send + Sync {
    /// All addresses of `host`.
    async fn resolve(&self, host: &str) -> std::io::Result<Vec<IpAddr>>;
}

/// The resolver of the machine.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemResolver;

#[async_trait]
impl Resolve for SystemResolver {
    async fn resolve(&self, host: &str) -> std::io::Result<Vec<IpAddr>> {
        Ok(tokio::net::lookup_host((host, 0)).await?.map(|address| address.ip()).collect())
    }
}

/// A byte stream, plain or TLS.
pub(crate) trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Stream for T {}

pub(crate) struct Dialer {
    resolver: Arc<dyn Resolve>,
    allow: Allow,
    tls: TlsConnector,
}

impl Dialer {
    pub(crate) fn new(
        resolver: Arc<dyn Resolve>,
        allow: Allow,
        authorities: &[u8],
    ) -> Result<Self, FetchError> {
        let bad = |why: String| FetchError::File { path: "the trusted authorities".into(), why };
        let mut roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
        let usual = roots.len();
        for certificate in CertificateDer::pem_slice_iter(authorities) {
            let certificate =
                certificate.map_err(|e| bad(format!("{e}; a PEM file of certificates is expected")))?;
            roots.add(certificate).map_err(|e| bad(e.to_string()))?;
        }
        if roots.len() == usual && !authorities.is_empty() {
            return Err(bad("there is no certificate in it; a PEM file of certificates is expected".into()));
        }
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|e| bad(e.to_string()))?
            .with_root_certificates(roots)
            .with_no_client_auth();
        Ok(Self { resolver, allow, tls: TlsConnector::from(Arc::new(config)) })
    }

    /// A connection to the host of `url`, which [`checked`] has passed.
    pub(crate) async fn dial(&self, url: &Url) -> Result<Box<dyn Stream>, FetchError> {
        self.dial_at(url, WEB).await
    }

    /// The same to a public host at one of `ports` too, beside those from 1024 on.
    pub(crate) async fn dial_at(&self, url: &Url, ports: &[u16]) -> Result<Box<dyn Stream>, FetchError> {
        let host = url.host_str().unwrap_or_default().to_owned();
        let addresses = self.addresses(url, ports).await?;
        let mut why = String::from("the name has no addresses");
        for address in addresses.into_iter().take(MOST_TRIES) {
            match TcpStream::connect(address).await {
                Ok(stream) => return self.secure(url, stream).await,
                Err(error) => why = error.to_string(),
            }
        }
        Err(FetchError::Connection { host, why })
    }

    /// The addresses of the host; an error where even one of them is closed to us.
    async fn addresses(&self, url: &Url, ports: &[u16]) -> Result<Vec<SocketAddr>, FetchError> {
        let port = url.port_or_known_default().unwrap_or(80);
        let host = url.host_str().unwrap_or_default();
        let ips = match url.host() {
            Some(Host::Ipv4(ip)) => vec![IpAddr::V4(ip)],
            Some(Host::Ipv6(ip)) => vec![IpAddr::V6(ip)],
            Some(Host::Domain(name)) => {
                let found = self.resolver.resolve(name).await;
                found.map_err(|e| FetchError::Name { host: host.to_owned(), why: e.to_string() })?
            }
            None => Vec::new(),
        };
        match ips.iter().find(|ip| !self.open(host, **ip, port, ports)) {
            Some(ip) => {
                Err(FetchError::Refused { host: host.to_owned(), address: format!("{ip} port {port}") })
            }
            None => Ok(ips.into_iter().map(|ip| SocketAddr::new(ip, port)).collect()),
        }
    }

    /// Public addresses are read at the ports of their kind only: a feed on a mail or database port is none.
    fn open(&self, host: &str, ip: IpAddr, port: u16, ports: &[u16]) -> bool {
        let fits = ports.contains(&port) || port >= 1024;
        (is_public(ip) && fits) || self.allow.permits(host, ip, port)
    }

    async fn secure(&self, url: &Url, stream: TcpStream) -> Result<Box<dyn Stream>, FetchError> {
        if url.scheme() == "http" {
            return Ok(Box::new(stream));
        }
        self.encrypt(url, Box::new(stream)).await
    }

    /// TLS over an open connection to the host of `url`.
    pub(crate) async fn encrypt(
        &self,
        url: &Url,
        stream: Box<dyn Stream>,
    ) -> Result<Box<dyn Stream>, FetchError> {
        let host = url.host_str().unwrap_or_default();
        let bare = host.trim_start_matches('[').trim_end_matches(']').to_owned();
        let name = ServerName::try_from(bare)
            .map_err(|e| FetchError::Address { url: url.to_string(), why: e.to_string() })?;
        match self.tls.connect(name, stream).await {
            Ok(stream) => Ok(Box::new(stream)),
            Err(error) => Err(tls_error(host, &error)),
        }
    }
}

fn tls_error(host: &str, error: &std::io::Error) -> FetchError {
    let inner = error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>());
    let (host, why) = (host.to_owned(), error.to_string());
    match inner {
        Some(rustls::Error::InvalidCertificate(_)) => FetchError::Certificate { host, why },
        _ => FetchError::Connection { host, why },
    }
}

/// The address as a URL that may be read at all: http or https, a host, no name and password in it.
pub(crate) fn checked(text: &str) -> Result<Url, FetchError> {
    let bad = |why: &str| FetchError::Address { url: shown(text), why: why.to_owned() };
    let mut url = Url::parse(text.trim()).map_err(|e| bad(&e.to_string()))?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(bad("only http and https are read"));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(bad("it has a user name in it; only what is public is read"));
    }
    if url.host_str().is_none_or(str::is_empty) {
        return Err(bad("it names no host"));
    }
    url.set_fragment(None);
    Ok(url)
}

/// An address fit for a message: short, and without a password.
pub(crate) fn shown(text: &str) -> String {
    let text = match (text.find("//"), text.find('@')) {
        (Some(slashes), Some(at)) if slashes < at => format!("{}//...{}", &text[..slashes], &text[at..]),
        _ => text.to_owned(),
    };
    text.chars().filter(|c| !c.is_control()).take(200).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_web_addresses_pass() {
        for good in ["http://a.example/x", "https://a.example:8443/?q=1#part", "  http://a.example "] {
            assert!(checked(good).is_ok(), "{good}");
        }
        let bad = [
            "file:///etc/passwd",
            "gopher://a/",
            "ftp://a.example/",
            "javascript:alert(1)",
            "data:text/plain,x",
            "http://",
            "//a.example/x",
            "a.example/feed",
            "",
            "http://u@a.example/",
            "unix:///run/x",
            "http://u:geheim@a.example/",
            "http://a.example:99999/",
            "http://[::1",
            "http://a b/",
        ];
        for text in bad {
            let error = checked(text).unwrap_err();
            assert!(matches!(error, FetchError::Address { .. }), "{text}");
            assert!(!error.to_string().contains("geheim"), "a password in a message: {error}");
        }
    }
}
