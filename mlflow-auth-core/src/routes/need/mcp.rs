//! What the operations of the registry of MCP servers need.

use crate::vocabulary::Action;

/// One need of an operation on MCP servers. The server is the `name` of the path, which is `namespace/slug`; whatever else
/// stands there names none, and is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum McpNeed {
    /// `mcp_server(name):action`.
    Server(Action),
    /// `mcp_server(name):read ; mcp_server_version(*):action else mcp_server(name):action`.
    Version(Action),
    /// The right to create the server that the body names, which must not be denied either.
    NewServer,
    /// A new version: `mcp_server(name):update ; mcp_server_version(*):not denied`. Of a server that is not there yet, for
    /// which MLflow makes one: the right to create it, and neither its name nor the versions denied.
    NewVersion,
    /// Where the request selects endpoints by a version, which tells about versions: [`McpNeed::Version`], not denied.
    Selector,
    /// The same of a search over all servers: `mcp_server_version(*):not denied`.
    SelectorAnywhere,
}

impl McpNeed {
    /// Whether it takes more than reading.
    pub const fn changes(&self) -> bool {
        match self {
            McpNeed::Server(action) | McpNeed::Version(action) => !matches!(action, Action::Read | Action::NotDenied),
            McpNeed::NewServer | McpNeed::NewVersion => true,
            McpNeed::Selector | McpNeed::SelectorAnywhere => false,
        }
    }
}
