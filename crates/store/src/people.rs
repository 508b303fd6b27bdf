//! People of the offices, their sessions and one-time links.

use crate::audit;
use crate::db::{Row, args};
use crate::encode::{corrupt, json, micros, named, parse, timestamp};
use crate::error::{StoreError, StoreResult};
use crate::open::Store;
use crate::traits::People;
use crate::views::{Credentials, Session};
use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use saring_domain::{Office, Person, PersonId};
use serde::Serialize;

/// Failures older than this no longer count.
const FAILURE_WINDOW: SignedDuration = SignedDuration::from_mins(15);

/// Columns of [`person`], in its order.
const PERSON: &str = "p.id, p.login, p.name, p.role, p.office, p.locale";

/// What the log says of a person who was put: never the hash or the secret.
#[derive(Serialize)]
struct Put<'a> {
    login: &'a str,
    name: &'a str,
    role: &'a str,
    office: &'a str,
    totp: bool,
    disabled: bool,
}

#[async_trait]
impl People for Store {
    async fn set_offices(&self, offices: &[Office]) -> StoreResult<()> {
        let mut tx = self.db.write().await?;
        // Offices that are no longer configured keep their cases; they only leave the list.
        tx.run("DELETE FROM offices", args![]).await?;
        for (position, office) in (0_i64..).zip(offices) {
            let sql = "INSERT INTO offices (id, position, def) VALUES ($1, $2, $3)";
            tx.run(sql, args![office.id.as_str(), position, json(office)?]).await?;
        }
        tx.commit().await
    }

    async fn offices(&self) -> StoreResult<Vec<Office>> {
        let rows = self.db.all("SELECT id, def FROM offices ORDER BY position", args![]).await?;
        rows.iter().map(|row| parse(&row.text(1)?, "office", &row.text(0)?)).collect()
    }

    async fn put_person(&self, credentials: &Credentials, now: Timestamp) -> StoreResult<()> {
        let Credentials { person, password, totp, totp_step, disabled } = credentials;
        let step = totp_step.map(|step| i64::try_from(step).unwrap_or(i64::MAX));
        let mut tx = self.db.write().await?;
        let taken = "SELECT count(*) FROM people WHERE login = $1 AND id <> $2";
        if tx.number(taken, args![&person.login, person.id.as_str()]).await? > 0 {
            let login = &person.login;
            return Err(StoreError::Conflict(format!(
                "the login '{login}' belongs to someone else: choose another"
            )));
        }
        tx.run(
            "INSERT INTO people (id, login, name, role, office, locale, password, totp, totp_step, disabled) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (id) DO UPDATE SET login = excluded.login, \
             name = excluded.name, role = excluded.role, office = excluded.office, locale = excluded.locale, \
             password = excluded.password, totp = excluded.totp, disabled = excluded.disabled, \
             totp_step = CASE WHEN excluded.totp_step > COALESCE(people.totp_step, -1) THEN excluded.totp_step \
             ELSE people.totp_step END", // never back: who writes what was read earlier must not make a code work again
            args![
                person.id.as_str(),
                &person.login,
                &person.name,
                person.role.code(),
                person.office.as_str(),
                &person.locale,
                password,
                totp.clone(),
                step,
                *disabled
            ],
        )
        .await?;
        // A new password, role or office ends what was opened under the old one.
        for table in ["sessions", "one_time_links"] {
            tx.run(&format!("DELETE FROM {table} WHERE person = $1"), args![person.id.as_str()]).await?;
        }
        let put = Put {
            login: &person.login,
            name: &person.name,
            role: person.role.code(),
            office: person.office.as_str(),
            totp: totp.is_some(),
            disabled: *disabled,
        };
        audit::append(&mut tx, now, "person.put", person.id.as_str(), &put).await?;
        tx.commit().await
    }

    async fn credentials(&self, login: &str) -> StoreResult<Option<Credentials>> {
        let sql = format!(
            "SELECT {PERSON}, p.password, p.totp, p.totp_step, p.disabled FROM people p WHERE p.login = $1"
        );
        let Some(row) = self.db.one(&sql, args![login]).await? else { return Ok(None) };
        let step = row.opt_int(8)?.map(u64::try_from).transpose();
        Ok(Some(Credentials {
            person: person(&row)?,
            password: row.text(6)?,
            totp: row.opt_blob(7)?,
            totp_step: step.map_err(|_| corrupt("person", login, "a negative TOTP step"))?,
            disabled: row.flag(9)?,
        }))
    }

    async fn people(&self) -> StoreResult<Vec<Person>> {
        let sql = format!("SELECT {PERSON} FROM people p ORDER BY p.login");
        self.db.all(&sql, args![]).await?.iter().map(person).collect()
    }

    async fn set_locale(&self, person: &PersonId, locale: &str) -> StoreResult<()> {
        let sql = "UPDATE people SET locale = $1 WHERE id = $2";
        match self.db.run(sql, args![locale, person.as_str()]).await? {
            0 => Err(StoreError::NotFound { what: "person", id: person.to_string() }),
            _ => Ok(()),
        }
    }

