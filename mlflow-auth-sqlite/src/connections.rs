//! One connection that writes, a few that read, and the threads on which they do it.

use crate::error::Result;
use crate::file;
use crate::settings::SqliteSettings;
use rusqlite::{Connection, Transaction, TransactionBehavior};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::spawn_blocking;

/// The connections of a store. Whoever wants one waits without blocking a thread.
pub(crate) struct Connections {
    writer: Arc<tokio::sync::Mutex<Connection>>,
    readers: Arc<Readers>,
}

struct Readers {
    idle: Mutex<Vec<Connection>>,
    free: Arc<Semaphore>,
}

impl Connections {
    pub(crate) fn open(writer: Connection, path: &Path, settings: &SqliteSettings) -> Result<Self> {
        let count = settings.readers.max(1);
        let idle = (0..count).map(|_| file::connect_reader(path, settings)).collect::<Result<Vec<_>>>()?;
        let readers = Readers { idle: Mutex::new(idle), free: Arc::new(Semaphore::new(count)) };
        Ok(Self { writer: Arc::new(tokio::sync::Mutex::new(writer)), readers: Arc::new(readers) })
    }

    /// Reads one state of the file, however many statements it takes.
    pub(crate) async fn read<T, F>(&self, read: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> Result<T> + Send + 'static,
    {
        let lease = self.readers.clone().lease().await;
        spawn_blocking(move || match &lease.connection {
            Some(connection) => read(&*connection.unchecked_transaction()?),
            None => Err(rusqlite::Error::InvalidQuery.into()),
        })
        .await?
    }

    /// Writes all of it or nothing, and calls `committed` when it is done. It goes on to its end when the caller no longer
    /// waits for it.
    pub(crate) async fn write<T, F>(&self, write: F, committed: impl FnOnce() + Send + 'static) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&Transaction<'_>) -> Result<T> + Send + 'static,
    {
        let mut connection = self.writer.clone().lock_owned().await;
        spawn_blocking(move || {
            let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let value = write(&transaction)?;
            transaction.commit()?;
            committed();
            Ok(value)
        })
        .await?
    }
}

/// A reading connection for as long as it is held; it goes back whatever happens.
struct Lease {
    connection: Option<Connection>,
    readers: Arc<Readers>,
    _permit: Option<OwnedSemaphorePermit>,
}

impl Readers {
    async fn lease(self: Arc<Self>) -> Lease {
        // It is never closed, so a permit is always had in the end.
        let permit = self.free.clone().acquire_owned().await.ok();
        let connection = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        Lease { connection, readers: self, _permit: permit }
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        let idle = self.connection.take();
        self.readers.idle.lock().unwrap_or_else(PoisonError::into_inner).extend(idle);
    }
}
