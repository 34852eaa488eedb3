-- Which edition a suppression came of, by the mark of its name, and what the server said; a detail
-- holds no address: it outlives an erasure.
ALTER TABLE suppressions ADD COLUMN edition TEXT NOT NULL DEFAULT '';
ALTER TABLE suppressions ADD COLUMN detail TEXT NOT NULL DEFAULT '';
CREATE INDEX suppressions_of_an_edition ON suppressions (edition, since);

-- Suppressions that wait for a person's decision.
CREATE TABLE proposals (
    person TEXT NOT NULL REFERENCES people (id) ON DELETE CASCADE,
    edition TEXT NOT NULL,
    reason TEXT NOT NULL,
    detail TEXT NOT NULL,
    since TEXT NOT NULL,
    PRIMARY KEY (person, edition)
) STRICT, WITHOUT ROWID;
CREATE INDEX proposals_of_an_edition ON proposals (edition);

-- What a person decided last of the proposals of an edition.
CREATE TABLE decisions (
    edition TEXT PRIMARY KEY,
    removed INTEGER NOT NULL CHECK (removed IN (0, 1)),
    moment TEXT NOT NULL
) STRICT, WITHOUT ROWID;
