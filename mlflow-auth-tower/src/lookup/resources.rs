//! Whether something is there.

use super::{Listing, LookupError, Row, Within};
use mlflow_auth_core::ResourceType;
use mlflow_auth_core::routes::mlflow::named_by_mlflow;
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

    /// Whether a resource of this id is there, as everything of a type is; of a scorer, whether its experiment is. What
    /// the AI gateway and the MCP registry keep is asked for anew each time: what is not there now may be made at any
    /// moment.
    ///
    /// # Errors
    /// [`LookupError::NotFound`] if it is not, or is of a type that has no ids.
    pub(crate) async fn is_there(&self, kind: &ResourceType, id: Option<&str>) -> Result<(), LookupError> {
        let Some(id) = id else { return Ok(()) };
        match kind.name() {
            "experiment" => self.experiment_name(id).await.map(drop),
            "scorer" => {
                let experiment = id.split_once('/').map_or(id, |(experiment, _)| experiment);
                self.experiment_name(experiment).await.map(drop)
            }
            "registered_model" | "prompt" => self.is_prompt(id).await.map(drop),
            "mcp_server" if id.contains('/') => match self.has_mcp_server(id).await? {
                true => Ok(()),
                false => Err(LookupError::NotFound),
            },
            _ => {
                let source = named_by_mlflow(kind).ok_or(LookupError::NotFound)?;
                self.get(source.path, &[(source.parameter, id)]).await.map(drop)
            }
        }
    }
}
