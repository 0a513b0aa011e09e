-- What a change did to the rows of public lists, for feeds: a line for each row that looks different afterwards. It
-- tells who may see the rows and none of their values.
CREATE TABLE change_touched (
  seq INTEGER PRIMARY KEY NOT NULL CONSTRAINT change_touched_seq_fkey REFERENCES change (seq),
  touches TEXT NOT NULL
) STRICT;

-- Addresses that are told about changes. The secret is encrypted with the key of this number; `next` is the place in
-- the feed behind which nothing was delivered yet, and `due` the time of the next attempt.
CREATE TABLE webhook (
  id INTEGER PRIMARY KEY NOT NULL,
  org_id INTEGER NOT NULL CONSTRAINT webhook_org_id_fkey REFERENCES org (id),
  url TEXT NOT NULL,
  secret BLOB NOT NULL,
  tags TEXT NOT NULL,
  own INTEGER NOT NULL CONSTRAINT webhook_own_check CHECK (own IN (0, 1)),
  active INTEGER NOT NULL CONSTRAINT webhook_active_check CHECK (active IN (0, 1)),
  created INTEGER NOT NULL,
  created_by TEXT NOT NULL,
  next_seq INTEGER NOT NULL,
  next_n INTEGER NOT NULL,
  until_seq INTEGER NOT NULL,
  until_n INTEGER NOT NULL,
  attempts INTEGER NOT NULL,
  failing_since INTEGER,
  due INTEGER NOT NULL,
  stopped TEXT
) STRICT;
CREATE INDEX webhook_org_id ON webhook (org_id);

-- Attempts to deliver, the newest ones of each address. `status` is null where there was no answer.
CREATE TABLE webhook_delivery (
  id INTEGER PRIMARY KEY NOT NULL,
  webhook_id INTEGER NOT NULL CONSTRAINT webhook_delivery_webhook_id_fkey REFERENCES webhook (id),
  message TEXT NOT NULL,
  first_seq INTEGER,
  last_seq INTEGER,
  attempt INTEGER NOT NULL,
  at INTEGER NOT NULL,
  status INTEGER,
  error TEXT,
  delivered INTEGER NOT NULL CONSTRAINT webhook_delivery_delivered_check CHECK (delivered IN (0, 1))
) STRICT;
CREATE INDEX webhook_delivery_webhook_id ON webhook_delivery (webhook_id, id);

-- Work that one process does at a time, until its lease ends.
CREATE TABLE webhook_lease (
  name TEXT PRIMARY KEY NOT NULL,
  holder TEXT NOT NULL,
  until INTEGER NOT NULL
) STRICT;
