//! Whether something is there.

use super::{Listing, LookupError, Row, Within};
use mlflow_auth_core::ResourceType;
use serde_json::Value;
use std::collections::HashSet;

impl Within<'_> {
    /// The names of all workspaces.
    ///
    /// # Errors
    /// [`LookupError`] if MLflow does not tell.
    pub(crate) async fn workspaces(&self) -> Result<HashSet<String>, LookupError> {
        let listing = Listing { at: &["api", "3.0", "mlflow", "workspaces"], query: &[], rows: "workspaces" };
        let name = |row: Row| row.get("name").and_then(Value::as_str).map(str::to_owned);
        Ok(self.list(&listing, &[], name).await?.into_iter().collect())
    }

    /// Whether a resource of this id is there, as everything of a type is; of a scorer, whether its experiment is. Asked anew each time: what is not
    /// there now may be made at any moment.
    ///
    /// # Errors
    /// [`LookupError::NotFound`] if it is not, or is of a type that has no ids.
    pub(crate) async fn is_there(&self, kind: &ResourceType, id: Option<&str>) -> Result<(), LookupError> {
        let Some(id) = id else { return Ok(()) };
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
