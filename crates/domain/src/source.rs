//! Sources: where we read, and what reading them yields.

use crate::claim::Claim;
use crate::ids::SourceId;
use crate::item::{Capture, Item};
use crate::trouble::Trouble;
use crate::watch::Watch;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::time::Duration;

macro_rules! kinds {
    ($($(#[$doc:meta])* $name:ident = $key:literal,)*) => {
        /// Which protocol a source speaks.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
        pub enum SourceKind {
            $($(#[$doc])* #[serde(rename = $key)] $name,)*
        }

        impl SourceKind {
            /// Every kind.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// Its name in the settings, and of its words on the screens behind `kind-`.
            pub fn key(self) -> &'static str {
                match self {
                    $(Self::$name => $key,)*
                }
            }
        }
    };
}

kinds! {
    /// RSS 0.9 to 2.0, Atom or JSON Feed; told apart by content. Also YouTube channels, forums, news aggregators.
    Feed = "feed",
    /// WordPress REST, `/wp-json/wp/v2/posts`.
    WordPress = "wordpress",
    /// A file or a folder of files: JSONL, CSV, 4CAT, Zeeschuimer, Telegram.
    File = "file",
    /// Sitemap, index of sitemaps or news sitemap, with the pages it names.
    Sitemap = "sitemap",
    /// Public or hashtag timeline of a server that speaks Mastodon's interface.
    Mastodon = "mastodon",
    /// Public web preview of a Telegram channel.
    Telegram = "telegram",
    /// Public listing of a Reddit community.
    Reddit = "reddit",
    /// Posts of Bluesky with a term of the watch, by Jetstream or the firehose of repositories.
    Bluesky = "bluesky",
    /// Published checks of a fact-checker: ClaimReview on its pages or as a data feed, or its titles.
    ClaimReview = "claim_review",
    /// A folder of the office's own mailbox, to which people forward what they got; by IMAP.
    Mailbox = "mailbox",
}

/// A public source as the office configured it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SourceDef {
    /// Short stable id, for instance `warta-sukamaju`.
    pub id: SourceId,
    /// Name on screen.
    pub name: String,
    /// Protocol.
    pub kind: SourceKind,
    /// Address of the feed, the site or the file.
    pub url: String,
    /// The medium as the public knows it; the name is used where absent.
    #[serde(default)]
    pub outlet: Option<String>,
    /// Minutes between two reads.
    #[serde(default = "SourceDef::every_default")]
    pub every_minutes: u32,
    /// Area code the source writes about, used where a text names no place.
    #[serde(default)]
    pub area: Option<String>,
    /// Zone of its dates that name none, as [`zone_named`](crate::zone_named) takes it; that of the office where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub zone: Option<String>,
    /// Whether to read the page behind each entry.
    #[serde(default)]
    pub article_pages: bool,
    /// File with the password of a mailbox; the password itself is never in the definition.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password_file: Option<String>,
    /// What a source that follows a term (a hashtag, keywords) must say of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub watch: Option<Watch>,
}

/// Longest address, bytes,
const MOST_ADDRESS: usize = 2_000;
/// and longest name, characters, of a source that is added at the desk.
const MOST_NAME: usize = 80;

/// Why a source cannot be added at the desk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeskFlaw {
    /// A file of this machine, a mailbox, or something that follows a term: those stand in the settings.
    Kind,
    /// No address of the web.
    Address,
    /// A name or a password in the address.
    Password,
    /// Its name, interval or zone.
    Field,
}

impl SourceDef {
    /// A source with the usual settings.
    pub fn new(id: &str, name: &str, kind: SourceKind, url: &str) -> Self {
        Self {
            id: id.into(),
            name: name.to_owned(),
            kind,
            url: url.to_owned(),
            outlet: None,
            every_minutes: Self::every_default(),
            area: None,
            zone: None,
            article_pages: false,
            password_file: None,
            watch: None,
        }
    }

    /// Whether it may be added at the desk: a public page that anybody may open, read without a password and without
    /// following a term. All else takes the settings file, and with it somebody who runs the machine.
    ///
    /// # Errors
    /// What speaks against it.
    pub fn check_at_desk(&self) -> Result<(), DeskFlaw> {
        if matches!(self.kind, SourceKind::File | SourceKind::Mailbox | SourceKind::Bluesky) {
            return Err(DeskFlaw::Kind);
        }
        if self.watch.is_some() || self.password_file.is_some() {
            return Err(DeskFlaw::Kind);
        }
        let url = self.url.trim();
        let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
        let host = rest.and_then(|rest| rest.split(['/', '?', '#']).next()).unwrap_or_default();
        if host.is_empty() || url.chars().any(char::is_control) || url.len() > MOST_ADDRESS {
            return Err(DeskFlaw::Address);
        }
        if host.contains('@') {
            return Err(DeskFlaw::Password);
        }
        let named = self.zone.as_deref().is_none_or(|zone| crate::zone_named(zone).is_some());
        let name = self.name.trim();
        if !named
            || name.is_empty()
            || name.chars().count() > MOST_NAME
            || !(5..=10_080).contains(&self.every_minutes)
        {
            return Err(DeskFlaw::Field);
        }
        Ok(())
    }

    /// The outlet of items that name none: the source's own, else its name.
    pub fn medium(&self) -> String {
        self.outlet.clone().unwrap_or_else(|| self.name.clone())
    }

    /// Whether it can be listened to beside the rounds: its address is that of a websocket.
    pub fn streams(&self) -> bool {
        ["ws://", "wss://"].iter().any(|scheme| self.url.trim().starts_with(scheme))
    }

    fn every_default() -> u32 {
        30
    }
}

/// Where reading stopped. Opaque to everything but its source; stored in the same transaction as the items.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Cursor(pub serde_json::Value);

impl Cursor {
    /// The cursor that stands for a source's own note of its place.
    pub fn of(place: &impl Serialize) -> Self {
        Self(serde_json::to_value(place).unwrap_or_default())
    }

    /// The note it stands for; the beginning where it is empty or of another kind of source.
    pub fn place<T: DeserializeOwned + Default>(&self) -> T {
        T::deserialize(&self.0).unwrap_or_default()
    }
}

/// What one read of a source gave.
#[derive(Clone, Debug, Default)]
pub struct Fetched {
    /// Evidence and content, oldest first. May hold entries already stored; ids make them collapse.
    pub captures: Vec<(Capture, Item)>,
    /// Checked claims, to be offered to the people who keep the list.
    pub claims: Vec<Claim>,
    /// Where to go on next time.
    pub next: Cursor,
    /// When the source asks to be read again (Retry-After, ttl), if it does.
    pub again_in: Option<Duration>,
    /// The source said that nothing changed (304): read well, nothing sent.
    pub unchanged: bool,
    /// More is waiting behind `next`: read again at once.
    pub more: bool,
    /// Bytes received.
    pub bytes: u64,
    /// Entries that could not be read, naming each and what to do.
    pub bad: Vec<Trouble>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_public_pages_are_added_at_the_desk() {
        let def = |kind, url: &str| SourceDef::new("warta", "Warta", kind, url);
        let feed = || def(SourceKind::Feed, "https://warta.example/feed/?a=b@c");
        assert_eq!(feed().check_at_desk(), Ok(()));
        let zone = |zone: &str| SourceDef { zone: Some(zone.into()), ..feed() };
        assert_eq!(zone("WITA").check_at_desk(), Ok(()));
        for (def, flaw) in [
            (def(SourceKind::File, "/etc/passwd"), DeskFlaw::Kind),
            (def(SourceKind::Mailbox, "imaps://surel.example/INBOX"), DeskFlaw::Kind),
            (def(SourceKind::Bluesky, "wss://aliran.example"), DeskFlaw::Kind),
            (SourceDef { password_file: Some("kunci".into()), ..feed() }, DeskFlaw::Kind),
            (def(SourceKind::Feed, "file:///etc/passwd"), DeskFlaw::Address),
            (def(SourceKind::Mastodon, "wss://lereng.example/"), DeskFlaw::Address),
            (def(SourceKind::Feed, "https:///feed"), DeskFlaw::Address),
            (def(SourceKind::Feed, "https://a.example/\nb"), DeskFlaw::Address),
            (def(SourceKind::Feed, "https://sri:geheim@warta.example/feed"), DeskFlaw::Password),
            (zone("WIBB"), DeskFlaw::Field),
            (SourceDef { name: " ".into(), ..feed() }, DeskFlaw::Field),
            (SourceDef { every_minutes: 0, ..feed() }, DeskFlaw::Field),
        ] {
            assert_eq!(def.check_at_desk(), Err(flaw), "{def:?}");
        }
    }
}
