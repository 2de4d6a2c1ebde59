//! Workspaces.

use crate::routes::{
    Access::{Admin, SignedIn},
    Effect, Id,
    Mount::Both,
    Need, Page, Route, RowKind,
    Takes::{Message, Query},
    WorkspaceNeed,
};

const NAME: &str = "workspace_name";

pub(super) static ROUTES: &[Route] = &[
    Route::get("/3.0/mlflow/workspaces")
        .under(Both)
        .takes(Message("ListWorkspaces"))
        .open_to(SignedIn)
        .then(Effect::Filter { rows: "workspaces", kind: RowKind::Workspace, page: Page::AsItIs }),
    Route::post("/3.0/mlflow/workspaces")
        .under(Both)
        .takes(Message("CreateWorkspace"))
        .open_to(Admin)
        .then(Effect::WorkspaceMade { name: "name" }),
    Route::get("/3.0/mlflow/workspaces/{workspace_name}")
        .under(Both)
        .takes(Message("GetWorkspace"))
        .needs(&[Need::Workspace(WorkspaceNeed::Sight(Id::one(NAME)))]),
    Route::patch("/3.0/mlflow/workspaces/{workspace_name}").under(Both).takes(Message("UpdateWorkspace")),
    Route::delete("/3.0/mlflow/workspaces/{workspace_name}")
        .under(Both)
        .takes(Query(&["mode"]))
        .open_to(Admin)
        .then(Effect::WorkspaceGone { name: NAME }),
];
