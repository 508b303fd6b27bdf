//! Own training sentences drawn from templates: `{a|b}` alternatives, `[SLOT]` fillers, `G`, `N`, `O`, `X` nouns.

use crate::detect::group_attack::lexicon::lines;
use std::collections::{BTreeMap, BTreeSet};

/// Templates that attack a group.
pub const ATTACK: &str = include_str!("../../data/templates_attack.txt");
/// Templates that do not: praise, neutral mentions, counter-speech, insults of things and persons.
pub const FAIR: &str = include_str!("../../data/templates_fair.txt");
/// Templates of everyday life, news and mourning that name a group and say nothing against it.
pub const EVERYDAY_FAIR: &str = include_str!("../../data/templates_everyday.txt");
/// Attacks in the same words.
pub const EVERYDAY_ATTACK: &str = include_str!("../../data/templates_everyday_attack.txt");
/// Templates that criticise institutions.
pub const CRITICISM: &str = include_str!("../../data/templates_criticism.txt");
/// Templates of protected speech, each line behind its lane.
pub const LANES: &str = include_str!("../../data/templates_lanes.txt");
/// More of them, for the lanes alone.
pub const LANES_MORE: &str = include_str!("../../data/templates_lanes_more.txt");

/// Spellings that stand for one another in everyday text.
const SPELLINGS: &[&[&str]] = &[
    &["gak", "nggak", "ga", "tidak", "enggak", "tak"],
    &["kalo", "kalau", "jika"],
    &["kayak", "seperti", "macam", "kaya"],
    &["banget", "sekali", "sangat", "bgt"],
    &["bakal", "akan"],
    &["tuh", "itu"],
    &["emang", "memang"],
    &["cuma", "hanya", "cuman"],
    &["udah", "sudah"],
    &["pantes", "pantas", "layak", "patut"],
    &["sampe", "sampai"],
];

/// Classes of protected speech that news and daily life are made of.
const EVERYDAY: [&str; 5] = ["press", "complaint", "question", "protest_call", "election"];
/// Draws of each of their templates.
const EVERYDAY_DRAWS: usize = 8;

/// SplitMix64 (Steele et al. 2014): small, fast, the same everywhere.
pub struct Random(u64);

impl Random {
    /// A stream of numbers that `seed` decides.
    pub fn seeded(seed: u64) -> Self {
        Self(seed)
    }
    /// A number below `limit` (0 where the limit is 0).
    pub fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) % limit.max(1) as u64) as usize
    }

    /// Puts items in an order by chance (Fisher & Yates).
    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        for at in (1..items.len()).rev() {
            items.swap(at, self.below(at + 1));
        }
    }
}

/// A drawn sentence with the template it came from.
pub struct Drawn {
    /// The sentence.
    pub text: String,
    /// Number of its template within its file.
    pub template: usize,
}

/// Draws up to `draws` different sentences of every template of `file`.
pub fn draw(file: &'static str, draws: usize, random: &mut Random) -> Vec<Drawn> {
    let of = |(template, line)| {
        draw_line(line, draws, random)
            .into_iter()
            .map(move |text| Drawn { text, template })
            .collect::<Vec<_>>()
    };
    lines(file).enumerate().flat_map(of).collect()
}

fn slots() -> BTreeMap<&'static str, &'static str> {
    lines(include_str!("../../data/slots.txt")).filter_map(|line| line.split_once('=')).collect()
}

/// One sentence of `template` about `group`: with the same `seed` the sentences of two groups differ in nothing else.
pub fn draw_about(template: &str, group: &str, seed: u64) -> String {
    let mut slots = slots();
    slots.insert("G", group);
    expand(template, &slots, &mut Random::seeded(seed))
}

/// Draws up to `draws` different sentences of one template.
pub fn draw_line(template: &str, draws: usize, random: &mut Random) -> Vec<String> {
    let slots = slots();
    let mut seen = BTreeSet::new();
    let mut out = Vec::new();
    for _ in 0..draws {
        let text = expand(template, &slots, random);
        if seen.insert(text.clone()) {
            out.push(text);
        }
    }
    out
}

