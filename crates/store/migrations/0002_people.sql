-- What was done to people and by whom, append-only: who was added to an organization, changed in it, or removed.
-- `actor_name` and `actor_address` are personal and may be erased. `action` has no list of words, since other actions
-- will follow. No foreign keys: an entry outlives the account and the organization that it speaks of.
CREATE TABLE people_log (
  id INTEGER PRIMARY KEY NOT NULL CONSTRAINT people_log_id_check CHECK (id > 0),
  at INTEGER NOT NULL,
  actor_kind TEXT NOT NULL CONSTRAINT people_log_actor_kind_check
    CHECK (actor_kind IN ('system', 'user', 'user_key', 'org_key')),
  actor_id INTEGER,
  actor_name TEXT,
  actor_address TEXT,
  origin TEXT NOT NULL CONSTRAINT people_log_origin_check
    CHECK (origin IN ('api', 'web', 'ix-f', 'admin', 'mirror', 'cli')),
  action TEXT NOT NULL,
  user_id INTEGER NOT NULL,
  org_id INTEGER,
  former_role TEXT,
  role TEXT
) STRICT;
CREATE INDEX people_log_org_id ON people_log (org_id, id);
