"""The REST API of mlflow-oidc-auth for grants, at the gateway in front of a real MLflow."""

import time
from dataclasses import dataclass
from urllib.parse import quote

import pytest

import plugin_grants as calls
from clients import Caller, admin
from conftest import running
from plugin_grants import API, GRANTS, GROUP, USER
from servers import gateway_server, mlflow_server

WORDS = ("user", "group")
NAMES = tuple(calls.kinds("1"))
# MLflow keeps the secrets of its AI gateway only if it is told a passphrase.
SECRETS = {"MLFLOW_CRYPTO_KEK_PASSPHRASE": "only-for-tests-only-for-tests-only"}


@dataclass
class Site:
    """The gateway with its admin; mia, who manages every object; ann and joe, who hold nothing; nobody."""

    admin: Caller
    mia: Caller
    ann: Caller
    joe: Caller
    nobody: Caller
    kinds: dict

    def write(self, method, path, status, **fields):
        """A write of the admin's."""
        assert status_of(self.admin, method, path, fields or None) == status, path


@pytest.fixture(scope="module")
def site(data):
    """Starts both servers, with one object of every kind."""
    with running(mlflow_server(data / "grants-inner", environment=SECRETS)) as inner:
        experiment = calls.make(Caller(inner.url).post)
        server = gateway_server(data / "grants", inner.url, "first-match", "NO_PERMISSIONS")
        with running(server) as front:
            root = admin(front.url)
            mia, ann, joe = (root.create_user(name) for name in ("mia", USER, "joe"))
            site = Site(root, mia, ann, joe, Caller(front.url), calls.kinds(experiment))
            site.write("POST", f"{GRANTS}/groups", 200, group_name=GROUP)
            for kind in site.kinds.values():
                created = 200 if kind.words == "experiments" else 201
                site.write("POST", kind.exact("users/mia"), created, permission="MANAGE")
            yield site


def status_of(caller, method, path, body=None):
    """What a request is answered."""
    return caller.call(method, path, json=body).status_code


def play(caller, story):
    """Does what a story tells. Gives what was answered otherwise than it tells, and all answers to reads."""
    wrong, reads, number = [], [], 0
    for method, path, body, expected in story:
        answer = caller.call(method, path.replace("{id}", str(number)), json=body)
        if answer.status_code != expected:
            wrong.append(f"{method} {path} {body}: {answer.status_code}, not {expected}: {answer.text[:200]}")
        if method == "GET" and answer.status_code == 200:
            reads.append((path, answer.json()))
            number = calls.number_of(answer.json()) if path.endswith("-patterns") and answer.json() else number
        elif answer.status_code >= 400:
            assert "detail" in answer.json(), (method, path, answer.text)
    return wrong, reads


@pytest.mark.parametrize("word", WORDS)
@pytest.mark.parametrize("name", NAMES)
def test_exact_grants_are_made_changed_shown_and_taken_back(site, name, word):
    """Every operation on one grant, at the right moment and at the wrong one."""
    kind, holder = site.kinds[name], calls.holders()[word]
    wrong, reads = play(site.admin, calls.exact_story(kind, word, holder))
    assert not wrong, "\n".join(wrong)
    told = dict(reads)
    holds = {row["name"]: row["permission"] for row in told[kind.holders(f"{word}s")]}
    assert holds[USER if word == "user" else GROUP] == "USE"
    assert [row["permission"] for row in told[kind.held(holder)]].count("USE") == 1, told[kind.held(holder)]
    if word == "user":
        record = told[kind.exact(holder)]
        assert (record[kind.wrap] if kind.wrap else record)["permission"] == "READ"


@pytest.mark.parametrize("word", WORDS)
@pytest.mark.parametrize("name", NAMES)
def test_patterns_are_made_changed_shown_and_taken_back(site, name, word):
    """The same for patterns. A pattern that is changed keeps its number."""
    kind, holder = site.kinds[name], calls.holders()[word]
    wrong, reads = play(site.admin, calls.pattern_story(kind, word, holder))
    assert not wrong, "\n".join(wrong)
    first, second = (answer for path, answer in reads if path.endswith("{id}"))
    first, second = (one.get(kind.pattern_wrap, one) for one in (first, second))
    told = [(one["regex"], one["priority"], one["permission"], one["workspace"]) for one in (first, second)]
    assert told == [("^team-", 5, "READ", "*"), ("^team-a", -1, "EDIT", "*")]
    assert first["id"] == second["id"]
    assert isinstance(first["id"], str if (word, name) == ("user", "experiments") else int)