    async fn use_totp_step(&self, person: &PersonId, step: u64) -> StoreResult<bool> {
        let Ok(step) = i64::try_from(step) else { return Ok(false) };
        // One statement: of two sign-ins with the same code, one changes the row.
        let sql = "UPDATE people SET totp_step = $1 WHERE id = $2 AND (totp_step IS NULL OR totp_step < $1)";
        Ok(self.db.run(sql, args![step, person.as_str()]).await? == 1)
    }

    async fn count_failure(&self, bucket: &str, now: Timestamp) -> StoreResult<u32> {
        let mut tx = self.db.write().await?;
        let old = micros(now - FAILURE_WINDOW);
        tx.run("DELETE FROM sign_in_failures WHERE at < $1", args![old]).await?;
        tx.run("INSERT INTO sign_in_failures (bucket, at) VALUES ($1, $2)", args![bucket, micros(now)])
            .await?;
        let count = tx.number(FAILURES, args![bucket, old]).await?;
        tx.commit().await?;
        Ok(u32::try_from(count).unwrap_or(u32::MAX))
    }

    async fn failures(&self, bucket: &str, now: Timestamp) -> StoreResult<u32> {
        let count = self.db.number(FAILURES, args![bucket, micros(now - FAILURE_WINDOW)]).await?;
        Ok(u32::try_from(count).unwrap_or(u32::MAX))
    }

    async fn clear_failures(&self, bucket: &str) -> StoreResult<()> {
        self.db.run("DELETE FROM sign_in_failures WHERE bucket = $1", args![bucket]).await?;
        Ok(())
    }

    async fn open_session(
        &self,
        token: &[u8; 32],
        person: &PersonId,
        csrf: &str,
        now: Timestamp,
    ) -> StoreResult<()> {
        let sql =
            "INSERT INTO sessions (token, person, csrf, created_at, used_at) VALUES ($1, $2, $3, $4, $4)";
        self.db.run(sql, args![&token[..], person.as_str(), csrf, micros(now)]).await?;
        Ok(())
    }

    async fn session(
        &self,
        token: &[u8; 32],
        idle: u64,
        absolute: u64,
        now: Timestamp,
    ) -> StoreResult<Option<Session>> {
        let sql = format!(
            "SELECT {PERSON}, s.created_at, s.used_at, s.csrf, p.disabled FROM sessions s JOIN people p \
             ON p.id = s.person WHERE s.token = $1"
        );
        let Some(row) = self.db.one(&sql, args![&token[..]]).await? else { return Ok(None) };
        let session = Session {
            person: person(&row)?,
            created_at: timestamp(row.int(6)?)?,
            used_at: timestamp(row.int(7)?)?,
            csrf: row.text(8)?,
        };
        // A clock that was set back must not bring a session back to life: ages below zero count as none.
        let over = |since: Timestamp, seconds: u64| {
            u64::try_from(now.duration_since(since).as_secs()).unwrap_or(0) >= seconds
        };
        if row.flag(9)? || over(session.used_at, idle) || over(session.created_at, absolute) {
            self.close_session(token).await?;
            return Ok(None);
        }
        // Once a minute is enough for idle expiry and spares a write per page.
        if over(session.used_at, 60.min(idle / 2)) {
            let sql = "UPDATE sessions SET used_at = $1 WHERE token = $2 AND used_at < $1";
            self.db.run(sql, args![micros(now), &token[..]]).await?;
        }
        Ok(Some(session))
    }

    async fn close_session(&self, token: &[u8; 32]) -> StoreResult<()> {
        self.db.run("DELETE FROM sessions WHERE token = $1", args![&token[..]]).await?;
        Ok(())
    }

    async fn offer_one_time(
        &self,
        token: &[u8; 32],
        person: &PersonId,
        expires: Timestamp,
    ) -> StoreResult<()> {
        let sql = "INSERT INTO one_time_links (token, person, expires_at) VALUES ($1, $2, $3)";
        self.db.run(sql, args![&token[..], person.as_str(), micros(expires)]).await?;
        Ok(())
    }

    async fn redeem_one_time(&self, token: &[u8; 32], now: Timestamp) -> StoreResult<Option<Person>> {
        // One statement: of two requests with the same link, one gets the row.
        let sql = "DELETE FROM one_time_links WHERE token = $1 RETURNING person, expires_at";
        let rows = self.db.run_returning(sql, args![&token[..]]).await?;
        let Some(row) = rows.first() else { return Ok(None) };
        if row.int(1)? <= micros(now) {
            return Ok(None);
        }
        let sql = format!("SELECT {PERSON} FROM people p WHERE p.id = $1 AND p.disabled = 0");
        self.db.one(&sql, args![row.text(0)?]).await?.as_ref().map(person).transpose()
    }
}

const FAILURES: &str = "SELECT count(*) FROM sign_in_failures WHERE bucket = $1 AND at >= $2";

/// A person from the columns of [`PERSON`].
fn person(row: &Row) -> StoreResult<Person> {
    let id = row.text(0)?;
    Ok(Person {
        login: row.text(1)?,
        name: row.text(2)?,
        role: named(&row.text(3)?, "person", &id)?,
        office: row.text(4)?.into(),
        locale: row.text(5)?,
        id: id.into(),
    })
}
