//! Decisions made again with a candidate. Nothing here reaches the answer.

use crate::flow::Flow;
use crate::lookup::{LookupError, Within};
use mlflow_auth_core::shadow::{Occasion, Watched};
use mlflow_auth_core::{Belongings, Holdings, Principal, Requirement, Resource, ResourceType, Verdict};
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

/// How long a request waits for names that only the candidate needs.
const PATIENCE: Duration = Duration::from_millis(500);

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

/// The requirements with the names of experiments that `held` must judge and that nobody looked up, because what is held
/// now need not judge them. None if nothing is missing.
async fn with_names(
    needs: &[Requirement],
    held: &Holdings,
    lookups: Within<'_>,
) -> Result<Option<Vec<Requirement>>, Unnamed> {
    if !held.need_name_of(&ResourceType::EXPERIMENT) || !rungs(needs).any(is_nameless) {
        return Ok(None);
    }
    let mut named = needs.to_vec();
    let chains = named.iter_mut().flat_map(|need| match need {
        Requirement::Any(chains) => chains.as_mut_slice(),
        Requirement::Create(_) => &mut [],
    });
    for rung in chains.flat_map(|chain| &mut chain.0) {
        if let (true, Some(id)) = (is_nameless(&rung.resource), &rung.resource.id) {
            match tokio::time::timeout(PATIENCE, lookups.experiment_name(id)).await {
                Ok(Ok(name)) => rung.resource.name = Some(name),
                Ok(Err(LookupError::NotFound | LookupError::Unavailable(_))) | Err(_) => return Err(Unnamed),
            }
        }
    }
    Ok(Some(named))
}

fn rungs(needs: &[Requirement]) -> impl Iterator<Item = &Resource> {
    needs.iter().flat_map(Requirement::chains).flat_map(|chain| &chain.0).map(|rung| &rung.resource)
}

fn is_nameless(resource: &Resource) -> bool {
    resource.kind == ResourceType::EXPERIMENT && resource.id.is_some() && resource.name.is_none()
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
        live = now.as_str(),
        candidate_says = then.as_str(),
        "the candidate would decide otherwise"
    );
}
