-- Who froze an edition, when an account says it: somebody else approves it.
ALTER TABLE freezes ADD COLUMN who TEXT NOT NULL DEFAULT '';