@pytest.mark.parametrize("word", WORDS)
@pytest.mark.parametrize("name", NAMES)
def test_a_holder_must_be_there(site, name, word):
    """Nothing is granted to a user or a group that nobody made."""
    wrong, _ = play(site.admin, calls.unknown_story(site.kinds[name], word))
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("word", WORDS)
@pytest.mark.parametrize("name", NAMES)
def test_who_may(site, name, word):
    """Whoever manages an object shares it, but for the AI gateway's; patterns are for admins."""
    kind, holder = site.kinds[name], calls.holders()[word]
    lists = {kind.held(holder)}
    exact = [step for step in calls.exact_story(kind, word, holder) if step[1] not in lists]
    patterns = list(calls.pattern_story(kind, word, holder))
    for caller, story, status in (
        (site.nobody, exact + patterns, 401),
        (site.joe, exact + patterns, 403),
        (site.mia, patterns, 403),
    ):
        wrong = [step for step in story if status_of(caller, *step[:3]) != status]
        assert not wrong, (caller.user, wrong)
    if kind.shared:
        wrong, _ = play(site.mia, exact)
        assert not wrong, "\n".join(wrong)
    else:
        refused = [step for step in exact if status_of(site.mia, *step[:3]) != 403]
        # Whoever manages one sees who holds something on it all the same.
        assert {step[1] for step in refused} == {kind.holders(f"{word}s")}, refused


@pytest.mark.parametrize("name", [name for name in NAMES if name != "scorers"])
def test_a_list_tells_what_a_user_may_do_and_why(site, name):
    """One row for each object, with the source that decided; each caller sees their part."""
    kind, user, group = site.kinds[name], f"users/{USER}", calls.holders()["group"]
    level = {"regex": "^(team-a|com.example/)", "priority": 1}
    site.write("PUT", f"{GRANTS}/{group}/members/{USER}", 201)

    def rows(caller):
        return {row["name"]: (row["permission"], row["kind"]) for row in caller.get(kind.held(user))}

    site.write("POST", kind.pattern(group), 201, permission="READ", **level)
    one = next(name for name in rows(site.admin) if name.startswith(("team-a", "com.example/")))
    told = [rows(site.admin)[one]]
    assert rows(site.ann) == {one: ("READ", "group-regex")}
    assert rows(site.mia)[one] == ("READ", "group-regex") and rows(site.joe) == {}
    site.write("POST", kind.pattern(user), 201, permission="NO_PERMISSIONS", **level)
    told.append(rows(site.admin)[one])
    assert rows(site.ann) == {}
    site.write("POST", kind.exact(group), 201, permission="USE")
    told.append(rows(site.admin)[one])
    site.write("POST", kind.exact(user), 200 if name == "experiments" else 201, permission="EDIT")
    told.append(rows(site.admin)[one])
    assert told == [("READ", "group-regex"), ("NO_PERMISSIONS", "regex"), ("USE", "group"), ("EDIT", "user")]
    for holder in (user, group):
        site.write("DELETE", kind.exact(holder), 200)
        (pattern,) = site.admin.get(kind.pattern(holder))
        site.write("DELETE", f"{kind.pattern(holder)}/{pattern['id']}", 200)
    site.write("DELETE", f"{GRANTS}/{group}/members/{USER}", 200)
    assert rows(site.admin)[one] == ("NO_PERMISSIONS", "fallback")


@pytest.mark.parametrize("name", NAMES)
def test_the_grants_of_a_group_are_listed_to_those_who_share(site, name):
    """All of them for admins, those on what they manage for others; the AI gateway's for admins alone."""
    kind, group = site.kinds[name], calls.holders()["group"]
    site.write("POST", kind.exact(group), 201, permission="READ")
    (row,) = site.admin.get(kind.held(group))
    assert (row["permission"], row["kind"]) == ("READ", "group")
    if kind.shared:
        assert site.mia.get(kind.held(group)) == [row] and site.joe.get(kind.held(group)) == []
    else:
        assert {status_of(caller, "GET", kind.held(group)) for caller in (site.mia, site.joe)} == {403}
    assert status_of(site.nobody, "GET", kind.held(group)) == 401
    site.write("DELETE", kind.exact(group), 200)
    assert site.admin.get(kind.held(group)) == []


