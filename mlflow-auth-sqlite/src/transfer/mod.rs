//! All that a file holds: given to another store, and taken from one.

mod read;
mod write;

use crate::feed;
use crate::store::SqliteStore;
use async_trait::async_trait;
use mlflow_auth_core::store::transfer::{Contents, Transfer};
use mlflow_auth_core::store::{Revision, StoreError};

#[async_trait]
impl Transfer for SqliteStore {
    async fn contents(&self) -> Result<(Revision, Contents), StoreError> {
        self.read(|connection| Ok((feed::revision(connection)?, read::contents(connection)?))).await
    }

    async fn add_contents(&self, contents: Contents, at: Revision) -> Result<Revision, StoreError> {
        contents.check()?;
        let rules = self.rules;
        let added = self.write(move |_, write| {
            write.only_at(at)?;
            write.add_contents(&contents, rules)
        });
        Ok(added.await?.1)
    }
}
