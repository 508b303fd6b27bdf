-- Schema 3: evidence: sealed copies of pages, the chain of custody, and holds that keep the content of a case.

CREATE TABLE evidence (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    item INTEGER NOT NULL, -- seq of the item
    url TEXT, -- NULL: purged
    state TEXT NOT NULL,
    asked_at INTEGER NOT NULL,
    settled_at INTEGER,
    why TEXT, -- why there is none
    files TEXT, -- names, sizes and SHA-256 of what was sealed; NULL: none, or purged
    wiped_at INTEGER -- when the files of purged evidence went
) STRICT;
CREATE INDEX evidence_item ON evidence (item);
CREATE INDEX evidence_unwiped ON evidence (seq) WHERE state = 'deleted' AND wiped_at IS NULL;

CREATE TABLE custody (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    evidence TEXT NOT NULL REFERENCES evidence (id),
    at INTEGER NOT NULL,
    who TEXT, -- NULL: the program on its own
    step TEXT NOT NULL,
    tool TEXT NOT NULL,
    note TEXT -- NULL: none, or purged
) STRICT;
CREATE INDEX custody_evidence ON custody (evidence, seq);

CREATE TABLE holds (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    case_id TEXT NOT NULL REFERENCES cases (id),
    who TEXT NOT NULL, -- both people
    reason TEXT NOT NULL,
    from_at INTEGER NOT NULL,
    until_at INTEGER NOT NULL
) STRICT;
CREATE INDEX holds_case ON holds (case_id, until_at);
