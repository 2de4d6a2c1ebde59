//! Calls through the AI gateway.

use crate::routes::{
    Access::NotYet,
    Route,
    Takes::{Json, Stream},
};

pub(super) static ROUTES: &[Route] = &[
    Route::post("/gateway/{endpoint_name}/mlflow/invocations")
        .takes(Json(&[]))
        .open_to(NotYet("PERM gateway_endpoint(id).use")),
    Route::post("/gateway/mlflow/v1/chat/completions")
        .takes(Json(&["model"]))
        .open_to(NotYet("PERM gateway_endpoint(id).use")),
    Route::get("/gateway/mlflow/v1/models")
        .open_to(NotYet("NONE (response rows filtered): PERM gateway_endpoint(id).use")),
    Route::post("/gateway/openai/v1/chat/completions")
        .takes(Json(&["model"]))
        .open_to(NotYet("PERM gateway_endpoint(id).use")),
    Route::post("/gateway/openai/v1/embeddings")
        .takes(Json(&["model"]))
        .open_to(NotYet("PERM gateway_endpoint(id).use")),
    Route::post("/gateway/typesafe/v1/systemone")
        .takes(Json(&["model"]))
        .open_to(NotYet("PERM gateway_endpoint(id).use")),
    Route::post("/gateway/openai/v1/responses")
        .takes(Json(&["model"]))
        .open_to(NotYet("PERM gateway_endpoint(id).use")),
    Route::post("/gateway/openai/v1/responses/compact")
        .takes(Json(&["model"]))
        .open_to(NotYet("PERM gateway_endpoint(id).use")),
    Route::post("/gateway/anthropic/v1/messages")
        .takes(Stream(&["beta"]))
        .open_to(NotYet("PERM gateway_endpoint(id).use")),
    Route::post("/gateway/gemini/v1beta/models/{endpoint_name}:generateContent")
        .takes(Stream(&["alt"]))
        .open_to(NotYet("PERM gateway_endpoint(id).use")),
    Route::post("/gateway/gemini/v1beta/models/{endpoint_name}:streamGenerateContent")
        .takes(Stream(&["alt"]))
        .open_to(NotYet("PERM gateway_endpoint(id).use")),
    Route::post("/gateway/proxy/{endpoint_name}/{path:path}")
        .takes(Stream(&["alt"]))
        .open_to(NotYet("PERM gateway_endpoint(id).use")),
];
