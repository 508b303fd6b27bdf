//! Opening a store, on both engines.
#![allow(clippy::unwrap_used, reason = "a contract test fails by panicking")]
mod bed;

use bed::{Bed, contract};

contract! { opens_again_without_harm }

async fn opens_again_without_harm(bed: &Bed) {
    let again = bed.again().await;
    assert_eq!(again.engine(), bed.store.engine());
    again.close().await;
}
