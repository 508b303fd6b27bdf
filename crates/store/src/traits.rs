//! What the rest of the program may ask of the store: narrow traits, one per kind of caller.
//!
//! There is no way to search, sort, list or count by who posted: no argument anywhere takes an account.

use crate::audit::{GrowthFile, ProofFile, Verified, VerifierKey};
use crate::error::StoreResult;
use crate::views::{
    Brought, CaseView, Credentials, DayFacts, DecisionRow, Job, Judged, KnownPrint, Look, Offered,
    OutcomeRow, Purged, QueueFilter, QueueRow, RoundRow, Saved, Session, SourceHealth, Today, WatchItem,
    WatchPart, WatchRow, Watched,
};
use async_trait::async_trait;
use jiff::Timestamp;
use jiff::civil::Date;
use saring_domain::{
    Capture, CaseId, Claim, ClaimId, Cursor, Custody, Decision, DecisionId, Deletion, Duty, Evidence,
    EvidenceId, Hold, Item, ItemId, Judgement, Offer, OfferId, OfferState, Office, OfficeId, OfficeWatch,
    Outcome, Person, PersonId, Planned, ProposedWatch, Retention, Reviewer, RoundId, RoundStart, SealedFile,
    Settled, SettledOffers, SourceDef, SourceId, Trouble, TwoKeys, WatchId, WatchState, WatchWord,
};

/// For reading sources: progress and content commit together.
#[async_trait]
pub trait Captures: Send + Sync {
    /// Makes the configured sources known; sources no longer configured stay readable but are not due.
    async fn set_sources(&self, sources: &[SourceDef]) -> StoreResult<()>;
    /// Sources with their health, in configured order.
    async fn sources(&self, now: Timestamp) -> StoreResult<Vec<SourceHealth>>;
    /// Where reading this source stopped.
    async fn cursor(&self, source: &SourceId) -> StoreResult<Option<Cursor>>;
    /// Captures, items, cursor, one `analyse` job per new item and an audit leaf, in one transaction. Items stored
    /// before (same id) are counted and otherwise left alone; a capture of changed content is kept as evidence.
    async fn save(
        &self,
        source: &SourceId,
        batch: &[(Capture, Item)],
        next: Option<&Cursor>,
        now: Timestamp,
    ) -> StoreResult<Saved>;
    /// The same for a source that is read in rounds: what came of it, `bad` entries among it, is counted until the next
    /// outcome of the source tells it, and the messages of bad entries are kept.
    async fn save_read(
        &self,
        source: &SourceId,
        batch: &[(Capture, Item)],
        bad: &[Trouble],
        next: Option<&Cursor>,
        now: Timestamp,
    ) -> StoreResult<Saved>;
    /// What reading a source has brought that no outcome has told of yet, by whatever process.
    async fn untold(&self, source: &SourceId) -> StoreResult<Brought>;
    /// Publication times from which the rhythm of a source is told, newest first: one per hour over four weeks.
    async fn rhythm(&self, source: &SourceId) -> StoreResult<Vec<Timestamp>>;
    /// Key of the current 30-day epoch for pseudonyms; older keys are destroyed by this call.
    async fn epoch_key(&self, now: Timestamp) -> StoreResult<[u8; 32]>;
}

/// Which public sources are read beside those of the settings: heads and administrators add them at the desk, pause any, and
/// take their own away. Each change appends an audit leaf with the person.
#[async_trait]
pub trait DeskSources: Send + Sync {
    /// Adds a source, read with the next round; gives its id, which is that of the definition where it is free. `Conflict`
    /// for what [`SourceDef::check_at_desk`] refuses and for what is read already.
    async fn add_source(&self, person: &Person, def: &SourceDef, now: Timestamp) -> StoreResult<SourceId>;
    /// Lets a source rest, or be read again; `Conflict` where it stands so already.
    async fn pause_source(
        &self,
        person: &Person,
        source: &SourceId,
        paused: bool,
        now: Timestamp,
    ) -> StoreResult<()>;
    /// Takes a source of the desk away; what it gave stays for its time. `Conflict` for one of the settings.
    async fn remove_source(&self, person: &Person, source: &SourceId, now: Timestamp) -> StoreResult<()>;
}

