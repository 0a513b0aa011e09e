-- What a change did to the rows of public lists, for feeds: a line for each row that looks different afterwards. It
-- tells who may see the rows and none of their values.
CREATE TABLE change_touched (
  seq INTEGER PRIMARY KEY NOT NULL CONSTRAINT change_touched_seq_fkey REFERENCES change (seq),
  touches TEXT NOT NULL
) STRICT;

-- Addresses that organizations want to be told about changes. Organizations and people that a row names may be gone.
-- The secret is encrypted. `next_*` is the place in the feed behind which nothing was delivered yet, `until_*` the end
-- of the message that is tried again, and `due` the time of the next attempt. `revision` moves with what people change.
CREATE TABLE webhook (
  id INTEGER PRIMARY KEY NOT NULL,
  org_id INTEGER NOT NULL,
  url TEXT NOT NULL,
  secret BLOB NOT NULL,
  tags TEXT NOT NULL,
  own INTEGER NOT NULL CONSTRAINT webhook_own_check CHECK (own IN (0, 1)),
  active INTEGER NOT NULL CONSTRAINT webhook_active_check CHECK (active IN (0, 1)),
  stopped TEXT,
  created INTEGER NOT NULL,
  created_by TEXT NOT NULL,
  email TEXT,
  revision INTEGER NOT NULL,
  next_seq INTEGER NOT NULL,
  next_n INTEGER NOT NULL,
  until_seq INTEGER,
  until_n INTEGER CONSTRAINT webhook_until_check CHECK ((until_seq IS NULL) = (until_n IS NULL)),
  attempts INTEGER NOT NULL,
  failing_since INTEGER,
  due INTEGER NOT NULL,
  test TEXT
) STRICT;
CREATE INDEX webhook_org_id ON webhook (org_id);

-- Attempts to deliver, the newest ones of each address. `status` is null where there was no answer.
CREATE TABLE webhook_delivery (
  message TEXT NOT NULL,
  attempt INTEGER NOT NULL CONSTRAINT webhook_delivery_attempt_check CHECK (attempt > 0),
  webhook_id INTEGER NOT NULL CONSTRAINT webhook_delivery_webhook_id_fkey REFERENCES webhook (id),
  at INTEGER NOT NULL,
  events INTEGER NOT NULL,
  status INTEGER,
  error TEXT,
  delivered INTEGER NOT NULL CONSTRAINT webhook_delivery_delivered_check CHECK (delivered IN (0, 1)),
  CONSTRAINT webhook_delivery_pkey PRIMARY KEY (message, attempt)
) STRICT;
CREATE INDEX webhook_delivery_webhook_id ON webhook_delivery (webhook_id, at);
