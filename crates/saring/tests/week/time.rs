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

/// Runs `work` to its end. Where nothing has moved for so many moments and somebody hangs, time moves on by `step`; `look`
/// gives a number that grows with all that is done, and how many hang. `None` where `look` says that it is enough.
pub async fn stepping<T>(
    work: impl Future<Output = T>,
    (moments, step): (u32, Duration),
    look: impl Fn() -> Option<(u64, usize)>,
) -> Option<T> {
    tokio::pin!(work);
    let (mut before, mut still) = (0, 0);
    loop {
        tokio::select! {
            biased;
            done = &mut work => return Some(done),
            () = moment() => {}
        }
        let (moved, hanging) = look()?;
        still = if moved == before { still + 1 } else { 0 };
        before = moved;
        if still >= moments {
            // timers of less than a millisecond end too
            tokio::time::advance(if hanging > 0 { step } else { Duration::from_millis(1) }).await;
            still = 0;
        }
    }
}
