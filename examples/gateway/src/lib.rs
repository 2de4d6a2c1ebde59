//! The gateway.

mod answer;
mod client_address;
mod proxy;
mod server;

pub use client_address::ClientAddress;
pub use proxy::{Connector, DangerouslyUnjudged, Forward, ForwardSettings, PublicUrl, QuickStream};
pub use server::{Readiness, ServerSettings, Stopped, serve};
