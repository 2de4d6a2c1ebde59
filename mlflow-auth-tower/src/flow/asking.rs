//! One operation, asked for by somebody: whether it may be, and what is known once it may.

use super::Flow;
use crate::answer::Allowed;
use crate::denial::Denial;
use crate::judge::{Asked, Refusal, Resolve, Spans};
use crate::reply::Reply;
use crate::request::{Canonical, Reading};
use crate::shadow::Live;
use mlflow_auth_core::routes::{Need, Params, Route};
use mlflow_auth_core::shadow::Occasion;
use mlflow_auth_core::{Belongings, Holdings, Principal, Workspace};
use std::sync::Arc;

/// All that is known of whoever asks, whatever it is they ask for.
#[derive(Clone, Copy)]
pub(crate) struct Asking<'a> {
    pub(crate) head: &'a Canonical,
    pub(crate) who: &'a Arc<Principal>,
    pub(crate) of: &'a Belongings,
    pub(crate) held: &'a Holdings,
    pub(crate) workspace: &'a Workspace,
}

impl<'a> Flow<'a> {
    /// Judges an operation with these parameters by what it needs.
    ///
    /// # Errors
    /// The refusal, or why nobody can tell.
    pub(crate) async fn permit(
        &self,
        by: Asking<'_>,
        (route, needs): (&Route, &[Need]),
        (params, spans): (&Params, Option<&Spans>),
    ) -> Result<(), Reply> {
        let Asking { head, who, of, held, workspace } = by;
        if who.passes_every_check() {
            return Ok(());
        }
        let policy = self.shared.authorizer.policy();
        let headers = head.headers();
        let workspaces = policy.workspaces;
        let asked = Asked { who, params, headers, spans, held, of, policy, workspace, workspaces };
        let within = self.shared.lookups.within(self.ask, workspaces.then_some(workspace));
        let requirements = match (Resolve { asked, lookups: within }).all(needs).await {
            Ok(requirements) => requirements,
            Err(Refusal::Reply(reply)) => return Err(reply),
            Err(Refusal::Denied(why)) => {
                return Err(Denial { route: Some(route), ..Denial::new(who, head) }.reply(&why, self.shared.says_why));
            }
        };
        self.names_what_is_reached(who, (head, route), asked, &requirements)?;
        let verdict = policy.decide(who, held, &requirements);
        if let Some(watched) = self.shared.shadow.as_ref().and_then(|shadow| shadow.watched()) {
            let live = Live { who, of, held, needs: &requirements, verdict: &verdict };
            self.observe(&watched, live, within, Occasion { method: head.judged_method().as_str(), route: route.path })
                .await;
        }
        if verdict.allowed {
            return Ok(());
        }
        let denial = Denial { route: Some(route), verdict: Some(&verdict), ..Denial::new(who, head) };
        Err(denial.reply(&verdict.to_string(), self.shared.says_why))
    }

    /// What is known of an operation that may be.
    pub(crate) fn allowed(&self, by: Asking<'a>, route: &'a Route, reading: &'a Reading) -> Allowed<'a> {
        let Asking { head, who, of, held, workspace } = by;
        Allowed {
            route,
            head,
            reading,
            who,
            of,
            held,
            shares: &[],
            seeds_roles: self.shared.seeds_roles,
            authorizer: &self.shared.authorizer,
            lookups: &self.shared.lookups,
            ask: self.ask,
            workspace,
            users: self.shared.users(),
        }
    }
}
