//! Grants on workspaces.

use super::Act::{self, Change, Create, List, Revoke};
use super::Holder::{self, Group, User};
use super::workspaces;
use crate::routes::{
    Access,
    Mount::Both,
    Route,
    Takes::{Json, Query},
};

/// What is done with grants on workspaces.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WorkspaceOperation {
    /// Grants on one workspace.
    Exact(Holder, Act),
    /// Grants on all workspaces whose name a pattern matches.
    Pattern(Holder, Act),
}

const fn exact(holder: Holder, act: Act) -> Access {
    workspaces(WorkspaceOperation::Exact(holder, act))
}

const fn pattern(holder: Holder, act: Act) -> Access {
    workspaces(WorkspaceOperation::Pattern(holder, act))
}

const TO_USER: &[&str] = &["username", "permission"];
const TO_GROUP: &[&str] = &["group_name", "permission"];
const PATTERN_OF_USER: &[&str] = &["regex", "priority", "permission", "username"];
const PATTERN_OF_GROUP: &[&str] = &["regex", "priority", "permission", "group_name"];

pub(super) static ROUTES: &[Route] = &[
    Route::get("/3.0/mlflow/permissions/workspaces/regex/user").under(Both).open_to(pattern(User, List)),
    Route::post("/3.0/mlflow/permissions/workspaces/regex/user")
        .under(Both)
        .takes(Json(PATTERN_OF_USER))
        .open_to(pattern(User, Create)),
    Route::patch("/3.0/mlflow/permissions/workspaces/regex/user/{permission_id}")
        .under(Both)
        .takes(Json(PATTERN_OF_USER))
        .open_to(pattern(User, Change)),
    Route::delete("/3.0/mlflow/permissions/workspaces/regex/user/{permission_id}")
        .under(Both)
        .takes(Query(&["username"]))
        .open_to(pattern(User, Revoke)),
    Route::get("/3.0/mlflow/permissions/workspaces/regex/group").under(Both).open_to(pattern(Group, List)),
    Route::post("/3.0/mlflow/permissions/workspaces/regex/group")
        .under(Both)
        .takes(Json(PATTERN_OF_GROUP))
        .open_to(pattern(Group, Create)),
    Route::patch("/3.0/mlflow/permissions/workspaces/regex/group/{permission_id}")
        .under(Both)
        .takes(Json(PATTERN_OF_GROUP))
        .open_to(pattern(Group, Change)),
    Route::delete("/3.0/mlflow/permissions/workspaces/regex/group/{permission_id}")
        .under(Both)
        .takes(Query(&["group_name"]))
        .open_to(pattern(Group, Revoke)),
    Route::get("/3.0/mlflow/permissions/workspaces/{workspace}/users").under(Both).open_to(exact(User, List)),
    Route::post("/3.0/mlflow/permissions/workspaces/{workspace}/users")
        .under(Both)
        .takes(Json(TO_USER))
        .open_to(exact(User, Create)),
    Route::patch("/3.0/mlflow/permissions/workspaces/{workspace}/users/{username}")
        .under(Both)
        .takes(Json(TO_USER))
        .open_to(exact(User, Change)),
    Route::delete("/3.0/mlflow/permissions/workspaces/{workspace}/users/{username}")
        .under(Both)
        .open_to(exact(User, Revoke)),
    Route::get("/3.0/mlflow/permissions/workspaces/{workspace}/groups").under(Both).open_to(exact(Group, List)),
    Route::post("/3.0/mlflow/permissions/workspaces/{workspace}/groups")
        .under(Both)
        .takes(Json(TO_GROUP))
        .open_to(exact(Group, Create)),
    Route::patch("/3.0/mlflow/permissions/workspaces/{workspace}/groups/{group_name}")
        .under(Both)
        .takes(Json(TO_GROUP))
        .open_to(exact(Group, Change)),
    Route::delete("/3.0/mlflow/permissions/workspaces/{workspace}/groups/{group_name}")
        .under(Both)
        .open_to(exact(Group, Revoke)),
];
