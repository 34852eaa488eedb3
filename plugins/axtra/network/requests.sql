-- A question to a centre about its sheet: what it was shown, and what it answered, once.
CREATE TABLE requests (
    id TEXT PRIMARY KEY,
    centre TEXT NOT NULL,
    sheet TEXT NOT NULL,
    asked TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('attend', 'remplace', 'confirme', 'corrige')),
    answered TEXT NOT NULL DEFAULT '',
    changes TEXT NOT NULL DEFAULT '{}',
    remark TEXT NOT NULL DEFAULT '',
    settled TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX requests_of_a_centre ON requests (centre, state);
