//! Rows of evidence against the log, which nobody can change unseen.

use super::link;
use crate::db::{Db, args};
use crate::encode::parse;
use crate::error::StoreResult;
use saring_domain::{Custody, CustodyStep, EvidenceId};

/// The entry of the log that a link of the chain of custody came with; those of one moment share one.
fn event(step: CustodyStep) -> &'static str {
    match step {
        CustodyStep::Asked => "evidence.ask",
        CustodyStep::Sealed | CustodyStep::Pictured | CustodyStep::Unpictured => "evidence.seal",
        CustodyStep::Stamped => "evidence.stamp",
        CustodyStep::Gone => "evidence.gone",
        CustodyStep::Refused => "evidence.refuse",
        CustodyStep::Failed => "evidence.fail",
        CustodyStep::Transferred => "evidence.export",
        CustodyStep::Deleted => "evidence.delete",
    }
}

/// What of the chain of custody does not fit the log.
pub(super) async fn flaws(db: &Db, id: &EvidenceId) -> StoreResult<Vec<String>> {
    let sql = "SELECT at, who, step, tool, note FROM custody WHERE evidence = $1 ORDER BY seq";
    let links = db.all(sql, args![id.as_str()]).await?;
    let links = links.iter().map(|row| link(row, id)).collect::<StoreResult<Vec<Custody>>>()?;
    let sql = "SELECT at, event, detail FROM audit WHERE subject = $1 AND event LIKE 'evidence.%' \
               AND event <> 'evidence.wipe' ORDER BY place";
    let (mut out, mut logged) = (Vec::new(), Vec::new());
    for row in db.all(sql, args![id.as_str()]).await? {
        logged.push((crate::encode::timestamp(row.int(0)?)?, row.text(1)?, row.opt_text(2)?));
    }
    for link in &links {
        let code = link.step.code();
        match logged.iter().find(|(at, event_, _)| *at == link.at && event_ == event(link.step)) {
            None => out.push(format!("{id}: the log does not know that it was {code} at {}", link.at)),
            Some((_, _, Some(detail))) if !fits(link, detail, id)? => {
                out.push(format!("{id}: the log says something else of how it was {code} at {}", link.at));
            }
            Some(_) => {}
        }
    }
    let told = |(at, name): (&jiff::Timestamp, &str)| {
        links.iter().any(|link| link.at == *at && event(link.step) == name)
    };
    let untold = logged.iter().filter(|(at, name, _)| !told((at, name.as_str())));
    out.extend(untold.map(|(at, name, _)| format!("{id}: its chain of custody lacks {name} of {at}")));
    Ok(out)
}

/// Whether names and reasons are those of the log.
fn fits(link: &Custody, detail: &str, id: &EvidenceId) -> StoreResult<bool> {
    let what = "log entry of evidence";
    Ok(match link.step {
        CustodyStep::Asked => {
            let (_, who): (String, Option<String>) = parse(detail, what, id.as_str())?;
            who == link.who
        }
        CustodyStep::Transferred => {
            let (keys, to, reason): (Keys, String, String) = parse(detail, what, id.as_str())?;
            let names = format!("{}, {}", keys.first.1, keys.second.1);
            link.who == Some(names) && link.note == Some(format!("{to}: {reason}"))
        }
        CustodyStep::Gone | CustodyStep::Refused | CustodyStep::Failed => {
            link.note == Some(parse::<String>(detail, what, id.as_str())?)
        }
        _ => true,
    })
}

/// [`saring_domain::TwoKeys`] as the log has them: nobody else can make such keys.
#[derive(serde::Deserialize)]
struct Keys {
    first: (String, String),
    second: (String, String),
}

/// Evidence that the log says was sealed and not deleted, and that the database has no more as such.
pub(super) async fn lost(db: &Db) -> StoreResult<Vec<String>> {
    let sql = "SELECT a.subject, e.state FROM audit a LEFT JOIN evidence e ON e.id = a.subject \
               WHERE a.event = 'evidence.seal' AND a.detail IS NOT NULL AND COALESCE(e.state, '') <> 'sealed' \
               ORDER BY a.place";
    let mut out = Vec::new();
    for row in db.all(sql, args![]).await? {
        let (id, state) = (row.text(0)?, row.opt_text(1)?);
        let state = state
            .map_or("it is not in the database".into(), |state| format!("the database calls it '{state}'"));
        out.push(format!("{id}: the log says that it was sealed, {state}"));
    }
    Ok(out)
}
