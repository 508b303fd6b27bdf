-- Schema 9: timestamps that come later than the seal, and what was deleted of evidence under which rule.

ALTER TABLE evidence ADD COLUMN stamped_at INTEGER;
UPDATE evidence SET stamped_at = settled_at WHERE files LIKE '%"manifest.tsr"%';
CREATE INDEX evidence_unstamped ON evidence (seq) WHERE state = 'sealed' AND stamped_at IS NULL;

CREATE TABLE evidence_deletions (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    evidence TEXT NOT NULL UNIQUE REFERENCES evidence (id),
    office TEXT NOT NULL,
    case_id TEXT NOT NULL,
    at INTEGER NOT NULL,
    rule TEXT NOT NULL, -- the period of the settings that was over
    hours INTEGER NOT NULL, -- that period
    tool TEXT NOT NULL,
    state TEXT NOT NULL, -- what it was before
    files TEXT -- names, sizes and SHA-256 of what was sealed; NULL: nothing was
) STRICT;
CREATE INDEX evidence_deletions_office ON evidence_deletions (office, at);
