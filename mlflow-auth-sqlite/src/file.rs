//! The file itself, and connections to it.

use crate::error::{Result, SqliteError};
use crate::settings::SqliteSettings;
use rusqlite::{Connection, OpenFlags};
use std::fs::{File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

/// The whole path, so that neither a change of the working directory nor a name that SQLite gives a meaning to
/// (`:memory:`) leads elsewhere.
pub(crate) fn whole_path(path: &Path) -> Result<PathBuf> {
    if path.as_os_str().is_empty() || path.as_os_str() == ":memory:" {
        return Err(SqliteError::NoFileName(path.to_owned()));
    }
    std::path::absolute(path).map_err(|source| SqliteError::File { path: path.to_owned(), source })
}

/// Makes the file, for nobody but its owner, if it is not there. The files that SQLite puts beside it take its mode.
pub(crate) fn prepare(path: &Path) -> Result<()> {
    let folder = path.parent().unwrap_or(Path::new("/"));
    if !folder.is_dir() {
        return Err(SqliteError::NoFolder { folder: folder.to_owned(), path: path.to_owned() });
    }
    if path.exists() && !path.is_file() {
        return Err(SqliteError::NotAFile(path.to_owned()));
    }
    let is_new = !path.exists();
    open_or_make(path).map_err(|source| SqliteError::File { path: path.to_owned(), source })?;
    if is_new {
        // So that the file's name lasts as its contents do. Not every file system can, and none fails for it.
        let _ = File::open(folder).and_then(|folder| folder.sync_all());
    } else {
        warn_of_others(path);
    }
    Ok(())
}

/// The file holds password hashes. Its mode is its owner's to choose, so this is said and not changed.
#[cfg(unix)]
fn warn_of_others(path: &Path) {
    let mode = path.metadata().map_or(0, |metadata| std::os::unix::fs::PermissionsExt::mode(&metadata.permissions()));
    if mode & 0o077 != 0 {
        tracing::warn!(path = %path.display(), mode = format!("{:o}", mode & 0o777), "others may use the database file");
    }
}

#[cfg(not(unix))]
fn warn_of_others(_: &Path) {}

fn open_or_make(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// A connection that may write, to a file that is there.
pub(crate) fn connect(path: &Path, settings: &SqliteSettings) -> Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let open = || {
        let connection = Connection::open_with_flags(path, flags)?;
        connection.busy_timeout(settings.busy_timeout)?;
        connection.set_prepared_statement_cache_capacity(64);
        connection.pragma_update(None, "foreign_keys", true)?;
        connection.pragma_update(None, "synchronous", "full")?;
        connection.pragma_update(None, "trusted_schema", false)?;
        Ok(connection)
    };
    open().map_err(|source| SqliteError::Open { path: path.to_owned(), source })
}

/// A connection that cannot write.
pub(crate) fn connect_reader(path: &Path, settings: &SqliteSettings) -> Result<Connection> {
    let connection = connect(path, settings)?;
    connection.pragma_update(None, "query_only", true)?;
    Ok(connection)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::migrations;
    use std::time::Duration;

    #[test]
    fn connections_keep_what_the_store_promises() {
        let folder = tempfile::tempdir().unwrap();
        let (path, settings) = (folder.path().join("auth.db"), SqliteSettings::default());
        prepare(&path).unwrap();
        let mut writer = connect(&path, &settings).unwrap();
        migrations::run(&mut writer, &path, Duration::from_secs(5)).unwrap();
        let reader = connect_reader(&path, &settings).unwrap();
        for (connection, query_only) in [(&writer, "0"), (&reader, "1")] {
            for (pragma, expected) in [
                ("journal_mode", "wal"),
                ("synchronous", "2"),
                ("foreign_keys", "1"),
                ("trusted_schema", "0"),
                ("query_only", query_only),
                ("busy_timeout", "5000"),
            ] {
                let found = connection.query_row(&format!("PRAGMA {pragma}"), [], |row| row.get_ref(0).map(as_words));
                assert_eq!(found.unwrap(), expected, "{pragma}");
            }
        }
        assert!(reader.execute("DELETE FROM grants", []).is_err());
    }

    fn as_words(value: rusqlite::types::ValueRef<'_>) -> String {
        match value {
            rusqlite::types::ValueRef::Integer(number) => number.to_string(),
            text => text.as_str().unwrap().to_owned(),
        }
    }
}
