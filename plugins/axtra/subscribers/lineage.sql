-- Which copy of this book it is, and how far it has followed the journal outside the data folder.
CREATE TABLE lineage (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    generation TEXT NOT NULL,
    previous TEXT NOT NULL DEFAULT '',
    machine TEXT NOT NULL,
    number INTEGER NOT NULL DEFAULT 0,
    replayed INTEGER NOT NULL DEFAULT 0,
    journal TEXT NOT NULL DEFAULT '',
    position INTEGER NOT NULL DEFAULT 0
) STRICT;

-- Lists left, as the journal told a restored register, by people whom it does not know.
CREATE TABLE departures (
    mark TEXT NOT NULL,
    list TEXT NOT NULL,
    PRIMARY KEY (mark, list)
) STRICT, WITHOUT ROWID;
