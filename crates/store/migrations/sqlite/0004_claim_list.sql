-- Schema 4: claims that feeds offer for the list. They match nothing until a person has taken them in.

CREATE TABLE claim_offers (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE, -- of these words; other words while it waits get another
    claim TEXT NOT NULL, -- id that it has or would have in the list
    source TEXT NOT NULL,
    at INTEGER NOT NULL,
    state TEXT NOT NULL, -- waiting, listed, refused
    title TEXT NOT NULL,
    text TEXT NOT NULL,
    url TEXT,
    date TEXT,
    verdict TEXT,
    publisher TEXT,
    digest TEXT NOT NULL, -- SHA-256 of what it says
    replaced TEXT, -- once listed: the claim that stood there before
    word TEXT, -- id of a person's word on it and on those settled at once
    person TEXT,
    who TEXT,
    settled_at INTEGER,
    leaf INTEGER
) STRICT;
CREATE UNIQUE INDEX claim_offers_waiting ON claim_offers (claim) WHERE state = 'waiting';
CREATE INDEX claim_offers_queue ON claim_offers (seq) WHERE state = 'waiting';
CREATE INDEX claim_offers_kept_out ON claim_offers (settled_at) WHERE state = 'refused' AND title <> '';
CREATE INDEX claim_offers_claim ON claim_offers (claim, seq);
CREATE INDEX claim_offers_word ON claim_offers (word) WHERE word IS NOT NULL;
CREATE INDEX claim_offers_person ON claim_offers (person, settled_at) WHERE person IS NOT NULL;
CREATE INDEX claims_url ON claims (url) WHERE url IS NOT NULL;
