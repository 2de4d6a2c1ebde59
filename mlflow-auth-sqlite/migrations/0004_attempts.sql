-- Failed attempts at passwords by name, whether there is such an account or not.
CREATE TABLE attempts (
    name     TEXT PRIMARY KEY,
    failures INTEGER NOT NULL,
    last     INTEGER NOT NULL                        -- seconds since 1970
) STRICT, WITHOUT ROWID;

CREATE INDEX attempts_by_time ON attempts (last);