/// Rounds with their log, and who is on duty.
#[async_trait]
pub trait Rounds: Send + Sync {
    /// Starts a round; who is on duty is taken from the log of duty where the start does not say.
    async fn begin_round(&self, start: &RoundStart, now: Timestamp) -> StoreResult<RoundId>;
    /// Records how reading a source in a round went, the messages of bad entries that are not kept yet and when it is due
    /// next. All that is untold of the source is told by this outcome, in the same transaction: what it says it brought is
    /// the least it brought.
    async fn record_outcome(
        &self,
        round: &RoundId,
        source: &SourceId,
        outcome: &Outcome,
        bad: &[Trouble],
        next_at: Option<Timestamp>,
        now: Timestamp,
    ) -> StoreResult<()>;
    /// Ends a round.
    async fn end_round(&self, round: &RoundId, now: Timestamp) -> StoreResult<()>;
    /// Records rounds of the timetable that nobody ran; those known already stay as they are.
    async fn miss_rounds(&self, office: &OfficeId, missed: &[Planned], now: Timestamp) -> StoreResult<()>;
    /// The last time of the timetable, not after `now`, that a round was run for or recorded as missed. What a clock that
    /// ran ahead left behind it holds nothing up.
    async fn planned_until(&self, office: &OfficeId, now: Timestamp) -> StoreResult<Option<Timestamp>>;
    /// Rounds that began within (`from` inclusive, `to` exclusive), newest first, missed ones among them.
    async fn rounds(&self, office: &OfficeId, from: Timestamp, to: Timestamp) -> StoreResult<Vec<RoundRow>>;
    /// One round with what each source gave, in the order read; `NotFound` for one of another office.
    async fn round(&self, office: &OfficeId, round: &RoundId) -> StoreResult<(RoundRow, Vec<OutcomeRow>)>;
    /// Who is on duty, first come first; a duty that nobody ended counts for a day.
    async fn on_duty(&self, office: &OfficeId, now: Timestamp) -> StoreResult<Vec<Duty>>;
    /// The last duties that ended with a note, newest first.
    async fn hand_overs(&self, office: &OfficeId, limit: u32) -> StoreResult<Vec<Duty>>;
    /// Goes on duty, with an audit leaf; nothing where the person is on duty already.
    async fn take_duty(&self, reviewer: &Reviewer, now: Timestamp) -> StoreResult<()>;
    /// Ends the person's duty with a note for whoever comes next, with an audit leaf; `Conflict` where the person is
    /// not on duty.
    async fn hand_over(&self, reviewer: &Reviewer, note: &str, now: Timestamp) -> StoreResult<()>;
}

/// The outbox: work that may run twice.
#[async_trait]
pub trait Jobs: Send + Sync {
    /// Leases up to `count` jobs of a kind, oldest first; a lease that ran out is given again.
    async fn lease(&self, kind: &str, count: u32, seconds: u32, now: Timestamp) -> StoreResult<Vec<Job>>;
    /// Gives a job back with the reason; after five tries it is set aside and counted as failed.
    async fn fail(&self, job: i64, why: &str, now: Timestamp) -> StoreResult<()>;
    /// Jobs waiting (leased ones included) of a kind.
    async fn waiting(&self, kind: &str) -> StoreResult<u64>;
    /// Adds an `analyse` job for every item that could not be scored when it was tried last; gives how many.
    async fn judge_unscored_again(&self) -> StoreResult<u64>;
    /// Waits until new work may be there, or the time is over.
    async fn wait(&self, at_most: std::time::Duration);
}

