-- Editions that leave at a moment without anybody at the keyboard, as a person confirmed them.
CREATE TABLE scheduled (
    edition TEXT PRIMARY KEY,
    moment TEXT NOT NULL,
    list TEXT NOT NULL,
    recipients INTEGER NOT NULL,
    hash TEXT NOT NULL,
    frozen TEXT NOT NULL,  -- when: the same bytes frozen again may have other recipients
    announced TEXT  -- when the publisher was told that it is about to leave
) STRICT, WITHOUT ROWID;
