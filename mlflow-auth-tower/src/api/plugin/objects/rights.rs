//! Who may.

use super::family::{Family, Key};
use super::object::Object;
use crate::api::Call;
use crate::reply::Reply;
use mlflow_auth_core::{Action, Requirement, Resource, ResourceType};

impl Call<'_> {
    /// Grants on objects of the AI gateway are given, taken and looked at by admins.
    pub(super) fn admin_for_the_gateway(&self, family: &Family) -> Result<(), Reply> {
        match family.is_of_the_gateway() {
            true => self.admin_only(&format!("give, take and see grants on a {}", family.noun)),
            false => Ok(()),
        }
    }

    /// Whoever may manage an object gives and takes exact grants on it; of a scorer, whoever may manage its experiment.
    pub(super) async fn may_share_object(&self, family: &Family, object: &Object) -> Result<(), Reply> {
        if self.who.is_admin {
            return Ok(());
        }
        self.admin_for_the_gateway(family)?;
        let manage = |resource: Resource| Requirement::on(Action::Manage, resource);
        let needs = match (family.key, object.registered) {
            (Key::Experiment, _) => vec![manage(self.experiment(&object.id, self.needs_experiment_name()).await?)],
            (Key::Scorer, _) => {
                let experiment = object.experiment.as_deref().unwrap_or(&object.id);
                vec![manage(self.experiment(experiment, self.needs_experiment_name()).await?)]
            }
            // What is not there yet may become either.
            (Key::Registered, None) => family.kinds.iter().map(|kind| manage(self.resource_of(kind, object))).collect(),
            _ => vec![self.requirement(family, object, Action::Manage, None)],
        };
        self.allowed(&needs)
    }

    /// Whoever may manage an object sees who holds something on it.
    pub(super) async fn may_see_holders(&self, family: &Family, object: &Object) -> Result<(), Reply> {
        if self.who.is_admin {
            return Ok(());
        }
        match (family.key, &object.experiment) {
            (Key::Listed, _) => self.allowed(&[self.requirement(family, object, Action::Manage, None)]),
            (Key::Scorer, Some(experiment)) => {
                let experiment = self.experiment(experiment, self.needs_experiment_name()).await?;
                self.allowed(&[self.requirement(family, object, Action::Manage, Some(&experiment))])
            }
            _ => self.may_share_object(family, object).await,
        }
    }

    /// Whether the caller may manage an object of which all is known.
    pub(super) fn manages(&self, family: &Family, object: &Object, experiment: Option<&Resource>) -> bool {
        let needs = [self.requirement(family, object, Action::Manage, experiment)];
        self.flow.shared.authorizer.policy().decide(self.who, &self.held, &needs).allowed
    }

    /// Whether a decision of the caller on an experiment needs its name.
    pub(super) fn needs_experiment_name(&self) -> bool {
        !self.who.is_admin && self.held.need_name_of(&ResourceType::EXPERIMENT)
    }

    fn allowed(&self, needs: &[Requirement]) -> Result<(), Reply> {
        let verdict = self.flow.shared.authorizer.policy().decide(self.who, &self.held, needs);
        match verdict.allowed {
            true => Ok(()),
            false => Err(self.deny(&verdict.to_string())),
        }
    }
}
