-- Files such as logos, by the SHA-256 of their content.
CREATE TABLE blob (
  sha256 BLOB NOT NULL CONSTRAINT blob_sha256_check CHECK (length(sha256) = 32),
  bytes BLOB NOT NULL,
  media_type TEXT NOT NULL,
  created INTEGER NOT NULL,
  CONSTRAINT blob_pkey PRIMARY KEY (sha256)
) STRICT;

-- Answers of the geocoder: millionths of a degree and metres, all null where it found nothing.
CREATE TABLE place_cache (
  query TEXT NOT NULL,
  latitude INTEGER,
  longitude INTEGER,
  radius INTEGER,
  fetched INTEGER NOT NULL,
  CONSTRAINT place_cache_pkey PRIMARY KEY (query),
  CONSTRAINT place_cache_found_check
    CHECK ((latitude IS NULL) = (longitude IS NULL) AND (latitude IS NULL) = (radius IS NULL))
) STRICT;
