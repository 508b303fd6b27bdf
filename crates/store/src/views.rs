//! Read models: what screens and reports need, already joined. None of them names who posted something.

use jiff::Timestamp;
use jiff::civil::Date;
use saring_domain::{
    Capture, Case, CaseId, Claim, ClaimId, DecisionCode, DecisionId, Item, ItemId, Judgement, OfficeWatch,
    Outcome, Person, Queue, Round, SourceDef, SourceId, Span, Trouble, WatchId,
};
use serde::{Deserialize, Serialize};

/// What came of saving a batch of captures.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Saved {
    /// Items not stored before.
    pub new: u32,
    /// Items stored before.
    pub repeated: u32,
}

/// What reading a source has brought.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Brought {
    /// Items, or offered claims, not stored before.
    pub new: u32,
    /// Those stored before.
    pub repeated: u32,
    /// Entries that could not be read.
    pub bad: u32,
}

/// What came of claims that a feed offered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Offered {
    /// Claims that began to wait.
    pub new: u32,
    /// Claims that make no work.
    pub repeated: u32,
    /// Claims that were left out, since too many of this source wait already.
    pub left: u32,
}

/// An item with what the machine thinks of it, ready to be stored.
#[derive(Clone, Debug)]
pub struct Judged {
    /// Which item.
    pub item: ItemId,
    /// What the machine thinks; `None` where it could not be scored (then `unscored` says why).
    pub judgement: Option<Judgement>,
    /// Why it could not be scored.
    pub unscored: Option<String>,
    /// Exact fingerprint of the plain text.
    pub exact: u64,
    /// Bands of the near fingerprint, for duplicates after a restart.
    pub near: Vec<u64>,
    /// What the running watches say of it.
    pub watched: Vec<Watched>,
}

/// An item that a watch caught, or may have missed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Watched {
    /// Which watch.
    pub watch: WatchId,
    /// A term is in it; else it is only near.
    pub caught: bool,
    /// Where the terms are.
    pub spans: Vec<Span>,
    /// Of one that was not caught: ordinary words of it, of which terms may be made.
    pub words: Vec<String>,
}

/// A watch with what came of it.
#[derive(Clone, Debug)]
pub struct WatchRow {
    /// The watch.
    pub watch: OfficeWatch,
    /// Title of the claim it is bound to, where that is still listed.
    pub claim_title: Option<String>,
    /// Days on which something was found, oldest first.
    pub days: Vec<WatchDay>,
}

/// What a watch found on one day of its office.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WatchDay {
    /// The local day.
    pub day: Date,
    /// Items caught.
    pub caught: u32,
    /// Items that it may have missed.
    pub near: u32,
    /// Of these, looked at by a person.
    pub checked: u32,
    /// Of these, about what it was opened for.
    pub relevant: u32,
    /// Of the caught ones, marked as about it.
    pub apt: u32,
    /// Of the caught ones, marked as about something else.
    pub stray: u32,
}

/// Which items of a watch are asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WatchPart {
    /// Caught, newest first.
    Caught,
    /// Not caught and not looked at yet, in the order of the sample.
    Sample,
    /// Not caught, and a person says that they are about it.
    Missed,
}

/// An item of a watch.
#[derive(Clone, Debug)]
pub struct WatchItem {
    /// The item.
    pub item: Item,
    /// Where the terms are.
    pub spans: Vec<Span>,
    /// Words of which terms may be made, of one that was not caught.
    pub words: Vec<String>,
    /// What a person said: about it, or not.
    pub about: Option<bool>,
}

/// Watches in the daily report.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct WatchFacts {
    /// Running at the end of the day.
    pub running: u32,
    /// Opened on the day.
    pub opened: u32,
    /// Refused on the day.
    pub refused: u32,
    /// Ended on the day, by a person or because their last day was over.
    pub ended: u32,
}

impl WatchFacts {
    /// Nothing ran and nothing happened.
    pub fn is_blank(&self) -> bool {
        *self == Self::default()
    }
}

/// A fingerprint kept for duplicate detection.
#[derive(Clone, Debug)]
pub struct KnownPrint {
    /// Which item.
    pub item: ItemId,
    /// Exact fingerprint.
    pub exact: u64,
    /// Near fingerprint.
    pub near: Vec<u64>,
}

/// A leased piece of work. Carries ids, not data; may run twice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Job {
    /// Unique id; also the message id on a broker.
    pub id: i64,
    /// `analyse`, `assemble`, ...
    pub kind: String,
    /// What it is about.
    pub subject: String,
    /// How often it was tried before.
    pub tries: u32,
}

