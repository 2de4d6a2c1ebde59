//! Webhooks.

use crate::routes::{Mount::Both, Route, Takes::Message};

pub(super) static ROUTES: &[Route] = &[
    Route::post("/2.0/mlflow/webhooks").under(Both).takes(Message("CreateWebhook")),
    Route::get("/2.0/mlflow/webhooks").under(Both).takes(Message("ListWebhooks")),
    Route::get("/2.0/mlflow/webhooks/{webhook_id}").under(Both).takes(Message("GetWebhook")),
    Route::patch("/2.0/mlflow/webhooks/{webhook_id}").under(Both).takes(Message("UpdateWebhook")),
    Route::delete("/2.0/mlflow/webhooks/{webhook_id}").under(Both).takes(Message("DeleteWebhook")),
    Route::post("/2.0/mlflow/webhooks/{webhook_id}/test").under(Both).takes(Message("TestWebhook")),
];
