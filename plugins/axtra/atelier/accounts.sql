-- The people of a newsroom. What lets somebody in is kept as a hash only.
CREATE TABLE people (
    id INTEGER PRIMARY KEY,
    address TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    role TEXT NOT NULL,
    since TEXT NOT NULL
) STRICT;
CREATE TABLE links (
    mark BLOB PRIMARY KEY,
    person INTEGER NOT NULL REFERENCES people ON DELETE CASCADE,
    ends TEXT NOT NULL
) STRICT;
CREATE TABLE sessions (
    mark BLOB PRIMARY KEY,
    person INTEGER NOT NULL REFERENCES people ON DELETE CASCADE,
    began TEXT NOT NULL,
    seen TEXT NOT NULL
) STRICT;
CREATE INDEX sessions_of ON sessions (person);
-- Who did what to whom, without a secret; names go with the people.
CREATE TABLE events (
    moment TEXT NOT NULL,
    act TEXT NOT NULL,
    person INTEGER REFERENCES people ON DELETE SET NULL,
    detail TEXT NOT NULL
) STRICT;
