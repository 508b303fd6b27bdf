//! Public Telegram channels by their web preview, `t.me/s/NAME`, which needs no login. Channels that switched the
//! preview off are not read; exports of them can be put in a folder and read as files.

use super::draft::Draft;
use super::{Parts, Source, parts_of, person};
use crate::client::Conditions;
use crate::decode;
use crate::error::{FetchError, Flaw};
use crate::html;
use crate::when;
use async_trait::async_trait;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use saring_domain::{Cursor, Fetched, ItemKind};
use scraper::{ElementRef, Html, Selector};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::sync::LazyLock;
use url::Url;

/// Pages of one round, of some twenty messages each.
const PAGES: usize = 25;

type Pattern = LazyLock<Option<Selector>>;
static MESSAGE: Pattern = LazyLock::new(|| Selector::parse(".tgme_widget_message[data-post]").ok());
static TEXT: Pattern = LazyLock::new(|| Selector::parse(".tgme_widget_message_text.js-message_text").ok());
static TIME: Pattern = LazyLock::new(|| Selector::parse(".tgme_widget_message_date time[datetime]").ok());
static HISTORY: Pattern = LazyLock::new(|| Selector::parse(".tgme_channel_history, .tgme_channel_info").ok());
/// What Telegram shows of anything that is no open channel.
static CARD: Pattern = LazyLock::new(|| Selector::parse(".tgme_page").ok());

/// Where reading stopped.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct Place {
    /// Number of the newest message read.
    after: Option<u64>,
    /// Pages of the round under way.
    pages: usize,
}

struct Telegram {
    parts: Parts,
    page: Url,
}

/// A Telegram source; the address is that of the channel, `https://t.me/NAME` or `https://t.me/s/NAME`.
pub(super) fn build(parts: Parts) -> Result<Box<dyn Source>, FetchError> {
    let mut page = person::refused(&parts.def.url)?;
    let name = parts_of(&page).into_iter().find(|part| part != "s").unwrap_or_default();
    if name.starts_with('+') || matches!(name.as_str(), "joinchat" | "c") {
        let why = "an invitation or a closed chat".into();
        return Err(FetchError::Login { url: parts.def.url, why });
    }
    if name.is_empty() || !name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') {
        let why = "it names no channel; write https://t.me/NAME".into();
        return Err(FetchError::Address { url: parts.def.url, why });
    }
    page.set_path(&format!("/s/{name}"));
    page.set_query(None);
    Ok(Box::new(Telegram { parts, page }))
}

/// A message as the page shows it.
struct Message {
    number: u64,
    text: String,
    at: Option<Timestamp>,
}

/// What a page of the preview holds.
enum Shown {
    /// Messages, oldest first, and entries that could not be read.
    History(Vec<Result<Message, (String, Flaw)>>),
    /// The card of something that is not open.
    Card,
    /// Anything else.
    Other,
}

#[async_trait]
impl Source for Telegram {
    /// One page per call, oldest first from where the last one ended.
    async fn fetch(&self, cursor: &Cursor, now: Timestamp) -> Result<Fetched, FetchError> {
        let mut place: Place = cursor.place();
        let mut url = self.page.clone();
        if let Some(after) = place.after {
            url.query_pairs_mut().append_pair("after", &after.to_string());
        }
        let reply = self.parts.client.get(url.as_str(), &Conditions::default()).await?;
        let text = decode::text(&reply.body, reply.charset());
        let shown = tokio::task::spawn_blocking(move || shown(&text)).await;
        let broken =
            |e: tokio::task::JoinError| FetchError::Broken { url: url.to_string(), why: e.to_string() };
        let messages = match shown.map_err(broken)? {
            Shown::History(messages) => messages,
            Shown::Card => {
                let why = "no open channel, or its preview is switched off".into();
                return Err(FetchError::Login { url: self.page.to_string(), why });
            }
            Shown::Other => {
                let why = "it does not look like a channel of Telegram".into();
                return Err(FetchError::Unreadable { url: self.page.to_string(), why });
            }
        };
        let mut fetched = Fetched { bytes: reply.wire, ..Fetched::default() };
        let (began, before) = (place.after.is_none(), place.after);
        for message in messages {
            match message {
                Ok(message) => {
                    place.after = place.after.max(Some(message.number));
                    let new = before.is_none_or(|after| message.number > after);
                    if new && !message.text.is_empty() {
                        fetched.captures.push(self.draft(message).bind(&self.parts.def.id, now));
                    }
                }
                Err((about, flaw)) => fetched.bad.push(flaw.trouble(about)),
            }
        }
        place.pages += 1;
        // a first read takes the newest page only: older messages are not gone after
        fetched.more = !began && place.after > before && place.pages < PAGES;
        if !fetched.more {
            place.pages = 0;
        }
        fetched.next = Cursor::of(&place);
        Ok(fetched)
    }
}

