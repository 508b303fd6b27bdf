//! `saring serve`: the services side by side in one process; each starts again after trouble.

use super::analyse::Judge;
use super::evidence::{Copies, Counts, Keeper};
use super::patrol::Patrol;
use super::trying::Trier;
use super::upkeep;
use crate::cli::{ServeArgs, Service};
use crate::report;
use crate::wiring::House;
use anyhow::Context;
use saring_desk::{DeskConfig, DeskState, SourceTrier};
use saring_store::traits::Jobs;
use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;

/// How often the patrol looks for sources that are due, and whether pages are to be taken.
const LOOK: Duration = Duration::from_secs(20);
/// How often an authority is asked for timestamps that it did not give before.
const STAMPS: Duration = Duration::from_secs(15 * 60);
/// After trouble.
const AGAIN: Duration = Duration::from_secs(10);

/// Runs the wanted services until Ctrl-C or SIGTERM.
pub async fn run(house: House, args: &ServeArgs) -> anyhow::Result<bool> {
    let house = Arc::new(house);
    let wanted = |service| args.only.is_empty() || args.only.contains(&service);
    let mut tasks = tokio::task::JoinSet::new();
    if wanted(Service::Desk) {
        let listener = listen(house.config.desk.listen).await?;
        println!("The desk: {}", house.config.desk.public_url);
        tasks.spawn(desk(Arc::clone(&house), listener));
    }
    if wanted(Service::Capture) {
        // sources may be added at the desk at any time; with those of the settings a contact must be there
        if house.config.source.is_empty() && house.config.contact().is_err() {
            eprintln!("No [[source]] in saring.toml and no patrol.contact: nothing is patrolled.");
        } else {
            let patrol = Arc::new(Patrol::new(Arc::clone(&house))?);
            tasks.spawn(keep("capture", move || capture(Arc::clone(&patrol))));
        }
    }
    if wanted(Service::Analyse) {
        let house = Arc::clone(&house);
        tasks.spawn(keep("analyse", move || analyse(Arc::clone(&house))));
    }
    if wanted(Service::Evidence) {
        if house.config.contact().is_ok() {
            let house = Arc::clone(&house);
            tasks.spawn(keep("evidence", move || evidence(Arc::clone(&house))));
        } else {
            eprintln!("patrol.contact is empty: no copies of pages are taken.");
        }
    }
    if wanted(Service::Upkeep) {
        let house = Arc::clone(&house);
        tasks.spawn(keep("upkeep", move || upkeep_for_ever(Arc::clone(&house))));
    }
    tokio::select! {
        () = stopped() => println!("Stopping."),
        Some(ended) = tasks.join_next() => ended.context("a service")??,
    }
    tasks.shutdown().await;
    house.store.close().await;
    Ok(true)
}

/// Binds the desk's address.
pub async fn listen(address: SocketAddr) -> anyhow::Result<TcpListener> {
    TcpListener::bind(address).await.with_context(|| {
        format!("{address} cannot be listened on; another program may use it: change desk.listen")
    })
}

/// Serves the pages.
pub async fn desk(house: Arc<House>, listener: TcpListener) -> anyhow::Result<()> {
    let app = saring_desk::router(DeskState::new(Arc::new(house.store.clone()), settings(&house)?));
    let app = app.into_make_service_with_connect_info::<SocketAddr>();
    axum::serve(listener, app).await.context("the desk")
}

fn settings(house: &Arc<House>) -> anyhow::Result<DeskConfig> {
    let section = &house.config.desk;
    let secure = section.public_url.scheme() == "https";
    let trier = Trier::new(house)?.map(|trier| Arc::new(trier) as Arc<dyn SourceTrier>);
    Ok(DeskConfig {
        secure,
        behind_proxy: secure,
        session_idle: u64::from(section.idle_minutes) * 60,
        session_absolute: u64::from(section.absolute_minutes) * 60,
        locale: section.locale.clone(),
        timetable: house.config.patrol.timetable(),
        copies: Some(Arc::new(Copies(Arc::clone(house)))),
        pdf: Some(Arc::new(|texts| report::pdf_of(texts).map_err(|error| format!("{error:#}")))),
        trier,
        ..DeskConfig::new(house.config.office.clone())
    })
}

/// Starts a service again after trouble, and says so.
async fn keep<F, T>(name: &'static str, service: F) -> anyhow::Result<()>
where
    F: Fn() -> T,
    T: Future<Output = anyhow::Result<()>>,
{
    loop {
        if let Err(error) = service().await {
            tracing::error!("{name}: {error:#}; again in {} s", AGAIN.as_secs());
        }
        tokio::time::sleep(AGAIN).await;
    }
}

async fn capture(patrol: Arc<Patrol>) -> anyhow::Result<()> {
    let began = patrol.now();
    loop {
        patrol.attend().await?;
        let log = |visit: &super::patrol::Visit| {
            tracing::info!(source = %visit.source.id, outcome = visit.outcome.code(), bad = visit.bad.len(), "read");
        };
        if let Some((sources, start)) = patrol.next(began, patrol.now()).await? {
            patrol.round(sources, start, log).await?;
        }
        tokio::time::sleep(LOOK).await;
    }
}

/// Judges what comes in, and what is kept once a watch begins to run.
pub async fn analyse(house: Arc<House>) -> anyhow::Result<()> {
    let mut judge = Judge::new(Arc::clone(&house)).await?;
    loop {
        let counts = judge.drain(|_| ()).await?;
        if counts.judged + counts.unscored > 0 {
            tracing::info!(
                judged = counts.judged,
                unscored = counts.unscored,
                cases = counts.cases,
                "analysed"
            );
        }
        house.store.wait(Duration::from_secs(5)).await;
    }
}

/// Takes copies of pages that were asked for, and of what enters a case where the settings say so.
pub async fn evidence(house: Arc<House>) -> anyhow::Result<()> {
    house.store.reclaim("evidence").await?;
    let keeper = Keeper::new(Arc::clone(&house))?;
    let mut stamps = tokio::time::interval(STAMPS);
    stamps.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        keeper.ask().await?;
        let counts = keeper.drain().await?;
        if counts != Counts::default() {
            let Counts { sealed, without, again } = counts;
            tracing::info!(sealed, without, again, "evidence");
        }
        if futures::FutureExt::now_or_never(stamps.tick()).is_some()
            && let Err(error) = keeper.stamp_late().await
        {
            tracing::warn!("timestamps that are still to come: {error:#}");
        }
        tokio::time::sleep(LOOK).await;
    }
}

async fn upkeep_for_ever(house: Arc<House>) -> anyhow::Result<()> {
    loop {
        upkeep::round(&house).await?;
        tokio::time::sleep(upkeep::EVERY).await;
    }
}

/// Ctrl-C or SIGTERM.
pub async fn stopped() {
    let interrupt = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        let Ok(mut terminate) = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())
        else {
            let _ = interrupt.await;
            return;
        };
        tokio::select! {
            _ = interrupt => {}
            _ = terminate.recv() => {}
        }
    }
    #[cfg(not(unix))]
    let _ = interrupt.await;
}
