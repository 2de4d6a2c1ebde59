"""Scorers, datasets, issues and label schemas of an experiment, with a real MLflow behind the gateway."""

import json

import mlflow
import pytest
from mlflow.genai import datasets, label_schemas
from mlflow.genai.scorers import Safety, delete_scorer, get_scorer, list_scorers

from clients import Caller
from conftest import running
from parts import name, place
from servers import mlflow_server
from world import API3

ONLY_MANAGERS = [200, 403, 403, 403]
EDITORS = [200, 200, 403, 403]
READERS = [200, 200, 200, 403]
NOBODY = [403] * 4
REGISTER, DELETE = f"{API3}/scorers/register", f"{API3}/scorers/delete"


@pytest.fixture(scope="module", params=("union", "first-match"))
def around(request, data, inner):
    """The people around an experiment, in each of the two ways to decide."""
    with place(data / f"parts-{request.param}", inner, request.param) as found:
        found.resolution = request.param
        yield found


@pytest.fixture(scope="module")
def blue(data):
    """The same in a workspace of a server that has some, where nothing is granted but by name."""
    settings = {"MLFLOW_ENABLE_WORKSPACES": "true"}
    with running(mlflow_server(data / "parts-inner", environment=settings)) as server:
        for workspace in ("blue", "red"):
            Caller(server.url).post(f"{API3}/workspaces", name=workspace)
        on = {"MLFLOW_ENABLE_WORKSPACES": "true"}
        with place(data / "parts-blue", server, "union", workspace="blue", environment=on) as found:
            yield found


def register(around, who, scorer, experiment=None):
    """What registering a version of a scorer answers."""
    fields = {"experiment_id": experiment or around.experiment, "name": scorer, "serialized_scorer": "{}"}
    return around.call(who, "POST", REGISTER, **fields)


def scorer_of(around, scorer):
    """Fields that name a scorer of the experiment."""
    return {"experiment_id": around.experiment, "name": scorer}


def test_scorers_are_for_whoever_may_change_the_experiment_and_for_those_they_are_granted_to(around):
    """In union mode as MLflow has it, by grants on the scorer; in first-match mode by those on the experiment too."""
    mine = name("a/judge with 50%")
    assert [register(around, who, name("x"))[0] for who in ("olga", "eddy", "rita", "sam")] == EDITORS
    assert register(around, "eddy", mine)[0] == 200
    held = around.holds("eddy", "scorer")
    quoted = f"{around.experiment}/a%2Fjudge%20with%2050%25-{mine.split('%-')[1]}"
    assert held[quoted] == "MANAGE"
    read = READERS if around.resolution == "first-match" else [403, 200, 403, 403]
    for path in ("get", "versions"):
        assert around.statuses("GET", f"{API3}/scorers/{path}", **scorer_of(around, mine)) == read
    with around.holding("sam", "scorer", quoted, "READ"):
        assert around.call("sam", "GET", f"{API3}/scorers/get", **scorer_of(around, mine))[0] == 200
        # The list shows what lies in experiments that are readable.
        assert around.call("sam", "GET", f"{API3}/scorers/list")[1].get("scorers", []) == []
    with around.holding("eddy", "scorer_version", "*", "DENY"):
        assert around.call("eddy", "GET", f"{API3}/scorers/get", **scorer_of(around, mine))[0] == 403
        assert register(around, "eddy", mine)[0] == 403
        assert around.call("eddy", "GET", f"{API3}/scorers/list", experiment_id=around.experiment)[1]["scorers"] == []


def test_lists_of_scorers_hold_what_may_be_read(around):
    """Of one experiment and of all."""
    mine = name("listed")
    register(around, "eddy", mine)
    other = around.new_experiment("olga")
    register(around, "olga", mine, other)

    def listed(who, **fields):
        status, answer = around.call(who, "GET", f"{API3}/scorers/list", **fields)
        return status, {(row["experiment_id"], row["scorer_name"]) for row in answer.get("scorers", [])}

    here, there = (int(around.experiment), mine), (int(other), mine)
    assert here in listed("eddy")[1] and there not in listed("eddy")[1]
    assert there in listed("olga")[1]
    assert listed("sam") == (200, set())
    assert (here in listed("rita")[1]) == (around.resolution == "first-match")
    assert listed("eddy", experiment_id=other)[0] == 403
    assert {here, there} <= listed("admin")[1]


