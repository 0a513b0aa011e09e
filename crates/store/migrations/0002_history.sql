-- What a record belonged to before it moved to another parent or was purged; what it belongs to now, its row says.
CREATE TABLE former_parent (
  parent_tag TEXT NOT NULL,
  parent_id INTEGER NOT NULL,
  tag TEXT NOT NULL,
  id INTEGER NOT NULL,
  CONSTRAINT former_parent_pkey PRIMARY KEY (parent_tag, parent_id, tag, id)
) STRICT;

-- A view of the past begins with the last change up to a moment.
CREATE INDEX change_at ON change (at, seq);
