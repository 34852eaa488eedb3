-- How far the journal of each machine is known to a base that several share: a restored base knows
-- fewer of the acts of each, whatever the numbers of the others.
CREATE TABLE journals (
    name TEXT PRIMARY KEY,
    number INTEGER NOT NULL,
    position INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO journals SELECT journal, number, position FROM lineage WHERE journal <> '';
