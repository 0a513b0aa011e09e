-- The files behind the logos of records: what was uploaded, and the copy that pages are served. A logo that came with
-- loaded records has a name in its record and no row here, until somebody uploads it.
CREATE TABLE logo (
  tag TEXT NOT NULL,
  object_id INTEGER NOT NULL,
  name TEXT NOT NULL,
  uploaded BLOB NOT NULL,
  shown BLOB NOT NULL,
  CONSTRAINT logo_pkey PRIMARY KEY (tag, object_id),
  CONSTRAINT logo_uploaded_fkey FOREIGN KEY (uploaded) REFERENCES blob (sha256),
  CONSTRAINT logo_shown_fkey FOREIGN KEY (shown) REFERENCES blob (sha256)
) STRICT;

CREATE INDEX logo_uploaded ON logo (uploaded);

CREATE INDEX logo_shown ON logo (shown);
