//! Timestamps of an authority (RFC 3161): proof that bytes were there at a time, which others can check without us.

use crate::client::Client;
use crate::error::FetchError;
use jiff::Timestamp;
use sha2::{Digest, Sha256};

/// Around the hash in a request and in its answer: OCTET STRING of 32 bytes.
const HASH: [u8; 2] = [0x04, 32];
/// INTEGER of 8 bytes.
const NONCE: [u8; 2] = [0x02, 8];
/// Version 1, then the head of the imprint with the name of SHA-256.
const HEAD: [u8; 20] =
    [0x02, 1, 1, 0x30, 49, 0x30, 13, 0x06, 9, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0];
/// The certificate is to come along: BOOLEAN true.
const WITH_CERTIFICATE: [u8; 3] = [0x01, 1, 0xff];

/// The authority's answer for the SHA-256 of `bytes`, as `openssl ts -verify -data FILE -in ANSWER` checks it.
///
/// That it is for these bytes and this question is checked here; whether its signature can be trusted is for whoever
/// trusts the authority.
///
/// # Errors
/// When the authority cannot be reached, refuses, or answers something else.
pub async fn timestamp(client: &Client, authority: &str, bytes: &[u8]) -> Result<Vec<u8>, FetchError> {
    let hash: [u8; 32] = Sha256::digest(bytes).into();
    let nonce = nonce(&hash, Timestamp::now());
    let answer = client.post(authority, "application/timestamp-query", request(&hash, &nonce)).await?.body;
    match flaw(&answer, &hash, &nonce) {
        None => Ok(answer),
        Some(why) => Err(FetchError::Unreadable { url: authority.to_owned(), why: why.to_owned() }),
    }
}

/// Differs from question to question, and is a positive number of eight bytes.
fn nonce(hash: &[u8; 32], now: Timestamp) -> [u8; 8] {
    let mixed = Sha256::new().chain_update(hash).chain_update(now.as_nanosecond().to_be_bytes()).finalize();
    let mut nonce = [0; 8];
    nonce.copy_from_slice(&mixed[..8]);
    nonce[0] = nonce[0] & 0x3f | 0x40;
    nonce
}

fn request(hash: &[u8; 32], nonce: &[u8; 8]) -> Vec<u8> {
    let inner = [&HEAD[..], &HASH, hash, &NONCE, nonce, &WITH_CERTIFICATE].concat();
    let length = u8::try_from(inner.len()).unwrap_or(u8::MAX);
    [&[0x30, length][..], &inner].concat()
}

/// What is wrong with an answer.
fn flaw(answer: &[u8], hash: &[u8; 32], nonce: &[u8; 8]) -> Option<&'static str> {
    let granted = || {
        let (0x30, response, _) = element(answer)? else { return None };
        let (0x30, status, token) = element(response)? else { return None };
        let (0x02, code, _) = element(status)? else { return None };
        Some((code == [0] || code == [1], token))
    };
    let has = |token: &[u8], part: &[u8]| token.windows(part.len()).any(|window| window == part);
    match granted() {
        None => Some("that is no answer to a question for a timestamp"),
        Some((false, _)) => Some("the authority refuses to give a timestamp"),
        Some((true, token)) if !has(token, &[&HASH[..], hash].concat()) => {
            Some("the timestamp is for something else")
        }
        Some((true, token)) if !has(token, &[&NONCE[..], nonce].concat()) => {
            Some("the timestamp answers another question")
        }
        Some(_) => None,
    }
}

/// Tag, content and what follows, of the first element in DER.
fn element(bytes: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (&tag, rest) = bytes.split_first()?;
    let (&first, rest) = rest.split_first()?;
    let (length, rest) = match first {
        0..=0x7f => (usize::from(first), rest),
        0x81..=0x84 => {
            let (length, rest) = rest.split_at_checked(usize::from(first & 0x7f))?;
            (length.iter().fold(0, |sum, byte| sum << 8 | usize::from(*byte)), rest)
        }
        _ => return None,
    };
    let (content, rest) = rest.split_at_checked(length)?;
    Some((tag, content, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn broken_answers_are_told() {
        for answer in
            [&b""[..], b"<html>", &[0x30, 0x84, 0xff, 0xff, 0xff, 0xff], &[0x30, 0x80], &[0x30, 2, 0x30, 0]]
        {
            assert!(
                flaw(answer, &[0; 32], &[0; 8]).is_some_and(|why| why.contains("no answer")),
                "{answer:?}"
            );
        }
    }
}
