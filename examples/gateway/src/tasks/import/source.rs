//! Opening a source, and finding out whose it is.

use super::found::Found;
use super::tables::{self, Tables};
use super::{ImportError, ImportFrom, ImportTask, SourceKind, basic_auth, plugin};
use crate::assemble::open_existing;
use crate::config::{Config, StoreLocation, holds_password, store_at};
use mlflow_auth_core::Mode;
use mlflow_auth_core::store::Transfer;
use mlflow_auth_core::store::transfer::Table;

const KNOWN: &str = "MLflow's basic-auth, mlflow-oidc-auth and this project";

pub(super) async fn read(config: &Config, task: &ImportTask) -> Result<Found, ImportError> {
    let location = location(&task.from)?;
    let (tables, is_store) = tables(&location).await?;
    match kind(&tables, is_store, task.kind)? {
        SourceKind::BasicAuth => {
            let mut found = basic_auth::read(&tables);
            let is_same = matches!(config.policy.mode, Mode::Union);
            check_resolution(&mut found, is_same, "union");
            Ok(found)
        }
        SourceKind::Plugin => {
            let mut found = plugin::read(&tables, config);
            let is_same = matches!(config.policy.mode, Mode::FirstMatch(_));
            check_resolution(&mut found, is_same, "first-match");
            Ok(found)
        }
        SourceKind::Store => {
            let config = Config { store: location, ..config.clone() };
            let store = open_existing(&config).await?;
            let (revision, contents) = store.contents().await.map_err(ImportError::Source)?;
            Ok(Found { contents, ..Found::about(format!("a store of this project, at revision {revision}")) })
        }
    }
}

/// What refuses there may lose here if grants become answers in another way.
fn check_resolution(found: &mut Found, is_same: bool, wanted: &str) {
    if !is_same {
        let why =
            format!("the source decides as `{wanted}` does: a refusal there may lose here; say `{wanted}` here too");
        found.remark("the setting `resolution`".to_owned(), why, true);
    }
}

fn location(from: &ImportFrom) -> Result<StoreLocation, ImportError> {
    let url = match from {
        ImportFrom::Url(url) if holds_password(url) => {
            let why = "anybody on this machine can read a password in a flag: write the URL to a file, and name that with \
                       `--from-file`";
            return Err(ImportError::Url(why.to_owned()));
        }
        ImportFrom::Url(url) => url.clone(),
        ImportFrom::File(path) => {
            let failed = |source| ImportError::File { path: path.clone(), source };
            std::fs::read_to_string(path).map_err(failed)?.trim().to_owned()
        }
    };
    store_at(&url).map_err(ImportError::Url)
}

/// What there is, and whether it is a store of this project.
async fn tables(location: &StoreLocation) -> Result<(Tables, bool), ImportError> {
    match location {
        StoreLocation::Sqlite(path) if !path.is_file() => Err(ImportError::NoFile(path.clone())),
        StoreLocation::Sqlite(path) => {
            let read = mlflow_auth_sqlite::read_tables(path, tables::NAMES).await;
            let tables = Tables(read.map_err(ImportError::Source)?);
            let is_store = tables.has_column("accounts", "subject_id");
            Ok((tables, is_store))
        }
        StoreLocation::Postgres(settings) => {
            let own = format!("{}.accounts", settings.schema);
            let names: Vec<&str> = tables::NAMES.iter().copied().chain([own.as_str()]).collect();
            let read: Vec<Table> =
                mlflow_auth_postgres::read_tables(settings, &names).await.map_err(ImportError::Source)?;
            let tables = Tables(read);
            let is_store = tables.has_column(&own, "subject_id");
            Ok((tables, is_store))
        }
    }
}

fn kind(tables: &Tables, is_store: bool, wanted: Option<SourceKind>) -> Result<SourceKind, ImportError> {
    let is_plugin = tables.has("user_groups") && tables.has_column("users", "username");
    let is_basic_auth =
        !is_plugin && tables.has_column("users", "password_hash") && tables.has("experiment_permissions");
    let there = [
        (is_basic_auth, SourceKind::BasicAuth, "basic-auth"),
        (is_plugin, SourceKind::Plugin, "oidc-auth"),
        (is_store, SourceKind::Store, "store"),
    ];
    let there: Vec<_> =
        there.into_iter().filter(|(is_it, kind, _)| *is_it && wanted.is_none_or(|it| it == *kind)).collect();
    match there.as_slice() {
        [] => Err(ImportError::Unknown(KNOWN)),
        [(_, kind, _)] => Ok(*kind),
        several => {
            let names: Vec<&str> = several.iter().map(|(_, _, name)| *name).collect();
            Err(ImportError::Several(names.join(", ")))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_resolution_than_that_of_the_source_may_widen() {
        for (is_same, expected) in [(true, vec![]), (false, vec![true])] {
            let mut found = Found::about("a test");
            check_resolution(&mut found, is_same, "union");
            let widening: Vec<bool> = found.remarks.iter().map(|remark| remark.may_widen).collect();
            assert_eq!(widening, expected, "{:?}", found.remarks);
        }
    }
}
