CREATE TABLE people (
    id TEXT PRIMARY KEY,
    address TEXT NOT NULL,
    folded TEXT NOT NULL UNIQUE,
    first_name TEXT NOT NULL,
    last_name TEXT NOT NULL,
    since TEXT NOT NULL
) STRICT;

CREATE TABLE lists (
    slug TEXT PRIMARY KEY
) STRICT;

CREATE TABLE subscriptions (
    person TEXT NOT NULL REFERENCES people (id) ON DELETE CASCADE,
    list TEXT NOT NULL REFERENCES lists (slug),
    active INTEGER NOT NULL CHECK (active IN (0, 1)),
    since TEXT NOT NULL,
    PRIMARY KEY (person, list)
) STRICT, WITHOUT ROWID;

CREATE TABLE consents (
    person TEXT NOT NULL REFERENCES people (id) ON DELETE CASCADE,
    list TEXT NOT NULL REFERENCES lists (slug),
    basis TEXT NOT NULL CHECK (basis IN ('expres', 'tacite', 'tacite-demande')),
    given TEXT NOT NULL,
    expires TEXT,
    source TEXT NOT NULL,
    proof TEXT NOT NULL,
    PRIMARY KEY (person, list, basis, given)
) STRICT, WITHOUT ROWID;

-- A mark is a keyed hash: it outlives the erasure of a person and names nobody.
CREATE TABLE suppressions (
    mark TEXT PRIMARY KEY,
    reason TEXT NOT NULL,
    since TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE facts (
    person TEXT NOT NULL REFERENCES people (id) ON DELETE CASCADE,
    moment TEXT NOT NULL,
    event TEXT NOT NULL,
    list TEXT NOT NULL,
    detail TEXT NOT NULL
) STRICT;
CREATE INDEX facts_of_a_person ON facts (person, moment);

CREATE TABLE bounces (
    person TEXT NOT NULL REFERENCES people (id) ON DELETE CASCADE,
    edition TEXT NOT NULL,
    nature TEXT NOT NULL,
    status TEXT NOT NULL,
    moment TEXT NOT NULL,
    PRIMARY KEY (person, edition, nature, status)
) STRICT, WITHOUT ROWID;

-- Whoever filled in the form and has not confirmed; the rest of the row goes when they do.
CREATE TABLE pending (
    id TEXT PRIMARY KEY,
    mark TEXT NOT NULL,
    address TEXT NOT NULL,
    first_name TEXT NOT NULL,
    lists TEXT NOT NULL,
    asked TEXT NOT NULL,
    person TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX pending_of_a_mark ON pending (mark, asked);
