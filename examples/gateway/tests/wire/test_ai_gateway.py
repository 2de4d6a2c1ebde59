"""Who may configure what of the AI gateway, with a real MLflow behind the gateway."""

import json

import pytest

from gateway_objects import GATEWAY, KINDS, PLUGIN, Objects, front, linked
from world import API

LEVELS = ("none", "READ", "USE", "EDIT", "MANAGE")
SECRET, DEFINITION, ENDPOINT = KINDS
# What each operation takes, on which type, and what it is told.
OPERATIONS = [
    ("GET", "secrets/get", "READ", {"secret_id": SECRET}),
    ("POST", "secrets/update", "EDIT", {"secret_id": SECRET, "secret_value": {"api_key": "sk-2"}}),
    ("GET", "model-definitions/get", "READ", {"model_definition_id": DEFINITION}),
    ("POST", "model-definitions/update", "EDIT", {"model_definition_id": DEFINITION, "model_name": "m"}),
    ("POST", "model-definitions/update", "EDIT", {"model_definition_id": DEFINITION, "secret_id": SECRET}),
    ("GET", "endpoints/get", "READ", {"endpoint_id": ENDPOINT}),
    ("GET", "endpoints/get", "READ", {"name": "TABLE"}),
    ("POST", "endpoints/update", "EDIT", {"endpoint_id": ENDPOINT, "name": "TABLE"}),
    ("POST", "endpoints/set-tag", "EDIT", {"endpoint_id": ENDPOINT, "key": "k", "value": "v"}),
    ("DELETE", "endpoints/delete-tag", "EDIT", {"endpoint_id": ENDPOINT, "key": "k"}),
    ("GET", "endpoints/bindings/list", "READ", {"endpoint_id": ENDPOINT}),
    ("POST", "endpoints/bindings/create", "EDIT", {"endpoint_id": ENDPOINT, "resource_type": "scorer", "resource_id": "1"}),
    ("DELETE", "endpoints/bindings/delete", "EDIT", {"endpoint_id": ENDPOINT, "resource_type": "scorer", "resource_id": "1"}),
    ("GET", "guardrails/list-for-endpoint", "READ", {"endpoint_id": ENDPOINT}),
    ("POST", "guardrails/add-to-endpoint", "EDIT", {"endpoint_id": ENDPOINT, "guardrail_id": "guardrail"}),
    ("PATCH", "guardrails/update-config", "EDIT", {"endpoint_id": ENDPOINT, "guardrail_id": "guardrail", "execution_order": 2}),
    ("DELETE", "guardrails/remove-from-endpoint", "EDIT", {"endpoint_id": ENDPOINT, "guardrail_id": "guardrail"}),
    ("POST", "endpoints/models/detach", "EDIT", {"endpoint_id": ENDPOINT, "model_definition_id": DEFINITION}),
    ("DELETE", "endpoints/delete", "MANAGE", {"endpoint_id": ENDPOINT}),
    ("DELETE", "model-definitions/delete", "MANAGE", {"model_definition_id": DEFINITION}),
    ("DELETE", "secrets/delete", "MANAGE", {"secret_id": SECRET}),
]  # fmt: skip
FOR_EVERYBODY = ["budgets/list", "budgets/windows", "supported-providers", "supported-models", "secrets/config"]
FOR_ADMINS = [
    ("POST", "budgets/create"), ("POST", "budgets/update"), ("DELETE", "budgets/delete"), ("POST", "guardrails/create"),
    ("GET", "guardrails/get"), ("GET", "guardrails/list"), ("DELETE", "guardrails/delete"), ("GET", "endpoints/bindings/list"),
]  # fmt: skip


@pytest.fixture(scope="module", params=("union", "first-match"))
def gateway(request, data, ai_inner):
    """A gateway, in each way of deciding."""
    with front(data / f"ai-{request.param}", ai_inner, request.param) as started:
        yield started


def call(caller, method, path, under="/api", **fields):
    """The answer to one operation."""
    told = {"params": fields} if method == "GET" else {"json": fields}
    return caller.call(method, GATEWAY.replace("/api", under, 1) + f"/{path}", **told)


