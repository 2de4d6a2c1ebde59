//! Groups and their members.

use super::{PAGING, groups};
use crate::routes::{
    Mount::Both,
    Route,
    Takes::{Json, Query},
};
use GroupOperation::{Add, Create, Delete, Details, Get, List, Members, Put, Remove, Users};

/// What is done with groups and their members.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GroupOperation {
    /// Lists names.
    List,
    /// Lists groups with the number of their members.
    Details,
    /// Makes a group.
    Create,
    /// Lists the members of a group as accounts.
    Users,
    /// Shows a group, its members and how much it holds. Ours.
    Get,
    /// Removes a group and all that it holds. Ours.
    Delete,
    /// Lists the names of the members. Ours.
    Members,
    /// Makes these the members, and nobody else. Ours.
    Put,
    /// Puts a user into the group. Ours.
    Add,
    /// Takes a user out of the group. Ours.
    Remove,
}

pub(super) static ROUTES: &[Route] = &[
    Route::get("/2.0/mlflow/permissions/groups").under(Both).takes(Query(PAGING)).open_to(groups(List)),
    Route::post("/2.0/mlflow/permissions/groups").under(Both).takes(Json(&["group_name"])).open_to(groups(Create)),
    Route::get("/2.0/mlflow/permissions/groups/details").under(Both).takes(Query(PAGING)).open_to(groups(Details)),
    Route::get("/2.0/mlflow/permissions/groups/{group_name}/users").under(Both).open_to(groups(Users)),
    Route::get("/2.0/mlflow/permissions/groups/{group_name}").under(Both).open_to(groups(Get)),
    Route::delete("/2.0/mlflow/permissions/groups/{group_name}").under(Both).open_to(groups(Delete)),
    Route::get("/2.0/mlflow/permissions/groups/{group_name}/members")
        .under(Both)
        .takes(Query(PAGING))
        .open_to(groups(Members)),
    Route::put("/2.0/mlflow/permissions/groups/{group_name}/members")
        .under(Both)
        .takes(Json(&["members"]))
        .open_to(groups(Put)),
    Route::put("/2.0/mlflow/permissions/groups/{group_name}/members/{username}").under(Both).open_to(groups(Add)),
    Route::delete("/2.0/mlflow/permissions/groups/{group_name}/members/{username}").under(Both).open_to(groups(Remove)),
];
