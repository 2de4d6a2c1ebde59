//! mlflow-oidc-auth, 7.x and 11.x.

mod grants;
mod people;

use super::found::Found;
use super::tables::{Tables, row};
use crate::config::Config;

pub(super) fn read(tables: &Tables, config: &Config) -> Found {
    let era = if tables.has("user_tokens") { "with named tokens, as 11.x" } else { "as 7.x" };
    let mut found = Found::about(format!("mlflow-oidc-auth, {era}"));
    let users = found.accounts(tables);
    let groups = people::groups(&mut found, tables, &users);
    people::passwords(&mut found, tables);
    people::tokens(&mut found, tables, &users);
    people::identities(&mut found, tables, &users, config);
    grants::read(&mut found, tables, &users, &groups);
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
