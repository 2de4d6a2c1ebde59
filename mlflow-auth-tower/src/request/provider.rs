//! Credentials on calls through the AI gateway.

use super::Canonical;
use super::headers::{GATEWAY_AUTHORIZATION, one};
use http::header::AUTHORIZATION;
use mlflow_auth_core::routes::Route;

/// On calls through the AI gateway a program may keep `Authorization` for the key of a provider, and say who is calling in
/// `X-MLflow-Authorization`, as MLflow has it. There that header counts where it is not empty; elsewhere it says nothing.
pub(crate) fn prefer_gateway_credentials(head: &mut Canonical, route: Option<&Route>) {
    let headers = &mut head.parts.headers;
    let is_call = route.is_some_and(|route| route.path.starts_with("/gateway/"));
    if is_call
        && one(headers, &GATEWAY_AUTHORIZATION).is_some()
        && let Some(credentials) = headers.get(GATEWAY_AUTHORIZATION).cloned()
    {
        headers.insert(AUTHORIZATION, credentials);
    }
    headers.remove(GATEWAY_AUTHORIZATION);
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::Request;

    #[test]
    fn the_header_of_the_gateway_counts_on_its_calls_alone() {
        static CALL: Route = Route::post("/gateway/openai/v1/embeddings");
        static OTHER: Route = Route::post("/2.0/mlflow/gateway-proxy");
        for (route, theirs, expected) in [
            (Some(&CALL), "Basic c", "Basic c"),
            (Some(&CALL), "", "Bearer key"),
            (Some(&CALL), "  ", "Bearer key"),
            (Some(&OTHER), "Basic c", "Bearer key"),
            (None, "Basic c", "Bearer key"),
        ] {
            let request = Request::post("/a").header("host", "a").header("authorization", "Bearer key");
            let request = request.header("x-mlflow-authorization", theirs).body(()).unwrap();
            let mut head = Canonical::read(request.into_parts().0).unwrap();
            prefer_gateway_credentials(&mut head, route);
            assert_eq!(head.headers()[AUTHORIZATION], expected, "{route:?} {theirs:?}");
            assert!(!head.headers().contains_key(GATEWAY_AUTHORIZATION));
        }
    }

    #[test]
    fn two_of_them_are_refused() {
        let mut request = Request::post("/a").header("host", "a").body(()).unwrap();
        for credentials in ["Basic a", "Basic b"] {
            request.headers_mut().append(GATEWAY_AUTHORIZATION, credentials.parse().unwrap());
        }
        assert!(Canonical::read(request.into_parts().0).is_err());
    }
}