def test_w8_a_version_of_somebody_elses_scorer_gives_nothing_on_it(around):
    """Whoever registers the first version manages the scorer; nobody else, and what was left over by others goes."""
    mine = name("w8")
    around.grant("sam", "scorer", f"{around.experiment}/{mine}", "READ")
    assert register(around, "olga", mine)[1]["version"] == 1
    assert around.holds("sam", "scorer") == {}
    status, answer = register(around, "eddy", mine)
    assert (status, answer["version"]) == (200, 2)
    assert f"{around.experiment}/{mine}" not in around.holds("eddy", "scorer")
    assert around.holds("olga", "scorer")[f"{around.experiment}/{mine}"] == "MANAGE"
    assert around.call("eddy", "DELETE", DELETE, **scorer_of(around, mine))[0] == 403


def test_w9_grants_end_with_the_scorer_and_not_with_one_version(around):
    """A version needs the right to delete versions, the scorer the right to delete it."""
    mine = name("w9")
    grant = f"{around.experiment}/{mine}"
    for _ in range(3):
        register(around, "eddy", mine)
    around.grant("rita", "scorer", grant, "READ")
    assert around.call("rita", "DELETE", DELETE, version=1, **scorer_of(around, mine))[0] == 403
    with around.holding("rita", "scorer_version", "*", "MANAGE"):
        assert around.call("rita", "DELETE", DELETE, **scorer_of(around, mine))[0] == 403
        assert around.call("rita", "DELETE", DELETE, version=1, **scorer_of(around, mine))[0] == 200
    assert around.holds("eddy", "scorer")[grant] == "MANAGE" and around.holds("rita", "scorer")[grant] == "READ"
    assert around.call("eddy", "DELETE", DELETE, version=2, **scorer_of(around, mine))[0] == 200
    assert around.holds("eddy", "scorer")[grant] == "MANAGE"
    assert around.call("eddy", "DELETE", DELETE, **scorer_of(around, mine))[0] == 200
    assert grant not in around.holds("eddy", "scorer") | around.holds("rita", "scorer")


def test_scores_of_what_comes_in_are_read_and_set_with_the_experiment(around):
    """Ids of scorers of other experiments among them are judged too."""
    mine, other = name("online"), around.new_experiment("olga")
    ids = []
    for experiment, who in ((around.experiment, "eddy"), (other, "olga")):
        ids.append(register(around, who, mine, experiment)[1]["scorer_id"])
        config = {"experiment_id": experiment, "name": mine, "sample_rate": 0.0}
        assert around.call(who, "PUT", f"{API3}/scorers/online-config", **config)[0] == 200
    config = {"experiment_id": around.experiment, "name": mine, "sample_rate": 0.0}
    assert around.statuses("PUT", f"{API3}/scorers/online-config", **config) == EDITORS
    assert around.statuses("GET", f"{API3}/scorers/online-configs", scorer_ids=ids[:1]) == READERS
    assert around.statuses("GET", f"{API3}/scorers/online-configs", scorer_ids=ids) == [200, 403, 403, 403]


def dataset(around, who, *experiments):
    """The id of a new dataset that is attached to these experiments."""
    made = around.make(who, f"{API3}/datasets/create", name=name("dataset"), experiment_ids=list(experiments))
    return made["dataset"]["dataset_id"]


def test_datasets_are_judged_as_all_their_experiments(around):
    """One that is attached to none is for admins."""
    made = dataset(around, "eddy", around.experiment)
    at = f"{API3}/datasets/{made}"
    for path in ("", "/experiment-ids", "/records"):
        assert around.statuses("GET", at + path) == READERS
    record = json.dumps([{"inputs": {"q": "a"}}])
    assert around.statuses("PATCH", f"{at}/tags", tags='{"a": "b"}') == EDITORS
    assert around.statuses("POST", f"{at}/records", records=record) == EDITORS
    assert around.statuses("DELETE", f"{at}/records", dataset_record_ids=[]) == EDITORS
    assert around.statuses("DELETE", f"{at}/tags/a", people=("sam", "rita", "eddy")) == [403, 403, 200]
    assert around.statuses("GET", f"{API3}/datasets/search", experiment_ids=[around.experiment]) == READERS
    assert around.statuses("POST", f"{API3}/datasets/search", experiment_ids=[around.experiment]) == READERS
    assert around.statuses("POST", f"{API3}/datasets/search") == NOBODY
    assert around.statuses("POST", f"{API3}/datasets/create", name=name("free")) == NOBODY
    assert around.statuses("GET", f"{API3}/datasets/d-{'0' * 32}") == NOBODY

    other = around.new_experiment("olga")
    both = dataset(around, "olga", around.experiment, other)
    assert around.statuses("GET", f"{API3}/datasets/{both}") == [200, 403, 403, 403]
    assert around.statuses("DELETE", at, people=("sam", "rita", "eddy", "olga")) == [403, 403, 403, 200]