impl Telegram {
    /// Evidence is what the message says, and when: no names, no counts.
    fn draft(&self, message: Message) -> Draft {
        let def = &self.parts.def;
        let url = format!("{}/{}", self.page.as_str().replacen("/s/", "/", 1), message.number);
        let raw = json!({ "id": message.number, "text": message.text, "date": message.at, "url": url });
        Draft {
            native_id: message.number.to_string(),
            kind: ItemKind::Post,
            text: message.text,
            url: Some(url),
            outlet: Some(def.medium()),
            posted_at: message.at,
            media_type: "application/json".into(),
            raw: raw.to_string().into_bytes(),
            ..Draft::default()
        }
    }
}

fn shown(page: &str) -> Shown {
    if html::too_deep(page) {
        return Shown::Other;
    }
    let tree = Html::parse_document(page);
    let has =
        |pattern: &Pattern| pattern.as_ref().is_some_and(|pattern| tree.select(pattern).next().is_some());
    let messages: Vec<_> =
        MESSAGE.as_ref().map(|pattern| tree.select(pattern).map(message).collect()).unwrap_or_default();
    match () {
        () if !messages.is_empty() || has(&HISTORY) => Shown::History(messages),
        () if has(&CARD) => Shown::Card,
        () => Shown::Other,
    }
}

