//! A mail server as rude as it is told to be.

use super::super::talk;
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// What a server does when asked for a message.
#[derive(Clone)]
pub(super) enum Act {
    /// Gives it as it should, as much as was asked for.
    Give(Vec<u8>),
    /// Sends these bytes and closes.
    Close(Vec<u8>),
    /// Sends these bytes as an answer, and the tagged end.
    Say(Vec<u8>),
    /// Gives it, but says only after the next answer that this was all.
    Late(Vec<u8>),
    /// Refuses.
    Refuse,
    /// Nothing at all.
    Hang,
}

/// A mail server with messages by UID.
#[derive(Clone)]
pub(super) struct Post {
    pub(super) validity: u32,
    pub(super) messages: Vec<(u32, Act)>,
    /// What it says before anything, where that is not the usual.
    pub(super) greeting: Option<&'static str>,
    /// What it says when encryption is to begin; `TAG` stands for the tag. `None` where it knows no such thing.
    pub(super) start_tls: Option<&'static str>,
    /// To a sign-in with the wrong password.
    pub(super) refusal: &'static str,
    pub(super) heard: Arc<Mutex<Vec<String>>>,
}

impl Post {
    pub(super) fn with(messages: impl IntoIterator<Item = (u32, Act)>) -> Self {
        let messages = messages.into_iter().collect();
        let refusal = "NO [AUTHENTICATIONFAILED] Authentication failed.";
        Self { validity: 7, messages, greeting: None, start_tls: None, refusal, heard: Arc::default() }
    }

    pub(super) async fn start(&self) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let at = listener.local_addr().unwrap();
        let post = self.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let post = post.clone();
                tokio::spawn(async move { post.serve(stream).await });
            }
        });
        format!("imap://kotak%40kantor.example@{at}/INBOX")
    }

    async fn serve(&self, stream: TcpStream) -> Option<()> {
        stream.set_nodelay(true).ok()?;
        let (read, mut write) = stream.into_split();
        let mut lines = BufReader::new(read).lines();
        let mut late: Vec<String> = Vec::new();
        let greeting = self.greeting.unwrap_or("* OK [CAPABILITY IMAP4rev1] Siap melayani anda\r\n");
        write.write_all(greeting.as_bytes()).await.ok()?;
        while let Ok(Some(line)) = lines.next_line().await {
            self.heard.lock().unwrap().push(line.clone());
            let (tag, what) = line.split_once(' ')?;
            let words: Vec<&str> = what.split(' ').collect();
            let answer = match words[..] {
                ["STARTTLS"] if self.start_tls.is_some() => {
                    self.start_tls.unwrap_or_default().replace("TAG", tag)
                }
                ["LOGIN", ..] if what == "LOGIN \"kotak@kantor.example\" \"rahasia \\\"sekali\\\\\"" => {
                    format!("{tag} OK masuk\r\n")
                }
                // some servers repeat what they did not understand
                ["LOGIN", ..] => format!("{tag} {} {what}\r\n", self.refusal),
                ["EXAMINE", "\"INBOX\""] => format!(
                    "* {} EXISTS\r\n* OK [UIDVALIDITY {}] ya\r\n{tag} OK [READ-ONLY] ya\r\n",
                    self.messages.len(),
                    self.validity
                ),
                ["EXAMINE", ..] => format!("{tag} NO tidak ada\r\n"),
                ["UID", "SEARCH", "UID", range] => {
                    let from: u32 = range.trim_end_matches(":*").parse().ok()?;
                    let last = self.messages.last().map(|(uid, _)| *uid);
                    let found = self
                        .messages
                        .iter()
                        .map(|(uid, _)| *uid)
                        .filter(|uid| *uid >= from || Some(*uid) == last);
                    let found: String = found.map(|uid| format!(" {uid}")).collect();
                    format!("* SEARCH{found}\r\n{tag} OK selesai\r\n")
                }
                ["UID", "FETCH", uid, ..] => {
                    let uid: u32 = uid.parse().ok()?;
                    assert!(what.ends_with("BODY.PEEK[]<0.1048576>)"), "{what}");
                    match &self.messages.iter().find(|(own, _)| *own == uid)?.1 {
                        Act::Hang => std::future::pending().await,
                        // as Dovecot does with several questions at once
                        Act::Late(raw) => {
                            let text = format!("{}\r\n", String::from_utf8_lossy(raw));
                            let head = format!(
                                "* 1 FETCH (UID {uid} RFC822.SIZE {0} BODY[]<0> {{{0}}}\r\n{text})\r\n",
                                text.len()
                            );
                            write.write_all(head.as_bytes()).await.ok()?;
                            late.push(format!("{tag} OK\r\n"));
                            continue;
                        }
                        Act::Refuse => format!("{tag} NO berkas rusak\r\n"),
                        Act::Close(bytes) => {
                            write.write_all(bytes).await.ok()?;
                            return None;
                        }
                        Act::Say(bytes) => {
                            write.write_all(bytes).await.ok()?;
                            format!("{tag} OK\r\n")
                        }
                        Act::Give(raw) => {
                            let part = &raw[..raw.len().min(talk::PART)];
                            let head = format!(
                                "* 1 FETCH (UID {uid} RFC822.SIZE {} INTERNALDATE \" 5-Nov-2026 09:00:00 +0700\" BODY[]<0> {{{}}}\r\n",
                                raw.len(),
                                part.len()
                            );
                            let end = format!(")\r\n* 1 FETCH (FLAGS (\\Seen))\r\n{tag} OK\r\n");
                            write.write_all(&[head.as_bytes(), part, end.as_bytes()].concat()).await.ok()?;
                            continue;
                        }
                    }
                }
                _ => format!("{tag} BAD apa?\r\n"),
            };
            write.write_all((answer + &std::mem::take(&mut late).concat()).as_bytes()).await.ok()?;
        }
        None
    }
}
