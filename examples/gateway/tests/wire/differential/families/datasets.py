"""Evaluation datasets."""

from ..cases import asked, both, delete, get, patch, post

V3 = "3.0/mlflow/datasets"
ONE = f"{V3}/{{dataset}}"

CASES = both(
    post(f"{V3}/create", {"name": "made-{new}", "experiment_ids": ["{experiment}"]}),
    post(f"{V3}/create", {"name": "made-{new}", "experiment_ids": ["{mine.experiment}", "{others.experiment}"]}, note="two"),
    post(f"{V3}/create", {"name": "made-{new}"}, note="none"),
    get(ONE),
    asked(f"{V3}/search", experiment_ids=["{experiment}"]),
    post(f"{V3}/search", {"experiment_ids": ["{experiment}"]}, changes=False),
    post(f"{V3}/search", {"experiment_ids": ["{mine.experiment}", "{others.experiment}"]}, changes=False, note="two"),
    post(f"{V3}/search", {}, changes=False, note="none"),
    patch(f"{ONE}/tags", {"tags": '{"a": "b"}'}),
    delete(f"{ONE}/tags/note", fresh="dataset"),
    post(f"{ONE}/records", {"records": '[{"inputs": {"c": "d"}}]'}),
    get(f"{ONE}/experiment-ids"),
    get(f"{ONE}/records"),
    delete(f"{ONE}/records", {"dataset_record_ids": ["{record}"]}, fresh="dataset"),
    post(f"{ONE}/add-experiments", {"experiment_ids": ["{mine.experiment}"]}),
    post(f"{ONE}/add-experiments", {"experiment_ids": ["{others.experiment}"]}, fresh="dataset", note="others"),
    post(f"{ONE}/add-experiments", {"experiment_ids": []}, note="none"),
    post(f"{ONE}/remove-experiments", {"experiment_ids": ["{experiment}"]}, fresh="dataset"),
    delete(ONE, fresh="dataset"),
)
