//! Roles.

use crate::routes::{
    Access::NotYet,
    Mount::Both,
    Route,
    Takes::{Json, Query},
};

pub(super) static ROUTES: &[Route] = &[
    Route::post("/3.0/mlflow/roles/create")
        .under(Both)
        .takes(Json(&["workspace", "name", "description"]))
        .open_to(NotYet("ADMIN or workspace admin of the target role's workspace")),
    Route::get("/3.0/mlflow/roles/get")
        .under(Both)
        .takes(Query(&["role_id"]))
        .open_to(NotYet("ADMIN or holder of any role assignment in the target role's workspace")),
    Route::get("/3.0/mlflow/roles/list")
        .under(Both)
        .takes(Query(&["workspace[]"]))
        .open_to(NotYet("ADMIN (unscoped) or role assignment in EVERY requested workspace")),
    Route::patch("/3.0/mlflow/roles/update")
        .under(Both)
        .takes(Json(&["role_id", "name", "description"]))
        .open_to(NotYet("ADMIN or workspace admin of the target role's workspace")),
    Route::delete("/3.0/mlflow/roles/delete")
        .under(Both)
        .takes(Json(&["role_id"]))
        .open_to(NotYet("ADMIN or workspace admin of the target role's workspace")),
    Route::post("/3.0/mlflow/roles/permissions/add")
        .under(Both)
        .takes(Json(&["role_id", "resource_type", "resource_pattern", "permission"]))
        .open_to(NotYet("ADMIN or workspace admin of the target role's workspace")),
    Route::delete("/3.0/mlflow/roles/permissions/remove")
        .under(Both)
        .takes(Json(&["role_permission_id"]))
        .open_to(NotYet("ADMIN or workspace admin of the target role's workspace")),
    Route::get("/3.0/mlflow/roles/permissions/list")
        .under(Both)
        .takes(Query(&["role_id"]))
        .open_to(NotYet("ADMIN or holder of any role assignment in the target role's workspace")),
    Route::patch("/3.0/mlflow/roles/permissions/update")
        .under(Both)
        .takes(Json(&["role_permission_id", "permission"]))
        .open_to(NotYet("ADMIN or workspace admin of the target role's workspace")),
    Route::post("/3.0/mlflow/roles/assign")
        .under(Both)
        .takes(Json(&["username", "role_id"]))
        .open_to(NotYet("ADMIN or workspace admin of the target role's workspace")),
    Route::delete("/3.0/mlflow/roles/unassign")
        .under(Both)
        .takes(Json(&["username", "role_id"]))
        .open_to(NotYet("ADMIN or workspace admin of the target role's workspace")),
    Route::get("/3.0/mlflow/users/roles/list")
        .under(Both)
        .takes(Query(&["username"]))
        .open_to(NotYet("ADMIN, SELF, or workspace admin in a workspace where the target has a role")),
    Route::get("/3.0/mlflow/roles/users/list")
        .under(Both)
        .takes(Query(&["role_id"]))
        .open_to(NotYet("ADMIN or workspace admin of the target role's workspace")),
];
