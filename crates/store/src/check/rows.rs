//! Every row decoded, every hash compared.

use super::{RESTORE, Trouble, name};
use crate::claims;
use crate::db::{Row, Tx, args};
use crate::encode::{self, CASE, ITEM, ITEM_WIDTH, content_hash, corrupt, named, parse};
use crate::error::{StoreError, StoreResult};
use crate::evidence::{self, EVIDENCE, FROM};
use crate::offers;
use crate::watches;
use saring_domain::{
    Claim, Cursor, DecisionCode, Judgement, OfferState, Office, Outcome, Reason, Role, SourceDef,
};
use sha2::{Digest, Sha256};

/// Rows read at once.
const PAGE: i64 = 200;

/// Reads one row and finds nothing, or what is wrong with it.
type Read = fn(&Row) -> StoreResult<()>;

pub(super) async fn check(tx: &mut Tx, found: &mut Vec<Trouble>) -> StoreResult<()> {
    // Each statement gives the number of the row last, to go on from.
    let items =
        format!("SELECT {ITEM}, i.content, i.purged_at, i.seq FROM items i WHERE i.seq > $1 ORDER BY i.seq");
    let captures = "SELECT item, id, source, native_id, seen_at, media_type, sha256, raw, seq FROM captures \
                    WHERE seq > $1 ORDER BY seq";
    let judgements = "SELECT item, body, seq FROM judgements WHERE seq > $1 ORDER BY seq";
    let cases = format!("SELECT {CASE}, c.seq FROM cases c WHERE c.seq > $1 ORDER BY c.seq");
    let decisions = "SELECT id, body, seq FROM decisions WHERE seq > $1 ORDER BY seq";
    let claims = format!("SELECT {}, c.seq FROM claims c WHERE c.seq > $1 ORDER BY c.seq", claims::COLUMNS);
    let evidence = format!("SELECT {EVIDENCE} {FROM} WHERE e.seq > $1 ORDER BY e.seq");
    let offers = format!(
        "SELECT {}, o.state, o.replaced, o.digest, o.seq FROM claim_offers o WHERE o.seq > $1 ORDER BY o.seq",
        offers::COLUMNS
    );
    let watches = format!(
        "SELECT {}, w.digest, w.seq FROM watches w WHERE w.seq > $1 ORDER BY w.seq",
        watches::COLUMNS
    );
    let all: [(&str, &str, usize, Read); 9] = [
        ("an item", &items, ITEM_WIDTH + 2, item),
        ("evidence", captures, 8, capture),
        ("a judgement", judgements, 2, judgement),
        ("a case", &cases, encode::CASE_WIDTH, case),
        ("a decision", decisions, 2, decision),
        ("a claim", &claims, 7, claim),
        ("a sealed page", &evidence, 9, |row| evidence::evidence(row).map(drop)),
        ("an offered claim", &offers, offers::WIDTH + 3, offer),
        ("a watch", &watches, watches::WIDTH + 1, watch),
    ];
    for (kind, sql, seq, read) in all {
        let faults = table(tx, sql, seq, read).await?;
        name(found, "rows", &format!("{kind} cannot be trusted"), &faults, RESTORE);
    }
    let small: [(&str, &str, Read); 3] = [
        ("an office", "SELECT id, def FROM offices", office),
        ("a person", "SELECT id, role FROM people", person),
        ("a source", "SELECT id, def, progress, last FROM sources", source),
    ];
    for (kind, sql, read) in small {
        let faults: Vec<String> =
            tx.all(sql, args![]).await?.iter().filter_map(|row| fault(read(row))).collect();
        name(found, "rows", &format!("{kind} cannot be read"), &faults, RESTORE);
    }
    Ok(())
}

/// Faults of a table, read a page at a time.
async fn table(tx: &mut Tx, sql: &str, seq: usize, read: Read) -> StoreResult<Vec<String>> {
    let sql = format!("{sql} LIMIT {PAGE}");
    let (mut from, mut faults) = (i64::MIN, Vec::new());
    loop {
        let page = tx.all(&sql, args![from]).await?;
        faults.extend(page.iter().filter_map(|row| fault(read(row))));
        let Some(last) = page.last() else { return Ok(faults) };
        from = last.int(seq)?;
    }
}

