-- Schema 8: what people say of items that a watch caught. `watch_hits.relevant` holds it for these too.

ALTER TABLE watch_days ADD COLUMN apt BIGINT NOT NULL DEFAULT 0; -- caught, and about it
ALTER TABLE watch_days ADD COLUMN stray BIGINT NOT NULL DEFAULT 0; -- caught, and about something else
