//! Workspaces.

use crate::routes::{
    Access::NotYet,
    Mount::Both,
    Route,
    Takes::{Message, Query},
};

pub(super) static ROUTES: &[Route] = &[
    Route::get("/3.0/mlflow/workspaces")
        .under(Both)
        .takes(Message("ListWorkspaces"))
        .open_to(NotYet("NONE (response rows filtered)")),
    Route::post("/3.0/mlflow/workspaces").under(Both).takes(Message("CreateWorkspace")),
    Route::get("/3.0/mlflow/workspaces/{workspace_name}")
        .under(Both)
        .takes(Message("GetWorkspace"))
        .open_to(NotYet("workspace visible to the caller")),
    Route::patch("/3.0/mlflow/workspaces/{workspace_name}").under(Both).takes(Message("UpdateWorkspace")),
    Route::delete("/3.0/mlflow/workspaces/{workspace_name}").under(Both).takes(Query(&["mode"])),
];
