//! What goes over the wire before anything is read: encryption, and names as the protocol spells them.

use super::*;

/// Every name is this machine, as a test has it.
struct Here;

#[async_trait]
impl crate::client::Resolve for Here {
    async fn resolve(&self, _: &str) -> std::io::Result<Vec<std::net::IpAddr>> {
        Ok(vec![std::net::Ipv4Addr::LOCALHOST.into()])
    }
}

#[tokio::test]
async fn no_password_is_sent_where_encryption_does_not_begin() {
    let file = secret(SECRET);
    let network = crate::client::Network { resolver: std::sync::Arc::new(Here), ..Default::default() };
    let client = Client::on(settings(), network).unwrap();
    for (start_tls, says) in [
        (None, "STARTTLS"),
        (Some("TAG NO tidak bisa\r\n"), "STARTTLS"),
        (Some("TAG OK mulai\r\n* OK [CAPABILITY IMAP4rev1] disisipkan\r\n"), "between the lines"),
        // it says yes and speaks on in the open
        (Some("TAG OK mulai\r\n"), ""),
    ] {
        let post = Post { start_tls, ..Post::with([(1, plain("kabar"))]) };
        let url = post.start().await.replace("127.0.0.1", "surel.kantor.example");
        let error = step(&client, &def(&url, &file), &Cursor::default()).await.unwrap_err();
        assert!(error.to_string().contains(says), "{says}: {error}");
        let heard = post.heard.lock().unwrap().join("\n");
        assert!(heard.starts_with("a1 STARTTLS") && !heard.contains("LOGIN"), "{heard}");
        assert!(!heard.contains("rahasia"), "{heard}");
    }
}

#[test]
fn folders_of_any_letters_are_spelt_as_the_protocol_has_it() {
    for (name, wire) in [
        ("INBOX", "INBOX"),
        ("Aduan & tanya", "Aduan &- tanya"),
        ("Laporan désa", "Laporan d&AOk-sa"),
        // the example of RFC 3501, and letters outside the basic plane
        ("~peter/mail/台北/日本語", "~peter/mail/&U,BTFw-/&ZeVnLIqe-"),
        ("😀", "&2D3eAA-"),
        ("é&é", "&AOk-&-&AOk-"),
    ] {
        assert_eq!(talk::on_the_wire(name), wire);
    }
}