fn message(element: ElementRef<'_>) -> Result<Message, (String, Flaw)> {
    let post = element.attr("data-post").unwrap_or_default();
    let number = post.rsplit('/').next().and_then(|number| number.parse().ok());
    let number = number.ok_or_else(|| (format!("#{post}"), Flaw::from("it has no number")))?;
    let first = |pattern: &'static Pattern| element.select(pattern.as_ref()?).next();
    let text = first(&TEXT).map(|text| html::text(&text.inner_html())).unwrap_or_default();
    let at = first(&TIME).and_then(|time| when::parse(time.attr("datetime")?, &TimeZone::UTC));
    Ok(Message { number, text, at })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bed::{Play, Server, meets_every_fault, now, round, shape, source};
    use saring_domain::{SourceDef, SourceKind, TroubleCode};

    const PAGE: &str = include_str!("../../fixtures/telegram/channel.html");
    const CLOSED: &str = include_str!("../../fixtures/telegram/card.html");

    fn def(url: &str) -> SourceDef {
        SourceDef::new("info-karangjati", "Info Karangjati", SourceKind::Telegram, url)
    }

    fn html(text: impl Into<Vec<u8>>) -> Play {
        Play::page("text/html; charset=utf-8", text)
    }

    /// A channel with messages 1 to `count`, twenty a page, as Telegram pages them.
    async fn channel(count: u64) -> Server {
        Server::start(move |asked| {
            let url: Url = format!("http://x{}", asked.path).parse().ok()?;
            let after = url.query_pairs().find(|(key, _)| key == "after").and_then(|(_, n)| n.parse().ok());
            let from: u64 = after.unwrap_or(count.saturating_sub(20));
            let one = |n: u64| format!("<div class='tgme_widget_message js-widget_message' data-post='info_karangjati/{n}'><div class='tgme_widget_message_text js-message_text'>kabar {n}</div></div>");
            let body: String = (from + 1..=count).take(20).map(one).collect();
            (url.path() == "/s/info_karangjati").then(|| html(format!("<section class='tgme_channel_history'>{body}</section>")))
        })
        .await
    }

    #[tokio::test]
    async fn a_channel_is_read_without_names_and_counts() {
        let server =
            Server::start(|asked| asked.path.starts_with("/s/info_karangjati").then(|| html(PAGE))).await;
        let fetched =
            round(&*source(&def(&server.url("/info_karangjati"))), &Cursor::default()).await.unwrap();
        assert_eq!(
            shape(&fetched),
            [
                "1201 |  | Jembatan Karangjati ditutup sampai Jumat./Pakai jalan lewat Lerengwungu ya. | 2026-11-23T23:15:00Z",
                "1203 |  | Tidak benar air PDAM beracun. Penjelasan: https://lereng.example/air | 2026-11-24T01:30:05Z",
            ],
            "a picture alone says nothing; what is quoted belongs to another message"
        );
        assert!(fetched.bad.len() == 1 && fetched.bad[0].message.contains("no number"), "{:?}", fetched.bad);
        let (capture, item) = &fetched.captures[0];
        assert_eq!(item.url.as_deref(), Some(server.url("/info_karangjati/1201").as_str()));
        let raw = String::from_utf8_lossy(&capture.raw);
        assert!(!raw.contains("Sarpin") && !raw.contains("1.2K") && item.account.is_none(), "{raw}");
    }

    #[tokio::test]
    async fn reading_goes_on_from_where_it_stopped() {
        let first = channel(50).await;
        let began =
            round(&*source(&def(&first.url("/s/info_karangjati"))), &Cursor::default()).await.unwrap();
        assert_eq!((began.captures.len(), first.asked().len()), (20, 1), "no digging in the past");
        let later = channel(95).await;
        let karangjati = source(&def(&later.url("/s/info_karangjati")));
        let went_on = round(&*karangjati, &began.next).await.unwrap();
        let ids: Vec<u64> =
            went_on.captures.iter().map(|(capture, _)| capture.native_id.parse().unwrap()).collect();
        assert_eq!(ids, (51..=95).collect::<Vec<_>>());
        assert!(round(&*karangjati, &went_on.next).await.unwrap().captures.is_empty());
        let much = channel(10_000).await;
        let part = round(&*source(&def(&much.url("/info_karangjati"))), &went_on.next).await.unwrap();
        assert_eq!(
            (part.captures.len(), much.asked().len()),
            (PAGES * 20, PAGES),
            "the rest comes next time"
        );
    }

    #[tokio::test]
    async fn what_is_not_open_stays_off() {
        let card = Server::start(|asked| match asked.path.as_str() {
            "/robots.txt" => None,
            "/s/rukmini" => Some(Play::redirect("/rukmini")),
            _ => Some(html(CLOSED)),
        })
        .await;
        let error = source(&def(&card.url("/rukmini"))).fetch(&Cursor::default(), now()).await.unwrap_err();
        assert!(error.permanent() && error.trouble().code == TroubleCode::Login, "{error}");
        for (path, code) in [
            ("/+AbCdEf", TroubleCode::Login),
            ("/joinchat/AbCdEf", TroubleCode::Login),
            ("/c/190000/1", TroubleCode::Login),
            ("/", TroubleCode::Address),
            ("/@rukmini", TroubleCode::Person),
        ] {
            let url = format!("https://t.example{path}");
            let error = super::super::build(&def(&url), &crate::bed::client(), [0; 32]).err().unwrap();
            assert_eq!(error.trouble().code, code, "{path}");
        }
    }

    #[tokio::test]
    async fn every_fault_ends_as_it_must() {
        meets_every_fault(|server| def(&format!("{server}/info_karangjati"))).await;
        for pattern in [&MESSAGE, &TEXT, &TIME, &HISTORY, &CARD] {
            assert!(pattern.is_some());
        }
    }
}
