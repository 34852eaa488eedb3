-- What visitors of the public service asked in the last hour, by keyed marks of where they are, so
-- that all its processes count them together.
CREATE TABLE visits (
    who TEXT NOT NULL,
    moment REAL NOT NULL
) STRICT;
CREATE INDEX visits_of_a_place ON visits (who, moment);
CREATE INDEX visits_by_moment ON visits (moment);
