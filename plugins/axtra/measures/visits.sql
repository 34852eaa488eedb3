-- A day of readership. While it is open, it has a salt, and who was seen as hashes under that salt;
-- when it closes, both are erased and only numbers are left.
CREATE TABLE days (
    day TEXT PRIMARY KEY,
    first_read TEXT NOT NULL,
    salt BLOB
) STRICT, WITHOUT ROWID;

CREATE TABLE seen (
    day TEXT NOT NULL REFERENCES days (day) ON DELETE CASCADE,
    sort TEXT NOT NULL,
    name TEXT NOT NULL,
    mark BLOB NOT NULL,
    PRIMARY KEY (day, sort, name, mark)
) STRICT, WITHOUT ROWID;

CREATE TABLE counts (
    day TEXT NOT NULL REFERENCES days (day) ON DELETE CASCADE,
    sort TEXT NOT NULL,
    name TEXT NOT NULL,
    number INTEGER NOT NULL,
    PRIMARY KEY (day, sort, name)
) STRICT, WITHOUT ROWID;

-- What services that read a feed for many people say of how many they are, the most of a month.
CREATE TABLE subscribers (
    month TEXT NOT NULL,
    feed TEXT NOT NULL,
    service TEXT NOT NULL,
    number INTEGER NOT NULL,
    PRIMARY KEY (month, feed, service)
) STRICT, WITHOUT ROWID;

-- A file read already: the keyed hash of its first bytes, and how far it was read.
CREATE TABLE files (
    head TEXT NOT NULL,
    head_length INTEGER NOT NULL,
    length INTEGER NOT NULL,
    PRIMARY KEY (head, head_length)
) STRICT, WITHOUT ROWID;