@pytest.mark.parametrize("name", NAMES)
def test_objects_are_listed_to_those_who_manage_them(site, name):
    """In pages, if they are asked for."""
    kind = site.kinds[name]
    path = f"{kind.root}/{kind.words}" + (f"/{kind.one.split('/')[0]}" if name == "scorers" else "")
    everything = site.admin.get(path)
    assert everything and site.joe.get(path) == [] and status_of(site.nobody, "GET", path) == 401
    mias = site.mia.get(path)
    assert len(mias) == 1 and mias[0] in everything
    page = site.admin.call("GET", path, params={"search": "TEAM-A", "limit": 1})
    assert page.json() == mias and page.headers["x-total-count"] == "1"
    assert site.admin.call("GET", path, params={"limit": 0}).status_code == 422


def reads(caller, kind, experiment):
    """Whether MLflow shows an object to a caller."""
    path = {
        "experiments": f"{API}/experiments/get?experiment_id={experiment}",
        "registered-models": f"{API}/registered-models/get?name=team-a-model",
        "prompts": f"{API}/registered-models/get?name=team-a-prompt",
    }[kind.words]
    return caller.call("GET", path).status_code == 200


@pytest.mark.parametrize("word", WORDS)
@pytest.mark.parametrize("name", ["experiments", "registered-models", "prompts"])
def test_a_grant_is_seen_by_the_next_call(site, name, word):
    """Given, changed and taken back, exact and as a pattern: MLflow's next answer is by it."""
    kind, holder = site.kinds[name], calls.holders()[word]
    experiment = site.kinds["experiments"].one
    seen = []

    def write(method, path, **fields):
        assert status_of(site.admin, method, path, fields or None) in (200, 201), path
        seen.append(reads(site.ann, kind, experiment))

    if word == "group":
        site.write("PUT", f"{GRANTS}/{holder}/members/{USER}", 201)
    assert not reads(site.ann, kind, experiment)
    write("POST", kind.exact(holder), permission="READ")
    write("PATCH", kind.exact(holder), permission="NO_PERMISSIONS")
    write("DELETE", kind.exact(holder))
    write("POST", kind.pattern(holder), regex="team", priority=1, permission="READ")
    (pattern,) = site.admin.get(kind.pattern(holder))
    write("PATCH", f"{kind.pattern(holder)}/{pattern['id']}", regex="eam", priority=1, permission="READ")
    write("PATCH", f"{kind.pattern(holder)}/{pattern['id']}", regex=".eam", priority=1, permission="READ")
    write("DELETE", f"{kind.pattern(holder)}/{pattern['id']}")
    assert seen == [True, False, False, True, False, True, False]
    if word == "group":
        site.write("DELETE", f"{GRANTS}/{holder}/members/{USER}", 200)


@pytest.mark.parametrize("word", WORDS)
def test_a_name_of_the_registry_is_a_model_or_a_prompt(site, word):
    """What is given on a name by either path holds for what the name is, and is one grant by both."""
    holder = calls.holders()[word]
    by_model, by_prompt = f"{GRANTS}/{holder}/registered-models/team-a-prompt", f"{GRANTS}/{holder}/prompts/team-a-prompt"
    models, prompts = (f"{GRANTS}/{calls.holders()['group']}/{words}" for words in ("registered-models", "prompts"))
    if word == "group":
        site.write("PUT", f"{GRANTS}/{holder}/members/{USER}", 201)
    site.write("POST", by_model, 201, permission="READ")
    site.write("POST", by_prompt, 409, permission="READ")
    assert reads(site.ann, site.kinds["prompts"], None)
    site.write("PATCH", by_prompt, 200, permission="NO_PERMISSIONS")
    assert not reads(site.ann, site.kinds["prompts"], None)
    if word == "user":
        wrapped = [site.admin.get(path) for path in (by_model, by_prompt)]
        assert [next(iter(one.values()))["permission"] for one in wrapped] == ["NO_PERMISSIONS"] * 2
    else:
        assert site.admin.get(models) == [] and len(site.admin.get(prompts)) == 1
        site.write("DELETE", f"{GRANTS}/{holder}/members/{USER}", 200)
    site.write("DELETE", by_prompt, 200)
    site.write("DELETE", by_model, 404)


