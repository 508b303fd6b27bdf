//! The firehose of repositories, `com.atproto.sync.subscribeRepos` (AT Protocol, event stream and repository
//! specifications): each message is a header and a body in DAG-CBOR; the body of a commit holds the records that changed
//! as blocks of a CAR file.

use super::{Event, POSTS, Place, Post, Record};
use crate::error::Flaw;
use ipld_core::cid::Cid;
use iroh_car::CarReader;
use jiff::Timestamp;
use serde::Deserialize;
use serde_ipld_dagcbor::de::from_reader_once;
use sha2::{Digest, Sha256};
use std::collections::HashMap;

/// The last part of its address.
pub(super) const METHOD: &str = "com.atproto.sync.subscribeRepos";
/// Multihash code of SHA-256.
const SHA256: u64 = 0x12;

#[derive(Deserialize)]
struct Header {
    op: i64,
    #[serde(default)]
    t: String,
}

/// What bodies of every kind may hold.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Body {
    seq: Option<i64>,
    time: String,
    repo: String,
    ops: Vec<Change>,
    #[serde(with = "serde_bytes")]
    blocks: Vec<u8>,
    name: String,
    error: String,
    message: Option<String>,
}

/// A record that changed.
#[derive(Deserialize)]
struct Change {
    action: String,
    path: String,
    cid: Option<Cid>,
}

pub(super) async fn event(bytes: &[u8]) -> Result<Event, Flaw> {
    let mut rest = bytes;
    let broken = |e: &dyn std::fmt::Display| Flaw::from(format!("it is no message of {METHOD} ({e})"));
    let header: Header = from_reader_once(&mut rest).map_err(|e| broken(&e))?;
    let body: Body = from_reader_once(&mut rest).map_err(|e| broken(&e))?;
    let said = || body.message.as_deref().unwrap_or("without a reason").to_owned();
    if header.op != 1 && body.error == "FutureCursor" {
        return Ok(Event { lost: true, ..Event::default() });
    }
    if header.op != 1 {
        return Err(Flaw::from(format!("the server refuses: {}, {}", body.error, said())));
    }
    if header.t == "#info" {
        return Err(Flaw::from(format!("the server says {}: {}", body.name, said())));
    }
    let place = Place { time_us: None, seq: body.seq };
    let mut told = Event { place, heard: body.time.parse::<Timestamp>().ok(), ..Event::default() };
    let made = |change: &Change| {
        let rkey = change.path.strip_prefix(POSTS)?.strip_prefix('/')?.to_owned();
        (change.action == "create").then_some((rkey, change.cid?))
    };
    let made: Vec<(String, Cid)> = body.ops.iter().filter_map(made).collect();
    if made.is_empty() {
        return Ok(told);
    }
    let blocks = blocks(&body.blocks).await;
    for (rkey, cid) in made {
        let record = match &blocks {
            Ok(blocks) => record(&cid, blocks.get(&cid)),
            Err(flaw) => Err(flaw.clone()),
        };
        told.posts.push(Post { did: body.repo.clone(), rkey, cid: cid.to_string(), record });
    }
    Ok(told)
}

async fn blocks(bytes: &[u8]) -> Result<HashMap<Cid, Vec<u8>>, Flaw> {
    let broken = |e: iroh_car::Error| Flaw::from(format!("its blocks are broken ({e})"));
    let mut reader = CarReader::new(bytes).await.map_err(broken)?;
    let mut blocks = HashMap::new();
    while let Some((cid, block)) = reader.next_block().await.map_err(broken)? {
        blocks.insert(cid, block);
    }
    Ok(blocks)
}

/// The record with this hash, where the block behind it has it.
fn record(cid: &Cid, block: Option<&Vec<u8>>) -> Result<Record, Flaw> {
    let block = block.ok_or("its content is not among the blocks")?;
    if cid.hash().code() != SHA256 || cid.hash().digest() != &Sha256::digest(block)[..] {
        return Err(Flaw::from("its content is not what its hash says"));
    }
    serde_ipld_dagcbor::from_slice(block).map_err(|e| Flaw::from(format!("its content cannot be read ({e})")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use data_encoding::BASE64;
    use serde_json::json;

    /// What a server of repositories sent, a message a line in base64.
    const SENT: &str = include_str!("../../../fixtures/bluesky/firehose.txt");

    fn sent() -> Vec<Vec<u8>> {
        SENT.lines().map(|line| BASE64.decode(line.as_bytes()).unwrap()).collect()
    }

    fn frame(header: serde_json::Value, body: serde_json::Value) -> Vec<u8> {
        [header, body].iter().flat_map(|part| serde_ipld_dagcbor::to_vec(part).unwrap()).collect()
    }

    #[tokio::test]
    async fn what_a_server_sent_is_read_to_the_letter() {
        let mut posts = Vec::new();
        let mut last = 0;
        for message in sent() {
            let event = event(&message).await.unwrap();
            let seq = event.place.seq.unwrap();
            assert!(seq > last && event.heard.is_some());
            last = seq;
            posts.extend(event.posts.into_iter().map(|post| post.record.unwrap()));
        }
        let replies: Vec<bool> = posts.iter().map(|record| record.reply.is_some()).collect();
        assert_eq!(
            replies,
            [false, false, false, true, false],
            "and no like, no deletion, no page of a person"
        );
        assert_eq!(posts[2].langs, ["en"]);
        assert!(posts[0].text.starts_with("Katanya tanggul jebol") && posts[0].created_at.is_some());
    }

    #[tokio::test]
    async fn refusals_and_broken_messages_are_told() {
        let flaw = async |bytes: &[u8]| event(bytes).await.unwrap_err().to_string();
        let refused = frame(json!({"op": -1}), json!({"error": "ConsumerTooSlow", "message": "Lagging."}));
        assert_eq!(flaw(&refused).await, "the server refuses: ConsumerTooSlow, Lagging.");
        let info = frame(json!({"op": 1, "t": "#info"}), json!({"name": "OutdatedCursor"}));
        assert_eq!(flaw(&info).await, "the server says OutdatedCursor: without a reason");
        for broken in [&b""[..], b"halo", &[0xff; 40], &[0xa1; 9000]] {
            assert!(flaw(broken).await.starts_with("it is no message of"), "{broken:?}");
        }
        let whole = sent().into_iter().find(|message| message.windows(7).any(|w| w == b"Katanya")).unwrap();
        for cut in (0..whole.len()).step_by(97) {
            let told = event(&whole[..cut]).await;
            assert!(told.is_err() || told.unwrap().posts.iter().all(|post| post.record.is_err()), "{cut}");
        }
        let mut forged = whole.clone();
        let at = whole.windows(7).position(|w| w == b"Katanya").unwrap();
        forged[at] = b'k';
        let told = event(&forged).await.unwrap();
        assert!(told.posts[0].record.as_ref().unwrap_err().to_string().contains("not what its hash says"));
    }
}
