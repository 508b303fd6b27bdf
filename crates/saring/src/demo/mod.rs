//! `saring demo`: a complete invented district, served to itself, patrolled and shown.

mod content;
mod feeds;
mod watches;

use crate::cli::DemoArgs;
use crate::commands::patrol;
use crate::config::Config;
use crate::progress;
use crate::services::analyse::Judge;
use crate::services::patrol::{Patrol, Which};
use crate::services::serve;
use crate::wiring::{self, House};
use anyhow::Context;
use content::{AREAS, Content, DemoSource, Speech};
use jiff::{SignedDuration, Timestamp};
use saring_domain::{Claim, Person, PersonId, Queue, RoundStart};
use saring_store::traits::{Cases, Claims, Offers, People};
use saring_store::views::Credentials;
use serde_json::json;
use std::fmt::Write;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

/// This check waits to be taken in: then what repeats it is found among the posts that were judged without it.
const LATE: &str = "c46";
/// How long the printed link signs in.
const LINK_HOURS: i64 = 12;

/// Sets the district up, patrols it, prints the summary, then opens the desk unless told to stop.
pub async fn run(args: &DemoArgs) -> anyhow::Result<bool> {
    let content = Arc::new(Content::load().context("the demo's own content")?);
    let now = Timestamp::now();
    let kept = args.dir.is_some();
    let folder = args
        .dir
        .clone()
        .unwrap_or_else(|| std::env::temp_dir().join(format!("saring-demo-{}", std::process::id())));
    std::fs::create_dir_all(&folder).with_context(|| folder.display().to_string())?;
    let (feeds_at, _feeds) = feeds::serve(Arc::clone(&content), now).await.context("the feed server")?;
    let listener = serve::listen(SocketAddr::from(([127, 0, 0, 1], args.port))).await?;
    let desk_at = format!("http://{}", listener.local_addr()?);
    println!("Saring: the invented district of Sukamaju. Its media are served at http://{feeds_at}.\n");
    let house = Arc::new(settle(&folder, &content, feeds_at, &desk_at, now).await?);
    patrolled(&house).await?;
    summary(&house).await?;
    if !args.once {
        show(&house, listener, &desk_at, &content, now).await?;
    }
    house.store.close().await;
    if !kept {
        let _ = std::fs::remove_dir_all(&folder);
    }
    Ok(true)
}

/// Settings, areas, claims and people.
async fn settle(
    folder: &Path,
    content: &Content,
    feeds_at: SocketAddr,
    desk_at: &str,
    now: Timestamp,
) -> anyhow::Result<House> {
    std::fs::write(folder.join("areas.tsv"), AREAS)?;
    export(folder, content, now)?;
    let path = folder.join("saring.toml");
    std::fs::write(&path, settings(content, feeds_at, desk_at)?)
        .with_context(|| path.display().to_string())?;
    let house = wiring::open(Config::read(&path)?).await?;
    let (late, listed): (Vec<Claim>, Vec<Claim>) =
        content.claims.iter().cloned().partition(|claim| claim.id.as_str() == LATE);
    house.store.import_claims(&listed, now).await?;
    house.store.offer_claims(&"cek-fakta".into(), &late, now).await?;
    let bar = progress::bar(content.people.len() as u64, "people");
    for one in &content.people {
        let person = Person {
            id: PersonId(one.login.clone()),
            login: one.login.clone(),
            name: one.name.clone(),
            role: one.role,
            office: one.office.as_str().into(),
            locale: "id".into(),
        };
        let password = saring_desk::hash_password(&one.password)?;
        let credentials = Credentials { person, password, totp: None, totp_step: None, disabled: false };
        house.store.put_person(&credentials, now).await?;
        bar.inc(1);
    }
    bar.finish_and_clear();
    watches::open(&house, content, now).await?;
    Ok(house)
}

/// The public posts that stand in for an export.
fn export(folder: &Path, content: &Content, now: Timestamp) -> anyhow::Result<()> {
    for source in content.sources.iter().filter(|source| source.speaks == Speech::File) {
        let mut lines = String::new();
        for post in content.posts.iter().filter(|post| post.source == source.id) {
            let line =
                json!({ "id": post.id, "text": post.text, "posted_at": post.posted_at(now).to_string() });
            let _ = writeln!(lines, "{line}");
        }
        std::fs::write(folder.join(format!("{}.jsonl", source.id)), lines)?;
    }
    Ok(())
}