def status(caller, method, path, **fields):
    """Its status."""
    return call(caller, method, path, **fields).status_code


def test_each_level_opens_its_operations(gateway):
    """And no other. What is deleted is deleted by whoever manages it; the grants on it end."""
    ids = gateway.inner.all("table") | {"TABLE": gateway.called("table")}
    _, _, ids["guardrail"] = gateway.inner.guardrail("table")
    users = {
        level: gateway.user(f"table-{level}", **{kind: [(ids[kind], level)] for kind in KINDS if level != "none"})
        for level in LEVELS
    }
    wrong = []
    for method, path, least, fields in OPERATIONS:
        fields = {name: ids.get(value, value) if isinstance(value, str) else value for name, value in fields.items()}
        # The lower levels first: the last operations leave nothing behind.
        for level in LEVELS:
            found = call(users[level], method, path, **fields)
            allowed = LEVELS.index(level) >= LEVELS.index(least)
            # What was done already may be refused by MLflow, and by it alone.
            expected = found.status_code in (200, 400, 404) and "Permission denied" not in found.text if allowed else found.status_code == 403
            if not expected or (allowed and level == least and found.status_code != 200):
                wrong.append((level, method, path, found.status_code, found.text[:200]))
    assert not wrong, wrong
    assert [gateway.holders(ids[kind]) for kind in KINDS] == [[], [], []]


def test_lists_hold_what_may_be_read(gateway):
    """Of each kind, and nothing of what may not."""
    mine, others = gateway.inner.all("list-mine"), gateway.inner.all("list-others")
    ann = gateway.user("list-ann", **{kind: [(mine[kind], "READ")] for kind in KINDS})
    for path, rows, field, kind in [
        ("secrets", "secrets", "secret_id", SECRET),
        ("model-definitions", "model_definitions", "model_definition_id", DEFINITION),
        ("endpoints", "endpoints", "endpoint_id", ENDPOINT),
    ]:
        found = [row[field] for row in call(ann, "GET", f"{path}/list").json()[rows]]
        assert found == [mine[kind]]
        everything = [row[field] for row in call(gateway.admin, "GET", f"{path}/list").json()[rows]]
        assert {mine[kind], others[kind]} <= set(everything)


def test_denied_definitions_and_secrets_are_taken_out_by_id(gateway):
    """Wherever an endpoint or a definition holds them, and only those."""
    ids, other = gateway.inner.all("redact"), gateway.inner.all("redact-open")
    ben = gateway.user("redact-ben", gateway_endpoint=[(ids[ENDPOINT], "EDIT")], gateway_model_definition=[(other[DEFINITION], "USE")])
    assert status(ben, "POST", "endpoints/models/attach", endpoint_id=ids[ENDPOINT], model_config=linked(other[DEFINITION])[0]) == 200

    def seen(endpoint):
        return {
            (mapping.get("model_definition_id"), mapping.get("model_definition", {}).get("secret_id"), mapping.get("model_definition", {}).get("secret_name"))
            for mapping in endpoint["model_mappings"]
        }  # fmt: skip

    def everywhere():
        update = call(ben, "POST", "endpoints/update", endpoint_id=ids[ENDPOINT], name=gateway.called("redact")).json()
        answers = [call(ben, "GET", "endpoints/get", name=gateway.called("redact")).json(), update]
        return [seen(answer["endpoint"]) for answer in answers] + [seen(call(ben, "GET", "endpoints/list").json()["endpoints"][0])]

    whole = (ids[DEFINITION], ids[SECRET], gateway.called("redact-key")), (other[DEFINITION], other[SECRET], gateway.called("redact-open-key"))
    assert everywhere() == [set(whole)] * 3
    gateway.admin.grant("redact-ben", "gateway_secret", other[SECRET], "DENY")
    assert everywhere() == [{whole[0], (other[DEFINITION], None, None)}] * 3
    gateway.admin.grant("redact-ben", "gateway_model_definition", ids[DEFINITION], "DENY")
    assert everywhere() == [{(None, None, None), (other[DEFINITION], None, None)}] * 3
    # A definition of one's own, and what is attached, tell no more.
    gateway.admin.grant("redact-ben", "gateway_model_definition", other[DEFINITION], "EDIT")
    for answer in [
        call(ben, "GET", "model-definitions/get", model_definition_id=other[DEFINITION]).json()["model_definition"],
        call(ben, "POST", "model-definitions/update", model_definition_id=other[DEFINITION], model_name="m").json()["model_definition"],
        call(ben, "GET", "model-definitions/list").json()["model_definitions"][0],
    ]:
        assert answer["name"] == gateway.called("redact-open-model") and "secret_id" not in answer and "secret_name" not in answer
    assert status(ben, "GET", "model-definitions/list", secret_id=other[SECRET]) == 403
    assert status(ben, "POST", "endpoints/models/detach", endpoint_id=ids[ENDPOINT], model_definition_id=ids[DEFINITION]) == 403


