-- Schema 5: watches of an office. What they caught goes with its items; counts per day stay. No table here knows who posted.

CREATE TABLE watches (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    office TEXT NOT NULL,
    claim TEXT, -- NULL: a topic
    terms TEXT NOT NULL,
    purpose TEXT NOT NULL,
    reason TEXT NOT NULL,
    last_day TEXT NOT NULL,
    ends_at INTEGER NOT NULL, -- the end of it
    owner TEXT NOT NULL,
    owner_name TEXT NOT NULL, -- as it was then, like the names below
    opened_at INTEGER NOT NULL,
    state TEXT NOT NULL, -- proposed, running, refused, ended
    settled_by TEXT,
    settled_name TEXT,
    settled_at INTEGER,
    ended_name TEXT, -- NULL: its day came
    ended_at INTEGER,
    digest TEXT NOT NULL -- SHA-256 of what it says
) STRICT;
CREATE INDEX watches_office ON watches (office, seq);
CREATE INDEX watches_live ON watches (ends_at) WHERE state IN ('proposed', 'running');

CREATE TABLE watch_hits (
    watch TEXT NOT NULL REFERENCES watches (id),
    item INTEGER NOT NULL, -- seq of the item
    at INTEGER NOT NULL,
    day TEXT NOT NULL, -- by the clock of the office
    caught INTEGER NOT NULL, -- 0: no term is in it, though it may be about the same
    place INTEGER NOT NULL, -- in the order of the sample: as good as random, and the same whenever asked
    spans TEXT NOT NULL,
    words TEXT NOT NULL,
    relevant INTEGER, -- what a person said of one that was not caught
    PRIMARY KEY (watch, item)
) STRICT;
CREATE INDEX watch_hits_item ON watch_hits (item);
CREATE INDEX watch_hits_latest ON watch_hits (watch, caught, at);
CREATE INDEX watch_hits_sample ON watch_hits (watch, place) WHERE caught = 0;

CREATE TABLE watch_days (
    watch TEXT NOT NULL REFERENCES watches (id),
    day TEXT NOT NULL,
    caught INTEGER NOT NULL,
    near INTEGER NOT NULL,
    checked INTEGER NOT NULL DEFAULT 0, -- of the near ones, looked at by a person
    relevant INTEGER NOT NULL DEFAULT 0, -- of these, about it
    PRIMARY KEY (watch, day)
) STRICT;
