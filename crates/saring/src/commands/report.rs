//! `saring report daily`.

use crate::cli::{DailyArgs, ReportCommand};
use crate::report;
use crate::wiring::House;
use anyhow::Context;
use jiff::{SignedDuration, Timestamp};

/// Writes the report of a day, or prints its figures.
pub async fn run(house: &House, command: ReportCommand) -> anyhow::Result<bool> {
    let ReportCommand::Daily(DailyArgs { date, office, out, locale, json }) = command;
    let office = match &office {
        None => house.config.own_office(),
        Some(id) => {
            let found = house.config.office.iter().find(|office| office.id.as_str() == id);
            found.with_context(|| format!("no office '{id}' in saring.toml"))?
        }
    };
    let date = match date {
        Some(date) => date,
        None => report::local_day(office, Timestamp::now() - SignedDuration::from_hours(24))?,
    };
    if json {
        println!("{}", serde_json::to_string_pretty(&report::facts(house, office, date).await?)?);
        return Ok(true);
    }
    let folder = out.unwrap_or_else(|| house.config.data().join("reports"));
    for path in report::write(house, office, date, &locale, &folder).await? {
        println!("{}", path.display());
    }
    Ok(true)
}
