//! Which of the pictures of a `srcset` a browser shows: the one that Chromium takes for a window of the width of our pictures,
//! at one device pixel per CSS pixel. Where its rules say more than is read here, every candidate is named.

/// Width of the window, CSS pixels.
const WIDTH: f64 = 1280.0;
/// CSS pixels of one `em` and `rem` where a page sets no other.
const EM: f64 = 16.0;
/// Candidates of one picture that are looked at.
const MOST: usize = 64;

/// A picture of a `srcset`.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Candidate<'s> {
    address: &'s str,
    size: Size,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Size {
    /// Pixels of the picture per CSS pixel.
    Density(f64),
    /// Its width, pixels.
    Width(f64),
}

/// The addresses that are needed of a `srcset`: the one that is shown, or all where that cannot be told.
pub(crate) fn needed<'s>(srcset: &'s str, sizes: Option<&str>) -> Vec<&'s str> {
    let candidates = candidates(srcset);
    let by_width = candidates.iter().any(|one| matches!(one.size, Size::Width(_)));
    let shown = if by_width { shown_at(sizes.unwrap_or_default()) } else { Some(WIDTH) };
    let Some(shown) = shown.filter(|width| *width > 0.0) else {
        return candidates.into_iter().map(|one| one.address).collect();
    };
    let density = |one: &Candidate<'_>| match one.size {
        Size::Density(density) => density,
        Size::Width(width) => width / shown,
    };
    let sharp = candidates.iter().filter(|one| density(one) >= 1.0);
    let least = sharp.min_by(|a, b| density(a).total_cmp(&density(b)));
    let most = || candidates.iter().max_by(|a, b| density(a).total_cmp(&density(b)));
    least.or_else(most).map(|one| one.address).into_iter().collect()
}

/// The candidates of a `srcset`; addresses may hold commas, descriptors brackets.
fn candidates(srcset: &str) -> Vec<Candidate<'_>> {
    let mut out = Vec::new();
    let mut rest = srcset;
    while out.len() < MOST {
        rest = rest.trim_start_matches(|c: char| c == ',' || c.is_ascii_whitespace());
        if rest.is_empty() {
            break;
        }
        let end = rest.find(|c: char| c.is_ascii_whitespace()).unwrap_or(rest.len());
        let (address, behind) = rest.split_at(end);
        let bare = address.trim_end_matches(',');
        if bare.len() < address.len() {
            out.push(Candidate { address: bare, size: Size::Density(1.0) });
            rest = behind;
            continue;
        }
        let mut depth = 0_u32;
        let end = behind.find(|c: char| {
            match c {
                '(' => depth += 1,
                ')' => depth = depth.saturating_sub(1),
                _ => {}
            }
            c == ',' && depth == 0
        });
        let (descriptors, after) = behind.split_at(end.unwrap_or(behind.len()));
        // a candidate with a descriptor that cannot be read is none
        out.extend(size(descriptors).map(|size| Candidate { address, size }));
        rest = after;
    }
    out
}

fn size(descriptors: &str) -> Option<Size> {
    let mut size = Some(Size::Density(1.0));
    for descriptor in descriptors.split_ascii_whitespace() {
        let number = |unit: char| descriptor.strip_suffix(unit)?.parse::<f64>().ok().filter(|n| *n > 0.0);
        size = match descriptor.chars().last()? {
            'w' => number('w').map(Size::Width),
            'x' => number('x').map(Size::Density),
            'h' => continue, // its height, which stands beside its width
            _ => None,
        };
        size?;
    }
    size
}

/// How wide a picture is shown by its `sizes`; `None` where these say something that is not read here.
fn shown_at(sizes: &str) -> Option<f64> {
    for one in sizes.split(',').map(str::trim).filter(|one| !one.is_empty()) {
        let (condition, length) = match one.rfind(')') {
            Some(at) if one.starts_with('(') => (&one[..=at], one[at + 1..].trim()),
            Some(_) => return None, // calc(..) and the like
            None => ("", one),
        };
        if holds(condition)? {
            return pixels(length);
        }
    }
    Some(WIDTH)
}

/// Whether a condition holds in the window: `(min-width: 40em) and (max-width: 1600px)`.
fn holds(condition: &str) -> Option<bool> {
    let mut all = true;
    for part in condition.split(" and ").map(str::trim).filter(|part| !part.is_empty()) {
        let inner = part.strip_prefix('(')?.strip_suffix(')')?;
        let (feature, value) = inner.split_once(':')?;
        let value = pixels(value.trim())?;
        all &= match feature.trim().to_ascii_lowercase().as_str() {
            "min-width" => WIDTH >= value,
            "max-width" => WIDTH <= value,
            _ => return None,
        };
    }
    Some(all)
}

fn pixels(length: &str) -> Option<f64> {
    let length = length.to_ascii_lowercase();
    let unit = length.find(|c: char| c.is_ascii_alphabetic()).unwrap_or(length.len());
    let number: f64 = length[..unit].trim().parse().ok()?;
    match &length[unit..] {
        "px" => Some(number),
        "vw" => Some(number * WIDTH / 100.0),
        "em" | "rem" => Some(number * EM),
        "" if number == 0.0 => Some(0.0),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_browser_shows_is_needed() {
        let widths = "k.jpg 320w, s.jpg 768w, b.jpg 1024w, r.jpg 2048w";
        for (srcset, sizes, expect) in [
            ("a.jpg", None, "a.jpg"),
            ("a.jpg 1x, b.jpg 2x", None, "a.jpg"),
            ("b.jpg 2x, a.jpg", None, "a.jpg"),
            ("a.jpg .5x, b.jpg 2x", None, "b.jpg"),
            ("a.jpg 0.5x, b.jpg .8x", None, "b.jpg"),
            // as WordPress writes it
            (widths, Some("(max-width: 1024px) 100vw, 1024px"), "b.jpg"),
            (widths, Some("(min-width: 40em) and (max-width: 1600px) 50vw, 100vw"), "s.jpg"),
            (widths, Some("(min-width: 1600px) 320px, 20rem"), "k.jpg"),
            (widths, None, "r.jpg"),
            (widths, Some(""), "r.jpg"),
            ("k.jpg 320w, s.jpg 768w", None, "s.jpg"),
            // addresses with commas, and descriptors that are none
            (
                "https://g.example/w_300,h_200/a.jpg 300w 200h, https://g.example/w_1400,q_80/a.jpg 1400w",
                None,
                "https://g.example/w_1400,q_80/a.jpg",
            ),
            ("a.jpg 3z, b.jpg 1x", None, "b.jpg"),
            ("a.jpg,", None, "a.jpg"),
            // what cannot be told
            ("a.jpg 300w, b.jpg 900w", Some("calc(100vw - 2rem)"), "a.jpg b.jpg"),
            ("a.jpg 300w, b.jpg 900w", Some("auto, 30ch"), "a.jpg b.jpg"),
            ("a.jpg 300w, b.jpg 900w", Some("(orientation: landscape) 10vw"), "a.jpg b.jpg"),
            ("", None, ""),
            (" , ,", None, ""),
        ] {
            assert_eq!(needed(srcset, sizes).join(" "), expect, "{srcset} {sizes:?}");
        }
        assert_eq!(needed(&"a.jpg 1x,".repeat(100_000), None).len(), 1);
        assert_eq!(needed(&"((((".repeat(100_000), None).len(), 1);
    }
}
