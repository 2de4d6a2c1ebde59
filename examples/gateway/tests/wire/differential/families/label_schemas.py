"""Label schemas."""

from ..cases import asked, both, delete, patch, post

V3 = "3.0/mlflow/label-schemas"
NEW = {"experiment_id": "{experiment}", "name": "{new}", "type": "FEEDBACK", "input": {"text": {}}}

CASES = both(
    post(f"{V3}/create", NEW),
    asked(f"{V3}/get", schema_id="{label_schema}"),
    asked(f"{V3}/get-by-name", experiment_id="{experiment}", name="{label_schema_name}"),
    asked(f"{V3}/list", experiment_id="{experiment}"),
    patch(f"{V3}/update", {"schema_id": "{label_schema}", "instruction": "i"}),
    delete(f"{V3}/delete", {"schema_id": "{label_schema}"}, fresh="label_schema"),
)