def test_a_dataset_is_attached_by_whoever_may_change_both_sides(around):
    """Or others would read it through an experiment of theirs."""
    mine, theirs = around.new_experiment("eddy"), around.new_experiment("olga")
    made = dataset(around, "olga", theirs)
    attach = f"{API3}/datasets/{made}/add-experiments"
    assert around.call("eddy", "POST", attach, experiment_ids=[mine])[0] == 403
    assert around.call("olga", "POST", attach, experiment_ids=[mine])[0] == 403
    assert around.call("olga", "POST", attach, experiment_ids=[])[0] == 403
    assert around.call("olga", "POST", attach, experiment_ids=[around.experiment])[0] == 200
    detach = f"{API3}/datasets/{made}/remove-experiments"
    assert around.call("eddy", "POST", detach, experiment_ids=[theirs])[0] == 403
    assert around.call("olga", "POST", detach, experiment_ids=[theirs])[0] == 200
    # What it is attached to now counts at once.
    assert around.call("eddy", "GET", f"{API3}/datasets/{made}")[0] == 200


@pytest.mark.parametrize("kind", ["datasets", "issues"])
def test_w1_the_id_in_the_path_is_the_one_that_is_judged(around, kind):
    """Another one in the query or the body is refused."""
    other = around.new_experiment("olga")
    if kind == "datasets":
        field, (theirs, mine) = "dataset_id", (dataset(around, who, e) for who, e in (("olga", other), ("eddy", around.experiment)))
    else:
        field, (theirs, mine) = "issue_id", (issue(around, who, e) for who, e in (("olga", other), ("eddy", around.experiment)))
    assert around.call("eddy", "GET", f"{API3}/{kind}/{theirs}", **{field: mine})[0] == 400
    for method in ("DELETE", "PATCH"):
        answer = around["eddy"].call(method, f"{API3}/{kind}/{theirs}?{field}={mine}")
        assert answer.status_code in (400, 403), answer.text
        assert around.call("eddy", method, f"{API3}/{kind}/{theirs}", **{field: mine})[0] in (400, 403)
    assert around.call("olga", "GET", f"{API3}/{kind}/{theirs}")[0] == 200


def issue(around, who, experiment, **fields):
    """The id of a new issue."""
    made = around.make(who, f"{API3}/issues", experiment_id=experiment, name="i", description="d", **fields)
    return made["issue"]["issue_id"]


def test_issues_are_judged_as_their_experiment(around):
    """And lose the name of their run for whoever is denied runs."""
    run = around.new_run(around.experiment)
    made = issue(around, "eddy", around.experiment, source_run_id=run)
    fields = {"experiment_id": around.experiment, "name": "i", "description": "d"}
    assert around.statuses("POST", f"{API3}/issues", **fields) == EDITORS
    assert around.statuses("GET", f"{API3}/issues/{made}") == READERS
    assert around.statuses("PATCH", f"{API3}/issues/{made}", issue_id=made, status="resolved") == EDITORS
    assert around.statuses("POST", f"{API3}/issues/search", experiment_id=around.experiment) == READERS
    assert around.statuses("GET", f"{API3}/issues/iss-none") == NOBODY

    search = {"experiment_id": around.experiment, "filter_string": f"source_run_id = '{run}'"}
    assert around.call("rita", "POST", f"{API3}/issues/search", **search)[0] == 200
    assert around.call("rita", "GET", f"{API3}/issues/{made}")[1]["issue"]["source_run_id"] == run
    with around.holding("rita", "run", "*", "DENY"):
        assert around.call("rita", "POST", f"{API3}/issues/search", **search)[0] == 403
        assert "source_run_id" not in around.call("rita", "GET", f"{API3}/issues/{made}")[1]["issue"]
        found = around.call("rita", "POST", f"{API3}/issues/search", experiment_id=around.experiment)[1]["issues"]
        assert found and not any("source_run_id" in row for row in found)


