"""The REST API of mlflow-oidc-auth for grants, as calls: the same for every kind of object, and for users and groups.

A story is what an admin does with one sort of grants, step by step: every operation, at the right moment and at the wrong
one. Each step says what is answered.
"""

from dataclasses import dataclass
from urllib.parse import quote

API = "/api/2.0/mlflow"
API3 = "/api/3.0/mlflow"
GRANTS = f"{API}/permissions"
USER, GROUP = "ann", "data/science"
PROMPT = [{"key": "mlflow.prompt.is_prompt", "value": "true"}]


@dataclass(frozen=True)
class Kind:
    """A kind of object: its words in paths, what names the one of the tests, and where who holds something is listed."""

    words: str
    patterns: str
    one: str
    # The forms of a user's exact grant, and of what was made of it: a record, a message, or a message alone.
    wrap: str = ""
    # Whether writes answer with the record: for a user and for a group, exact grants and patterns.
    exact_records: bool = False
    user_pattern_records: tuple = (False, False)
    pattern_wrap: str = ""
    records_for_groups: bool = False
    text_ids: bool = False
    # Who may share, besides admins: whoever manages the object.
    shared: bool = True
    root: str = GRANTS

    def held(self, holder):
        """The list of what a holder holds."""
        return f"{GRANTS}/{holder}/{self.words}"

    def exact(self, holder):
        """One exact grant."""
        return f"{self.held(holder)}/{self.one}"

    def pattern(self, holder):
        """The patterns of a holder."""
        return f"{GRANTS}/{holder}/{self.patterns}"

    def holders(self, word):
        """Who holds something on the object: `users` or `groups`."""
        return f"{self.root}/{self.words}/{self.one}/{word}"


def kinds(experiment):
    """All kinds, with the objects that :func:`make` makes."""
    gateway = {"exact_records": True, "user_pattern_records": (True, True), "records_for_groups": True, "shared": False}
    return {
        "experiments": Kind("experiments", "experiment-patterns", experiment, "experiment_permission", text_ids=True),
        "registered-models": Kind(
            "registered-models", "registered-models-patterns", "team-a-model", "registered_model_permission",
            user_pattern_records=(False, True), pattern_wrap="registered_model_permission", text_ids=True,
        ),
        "prompts": Kind(
            "prompts", "prompts-patterns", "team-a-prompt", "prompt_permission",
            user_pattern_records=(False, True), pattern_wrap="prompt_permission", text_ids=True,
        ),
        "scorers": Kind(
            "scorers", "scorer-patterns", f"{experiment}/team-a-scorer", "scorer_permission", exact_records=True,
            user_pattern_records=(True, True), pattern_wrap="pattern", root=f"{API3}/permissions",
        ),
        "gateways/endpoints": Kind("gateways/endpoints", "gateways/endpoints-patterns", "team-a-endpoint", **gateway),
        "gateways/secrets": Kind("gateways/secrets", "gateways/secrets-patterns", "team-a-secret", **gateway),
        "gateways/model-definitions": Kind(
            "gateways/model-definitions", "gateways/model-definitions-patterns", "team-a-definition", **gateway
        ),
        "mcp-servers": Kind(
            "mcp-servers", "mcp-servers-patterns", "com.example/team-a-server", **(gateway | {"shared": True})
        ),
    }  # fmt: skip


def make(post):
    """Makes one object of every kind, with `post(path, **fields)`. Gives the id of the experiment."""
    experiment = post(f"{API}/experiments/create", name="team-a-experiment")["experiment_id"]
    post(f"{API}/registered-models/create", name="team-a-model")
    post(f"{API}/registered-models/create", name="team-a-prompt", tags=PROMPT)
    post(f"{API3}/scorers/register", experiment_id=experiment, name="team-a-scorer", serialized_scorer="{}")
    secret = {"secret_name": "team-a-secret", "secret_value": {"api_key": "x"}, "provider": "openai"}
    secret = post(f"{API3}/gateway/secrets/create", **secret)["secret"]["secret_id"]
    definition = {"name": "team-a-definition", "secret_id": secret, "provider": "openai", "model_name": "m"}
    definition = post(f"{API3}/gateway/model-definitions/create", **definition)["model_definition"]
    uses = {"model_definition_id": definition["model_definition_id"], "linkage_type": "PRIMARY", "weight": 1.0}
    post(f"{API3}/gateway/endpoints/create", name="team-a-endpoint", model_configs=[uses], usage_tracking=False)
    post(f"{API3}/mcp-servers", name="com.example/team-a-server", description="d")
    return experiment


