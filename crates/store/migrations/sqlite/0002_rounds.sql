-- Schema 2: rounds of a timetable, what each source gave in full, and who is on duty.

ALTER TABLE rounds ADD COLUMN kind TEXT NOT NULL DEFAULT 'due';
ALTER TABLE rounds ADD COLUMN shift TEXT;
ALTER TABLE rounds ADD COLUMN planned_at INTEGER;
ALTER TABLE rounds ADD COLUMN due INTEGER NOT NULL DEFAULT 0; -- sources it set out to read
CREATE UNIQUE INDEX rounds_planned ON rounds (office, planned_at) WHERE planned_at IS NOT NULL;

ALTER TABLE outcomes ADD COLUMN repeated INTEGER NOT NULL DEFAULT 0;
ALTER TABLE outcomes ADD COLUMN bad INTEGER NOT NULL DEFAULT 0;

CREATE TABLE duties (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    office TEXT NOT NULL,
    person TEXT NOT NULL,
    name TEXT NOT NULL, -- of the person, as it was then
    from_at INTEGER NOT NULL,
    until_at INTEGER,
    note TEXT
) STRICT;
CREATE INDEX duties_office ON duties (office, from_at);