fn fault(read: StoreResult<()>) -> Option<String> {
    match read {
        Ok(()) => None,
        Err(StoreError::Corrupt { what, id, why }) => Some(format!("{what} '{id}': {why}")),
        Err(other) => Some(other.to_string()),
    }
}

fn item(row: &Row) -> StoreResult<()> {
    let item = encode::item(row, 0)?;
    let purged = row.opt_int(ITEM_WIDTH + 1)?.is_some();
    if purged || row.blob(ITEM_WIDTH)? == content_hash(&item) {
        return Ok(());
    }
    Err(corrupt(
        "item",
        item.id.as_str(),
        "its content does not fit its hash: it was changed after it was stored",
    ))
}

fn capture(row: &Row) -> StoreResult<()> {
    let purged = row.opt_blob(7)?.is_none();
    let capture = encode::capture(row)?;
    let hash: [u8; 32] = Sha256::digest(&capture.raw).into();
    if purged || hash == capture.sha256 {
        return Ok(());
    }
    Err(corrupt("capture", capture.id.as_str(), "its bytes do not fit their hash: evidence was changed"))
}

fn judgement(row: &Row) -> StoreResult<()> {
    let Some(body) = row.opt_text(1)? else { return Ok(()) };
    parse::<Judgement>(&body, "judgement", &format!("of item {}", row.int(0)?)).map(drop)
}

fn case(row: &Row) -> StoreResult<()> {
    let case = encode::case(row, 0)?;
    let unknown = case.priority.reasons.iter().find(|reason| matches!(reason, Reason::Other(_)));
    // A reason that is no sentence of ours came from elsewhere: shown as it is, it could say anything.
    unknown.map_or(Ok(()), |reason| {
        Err(corrupt("case", case.id.as_str(), &format!("an unknown reason '{reason}'")))
    })
}

fn decision(row: &Row) -> StoreResult<()> {
    parse::<DecisionCode>(&row.text(1)?, "decision", &row.text(0)?).map(drop)
}

fn claim(row: &Row) -> StoreResult<()> {
    claims::claim(row).map(drop)
}

fn offer(row: &Row) -> StoreResult<()> {
    let (claim, id) = (claims::claim_at(row, 0)?, row.text(7)?);
    let state = named::<OfferState>(&row.text(offers::WIDTH)?, "offer", &id)?;
    let purged = state == OfferState::Refused && claim.title.is_empty();
    let replaced = row.opt_text(offers::WIDTH + 1)?;
    replaced.map(|text| parse::<Claim>(&text, "offer", &id)).transpose()?;
    if purged || row.text(offers::WIDTH + 2)? == offers::digest(&claim)? {
        return Ok(());
    }
    Err(corrupt("offer", &id, "what it says does not fit its hash: it was changed after it came in"))
}

fn watch(row: &Row) -> StoreResult<()> {
    let watch = watches::watch(row)?;
    if row.text(watches::WIDTH)? == watches::digest(&watch.draft)? {
        return Ok(());
    }
    Err(corrupt(
        "watch",
        watch.id.as_str(),
        "what it says does not fit its hash: it was changed after it was opened",
    ))
}

fn office(row: &Row) -> StoreResult<()> {
    parse::<Office>(&row.text(1)?, "office", &row.text(0)?).map(drop)
}

fn person(row: &Row) -> StoreResult<()> {
    named::<Role>(&row.text(1)?, "person", &row.text(0)?).map(drop)
}

fn source(row: &Row) -> StoreResult<()> {
    let id = row.text(0)?;
    parse::<SourceDef>(&row.text(1)?, "source", &id)?;
    row.opt_text(2)?.map(|text| parse::<Cursor>(&text, "source", &id)).transpose()?;
    row.opt_text(3)?.map(|text| parse::<Outcome>(&text, "source", &id)).transpose()?;
    Ok(())
}
