-- Who is about to send a message, and until when, by the base's clock: several senders share an
-- edition where the base allows it. A message in flight whose lease has ended is uncertain.
ALTER TABLE recipients ADD COLUMN owner TEXT NOT NULL DEFAULT '';
ALTER TABLE recipients ADD COLUMN lease REAL NOT NULL DEFAULT 0;
CREATE INDEX recipients_waiting ON recipients (edition, strikes, message_id)
    WHERE state IN ('a_envoyer', 'differe');

-- How many messages each run has claimed; those of a run that ended are added to the lineage.
CREATE TABLE senders (
    id TEXT PRIMARY KEY,
    claims INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- The pace that all senders share: when the next message may leave, and how many are left today.
CREATE TABLE paces (
    name TEXT PRIMARY KEY,
    next REAL NOT NULL DEFAULT 0,
    tokens INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;

-- What tells the keys of the marks: every machine that shares the base has the same.
ALTER TABLE lineage ADD COLUMN keys TEXT NOT NULL DEFAULT '';
