//! The local feed server: the invented media of the demo, served over HTTP so that the real capture path runs.

use super::content::{Content, DemoPost, DemoSource, Speech};
use axum::Router;
use axum::extract::{Path, Query, State};
use axum::http::{StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use jiff::Timestamp;
use serde_json::json;
use std::collections::HashMap;
use std::fmt::Write;
use std::net::SocketAddr;
use std::sync::Arc;

/// What the server knows.
struct Media {
    content: Arc<Content>,
    now: Timestamp,
    base: String,
}

/// Serves the media on a free port of the loopback until the handle is dropped; gives the address.
pub async fn serve(content: Arc<Content>, now: Timestamp) -> std::io::Result<(SocketAddr, Server)> {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    let media = Arc::new(Media { content, now, base: format!("http://{address}") });
    let router = Router::new()
        .route("/{source}/feed", get(feed))
        .route("/{source}/wp-json/wp/v2/posts", get(wordpress))
        .route("/{source}/{post}", get(page))
        .with_state(media);
    let task = tokio::spawn(async move {
        let _ = axum::serve(listener, router).await;
    });
    Ok((address, Server(task)))
}

/// The running server; ends when dropped.
pub struct Server(tokio::task::JoinHandle<()>);

impl Drop for Server {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// The address to configure for a source that is served at `base`.
pub fn url(base: &str, source: &DemoSource) -> String {
    match source.speaks {
        Speech::WordPress => format!("{base}/{}", source.id),
        _ => format!("{base}/{}/feed", source.id),
    }
}

impl Media {
    fn source(&self, id: &str) -> Option<&DemoSource> {
        self.content.sources.iter().find(|source| source.id == id)
    }

    /// Posts of a source, newest first.
    fn posts(&self, id: &str) -> Vec<&DemoPost> {
        let mut posts: Vec<_> = self.content.posts.iter().filter(|post| post.source == id).collect();
        posts.sort_by(|a, b| a.hours_ago.total_cmp(&b.hours_ago));
        posts
    }

    fn link(&self, post: &DemoPost) -> String {
        format!("{}/{}/{}", self.base, post.source, post.id)
    }
}

async fn feed(State(media): State<Arc<Media>>, Path(id): Path<String>) -> Response {
    let Some(source) = media.source(&id) else { return StatusCode::NOT_FOUND.into_response() };
    match source.trouble.as_deref() {
        Some("down") => return (StatusCode::SERVICE_UNAVAILABLE, "sedang dipelihara").into_response(),
        Some(_) => return (xml(), "<?xml version=\"1.0\"?><rss><channel><title>Rus").into_response(),
        None => {}
    }
    let posts = media.posts(&id);
    match source.speaks {
        Speech::Atom => (xml(), atom(&media, source, &posts)).into_response(),
        Speech::Json => json_feed(&media, source, &posts).into_response(),
        _ => (xml(), rss(&media, source, &posts)).into_response(),
    }
}

fn xml() -> [(header::HeaderName, &'static str); 1] {
    [(header::CONTENT_TYPE, "application/xml; charset=utf-8")]
}

fn rss(media: &Media, source: &DemoSource, posts: &[&DemoPost]) -> String {
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<rss version=\"2.0\"><channel>");
    let _ = write!(out, "<title>{}</title><link>{}/{}</link>", escape(&source.name), media.base, source.id);
    for post in posts {
        let link = escape(&media.link(post));
        let day = post.posted_at(media.now).strftime("%a, %d %b %Y %H:%M:%S GMT");
        let title =
            post.title.as_deref().map(|t| format!("<title>{}</title>", escape(t))).unwrap_or_default();
        let text = if source.article_pages { lead(&post.text) } else { &post.text };
        let _ = write!(
            out,
            "<item><guid isPermaLink=\"false\">{}</guid>{title}<link>{link}</link><pubDate>{day}</pubDate><description>{}</description></item>",
            escape(&post.id),
            escape(text)
        );
    }
    out + "</channel></rss>"
}

fn atom(media: &Media, source: &DemoSource, posts: &[&DemoPost]) -> String {
    let mut out = String::from(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<feed xmlns=\"http://www.w3.org/2005/Atom\">",
    );
    let _ = write!(
        out,
        "<id>{0}/{1}</id><title>{2}</title><updated>{3}</updated>",
        media.base,
        source.id,
        escape(&source.name),
        media.now
    );
    for post in posts {
        let _ = write!(
            out,
            "<entry><id>{0}</id><title>{1}</title><link href=\"{2}\"/><published>{3}</published><updated>{3}</updated><content type=\"text\">{4}</content></entry>",
            escape(&post.id),
            escape(post.title.as_deref().unwrap_or_default()),
            escape(&media.link(post)),
            post.posted_at(media.now),
            escape(&post.text)
        );
    }
    out + "</feed>"
}

fn json_feed(media: &Media, source: &DemoSource, posts: &[&DemoPost]) -> axum::Json<serde_json::Value> {
    let items: Vec<_> = posts
        .iter()
        .map(|post| {
            json!({
                "id": post.id, "url": media.link(post), "title": post.title, "content_text": post.text,
                "date_published": post.posted_at(media.now).to_string(),
            })
        })
        .collect();
    axum::Json(json!({ "version": "https://jsonfeed.org/version/1.1", "title": source.name, "items": items }))
}

async fn wordpress(
    State(media): State<Arc<Media>>,
    Path(id): Path<String>,
    Query(query): Query<HashMap<String, String>>,
) -> Response {
    if media.source(&id).is_none() {
        return StatusCode::NOT_FOUND.into_response();
    }
    let number =
        |key: &str, default: usize| query.get(key).and_then(|v| v.parse().ok()).unwrap_or(default).max(1);
    let (page, per_page) = (number("page", 1), number("per_page", 10).min(100));
    let all = media.posts(&id);
    let pages = all.len().div_ceil(per_page);
    let shown = all.iter().skip((page - 1) * per_page).take(per_page);
    let posts: Vec<_> = shown.map(|post| wordpress_post(&media, post)).collect();
    let headers = [("X-WP-Total", all.len().to_string()), ("X-WP-TotalPages", pages.to_string())];
    (headers, axum::Json(posts)).into_response()
}

fn wordpress_post(media: &Media, post: &DemoPost) -> serde_json::Value {
    let day = post.posted_at(media.now).strftime("%Y-%m-%dT%H:%M:%S").to_string();
    json!({
        "id": post.id.trim_start_matches(|c: char| !c.is_ascii_digit()).parse::<u64>().unwrap_or(0),
        "date": day, "date_gmt": day, "modified_gmt": day, "link": media.link(post), "type": "post", "status": "publish",
        "title": { "rendered": escape(post.title.as_deref().unwrap_or_default()) },
        "content": { "rendered": paragraphs(&post.text), "protected": false },
        "excerpt": { "rendered": paragraphs(lead(&post.text)), "protected": false },
    })
}

async fn page(State(media): State<Arc<Media>>, Path((source, id)): Path<(String, String)>) -> Response {
    let found = media.content.posts.iter().find(|post| post.source == source && post.id == id);
    let (Some(post), Some(source)) = (found, media.source(&source)) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let title = escape(post.title.as_deref().unwrap_or(&source.name));
    Html(format!(
        "<!doctype html><html lang=\"id\"><head><meta charset=\"utf-8\"><title>{title} - {name}</title>\
         <meta property=\"og:site_name\" content=\"{name}\"><meta property=\"article:published_time\" content=\"{day}\">\
         </head><body><nav><a href=\"/\">Beranda</a> <a href=\"/daerah\">Daerah</a></nav><article><h1>{title}</h1>{body}</article>\
         <footer>Hak cipta {name}</footer></body></html>",
        name = escape(&source.name),
        day = post.posted_at(media.now),
        body = paragraphs(&post.text),
    ))
    .into_response()
}

fn paragraphs(text: &str) -> String {
    text.split("\n\n").map(|part| format!("<p>{}</p>", escape(part))).collect()
}

fn lead(text: &str) -> &str {
    text.split("\n\n").next().unwrap_or(text)
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
