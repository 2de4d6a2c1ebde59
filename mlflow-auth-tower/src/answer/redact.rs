//! Fields that name a kind of sub-resource which the caller is denied.

use super::Allowed;
use super::fields::text;
use crate::judge::kinds;
use crate::lookup::is_prompt;
use mlflow_auth_core::routes::{Redaction, Withheld};
use mlflow_auth_core::{Action, Chain, Grant, Resource, ResourceRef, ResourceType};
use serde_json::{Map, Value};

impl Allowed<'_> {
    /// Takes out what the route's redactions name.
    pub(crate) fn redact(&self, answer: &mut Value) {
        for redaction in self.route.redact {
            redaction.apply(answer, |object| self.withholds(redaction, object));
        }
    }

    /// Whether nothing is taken out, whatever the answer holds.
    pub(super) fn withholds_nothing(&self) -> bool {
        self.route.redact.iter().all(|redaction| match redaction.when {
            Withheld::Denied => self.may_see(redaction.kind),
            Withheld::DeniedVersions => [false, true].into_iter().all(|is_prompt| self.may_see(kinds(is_prompt).1)),
            Withheld::Unreadable { .. } => self.may_read_of(redaction.kind),
            Withheld::DeniedById { .. } => self.nobody_refuses_any(redaction.kind),
            Withheld::ExceptFromAdmins => false,
        })
    }

    fn withholds(&self, redaction: &Redaction, object: &Map<String, Value>) -> bool {
        match redaction.when {
            Withheld::Denied => !self.may_see(redaction.kind),
            Withheld::DeniedVersions => !self.may_see(kinds(is_prompt(object.get("tags"))).1),
            Withheld::Unreadable { .. } => !self.may_read_of(redaction.kind),
            Withheld::DeniedById { id, name } => !self.may_see_one(redaction.kind, object, id, name),
            Withheld::ExceptFromAdmins => true,
        }
    }

    /// `kind(*):read else experiment(E):read`. The experiment has been judged by the time there is an answer, so where
    /// nothing is granted on the kind nothing is left to ask.
    fn may_read_of(&self, kind: &'static str) -> bool {
        let tier = Resource::every(ResourceType::new(kind)).in_workspace(self.workspace.clone());
        let needs = [Chain::of(Action::Read, tier.clone()).or_else(Action::NotDenied, tier).into()];
        self.authorizer.policy().decide(self.who, self.held, &needs).allowed
    }

    /// Whether nobody denied the caller the one that `object` names; one that it does not name is denied with all of the
    /// kind.
    fn may_see_one(&self, kind: &'static str, object: &Map<String, Value>, ids: &[&str], name: &str) -> bool {
        let Some(id) = ids.iter().find_map(|field| text(object, field)) else { return self.may_see(kind) };
        let resource = ResourceRef {
            kind: &ResourceType::new(kind),
            id: Some(id),
            name: text(object, name),
            workspace: self.workspace,
        };
        self.authorizer.policy().permits(self.who, self.held, Action::NotDenied, resource)
    }

    /// Whether the caller holds nothing that could take one of this kind away.
    fn nobody_refuses_any(&self, kind: &'static str) -> bool {
        let held = std::iter::once(&self.held.user).chain(&self.held.groups).chain(&self.held.roles);
        let mut grants = held.flat_map(|subject| subject.grants()).filter(|grant| grant.spec.kind.name() == kind);
        let refuses = |grant: &Grant| grant.spec.permission.is_refusal() || grant.fault.is_some();
        self.may_see(kind) && !grants.any(refuses)
    }

    /// Whether nobody denied the caller the kind of sub-resource altogether.
    pub(super) fn may_see(&self, kind: &'static str) -> bool {
        let every = Resource::every(ResourceType::new(kind)).in_workspace(self.workspace.clone());
        self.authorizer.policy().permits(self.who, self.held, Action::NotDenied, every.as_ref())
    }
}
