-- Schema 6: what reading a source has brought since an outcome told of it, so that the log of rounds adds up after a death.

ALTER TABLE sources ADD COLUMN untold_new BIGINT NOT NULL DEFAULT 0;
ALTER TABLE sources ADD COLUMN untold_repeated BIGINT NOT NULL DEFAULT 0;
ALTER TABLE sources ADD COLUMN untold_bad BIGINT NOT NULL DEFAULT 0;
