//! What is past its retention (`rights.md`): the conditions that the purge and the public count share.

use crate::db::{Tx, Val, args};
use crate::encode::micros;
use crate::error::StoreResult;
use jiff::{SignedDuration, Timestamp};
use saring_domain::Retention;

/// A condition on the rows that are past a period, with the time it is counted from bound as `$1`.
pub(crate) struct Past {
    pub(crate) sql: &'static str,
    pub(crate) before: i64,
}

/// Texts of items without a finding: those in no case.
pub(crate) fn texts(retention: &Retention, now: Timestamp) -> Past {
    Past {
        sql: "SELECT i.seq FROM items i WHERE i.purged_at IS NULL AND i.seen_at < $1 \
              AND NOT EXISTS (SELECT 1 FROM case_items ci WHERE ci.item = i.seq)",
        before: before(now, retention.without_finding_text),
    }
}

/// Fingerprints of items without a finding. Asked from the side of the
/// fingerprints: those kept are few, items ever seen are many.
pub(crate) fn prints(retention: &Retention, now: Timestamp) -> Past {
    Past {
        sql: "SELECT p.item FROM prints p WHERE (SELECT i.seen_at FROM items i WHERE i.seq = p.item) < $1 \
              AND NOT EXISTS (SELECT 1 FROM case_items ci WHERE ci.item = p.item)",
        before: before(now, retention.without_finding_fingerprint),
    }
}

/// Cases that nobody reviewed in time.
pub(crate) fn unreviewed(retention: &Retention, now: Timestamp) -> Past {
    Past {
        sql: "SELECT c.seq FROM cases c WHERE c.waiting = 1 AND c.opened_at < $1",
        before: before(now, retention.unreviewed),
    }
}

/// Settled cases whose content is past its period: what was left alone or closed goes first; what is answered,
/// filed or checked stays as long as a hoax.
pub(crate) fn settled(retention: &Retention, now: Timestamp) -> [Past; 3] {
    [
        Past {
            sql: "SELECT c.seq FROM cases c WHERE c.purged_at IS NULL AND c.waiting = 0 AND c.settled_at < $1 \
                  AND (c.decided_as IS NULL OR c.decided_as LIKE 'R__')",
            before: before(now, retention.left_alone),
        },
        Past {
            sql: "SELECT c.seq FROM cases c WHERE c.purged_at IS NULL AND c.waiting = 0 AND c.settled_at < $1 \
                  AND c.decided_as = 'hate_review'",
            before: before(now, retention.hate),
        },
        Past {
            sql: "SELECT c.seq FROM cases c WHERE c.purged_at IS NULL AND c.waiting = 0 AND c.settled_at < $1 \
                  AND c.decided_as NOT LIKE 'R__' AND c.decided_as <> 'hate_review'",
            before: before(now, retention.hoax),
        },
    ]
}

fn before(now: Timestamp, hours: u32) -> i64 {
    // a clock before the epoch purges nothing
    now.checked_sub(SignedDuration::from_hours(hours.into())).map_or(i64::MIN, micros)
}

impl Past {
    pub(crate) fn args(&self) -> Vec<Val> {
        args![self.before]
    }
}

/// All rows that are past their retention and still there.
pub(crate) async fn count(tx: &mut Tx, retention: &Retention, now: Timestamp) -> StoreResult<u64> {
    let mut sum = 0;
    let first = [texts(retention, now), prints(retention, now), unreviewed(retention, now)];
    for past in first.into_iter().chain(settled(retention, now)) {
        let sql = format!("SELECT COUNT(*) FROM ({}) AS past", past.sql);
        sum += tx.number(&sql, past.args()).await?.unsigned_abs();
    }
    Ok(sum)
}
