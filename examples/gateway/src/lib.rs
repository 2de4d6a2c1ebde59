#![doc = include_str!("../README.md")]

mod answer;
mod ask;
mod assemble;
mod bootstrap;
mod cli;
mod client_address;
mod config;
mod explain;
mod issuers;
mod proxy;
mod run;
mod server;
mod shadow;
mod sign_in;
mod tasks;

pub use assemble::{AssembleError, Assembled, Store, assemble};
pub use bootstrap::{Bootstrap, BootstrapError, bootstrap};
pub use cli::{Asked, parse};
pub use client_address::ClientAddress;
pub use config::{
    Admin, CacheSettings, Client, Config, ConfigError, ConfigErrors, Environment, Flags, Kind, Loaded, LogFormat,
    Origin, Provider, SETTINGS, SessionConfig, Setting, SharedSecret, StoreLocation, TokenConfig, load,
};
pub use explain::{Answer, ExplainError, Question, explain};
pub use issuers::InvalidIssuer;
pub use proxy::{Connector, DangerouslyUnjudged, Forward, ForwardSettings, PublicUrl, QuickStream};
pub use run::{RunError, run};
pub use server::{Readiness, ServerSettings, Stopped, serve};
pub use shadow::{Credentials, Obeyed, Order, OrderError, ShadowSettings, Watch, obey};
pub use sign_in::SignInError;
pub use tasks::{Change, Outcome, Task, TaskError, perform};

/// The first page of the project, so that its code compiles.
#[cfg(doctest)]
#[doc = include_str!("../../../README.md")]
pub struct FirstPage;
