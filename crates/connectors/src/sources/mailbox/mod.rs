//! A folder of the office's own mailbox, to which people forward what they got, by IMAP. It is opened to read only: nothing is
//! marked, moved or answered. Kept is what was forwarded, never who sent it: no name, no address, no number of a person.

mod forwarded;
mod letter;
mod talk;
#[cfg(test)]
mod tests;

use self::talk::{Answer, Talk};
use super::draft::Draft;
use super::{Parts, Source};
use crate::client::shown;
use crate::error::{FetchError, Flaw};
use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use saring_domain::{Cursor, Fetched, ItemKind, Trouble, TroubleCode};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::BTreeMap;
use std::path::Path;
use url::{Host, Url, form_urlencoded};

/// Messages per call, on one connection,
const PER_CALL: usize = 100;
/// asked for so many at once,
const AT_ONCE: usize = 10;
/// bytes after which a call ends,
const MOST_BYTES: u64 = 24 << 20;
/// and calls per round; what is left waits for the next one.
const CALLS: usize = 20;
/// How often a message is asked for on which the conversation breaks off.
const TRIES: u32 = 3;
/// A date before this one was written by a clock that stood still.
const OLDEST: Timestamp = Timestamp::constant(946_684_800, 0);

/// Where reading stopped.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
struct Place {
    /// The folder's UIDVALIDITY: with another one its numbers mean other messages.
    validity: Option<u32>,
    /// UID of the last message read.
    uid: u32,
    /// How often the next one was asked for in vain.
    tries: u32,
    /// Calls of the round under way.
    calls: usize,
}

struct Mailbox {
    parts: Parts,
    at: Url,
    /// The connection begins in the open and goes on over TLS before anything is said.
    start_tls: bool,
    user: String,
    folder: String,
}

/// Whether an address is that of a mailbox.
pub(super) fn is_address(address: &str) -> bool {
    ["imaps://", "imap://"].iter().any(|scheme| address.trim().starts_with(scheme))
}

/// A mailbox; the address is `imaps://USER@HOST/FOLDER`, with `%40` for an `@` in the name of the user, or the same with
/// `imap://`, where encryption begins on the way (STARTTLS): no password is sent without it, but to this machine itself.
pub(super) fn build(parts: Parts) -> Result<Box<dyn Source>, FetchError> {
    let bad = |why: &str| FetchError::Address { url: shown(&parts.def.url), why: why.to_owned() };
    let url = Url::parse(parts.def.url.trim()).map_err(|error| bad(&error.to_string()))?;
    let (scheme, port) = match url.scheme() {
        "imaps" => ("https", 993),
        "imap" => ("http", 143),
        _ => return Err(bad("a mailbox is written imaps://USER@HOST/INBOX")),
    };
    if url.password().is_some() {
        return Err(bad(
            "it has a password in it; put that into a file of its own and name it as password_file",
        ));
    }
    if url.username().is_empty() {
        return Err(bad("it names no user; write imaps://USER@HOST/INBOX, with %40 for the @ in the name"));
    }
    let host = url.host_str().unwrap_or_default();
    let at = format!("{scheme}://{host}:{}", url.port().unwrap_or(port));
    let at = Url::parse(&at).map_err(|error| bad(&error.to_string()))?;
    let here = match at.host() {
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    };
    let folder = decoded(url.path().trim_matches('/'));
    let folder = if folder.is_empty() { "INBOX".to_owned() } else { folder };
    if folder.chars().any(char::is_control) {
        return Err(bad("the name of the folder has signs in it that are no letters"));
    }
    let user = decoded(url.username());
    Ok(Box::new(Mailbox { start_tls: scheme == "http" && !here, at, user, folder, parts }))
}

/// Text without the percent signs of an address.
fn decoded(text: &str) -> String {
    let pair = format!("x={}", text.replace('+', "%2B").replace('&', "%26"));
    form_urlencoded::parse(pair.as_bytes()).next().map(|(_, text)| text.into_owned()).unwrap_or_default()
}

#[async_trait]
impl Source for Mailbox {
    /// So many messages per call, oldest first, from behind the last one read.
    async fn fetch(&self, cursor: &Cursor, now: Timestamp) -> Result<Fetched, FetchError> {
        let mut place: Place = cursor.place();
        let password = self.password()?;
        let mut talk = Talk::open(&self.parts.client, &self.at, self.start_tls).await?;
        talk.sign_in(&self.user, &password).await?;
        let validity = talk.examine(&self.folder).await?;
        if place.validity != Some(validity) {
            // read anew: what was read before is known by its own identity
            place = Place { validity: Some(validity), calls: place.calls, ..Place::default() };
        }
        let uids = talk.above(place.uid).await?;
        let mut fetched = Fetched::default();
        let mut broke = None;
        for some in uids[..uids.len().min(PER_CALL)].chunks(AT_ONCE) {
            if talk.bytes > MOST_BYTES {
                break;
            }
            broke = self.some(&mut talk, some, &mut place, &mut fetched, now).await.err();
            if broke.is_some() {
                break;
            }
        }
        fetched.bytes = talk.bytes;
        match broke {
            None => talk.leave().await,
            Some(error) => self.broke_off(&error, &uids, &mut place, &mut fetched),
        }
        let left = uids.last().is_some_and(|last| *last > place.uid);
        place.calls += 1;
        // where it broke off before a message it goes on next round
        fetched.more = left && place.tries == 0 && place.calls < CALLS;
        if !fetched.more {
            place.calls = 0;
        }
        fetched.next = Cursor::of(&place);
        Ok(fetched)
    }
}

