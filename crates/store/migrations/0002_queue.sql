-- What the queue of approval tells about its items: since when each waits, and which key of an organization asked for
-- it (the part of the key before the dot). Items from before know neither.
ALTER TABLE verification_queue ADD COLUMN created INTEGER;
ALTER TABLE verification_queue ADD COLUMN org_key TEXT;