def test_what_mlflow_was_told_itself_is_the_same_grant(site):
    """A grant that MLflow's own API gave on one of the two kinds is seen, changed and taken back here."""
    path = f"{GRANTS}/users/{USER}/prompts/team-a-prompt"
    site.admin.grant(USER, "prompt", "team-a-prompt", "READ")
    site.write("POST", path, 409, permission="EDIT")
    assert site.admin.get(path)["prompt_permission"]["permission"] == "READ"
    site.write("PATCH", path, 200, permission="EDIT")
    site.write("DELETE", path, 200)
    assert not reads(site.ann, site.kinds["prompts"], None)


def test_names_may_hold_slashes_and_end_like_a_listing(site):
    """Names are greedy: what follows the name is told from it by standing last."""
    for name in ("a/b", "a/users", "users", "a/groups", "groups/users"):
        one = f"{GRANTS}/users/{USER}/registered-models"
        site.write("POST", f"{one}/{name}", 201, permission="READ")
        escaped = quote(name, safe="")
        assert site.admin.get(f"{one}/{escaped}")["registered_model_permission"]["name"] == name
        (row,) = site.admin.get(f"{GRANTS}/registered-models/{name}/users")
        assert row == {"name": USER, "permission": "READ", "kind": "user"}
        site.write("DELETE", f"{one}/{escaped}", 200)


def test_who_manages_a_name_that_is_not_there_must_manage_both_kinds(site):
    """Or a pattern for models would give away prompts that are still to come."""
    kind = site.kinds["registered-models"]
    site.write("POST", kind.pattern("users/joe"), 201, regex="new-", priority=1, permission="MANAGE")
    path = f"{GRANTS}/users/joe/registered-models/new-thing"
    assert status_of(site.joe, "POST", path, {"permission": "MANAGE"}) == 403
    prompts = site.kinds["prompts"].pattern("users/joe")
    site.write("POST", prompts, 201, regex="new-", priority=1, permission="MANAGE")
    assert status_of(site.joe, "POST", path, {"permission": "MANAGE"}) == 201
    site.write("DELETE", path, 200)
    for patterns in (kind.pattern("users/joe"), prompts):
        (pattern,) = site.admin.get(patterns)
        site.write("DELETE", f"{patterns}/{pattern['id']}", 200)


HOSTILE = (
    "(a{1000}){1000}", "((((a*)*)*)*)*" * 60, "|".join(["a"] * 600) + "{500}", "(" * 500 + ")" * 500,
    r"\w{1000}\d{1000}", "[" * 1000, "(?i)" * 200 + "(", "a{99999}", "(?=a)b", "(?<!x)y", "\ud7ff{1000}{1000}",
)  # fmt: skip


def test_hostile_patterns_are_refused_at_once(site):
    """With an error that names the pattern; the gateway is as quick afterwards."""
    path = site.kinds["experiments"].pattern(f"users/{USER}")
    for regex in HOSTILE:
        began = time.monotonic()
        answer = site.admin.call("POST", path, json={"regex": regex, "priority": 1, "permission": "READ"})
        took = time.monotonic() - began
        if answer.status_code == 201:
            (pattern,) = site.admin.get(path)
            site.write("DELETE", f"{path}/{pattern['id']}", 200)
        else:
            assert answer.status_code == 400 and answer.json()["detail"].startswith("the pattern `"), answer.text
        # A look-up of the caller's password is part of it.
        assert took < 1, (regex[:40], took)
    refused = [regex for regex in HOSTILE if status_of(site.admin, "POST", path, {"regex": regex, "priority": 1, "permission": "READ"}) == 400]
    assert len(refused) >= 7, refused


def test_both_prefixes_serve_the_same(site):
    """As MLflow's own pages call it."""
    kind = site.kinds["experiments"]
    one = kind.exact(f"users/{USER}")
    site.write("POST", one.replace("/api/", "/ajax-api/"), 200, permission="READ")
    assert site.admin.get(one) == site.admin.get(one.replace("/api/", "/ajax-api/"))
    site.write("DELETE", one, 200)
