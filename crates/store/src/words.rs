//! Full-text search on both engines: the same words find the same rows.

use crate::db::{Engine, Tx, args};
use crate::error::StoreResult;

/// Characters of a text that are searched; PostgreSQL takes 1 MB of words at most.
const SEARCHED: usize = 100_000;

/// Words of a text without what points at a person: handles, addresses of profiles, phone and ID numbers.
pub(crate) fn impersonal(text: &str) -> String {
    let start = text.char_indices().nth(SEARCHED).map_or(text, |(end, _)| &text[..end]);
    start.split_whitespace().filter(|word| !points_at_someone(word)).collect::<Vec<_>>().join(" ")
}

fn points_at_someone(word: &str) -> bool {
    let digits = word.chars().filter(char::is_ascii_digit).count();
    let numeric = digits >= 7 && !word.chars().any(char::is_alphabetic);
    word.contains('@') || word.contains("://") || (word.contains('/') && word.contains('.')) || numeric
}

/// The search of an engine for rows that have all words, each also as the beginning of a longer one; `None` where
/// nothing searchable was asked.
pub(crate) fn query(engine: Engine, asked: &str) -> Option<String> {
    let kept = impersonal(asked);
    let words = kept.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    let (before, after, join) = match engine {
        Engine::Lite => ("\"", "\"*", " AND "),
        Engine::Pg => ("", ":*", " & "),
    };
    let terms: Vec<String> =
        words.take(12).map(|word| format!("{before}{}{after}", word.to_lowercase())).collect();
    (!terms.is_empty()).then(|| terms.join(join))
}

/// Makes texts of cases findable; rows of `cases` with their texts.
pub(crate) async fn index_cases(tx: &mut Tx, cases: Vec<(i64, String)>) -> StoreResult<()> {
    let rows = cases.iter().map(|(row, text)| args![*row, impersonal(text)]).collect();
    match tx.engine() {
        Engine::Lite => tx.insert("INSERT INTO case_words (rowid, words)", rows, "").await?,
        Engine::Pg => {
            let vector = |first, _| format!("(${first}, to_tsvector('simple', ${}))", first + 1);
            tx.insert_as("INSERT INTO case_words (seq, words)", rows, "", vector).await?
        }
    };
    Ok(())
}

/// Condition on the row `case_column` of a case for the search bound as `$mark`.
pub(crate) fn case_condition(engine: Engine, case_column: &str, mark: usize) -> String {
    match engine {
        Engine::Lite => {
            format!("{case_column} IN (SELECT rowid FROM case_words WHERE case_words MATCH ${mark})")
        }
        Engine::Pg => {
            format!(
                "{case_column} IN (SELECT seq FROM case_words WHERE words @@ to_tsquery('simple', ${mark}))"
            )
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_points_at_a_person_can_be_searched() {
        for asked in
            ["@budi", "0812-3456-7890", "t.me/budi", "https://contoh.example/budi", "3503012345678901"]
        {
            assert_eq!(query(Engine::Lite, asked), None, "{asked}");
            assert_eq!(impersonal(&format!("air {asked} keruh")), "air keruh");
        }
    }

    #[test]
    fn words_become_the_search_of_each_engine() {
        assert_eq!(query(Engine::Lite, "Air \"keruh\"!").as_deref(), Some("\"air\"* AND \"keruh\"*"));
        assert_eq!(query(Engine::Pg, "Air ' | keruh:").as_deref(), Some("air:* & keruh:*"));
    }
}
