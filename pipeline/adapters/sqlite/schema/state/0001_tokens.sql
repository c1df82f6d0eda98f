-- Poster tokens: counted, never shown, never backed up. A period's tokens go when its key is destroyed.
CREATE TABLE poster_token (
  post TEXT NOT NULL,
  period TEXT NOT NULL,
  value INTEGER NOT NULL,
  PRIMARY KEY (post, period)
) WITHOUT ROWID;
CREATE INDEX poster_token_by_period ON poster_token (period);
