//! Texts that somebody may write to keep a machine busy: each shape fills a given number of characters.

/// The shapes with what is repeated; `{n}` is a number that grows, so that no two words are the same.
const SHAPES: [(&str, &str); 27] = [
    ("one letter", "a"),
    ("letters one by one", "a n j i n g "),
    ("one word", "gempa "),
    ("new words", "kata{n} "),
    ("new words of letters", "{w} "),
    ("words run together", "{w}"),
    ("words a reader weighs", "orang jawa usir "),
    ("a group in every sentence", "orang {w} itu jahat. "),
    ("half a name of a place", "kota batu kabupaten malang "),
    ("bent words", "b0d0h b*doh bo-doh bdooh "),
    ("stretched words", "baaaaangeeeet "),
    ("hashtags without a seam", "#turunkanhargabantuanwarga{w} "),
    ("one long hashtag", "#gantipresiden"),
    ("mentions", "@warga_{n} "),
    ("links", "https://contoh.id/{n}?a=b "),
    ("hosts without an end", "a.b.c."),
    ("addresses without an end", "a+b.c_"),
    ("numbers", "1.500.{n},5/12-3 "),
    ("escapes", r"\n\xf0\x9f\x98\x82 \u00e9"),
    ("broken escapes", r"\\x\u12\xf0"),
    ("entities", "&amp;&#8220;&lt"),
    ("quotation marks", "\"“ya” "),
    ("footnotes", "[1][22]["),
    ("pictures", "😂👍🏽🇮🇩"),
    ("towers of marks", "a\u{301}\u{302}\u{303}ก\u{e49}\u{e49}"),
    ("letters of other scripts", "аnjіng κοntοl "),
    ("characters without a shape", "\u{200b}\u{202e}\u{0}x"),
];

/// Every shape with a text of `length` characters.
pub fn shapes(length: usize) -> Vec<(&'static str, String)> {
    SHAPES.iter().map(|(name, unit)| (*name, filled(unit, length))).collect()
}

fn filled(unit: &str, length: usize) -> String {
    let grows = unit.contains('{');
    let of = |n: usize| {
        if grows { unit.replace("{n}", &n.to_string()).replace("{w}", &word(n)) } else { unit.into() }
    };
    let mut text = String::with_capacity(2 * length);
    let mut left = length;
    for n in 0..length {
        let unit = of(n);
        text.extend(unit.chars().take(left));
        left = left.saturating_sub(unit.chars().count());
    }
    text
}

/// Word number `n` of four syllables.
fn word(n: usize) -> String {
    const SYLLABLES: [&str; 12] = ["ba", "ka", "ra", "ti", "su", "ma", "la", "ngu", "pe", "do", "tan", "wi"];
    (0..4).map(|at| SYLLABLES[n / 12_usize.pow(at) % 12]).collect()
}
