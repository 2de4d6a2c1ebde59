//! Operations of signing in and out in a browser, with the paths of mlflow-oidc-auth 11.0.2, answered by this project
//! itself.

use super::{
    Access, Route,
    Takes::{Query, Stream},
};

/// What a row does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignInOperation {
    /// Shows the ways to sign in.
    Choose,
    /// The program of that page: it keeps the part of an address that browsers do not send.
    Onward,
    /// Signs in with a password of our own store.
    Password,
    /// Goes to a provider, which the path names.
    Begin,
    /// Comes back from a provider: the one that the path names, or the default one.
    Return,
    /// Signs out.
    LogOut,
    /// Lists the providers.
    Providers,
    /// Tells who is signed in.
    Status,
}

static ROUTES: &[Route] = &[
    Route::get("/login").takes(Query(&["next"])).open_to(Access::SignIn(SignInOperation::Choose)),
    Route::get("/login/onward.js").open_to(Access::SignIn(SignInOperation::Onward)),
    Route::any(&["GET", "POST"], "/login/password")
        .takes(Stream(&["next"]))
        .open_to(Access::SignIn(SignInOperation::Password)),
    Route::get("/login/{provider}").takes(Query(&["next"])).open_to(Access::SignIn(SignInOperation::Begin)),
    Route::get("/callback").open_to(Access::SignIn(SignInOperation::Return)),
    Route::get("/callback/{provider}").open_to(Access::SignIn(SignInOperation::Return)),
    Route::any(&["GET", "POST"], "/logout").open_to(Access::SignIn(SignInOperation::LogOut)),
    Route::get("/providers").open_to(Access::SignIn(SignInOperation::Providers)),
    Route::get("/auth/status").open_to(Access::SignIn(SignInOperation::Status)),
];

/// All rows. They stand in a table only where people can sign in, in front of those of the service.
pub fn routes() -> impl Iterator<Item = &'static Route> {
    ROUTES.iter()
}
