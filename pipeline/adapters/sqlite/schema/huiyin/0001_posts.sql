-- Posts, mentions, groups: what the worker commits in one transaction, the position last (MECHANICS §1, §3).

CREATE TABLE positions (
    n INTEGER PRIMARY KEY,          -- order of first sight
    stream TEXT NOT NULL,
    part INTEGER NOT NULL,
    reached INTEGER NOT NULL,
    UNIQUE (stream, part)
);

-- A key (native id or address, hashed) answers with the id that it was given first. Outlives the post.
CREATE TABLE post_heads (
    key TEXT PRIMARY KEY,
    id TEXT NOT NULL,
    first_at INTEGER NOT NULL,
    newest TEXT NOT NULL
) WITHOUT ROWID;

-- Parts are what retention drops as a whole: weeks (w…), months (m…), and what is kept. Each has two tables, made with
-- it: words_NAME (full text) and contents_NAME (texts, only ever appended to or overwritten in place). A part that is
-- being dropped has another name, so that a late post of the same time begins a new one.
CREATE TABLE parts (
    n INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    starts_at INTEGER NOT NULL,
    ends_at INTEGER NOT NULL,
    is_dropped INTEGER NOT NULL DEFAULT 0
);

CREATE TABLE units (
    n INTEGER PRIMARY KEY,
    unit TEXT NOT NULL UNIQUE
);

-- Where the newest version of each post lies. place = second it occurred << 20 | n: newest first needs no sort.
CREATE TABLE posts (
    place INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    version TEXT NOT NULL,
    collected_at INTEGER NOT NULL,
    part INTEGER NOT NULL,
    content INTEGER NOT NULL,       -- n in contents_NAME of the part
    units TEXT NOT NULL,            -- numbers of the units that mention it, as they stand in the full text
    is_erased INTEGER NOT NULL DEFAULT 0,
    gone_at INTEGER
);
CREATE INDEX posts_by_part ON posts (part);

-- Versions that are not the newest; their contents stand in the part of the newest.
CREATE TABLE older_versions (
    id TEXT NOT NULL,
    version TEXT NOT NULL,
    collected_at INTEGER NOT NULL,
    content INTEGER NOT NULL,
    UNIQUE (id, version)
);

CREATE TABLE mentions (
    n INTEGER PRIMARY KEY,
    unit TEXT NOT NULL,
    post TEXT NOT NULL,
    rule TEXT NOT NULL,
    version TEXT NOT NULL,
    rule_version TEXT NOT NULL,
    fold_order INTEGER NOT NULL,
    collected_at INTEGER NOT NULL,
    occurred_at INTEGER NOT NULL,
    in_group TEXT,
    repost_of TEXT,
    needs_help INTEGER NOT NULL,
    is_lapsed INTEGER NOT NULL,
    hits TEXT NOT NULL,
    body TEXT NOT NULL,             -- the other fields, as JSON
    UNIQUE (unit, post, rule, version, rule_version)
);
CREATE INDEX mentions_in_order ON mentions (unit, fold_order, n);
CREATE INDEX mentions_in_group ON mentions (unit, in_group, fold_order) WHERE in_group IS NOT NULL;
CREATE INDEX mentions_needing_help ON mentions (unit, occurred_at, n) WHERE needs_help;
CREATE INDEX mentions_of_post ON mentions (post);

-- What a model said of a text, so that the same text is classified once.
CREATE TABLE opinions (
    text_hash TEXT NOT NULL,
    model TEXT NOT NULL,
    opinion TEXT NOT NULL,
    PRIMARY KEY (text_hash, model)
) WITHOUT ROWID;

-- The machine's fields of a group. is_todo is derived from the row and the mark; change feeds the live view.
CREATE TABLE group_rows (
    unit TEXT NOT NULL,
    id TEXT NOT NULL,
    last_at INTEGER NOT NULL,
    is_todo INTEGER NOT NULL,
    change INTEGER NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (unit, id)
) WITHOUT ROWID;
CREATE INDEX group_rows_newest ON group_rows (unit, last_at, id);
CREATE INDEX group_rows_todo ON group_rows (unit, last_at, id) WHERE is_todo;
CREATE INDEX group_rows_changed ON group_rows (unit, change);

CREATE TABLE counters (
    name TEXT PRIMARY KEY,
    value INTEGER NOT NULL
) WITHOUT ROWID;

-- Roll-ups: posts per unit ("*": all), day since 1970 (UTC) and service line ("" where none).
CREATE TABLE daily_counts (
    unit TEXT NOT NULL,
    day INTEGER NOT NULL,
    line TEXT NOT NULL,
    posts INTEGER NOT NULL,
    PRIMARY KEY (unit, day, line)
) WITHOUT ROWID;

CREATE TABLE erasures (
    id TEXT PRIMARY KEY,
    at INTEGER NOT NULL
) WITHOUT ROWID;
