//! Regular affixed forms of Indonesian roots, everyday spelling included.

/// Nasal prefix with the first letters it swallows, for `me-` and `nge-` forms.
fn nasal(root: &str) -> Vec<String> {
    let rest = |from: usize| root.get(from..).unwrap_or_default();
    match root.as_bytes().first() {
        Some(b'p') => vec![format!("mem{}", rest(1)), format!("m{}", rest(1)), format!("nge{root}")],
        Some(b't') => vec![format!("men{}", rest(1)), format!("n{}", rest(1)), format!("nge{root}")],
        Some(b's') => vec![format!("meny{}", rest(1)), format!("ny{}", rest(1)), format!("nge{root}")],
        Some(b'k') => vec![format!("meng{}", rest(1)), format!("ng{}", rest(1)), format!("nge{root}")],
        Some(b'b' | b'f') => vec![format!("mem{root}"), format!("nge{root}")],
        Some(b'c' | b'd' | b'j') => vec![format!("men{root}"), format!("nge{root}"), format!("n{root}")],
        Some(b'l' | b'r' | b'm' | b'n' | b'w' | b'y') => vec![format!("me{root}"), format!("nge{root}")],
        Some(_) => vec![format!("meng{root}"), format!("ng{root}"), format!("nge{root}")],
        None => Vec::new(),
    }
}

/// Affixed forms of `root`: voices, causatives, comparison of equals, nouns.
pub fn forms(root: &str) -> Vec<String> {
    let mut stems = nasal(root);
    stems.extend([format!("di{root}"), format!("ku{root}"), root.to_owned()]);
    let mut out = Vec::new();
    for stem in &stems {
        out.extend(["", "in", "kan", "i"].map(|suffix| format!("{stem}{suffix}")));
    }
    out.extend([format!("se{root}"), format!("ter{root}"), format!("ke{root}an"), format!("{root}an")]);
    out
}

#[cfg(test)]
mod tests {
    use super::forms;

    #[test]
    fn voices_and_everyday_spellings_are_made() {
        let all = forms("pukul");
        for form in ["memukul", "mukulin", "dipukul", "pukulin", "dipukulin", "kupukuli", "sepukul"] {
            assert!(all.iter().any(|made| made == form), "{form}");
        }
        assert!(forms("bunuh").contains(&"ngebunuh".to_owned()));
        assert!(forms("siksa").contains(&"nyiksa".to_owned()));
    }
}
