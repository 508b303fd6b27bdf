//! ClaimReview of schema.org, wherever it stands in a document, and the answers of fact-check interfaces. Who made a
//! claim, and where it appeared, is never looked at.

use super::title::{handles_out, unquoted};
use crate::error::Flaw;
use crate::html;
use crate::sources::about::is_kind;
use crate::sources::draft::shown;
use crate::when;
use jiff::civil::Date;
use jiff::tz::{self, TimeZone};
use jiff::{SignedDuration, Timestamp};
use saring_domain::{Claim, ClaimId, Rating, Trouble, TroubleCode};
use serde_json::{Value, json};
use std::collections::HashMap;
use url::Url;

/// Checks of one document; more are none that people could look through.
const MOST: usize = 5_000;
/// Characters of a statement, of a verdict and of a conclusion.
const LONGEST: (usize, usize, usize) = (600, 80, 4_000);
/// Bytes of an address.
const LONGEST_URL: usize = 2_000;
/// No check of a claim on the web is older.
const FIRST_YEAR: i16 = 1995;

/// Where a document was found, and when.
pub(super) struct Frame<'a> {
    pub(super) url: &'a str,
    /// Name of the fact-checker where the check itself gives none.
    pub(super) medium: &'a str,
    pub(super) now: Timestamp,
}

impl Frame<'_> {
    /// The day in Jakarta, where it can be one: neither before there were such checks nor in the future.
    pub(super) fn day(&self, at: Timestamp) -> Option<Date> {
        let ahead = at > self.now.checked_add(SignedDuration::from_hours(24)).unwrap_or(self.now);
        let day = TimeZone::fixed(tz::offset(7)).to_datetime(at).date();
        (!ahead && day.year() >= FIRST_YEAR).then_some(day)
    }
}

/// What a document gave.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub(super) claims: Vec<Claim>,
    pub(super) bad: Vec<Trouble>,
}

/// Reads every check in `data`.
pub(super) fn collect(data: &Value, frame: &Frame<'_>, found: &mut Found) {
    let mut reviews = Vec::new();
    gather(data, &mut reviews);
    if reviews.len() > MOST {
        let message =
            format!("{} names {} checks at once: the first {MOST} were read", frame.url, reviews.len());
        let (about, detail) = (MOST.to_string(), String::new());
        found.bad.push(Trouble { code: TroubleCode::TooMany, about, detail, message });
        reviews.truncate(MOST);
    }
    let mut at_url: HashMap<String, u32> = HashMap::new();
    for review in &reviews {
        *at_url.entry(address(review, frame)).or_default() += 1;
    }
    for review in &reviews {
        match one(review, frame) {
            Ok((mut claim, date)) => {
                let url = claim.url.clone().unwrap_or_default();
                let alone = at_url.get(&url).is_none_or(|many| *many < 2);
                claim.id =
                    ClaimId::derive(&url, &if alone { String::new() } else { claim.title.to_lowercase() });
                found.bad.extend(date.map(|flaw| flaw.trouble(about(review, frame))));
                found.claims.push(claim);
            }
            Err(flaw) => found.bad.push(flaw.trouble(about(review, frame))),
        }
    }
}

/// The checks in the order in which they stand. JSON that was read is not nested deep.
fn gather(value: &Value, out: &mut Vec<Value>) {
    match value {
        Value::Array(list) => list.iter().for_each(|one| gather(one, out)),
        Value::Object(fields) => {
            if is_kind(value, &["ClaimReview"]) || fields.contains_key("claimReviewed") {
                out.push(value.clone());
            } else if let Some(Value::Array(reviews)) = fields.get("claimReview") {
                out.extend(reviews.iter().map(|review| of_interface(&value["text"], review)));
            } else {
                fields.values().for_each(|one| gather(one, out));
            }
        }
        _ => {}
    }
}

/// The answer of a fact-check interface (a claim with the reviews of it) in the words of schema.org.
fn of_interface(text: &Value, review: &Value) -> Value {
    json!({
        "claimReviewed": text,
        "url": review["url"],
        "datePublished": review["reviewDate"],
        "publisher": { "name": review["publisher"]["name"] },
        "reviewRating": { "alternateName": review["textualRating"] },
    })
}