/// A row of the queue.
#[derive(Clone, Debug)]
pub struct QueueRow {
    /// The case with its priority and reasons.
    pub case: Case,
    /// The item that opened it.
    pub item: Item,
    /// What the machine thinks of it.
    pub judgement: Option<Judgement>,
    /// Copies attached, the first included.
    pub copies: u32,
    /// Distinct accounts as a bucket: `1`, `2-9`, `10-99`, `100+`; `None` where the source names none.
    pub accounts: Option<&'static str>,
    /// Who took it.
    pub taken_by: Option<String>,
}

/// A look at items judged before claims came to the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Look {
    /// Number.
    pub id: i64,
    /// Items seen from then on, microseconds.
    pub since: i64,
    /// The item that it has come to,
    pub place: i64,
    /// and the last one.
    pub until: i64,
    /// Items kept when it was asked for.
    pub total: u32,
    /// Items looked at.
    pub seen: u32,
    /// Items that repeat one of its claims.
    pub found: u32,
    /// Nothing is left to look at.
    pub done: bool,
}

/// What the queue is narrowed to.
#[derive(Clone, Debug, Default)]
pub struct QueueFilter {
    /// Only this queue; all worked queues where `None`.
    pub queue: Option<Queue>,
    /// Open and taken cases (`false`) or decided ones (`true`).
    pub decided: bool,
    /// Words that must occur in the text (never a handle).
    pub words: Option<String>,
    /// Rows to skip.
    pub offset: u32,
    /// Rows to give.
    pub limit: u32,
}

/// Everything about one case.
#[derive(Clone, Debug)]
pub struct CaseView {
    /// The row of the queue.
    pub row: QueueRow,
    /// Evidence of the first item.
    pub capture: Option<Capture>,
    /// Full records of the claims in the judgement, best first.
    pub claims: Vec<Claim>,
    /// The attached copies, oldest first (at most 200).
    pub copies: Vec<Copied>,
    /// What happened to the case, oldest first.
    pub history: Vec<HistoryRow>,
}

/// What a source suffers from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum SourceTrouble {
    /// It could not be read.
    Failed(Trouble),
    /// It is read well, but its newest item is old: when that came.
    Silent(Option<Timestamp>),
}

/// A copy attached to a case.
#[derive(Clone, Debug)]
pub struct Copied {
    /// Which item.
    pub item: ItemId,
    /// Where it was read.
    pub source: SourceId,
    /// Medium or platform.
    pub outlet: Option<String>,
    /// Publication time, or when we saw it.
    pub when: Timestamp,
    /// Its address, shown inside the case only.
    pub url: Option<String>,
}

/// One line of a case's history.
#[derive(Clone, Debug, PartialEq)]
pub struct HistoryRow {
    /// When.
    pub at: Timestamp,
    /// Who of the office, where a person did it.
    pub who: Option<String>,
    /// `opened`, `copy`, `taken`, `proposed`, `decided`, `undone`, `closed`, ...
    pub what: String,
    /// Decision code in short form, where there is one.
    pub code: Option<String>,
    /// Reason in words.
    pub note: Option<String>,
}

/// Today's numbers of an office.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Today {
    /// Cases waiting per queue.
    pub waiting: Vec<(Queue, u32)>,
    /// Waiting cases past their due time.
    pub overdue: u32,
    /// Cases decided since local midnight.
    pub decided: u32,
    /// Items seen since local midnight.
    pub seen: u32,
    /// Items still to be analysed.
    pub unjudged: u32,
    /// Sources by health: healthy, silent, failed.
    pub sources: (u32, u32, u32),
}

/// A source with how it is doing.
#[derive(Clone, Debug)]
pub struct SourceHealth {
    /// The source.
    pub def: SourceDef,
    /// Outcome of the last read.
    pub last: Option<Outcome>,
    /// When it was last read, well or not.
    pub last_at: Option<Timestamp>,
    /// When it was last read well.
    pub last_good_at: Option<Timestamp>,
    /// Since when it fails, where it does.
    pub failing_since: Option<Timestamp>,
    /// When it is due again.
    pub next_at: Option<Timestamp>,
    /// Publication time of its newest item.
    pub newest_item_at: Option<Timestamp>,
    /// Items in the last 24 hours.
    pub items_day: u32,
    /// Items in all.
    pub items: u64,
    /// The last failures and bad entries, newest first (at most 20).
    pub troubles: Vec<(Timestamp, Trouble)>,
    /// Who added it at the desk, and when; the others stand in the settings.
    pub added: Option<(String, Timestamp)>,
    /// Who paused it, and since when it is not read.
    pub paused: Option<(String, Timestamp)>,
}

