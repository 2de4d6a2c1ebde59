"""Jobs, and what starts them. They are not carried out by the servers of the tests."""

from ..cases import ajax, asked, both, delete, get, patch, post

OPTIMIZE = "3.0/mlflow/prompt-optimization/jobs"
JOB = "11111111-1111-1111-1111-111111111111"
CONFIG = {"optimizer_type": "OPTIMIZER_TYPE_METAPROMPT", "scorers": ["Safety"], "optimizer_config_json": "{}"}
NEW = {"experiment_id": "{experiment}", "source_prompt_uri": "prompts:/{prompt}/1", "config": CONFIG}

CASES = [
    *both(
        post(OPTIMIZE, NEW, tiers="run prompt_version scorer_version"),
        post(OPTIMIZE, NEW | {"source_prompt_uri": "prompts:/{others.prompt}/1"}, whose=["mine"], note="another's prompt"),
        post(OPTIMIZE, NEW | {"config": CONFIG | {"scorers": ["{scorer}"]}}, tiers="scorer_version", note="a scorer"),
        asked(f"{OPTIMIZE}/search", experiment_id="{experiment}"),
        post(f"{OPTIMIZE}/search", {"experiment_id": "{experiment}"}, changes=False),
        get(f"{OPTIMIZE}/{JOB}"),
        post(f"{OPTIMIZE}/{JOB}/cancel"),
        delete(f"{OPTIMIZE}/{JOB}"),
    ),
    *ajax(
        post("3.0/mlflow/demo/delete", {}),
        post("3.0/mlflow/genai/evaluate/invoke", {"experiment_id": "{experiment}", "trace_ids": ["{trace}"], "serialized_scorers": []}, tiers="run"),
        patch(f"3.0/mlflow/jobs/cancel/{JOB}"),
        get(f"3.0/mlflow/jobs/{JOB}"),
        get(f"3.0/jobs/{JOB}"),
        post("3.0/jobs/", {"job_name": "run_online_trace_scorer", "params": {}}),
        patch(f"3.0/jobs/cancel/{JOB}"),
        post("3.0/jobs/search", {}, changes=False),
        # It makes experiments of its own, which nobody was granted anything on.
        post("3.0/mlflow/demo/generate", {"features": ["nothing"]}),
    ),
]
