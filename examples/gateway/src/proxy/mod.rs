//! The way to MLflow and back.

mod body;
mod connector;
mod forward;
mod headers;
mod origin;

pub use connector::{Connector, QuickStream};
pub use forward::{DangerouslyUnjudged, Forward, ForwardSettings};
pub use origin::PublicUrl;

pub(crate) use body::NoTrailers;
pub(crate) use headers::{is_forbidden, strip_hop_by_hop};
pub(crate) use origin::{Glob, Origins, Page};
