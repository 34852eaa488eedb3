-- The keyed mark of the mailbox behind an address, whatever its tag: how many mails it gets.
ALTER TABLE pending ADD COLUMN mailbox TEXT NOT NULL DEFAULT '';
UPDATE pending SET mailbox = mark;
CREATE INDEX pending_of_a_mailbox ON pending (mailbox, asked);