def test_w22_an_issue_names_only_runs_that_may_be_read(around):
    """One of another experiment would be told of."""
    theirs = around.new_run(around.new_experiment("olga"))
    fields = {"experiment_id": around.experiment, "name": "i", "description": "d", "source_run_id": theirs}
    assert around.statuses("POST", f"{API3}/issues", **fields) == ONLY_MANAGERS
    assert around.call("eddy", "POST", f"{API3}/issues", **(fields | {"source_run_id": "0" * 32}))[0] == 403


def test_label_schemas_are_for_managers_to_write(around):
    """And for readers to read."""
    at = f"{API3}/label-schemas"
    shape = {"type": "FEEDBACK", "input": {"text": {}}}
    made = [
        around.call(who, "POST", f"{at}/create", experiment_id=around.experiment, name=name("schema"), **shape)
        for who in ("olga", "eddy", "rita", "sam")
    ]
    assert [status for status, _ in made] == ONLY_MANAGERS, made
    schema = made[0][1]["label_schema"]
    assert around.statuses("GET", f"{at}/get", schema_id=schema["schema_id"]) == READERS
    assert around.statuses("GET", f"{at}/list", experiment_id=around.experiment) == READERS
    named = {"experiment_id": around.experiment, "name": schema["name"]}
    assert around.statuses("GET", f"{at}/get-by-name", **named) == READERS
    assert around.statuses("PATCH", f"{at}/update", schema_id=schema["schema_id"], instruction="x") == ONLY_MANAGERS
    assert around.statuses("GET", f"{at}/get", schema_id="ls-none") == NOBODY
    last = around.statuses("DELETE", f"{at}/delete", people=("sam", "rita", "eddy", "olga"), schema_id=schema["schema_id"])
    assert last == [403, 403, 403, 200]


def test_parts_of_a_workspace_are_for_its_people(blue):
    """What is held there says nothing in another workspace."""
    mine = name("blue")
    assert register(blue, "eddy", mine)[0] == 200
    made = dataset(blue, "eddy", blue.experiment)
    issued = issue(blue, "eddy", blue.experiment)
    reads = {
        f"{API3}/scorers/get": scorer_of(blue, mine), f"{API3}/datasets/{made}": {}, f"{API3}/issues/{issued}": {},
    }  # fmt: skip
    for path, fields in reads.items():
        assert blue.call("sam", "GET", path, **fields)[0] == 403
        # A scorer is its creator's, and its experiment opens it in first-match mode alone.
        read = [403, 200, 403] if path.endswith("scorers/get") else [200, 200, 200]
        assert blue.statuses("GET", path, ("olga", "eddy", "rita"), **fields) == read
    blue.workspace = "red"
    try:
        for path, fields in reads.items():
            assert blue.call("eddy", "GET", path, **fields)[0] == 403, path
    finally:
        blue.workspace = "blue"


def test_mlflows_client_as_an_ordinary_user(around):
    """Scorers, datasets, issues and label schemas, through MLflow's own Python client."""
    with around["eddy"].client():
        mine = name("safety")
        experiment = around.new_experiment("eddy")
        Safety(name=mine).register(experiment_id=experiment)
        assert get_scorer(name=mine, experiment_id=experiment).name == mine
        assert [scorer.name for scorer in list_scorers(experiment_id=experiment)] == [mine]
        delete_scorer(name=mine, experiment_id=experiment, version="all")

        made = datasets.create_dataset(name=name("set"), experiment_id=[experiment])
        made.merge_records([{"inputs": {"q": "a"}, "expectations": {"a": "b"}}])
        assert datasets.get_dataset(dataset_id=made.dataset_id).to_df().shape[0] == 1
        assert [row.dataset_id for row in datasets.search_datasets(experiment_ids=[experiment])] == [made.dataset_id]
        datasets.delete_dataset(dataset_id=made.dataset_id)
        schema = label_schemas.create_label_schema(
            name("schema"), type="feedback", input=label_schemas.InputText(), experiment_id=experiment
        )
        assert label_schemas.get_label_schema(schema_id=schema.schema_id).name == schema.name
        label_schemas.delete_label_schema(schema_id=schema.schema_id)

        theirs = dataset(around, "olga", around.new_experiment("olga"))
        with pytest.raises(mlflow.exceptions.MlflowException, match="(?i)permission|denied"):
            datasets.get_dataset(dataset_id=theirs)
