//! The article on pages, for comparison with other extractors (`evals/articles/compare.py`): one JSON object
//! `{"url":..,"html":..}` a line in, one `{"title":..,"date":..,"text":..}` a line out, of empty words where no article was found.

use saring_connectors::sources;
use std::io::{BufRead, Write};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut out = std::io::stdout().lock();
    for line in std::io::stdin().lock().lines() {
        let page: serde_json::Value = serde_json::from_str(&line?)?;
        let field = |name: &str| page[name].as_str().unwrap_or_default();
        let found = sources::article(field("html"), field("url"), jiff::Timestamp::now());
        let date = found.as_ref().and_then(|found| found.posted_at).map(|at| at.to_string());
        let (title, text) = found.map(|found| (found.title, found.text)).unwrap_or_default();
        writeln!(out, "{}", serde_json::json!({ "title": title, "date": date, "text": text }))?;
    }
    Ok(())
}
