//! Time that moves when it is told to, while the network is real.

use std::future::Future;
use std::sync::mpsc;
use std::time::Duration;

/// Stops the clock of this thread's runtime for as long as it lives. Time never moves because all wait for the network.
pub struct Still(#[allow(dead_code, reason = "the clock is released when this goes")] mpsc::Sender<()>);

impl Still {
    pub fn new() -> Self {
        tokio::time::pause();
        let (release, wait) = mpsc::channel();
        // a runtime moves paused time on only where nothing blocks
        tokio::task::spawn_blocking(move || wait.recv());
        Self(release)
    }
}

/// A moment of real time.
pub async fn moment() {
    let _ = tokio::task::spawn_blocking(|| std::thread::sleep(Duration::from_millis(8))).await;
}

/// Runs `work` to its end. Where all that is left hangs, time moves on by `step`, and never while anything else is done: a
/// busy machine makes nobody late. `look` gives a number that grows with all that is done, and whether all that is left
/// hangs; `None` where it is enough.
pub async fn stepping<T>(
    work: impl Future<Output = T>,
    step: Duration,
    look: impl Fn() -> Option<(u64, bool)>,
) -> Option<T> {
    tokio::pin!(work);
    let (mut before, mut still) = (0, 0);
    loop {
        tokio::select! {
            biased;
            done = &mut work => return Some(done),
            () = moment() => {}
        }
        let (moved, hangs) = look()?;
        still = if moved == before { still + 1 } else { 0 };
        before = moved;
        if (hangs && still >= 3) || still >= 500 {
            tokio::time::advance(step).await;
            still = 0;
        }
    }
}
