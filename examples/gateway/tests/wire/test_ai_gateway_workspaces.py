"""The AI gateway where there are workspaces, with a real MLflow behind the gateway."""

from dataclasses import replace

import pytest

from gateway_objects import GATEWAY, KINDS, front, linked
from world import API3

SECRET, DEFINITION, ENDPOINT = KINDS
CALL = "/gateway/openai/v1/chat/completions"


def status(caller, method, path, place, **fields):
    """The status of one request in a workspace."""
    told = {"params": fields} if method == "GET" else {"json": fields}
    return caller.call(method, path, headers={"X-MLFLOW-WORKSPACE": place}, **told).status_code


@pytest.mark.parametrize(("resolution", "creates"), [("union", "USE"), ("first-match", "MANAGE")])
def test_grants_hold_in_their_workspace(data, ai_inner_with_workspaces, resolution, creates):
    """An endpoint of one name in each; and creating takes the right to create, whatever is referenced (W19)."""
    directory, settings = data / f"ai-in-{resolution}", {"MLFLOW_ENABLE_WORKSPACES": "true"}
    with front(directory, ai_inner_with_workspaces, resolution, **settings) as gateway:
        ann, ben, cy = (gateway.user(name) for name in ("ann", "ben", "cy"))
    gateway.write("cy", "workspace", "exact", "blue", creates)
    with front(directory, ai_inner_with_workspaces, resolution, **settings) as gateway:
        ann, ben, cy = (replace(who, url=gateway.url) for who in (ann, ben, cy))
        ids = {
            place: replace(gateway.inner, headers={"X-MLFLOW-WORKSPACE": place}).all("chat") for place in ("blue", "green")
        }
        for user, kind, permission in [
            ("ann", ENDPOINT, "USE"), ("ben", DEFINITION, "USE"), ("ben", SECRET, "USE"), ("cy", DEFINITION, "USE"), ("cy", SECRET, "USE"),
        ]:  # fmt: skip
            named = {"username": user, "resource_type": kind, "resource_id": ids["blue"][kind], "permission": permission}
            assert status(gateway.admin, "POST", f"{API3}/users/permissions/grant", "blue", **named) == 200

        body = {"model": gateway.called("chat"), "messages": [{"role": "user", "content": "hi"}]}
        assert [status(ann, "POST", CALL, place, **body) for place in ("blue", "green")] == [200, 403]
        # An id of another workspace is none of this one, whatever is held here.
        found = [status(ann, "GET", f"{GATEWAY}/endpoints/get", place, endpoint_id=ids["blue"][ENDPOINT]) for place in ("blue", "green")]
        assert found == [200, 403]
        listed = ann.call("GET", "/gateway/mlflow/v1/models", headers={"X-MLFLOW-WORKSPACE": "blue"}).json()["data"]
        assert [model["id"] for model in listed] == [gateway.called("chat")]

        new = {"name": gateway.called("new"), "model_configs": linked(ids["blue"][DEFINITION]), "usage_tracking": False}
        model = {"name": gateway.called("new"), "provider": "openai", "model_name": "m", "secret_id": ids["blue"][SECRET]}
        for path, fields in [("endpoints", new), ("model-definitions", model)]:
            created = [status(who, "POST", f"{GATEWAY}/{path}/create", "blue", **fields) for who in (ann, ben, cy)]
            assert created == [403, 403, 200], path
        listed = cy.call("GET", f"{GATEWAY}/endpoints/list", headers={"X-MLFLOW-WORKSPACE": "blue"}).json()["endpoints"]
        mine = next(row["endpoint_id"] for row in listed if row["name"] == gateway.called("new"))
        assert ("cy", ENDPOINT, "MANAGE") in gateway.holders(mine)
