//! The settings file: one commented `saring.toml`, unknown keys are errors, secrets by file or environment.

mod secret;

pub use secret::Secret;

use anyhow::{Context, bail, ensure};
use jiff::civil::Time;
use saring_analysis::Groups;
use saring_connectors::client::Network;
use saring_connectors::{Client, Settings};
use saring_domain::{Area, AreaLevel, Office, OfficeId, Retention, Shift, SourceDef, SourceKind, Timetable};
use serde::Deserialize;
use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

/// What `saring init` writes.
pub const TEMPLATE: &str = include_str!("saring.toml");

/// All settings.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Where everything is remembered.
    pub store: StoreConfig,
    /// The desk in the browser.
    pub desk: DeskSection,
    /// How sources are read.
    #[serde(default)]
    pub patrol: PatrolConfig,
    /// How items are judged.
    #[serde(default)]
    pub analysis: AnalysisConfig,
    /// Copies of the pages behind cases.
    #[serde(default)]
    pub evidence: EvidenceConfig,
    /// How long content is kept.
    #[serde(default)]
    pub retention: Retention,
    /// The offices, this desk first.
    pub office: Vec<Office>,
    /// The public sources.
    #[serde(default)]
    pub source: Vec<SourceDef>,
    /// The folder of the settings file; paths are relative to it.
    #[serde(skip)]
    folder: PathBuf,
}

/// `[store]`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StoreConfig {
    /// SQLite file or PostgreSQL address.
    pub url: Option<Secret>,
    /// File that holds the address.
    pub url_file: Option<PathBuf>,
    /// Folder for key, reports and backups.
    #[serde(default = "default_data")]
    pub data: PathBuf,
}

/// `[desk]`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeskSection {
    /// Address and port.
    pub listen: SocketAddr,
    /// The address people type.
    pub public_url: url::Url,
    /// Minutes a session may rest.
    #[serde(default = "default_idle")]
    pub idle_minutes: u32,
    /// Minutes a session may last.
    #[serde(default = "default_absolute")]
    pub absolute_minutes: u32,
    /// Language of the sign-in page.
    #[serde(default = "default_locale")]
    pub locale: String,
}

/// `[patrol]`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PatrolConfig {
    /// Who site owners may write to.
    pub contact: String,
    /// Least time between two requests to a host, milliseconds.
    pub host_pause_ms: u64,
    /// Sources read at the same time.
    pub parallel: usize,
    /// Inside addresses that may be read.
    pub allow: Vec<String>,
    /// Certificates of authorities trusted beside the usual ones.
    pub ca_file: Option<PathBuf>,
    /// The shifts of the timetable.
    pub shift: Vec<Shift>,
    /// Local times of extra rounds over every source.
    pub extra_rounds: Vec<Time>,
}

impl PatrolConfig {
    /// When rounds are due.
    pub fn timetable(&self) -> Timetable {
        Timetable { shifts: self.shift.clone(), extra: self.extra_rounds.clone() }
    }
}

/// `[analysis]`.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct AnalysisConfig {
    /// Threads; 0 for all cores.
    pub threads: usize,
    /// File with further areas.
    pub areas: Option<PathBuf>,
    /// File with protected groups that are added to the built-in list or taken off it.
    pub groups: Option<PathBuf>,
    /// Whether the sentence encoder puts claims in order too.
    pub precise: bool,
    /// Folder with models.
    pub models: Option<PathBuf>,
}

/// `[evidence]`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct EvidenceConfig {
    /// Whether what enters a case is taken without being asked for.
    pub automatic: bool,
    /// Offices where it is taken only when asked for, whatever `automatic` says.
    pub by_request: Vec<OfficeId>,
    /// Whether a picture of the page is taken too.
    pub picture: bool,
    /// The browser that takes it; empty for the one that is installed.
    pub browser: String,
    /// Address of an RFC 3161 authority; empty for none.
    pub timestamp_authority: String,
}

impl Default for EvidenceConfig {
    fn default() -> Self {
        Self {
            automatic: true,
            by_request: Vec::new(),
            picture: true,
            browser: String::new(),
            timestamp_authority: String::new(),
        }
    }
}

impl EvidenceConfig {
    /// Whether what enters a case of this office is taken without being asked for.
    pub fn automatic_at(&self, office: &OfficeId) -> bool {
        self.automatic && !self.by_request.contains(office)
    }
}

impl Default for PatrolConfig {
    fn default() -> Self {
        Self {
            contact: String::new(),
            host_pause_ms: 1000,
            parallel: 8,
            allow: Vec::new(),
            ca_file: None,
            shift: Vec::new(),
            extra_rounds: Vec::new(),
        }
    }
}

