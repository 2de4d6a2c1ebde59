//! Answers of the registry of MCP servers.

use super::Allowed;
use super::fields::text;
use crate::lookup::LookupError;
use crate::reply::Reply;
use mlflow_auth_core::routes::{McpEffect, RowKind};
use mlflow_auth_core::{Action, Chain, Requirement, Resource, ResourceType};
use serde_json::{Map, Value};

const SERVER: &str = "mcp_server";

/// What an access endpoint tells of the version of its server.
const OF_THE_VERSION: [&str; 4] = ["resolved_version", "tools", "server_version", "server_alias"];

/// What clients offer to do, each with the action that it takes.
const ACTIONS: [(&str, Action); 4] =
    [("USE", Action::Use), ("UPDATE", Action::Update), ("DELETE", Action::Delete), ("MANAGE", Action::Manage)];

/// How many rows MLflow gives where nobody says, and how many can be asked for at once.
const PAGE: (u64, u64) = (100, 1000);

impl Allowed<'_> {
    pub(super) async fn mcp(&self, answer: &mut Map<String, Value>, effect: McpEffect) -> Result<(), Reply> {
        match effect {
            McpEffect::Servers => {
                self.refill_mcp(answer, "mcp_servers", "name").await?;
                rows(answer, "mcp_servers").for_each(|server| self.finish_server(server));
            }
            McpEffect::Server => self.finish_server(answer),
            McpEffect::Endpoints => {
                self.refill_mcp(answer, ENDPOINTS, "server_name").await?;
                rows(answer, ENDPOINTS).for_each(|endpoint| self.hide_version(endpoint));
            }
            McpEffect::EndpointsOfServer => rows(answer, ENDPOINTS).for_each(|endpoint| self.hide_version(endpoint)),
            McpEffect::Endpoint => self.hide_version(answer),
            McpEffect::MakesServer => {}
        }
        Ok(())
    }

    async fn refill_mcp(&self, answer: &mut Map<String, Value>, rows: &str, name: &'static str) -> Result<(), Reply> {
        let kind = RowKind::Resource { kind: SERVER, id: name, name };
        let (default, most) = PAGE;
        self.refill(answer, rows, kind, "max_results", default, most).await?;
        answer.entry("next_page_token").or_insert(Value::Null);
        Ok(())
    }

    /// Says what the caller may do with a server, as MLflow's pages ask, and hides the versions of its endpoints.
    fn finish_server(&self, server: &mut Map<String, Value>) {
        if let Some(resource) = text(server, "name").map(|name| self.server(name)) {
            let held = self.authorizer.policy().permission(self.who, self.held, resource.as_ref());
            let allowed = ACTIONS.into_iter().filter(|(_, action)| held.allows(*action)).map(|(word, _)| word);
            server.insert("allowed_actions".to_owned(), allowed.collect());
        }
        rows(server, "access_endpoints").for_each(|endpoint| self.hide_version(endpoint));
    }

    fn hide_version(&self, endpoint: &mut Map<String, Value>) {
        if text(endpoint, "server_name").is_some_and(|name| self.sees_versions(name)) {
            return;
        }
        for field in OF_THE_VERSION {
            if let Some(value) = endpoint.get_mut(field) {
                *value = Value::Null;
            }
        }
    }

    /// `mcp_server(name):read ; mcp_server_version(*):not denied else mcp_server(name):not denied`.
    fn sees_versions(&self, name: &str) -> bool {
        let server = self.server(name);
        let every = Resource::every(ResourceType::MCP_SERVER_VERSION).in_workspace(self.workspace.clone());
        let tier = Chain::of(Action::NotDenied, every).or_else(Action::NotDenied, server.clone());
        let needs = [Requirement::on(Action::Read, server), tier.into()];
        self.authorizer.policy().decide(self.who, self.held, &needs).allowed
    }

    /// `mcp_server(name):update ; mcp_server_version(*):not denied`.
    fn may_add_versions(&self, name: &str) -> bool {
        let update = Requirement::on(Action::Update, self.server(name));
        self.may_see("mcp_server_version") && self.authorizer.policy().decide(self.who, self.held, &[update]).allowed
    }

    fn server(&self, name: &str) -> Resource {
        Resource::named(ResourceType::MCP_SERVER, name).in_workspace(self.workspace.clone())
    }

    /// Makes the server of a version before the version, where there is none: so only one of two callers makes it, and
    /// whoever did manages it. MLflow would make it without telling who did.
    ///
    /// # Errors
    /// 400 if somebody else made it meanwhile, 503 if it cannot be told.
    pub(super) async fn make_server(&self) -> Result<(), Reply> {
        let name = self.reading.params.text("name").ok().flatten().unwrap_or_default();
        if !is_of_server(self.reading.params.fields(), name) {
            // MLflow makes nothing of it.
            return Ok(());
        }
        match self.within().has_mcp_server(name).await {
            Ok(true) if self.may_add_versions(name) => return Ok(()),
            // It was not there when the request was judged.
            Ok(true) => return Err(made_meanwhile(name)),
            Ok(false) | Err(LookupError::NotFound) => {}
            Err(LookupError::Unavailable(error)) => return Err(Reply::unavailable(error.to_string())),
        }
        match self.within().make_mcp_server(name).await {
            Ok(true) => self.record(self.created(SERVER, &[SERVER], name)).await,
            Ok(false) => Err(made_meanwhile(name)),
            Err(error) => Err(Reply::unavailable(error.to_string())),
        }
    }
}

const ENDPOINTS: &str = "mcp_access_endpoints";

fn rows<'a>(answer: &'a mut Map<String, Value>, field: &str) -> impl Iterator<Item = &'a mut Map<String, Value>> {
    answer.get_mut(field).and_then(Value::as_array_mut).into_iter().flatten().filter_map(Value::as_object_mut)
}

fn made_meanwhile(name: &str) -> Reply {
    Reply::already_exists(format!(
        "the MCP server `{}` could not be made for its first version: it is there by now, or its name is not valid",
        name.escape_debug()
    ))
}

/// Whether the body describes a version of the server `name`, bare or in the envelope of a registry.
fn is_of_server(fields: &Map<String, Value>, name: &str) -> bool {
    let described = |at: &str| text(fields, at).is_some_and(|described| described == name);
    !name.is_empty() && (described("server_json.name") || described("server_json.server.name"))
}
