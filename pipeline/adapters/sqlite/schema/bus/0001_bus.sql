-- Posts on the way from intake to the worker. Nothing here is backed up; the stream's id is made with the file.
-- latest: the last offset that was given; an offset is never given twice, even after everything was trimmed.
CREATE TABLE stream (id TEXT NOT NULL, latest INTEGER NOT NULL);
INSERT INTO stream VALUES (lower(hex(randomblob(16))), 0);

-- Records lie in segments of equally many offsets, each a table records_N of its own. A segment is only ever appended
-- to, overwritten in place and dropped as a whole: where SQLite moves a row it leaves old bytes behind, which even
-- secure_delete does not reach.
CREATE TABLE segment (
  n INTEGER PRIMARY KEY,
  oldest INTEGER NOT NULL,
  youngest INTEGER NOT NULL
);

-- Overwritten in place too: of an erased letter body and address are blanks of the old length.
CREATE TABLE dead_letter (
  seq INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  source TEXT NOT NULL,
  stage TEXT NOT NULL,
  error TEXT NOT NULL,
  at INTEGER NOT NULL,
  address TEXT NOT NULL,
  body_hash TEXT NOT NULL,
  body TEXT NOT NULL,
  is_erased INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX dead_letter_by_time ON dead_letter (at);
