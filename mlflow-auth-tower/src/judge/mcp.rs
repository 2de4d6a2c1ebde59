//! The registry of MCP servers.

use super::resolve::{Refusal, Requirements, Resolve};
use mlflow_auth_core::routes::{Id, McpNeed, When};
use mlflow_auth_core::{Action, Chain, Requirement, Resource};

const SERVER: &str = "mcp_server";
const VERSION: &str = "mcp_server_version";

impl Resolve<'_> {
    pub(super) async fn mcp(&self, need: McpNeed) -> Requirements {
        match need {
            McpNeed::NewServer => {
                let name = self.asked.params.text("name")?.unwrap_or_default();
                Ok(self.new_server(name))
            }
            McpNeed::SelectorAnywhere if self.selects_a_version()? => Ok(vec![self.not_denied(VERSION)]),
            McpNeed::Selector if self.selects_a_version()? => Ok(versions(self, Action::NotDenied, self.server()?)),
            McpNeed::SelectorAnywhere | McpNeed::Selector => Ok(Vec::new()),
            McpNeed::Server(action) => Ok(vec![Requirement::on(action, self.server()?)]),
            McpNeed::Version(action) => Ok(versions(self, action, self.server()?)),
            McpNeed::NewVersion => self.new_server_version().await,
        }
    }

    /// The server that the path names.
    fn server(&self) -> Result<Resource, Refusal> {
        let name = self.asked.params.text("name")?.unwrap_or_default();
        match is_server_name(name) {
            true => Ok(self.named(SERVER, name)),
            false => Err(Refusal::Denied(format!("`{}` is no `namespace/slug`", name.escape_debug()))),
        }
    }

    /// Whoever leaves the name out is asked for the right to create one without.
    fn new_server(&self, name: &str) -> Vec<Requirement> {
        let mut needs = self.create(SERVER, Some(name));
        if !name.is_empty() {
            if let Some(Requirement::Create(new)) = needs.first_mut() {
                new.id = Some(name.to_owned());
            }
            needs.push(Requirement::on(Action::NotDenied, self.named(SERVER, name)));
        }
        needs
    }

    async fn new_server_version(&self) -> Requirements {
        let server = self.server()?;
        let name = server.id.clone().unwrap_or_default();
        let is_there = self.lookups.has_mcp_server(&name).await;
        let mut needs = match is_there.map_err(|error| Refusal::of_lookup(error, "MCP server", &name))? {
            true => vec![Requirement::on(Action::Update, server)],
            false => self.new_server(&name),
        };
        needs.push(self.not_denied(VERSION));
        Ok(needs)
    }

    /// A filter that holds the word is taken to ask for the status, which is that of a version.
    fn selects_a_version(&self) -> Result<bool, Refusal> {
        let given = |field| self.asked.params.holds(When::Given(field));
        let filters = self.asked.params.ids(Id::each("filter_string"))?;
        let by_status = filters.iter().any(|filter| filter.to_lowercase().contains("status"));
        Ok(by_status || given("server_version") || given("server_alias"))
    }
}

/// `server:read ; mcp_server_version(*):action else server:action`.
fn versions(of: &Resolve<'_>, action: Action, server: Resource) -> Vec<Requirement> {
    let tier = Chain::of(action, of.every(VERSION)).or_else(action, server.clone());
    vec![Requirement::on(Action::Read, server), tier.into()]
}

/// Whether it is `namespace/slug`.
fn is_server_name(name: &str) -> bool {
    let parts = name.split_once('/');
    parts.is_some_and(|(namespace, slug)| !namespace.is_empty() && !slug.is_empty() && !slug.contains('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_is_a_namespace_and_a_slug() {
        for (name, expected) in [
            ("com.example/tools", true),
            ("tools", false),
            ("", false),
            ("/", false),
            ("a/", false),
            ("/a", false),
            ("a/b/c", false),
            ("a/b/versions/1", false),
        ] {
            assert_eq!(is_server_name(name), expected, "{name}");
        }
    }
}