fn default_data() -> PathBuf {
    "data".into()
}
fn default_idle() -> u32 {
    30
}
fn default_absolute() -> u32 {
    600
}
fn default_locale() -> String {
    "id".into()
}

impl Config {
    /// Reads and checks a settings file.
    pub fn read(path: &Path) -> anyhow::Result<Self> {
        let text = std::fs::read_to_string(path).with_context(|| {
            let shown = path.display();
            format!("cannot read {shown}; run `saring init` to write one, or name it with --config")
        })?;
        let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
        Self::parse(&text, folder).with_context(|| format!("in {}", path.display()))
    }

    /// Checks the text of a settings file that lies in `folder`.
    pub fn parse(text: &str, folder: &Path) -> anyhow::Result<Self> {
        // what is wrong is shown with its line; the line of a secret is not
        let mut config: Self = toml::from_str(text).map_err(|error| anyhow::anyhow!("{error}"))?;
        config.folder = folder.to_owned();
        config.check()?;
        Ok(config)
    }

    fn check(&self) -> anyhow::Result<()> {
        self.retention.check()?;
        ensure!(!self.office.is_empty(), "there is no [[office]]: add at least one, this desk");
        ensure!(
            matches!(self.desk.locale.as_str(), "id" | "en"),
            "desk.locale = {:?}: choose id or en",
            self.desk.locale
        );
        ensure!((1..=64).contains(&self.patrol.parallel), "patrol.parallel must be 1 to 64");
        self.patrol.timetable().check().map_err(|why| anyhow::anyhow!("[[patrol.shift]]: {why}"))?;
        ensure!(
            self.desk.idle_minutes > 0 && self.desk.idle_minutes <= self.desk.absolute_minutes,
            "desk.idle_minutes must be at least 1 and not above desk.absolute_minutes"
        );
        let mut seen = BTreeSet::new();
        for office in &self.office {
            ensure!(seen.insert(office.id.as_str()), "office '{}' stands twice", office.id);
            jiff::tz::TimeZone::get(&office.zone)
                .with_context(|| format!("office '{}': zone '{}' is unknown", office.id, office.zone))?;
        }
        for office in &self.office {
            if let Some(parent) = &office.parent {
                ensure!(
                    seen.contains(parent.as_str()),
                    "office '{}': no office '{parent}' above it",
                    office.id
                );
            }
        }
        for office in &self.evidence.by_request {
            ensure!(seen.contains(office.as_str()), "evidence.by_request: there is no office '{office}'");
        }
        let mut seen = BTreeSet::new();
        for source in &self.source {
            let id = source.id.as_str();
            ensure!(seen.insert(id), "source '{id}' stands twice");
            let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "-_".contains(c);
            ensure!(
                !id.is_empty() && id.len() <= 64 && id.chars().all(plain),
                "source '{id}': an id has 1 to 64 small letters, digits, - and _"
            );
            ensure!(
                !url::Url::parse(&source.url).is_ok_and(|url| url.password().is_some()),
                "source '{id}': its address has a password in it; put it into a file and name that as password_file"
            );
            ensure!(source.every_minutes > 0, "source '{id}': every_minutes must be at least 1");
            if let Some(zone) = &source.zone {
                saring_domain::zone_named(zone).with_context(|| {
                    format!("source '{id}': zone '{zone}' is unknown; WIB, WITA, WIT or an IANA name such as Asia/Makassar")
                })?;
            }
        }
        Ok(())
    }

    /// A path of the settings, relative to the settings file.
    pub fn path(&self, given: &Path) -> PathBuf {
        self.folder.join(given)
    }

    /// The data folder.
    pub fn data(&self) -> PathBuf {
        self.path(&self.store.data)
    }

    /// This desk's office.
    pub fn own_office(&self) -> &Office {
        &self.office[0]
    }

    /// The office with this id.
    ///
    /// # Errors
    /// When the settings have none; names those they have.
    pub fn office(&self, id: &OfficeId) -> anyhow::Result<&Office> {
        let found = self.office.iter().find(|office| office.id == *id);
        found.with_context(|| {
            let ids: Vec<&str> = self.office.iter().map(|office| office.id.as_str()).collect();
            format!("no office '{id}' in saring.toml; there are: {}", ids.join(", "))
        })
    }

