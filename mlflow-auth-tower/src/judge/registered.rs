//! Registered models and prompts: one registry, two kinds.

use super::resolve::{Refusal, Resolve};
use crate::lookup::{LookupError, is_prompt};
use mlflow_auth_core::{Action, Chain, Requirement, Resource};

type Requirements = Result<Vec<Requirement>, Refusal>;

/// The kind of an entry of the registry, and that of its versions.
pub(crate) fn kinds(is_prompt: bool) -> (&'static str, &'static str) {
    match is_prompt {
        true => ("prompt", "prompt_version"),
        false => ("registered_model", "registered_model_version"),
    }
}

impl Resolve<'_> {
    /// The entry and the kind of its versions.
    async fn entry(&self, name: &str) -> Result<(Resource, &'static str), Refusal> {
        let found = self.lookups.is_prompt(name).await;
        let prompt = found.map_err(|error| Refusal::of_lookup(error, "registered model", name))?;
        let (kind, version) = kinds(prompt);
        Ok((self.named(kind, name), version))
    }

    pub(super) async fn registered(&self, action: Action, name: &str) -> Requirements {
        match self.lookups.is_prompt(name).await {
            Ok(prompt) => Ok(vec![Requirement::on(action, self.named(kinds(prompt).0, name))]),
            // Nobody holds a grant on what does not exist but by name; whoever does may learn that it does not.
            Err(LookupError::NotFound) => Ok(vec![Requirement::on(action, self.named("registered_model", name))]),
            Err(error) => Err(Refusal::of_lookup(error, "registered model", name)),
        }
    }

    pub(super) async fn version(&self, action: Action, name: &str) -> Requirements {
        let (entry, version) = self.entry(name).await?;
        let tier = Chain::of(action, self.every(version)).or_else(action, entry.clone());
        Ok(vec![Requirement::on(Action::Read, entry), tier.into()])
    }

    pub(super) async fn version_read(&self, name: &str) -> Requirements {
        let (entry, version) = self.entry(name).await?;
        Ok(vec![Requirement::on(Action::Read, entry), self.not_denied(version)])
    }

    pub(super) async fn version_tier(&self, name: &str) -> Requirements {
        let (entry, version) = self.entry(name).await?;
        Ok(vec![Chain::of(Action::Read, self.every(version)).or_else(Action::Read, entry).into()])
    }

    pub(super) fn create_registered(&self) -> Vec<Requirement> {
        let prompt = is_prompt(self.asked.params.value("tags"));
        let (kind, _) = kinds(prompt);
        let name = self.asked.params.text("name").ok().flatten();
        let mut needs = self.create(kind, Some(name.unwrap_or_default()));
        if let Some(name) = name {
            if let Some(Requirement::Create(new)) = needs.first_mut() {
                new.id = Some(name.to_owned());
            }
            needs.push(Requirement::on(Action::NotDenied, self.named(kind, name)));
        }
        needs
    }

    /// A version must be of the kind that its entry is, or not be denied as the other kind either.
    pub(super) async fn new_version(&self, name: &str) -> Requirements {
        let (entry, version) = self.entry(name).await?;
        let mut needs = vec![Requirement::on(Action::Update, entry), self.not_denied(version)];
        let asserted = kinds(is_prompt(self.asked.params.value("tags"))).1;
        if asserted != version {
            needs.push(self.not_denied(asserted));
        }
        Ok(needs)
    }
}
