//! `saring admin user`: who may sign in.

use crate::cli::{AdminCommand, UserCommand};
use crate::wiring::House;
use anyhow::{Context, bail, ensure};
use jiff::Timestamp;
use saring_domain::ids::hex;
use saring_domain::{OfficeId, Person, PersonId};
use saring_store::traits::People;
use saring_store::views::Credentials;
use std::io::Read;

/// Runs `admin user add` or `admin user reset`.
pub async fn run(house: &House, command: AdminCommand) -> anyhow::Result<bool> {
    let AdminCommand::User(command) = command;
    match command {
        UserCommand::Add { login, name, role, office, locale, password_stdin } => {
            let login = login.trim().to_lowercase();
            let plain = |c: char| c.is_ascii_alphanumeric() || ".-_".contains(c);
            ensure!(
                (2..=40).contains(&login.len()) && login.chars().all(plain),
                "'{login}': a sign-in name has 2 to 40 letters, digits, dots, - and _"
            );
            if house.store.credentials(&login).await?.is_some() {
                bail!("'{login}' exists; give a new password with `saring admin user reset {login}`");
            }
            let office = match office {
                Some(id) => house.config.office(&OfficeId(id))?.id.clone(),
                None => house.config.own_office().id.clone(),
            };
            let person = Person { id: PersonId(login.clone()), login, name, role, office, locale };
            set_password(house, person, password_stdin).await
        }
        UserCommand::Reset { login, password_stdin } => {
            let login = login.trim().to_lowercase();
            let found = house.store.credentials(&login).await?;
            let person = found.with_context(|| format!("nobody signs in as '{login}'"))?.person;
            set_password(house, person, password_stdin).await
        }
    }
}

async fn set_password(house: &House, person: Person, from_stdin: bool) -> anyhow::Result<bool> {
    let password = if from_stdin {
        let mut text = String::new();
        std::io::stdin().take(4096).read_to_string(&mut text).context("the password on standard input")?;
        text.trim_end_matches(['\r', '\n']).to_owned()
    } else {
        generate()?
    };
    let login = person.login.clone();
    let hash = saring_desk::hash_password(&password)?;
    let credentials = Credentials { person, password: hash, totp: None, totp_step: None, disabled: false };
    house.store.put_person(&credentials, Timestamp::now()).await?;
    if from_stdin {
        println!("{login}: password set");
    } else {
        println!("{login}: password {password}");
        println!("It is shown this once. Give it to the person, who changes it after signing in.");
    }
    Ok(true)
}

/// 80 random bits in four groups, easy to read out.
fn generate() -> anyhow::Result<String> {
    let bits = hex(&saring_desk::sha256_of(&saring_desk::random_token()?));
    Ok([&bits[..5], &bits[5..10], &bits[10..15], &bits[15..20]].join("-"))
}