    /// The store's address: from `SARING_STORE_URL`, `store.url_file` or `store.url`; a file is made absolute.
    pub fn store_url(&self) -> anyhow::Result<Secret> {
        let url = if let Some(url) = std::env::var("SARING_STORE_URL").ok().filter(|url| !url.is_empty()) {
            Secret::from(url)
        } else if let Some(file) = &self.store.url_file {
            Secret::read(&self.path(file))?
        } else if let Some(url) = &self.store.url {
            url.clone()
        } else {
            bail!("no store: set store.url or store.url_file in saring.toml, or SARING_STORE_URL");
        };
        Ok(if url.expose().contains("://") { url } else { self.path(Path::new(url.expose())).into() })
    }

    /// The sources; paths of files are made absolute.
    pub fn sources(&self) -> Vec<SourceDef> {
        let mut sources = self.source.clone();
        for source in sources.iter_mut().filter(|source| source.kind == SourceKind::File) {
            let path = source.url.strip_prefix("file://").unwrap_or(&source.url);
            source.url = self.path(Path::new(path)).to_string_lossy().into_owned();
        }
        for file in sources.iter_mut().filter_map(|source| source.password_file.as_mut()) {
            *file = self.path(Path::new(file.as_str())).to_string_lossy().into_owned();
        }
        sources
    }

    /// The contact that patrols send along.
    pub fn contact(&self) -> anyhow::Result<&str> {
        let contact = self.patrol.contact.trim();
        ensure!(
            !contact.is_empty(),
            "patrol.contact is empty: write an e-mail address or page of your office, so that site owners know whom to ask"
        );
        Ok(contact)
    }

    /// The network that patrols see: the machine's, with the authorities that the office trusts beside the usual ones.
    pub fn network(&self) -> anyhow::Result<Network> {
        let Some(file) = &self.patrol.ca_file else { return Ok(Network::default()) };
        let path = self.path(file);
        let what = || format!("patrol.ca_file, {}", path.display());
        let authorities = std::fs::read(&path).with_context(what)?;
        ensure!(!authorities.is_empty(), "{}: it is empty; a PEM file of certificates is expected", what());
        Ok(Network { authorities, ..Network::default() })
    }

    /// A client on that network; errors name the settings.
    pub fn client(&self, settings: Settings) -> anyhow::Result<Client> {
        let network = self.network()?;
        Client::on(settings, network).with_context(|| match &self.patrol.ca_file {
            Some(file) => format!("the client for reading sources (patrol.ca_file is {})", file.display()),
            None => "the client for reading sources".to_owned(),
        })
    }

    /// The protected groups, with what the office added or took off.
    pub fn groups(&self) -> anyhow::Result<Groups> {
        self.analysis
            .groups
            .as_ref()
            .map_or_else(|| Ok(Groups::default()), |file| read_groups(&self.path(file)))
    }

    /// The areas the office added to the gazetteer.
    pub fn areas(&self) -> anyhow::Result<Vec<Area>> {
        let Some(file) = &self.analysis.areas else { return Ok(Vec::new()) };
        let path = self.path(file);
        let text = std::fs::read_to_string(&path).with_context(|| path.display().to_string())?;
        parse_areas(&text).with_context(|| path.display().to_string())
    }
}

/// Reads an office's list of protected groups.
pub fn read_groups(path: &Path) -> anyhow::Result<Groups> {
    let text = std::fs::read_to_string(path).with_context(|| path.display().to_string())?;
    Groups::with(&text).with_context(|| path.display().to_string())
}

/// Reads areas: code, level, name and perhaps latitude and longitude, separated by tabs; `#` starts a comment.
pub fn parse_areas(text: &str) -> anyhow::Result<Vec<Area>> {
    let lines =
        text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty() && !line.starts_with('#'));
    lines.map(|(at, line)| parse_area(line).with_context(|| format!("line {}", at + 1))).collect()
}

