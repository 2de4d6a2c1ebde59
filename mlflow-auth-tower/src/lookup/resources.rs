//! Whether something is there.

use super::{LookupError, Within};
use mlflow_auth_core::ResourceType;

impl Within<'_> {
    /// Whether a resource of this id is there; of a scorer, whether its experiment is. Asked anew each time: what is not
    /// there now may be made at any moment.
    ///
    /// # Errors
    /// [`LookupError::NotFound`] if it is not, or is of a type that has no ids.
    pub(crate) async fn is_there(&self, kind: &ResourceType, id: &str) -> Result<(), LookupError> {
        let gateway = |family| ["api", "3.0", "mlflow", "gateway", family, "get"];
        match kind.name() {
            "experiment" => return self.experiment_name(id).await.map(drop),
            "scorer" => {
                let experiment = id.split_once('/').map_or(id, |(experiment, _)| experiment);
                return self.experiment_name(experiment).await.map(drop);
            }
            "registered_model" | "prompt" => return self.is_prompt(id).await.map(drop),
            "gateway_secret" => self.get(&gateway("secrets"), &[("secret_id", id)]).await,
            "gateway_endpoint" => self.get(&gateway("endpoints"), &[("endpoint_id", id)]).await,
            "gateway_model_definition" => self.get(&gateway("model-definitions"), &[("model_definition_id", id)]).await,
            "mcp_server" => {
                let (namespace, slug) = id.split_once('/').ok_or(LookupError::NotFound)?;
                self.get(&["api", "3.0", "mlflow", "mcp-servers", namespace, slug], &[]).await
            }
            _ => Err(LookupError::NotFound),
        }
        .map(drop)
    }
}
