-- Which posts a message carried words of, so that an erasure can say which messages cannot be called back. Ids only.
CREATE TABLE quotation (
  post TEXT NOT NULL,
  send TEXT NOT NULL REFERENCES send (id),
  number INTEGER NOT NULL,
  UNIQUE (post, send, number)
);
CREATE INDEX quotation_by_send ON quotation (send);
CREATE INDEX attempt_by_time ON attempt (at);
CREATE INDEX send_by_recipient ON send (unit, recipient, ordinal);
CREATE INDEX send_by_state ON send (state, ordinal);
