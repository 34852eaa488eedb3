-- What a transaction must tell the journal, noted by the base itself so that no method can forget
-- to; the transaction reads it and empties the table before it ends. `person` is a folded address,
-- in place of which the journal gets a mark.
CREATE TABLE acts (
    act TEXT NOT NULL,
    person TEXT NOT NULL,
    mark TEXT NOT NULL,
    detail TEXT NOT NULL,
    edition TEXT NOT NULL
) STRICT;
CREATE TRIGGER note_left AFTER UPDATE OF active ON subscriptions
    WHEN OLD.active = 1 AND NEW.active = 0
    BEGIN INSERT INTO acts SELECT 'sorti', folded, '', NEW.list, '' FROM people WHERE id = NEW.person; END;
CREATE TRIGGER note_back AFTER UPDATE OF active ON subscriptions
    WHEN NEW.active = 1 AND OLD.active = 0
    BEGIN INSERT INTO acts SELECT 'abonne', folded, '', NEW.list, '' FROM people WHERE id = NEW.person; END;
CREATE TRIGGER note_barred AFTER INSERT ON suppressions
    BEGIN INSERT INTO acts VALUES ('retire', '', NEW.mark, NEW.reason, NEW.edition); END;
CREATE TRIGGER note_worse AFTER UPDATE OF reason ON suppressions
    BEGIN INSERT INTO acts VALUES ('retire', '', NEW.mark, NEW.reason, NEW.edition); END;
CREATE TRIGGER note_free AFTER DELETE ON suppressions
    BEGIN INSERT INTO acts VALUES ('leve', '', OLD.mark, OLD.reason, ''); END;

-- What tells the keys of the marks: every machine that shares the base has the same.
ALTER TABLE lineage ADD COLUMN keys TEXT NOT NULL DEFAULT '';
