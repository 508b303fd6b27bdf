//! Items as a patrol would have read them.

use jiff::Timestamp;
use saring_domain::{Capture, CaptureId, Item, ItemId, ItemKind};

/// The `n`th post of a group, read just now.
pub fn entry(n: usize, text: &str, posted_at: Timestamp) -> (Capture, Item) {
    let (source, native, now) = ("grup".into(), n.to_string(), Timestamp::now());
    let sha256 = [u8::try_from(n % 256).unwrap(); 32];
    let id = CaptureId::derive(&source, &native, &sha256);
    let item = Item {
        id: ItemId::derive(&source, &native),
        capture: id.clone(),
        source: source.clone(),
        kind: ItemKind::Post,
        account: None,
        title: None,
        text: text.into(),
        url: None,
        outlet: None,
        posted_at: Some(posted_at),
        seen_at: now,
    };
    let (raw, media_type) = (text.as_bytes().to_vec(), "text/plain".into());
    (Capture { id, source, native_id: native, seen_at: now, media_type, raw, sha256 }, item)
}
