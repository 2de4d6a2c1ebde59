//! Operations on grants of one user that MLflow had before 3.17.2 and has no longer, answered by this project itself: their
//! clients (2.x to 3.10) are still in use.

use super::{
    Access::Ours,
    Mount::Both,
    Route,
    Takes::{Json, Query},
};

static ROUTES: &[Route] = &[
    Route::post("/2.0/mlflow/experiments/permissions/create")
        .under(Both)
        .takes(Json(&["experiment_id", "username", "permission"]))
        .open_to(Ours),
    Route::get("/2.0/mlflow/experiments/permissions/get")
        .under(Both)
        .takes(Query(&["experiment_id", "username"]))
        .open_to(Ours),
    Route::patch("/2.0/mlflow/experiments/permissions/update")
        .under(Both)
        .takes(Json(&["experiment_id", "username", "permission"]))
        .open_to(Ours),
    Route::delete("/2.0/mlflow/experiments/permissions/delete")
        .under(Both)
        .takes(Json(&["experiment_id", "username"]))
        .open_to(Ours),
    Route::post("/2.0/mlflow/registered-models/permissions/create")
        .under(Both)
        .takes(Json(&["name", "username", "permission"]))
        .open_to(Ours),
    Route::get("/2.0/mlflow/registered-models/permissions/get")
        .under(Both)
        .takes(Query(&["name", "username"]))
        .open_to(Ours),
    Route::patch("/2.0/mlflow/registered-models/permissions/update")
        .under(Both)
        .takes(Json(&["name", "username", "permission"]))
        .open_to(Ours),
    Route::delete("/2.0/mlflow/registered-models/permissions/delete")
        .under(Both)
        .takes(Json(&["name", "username"]))
        .open_to(Ours),
    Route::post("/3.0/mlflow/scorers/permissions/create")
        .under(Both)
        .takes(Json(&["experiment_id", "scorer_name", "username", "permission"]))
        .open_to(Ours),
    Route::get("/3.0/mlflow/scorers/permissions/get")
        .under(Both)
        .takes(Query(&["experiment_id", "scorer_name", "username"]))
        .open_to(Ours),
    Route::patch("/3.0/mlflow/scorers/permissions/update")
        .under(Both)
        .takes(Json(&["experiment_id", "scorer_name", "username", "permission"]))
        .open_to(Ours),
    Route::delete("/3.0/mlflow/scorers/permissions/delete")
        .under(Both)
        .takes(Json(&["experiment_id", "scorer_name", "username"]))
        .open_to(Ours),
    Route::post("/3.0/mlflow/gateway/secrets/permissions/create")
        .under(Both)
        .takes(Json(&["secret_id", "username", "permission"]))
        .open_to(Ours),
    Route::get("/3.0/mlflow/gateway/secrets/permissions/get")
        .under(Both)
        .takes(Query(&["secret_id", "username"]))
        .open_to(Ours),
    Route::patch("/3.0/mlflow/gateway/secrets/permissions/update")
        .under(Both)
        .takes(Json(&["secret_id", "username", "permission"]))
        .open_to(Ours),
    Route::delete("/3.0/mlflow/gateway/secrets/permissions/delete")
        .under(Both)
        .takes(Json(&["secret_id", "username"]))
        .open_to(Ours),
    Route::post("/3.0/mlflow/gateway/endpoints/permissions/create")
        .under(Both)
        .takes(Json(&["endpoint_id", "username", "permission"]))
        .open_to(Ours),
    Route::get("/3.0/mlflow/gateway/endpoints/permissions/get")
        .under(Both)
        .takes(Query(&["endpoint_id", "username"]))
        .open_to(Ours),
    Route::patch("/3.0/mlflow/gateway/endpoints/permissions/update")
        .under(Both)
        .takes(Json(&["endpoint_id", "username", "permission"]))
        .open_to(Ours),
    Route::delete("/3.0/mlflow/gateway/endpoints/permissions/delete")
        .under(Both)
        .takes(Json(&["endpoint_id", "username"]))
        .open_to(Ours),
    Route::post("/3.0/mlflow/gateway/model-definitions/permissions/create")
        .under(Both)
        .takes(Json(&["model_definition_id", "username", "permission"]))
        .open_to(Ours),
    Route::get("/3.0/mlflow/gateway/model-definitions/permissions/get")
        .under(Both)
        .takes(Query(&["model_definition_id", "username"]))
        .open_to(Ours),
    Route::patch("/3.0/mlflow/gateway/model-definitions/permissions/update")
        .under(Both)
        .takes(Json(&["model_definition_id", "username", "permission"]))
        .open_to(Ours),
    Route::delete("/3.0/mlflow/gateway/model-definitions/permissions/delete")
        .under(Both)
        .takes(Json(&["model_definition_id", "username"]))
        .open_to(Ours),
];

/// All rows.
pub fn routes() -> impl Iterator<Item = &'static Route> {
    ROUTES.iter()
}
