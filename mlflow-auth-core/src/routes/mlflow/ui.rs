//! The web page with its files, and what the server says about itself.

use crate::routes::{
    Access::{Admin, Public, SignedIn},
    Mount::{Ajax, Both},
    Route,
    Takes::Json,
};

pub(super) static ROUTES: &[Route] = &[
    Route::get("/").open_to(SignedIn),
    Route::get("/static-files/{path:path}").open_to(Public),
    // The same files once more, by the default of the framework.
    Route::get("/build/{filename:path}").open_to(Admin),
    Route::get("/health").open_to(Public),
    Route::get("/version").open_to(SignedIn),
    Route::get("/3.0/mlflow/server-info").under(Both).open_to(Public),
    Route::get("/3.0/mlflow/ui-telemetry").under(Ajax).open_to(SignedIn),
    Route::post("/3.0/mlflow/ui-telemetry").under(Ajax).takes(Json(&["records"])).open_to(SignedIn),
];
