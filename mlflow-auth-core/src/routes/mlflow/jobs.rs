//! Jobs, and what starts them: prompt optimization, evaluation, the demo.

use crate::routes::{
    Access::NotYet,
    Mount::{Ajax, Both},
    Route,
    Takes::{Json, Message},
};

pub(super) static ROUTES: &[Route] = &[
    Route::post("/3.0/mlflow/prompt-optimization/jobs")
        .under(Both)
        .takes(Message("CreatePromptOptimizationJob"))
        .open_to(NotYet(
            "ALL[ experiment(E):update ; NOT_DENIED run(*) ; NOT_DENIED scorer_version(*) ; for each candidate \
             source prompt name: NOT_DENIED prompt(name) and NOT_DENIED prompt_version(*) ; for each non-builtin \
             scorer: NOT_DENIED scorer(E/name) ; reflection_model gateway:/<name>: NOT_DENIED \
             gateway_endpoint(id) ]",
        )),
    Route::any(&["GET", "POST"], "/3.0/mlflow/prompt-optimization/jobs/search")
        .under(Both)
        .takes(Message("SearchPromptOptimizationJobs"))
        .open_to(NotYet("PERM experiment(E).read")),
    Route::get("/3.0/mlflow/prompt-optimization/jobs/{job_id}")
        .under(Both)
        .takes(Message("GetPromptOptimizationJob"))
        .open_to(NotYet("PERM experiment(E).read")),
    Route::post("/3.0/mlflow/prompt-optimization/jobs/{job_id}/cancel")
        .under(Both)
        .takes(Message("CancelPromptOptimizationJob"))
        .open_to(NotYet("ALL[ experiment(E):update ; NOT_DENIED run(*) ]")),
    Route::delete("/3.0/mlflow/prompt-optimization/jobs/{job_id}")
        .under(Both)
        .takes(Message("DeletePromptOptimizationJob"))
        .open_to(NotYet("ALL[ experiment(E):delete ; NOT_DENIED run(*) ]")),
    Route::post("/3.0/mlflow/demo/generate")
        .under(Ajax)
        .takes(Json(&["features"]))
        .open_to(NotYet("any authenticated user")),
    Route::post("/3.0/mlflow/demo/delete").under(Ajax).takes(Json(&[])),
    Route::post("/3.0/mlflow/genai/evaluate/invoke")
        .under(Ajax)
        .takes(Json(&["experiment_id", "trace_ids", "serialized_scorers", "scorer_versions"]))
        .open_to(NotYet("ALL[ experiment(E):update ; NOT_DENIED run(*) ]")),
    Route::patch("/3.0/mlflow/jobs/cancel/{job_id}")
        .under(Ajax)
        .takes(Json(&[]))
        .open_to(NotYet("job.creator == caller")),
    Route::get("/3.0/mlflow/jobs/{job_id}").under(Ajax).open_to(NotYet("job.creator == caller")),
    Route::get("/3.0/jobs/{job_id}").under(Ajax).open_to(NotYet("job.creator == caller")),
    Route::post("/3.0/jobs/")
        .under(Ajax)
        .takes(Json(&["job_name", "params", "timeout"]))
        .open_to(NotYet("any authenticated user")),
    Route::patch("/3.0/jobs/cancel/{job_id}").under(Ajax).takes(Json(&[])).open_to(NotYet("job.creator == caller")),
    Route::post("/3.0/jobs/search")
        .under(Ajax)
        .takes(Json(&["job_name", "params", "statuses"]))
        .open_to(NotYet("any authenticated user")),
];