fn settings(content: &Content, feeds_at: SocketAddr, desk_at: &str) -> anyhow::Result<String> {
    let base = format!("http://{feeds_at}");
    let sources: Vec<_> = content.sources.iter().map(|source| source_table(&base, source)).collect();
    let offices = serde_json::to_value(&content.offices)?;
    let mut settings = json!({
        "store": { "url": "saring.db", "data": "." },
        "desk": { "listen": "127.0.0.1:8080", "public_url": desk_at, "idle_minutes": 600 },
        "patrol": { "contact": "humas@sukamaju.example", "host_pause_ms": 0, "parallel": 2, "allow": [feeds_at.to_string()] },
        "analysis": { "areas": "areas.tsv" },
        "evidence": { "automatic": false },
        "office": offices,
        "source": sources,
    });
    without_null(&mut settings);
    toml::to_string(&settings).context("the demo's settings")
}

/// TOML knows no null.
fn without_null(value: &mut serde_json::Value) {
    match value {
        serde_json::Value::Object(map) => {
            map.retain(|_, value| !value.is_null());
            map.values_mut().for_each(without_null);
        }
        serde_json::Value::Array(values) => values.iter_mut().for_each(without_null),
        _ => {}
    }
}

fn source_table(base: &str, source: &DemoSource) -> serde_json::Value {
    let (kind, url) = match source.speaks {
        Speech::File => ("file", format!("{}.jsonl", source.id)),
        Speech::WordPress => ("wordpress", feeds::url(base, source)),
        _ => ("feed", feeds::url(base, source)),
    };
    json!({
        "id": source.id, "name": source.name, "kind": kind, "url": url, "area": source.area,
        "article_pages": source.article_pages,
    })
}

async fn patrolled(house: &Arc<House>) -> anyhow::Result<()> {
    let round = Patrol::new(Arc::clone(house))?;
    let sources = round.due(&Which::All, Timestamp::now()).await?;
    let start = RoundStart { on_duty: Some("Regu Pagi".into()), ..round.by_hand(sources.len()) };
    let visits = patrol::round(&round, sources, start).await?;
    let counts =
        patrol::judged(&mut Judge::new(Arc::clone(house)).await?, patrol::new_items(&visits)).await?;
    patrol::print_table(&visits);
    println!();
    patrol::print_counts(&counts);
    Ok(())
}

/// What waits for people, most urgent first.
async fn summary(house: &House) -> anyhow::Result<()> {
    let office = house.config.own_office();
    let now = Timestamp::now();
    let midnight = now - SignedDuration::from_hours(24);
    let today = house.store.today(&office.id, midnight, now).await?;
    let waiting =
        |queue: Queue| today.waiting.iter().find(|(q, _)| *q == queue).map_or(0, |(_, count)| *count);
    println!("\n{:<38} {:>8}", "waiting for people", "cases");
    for (queue, name) in [
        (Queue::Hoax, "repeats a known hoax"),
        (Queue::Hate, "may attack a protected group"),
        (Queue::Service, "complaints and questions to answer"),
        (Queue::Clipping, "about the own institution"),
    ] {
        println!("{name:<38} {:>8}", waiting(queue));
    }
    let filter = saring_store::views::QueueFilter { limit: 5, ..Default::default() };
    let (rows, _) = house.store.queue(&office.id, &filter).await?;
    println!("\nfirst in the queue");
    for row in rows {
        let text: String = row.item.full_text().replace('\n', " ").chars().take(84).collect();
        let why: Vec<_> = row.case.priority.reasons.iter().take(2).map(ToString::to_string).collect();
        println!("  {:.2}  {text}\n        {}", row.case.priority.score.get(), why.join("; "));
    }
    Ok(())
}

async fn show(
    house: &Arc<House>,
    listener: tokio::net::TcpListener,
    desk_at: &str,
    content: &Content,
    now: Timestamp,
) -> anyhow::Result<()> {
    let Some(first) = content.people.first() else { anyhow::bail!("the demo has no people") };
    let valid = SignedDuration::from_hours(LINK_HOURS);
    let link = saring_desk::one_time_link(&house.store, &PersonId(first.login.clone()), valid, now).await?;
    println!("\nPeople of the demo (these passwords are public, use them nowhere else):");
    for person in &content.people {
        println!("  {:<8} {:<10} {}", person.login, person.role.code(), person.password);
    }
    println!(
        "\nThe desk is open. Sign in as {} with this link, which works once:\n  {desk_at}{link}\n\nCtrl-C ends the demo.",
        first.name
    );
    tokio::select! {
        () = serve::stopped() => println!("\nThe demo has ended."),
        ended = serve::desk(Arc::clone(house), listener) => ended?,
        ended = serve::analyse(Arc::clone(house)) => ended?,
        ended = serve::evidence(Arc::clone(house)) => ended?,
    }
    Ok(())
}
