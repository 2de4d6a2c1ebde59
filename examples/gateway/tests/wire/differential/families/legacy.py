"""Routes of older releases, which this MLflow has no more and the gateway still answers."""

from ..cases import both, delete, get, patch, post

E2, M2, S3 = "2.0/mlflow/experiments/permissions", "2.0/mlflow/registered-models/permissions", "3.0/mlflow/scorers/permissions"

CASES = both(
    get(f"{E2}/get", query={"experiment_id": "{experiment}", "username": "editor"}),
    post(f"{E2}/create", {"experiment_id": "{experiment}", "username": "former", "permission": "READ"}, fresh="free-experiment-former"),
    patch(f"{E2}/update", {"experiment_id": "{experiment}", "username": "former_too", "permission": "EDIT"}, fresh="held-experiment-former_too"),
    delete(f"{E2}/delete", {"experiment_id": "{experiment}", "username": "former_third"}, fresh="held-experiment-former_third"),
    get(f"{M2}/get", query={"name": "{model}", "username": "editor"}),
    get(f"{S3}/get", query={"experiment_id": "{experiment}", "scorer_name": "{scorer}", "username": "editor"}),
)
