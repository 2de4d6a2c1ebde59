//! Decisions made again with a candidate. Nothing here reaches the answer.

use crate::denial::cut;
use crate::flow::Flow;
use crate::lookup::{LookupError, Within};
use futures_util::future::{BoxFuture, FutureExt};
use futures_util::stream::{StreamExt, TryStreamExt, iter};
use mlflow_auth_core::routes::mlflow::named_by_mlflow;
use mlflow_auth_core::shadow::{Occasion, Watched};
use mlflow_auth_core::{Belongings, Holdings, Principal, Requirement, Resource, ResourceType, Verdict};
use std::collections::{BTreeSet, HashMap};
use std::time::Duration;

/// A decision that was made.
#[derive(Clone, Copy)]
pub(crate) struct Live<'a> {
    pub(crate) who: &'a Principal,
    pub(crate) of: &'a Belongings,
    pub(crate) held: &'a Holdings,
    pub(crate) needs: &'a [Requirement],
    pub(crate) verdict: &'a Verdict<'a>,
}

/// How long a request waits for all names that only the candidate needs.
const PATIENCE: Duration = Duration::from_millis(500);

/// How many of them are asked for at once.
const AT_ONCE: usize = 8;

impl Flow<'_> {
    /// Makes the decision again with the candidate, and counts it.
    pub(crate) async fn observe(&self, watched: &Watched, live: Live<'_>, lookups: Within<'_>, on: Occasion<'_>) {
        let (candidate, user) = (watched.candidate(), &live.who.user);
        if !candidate.touches(user, live.of) {
            return watched.same();
        }
        let store = self.shared.authorizer.store().as_ref();
        let held = match candidate.holdings(store, user, live.of, live.held).await {
            Ok(held) => held,
            Err(error) => {
                if watched.skip() {
                    tracing::warn!(error = ?error, candidate = candidate.label(), "a candidate could not be tried");
                }
                return;
            }
        };
        let named = match with_names(live.needs, &held, lookups).await {
            Ok(named) => named,
            Err(Unnamed) => {
                watched.skip();
                return;
            }
        };
        let needs = named.as_deref().unwrap_or(live.needs);
        let would = self.shared.authorizer.policy().decide(live.who, &held, needs);
        if let Some(count) = watched.compare(live.verdict, &would, on) {
            log(candidate.label(), live.verdict, &would, on, count);
        }
    }
}

/// A name could not be looked up in time.
struct Unnamed;

/// The requirements with the names of resources that `held` must judge and that nobody looked up, because what is held
/// now need not judge them. None if nothing is missing.
async fn with_names(
    needs: &[Requirement],
    held: &Holdings,
    lookups: Within<'_>,
) -> Result<Option<Vec<Requirement>>, Unnamed> {
    let needs_name = |resource: &Resource| is_nameless(resource) && held.need_name_of(&resource.kind);
    if !rungs(needs).any(needs_name) {
        return Ok(None);
    }
    let mut named = needs.to_vec();
    let ids: BTreeSet<Id<'_>> = rungs(needs).filter(|resource| needs_name(resource)).filter_map(id_of).collect();
    let asked: Vec<BoxFuture<'_, Result<(Id<'_>, String), LookupError>>> =
        ids.into_iter().map(|id| async move { Ok((id, lookups.name_of(id.0, id.1).await?)) }.boxed()).collect();
    let asked = iter(asked).buffered(AT_ONCE).try_collect::<HashMap<Id<'_>, String>>();
    let Ok(Ok(names)) = tokio::time::timeout(PATIENCE, asked).await else { return Err(Unnamed) };
    let chains = named.iter_mut().flat_map(|need| match need {
        Requirement::Any(chains) => chains.as_mut_slice(),
        Requirement::Create(_) => &mut [],
    });
    for rung in chains.flat_map(|chain| &mut chain.0) {
        if is_nameless(&rung.resource) {
            rung.resource.name = id_of(&rung.resource).and_then(|id| names.get(&id)).cloned();
        }
    }
    Ok(Some(named))
}

fn rungs(needs: &[Requirement]) -> impl Iterator<Item = &Resource> {
    needs.iter().flat_map(Requirement::chains).flat_map(|chain| &chain.0).map(|rung| &rung.resource)
}

/// A type and an id.
type Id<'r> = (&'r ResourceType, &'r str);

fn id_of(resource: &Resource) -> Option<Id<'_>> {
    Some((&resource.kind, resource.id.as_deref()?))
}

fn is_nameless(resource: &Resource) -> bool {
    named_by_mlflow(&resource.kind).is_some() && resource.id.is_some() && resource.name.is_none()
}

fn log(candidate: &str, live: &Verdict<'_>, would: &Verdict<'_>, on: Occasion<'_>, count: u64) {
    let (now, then) = (live.to_string(), would.to_string());
    tracing::info!(
        candidate,
        effect = if live.allowed { "lost" } else { "gained" },
        count,
        user = live.who.as_str(),
        method = on.method,
        route = on.route,
        live = cut(&now),
        candidate_says = cut(&then),
        "the candidate would decide otherwise"
    );
}