/// A round with what it came to.
#[derive(Clone, Debug, PartialEq)]
pub struct RoundRow {
    /// The round.
    pub round: Round,
    /// What its sources gave.
    pub tally: Tally,
    /// Items it brought that stand in a worked queue now.
    pub findings: Vec<(Queue, u32)>,
}

/// What the sources of a round gave: sources by outcome, then entries.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[allow(missing_docs, reason = "named after the outcomes of `domain::Outcome` and their figures")]
pub struct Tally {
    pub read: u32,
    pub nothing_new: u32,
    pub failed: u32,
    pub silent: u32,
    pub held: u32,
    pub new_items: u32,
    pub repeated: u32,
    pub bad: u32,
}

/// What one source gave in a round.
#[derive(Clone, Debug, PartialEq)]
pub struct OutcomeRow {
    /// Which source.
    pub source: SourceId,
    /// Its name as it was then.
    pub name: String,
    /// When it was done.
    pub at: Timestamp,
    /// Code of the outcome.
    pub code: String,
    /// Items not stored before.
    pub new_items: u32,
    /// Items stored before.
    pub repeated: u32,
    /// Entries that could not be read.
    pub bad: u32,
    /// Why it failed or was held.
    pub trouble: Option<Trouble>,
}

/// A decision as stored, for reading.
#[derive(Clone, Debug)]
pub struct DecisionRow {
    /// Id.
    pub id: DecisionId,
    /// Which case.
    pub case: CaseId,
    /// What.
    pub code: DecisionCode,
    /// Who.
    pub who: String,
    /// When.
    pub at: Timestamp,
    /// Taken back.
    pub undone: bool,
}

/// Sign-in record of a person.
#[derive(Clone)]
pub struct Credentials {
    /// The person.
    pub person: Person,
    /// Argon2 hash in PHC form.
    pub password: String,
    /// TOTP secret, where the person set one.
    pub totp: Option<Vec<u8>>,
    /// Last TOTP step used: a code never works twice.
    pub totp_step: Option<u64>,
    /// The account is closed.
    pub disabled: bool,
}

/// A signed-in session.
#[derive(Clone, Debug)]
pub struct Session {
    /// Who.
    pub person: Person,
    /// When it began.
    pub created_at: Timestamp,
    /// When it was last used.
    pub used_at: Timestamp,
    /// CSRF secret of the session.
    pub csrf: String,
}

/// The figures of the daily report; reproducible from the data as of the end of `date`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct DayFacts {
    /// The local day.
    pub date: Date,
    /// Rounds that ended on that day, with start and end, and how many sources were read / had nothing new /
    /// failed / were silent / were held.
    pub rounds: Vec<RoundFacts>,
    /// Sources that failed or were silent at the end of the day, by name.
    pub troubled: Vec<(String, SourceTrouble)>,
    /// Sources configured.
    pub sources: u32,
    /// Items first seen on that day.
    pub seen: u32,
    /// Of these, repeats of another item.
    pub duplicates: u32,
    /// Of these, not scored.
    pub unscored: u32,
    /// Items by queue.
    pub by_queue: Vec<(Queue, u32)>,
    /// Items by language code, most first.
    pub by_language: Vec<(String, u32)>,
    /// Places most named: code, name, items; at most ten.
    pub by_place: Vec<(String, String, u32)>,
    /// Claims most repeated: claim, title, rating code, items that day, items in all; at most ten.
    pub top_claims: Vec<ClaimFacts>,
    /// Decisions made on that day by short code.
    pub decisions: Vec<(String, u32)>,
    /// Cases open at the end of the day by queue.
    pub open: Vec<(Queue, u32)>,
    /// Of these, past their due time.
    pub overdue: u32,
    /// Overdue rows of retention.
    pub retention_overdue: u32,
    /// Watches of the office.
    #[serde(default, skip_serializing_if = "WatchFacts::is_blank")]
    pub watches: WatchFacts,
}

/// A round in the daily report.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs, reason = "named after the outcomes of `domain::Outcome`")]
pub struct RoundFacts {
    pub started_at: Timestamp,
    pub ended_at: Option<Timestamp>,
    pub on_duty: Option<String>,
    #[serde(default)]
    pub missed: bool,
    pub read: u32,
    pub nothing_new: u32,
    pub failed: u32,
    pub silent: u32,
    pub held: u32,
    pub new_items: u32,
}

/// A claim in the daily report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs, reason = "plain names")]
pub struct ClaimFacts {
    pub claim: ClaimId,
    pub title: String,
    pub rating: String,
    pub items_day: u32,
    pub items: u32,
}

/// What retention did.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs, reason = "counts named after what was deleted")]
pub struct Purged {
    pub texts: u64,
    pub captures: u64,
    pub fingerprints: u64,
    pub cases_closed: u64,
    pub sessions: u64,
}
