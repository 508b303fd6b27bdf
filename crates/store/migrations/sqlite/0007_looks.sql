-- Schema 7: looks at what was judged before a claim came to the list. One is for all claims that came at once.

CREATE TABLE claim_looks (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    at INTEGER NOT NULL,
    since INTEGER NOT NULL, -- items seen from then on
    place INTEGER NOT NULL, -- seq of the item that it has come to
    until INTEGER NOT NULL, -- seq of the last item
    total INTEGER NOT NULL, -- items when it was asked for
    seen INTEGER NOT NULL DEFAULT 0,
    found INTEGER NOT NULL DEFAULT 0, -- items that repeat one of its claims
    done_at INTEGER
) STRICT;
CREATE INDEX claim_looks_open ON claim_looks (seq) WHERE done_at IS NULL;

ALTER TABLE claims ADD COLUMN look INTEGER; -- seq of the last look for it
CREATE INDEX claims_look ON claims (look) WHERE look IS NOT NULL;
