//! Asking a service that the office has chosen, with a body.

use super::{Client, Conditions, Reply, asked_pause, checked, exchange, judged};
use crate::error::FetchError;
use hyper::header::{self, HeaderValue};

impl Client {
    /// Sends a body and reads the answer, over the same guarded dialling and in turn. No redirect is followed, and
    /// robots.txt is not asked: it is a service that the office has configured, not a page.
    ///
    /// # Errors
    /// As [`Client::get`].
    pub(crate) async fn post(
        &self,
        url: &str,
        media_type: &'static str,
        body: Vec<u8>,
    ) -> Result<Reply, FetchError> {
        let at = checked(url)?;
        let host = self.0.hosts.of(&at);
        let mut headers = self.0.headers(&Conditions::default());
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
        let mut turn = host.turn(at.host_str().unwrap_or_default()).await?;
        let reply = exchange::exchange(&self.0.dialer, &self.0.limits, &at, &headers, body.into()).await;
        turn.done(self.0.pause, reply.as_ref().ok().and_then(asked_pause));
        judged(reply?)
    }
}
