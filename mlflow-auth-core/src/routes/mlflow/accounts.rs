//! Users and what is granted to them.

use crate::routes::{
    Access::Ours,
    Mount::{Api, Both},
    Route,
    Takes::{Form, Json, Query},
};

pub(super) static ROUTES: &[Route] = &[
    Route::post("/2.0/mlflow/users/create").under(Both).takes(Json(&["username", "password"])).open_to(Ours),
    Route::get("/2.0/mlflow/users/get").under(Both).takes(Query(&["username"])).open_to(Ours),
    Route::get("/2.0/mlflow/users/list").under(Both).open_to(Ours),
    Route::get("/2.0/mlflow/users/current").under(Both).open_to(Ours),
    Route::patch("/2.0/mlflow/users/update-password")
        .under(Both)
        .takes(Json(&["username", "password", "current_password"]))
        .open_to(Ours),
    Route::patch("/2.0/mlflow/users/update-admin").under(Both).takes(Json(&["username", "is_admin"])).open_to(Ours),
    Route::delete("/2.0/mlflow/users/delete").under(Both).takes(Json(&["username"])).open_to(Ours),
    Route::post("/3.0/mlflow/users/permissions/grant")
        .under(Both)
        .takes(Json(&["username", "resource_type", "resource_id", "permission"]))
        .open_to(Ours),
    Route::post("/3.0/mlflow/users/permissions/revoke")
        .under(Both)
        .takes(Json(&["username", "resource_type", "resource_id"]))
        .open_to(Ours),
    Route::get("/3.0/mlflow/users/permissions/get")
        .under(Both)
        .takes(Query(&["username", "resource_type", "resource_id"]))
        .open_to(Ours),
    Route::get("/3.0/mlflow/users/permissions/list").under(Both).takes(Query(&["username"])).open_to(Ours),
    Route::get("/3.0/mlflow/users/current/permissions").under(Both).open_to(Ours),
    // A form in a web page, and where it is sent.
    Route::get("/signup").open_to(Ours),
    Route::post("/2.0/mlflow/users/create-ui").under(Api).takes(Form(&["username", "password"])).open_to(Ours),
];
