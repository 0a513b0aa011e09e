-- The log of changes. `seq` has no gaps: it is assigned under the write lock.
CREATE TABLE change (
  seq INTEGER PRIMARY KEY NOT NULL CONSTRAINT change_seq_check CHECK (seq > 0),
  at INTEGER NOT NULL,
  actor_kind TEXT NOT NULL CONSTRAINT change_actor_kind_check
    CHECK (actor_kind IN ('system', 'user', 'user_key', 'org_key')),
  actor_id INTEGER,
  origin TEXT NOT NULL CONSTRAINT change_origin_check
    CHECK (origin IN ('api', 'web', 'ix-f', 'admin', 'mirror', 'cli')),
  command_id TEXT NOT NULL,
  format INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX change_command_id_key ON change (command_id);

-- What each touched record looked like afterwards. The image leaves personal values out and names them.
CREATE TABLE change_row (
  seq INTEGER NOT NULL CONSTRAINT change_row_seq_fkey REFERENCES change (seq),
  n INTEGER NOT NULL CONSTRAINT change_row_n_check CHECK (n > 0),
  tag TEXT NOT NULL,
  id INTEGER NOT NULL,
  kind TEXT NOT NULL CONSTRAINT change_row_kind_check CHECK (kind IN ('upsert', 'purge')),
  image TEXT CONSTRAINT change_row_image_check CHECK ((kind = 'upsert') = (image IS NOT NULL)),
  CONSTRAINT change_row_pkey PRIMARY KEY (seq, n)
) STRICT;
CREATE UNIQUE INDEX change_row_record_key ON change_row (tag, id, seq, n);

-- Personal values of a change, erasable without touching the log: those of row `n`, or of the actor where `n` is 0.
CREATE TABLE change_personal (
  seq INTEGER NOT NULL CONSTRAINT change_personal_seq_fkey REFERENCES change (seq),
  n INTEGER NOT NULL,
  field TEXT NOT NULL,
  value TEXT NOT NULL,
  CONSTRAINT change_personal_pkey PRIMARY KEY (seq, n, field)
) STRICT;
