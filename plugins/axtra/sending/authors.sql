-- The account that froze an edition, where there are accounts: somebody else approves it.
CREATE TABLE authors (
    freeze INTEGER PRIMARY KEY,
    who TEXT NOT NULL
) STRICT;
