//! Progress of long work on standard error; nothing where that is not a terminal.

use indicatif::{ProgressBar, ProgressStyle};

/// A bar over `length` steps; 0 where the length is unknown.
pub fn bar(length: u64, what: &str) -> ProgressBar {
    let shape = if length == 0 {
        "{spinner} {msg}: {human_pos} ({per_sec})"
    } else {
        "{msg} {wide_bar} {human_pos}/{human_len} ({eta})"
    };
    styled(length, shape, what)
}

/// A bar over bytes of a file.
pub fn bytes(length: u64, what: &str) -> ProgressBar {
    styled(length, "{msg} {wide_bar} {bytes}/{total_bytes} ({eta})", what)
}

fn styled(length: u64, shape: &str, what: &str) -> ProgressBar {
    let bar = if length == 0 { ProgressBar::no_length() } else { ProgressBar::new(length) };
    if let Ok(style) = ProgressStyle::with_template(shape) {
        bar.set_style(style);
    }
    bar.set_message(what.to_owned());
    bar
}
