//! The text of articles, for comparison with other extractors (`evals/articles/compare.py`): one JSON object
//! `{"url":..,"html":..}` a line in, one JSON string a line out, empty where no article was found.

use saring_connectors::sources;
use std::io::{BufRead, Write};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut out = std::io::stdout().lock();
    for line in std::io::stdin().lock().lines() {
        let page: serde_json::Value = serde_json::from_str(&line?)?;
        let field = |name: &str| page[name].as_str().unwrap_or_default();
        let text = sources::article(field("html"), field("url")).unwrap_or_default();
        writeln!(out, "{}", serde_json::Value::from(text))?;
    }
    Ok(())
}
