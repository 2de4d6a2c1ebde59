//! All statements, as static text. The schema that they name is the default one; [`Queries::of`] puts in another.

use crate::schema::Schema;
use sqlx::{AssertSqlSafe, SqlSafeStr, SqlStr};

/// Names statements, and lists them for the test that asks PostgreSQL how it would run each.
macro_rules! queries {
    ($($(#[$doc:meta])* $name:ident = $sql:literal;)*) => {
        /// The statements, for one schema.
        pub(crate) struct Queries {
            pub(crate) schema: Schema,
            $($(#[$doc])* pub(crate) $name: SqlStr,)*
        }

        impl Queries {
            pub(crate) fn of(schema: &Schema) -> Self {
                // Safe: nothing goes into a text but the name of a schema that needs no quotes.
                Self { schema: schema.clone(), $($name: AssertSqlSafe(schema.qualify($sql)).into_sql_str().clone(),)* }
            }

            /// Every statement with its name.
            #[cfg(test)]
            pub(crate) fn all(&self) -> Vec<(&'static str, &SqlStr)> {
                vec![$((stringify!($name), &self.$name)),*]
            }
        }
    };
}

/// A statement of a [`Session`](crate::session::Session) with what it is about.
macro_rules! query {
    ($session:expr, $name:ident $(, $value:expr)* $(,)?) => {
        sqlx::query($session.queries().$name.clone())$(.bind($value))*
    };
}
pub(crate) use query;

queries! {
    // Subjects: kind, workspace, name.
    subject = "SELECT id FROM mlflow_auth.subjects WHERE kind = $1 AND workspace = $2 AND name = $3";
    subject_names = "SELECT kind, workspace, name FROM mlflow_auth.subjects WHERE id = ANY ($1) ORDER BY id";
    add_subject = "INSERT INTO mlflow_auth.subjects (kind, workspace, name) VALUES ($1, $2, $3) RETURNING id";
    find_subjects = "SELECT s.id, s.kind, s.workspace, s.name
        FROM unnest($1::text[], $2::text[], $3::text[]) AS w (kind, workspace, name)
        JOIN mlflow_auth.subjects AS s ON s.kind = w.kind AND s.workspace = w.workspace AND s.name = w.name";
    add_subjects = "INSERT INTO mlflow_auth.subjects (kind, workspace, name)
        SELECT * FROM unnest($1::text[], $2::text[], $3::text[]) RETURNING id, kind, workspace, name";
    remove_subject = "DELETE FROM mlflow_auth.subjects WHERE id = $1";
    remove_subject_without_account = "DELETE FROM mlflow_auth.subjects WHERE id = $1
        AND NOT EXISTS (SELECT 1 FROM mlflow_auth.accounts WHERE subject_id = $1)";

    // Accounts.
    account = "SELECT s.id, s.name, a.is_admin, a.password_hash, a.display_name, a.is_service, a.is_active
        FROM mlflow_auth.subjects AS s JOIN mlflow_auth.accounts AS a ON a.subject_id = s.id
        WHERE s.kind = 'user' AND s.workspace = '' AND s.name = $1";
    accounts = "SELECT s.id, s.name, a.is_admin, a.password_hash, a.display_name, a.is_service, a.is_active
        FROM mlflow_auth.subjects AS s JOIN mlflow_auth.accounts AS a ON a.subject_id = s.id
        WHERE s.kind = 'user' AND s.workspace = '' ORDER BY s.name";
    add_account = "INSERT INTO mlflow_auth.accounts (subject_id, password_hash, is_admin, display_name, is_service)
        VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING";
    update_account = "UPDATE mlflow_auth.accounts SET password_hash = coalesce($2, password_hash),
        is_admin = coalesce($3, is_admin), display_name = coalesce($4, display_name),
        is_active = coalesce($5, is_active) WHERE subject_id = $1";
    another_admin = "SELECT EXISTS (SELECT 1 FROM mlflow_auth.accounts
        WHERE is_admin AND is_active AND subject_id <> $1)";

    // Identities.
    bound = "SELECT s.id, s.name, a.is_admin, a.password_hash, a.display_name, a.is_service, a.is_active
        FROM mlflow_auth.identities AS i JOIN mlflow_auth.accounts AS a ON a.subject_id = i.user_id
        JOIN mlflow_auth.subjects AS s ON s.id = i.user_id WHERE i.issuer = $1 AND i.subject = $2";
    identities_of = "SELECT i.issuer, i.subject, i.bound_at
        FROM mlflow_auth.subjects AS s JOIN mlflow_auth.identities AS i ON i.user_id = s.id
        WHERE s.kind = 'user' AND s.workspace = '' AND s.name = $1 ORDER BY i.issuer, i.subject";
    has_identity = "SELECT EXISTS (SELECT 1 FROM mlflow_auth.identities WHERE user_id = $1)";
    is_awaited = "SELECT EXISTS (SELECT 1 FROM mlflow_auth.subjects AS s
        WHERE s.kind = 'user' AND s.workspace = '' AND s.name = $1 AND (
        EXISTS (SELECT 1 FROM mlflow_auth.grants WHERE subject_id = s.id)
        OR EXISTS (SELECT 1 FROM mlflow_auth.members WHERE user_id = s.id)
        OR EXISTS (SELECT 1 FROM mlflow_auth.assignments WHERE user_id = s.id)))";
    bind = "INSERT INTO mlflow_auth.identities (issuer, subject, user_id, bound_at) VALUES ($1, $2, $3, $4)";
    unbind = "DELETE FROM mlflow_auth.identities WHERE issuer = $1 AND subject = $2 AND user_id = $3";

    // Access tokens.
    token = "SELECT t.id, t.name, t.prefix, t.hash, t.narrowing, t.created_at, t.created_by, t.expires_at,
        t.last_used_at, s.name FROM mlflow_auth.tokens AS t JOIN mlflow_auth.subjects AS s ON s.id = t.user_id
        WHERE t.prefix = $1";
    tokens_of = "SELECT t.id, t.name, t.prefix, t.hash, t.narrowing, t.created_at, t.created_by, t.expires_at,
        t.last_used_at, s.name FROM mlflow_auth.subjects AS s JOIN mlflow_auth.tokens AS t ON t.user_id = s.id
        WHERE s.kind = 'user' AND s.workspace = '' AND s.name = $1 ORDER BY t.id";
    add_token = "INSERT INTO mlflow_auth.tokens
        (user_id, name, prefix, hash, narrowing, created_at, created_by, expires_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING id";
    prefix_is_taken = "SELECT EXISTS (SELECT 1 FROM mlflow_auth.tokens WHERE prefix = $1)";
    token_name_is_taken = "SELECT EXISTS (SELECT 1 FROM mlflow_auth.tokens WHERE user_id = $1 AND name = $2)";
    count_tokens = "SELECT count(*) FROM mlflow_auth.tokens WHERE user_id = $1";
    remove_expired_tokens = "DELETE FROM mlflow_auth.tokens WHERE user_id = $1 AND expires_at <= $2";
    remove_token_of_name = "DELETE FROM mlflow_auth.tokens WHERE user_id = $1 AND name = $2";
    remove_token = "DELETE FROM mlflow_auth.tokens WHERE id = $1 AND user_id = $2";
    remove_tokens = "DELETE FROM mlflow_auth.tokens WHERE user_id = $1";
    saw_token = "UPDATE mlflow_auth.tokens SET last_used_at = $2 WHERE id = $1 AND coalesce(last_used_at, -1) < $2";

    // Sessions.
    session = "SELECT x.id, x.provider, x.created_at, x.seen_at, x.expires_at, x.renew_at, x.sealed, s.name
        FROM mlflow_auth.sessions AS x JOIN mlflow_auth.subjects AS s ON s.id = x.user_id WHERE x.digest = $1";
    sessions_of = "SELECT x.id, x.provider, x.created_at, x.seen_at, x.expires_at, x.renew_at, x.sealed, s.name
        FROM mlflow_auth.subjects AS s JOIN mlflow_auth.sessions AS x ON x.user_id = s.id
        WHERE s.kind = 'user' AND s.workspace = '' AND s.name = $1 ORDER BY x.id";
    add_session = "INSERT INTO mlflow_auth.sessions
        (digest, user_id, provider, created_at, seen_at, expires_at, renew_at, sealed)
        VALUES ($1, $2, $3, $4, $4, $5, $6, $7) ON CONFLICT DO NOTHING RETURNING id";
    saw_session = "UPDATE mlflow_auth.sessions SET seen_at = $2 WHERE id = $1 AND seen_at < $2";
    lease_renewal = "UPDATE mlflow_auth.sessions AS x SET leased_until = $3 FROM mlflow_auth.subjects AS s
        WHERE x.id = $1 AND x.leased_until <= $2 AND s.id = x.user_id
        RETURNING x.id, x.provider, x.created_at, x.seen_at, x.expires_at, x.renew_at, x.sealed, s.name";
    renew_session = "UPDATE mlflow_auth.sessions AS x SET renew_at = $2, sealed = $3, leased_until = 0
        FROM mlflow_auth.subjects AS s WHERE x.id = $1 AND s.id = x.user_id RETURNING s.name";
    remove_session = "DELETE FROM mlflow_auth.sessions WHERE id = $1 AND user_id = $2";
    remove_sessions = "DELETE FROM mlflow_auth.sessions WHERE user_id = $1";
    remove_expired_sessions = "DELETE FROM mlflow_auth.sessions WHERE expires_at <= $1 OR seen_at < $2";
    spend = "INSERT INTO mlflow_auth.spent (digest, until) VALUES ($1, $2) ON CONFLICT DO NOTHING";
    remove_spent = "DELETE FROM mlflow_auth.spent WHERE until <= $1";

    // Failed attempts.
    attempts = "SELECT failures, last FROM mlflow_auth.attempts WHERE name = $1";
    /// Old counts make room. Those that somebody else counts on right now are left: nobody waits for another here.
    count_attempt = "WITH room AS (DELETE FROM mlflow_auth.attempts WHERE name = ANY (ARRAY(
            SELECT name FROM mlflow_auth.attempts WHERE last < $3 AND name <> $1 LIMIT 1000 FOR UPDATE SKIP LOCKED)))
        INSERT INTO mlflow_auth.attempts AS a (name, failures, last) VALUES ($1, 1, $2)
        ON CONFLICT (name) DO UPDATE SET failures = CASE WHEN a.last < $3 THEN 1 ELSE a.failures + 1 END,
            last = greatest(a.last, excluded.last)";
    forget_attempts = "DELETE FROM mlflow_auth.attempts WHERE name = $1";

    // Groups.
    groups = "SELECT s.name FROM mlflow_auth.subjects AS s JOIN mlflow_auth.groups AS g ON g.subject_id = s.id
        WHERE s.kind = 'group' AND s.workspace = '' ORDER BY s.name";
    add_group = "INSERT INTO mlflow_auth.groups (subject_id) VALUES ($1) ON CONFLICT DO NOTHING";
    group_exists = "SELECT EXISTS (SELECT 1 FROM mlflow_auth.groups WHERE subject_id = $1)";
    /// What a user belongs to: groups, which have no workspace, and roles.
    membership = "SELECT o.kind, o.workspace, o.name FROM mlflow_auth.subjects AS u
        JOIN (SELECT user_id, group_id AS of_id FROM mlflow_auth.members
            UNION ALL SELECT user_id, role_id FROM mlflow_auth.assignments) AS b ON b.user_id = u.id
        JOIN mlflow_auth.subjects AS o ON o.id = b.of_id
        WHERE u.kind = 'user' AND u.workspace = '' AND u.name = $1 ORDER BY o.kind, o.workspace, o.name";
    /// One row without a name for a group without members.
    members = "SELECT u.name FROM mlflow_auth.subjects AS s JOIN mlflow_auth.groups AS g ON g.subject_id = s.id
        LEFT JOIN mlflow_auth.members AS m ON m.group_id = s.id LEFT JOIN mlflow_auth.subjects AS u ON u.id = m.user_id
        WHERE s.kind = 'group' AND s.workspace = '' AND s.name = $1 ORDER BY u.name";
    members_by_id = "SELECT u.name FROM mlflow_auth.members AS m JOIN mlflow_auth.subjects AS u ON u.id = m.user_id
        WHERE m.group_id = $1 ORDER BY u.name";
    join = "INSERT INTO mlflow_auth.members AS m (group_id, user_id) VALUES ($1, $2)
        ON CONFLICT (group_id, user_id) DO UPDATE SET provider = '' WHERE m.provider <> ''";
    join_by_provider = "INSERT INTO mlflow_auth.members (group_id, user_id, provider) VALUES ($1, $2, $3)
        ON CONFLICT DO NOTHING";
    given_by = "SELECT g.id, g.name FROM mlflow_auth.members AS m JOIN mlflow_auth.subjects AS g ON g.id = m.group_id
        WHERE m.user_id = $1 AND m.provider = $2 ORDER BY g.id";
    leave = "DELETE FROM mlflow_auth.members WHERE group_id = $1 AND user_id = $2";
    leave_all = "DELETE FROM mlflow_auth.members WHERE user_id = $1";

    // Roles.
    roles = "SELECT s.id, s.workspace, s.name, r.description
        FROM mlflow_auth.subjects AS s JOIN mlflow_auth.roles AS r ON r.subject_id = s.id
        WHERE s.kind = 'role' ORDER BY s.workspace, s.name";
    add_role = "INSERT INTO mlflow_auth.roles (subject_id, description) VALUES ($1, $2)";
    describe_role = "UPDATE mlflow_auth.roles SET description = $2 WHERE subject_id = $1";
    rename_role = "UPDATE mlflow_auth.subjects SET name = $2 WHERE id = $1";
    /// One row without a name for a role that nobody has.
    roles_in = "SELECT id, kind, workspace, name FROM mlflow_auth.subjects
        WHERE kind = 'role' AND workspace = $1 ORDER BY name";
    role_users = "SELECT u.name FROM mlflow_auth.subjects AS s JOIN mlflow_auth.roles AS r ON r.subject_id = s.id
        LEFT JOIN mlflow_auth.assignments AS a ON a.role_id = s.id LEFT JOIN mlflow_auth.subjects AS u ON u.id = a.user_id
        WHERE s.kind = 'role' AND s.workspace = $1 AND s.name = $2 ORDER BY u.name";
    role_users_by_id = "SELECT u.name FROM mlflow_auth.assignments AS a
        JOIN mlflow_auth.subjects AS u ON u.id = a.user_id WHERE a.role_id = $1 ORDER BY u.name";
    assign = "INSERT INTO mlflow_auth.assignments (role_id, user_id) VALUES ($1, $2) ON CONFLICT DO NOTHING";
    unassign = "DELETE FROM mlflow_auth.assignments WHERE role_id = $1 AND user_id = $2";
    unassign_all = "DELETE FROM mlflow_auth.assignments WHERE user_id = $1";

    // Grants.
    grants_of = "SELECT g.id, g.workspace, g.resource_type, g.form, g.text, g.priority, g.permission
        FROM mlflow_auth.subjects AS s JOIN mlflow_auth.grants AS g ON g.subject_id = s.id
        WHERE s.kind = $1 AND s.workspace = $2 AND s.name = $3 ORDER BY g.id";
    grants_on = "SELECT g.id, g.workspace, g.resource_type, g.form, g.text, g.priority, g.permission,
        s.kind, s.workspace, s.name
        FROM mlflow_auth.grants AS g JOIN mlflow_auth.subjects AS s ON s.id = g.subject_id
        WHERE g.form = 'exact' AND g.digest = $1 AND g.resource_type = $2 AND g.text = $3 ORDER BY g.id";
    patterns_on = "SELECT g.id, g.workspace, g.resource_type, g.form, g.text, g.priority, g.permission,
        s.kind, s.workspace, s.name
        FROM mlflow_auth.grants AS g JOIN mlflow_auth.subjects AS s ON s.id = g.subject_id
        WHERE g.form = 'pattern' AND left(g.resource_type, 200) = left($1, 200) AND g.resource_type = $1 ORDER BY g.id";
    holders = "SELECT kind, workspace, name FROM mlflow_auth.subjects AS s
        WHERE EXISTS (SELECT 1 FROM mlflow_auth.grants WHERE subject_id = s.id)
        ORDER BY CASE kind WHEN 'user' THEN 0 WHEN 'group' THEN 1 ELSE 2 END, workspace, name";
    give = "INSERT INTO mlflow_auth.grants (subject_id, workspace, resource_type, form, text, digest, priority, permission)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING";
    give_or_replace = "INSERT INTO mlflow_auth.grants
        (subject_id, workspace, resource_type, form, text, digest, priority, permission)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
        ON CONFLICT (subject_id, digest, form, coalesce(workspace, ''))
        DO UPDATE SET priority = excluded.priority, permission = excluded.permission";
    /// The place in a list of the first that somebody holds a grant on.
    first_taken = "SELECT min(p.n) FROM unnest($1::bigint[], $2::bytea[], $3::text[], $4::text[]) WITH ORDINALITY
        AS p (subject_id, digest, form, workspace, n) JOIN mlflow_auth.grants AS g ON g.subject_id = p.subject_id
        AND g.digest = p.digest AND g.form = p.form AND coalesce(g.workspace, '') = coalesce(p.workspace, '')";
    /// In order, so that numbers are too.
    give_many = "INSERT INTO mlflow_auth.grants
        (subject_id, workspace, resource_type, form, text, digest, priority, permission)
        SELECT subject_id, workspace, resource_type, form, text, digest, priority, permission
        FROM unnest($1::bigint[], $2::text[], $3::text[], $4::text[], $5::text[], $6::bytea[], $7::bigint[], $8::text[])
        WITH ORDINALITY AS p (subject_id, workspace, resource_type, form, text, digest, priority, permission, n)
        ORDER BY n";
    give_or_replace_many = "INSERT INTO mlflow_auth.grants
        (subject_id, workspace, resource_type, form, text, digest, priority, permission)
        SELECT subject_id, workspace, resource_type, form, text, digest, priority, permission
        FROM unnest($1::bigint[], $2::text[], $3::text[], $4::text[], $5::text[], $6::bytea[], $7::bigint[], $8::text[])
        WITH ORDINALITY AS p (subject_id, workspace, resource_type, form, text, digest, priority, permission, n)
        ORDER BY n ON CONFLICT (subject_id, digest, form, coalesce(workspace, ''))
        DO UPDATE SET priority = excluded.priority, permission = excluded.permission";
    revoke = "DELETE FROM mlflow_auth.grants WHERE subject_id = $1 AND digest = $2 AND form = $3
        AND coalesce(workspace, '') = coalesce($4, '')";
    grant_by_number = "SELECT g.id, g.workspace, g.resource_type, g.form, g.text, g.priority, g.permission,
        s.kind, s.workspace, s.name
        FROM mlflow_auth.grants AS g JOIN mlflow_auth.subjects AS s ON s.id = g.subject_id WHERE g.id = $1";
    /// Nothing if the subject holds another grant there.
    rewrite = "UPDATE mlflow_auth.grants AS g SET form = $2, text = $3, digest = $4, priority = $5, permission = $6
        WHERE g.id = $1 AND NOT EXISTS (SELECT 1 FROM mlflow_auth.grants AS o WHERE o.subject_id = g.subject_id
        AND o.digest = $4 AND o.form = $2 AND coalesce(o.workspace, '') = coalesce(g.workspace, '') AND o.id <> $1)";
    revoke_all = "DELETE FROM mlflow_auth.grants WHERE subject_id = $1";
    revoke_on = "DELETE FROM mlflow_auth.grants WHERE form = 'exact' AND digest = $1
        AND (workspace IS NULL OR workspace = $2) RETURNING subject_id";
    revoke_in = "DELETE FROM mlflow_auth.grants WHERE workspace = $1 RETURNING subject_id";
    move_grants = "UPDATE mlflow_auth.grants SET text = $3, digest = $4 WHERE form = 'exact' AND digest = $1
        AND (workspace IS NULL OR workspace = $2) RETURNING subject_id";

    // All of it, for another store.
    whole_members = "SELECT u.name, g.name, m.provider FROM mlflow_auth.members AS m
        JOIN mlflow_auth.subjects AS u ON u.id = m.user_id JOIN mlflow_auth.subjects AS g ON g.id = m.group_id
        ORDER BY g.name, u.name";
    whole_assignments = "SELECT u.name, r.workspace, r.name FROM mlflow_auth.assignments AS a
        JOIN mlflow_auth.subjects AS u ON u.id = a.user_id JOIN mlflow_auth.subjects AS r ON r.id = a.role_id
        ORDER BY r.workspace, r.name, u.name";
    whole_grants = "SELECT g.id, g.workspace, g.resource_type, g.form, g.text, g.priority, g.permission,
        s.kind, s.workspace, s.name
        FROM mlflow_auth.grants AS g JOIN mlflow_auth.subjects AS s ON s.id = g.subject_id ORDER BY g.id";
    whole_identities = "SELECT i.issuer, i.subject, s.name, i.bound_at FROM mlflow_auth.identities AS i
        JOIN mlflow_auth.subjects AS s ON s.id = i.user_id ORDER BY i.issuer, i.subject";
    whole_tokens = "SELECT t.id, t.name, t.prefix, t.hash, t.narrowing, t.created_at, t.created_by, t.expires_at,
        t.last_used_at, s.name FROM mlflow_auth.tokens AS t JOIN mlflow_auth.subjects AS s ON s.id = t.user_id
        ORDER BY t.id";
    add_whole_account = "INSERT INTO mlflow_auth.accounts
        (subject_id, password_hash, is_admin, display_name, is_service, is_active)
        VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING";
    add_whole_identity = "INSERT INTO mlflow_auth.identities (issuer, subject, user_id, bound_at)
        VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING";
    add_whole_token = "INSERT INTO mlflow_auth.tokens
        (user_id, name, prefix, hash, narrowing, created_at, created_by, expires_at, last_used_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING";

    // The feed.
    state = "SELECT revision, mark FROM mlflow_auth.state";
    /// Whether a revision with this mark was committed.
    has = "SELECT EXISTS (SELECT 1 FROM mlflow_auth.state WHERE revision = $1 AND mark = $2)
        OR EXISTS (SELECT 1 FROM mlflow_auth.changes WHERE revision = $1 AND mark = $2)";
    /// The state of the feed, and a row for every change after a revision; one without a topic if there is none.
    since = "SELECT f.revision, f.mark, (SELECT min(revision) FROM mlflow_auth.changes),
        (SELECT mark FROM mlflow_auth.changes WHERE revision = $1), c.topic, c.kind, c.workspace, c.name
        FROM mlflow_auth.state AS f LEFT JOIN mlflow_auth.changes AS c ON c.revision > $1 ORDER BY c.revision";
    /// Writes events, drops what is too old, and puts the number on.
    tell = "WITH told AS (INSERT INTO mlflow_auth.changes (revision, mark, topic, kind, workspace, name)
            SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::text[], $4::text[], $5::text[], $6::text[])),
        dropped AS (DELETE FROM mlflow_auth.changes WHERE revision <= $9)
        UPDATE mlflow_auth.state SET revision = $7, mark = $8";
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cluster::{new_name, shared};

    /// Lists of everybody read everything, and so does what reads the whole store (`whole_*`).
    const MAY_SCAN: &[&str] = &["accounts", "groups", "roles", "holders"];

    /// Many rows in every table, as many sessions as anybody has.
    const ROWS: &str = "
        INSERT INTO mlflow_auth.subjects (id, kind, workspace, name)
            SELECT n, 'user', '', 'user ' || n FROM generate_series(1, 20000) AS n
            UNION ALL SELECT n, 'group', '', 'group ' || n FROM generate_series(20001, 22000) AS n
            UNION ALL SELECT n, 'role', 'default', 'role ' || n FROM generate_series(22001, 24000) AS n;
        INSERT INTO mlflow_auth.accounts (subject_id, is_admin) SELECT n, n < 4 FROM generate_series(1, 20000) AS n;
        INSERT INTO mlflow_auth.groups SELECT n FROM generate_series(20001, 22000) AS n;
        INSERT INTO mlflow_auth.roles SELECT n FROM generate_series(22001, 24000) AS n;
        INSERT INTO mlflow_auth.members SELECT 20001 + n % 2000, n FROM generate_series(1, 20000) AS n;
        INSERT INTO mlflow_auth.assignments SELECT 22001 + n % 2000, n FROM generate_series(1, 20000) AS n;
        INSERT INTO mlflow_auth.grants (subject_id, resource_type, form, text, digest, priority, permission)
            SELECT n, 'type ' || n % 50, CASE WHEN n % 50 = 0 THEN 'pattern' ELSE 'exact' END, n::text,
            sha256(n::text::bytea), 0, 'READ' FROM generate_series(1, 20000) AS n;
        INSERT INTO mlflow_auth.identities SELECT 'https://idp.example', n::text, n, 0 FROM generate_series(1, 20000) AS n;
        INSERT INTO mlflow_auth.tokens (user_id, name, prefix, hash, created_at, created_by, expires_at)
            SELECT n, 'ci', n::text, '', 0, '', n FROM generate_series(1, 20000) AS n;
        INSERT INTO mlflow_auth.sessions (digest, user_id, provider, created_at, seen_at, expires_at)
            SELECT sha256(n::text::bytea), n, '', n, n, n FROM generate_series(1, 20000) AS n;
        INSERT INTO mlflow_auth.spent SELECT sha256(n::text::bytea), n FROM generate_series(1, 20000) AS n;
        INSERT INTO mlflow_auth.attempts SELECT 'user ' || n, 1, n FROM generate_series(1, 20000) AS n;
        INSERT INTO mlflow_auth.changes SELECT n, n, 'account', 'user', '', 'ann' FROM generate_series(1, 20000) AS n;
        ANALYZE";

    /// Moments of which few rows are before, as it is when somebody looks every minute. Of a moment that it does not know
    /// the server thinks that a third is.
    const FEW_ARE_OLD: (&str, &str) = ("remove_expired_sessions", "(5, 5)");

    /// How the server runs a statement that it knows no parameters of.
    fn plan(sql: &str) -> String {
        let count = (1..20).take_while(|number| sql.contains(&format!("${number}"))).count();
        let values = vec!["NULL"; count].join(", ");
        let values = if count == 0 { String::new() } else { format!("({values})") };
        let explain =
            format!("SET plan_cache_mode = force_generic_plan; PREPARE p AS {sql}; EXPLAIN EXECUTE p{values}");
        shared().ask(&explain)
    }

    #[test]
    fn no_statement_looks_at_all_rows_of_a_table() {
        let schema = Schema::new(&new_name("plans")).unwrap();
        shared().ask(&format!("CREATE SCHEMA {}", schema.name()));
        crate::migrations::ALL.iter().for_each(|migration| drop(shared().ask(&schema.qualify(migration))));
        shared().ask(&schema.qualify(ROWS));
        let mut scans = Vec::new();
        for (name, sql) in Queries::of(&schema).all() {
            let plan = match FEW_ARE_OLD {
                (old, values) if old == name => {
                    shared().ask(&format!("PREPARE p AS {}; EXPLAIN EXECUTE p{values}", sql.as_str()))
                }
                _ => plan(sql.as_str()),
            };
            let scanned =
                plan.lines().filter(|line| line.contains("Seq Scan on") && !line.contains("Seq Scan on state"));
            let may_scan = MAY_SCAN.contains(&name) || name.starts_with("whole_");
            if scanned.count() > 0 && !may_scan {
                scans.push(format!("{name}:\n{plan}"));
            }
        }
        assert!(scans.is_empty(), "{}", scans.join("\n\n"));
        // It is seen where there is no index.
        assert!(
            plan(&schema.qualify("SELECT 1 FROM mlflow_auth.tokens WHERE hash = $1")).contains("Seq Scan on tokens")
        );
    }
}
