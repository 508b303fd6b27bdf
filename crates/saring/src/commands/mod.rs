//! One file per command.

mod admin;
pub mod analyse;
mod audit;
mod backup;
mod check;
mod claims;
pub mod evals;
mod evidence;
mod import;
mod init;
mod keys;
mod model;
pub mod patrol;
mod report;
mod source;

use crate::cli::{Cli, Command};
use crate::config::Config;
use crate::services::serve;
use crate::{demo, wiring};

/// Runs a command; `false` where it found something wrong.
pub async fn run(cli: Cli) -> anyhow::Result<bool> {
    let house = async || wiring::open(Config::read(&cli.config)?).await;
    match cli.command {
        Command::Demo(args) => demo::run(&args).await,
        Command::Init(args) => init::run(&args).await,
        Command::Check(args) => check::run(&cli.config, args.json).await,
        Command::Serve(args) => serve::run(house().await?, &args).await,
        Command::Patrol(args) => patrol::run(house().await?, &args).await,
        Command::Source(command) => source::run(&cli.config, command).await,
        Command::Import(args) => import::run(house().await?, &args).await,
        Command::Analyse(args) => {
            let work = move || {
                let input = std::io::BufReader::with_capacity(1 << 20, std::io::stdin());
                let mut output = std::io::BufWriter::new(std::io::stdout().lock());
                analyse::run(&args, input, &mut output, &mut std::io::stderr())
            };
            tokio::task::spawn_blocking(work).await?
        }
        Command::Claims(command) => claims::run(&house().await?, command).await,
        Command::Evals(args) => {
            let work = move || evals::run(&args, &mut std::io::stdout(), &mut std::io::stderr());
            tokio::task::spawn_blocking(work).await?
        }
        Command::Model(command) => tokio::task::spawn_blocking(move || model::run(&command)).await?,
        Command::Report(command) => report::run(&house().await?, command).await,
        Command::Audit(command) => audit::run(&cli.config, command).await,
        Command::Evidence(command) => evidence::run(house().await?, command).await,
        Command::Backup(args) => backup::backup(&house().await?, &args).await,
        Command::Restore(args) => backup::restore(&cli.config, &args).await,
        Command::Admin(command) => admin::run(&house().await?, command).await,
    }
}
