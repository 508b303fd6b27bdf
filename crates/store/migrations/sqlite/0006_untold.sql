-- Schema 6: what reading a source has brought since an outcome told of it, so that the log of rounds adds up after a death.

ALTER TABLE sources ADD COLUMN untold_new INTEGER NOT NULL DEFAULT 0;
ALTER TABLE sources ADD COLUMN untold_repeated INTEGER NOT NULL DEFAULT 0;
ALTER TABLE sources ADD COLUMN untold_bad INTEGER NOT NULL DEFAULT 0;
