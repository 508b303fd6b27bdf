//! What can go wrong on a page, in plain words, with nothing lost.

use crate::frame::Frame;
use crate::session::Visit;
use crate::state::DeskState;
use crate::token::RandomError;
use askama::Template;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};
use saring_domain::case::DecisionError;
use saring_store::StoreError;
use std::sync::Arc;

/// What a refused form held, to be sent once more.
#[derive(Clone, Debug)]
pub(crate) struct Draft {
    /// Where it was sent.
    pub action: String,
    /// Its fields, without secrets.
    pub fields: Vec<(String, String)>,
}

impl Draft {
    /// What somebody typed, where there is something.
    pub fn note(&self) -> &str {
        self.fields.iter().find(|(key, _)| key == "catatan").map_or("", |(_, value)| value.as_str())
    }
}

/// Why a page cannot be given. Carried in the response and rendered at the gate, where language and frame are known.
#[derive(Debug)]
pub(crate) enum Problem {
    /// No such page.
    NoPage,
    /// No such case, claim or day at this office.
    NotFound,
    /// The method does not fit the page.
    WrongMethod,
    /// The role may not.
    Forbidden,
    /// The form came from somewhere else or from an old page.
    Stale(Option<Draft>),
    /// A rule forbids the decision, or someone decided meanwhile.
    Refused(String, Option<Draft>),
    /// The form cannot be read; the key of a text that says why.
    Invalid(&'static str),
    /// More than a form holds.
    TooLarge,
    /// Nothing the reader can do about it.
    Inside(String),
}

impl Problem {
    fn status(&self) -> StatusCode {
        match self {
            Self::NoPage | Self::NotFound => StatusCode::NOT_FOUND,
            Self::WrongMethod => StatusCode::METHOD_NOT_ALLOWED,
            Self::Forbidden | Self::Stale(_) => StatusCode::FORBIDDEN,
            Self::Refused(..) => StatusCode::CONFLICT,
            Self::Invalid(_) => StatusCode::BAD_REQUEST,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Inside(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// Key of the title; the explanation has the same key with `-more`.
    fn key(&self) -> &'static str {
        match self {
            Self::NoPage => "error-no-page",
            Self::NotFound => "error-not-found",
            Self::WrongMethod => "error-method",
            Self::Forbidden => "error-forbidden",
            Self::Stale(_) => "error-stale",
            Self::Refused(..) => "error-refused",
            Self::Invalid(_) => "error-invalid",
            Self::TooLarge => "error-large",
            Self::Inside(_) => "error-inside",
        }
    }

    fn draft(&self) -> Option<&Draft> {
        match self {
            Self::Stale(draft) | Self::Refused(_, draft) => draft.as_ref(),
            _ => None,
        }
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::NotFound { .. } => Self::NotFound,
            StoreError::Conflict(_) => Self::Refused("refused-conflict".into(), None),
            other => Self::Inside(other.to_string()),
        }
    }
}

impl From<RandomError> for Problem {
    fn from(error: RandomError) -> Self {
        Self::Inside(error.to_string())
    }
}

/// Key of the text that says which rule forbids the decision.
pub(crate) fn refusal(error: &DecisionError) -> &'static str {
    match error {
        DecisionError::OwnInstitution => "refused-own-institution",
        DecisionError::ReasonMissing => "refused-reason",
        DecisionError::SamePerson => "refused-same-person",
        DecisionError::OtherOffice => "refused-other-office",
        DecisionError::AlreadyDecided => "refused-decided",
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        if let Self::Inside(why) = &self {
            tracing::error!(why, "a page could not be given");
        }
        let status = self.status();
        let mut response = status.into_response();
        response.extensions_mut().insert(Arc::new(self));
        response
    }
}

#[derive(Template)]
#[template(path = "problem.html")]
struct ProblemPage<'a> {
    f: Frame,
    title: String,
    more: String,
    draft: Option<&'a Draft>,
}

/// The page that says it.
pub(crate) async fn render(desk: &DeskState, visit: &Visit, problem: &Problem) -> Response {
    let key = problem.key();
    let title = visit.words.t(key);
    let frame = Frame { uri: "/".into(), ..Frame::bare(desk, visit, &title) };
    let more = match problem {
        Problem::Refused(why, _) => visit.words.t(why),
        Problem::Invalid(why) => visit.words.t(why),
        _ => visit.words.t(&format!("{key}-more")),
    };
    page(problem.status(), &ProblemPage { f: frame, title, more, draft: problem.draft() })
}

#[derive(Template)]
#[template(path = "resend.html")]
struct ResendPage<'a> {
    f: Frame,
    draft: &'a Draft,
}

/// The form that was refused because nobody was signed in, ready to be sent again.
pub(crate) fn resend(desk: &DeskState, visit: &Visit, draft: &Draft) -> Response {
    let frame = Frame { uri: "/".into(), ..Frame::bare(desk, visit, &visit.words.t("resend-title")) };
    page(StatusCode::OK, &ResendPage { f: frame, draft })
}

/// A rendered template as a response.
pub(crate) fn page(status: StatusCode, template: &impl Template) -> Response {
    match template.render() {
        Ok(html) => (status, Html(html)).into_response(),
        Err(error) => Problem::Inside(format!("template: {error}")).into_response(),
    }
}
