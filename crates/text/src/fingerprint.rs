//! Fingerprints of plain text (filled by the text slice).

use crate::plain::Plain;

/// Exact fingerprint: equal for texts with the same plain words in the same order.
pub fn exact(plain: &Plain) -> u64 {
    // FNV-1a: stable across versions and machines, unlike the standard hasher
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for token in plain.words() {
        for byte in token.text.bytes().chain([b' ']) {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
    hash
}
