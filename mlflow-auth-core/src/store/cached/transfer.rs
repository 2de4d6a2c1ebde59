//! Contents pass through: they are not what is asked again and again.

use super::Cached;
use crate::store::transfer::{Contents, Transfer};
use crate::store::{Revision, StoreError};
use async_trait::async_trait;

#[async_trait]
#[deny(clippy::missing_trait_methods)]
impl<S: Transfer> Transfer for Cached<S> {
    async fn contents(&self) -> Result<(Revision, Contents), StoreError> {
        self.inner.contents().await
    }

    async fn add_contents(&self, contents: Contents, at: Revision) -> Result<Revision, StoreError> {
        self.written(self.inner.add_contents(contents, at).await).await
    }
}
