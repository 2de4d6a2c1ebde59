//! From a file into a database.

use super::{Outcome, Place, Size};
use mlflow_auth_core::store::{Change, GrantConflict, PermissionStore, Store, Transfer};
use mlflow_auth_core::{GrantSpec, Permission, ResourceType, Scope, Target, Username};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Moves all that a store holds into an empty one, and says how long that takes.
///
/// # Errors
/// Those of the stores.
pub async fn moved(from: &Place, to: &Place) -> Outcome<Duration> {
    let (from, to) = (from.open().await?, to.open().await?);
    let began = Instant::now();
    let (_, contents) = from.contents().await?;
    to.add_contents(contents, to.revision().await?).await?;
    Ok(began.elapsed())
}

/// How many grants a second are acknowledged, one in each commit, while so many callers write at once.
///
/// # Errors
/// Those of the store.
pub async fn grants_a_second(place: &Place, size: Size, callers: usize, each: usize) -> Outcome<f64> {
    let store = place.open().await?;
    let began = Instant::now();
    let writers: Vec<_> =
        (0..callers).map(|caller| tokio::spawn(write(store.clone(), size, (callers, caller), each))).collect();
    for writer in writers {
        writer.await??;
    }
    Ok((callers * each) as f64 / began.elapsed().as_secs_f64())
}

async fn write(store: Arc<dyn Store>, size: Size, (of, caller): (usize, usize), each: usize) -> Outcome<()> {
    for turn in 0..each {
        let grant = GrantSpec {
            subject: Username::new(size.user(caller * each + turn))?.into(),
            scope: Scope::Everywhere,
            kind: ResourceType::EXPERIMENT,
            target: Target::Exact(format!("written-{of}-{caller}-{turn}")),
            permission: Permission::Read,
        };
        store.apply(&[Change::Grant(grant, GrantConflict::Refuse)]).await?;
    }
    Ok(())
}
