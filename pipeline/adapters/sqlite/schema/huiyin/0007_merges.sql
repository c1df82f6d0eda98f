-- Groups that turned out to be one matter: facts of the worker, as mentions are. Created once, never changed.

CREATE TABLE group_merges (
    n INTEGER PRIMARY KEY,
    unit TEXT NOT NULL,
    absorbed TEXT NOT NULL,
    into_group TEXT NOT NULL,
    fold_order INTEGER NOT NULL,
    post TEXT NOT NULL,
    similarity INTEGER NOT NULL,
    posters INTEGER NOT NULL,
    seen_seq INTEGER NOT NULL,
    UNIQUE (unit, absorbed)
);
CREATE INDEX group_merges_into ON group_merges (unit, into_group);

-- What the machine proposed about two opened incidents; which these are, and what people answered, is in the log.
CREATE TABLE merge_proposals (
    n INTEGER PRIMARY KEY,
    unit TEXT NOT NULL,
    one TEXT NOT NULL,
    other TEXT NOT NULL,
    fold_order INTEGER NOT NULL,
    post TEXT NOT NULL,
    similarity INTEGER NOT NULL,
    at INTEGER NOT NULL,
    UNIQUE (unit, one, other)
);
