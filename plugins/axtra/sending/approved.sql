-- An approval is of one freezing, its bytes and its people, and of an account where there are some.
ALTER TABLE approvals ADD COLUMN freeze INTEGER NOT NULL DEFAULT 0;
ALTER TABLE approvals ADD COLUMN account TEXT NOT NULL DEFAULT '';
UPDATE approvals SET freeze = COALESCE((SELECT MAX(id) FROM freezes
    WHERE freezes.edition = approvals.edition AND freezes.hash = approvals.hash), 0);
