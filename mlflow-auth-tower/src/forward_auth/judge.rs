//! Whether a request that is only described may pass.

use crate::cross_site;
use crate::flow::{Asking, Flow, unreadable};
use crate::reply::Reply;
use crate::request::{Canonical, Source, prefer_gateway_credentials, source};
use bytes::Bytes;
use http::Method;
use http::request::Parts;
use http_body_util::Empty;
use mlflow_auth_core::routes::{Access, Effect, Found, McpEffect, Need, Route, Takes};
use mlflow_auth_core::{GroupName, Principal, Workspace};
use std::sync::Arc;

/// Whose request may pass.
pub(super) struct Passing {
    pub(super) who: Arc<Principal>,
    /// All groups of theirs, by name, each once.
    pub(super) groups: Vec<GroupName>,
    /// The workspace that was judged, where there are any.
    pub(super) workspace: Option<Workspace>,
}

impl Flow<'_> {
    /// Judges a request of which the head is known and nothing else. `None` for one that is open to everybody.
    pub(super) async fn described(&self, parts: Parts, authn_only: bool) -> Result<Option<Passing>, Reply> {
        let mut head = Canonical::read(parts)?;
        head.without_slashes()?;
        let found = self.shared.routes.find(head.judged_method().as_str(), self.within_prefix(&head.segments));
        if found.as_ref().is_some_and(|found| matches!(found.route.access, Access::Public)) {
            return Ok(None);
        }
        prefer_gateway_credentials(&mut head, found.as_ref().map(|found| found.route));
        let who = self.authenticate(&head.parts).await?;
        cross_site::check(&self.shared.origins, who.proof, &head, found.as_ref().map(|found| found.route))?;
        let workspace = self.workspace(&head)?;
        match authn_only {
            // Whoever asks only who is calling gives them everything.
            true if who.narrowing.is_some() => {
                return Err(self.deny(&who, &head, "the proof is narrowed, and nobody here sees to it"));
            }
            true => {}
            false => self.permit_described(&head, found, &who, &workspace).await?,
        }
        let belongings = self.shared.authorizer.belongings(&who).await.map_err(unreadable)?;
        let workspace = self.shared.authorizer.policy().workspaces.then_some(workspace);
        Ok(Some(Passing { groups: belongings.groups().to_vec(), who, workspace }))
    }

    async fn permit_described(
        &self,
        head: &Canonical,
        found: Option<Found<'_>>,
        who: &Arc<Principal>,
        workspace: &Workspace,
    ) -> Result<(), Reply> {
        let for_admins = |why| if who.passes_every_check() { Ok(()) } else { Err(self.deny(who, head, why)) };
        let Some(found) = found else { return for_admins("the route is not known") };
        self.opens_to_narrowed(who, head, found.route)?;
        let needs: &[Need] = match found.route.access {
            Access::Needs(needs) => needs,
            Access::SignedIn | Access::Public => &[],
            Access::Ours | Access::Plugin(_) | Access::SignIn(_) => {
                return self.beyond(who, head, "the layer answers it and nobody else");
            }
            Access::Admin if who.passes_every_check() => &[],
            Access::Admin => return for_admins("the route is for admins"),
            Access::GraphQl(_) if who.passes_every_check() => return Ok(()),
            Access::GraphQl(_) => return self.beyond(who, head, "its body says what it is about"),
            Access::Local(_) if self.shared.local => return for_admins("the route is for admins"),
            Access::Local(_) => {
                return Err(self.deny(who, head, "the route works on the server's machine and is closed"));
            }
        };
        if let Some(why) = upkeep(&found.route.effect) {
            return self.beyond(who, head, why);
        }
        if who.passes_every_check() {
            return Ok(());
        }
        if let Some(why) = hidden(found.route, needs, head) {
            return self.beyond(who, head, why);
        }
        self.permit_seen(head, found, needs, who, workspace).await
    }

    /// Judges what says all that it is about in its head.
    async fn permit_seen(
        &self,
        head: &Canonical,
        found: Found<'_>,
        needs: &[Need],
        who: &Arc<Principal>,
        workspace: &Workspace,
    ) -> Result<(), Reply> {
        let route = *found.route;
        // What needs nothing may have a body, which nobody here has seen.
        let reading = match needs {
            [] => Default::default(),
            _ => self.read(head, found, Empty::<Bytes>::new()).await?.0,
        };
        let (of, held) = self.gather(who).await?;
        let by = Asking { head, who, of: &of, held: &held, workspace };
        self.permit(by, (&route, needs), (&reading.params, None)).await?;
        let allowed = self.allowed(by, &route, &reading);
        match allowed.goes_untouched() {
            true => Ok(()),
            false => self.beyond(who, head, "its answer shows only what the caller may see, and nobody here sees it"),
        }
    }

    /// Refuses what cannot be judged, and says so: that gives nothing away.
    fn beyond(&self, who: &Principal, head: &Canonical, why: &str) -> Result<(), Reply> {
        let why = format!("a subrequest cannot judge this operation: {why}");
        // The log has it as every refusal.
        drop(self.deny(who, head, &why));
        Err(Reply::denied_because(&why))
    }
}

/// What would have to be done about the answer of an operation, whoever calls it.
fn upkeep(effect: &Effect) -> Option<&'static str> {
    match effect {
        Effect::CreatorManages { .. }
        | Effect::CreatorManagesRegistered
        | Effect::ScorerRegistered
        | Effect::Mcp(McpEffect::MakesServer)
        | Effect::JobsSubmitted { .. } => Some("it creates something, on which nobody would give the creator a grant"),
        Effect::QueueMade | Effect::QueueChanged | Effect::QueueReviewed => {
            Some("it says who did it, and nobody would say that it was the caller")
        }
        Effect::WorkspaceMade { .. } => Some("it makes a workspace, in which nobody would see to the roles"),
        Effect::WorkspaceGone { .. } => Some("it deletes a workspace, and its roles and grants would stay"),
        Effect::Deleted { .. } | Effect::RegisteredDeleted { .. } | Effect::ScorerDeleted => {
            Some("it deletes something, and the grants on it would stay")
        }
        Effect::RegisteredRenamed { .. } => Some("it renames something, and the grants on it would stay behind"),
        Effect::None
        | Effect::Filter { .. }
        | Effect::Narrow { .. }
        | Effect::HideGuardrailScorers { .. }
        | Effect::Mcp(_)
        | Effect::HideRunDirectories => None,
    }
}

/// What of a request would have to be seen to judge it.
fn hidden(route: &Route, needs: &[Need], head: &Canonical) -> Option<&'static str> {
    let source = source(route.takes, head.judged_method());
    if needs.is_empty() {
        return None;
    }
    if matches!(source, Source::Json | Source::Form | Source::Spans) {
        return Some("its body says what it is about");
    }
    // MLflow reads the body of a message even of a `GET`, unless its query says something (3.17.2).
    let reads_query = head.method == Method::GET && !head.query.is_empty();
    (matches!(route.takes, Takes::Message(_)) && !reads_query).then_some("its body may say what it is about")
}
