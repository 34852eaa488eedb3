-- What an edition was when it was frozen, for one list: the bytes, and what they were made from.
CREATE TABLE freezes (
    id INTEGER PRIMARY KEY,
    edition TEXT NOT NULL,
    list TEXT NOT NULL,
    hash TEXT NOT NULL,
    template BLOB NOT NULL,
    terms TEXT NOT NULL,
    inputs TEXT NOT NULL,
    frozen TEXT NOT NULL,
    recipients INTEGER NOT NULL,
    confirmed TEXT,
    departed TEXT
) STRICT;
CREATE INDEX freezes_of_an_edition ON freezes (edition, id);

-- A person receives an edition once, whatever the list: the key says so.
CREATE TABLE recipients (
    edition TEXT NOT NULL,
    folded TEXT NOT NULL,
    freeze INTEGER NOT NULL REFERENCES freezes (id),
    address TEXT NOT NULL,
    first_name TEXT NOT NULL,
    person TEXT NOT NULL,
    message_id TEXT NOT NULL UNIQUE,
    link TEXT NOT NULL,
    envelope TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN
        ('a_envoyer', 'en_vol', 'accepte', 'refuse', 'differe', 'incertain', 'exclu')),
    reason TEXT NOT NULL DEFAULT '',
    attempts INTEGER NOT NULL DEFAULT 0,
    strikes INTEGER NOT NULL DEFAULT 0,
    not_before REAL NOT NULL DEFAULT 0,
    claimed REAL NOT NULL DEFAULT 0,
    settled REAL NOT NULL DEFAULT 0,
    PRIMARY KEY (edition, folded)
) STRICT, WITHOUT ROWID;
CREATE INDEX recipients_by_state ON recipients (state, settled);

CREATE TABLE tests (
    edition TEXT NOT NULL,
    hash TEXT NOT NULL,
    moment TEXT NOT NULL
) STRICT;

CREATE TABLE approvals (
    edition TEXT NOT NULL,
    hash TEXT NOT NULL,
    who TEXT NOT NULL,
    moment TEXT NOT NULL
) STRICT;

CREATE TABLE pauses (
    edition TEXT PRIMARY KEY,
    moment TEXT NOT NULL
) STRICT, WITHOUT ROWID;
