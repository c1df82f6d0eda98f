-- Two halves of the worker: for which units a post was found (JSON), so that an edit reaches them, and how often a
-- partition was taken, so that an earlier holder's commit is refused.

ALTER TABLE post_heads ADD COLUMN units TEXT NOT NULL DEFAULT '[]';
ALTER TABLE positions ADD COLUMN term INTEGER NOT NULL DEFAULT 0;
