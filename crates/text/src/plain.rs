//! Normalisation with offsets. (First cut: lower case and alphanumeric tokens; the full chain replaces it.)

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenKind {
    /// Letters, perhaps with digits.
    Word,
    /// Digits with separators.
    Number,
    /// `?`, `!`, `.`, `,`, quotes: single characters that carry structure.
    Mark,
    /// An emoji or a run of the same emoji.
    Emoji,
    /// A link; its text is empty in matching.
    Link,
    /// `@name` of the text, masked.
    Mention,
}

/// A token of plain text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// Normalised form: NFKC, lower case, homoglyphs folded, elongation squeezed, leetspeak read where it gives a
    /// known word, slang expanded where the dictionary is sure.
    pub text: String,
    /// What it is.
    pub kind: TokenKind,
    /// First Unicode scalar value in the original, inclusive.
    pub start: u32,
    /// One past the last.
    pub end: u32,
    /// The token came from a `#hashtag`.
    pub hashtag: bool,
    /// The original had a capital first letter (names).
    pub capital: bool,
}

/// Text normalised for machines.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plain {
    /// Tokens in order.
    pub tokens: Vec<Token>,
}

impl Plain {
    /// Normalises `original`. Never fails, whatever the text; linear in its length.
    pub fn of(original: &str) -> Self {
        let mut tokens = Vec::new();
        let mut word = String::new();
        let mut start = 0;
        for (at, c) in original.chars().chain([' ']).enumerate() {
            if c.is_alphanumeric() {
                if word.is_empty() {
                    start = at;
                }
                word.extend(c.to_lowercase());
            } else if !word.is_empty() {
                tokens.push(Token {
                    text: std::mem::take(&mut word),
                    kind: TokenKind::Word,
                    start: start as u32,
                    end: at as u32,
                    hashtag: false,
                    capital: false,
                });
            }
        }
        Self { tokens }
    }

    /// Words and numbers only.
    pub fn words(&self) -> impl Iterator<Item = &Token> {
        self.tokens.iter().filter(|token| matches!(token.kind, TokenKind::Word | TokenKind::Number))
    }
}
