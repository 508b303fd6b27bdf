-- Schema 10: sources that people added at the desk beside those of the settings, and sources that they paused.

ALTER TABLE sources ADD COLUMN added_by TEXT; -- name, as it was then; NULL: it stands in the settings
ALTER TABLE sources ADD COLUMN added_at BIGINT;
ALTER TABLE sources ADD COLUMN paused_by TEXT; -- NULL: it is read
ALTER TABLE sources ADD COLUMN paused_at BIGINT;