def test_scorers_of_guardrails_are_taken_out(gateway):
    """For whoever may not read them; and whoever is denied one attaches no guardrail that calls it."""
    ids, (experiment, scorer, guardrail) = gateway.inner.all("rails"), gateway.inner.guardrail("rails")
    eve = gateway.user("rails-eve", gateway_endpoint=[(ids[ENDPOINT], "EDIT")])
    named = {"endpoint_id": ids[ENDPOINT], "guardrail_id": guardrail}
    added = call(eve, "POST", "guardrails/add-to-endpoint", **named).json()["config"]["guardrail"]
    changed = call(eve, "PATCH", "guardrails/update-config", **named, execution_order=1).json()["config"]["guardrail"]

    def listed():
        return call(eve, "GET", "guardrails/list-for-endpoint", endpoint_id=ids[ENDPOINT]).json()["configs"][0]["guardrail"]

    for found in added, changed, listed():
        assert found["name"] == gateway.called("rails") and "scorer" not in found
    gateway.admin.grant("rails-eve", "experiment", experiment, "READ")
    gateway.admin.grant("rails-eve", "scorer", scorer, "READ")
    assert listed()["scorer"]["scorer_name"] == "rails judge"
    gateway.admin.grant("rails-eve", "scorer_version", "*", "DENY")
    assert "scorer" not in listed()
    assert status(eve, "PATCH", "guardrails/update-config", **named, execution_order=2) == 403
    gateway.admin.revoke("rails-eve", "scorer_version", "*")
    gateway.admin.grant("rails-eve", "scorer", scorer, "DENY")
    assert status(eve, "POST", "guardrails/add-to-endpoint", **named) == 403
    assert status(eve, "POST", "guardrails/add-to-endpoint", **{**named, "guardrail_id": "gr-none"}) == 403


def test_creators_manage_what_they_make(gateway):
    """And it is nobody else's."""
    ann, ben = gateway.user("made-ann"), gateway.user("made-ben")
    ids = Objects(ann, gateway.provider.url, prefix=gateway.inner.prefix).all("made")
    assert [gateway.holders(ids[kind]) for kind in KINDS] == [[("made-ann", kind, "MANAGE")] for kind in KINDS]
    assert status(ben, "GET", "endpoints/get", endpoint_id=ids[ENDPOINT]) == 403
    assert status(ann, "DELETE", "endpoints/delete", endpoint_id=ids[ENDPOINT]) == 200
    assert gateway.holders(ids[ENDPOINT]) == []


