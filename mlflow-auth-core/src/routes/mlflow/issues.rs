//! Issues that were found in traces.

use crate::routes::{
    Access::NotYet,
    Mount::{Ajax, Both},
    Route,
    Takes::{Json, Message},
};

pub(super) static ROUTES: &[Route] = &[
    Route::post("/3.0/mlflow/issues")
        .under(Both)
        .takes(Message("CreateIssue"))
        .open_to(NotYet("PERM experiment(E).update")),
    Route::patch("/3.0/mlflow/issues/{issue_id}")
        .under(Both)
        .takes(Message("UpdateIssue"))
        .open_to(NotYet("PERM experiment(E).update")),
    Route::get("/3.0/mlflow/issues/{issue_id}")
        .under(Both)
        .takes(Message("GetIssue"))
        .open_to(NotYet("PERM experiment(E).read")),
    Route::post("/3.0/mlflow/issues/search").under(Both).takes(Message("SearchIssues")).open_to(NotYet(
        "PERM experiment(E).read ; filter referencing source_run_id (or unparsable): NOT_DENIED run(*) \
             [anchor workspace]",
    )),
    Route::post("/3.0/mlflow/issues/invoke")
        .under(Ajax)
        .takes(Json(&["experiment_id", "trace_ids", "categories", "provider", "model", "secret_id", "endpoint_name"]))
        .open_to(NotYet(
            "ALL[ experiment(E):update ; NOT_DENIED run(*) ] ; secret_id given: PERM gateway_secret(id).use",
        )),
];
