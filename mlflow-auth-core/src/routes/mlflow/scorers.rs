//! Scorers.

use crate::routes::{
    Access::NotYet,
    Mount::{Ajax, Both},
    Route,
    Takes::{Json, Message, Query},
};

pub(super) static ROUTES: &[Route] = &[
    Route::post("/3.0/mlflow/scorers/register").under(Both).takes(Message("RegisterScorer")).open_to(NotYet(
        "ALL[ experiment(E):update ; NOT_DENIED scorer(E/quote(name)) ; NOT_DENIED scorer_version(*) ]",
    )),
    Route::get("/3.0/mlflow/scorers/list")
        .under(Both)
        .takes(Message("ListScorers"))
        .open_to(NotYet("experiment_id given: PERM experiment(E).read ; otherwise NONE")),
    Route::get("/3.0/mlflow/scorers/versions")
        .under(Both)
        .takes(Message("ListScorerVersions"))
        .open_to(NotYet("PERM scorer(E/quote(name)).read AND NOT_DENIED scorer_version(*) else scorer(E/name)")),
    Route::get("/3.0/mlflow/scorers/get")
        .under(Both)
        .takes(Message("GetScorer"))
        .open_to(NotYet("PERM scorer(E/quote(name)).read AND NOT_DENIED scorer_version(*) else scorer(E/name)")),
    Route::delete("/3.0/mlflow/scorers/delete").under(Both).takes(Message("DeleteScorer")).open_to(NotYet(
        "version given: PERM scorer(...).read ; no version: PERM scorer(...).delete ; AND \
             scorer_version(*):delete else scorer(...):delete",
    )),
    Route::get("/3.0/mlflow/scorers/online-configs").under(Both).takes(Query(&["scorer_ids[]"])).open_to(NotYet(
        "for every config returned by store.get_online_scoring_configs(scorer_ids): PERM \
             experiment(config.experiment_id).read",
    )),
    Route::put("/3.0/mlflow/scorers/online-config")
        .under(Both)
        .takes(Json(&["experiment_id", "name", "sample_rate", "filter_string"]))
        .open_to(NotYet("PERM experiment(E).update")),
    Route::post("/3.0/mlflow/scorer/invoke")
        .under(Ajax)
        .takes(Json(&[
            "experiment_id",
            "serialized_scorer",
            "scorer_name",
            "scorer_version",
            "trace_ids",
            "log_assessments",
        ]))
        .open_to(NotYet(
            "ALL[ experiment(E):update ; NOT_DENIED trace(*) ; if log_assessments: NOT_DENIED assessment(*) ; if \
             scorer_name: NOT_DENIED scorer(E/name) and NOT_DENIED scorer_version(*) else scorer ; if no \
             scorer_name: NOT_DENIED scorer_version(*) ]",
        )),
];
