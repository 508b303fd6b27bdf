//! What is done to the group, and the words that say so.

use super::lexicon::Tag;
use super::rule::negated;
use super::stream::Word;
use saring_domain::{Act, Span};

/// The act, named by the gravest class that stands un-negated near the group.
pub fn act(words: &[Word]) -> Act {
    let tags: Vec<Tag> = words.iter().map(|word| word.tag).collect();
    let plain = |wanted: Tag| (0..tags.len()).any(|at| tags[at] == wanted && !negated(&tags, at));
    let order = [
        (Tag::Violence, Act::Threat),
        (Tag::Dehumanising, Act::Dehumanisation),
        (Tag::Exclusion, Act::Exclusion),
        (Tag::Conspiracy, Act::Conspiracy),
        (Tag::Derogation, Act::Derogation),
        (Tag::Hatred, Act::Derogation),
    ];
    if let Some((_, act)) = order.iter().find(|(tag, _)| plain(*tag)) {
        return *act;
    }
    let denied =
        |at: usize| matches!(tags[at], Tag::Positive | Tag::Support | Tag::Life) && negated(&tags, at);
    if (0..tags.len()).any(denied) { Act::Denial } else { Act::Derogation }
}

/// Target and spans: group mentions and harmful words that no negation takes back.
pub fn target_and_spans(words: &[Word]) -> (Option<String>, Vec<Span>) {
    let tags: Vec<Tag> = words.iter().map(|word| word.tag).collect();
    let carries = |at: usize| tags[at] == Tag::Group || (tags[at].harms() && !negated(&tags, at));
    let mut spans: Vec<Span> = (0..tags.len())
        .filter(|at| carries(*at))
        .map(|at| Span { start: words[at].start, end: words[at].end })
        .collect();
    spans.sort_unstable();
    spans.dedup();
    (nearest_target(words, &tags).map(str::to_owned), spans)
}

/// Of several groups, the one nearest to a harmful word.
fn nearest_target(words: &[Word], tags: &[Tag]) -> Option<&'static str> {
    let harms: Vec<usize> = (0..tags.len()).filter(|at| tags[*at].harms()).collect();
    let distance = |at: usize| harms.iter().map(|harm| harm.abs_diff(at)).min().unwrap_or(0);
    let groups = words.iter().enumerate().filter_map(|(at, word)| Some((at, word.target?)));
    groups.min_by_key(|(at, _)| distance(*at)).map(|(_, target)| target)
}
