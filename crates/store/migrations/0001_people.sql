-- Accounts. `email_key` is the address in lower case: two accounts may not differ in case only.
CREATE TABLE users (
  id INTEGER PRIMARY KEY NOT NULL,
  username TEXT NOT NULL,
  password_hash TEXT,
  email TEXT,
  email_key TEXT CONSTRAINT users_email_key_check CHECK ((email IS NULL) = (email_key IS NULL)),
  email_verified INTEGER NOT NULL CONSTRAINT users_email_verified_check CHECK (email_verified IN (0, 1)),
  first_name TEXT NOT NULL,
  last_name TEXT NOT NULL,
  status TEXT NOT NULL CONSTRAINT users_status_check CHECK (status IN ('ok', 'pending')),
  is_active INTEGER NOT NULL CONSTRAINT users_is_active_check CHECK (is_active IN (0, 1)),
  is_staff INTEGER NOT NULL CONSTRAINT users_is_staff_check CHECK (is_staff IN (0, 1)),
  is_superuser INTEGER NOT NULL CONSTRAINT users_is_superuser_check CHECK (is_superuser IN (0, 1)),
  locale TEXT NOT NULL,
  verified INTEGER NOT NULL CONSTRAINT users_verified_check CHECK (verified IN (0, 1)),
  created INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX users_username_key ON users (username);
CREATE UNIQUE INDEX users_email_key_key ON users (email_key);

-- Who belongs to an organization.
CREATE TABLE org_member (
  org_id INTEGER NOT NULL CONSTRAINT org_member_org_id_fkey REFERENCES org (id),
  user_id INTEGER NOT NULL CONSTRAINT org_member_user_id_fkey REFERENCES users (id),
  role TEXT NOT NULL CONSTRAINT org_member_role_check CHECK (role IN ('member', 'admin')),
  CONSTRAINT org_member_pkey PRIMARY KEY (org_id, user_id, role)
) STRICT;
CREATE INDEX org_member_user_id ON org_member (user_id);

-- Keys: the part before the dot in clear, of the whole key a hash only.
CREATE TABLE user_api_key (
  id INTEGER PRIMARY KEY NOT NULL,
  prefix TEXT NOT NULL,
  key_hash TEXT NOT NULL,
  name TEXT NOT NULL,
  status TEXT NOT NULL CONSTRAINT user_api_key_status_check CHECK (status IN ('active', 'inactive')),
  revoked INTEGER NOT NULL CONSTRAINT user_api_key_revoked_check CHECK (revoked IN (0, 1)),
  expires INTEGER,
  created INTEGER NOT NULL,
  user_id INTEGER NOT NULL CONSTRAINT user_api_key_user_id_fkey REFERENCES users (id),
  readonly INTEGER NOT NULL CONSTRAINT user_api_key_readonly_check CHECK (readonly IN (0, 1))
) STRICT;
CREATE UNIQUE INDEX user_api_key_prefix_key ON user_api_key (prefix);
CREATE TABLE org_api_key (
  id INTEGER PRIMARY KEY NOT NULL,
  prefix TEXT NOT NULL,
  key_hash TEXT NOT NULL,
  name TEXT NOT NULL,
  status TEXT NOT NULL CONSTRAINT org_api_key_status_check CHECK (status IN ('active', 'inactive')),
  revoked INTEGER NOT NULL CONSTRAINT org_api_key_revoked_check CHECK (revoked IN (0, 1)),
  expires INTEGER,
  created INTEGER NOT NULL,
  org_id INTEGER NOT NULL CONSTRAINT org_api_key_org_id_fkey REFERENCES org (id),
  email TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX org_api_key_prefix_key ON org_api_key (prefix);

-- Permission rows. Of groups and templates each namespace stands once; `{org_id}` is kept as it is.
CREATE TABLE group_permission (
  group_name TEXT NOT NULL CONSTRAINT group_permission_group_name_check
    CHECK (group_name IN ('guest', 'user', 'org_member', 'org_admin')),
  namespace TEXT NOT NULL,
  permission INTEGER NOT NULL CONSTRAINT group_permission_permission_check CHECK (permission BETWEEN 0 AND 15),
  CONSTRAINT group_permission_pkey PRIMARY KEY (group_name, namespace)
) STRICT;
CREATE TABLE user_permission (
  user_id INTEGER NOT NULL CONSTRAINT user_permission_user_id_fkey REFERENCES users (id),
  namespace TEXT NOT NULL,
  permission INTEGER NOT NULL CONSTRAINT user_permission_permission_check CHECK (permission BETWEEN 0 AND 15),
  CONSTRAINT user_permission_pkey PRIMARY KEY (user_id, namespace)
) STRICT;
CREATE TABLE org_api_key_permission (
  org_api_key_id INTEGER NOT NULL
    CONSTRAINT org_api_key_permission_org_api_key_id_fkey REFERENCES org_api_key (id),
  namespace TEXT NOT NULL,
  permission INTEGER NOT NULL
    CONSTRAINT org_api_key_permission_permission_check CHECK (permission BETWEEN 0 AND 15),
  CONSTRAINT org_api_key_permission_pkey PRIMARY KEY (org_api_key_id, namespace)
) STRICT;

-- Records that wait for approval.
CREATE TABLE verification_queue (
  tag TEXT NOT NULL,
  object_id INTEGER NOT NULL,
  user_id INTEGER CONSTRAINT verification_queue_user_id_fkey REFERENCES users (id),
  CONSTRAINT verification_queue_pkey PRIMARY KEY (tag, object_id)
) STRICT;
