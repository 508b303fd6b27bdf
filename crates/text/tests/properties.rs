//! What holds for every text whatsoever.

use proptest::prelude::*;
use saring_text::{Plain, TokenKind, fingerprint};

/// Pieces that exercise every rule, so that random texts are not only noise.
const PIECES: &[&str] = &[
    "yg",
    "gk",
    "bangeeet",
    "4nj1ng",
    "anak2",
    "anak2nya",
    "b@ngsat",
    "makasih",
    "#GantiPresiden",
    "#gantipresiden2",
    "@warga",
    "@",
    "#",
    "\\n",
    "\\xf0\\x9f\\x98\\x82",
    "\\xf0",
    "&amp;",
    "&",
    "https://x.id/a",
    "kabar.com",
    "a.b",
    "😂",
    "👍🏽",
    "🇮🇩",
    "é",
    "e\u{301}",
    "\u{200b}",
    "\u{202e}",
    "а",
    "ρ",
    "Ｎ",
    "𝐚",
    "38rb",
    "1.500",
    "12/5",
    "-",
    "'",
    "“",
    "?!",
    " ",
    " ",
    " ",
    "\n",
    "a",
    "n",
    "j",
    "i",
    "g",
    "USER",
    "URL",
    "ora",
    "aja",
    "한",
    "\u{1161}",
    "ก\u{e49}",
    "𒐀\u{11d90}",
    "İ",
    "ß",
    "2",
    "_",
    "wkwkwk",
    "jum'at",
    "laki-laki",
    "org-org",
    "…",
    "½",
    "siti@contoh.id",
    "$",
    "!",
    "\u{fe0f}",
    "\u{1f3fd}",
];

fn texts() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        4 => prop::sample::select(PIECES).prop_map(str::to_owned),
        1 => any::<char>().prop_map(String::from),
        1 => "[a-z]{1,8}[0-9@$!]{0,2}[a-z]{0,3}",
    ];
    prop::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat())
}

fn joined(plain: &Plain) -> String {
    plain.words().map(|token| token.text.as_str()).collect::<Vec<_>>().join(" ")
}

/// A character of four bytes, each written `\\xf0`.
const LONGEST_ESCAPE: u32 = 16;

fn check_ranges(text: &str) {
    let length = text.chars().count() as u32;
    let mut last = (0, 0);
    for token in &Plain::of(text).tokens {
        assert!(token.start < token.end && token.end <= length, "{token:?} in {text:?}");
        assert!(token.start >= last.0 && token.end >= last.1, "{token:?} after {last:?} in {text:?}");
        // words of one expansion share a place; one character may be spread over two tokens (½ is 1⁄2)
        let (same_place, overlap) = ((token.start, token.end) == last, last.1.saturating_sub(token.start));
        assert!(same_place || overlap <= LONGEST_ESCAPE, "{token:?} overlaps {last:?} in {text:?}");
        last = (token.start, token.end);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(1500) })]

    #[test]
    fn ranges_lie_in_the_original_and_never_decrease(text in texts()) {
        check_ranges(&text);
    }

    #[test]
    fn any_unicode_is_read(text in any::<String>()) {
        check_ranges(&text);
    }

    #[test]
    fn normalising_again_changes_nothing(text in texts()) {
        let once = joined(&Plain::of(&text));
        prop_assert_eq!(joined(&Plain::of(&once)), once, "{:?}", text);
    }

    #[test]
    fn normalising_any_unicode_again_changes_nothing(text in any::<String>()) {
        let once = joined(&Plain::of(&text));
        prop_assert_eq!(joined(&Plain::of(&once)), once, "{:?}", text);
    }

    #[test]
    fn names_are_never_kept(name in "[a-z]{3,10}_[a-z0-9]{2,6}") {
        let plain = Plain::of(&format!("kata @{name} dan {name}@contoh.id begitu"));
        prop_assert!(plain.tokens.iter().all(|token| !token.text.contains(&name)), "{:?}", plain);
        prop_assert_eq!(plain.tokens.iter().filter(|token| token.kind == TokenKind::Mention).count(), 2);
    }

    #[test]
    fn case_pictures_and_invisible_characters_do_not_change_the_fingerprint(
        words in prop::collection::vec("[a-z]{3,9}", 1..12),
        at in any::<prop::sample::Index>(),
    ) {
        // in capitals these two are masks of collections of posts
        prop_assume!(!words.iter().any(|word| word == "url" || word == "user"));
        let plain = words.join(" ");
        let mut dressed: Vec<String> = words.clone();
        let index = at.index(dressed.len());
        dressed[index] = format!("\u{200b}{} 😂", dressed[index].to_uppercase());
        let same = fingerprint::exact(&Plain::of(&plain)) == fingerprint::exact(&Plain::of(&dressed.join(" ")));
        prop_assert!(same, "{plain}");
    }
}

#[test]
fn a_very_long_text_takes_no_longer_per_character() {
    for piece in
        ["a", "a.", "@", "#ab", "\\x41", "😂", "a n j i ", "e\u{301}", "!a", "&", "-a", "x@", "http://"]
    {
        let text = piece.repeat(300_000 / piece.len());
        check_ranges(&text);
    }
}
