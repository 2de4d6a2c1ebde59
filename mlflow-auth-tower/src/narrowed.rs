//! What a narrowed proof never opens, whatever its owner may do. All else is for the policy.

use crate::denial::Denial;
use crate::flow::Flow;
use crate::judge::Asked;
use crate::reply::Reply;
use crate::request::Canonical;
use mlflow_auth_core::routes::{Access, Effect, Route};
use mlflow_auth_core::{Narrowing, Principal, Requirement, Resource};

/// The one operation on accounts that tells nothing but whose the token is.
const WHO_AM_I: &str = "/2.0/mlflow/users/current";

impl Flow<'_> {
    /// Refuses, before anything of the request is read, accounts, grants and tokens to every narrowed proof, and changes to
    /// one that may only read.
    pub(crate) fn opens_to_narrowed(&self, who: &Principal, head: &Canonical, route: &Route) -> Result<(), Reply> {
        let Some(narrowing) = who.narrowing.as_deref() else { return Ok(()) };
        let denial = Denial { route: Some(route), ..Denial::new(who, head) };
        let says_why = self.shared.says_why;
        match route.access {
            Access::Ours if route.path == WHO_AM_I => Ok(()),
            Access::Ours => Err(denial.reply(ACCOUNTS, says_why)),
            Access::Plugin(_) => Err(denial.reply(ACCOUNTS, says_why).in_detail()),
            _ if narrowing.read_only && route.changes() => Err(denial.reply(READING, says_why)),
            _ => Ok(()),
        }
    }

    /// Refuses to a proof that is narrowed to resources what changes something and names no resource at all, and to move
    /// a resource out of its reach.
    pub(crate) fn names_what_is_reached(
        &self,
        who: &Principal,
        (head, route): (&Canonical, &Route),
        asked: Asked<'_>,
        needs: &[Requirement],
    ) -> Result<(), Reply> {
        let Some(narrowing) = who.narrowing.as_deref().filter(|narrowing| narrowing.only.is_some()) else {
            return Ok(());
        };
        let names_nothing = route.changes() && needs.iter().all(Requirement::only_asks_for_no_refusal);
        if !names_nothing && stays_within(narrowing, route, asked, needs) {
            return Ok(());
        }
        let denial = Denial { route: Some(route), ..Denial::new(who, head) };
        Err(denial.reply(RESOURCES, self.shared.says_why))
    }
}

const ACCOUNTS: &str = "a narrowed token reaches no accounts, grants and tokens";
const READING: &str = "the token is narrowed to reading";
const RESOURCES: &str = "the token is narrowed to other resources";

/// A registered model or a prompt is its name: another name is another resource.
fn stays_within(narrowing: &Narrowing, route: &Route, asked: Asked<'_>, needs: &[Requirement]) -> bool {
    let Effect::RegisteredRenamed { to, .. } = route.effect else { return true };
    let mut rungs = needs.iter().flat_map(Requirement::chains).flat_map(|chain| &chain.0);
    let (Some(rung), Ok(Some(name))) = (rungs.next(), asked.params.text(to)) else { return false };
    let renamed = Resource::named(rung.resource.kind.clone(), name).in_workspace(asked.workspace.clone());
    narrowing.reaches(renamed.as_ref())
}