/// For the analyse and assemble services.
#[async_trait]
pub trait Analyses: Send + Sync {
    /// Items by id, in the order asked; purged or unknown ones are left out.
    async fn items(&self, ids: &[ItemId]) -> StoreResult<Vec<Item>>;
    /// Judgements, finished `analyse` jobs, new `assemble` jobs for items in a worked queue and an audit leaf, in
    /// one transaction. Runs twice without harm.
    async fn save_judgements(&self, judged: &[Judged], done: &[i64], now: Timestamp) -> StoreResult<()>;
    /// Fingerprints kept, oldest first.
    async fn prints(&self) -> StoreResult<Vec<KnownPrint>>;
    /// Opens cases for judged items or attaches them to the case of the item they repeat (or, for hoaxes, to the
    /// open case of the same claim at the same office), updates priorities by spread, finishes the jobs, and
    /// appends an audit leaf per case, in one transaction. Gives the cases touched.
    async fn assemble(&self, jobs: &[Job], office: &OfficeId, now: Timestamp) -> StoreResult<Vec<CaseId>>;
}

/// The list of checked claims.
#[async_trait]
pub trait Claims: Send + Sync {
    /// Adds or updates claims; gives (new, changed, unchanged).
    async fn import_claims(&self, claims: &[Claim], now: Timestamp) -> StoreResult<(u32, u32, u32)>;
    /// All claims, and a number that changes whenever the list does.
    async fn claims(&self) -> StoreResult<(Vec<Claim>, u64)>;
    /// The number alone.
    async fn claims_generation(&self) -> StoreResult<u64>;
    /// Claims whose title or text has the words, best first; all by newest where `words` is empty.
    async fn find_claims(&self, words: &str, offset: u32, limit: u32) -> StoreResult<(Vec<Claim>, u64)>;
    /// One claim.
    async fn claim(&self, id: &ClaimId) -> StoreResult<Option<Claim>>;
}

/// Looks at items judged before a claim came to the list (imported, changed or taken in): the newest 20,000 of the last 14
/// days. One look is for all claims that came at once.
#[async_trait]
pub trait Looks: Send + Sync {
    /// The oldest that is not done.
    async fn next_look(&self) -> StoreResult<Option<Look>>;
    /// Its claims, as far as they are still on the list.
    async fn look_claims(&self, look: &Look) -> StoreResult<Vec<Claim>>;
    /// The next items with what is thought of them, and the place of the last; with none, the place of its end.
    async fn look_items(&self, look: &Look, limit: u32) -> StoreResult<(Vec<(Item, Judgement)>, i64)>;
    /// Keeps judgements of items that repeat its claims, with what follows from them, and that `seen` items up to `place`
    /// were looked at, in one transaction; nothing where another process has come further.
    async fn save_looked(
        &self,
        look: &Look,
        judged: &[Judged],
        seen: u32,
        place: i64,
        now: Timestamp,
    ) -> StoreResult<()>;
    /// The last look for a claim.
    async fn claim_look(&self, claim: &ClaimId) -> StoreResult<Option<Look>>;
}

/// Offers of one source that may wait at once.
pub const MOST_OFFERS: u32 = 1000;