def holders():
    """The two holders of the stories, as they stand in paths."""
    return {"user": f"users/{USER}", "group": f"groups/{quote(GROUP, safe='')}"}


def exact_story(kind, word, holder):
    """What an admin does with one exact grant: `(method, path, body, status, check)`."""
    one = kind.exact(holder)
    # mlflow-oidc-auth cannot look at one exact grant of a group, but for the gateway's and MCP servers.
    looks = word == "user" or kind.records_for_groups
    created = 200 if (word, kind.words) == ("user", "experiments") else 201
    level = {"permission": "READ"}
    yield "DELETE", one, None, 404
    yield "PATCH", one, level, 404
    if looks:
        yield "GET", one, None, 404
    yield "POST", one, {"permission": "OWNER"}, 400
    yield "POST", one, {}, 422
    yield "POST", one, {"permission": 1}, 422
    yield "POST", one, level, created
    yield "POST", one, level, 409
    if looks:
        yield "GET", one, None, 200
    yield "PATCH", one, {"permission": "owner"}, 400
    yield "PATCH", one, {"permission": "USE"}, 200
    yield "GET", kind.held(holder), None, 200
    yield "GET", kind.holders(f"{word}s"), None, 200
    yield "DELETE", one, None, 200
    yield "DELETE", one, None, 404


def unknown_story(kind, word):
    """Nobody of that name."""
    holder = f"{word}s/nobody"
    yield "POST", kind.exact(holder), {"permission": "READ"}, 404
    yield "DELETE", kind.exact(holder), None, 404
    yield "POST", kind.pattern(holder), {"regex": "^a", "priority": 1, "permission": "READ"}, 404


BAD_PATTERNS = ("", "(", "a" * 1025, r"(?P<x>a)(?P=x)", "[z-a]", "*a")


def pattern_story(kind, word, holder):
    """What an admin does with patterns. `{id}` stands for the number of the one that was made."""
    all_of_them = kind.pattern(holder)
    one = f"{all_of_them}/{{id}}"
    pattern = {"regex": "^team-", "priority": 5, "permission": "READ"}
    yield "GET", all_of_them, None, 200
    for regex in BAD_PATTERNS:
        yield "POST", all_of_them, pattern | {"regex": regex}, 400
    yield "POST", all_of_them, pattern | {"permission": "OWNER"}, 400
    yield "POST", all_of_them, pattern | {"priority": "high"}, 422
    yield "POST", all_of_them, {"regex": "^a"}, 422
    yield "POST", all_of_them, pattern, 201
    yield "POST", all_of_them, pattern | {"priority": 9}, 409
    yield "GET", all_of_them, None, 200
    yield "GET", one, None, 200
    yield "PATCH", one, {"regex": "^team-a", "priority": -1, "permission": "EDIT"}, 200
    yield "PATCH", one, {"regex": "(", "priority": -1, "permission": "EDIT"}, 400
    yield "GET", one, None, 200
    no_number = 400 if word == "user" and kind.text_ids else 422
    yield "GET", f"{all_of_them}/x", None, no_number
    yield "GET", f"{all_of_them}/999999", None, 404
    yield "PATCH", f"{all_of_them}/999999", pattern, 404
    yield "DELETE", f"{all_of_them}/999999", None, 404
    yield "DELETE", one, None, 200
    yield "DELETE", one, None, 404


def number_of(patterns):
    """The number of the only pattern in a list."""
    return patterns[0]["id"] if isinstance(patterns, list) and patterns else 0


def form(value):
    """The form of JSON: the fields of objects and the types of values. A number may be absent."""
    match value:
        case dict():
            return {name: form(item) for name, item in sorted(value.items())}
        case list():
            return [form(value[0])] if value else []
        case bool() | str():
            return type(value).__name__
        case None | int():
            return "number or null"
    return "?"
