//! The *Logout* of MLflow's own pages (3.17.2), for whoever is there with a session.
//!
//! It takes a cookie of theirs away, asks for `users/current` with credentials that are wrong, which a browser sends where it
//! is asked for some alone, and opens the first page. So the next page that is opened without that cookie ends the session.
//! Pages of other sites cannot take it away.

use super::Visit;
use super::instead::opens_page;
use crate::flow::Flow;
use crate::reply::Reply;
use crate::request::Canonical;
use http::HeaderValue;
use http::header::CACHE_CONTROL;
use mlflow_auth_core::{Principal, Proof};

/// The end of the session of whoever pressed *Logout*, when they open a page.
pub(crate) async fn left(flow: &Flow<'_>, head: &Canonical, who: &Principal) -> Option<Reply> {
    if who.proof != Proof::Session || !opens_page(&head.parts) {
        return None;
    }
    let settings = flow.shared.sign_in.as_ref().filter(|settings| settings.cookies.left(head.headers()))?;
    let visit = Visit { flow, settings, sign_in: &settings.sign_in, head, provider: None };
    tracing::info!(user = %who.user, "somebody signed out in a page of MLflow");
    Some(visit.end().await.with_header(CACHE_CONTROL, HeaderValue::from_static("no-store")))
}
