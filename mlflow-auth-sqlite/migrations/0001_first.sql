-- Who can hold something. A name belongs to one user, one group and, in each workspace, one role.
-- AUTOINCREMENT: a number that was given once is never given again.
CREATE TABLE subjects (
    id        INTEGER PRIMARY KEY AUTOINCREMENT,
    kind      TEXT NOT NULL CHECK (kind IN ('user', 'group', 'role')),
    workspace TEXT NOT NULL CHECK ((kind = 'role') = (workspace <> '')),  -- of a role; empty for the others
    name      TEXT NOT NULL CHECK (name <> ''),
    UNIQUE (kind, workspace, name)
) STRICT;

-- Users of ours. Others may be named as holders and members, and sign in elsewhere.
CREATE TABLE accounts (
    subject_id    INTEGER PRIMARY KEY REFERENCES subjects (id) ON DELETE CASCADE,
    password_hash TEXT,  -- none: no password lets them in here
    is_admin      INTEGER NOT NULL CHECK (is_admin IN (0, 1))
) STRICT;

-- Groups of ours. Others may be named as holders, and be known elsewhere.
CREATE TABLE groups (
    subject_id INTEGER PRIMARY KEY REFERENCES subjects (id) ON DELETE CASCADE
) STRICT;

CREATE TABLE roles (
    subject_id  INTEGER PRIMARY KEY REFERENCES subjects (id) ON DELETE CASCADE,
    description TEXT
) STRICT;

CREATE TABLE members (
    group_id INTEGER NOT NULL REFERENCES groups (subject_id) ON DELETE CASCADE,
    user_id  INTEGER NOT NULL REFERENCES subjects (id) ON DELETE CASCADE,
    PRIMARY KEY (group_id, user_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX members_by_user ON members (user_id);

CREATE TABLE assignments (
    role_id INTEGER NOT NULL REFERENCES roles (subject_id) ON DELETE CASCADE,
    user_id INTEGER NOT NULL REFERENCES subjects (id) ON DELETE CASCADE,
    PRIMARY KEY (role_id, user_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX assignments_by_user ON assignments (user_id);

-- `form` and `permission` are not checked here: a word of a later version must be read as a refusal, not be lost.
CREATE TABLE grants (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    subject_id    INTEGER NOT NULL REFERENCES subjects (id) ON DELETE CASCADE,
    workspace     TEXT,                              -- none: everywhere
    resource_type TEXT NOT NULL,
    form          TEXT NOT NULL,                     -- exact, pattern, every
    text          TEXT NOT NULL,                     -- an id, a pattern, *
    priority      INTEGER NOT NULL,                  -- of a pattern; lower is asked first
    permission    TEXT NOT NULL
) STRICT;

-- At most one grant of a subject on one place. NULL would be unlike NULL; no workspace has the empty name.
CREATE UNIQUE INDEX grants_by_place ON grants (subject_id, resource_type, form, text, ifnull(workspace, ''));

CREATE INDEX grants_by_resource ON grants (resource_type, text) WHERE form = 'exact';

-- What was committed lately, for those who remember something. The columns after `topic` name whom it is about.
CREATE TABLE changes (
    revision  INTEGER PRIMARY KEY AUTOINCREMENT,
    topic     TEXT NOT NULL,                         -- account, membership, grants, everything
    kind      TEXT,
    workspace TEXT,
    name      TEXT
) STRICT;
