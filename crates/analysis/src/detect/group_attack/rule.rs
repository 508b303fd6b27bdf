//! Hand rules over the tag stream. Alone they are a weak judge; the name of the rule that fires is a good feature.

use super::lexicon::Tag;
use super::stream::Word;

/// Words of the opposing side that name what is opposed.
const WRONGS: [&str; 6] =
    ["kebencian", "kekerasan", "diskriminasi", "rasisme", "ketidakadilan", "penindasan"];

/// Number of the rule that describes the stream, in the order of the checks below.
pub fn rule(words: &[Word]) -> u32 {
    let tags: Vec<Tag> = words.iter().map(|word| word.tag).collect();
    let has = |tag: Tag| tags.contains(&tag);
    let word = |list: &[&str]| words.iter().any(|word| word.is(list));
    let Some(group) = tags.iter().position(|tag| *tag == Tag::Group) else { return 0 };
    if let Some(number) = quoted(&tags) {
        return number;
    }
    let before = &tags[..group];
    let harms: Vec<usize> = (0..tags.len()).filter(|at| tags[*at].harms()).collect();
    if has(Tag::Say) && has(Tag::Counter) {
        return 3;
    }
    let first = words.first().is_some_and(|word| word.is(&["jangan", "stop", "berhenti"]));
    let stops = first && before.contains(&Tag::Counter);
    if tags[0] == Tag::Counter || stops {
        return 4;
    }
    if before.contains(&Tag::Second) && before.contains(&Tag::Say) && !harms.is_empty() {
        return 5;
    }
    if has(Tag::Counter) && (has(Tag::Support) || has(Tag::Life) || word(&WRONGS)) {
        return 6;
    }
    if harms.is_empty() { without_harm(&tags, group, &word) } else { with_harm(&tags, &harms) }
}

/// A negation stands within three words before `at`.
pub fn negated(tags: &[Tag], at: usize) -> bool {
    tags[at.saturating_sub(3)..at].contains(&Tag::Negation)
}

fn quoted(tags: &[Tag]) -> Option<u32> {
    let first = tags.iter().position(|tag| *tag == Tag::Quote)?;
    let last = tags.iter().rposition(|tag| *tag == Tag::Quote)?;
    if first == last || !tags[first..last].contains(&Tag::Group) {
        return None;
    }
    let outside: Vec<Tag> = tags[..first].iter().chain(&tags[last + 1..]).copied().collect();
    let stance = [Tag::Counter, Tag::Say, Tag::Why, Tag::Negation, Tag::Second, Tag::Exclusion];
    if outside.iter().any(|tag| stance.contains(tag)) {
        return Some(1);
    }
    (outside.len() > 2).then_some(2)
}

fn with_harm(tags: &[Tag], harms: &[usize]) -> u32 {
    let plain: Vec<usize> = harms.iter().copied().filter(|at| !negated(tags, *at)).collect();
    let Some(last) = plain.last() else {
        let nothing_worse = harms.iter().any(|at| tags[at.saturating_sub(3)..*at].contains(&Tag::Compare));
        return if nothing_worse { 7 } else { 8 };
    };
    let but = tags.iter().position(|tag| *tag == Tag::But);
    let praise = tags.iter().rposition(|tag| *tag == Tag::Positive);
    if let (Some(but), Some(praise)) = (but, praise)
        && but < praise
        && *last < but
    {
        return 9;
    }
    let grave = |at: &usize| matches!(tags[*at], Tag::Violence | Tag::Dehumanising | Tag::Hatred);
    if tags.contains(&Tag::Support) && !plain.iter().any(grave) {
        return 10;
    }
    11
}

fn without_harm(tags: &[Tag], group: usize, word: &dyn Fn(&[&str]) -> bool) -> u32 {
    let praise: Vec<usize> =
        (0..tags.len()).filter(|at| matches!(tags[*at], Tag::Positive | Tag::Support)).collect();
    let compare = tags.iter().position(|tag| *tag == Tag::Compare);
    let negation = tags.iter().position(|tag| *tag == Tag::Negation);
    if !praise.is_empty() {
        if praise.iter().any(|at| negated(tags, *at)) {
            return 12;
        }
        if compare.is_some_and(|at| at < group) && word(&["daripada", "dari", "dibanding"]) {
            return 13;
        }
        return 14;
    }
    if negation.is_some_and(|at| at > group) {
        return 15;
    }
    if compare.is_some() && negation.is_some() { 16 } else { 17 }
}
