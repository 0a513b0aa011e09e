-- First answers of commands that their clients named, each with what the command asked for. `owner` is the public
-- part of the key that signed it. A row lives no longer than a day.
CREATE TABLE answer (
  owner TEXT NOT NULL,
  name TEXT NOT NULL,
  fingerprint BLOB NOT NULL CONSTRAINT answer_fingerprint_check CHECK (length(fingerprint) = 32),
  status INTEGER NOT NULL CONSTRAINT answer_status_check CHECK (status BETWEEN 200 AND 299),
  body TEXT,
  seq INTEGER NOT NULL,
  expires INTEGER NOT NULL,
  CONSTRAINT answer_pkey PRIMARY KEY (owner, name)
) STRICT;
CREATE INDEX answer_expires ON answer (expires);
