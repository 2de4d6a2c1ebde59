"""One of every kind of object that grants are about, by several names, in a plugin."""

API = "/api/2.0/mlflow"
API3 = "/api/3.0/mlflow"
NAMES = (
    "team-a", "team-a-x", "team-b", "team-10-x", "Team-a", "prod", "production", "prod-1", "churn", "my-churn", "ab", "abc",
)  # fmt: skip
SCORED = 2


def make(plugin, chance, workspaces):
    """Makes them in every workspace, and tells of each its kind, id, name and workspace."""
    rows = []
    for place in workspaces or [None]:
        if place not in (None, "default"):
            plugin.ask("POST", f"{API3}/workspaces", name=place)
        for kind, id, name in _objects(plugin, chance, place):
            rows.append({"kind": kind, "id": id, "name": name, "workspace": place})
    return rows


def _objects(plugin, chance, place):
    def post(path, **fields):
        return plugin.ask("POST", path, workspace=place, **fields)

    rows = []
    # Names of experiments are free once in every workspace, their ids everywhere.
    for name in chance.sample(NAMES, 8):
        rows.append(("experiment", post(f"{API}/experiments/create", name=name)["experiment_id"], name))
    experiments = [id for _, id, _ in rows]
    names = chance.sample(NAMES, 12)
    for name in names[:6]:
        post(f"{API}/registered-models/create", name=name)
    prompt = [{"key": "mlflow.prompt.is_prompt", "value": "true"}]
    for name in names[6:]:
        post(f"{API}/registered-models/create", name=name, tags=prompt)
    rows += [("registered_model", name, name) for name in names[:6]] + [("prompt", name, name) for name in names[6:]]
    for experiment in experiments[:SCORED]:
        for name in chance.sample(NAMES, 3):
            post(f"{API3}/scorers/register", experiment_id=experiment, name=name, serialized_scorer="{}")
            rows.append(("scorer", f"{experiment}/{name}", name))
    return rows + _gateway(post, chance) + _servers(post, chance)


def _gateway(post, chance):
    rows = []
    for name in chance.sample(NAMES, 4):
        secret = post(f"{API3}/gateway/secrets/create", secret_name=name, secret_value={"api_key": "x"}, provider="openai")
        rows.append(("gateway_secret", name, name))
    named = {"secret_id": secret["secret"]["secret_id"], "provider": "openai", "model_name": "m"}
    for name in chance.sample(NAMES, 4):
        model = post(f"{API3}/gateway/model-definitions/create", name=name, **named)["model_definition"]
        rows.append(("gateway_model_definition", name, name))
    uses = {"model_definition_id": model["model_definition_id"], "linkage_type": "PRIMARY", "weight": 1.0}
    for name in chance.sample(NAMES, 4):
        post(f"{API3}/gateway/endpoints/create", name=name, model_configs=[uses], usage_tracking=False)
        rows.append(("gateway_endpoint", name, name))
    return rows


def _servers(post, chance):
    names = [f"com.example/{name.lower()}" for name in chance.sample(NAMES[:4], 3)]
    for name in names:
        post(f"{API3}/mcp-servers", name=name, description="d")
    return [("mcp_server", name, name) for name in names]
