//! Label schemas.

use crate::routes::{Access::NotYet, Mount::Both, Route, Takes::Message};

pub(super) static ROUTES: &[Route] = &[
    Route::post("/3.0/mlflow/label-schemas/create")
        .under(Both)
        .takes(Message("CreateLabelSchema"))
        .open_to(NotYet("PERM experiment(E).manage")),
    Route::get("/3.0/mlflow/label-schemas/get")
        .under(Both)
        .takes(Message("GetLabelSchema"))
        .open_to(NotYet("PERM experiment(E).read")),
    Route::get("/3.0/mlflow/label-schemas/get-by-name")
        .under(Both)
        .takes(Message("GetLabelSchemaByName"))
        .open_to(NotYet("PERM experiment(E).read")),
    Route::get("/3.0/mlflow/label-schemas/list")
        .under(Both)
        .takes(Message("ListLabelSchemas"))
        .open_to(NotYet("PERM experiment(E).read")),
    Route::patch("/3.0/mlflow/label-schemas/update")
        .under(Both)
        .takes(Message("UpdateLabelSchema"))
        .open_to(NotYet("PERM experiment(E).manage")),
    Route::delete("/3.0/mlflow/label-schemas/delete")
        .under(Both)
        .takes(Message("DeleteLabelSchema"))
        .open_to(NotYet("PERM experiment(E).manage")),
];
