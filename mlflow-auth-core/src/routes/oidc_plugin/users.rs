//! Accounts.

use super::users;
use crate::routes::{
    Mount::Both,
    Route,
    Takes::{Json, Query},
};
use UserOperation::{Create, Delete, Details, Get, List, SetActive};

/// What is done with accounts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UserOperation {
    /// Lists names.
    List,
    /// Lists accounts with all that is known of them.
    Details,
    /// Makes an account.
    Create,
    /// Removes an account.
    Delete,
    /// Shows an account and its groups.
    Get,
    /// Lets an account sign in or not.
    SetActive,
}

const LISTED: &[&str] = &["service", "limit", "offset", "search"];

pub(super) static ROUTES: &[Route] = &[
    Route::get("/2.0/mlflow/users").under(Both).takes(Query(LISTED)).open_to(users(List)),
    Route::post("/2.0/mlflow/users")
        .under(Both)
        .takes(Json(&[
            "username",
            "display_name",
            "is_admin",
            "is_service_account",
            "service_account_source",
            "subject",
            "password",
        ]))
        .open_to(users(Create)),
    Route::delete("/2.0/mlflow/users").under(Both).takes(Json(&["username", "admin_override"])).open_to(users(Delete)),
    Route::get("/2.0/mlflow/users/details").under(Both).takes(Query(LISTED)).open_to(users(Details)),
    Route::get("/2.0/mlflow/users/{username}").under(Both).open_to(users(Get)),
    Route::patch("/2.0/mlflow/users/{username}/active")
        .under(Both)
        .takes(Json(&["active", "admin_override"]))
        .open_to(users(SetActive)),
];
