//! Who says what of whom: every weighty word with what takes it back (negation), what it stands in (quotation, reported
//! speech) and where the group is.

use crate::detect::group_attack::lexicon::Tag;
use crate::model::linear::FeatureHash;

/// Words before a weighty word in which a negation reaches it.
const REACH: usize = 4;
/// Words before a weighty word in which a verb of saying governs it.
const SAID: usize = 8;

/// What a text shows as a whole; their pairs are features.
#[derive(Clone, Copy)]
enum Sign {
    Harm,
    HarmTakenBack,
    HarmQuoted,
    HarmSaidByOther,
    HarmSaidByMe,
    Good,
    GoodTakenBack,
    Counter,
    Punished,
    Shown,
    Asked,
    Everyday,
    First,
    Second,
}

/// Pushes the frames of the weighty words, and the pairs of what the text shows as a whole.
pub fn fill(out: &mut Vec<u32>, tags: &[Tag]) {
    let group = tags.iter().position(|tag| *tag == Tag::Group).unwrap_or(tags.len());
    let mut quoted = false;
    let mut signs = 0_u32;
    for (at, tag) in tags.iter().enumerate() {
        quoted ^= *tag == Tag::Quote;
        signs |= plain_sign(*tag);
        let Some(class) = class(*tag) else { continue };
        let taken_back = negations(tags, at) % 2 == 1;
        let said = said_by(tags, at);
        let number = class * 64 + u32::from(taken_back) * 32 + u32::from(quoted) * 16 + said;
        out.push(FeatureHash::kind(10).number(number).finish());
        let side = class * 4 + u32::from(taken_back) * 2 + u32::from(at < group);
        out.push(FeatureHash::kind(11).number(side).finish());
        signs |= bit(sign(*tag, taken_back, quoted, said));
    }
    for first in 0..=Sign::Second as u32 {
        for second in first..=Sign::Second as u32 {
            if signs >> first & 1 == 1 && signs >> second & 1 == 1 {
                out.push(FeatureHash::kind(12).number(first).number(second).finish());
            }
        }
    }
    out.push(FeatureHash::kind(14).number(signs).finish());
}

fn bit(sign: Option<Sign>) -> u32 {
    sign.map_or(0, |sign| 1 << sign as u32)
}

/// Weighty classes, the finer ones put together.
fn class(tag: Tag) -> Option<u32> {
    Some(match tag {
        Tag::Derogation => 0,
        Tag::Dehumanising => 1,
        Tag::Violence => 2,
        Tag::Exclusion => 3,
        Tag::Hatred => 4,
        Tag::Conspiracy => 5,
        Tag::Positive => 6,
        Tag::Support => 7,
        Tag::Life => 8,
        Tag::Counter => 9,
        Tag::Punishment => 10,
        _ => return None,
    })
}

fn plain_sign(tag: Tag) -> u32 {
    bit(match tag {
        Tag::Counter => Some(Sign::Counter),
        Tag::Punishment => Some(Sign::Punished),
        Tag::Show => Some(Sign::Shown),
        Tag::Question | Tag::Why => Some(Sign::Asked),
        Tag::First => Some(Sign::First),
        Tag::Second => Some(Sign::Second),
        tag if tag.everyday() => Some(Sign::Everyday),
        _ => None,
    })
}

fn sign(tag: Tag, taken_back: bool, quoted: bool, said: u32) -> Option<Sign> {
    let good = matches!(tag, Tag::Positive | Tag::Support);
    Some(match (good, taken_back, quoted, said) {
        (true, false, ..) => Sign::Good,
        (true, true, ..) => Sign::GoodTakenBack,
        _ if !tag.harms() => return None,
        (_, true, ..) => Sign::HarmTakenBack,
        (_, _, true, _) => Sign::HarmQuoted,
        (.., SAID_BY_ME) => Sign::HarmSaidByMe,
        (.., UNSAID) => Sign::Harm,
        _ => Sign::HarmSaidByOther,
    })
}

/// Negations that reach the word at `at`: none beyond the end of a sentence, a quotation mark or a contrast.
fn negations(tags: &[Tag], at: usize) -> usize {
    let before = tags[at.saturating_sub(REACH)..at].iter().rev();
    let reach = before.take_while(|tag| !matches!(tag, Tag::Stop | Tag::Question | Tag::Quote | Tag::But));
    reach.filter(|tag| matches!(tag, Tag::Negation | Tag::Less)).count()
}

/// Nobody says it but the writer.
const UNSAID: u32 = 0;
/// The writer says that they say or think it.
const SAID_BY_ME: u32 = 1;

/// Who says or thinks the word at `at`, told by the word before the verb.
fn said_by(tags: &[Tag], at: usize) -> u32 {
    let from = at.saturating_sub(SAID);
    let verb = tags[from..at].iter().rposition(|tag| matches!(tag, Tag::Say | Tag::Opinion));
    let Some(verb) = verb.map(|place| from + place) else { return UNSAID };
    if tags[verb..at].contains(&Tag::Stop) {
        return UNSAID;
    }
    let subject = tags[verb.saturating_sub(3)..verb].iter().rev().find_map(|tag| match tag {
        Tag::First => Some(SAID_BY_ME),
        Tag::Second => Some(2),
        Tag::Third => Some(3),
        Tag::Role => Some(4),
        Tag::Group => Some(5),
        Tag::Relative => Some(6),
        Tag::Negation => Some(7),
        _ => None,
    });
    subject.unwrap_or(8)
}

#[cfg(test)]
mod tests {
    use super::*;
    use Tag::{Derogation, First, Group, Less, Negation, Opinion, Positive, Quote, Say, Second, Stop};

    #[test]
    fn what_takes_back_and_who_says_is_seen() {
        assert_eq!(negations(&[Group, Negation, Derogation], 2), 1);
        assert_eq!(negations(&[Group, Negation, Less, Positive], 3), 2);
        assert_eq!(negations(&[Negation, Stop, Group, Derogation], 3), 0);
        assert_eq!(said_by(&[Second, Say, Group, Derogation], 3), 2);
        assert_eq!(said_by(&[First, Opinion, Group, Derogation], 3), SAID_BY_ME);
        assert_eq!(said_by(&[Say, Stop, Group, Derogation], 3), UNSAID);
    }

    #[test]
    fn a_quoted_harm_is_another_text() {
        let of = |tags: &[Tag]| {
            let mut out = Vec::new();
            fill(&mut out, tags);
            out
        };
        assert_ne!(of(&[Quote, Group, Derogation, Quote]), of(&[Group, Derogation]));
        assert!(of(&[]).len() == 1);
    }
}
