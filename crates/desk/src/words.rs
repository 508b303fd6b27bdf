//! Every word on screen comes from `locales/`.

use fluent_templates::fluent_bundle::FluentValue;
use fluent_templates::{LanguageIdentifier, Loader, static_loader};
use saring_domain::Trouble;
use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::LazyLock;

static_loader! {
    static TEXTS = {
        locales: "../../locales",
        fallback_language: "id",
        // isolation marks around arguments would be copied along with the text
        customise: |bundle| bundle.set_use_isolating(false),
    };
}

/// The languages of the screens.
pub const LOCALES: [&str; 2] = ["id", "en"];
/// The first of them.
pub const DEFAULT_LOCALE: &str = "id";

/// The locale of this name, where the screens speak it.
pub fn known_locale(name: &str) -> Option<&'static str> {
    LOCALES.into_iter().find(|known| *known == name)
}

static LANGUAGES: LazyLock<HashMap<&'static str, LanguageIdentifier>> =
    LazyLock::new(|| LOCALES.into_iter().filter_map(|name| Some((name, name.parse().ok()?))).collect());

/// Words in one language. Templates call `f.w.t("key")`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Words {
    /// `id` or `en`.
    pub locale: &'static str,
}

/// A count as templates pass it.
pub(crate) trait Count {
    /// As a number.
    fn count(&self) -> i64;
}
macro_rules! counts {
    ($($kind:ty),*) => {$(
        impl Count for $kind {
            fn count(&self) -> i64 {
                i64::try_from(*self).unwrap_or(i64::MAX)
            }
        }
    )*};
}
counts!(i32, u32, i64, u64, usize);
impl<T: Count> Count for &T {
    fn count(&self) -> i64 {
        (**self).count()
    }
}

impl Words {
    /// Words in the language of this name, or in Indonesian.
    pub fn of(locale: &str) -> Self {
        Self { locale: known_locale(locale).unwrap_or(DEFAULT_LOCALE) }
    }

    /// The first language of an `Accept-Language` header that the screens speak.
    pub fn accepted(header: &str) -> Option<Self> {
        let names = header.split(',').filter_map(|part| part.split([';', '-']).next());
        names.filter_map(|name| known_locale(name.trim())).next().map(|locale| Self { locale })
    }

    /// A text without arguments.
    pub fn t(&self, key: &str) -> String {
        self.with(key, &[])
    }

    /// A text about a count: `$n` chooses the form, `$s` is the number with its dots.
    pub fn n(&self, key: &str, n: impl Count) -> String {
        let n = n.count();
        self.with(key, &[("n", FluentValue::from(n)), ("s", self.number(n).into())])
    }

    /// A text with one argument `$a`.
    pub fn a(&self, key: &str, a: impl AsRef<str>) -> String {
        self.with(key, &[("a", a.as_ref().to_owned().into())])
    }

    /// A text with two arguments `$a` and `$b`.
    pub fn ab(&self, key: &str, a: impl AsRef<str>, b: impl AsRef<str>) -> String {
        self.with(key, &[("a", a.as_ref().to_owned().into()), ("b", b.as_ref().to_owned().into())])
    }

    /// A text with arguments by name.
    pub fn with(&self, key: &str, args: &[(&'static str, FluentValue<'static>)]) -> String {
        self.maybe(key, args).unwrap_or_else(|| key.to_owned())
    }

    /// The text of `key` where there is one, else `other`: for codes that come from outside.
    pub fn or(&self, key: &str, other: &str) -> String {
        self.maybe(key, &[]).unwrap_or_else(|| other.to_owned())
    }

    /// The text of `key` with two arguments, where there is one.
    pub fn or_ab(&self, key: &str, a: &str, b: &str) -> Option<String> {
        self.maybe(key, &[("a", a.to_owned().into()), ("b", b.to_owned().into())])
    }

    /// Why something could not be read and who should do what; what a machine said follows in brackets.
    pub fn trouble(&self, trouble: &Trouble) -> String {
        self.ab(&format!("trouble-{}", trouble.code.key()), &trouble.about, &trouble.detail)
    }

    fn maybe(&self, key: &str, args: &[(&'static str, FluentValue<'static>)]) -> Option<String> {
        let language = LANGUAGES.get(self.locale)?;
        let args: HashMap<Cow<'static, str>, FluentValue<'static>> =
            args.iter().map(|(name, value)| (Cow::Borrowed(*name), value.clone())).collect();
        TEXTS.try_lookup_complete(language, key, Some(&args))
    }

    /// A whole number with its separators: `12.345` in Indonesian, `12,345` in English.
    pub fn number(&self, n: impl Count) -> String {
        let digits = n.count().to_string();
        let (sign, digits) = digits.strip_prefix('-').map_or(("", digits.as_str()), |rest| ("-", rest));
        let dot = if self.locale == "id" { '.' } else { ',' };
        let mut out = sign.to_owned();
        for (place, digit) in digits.chars().enumerate() {
            if place > 0 && (digits.len() - place) % 3 == 0 {
                out.push(dot);
            }
            out.push(digit);
        }
        out
    }

    /// A probability with two decimals: `0,93` in Indonesian.
    pub fn score(&self, p: f64) -> String {
        let text = format!("{p:.2}");
        if self.locale == "id" { text.replace('.', ",") } else { text }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use saring_domain::TroubleCode;

    #[test]
    fn numbers_are_written_as_the_reader_writes_them() {
        let (id, en) = (Words::of("id"), Words::of("en"));
        assert_eq!((id.number(1_234_567), en.number(1_234_567)), ("1.234.567".into(), "1,234,567".into()));
        assert_eq!((id.number(-999), id.number(0)), ("-999".into(), "0".into()));
        assert_eq!((id.score(0.934), en.score(1.0)), ("0,93".into(), "1.00".into()));
    }

    #[test]
    fn every_trouble_has_words_in_both_languages() {
        for code in TroubleCode::ALL {
            let told = ["id", "en"].map(|locale| {
                let (about, detail) = ("#7".into(), "503".into());
                Words::of(locale).trouble(&Trouble { code: *code, about, detail, message: String::new() })
            });
            assert!(!told[0].contains("trouble-") && !told[1].contains("trouble-"), "{code:?}");
            assert!(told[0] != told[1] && told.iter().all(|words| words.contains("7")), "{told:?}");
        }
    }

    #[test]
    fn every_kind_of_source_has_a_name() {
        for kind in saring_domain::SourceKind::ALL {
            let key = format!("kind-{}", kind.key());
            assert!(LOCALES.iter().all(|locale| Words::of(locale).t(&key) != key), "{key}");
        }
    }

    #[test]
    fn the_browser_may_ask_for_a_language() {
        assert_eq!(Words::accepted("fr, en-GB;q=0.9, id;q=0.5"), Some(Words { locale: "en" }));
        assert_eq!(Words::accepted("ja"), None);
        assert_eq!(Words::of("ja").locale, "id");
    }
}