/// Claims that feeds offer for the list. They match nothing until a person has taken them in.
#[async_trait]
pub trait Offers: Send + Sync {
    /// Lets claims that `source` offers wait, each once, with an audit leaf. What waits, is listed or was refused in
    /// the same words is counted as repeated, and so is a check that is listed at its address with the same verdict. At
    /// most [`MOST_OFFERS`] of a source wait; what is beyond them is left out, so that no feed floods the reviewers.
    /// Counted until the next outcome of the source tells it.
    async fn offer_claims(&self, source: &SourceId, claims: &[Claim], now: Timestamp)
    -> StoreResult<Offered>;
    /// Offers that wait, newest first, and how many there are.
    async fn offers(&self, offset: u32, limit: u32) -> StoreResult<(Vec<Offer>, u64)>;
    /// How many wait.
    async fn offers_waiting(&self) -> StoreResult<u64>;
    /// Takes those of `offers` that still wait into the list, or keeps them out, with one audit leaf; `Conflict` where
    /// none of them waits in the words that were shown.
    async fn settle_offers(
        &self,
        reviewer: &Reviewer,
        offers: &[OfferId],
        state: OfferState,
        now: Timestamp,
    ) -> StoreResult<SettledOffers>;
    /// Takes back the reviewer's own word (within 24 hours) on offers that nothing overtook, with an audit leaf; gives
    /// how many wait again.
    async fn undo_offers(&self, word: &DecisionId, reviewer: &Reviewer, now: Timestamp) -> StoreResult<u32>;
    /// The reviewer's own words of the last 24 hours that stand, newest first.
    async fn settled_offers(&self, reviewer: &Reviewer, now: Timestamp) -> StoreResult<Vec<SettledOffers>>;
}

/// Watches of offices: content that terms are in, never whose it is. Every change appends one audit leaf in its
/// transaction.
#[async_trait]
pub trait Watches: Send + Sync {
    /// Lets a proposal wait for a second person.
    async fn open_watch(&self, proposed: &ProposedWatch, now: Timestamp) -> StoreResult<WatchId>;
    /// Records a person's word on a watch of their office; gives where it stands then. `Conflict` where the owner would
    /// be the second person or someone was faster.
    async fn settle_watch(
        &self,
        reviewer: &Reviewer,
        watch: &WatchId,
        word: WatchWord,
        now: Timestamp,
    ) -> StoreResult<WatchState>;
    /// Ends those whose last day is over; gives how many.
    async fn end_expired_watches(&self, now: Timestamp) -> StoreResult<u32>;
    /// Those that are followed at `now`, of all offices, in the order they were opened.
    async fn running_watches(&self, now: Timestamp) -> StoreResult<Vec<OfficeWatch>>;
    /// The last 200 of an office, newest first.
    async fn watches(&self, office: &OfficeId) -> StoreResult<Vec<WatchRow>>;
    /// One of them; `NotFound` for one of another office.
    async fn watch(&self, office: &OfficeId, watch: &WatchId) -> StoreResult<WatchRow>;
    /// Items of a watch that are still kept.
    async fn watch_items(
        &self,
        office: &OfficeId,
        watch: &WatchId,
        part: WatchPart,
        offset: u32,
        limit: u32,
    ) -> StoreResult<Vec<WatchItem>>;
    /// Records what a person says of items of the sample: about it (`true`) or not. Gives how many had not been looked
    /// at before.
    async fn check_watch(
        &self,
        reviewer: &Reviewer,
        watch: &WatchId,
        said: &[(ItemId, bool)],
        now: Timestamp,
    ) -> StoreResult<u32>;
    /// Records what a person says of an item that was caught: about it (`true`) or not, or takes it back (`None`).
    /// `Conflict` where that is what stands already, or the item is deleted.
    async fn mark_caught(
        &self,
        reviewer: &Reviewer,
        watch: &WatchId,
        item: &ItemId,
        about: Option<bool>,
        now: Timestamp,
    ) -> StoreResult<()>;
    /// Items kept, with the claim that each repeats, in the order they came; from behind a place of this list, 0 for its
    /// beginning. Gives the place of the last.
    async fn kept_items(&self, after: i64, limit: u32) -> StoreResult<(Vec<(Item, Option<ClaimId>)>, i64)>;
    /// What running watches say of items that were judged before they ran.
    async fn save_watched(&self, watched: &[(ItemId, Vec<Watched>)], now: Timestamp) -> StoreResult<()>;
}

