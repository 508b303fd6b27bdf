//! Which addresses may be dialled: the public internet, and what the office allowed by name or network.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

/// IPv4 networks that are not the public internet (IANA special-purpose registry, multicast, reserved), and the
/// one public address behind which a cloud hides its machine interface.
const CLOSED_V4: &[(Ipv4Addr, u32)] = &[
    (Ipv4Addr::new(0, 0, 0, 0), 8),
    (Ipv4Addr::new(10, 0, 0, 0), 8),
    (Ipv4Addr::new(100, 64, 0, 0), 10),
    (Ipv4Addr::new(127, 0, 0, 0), 8),
    (Ipv4Addr::new(168, 63, 129, 16), 32),
    (Ipv4Addr::new(169, 254, 0, 0), 16),
    (Ipv4Addr::new(172, 16, 0, 0), 12),
    (Ipv4Addr::new(192, 0, 0, 0), 24),
    (Ipv4Addr::new(192, 0, 2, 0), 24),
    (Ipv4Addr::new(192, 88, 99, 0), 24),
    (Ipv4Addr::new(192, 168, 0, 0), 16),
    (Ipv4Addr::new(198, 18, 0, 0), 15),
    (Ipv4Addr::new(198, 51, 100, 0), 24),
    (Ipv4Addr::new(203, 0, 113, 0), 24),
    (Ipv4Addr::new(224, 0, 0, 0), 4),
    (Ipv4Addr::new(240, 0, 0, 0), 4),
];

/// Within 2000::/3, the only IPv6 space in public use: what carries IPv4 inside (Teredo, 6to4) or is documentation.
const CLOSED_V6: &[(Ipv6Addr, u32)] = &[
    (Ipv6Addr::new(0x2001, 0, 0, 0, 0, 0, 0, 0), 23),
    (Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 0), 32),
    (Ipv6Addr::new(0x2002, 0, 0, 0, 0, 0, 0, 0), 16),
    (Ipv6Addr::new(0x3fff, 0, 0, 0, 0, 0, 0, 0), 20),
];

/// Whether an address belongs to the public internet. IPv4 in IPv6 clothes (mapped, NAT64, 6to4) never does: an
/// honest resolver does not give it.
pub fn is_public(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(_) => !CLOSED_V4.iter().any(|(net, bits)| within(ip, IpAddr::V4(*net), *bits)),
        IpAddr::V6(_) => {
            within(ip, IpAddr::V6(Ipv6Addr::new(0x2000, 0, 0, 0, 0, 0, 0, 0)), 3)
                && !CLOSED_V6.iter().any(|(net, bits)| within(ip, IpAddr::V6(*net), *bits))
        }
    }
}

/// Whether an address may belong to a server of the office's own (RFC 1918, loopback, ULA). Link-local addresses
/// never do, so that an allowed name cannot be turned to a cloud's metadata service.
fn is_private(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(v4) => v4.is_private() || v4.is_loopback(),
        IpAddr::V6(v6) => {
            v6.is_loopback() || (v6.is_unique_local() && v6.segments()[..2] != [0xfd00, 0x0ec2])
        }
    }
}

fn within(ip: IpAddr, net: IpAddr, bits: u32) -> bool {
    match (ip, net) {
        (IpAddr::V4(a), IpAddr::V4(b)) => {
            let mask = u32::MAX.checked_shl(32 - bits).unwrap_or(0);
            u32::from(a) & mask == u32::from(b) & mask
        }
        (IpAddr::V6(a), IpAddr::V6(b)) => {
            let mask = u128::MAX.checked_shl(128 - bits).unwrap_or(0);
            u128::from(a) & mask == u128::from(b) & mask
        }
        _ => false,
    }
}

/// Addresses open beside the public internet.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Allow(Vec<Entry>);

impl Allow {
    /// Reads entries like `10.1.0.0/16`, `127.0.0.1:8080`, `[::1]:80`, `intranet.example:443`, `intranet.example`.
    ///
    /// # Errors
    /// Names the first entry that is none of these.
    pub fn parse<S: AsRef<str>>(entries: &[S]) -> Result<Self, BadAllow> {
        entries.iter().map(|entry| entry.as_ref().parse()).collect::<Result<_, _>>().map(Self)
    }

    /// Whether `ip`, reached under the name `host`, is open at `port`.
    pub fn permits(&self, host: &str, ip: IpAddr, port: u16) -> bool {
        self.0.iter().any(|entry| entry.permits(host, ip, port))
    }
}

/// One entry of the allow-list: `10.1.0.0/16`, `127.0.0.1:8080`, `[::1]:80`, `intranet.example:443`, `intranet.example`.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Entry {
    what: What,
    port: Option<u16>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum What {
    Net(IpAddr, u32),
    Name(String),
}

impl Entry {
    /// Whether this entry opens `ip`, reached under the name `host`, at `port`. A named host may lead to private
    /// and loopback addresses; link-local ones must be allowed as a network.
    fn permits(&self, host: &str, ip: IpAddr, port: u16) -> bool {
        let reaches = match &self.what {
            What::Net(net, bits) => within(ip, *net, *bits),
            What::Name(name) => name.eq_ignore_ascii_case(host) && (is_private(ip) || is_public(ip)),
        };
        reaches && self.port.is_none_or(|own| own == port)
    }
}

