//! What a source holds, in the words of this project.

use super::tables::{Record, Tables, is_true, row, text};
use mlflow_auth_core::store::User;
use mlflow_auth_core::store::transfer::{Account, Contents};
use mlflow_auth_core::{Grant, PasswordHash, StoredGrant, Subject, Username};
use std::collections::HashMap;

/// All of it, and what of it is left out or was changed on the way.
#[derive(Default)]
pub(super) struct Found {
    pub(super) contents: Contents,
    pub(super) remarks: Vec<Remark>,
    /// Whose it is.
    pub(super) about: String,
}

/// What became of a row that is not brought in as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Remark {
    pub(super) row: String,
    pub(super) why: String,
    /// Whether somebody may be able to do more than before because of it.
    pub(super) may_widen: bool,
}

/// A grant as a row says it.
pub(super) struct Said<'a> {
    pub(super) subject: Subject,
    pub(super) workspace: Option<&'a str>,
    pub(super) kind: &'a str,
    pub(super) form: &'a str,
    pub(super) text: &'a str,
    pub(super) priority: i64,
    pub(super) permission: &'a str,
}

/// What to do about a pattern that cannot be used.
const INSTEAD: &str =
    "write a pattern without look-around and back-references, such as `^team-`, or grants on the names";

impl Found {
    pub(super) fn about(about: impl Into<String>) -> Self {
        Self { about: about.into(), ..Self::default() }
    }

    pub(super) fn remark(&mut self, row: String, why: impl Into<String>, may_widen: bool) {
        self.remarks.push(Remark { row, why: why.into(), may_widen });
    }

    /// Adds a grant. What cannot be read refuses.
    pub(super) fn grant(&mut self, row: String, said: Said<'_>) {
        let Said { subject, workspace, kind, form, text, priority, permission } = said;
        let id = i64::try_from(self.contents.grants.len()).unwrap_or(i64::MAX);
        let grant = Grant::from_stored(StoredGrant { id, subject, workspace, kind, form, text, priority, permission });
        if let Some(fault) = &grant.fault {
            let instead = if form == "pattern" { format!("; {INSTEAD}") } else { String::new() };
            self.remark(row, format!("it cannot be read ({fault}), so it refuses from now on{instead}"), false);
        }
        self.contents.grants.push(grant);
    }

    /// Adds the accounts of `users`, and returns who has which number.
    pub(super) fn accounts(&mut self, tables: &Tables) -> HashMap<String, Username> {
        let mut users = HashMap::new();
        let has_active = tables.has_column("users", "active");
        for record in tables.records("users") {
            let name = match Username::new(text(&record, "username")) {
                Ok(name) => name,
                Err(error) => {
                    self.remark(row("users", &record), format!("{error}; rename the user there"), false);
                    continue;
                }
            };
            users.insert(text(&record, "id").to_owned(), name.clone());
            self.contents.accounts.push(account(name, &record, has_active));
        }
        users
    }

    /// Who holds what a row says; none, and a remark, if that is nobody.
    pub(super) fn holder<T: Clone>(
        &mut self,
        known: &HashMap<String, T>,
        column: &str,
        table: &str,
        record: &Record<'_>,
    ) -> Option<T> {
        let found = known.get(text(record, column)).cloned();
        if found.is_none() {
            self.remark(row(table, record), format!("its {column} is that of nobody who is brought in"), false);
        }
        found
    }
}

/// Whoever is neither active nor inactive, though the table says it of everybody, is inactive.
fn account(name: Username, record: &Record<'_>, has_active: bool) -> Account {
    let text = |column: &str| Some(text(record, column)).filter(|text| !text.is_empty());
    let user = User {
        id: 0,
        name,
        is_admin: is_true(record, "is_admin"),
        display_name: text("display_name").map(str::to_owned),
        is_service: is_true(record, "is_service_account"),
        is_active: !has_active || is_true(record, "active"),
    };
    Account { user, password: text("password_hash").map(PasswordHash::from_stored) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use mlflow_auth_core::store::transfer::Table;

    #[test]
    fn whoever_is_not_said_to_be_active_is_not() {
        for (columns, values, expected) in [
            (vec!["id", "username"], vec![Some("1"), Some("ann")], true),
            (vec!["id", "username", "active"], vec![Some("1"), Some("ann"), Some("1")], true),
            (vec!["id", "username", "active"], vec![Some("1"), Some("ann"), Some("true")], true),
            (vec!["id", "username", "active"], vec![Some("1"), Some("ann"), Some("0")], false),
            (vec!["id", "username", "active"], vec![Some("1"), Some("ann"), None], false),
        ] {
            let table = Table {
                name: "users".to_owned(),
                columns: columns.into_iter().map(str::to_owned).collect(),
                rows: vec![values.iter().map(|value| value.map(str::to_owned)).collect()],
            };
            let mut found = Found::about("a test");
            found.accounts(&Tables(vec![table]));
            let active: Vec<bool> = found.contents.accounts.iter().map(|account| account.user.is_active).collect();
            assert_eq!(active, [expected], "{values:?}");
        }
    }
}
