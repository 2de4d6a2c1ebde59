//! The caller, for axum handlers.

use axum_core::extract::{FromRequestParts, OptionalFromRequestParts};
use axum_core::response::{IntoResponse, Response};
use http::StatusCode;
use http::request::Parts;
use mlflow_auth_core::Principal;
use std::convert::Infallible;
use std::sync::Arc;

/// Who is calling, as [`AuthLayer`](crate::AuthLayer) found it. `Option<CurrentUser>` is `None` where nobody had to sign
/// in.
#[derive(Clone, Debug)]
pub struct CurrentUser(pub Arc<Principal>);

/// There is no caller: the layer is missing, or the route is open to everybody. Answers 500 and says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no caller is known here: is `mlflow_auth_tower::AuthLayer` around this route, and is the route not public")]
pub struct MissingLayer;

impl IntoResponse for MissingLayer {
    fn into_response(self) -> Response {
        (StatusCode::INTERNAL_SERVER_ERROR, self.to_string()).into_response()
    }
}

impl<S: Sync> FromRequestParts<S> for CurrentUser {
    type Rejection = MissingLayer;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, MissingLayer> {
        parts.extensions.get::<Arc<Principal>>().cloned().map(CurrentUser).ok_or(MissingLayer)
    }
}

impl<S: Sync> OptionalFromRequestParts<S> for CurrentUser {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Option<Self>, Infallible> {
        Ok(parts.extensions.get::<Arc<Principal>>().cloned().map(CurrentUser))
    }
}
