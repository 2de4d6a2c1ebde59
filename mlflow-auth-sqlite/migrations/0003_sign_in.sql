-- Who somebody that a provider vouches for is here.
CREATE TABLE identities (
    issuer   TEXT NOT NULL,
    subject  TEXT NOT NULL,
    user_id  INTEGER NOT NULL REFERENCES accounts (subject_id) ON DELETE CASCADE,
    bound_at INTEGER NOT NULL,                       -- here and below: seconds since 1970
    PRIMARY KEY (issuer, subject)
) STRICT, WITHOUT ROWID;

CREATE INDEX identities_by_user ON identities (user_id);

-- Access tokens: never the secret, only what recognises it.
CREATE TABLE tokens (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id      INTEGER NOT NULL REFERENCES accounts (subject_id) ON DELETE CASCADE,
    name         TEXT NOT NULL,
    prefix       TEXT NOT NULL UNIQUE,
    hash         TEXT NOT NULL,
    narrowing    TEXT,                               -- none: for all that the owner may do
    created_at   INTEGER NOT NULL,
    created_by   TEXT NOT NULL,                      -- a user name; the account may be gone
    expires_at   INTEGER NOT NULL,
    last_used_at INTEGER,
    UNIQUE (user_id, name)
) STRICT;

-- Sessions of browsers: `digest` is the SHA-256 of what the cookie holds, `sealed` is encrypted.
CREATE TABLE sessions (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    digest       BLOB NOT NULL UNIQUE CHECK (length(digest) = 32),
    user_id      INTEGER NOT NULL REFERENCES accounts (subject_id) ON DELETE CASCADE,
    provider     TEXT NOT NULL,
    created_at   INTEGER NOT NULL,
    seen_at      INTEGER NOT NULL,
    expires_at   INTEGER NOT NULL,
    renew_at     INTEGER,
    sealed       BLOB,
    leased_until INTEGER NOT NULL DEFAULT 0          -- until then somebody asks the provider, and nobody else does
) STRICT;

CREATE INDEX sessions_by_user ON sessions (user_id);
CREATE INDEX sessions_by_end ON sessions (expires_at);
CREATE INDEX sessions_by_use ON sessions (seen_at);

-- What may be used once, and was.
CREATE TABLE spent (
    digest BLOB PRIMARY KEY CHECK (length(digest) = 32),
    until  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX spent_by_end ON spent (until);

-- Which provider gave the membership; empty for one given by hand.
ALTER TABLE members ADD COLUMN provider TEXT NOT NULL DEFAULT '';
