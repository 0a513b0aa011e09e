-- Work on a schedule, outgoing mail and tickets.

-- Numbers that are given out one after the other, without the write lock: whoever takes one keeps the row locked
-- until the end of the transaction.
CREATE TABLE serial (
  name TEXT NOT NULL CONSTRAINT serial_name_check CHECK (name IN ('mail', 'ticket', 'job_run', 'webhook')),
  last INTEGER NOT NULL,
  CONSTRAINT serial_pkey PRIMARY KEY (name)
) STRICT;
INSERT INTO serial (name, last) VALUES ('mail', 0), ('ticket', 0), ('job_run', 0), ('webhook', 0);

-- Outgoing mail. `answers` is the mail that this one refers to; it may be gone.
CREATE TABLE mail (
  id INTEGER PRIMARY KEY NOT NULL,
  created INTEGER NOT NULL,
  kind TEXT NOT NULL,
  subject TEXT NOT NULL CONSTRAINT mail_subject_check CHECK (length(subject) <= 255),
  body TEXT NOT NULL,
  idempotency_key TEXT,
  answers INTEGER,
  state TEXT NOT NULL CONSTRAINT mail_state_check CHECK (state IN ('queued', 'sending', 'sent', 'failed', 'held')),
  attempts INTEGER NOT NULL,
  next_attempt INTEGER NOT NULL,
  sent INTEGER CONSTRAINT mail_sent_check CHECK ((sent IS NOT NULL) = (state = 'sent')),
  last_error TEXT
) STRICT;
CREATE UNIQUE INDEX mail_idempotency_key_key ON mail (idempotency_key);
CREATE INDEX mail_state ON mail (state, id);

-- Who gets a mail. `address_key` is the address in lower case: mail to one address leaves in the order of its ids.
CREATE TABLE mail_recipient (
  mail_id INTEGER NOT NULL CONSTRAINT mail_recipient_mail_id_fkey REFERENCES mail (id),
  n INTEGER NOT NULL CONSTRAINT mail_recipient_n_check CHECK (n > 0),
  role TEXT NOT NULL CONSTRAINT mail_recipient_role_check CHECK (role IN ('to', 'cc')),
  address TEXT NOT NULL,
  address_key TEXT NOT NULL,
  CONSTRAINT mail_recipient_pkey PRIMARY KEY (mail_id, n)
) STRICT;
CREATE INDEX mail_recipient_address_key ON mail_recipient (address_key, mail_id);

-- What people of the support have to look at. People, keys, records and mails that it names may be gone.
CREATE TABLE ticket (
  id INTEGER PRIMARY KEY NOT NULL,
  created INTEGER NOT NULL,
  kind TEXT NOT NULL,
  subject TEXT NOT NULL CONSTRAINT ticket_subject_check CHECK (length(subject) <= 255),
  body TEXT NOT NULL,
  user_id INTEGER,
  org_key TEXT,
  email TEXT,
  tag TEXT CONSTRAINT ticket_tag_check CHECK ((tag IS NULL) = (object_id IS NULL)),
  object_id INTEGER,
  dedupe_key TEXT NOT NULL,
  mail_id INTEGER,
  close_requested INTEGER,
  closed INTEGER
) STRICT;
CREATE INDEX ticket_dedupe_key ON ticket (dedupe_key, created);
CREATE INDEX ticket_object ON ticket (tag, object_id);

-- Work on a schedule: when it is due, and which process does it now.
CREATE TABLE job (
  name TEXT NOT NULL,
  due INTEGER NOT NULL,
  holder TEXT CONSTRAINT job_holder_check CHECK ((holder IS NULL) = (lease_until IS NULL)),
  lease_until INTEGER,
  CONSTRAINT job_pkey PRIMARY KEY (name)
) STRICT;

-- The last runs of each job. A run without an end is under way, or its process has died.
CREATE TABLE job_run (
  id INTEGER PRIMARY KEY NOT NULL,
  job TEXT NOT NULL CONSTRAINT job_run_job_fkey REFERENCES job (name),
  holder TEXT NOT NULL,
  started INTEGER NOT NULL,
  ended INTEGER,
  outcome TEXT CONSTRAINT job_run_outcome_check
    CHECK ((outcome IS NULL) = (ended IS NULL) AND outcome IN ('done', 'failed', 'panicked', 'stopped', 'lost')),
  message TEXT NOT NULL
) STRICT;
CREATE INDEX job_run_job ON job_run (job, id);
