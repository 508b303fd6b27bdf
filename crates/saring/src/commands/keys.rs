//! Two keys at the terminal: two people prove who they are, one after the other.

use crate::wiring::House;
use anyhow::{Context, bail, ensure};
use jiff::Timestamp;
use saring_desk::{password_matches, sha256_of, totp_step};
use saring_domain::ids::hex;
use saring_domain::{OfficeId, Person, TwoKeys};
use saring_store::traits::People;
use saring_store::views::Credentials;
use std::io::{IsTerminal, Write};

/// Failures within 15 minutes after which a login is closed for a while, as at the desk.
const TRIES: u32 = 8;

/// Asks both people, of one office, for their passwords (and codes), on the terminal or line by line from standard input.
pub async fn two_keys(house: &House, office: &OfficeId, logins: &[String]) -> anyhow::Result<TwoKeys> {
    let [first, second] = logins else { bail!("--keys takes two sign-in names, as in --keys sri,budi") };
    let first = prove(house, office, first).await?;
    let second = prove(house, office, second).await?;
    Ok(TwoKeys::of(&first, &second)?)
}

async fn prove(house: &House, office: &OfficeId, login: &str) -> anyhow::Result<Person> {
    let (store, login) = (&house.store, login.trim().to_lowercase());
    let bucket = format!("login:{}", &hex(&sha256_of(&login))[..16]);
    let tried = store.failures(&bucket, Timestamp::now()).await?;
    ensure!(tried < TRIES, "{login}: too many tries; wait a quarter of an hour");
    let password = ask(&format!("Password of {login}: "))?;
    let known = store.credentials(&login).await?;
    let known = known.filter(|known| !known.disabled && password_matches(&password, &known.password));
    let proven = match known {
        Some(known) if code_fits(house, &known).await? => Some(known.person),
        _ => None,
    };
    let Some(person) = proven.filter(|person| person.office == *office) else {
        store.count_failure(&bucket, Timestamp::now()).await?;
        bail!("{login}: wrong name, password or code, or not of the office of the case; nothing was done");
    };
    store.clear_failures(&bucket).await?;
    Ok(person)
}

async fn code_fits(house: &House, known: &Credentials) -> anyhow::Result<bool> {
    let Some(secret) = &known.totp else { return Ok(true) };
    let code = ask(&format!("Code of {}: ", known.person.login))?;
    let unix = u64::try_from(Timestamp::now().as_second()).unwrap_or_default();
    match totp_step(secret, &code, unix) {
        Some(step) => Ok(house.store.use_totp_step(&known.person.id, step).await?),
        None => Ok(false),
    }
}

/// One line; what is typed on a terminal is not shown.
fn ask(prompt: &str) -> anyhow::Result<String> {
    let stdin = std::io::stdin();
    let _hidden = if stdin.is_terminal() {
        eprint!("{prompt}");
        std::io::stderr().flush()?;
        Some(Hidden::begin()?)
    } else {
        None
    };
    let mut line = String::new();
    stdin.read_line(&mut line).context("the password on standard input")?;
    Ok(line.trim_end_matches(['\r', '\n']).to_owned())
}

/// The terminal does not show what is typed until this is dropped.
struct Hidden;

impl Hidden {
    fn begin() -> anyhow::Result<Self> {
        ensure!(
            stty("-echo"),
            "the terminal cannot hide what is typed; give the passwords on standard input"
        );
        Ok(Self)
    }
}

impl Drop for Hidden {
    fn drop(&mut self) {
        stty("echo");
        eprintln!();
    }
}

fn stty(mode: &str) -> bool {
    std::process::Command::new("stty").arg(mode).status().is_ok_and(|status| status.success())
}
