"""The page, and what the server says of itself."""

from ..cases import ajax, asked, both, get, post, root

CASES = [
    *root(get("/"), get("/health"), get("/version"), get("/static-files/index.html"), get("/build/index.html")),
    *both(get("3.0/mlflow/server-info")),
    *ajax(get("3.0/mlflow/ui-telemetry"), post("3.0/mlflow/ui-telemetry", {"records": []}, changes=False)),
    # What is no route at all.
    *root(get("/nothing"), get("/api/2.0/mlflow/nothing"), post("/api/2.0/mlflow/experiments/get", {}), asked("/api/9.9/mlflow/experiments/get")),
]
