//! The assistant.

use crate::routes::{
    Access,
    Mount::Ajax,
    Route,
    Takes::{Json, Query},
};

/// It starts programs and writes files on the machine of the server, and trusts whoever comes from there.
const LOCAL: Access = Access::Local("the assistant works on the machine of the server");

pub(super) static ROUTES: &[Route] = &[
    Route::post("/3.0/mlflow/assistant/message")
        .under(Ajax)
        .takes(Json(&["message", "session_id", "experiment_id", "context"]))
        .open_to(LOCAL),
    Route::get("/3.0/mlflow/assistant/sessions/{session_id}/stream").under(Ajax).open_to(LOCAL),
    Route::patch("/3.0/mlflow/assistant/sessions/{session_id}").under(Ajax).takes(Json(&["status"])).open_to(LOCAL),
    Route::post("/3.0/mlflow/assistant/sessions/{session_id}/permission")
        .under(Ajax)
        .takes(Json(&["request_id", "decision"]))
        .open_to(LOCAL),
    Route::post("/3.0/mlflow/assistant/sessions/{session_id}/tool-result")
        .under(Ajax)
        .takes(Json(&["request_id", "content", "is_error"]))
        .open_to(LOCAL),
    Route::get("/3.0/mlflow/assistant/providers/{provider}/health").under(Ajax).open_to(LOCAL),
    Route::get("/3.0/mlflow/assistant/providers").under(Ajax).open_to(LOCAL),
    Route::get("/3.0/mlflow/assistant/config").under(Ajax).open_to(LOCAL),
    Route::put("/3.0/mlflow/assistant/config").under(Ajax).takes(Json(&["providers", "projects"])).open_to(LOCAL),
    Route::post("/3.0/mlflow/assistant/skills/install")
        .under(Ajax)
        .takes(Json(&["type", "custom_path", "experiment_id"]))
        .open_to(LOCAL),
    Route::get("/3.0/mlflow/assistant/providers/{provider}/models")
        .under(Ajax)
        .takes(Query(&["base_url"]))
        .open_to(LOCAL),
];
