-- The log of decisions, one record per batch, and its projections (MECHANICS §4). Projections may be deleted.

CREATE TABLE log (
    unit TEXT NOT NULL,
    seq INTEGER NOT NULL,
    bytes BLOB NOT NULL,
    hash TEXT NOT NULL,
    command TEXT NOT NULL,
    PRIMARY KEY (unit, seq)
);
CREATE UNIQUE INDEX log_by_command ON log (unit, command) WHERE command <> '';

-- Only ever appended to or overwritten in place: an erased memo keeps its length in blanks and is on the list below.
CREATE TABLE memos (
    n INTEGER PRIMARY KEY,
    unit TEXT NOT NULL,
    id TEXT NOT NULL,
    incident TEXT NOT NULL,
    text TEXT NOT NULL,
    salt TEXT NOT NULL,
    is_public INTEGER NOT NULL,
    attachment TEXT,
    UNIQUE (unit, id)
);

CREATE TABLE memo_erasures (
    unit TEXT NOT NULL,
    id TEXT NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (unit, id)
) WITHOUT ROWID;

-- Projection: what people decided about a group.
CREATE TABLE group_marks (
    unit TEXT NOT NULL,
    id TEXT NOT NULL,
    state TEXT NOT NULL,
    owner TEXT,
    seq INTEGER NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (unit, id)
) WITHOUT ROWID;

-- Projection: incidents, as the fold of their events.
CREATE TABLE incidents (
    unit TEXT NOT NULL,
    id TEXT NOT NULL,
    state TEXT NOT NULL,
    level INTEGER NOT NULL,
    is_open INTEGER NOT NULL,
    revision INTEGER NOT NULL,
    opened_at INTEGER NOT NULL,
    body BLOB NOT NULL,             -- the incident as bytes, equal after every rebuild
    PRIMARY KEY (unit, id)
) WITHOUT ROWID;
CREATE INDEX incidents_newest ON incidents (unit, is_open, opened_at);
