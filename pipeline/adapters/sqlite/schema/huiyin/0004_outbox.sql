-- Sends are facts: no rebuild makes them again. An id is the hash of unit, seq, number, recipient and channel.
CREATE TABLE send (
  ordinal INTEGER PRIMARY KEY,
  unit TEXT NOT NULL,
  id TEXT NOT NULL UNIQUE,
  seq INTEGER NOT NULL,
  number INTEGER NOT NULL,
  what TEXT NOT NULL,
  why TEXT NOT NULL,
  addressee TEXT NOT NULL,
  incident TEXT NOT NULL,
  level INTEGER NOT NULL,
  noticed_at INTEGER NOT NULL,
  recipient TEXT NOT NULL,
  channel TEXT NOT NULL,
  state TEXT NOT NULL,
  reason TEXT NOT NULL,
  next_at INTEGER NOT NULL
);
CREATE INDEX send_by_unit ON send (unit, ordinal);
CREATE INDEX send_by_incident ON send (unit, incident, ordinal);
CREATE INDEX send_waiting ON send (next_at) WHERE state = 'waiting';

CREATE TABLE attempt (
  send TEXT NOT NULL REFERENCES send (id),
  number INTEGER NOT NULL,
  at INTEGER NOT NULL,
  outcome TEXT NOT NULL,
  detail TEXT NOT NULL,
  PRIMARY KEY (send, number)
) WITHOUT ROWID;

-- Up to which seq a unit's notices have become sends.
CREATE TABLE dispatched (unit TEXT NOT NULL PRIMARY KEY, seq INTEGER NOT NULL) WITHOUT ROWID;
