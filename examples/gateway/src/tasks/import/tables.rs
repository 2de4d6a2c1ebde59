//! The tables that are read.

use mlflow_auth_core::store::transfer::Table;
use std::collections::HashMap;

/// What stands under the names of the columns of one row. NULL stands under none.
pub(super) type Record<'t> = HashMap<&'t str, &'t str>;

/// The tables that a database has.
pub(super) struct Tables(pub(super) Vec<Table>);

/// All that may be of interest: databases may hold other tables, with millions of rows.
pub(super) const NAMES: &[&str] = &[
    "accounts",
    "alembic_version",
    "alembic_version_auth",
    "users",
    "roles",
    "role_permissions",
    "user_role_assignments",
    "mutation_conditions",
    "groups",
    "user_groups",
    "user_identities",
    "user_tokens",
    "scim_tokens",
    "workspace_group_rules",
    "experiment_permissions",
    "experiment_group_permissions",
    "experiment_regex_permissions",
    "experiment_group_regex_permissions",
    "registered_model_permissions",
    "registered_model_group_permissions",
    "registered_model_regex_permissions",
    "registered_model_group_regex_permissions",
    "scorer_permissions",
    "scorer_group_permissions",
    "scorer_regex_permissions",
    "scorer_group_regex_permissions",
    "gateway_secret_permissions",
    "gateway_secret_group_permissions",
    "gateway_secret_regex_permissions",
    "gateway_secret_group_regex_permissions",
    "gateway_endpoint_permissions",
    "gateway_endpoint_group_permissions",
    "gateway_endpoint_regex_permissions",
    "gateway_endpoint_group_regex_permissions",
    "gateway_model_definition_permissions",
    "gateway_model_definition_group_permissions",
    "gateway_model_definition_regex_permissions",
    "gateway_model_definition_group_regex_permissions",
    "mcp_server_permissions",
    "mcp_server_group_permissions",
    "workspace_permissions",
    "workspace_group_permissions",
    "workspace_regex_permissions",
    "workspace_group_regex_permissions",
];

impl Tables {
    fn table(&self, name: &str) -> Option<&Table> {
        self.0.iter().find(|table| table.name == name)
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.table(name).is_some()
    }

    pub(super) fn has_column(&self, name: &str, column: &str) -> bool {
        self.table(name).is_some_and(|table| table.columns.iter().any(|known| known == column))
    }

    /// The rows of a table; none if there is no such table.
    pub(super) fn records(&self, name: &str) -> impl Iterator<Item = Record<'_>> {
        self.table(name).into_iter().flat_map(Table::records)
    }
}

/// What stands under a name; nothing for NULL.
pub(super) fn text<'t>(record: &Record<'t>, column: &str) -> &'t str {
    record.get(column).copied().unwrap_or_default()
}

pub(super) fn is_true(record: &Record<'_>, column: &str) -> bool {
    matches!(text(record, column), "1" | "true" | "t")
}

/// Whether a column may hold what nobody should read in a report.
fn is_secret(column: &str) -> bool {
    let column = column.to_ascii_lowercase();
    ["hash", "password", "secret", "token"].iter().any(|word| column.contains(word))
}

/// How reports name a row.
pub(super) fn row(table: &str, record: &Record<'_>) -> String {
    match record.get("id") {
        Some(id) => format!("{table} row {}", id.escape_debug()),
        None => {
            let mut columns: Vec<_> =
                record.iter().filter(|(name, _)| **name != "permission" && !is_secret(name)).collect();
            columns.sort_unstable();
            let columns: Vec<_> =
                columns.iter().map(|(name, value)| format!("{name} {}", value.escape_debug())).collect();
            format!("{table} row of {}", columns.join(", "))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_named_without_secrets() {
        for (record, expected) in [
            (vec![("id", "7"), ("password_hash", "x")], "users row 7"),
            (vec![("id", "7\n8")], "users row 7\\n8"),
            (vec![("username", "ann"), ("password_hash", "x"), ("permission", "READ")], "users row of username ann"),
            (vec![("a", "1\n"), ("b", "2"), ("token_hash", "x"), ("Token_Prefix", "x")], "users row of a 1\\n, b 2"),
            (vec![("secret_value", "x"), ("old_password", "x"), ("name", "n")], "users row of name n"),
        ] {
            assert_eq!(row("users", &record.into_iter().collect()), expected);
        }
    }
}
