//! Asking MLflow something on the program's own behalf.

use crate::proxy::Forward;
use bytes::Bytes;
use http::{Request, StatusCode};
use http_body_util::{BodyExt, Limited};
use mlflow_auth_tower::Body;
use std::time::Duration;

/// How much of an answer is read, in bytes.
const LARGEST: usize = 64 << 20;

/// MLflow's answer, read to its end.
///
/// # Errors
/// In words, why there is none: MLflow takes longer than `patience`, says more than 64 MiB, or breaks off.
pub(crate) async fn ask(
    forward: &Forward,
    request: Request<Body>,
    patience: Duration,
) -> Result<(StatusCode, Bytes), String> {
    let asked = async {
        let response = forward.dangerously_forward_unjudged(request).await;
        let (status, body) = (response.status(), Limited::new(response.into_body(), LARGEST));
        let body = body.collect().await.map_err(|error| error.to_string())?;
        Ok((status, body.to_bytes()))
    };
    tokio::time::timeout(patience, asked).await.map_err(|_| "not in time".to_owned())?
}