impl Mailbox {
    /// A few messages; `place` moves with each.
    async fn some(
        &self,
        talk: &mut Talk,
        uids: &[u32],
        place: &mut Place,
        fetched: &mut Fetched,
        now: Timestamp,
    ) -> Result<(), FetchError> {
        let mut got = BTreeMap::new();
        let end = talk.take(uids, &mut got).await;
        for uid in uids {
            match got.remove(uid) {
                // what stands behind it is asked for again
                None => break,
                Some(Answer::Gone) => {}
                Some(Answer::Odd(why)) => fetched.bad.push(self.lost(*uid, &why)),
                Some(Answer::Given(given)) => match self.draft(given, now).await {
                    Ok(draft) => fetched.captures.push(draft.bind(&self.parts.def.id, now)),
                    Err(flaw) => fetched.bad.push(flaw.trouble(self.message(*uid))),
                },
            }
            (place.uid, place.tries) = (*uid, 0);
        }
        end
    }

    /// The conversation broke off at a message: it is asked for again a few times, and no message stops those behind it.
    fn broke_off(&self, error: &FetchError, uids: &[u32], place: &mut Place, fetched: &mut Fetched) {
        let Some(uid) = uids.iter().find(|uid| **uid > place.uid) else { return };
        place.tries += 1;
        let hopeless = matches!(error, FetchError::TooBig { .. });
        if hopeless || place.tries >= TRIES {
            (place.uid, place.tries) = (*uid, 0);
            fetched.bad.push(self.lost(*uid, &error.to_string()));
            return;
        }
        let (about, detail) = (self.message(*uid), error.to_string());
        let message =
            format!("{about} did not come whole ({detail}); it is asked for again in the next round");
        fetched.bad.push(Trouble { code: TroubleCode::LetterLater, about, detail, message });
    }

    fn lost(&self, uid: u32, why: &str) -> Trouble {
        let (about, detail) = (self.message(uid), why.to_owned());
        let message =
            format!("{about} could not be fetched and is passed over ({detail}); look at it in the mailbox");
        Trouble { code: TroubleCode::LetterLost, about, detail, message }
    }

    fn message(&self, uid: u32) -> String {
        format!("{} #{uid}", self.folder)
    }

    async fn draft(&self, given: talk::Given, now: Timestamp) -> Result<Draft, Flaw> {
        let (size, came) = (given.size.max(given.raw.len()), given.came);
        // what a server says of the size is an estimate with some
        let cut = given.raw.len() >= talk::PART;
        // parsing is work, and a parser that falls over costs this message only
        let read = tokio::task::spawn_blocking(move || letter::read(&given.raw)).await;
        let letter = read.unwrap_or_else(|_| Err("it cannot be taken apart".into()))?;
        if letter.text.is_empty() && cut {
            return Err(Flaw::TooBig(size));
        }
        let sane = |at: &Timestamp| *at >= OLDEST && *at <= now + SignedDuration::from_hours(24);
        let posted_at = letter.at.filter(sane).or_else(|| came.as_deref().and_then(arrival).filter(sane));
        let kept = json!({
            "subject": letter.subject,
            "date": posted_at,
            "text": letter.text,
            "attached": letter.attached,
            "bytes": size,
            "cut": cut,
        });
        let draft = Draft {
            native_id: letter.id,
            kind: ItemKind::Tip,
            title: Some(letter.subject).filter(|subject| !subject.is_empty()),
            text: letter.text,
            outlet: Some(self.parts.def.medium()),
            posted_at,
            media_type: "application/json".into(),
            raw: kept.to_string().into_bytes(),
            ..Draft::default()
        };
        if draft.is_empty() { Err(Flaw::Empty) } else { Ok(draft) }
    }

    /// The password, from its file, which nobody else may read.
    fn password(&self) -> Result<String, FetchError> {
        let Some(file) = &self.parts.def.password_file else {
            let why = "it has no password_file; put the password into a file of its own and name it".into();
            return Err(FetchError::Address { url: shown(&self.parts.def.url), why });
        };
        let failed = |why: String| FetchError::File { path: file.clone(), why };
        if open_to_others(Path::new(file)).map_err(|error| failed(error.to_string()))? {
            return Err(failed(format!("others may read it; run `chmod 600 {file}`")));
        }
        let text = std::fs::read_to_string(file).map_err(|error| failed(error.to_string()))?;
        let password = text.trim_end_matches(['\r', '\n']);
        if password.is_empty() || password.contains(['\r', '\n', '\0']) {
            return Err(failed("it is no password: one line is expected".into()));
        }
        Ok(password.to_owned())
    }
}

#[cfg(unix)]
fn open_to_others(file: &Path) -> std::io::Result<bool> {
    use std::os::unix::fs::PermissionsExt;
    Ok(std::fs::metadata(file)?.permissions().mode() & 0o077 != 0)
}

#[cfg(not(unix))]
fn open_to_others(_: &Path) -> std::io::Result<bool> {
    Ok(false)
}

/// ` 7-Nov-2026 02:44:25 +0700`
fn arrival(text: &str) -> Option<Timestamp> {
    jiff::fmt::strtime::parse("%d-%b-%Y %H:%M:%S %z", text.trim()).ok()?.to_timestamp().ok()
}