/// For the desk: the queue and decisions. Every call is bound to the office of the caller.
#[async_trait]
pub trait Cases: Send + Sync {
    /// Rows in priority order (then oldest first; decided ones the last first), and how many there are in all.
    async fn queue(&self, office: &OfficeId, filter: &QueueFilter) -> StoreResult<(Vec<QueueRow>, u64)>;
    /// One case; `NotFound` for a case of an office outside the caller's.
    async fn case(&self, office: &OfficeId, case: &CaseId) -> StoreResult<CaseView>;
    /// The case after this one in queue order, for keyboard work.
    async fn next_case(
        &self,
        office: &OfficeId,
        after: &CaseId,
        filter: &QueueFilter,
    ) -> StoreResult<Option<CaseId>>;
    /// Takes up to `count` open cases from the top of the queue; gives those taken.
    async fn take(
        &self,
        reviewer: &Reviewer,
        filter: &QueueFilter,
        count: u32,
        now: Timestamp,
    ) -> StoreResult<Vec<CaseId>>;
    /// Cases with an item that repeats the claim, those that wait first, then the newest; and how many there are.
    async fn claim_cases(
        &self,
        office: &OfficeId,
        claim: &ClaimId,
        limit: u32,
    ) -> StoreResult<(Vec<QueueRow>, u64)>;
    /// Who proposed a decision that awaits a second reviewer, and its code.
    async fn proposed_by(&self, case: &CaseId) -> StoreResult<Option<(PersonId, String)>>;
    /// Records the decision, the new state and one audit leaf in one transaction; `Conflict` when someone decided
    /// meanwhile.
    async fn decide(&self, decision: &Decision) -> StoreResult<DecisionId>;
    /// Takes back the reviewer's own last decision on a case (within 24 hours), with an audit leaf.
    async fn undo(&self, decision: &DecisionId, reviewer: &Reviewer, now: Timestamp) -> StoreResult<CaseId>;
    /// The reviewer's own last decisions that stand as the last word on their case, newest first; those younger than
    /// 24 hours can be undone.
    async fn last_decisions(&self, reviewer: &Reviewer, limit: u32) -> StoreResult<Vec<DecisionRow>>;
    /// Today's numbers; `midnight` is the start of the office's local day.
    async fn today(&self, office: &OfficeId, midnight: Timestamp, now: Timestamp) -> StoreResult<Today>;
}

