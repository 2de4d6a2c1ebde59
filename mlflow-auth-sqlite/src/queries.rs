//! All statements, as static text.

/// Names statements, and lists them for the test that asks SQLite how it would run each.
macro_rules! queries {
    ($($(#[$doc:meta])* $name:ident = $sql:literal;)*) => {
        $($(#[$doc])* pub(crate) const $name: &str = $sql;)*

        #[cfg(test)]
        const ALL: &[(&str, &str)] = &[$((stringify!($name), $sql)),*];
    };
}

queries! {
    // Subjects: kind, workspace, name.
    SUBJECT = "SELECT id FROM subjects WHERE kind = ?1 AND workspace = ?2 AND name = ?3";
    SUBJECT_NAME = "SELECT kind, workspace, name FROM subjects WHERE id = ?1";
    ADD_SUBJECT = "INSERT INTO subjects (kind, workspace, name) VALUES (?1, ?2, ?3) RETURNING id";
    REMOVE_SUBJECT = "DELETE FROM subjects WHERE id = ?1";
    REMOVE_SUBJECT_WITHOUT_ACCOUNT = "DELETE FROM subjects WHERE id = ?1
        AND NOT EXISTS (SELECT 1 FROM accounts WHERE subject_id = ?1)";

    // Accounts.
    ACCOUNT = "SELECT s.id, s.name, a.is_admin, a.password_hash, a.display_name, a.is_service, a.is_active
        FROM subjects AS s JOIN accounts AS a ON a.subject_id = s.id
        WHERE s.kind = 'user' AND s.workspace = '' AND s.name = ?1";
    ACCOUNTS = "SELECT s.id, s.name, a.is_admin, a.password_hash, a.display_name, a.is_service, a.is_active
        FROM subjects AS s JOIN accounts AS a ON a.subject_id = s.id
        WHERE s.kind = 'user' AND s.workspace = '' ORDER BY s.name";
    ADD_ACCOUNT = "INSERT INTO accounts (subject_id, password_hash, is_admin, display_name, is_service)
        VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT DO NOTHING";
    UPDATE_ACCOUNT = "UPDATE accounts SET password_hash = ifnull(?2, password_hash), is_admin = ifnull(?3, is_admin),
        display_name = ifnull(?4, display_name), is_active = ifnull(?5, is_active) WHERE subject_id = ?1";
    ANOTHER_ADMIN = "SELECT EXISTS (SELECT 1 FROM accounts WHERE is_admin = 1 AND is_active = 1 AND subject_id <> ?1)";

    // Identities.
    BOUND = "SELECT s.id, s.name, a.is_admin, a.password_hash, a.display_name, a.is_service, a.is_active
        FROM identities AS i JOIN accounts AS a ON a.subject_id = i.user_id JOIN subjects AS s ON s.id = i.user_id
        WHERE i.issuer = ?1 AND i.subject = ?2";
    IDENTITIES_OF = "SELECT i.issuer, i.subject, i.bound_at FROM subjects AS s JOIN identities AS i ON i.user_id = s.id
        WHERE s.kind = 'user' AND s.workspace = '' AND s.name = ?1 ORDER BY i.issuer, i.subject";
    HAS_IDENTITY = "SELECT EXISTS (SELECT 1 FROM identities WHERE user_id = ?1)";
    IS_AWAITED = "SELECT EXISTS (SELECT 1 FROM subjects WHERE kind = 'user' AND workspace = '' AND name = ?1 AND (
        EXISTS (SELECT 1 FROM grants WHERE subject_id = subjects.id)
        OR EXISTS (SELECT 1 FROM members WHERE user_id = subjects.id)
        OR EXISTS (SELECT 1 FROM assignments WHERE user_id = subjects.id)))";
    BIND = "INSERT INTO identities (issuer, subject, user_id, bound_at) VALUES (?1, ?2, ?3, ?4)";
    UNBIND = "DELETE FROM identities WHERE issuer = ?1 AND subject = ?2 AND user_id = ?3";

    // Access tokens.
    TOKEN = "SELECT t.id, t.name, t.prefix, t.hash, t.narrowing, t.created_at, t.created_by, t.expires_at,
        t.last_used_at, s.name FROM tokens AS t JOIN subjects AS s ON s.id = t.user_id WHERE t.prefix = ?1";
    TOKENS_OF = "SELECT t.id, t.name, t.prefix, t.hash, t.narrowing, t.created_at, t.created_by, t.expires_at,
        t.last_used_at, s.name FROM subjects AS s JOIN tokens AS t ON t.user_id = s.id
        WHERE s.kind = 'user' AND s.workspace = '' AND s.name = ?1 ORDER BY t.id";
    ADD_TOKEN = "INSERT INTO tokens
        (user_id, name, prefix, hash, narrowing, created_at, created_by, expires_at)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) RETURNING id";
    PREFIX_IS_TAKEN = "SELECT EXISTS (SELECT 1 FROM tokens WHERE prefix = ?1)";
    TOKEN_NAME_IS_TAKEN = "SELECT EXISTS (SELECT 1 FROM tokens WHERE user_id = ?1 AND name = ?2)";
    COUNT_TOKENS = "SELECT count(*) FROM tokens WHERE user_id = ?1";
    REMOVE_EXPIRED_TOKENS = "DELETE FROM tokens WHERE user_id = ?1 AND expires_at <= ?2";
    REMOVE_TOKEN_OF_NAME = "DELETE FROM tokens WHERE user_id = ?1 AND name = ?2";
    REMOVE_TOKEN = "DELETE FROM tokens WHERE id = ?1 AND user_id = ?2";
    REMOVE_TOKENS = "DELETE FROM tokens WHERE user_id = ?1";
    SAW_TOKEN = "UPDATE tokens SET last_used_at = ?2 WHERE id = ?1 AND ifnull(last_used_at, -1) < ?2";

    // Sessions.
    SESSION = "SELECT x.id, x.provider, x.created_at, x.seen_at, x.expires_at, x.renew_at, x.sealed, s.name
        FROM sessions AS x JOIN subjects AS s ON s.id = x.user_id WHERE x.digest = ?1";
    SESSION_BY_NUMBER = "SELECT x.id, x.provider, x.created_at, x.seen_at, x.expires_at, x.renew_at, x.sealed, s.name
        FROM sessions AS x JOIN subjects AS s ON s.id = x.user_id WHERE x.id = ?1";
    SESSIONS_OF = "SELECT x.id, x.provider, x.created_at, x.seen_at, x.expires_at, x.renew_at, x.sealed, s.name
        FROM subjects AS s JOIN sessions AS x ON x.user_id = s.id
        WHERE s.kind = 'user' AND s.workspace = '' AND s.name = ?1 ORDER BY x.id";
    ADD_SESSION = "INSERT INTO sessions (digest, user_id, provider, created_at, seen_at, expires_at, renew_at, sealed)
        VALUES (?1, ?2, ?3, ?4, ?4, ?5, ?6, ?7) ON CONFLICT DO NOTHING RETURNING id";
    SAW_SESSION = "UPDATE sessions SET seen_at = ?2 WHERE id = ?1 AND seen_at < ?2";
    LEASE_RENEWAL = "UPDATE sessions SET leased_until = ?3 WHERE id = ?1 AND leased_until <= ?2";
    RENEW_SESSION = "UPDATE sessions SET renew_at = ?2, sealed = ?3, leased_until = 0 WHERE id = ?1";
    REMOVE_SESSION = "DELETE FROM sessions WHERE id = ?1 AND user_id = ?2";
    REMOVE_SESSIONS = "DELETE FROM sessions WHERE user_id = ?1";
    REMOVE_EXPIRED_SESSIONS = "DELETE FROM sessions WHERE expires_at <= ?1 OR seen_at < ?2";
    SPEND = "INSERT INTO spent (digest, until) VALUES (?1, ?2) ON CONFLICT DO NOTHING";
    REMOVE_SPENT = "DELETE FROM spent WHERE until <= ?1";

    // Failed attempts.
    ATTEMPTS = "SELECT failures, last FROM attempts WHERE name = ?1";
    COUNT_ATTEMPT = "INSERT INTO attempts (name, failures, last) VALUES (?1, 1, ?2)
        ON CONFLICT (name) DO UPDATE SET failures = CASE WHEN last < ?3 THEN 1 ELSE failures + 1 END,
            last = max(last, excluded.last)";
    FORGET_ATTEMPTS = "DELETE FROM attempts WHERE name = ?1";
    /// Some at a time, so that nobody waits long for a writer who makes room.
    FORGET_OLD_ATTEMPTS = "DELETE FROM attempts WHERE name IN (SELECT name FROM attempts WHERE last < ?1 LIMIT 1000)";

    // Groups.
    GROUPS = "SELECT s.name FROM subjects AS s JOIN groups AS g ON g.subject_id = s.id
        WHERE s.kind = 'group' AND s.workspace = '' ORDER BY s.name";
    GROUP_EXISTS = "SELECT EXISTS (SELECT 1 FROM groups WHERE subject_id = ?1)";
    ADD_GROUP = "INSERT INTO groups (subject_id) VALUES (?1) ON CONFLICT DO NOTHING";
    GROUPS_OF = "SELECT g.name FROM subjects AS u JOIN members AS m ON m.user_id = u.id
        JOIN subjects AS g ON g.id = m.group_id
        WHERE u.kind = 'user' AND u.workspace = '' AND u.name = ?1 ORDER BY g.name";
    MEMBERS = "SELECT u.name FROM members AS m JOIN subjects AS u ON u.id = m.user_id
        WHERE m.group_id = ?1 ORDER BY u.name";
    JOIN = "INSERT INTO members (group_id, user_id) VALUES (?1, ?2)
        ON CONFLICT DO UPDATE SET provider = '' WHERE provider <> ''";
    JOIN_BY_PROVIDER = "INSERT INTO members (group_id, user_id, provider) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING";
    GIVEN_BY = "SELECT g.id, g.name FROM members AS m JOIN subjects AS g ON g.id = m.group_id
        WHERE m.user_id = ?1 AND m.provider = ?2";
    LEAVE = "DELETE FROM members WHERE group_id = ?1 AND user_id = ?2";
    LEAVE_ALL = "DELETE FROM members WHERE user_id = ?1";

    // Roles.
    ROLES = "SELECT s.id, s.workspace, s.name, r.description FROM subjects AS s JOIN roles AS r ON r.subject_id = s.id
        WHERE s.kind = 'role' ORDER BY s.workspace, s.name";
    ADD_ROLE = "INSERT INTO roles (subject_id, description) VALUES (?1, ?2)";
    DESCRIBE_ROLE = "UPDATE roles SET description = ?2 WHERE subject_id = ?1";
    RENAME_ROLE = "UPDATE subjects SET name = ?2 WHERE id = ?1";
    ROLES_OF = "SELECT r.workspace, r.name FROM subjects AS u JOIN assignments AS a ON a.user_id = u.id
        JOIN subjects AS r ON r.id = a.role_id
        WHERE u.kind = 'user' AND u.workspace = '' AND u.name = ?1 ORDER BY r.workspace, r.name";
    ROLES_IN = "SELECT id, kind, workspace, name FROM subjects WHERE kind = 'role' AND workspace = ?1 ORDER BY name";
    ROLE_USERS = "SELECT u.name FROM assignments AS a JOIN subjects AS u ON u.id = a.user_id
        WHERE a.role_id = ?1 ORDER BY u.name";
    ASSIGN = "INSERT INTO assignments (role_id, user_id) VALUES (?1, ?2) ON CONFLICT DO NOTHING";
    UNASSIGN = "DELETE FROM assignments WHERE role_id = ?1 AND user_id = ?2";
    UNASSIGN_ALL = "DELETE FROM assignments WHERE user_id = ?1";

    // Grants.
    GRANTS_OF = "SELECT id, workspace, resource_type, form, text, priority, permission FROM grants
        WHERE subject_id = ?1 ORDER BY id";
    GRANTS_ON = "SELECT g.id, g.workspace, g.resource_type, g.form, g.text, g.priority, g.permission,
        s.kind, s.workspace, s.name FROM grants AS g JOIN subjects AS s ON s.id = g.subject_id
        WHERE g.form = 'exact' AND g.resource_type = ?1 AND g.text = ?2 ORDER BY g.id";
    PATTERNS_ON = "SELECT g.id, g.workspace, g.resource_type, g.form, g.text, g.priority, g.permission,
        s.kind, s.workspace, s.name FROM grants AS g JOIN subjects AS s ON s.id = g.subject_id
        WHERE g.form = 'pattern' AND g.resource_type = ?1 ORDER BY g.id";
    HOLDERS = "SELECT kind, workspace, name FROM subjects AS s
        WHERE EXISTS (SELECT 1 FROM grants WHERE subject_id = s.id)
        ORDER BY CASE kind WHEN 'user' THEN 0 WHEN 'group' THEN 1 ELSE 2 END, workspace, name";
    GRANT = "INSERT INTO grants (subject_id, workspace, resource_type, form, text, priority, permission)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT DO NOTHING";
    GRANT_OR_REPLACE = "INSERT INTO grants (subject_id, workspace, resource_type, form, text, priority, permission)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
        ON CONFLICT (subject_id, resource_type, form, text, ifnull(workspace, ''))
        DO UPDATE SET priority = excluded.priority, permission = excluded.permission";
    REVOKE = "DELETE FROM grants WHERE subject_id = ?1 AND ifnull(workspace, '') = ifnull(?2, '')
        AND resource_type = ?3 AND form = ?4 AND text = ?5";
    GRANT_BY_NUMBER = "SELECT g.id, g.workspace, g.resource_type, g.form, g.text, g.priority, g.permission,
        s.kind, s.workspace, s.name FROM grants AS g JOIN subjects AS s ON s.id = g.subject_id WHERE g.id = ?1";
    REWRITE = "UPDATE OR IGNORE grants SET form = ?2, text = ?3, priority = ?4, permission = ?5 WHERE id = ?1";
    REVOKE_ALL = "DELETE FROM grants WHERE subject_id = ?1";
    REVOKE_ON = "DELETE FROM grants WHERE form = 'exact' AND resource_type = ?1 AND text = ?2
        AND (workspace IS NULL OR workspace = ?3) RETURNING subject_id";
    REVOKE_IN = "DELETE FROM grants WHERE workspace = ?1 RETURNING subject_id";
    MOVE_GRANTS = "UPDATE grants SET text = ?4 WHERE form = 'exact' AND resource_type = ?1 AND text = ?2
        AND (workspace IS NULL OR workspace = ?3) RETURNING subject_id";

    // All there is, to be moved to another store.
    WHOLE_MEMBERS = "SELECT u.name, g.name, m.provider FROM members AS m JOIN subjects AS u ON u.id = m.user_id
        JOIN subjects AS g ON g.id = m.group_id ORDER BY g.name, u.name";
    WHOLE_ASSIGNMENTS = "SELECT u.name, r.workspace, r.name FROM assignments AS a
        JOIN subjects AS u ON u.id = a.user_id JOIN subjects AS r ON r.id = a.role_id
        ORDER BY r.workspace, r.name, u.name";
    WHOLE_GRANTS = "SELECT g.id, g.workspace, g.resource_type, g.form, g.text, g.priority, g.permission,
        s.kind, s.workspace, s.name FROM grants AS g JOIN subjects AS s ON s.id = g.subject_id ORDER BY g.id";
    WHOLE_IDENTITIES = "SELECT i.issuer, i.subject, s.name, i.bound_at FROM identities AS i
        JOIN subjects AS s ON s.id = i.user_id ORDER BY i.issuer, i.subject";
    WHOLE_TOKENS = "SELECT t.id, t.name, t.prefix, t.hash, t.narrowing, t.created_at, t.created_by, t.expires_at,
        t.last_used_at, s.name FROM tokens AS t JOIN subjects AS s ON s.id = t.user_id ORDER BY t.id";
    ADD_WHOLE_ACCOUNT = "INSERT INTO accounts
        (subject_id, password_hash, is_admin, display_name, is_service, is_active)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT DO NOTHING";
    ADD_WHOLE_IDENTITY = "INSERT INTO identities (issuer, subject, user_id, bound_at)
        VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING";
    ADD_WHOLE_TOKEN = "INSERT INTO tokens
        (user_id, name, prefix, hash, narrowing, created_at, created_by, expires_at, last_used_at)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9) ON CONFLICT DO NOTHING";

    // The feed.
    /// Stays when all of the feed is pruned.
    NEWEST_REVISION = "SELECT ifnull((SELECT seq FROM sqlite_sequence WHERE name = 'changes'), 0)";
    OLDEST_REVISION = "SELECT min(revision) FROM changes";
    CHANGES_SINCE = "SELECT topic, kind, workspace, name FROM changes WHERE revision > ?1 ORDER BY revision";
    ADD_CHANGE = "INSERT INTO changes (topic, kind, workspace, name) VALUES (?1, ?2, ?3, ?4)";
    PRUNE_CHANGES = "DELETE FROM changes WHERE revision <= ?1";
    /// Moves when another connection has committed something.
    DATA_VERSION = "PRAGMA data_version";
}

#[cfg(test)]
mod tests {
    use super::*;
    use rusqlite::Connection;

    /// Lists of everybody read everything, and the sequence table has one row a table.
    const MAY_SCAN: &[&str] = &["HOLDERS", "NEWEST_REVISION"];
    /// What moves all of a table reads all of it.
    const WHOLE: &str = "WHOLE_";

    #[test]
    fn no_statement_looks_at_all_rows_of_a_table() {
        let connection = Connection::open_in_memory().unwrap();
        crate::migrations::ALL.iter().for_each(|migration| connection.execute_batch(migration).unwrap());
        for (name, sql) in ALL
            .iter()
            .filter(|(name, _)| !MAY_SCAN.contains(name) && !name.starts_with(WHOLE) && *name != "DATA_VERSION")
        {
            let mut explain = connection.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
            let mut rows = explain.raw_query();
            while let Some(row) = rows.next().unwrap() {
                let step: String = row.get("detail").unwrap();
                assert!(!step.starts_with("SCAN") || step == "SCAN CONSTANT ROW", "{name}: {step}");
            }
        }
    }
}