fn parse_area(line: &str) -> anyhow::Result<Area> {
    let cells: Vec<&str> = line.split('\t').map(str::trim).collect();
    let [code, level, name, rest @ ..] = cells.as_slice() else {
        bail!("needs code, level and name separated by tabs");
    };
    let level = match *level {
        "province" => AreaLevel::Province,
        "regency" => AreaLevel::Regency,
        "district" => AreaLevel::District,
        "village" => AreaLevel::Village,
        other => bail!("level '{other}': use province, regency, district or village"),
    };
    let degrees = |at: usize| match rest.get(at).filter(|cell| !cell.is_empty()) {
        None => Ok(None),
        Some(cell) => cell.parse().map(Some).with_context(|| format!("'{cell}' is not a number of degrees")),
    };
    Ok(Area { code: (*code).into(), level, name: (*name).into(), lat: degrees(0)?, lon: degrees(1)? })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(from: &str, to: &str) -> anyhow::Result<Config> {
        assert!(TEMPLATE.contains(from), "{from}");
        Config::parse(&TEMPLATE.replacen(from, to, 1), Path::new("/srv"))
    }

    #[test]
    fn the_file_that_init_writes_is_valid_and_so_is_every_commented_key() {
        with("[store]", "[store]").unwrap();
        let all: String = TEMPLATE
            .lines()
            .map(|line| match line.strip_prefix("# ") {
                Some(rest)
                    if rest.starts_with('[')
                        || rest.split_once(" = ").is_some_and(|(key, _)| {
                            key.chars().all(|c| c.is_ascii_lowercase() || c == '_')
                        }) =>
                {
                    rest
                }
                _ => line,
            })
            .filter(|line| !line.starts_with("parent = "))
            .collect::<Vec<_>>()
            .join("\n");
        let config = Config::parse(&all, Path::new("/srv")).unwrap();
        assert_eq!(config.source.len(), 1);
        assert_eq!(config.patrol.parallel, PatrolConfig::default().parallel);
        assert_eq!(config.patrol.timetable().shifts.len(), 2);
        assert_eq!(config.retention, Retention::default());
    }

    #[test]
    fn what_is_wrong_is_named() {
        let cases = [
            ("[store]", "[store]\nspeed = 1", "speed"),
            ("zone = \"Asia/Jakarta\"", "zone = \"Asia/Jkt\"", "Asia/Jkt"),
            ("# locale = \"id\"", "locale = \"fr\"", "choose id or en"),
            ("# unreviewed = 336 ", "unreviewed = 400 ", "cap"),
            ("# parent = \"pusat\"", "parent = \"pusat\"", "no office 'pusat'"),
            ("# parallel = 8", "parallel = 0", "1 to 64"),
            ("# by_request = []", "by_request = [\"lain\"]", "no office 'lain'"),
            ("every_minutes = 60", "every_minutes = 0", "1 to 1440"),
            ("from = \"06:00\"", "from = \"jam enam\"", "from"),
            (
                "signatory = []",
                "signatory = []\n[[source]]\nid = \"k\"\nname = \"K\"\nkind = \"mailbox\"\nurl = \"imaps://k:geheim@h/INBOX\"",
                "name that as password_file",
            ),
        ];
        for (from, to, says) in cases {
            let error = format!("{:#}", with(from, to).unwrap_err());
            assert!(error.contains(says) && !error.contains("geheim"), "{to}: {error}");
        }
    }

    #[test]
    fn an_authority_of_the_office_is_trusted_and_a_file_that_will_not_do_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let made = |text: Option<&str>| {
            let path = folder.path().join("ca.pem");
            match text {
                Some(text) => std::fs::write(&path, text).unwrap(),
                None => std::fs::remove_file(&path).unwrap_or_default(),
            }
            let settings = TEMPLATE.replacen("# ca_file = \"ca.pem\"", "ca_file = \"ca.pem\"", 1);
            assert_ne!(settings, TEMPLATE);
            let config = Config::parse(&settings, folder.path()).unwrap();
            config.client(Settings::new("humas@sukamaju.example")).map(drop)
        };
        let broken = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
        let key = "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n";
        for text in [None, Some(""), Some("bukan sertifikat"), Some(broken), Some(key)] {
            let error = format!("{:#}", made(text).unwrap_err());
            assert!(error.contains("patrol.ca_file") && error.contains("ca.pem"), "{text:?}: {error}");
        }
    }

    #[test]
    fn an_office_is_found_by_its_id_and_an_unknown_one_names_those_there_are() {
        let config = with("[store]", "[store]").unwrap();
        let own = config.own_office();
        assert_eq!(config.office(&own.id).unwrap(), own);
        let error = config.office(&"lain".into()).unwrap_err().to_string();
        assert!(error.contains("no office 'lain'") && error.contains(own.id.as_str()), "{error}");
    }

    #[test]
    fn areas_are_read_line_by_line() {
        let areas = parse_areas(
            "# code\n99.01\tregency\tKabupaten Sukamaju\t-7.1\t112.2\n99.01.01\tdistrict\tKarangjati\n",
        )
        .unwrap();
        assert_eq!(areas.len(), 2);
        assert_eq!(areas[0].lat, Some(-7.1));
        let error = format!("{:#}", parse_areas("99\tcontinent\tX").unwrap_err());
        assert!(error.contains("line 1") && error.contains("continent"));
    }
}
