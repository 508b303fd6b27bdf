//! Colours of the style sheet against WCAG 2.2 AA, in light and dark.
#![allow(clippy::unwrap_used, reason = "a call that fails fails the test")]

use std::collections::BTreeMap;

/// Texts on grounds: at least 4.5 to 1.
const TEXTS: &str = "ink/paper ink/sheet ink-2/paper ink-2/sheet ink-2/plain-soft ink-3/paper ink-3/sheet ink-3/plain-soft accent/paper \
    accent/sheet on-accent/accent hoax/hoax-soft hate/hate-soft good/good-soft service/service-soft late/late-soft hoax/sheet \
    hoax/paper good/sheet late/paper hate/plain-soft ink/accent-soft ink/hoax-soft ink/hate-soft ink/plain-soft";
/// Edges of fields and focus rings: at least 3 to 1.
const EDGES: &str = "rule-2/sheet rule-2/paper focus/paper focus/sheet accent/accent-soft";

fn tokens(css: &str) -> BTreeMap<String, [f64; 3]> {
    let pairs = css.split("--").skip(1).filter_map(|part| part.split_once(": #"));
    let channel = |hex: &str, at: usize| f64::from(u8::from_str_radix(&hex[at..at + 2], 16).unwrap()) / 255.0;
    pairs.map(|(name, hex)| (name.to_owned(), [channel(hex, 0), channel(hex, 2), channel(hex, 4)])).collect()
}

/// Relative luminance of WCAG.
fn luminance(rgb: [f64; 3]) -> f64 {
    let [r, g, b] = rgb.map(|c| if c <= 0.03928 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) });
    0.2126 * r + 0.7152 * g + 0.0722 * b
}

fn contrast(a: [f64; 3], b: [f64; 3]) -> f64 {
    let (a, b) = (luminance(a), luminance(b));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

#[test]
fn every_text_can_be_read_in_light_and_dark() {
    let css = include_str!("../assets/desk.css");
    let (light, rest) = css.split_once("@media (prefers-color-scheme: dark)").unwrap();
    let dark = rest.split("\n}").next().unwrap();
    let mut low = Vec::new();
    for (theme, colours) in [("light", tokens(light)), ("dark", tokens(dark))] {
        for (pairs, least) in [(TEXTS, 4.5), (EDGES, 3.0)] {
            for pair in pairs.split_whitespace() {
                let (a, b) = pair.split_once('/').unwrap();
                let found = contrast(colours[a], colours[b]);
                if found < least {
                    low.push(format!("{theme} {pair}: {found:.2}"));
                }
            }
        }
    }
    assert_eq!(low, Vec::<String>::new());
}
