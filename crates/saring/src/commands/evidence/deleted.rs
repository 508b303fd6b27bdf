//! What of evidence was deleted, for auditors: no content, and nothing that leads back to it but hashes.

use crate::cli::DeletedArgs;
use crate::wiring::House;
use anyhow::ensure;
use jiff::{Timestamp, ToSpan};
use saring_domain::{Deletion, OfficeId};
use saring_store::traits::Evidences;

/// Days told where nobody says how many.
const DAYS: i64 = 30;

/// `saring evidence deleted`; `false` where files that should be gone are still there.
pub async fn run(house: &House, args: &DeletedArgs) -> anyhow::Result<bool> {
    let zone = house.config.own_office().time_zone();
    let today = Timestamp::now().to_zoned_datetime(zone.clone()).date();
    let from = args.from.unwrap_or(today.checked_sub(DAYS.days())?);
    let to = args.to.unwrap_or(today);
    ensure!(from <= to, "--from {from} is after --to {to}");
    let (from, to) =
        (zone.to_timestamp(from.at(0, 0, 0, 0))?, zone.to_timestamp(to.tomorrow()?.at(0, 0, 0, 0))?);
    let offices = match &args.office {
        Some(id) => std::slice::from_ref(house.config.office(&OfficeId::from(id.as_str()))?),
        None => &house.config.office,
    };
    let mut left = 0;
    for office in offices {
        let all = house.store.deletions(&office.id, from, to, u32::MAX).await?;
        left += all.iter().filter(|one| one.files_left()).count();
        for deletion in &all {
            if args.json {
                println!("{}", serde_json::json!({ "office": office.id, "deletion": deletion }));
            } else {
                print(deletion);
            }
        }
        if !args.json {
            println!("{}: {} pieces of evidence deleted", office.id, all.len());
            for hold in house.store.holds(&office.id, None, Timestamp::now()).await? {
                println!(
                    "    {} is held until {:.0} by {}: {}",
                    hold.case, hold.until, hold.who, hold.reason
                );
            }
        }
    }
    if left > 0 {
        eprintln!(
            "Files of {left} pieces are still on the disk: the next upkeep of `saring serve` takes them away."
        );
    }
    Ok(left == 0)
}

fn print(deletion: &Deletion) {
    let Deletion { evidence, case, at, rule, hours, tool, state, .. } = deletion;
    println!("{at:.0}  {evidence}  {case}  was {}  rule {rule} ({hours} h)  by {tool}", state.code());
    for file in &deletion.files {
        println!("    {}  {}  {} bytes", file.sha256, file.name, file.bytes);
    }
    match deletion.wiped_at {
        Some(at) => println!("    files gone {at:.0}"),
        None if deletion.files_left() => println!("    files NOT YET gone"),
        None => {}
    }
    if let Some(until) = deletion.held_until {
        println!("    had been held until {until:.0}");
    }
}
