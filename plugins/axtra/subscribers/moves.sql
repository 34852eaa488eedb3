-- A request to change a person's address: the one who moves, and which of the two addresses is to
-- confirm it. Such a request subscribes nobody.
ALTER TABLE pending ADD COLUMN mover TEXT NOT NULL DEFAULT '';
ALTER TABLE pending ADD COLUMN side TEXT NOT NULL DEFAULT ''
    CHECK (side IN ('', 'ancienne', 'nouvelle'));
CREATE INDEX pending_of_a_mover ON pending (mover);
