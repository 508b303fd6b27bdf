//! Two keys at the desk: who is signed in proves it once more, and a second person beside them does so too.

use super::sign_in::prove;
use crate::posted::Posted;
use crate::problem::Problem;
use crate::session::Visit;
use crate::state::DeskState;
use saring_domain::{KeyFlaw, TwoKeys};

/// The keys of a posted form, or the key of the text that says which of them does not fit.
pub(crate) async fn two_keys(
    desk: &DeskState,
    visit: &Visit,
    posted: &Posted,
) -> Result<Result<TwoKeys, &'static str>, Problem> {
    let signed = visit.signed()?;
    let other = posted.get("kedua").to_lowercase();
    if other == signed.person.login {
        return Ok(Err("keys-same"));
    }
    let own = prove(desk, visit, &signed.person.login, posted.raw("sandi"), posted.get("kode_masuk")).await?;
    let Ok(first) = own else { return Ok(Err("keys-first")) };
    let second = prove(desk, visit, &other, posted.raw("sandi_kedua"), posted.get("kode_kedua")).await?;
    let Some(second) = second.ok().filter(|person| person.office == first.office) else {
        return Ok(Err("keys-second"));
    };
    Ok(TwoKeys::of(&first, &second).map_err(|flaw| match flaw {
        KeyFlaw::Same => "keys-same",
        KeyFlaw::Role => "keys-role",
        KeyFlaw::NoHead => "keys-no-head",
    }))
}
