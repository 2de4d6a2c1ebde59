//! Fields that name a kind of sub-resource which the caller is denied.

use super::Allowed;
use crate::judge::kinds;
use crate::lookup::is_prompt;
use mlflow_auth_core::routes::{Redaction, Withheld};
use mlflow_auth_core::{Action, Chain, Resource, ResourceType};
use serde_json::{Map, Value};

impl Allowed<'_> {
    /// Takes out what the route's redactions name.
    pub(super) fn redact(&self, answer: &mut Value) {
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
        })
    }

    fn withholds(&self, redaction: &Redaction, object: &Map<String, Value>) -> bool {
        match redaction.when {
            Withheld::Denied => !self.may_see(redaction.kind),
            Withheld::DeniedVersions => !self.may_see(kinds(is_prompt(object.get("tags"))).1),
            Withheld::Unreadable { .. } => !self.may_read_of(redaction.kind),
        }
    }

    /// `kind(*):read else experiment(E):read`. The experiment has been judged by the time there is an answer, so where
    /// nothing is granted on the kind nothing is left to ask.
    fn may_read_of(&self, kind: &'static str) -> bool {
        let tier = Resource::every(ResourceType::new(kind)).in_workspace(self.workspace.clone());
        let needs = [Chain::of(Action::Read, tier.clone()).or_else(Action::NotDenied, tier).into()];
        self.authorizer.policy().decide(self.who, self.held, &needs).allowed
    }

    /// Whether nobody denied the caller the kind of sub-resource altogether.
    pub(super) fn may_see(&self, kind: &'static str) -> bool {
        let every = Resource::every(ResourceType::new(kind)).in_workspace(self.workspace.clone());
        self.authorizer.policy().permits(self.who, self.held, Action::NotDenied, every.as_ref())
    }
}
