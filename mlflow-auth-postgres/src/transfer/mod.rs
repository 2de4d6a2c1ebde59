//! All that a schema holds: given to another store, and taken from one.

mod read;
mod write;

use crate::store::PostgresStore;
use async_trait::async_trait;
use mlflow_auth_core::RuleLimits;
use mlflow_auth_core::store::transfer::{Contents, Transfer};
use mlflow_auth_core::store::{Revision, StoreError};
use std::time::Duration;

/// The longest that moving all of a store may take, and each statement of it: one of them reads all grants. Waiting for a
/// lock, and a pause of ours while we hold one, are still held to
/// [`PostgresSettings::statement_timeout`](crate::PostgresSettings::statement_timeout).
const LONGEST: Duration = Duration::from_secs(3600);

/// What another store held.
struct Addition {
    contents: Contents,
    at: Revision,
    rules: RuleLimits,
}

#[async_trait]
impl Transfer for PostgresStore {
    async fn contents(&self) -> Result<(Revision, Contents), StoreError> {
        self.read_whole(LONGEST, |session, ()| Box::pin(read::contents(session))).await
    }

    async fn add_contents(&self, contents: Contents, at: Revision) -> Result<Revision, StoreError> {
        contents.check()?;
        let about = Addition { contents, at, rules: self.rules() };
        let added = self.write_within(LONGEST, about, |write, about| Box::pin(write.add_contents(about)));
        Ok(added.await?.1)
    }
}
