//! The registry of MCP servers. In MLflow the first row that fits is taken: the order counts.

use crate::Action::{Delete, Read, Update};
use crate::routes::{
    Access::SignedIn,
    Effect::{CreatorManages, Deleted, Mcp},
    McpEffect,
    McpNeed::{NewServer, NewVersion, Selector, SelectorAnywhere, Server, Version},
    Mount::Both,
    Need, Route,
    Takes::{Json, Query},
};

const SERVER: &str = "mcp_server";

const READ_VERSION: &[Need] = &[Need::Mcp(Version(Read))];
const UPDATE_VERSION: &[Need] = &[Need::Mcp(Version(Update))];
const DELETE_VERSION: &[Need] = &[Need::Mcp(Version(Delete))];
/// What is taken from a server may be all that its versions are reached by.
const DELETE: &[Need] = &[Need::Mcp(Server(Delete)), Need::Mcp(Version(Delete))];

pub(super) static ROUTES: &[Route] = &[
    Route::post("/3.0/mlflow/mcp-servers")
        .under(Both)
        .takes(Json(&["name", "description", "icons"]))
        .needs(&[Need::Mcp(NewServer)])
        .then(CreatorManages { kind: SERVER, id: "name" }),
    Route::get("/3.0/mlflow/mcp-servers")
        .under(Both)
        .takes(Query(&["filter_string", "max_results", "order_by[]", "page_token"]))
        .open_to(SignedIn)
        .then(Mcp(McpEffect::Servers)),
    Route::get("/3.0/mlflow/mcp-servers/endpoints")
        .under(Both)
        .takes(Query(&["filter_string", "max_results", "order_by[]", "page_token", "server_version", "server_alias"]))
        .needs(&[Need::Mcp(SelectorAnywhere)])
        .then(Mcp(McpEffect::Endpoints)),
    Route::post("/3.0/mlflow/mcp-servers/{name:path}/versions/{version:path}/tags")
        .under(Both)
        .takes(Json(&["key", "value"]))
        .needs(UPDATE_VERSION),
    Route::delete("/3.0/mlflow/mcp-servers/{name:path}/versions/{version:path}/tags/{key:path}")
        .under(Both)
        .needs(DELETE_VERSION),
    Route::get("/3.0/mlflow/mcp-servers/{name:path}/versions/{version:path}").under(Both).needs(READ_VERSION),
    Route::patch("/3.0/mlflow/mcp-servers/{name:path}/versions/{version:path}")
        .under(Both)
        .takes(Json(&["status", "tools", "connect_options"]))
        .needs(UPDATE_VERSION),
    Route::delete("/3.0/mlflow/mcp-servers/{name:path}/versions/{version:path}").under(Both).needs(DELETE_VERSION),
    Route::post("/3.0/mlflow/mcp-servers/{name:path}/versions")
        .under(Both)
        .takes(Json(&["server_json", "status", "source", "tools", "connect_options"]))
        .needs(&[Need::Mcp(NewVersion)])
        .then(Mcp(McpEffect::MakesServer)),
    Route::get("/3.0/mlflow/mcp-servers/{name:path}/versions")
        .under(Both)
        .takes(Query(&["filter_string", "max_results", "order_by[]", "page_token"]))
        .needs(READ_VERSION),
    Route::post("/3.0/mlflow/mcp-servers/{name:path}/endpoints")
        .under(Both)
        .takes(Json(&["server_version", "server_alias", "url", "transport_type"]))
        .needs(&[Need::Mcp(Server(Update)), Need::Mcp(Selector)])
        .then(Mcp(McpEffect::Endpoint)),
    Route::get("/3.0/mlflow/mcp-servers/{name:path}/endpoints/{endpoint_id}")
        .under(Both)
        .needs(&[Need::Mcp(Server(Read))])
        .then(Mcp(McpEffect::Endpoint)),
    Route::patch("/3.0/mlflow/mcp-servers/{name:path}/endpoints/{endpoint_id}")
        .under(Both)
        .takes(Json(&["server_version", "server_alias", "url", "transport_type"]))
        .needs(&[Need::Mcp(Server(Update)), Need::Mcp(Selector)])
        .then(Mcp(McpEffect::Endpoint)),
    Route::delete("/3.0/mlflow/mcp-servers/{name:path}/endpoints/{endpoint_id}").under(Both).needs(DELETE),
    Route::get("/3.0/mlflow/mcp-servers/{name:path}/endpoints")
        .under(Both)
        .takes(Query(&["filter_string", "max_results", "order_by[]", "page_token", "server_version", "server_alias"]))
        .needs(&[Need::Mcp(Server(Read)), Need::Mcp(Selector)])
        .then(Mcp(McpEffect::EndpointsOfServer)),
    Route::post("/3.0/mlflow/mcp-servers/{name:path}/tags")
        .under(Both)
        .takes(Json(&["key", "value"]))
        .needs(&[Need::Mcp(Server(Update))]),
    Route::delete("/3.0/mlflow/mcp-servers/{name:path}/tags/{key:path}").under(Both).needs(DELETE),
    Route::post("/3.0/mlflow/mcp-servers/{name:path}/aliases")
        .under(Both)
        .takes(Json(&["alias", "version"]))
        .needs(&[Need::Mcp(Server(Update)), Need::Mcp(Version(Read))]),
    Route::get("/3.0/mlflow/mcp-servers/{name:path}/aliases/{alias:path}").under(Both).needs(READ_VERSION),
    Route::delete("/3.0/mlflow/mcp-servers/{name:path}/aliases/{alias:path}")
        .under(Both)
        .needs(&[Need::Mcp(Server(Delete)), Need::Mcp(Version(Read))]),
    Route::get("/3.0/mlflow/mcp-servers/{name:path}")
        .under(Both)
        .needs(&[Need::Mcp(Server(Read))])
        .then(Mcp(McpEffect::Server)),
    Route::patch("/3.0/mlflow/mcp-servers/{name:path}")
        .under(Both)
        .takes(Json(&["display_name", "description", "icons"]))
        .needs(&[Need::Mcp(Server(Update))])
        .then(Mcp(McpEffect::Server)),
    Route::delete("/3.0/mlflow/mcp-servers/{name:path}")
        .under(Both)
        .needs(DELETE)
        .then(Deleted { kind: SERVER, id: "name" }),
];
