//! The gateway.

mod answer;
mod cli;
mod client_address;
mod config;
mod proxy;
mod server;

pub use cli::{Asked, parse};
pub use client_address::ClientAddress;
pub use config::*;
pub use proxy::{Connector, DangerouslyUnjudged, Forward, ForwardSettings, PublicUrl, QuickStream};
pub use server::{Readiness, ServerSettings, Stopped, serve};
