//! The registry of MCP servers. In MLflow the first row that fits is taken: the order counts.

use crate::routes::{
    Access::NotYet,
    Mount::Both,
    Route,
    Takes::{Json, Query},
};

pub(super) static ROUTES: &[Route] = &[
    Route::post("/3.0/mlflow/mcp-servers")
        .under(Both)
        .takes(Json(&["name", "description", "icons"]))
        .open_to(NotYet("workspace-create ; NOT_DENIED mcp_server(body.name or *) [anchor workspace]")),
    Route::get("/3.0/mlflow/mcp-servers")
        .under(Both)
        .takes(Query(&["filter_string", "max_results", "order_by[]", "page_token"]))
        .open_to(NotYet("any authenticated user")),
    Route::get("/3.0/mlflow/mcp-servers/endpoints")
        .under(Both)
        .takes(Query(&["filter_string", "max_results", "order_by[]", "page_token", "server_version", "server_alias"]))
        .open_to(NotYet(
            "NONE, except: server_version/server_alias query or filter on status -> NOT_DENIED \
             mcp_server_version(*) [anchor workspace]",
        )),
    Route::post("/3.0/mlflow/mcp-servers/{name:path}/versions/{version:path}/tags")
        .under(Both)
        .takes(Json(&["key", "value"]))
        .open_to(NotYet("ALL[ mcp_server(name):read ; mcp_server_version(*):update else mcp_server(name):update ]")),
    Route::delete("/3.0/mlflow/mcp-servers/{name:path}/versions/{version:path}/tags/{key:path}")
        .under(Both)
        .open_to(NotYet("ALL[ mcp_server(name):read ; mcp_server_version(*):delete else mcp_server(name):delete ]")),
    Route::get("/3.0/mlflow/mcp-servers/{name:path}/versions/{version:path}")
        .under(Both)
        .open_to(NotYet("ALL[ mcp_server(name):read ; mcp_server_version(*):read else mcp_server(name):read ]")),
    Route::patch("/3.0/mlflow/mcp-servers/{name:path}/versions/{version:path}")
        .under(Both)
        .takes(Json(&["status", "tools", "connect_options"]))
        .open_to(NotYet("ALL[ mcp_server(name):read ; mcp_server_version(*):update else mcp_server(name):update ]")),
    Route::delete("/3.0/mlflow/mcp-servers/{name:path}/versions/{version:path}")
        .under(Both)
        .open_to(NotYet("ALL[ mcp_server(name):read ; mcp_server_version(*):delete else mcp_server(name):delete ]")),
    Route::post("/3.0/mlflow/mcp-servers/{name:path}/versions")
        .under(Both)
        .takes(Json(&["server_json", "status", "source", "tools", "connect_options"]))
        .open_to(NotYet(
            "server exists: ALL[ mcp_server(name):update ; NOT_DENIED mcp_server_version(*) ] ; server missing: \
             workspace-create ; NOT_DENIED mcp_server(*) ; NOT_DENIED mcp_server(name) ; NOT_DENIED \
             mcp_server_version(*)",
        )),
    Route::get("/3.0/mlflow/mcp-servers/{name:path}/versions")
        .under(Both)
        .takes(Query(&["filter_string", "max_results", "order_by[]", "page_token"]))
        .open_to(NotYet("ALL[ mcp_server(name):read ; mcp_server_version(*):read else mcp_server(name):read ]")),
    Route::post("/3.0/mlflow/mcp-servers/{name:path}/endpoints")
        .under(Both)
        .takes(Json(&["server_version", "server_alias", "url", "transport_type"]))
        .open_to(NotYet(
            "PERM mcp_server(name).update ; if query/body selects server_version or server_alias (or filter on \
             status): ALL[ mcp_server(name):read ; NOT_DENIED mcp_server_version(*) else mcp_server(name) ]",
        )),
    Route::get("/3.0/mlflow/mcp-servers/{name:path}/endpoints/{endpoint_id}").under(Both).open_to(NotYet(
        "PERM mcp_server(name).read ; if query/body selects server_version or server_alias (or filter on \
             status): ALL[ mcp_server(name):read ; NOT_DENIED mcp_server_version(*) else mcp_server(name) ]",
    )),
    Route::patch("/3.0/mlflow/mcp-servers/{name:path}/endpoints/{endpoint_id}")
        .under(Both)
        .takes(Json(&["server_version", "server_alias", "url", "transport_type"]))
        .open_to(NotYet(
            "PERM mcp_server(name).update ; if query/body selects server_version or server_alias (or filter on \
             status): ALL[ mcp_server(name):read ; NOT_DENIED mcp_server_version(*) else mcp_server(name) ]",
        )),
    Route::delete("/3.0/mlflow/mcp-servers/{name:path}/endpoints/{endpoint_id}").under(Both).open_to(NotYet(
        "PERM mcp_server(name).delete AND ALL[ mcp_server(name):read ; mcp_server_version(*):delete else \
             mcp_server(name):delete ]",
    )),
    Route::get("/3.0/mlflow/mcp-servers/{name:path}/endpoints")
        .under(Both)
        .takes(Query(&["filter_string", "max_results", "order_by[]", "page_token", "server_version", "server_alias"]))
        .open_to(NotYet(
            "PERM mcp_server(name).read ; if query/body selects server_version or server_alias (or filter on \
             status): ALL[ mcp_server(name):read ; NOT_DENIED mcp_server_version(*) else mcp_server(name) ]",
        )),
    Route::post("/3.0/mlflow/mcp-servers/{name:path}/tags")
        .under(Both)
        .takes(Json(&["key", "value"]))
        .open_to(NotYet("PERM mcp_server(name).update")),
    Route::delete("/3.0/mlflow/mcp-servers/{name:path}/tags/{key:path}").under(Both).open_to(NotYet(
        "PERM mcp_server(name).delete AND ALL[ mcp_server(name):read ; mcp_server_version(*):delete else \
             mcp_server(name):delete ]",
    )),
    Route::post("/3.0/mlflow/mcp-servers/{name:path}/aliases").under(Both).takes(Json(&["alias", "version"])).open_to(
        NotYet(
            "PERM mcp_server(name).update AND ALL[ mcp_server(name):read ; mcp_server_version(*):read else \
             mcp_server(name):read ]",
        ),
    ),
    Route::get("/3.0/mlflow/mcp-servers/{name:path}/aliases/{alias:path}").under(Both).open_to(NotYet(
        "PERM mcp_server(name).read AND ALL[ mcp_server(name):read ; mcp_server_version(*):read else \
             mcp_server(name):read ]",
    )),
    Route::delete("/3.0/mlflow/mcp-servers/{name:path}/aliases/{alias:path}").under(Both).open_to(NotYet(
        "PERM mcp_server(name).delete AND ALL[ mcp_server(name):read ; mcp_server_version(*):read else \
             mcp_server(name):read ]",
    )),
    Route::get("/3.0/mlflow/mcp-servers/{name:path}").under(Both).open_to(NotYet("PERM mcp_server(name).read")),
    Route::patch("/3.0/mlflow/mcp-servers/{name:path}")
        .under(Both)
        .takes(Json(&["display_name", "description", "icons"]))
        .open_to(NotYet("PERM mcp_server(name).update")),
    Route::delete("/3.0/mlflow/mcp-servers/{name:path}").under(Both).open_to(NotYet(
        "PERM mcp_server(name).delete AND ALL[ mcp_server(name):read ; mcp_server_version(*):delete else \
             mcp_server(name):delete ]",
    )),
];