/// An entry of the allow-list that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "'{0}' is no address, network or host: write 10.1.0.0/16, 127.0.0.1:8080, [::1]:80 or intranet.example:443"
)]
pub struct BadAllow(String);

impl FromStr for Entry {
    type Err = BadAllow;

    fn from_str(text: &str) -> Result<Self, BadAllow> {
        let bad = || BadAllow(text.to_owned());
        let text = text.trim();
        if let Some((net, bits)) = text.split_once('/') {
            let net: IpAddr = net.parse().map_err(|_| bad())?;
            let most = if net.is_ipv4() { 32 } else { 128 };
            let bits = bits.parse().ok().filter(|bits| *bits <= most).ok_or_else(bad)?;
            return Ok(Self { what: What::Net(net, bits), port: None });
        }
        if let Ok(ip) = text.parse::<IpAddr>() {
            return Ok(Self::of(ip, None));
        }
        if let Ok(address) = text.parse::<std::net::SocketAddr>() {
            return Ok(Self::of(address.ip(), Some(address.port())));
        }
        let (name, port) = match text.rsplit_once(':') {
            Some((name, port)) => (name, Some(port.parse().map_err(|_| bad())?)),
            None => (text, None),
        };
        let good = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || "-._".contains(c));
        good.then(|| Self { what: What::Name(name.to_owned()), port }).ok_or_else(bad)
    }
}

impl Entry {
    fn of(ip: IpAddr, port: Option<u16>) -> Self {
        Self { what: What::Net(ip, if ip.is_ipv4() { 32 } else { 128 }), port }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_public_internet_is_public() {
        let closed = "0.0.0.0 0.1.2.3 10.0.0.1 10.255.255.255 100.64.0.1 100.100.100.200 100.127.255.255 127.0.0.1 \
            127.9.9.9 168.63.129.16 169.254.169.254 169.254.0.1 172.16.0.1 172.31.255.255 192.0.0.1 192.0.0.192 \
            192.0.2.1 192.88.99.1 192.168.0.1 192.168.255.255 198.18.0.1 198.19.255.255 198.51.100.7 203.0.113.9 \
            224.0.0.1 239.255.255.255 240.0.0.1 255.255.255.255 :: ::1 ::7f00:1 ::ffff:127.0.0.1 ::ffff:8.8.8.8 \
            ::ffff:169.254.169.254 64:ff9b::7f00:1 64:ff9b::808:808 64:ff9b:1::1 100::1 2001::1 2001:0:53aa::1 \
            2001:10::1 2001:20::1 2001:db8::1 2002:7f00:1::1 2002:808:808::1 3fff::1 5f00::1 fc00::1 fd00:ec2::254 \
            fd12:3456::1 fe80::1 fec0::1 ff02::1";
        for ip in closed.split_whitespace() {
            assert!(!is_public(ip.parse().unwrap()), "{ip} must be closed");
        }
        let open = "1.1.1.1 8.8.8.8 11.0.0.1 100.63.255.255 100.128.0.1 126.255.255.255 128.0.0.1 168.63.129.17 \
            172.15.255.255 172.32.0.1 192.167.1.1 192.169.1.1 198.17.1.1 198.20.0.1 223.255.255.255 \
            2001:4860:4860::8888 2606:4700::1111 2400:cb00::1 2a00:1450::1";
        for ip in open.split_whitespace() {
            assert!(is_public(ip.parse().unwrap()), "{ip} must be open");
        }
    }

    #[test]
    fn the_allow_list_opens_what_it_names_and_no_more() {
        let cases = [
            ("10.1.0.0/16", "x", "10.1.2.3", 80, true),
            ("10.1.0.0/16", "x", "10.2.2.3", 80, false),
            ("127.0.0.1:8080", "x", "127.0.0.1", 8080, true),
            ("127.0.0.1:8080", "x", "127.0.0.1", 8081, false),
            ("[::1]:80", "x", "::1", 80, true),
            ("::1", "x", "::1", 9, true),
            ("kantor.example:443", "kantor.example", "10.0.0.7", 443, true),
            ("kantor.example:443", "lain.example", "10.0.0.7", 443, false),
            ("kantor.example", "Kantor.Example", "192.168.1.1", 80, true),
            ("kantor.example", "kantor.example", "169.254.169.254", 80, false),
            ("kantor.example", "kantor.example", "fd00:ec2::254", 80, false),
            ("0.0.0.0/0", "x", "10.0.0.1", 80, true),
            ("0.0.0.0/0", "x", "::1", 80, false),
        ];
        for (entry, host, ip, port, expect) in cases {
            let allow = Allow::parse(&[entry]).unwrap();
            assert_eq!(allow.permits(host, ip.parse().unwrap(), port), expect, "{entry} {host} {ip} {port}");
        }
        for bad in ["", "10.0.0.0/33", "::/129", "host:port", "http://x/", "a b"] {
            assert!(Allow::parse(&[bad]).is_err(), "{bad}");
        }
    }
}
