//! The browser as a process group of its own, with nothing of ours in it and nothing of it left behind.

use super::NoPicture;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use tempfile::TempDir;
use tokio::net::unix::pipe::{Receiver, Sender};

/// The pipe is put where the browser looks for it; no core files, a file of at most 1 GiB, a bounded time of the processor.
const SHELL: &str = "ulimit -c 0; ulimit -f 2097152; ulimit -t \"$SECONDS_OF_CPU\"; unset SECONDS_OF_CPU; \
                     exec 3<&0 4>&1 </dev/null >/dev/null; exec \"$0\" \"$@\"";
/// How the browser starts: without what calls home, without scripts, and with no way to any network.
const FLAGS: [&str; 22] = [
    "--headless",
    "--remote-debugging-pipe",
    "--blink-settings=scriptEnabled=false",
    "--proxy-server=http://capture.invalid:9",
    "--proxy-bypass-list=<-loopback>",
    "--host-resolver-rules=MAP * ~NOTFOUND",
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--disable-quic",
    "--disable-features=MediaRouter,DialMediaRouteProvider,OptimizationHints,Translate,AutofillServerCommunication",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-domain-reliability",
    "--disable-sync",
    "--disable-extensions",
    "--disable-breakpad",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--no-pings",
    "--mute-audio",
    "--hide-scrollbars",
    "--password-store=basic",
];
/// The user that everything may become: the browser keeps its sandbox only where it is not root.
const NOBODY: u32 = 65534;
/// Between two looks at its memory.
const LOOK: Duration = Duration::from_millis(300);

/// A browser that runs.
pub(super) struct Process {
    child: Child,
    group: u32,
    folder: TempDir,
}

impl Process {
    /// Starts it in a folder of its own that goes away with it.
    pub(super) fn start(program: &Path, width: u32, time: Duration) -> Result<Self, String> {
        let said = |error: std::io::Error| error.to_string();
        let folder = tempfile::Builder::new().prefix("saring-page-").tempdir().map_err(said)?;
        let errors = std::fs::File::create(folder.path().join("errors")).map_err(said)?;
        let mut command = Command::new("/bin/sh");
        command
            .args(["-c", SHELL])
            .arg(program)
            .args(FLAGS)
            .arg(format!("--window-size={width},900"))
            .arg(format!("--user-data-dir={}", folder.path().join("profile").display()))
            .arg("about:blank")
            .env_clear()
            .env("PATH", "/usr/local/bin:/usr/bin:/bin")
            .env("LANG", "C.UTF-8")
            .env("HOME", folder.path())
            .env("TMPDIR", folder.path())
            .env("SECONDS_OF_CPU", (2 * time.as_secs().max(1)).to_string())
            .current_dir(folder.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(errors);
        apart(&mut command, folder.path()).map_err(said)?;
        let child = command.spawn().map_err(said)?;
        let group = child.id();
        Ok(Self { child, group, folder })
    }

    /// What it is asked through, and what it answers through.
    pub(super) fn pipes(&mut self) -> Result<(Sender, Receiver), NoPicture> {
        let pipes = self.child.stdin.take().zip(self.child.stdout.take());
        let (asking, answers) = pipes.ok_or_else(|| NoPicture::Unusable("it has no pipes".into()))?;
        let unusable = |error: std::io::Error| NoPicture::Unusable(error.to_string());
        let asking = Sender::from_owned_fd(asking.into()).map_err(unusable)?;
        Ok((asking, Receiver::from_owned_fd(answers.into()).map_err(unusable)?))
    }

    /// Comes back once all its processes together take more than so many MiB; not where the system does not tell.
    pub(super) async fn grows_beyond(&self, memory: u64) {
        let group = self.group;
        loop {
            tokio::time::sleep(LOOK).await;
            let used = tokio::task::spawn_blocking(move || memory_of(group)).await.unwrap_or_default();
            if used > memory << 10 {
                return;
            }
        }
    }

    /// Kills whatever is left of the group; gives the last it complained of.
    pub(super) async fn end(self) -> Option<String> {
        tokio::task::spawn_blocking(move || self.ended()).await.ok()?
    }

    fn ended(mut self) -> Option<String> {
        self.stop();
        let said = std::fs::read_to_string(self.folder.path().join("errors")).ok()?;
        let last = said.lines().rev().find(|line| line.contains("FATAL") || line.contains("sandbox"));
        last.or(said.lines().last()).map(|line| line.chars().take(300).collect())
    }
}

impl Process {
    /// Kills the group, once: its number may be another's later.
    fn stop(&mut self) {
        if std::mem::take(&mut self.group) > 0 {
            kill(self.child.id());
            let _ = self.child.wait();
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.stop();
    }
}

fn apart(command: &mut Command, folder: &Path) -> std::io::Result<()> {
    use std::os::unix::process::CommandExt;
    command.process_group(0);
    if rustix::process::geteuid().is_root() {
        std::os::unix::fs::chown(folder, Some(NOBODY), Some(NOBODY))?;
        command.uid(NOBODY).gid(NOBODY);
    }
    Ok(())
}

fn kill(group: u32) {
    let id = i32::try_from(group).ok().and_then(rustix::process::Pid::from_raw);
    if let Some(id) = id {
        let _ = rustix::process::kill_process_group(id, rustix::process::Signal::KILL);
    }
}

/// KiB that the processes of a group hold, as Linux tells it; shared files of programs are not counted.
fn memory_of(group: u32) -> u64 {
    let processes = std::fs::read_dir("/proc").into_iter().flatten().flatten().map(|entry| entry.path());
    processes.filter(|path| group_of(path) == Some(group)).map(|path| held(&path)).sum()
}

fn group_of(process: &Path) -> Option<u32> {
    let stat = std::fs::read_to_string(process.join("stat")).ok()?;
    // behind the name, which may hold anything: state, parent, group
    stat.rsplit_once(')')?.1.split_whitespace().nth(2)?.parse().ok()
}

fn held(process: &Path) -> u64 {
    let status = std::fs::read_to_string(process.join("status")).unwrap_or_default();
    let lines =
        status.lines().filter_map(|line| line.strip_prefix("RssAnon:").or(line.strip_prefix("RssShmem:")));
    lines.filter_map(|rest| rest.split_whitespace().next()?.parse::<u64>().ok()).sum()
}