def test_w19_what_is_referenced_must_be_usable(gateway):
    """Each definition of an endpoint, and the secret of a definition, when it is made, changed or attached."""
    ids, mine = gateway.inner.all("refer"), gateway.inner.all("refer-mine")
    ann = gateway.user(
        "refer-ann",
        gateway_endpoint=[(mine[ENDPOINT], "EDIT")],
        gateway_model_definition=[(mine[DEFINITION], "EDIT"), (ids[DEFINITION], "READ")],
        gateway_secret=[(ids[SECRET], "READ")],
    )
    new = {"name": gateway.called("refer-new"), "provider": "openai", "model_name": "m"}
    both = linked(mine[DEFINITION]) + [{"model_definition_id": ids[DEFINITION], "linkage_type": "FALLBACK", "fallback_order": 1}]
    operations = [
        ("endpoints/create", {"name": gateway.called("refer-new"), "model_configs": both, "usage_tracking": False}),
        ("endpoints/update", {"endpoint_id": mine[ENDPOINT], "model_configs": both}),
        ("endpoints/models/attach", {"endpoint_id": mine[ENDPOINT], "model_config": both[1]}),
        ("model-definitions/create", {**new, "secret_id": ids[SECRET]}),
        ("model-definitions/update", {"model_definition_id": mine[DEFINITION], "secret_id": ids[SECRET]}),
    ]
    assert [status(ann, "POST", path, **fields) for path, fields in operations] == [403] * 5
    gateway.admin.grant("refer-ann", "gateway_model_definition", ids[DEFINITION], "USE")
    gateway.admin.grant("refer-ann", "gateway_secret", ids[SECRET], "USE")
    done = [call(ann, "POST", path, **fields) for path, fields in operations]
    # The fallback is attached already by the update before.
    assert [answer.status_code for answer in done] == [200, 200, 400, 200, 200], [answer.text for answer in done]


def test_an_endpoint_writes_only_into_experiments_of_its_makers(gateway):
    """Calls are recorded as traces of the experiment that an endpoint names."""
    ids = gateway.inner.all("usage")
    theirs, mine = (gateway.inner.caller.post(f"{API}/experiments/create", name=f"usage {n} {gateway.store.parent.name}")["experiment_id"] for n in (1, 2))
    ann = gateway.user(
        "usage-ann", gateway_model_definition=[(ids[DEFINITION], "USE")], gateway_endpoint=[(ids[ENDPOINT], "EDIT")],
        experiment=[(theirs, "READ"), (mine, "EDIT")],
    )  # fmt: skip
    new = {"model_configs": linked(ids[DEFINITION]), "usage_tracking": True}
    assert status(ann, "POST", "endpoints/create", name=gateway.called("usage-new"), **new, experiment_id=theirs) == 403
    assert status(ann, "POST", "endpoints/create", name=gateway.called("usage-new"), **new, experiment_id=mine) == 200
    assert status(ann, "POST", "endpoints/create", name=gateway.called("usage-tracked"), **new) == 200
    change = {"endpoint_id": ids[ENDPOINT], "usage_tracking": True}
    assert status(ann, "POST", "endpoints/update", **change, experiment_id=theirs) == 403
    assert status(ann, "POST", "endpoints/update", **change) == 200
    # The one that it has stays, whoever else's it is.
    now = call(ann, "GET", "endpoints/get", endpoint_id=ids[ENDPOINT]).json()["endpoint"]["experiment_id"]
    assert status(ann, "POST", "endpoints/update", **change, experiment_id=now) == 200
    gateway.admin.grant("usage-ann", "experiment", "*", "DENY")
    assert status(ann, "POST", "endpoints/create", name=gateway.called("usage-denied"), **new) == 403
    assert status(ann, "POST", "endpoints/create", name=gateway.called("usage-silent"), **{**new, "usage_tracking": False}) == 200


def test_what_is_for_everybody_and_what_for_admins(gateway):
    """Catalogues and budgets can be read; budgets and guardrails are made by admins."""
    ann = gateway.user("admins-ann")
    for path in FOR_EVERYBODY:
        under = "/api" if path.startswith("budgets") else "/ajax-api"
        assert [call(who, "GET", path, under=under).status_code for who in (ann, gateway.admin)] == [200, 200], path
    for method, path in FOR_ADMINS:
        assert status(ann, method, path) == 403, path
        assert status(gateway.admin, method, path) != 403, path
    told = [call(who, "GET", "secrets/config", under="/ajax-api").json() for who in (ann, gateway.admin)]
    assert told == [{"secrets_available": True}, {"secrets_available": True, "using_default_passphrase": False}]


def test_w23_the_deployments_target_is_for_admins(gateway):
    """The server calls it with its own credentials."""
    ann, path = gateway.user("proxy-ann"), "/ajax-api/2.0/mlflow/gateway-proxy"
    for method, told in [("GET", {"params": {"gateway_path": "api/2.0/endpoints/"}}), ("POST", {"json": {"gateway_path": "gateway/a/invocations"}})]:
        assert [who.call(method, path, **told).status_code for who in (ann, gateway.admin)] == [403, 200]


