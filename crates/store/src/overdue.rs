//! What is past its retention (`rights.md`): the conditions that the purge and the public count share.

use crate::db::{Tx, Val};
use crate::encode::micros;
use crate::error::StoreResult;
use jiff::{SignedDuration, Timestamp};
use saring_domain::Retention;

/// A condition on the rows that are past a period, with the time it is counted from bound as `$1`.
pub(crate) struct Past {
    pub(crate) sql: &'static str,
    /// The period by its name in the settings, and how long it is.
    pub(crate) rule: (&'static str, u32),
    pub(crate) before: i64,
    /// Bound as `$2` where people may have held the content back.
    now: Option<i64>,
}

/// Texts of items without a finding: those in no case.
pub(crate) fn texts(retention: &Retention, now: Timestamp) -> Past {
    Past {
        sql: "SELECT i.seq FROM items i WHERE i.purged_at IS NULL AND i.seen_at < $1 \
              AND NOT EXISTS (SELECT 1 FROM case_items ci WHERE ci.item = i.seq)",
        rule: ("without_finding_text", retention.without_finding_text),
        before: before(now, retention.without_finding_text),
        now: None,
    }
}

/// Fingerprints of items without a finding. Asked from the side of the
/// fingerprints: those kept are few, items ever seen are many.
pub(crate) fn prints(retention: &Retention, now: Timestamp) -> Past {
    Past {
        sql: "SELECT p.item FROM prints p WHERE (SELECT i.seen_at FROM items i WHERE i.seq = p.item) < $1 \
              AND NOT EXISTS (SELECT 1 FROM case_items ci WHERE ci.item = p.item)",
        rule: ("without_finding_fingerprint", retention.without_finding_fingerprint),
        before: before(now, retention.without_finding_fingerprint),
        now: None,
    }
}

/// Cases that nobody reviewed in time.
pub(crate) fn unreviewed(retention: &Retention, now: Timestamp) -> Past {
    Past {
        sql: "SELECT c.seq FROM cases c WHERE c.waiting = 1 AND c.opened_at < $1",
        rule: ("unreviewed", retention.unreviewed),
        before: before(now, retention.unreviewed),
        now: None,
    }
}

/// A settled case that is past its period and that nobody holds.
macro_rules! settled {
    ($which:literal) => {
        concat!(
            "SELECT c.seq FROM cases c WHERE c.purged_at IS NULL AND c.waiting = 0 AND c.settled_at < $1 AND ",
            $which,
            " AND NOT EXISTS (SELECT 1 FROM holds h WHERE h.case_id = c.id AND h.until_at > $2)"
        )
    };
}

/// Settled cases whose content is past its period and not held: what was left alone or closed goes first; what is
/// answered, filed or checked stays as long as a hoax.
pub(crate) fn settled(retention: &Retention, at: Timestamp) -> [Past; 3] {
    let past = |sql, rule: (&'static str, u32)| Past {
        sql,
        rule,
        before: before(at, rule.1),
        now: Some(micros(at)),
    };
    [
        past(
            settled!("(c.decided_as IS NULL OR c.decided_as LIKE 'R__')"),
            ("left_alone", retention.left_alone),
        ),
        past(settled!("c.decided_as = 'hate_review'"), ("hate", retention.hate)),
        past(
            settled!("c.decided_as NOT LIKE 'R__' AND c.decided_as <> 'hate_review'"),
            ("hoax", retention.hoax),
        ),
    ]
}

/// Claims that a reviewer refused: their words go, their hash stays, so that they do not come back.
pub(crate) fn refused(retention: &Retention, now: Timestamp) -> Past {
    Past {
        sql: "SELECT o.seq FROM claim_offers o WHERE o.state = 'refused' AND o.title <> '' AND o.settled_at < $1",
        rule: ("unreviewed", retention.unreviewed),
        before: before(now, retention.unreviewed),
        now: None,
    }
}

fn before(now: Timestamp, hours: u32) -> i64 {
    // a clock before the epoch purges nothing
    now.checked_sub(SignedDuration::from_hours(hours.into())).map_or(i64::MIN, micros)
}

impl Past {
    pub(crate) fn args(&self) -> Vec<Val> {
        [Some(self.before), self.now].into_iter().flatten().map(Val::from).collect()
    }
}

/// All rows that are past their retention and still there.
pub(crate) async fn count(tx: &mut Tx, retention: &Retention, now: Timestamp) -> StoreResult<u64> {
    let mut sum = 0;
    let first = [texts, prints, unreviewed, refused].map(|past| past(retention, now));
    for past in first.into_iter().chain(settled(retention, now)) {
        let sql = format!("SELECT COUNT(*) FROM ({}) AS past", past.sql);
        sum += tx.number(&sql, past.args()).await?.unsigned_abs();
    }
    Ok(sum)
}
