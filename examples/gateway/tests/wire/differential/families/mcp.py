"""The registry of MCP servers."""

from ..cases import asked, both, delete, get, patch, post

V3 = "3.0/mlflow/mcp-servers"
ONE = f"{V3}/{{mcp_server}}"
VERSION = f"{ONE}/versions/1.0.0"
TIER = "mcp_server_version"
NEW_VERSION = {"server_json": {"name": "{mcp_server}", "version": "2.0.{count}", "description": "d"}}
URL = {"url": "https://127.0.0.1/{new}"}
TAG = {"key": "a", "value": "b"}

CASES = both(
    post(V3, {"name": "com.example/made-{new}", "description": "d"}),
    get(V3, tiers=TIER),
    asked(V3, max_results=1, note="pages of one"),
    get(f"{V3}/endpoints", tiers=TIER),
    asked(f"{V3}/endpoints", server_alias="best", tiers=TIER, note="by alias"),
    get(ONE, tiers=TIER),
    patch(ONE, {"description": "e"}, tiers=TIER),
    delete(ONE, tiers=TIER, fresh="mcp_server"),
    # Of a server that is not there it would make one, which other requests would meet or not.
    post(f"{ONE}/versions", NEW_VERSION, tiers=TIER, fresh="mcp_server", whose=["mine", "others"]),
    get(f"{ONE}/versions", tiers=TIER),
    get(VERSION, tiers=TIER),
    patch(VERSION, {"status": "deprecated"}, tiers=TIER, fresh="mcp_server"),
    delete(VERSION, tiers=TIER, fresh="mcp_server"),
    post(f"{VERSION}/tags", TAG, tiers=TIER),
    delete(f"{VERSION}/tags/note", tiers=TIER, fresh="mcp_server"),
    post(f"{ONE}/endpoints", URL, tiers=TIER),
    post(f"{ONE}/endpoints", URL | {"server_version": "1.0.0"}, tiers=TIER, note="of a version"),
    get(f"{ONE}/endpoints", tiers=TIER),
    asked(f"{ONE}/endpoints", server_version="1.0.0", tiers=TIER, note="of a version"),
    get(f"{ONE}/endpoints/{{mcp_endpoint}}", tiers=TIER),
    patch(f"{ONE}/endpoints/{{mcp_endpoint}}", {"transport_type": "sse"}, tiers=TIER),
    delete(f"{ONE}/endpoints/{{mcp_endpoint}}", tiers=TIER, fresh="mcp_server"),
    post(f"{ONE}/tags", TAG, tiers=TIER),
    delete(f"{ONE}/tags/note", tiers=TIER, fresh="mcp_server"),
    post(f"{ONE}/aliases", {"alias": "other", "version": "1.0.0"}, tiers=TIER),
    get(f"{ONE}/aliases/best", tiers=TIER),
    delete(f"{ONE}/aliases/best", tiers=TIER, fresh="mcp_server"),
)
