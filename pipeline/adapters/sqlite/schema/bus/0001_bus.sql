-- Posts on the way from intake to the worker. Nothing here is backed up; the stream's id is made with the file.
CREATE TABLE stream (id TEXT NOT NULL);
INSERT INTO stream VALUES (lower(hex(randomblob(16))));

-- AUTOINCREMENT: an offset is never used again, even after everything was trimmed.
-- The body is bytes, so that one damaged record never hides its neighbours.
CREATE TABLE post_record (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  post TEXT NOT NULL,
  collected_at INTEGER NOT NULL,
  body BLOB NOT NULL
);
CREATE INDEX post_record_by_time ON post_record (collected_at);

CREATE TABLE dead_letter (
  seq INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  source TEXT NOT NULL,
  stage TEXT NOT NULL,
  error TEXT NOT NULL,
  at INTEGER NOT NULL,
  address TEXT NOT NULL,
  body_hash TEXT NOT NULL,
  body TEXT NOT NULL
);
CREATE INDEX dead_letter_by_time ON dead_letter (at);
