//! What the texts of filters and orders reach.
//!
//! MLflow's filter language is not parsed here. A text that holds the word is taken to reach what the word names: that
//! can only ask for more than MLflow would, and only of callers who were explicitly denied what is asked for.

use super::resolve::{Refusal, Resolve};
use mlflow_auth_core::routes::Id;
use mlflow_auth_core::{Action, Requirement};

/// The kinds of sub-resource that a trace filter can reach, each with the words that lead there.
const REACHED: [(&str, &[&str]); 3] = [
    ("assessment", &["assessment", "feedback", "expectation", "issue"]),
    ("run", &["run"]),
    ("logged_model", &["model"]),
];

impl Resolve<'_> {
    pub(super) async fn trace_filter(
        &self,
        experiments: Id,
        texts: &[&'static str],
    ) -> Result<Vec<Requirement>, Refusal> {
        let mut said = String::new();
        for field in texts {
            for text in self.asked.params.ids(Id::each(field))? {
                said.push_str(&text.to_lowercase());
                said.push('\n');
            }
        }
        let reached: Vec<&'static str> = REACHED
            .into_iter()
            .filter(|(_, words)| words.iter().any(|word| said.contains(word)))
            .map(|(kind, _)| kind)
            .collect();
        if reached.is_empty() {
            return Ok(Vec::new());
        }
        let ids = self.asked.params.ids(experiments)?;
        let reached = &reached;
        self.each(&ids, |id| async move {
            let experiment = self.experiment(id).await?;
            let tier = |kind: &&'static str| self.tier(kind, Action::Read, &experiment, Action::Read);
            Ok(reached.iter().map(tier).collect())
        })
        .await
    }

    pub(super) fn filter_not_denied(&self, filter: &'static str, attribute: &str) -> Result<Vec<Requirement>, Refusal> {
        let text = self.asked.params.text(filter)?.unwrap_or_default().to_lowercase();
        Ok(if text.contains(attribute) { vec![self.not_denied("run")] } else { Vec::new() })
    }
}
