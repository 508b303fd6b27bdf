//! Passwords (Argon2id) and one-time codes (TOTP, RFC 6238).

use argon2::Argon2;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use thiserror::Error;
use totp_rs::{Builder, Secret, Totp};

/// Shortest password accepted, in characters.
const SHORTEST: usize = 10;
/// Longest password accepted, in bytes: hashing longer ones only costs time.
const LONGEST: usize = 256;
/// Hash that no password fits, checked where the login is unknown so that the answer takes as long.
const NOBODY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$c2FyaW5nLW5vYm9keS0wMA$3w2H2u0JdQm0a1nQh3p1b8Uj3m2d0sYwqv0eXb5q7nE";

/// Why a password cannot be set.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum PasswordError {
    /// Too short to hold off guessing.
    #[error("the password is too short: use at least 10 characters")]
    TooShort,
    /// Longer than anybody types.
    #[error("the password is too long: use at most 256 bytes")]
    TooLong,
    /// The hash could not be computed.
    #[error("the password could not be hashed ({0}); try again")]
    Hash(String),
}

/// The Argon2id hash of a password in PHC form, with a fresh salt. Takes tens of milliseconds: not on an async thread.
///
/// # Errors
/// [`PasswordError`] for a password too short or too long.
pub fn hash_password(password: &str) -> Result<String, PasswordError> {
    if password.chars().count() < SHORTEST {
        return Err(PasswordError::TooShort);
    }
    if password.len() > LONGEST {
        return Err(PasswordError::TooLong);
    }
    let hashed = Argon2::default().hash_password(password.as_bytes());
    hashed.map(|phc| phc.to_string()).map_err(|e| PasswordError::Hash(e.to_string()))
}

/// Whether `password` has this hash; a broken hash fits nothing. As slow as hashing.
pub fn password_matches(password: &str, phc: &str) -> bool {
    password.len() <= LONGEST && Argon2::default().verify_password(password.as_bytes(), phc).is_ok()
}

/// Spends the time of a check for a login that does not exist.
pub(crate) fn match_nobody(password: &str) -> bool {
    let _ = password_matches(password, NOBODY);
    false
}

/// A new TOTP secret in Base32, for the person's authenticator.
pub(crate) fn new_totp_secret() -> Result<String, crate::token::RandomError> {
    let mut bytes = [0_u8; 20];
    getrandom::fill(&mut bytes)?;
    Ok(Secret::from(&bytes[..]).to_base32())
}

/// The bytes of a Base32 secret; `None` where it is none.
pub(crate) fn totp_secret(base32: &str) -> Option<Vec<u8>> {
    Some(Secret::try_from_base32(base32).ok()?.as_ref().to_vec()).filter(|bytes| bytes.len() >= 16)
}

/// The step that `code` belongs to at `unix` seconds (one step of drift either way), to be refused a second time.
pub fn totp_step(secret: &[u8], code: &str, unix: u64) -> Option<u64> {
    let code: String = code.chars().filter(|c| !c.is_whitespace()).collect();
    generator(secret)?.check(&code, unix)
}

fn generator(secret: &[u8]) -> Option<Totp> {
    Builder::new().with_secret(Secret::from(secret)).build().ok()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a call that fails fails the test")]
mod tests {
    use super::*;

    #[test]
    fn a_password_fits_its_own_hash_only() {
        let hash = hash_password("benteng-kecil-72").unwrap();
        assert!(hash.starts_with("$argon2id$"), "{hash}");
        assert!(password_matches("benteng-kecil-72", &hash));
        assert!(!password_matches("benteng-kecil-73", &hash));
        assert!(!password_matches("benteng-kecil-72", "rusak"));
        assert_eq!(hash_password("pendek"), Err(PasswordError::TooShort));
        assert_eq!(hash_password(&"x".repeat(257)), Err(PasswordError::TooLong));
    }

    #[test]
    fn the_hash_of_nobody_is_a_real_hash_that_costs_time() {
        use argon2::password_hash::phc::PasswordHash;
        assert!(PasswordHash::new(NOBODY).is_ok());
        assert!(!match_nobody("apa pun"));
    }

    #[test]
    fn a_code_belongs_to_one_step() {
        let secret = totp_secret(&new_totp_secret().unwrap()).unwrap();
        let code = generator(&secret).unwrap().generate(1_764_000_000).to_string();
        let step = totp_step(&secret, &format!("{} {}", &code[..3], &code[3..]), 1_764_000_010).unwrap();
        assert_eq!(step, 1_764_000_000 / 30);
        assert_eq!(totp_step(&secret, &code, 1_764_000_300), None);
        assert_eq!(totp_secret("!!"), None);
    }
}
