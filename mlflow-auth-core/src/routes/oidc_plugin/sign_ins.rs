//! What somebody signs in with: identities of providers, and sessions.

use super::Operation;
use crate::routes::{Access, Mount::Both, Route, Takes::Query};
use SignInOperation::{EndSession, EndSessions, Identities, Sessions, Unbind};

/// What is done with identities and sessions of an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignInOperation {
    /// Lists identities.
    Identities,
    /// Ends what binds an identity to the account.
    Unbind,
    /// Lists sessions.
    Sessions,
    /// Ends all sessions.
    EndSessions,
    /// Ends one.
    EndSession,
}

const fn sign_ins(operation: SignInOperation) -> Access {
    Access::Plugin(Operation::SignIns(operation))
}

pub(super) static ROUTES: &[Route] = &[
    Route::get("/2.0/mlflow/users/{username}/identities").under(Both).open_to(sign_ins(Identities)),
    Route::delete("/2.0/mlflow/users/{username}/identities")
        .under(Both)
        .takes(Query(&["provider_id", "subject"]))
        .open_to(sign_ins(Unbind)),
    Route::get("/2.0/mlflow/users/{username}/sessions").under(Both).open_to(sign_ins(Sessions)),
    Route::delete("/2.0/mlflow/users/{username}/sessions").under(Both).open_to(sign_ins(EndSessions)),
    Route::delete("/2.0/mlflow/users/{username}/sessions/{session_pk}").under(Both).open_to(sign_ins(EndSession)),
];