/// A check without its id, and what is wrong with its date.
fn one(review: &Value, frame: &Frame<'_>) -> Result<(Claim, Option<Flaw>), Flaw> {
    let title = statement(review)?;
    let written = ["datePublished", "dateCreated"].iter().find_map(|key| text(&review[*key]));
    let date = written.as_deref().and_then(when::local).and_then(|at| frame.day(at));
    let flaw = written.filter(|_| date.is_none());
    let flaw = flaw.map(|date| Flaw::from(format!("'{}' is no date of a check", shown(&date))));
    let body = ["reviewBody", "text", "description"].iter().find_map(|key| text(&review[*key]));
    let body = body.or_else(|| text(&review["reviewRating"]["ratingExplanation"])).unwrap_or_default();
    let claim = Claim {
        id: ClaimId::from(""),
        title,
        text: super::title::impersonal(&html::text(&body)).chars().take(LONGEST.2).collect(),
        url: Some(address(review, frame)),
        date,
        verdict: verdict(&review["reviewRating"]),
        source: publisher(review).or_else(|| Some(frame.medium.to_owned()).filter(|name| !name.is_empty())),
    };
    Ok((claim, flaw))
}

/// What was checked, without names of accounts.
fn statement(review: &Value) -> Result<String, Flaw> {
    let item = match &review["itemReviewed"] {
        Value::Array(list) => list.first().unwrap_or(&Value::Null),
        item => item,
    };
    let of_claim = || {
        let named =
            is_kind(item, &["Claim", "CreativeWork"]).then(|| ["text", "name"].map(|key| text(&item[key])));
        named?.into_iter().flatten().next()
    };
    let said = text(&review["claimReviewed"]).or_else(of_claim);
    if said.is_none() && !review["claimReviewed"].is_null() && !review["claimReviewed"].is_string() {
        return Err("its claimReviewed is no text".into());
    }
    let line = handles_out(&html::line(&said.unwrap_or_default()));
    let line: String = unquoted(&line).chars().take(LONGEST.0).collect();
    if line.chars().any(char::is_alphanumeric) { Ok(line) } else { Err(Flaw::Empty) }
}

/// A text, or the first of several.
fn text(value: &Value) -> Option<String> {
    let one = match value {
        Value::Array(list) => list.iter().find_map(Value::as_str),
        other => other.as_str(),
    };
    one.map(str::to_owned).filter(|text| !text.trim().is_empty())
}

/// Where the check stands: its own address, else that of the document.
fn address(review: &Value, frame: &Frame<'_>) -> String {
    let base = Url::parse(frame.url).ok();
    let own =
        text(&review["url"]).or_else(|| text(&review["@id"])).and_then(|own| base?.join(own.trim()).ok());
    let own = own.filter(|url| matches!(url.scheme(), "http" | "https")).map(String::from);
    own.filter(|url| url.len() <= LONGEST_URL).unwrap_or_else(|| frame.url.to_owned())
}

/// The verdict word; the figure of the scale where there is no word or one that we do not know.
fn verdict(rating: &Value) -> Option<String> {
    let rating = if let Value::Array(list) = rating { list.first()? } else { rating };
    let word = [&rating["alternateName"], &rating["name"], rating].into_iter().find_map(text);
    let word = word.map(|word| html::line(&word).chars().take(LONGEST.1).collect::<String>());
    let word = word.filter(|word| word.chars().any(char::is_alphabetic));
    let on_scale = || {
        let figure = number(&rating["ratingValue"])?;
        let (worst, best) = (number(&rating["worstRating"]), number(&rating["bestRating"]));
        Rating::word_on_scale(figure, worst.unwrap_or(1.0), best.unwrap_or(5.0))
    };
    match word {
        Some(word) if Rating::from_word(&word) != Rating::Unrated => Some(word),
        Some(word) => Some(on_scale().map(|known| format!("{known} ({word})")).unwrap_or(word)),
        None => on_scale()
            .map(str::to_owned)
            .or_else(|| text(&rating["ratingValue"]).map(|word| html::line(&word))),
    }
}

fn number(value: &Value) -> Option<f64> {
    value.as_f64().or_else(|| value.as_str()?.trim().replace(',', ".").parse().ok()).filter(|n| n.is_finite())
}

/// The organisation that published the check; a person who wrote it is not kept.
fn publisher(review: &Value) -> Option<String> {
    const KINDS: [&str; 4] = ["Organization", "NewsMediaOrganization", "NGO", "GovernmentOrganization"];
    let organisation = |value: &Value| {
        let all = value.as_array().map_or_else(|| vec![value.clone()], Clone::clone);
        all.iter().find(|one| is_kind(one, &KINDS)).and_then(|one| text(&one["name"]))
    };
    let publisher = &review["publisher"];
    let untyped = || text(&publisher["name"]).filter(|_| !is_kind(publisher, &["Person"]));
    let name = organisation(&review["author"]).or_else(|| organisation(publisher)).or_else(untyped)?;
    Some(html::line(&name).chars().take(LONGEST.1).collect())
}

/// Which check: its address and how its statement begins.
fn about(review: &Value, frame: &Frame<'_>) -> String {
    let said =
        text(&review["claimReviewed"]).map(|said| format!(" ({})", shown(&handles_out(&html::line(&said)))));
    format!("{}{}", address(review, frame), said.unwrap_or_default())
}
