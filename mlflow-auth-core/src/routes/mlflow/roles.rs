//! Roles.

use crate::routes::{
    Access::Ours,
    Mount::Both,
    Route,
    Takes::{Json, Query},
};

pub(super) static ROUTES: &[Route] = &[
    Route::post("/3.0/mlflow/roles/create")
        .under(Both)
        .takes(Json(&["workspace", "name", "description"]))
        .open_to(Ours),
    Route::get("/3.0/mlflow/roles/get").under(Both).takes(Query(&["role_id"])).open_to(Ours),
    Route::get("/3.0/mlflow/roles/list").under(Both).takes(Query(&["workspace[]"])).open_to(Ours),
    Route::patch("/3.0/mlflow/roles/update").under(Both).takes(Json(&["role_id", "name", "description"])).open_to(Ours),
    Route::delete("/3.0/mlflow/roles/delete").under(Both).takes(Json(&["role_id"])).open_to(Ours),
    Route::post("/3.0/mlflow/roles/permissions/add")
        .under(Both)
        .takes(Json(&["role_id", "resource_type", "resource_pattern", "permission"]))
        .open_to(Ours),
    Route::delete("/3.0/mlflow/roles/permissions/remove")
        .under(Both)
        .takes(Json(&["role_permission_id"]))
        .open_to(Ours),
    Route::get("/3.0/mlflow/roles/permissions/list").under(Both).takes(Query(&["role_id"])).open_to(Ours),
    Route::patch("/3.0/mlflow/roles/permissions/update")
        .under(Both)
        .takes(Json(&["role_permission_id", "permission"]))
        .open_to(Ours),
    Route::post("/3.0/mlflow/roles/assign").under(Both).takes(Json(&["username", "role_id"])).open_to(Ours),
    Route::delete("/3.0/mlflow/roles/unassign").under(Both).takes(Json(&["username", "role_id"])).open_to(Ours),
    Route::get("/3.0/mlflow/users/roles/list").under(Both).takes(Query(&["username"])).open_to(Ours),
    Route::get("/3.0/mlflow/roles/users/list").under(Both).takes(Query(&["role_id"])).open_to(Ours),
];
