"""Jobs: whose they are, and that nobody submits what they could not do themselves. A real MLflow runs them."""

import json

import pytest
from mlflow.genai.scorers import Safety

from conftest import running
from parts import name, place
from servers import mlflow_server
from world import API, API3

AJAX3 = "/ajax-api/3.0/mlflow"
JOBS = "/ajax-api/3.0/jobs/"
PEOPLE = ("olga", "eddy", "rita", "sam")
EDITORS = [200, 200, 403, 403]
# MLflow 3.17.2 trips over a scorer that it has stored itself: what got that far was let through.
REACHED = {200, 500}
PROMPT = [{"key": "mlflow.prompt.is_prompt", "value": "true"}]


@pytest.fixture(scope="module")
def working(data):
    """An MLflow that runs jobs."""
    settings = {"MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "true", "MLFLOW_SERVER_JOB_EXECUTION_ENGINE": "executor"}
    with running(mlflow_server(data / "jobs-inner", environment=settings)) as server:
        yield server


@pytest.fixture(scope="module")
def around(data, working):
    """The people around an experiment, where everybody may read what nobody granted them: no job is opened by that."""
    with place(data / "jobs", working, "union", default="READ") as found:
        # What nobody granted is not asked for here, but for jobs.
        found.grant("sam", "experiment", found.experiment, "DENY")
        found.trace, found.run = found.new_trace(found.experiment), found.new_run(found.experiment)
        found.theirs = found.new_experiment("olga")
        found.grant("eddy", "experiment", found.theirs, "DENY")
        found.their_trace, found.their_run = found.new_trace(found.theirs), found.new_run(found.theirs)
        yield found


def scorer(model=None):
    """A scorer as a text."""
    return json.dumps(Safety(model=model).model_dump() if model else Safety().model_dump())


def invocation(around, **other):
    """Fields of an invocation of a scorer."""
    named = {"experiment_id": around.experiment, "trace_ids": [around.trace], "serialized_scorer": scorer()}
    return named | {"log_assessments": True} | other


def job(called, **params):
    """Fields of a job."""
    return {"job_name": called, "params": params}


def submitted(around, who="eddy"):
    """The id of a job of somebody."""
    answer = around.make(who, f"{AJAX3}/scorer/invoke", **invocation(around))
    return answer["jobs"][0]["job_id"]


def test_a_job_is_its_submitters_alone(around):
    """Not even those who manage the experiment see it, whichever way they ask; admins do."""
    mine = submitted(around)
    for path in (f"{AJAX3}/jobs/{mine}", f"{JOBS}{mine}"):
        assert around.statuses("GET", path) == [403, 200, 403, 403]
        assert around.call("admin", "GET", path)[0] == 200
    for path in (f"{AJAX3}/jobs/cancel/{mine}", f"{JOBS}cancel/{mine}"):
        assert around.statuses("PATCH", path, ("olga", "rita", "sam")) == [403] * 3
    assert around.statuses("GET", f"{AJAX3}/jobs/none") == [403] * 4
    # A job that is none of optimization has no experiment that opens it.
    at = f"{API3}/prompt-optimization/jobs/{mine}"
    assert around.statuses("GET", at) == [403] * 4
    assert around.statuses("POST", f"{at}/cancel") == [403] * 4
    assert around.statuses("DELETE", at) == [403] * 4

    def found(who):
        status, answer = around.call(who, "POST", f"{JOBS}search")
        assert status == 200
        return {row["job_id"] for row in answer["jobs"]}

    assert mine in found("eddy") and mine in found("admin")
    assert all(mine not in found(who) for who in ("olga", "rita", "sam"))
    assert around.call("eddy", "PATCH", f"{JOBS}cancel/{mine}")[0] == 200
    # Pages and clients of MLflow know no such grants.
    assert around.holds("eddy", "job") == {}
    granted = around.admin.call("POST", f"{API3}/users/permissions/grant", json={
        "username": "rita", "resource_type": "job", "resource_id": mine, "permission": "READ"})  # fmt: skip
    assert granted.status_code == 400


def test_w1_the_job_in_the_path_is_the_one_that_is_judged(around):
    """Another one in the query is refused."""
    mine, theirs = submitted(around, "eddy"), submitted(around, "olga")
    assert around.call("eddy", "GET", f"{AJAX3}/jobs/{theirs}", job_id=mine)[0] == 400
    assert around.call("eddy", "GET", f"{JOBS}{theirs}", job_id=mine)[0] == 400


def test_w22_a_scorer_is_run_on_traces_that_may_be_read_alone(around):
    """And says what it thinks of them where the caller may say so."""
    path = f"{AJAX3}/scorer/invoke"
    assert around.statuses("POST", path, **invocation(around)) == EDITORS
    for traces in ([around.their_trace], [around.trace, around.their_trace], ["tr-none"], []):
        status = around.call("eddy", "POST", path, **invocation(around, trace_ids=traces))[0]
        assert status == (403 if traces else 400), traces
    with around.holding("eddy", "assessment", "*", "DENY"):
        assert around.call("eddy", "POST", path, **invocation(around))[0] == 403
        assert around.call("eddy", "POST", path, **invocation(around, log_assessments=False))[0] == 200
    with around.holding("eddy", "trace", "*", "DENY"):
        assert around.call("eddy", "POST", path, **invocation(around))[0] == 403
    with around.holding("eddy", "scorer_version", "*", "DENY"):
        assert around.call("eddy", "POST", path, **invocation(around))[0] == 403


def test_a_denied_scorer_is_not_run_by_its_name(around):
    """Whatever other experiment stands beside it in the request."""
    mine = name("stored")
    fields = {"experiment_id": around.experiment, "name": mine, "serialized_scorer": scorer()}
    around.make("olga", f"{API3}/scorers/register", **fields)
    stored = invocation(around, scorer_name=mine, scorer_version=1)
    assert around.call("eddy", "POST", f"{AJAX3}/scorer/invoke", **stored)[0] in REACHED
    evaluation = {"experiment_id": around.experiment, "trace_ids": [around.trace]}
    evaluation |= {"serialized_scorers": [json.dumps({"name": mine})], "scorer_versions": [1]}
    assert around.call("eddy", "POST", f"{AJAX3}/genai/evaluate/invoke", **evaluation)[0] in REACHED
    around.grant("eddy", "scorer", f"{around.experiment}/{mine}", "DENY")
    for more in ({}, {"params": {"experiment_id": around.theirs}}):
        assert around.call("eddy", "POST", f"{AJAX3}/scorer/invoke", **stored, **more)[0] == 403
        assert around.call("eddy", "POST", f"{AJAX3}/genai/evaluate/invoke", **evaluation, **more)[0] == 403


def test_a_scorer_calls_only_endpoints_that_its_caller_may_use(around):
    """The server calls them as itself, and does not know for whom."""
    gateway, mine = "/api/3.0/mlflow/gateway", name("endpoint")
    secret = around.inner.post(f"{gateway}/secrets/create", secret_name=mine, secret_value={"api_key": "x"}, provider="openai")
    secret = secret["secret"]["secret_id"]
    model = around.inner.post(f"{gateway}/model-definitions/create", name=mine, secret_id=secret, provider="openai", model_name="m")
    config = {"model_definition_id": model["model_definition"]["model_definition_id"], "linkage_type": "PRIMARY", "weight": 1.0}
    endpoint = around.inner.post(f"{gateway}/endpoints/create", name=mine, model_configs=[config])["endpoint"]["endpoint_id"]

    judge, stored = scorer(f"gateway:/{mine}"), name("judge")
    registered = {"experiment_id": around.experiment, "name": stored, "serialized_scorer": judge}
    detection = {"experiment_id": around.experiment, "trace_ids": [around.trace], "categories": ["a"], "provider": "openai"}
    optimizer = {"optimizer_type": "OPTIMIZER_TYPE_METAPROMPT"}
    optimizer["optimizer_config_json"] = json.dumps({"reflection_model": f"gateway:/{mine}"})
    around.make("eddy", f"{API}/registered-models/create", name=name("greet"), tags=PROMPT)
    greet = around.call("eddy", "GET", f"{API}/registered-models/search", filter="tags.`mlflow.prompt.is_prompt` = 'true'")
    greet = greet[1]["registered_models"][0]["name"]
    optimization = {"experiment_id": around.experiment, "source_prompt_uri": f"prompts:/{greet}/1", "config": optimizer}
    calls = [
        (f"{API3}/scorers/register", registered),
        (f"{AJAX3}/scorer/invoke", invocation(around, serialized_scorer=judge)),
        (f"{AJAX3}/scorer/invoke", invocation(around, scorer_name=stored, scorer_version=1)),
        (f"{AJAX3}/genai/evaluate/invoke",
         {"experiment_id": around.experiment, "trace_ids": [around.trace], "serialized_scorers": [judge]}),
        (f"{AJAX3}/issues/invoke", detection | {"endpoint_name": mine}),
        (f"{API3}/prompt-optimization/jobs", optimization),
        (JOBS, job("invoke_scorer", **invocation(around, serialized_scorer=judge))),
    ]  # fmt: skip
    around.make("admin", f"{API3}/scorers/register", **registered)
    assert [around.call("eddy", "POST", path, **fields)[0] for path, fields in calls] == [403] * len(calls)
    put = {"experiment_id": around.experiment, "name": stored, "sample_rate": 0.0}
    assert around.call("eddy", "PUT", f"{API3}/scorers/online-config", **put)[0] == 403
    with around.holding("eddy", "gateway_endpoint", endpoint, "USE"):
        answers = [around.call("eddy", "POST", path, **fields) for path, fields in calls]
        assert {status for status, _ in answers} <= REACHED, answers
        assert [status for status, _ in answers].count(500) <= 1, answers
        assert around.call("eddy", "PUT", f"{API3}/scorers/online-config", **put)[0] == 200
    # A secret needs the same.
    fields = detection | {"model": "m", "secret_id": secret}
    assert around.call("eddy", "POST", f"{AJAX3}/issues/invoke", **fields)[0] == 403
    with around.holding("eddy", "gateway_secret", secret, "USE"):
        assert around.call("eddy", "POST", f"{AJAX3}/issues/invoke", **fields)[0] != 403


def test_evaluations_and_searches_for_issues_need_the_experiment_and_its_traces(around):
    """And runs that are not denied."""
    evaluation = {"experiment_id": around.experiment, "trace_ids": [around.trace], "serialized_scorers": [scorer()]}
    path = f"{AJAX3}/genai/evaluate/invoke"
    answers = [around.call(who, "POST", path, **evaluation) for who in PEOPLE]
    assert [status for status, _ in answers] == EDITORS, answers
    mine = answers[1][1]["job_id"]
    assert around.statuses("GET", f"{AJAX3}/jobs/{mine}") == [403, 200, 403, 403]
    assert around.call("eddy", "POST", path, **(evaluation | {"trace_ids": [around.their_trace]}))[0] == 403
    with around.holding("eddy", "run", "*", "DENY"):
        assert around.call("eddy", "POST", path, **evaluation)[0] == 403
    detection = {"experiment_id": around.experiment, "categories": ["a"], "provider": "openai", "model": "m"}
    path = f"{AJAX3}/issues/invoke"
    for traces, expected in (([around.trace], {200, 400, 500}), ([around.their_trace], {403})):
        # MLflow may lack the key of the provider.
        assert around.call("eddy", "POST", path, **detection, trace_ids=traces)[0] in expected
    assert around.call("rita", "POST", path, **detection, trace_ids=[around.trace])[0] == 403


def test_w10_a_job_is_judged_as_the_call_that_submits_it(around):
    """With each of its parameters; jobs of the server's own are for admins."""
    allowed = invocation(around)
    answers = [around.call(who, "POST", JOBS, **job("invoke_scorer", **allowed)) for who in PEOPLE]
    assert [status for status, _ in answers] == EDITORS, answers
    assert around.statuses("GET", JOBS + answers[1][1]["job_id"]) == [403, 200, 403, 403]

    evaluation = {"experiment_id": around.experiment, "trace_ids": [around.trace], "serialized_scorers": [scorer()]}
    evaluation["run_id"] = around.run
    detection = {"experiment_id": around.experiment, "trace_ids": [around.trace], "categories": [], "run_id": around.run}
    theirs = {"trace_ids": [around.their_trace]}
    for called, fields in (
        ("run_online_trace_scorer", {"experiment_id": around.experiment, "online_scorers": []}),
        ("run_online_session_scorer", {"experiment_id": around.experiment, "online_scorers": []}),
        ("none", {}),
        ("invoke_scorer", {}),
        ("invoke_scorer", allowed | {"experiment_id": around.theirs}),
        ("invoke_scorer", allowed | theirs),
        ("invoke_scorer", allowed | {"username": "olga"}),
        ("invoke_genai_evaluate", evaluation | theirs),
        ("invoke_genai_evaluate", evaluation | {"run_id": around.their_run}),
        ("invoke_genai_evaluate", evaluation | {"username": "olga"}),
        ("invoke_issue_detection", detection | theirs),
        ("invoke_issue_detection", detection | {"run_id": around.their_run}),
        ("optimize_prompts", {"experiment_id": around.experiment, "run_id": around.their_run, "prompt_uri": "x"}),
    ):
        status, answer = around.call("eddy", "POST", JOBS, **job(called, **fields))
        assert status in (400, 403) and "job_id" not in answer, (called, fields, answer)
    assert around.call("eddy", "POST", JOBS, job_name=["invoke_scorer"], params=allowed)[0] == 422
    for called, fields in (
        ("invoke_scorer", allowed | {"username": "eddy"}),
        ("invoke_genai_evaluate", evaluation),
        ("invoke_issue_detection", detection),
    ):
        assert around.call("eddy", "POST", JOBS, **job(called, **fields))[0] == 200, called


def test_w10_scorers_that_mlflow_checks_are_not_hidden_in_jobs(around):
    """Those with code or with settings of other libraries: MLflow looks at them where it is asked to run scorers."""
    third = {"module": "mlflow.genai.scorers.trulens", "class": "Groundedness", "metric_name": "Groundedness"}
    third["kwargs"] = {"model": "openai:/m", "api_base": "http://127.0.0.1:9"}
    parts = [{"third_party_scorer_data": third}, {"call_source": "return 1", "call_signature": "()", "original_func_name": "f"}]
    for part in parts + [{"ensemble_scorer_data": {"scorers": [{"name": "x"} | part for part in parts]}}]:
        made = json.dumps({"name": "x"} | part)
        direct = around.call("eddy", "POST", f"{AJAX3}/scorer/invoke", **invocation(around, serialized_scorer=made))
        assert direct[0] == 400, direct
        run = invocation(around, serialized_scorer=made)
        evaluation = {"experiment_id": around.experiment, "trace_ids": [around.trace], "serialized_scorers": [made], "run_id": around.run}
        for called, fields in (("invoke_scorer", run), ("invoke_genai_evaluate", evaluation)):
            assert around.call("eddy", "POST", JOBS, **job(called, **fields))[0] == 403, (called, part)


def test_w5_optimizations_of_prompts_are_judged_as_their_experiment(around):
    """They write a new version of the prompt, so that it must be the caller's to change."""
    mine, theirs = name("mine"), name("theirs")
    around.make("eddy", f"{API}/registered-models/create", name=mine, tags=PROMPT)
    around.make("olga", f"{API}/registered-models/create", name=theirs, tags=PROMPT)
    path = f"{API3}/prompt-optimization/jobs"

    def optimization(address, **config):
        config = {"optimizer_type": "OPTIMIZER_TYPE_METAPROMPT"} | config
        return {"experiment_id": around.experiment, "source_prompt_uri": address, "config": config}

    status, answer = around.call("eddy", "POST", path, **optimization(f"prompts:/{mine}/1", scorers=["Safety"]))
    assert status == 200, answer
    made = answer["job"]["job_id"]
    for address in (f"prompts:/{theirs}/1", f"prompts:/{theirs}@a", theirs, f"{theirs}@a", f"prompts:/{mine}", name("none")):
        assert around.call("eddy", "POST", path, **optimization(address))[0] == 403, address
    dataset = around.make("olga", f"{API3}/datasets/create", name=name("d"), experiment_ids=[around.theirs])
    foreign = optimization(f"prompts:/{mine}/1", dataset_id=dataset["dataset"]["dataset_id"])
    assert around.call("eddy", "POST", path, **foreign)[0] == 403
    assert around.call("rita", "POST", path, **optimization(f"prompts:/{mine}/1"))[0] == 403

    assert around.statuses("GET", f"{path}/{made}") == [200, 200, 200, 403]
    for method in ("GET", "POST"):
        assert around.statuses(method, f"{path}/search", experiment_id=around.experiment) == [200, 200, 200, 403]
    assert around.statuses("POST", f"{path}/{made}/cancel", ("sam", "rita")) == [403, 403]
    with around.holding("eddy", "run", "*", "DENY"):
        assert around.call("eddy", "POST", f"{path}/{made}/cancel")[0] == 403
    # Its submitter sees it as a job too; others by the experiment alone.
    assert around.statuses("GET", JOBS + made) == [403, 200, 403, 403]
    assert around.call("eddy", "POST", f"{path}/{made}/cancel")[0] == 200
    assert around.statuses("DELETE", f"{path}/{made}", ("sam", "rita", "eddy", "olga")) == [403, 403, 403, 200]
    assert around.call("eddy", "GET", JOBS + made)[0] == 403


def test_demo_data_is_for_all_to_make_and_for_admins_to_delete(around):
    """Making it takes the right to make experiments and prompts."""
    with around.holding("rita", "prompt", "*", "DENY"):
        assert around.call("rita", "POST", f"{AJAX3}/demo/generate", features=[])[0] == 403
    assert around.call("rita", "POST", f"{AJAX3}/demo/generate", features=[])[0] == 200
    assert around.statuses("POST", f"{AJAX3}/demo/delete") == [403] * 4
