"""Registered models, prompts, and the versions of both."""

from ..cases import asked, both, delete, patch, post, root

MODELS, VERSIONS = "2.0/mlflow/registered-models", "2.0/mlflow/model-versions"
PROMPT_TAG = {"key": "mlflow.prompt.is_prompt", "value": "true"}


def _of_one(what, tier):
    """The cases that models and prompts share. `what` is the name of the one that is meant."""
    name, version = {"name": what}, {"name": what, "version": "1"}
    tiers, all_tiers = f"{tier}", f"{tier} run logged_model"
    fresh = "registered_model" if tier.startswith("registered") else "prompt"
    note, brief = fresh, fresh == "prompt"
    return [
        asked(f"{MODELS}/get", **name, tiers=all_tiers, note=note, brief=brief),
        patch(f"{MODELS}/update", name | {"description": "x"}, tiers=tiers, note=note, brief=brief),
        post(f"{MODELS}/set-tag", name | {"key": "a", "value": "b"}, note=note, brief=brief),
        delete(f"{MODELS}/delete-tag", name | {"key": "note"}, fresh=fresh, note=note, brief=brief),
        post(f"{MODELS}/rename", name | {"new_name": "renamed-{new}"}, tiers=tiers, fresh=fresh, note=note, brief=brief),
        delete(f"{MODELS}/delete", name, tiers=tiers, fresh=fresh, note=note, brief=brief),
        post(f"{MODELS}/alias", name | {"alias": "a", "version": "1"}, tiers=tiers, note=note, brief=brief),
        asked(f"{MODELS}/alias", **name, alias="best", tiers=all_tiers, note=note, brief=brief),
        delete(f"{MODELS}/alias", name | {"alias": "best"}, tiers=tiers, fresh=fresh, note=note, brief=brief),
        asked(f"{MODELS}/get-latest-versions", **name, tiers=all_tiers, note=note, brief=brief),
        post(f"{MODELS}/get-latest-versions", name, tiers=tiers, changes=False, note=note, brief=brief),
        asked(f"{VERSIONS}/get", **version, tiers=all_tiers, note=note, brief=brief),
        asked(f"{VERSIONS}/get", name=what, version="99", tiers=tiers, note=f"{note}, no such version"),
        asked(f"{VERSIONS}/get-download-uri", **version, tiers=tiers, note=note, brief=brief),
        patch(f"{VERSIONS}/update", version | {"description": "x"}, tiers=all_tiers, note=note, brief=brief),
        post(f"{VERSIONS}/set-tag", version | {"key": "a", "value": "b"}, tiers=tiers, note=note, brief=brief),
        delete(f"{VERSIONS}/delete-tag", version | {"key": "note"}, tiers=tiers, fresh=fresh, note=note, brief=brief),
        delete(f"{VERSIONS}/delete", version, tiers=tiers, fresh=fresh, note=note, brief=brief),
    ]


def _new_version(note, tiers="registered_model_version", **fields):
    return post(f"{VERSIONS}/create", {"name": "{model}", **fields}, tiers=tiers, note=note)


CASES = [
    *both(
        post(f"{MODELS}/create", {"name": "made-{new}"}),
        post(f"{MODELS}/create", {"name": "made-{new}", "tags": [PROMPT_TAG]}, note="prompt"),
        post(f"{MODELS}/create", {"name": "{model}"}, whose=["mine", "others"], note="name taken"),
        asked(f"{MODELS}/search", max_results=100, tiers="registered_model_version prompt_version run logged_model"),
        asked(f"{MODELS}/search", max_results=1, note="pages of one"),
        asked(f"{MODELS}/search", filter="name = '{model}'", note="one name"),
        *_of_one("{model}", "registered_model_version"),
        *_of_one("{prompt}", "prompt_version"),
        post(f"{VERSIONS}/transition-stage", {"name": "{model}", "version": "1", "stage": "Staging"}, tiers="registered_model_version"),
        asked(f"{VERSIONS}/search", max_results=100, tiers="registered_model_version prompt_version run logged_model"),
        asked(f"{VERSIONS}/search", filter="name = '{model}'", tiers="registered_model_version", note="one name"),
        asked(f"{VERSIONS}/search", filter="run_id = '{run}'", tiers="registered_model_version run", note="by run"),
        asked(f"{VERSIONS}/search", filter="this is no filter", tiers="run", note="no filter"),
        _new_version("of a run", "registered_model_version run", source="runs:/{run}/model", run_id="{run}"),
        _new_version("of a model", "registered_model_version logged_model", source="models:/{logged_model}", model_id="{logged_model}"),
        _new_version("of another version", source="models:/{model}/1"),
        _new_version("of a prompt", "registered_model_version prompt_version", source="models:/{prompt}/1"),
        post(f"{VERSIONS}/create", {"name": "{mine.model}", "source": "runs:/{others.run}/model", "run_id": "{others.run}"}, note="of another's run"),
        post(f"{VERSIONS}/create", {"name": "{mine.model}", "source": "models:/{others.logged_model}", "model_id": "{others.logged_model}"}, note="of another's model"),
        post(f"{VERSIONS}/create", {"name": "{mine.model}", "source": "models:/{others.model}/1"}, note="of another's version"),
        post(f"{VERSIONS}/create", {"name": "{mine.model}", "source": "s3://bucket/model"}, note="of a place"),
        post(f"{VERSIONS}/create", {"name": "{prompt}", "source": "dummy", "tags": [PROMPT_TAG, {"key": "mlflow.prompt.text", "value": "say"}]}, tiers="prompt_version", note="prompt"),
    ),
    *root(
        asked("/model-versions/get-artifact", name="{model}", version="1", path="MLmodel", tiers="registered_model_version"),
        asked("/model-versions/get-artifact", name="{prompt}", version="1", path="x", tiers="prompt_version", note="prompt"),
    ),
]  # fmt: skip
