//! One value of a row as JSON, exactly as it was.

use crate::db::{Engine, Row, Tx, Val, args};
use crate::encode::corrupt;
use crate::error::StoreResult;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Kind {
    /// A number in JSON.
    Int,
    /// A string in JSON with all its digits: numbers of JSON readers lose some.
    Real,
    /// A string.
    Text,
    /// A string of base64.
    Blob,
}

/// Columns of a table in their order.
pub(super) async fn columns(tx: &mut Tx, table: &str) -> StoreResult<Vec<(String, Kind)>> {
    let sql = match tx.engine() {
        Engine::Lite => "SELECT name, type FROM pragma_table_info($1) ORDER BY cid",
        Engine::Pg => {
            "SELECT column_name::text, data_type::text FROM information_schema.columns \
             WHERE table_schema = current_schema() AND table_name = $1 ORDER BY ordinal_position"
        }
    };
    let mut out = Vec::new();
    for row in tx.all(sql, args![table]).await? {
        let kind = match row.text(1)?.to_ascii_lowercase().as_str() {
            "integer" | "bigint" => Kind::Int,
            "real" | "double precision" => Kind::Real,
            "text" => Kind::Text,
            "blob" | "bytea" => Kind::Blob,
            other => return Err(corrupt("column", &row.text(0)?, other)),
        };
        out.push((row.text(0)?, kind));
    }
    Ok(out)
}

/// A column of a row.
pub(super) fn read(row: &Row, column: usize, kind: Kind) -> StoreResult<Val> {
    Ok(match kind {
        Kind::Int => Val::Int(row.opt_int(column)?),
        Kind::Real => Val::Real(row.real(column)?),
        Kind::Text => Val::Text(row.opt_text(column)?),
        Kind::Blob => Val::Blob(row.opt_blob(column)?),
    })
}

pub(super) fn to_json(value: &Val) -> Value {
    match value {
        Val::Int(v) => v.map_or(Value::Null, Value::from),
        Val::Real(v) => Value::String(format!("{v:?}")),
        Val::Text(v) => v.clone().map_or(Value::Null, Value::String),
        Val::Blob(v) => v.as_ref().map_or(Value::Null, |bytes| Value::String(BASE64_STANDARD.encode(bytes))),
    }
}

/// `None` where the value is not of the kind.
pub(super) fn from_json(value: Value, kind: Kind) -> Option<Val> {
    Some(match (kind, value) {
        (Kind::Int, Value::Null) => Val::Int(None),
        (Kind::Text, Value::Null) => Val::Text(None),
        (Kind::Blob, Value::Null) => Val::Blob(None),
        (Kind::Int, Value::Number(number)) => Val::Int(Some(number.as_i64()?)),
        (Kind::Real, Value::String(digits)) => Val::Real(digits.parse().ok()?),
        (Kind::Text, Value::String(text)) => Val::Text(Some(text)),
        (Kind::Blob, Value::String(text)) => Val::Blob(Some(BASE64_STANDARD.decode(text).ok()?)),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_value_survives() {
        let blob = Val::Blob(Some(vec![0, 255, 10]));
        let text = Val::Text(Some("baris\n\"kedua\" \u{1f600}".into()));
        let values = [
            (Kind::Int, Val::Int(Some(i64::MIN))),
            (Kind::Int, Val::Int(Some(i64::MAX))),
            (Kind::Int, Val::Int(None)),
            (Kind::Real, Val::Real(0.1 + 0.2)),
            (Kind::Real, Val::Real(1e-300)),
            (Kind::Text, text),
            (Kind::Text, Val::Text(None)),
            (Kind::Blob, blob),
            (Kind::Blob, Val::Blob(None)),
        ];
        for (kind, value) in values {
            let line = serde_json::to_string(&to_json(&value)).unwrap();
            let back = from_json(serde_json::from_str(&line).unwrap(), kind).unwrap();
            assert_eq!(format!("{back:?}"), format!("{value:?}"));
        }
        assert!(from_json(Value::String("x".into()), Kind::Int).is_none());
        assert!(from_json(Value::String("*".into()), Kind::Blob).is_none());
        assert!(from_json(Value::Null, Kind::Real).is_none());
    }
}