/// One sentence in four comes with chatter before or behind it, one in twelve without its last word.
pub fn among_chatter(text: &str, random: &mut Random) -> String {
    let slots = slots();
    let filler = |name: &str, random: &mut Random| {
        let filler = slots.get(name).map_or("", |fillers| pick(fillers, random));
        filler.to_owned()
    };
    match random.below(24) {
        0..3 => format!("{} {text}", filler("BEFORE", random)),
        3..6 => format!("{text} {}", filler("AFTER", random)),
        6..8 => text.rsplit_once(' ').map_or(text, |(front, _)| front).to_owned(),
        _ => text.to_owned(),
    }
}

/// One sentence in four comes with one or two sentences of `others` before or behind it, as in a longer post, whole or cut.
pub fn among_sentences(text: String, others: &[String], random: &mut Random) -> String {
    let other = |random: &mut Random| others.get(random.below(others.len())).map_or("", String::as_str);
    match random.below(24) {
        0 => format!("{}. {text}", other(random)),
        1 | 2 => format!("{text}. {}", other(random)),
        3 => format!("{}. {text}. {}", other(random), other(random)),
        4 | 5 => {
            let rest = other(random);
            let kept: String = rest.chars().take(10 + random.below(rest.len())).collect();
            format!("{text} {kept}")
        }
        _ => text,
    }
}

/// Sentences of news, complaints, elections and offices to stand beside others.
pub fn everyday(random: &mut Random) -> Vec<String> {
    let lanes = lines(LANES).filter_map(|line| line.split_once(": "));
    let calm = lanes.filter(|(class, _)| EVERYDAY.contains(class)).map(|(_, template)| template);
    calm.chain(lines(CRITICISM)).flat_map(|template| draw_line(template, EVERYDAY_DRAWS, random)).collect()
}

fn expand(template: &str, slots: &BTreeMap<&'static str, &str>, random: &mut Random) -> String {
    let mut text = template.to_owned();
    while let Some((from, to)) = innermost(&text, '[', ']') {
        let filler = slots.get(&text[from + 1..to]).copied().unwrap_or_default();
        text.replace_range(from..=to, &format!("{{{filler}}}"));
    }
    while let Some((from, to)) = innermost(&text, '{', '}') {
        let inside = &text[from + 1..to];
        let chosen = match slots.get(inside).filter(|_| inside == "X") {
            Some(nouns) => pick(nouns, random).to_owned(),
            None => pick(inside, random).to_owned(),
        };
        text.replace_range(from..=to, &chosen);
    }
    let words: Vec<String> = text.split_whitespace().map(|word| respell(word, slots, random)).collect();
    words.join(" ")
}

/// The first closing mark with the opening mark before it.
fn innermost(text: &str, open: char, close: char) -> Option<(usize, usize)> {
    let to = text.find(close)?;
    text[..to].rfind(open).map(|from| (from, to))
}

fn pick<'t>(choices: &'t str, random: &mut Random) -> &'t str {
    let count = choices.split('|').count();
    choices.split('|').nth(random.below(count)).unwrap_or_default()
}

fn respell(word: &str, slots: &BTreeMap<&'static str, &str>, random: &mut Random) -> String {
    let (core, tail) = word.split_at(word.trim_end_matches([',', '.']).len());
    if matches!(core, "G" | "N" | "O" | "X") {
        let noun = slots.get(core).map_or("", |nouns| pick(nouns, random));
        return format!("{noun}{tail}");
    }
    match SPELLINGS.iter().find(|group| group[0] == core) {
        Some(group) if random.below(10) < 6 => format!("{}{tail}", group[random.below(group.len())]),
        _ => word.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_template_expands_fully_and_repeats() {
        for file in [ATTACK, FAIR, EVERYDAY_FAIR, EVERYDAY_ATTACK, CRITICISM] {
            let drawn = draw(file, 5, &mut Random::seeded(1));
            let again = draw(file, 5, &mut Random::seeded(1));
            assert!(drawn.len() > lines(file).count());
            for (one, two) in drawn.iter().zip(&again) {
                assert_eq!(one.text, two.text);
                assert!(!one.text.contains(['{', '}', '[', ']', '|']), "{}", one.text);
                assert!(
                    !one.text.split(' ').any(|word| matches!(word, "G" | "N" | "O" | "X")),
                    "{}",
                    one.text
                );
            }
        }
    }
}
