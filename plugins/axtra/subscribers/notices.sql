-- What a big relay told of mails that came back, as mails to be judged with the others; they name
-- people by the code of their envelope sender only.
CREATE TABLE notices (
    id TEXT PRIMARY KEY,
    moment TEXT NOT NULL,
    mail BLOB NOT NULL
) STRICT, WITHOUT ROWID;