/// Sealed copies of pages with their chain of custody. Every change appends one audit leaf in its transaction.
#[async_trait]
pub trait Evidences: Send + Sync {
    /// Asks for evidence of items in waiting cases of the office that have a public address and no evidence yet, up
    /// to `limit`, with a job for each; gives how many.
    async fn ask_for_new(
        &self,
        office: &OfficeId,
        tool: &str,
        limit: u32,
        now: Timestamp,
    ) -> StoreResult<u64>;
    /// Asks for (new) evidence of all items of a case that have a public address, with a job for each; what is
    /// waiting already stays as it is. `NotFound` for a case of another office.
    async fn ask_for_case(
        &self,
        office: &OfficeId,
        case: &CaseId,
        who: &str,
        tool: &str,
        now: Timestamp,
    ) -> StoreResult<Vec<EvidenceId>>;
    /// One piece of evidence; `NotFound` outside the office.
    async fn evidence(&self, office: &OfficeId, id: &EvidenceId) -> StoreResult<Evidence>;
    /// One piece of evidence with the office whose case it belongs to, for the services and the administrator.
    async fn evidence_in_house(&self, id: &EvidenceId) -> StoreResult<(OfficeId, Evidence)>;
    /// Evidence of one case or, without it, of the whole office, newest first.
    async fn evidence_of(
        &self,
        office: &OfficeId,
        case: Option<&CaseId>,
        limit: u32,
    ) -> StoreResult<Vec<Evidence>>;
    /// Its chain of custody, oldest first.
    async fn custody(&self, id: &EvidenceId) -> StoreResult<Vec<Custody>>;
    /// The bytes that the item was made of, where they are still kept.
    async fn capture_behind(&self, id: &EvidenceId) -> StoreResult<Option<Capture>>;
    /// What trying came to, with the finished job; `false` where nobody waits for it any more (deleted meanwhile), and
    /// nothing may be kept.
    async fn settle(
        &self,
        id: &EvidenceId,
        settled: &Settled,
        tool: &str,
        job: i64,
        now: Timestamp,
    ) -> StoreResult<bool>;
    /// The place of the log entry that sealed it and the files as the log has them, whatever the row says now.
    async fn sealed_as(&self, id: &EvidenceId) -> StoreResult<Option<(u64, Vec<SealedFile>)>>;
    /// Records that evidence leaves the house by two keys: to whom and why.
    async fn hand_out(
        &self,
        id: &EvidenceId,
        keys: &TwoKeys,
        to: &str,
        reason: &str,
        tool: &str,
        now: Timestamp,
    ) -> StoreResult<()>;
    /// Keeps the content of a case until a day, by two keys and for a reason.
    async fn hold(
        &self,
        office: &OfficeId,
        case: &CaseId,
        keys: &TwoKeys,
        reason: &str,
        until: Timestamp,
        now: Timestamp,
    ) -> StoreResult<()>;
    /// Holds that are in force at an office, or on one case of it, the first to end first.
    async fn holds(&self, office: &OfficeId, case: Option<&CaseId>, now: Timestamp)
    -> StoreResult<Vec<Hold>>;
    /// Evidence of an office that was deleted within (`from` inclusive, `to` exclusive), newest first, up to `limit`.
    async fn deletions(
        &self,
        office: &OfficeId,
        from: Timestamp,
        to: Timestamp,
        limit: u32,
    ) -> StoreResult<Vec<Deletion>>;
    /// Sealed evidence that has no timestamp yet, newest first.
    async fn unstamped(&self, limit: u32) -> StoreResult<Vec<EvidenceId>>;
    /// Records a timestamp that came later than the seal; `false` where it has one, or is no longer sealed.
    async fn stamp(
        &self,
        id: &EvidenceId,
        stamp: &SealedFile,
        tool: &str,
        now: Timestamp,
    ) -> StoreResult<bool>;
    /// What of its chain of custody does not fit the log; empty where all is well.
    async fn evidence_flaws(&self, id: &EvidenceId) -> StoreResult<Vec<String>>;
    /// What the log says was sealed and the database does not have as sealed: rows that were changed or taken away.
    async fn evidence_lost(&self) -> StoreResult<Vec<String>>;
    /// Deleted evidence whose files are still to go.
    async fn unwiped(&self) -> StoreResult<Vec<EvidenceId>>;
    /// The files of deleted evidence are gone.
    async fn wiped(&self, id: &EvidenceId, now: Timestamp) -> StoreResult<()>;
}

