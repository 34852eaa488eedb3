-- What can be made again of a person's id is no longer kept for each: the identifier of a message,
-- the link by which they leave, the code of its envelope; it is in the rows of older versions only.
-- Messages leave by address, so that a million rows are written in the order of every index.
CREATE TABLE recipients_again (
    edition TEXT NOT NULL,
    folded TEXT NOT NULL,
    freeze INTEGER NOT NULL REFERENCES freezes (id),
    address TEXT NOT NULL,
    first_name TEXT NOT NULL,
    person TEXT NOT NULL,
    message_id TEXT NOT NULL DEFAULT '',
    link TEXT NOT NULL DEFAULT '',
    envelope TEXT NOT NULL DEFAULT '',
    state TEXT NOT NULL CHECK (state IN
        ('a_envoyer', 'en_vol', 'accepte', 'refuse', 'differe', 'incertain', 'exclu')),
    reason TEXT NOT NULL DEFAULT '',
    attempts INTEGER NOT NULL DEFAULT 0,
    strikes INTEGER NOT NULL DEFAULT 0,
    not_before REAL NOT NULL DEFAULT 0,
    claimed REAL NOT NULL DEFAULT 0,
    settled REAL NOT NULL DEFAULT 0,
    removal TEXT NOT NULL DEFAULT ''
        CHECK (removal IN ('', 'tenu', 'propose', 'fait', 'ecarte')),
    owner TEXT NOT NULL DEFAULT '',
    lease REAL NOT NULL DEFAULT 0,
    PRIMARY KEY (edition, folded)
) STRICT, WITHOUT ROWID;
INSERT INTO recipients_again SELECT edition, folded, freeze, address, first_name, person, message_id,
    link, envelope, state, reason, attempts, strikes, not_before, claimed, settled, removal, owner,
    lease FROM recipients;
DROP TABLE recipients;
ALTER TABLE recipients_again RENAME TO recipients;
CREATE INDEX recipients_by_state ON recipients (state, settled);
CREATE INDEX recipients_waiting ON recipients (edition, strikes, folded)
    WHERE state IN ('a_envoyer', 'differe');
