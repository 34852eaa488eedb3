-- Which copy of this book it is, and how far it has followed the journal outside the data folder.
CREATE TABLE lineage (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    generation TEXT NOT NULL,
    previous TEXT NOT NULL DEFAULT '',
    machine TEXT NOT NULL,
    number INTEGER NOT NULL DEFAULT 0,
    replayed INTEGER NOT NULL DEFAULT 0,
    journal TEXT NOT NULL DEFAULT '',
    position INTEGER NOT NULL DEFAULT 0,
    claims INTEGER NOT NULL DEFAULT 0  -- how many times a message was about to leave
) STRICT;

-- Editions of which a person said that nobody had received them, although something else says so.
CREATE TABLE vouched (
    edition TEXT PRIMARY KEY,
    moment TEXT NOT NULL
) STRICT, WITHOUT ROWID;
