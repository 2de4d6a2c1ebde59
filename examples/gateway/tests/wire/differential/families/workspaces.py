"""Workspaces."""

from ..cases import both, delete, get, patch, post

V3 = "3.0/mlflow/workspaces"

CASES = both(
    get(V3),
    post(V3, {"name": "made-{new}"}),
    get(f"{V3}/{{workspace}}"),
    get(f"{V3}/nobody-made-this", note="none"),
    patch(f"{V3}/{{workspace}}", {"description": "d"}),
    delete(f"{V3}/nobody-made-this", note="none"),
)