/// People of the offices and their sessions.
#[async_trait]
pub trait People: Send + Sync {
    /// Makes the configured offices known.
    async fn set_offices(&self, offices: &[Office]) -> StoreResult<()>;
    /// All offices.
    async fn offices(&self) -> StoreResult<Vec<Office>>;
    /// Adds a person or resets password, role, office and TOTP; with an audit leaf.
    async fn put_person(&self, credentials: &Credentials, now: Timestamp) -> StoreResult<()>;
    /// By login name.
    async fn credentials(&self, login: &str) -> StoreResult<Option<Credentials>>;
    /// All people of all offices, by login.
    async fn people(&self) -> StoreResult<Vec<Person>>;
    /// Changes the language of the screens.
    async fn set_locale(&self, person: &PersonId, locale: &str) -> StoreResult<()>;
    /// Remembers the TOTP step just used; `false` when it (or a later one) was used before.
    async fn use_totp_step(&self, person: &PersonId, step: u64) -> StoreResult<bool>;
    /// Counts a failed sign-in under a bucket (login or network) and gives the failures within the last 15 minutes.
    async fn count_failure(&self, bucket: &str, now: Timestamp) -> StoreResult<u32>;
    /// Failures within the last 15 minutes.
    async fn failures(&self, bucket: &str, now: Timestamp) -> StoreResult<u32>;
    /// Forgets the failures of a bucket after a good sign-in.
    async fn clear_failures(&self, bucket: &str) -> StoreResult<()>;
    /// Opens a session under the SHA-256 of its token.
    async fn open_session(
        &self,
        token: &[u8; 32],
        person: &PersonId,
        csrf: &str,
        now: Timestamp,
    ) -> StoreResult<()>;
    /// The session, its use recorded; `None` past idle (`idle` seconds) or absolute (`absolute` seconds) expiry.
    async fn session(
        &self,
        token: &[u8; 32],
        idle: u64,
        absolute: u64,
        now: Timestamp,
    ) -> StoreResult<Option<Session>>;
    /// Ends a session.
    async fn close_session(&self, token: &[u8; 32]) -> StoreResult<()>;
    /// Remembers a one-time sign-in link under the SHA-256 of its token.
    async fn offer_one_time(
        &self,
        token: &[u8; 32],
        person: &PersonId,
        expires: Timestamp,
    ) -> StoreResult<()>;
    /// Uses a one-time link up.
    async fn redeem_one_time(&self, token: &[u8; 32], now: Timestamp) -> StoreResult<Option<Person>>;
}

/// For reports and upkeep.
#[async_trait]
pub trait Reports: Send + Sync {
    /// The figures of a local day (`from` inclusive, `to` exclusive) at an office.
    async fn day(
        &self,
        office: &OfficeId,
        date: Date,
        from: Timestamp,
        to: Timestamp,
    ) -> StoreResult<DayFacts>;
    /// Deletes what is past its retention, closes unreviewed cases, and gives the counts; with an audit leaf.
    async fn purge(&self, retention: &Retention, now: Timestamp) -> StoreResult<Purged>;
    /// Rows past their retention that are still there.
    async fn retention_overdue(&self, retention: &Retention, now: Timestamp) -> StoreResult<u64>;
}

/// A verifiable log entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditRow {
    /// Position in the tree, from 0.
    pub index: u64,
    /// When.
    pub at: Timestamp,
    /// `capture`, `judge`, `case.open`, `case.decide`, `person.put`, `purge`, ...
    pub event: String,
    /// What it is about.
    pub subject: String,
    /// The RFC 6962 leaf hash.
    pub leaf: [u8; 32],
}

/// The audit tree (RFC 6962).
#[async_trait]
pub trait Audit: Send + Sync {
    /// Leaves in the tree.
    async fn size(&self) -> StoreResult<u64>;
    /// Entries from an index on.
    async fn entries(&self, from: u64, limit: u32) -> StoreResult<Vec<AuditRow>>;
    /// Entries about a subject (all of them, oldest first, at most 1,000), for finding the index to prove.
    async fn entries_about(&self, subject: &str) -> StoreResult<Vec<AuditRow>>;
    /// Signs the current root as a C2SP tlog-checkpoint note and stores it.
    async fn checkpoint(&self, now: Timestamp) -> StoreResult<String>;
    /// Public key of the log in its text form (`name+hash+base64`); `None` without a signing key.
    fn verifier_key(&self) -> Option<VerifierKey>;
    /// A self-contained proof of one entry under the newest checkpoint that covers it; signs one where none does.
    async fn prove(&self, index: u64, now: Timestamp) -> StoreResult<ProofFile>;
    /// A proof that the log as it stands begins with the log of an earlier checkpoint, given as its signed note.
    async fn prove_growth(&self, old: &str, now: Timestamp) -> StoreResult<GrowthFile>;
    /// Goes over the whole log. Signatures are checked against `key`, or the store's own key where it is `None`.
    async fn verify(&self, key: Option<&VerifierKey>) -> StoreResult<Verified>;
}
