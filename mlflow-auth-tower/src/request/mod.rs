//! From bytes to what is judged, and from what was judged back to a request.

mod canonical;
mod escape;
mod headers;
mod identity;
mod json;
mod payload;
mod provider;
mod read;
mod rebuild;

pub(crate) use canonical::Canonical;
pub(crate) use canonical::form;
pub(crate) use escape::quote;
pub(crate) use headers::{EXPERIMENT, RUN, WORKSPACE, one as header};
pub(crate) use identity::{drop_all, drop_nominated};
pub(crate) use json::read_object;
pub(crate) use payload::collect;
pub(crate) use provider::prefer_gateway_credentials;
pub(crate) use read::{Reading, Source, one_run, read, source};
pub(crate) use rebuild::{Payload, ask, body_of, describe_body, pairs, query_of, rebuild, target};
