//! Signing in with the cookie of a session.

use super::Sessions;
use crate::authn::{AuthenticationError, Authenticator};
use crate::vocabulary::Principal;
use async_trait::async_trait;
use http::header::AUTHORIZATION;
use std::sync::Arc;

/// Signs in with the cookie of a session, where there is no `Authorization` header: who presents a proof is judged by it,
/// not by what the browser sends of itself.
///
/// A cookie of a session that has ended, has expired or never was counts as none, so that a browser is sent to sign in
/// again. Two cookies of the name are refused.
#[derive(Clone)]
pub struct SessionAuthenticator(Arc<Sessions>);

impl SessionAuthenticator {
    /// Asks `sessions`.
    pub fn new(sessions: Arc<Sessions>) -> Self {
        Self(sessions)
    }
}

#[async_trait]
impl Authenticator for SessionAuthenticator {
    async fn authenticate(
        &self,
        request: &http::request::Parts,
    ) -> Result<Option<Arc<Principal>>, AuthenticationError> {
        match request.headers.contains_key(AUTHORIZATION) {
            true => Ok(None),
            false => self.0.who(&request.headers).await,
        }
    }
}
