//! mlflow-oidc-auth, 7.x and 11.x.

mod grants;
mod people;

use super::found::Found;
use super::tables::{Tables, row, text};
use crate::config::Config;

/// The revisions of 7.18 and of 11.0.
const REVISIONS: [&str; 2] = ["9c0d1e2f3456", "e1f2a3b4c5d6"];

pub(super) fn read(tables: &Tables, config: &Config) -> Found {
    let era = if tables.has("user_tokens") { "with named tokens, as 11.x" } else { "as 7.x" };
    let revisions: Vec<&str> = tables.records("alembic_version").map(|record| text(&record, "version_num")).collect();
    let named = if revisions.is_empty() { "none".to_owned() } else { revisions.join(", ").escape_debug().to_string() };
    let mut found = Found::about(format!("mlflow-oidc-auth, {era}, revision {named}"));
    if !matches!(revisions.as_slice(), [revision] if REVISIONS.contains(revision)) {
        let why = "it is not that of 7.18 or of 11.0, which this program knows: something may be meant that is not \
                   read; bring it to one of them";
        found.remark(format!("the revision {named} in alembic_version"), why, true);
    }
    let users = found.accounts(tables);
    let groups = people::groups(&mut found, tables, &users);
    people::passwords(&mut found, tables);
    people::tokens(&mut found, tables, &users);
    people::identities(&mut found, tables, &users, config);
    grants::read(&mut found, tables, &users, &groups, &config.policy.mode);
    for (table, why) in [
        ("workspace_group_rules", "rules that make grants on workspaces are not brought in; the grants they made are"),
        ("scim_tokens", "tokens of SCIM are not brought in"),
    ] {
        for record in tables.records(table) {
            found.remark(row(table, &record), why, false);
        }
    }
    found
}
