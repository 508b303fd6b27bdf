//! Opening a store, on both engines.
mod bed;

use bed::{Bed, contract};

contract! { opens_again_without_harm }

async fn opens_again_without_harm(bed: &Bed) {
    let again = bed.again().await;
    assert_eq!(again.engine(), bed.store.engine());
    again.close().await;
}
