//! Operations that this project adds to MLflow's, answered by itself: why somebody may or may not, and shadow mode.

use super::{
    Access::Ours,
    Mount::Both,
    Route,
    Takes::{Json, Query},
};

static ROUTES: &[Route] = &[
    Route::get("/2.0/mlflow/permissions/explain")
        .under(Both)
        .takes(Query(&["username", "action", "resource_type", "resource_id", "resource_name", "group[]"]))
        .open_to(Ours),
    Route::get("/2.0/mlflow/permissions/shadow").under(Both).open_to(Ours),
    Route::post("/2.0/mlflow/permissions/shadow/promote")
        .under(Both)
        .takes(Json(&["allow_lost", "candidate", "unseen"]))
        .open_to(Ours),
];

/// All rows.
pub fn routes() -> impl Iterator<Item = &'static Route> {
    ROUTES.iter()
}
