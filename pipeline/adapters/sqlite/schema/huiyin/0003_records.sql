-- Settings, accounts, limits, source state, fetches, occurrences: small values by id.
CREATE TABLE record (
  unit TEXT NOT NULL,
  kind TEXT NOT NULL,
  key TEXT NOT NULL,
  revision INTEGER NOT NULL,
  value TEXT NOT NULL,
  at INTEGER NOT NULL,
  author TEXT NOT NULL,
  reason TEXT NOT NULL,
  change INTEGER NOT NULL,
  PRIMARY KEY (unit, kind, key)
) WITHOUT ROWID;
CREATE INDEX record_by_change ON record (kind, change);

-- Counts the writes of each kind, removals too, so that every process notices a change of another.
CREATE TABLE record_change (kind TEXT NOT NULL PRIMARY KEY, latest INTEGER NOT NULL) WITHOUT ROWID;

-- Every revision of a setting, with who and why. A removed setting keeps its history, so the key names the change.
CREATE TABLE record_history (
  unit TEXT NOT NULL,
  kind TEXT NOT NULL,
  key TEXT NOT NULL,
  change INTEGER NOT NULL,
  revision INTEGER NOT NULL,
  value TEXT NOT NULL,
  at INTEGER NOT NULL,
  author TEXT NOT NULL,
  reason TEXT NOT NULL,
  PRIMARY KEY (unit, kind, key, change)
) WITHOUT ROWID;

-- A lease's fence only ever grows, so a row stays when its lease has ended.
CREATE TABLE lease (
  name TEXT NOT NULL PRIMARY KEY,
  holder TEXT NOT NULL,
  fence INTEGER NOT NULL,
  until INTEGER NOT NULL
) WITHOUT ROWID;
