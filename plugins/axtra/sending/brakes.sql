-- Whether an address that a server says does not exist is to be suppressed.
ALTER TABLE recipients ADD COLUMN removal TEXT NOT NULL DEFAULT ''
    CHECK (removal IN ('', 'tenu', 'propose', 'fait', 'ecarte'));

-- A run that stopped on too many such addresses; the decision is empty until a person takes it.
CREATE TABLE brakes (
    edition TEXT PRIMARY KEY,
    decision TEXT NOT NULL CHECK (decision IN ('', 'retirer', 'garder')),
    moment TEXT NOT NULL
) STRICT, WITHOUT ROWID;
