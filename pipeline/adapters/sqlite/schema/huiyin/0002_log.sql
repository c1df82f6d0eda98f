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

CREATE TABLE memos (
    unit TEXT NOT NULL,
    id TEXT NOT NULL,
    incident TEXT NOT NULL,
    text TEXT NOT NULL,
    salt TEXT NOT NULL,
    is_public INTEGER NOT NULL,
    attachment TEXT,
    erased_at INTEGER,
    PRIMARY KEY (unit, id)
);

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
    owner TEXT,
    revision INTEGER NOT NULL,
    opened_at INTEGER NOT NULL,
    due_at INTEGER,
    groups TEXT NOT NULL,
    body BLOB NOT NULL,
    PRIMARY KEY (unit, id)
) WITHOUT ROWID;