def test_law_2_an_object_is_named_once(gateway):
    """Attempts to have one object judged and another one changed."""
    mine, victim = gateway.inner.all("twice-mine"), gateway.inner.all("twice-victim")
    bob = gateway.user("twice-bob", **{kind: [(mine[kind], "MANAGE")] for kind in KINDS})
    one, other = mine[ENDPOINT], victim[ENDPOINT]
    bodies = [
        f'{{"endpoint_id": "{one}", "endpoint_id": "{other}", "name": "x"}}',
        f'{{"endpoint_id": "{one}", "endpointId": "{other}", "name": "x"}}',
        f'{{"endpoint_id": ["{one}", "{other}"], "name": "x"}}',
    ]
    for body in bodies:
        found = bob.call("POST", f"{GATEWAY}/endpoints/update", data=body, headers={"content-type": "application/json"})
        assert found.status_code == 400, body
    assert status(bob, "GET", "endpoints/get", endpoint_id=one, name=gateway.called("twice-victim")) == 400
    found = bob.call("DELETE", f"{GATEWAY}/endpoints/delete?endpoint_id={one}", data=json.dumps({"endpoint_id": other}), headers={"content-type": "text/plain"})
    assert found.status_code == 400
    found = bob.call("POST", f"{GATEWAY}/endpoints/update?endpoint_id={one}", json={"endpoint_id": other, "name": "x"})
    assert found.status_code == 400
    assert call(gateway.admin, "GET", "endpoints/get", endpoint_id=other).json()["endpoint"]["name"] == gateway.called("twice-victim")


def test_patterns_match_names_and_the_plugins_grants_count(data, ai_inner):
    """Grants that stand on MLflow's id, made by name over the plugin's API; patterns on names; what explain says of them."""
    with front(data / "ai-plugin", ai_inner, "first-match") as gateway:
        ids, other = gateway.inner.all("team-chat"), gateway.inner.all("other-chat")
        ann, ben = gateway.user("ann"), gateway.user("ben")
        assert status(ann, "GET", "endpoints/get", endpoint_id=ids[ENDPOINT]) == 403
        made = gateway.admin.call("POST", f"{PLUGIN}/users/ann/gateways/endpoints/{gateway.called('team-chat')}", json={"permission": "EDIT"})
        assert made.status_code == 201, made.text
        assert status(ann, "POST", "endpoints/set-tag", endpoint_id=ids[ENDPOINT], key="k", value="v") == 200
        assert status(ann, "GET", "endpoints/get", name=gateway.called("other-chat")) == 403
        for of in "endpoints", "secrets", "model-definitions":
            pattern = {"regex": f"^{gateway.called('team-')}", "priority": 1, "permission": "EDIT"}
            made = gateway.admin.call("POST", f"{PLUGIN}/users/ben/gateways/{of}-patterns", json=pattern)
            assert made.status_code == 201, made.text
        for path, field, kind in [("secrets", "secret_id", SECRET), ("model-definitions", "model_definition_id", DEFINITION), ("endpoints", "endpoint_id", ENDPOINT)]:
            assert [status(ben, "GET", f"{path}/get", **{field: which[kind]}) for which in (ids, other)] == [200, 403], path
            assert [row[field] for row in call(ben, "GET", f"{path}/list").json()[path.replace("-", "_")]] == [ids[kind]]
            asked = {"username": "ben", "resource_type": kind, "resource_id": ids[kind], "action": "update"}
            told = gateway.admin.get("/api/2.0/mlflow/permissions/explain", **asked)
            assert (told["allowed"], told["resource"]["name"].startswith(gateway.called("team-chat"))) == (True, True), told
        # A pattern judges the name that the endpoint has now.
        assert status(ben, "POST", "endpoints/update", endpoint_id=ids[ENDPOINT], name="no-team") == 200
        assert status(ben, "GET", "endpoints/get", endpoint_id=ids[ENDPOINT]) == 403
