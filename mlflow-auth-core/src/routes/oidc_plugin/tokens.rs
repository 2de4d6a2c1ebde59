//! Access tokens.

use super::{Operation, PAGING};
use crate::routes::{
    Access,
    Mount::Both,
    Route,
    Takes::{Json, Query},
};
use TokenOperation::{Create, CreateOwn, Delete, DeleteAll, DeleteOwn, List, ListOwn, Renew};

/// What is done with access tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenOperation {
    /// Makes the token `default`, one's own or somebody else's, in the place of the one before.
    Renew,
    /// Lists one's own.
    ListOwn,
    /// Makes one for oneself.
    CreateOwn,
    /// Ends one of one's own.
    DeleteOwn,
    /// Lists somebody's.
    List,
    /// Makes one for somebody.
    Create,
    /// Ends one of somebody's.
    Delete,
    /// Ends all of somebody's.
    DeleteAll,
}

/// What a new token is to be.
const NEW: &[&str] = &["name", "expiration", "read_only", "resources"];

const fn tokens(operation: TokenOperation) -> Access {
    Access::Plugin(Operation::Tokens(operation))
}

pub(super) static ROUTES: &[Route] = &[
    Route::patch("/2.0/mlflow/users/access-token")
        .under(Both)
        .takes(Json(&["username", "expiration"]))
        .open_to(tokens(Renew)),
    Route::get("/2.0/mlflow/users/current/tokens").under(Both).takes(Query(PAGING)).open_to(tokens(ListOwn)),
    Route::post("/2.0/mlflow/users/current/tokens").under(Both).takes(Json(NEW)).open_to(tokens(CreateOwn)),
    Route::delete("/2.0/mlflow/users/current/tokens/{token_id}").under(Both).open_to(tokens(DeleteOwn)),
    Route::get("/2.0/mlflow/users/{username}/tokens").under(Both).takes(Query(PAGING)).open_to(tokens(List)),
    Route::post("/2.0/mlflow/users/{username}/tokens").under(Both).takes(Json(NEW)).open_to(tokens(Create)),
    Route::delete("/2.0/mlflow/users/{username}/tokens").under(Both).open_to(tokens(DeleteAll)),
    Route::delete("/2.0/mlflow/users/{username}/tokens/{token_id}").under(Both).open_to(tokens(Delete)),
];
