//! The registry of MCP servers. Nothing of it is kept: whether a server is there decides who may make it.

use super::{LookupError, Within};
use http::Method;
use mlflow_auth_core::Unavailable;
use serde_json::json;

const SERVERS: [&str; 4] = ["api", "3.0", "mlflow", "mcp-servers"];

impl Within<'_> {
    /// Whether there is an MCP server of this name, `namespace/slug`.
    pub(crate) async fn has_mcp_server(&self, name: &str) -> Result<bool, LookupError> {
        let at: Vec<&str> = SERVERS.into_iter().chain(name.split('/')).collect();
        match self.get(&at, &[]).await {
            Ok(_) => Ok(true),
            Err(LookupError::NotFound) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Makes an MCP server. `false` if MLflow will not, as where one of this name is there already.
    pub(crate) async fn make_mcp_server(&self, name: &str) -> Result<bool, Unavailable> {
        match self.send(Method::POST, &SERVERS, &[], Some(&json!({"name": name}))).await {
            Ok(_) => Ok(true),
            Err(LookupError::NotFound) => Ok(false),
            Err(LookupError::Unavailable(error)) => Err(error),
        }
    }
}
