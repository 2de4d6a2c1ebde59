//! Calls through the AI gateway.
//!
//! Who calls by the name of an endpoint in the path has a body that passes unread. Where MLflow takes the name from the
//! field `model` of the body, the body is read and made anew from what was read.

use crate::Action::Use;
use crate::routes::{
    Access::SignedIn,
    Effect::Filter,
    GatewayNeed::EndpointNamed,
    Id, Need, Page, Route, RowKind,
    Takes::{Json, Stream},
};

/// The endpoint that the path names.
const IN_PATH: &[Need] = &[Need::Gateway(EndpointNamed(Use, Id::one("endpoint_name")))];

/// The endpoint that the body names.
const IN_BODY: &[Need] = &[Need::Gateway(EndpointNamed(Use, Id::one("model")))];

pub(super) static ROUTES: &[Route] = &[
    Route::post("/gateway/{endpoint_name}/mlflow/invocations").takes(Stream(&[])).needs(IN_PATH),
    Route::post("/gateway/mlflow/v1/chat/completions").takes(Json(&["model"])).needs(IN_BODY),
    Route::get("/gateway/mlflow/v1/models").open_to(SignedIn).then(Filter {
        rows: "data",
        kind: RowKind::GatewayModel,
        page: Page::AsItIs,
    }),
    Route::post("/gateway/openai/v1/chat/completions").takes(Json(&["model"])).needs(IN_BODY),
    Route::post("/gateway/openai/v1/embeddings").takes(Json(&["model"])).needs(IN_BODY),
    Route::post("/gateway/typesafe/v1/systemone").takes(Json(&["model"])).needs(IN_BODY),
    Route::post("/gateway/openai/v1/responses").takes(Json(&["model"])).needs(IN_BODY),
    Route::post("/gateway/openai/v1/responses/compact").takes(Json(&["model"])).needs(IN_BODY),
    Route::post("/gateway/anthropic/v1/messages").takes(Json(&["model"])).needs(IN_BODY),
    Route::post("/gateway/gemini/v1beta/models/{endpoint_name}:generateContent").takes(Stream(&[])).needs(IN_PATH),
    Route::post("/gateway/gemini/v1beta/models/{endpoint_name}:streamGenerateContent")
        .takes(Stream(&[]))
        .needs(IN_PATH),
    Route::post("/gateway/proxy/{endpoint_name}/{path:path}").takes(Stream(&[])).needs(IN_PATH),
];
