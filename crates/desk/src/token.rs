//! Random tokens and one-time sign-in links. Only hashes of tokens are ever stored.

use jiff::{SignedDuration, Timestamp};
use saring_domain::PersonId;
use saring_domain::ids::hex;
use saring_store::StoreError;
use saring_store::traits::People;
use sha2::{Digest, Sha256};
use thiserror::Error;

/// The operating system gives no random numbers: nobody can sign in until it does.
#[derive(Debug, Error)]
#[error("the operating system gives no random numbers ({0}); check the machine and start again")]
pub struct RandomError(#[from] getrandom::Error);

/// 256 random bits as 64 hex digits.
///
/// # Errors
/// [`RandomError`] where the operating system gives none.
pub fn random_token() -> Result<String, RandomError> {
    let mut bytes = [0_u8; 32];
    getrandom::fill(&mut bytes)?;
    Ok(hex(&bytes))
}

/// The SHA-256 under which a token is stored.
pub fn sha256_of(token: &str) -> [u8; 32] {
    Sha256::digest(token.as_bytes()).into()
}

/// Path of a link that signs `person` in once before `now` + `valid`: `/masuk/TOKEN`. Put the desk's address before it.
///
/// # Errors
/// What the store says; `Unsafe` where the operating system gives no random numbers.
pub async fn one_time_link(
    store: &dyn People,
    person: &PersonId,
    valid: SignedDuration,
    now: Timestamp,
) -> Result<String, StoreError> {
    let token = random_token().map_err(|e| StoreError::Unsafe(e.to_string()))?;
    store.offer_one_time(&sha256_of(&token), person, now + valid).await?;
    Ok(format!("/masuk/{token}"))
}

/// Compares without telling by time where two texts first differ.
pub(crate) fn same(a: &str, b: &str) -> bool {
    a.len() == b.len() && a.bytes().zip(b.bytes()).fold(0, |sum, (x, y)| sum | (x ^ y)) == 0
}

/// Base64 with padding, as Content-Security-Policy hashes want it.
pub(crate) fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let group =
            chunk.iter().fold(0_u32, |sum, byte| (sum << 8) | u32::from(*byte)) << (8 * (3 - chunk.len()));
        for place in 0..4 {
            let digit = (group >> (18 - 6 * place)) & 63;
            out.push(if place <= chunk.len() { char::from(DIGITS[digit as usize]) } else { '=' });
        }
    }
    out
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a call that fails fails the test")]
mod tests {
    use super::*;

    #[test]
    fn base64_agrees_with_rfc_4648() {
        for (plain, coded) in
            [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foobar", "Zm9vYmFy")]
        {
            assert_eq!(base64(plain.as_bytes()), coded);
        }
    }

    #[test]
    fn tokens_are_long_and_never_the_same() {
        let (a, b) = (random_token().unwrap(), random_token().unwrap());
        assert_eq!(a.len(), 64);
        assert!(!same(&a, &b) && same(&a, &a) && !same(&a, ""));
    }
}
