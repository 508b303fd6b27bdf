-- Schema 1. One file per engine, the same tables and columns in both; a contract test compares them.
-- Times are microseconds since 1970 UTC, truth values 0 or 1, hashes and keys raw bytes.
-- No table has a key, an index or a column of its own by who posted: `items.account` is a pseudonym that is only ever counted.

CREATE TABLE meta (
    name TEXT PRIMARY KEY,
    number INTEGER NOT NULL
) STRICT;
INSERT INTO meta (name, number) VALUES ('claims_generation', 0);

CREATE TABLE epoch_keys (
    epoch INTEGER PRIMARY KEY,
    secret BLOB NOT NULL
) STRICT;

CREATE TABLE offices (
    id TEXT PRIMARY KEY,
    position INTEGER NOT NULL,
    def TEXT NOT NULL
) STRICT;

CREATE TABLE people (
    id TEXT PRIMARY KEY,
    login TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    role TEXT NOT NULL,
    office TEXT NOT NULL,
    locale TEXT NOT NULL,
    password TEXT NOT NULL,
    totp BLOB,
    totp_step INTEGER,
    disabled INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE sessions (
    token BLOB PRIMARY KEY,
    person TEXT NOT NULL REFERENCES people (id) ON DELETE CASCADE,
    csrf TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    used_at INTEGER NOT NULL
) STRICT;

CREATE TABLE one_time_links (
    token BLOB PRIMARY KEY,
    person TEXT NOT NULL REFERENCES people (id) ON DELETE CASCADE,
    expires_at INTEGER NOT NULL
) STRICT;

CREATE TABLE sign_in_failures (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    bucket TEXT NOT NULL,
    at INTEGER NOT NULL
) STRICT;
CREATE INDEX sign_in_failures_bucket ON sign_in_failures (bucket, at);

CREATE TABLE sources (
    id TEXT PRIMARY KEY,
    position INTEGER, -- NULL: no longer configured
    def TEXT NOT NULL,
    progress TEXT, -- the cursor
    last TEXT,
    last_at INTEGER,
    last_good_at INTEGER,
    failing_since INTEGER,
    next_at INTEGER,
    newest_item_at INTEGER,
    items INTEGER NOT NULL DEFAULT 0,
    posted_times TEXT NOT NULL DEFAULT '[]' -- the last 50, newest first
) STRICT;

CREATE TABLE troubles (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    source TEXT NOT NULL,
    at INTEGER NOT NULL,
    trouble TEXT NOT NULL
) STRICT;
CREATE INDEX troubles_source ON troubles (source, seq);

CREATE TABLE rounds (
    id TEXT PRIMARY KEY,
    office TEXT NOT NULL,
    on_duty TEXT,
    sources INTEGER NOT NULL, -- configured when it began
    started_at INTEGER NOT NULL,
    ended_at INTEGER
) STRICT;
CREATE INDEX rounds_started ON rounds (office, started_at);

CREATE TABLE outcomes (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    round TEXT NOT NULL REFERENCES rounds (id),
    source TEXT NOT NULL,
    name TEXT NOT NULL, -- of the source, as it was then
    at INTEGER NOT NULL,
    code TEXT NOT NULL,
    more TEXT NOT NULL,
    new_items INTEGER NOT NULL
) STRICT;
CREATE INDEX outcomes_round ON outcomes (round);
CREATE INDEX outcomes_at ON outcomes (at);

CREATE TABLE captures (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    item INTEGER NOT NULL, -- seq of the item
    id TEXT NOT NULL,
    batch INTEGER NOT NULL, -- place of the audit leaf that commits to it
    source TEXT NOT NULL,
    native_id TEXT NOT NULL,
    seen_at INTEGER NOT NULL,
    media_type TEXT NOT NULL,
    sha256 BLOB NOT NULL,
    raw BLOB, -- NULL: purged
    UNIQUE (item, id)
) STRICT;

CREATE TABLE items (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    capture TEXT NOT NULL,
    source TEXT NOT NULL,
    kind TEXT NOT NULL,
    account TEXT,
    title TEXT,
    text TEXT, -- NULL: purged
    url TEXT,
    outlet TEXT,
    posted_at INTEGER,
    seen_at INTEGER NOT NULL,
    content BLOB NOT NULL, -- SHA-256 of the fields above
    purged_at INTEGER
) STRICT;
CREATE INDEX items_seen ON items (seen_at, source);
CREATE INDEX items_kept ON items (seen_at) WHERE purged_at IS NULL;

CREATE TABLE judgements (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    item INTEGER NOT NULL, -- seq of the item
    at INTEGER NOT NULL,
    latest INTEGER NOT NULL, -- older ones stay for the report of their day
    queue TEXT NOT NULL,
    language TEXT,
    duplicate_of TEXT,
    claim TEXT,
    claim_title TEXT,
    claim_rating TEXT,
    unscored TEXT,
    body TEXT, -- NULL: purged, superseded or not scored
    UNIQUE (item, at)
) STRICT;
CREATE INDEX judgements_claim ON judgements (claim, at) WHERE claim IS NOT NULL;
CREATE INDEX judgements_unscored ON judgements (item) WHERE unscored IS NOT NULL AND latest = 1;

CREATE TABLE places (
    item INTEGER NOT NULL, -- seq of the item
    at INTEGER NOT NULL, -- of the judgement
    code TEXT NOT NULL,
    name TEXT NOT NULL,
    PRIMARY KEY (item, at, code)
) STRICT;

CREATE TABLE prints (
    item INTEGER PRIMARY KEY, -- seq of the item
    exact INTEGER NOT NULL,
    near BLOB NOT NULL
) STRICT;

CREATE TABLE jobs (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    tries INTEGER NOT NULL DEFAULT 0,
    leased_until INTEGER NOT NULL DEFAULT 0,
    failed_at INTEGER,
    why TEXT
) STRICT;
CREATE INDEX jobs_ready ON jobs (kind, id) WHERE failed_at IS NULL;
CREATE INDEX jobs_worn ON jobs (kind) WHERE failed_at IS NULL AND tries >= 5;

CREATE TABLE claims (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    title TEXT NOT NULL,
    text TEXT NOT NULL,
    url TEXT,
    date TEXT,
    verdict TEXT,
    publisher TEXT
) STRICT;
CREATE INDEX claims_date ON claims (date DESC, id);

CREATE TABLE cases (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    about TEXT NOT NULL,
    office TEXT NOT NULL,
    queue TEXT NOT NULL,
    claim TEXT,
    state TEXT NOT NULL,
    waiting INTEGER NOT NULL, -- 1 until decided or closed
    score REAL NOT NULL,
    base_score REAL NOT NULL, -- before spread
    reasons TEXT NOT NULL,
    opened_at INTEGER NOT NULL,
    due_at INTEGER NOT NULL,
    settled_at INTEGER,
    decided_as TEXT, -- short code of the standing decision
    purged_at INTEGER,
    own_institution INTEGER NOT NULL,
    protected INTEGER NOT NULL,
    copies INTEGER NOT NULL,
    accounts TEXT, -- bucket
    first_at INTEGER NOT NULL, -- publication of the earliest and latest copy
    last_at INTEGER NOT NULL,
    taken_by TEXT,
    proposed_by TEXT,
    proposed_code TEXT
) STRICT;
CREATE INDEX cases_queue ON cases (office, waiting, queue, score DESC, opened_at, id);
CREATE INDEX cases_all ON cases (office, waiting, score DESC, opened_at, id);
CREATE INDEX cases_due ON cases (office, due_at) WHERE waiting = 1;
CREATE INDEX cases_settled ON cases (office, settled_at);
CREATE INDEX cases_claim ON cases (claim) WHERE waiting = 1 AND claim IS NOT NULL;
CREATE INDEX cases_kept ON cases (seq) WHERE purged_at IS NULL AND waiting = 0;
CREATE INDEX cases_waiting ON cases (opened_at) WHERE waiting = 1;

CREATE TABLE case_items (
    case_id TEXT NOT NULL REFERENCES cases (id),
    item INTEGER NOT NULL, -- seq of the item
    at INTEGER NOT NULL,
    PRIMARY KEY (case_id, item)
) STRICT;
CREATE UNIQUE INDEX case_items_item ON case_items (item);

CREATE TABLE case_events (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    case_id TEXT NOT NULL REFERENCES cases (id),
    at INTEGER NOT NULL,
    who TEXT,
    what TEXT NOT NULL,
    code TEXT,
    note TEXT,
    state TEXT NOT NULL -- after it
) STRICT;
CREATE INDEX case_events_case ON case_events (case_id, seq);

CREATE TABLE decisions (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    case_id TEXT NOT NULL REFERENCES cases (id),
    code TEXT NOT NULL,
    body TEXT NOT NULL, -- the code with its arguments
    note TEXT, -- NULL: purged
    person TEXT NOT NULL,
    who TEXT NOT NULL,
    at INTEGER NOT NULL,
    state_before TEXT NOT NULL,
    leads_to TEXT NOT NULL,
    undone_at INTEGER,
    leaf INTEGER NOT NULL
) STRICT;
CREATE INDEX decisions_at ON decisions (at);
CREATE INDEX decisions_case ON decisions (case_id, seq);
CREATE INDEX decisions_person ON decisions (person, seq);

CREATE TABLE purges (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    at INTEGER NOT NULL,
    report TEXT NOT NULL,
    overdue INTEGER NOT NULL
) STRICT;

CREATE TABLE audit_head (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    size INTEGER NOT NULL,
    frontier BLOB NOT NULL -- roots of the full subtrees, largest first
) STRICT;
INSERT INTO audit_head (one, size, frontier) VALUES (1, 0, x'');

CREATE TABLE audit (
    place INTEGER PRIMARY KEY, -- index of the leaf
    at INTEGER NOT NULL,
    event TEXT NOT NULL,
    subject TEXT NOT NULL,
    commitment BLOB NOT NULL,
    leaf BLOB NOT NULL,
    salt BLOB, -- NULL: purged
    detail TEXT -- NULL: purged
) STRICT;
CREATE INDEX audit_subject ON audit (subject);

CREATE TABLE audit_blocks (
    number INTEGER PRIMARY KEY, -- 256 leaves each
    root BLOB NOT NULL
) STRICT;

CREATE TABLE checkpoints (
    size INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    note TEXT NOT NULL
) STRICT;

-- Words of what is searched: claims, and texts of cases (handles left out). Kept by the store, not by triggers.
CREATE VIRTUAL TABLE claim_words USING fts5 (title, text, content = 'claims', content_rowid = 'seq', tokenize = 'unicode61');
CREATE VIRTUAL TABLE case_words USING fts5 (words, tokenize = 'unicode61');
INSERT INTO case_words (case_words, rank) VALUES ('secure-delete', 1);
