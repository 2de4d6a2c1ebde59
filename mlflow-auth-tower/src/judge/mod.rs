//! What a request needs: from the needs of its route and the ids in it to requirements of the policy.

mod artifact;
mod embedded;
mod experiments;
mod filter;
mod gateway;
mod jobs;
mod mcp;
mod needs;
mod parts;
mod registered;
mod resolve;
mod scorers;
mod source;
mod spans;
mod workspaces;

pub(crate) use artifact::is_run_id;
pub(crate) use registered::kinds;
pub(crate) use resolve::{Refusal, Resolve};
pub(crate) use scorers::scorer_id;
pub(crate) use spans::{Spans, read_spans};
pub(crate) use workspaces::sight;

use http::HeaderMap;
use mlflow_auth_core::routes::Params;
use mlflow_auth_core::{Belongings, Holdings, Policy, Principal, Workspace};

/// What is known of a request when its needs are resolved.
#[derive(Clone, Copy)]
pub(crate) struct Asked<'a> {
    /// Who asks.
    pub(crate) who: &'a Principal,
    /// Its parameters.
    pub(crate) params: &'a Params,
    /// Its headers.
    pub(crate) headers: &'a HeaderMap,
    /// The spans in its body, for OTLP.
    pub(crate) spans: Option<&'a Spans>,
    /// What the caller holds: names are looked up only where a pattern has to judge them.
    pub(crate) held: &'a Holdings,
    /// What the caller belongs to.
    pub(crate) of: &'a Belongings,
    /// How decisions are made.
    pub(crate) policy: &'a Policy,
    /// The workspace that the request is about.
    pub(crate) workspace: &'a Workspace,
    /// Whether workspaces are on.
    pub(crate) workspaces: bool,
}
