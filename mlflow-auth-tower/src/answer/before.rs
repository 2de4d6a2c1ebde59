//! What is done to a request that was allowed, before it goes on.

use super::Allowed;
use super::narrow::{Narrowed, to_experiments};
use crate::reply::Reply;
use mlflow_auth_core::routes::{Effect, McpEffect, Page};

/// Narrows a search to what the caller may read, as far as it can be told beforehand; says who makes or reviews a queue;
/// ends what is left of a former workspace before one of its name is made; makes an MCP server before its first version.
///
/// # Errors
/// 400 if the experiments that are named cannot be read, a queue would bear the name of a user or somebody else made the
/// server meanwhile, 503 if names cannot be looked up.
pub(crate) async fn before(allowed: &Allowed<'_>) -> Result<Narrowed, Reply> {
    if let Effect::WorkspaceMade { name } = allowed.route.effect {
        return Box::pin(allowed.end_namesake(name)).await.map(|()| Narrowed::Whole);
    }
    if let Effect::Mcp(McpEffect::MakesServer) = allowed.route.effect {
        return Box::pin(allowed.make_server()).await.map(|()| Narrowed::Whole);
    }
    if let Effect::QueueMade | Effect::QueueChanged | Effect::QueueReviewed = allowed.route.effect {
        return Box::pin(allowed.prepare_queue()).await;
    }
    if allowed.who.passes_every_check() {
        return Ok(Narrowed::Whole);
    }
    match allowed.route.effect {
        Effect::Narrow { experiments, kind } => Box::pin(to_experiments(allowed, experiments, kind)).await,
        Effect::Filter { kind, page: Page::Refill { by_id: Some(by_id), .. }, .. } => {
            Ok(allowed.only_readable(kind, by_id))
        }
        _ => Ok(Narrowed::Whole),
    }
}
